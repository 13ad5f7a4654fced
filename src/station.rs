//! What this computer owns, whatever the care platform: the quarantine, the work list, who was selected lately, the
//! checks of identity, the audit trail, and the beginning of an assignment as one transaction.
//!
//! Concrete and blocking, on the store. What somebody asks the engine calls on one thread of its own, in the order in
//! which it was asked, so that an audit line never overtakes the write it belongs to. What carries the outbox, and
//! whoever waits for what comes of that, asks beside it: each call is one transaction, and none depends on another's
//! place. Who may do what stands in [`crate::domain::permission`].
//!
//! Staff and sessions are this computer's only where no server knows its own people: who signs in is asked of the
//! platform (its `SignIn`), which the embedded one answers from the staff in the store. A session is a
//! value of the model that goes with each question ([`crate::domain::clinic::Session`]); whoever asks comes here as its
//! [`Actor`], and stands with the session on every row that they cause.

mod ending;
mod export;
mod intake;
mod noted;
mod population;
mod time_correction;
mod transfer;
mod undo;

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::association::{Assignment, AssignmentResult, AuditEntry, IdempotencyKey, Upload, UploadId};
use crate::domain::clinic::Actor;
use crate::domain::coded_errors::coded_errors;
use crate::domain::delivery::{DeliveryStanding, Errand, Jitter, KeptFromPlatform, Next, Outcome};
use crate::domain::download::Download;
use crate::domain::identity_check::{IdentityCheck, IdentityStanding};
use crate::domain::patient::{Patient, PatientId};
use crate::domain::permission::Permission;
use crate::domain::problem::Problem;
use crate::domain::text::Clean;
use crate::domain::undo::Withdrawals;
use crate::domain::work_list::WorkList;
use crate::store::{CarrierLock, Store, StoreError};

coded_errors! {
    /// Why the station did not do what it was asked.
    #[derive(Debug, thiserror::Error)]
    pub enum StationError;

    /// The role may not do this.
    #[error("the role does not allow {}", .0.name())]
    Forbidden(Permission) => PlatformRefused;
    /// The store did not.
    #[error(transparent)]
    Store(#[from] StoreError) => of(0);
}

impl StationError {
    /// The problem as the app tells it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        match self {
            Self::Forbidden(_) => Problem::new(self.code(), &self.to_string()),
            Self::Store(error) => error.problem(),
        }
    }
}

/// What the station is asked for somebody, and may be kept from by a [`Gate`]. No gate is before the trail, nor before
/// what the outbox is carried by ([`Station::next_errand`], [`Station::note_delivery`] and the like), which is asked
/// for nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// [`Station::recents`].
    Recents,
    /// [`Station::remember`].
    Remember,
    /// [`Station::quarantine`].
    Quarantine,
    /// [`Station::work_list`].
    WorkList,
    /// [`Station::upload`].
    Upload,
    /// [`Station::sources_of`].
    Sources,
    /// [`Station::begin_identity_check`].
    BeginIdentityCheck,
    /// [`Station::note_mismatch`].
    NoteMismatch,
    /// [`Station::answer_intake`].
    AnswerIntake,
    /// [`Station::oddities`].
    Oddities,
    /// [`Station::answer_use`].
    AnswerUse,
    /// [`Station::assign`].
    Assign,
    /// [`Station::undo_offer`].
    UndoOffer,
    /// [`Station::undo`].
    Undo,
    /// [`Station::transfer_offer`].
    TransferOffer,
    /// [`Station::begin_transfer_check`].
    BeginTransferCheck,
    /// [`Station::note_transfer_mismatch`].
    NoteTransferMismatch,
    /// [`Station::transfer`].
    Transfer,
    /// [`Station::ending_offer`].
    EndingOffer,
    /// [`Station::begin_ending_check`].
    BeginEndingCheck,
    /// [`Station::note_ending_mismatch`].
    NoteEndingMismatch,
    /// [`Station::end_ownership`].
    EndOwnership,
    /// [`Station::ending_undo_offer`].
    EndingUndoOffer,
    /// [`Station::undo_ending`].
    UndoEnding,
    /// [`Station::correction_offer`].
    CorrectionOffer,
    /// [`Station::correct_times`].
    CorrectTimes,
    /// [`Station::undo_correction`].
    UndoCorrection,
    /// [`Station::told`].
    Told,
    /// [`Station::kept_from_platform`].
    KeptFromPlatform,
    /// [`Station::release`].
    Release,
    /// [`Station::note_person`].
    NotePerson,
    /// [`Station::noted_person`].
    NotedPerson,
    /// [`Station::note_happened`].
    NoteHappened,
    /// [`Station::changed_since`].
    ChangedSince,
    /// [`Station::report`].
    Report,
    /// [`Station::population`].
    Population,
}

