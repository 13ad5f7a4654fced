//! The care platform on an HL7 FHIR R4 server of any make. What a server can is found out by asking
//! it, never by its name.

mod capabilities;
pub mod check;
mod client;
mod error;
mod json;
mod search;

pub use capabilities::Capabilities;
pub use client::{Answer, FhirClient, MOST_BYTES};
pub use error::{FhirError, Issue, JsonFault, Outcomes};
pub use search::{FoundPage, NextPage};
