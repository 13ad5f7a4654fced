//! A meter is a patient's no more, or is again.

use super::{Call, Station, StationError};
use crate::domain::clinic::Actor;
use crate::domain::ending::{EndingCounts, EndingOffer, EndingOrder, EndingPlan, EndingUndoOffer, EndingUndoRequest};
use crate::domain::identity_check::{IdentityCheck, IdentityStanding};
use crate::domain::ownership::OwnershipId;
use crate::domain::permission::Permission;

impl Station {
    /// What ending it would leave.
    ///
    /// # Errors
    /// [`StationError::Forbidden`]; of the store why it cannot be done.
    pub fn ending_offer(&self, actor: &Actor, plan: &EndingPlan) -> Result<EndingOffer, StationError> {
        let store = self.for_one_who_may(actor, Permission::EndOwnerships, Call::EndingOffer)?;
        Ok(store.ending_offer(actor.into(), plan)?)
    }

    /// Begins the check of the patient: that they were looked at is noted, and how they stand and who may be taken for
    /// them is told.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], or the store's.
    pub fn begin_ending_check(&self, actor: &Actor, ownership: &OwnershipId) -> Result<IdentityCheck, StationError> {
        let store = self.for_one_who_may(actor, Permission::EndOwnerships, Call::BeginEndingCheck)?;
        Ok(store.begin_ending_check(actor.into(), ownership)?)
    }

    /// Notes that what was typed was not the patient's, in the audit trail too, and tells how they stand now.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], or the store's.
    pub fn note_ending_mismatch(
        &self,
        actor: &Actor,
        ownership: &OwnershipId,
    ) -> Result<IdentityStanding, StationError> {
        let store = self.for_one_who_may(actor, Permission::EndOwnerships, Call::NoteEndingMismatch)?;
        Ok(store.note_ending_mismatch(actor.into(), ownership)?)
    }

    /// Ends that a meter is a patient's, in one transaction: see [`crate::domain::ending`]. A repeated call with the
    /// same key changes nothing and gives the same result.
    ///
    /// # Errors
    /// As [`Station::ending_offer`]; of the store that it is not as it was shown, that the patient is not proved, or
    /// that a reason is missing; then nothing was changed.
    pub fn end_ownership(&self, actor: &Actor, request: &EndingOrder) -> Result<EndingCounts, StationError> {
        let store = self.for_one_who_may(actor, Permission::EndOwnerships, Call::EndOwnership)?;
        Ok(store.end_ownership(actor.into(), request)?)
    }

    /// What undoing the end of an ownership would do.
    ///
    /// # Errors
    /// [`StationError::Forbidden`]; of the store why it cannot be done.
    pub fn ending_undo_offer(&self, actor: &Actor, ownership: &OwnershipId) -> Result<EndingUndoOffer, StationError> {
        let store = self.for_one_who_may(actor, Permission::EndOwnerships, Call::EndingUndoOffer)?;
        Ok(store.ending_undo_offer(actor.into(), actor.user.role, ownership)?)
    }

    /// Undoes the end of an ownership, in one transaction. A repeated call with the same key changes nothing.
    ///
    /// # Errors
    /// As [`Station::ending_undo_offer`]; of the store that a reason is missing; then nothing was changed.
    pub fn undo_ending(&self, actor: &Actor, request: &EndingUndoRequest) -> Result<(), StationError> {
        let store = self.for_one_who_may(actor, Permission::EndOwnerships, Call::UndoEnding)?;
        Ok(store.undo_ending(actor.into(), actor.user.role, request)?)
    }
}
