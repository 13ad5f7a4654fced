//! What this computer owns, whatever the care platform: the quarantine, the work list, who was selected lately, the checks
//! of identity, the audit trail, and the beginning of an assignment as one transaction.
//!
//! Concrete and blocking, on the store. The engine calls it on one thread of its own, in the order in which it was asked, so
//! that an audit line never overtakes the write it belongs to. Administrators and auditors work without patients: every call
//! that shows or changes one is refused to them (clinic-safety SEC-07).

use std::sync::Arc;

use crate::domain::association::{Assignment, AssignmentResult, AuditEntry, IntakeAnswer, Upload, UploadId};
use crate::domain::clinic::Actor;
use crate::domain::download::Download;
use crate::domain::identity_check::{IdentityCheck, Standing};
use crate::domain::patient::{Patient, PatientId};
use crate::domain::problem::{Problem, ProblemCode};
use crate::store::{By, Store, StoreError};

/// Why the station did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StationError {
    /// The role may not do this.
    #[error("the role does not allow {operation}")]
    Forbidden {
        /// What was asked for.
        operation: &'static str,
    },
    /// The store did not.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl StationError {
    /// The problem as the app tells it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        match self {
            Self::Forbidden { .. } => Problem::new(ProblemCode::PlatformRefused, &self.to_string()),
            Self::Store(error) => error.problem(),
        }
    }
}

/// Is asked before each call, by its name, and may refuse it: so it is tried what a person meets when a disk fails.
pub type Gate = Arc<dyn Fn(&'static str) -> Result<(), StoreError> + Send + Sync>;

/// The station.
#[derive(Clone)]
pub struct Station {
    store: Arc<Store>,
    gate: Option<Gate>,
}

impl Station {
    /// The station of this store.
    #[must_use]
    pub const fn new(store: Arc<Store>) -> Self {
        Self { store, gate: None }
    }

    /// The same behind a gate.
    #[must_use]
    pub fn behind(self, gate: Gate) -> Self {
        Self { gate: Some(gate), ..self }
    }

    /// The store behind it, for what the app has no word for: users, audit trail.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The store, for one who works with patients.
    fn with_patients(&self, actor: &Actor, operation: &'static str) -> Result<&Store, StationError> {
        if !actor.user.role.sees_patients() {
            return Err(StationError::Forbidden { operation });
        }
        self.gate.as_ref().map_or(Ok(()), |gate| gate(operation))?;
        Ok(&self.store)
    }

    /// The patients this user created or selected lately, newest first, at most ten.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], or the store's.
    pub fn recents(&self, actor: &Actor) -> Result<Vec<Patient>, StationError> {
        Ok(self.with_patients(actor, "listing patients")?.recents(&actor.user.id)?)
    }

    /// Notes that this user selected this patient, for [`Station::recents`].
    ///
    /// # Errors
    /// [`StationError::Forbidden`], or the store's.
    pub fn remember(&self, actor: &Actor, patient: &PatientId) -> Result<(), StationError> {
        Ok(self.with_patients(actor, "selecting a patient")?.remember(by(actor), patient)?)
    }

    /// Keeps a complete download in quarantine; on disk when this returns. Reading the same meter again adds nothing
    /// and gives the pending upload of the meter, if it has one.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], [`StoreError::Incomplete`] for a partial download, or the store's.
    pub fn quarantine(&self, actor: &Actor, download: &Download) -> Result<Upload, StationError> {
        Ok(self.with_patients(actor, "keeping a download")?.quarantine(by(actor), download)?)
    }

    /// The uploads that wait for a patient, oldest first.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], or the store's.
    pub fn pending(&self, actor: &Actor) -> Result<Vec<Upload>, StationError> {
        Ok(self.with_patients(actor, "listing uploads")?.pending()?)
    }

    /// One upload as it stands now.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], [`StoreError::NotFound`], or the store's.
    pub fn upload(&self, actor: &Actor, id: &UploadId) -> Result<Upload, StationError> {
        Ok(self.with_patients(actor, "looking at an upload")?.upload(id)?)
    }

    /// Begins the check of a person for an upload: that this person was looked at is noted, and how they stand and who
    /// may be taken for them is told.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], [`StoreError::NotFound`], or the store's.
    pub fn begin_identity_check(
        &self,
        actor: &Actor,
        upload: &UploadId,
        patient: &PatientId,
    ) -> Result<IdentityCheck, StationError> {
        Ok(self.with_patients(actor, "confirming a patient")?.begin_identity_check(by(actor), upload, patient)?)
    }

    /// Notes that what was typed was not this person's, in the audit trail too, and tells how they stand now.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], [`StoreError::NotFound`], or the store's.
    pub fn note_mismatch(
        &self,
        actor: &Actor,
        upload: &UploadId,
        patient: &PatientId,
    ) -> Result<Standing, StationError> {
        Ok(self.with_patients(actor, "confirming a patient")?.note_mismatch(by(actor), upload, patient)?)
    }

    /// Keeps what a person said of a waiting upload: which clock is right, or that readings which another patient has are
    /// this patient's. Gives the upload as it stands now.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], [`StoreError::NotFound`], or the store's.
    pub fn answer_intake(
        &self,
        actor: &Actor,
        upload: &UploadId,
        answer: &IntakeAnswer,
    ) -> Result<Upload, StationError> {
        Ok(self.with_patients(actor, "answering for a meter")?.answer_intake(by(actor), upload, answer)?)
    }

    /// Makes the patient the owner of the meter and moves its readings into the record, in one transaction. Also
    /// appends to the record of a patient who owns the meter already. A repeated call with the same key changes
    /// nothing and gives the same result.
    ///
    /// # Errors
    /// [`StationError::Forbidden`]; of the store [`StoreError::OwnedByAnother`], [`StoreError::NotActive`],
    /// [`StoreError::IdentityNotProved`], [`StoreError::NotFound`], [`StoreError::ClockUndecided`] and
    /// [`StoreError::HeldByAnother`] before a person has answered, and what else it says; then nothing was changed.
    pub fn assign(&self, actor: &Actor, assignment: &Assignment) -> Result<AssignmentResult, StationError> {
        Ok(self.with_patients(actor, "assigning a meter")?.assign(by(actor), assignment)?)
    }

    /// Writes a line of the audit trail.
    ///
    /// # Errors
    /// The store's.
    pub fn audit(&self, actor: &Actor, entry: &AuditEntry) -> Result<(), StationError> {
        Ok(self.store.audit(by(actor), entry)?)
    }
}

fn by(actor: &Actor) -> By<'_> {
    By { user: &actor.user.id, at: actor.at }
}
