//! Stores, and what is put into them.

use std::path::Path;

use glucodock::domain::association::{Assignment, DecisionBasis, IdempotencyKey, Proof, UploadId, UseAnswer};
use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::identity_check::TypedAnswer;
use glucodock::domain::oddity::WhoUses;
use glucodock::domain::patient::{NewPatient, Patient, PatientId, Status};
use glucodock::domain::reading::{Kind, Reading};
use glucodock::domain::record::Span;
use glucodock::domain::text::Private;
use glucodock::store::{By, DATABASE_FILE, KEY_FILE, RegisteredPatient, Store};
use jiff::Timestamp;
use tempfile::TempDir;

pub(crate) use super::made_up::{download, meter, person};

/// A store in a directory of its own.
pub(crate) fn store() -> (TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    (directory, store)
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

/// User 1 at a second of the test.
pub(crate) fn by(second: i64) -> By<'static> {
    By::command("1", at(second))
}

pub(crate) fn create(store: &Store, new: &NewPatient) -> Patient {
    let key = IdempotencyKey(format!("create {}", new.mrn.expose()));
    store.create_patient(by(0), new, &key).unwrap()
}

pub(crate) fn with_status(store: &Store, new: NewPatient, status: Status) -> PatientId {
    let registered = RegisteredPatient { person: new, status, merged_into: None };
    store.import_patients(by(0), &[registered]).unwrap().remove(0)
}

/// A blood glucose in mg/dL on a minute of one day.
pub(crate) fn blood(index: u32, minute: i64, value: u32) -> Reading {
    let midnight = jiff::civil::date(2026, 9, 21).at(0, 0, 0, 0);
    Reading {
        corrected_from: None,
        index,
        time: Some(midnight.checked_add(jiff::SignedDuration::from_mins(minute)).unwrap()),
        measured: Measured::Value(Concentration::mg_per_dl(value)),
        kind: Kind::Blood,
        meal: None,
        doubts: vec![],
        raw: [("sfloat".to_owned(), format!("{value:04x}"))].into(),
    }
}

/// An assignment that types the person's first identifier and year of birth.
pub(crate) fn assignment(store: &Store, upload: &UploadId, patient: &PatientId, key: &str) -> Assignment {
    let typed = store.patient(patient).map_or_else(
        |_| TypedAnswer::default(),
        |patient| TypedAnswer {
            who: patient.identifiers[0].value.clone(),
            born: Private::new(patient.born.expose().year().to_string().into()),
        },
    );
    let (upload, patient, key) = (upload.clone(), patient.clone(), IdempotencyKey(key.to_owned()));
    let seen = store.upload(&upload).map_or_else(|_| DecisionBasis::default(), |upload| upload.seen());
    Assignment { upload, patient, key, proof: Proof::Typed(typed), seen }
}

/// All readings of a person's record that have a time.
pub(crate) fn record(store: &Store, patient: &PatientId) -> Vec<Reading> {
    store.record(patient, Span::ALL).unwrap().readings
}

/// The data file of a store, past the store: what stands in its tables.
pub(crate) fn database(directory: &Path) -> rusqlite::Connection {
    let key = std::fs::read(directory.join(KEY_FILE)).unwrap();
    let key = hex::encode(key);
    let connection = rusqlite::Connection::open(directory.join(DATABASE_FILE)).unwrap();
    connection.execute_batch(&format!("PRAGMA key = \"x'{key}'\";")).unwrap();
    connection
}

/// Says of readings that are odd, as of a memory that a test has made up, that one person uses the meter.
pub(crate) fn used_by_one(store: &Store, upload: &UploadId, patient: &PatientId) {
    let about = store.oddities(upload, patient).unwrap();
    assert!(!about.is_empty());
    let answer = UseAnswer { upload: upload.clone(), patient: patient.clone(), who: WhoUses::OnePerson, about };
    store.answer_use(by(0), &answer, store.upload(upload).unwrap().read_at).unwrap();
}
