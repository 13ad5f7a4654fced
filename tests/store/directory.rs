//! Patients of a care platform's directory, of whom the store has heard, and what is assigned to them.

use glucodock::domain::association::{Assignment, AssignmentResult, Proof, Upload, UploadId};
use glucodock::domain::delivery::{Errand, Jitter, Outcome, Parcel};
use glucodock::domain::identity_check::TypedAnswer;
use glucodock::domain::patient::{Patient, PatientId};
use glucodock::domain::reading::Reading;
use glucodock::domain::text::Private;
use glucodock::store::{DirectoryAddress, Store, StoreError};

use super::support::{assignment, at, blood, by, download};

/// Somebody of the platform's directory whom the store has heard of.
pub(crate) fn known(store: &Store, id: &str) -> PatientId {
    let patient = ruth(id);
    let directory = DirectoryAddress { base: "https://a.example".to_owned(), tenant: String::new() };
    store.belong_to(by(0), &directory).unwrap();
    store.know(&patient).unwrap();
    patient.id
}

/// What the directory says of somebody with this key: all are called the same, and have numbers of their own.
pub(crate) fn ruth(id: &str) -> Patient {
    super::ruth::ruth(id, &format!("H{}", id.replace('/', "-")))
}

pub(crate) fn memory(count: u32) -> Vec<Reading> {
    (0..count).map(|place| blood(place, i64::from(place), 90 + place)).collect()
}

pub(crate) fn read(store: &Store, second: i64, count: u32) -> Upload {
    store.quarantine(by(second), &download("000-1", memory(count))).unwrap()
}

/// The assignment of a person who gave their identifier.
pub(crate) fn for_person(store: &Store, upload: &UploadId, patient: &PatientId, key: &str) -> Assignment {
    let plain = assignment(store, upload, patient, key);
    let who = Private::new(format!("H{}", patient.0.replace('/', "-")).into());
    let typed = TypedAnswer { who, born: Private::new("1968".into()) };
    Assignment { proof: Proof::Typed(typed), ..plain }
}

pub(crate) fn assign(
    store: &Store,
    upload: &UploadId,
    patient: &PatientId,
    key: &str,
) -> Result<AssignmentResult, StoreError> {
    store.begin_identity_check(by(5), upload, patient).unwrap();
    store.assign(by(6), &for_person(store, upload, patient, key))
}

pub(crate) fn take(store: &Store, second: i64) -> Parcel {
    match store.next_errand(at(second)).unwrap() {
        Errand::Deliver(parcel) => *parcel,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn lose(store: &Store, parcel: &Parcel, second: i64) {
    let lost = Outcome::LostRace(PatientId("Patient/owner".into()));
    assert!(store.note_delivery(&parcel.key, lost.clone(), at(second), Jitter(0)).unwrap());
    assert!(!store.note_delivery(&parcel.key, lost, at(second), Jitter(0)).unwrap(), "an answer that comes twice");
}
