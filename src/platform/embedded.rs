//! The care platform on the encrypted store of this computer: the default, no server needed.
//!
//! No answer of it is lost or asked for twice. It may be late: the store waits for the disk, for other programs and, at
//! a sign-in, on purpose; so that each call has a thread of its own. The rules of the data are the store's; who may do
//! what stands in [`crate::domain::permission`].

pub mod demo;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{
    ClinicalRecord, CreatedPerson, PatientDirectory, Platform, RemoteError, SignIn, SignsOfLife, apart, check,
};
use crate::domain::association::IdempotencyKey;
use crate::domain::clinic::{Actor, Role};
use crate::domain::delivery::{Outcome, Parcel};
use crate::domain::meter::MeterIdentity;
use crate::domain::patient::{ComparedPeople, NewPatient, PageCursor, Patient, PatientId, SearchPage};
use crate::domain::permission::Permission;
use crate::domain::platform_check::Ownership;
use crate::domain::record::{PatientRecord, Span};
use crate::domain::sign_in::{SignInOutcome, SignInProof, SignInStart};
use crate::store::{Store, StoreError};

/// All three authorities on one store.
struct Embedded(Arc<Store>);

impl Embedded {
    /// Asks the store for one who may do this, on a thread on which it may block.
    async fn ask<T: Send + 'static>(
        &self,
        (actor, permission): (&Actor, Permission),
        work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, RemoteError> {
        check(actor, permission)?;
        let (store, actor) = (Arc::clone(&self.0), actor.clone());
        let of_staff = move || {
            store.works_still(&actor)?;
            work(&store)
        };
        Ok(apart(of_staff).await?)
    }
}

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
                let (credentials, session) = (credentials.clone(), session.to_owned());
                let sign_in = move |store: &Store| store.sign_in(&credentials, (&session, at), admits);
                let store = Arc::clone(&self.0);
                Ok(SignInOutcome::SignedIn(apart(move || sign_in(&store)).await?, Vec::new()))
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
        let (query, from) = (query.to_owned(), from.cloned());
        self.ask((actor, Permission::FindPatients), move |store| store.search(&query, from.as_ref(), limit)).await
    }

    async fn fetch(&self, actor: &Actor, id: &PatientId) -> Result<Option<Patient>, RemoteError> {
        let id = id.clone();
        match self.ask((actor, Permission::FindPatients), move |store| store.patient(&id)).await {
            Ok(patient) => Ok(Some(patient)),
            Err(RemoteError::Store(StoreError::NotFound { .. })) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn look_alikes(&self, actor: &Actor, new: &NewPatient) -> Result<ComparedPeople, RemoteError> {
        let new = new.clone();
        let alike = self.ask((actor, Permission::FindPatients), move |store| store.look_alikes(&new)).await?;
        Ok(ComparedPeople { alike, known_only: false })
    }

    async fn create(&self, actor: &Actor, new: &NewPatient, key: &IdempotencyKey) -> Result<Patient, RemoteError> {
        let (by, new, key) = (actor.clone(), new.clone(), key.clone());
        self.ask((actor, Permission::CreatePatients), move |store| store.create_patient((&by).into(), &new, &key)).await
    }

    async fn created(&self, actor: &Actor, key: &IdempotencyKey) -> Result<Option<CreatedPerson>, RemoteError> {
        let key = key.clone();
        let created = self.ask((actor, Permission::CreatePatients), move |store| store.created_patient(&key)).await?;
        // No number is given twice in the store.
        Ok(created.map(|patient| CreatedPerson { patient, is_beside: false }))
    }
}

#[async_trait]
impl ClinicalRecord for Embedded {
    async fn owner(&self, actor: &Actor, meter: &MeterIdentity) -> Result<Ownership, RemoteError> {
        let meter = meter.clone();
        self.ask((actor, Permission::KeepReadings), move |store| store.ownership(&meter)).await
    }

    async fn readings(&self, actor: &Actor, patient: &PatientId, span: Span) -> Result<PatientRecord, RemoteError> {
        let patient = patient.clone();
        self.ask((actor, Permission::SeeRecords), move |store| store.record(&patient, span)).await
    }

    async fn deliver(&self, _: &Parcel, _: &SignsOfLife) -> Outcome {
        // An assignment of a patient of this store puts everything into the record in its own transaction. What was
        // decided about a patient of a server waits for that server, although the settings name none any more.
        Outcome::put_off(None, "the settings name no server")
    }
}
