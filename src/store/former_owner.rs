//! Who had a meter last that is nobody's.

use rusqlite::{Connection, OptionalExtension as _};

use super::error::StoreError;
use super::{codec, meter_days, subjects};
use crate::domain::ownership::{FormerOwner, OwnershipId};

/// Who had a meter last that is nobody's since a day.
pub(super) fn former_owner(connection: &Connection, meter: i64) -> Result<Option<FormerOwner>, StoreError> {
    let standing: Option<(i64, i64, String, String)> = connection
        .prepare_cached(
            "SELECT ownership, subject, why, last_day FROM standing_endings
             WHERE meter = ?1 AND last_day IS NOT NULL ORDER BY ownership DESC LIMIT 1",
        )?
        .query_row([meter], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    let Some((ownership, subject, why, last_day)) = standing else { return Ok(None) };
    Ok(Some(FormerOwner {
        ownership: OwnershipId(ownership.to_string()),
        patient: Box::new(subjects::load(connection, subject)?),
        last_day: meter_days::day_of(&last_day)?,
        why: codec::from_word(&why, "reason why a meter is somebody's no more")?,
    }))
}

/// Whether it is somebody's again because an end was undone, and nothing was assigned to them since.
pub(super) fn is_theirs_again(connection: &Connection, meter: i64) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT 1 FROM endings e JOIN endings_undone u ON u.ending = e.id JOIN ownerships o ON o.id = u.opened
             WHERE e.meter = ?1 AND o.closed_at IS NULL
                 AND NOT EXISTS (
                     SELECT 1 FROM assignments a
                     WHERE a.meter = e.meter AND a.kind = 'assigned' AND a.id > e.last_assignment)",
        )?
        .exists([meter])?)
}
