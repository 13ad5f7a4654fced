//! One patient in the tables: the row of a key, and what stands in it.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};

use super::codec;
use super::error::StoreError;
use super::subject_set::SubjectSet;
use crate::domain::patient::{Identifier, NewPatient, Patient, PatientId, Status};
use crate::domain::text::{Clean, Private};
use crate::domain::validation::MRN;

/// The number behind a patient's key, if there is such a patient.
pub(super) fn row(connection: &Connection, id: &PatientId) -> Result<i64, StoreError> {
    const NOBODY: StoreError = StoreError::NotFound { what: "the patient" };
    let number: i64 = id.0.parse().map_err(|_| NOBODY)?;
    // "7" is a key, "+7" and "07" are not: a patient has one key.
    if number.to_string() != id.0 {
        return Err(NOBODY);
    }
    connection
        .prepare_cached("SELECT id FROM patients WHERE id = ?1")?
        .query_row([number], |row| row.get(0))
        .optional()?
        .ok_or(NOBODY)
}

/// Whether this is a patient of this store, and not one of a care platform's directory.
pub(super) fn is_of_this_store(connection: &Connection, patient: &Patient) -> Result<bool, StoreError> {
    match row(connection, &patient.id) {
        Ok(_) => Ok(true),
        Err(StoreError::NotFound { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether the patient of this row may receive readings.
pub(super) fn status(connection: &Connection, patient: i64) -> Result<Status, StoreError> {
    let status: String = connection
        .prepare_cached("SELECT status FROM patients WHERE id = ?1")?
        .query_row([patient], |row| row.get(0))?;
    codec::from_word(&status, "status")
}

/// The identifiers of a new person, the clinic's own first.
pub(super) fn identifiers(person: &NewPatient) -> impl Iterator<Item = Identifier> {
    let mrn = Identifier::new(MRN, person.mrn.expose().as_str());
    std::iter::once(mrn).chain(person.other_identifier.clone())
}

/// One patient with identifiers and meters.
pub(super) fn load(connection: &Connection, row: i64) -> Result<Patient, StoreError> {
    let (family, given, born, gender, status) = connection
        .prepare_cached("SELECT family, given, born, gender, status FROM patients WHERE id = ?1")?
        .query_row([row], |row| {
            let text = |column: usize| row.get::<_, String>(column);
            Ok((text(0)?, text(1)?, text(2)?, text(3)?, text(4)?))
        })
        .optional()?
        .ok_or(StoreError::NotFound { what: "the patient" })?;
    let identifiers = connection
        .prepare_cached("SELECT label, value FROM identifiers WHERE patient = ?1 ORDER BY position")?
        .query_map([row], |row| {
            let value: String = row.get(1)?;
            Ok(Identifier { label: row.get::<_, String>(0)?.into(), value: Private::new(value.into()) })
        })?
        .collect::<Result<_, _>>()?;
    let Visits { devices, last_upload } = visits(connection, &SubjectSet::of(&[row])?)?;
    Ok(Patient {
        id: PatientId(row.to_string()),
        family: Private::new(family.into()),
        given: Private::new(given.into()),
        born: Private::new(born.parse().map_err(|_| StoreError::Damaged { what: "birth date" })?),
        gender: codec::from_word(&gender, "gender")?,
        identifiers,
        status: codec::from_word(&status, "status")?,
        devices,
        last_upload,
    })
}

/// What is here of the visits of a patient.
pub(super) struct Visits {
    /// The names of their meters.
    pub(super) devices: Vec<Clean>,
    /// When readings last came in, if ever.
    pub(super) last_upload: Option<Timestamp>,
}

/// The visits of these subjects.
pub(super) fn visits(connection: &Connection, people: &SubjectSet) -> Result<Visits, StoreError> {
    let theirs = SubjectSet::LISTED;
    let devices = connection
        .prepare_cached(&format!(
            "SELECT m.model || ' ' || substr(m.serial, -4) FROM ownerships o JOIN meters m ON m.id = o.meter
             WHERE o.subject IN {theirs} AND o.closed_at IS NULL ORDER BY o.id"
        ))?
        .query_map([people], |row| Ok(Clean::from(row.get::<_, String>(0)?)))?
        .collect::<Result<_, _>>()?;
    let last_upload: Option<i64> = connection
        .prepare_cached(&format!(
            "SELECT max(u.read_at) FROM assignments a JOIN uploads u ON u.id = a.upload WHERE a.subject IN {theirs}
                 AND ((a.kind = 'assigned' AND a.new = 0)
                     OR EXISTS (SELECT 1 FROM records x WHERE x.assignment = a.id))
                 AND NOT EXISTS (SELECT 1 FROM assignments n WHERE n.supersedes = a.id AND n.kind = 'undone')"
        ))?
        .query_row([people], |row| row.get(0))?;
    Ok(Visits { devices, last_upload: last_upload.map(codec::timestamp).transpose()? })
}
