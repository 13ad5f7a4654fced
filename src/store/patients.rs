//! Patients: who they are, and how a new one comes in.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::{StoreError, is_unique_violation};
use super::patient_rows::{identifiers, load, row};
use super::{By, Store, audit, codec, recents, search, subjects};
use crate::domain::association::IdempotencyKey;
use crate::domain::name::comparable;
use crate::domain::patient::{
    Identifier, Likeness, NewPatient, PageCursor, Patient, PatientId, SearchPage, Status, name_likeness,
};
use crate::domain::text::{Clean, Private, fold, squeeze};
use crate::domain::validation::MRN;

/// A patient as another system or a demo clinic knows them, to be taken over as they are.
#[derive(Debug, Clone)]
pub struct RegisteredPatient {
    /// Who they are.
    pub person: NewPatient,
    /// Whether they may receive readings.
    pub status: Status,
    /// For [`Status::Merged`]: the MRN of the record that lives on; it must have come before.
    pub merged_into: Option<Private<Clean>>,
}

impl Store {
    /// Creates a patient, ACTIVE, and puts them on the user's list of recent ones. A repeated call with the same key
    /// gives the same patient.
    ///
    /// # Errors
    /// [`StoreError::IdentifierTaken`]; [`StoreError::SamePerson`] if somebody of the same names and birth date exists
    /// and no reason is given; or the database's. Then nothing was changed.
    pub fn create_patient(&self, by: By<'_>, new: &NewPatient, key: &IdempotencyKey) -> Result<Patient, StoreError> {
        self.write(|transaction| {
            // First of all: a repeated call finds its own patient, and would be told that the number is taken.
            if let Some(created) = created(transaction, key)? {
                return Ok(created);
            }
            let has_reason = new.reason_despite_look_alike.as_ref().is_some_and(|reason| !reason.is_empty());
            let registered = RegisteredPatient { person: new.clone(), status: Status::Active, merged_into: None };
            // Identifiers first: that a number is taken is the clearer answer.
            let row = insert(transaction, by, &registered, Some(key))?;
            if !has_reason && exists_same_person(transaction, new, row)? {
                return Err(StoreError::SamePerson);
            }
            with_words(new, |person| search::add(transaction, row, person, false))?;
            recents::remember(transaction, by.user, row)?;
            let detail = if has_reason { "with a reason for a new person" } else { "" };
            let id = PatientId(row.to_string());
            audit::append(transaction, by, audit::AuditAction::PatientCreated, Some(&id), None, detail)?;
            load(transaction, row)
        })
    }

    /// The patient whom a request with this key has created.
    ///
    /// # Errors
    /// The database's.
    pub fn created_patient(&self, key: &IdempotencyKey) -> Result<Option<Patient>, StoreError> {
        created(&self.reader(), key)
    }

    /// Takes over patients from elsewhere as they are, in one transaction: all of them or none.
    ///
    /// # Errors
    /// [`StoreError::IdentifierTaken`], [`StoreError::NotFound`] for a merge into nobody, or the database's.
    pub fn import_patients(&self, by: By<'_>, patients: &[RegisteredPatient]) -> Result<Vec<PatientId>, StoreError> {
        self.write(|transaction| import(transaction, by, patients))
    }

    /// Where a page of this store begins behind so many people.
    #[must_use]
    pub fn page_behind(people: usize) -> PageCursor {
        PageCursor(people.to_string())
    }

    /// One page of the patients that match all words of `query`, best match first, as `store::search` finds them.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a cursor that no search gave, or the database's.
    pub fn search(&self, query: &str, from: Option<&PageCursor>, limit: u32) -> Result<SearchPage, StoreError> {
        let reader = self.reader();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let offset = from.map_or(Ok(0), |from| from.0.parse::<usize>());
        let offset = offset.map_err(|_| StoreError::NotFound { what: "the page" })?;
        // One more than the page tells whether there is another.
        let wanted = offset.saturating_add(limit).saturating_add(1);
        let hits = search::find(&reader, query, wanted)?;
        let next = (hits.len() >= wanted).then(|| Self::page_behind(offset.saturating_add(limit)));
        let page = hits.into_iter().skip(offset).take(limit);
        let patients = page.map(|row| load(&reader, row)).collect::<Result<_, _>>()?;
        Ok(SearchPage { patients, next, known_only: false })
    }

    /// One patient.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the database's.
    pub fn patient(&self, id: &PatientId) -> Result<Patient, StoreError> {
        let reader = self.reader();
        load(&reader, row(&reader, id)?)
    }

    /// The patient whose clinic number this is, written in any way.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the database's.
    pub fn patient_by_mrn(&self, mrn: &str) -> Result<Patient, StoreError> {
        let reader = self.reader();
        load(&reader, row_by_mrn(&reader, mrn)?)
    }
}

