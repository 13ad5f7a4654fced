//! People who are noted as new patients while the care platform does not answer.

use std::time::Duration;

use super::{Call, Station, StationError};
use crate::domain::association::IdempotencyKey;
use crate::domain::clinic::Actor;
use crate::domain::noted_person::{NotedEvent, NotedPerson};
use crate::domain::patient::NewPatient;
use crate::domain::permission::Permission;
use crate::store::{NotedLock, StoreError};

impl Station {
    /// Notes somebody as a new patient of the care platform, which does not answer. They are none yet: see
    /// [`crate::domain::noted_person`].
    ///
    /// # Errors
    /// [`StationError::Forbidden`], or the store's.
    pub fn note_person(
        &self,
        actor: &Actor,
        new: &NewPatient,
        key: &IdempotencyKey,
    ) -> Result<NotedPerson, StationError> {
        let store = self.for_one_who_may(actor, Permission::CreatePatients, Call::NotePerson)?;
        Ok(store.note_person(actor.into(), new, key)?)
    }

    /// Somebody who was noted, as they stand now.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], [`StoreError::NotFound`], or the store's.
    pub fn noted_person(&self, actor: &Actor, key: &IdempotencyKey) -> Result<NotedPerson, StationError> {
        Ok(self.for_one_who_may(actor, Permission::CreatePatients, Call::NotedPerson)?.noted_person(key)?)
    }

    /// Keeps what happened to somebody who was noted, and gives them as they stand now.
    ///
    /// # Errors
    /// [`StationError::Forbidden`]; of the store [`StoreError::NotFound`] if another program has settled who they are,
    /// [`StoreError::MayBeCreated`], and what else it says; then nothing was changed.
    pub fn note_happened(
        &self,
        actor: &Actor,
        key: &IdempotencyKey,
        event: NotedEvent,
    ) -> Result<NotedPerson, StationError> {
        let store = self.for_one_who_may(actor, Permission::CreatePatients, Call::NoteHappened)?;
        Ok(store.note_happened(actor.into(), key, event)?)
    }

    /// The right to ask the care platform about who was noted; nothing while another program has it.
    ///
    /// # Errors
    /// The store's.
    pub fn noted_lock(&self) -> Result<Option<NotedLock>, StationError> {
        Ok(self.store.noted_lock(Duration::ZERO)?)
    }

    /// Waits so long for the same.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if another program has it all the time, or the store's.
    pub fn noted_lock_within(&self, patience: Duration) -> Result<NotedLock, StationError> {
        Ok(self.store.noted_lock(patience)?.ok_or(StoreError::Busy)?)
    }
}
