//! Records of the directory that were merged into others: kept, so that what is here of the one is shown and goes on
//! under the other (FHIR R4, patient.html#link). The directory can take it back, and then each has its own again.

use rusqlite::{Connection, params};

use super::error::StoreError;
use super::{By, audit, codec, subjects};
use crate::domain::patient::PatientId;

/// The directory shows one record, which has its own, in the place of another.
pub(super) fn begin(
    connection: &Connection,
    by: By<'_>,
    (asked, subject): (&PatientId, i64),
    (now, into): (&PatientId, i64),
) -> Result<(), StoreError> {
    if subjects::merged_into(connection, subject)? == Some(into) {
        return Ok(());
    }
    put(connection, by, subject, Some(into))?;
    let detail = format!("merged into {}", now.0);
    audit::append(connection, by, audit::AuditAction::RecordMerged, Some(asked), None, &detail)
}

/// The directory shows a record by itself that was merged here: it is on its own again.
pub(super) fn end(connection: &Connection, by: By<'_>, id: &PatientId) -> Result<(), StoreError> {
    let Some(subject) = subjects::of_key(connection, id)? else { return Ok(()) };
    if subjects::merged_into(connection, subject)?.is_none() {
        return Ok(());
    }
    put(connection, by, subject, None)?;
    audit::append(connection, by, audit::AuditAction::RecordMerged, Some(id), None, "on its own again")
}

/// Whether two subjects are the same, or their records were one at any time.
pub(super) fn were_ever_one(connection: &Connection, subject: i64, other: i64) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached(
            "WITH RECURSIVE once (id) AS (
                 VALUES (?1)
                 UNION SELECT iif(m.subject = once.id, m.into_subject, m.subject)
                     FROM mergers m JOIN once ON once.id IN (m.subject, m.into_subject)
                     WHERE m.into_subject IS NOT NULL
             )
             SELECT EXISTS (SELECT 1 FROM once WHERE id = ?2)",
        )?
        .query_row([subject, other], |row| row.get(0))?)
}

fn put(connection: &Connection, by: By<'_>, subject: i64, into: Option<i64>) -> Result<(), StoreError> {
    connection
        .prepare_cached("INSERT INTO mergers (subject, into_subject, user, session, at) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![subject, into, by.user, by.session, codec::nanoseconds(by.at)])?;
    Ok(())
}
