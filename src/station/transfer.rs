//! A meter goes from one patient to another.

use super::{Call, Station, StationError};
use crate::domain::clinic::Actor;
use crate::domain::identity_check::IdentityStanding;
use crate::domain::ownership::OwnershipId;
use crate::domain::patient::PatientId;
use crate::domain::permission::Permission;
use crate::domain::transfer::{TransferChecks, TransferCounts, TransferOffer, TransferOrder, TransferPlan};

impl Station {
    /// What transferring a meter would do.
    ///
    /// # Errors
    /// [`StationError::Forbidden`]; of the store why it cannot be done.
    pub fn transfer_offer(&self, actor: &Actor, plan: &TransferPlan) -> Result<TransferOffer, StationError> {
        let store = self.for_one_who_may(actor, Permission::TransferMeters, Call::TransferOffer)?;
        Ok(store.transfer_offer(actor.into(), plan)?)
    }

    /// Begins the checks of the two people: that both were looked at is noted, and how they stand and who may be taken
    /// for them is told.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], or the store's.
    pub fn begin_transfer_check(
        &self,
        actor: &Actor,
        ownership: &OwnershipId,
        to: &PatientId,
    ) -> Result<TransferChecks, StationError> {
        let store = self.for_one_who_may(actor, Permission::TransferMeters, Call::BeginTransferCheck)?;
        Ok(store.begin_transfer_check(actor.into(), ownership, to)?)
    }

    /// Notes that what was typed was not this person's, in the audit trail too, and tells how they stand now.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], or the store's.
    pub fn note_transfer_mismatch(
        &self,
        actor: &Actor,
        ownership: &OwnershipId,
        patient: &PatientId,
    ) -> Result<IdentityStanding, StationError> {
        let store = self.for_one_who_may(actor, Permission::TransferMeters, Call::NoteTransferMismatch)?;
        Ok(store.note_transfer_mismatch(actor.into(), ownership, patient)?)
    }

    /// Transfers a meter, in one transaction: see [`crate::domain::transfer`]. A repeated call with the same key
    /// changes nothing and gives the same result.
    ///
    /// # Errors
    /// As [`Station::transfer_offer`]; of the store that it is not as it was shown, that either person is not proved,
    /// or that a reason is missing; then nothing was changed.
    pub fn transfer(&self, actor: &Actor, request: &TransferOrder) -> Result<TransferCounts, StationError> {
        let store = self.for_one_who_may(actor, Permission::TransferMeters, Call::Transfer)?;
        Ok(store.transfer(actor.into(), request)?)
    }
}