fn created(connection: &Connection, key: &IdempotencyKey) -> Result<Option<Patient>, StoreError> {
    let created = connection
        .prepare_cached("SELECT id FROM patients WHERE request_key = ?1")?
        .query_row([&key.0], |row| row.get(0))
        .optional()?;
    created.map(|row| load(connection, row)).transpose()
}

/// What the search is to know of a new person.
fn with_words<T>(new: &NewPatient, index: impl FnOnce(&search::IndexedPerson<'_>) -> T) -> T {
    let identifiers: Vec<Identifier> = identifiers(new).collect();
    let numbers: Vec<&str> = identifiers.iter().map(|identifier| identifier.value.expose().as_str()).collect();
    index(&search::IndexedPerson {
        family: new.family.expose().as_str(),
        given: new.given.expose().as_str(),
        born: *new.born.expose(),
        numbers: &numbers,
    })
}

/// Takes over patients as they are.
pub(super) fn import(
    connection: &Connection,
    by: By<'_>,
    patients: &[RegisteredPatient],
) -> Result<Vec<PatientId>, StoreError> {
    let mut ids = Vec::with_capacity(patients.len());
    let mut words = Vec::new();
    for patient in patients {
        ids.push(PatientId(insert_indexed(connection, by, patient, &mut words)?.to_string()));
    }
    search::add_words(connection, words)?;
    let detail = format!("{} patients", ids.len());
    audit::append(connection, by, audit::AuditAction::PatientsImported, None, None, &detail)?;
    Ok(ids)
}

/// Takes over a patient as they are, and collects under which words they are found.
pub(super) fn insert_indexed(
    connection: &Connection,
    by: By<'_>,
    patient: &RegisteredPatient,
    words: &mut Vec<search::IndexWord>,
) -> Result<i64, StoreError> {
    let row = insert(connection, by, patient, None)?;
    let inactive = patient.status != Status::Active;
    with_words(&patient.person, |person| search::words_of(row, person, inactive, words));
    Ok(row)
}

pub(super) fn row_by_mrn(connection: &Connection, mrn: &str) -> Result<i64, StoreError> {
    connection
        .prepare_cached("SELECT patient FROM identifiers WHERE label = ?1 AND folded = ?2")?
        .query_row([MRN, &squeeze(mrn)], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::NotFound { what: "the patient" })
}

/// Whether somebody else of the same birth date has the same names, as the look-alike check judges it.
fn exists_same_person(connection: &Connection, new: &NewPatient, but: i64) -> Result<bool, StoreError> {
    let spelled = |family: &str, given: &str| (comparable(family), comparable(given));
    let ours = spelled(new.family.expose().as_str(), new.given.expose().as_str());
    // The new person has a row by now, and is nobody else.
    let mut statement = connection.prepare_cached("SELECT family, given FROM patients WHERE born = ?1 AND id <> ?2")?;
    let mut rows = statement.query(params![new.born.expose().to_string(), but])?;
    while let Some(row) = rows.next()? {
        let theirs = spelled(&row.get::<_, String>(0)?, &row.get::<_, String>(1)?);
        let likeness = name_likeness((&ours.0, &ours.1), (&theirs.0, &theirs.1), true);
        if likeness == Some(Likeness::SamePerson) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn insert(
    connection: &Connection,
    by: By<'_>,
    patient: &RegisteredPatient,
    key: Option<&IdempotencyKey>,
) -> Result<i64, StoreError> {
    let person = &patient.person;
    let text = |text: &Option<Private<Clean>>| text.as_ref().map(|text| text.expose().as_str().to_owned());
    let merged_into =
        patient.merged_into.as_ref().map(|mrn| row_by_mrn(connection, mrn.expose().as_str())).transpose()?;
    let row = subjects::make(connection)?;
    connection
        .prepare_cached(
            "INSERT INTO patients (id, family, given, born, gender, status, merged_into, email, phone, family_folded,
             given_folded, reason_despite_look_alike, created_by, session, created_at, request_key)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        )?
        .execute(params![
            row,
            person.family.expose().as_str(),
            person.given.expose().as_str(),
            person.born.expose().to_string(),
            codec::word(person.gender)?,
            codec::word(patient.status)?,
            merged_into,
            text(&person.email),
            text(&person.phone),
            fold(person.family.expose().as_str()),
            fold(person.given.expose().as_str()),
            person.reason_despite_look_alike.as_ref().map(Clean::as_str),
            by.user,
            by.session,
            codec::nanoseconds(by.at),
            key.map(|key| key.0.as_str())
        ])?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO identifiers (patient, position, label, value, folded) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (position, identifier) in (0_i64..).zip(identifiers(person)) {
        let value = identifier.value.expose().as_str();
        insert
            .execute(params![row, position, identifier.label.as_str(), value, squeeze(value)])
            .map_err(|error| if is_unique_violation(&error) { StoreError::IdentifierTaken } else { error.into() })?;
    }
    Ok(row)
}
