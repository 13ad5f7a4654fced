//! The care platform on an HL7 FHIR R4 server of any make: patients and records are there, staff is the store's of this
//! computer. What a server can is found out by asking it, never by its name.

mod access;
mod capabilities;
pub mod check;
mod client;
mod deliver;
mod directory;
mod error;
mod json;
mod learnt;
mod mapping;
mod merged;
mod record;
mod search;
mod write;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use tokio::sync::Mutex;

use self::learnt::ServerMemory;
use super::{ClinicalRecord, Platform};
use crate::domain::association::UploadId;
use crate::domain::meter::MeterIdentity;
use crate::store::Store;

pub use capabilities::Capabilities;
pub use client::{Answer, FhirClient, MOST_BYTES};
pub use error::{FhirError, Issue, JsonFault, Outcomes};
pub use search::{FoundPage, NextPage};

/// Tells the lowest and highest value that a meter measures, in mg/dL, where that is known.
pub type MeasuringRange = Arc<dyn Fn(&MeterIdentity) -> Option<(u32, u32)> + Send + Sync>;

/// What a platform on a server needs to know of the computer that asks.
#[derive(Clone)]
pub struct FhirSurroundings {
    /// The zone on whose clocks the meters here are.
    pub zone: TimeZone,
    /// Tells the time.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Whether the time here is known to be that of the network.
    pub has_network_time: bool,
    /// What meters measure.
    pub range: MeasuringRange,
    /// Keeps what this computer is called there, and what was found out of the server. Whether it is for training
    /// stands in what is sent.
    pub store: Arc<Store>,
}

/// Patients and records on one server.
struct FhirPlatform {
    client: FhirClient,
    surroundings: FhirSurroundings,
    memory: ServerMemory,
    /// Uploads that others were told of since the program began.
    told: Mutex<BTreeSet<UploadId>>,
    /// What the store of this computer has of the records.
    here: Arc<dyn ClinicalRecord>,
}

/// The platform on this server. Staff, and what waits to be delivered, is of the platform on the store of this
/// computer.
#[must_use]
pub fn on(client: FhirClient, surroundings: FhirSurroundings, embedded: Platform) -> Platform {
    let memory = ServerMemory::of(client.base().to_string(), Arc::clone(&surroundings.store));
    let platform =
        Arc::new(FhirPlatform { client, surroundings, memory, told: Mutex::default(), here: embedded.record });
    Platform { sign_in: embedded.sign_in, directory: Arc::clone(&platform) as _, record: platform }
}

impl FhirPlatform {
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
