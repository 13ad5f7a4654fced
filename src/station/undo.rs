//! That an assignment is undone by somebody who works here.

use super::{Call, Station, StationError};
use crate::domain::association::UploadId;
use crate::domain::clinic::Actor;
use crate::domain::permission::Permission;
use crate::domain::undo::{UndoOffer, UndoRequest, Undone};

impl Station {
    /// What undoing the assignment of an upload would do, and whether this actor may.
    ///
    /// # Errors
    /// [`StationError::Forbidden`]; of the store that it is not assigned, that something rests on it, or what else it
    /// says.
    pub fn undo_offer(&self, actor: &Actor, upload: &UploadId) -> Result<UndoOffer, StationError> {
        let store = self.for_one_who_may(actor, Permission::AssignMeters, Call::UndoOffer)?;
        Ok(store.undo_offer(actor.into(), actor.user.role, upload, self.withdrawals)?)
    }

    /// Undoes the assignment of an upload, in one transaction: see [`crate::domain::undo`]. A repeated call with the
    /// same key changes nothing and gives the same result.
    ///
    /// # Errors
    /// As [`Station::undo_offer`]; of the store that it is not as it was shown, that the actor may not, or that a
    /// reason is missing; then nothing was changed.
    pub fn undo(&self, actor: &Actor, request: &UndoRequest) -> Result<Undone, StationError> {
        let store = self.for_one_who_may(actor, Permission::AssignMeters, Call::Undo)?;
        Ok(store.undo(actor.into(), actor.user.role, request, self.withdrawals)?)
    }
}
