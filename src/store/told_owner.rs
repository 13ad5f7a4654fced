//! What this station has told the care platform of whose a meter is, held against what that says now.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::StoreError;
use super::{Store, subjects};
use crate::domain::meter::MeterIdentity;
use crate::domain::patient::PatientId;

/// What the platform says of whose a meter is, seen from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToldOwner {
    /// It says what an assignment told that was undone here, and is told to take that back.
    BeingWithdrawn,
    /// It says that the meter is nobody's, and had recorded that it is somebody's, which stands here.
    TakenOff,
    /// Something else.
    Otherwise,
}

impl Store {
    /// How what the platform says of a meter stands to what it was told from here: that it is this one's, or nobody's.
    ///
    /// # Errors
    /// The database's.
    pub fn told_owner(&self, meter: &MeterIdentity, named: Option<&PatientId>) -> Result<ToldOwner, StoreError> {
        let reader = self.reader();
        let row = reader
            .prepare_cached("SELECT id FROM meters WHERE key = ?1 AND identifiable")?
            .query_row([meter.key().as_str()], |row| row.get::<_, i64>(0))
            .optional()?;
        Ok(match (row, named) {
            (Some(row), Some(named)) if is_being_withdrawn(&reader, row, named)? => ToldOwner::BeingWithdrawn,
            (Some(row), None) if is_recorded(&reader, row)? => ToldOwner::TakenOff,
            _ => ToldOwner::Otherwise,
        })
    }
}

/// Whether it was this one, or whoever took their place, of whom an assignment said that the meter is theirs which was
/// undone and is not taken back yet; or into whose record any of it was sent.
fn is_being_withdrawn(connection: &Connection, meter: i64, named: &PatientId) -> Result<bool, StoreError> {
    let Some(named) = subjects::of_key(connection, named)? else { return Ok(false) };
    let named = subjects::present(connection, named)?;
    let mut told_of = connection.prepare_cached(
        "SELECT a.subject FROM assignments a JOIN outbox w ON w.assignment = a.id
         WHERE a.meter = ?1 AND w.kind = 'withdrawal' AND w.state <> 'delivered'
             AND EXISTS (SELECT 1 FROM outbox o WHERE o.assignment = a.id AND o.kind = 'ownership')
         UNION SELECT r.subject FROM assignments a JOIN outbox w ON w.assignment = a.id
             JOIN outbox o ON o.assignment = a.id AND o.kind = 'ownership' JOIN outbox_records r ON r.item = o.id
         WHERE a.meter = ?1 AND w.kind = 'withdrawal' AND w.state <> 'delivered'",
    )?;
    for subject in told_of.query_map(params![meter], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()? {
        if subjects::present(connection, subject)? == named {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the platform has recorded that the meter is its present owner's. What is delivered without an attempt was
/// told to nobody.
fn is_recorded(connection: &Connection, meter: i64) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM ownerships WHERE meter = ?1 AND closed_at IS NULL) AND EXISTS (
                 SELECT 1 FROM outbox o JOIN assignments a ON a.id = o.assignment
                 WHERE a.meter = ?1 AND o.kind = 'ownership' AND o.state = 'delivered' AND o.last IS NOT NULL
                     AND NOT EXISTS (SELECT 1 FROM assignments u WHERE u.supersedes = a.id))",
        )?
        .query_row([meter], |row| row.get(0))?)
}
