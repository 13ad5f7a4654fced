//! That the times of a meter whose clock was wrong are corrected by somebody who works here, and that this is undone.

use jiff::tz::TimeZone;

use super::{Call, Station, StationError};
use crate::domain::association::UploadId;
use crate::domain::clinic::Actor;
use crate::domain::patient::PatientId;
use crate::domain::permission::Permission;
use crate::domain::time_correction::{CorrectionOffer, CorrectionRequest, CorrectionUndoRequest, TimesMoved};

impl Station {
    /// The readings of an upload's meter in this patient's record. `zone` is the clinic's.
    ///
    /// # Errors
    /// [`StationError::Forbidden`]; of the store that the upload is in another record, that a care platform was told,
    /// or what else it says.
    pub fn correction_offer(
        &self,
        actor: &Actor,
        upload: &UploadId,
        patient: &PatientId,
        zone: &TimeZone,
    ) -> Result<CorrectionOffer, StationError> {
        let store = self.for_one_who_may(actor, Permission::CorrectTimes, Call::CorrectionOffer)?;
        Ok(store.correction_offer(actor.into(), actor.user.role, upload, patient, zone, self.withdrawals)?)
    }

    /// Corrects the times of a span, in one transaction: see [`crate::domain::time_correction`]. A repeated call with
    /// the same key changes nothing and gives the same result.
    ///
    /// # Errors
    /// As [`Station::correction_offer`]; of the store that it is not as it was shown, or that a reason is missing; then
    /// nothing was changed.
    pub fn correct_times(
        &self,
        actor: &Actor,
        request: &CorrectionRequest,
        zone: &TimeZone,
    ) -> Result<TimesMoved, StationError> {
        let store = self.for_one_who_may(actor, Permission::CorrectTimes, Call::CorrectTimes)?;
        Ok(store.correct_times(actor.into(), actor.user.role, request, zone, self.withdrawals)?)
    }

    /// Undoes a correction of times. A repeated call with the same key changes nothing and gives the same result.
    ///
    /// # Errors
    /// [`StationError::Forbidden`]; of the store that it was undone meanwhile, that a care platform was told, or that a
    /// reason is missing; then nothing was changed.
    pub fn undo_correction(&self, actor: &Actor, request: &CorrectionUndoRequest) -> Result<TimesMoved, StationError> {
        let store = self.for_one_who_may(actor, Permission::CorrectTimes, Call::UndoCorrection)?;
        Ok(store.undo_correction(actor.into(), actor.user.role, request, self.withdrawals)?)
    }
}
