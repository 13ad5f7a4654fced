//! Whose record readings may go into: the patients of this store, and those of a care platform's directory.
//!
//! A patient of this store is a subject of the same number. One of a directory is a subject with the directory's key
//! and a copy of what it said of them last, so that a meter can be theirs while the directory cannot be reached.

use rusqlite::{Connection, OptionalExtension as _};

use super::error::StoreError;
use super::{codec, patient_rows};
use crate::domain::patient::{Patient, PatientId, Status};

/// Makes the subject of a new patient of this store; gives the number of both.
pub(super) fn make(connection: &Connection) -> Result<i64, StoreError> {
    connection.prepare_cached("INSERT INTO subjects DEFAULT VALUES")?.execute(())?;
    Ok(connection.last_insert_rowid())
}

/// The subject behind a patient's key.
pub(super) fn row(connection: &Connection, id: &PatientId) -> Result<i64, StoreError> {
    match patient_rows::row(connection, id) {
        Err(StoreError::NotFound { what }) => connection
            .prepare_cached("SELECT id FROM subjects WHERE key = ?1")?
            .query_row([&id.0], |row| row.get(0))
            .optional()?
            .ok_or(StoreError::NotFound { what }),
        found => found,
    }
}

/// A subject as this store knows them.
pub(super) fn load(connection: &Connection, subject: i64) -> Result<Patient, StoreError> {
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
