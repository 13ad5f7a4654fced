//! What a care platform is told of corrected times: an item of the outbox for each correction, and one for each that is
//! undone after anything of it was sent.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::StoreError;
use super::{By, codec, meters, misplaced, readings, subjects};
use crate::domain::association::IdempotencyKey;
use crate::domain::delivery::{CorrectedTimes, NumberedReading, RetimedReading};
use crate::domain::reading::Reading;
use crate::domain::undo::Withdrawals;

/// A meter in somebody's record.
pub(super) struct MeterInRecord {
    pub(super) meter: i64,
    pub(super) subject: i64,
}

/// Who is told of a correction.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ToldOfTimes {
    /// Nobody: the record is here.
    Nobody,
    /// The care platform.
    Platform,
}

/// Who is told if times of these readings are corrected.
///
/// # Errors
/// [`StoreError::TimesToldThere`] if a platform has them, or is to have them, and they cannot be corrected there from
/// here: it is to be changed by nobody here, it does not have all of them yet, one is in another person's record there,
/// or their meter cannot be told from others.
pub(super) fn who_is_told(
    connection: &Connection,
    here: &MeterInRecord,
    withdrawals: Withdrawals,
) -> Result<ToldOfTimes, StoreError> {
    let theirs = "FROM assignments a WHERE a.meter = ?1 AND a.subject = ?2
        AND EXISTS (SELECT 1 FROM records WHERE assignment = a.id)";
    let exists = |condition: &str| {
        connection
            .prepare_cached(&format!("SELECT 1 {theirs} AND {condition}"))?
            .exists([here.meter, here.subject])
            .map_err(StoreError::from)
    };
    if !subjects::is_of_directory(connection, here.subject)? {
        // Of a patient of this store nobody is told: what was decided is noted as delivered, and was never attempted.
        let is_told = "EXISTS (SELECT 1 FROM outbox o WHERE o.assignment = a.id
            AND (o.attempts > 0 OR o.state <> 'delivered'))";
        return if exists(is_told)? { Err(StoreError::TimesToldThere) } else { Ok(ToldOfTimes::Nobody) };
    }
    let is_missing = "NOT EXISTS (SELECT 1 FROM outbox o WHERE o.assignment = a.id
        AND o.kind = 'readings' AND o.state = 'delivered' AND o.last IS NOT NULL)";
    if withdrawals == Withdrawals::Refused
        || !meters::is_identifiable(connection, here.meter)?
        || exists(is_missing)?
        || is_misplaced(connection, here, theirs)?
    {
        return Err(StoreError::TimesToldThere);
    }
    Ok(ToldOfTimes::Platform)
}

fn is_misplaced(connection: &Connection, here: &MeterInRecord, theirs: &str) -> Result<bool, StoreError> {
    let mut statement = connection.prepare_cached(&format!("SELECT a.id {theirs}"))?;
    let assignments: Vec<i64> =
        statement.query_map([here.meter, here.subject], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for assignment in assignments {
        if misplaced::is_misplaced(connection, assignment)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a platform that has the corrected times, as it said, is to be told that they were undone. Of one that it
/// does not take, or did not answer, it is looked for at least.
pub(super) fn is_there(connection: &Connection, correction: i64) -> Result<bool, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT 1 FROM outbox WHERE correction = ?1 AND state = 'delivered' AND attempts > 0")?;
    Ok(statement.exists([correction])?)
}

/// Puts a correction that was written into the outbox.
pub(super) fn put(connection: &Connection, by: By<'_>, correction: i64) -> Result<(), StoreError> {
    put_of(connection, by, correction, correction)
}

/// Takes a correction that was undone out of the outbox: nothing of it is sent any more. Where any was sent, or may
/// have been, the platform is told that it was undone. Of what nobody is told of there is nothing to do.
pub(super) fn take_back(connection: &Connection, by: By<'_>, correction: i64, undoing: i64) -> Result<(), StoreError> {
    // An attempt is counted before anything is sent: what was never attempted was never sent.
    let attempts: Option<i64> = connection
        .prepare_cached("SELECT attempts FROM outbox WHERE correction = ?1")?
        .query_row([correction], |row| row.get(0))
        .optional()?;
    let Some(attempts) = attempts else { return Ok(()) };
    connection
        .prepare_cached(
            "UPDATE outbox SET state = 'undone', due = NULL, refusal = NULL
             WHERE correction = ?1 AND state IN ('queued', 'refused')",
        )?
        .execute([correction])?;
    if attempts > 0 { put_of(connection, by, correction, undoing) } else { Ok(()) }
}

fn put_of(connection: &Connection, by: By<'_>, correction: i64, told: i64) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO outbox (key, line, kind, assignment, state, due, attempts, correction)
             SELECT t.request_key || ' correction', 'meter ' || t.meter, 'correction',
                 (SELECT max(assignment) FROM corrected_readings WHERE correction = ?1), 'queued', ?3, 0, t.id
             FROM time_corrections t WHERE t.id = ?2",
        )?
        .execute(params![correction, told, codec::nanoseconds(by.at)])?;
    Ok(())
}

/// What the item of this key tells.
pub(super) fn corrected_times(
    connection: &Connection,
    key: &IdempotencyKey,
    now: Timestamp,
) -> Result<CorrectedTimes, StoreError> {
    let (correction, is_undone, is_answered, ended) = connection
        .prepare_cached(
            "SELECT coalesce(t.supersedes, t.id), t.kind = 'undone',
                 NOT EXISTS (SELECT 1 FROM outbox b WHERE b.correction = t.supersedes
                     AND (b.attempts > 1 OR coalesce(b.last, '') NOT IN ('recorded', 'already-there'))),
                 o.ended
             FROM outbox o JOIN time_corrections t ON t.id = o.correction WHERE o.key = ?1",
        )?
        .query_row([&key.0], |row| {
            Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?, row.get::<_, Option<i64>>(3)?))
        })?;
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {}, r.occurrence, c.time FROM corrected_readings c JOIN readings r ON r.id = c.reading
         WHERE c.correction = ?1 ORDER BY r.time, r.meter_index, r.id",
        readings::COLUMNS
    ))?;
    let mut rows = statement.query([correction])?;
    let mut retimed = Vec::new();
    while let Some(row) = rows.next()? {
        let (reading, occurrence) = (readings::from_row(row)?, row.get(12)?);
        let time = row.get::<_, String>(13)?.parse().map_err(|_| StoreError::Damaged { what: "time" })?;
        let corrected = Reading { time: Some(time), corrected_from: reading.time, ..reading.clone() };
        let [told, corrected] = [reading, corrected].map(|reading| NumberedReading { reading, occurrence });
        let (before, after) = if is_undone { (corrected, told) } else { (told, corrected) };
        retimed.push(RetimedReading { before, after });
    }
    let ended = ended.map(codec::timestamp).transpose()?;
    let quiet_for = ended.map(|ended| now.duration_since(ended));
    Ok(CorrectedTimes { readings: retimed, is_undone, is_answered, quiet_for })
}