/// Is asked before each [`Call`], and may refuse it: so it is tried what a person meets when a disk fails.
pub type Gate = Arc<dyn Fn(Call) -> Result<(), StoreError> + Send + Sync>;

/// The station.
#[derive(Clone)]
pub struct Station {
    store: Arc<Store>,
    gate: Option<Gate>,
    withdrawals: Withdrawals,
}

impl Station {
    /// The station of this store.
    #[must_use]
    pub const fn new(store: Arc<Store>) -> Self {
        Self { store, gate: None, withdrawals: Withdrawals::Refused }
    }

    /// The same, which undoes what the care platform was told of as this says.
    #[must_use]
    pub fn withdrawing(self, withdrawals: Withdrawals) -> Self {
        Self { withdrawals, ..self }
    }

    /// The same behind a gate.
    #[must_use]
    pub fn behind(self, gate: Gate) -> Self {
        Self { gate: Some(gate), ..self }
    }

    /// The store behind it, for a command that works on the store itself; the engine asks the station alone.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The store, for one who may do this.
    fn for_one_who_may(&self, actor: &Actor, permission: Permission, call: Call) -> Result<&Store, StationError> {
        if !actor.user.role.allows(permission) {
            return Err(StationError::Forbidden(permission));
        }
        self.gate.as_ref().map_or(Ok(()), |gate| gate(call))?;
        // What a meter sends is kept whoever holds it: nobody's end here loses readings.
        if call != Call::Quarantine {
            self.store.works_still(actor)?;
        }
        Ok(&self.store)
    }

    /// The patients this user created or selected lately, newest first, at most ten.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], or the store's.
    pub fn recents(&self, actor: &Actor) -> Result<Vec<Patient>, StationError> {
        Ok(self.for_one_who_may(actor, Permission::FindPatients, Call::Recents)?.recents(&actor.user.id)?)
    }

    /// Notes that this user selected this patient, for [`Station::recents`]. Of a patient of the care platform's
    /// directory it is kept what that says of them, so that a meter can be theirs while it does not answer.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], or the store's.
    pub fn remember(&self, actor: &Actor, patient: &Patient) -> Result<(), StationError> {
        let store = self.for_one_who_may(actor, Permission::FindPatients, Call::Remember)?;
        store.know(patient)?;
        Ok(store.remember(actor.into(), &patient.id)?)
    }

    /// Keeps a complete download in quarantine; on disk when this returns. Reading the same meter again adds nothing
    /// and gives the pending upload of the meter, if it has one.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], [`StoreError::Incomplete`] for a partial download, or the store's.
    pub fn quarantine(&self, actor: &Actor, download: &Download) -> Result<Upload, StationError> {
        Ok(self
            .for_one_who_may(actor, Permission::KeepReadings, Call::Quarantine)?
            .quarantine(actor.into(), download)?)
    }

    /// What is left to be done here: the uploads that wait for a patient, and what the care platform has not recorded.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], or the store's.
    pub fn work_list(&self, actor: &Actor) -> Result<WorkList, StationError> {
        Ok(self.for_one_who_may(actor, Permission::KeepReadings, Call::WorkList)?.work_list()?)
    }

    /// One upload as it stands now.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], [`StoreError::NotFound`], or the store's.
    pub fn upload(&self, actor: &Actor, id: &UploadId) -> Result<Upload, StationError> {
        Ok(self.for_one_who_may(actor, Permission::KeepReadings, Call::Upload)?.upload(id)?)
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
        Ok(self.for_one_who_may(actor, Permission::AssignMeters, Call::BeginIdentityCheck)?.begin_identity_check(
            actor.into(),
            upload,
            patient,
        )?)
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
    ) -> Result<IdentityStanding, StationError> {
        Ok(self.for_one_who_may(actor, Permission::AssignMeters, Call::NoteMismatch)?.note_mismatch(
            actor.into(),
            upload,
            patient,
        )?)
    }

