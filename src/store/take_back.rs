//! An assignment is taken back: its readings are in nobody's record and wait, and what was decided stays written. A new
//! row supersedes it. Here of those whose meter became somebody else's at the care platform first: the meter is
//! nobody's here again.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::StoreError;
use super::{By, audit, codec};
use crate::domain::association::UploadId;
use crate::domain::patient::PatientId;
use crate::domain::taken_back::TakenBack;

/// Why it is taken back, as the row says that supersedes it.
const REASON: &str = "the meter is another patient's at the care platform";

/// What an assignment did that rests on the claim.
struct RestsOnClaim {
    assignment: i64,
    request_key: String,
    upload: i64,
}

/// Takes back what this assignment claimed, and what came later for the same person because of it. The upload that was
/// read last waits again, unless the meter was read since and that waits.
pub(super) fn take_back(connection: &Connection, by: By<'_>, claim: i64) -> Result<(), StoreError> {
    let (meter, patient): (i64, String) = connection
        .prepare_cached(
            "SELECT a.meter, coalesce(s.key, s.id) FROM assignments a JOIN subjects s ON s.id = a.subject
             WHERE a.id = ?1",
        )?
        .query_row([claim], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let patient = PatientId(patient);
    let given = given(connection, claim, meter)?;
    for RestsOnClaim { assignment, request_key, upload } in &given {
        supersede(connection, by, *assignment, &format!("{request_key} taken back"), Some(REASON))?;
        let upload = UploadId(upload.to_string());
        audit::append(connection, by, audit::AuditAction::TakenBack, Some(&patient), Some(&upload), REASON)?;
    }
    end_ownership(connection, by, meter)?;
    if let Some(RestsOnClaim { upload, .. }) = given.first() {
        wait_again(connection, *upload)?;
    }
    Ok(())
}

/// Writes that an assignment is undone, and takes its readings out of the record; gives the row that says so.
pub(super) fn supersede(
    connection: &Connection,
    by: By<'_>,
    assignment: i64,
    request_key: &str,
    reason: Option<&str>,
) -> Result<i64, StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO assignments (request_key, kind, meter, upload, supersedes, reason, user, session, at, new,
                 already_there)
             SELECT ?2, 'undone', meter, upload, id, ?3, ?4, ?5, ?6, 0, 0 FROM assignments WHERE id = ?1",
        )?
        .execute(params![assignment, request_key, reason, by.user, by.session, codec::nanoseconds(by.at)])?;
    let undone = connection.last_insert_rowid();
    // That they are in the record no more is the database's work.
    connection
        .prepare_cached(
            "INSERT INTO assigned_readings (reading, assignment)
             SELECT x.reading, ?2 FROM assigned_readings g JOIN records x ON x.reading = g.reading
             WHERE g.assignment = ?1",
        )?
        .execute([assignment, undone])?;
    Ok(undone)
}

/// The meter is nobody's any more.
pub(super) fn end_ownership(connection: &Connection, by: By<'_>, meter: i64) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE ownerships SET closed_at = ?2, closed_by = ?3, closed_session = ?4, closed_why = 'undone'
             WHERE meter = ?1 AND closed_at IS NULL",
        )?
        .execute(params![meter, codec::nanoseconds(by.at), by.user, by.session])?;
    Ok(())
}

/// The upload waits again, unless the meter was read since and that waits: its readings go with that.
pub(super) fn wait_again(connection: &Connection, upload: i64) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE uploads SET state = 'pending' WHERE id = ?1 AND NOT EXISTS
                 (SELECT 1 FROM uploads o WHERE o.meter = uploads.meter AND o.state = 'pending')",
        )?
        .execute([upload])?;
    Ok(())
}

/// What the claim and all that came later of this meter gave, newest upload first: whatever stands behind the claim in
/// its line is never sent.
fn given(connection: &Connection, claim: i64, meter: i64) -> Result<Vec<RestsOnClaim>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT a.id, a.request_key, a.upload FROM assignments a
         WHERE a.id >= ?1 AND a.meter = ?2 AND a.kind = 'assigned'
             AND NOT EXISTS (SELECT 1 FROM assignments u WHERE u.supersedes = a.id AND u.kind = 'undone')
         ORDER BY a.upload DESC",
    )?;
    let rows = statement.query_map([claim, meter], |row| {
        Ok(RestsOnClaim { assignment: row.get(0)?, request_key: row.get(1)?, upload: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether what was decided of this meter last was that an assignment is taken back, and why.
pub(super) fn taken_back(connection: &Connection, meter: i64) -> Result<Option<TakenBack>, StoreError> {
    let last: Option<(String, bool, Option<u32>)> = connection
        .prepare_cached(
            "SELECT kind, EXISTS (SELECT 1 FROM outbox o WHERE o.assignment = a.supersedes AND o.state = 'withdrawn'),
                 (SELECT stayed FROM outbox w WHERE w.assignment = a.supersedes AND w.kind = 'withdrawal')
             FROM assignments a WHERE meter = ?1 ORDER BY id DESC LIMIT 1",
        )?
        .query_row([meter], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    Ok(last.filter(|(kind, ..)| kind == "undone").map(|(_, has_lost, stayed)| match stayed {
        _ if has_lost => TakenBack::LostRace,
        None => TakenBack::Undone,
        Some(stayed) => TakenBack::UndoneBut(stayed),
    }))
}
