//! Records of the directory that were merged into others: kept, so that what is here of the one is shown and goes on
//! under the other (FHIR R4, patient.html#link). The directory can take it back, and then each has its own again.

use std::fmt::Write as _;

use rusqlite::{Connection, params};

use super::error::StoreError;
use super::misplaced::{self, MisplacedCount};
use super::{By, audit, codec, subjects};
use crate::domain::patient::PatientId;

/// The directory shows one record, which has its own, in the place of another.
pub(super) fn begin(
    connection: &Connection,
    by: By<'_>,
    (asked, subject): (&PatientId, i64),
    (now, into): (&PatientId, i64),
) -> Result<(), StoreError> {
    // The directory says it with each answer; only the first time is something new.
    if subjects::merged_into(connection, subject)? == Some(into) {
        return Ok(());
    }
    put(connection, by, subject, Some(into))?;
    let detail = format!("merged into {}", now.0);
    audit::append(connection, by, audit::AuditAction::RecordMerged, Some(asked), None, &detail)
}

/// The directory shows a record by itself that was merged here: it is on its own again. What was sent to the platform
/// meanwhile stands in another's record there; the trail says how much.
pub(super) fn end(connection: &Connection, by: By<'_>, id: &PatientId) -> Result<(), StoreError> {
    let Some(subject) = subjects::of_key(connection, id)? else { return Ok(()) };
    if subjects::merged_into(connection, subject)?.is_none() {
        return Ok(());
    }
    put(connection, by, subject, None)?;
    let MisplacedCount { sure, perhaps } = misplaced::count_of(connection, subject)?;
    let mut detail = "on its own again".to_owned();
    for (count, how) in [(sure, ""), (perhaps, "perhaps ")] {
        if count > 0 {
            // Writing into a text cannot fail.
            let _ = write!(detail, ", {count} items {how}in the record of another at the platform");
        }
    }
    audit::append(connection, by, audit::AuditAction::RecordMerged, Some(id), None, &detail)
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

/// Whether whoever has the record of a meter's owner now can be the person to whom the meter was given, by what is
/// known of both.
pub(super) fn can_be_owner(connection: &Connection, owner: i64) -> Result<bool, StoreError> {
    let now = subjects::present(connection, owner)?;
    Ok(now == owner || subjects::own(connection, owner)?.can_be_still(&subjects::own(connection, now)?))
}

/// Whether whoever has the record of a meter's owner now was confirmed by what was typed for this meter since their
/// records are one.
pub(super) fn was_typed_since(connection: &Connection, meter: i64, owner: i64) -> Result<bool, StoreError> {
    let now = subjects::present(connection, owner)?;
    Ok(connection
        .prepare_cached(
            "WITH RECURSIVE way (subject, into_subject) AS (
                 SELECT subject, into_subject FROM merged WHERE subject = ?2
                 UNION SELECT m.subject, m.into_subject FROM merged m JOIN way ON m.subject = way.into_subject
             )
             SELECT EXISTS (
                 SELECT 1 FROM assignments a
                 WHERE a.meter = ?1 AND a.subject = ?3 AND a.identity IN ('initials', 'identifier')
                     AND a.id > (
                         SELECT max(m.last_assignment)
                         FROM mergers m JOIN way ON way.subject = m.subject)
                     AND NOT EXISTS (SELECT 1 FROM assignments u WHERE u.supersedes = a.id AND u.kind = 'undone')
             )",
        )?
        .query_row([meter, owner, now], |row| row.get(0))?)
}

fn put(connection: &Connection, by: By<'_>, subject: i64, into: Option<i64>) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO mergers (subject, into_subject, user, session, at, last_assignment)
             VALUES (?1, ?2, ?3, ?4, ?5, (SELECT coalesce(max(id), 0) FROM assignments))",
        )?
        .execute(params![subject, into, by.user, by.session, codec::nanoseconds(by.at)])?;
    Ok(())
}