    /// Makes the patient the owner of the meter and moves its readings into the record, in one transaction. Also
    /// appends to the record of a patient who owns the meter already. A repeated call with the same key changes
    /// nothing and gives the same result.
    ///
    /// # Errors
    /// [`StationError::Forbidden`]; of the store [`StoreError::OwnedByAnother`], [`StoreError::NotActive`],
    /// [`StoreError::IdentityNotProved`], [`StoreError::NotFound`], [`StoreError::ClockUndecided`],
    /// [`StoreError::HeldByAnother`] and [`StoreError::UseUnanswered`] before a person has answered, and what else it
    /// says; then nothing was changed.
    pub fn assign(&self, actor: &Actor, assignment: &Assignment) -> Result<AssignmentResult, StationError> {
        Ok(self.for_one_who_may(actor, Permission::AssignMeters, Call::Assign)?.assign(actor.into(), assignment)?)
    }

    /// Whether anything is due to be carried, without taking it.
    ///
    /// # Errors
    /// The store's.
    pub fn next_due(&self, now: Timestamp) -> Result<Next, StationError> {
        Ok(self.store.next_due(now)?)
    }

    /// What the platform did not answer is due now: somebody is there who would see that it answers again.
    ///
    /// # Errors
    /// The store's.
    pub fn hurry(&self, now: Timestamp) -> Result<(), StationError> {
        Ok(self.store.hurry(now)?)
    }

    /// The uploads that wait for their patients, for whoever tells the care platform of them.
    ///
    /// # Errors
    /// The store's.
    pub fn waiting(&self) -> Result<Vec<Upload>, StationError> {
        Ok(self.store.pending()?)
    }

    /// Takes the outbox for whoever carries it; nothing while another program does.
    ///
    /// # Errors
    /// The store's.
    pub fn carrier(&self) -> Result<Option<CarrierLock>, StationError> {
        Ok(self.store.carrier()?)
    }

    /// What whoever carries parcels to the care platform does now.
    ///
    /// # Errors
    /// The store's.
    pub fn next_errand(&self, now: Timestamp) -> Result<Errand, StationError> {
        Ok(self.store.next_errand(now)?)
    }

    /// Notes what came of a parcel.
    ///
    /// # Errors
    /// The store's.
    pub fn note_delivery(
        &self,
        key: &IdempotencyKey,
        outcome: Outcome,
        now: Timestamp,
        jitter: Jitter,
    ) -> Result<bool, StationError> {
        Ok(self.store.note_delivery(key, outcome, now, jitter)?)
    }

    /// Somebody has looked at what the platform did not take, and wants it tried again. False if it is not refused.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], or the store's.
    pub fn release(&self, actor: &Actor, key: &IdempotencyKey, reason: &Clean) -> Result<bool, StationError> {
        let store = self.for_one_who_may(actor, Permission::AssignMeters, Call::Release)?;
        Ok(store.release(actor.into(), key, reason)?)
    }

    /// How what was decided last of an upload stands at the care platform; nothing if no platform is told of it.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], [`StoreError::NotFound`], or the store's.
    pub fn told(&self, actor: &Actor, upload: &UploadId) -> Result<Option<DeliveryStanding>, StationError> {
        Ok(self.for_one_who_may(actor, Permission::KeepReadings, Call::Told)?.told(upload)?)
    }

    /// How many readings of an upload go into no record at a care platform, whatever is delivered.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], [`StoreError::NotFound`], or the store's.
    pub fn kept_from_platform(&self, actor: &Actor, upload: &UploadId) -> Result<KeptFromPlatform, StationError> {
        Ok(self.for_one_who_may(actor, Permission::KeepReadings, Call::KeptFromPlatform)?.kept_from_platform(upload)?)
    }

    /// Writes a line of the audit trail.
    ///
    /// # Errors
    /// The store's.
    pub fn audit(&self, actor: &Actor, entry: &AuditEntry) -> Result<(), StationError> {
        Ok(self.store.audit(actor.into(), entry)?)
    }
}
