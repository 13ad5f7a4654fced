//! Which patients there are.

use async_trait::async_trait;

use super::RemoteError;
use crate::domain::association::IdempotencyKey;
use crate::domain::clinic::Actor;
use crate::domain::patient::{ComparedPeople, NewPatient, PageCursor, Patient, PatientId, SearchPage};

/// The authority on patients.
#[async_trait]
pub trait PatientDirectory: Send + Sync {
    /// Finds patients by prefixes of family and given name, by any identifier, or by birth date; best match first.
    /// Patients that cannot be selected are found too. At most `limit` of them, from where a page before ended.
    ///
    /// # Errors
    /// [`RemoteError`].
    async fn search(
        &self,
        actor: &Actor,
        query: &str,
        from: Option<&PageCursor>,
        limit: u32,
    ) -> Result<SearchPage, RemoteError>;

    /// One patient as they are there now, whatever their state; nothing if there is none of this key.
    ///
    /// # Errors
    /// [`RemoteError`].
    async fn fetch(&self, actor: &Actor, id: &PatientId) -> Result<Option<Patient>, RemoteError>;

    /// People who may be taken for the new one, most alike first; among those known at this station, where the
    /// directory does not answer.
    ///
    /// # Errors
    /// [`RemoteError`].
    async fn look_alikes(&self, actor: &Actor, new: &NewPatient) -> Result<ComparedPeople, RemoteError>;

    /// Creates a patient, ACTIVE. A repeated call with the same key gives the same patient.
    ///
    /// # Errors
    /// [`RemoteError`]; of a store that an identifier is taken, or that somebody looks the same and
    /// no reason was given.
    async fn create(&self, actor: &Actor, new: &NewPatient, key: &IdempotencyKey) -> Result<Patient, RemoteError>;

    /// Whom [`PatientDirectory::create`] has created under this key, if it has. Creates nobody.
    ///
    /// # Errors
    /// [`RemoteError`].
    async fn created(&self, actor: &Actor, key: &IdempotencyKey) -> Result<Option<CreatedPerson>, RemoteError>;
}

/// Somebody whom a request has created, as they are found later on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedPerson {
    /// They.
    pub patient: Patient,
    /// Whether another record has the same identifier: the answer that would have said so may have been lost.
    pub is_beside: bool,
}
