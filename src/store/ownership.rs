//! That a meter is somebody's.

use rusqlite::{Connection, OptionalExtension as _};

use super::error::StoreError;
use crate::domain::transfer::OwnershipId;

/// An ownership that is open.
pub(super) struct OpenOwnership {
    /// Its row.
    pub(super) row: i64,
    /// Whose it is.
    pub(super) subject: i64,
    /// The meter.
    pub(super) meter: i64,
}

/// An ownership that is open.
pub(super) fn open(connection: &Connection, id: &OwnershipId) -> Result<OpenOwnership, StoreError> {
    let Ok(row) = id.0.parse::<i64>() else { return Err(StoreError::MoveNotTheirs) };
    connection
        .prepare_cached("SELECT subject, meter FROM ownerships WHERE id = ?1 AND closed_at IS NULL")?
        .query_row([row], |found| Ok(OpenOwnership { row, subject: found.get(0)?, meter: found.get(1)? }))
        .optional()?
        .ok_or(StoreError::MoveNotTheirs)
}
