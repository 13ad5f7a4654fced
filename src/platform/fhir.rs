//! The care platform on an HL7 FHIR R4 server of any make: patients and records are there. Staff is that of this
//! computer's store or, where people sign in by a code, that of the authorization server, whose roles the settings
//! translate. What a server can is found out by asking it, never by its name.

mod access;
mod capabilities;
pub mod check;
mod client;
mod content;
mod creation;
mod deliver;
mod directory;
mod document;
mod error;
mod json;
mod learnt;
mod mapping;
mod merged;
mod moved;
mod once_each;
mod record;
mod references;
mod request;
mod search;
mod staff;
mod their_meters;
mod trail;
mod withheld;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use tokio::sync::Mutex;

use self::learnt::ServerMemory;
use self::staff::{StaffElsewhere, StaffHere};
use super::oauth::GrantedScopes;
use super::{ClinicalRecord, Platform, RemoteError, SignIn, apart};
use crate::config::SignInSettings;
use crate::domain::association::{IdempotencyKey, UploadId};
use crate::domain::clinic::Actor;
use crate::domain::meter::MeterIdentity;
use crate::domain::permission::Permission;
use crate::domain::sign_in::Withheld;
use crate::store::Store;

pub use capabilities::Capabilities;
pub use client::{Answer, FhirClient, MOST_BYTES};
pub use document::{DocumentWords, document};
pub use error::{FhirError, Issue, JsonFault, Outcomes};
pub use learnt::DeliveryWay;
pub use moved::{MoveFindings, look_after_move};
pub use search::{FoundPage, NextPage};
pub use trail::audit_resource;

/// Tells the lowest and highest value that a meter measures, in mg/dL, where that is known.
pub type MeasuringRange = Arc<dyn Fn(&MeterIdentity) -> Option<(u32, u32)> + Send + Sync>;

/// What a platform on a server needs to know of the computer that asks.
#[derive(Clone)]
pub struct FhirSurroundings {
    /// The zone on whose clocks the meters here are.
    pub zone: TimeZone,
    /// Tells the time.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Tells for how long this computer runs, which nobody sets as they set its clock.
    pub uptime: Arc<dyn Fn() -> Duration + Send + Sync>,
    /// Whether the time here is known to be that of the network.
    pub has_network_time: bool,
    /// What meters measure.
    pub range: MeasuringRange,
    /// Keeps what this computer is called there, and what was found out of the server. Whether it is for training
    /// stands in what is sent.
    pub store: Arc<Store>,
}

/// Patients and records on one server, as they are asked by somebody; what is not theirs alone is shared.
#[derive(Clone)]
struct FhirPlatform {
    client: FhirClient,
    surroundings: FhirSurroundings,
    memory: Arc<ServerMemory>,
    /// Uploads that others were told of since the program began.
    told: Arc<Mutex<BTreeSet<UploadId>>>,
    /// Since when nothing was sent of what is withdrawn, by how long this computer runs.
    quiet_since: Arc<Mutex<BTreeMap<IdempotencyKey, Duration>>>,
    /// What the store of this computer has of the records.
    here: Arc<dyn ClinicalRecord>,
}

/// The platform on this server, to whose directory the store belongs ([`Store::belong_to`]). What waits to be delivered
/// is of the platform on the store of this computer, and so is staff, unless everybody signs in at an authorization
/// server.
#[must_use]
pub fn on(client: FhirClient, surroundings: FhirSurroundings, embedded: Platform) -> Platform {
    let store = || Arc::clone(&surroundings.store);
    let sign_in: Arc<dyn SignIn> = match (client.people(), client.sign_in()) {
        (Some(people), SignInSettings::Device { roles, .. }) => {
            people.keep_in(&surroundings.store);
            let (people, roles, client) = (Arc::clone(people), roles.clone(), client.clone());
            Arc::new(StaffElsewhere { people, roles, store: store(), client })
        }
        // Elsewhere the server knows this computer, and not who works at it.
        _ => Arc::new(StaffHere { here: embedded.sign_in, client: client.clone() }),
    };
    let memory = Arc::new(ServerMemory::of(client.base().to_string(), store()));
    let platform = Arc::new(FhirPlatform {
        client,
        surroundings,
        memory,
        told: Arc::default(),
        quiet_since: Arc::default(),
        here: embedded.record,
    });
    Platform { sign_in, directory: Arc::clone(&platform) as _, record: platform }
}

impl FhirPlatform {
    /// Lets only what these scopes allow pass.
    fn is_granted(&self, granted: &GrantedScopes, permission: Permission) -> Result<(), RemoteError> {
        match withheld::missing(granted, permission, self.client.mapping()) {
            Some(missing) => Err(RemoteError::NotGranted { permission, missing }),
            None => Ok(()),
        }
    }

    /// The platform as it is asked by somebody, with what says that it is them; if their role and the server allow it.
    async fn asked_by(&self, actor: &Actor, permission: Permission) -> Result<Self, RemoteError> {
        // The role first: for somebody who may not, no token is asked for either.
        super::check(actor, permission)?;
        self.works_still(actor).await?;
        let client = self.client.of_session(&actor.session);
        self.is_granted(client.granted().await?.as_ref(), permission)?;
        Ok(Self { client, ..self.clone() })
    }

    /// Lets nobody pass who would create a patient where that is not done from here, as far as the server has said.
    fn must_create(&self, said: Option<&Capabilities>) -> Result<(), RemoteError> {
        match withheld::creates_nobody(self.client.mapping(), said) {
            None => Ok(()),
            Some(Withheld::NewPatientsThere) => Err(RemoteError::CreatesNobody("the platform says that it takes none")),
            Some(_) => Err(RemoteError::CreatesNobody("the settings do not allow it (create_patients)")),
        }
    }

    /// Whether somebody may be told what this computer has itself while the server does not answer. It is what the
    /// server let this station see, and the same rule holds for it: their role, a sign-in that has not ended, and what
    /// the server allowed in it last.
    async fn may_be_told_here(&self, actor: &Actor, permission: Permission) -> Result<(), RemoteError> {
        super::check(actor, permission)?;
        self.works_still(actor).await?;
        self.is_granted(self.client.of_session(&actor.session).granted_last().await?.as_ref(), permission)
    }

    /// Lets nobody pass who is of the staff of this computer and works here no more as they signed in.
    async fn works_still(&self, actor: &Actor) -> Result<(), RemoteError> {
        let (store, actor) = (Arc::clone(&self.surroundings.store), actor.clone());
        Ok(apart(move || store.works_still(&actor)).await?)
    }

    /// A resource as it goes out: with its profiles, and as test data from a store for training.
    fn marked(&self, resource: Value) -> Value {
        let kind = json::text(&resource, "/resourceType");
        let profiles = self.client.mapping().profiles.get(kind).map(Vec::as_slice).unwrap_or_default();
        mapping::marked(resource, self.surroundings.store.purpose().is_training(), profiles)
    }

    /// The same of one that claims no profile: those of its type are for others.
    fn marked_only(&self, resource: Value) -> Value {
        mapping::marked(resource, self.surroundings.store.purpose().is_training(), &[])
    }
}
