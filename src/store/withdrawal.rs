//! What is known here of an assignment that is taken back at the care platform: what it told, to whom, and for how long
//! nothing of it was sent.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::StoreError;
use super::{codec, readings};
use crate::domain::association::IdempotencyKey;
use crate::domain::delivery::WithdrawnParcels;
use crate::domain::patient::PatientId;

/// What the item of this key takes back, of an assignment that was undone.
pub(super) fn withdrawn_parcels(
    connection: &Connection,
    key: &IdempotencyKey,
    assignment: i64,
    now: Timestamp,
) -> Result<WithdrawnParcels, StoreError> {
    let key_of = |kind: &str| {
        connection
            .prepare_cached("SELECT key FROM outbox WHERE assignment = ?1 AND kind = ?2")?
            .query_row(params![assignment, kind], |row| row.get(0).map(IdempotencyKey))
            .optional()
    };
    let told_as = key_of("readings")?.ok_or(StoreError::Damaged { what: "item of the outbox" })?;
    let ended: Option<i64> =
        connection.prepare_cached("SELECT ended FROM outbox WHERE key = ?1")?.query_row([&key.0], |row| row.get(0))?;
    let ended = ended.map(codec::timestamp).transpose()?;
    // What was answered at its first attempt is sent no more, and was sent once.
    let is_answered = connection
        .prepare_cached(
            "SELECT NOT EXISTS (SELECT 1 FROM outbox WHERE assignment = ?1 AND kind <> 'withdrawal' AND attempts > 0
                 AND (attempts > 1 OR coalesce(last, '') NOT IN ('recorded', 'already-there')))",
        )?
        .query_row([assignment], |row| row.get(0))?;
    Ok(WithdrawnParcels {
        claim: key_of("ownership")?,
        told_as,
        readings: readings::of_assignment(connection, assignment)?,
        records: sent_into(connection, assignment)?,
        is_answered,
        quiet_for: ended.map(|ended| now.duration_since(ended)),
    })
}

/// Into whose records what tells of an assignment was sent, beside the one that it was decided for.
fn sent_into(connection: &Connection, assignment: i64) -> Result<Vec<PatientId>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT coalesce(s.key, s.id) FROM outbox o JOIN outbox_records r ON r.item = o.id
             JOIN subjects s ON s.id = r.subject
         WHERE o.assignment = ?1 ORDER BY 1",
    )?;
    let records = statement.query_map([assignment], |row| row.get(0).map(PatientId))?.collect::<Result<_, _>>()?;
    Ok(records)
}

/// An attempt to deliver an item begins: for how long nothing was sent is known again when it ends. A program that is
/// killed before leaves that open.
pub(super) fn begins(connection: &Connection, key: &IdempotencyKey) -> Result<(), StoreError> {
    connection.prepare_cached("UPDATE outbox SET ended = NULL WHERE key = ?1")?.execute([&key.0])?;
    Ok(())
}

/// An attempt has ended, and so many readings stay where they are. To be said before what came of it, after which
/// nothing is changed.
pub(super) fn ends(
    connection: &Connection,
    key: &IdempotencyKey,
    now: Timestamp,
    stayed: Option<u32>,
) -> Result<(), StoreError> {
    connection.prepare_cached("UPDATE outbox SET ended = ?2, stayed = ?3 WHERE key = ?1")?.execute(params![
        key.0,
        codec::nanoseconds(now),
        stayed
    ])?;
    Ok(())
}
