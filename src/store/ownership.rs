//! That a meter is somebody's.

use rusqlite::{Connection, OptionalExtension as _};

use super::error::StoreError;
use crate::domain::ownership::OwnershipId;
use crate::domain::text::{Clean, Private};

/// An ownership that is open.
pub(super) struct OpenOwnership {
    /// Its row.
    pub(super) row: i64,
    /// Whose it is.
    pub(super) subject: i64,
    /// The meter.
    pub(super) meter: i64,
}

/// An ownership, if it is open.
pub(super) fn if_open(connection: &Connection, id: &OwnershipId) -> Result<Option<OpenOwnership>, StoreError> {
    let Ok(row) = id.0.parse::<i64>() else { return Ok(None) };
    Ok(connection
        .prepare_cached("SELECT subject, meter FROM ownerships WHERE id = ?1 AND closed_at IS NULL")?
        .query_row([row], |found| Ok(OpenOwnership { row, subject: found.get(0)?, meter: found.get(1)? }))
        .optional()?)
}

/// An ownership that is open.
pub(super) fn open(connection: &Connection, id: &OwnershipId) -> Result<OpenOwnership, StoreError> {
    if_open(connection, id)?.ok_or(StoreError::MoveNotTheirs)
}

/// Whether a care platform was told of a meter, or may have been.
pub(super) fn is_told(connection: &Connection, meter: i64) -> Result<bool, StoreError> {
    // Delivered without any attempt is what no platform is told of.
    Ok(connection
        .prepare_cached(
            "SELECT 1 FROM outbox o JOIN assignments a ON a.id = o.assignment
             WHERE a.meter = ?1 AND (o.attempts > 0 OR o.state IN ('queued', 'refused') OR o.last IS NOT NULL)",
        )?
        .exists([meter])?)
}

/// The name and the serial number of a meter.
pub(super) fn named(connection: &Connection, meter: i64) -> Result<(Clean, Private<Clean>), StoreError> {
    let (model, serial): (String, String) = connection
        .prepare_cached("SELECT model, serial FROM meters WHERE id = ?1")?
        .query_row([meter], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((Clean::from(model), Private::new(Clean::from(serial))))
}
