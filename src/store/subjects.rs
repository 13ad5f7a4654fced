//! Whose record readings may go into: the patients of this store, and those of a care platform's directory.
//!
//! A patient of this store is a subject of the same number. One of a directory is a subject with the directory's key
//! and a copy of what it said of them last, so that a meter can be theirs while the directory cannot be reached.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::codec;
use super::error::StoreError;
use super::patient_rows::{self, Visits, visits};
use super::subject_set::SubjectSet;
use crate::domain::patient::{Patient, PatientId, Status};

/// Makes the subject of a new patient of this store; gives the number of both.
pub(super) fn make(connection: &Connection) -> Result<i64, StoreError> {
    connection.prepare_cached("INSERT INTO subjects DEFAULT VALUES")?.execute(())?;
    Ok(connection.last_insert_rowid())
}

/// Who has the record behind a patient's key now: for what is read. What is written down says [`confirmed`].
pub(super) fn row(connection: &Connection, id: &PatientId) -> Result<i64, StoreError> {
    present(connection, confirmed(connection, id)?)
}

/// The subject with a patient's key, whoever took their place: for what is written down, so that a merger that is taken
/// back gives it to the person of whom it was decided.
pub(super) fn confirmed(connection: &Connection, id: &PatientId) -> Result<i64, StoreError> {
    match patient_rows::row(connection, id) {
        Err(StoreError::NotFound { what }) => of_key(connection, id)?.ok_or(StoreError::NotFound { what }),
        found => found,
    }
}

/// The subject with a directory's key, whoever took their place.
pub(super) fn of_key(connection: &Connection, id: &PatientId) -> Result<Option<i64>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT id FROM subjects WHERE key = ?1")?
        .query_row([&id.0], |row| row.get(0))
        .optional()?)
}

/// Who has the record of a subject now: themselves, or the last of those into whose records it was merged.
pub(super) fn present(connection: &Connection, subject: i64) -> Result<i64, StoreError> {
    let mut present = subject;
    // It comes to an end: the database refuses a merger into one that has no record of its own.
    while let Some(into) = merged_into(connection, present)? {
        present = into;
    }
    Ok(present)
}

/// Into whose record a subject's was merged, if it was.
pub(super) fn merged_into(connection: &Connection, subject: i64) -> Result<Option<i64>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT into_subject FROM merged WHERE subject = ?1")?
        .query_row([subject], |row| row.get(0))
        .optional()?)
}

/// A subject, given as this parameter of a statement, and all whose records were merged into theirs.
pub(super) fn with_merged(parameter: &str) -> String {
    // `UNION` without `ALL` follows no subject twice, so that it comes to an end in any case.
    format!(
        "(WITH RECURSIVE own (id) AS
             (VALUES ({parameter}) UNION SELECT m.subject FROM merged m JOIN own ON m.into_subject = own.id)
         SELECT id FROM own)"
    )
}

/// A subject, and all whose records were merged into theirs.
pub(super) fn all_of(connection: &Connection, subject: i64) -> Result<SubjectSet, StoreError> {
    let mut statement = connection.prepare_cached(&format!("SELECT id FROM {}", with_merged("?1")))?;
    let ids: Vec<i64> = statement.query_map([subject], |row| row.get(0))?.collect::<Result<_, _>>()?;
    SubjectSet::of(&ids)
}

/// Those with these keys of a directory; nobody of a stranger.
pub(super) fn of_keys(connection: &Connection, keys: &[PatientId]) -> Result<SubjectSet, StoreError> {
    let ids: Vec<i64> = keys.iter().filter_map(|key| of_key(connection, key).transpose()).collect::<Result<_, _>>()?;
    SubjectSet::of(&ids)
}

/// A subject, or who took their place, as this store knows them.
pub(super) fn load(connection: &Connection, subject: i64) -> Result<Patient, StoreError> {
    let subject = present(connection, subject)?;
    let patient = own(connection, subject)?;
    if !patient.id.is_of_directory() {
        return Ok(patient);
    }
    let people = all_of(connection, subject)?;
    let Visits { devices, last_upload } = visits(connection, &people)?;
    Ok(Patient { devices, last_upload, ..patient })
}

/// A subject as this store knows them, whoever took their place.
pub(super) fn own(connection: &Connection, subject: i64) -> Result<Patient, StoreError> {
    match copy(connection, subject)? {
        Some(copy) => codec::from_json(&copy, "patient"),
        None => patient_rows::load(connection, subject),
    }
}

/// Whether anything may be written into their record.
pub(super) fn status(connection: &Connection, subject: i64) -> Result<Status, StoreError> {
    match copy(connection, subject)? {
        Some(copy) => Ok(codec::from_json::<Patient>(&copy, "patient")?.status),
        None => patient_rows::status(connection, subject),
    }
}

/// Whether a subject is of a directory: who else is there that could be taken for them is not known here.
pub(super) fn is_of_directory(connection: &Connection, subject: i64) -> Result<bool, StoreError> {
    Ok(copy(connection, subject)?.is_some())
}

fn copy(connection: &Connection, subject: i64) -> Result<Option<String>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT copy FROM subjects WHERE id = ?1")?
        .query_row([subject], |row| row.get(0))
        .optional()?
        .flatten())
}

/// Keeps what the directory says of a subject with its key, in the place of what it said before.
pub(super) fn replace(connection: &Connection, patient: &Patient) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE subjects SET copy = ?2 WHERE key = ?1")?
        .execute(params![patient.id.0, codec::json(patient)?])?;
    Ok(())
}
