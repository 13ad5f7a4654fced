//! Made-up patients and readings put into a training store, many in one transaction.
//!
//! They go the way of all readings: a meter has an owner, a download is an upload, an assignment gives it to a record,
//! and the trail tells each. What is left out is the person who is asked who it is.

use jiff::Timestamp;

use super::audit::AuditAction;
use super::{By, RegisteredPatient, Store, StoreError, assign, audit, meters, outbox, patients, quarantine};
use crate::domain::association::{AssignmentResult, IdempotencyKey, UploadId};
use crate::domain::download::Download;
use crate::domain::patient::PatientId;

/// What a meter gave, and whose it is.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnedDownload {
    /// The clinic's number of the owner, who may receive readings.
    pub owner: String,
    /// When the meter was read.
    pub read_at: Timestamp,
    /// What it gave; complete, and of a meter that was never seen before.
    pub download: Download,
    /// Whether it waits to be assigned.
    pub waits: bool,
}

impl Store {
    /// Whether there is any patient in this store, of its own or of a care platform's directory.
    ///
    /// # Errors
    /// The database's.
    pub fn has_patients(&self) -> Result<bool, StoreError> {
        Ok(self.reader().prepare_cached("SELECT 1 FROM subjects LIMIT 1")?.exists(())?)
    }

    /// Puts made-up people into a training store, all of them or none.
    ///
    /// # Errors
    /// [`StoreError::NotForTraining`], and those of [`Store::import_patients`].
    pub fn fill_people(&self, by: By<'_>, people: &[RegisteredPatient]) -> Result<(), StoreError> {
        if !self.purpose.is_training() {
            return Err(StoreError::NotForTraining);
        }
        self.import_patients(by, people).map(drop)
    }

    /// Puts made-up meters with their readings into a training store, all of them or none.
    ///
    /// # Errors
    /// [`StoreError::NotForTraining`], [`StoreError::Incomplete`] for a download that is not whole,
    /// [`StoreError::NotFound`] for an owner who is nobody, [`StoreError::OwnedByAnother`] for a meter that is
    /// somebody's, or the database's.
    pub fn fill_meters(&self, by: By<'_>, meters: &[OwnedDownload]) -> Result<(), StoreError> {
        if !self.purpose.is_training() {
            return Err(StoreError::NotForTraining);
        }
        if meters.iter().any(|meter| !meter.download.is_complete()) {
            return Err(StoreError::Incomplete);
        }
        self.write(|transaction| meters.iter().try_for_each(|meter| keep(transaction, by, meter)))
    }
}

fn keep(connection: &rusqlite::Connection, by: By<'_>, meter: &OwnedDownload) -> Result<(), StoreError> {
    let by = By { at: meter.read_at, ..by };
    let owner = patients::row_by_mrn(connection, &meter.owner)?;
    meters::register_owner(connection, by, &meter.download.meter, owner)?;
    let (row, upload) = quarantine::keep(connection, by, &meter.download)?;
    if meter.waits {
        return Ok(());
    }
    let key = IdempotencyKey(format!("made up {upload}"));
    let new = u32::try_from(meter.download.readings.len()).unwrap_or(u32::MAX);
    let result = AssignmentResult { new, already_there: 0 };
    let assignment = assign::assignment_row(connection, by, &key, (upload, row, owner), result, "owner")?;
    assign::move_readings(connection, assignment, (upload, row), &[])?;
    outbox::put(connection, by, assignment, false)?;
    let (patient, upload) = (PatientId(owner.to_string()), UploadId(upload.to_string()));
    let detail = format!("new {new}, already there 0");
    audit::append(connection, by, AuditAction::Assigned, Some(&patient), Some(&upload), &detail)
}
