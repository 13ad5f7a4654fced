//! What this station has told the care platform of whose a meter is, held against what that says now.

use rusqlite::{OptionalExtension as _, params};

use super::Store;
use super::error::StoreError;
use crate::domain::association::IdempotencyKey;
use crate::domain::meter::MeterIdentity;

impl Store {
    /// Whether the platform has recorded that a meter is its present owner's, who stands here: if it says now that it
    /// is nobody's, somebody there took it off them. What is delivered without an attempt was told to nobody.
    ///
    /// # Errors
    /// The database's.
    pub fn has_told_owner(&self, meter: &MeterIdentity) -> Result<bool, StoreError> {
        let told = self
            .reader()
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM ownerships WHERE meter = m.id AND closed_at IS NULL) AND EXISTS (
                     SELECT 1 FROM outbox o JOIN assignments a ON a.id = o.assignment
                     WHERE a.meter = m.id AND o.kind = 'ownership' AND o.state = 'delivered' AND o.last IS NOT NULL
                         AND NOT EXISTS (SELECT 1 FROM assignments u WHERE u.supersedes = a.id AND u.kind = 'undone'))
                 FROM meters m WHERE m.key = ?1 AND m.identifiable",
            )?
            .query_row(params![meter.key().as_str()], |row| row.get(0))
            .optional()?;
        Ok(told.unwrap_or(false))
    }

    /// Whether an item tells readings that went to whoever had the meter, without anybody being asked who it is.
    ///
    /// # Errors
    /// The database's.
    pub fn was_added_unasked(&self, key: &IdempotencyKey) -> Result<bool, StoreError> {
        Ok(self
            .reader()
            .prepare_cached(
                "SELECT 1 FROM outbox o JOIN assignments a ON a.id = o.assignment
                 WHERE o.key = ?1 AND o.kind = 'readings' AND a.identity = 'owner'",
            )?
            .exists([&key.0])?)
    }
}
