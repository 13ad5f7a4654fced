//! Who is known here of a care platform's directory: kept as the directory spoke of them last.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::StoreError;
use super::{By, Store, codec, directories, mergers, patient_rows, subjects};
use crate::domain::patient::{Patient, PatientId, Status};

impl Store {
    /// Keeps what a care platform's directory says of a patient. A patient of this store is known already.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] before [`Store::belong_to`]; [`StoreError::AnotherPerson`] if something was assigned to
    /// somebody of this key who cannot be this person; or the database's, which refuses a key of digits alone: that
    /// would be one of this store.
    pub fn know(&self, by: By<'_>, patient: &Patient) -> Result<(), StoreError> {
        if patient_rows::is_of_this_store(&self.reader(), patient)? {
            return Ok(());
        }
        self.write(|transaction| keep(transaction, by, patient))
    }

    /// Notes what the directory says now of somebody who was asked for under a key: as who took their place, if that is
    /// another one, and how they stand. Of somebody not known here nothing is kept.
    ///
    /// # Errors
    /// [`StoreError::AnotherPerson`] as for [`Store::know`], or the database's.
    pub fn note_directory(&self, by: By<'_>, asked: &PatientId, now: &Patient) -> Result<(), StoreError> {
        if !is_news(&self.reader(), asked, now)? {
            return Ok(());
        }
        self.write(|transaction| {
            keep(transaction, by, now)?;
            if *asked == now.id {
                return Ok(());
            }
            let (Some(subject), Some(into)) =
                (subjects::of_key(transaction, asked)?, subjects::of_key(transaction, &now.id)?)
            else {
                return Ok(());
            };
            mergers::begin(transaction, by, (asked, subject), (&now.id, into))
        })
    }

    /// Notes that the directory has nobody under a key any more: nothing is assigned to them while it cannot be asked.
    ///
    /// # Errors
    /// The database's.
    pub fn note_gone(&self, id: &PatientId) -> Result<(), StoreError> {
        let known = self.known_patient(id)?.filter(|known| known.status == Status::Active);
        let Some(known) = known else { return Ok(()) };
        self.write(|transaction| subjects::replace(transaction, &Patient { status: Status::Inactive, ..known }))
    }
}

/// Whether the directory says of somebody known here what it did not say before.
fn is_news(connection: &Connection, asked: &PatientId, now: &Patient) -> Result<bool, StoreError> {
    let Some(subject) = subjects::of_key(connection, asked)? else { return Ok(false) };
    let into = subjects::merged_into(connection, subject)?;
    if *asked == now.id {
        let before = subjects::own(connection, subject)?;
        return Ok(into.is_some() || before.status != now.status || !before.is_told_like(now));
    }
    Ok(into.is_none() || into != subjects::of_key(connection, &now.id)?)
}

/// Keeps what the directory says of a patient, who has a record of their own there unless it says otherwise.
pub(super) fn keep(connection: &Connection, by: By<'_>, patient: &Patient) -> Result<(), StoreError> {
    directories::must_be_said(connection)?;
    if let Some(before) = with_a_story(connection, &patient.id)?
        && !before.can_be_still(patient)
    {
        return Err(StoreError::AnotherPerson);
    }
    connection
        .prepare_cached(
            "INSERT INTO subjects (key, copy) SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM subjects WHERE key = ?1)",
        )?
        .execute(params![patient.id.0, codec::json(patient)?])?;
    subjects::replace(connection, patient)?;
    if patient.status == Status::Merged { Ok(()) } else { mergers::end(connection, by, &patient.id) }
}

/// Somebody of a directory to whom something was ever assigned, as they were known then.
fn with_a_story(connection: &Connection, id: &PatientId) -> Result<Option<Patient>, StoreError> {
    let copy: Option<String> = connection
        .prepare_cached(
            "SELECT copy FROM subjects s
             WHERE key = ?1 AND EXISTS (SELECT 1 FROM assignments WHERE subject = s.id)",
        )?
        .query_row([&id.0], |row| row.get(0))
        .optional()?;
    copy.map(|copy| codec::from_json(&copy, "patient")).transpose()
}
