//! The care platform on the encrypted store of this computer: the default, no server needed.
//!
//! Its answers are there at once, so that nothing is ever late, lost or asked twice. The rules of the data are the store's;
//! that administrators and auditors work without patients is kept here.

pub mod demo;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{ClinicalRecord, PatientDirectory, Platform, RemoteError, SignIn};
use crate::domain::association::IdempotencyKey;
use crate::domain::clinic::{Actor, Credentials, Role, User};
use crate::domain::patient::{LookAlike, NewPatient, PageCursor, Patient, PatientId, SearchPage};
use crate::domain::record::{Record, Span};
use crate::store::{By, Store};

/// All three authorities on one store.
struct Embedded(Arc<Store>);

/// The platform on this store.
#[must_use]
pub fn on(store: Arc<Store>) -> Platform {
    let embedded = Arc::new(Embedded(store));
    Platform { sign_in: Arc::clone(&embedded) as _, directory: Arc::clone(&embedded) as _, record: embedded }
}

/// Lets only roles pass that work with patients.
const fn with_patients(actor: &Actor, operation: &'static str) -> Result<(), RemoteError> {
    if actor.user.role.sees_patients() { Ok(()) } else { Err(RemoteError::Forbidden { operation }) }
}

#[async_trait]
impl SignIn for Embedded {
    async fn by_password(&self, credentials: &Credentials, at: Timestamp) -> Result<User, RemoteError> {
        // Clinic-safety SEC-07: who manages users or reads the audit trail sees no clinical data.
        Ok(self.0.sign_in(credentials, at, Role::sees_patients)?)
    }
}

#[async_trait]
impl PatientDirectory for Embedded {
    async fn search(
        &self,
        actor: &Actor,
        query: &str,
        from: Option<&PageCursor>,
        limit: u32,
    ) -> Result<SearchPage, RemoteError> {
        with_patients(actor, "searching patients")?;
        Ok(self.0.search(query, from, limit)?)
    }

    async fn look_alikes(&self, actor: &Actor, new: &NewPatient) -> Result<Vec<LookAlike>, RemoteError> {
        with_patients(actor, "comparing patients")?;
        Ok(self.0.look_alikes(new)?)
    }

    async fn create(&self, actor: &Actor, new: &NewPatient, key: &IdempotencyKey) -> Result<Patient, RemoteError> {
        with_patients(actor, "creating a patient")?;
        Ok(self.0.create_patient(By { user: &actor.user.id, at: actor.at }, new, key)?)
    }
}

#[async_trait]
impl ClinicalRecord for Embedded {
    async fn readings(&self, actor: &Actor, patient: &PatientId, span: Span) -> Result<Record, RemoteError> {
        with_patients(actor, "opening a dashboard")?;
        Ok(self.0.record(patient, span)?)
    }
}
