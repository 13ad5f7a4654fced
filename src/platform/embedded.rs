//! The care platform on the encrypted store of this computer: the default, no server needed.
//!
//! Its answers are there at once, so that nothing is ever late, lost or asked twice. The rules of the data are the
//! store's; who may do what stands in [`crate::domain::permission`].

pub mod demo;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{ClinicalRecord, PatientDirectory, Platform, RemoteError, SignIn, check};
use crate::domain::association::IdempotencyKey;
use crate::domain::clinic::{Actor, Role};
use crate::domain::delivery::{Outcome, Parcel};
use crate::domain::meter::MeterIdentity;
use crate::domain::patient::{LookAlike, NewPatient, PageCursor, Patient, PatientId, SearchPage};
use crate::domain::permission::Permission;
use crate::domain::platform_check::Ownership;
use crate::domain::record::{PatientRecord, Span};
use crate::domain::sign_in::{SignInOutcome, SignInProof, SignInStart};
use crate::store::{Store, StoreError};

/// All three authorities on one store.
struct Embedded(Arc<Store>);

/// The platform on this store.
#[must_use]
pub fn on(store: Arc<Store>) -> Platform {
    let embedded = Arc::new(Embedded(store));
    Platform { sign_in: Arc::clone(&embedded) as _, directory: Arc::clone(&embedded) as _, record: embedded }
}

#[async_trait]
impl SignIn for Embedded {
    async fn begin(&self, _: Timestamp) -> Result<SignInStart, RemoteError> {
        Ok(SignInStart::Password)
    }

    async fn complete(&self, proof: &SignInProof, session: &str, at: Timestamp) -> Result<SignInOutcome, RemoteError> {
        match proof {
            SignInProof::Password(credentials) => {
                let admits = |role: Role| role.allows(Permission::WorkInApp);
                Ok(SignInOutcome::SignedIn(self.0.sign_in(credentials, (session, at), admits)?))
            }
            // It has given none.
            SignInProof::DeviceCode(_) => Err(RemoteError::CodeExpired),
        }
    }

    async fn end(&self, _: &Actor) -> Result<(), RemoteError> {
        // It gives nothing to whoever signs in, and the station writes the trail.
        Ok(())
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
        check(actor, Permission::FindPatients)?;
        Ok(self.0.search(query, from, limit)?)
    }

    async fn fetch(&self, actor: &Actor, id: &PatientId) -> Result<Option<Patient>, RemoteError> {
        check(actor, Permission::FindPatients)?;
        match self.0.patient(id) {
            Ok(patient) => Ok(Some(patient)),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn look_alikes(&self, actor: &Actor, new: &NewPatient) -> Result<Vec<LookAlike>, RemoteError> {
        check(actor, Permission::FindPatients)?;
        Ok(self.0.look_alikes(new)?)
    }

    async fn create(&self, actor: &Actor, new: &NewPatient, key: &IdempotencyKey) -> Result<Patient, RemoteError> {
        check(actor, Permission::CreatePatients)?;
        Ok(self.0.create_patient(actor.into(), new, key)?)
    }
}

#[async_trait]
impl ClinicalRecord for Embedded {
    async fn owner(&self, actor: &Actor, meter: &MeterIdentity) -> Result<Ownership, RemoteError> {
        check(actor, Permission::KeepReadings)?;
        Ok(self.0.ownership(meter)?)
    }

    async fn readings(&self, actor: &Actor, patient: &PatientId, span: Span) -> Result<PatientRecord, RemoteError> {
        check(actor, Permission::SeeRecords)?;
        Ok(self.0.record(patient, span)?)
    }

    async fn deliver(&self, _: &Parcel) -> Outcome {
        // An assignment has put everything into the record in its own transaction.
        Outcome::AlreadyThere
    }
}
