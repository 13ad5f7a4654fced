//! What people say of a meter's readings before they may go into a record.

use jiff::Timestamp;

use super::{Call, Station, StationError};
use crate::domain::association::{DecisionBasis, IntakeAnswer, Upload, UploadId, UseAnswer};
use crate::domain::clinic::Actor;
use crate::domain::oddity::Oddity;
use crate::domain::patient::PatientId;
use crate::domain::permission::Permission;
#[cfg(doc)]
use crate::store::StoreError;

impl Station {
    /// Keeps what a person said of a waiting upload: which clock is right, or that readings which another patient has
    /// are this patient's. It is about what was shown, which was read last at `read_at` and stood as `seen`. Gives the
    /// upload as it stands now.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], [`StoreError::NotFound`], [`StoreError::UploadChanged`], or the store's.
    pub fn answer_intake(
        &self,
        actor: &Actor,
        upload: &UploadId,
        answer: &IntakeAnswer,
        read_at: Timestamp,
        seen: &DecisionBasis,
    ) -> Result<Upload, StationError> {
        let store = self.for_one_who_may(actor, Permission::AssignMeters, Call::AnswerIntake)?;
        Ok(store.answer_intake(actor.into(), upload, answer, read_at, seen)?)
    }

    /// What is odd about the readings of an upload that waits, if they go into somebody's record.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], [`StoreError::NotFound`], or the store's.
    pub fn oddities(&self, actor: &Actor, upload: &UploadId, patient: &PatientId) -> Result<Vec<Oddity>, StationError> {
        Ok(self.for_one_who_may(actor, Permission::AssignMeters, Call::Oddities)?.oddities(upload, patient)?)
    }

    /// Keeps what a person said who uses the meter of an upload that waits; gives the upload as it stands now.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], [`StoreError::NotFound`], [`StoreError::UploadChanged`], or the store's.
    pub fn answer_use(&self, actor: &Actor, answer: &UseAnswer, read_at: Timestamp) -> Result<Upload, StationError> {
        Ok(self.for_one_who_may(actor, Permission::AssignMeters, Call::AnswerUse)?.answer_use(
            actor.into(),
            answer,
            read_at,
        )?)
    }
}
