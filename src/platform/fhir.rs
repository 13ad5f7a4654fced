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
mod mapping;
mod record;
mod search;
mod write;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{ClinicalRecord, Platform};

pub use capabilities::Capabilities;
pub use client::{Answer, FhirClient, MOST_BYTES};
pub use error::{FhirError, Issue, JsonFault, Outcomes};
pub use search::{FoundPage, NextPage};

/// What a platform on a server needs to know of the computer that asks.
#[derive(Clone)]
pub struct FhirSurroundings {
    /// The zone on whose clocks the meters here are.
    pub zone: TimeZone,
    /// Tells the time.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Whether the store is for training: then what is sent says so.
    pub is_training: bool,
}

/// Patients and records on one server.
struct FhirPlatform {
    client: FhirClient,
    surroundings: FhirSurroundings,
    /// What the store of this computer has of the records.
    here: Arc<dyn ClinicalRecord>,
}

/// The platform on this server. Staff, and what waits to be delivered, is of the platform on the store of this
/// computer.
#[must_use]
pub fn on(client: FhirClient, surroundings: FhirSurroundings, embedded: Platform) -> Platform {
    let platform = Arc::new(FhirPlatform { client, surroundings, here: embedded.record });
    Platform { sign_in: embedded.sign_in, directory: Arc::clone(&platform) as _, record: platform }
}
