//! What this program knows, as FHIR R4 resources, and back. Pure.
//!
//! | here | there |
//! |---|---|
//! | a person | `Patient` |
//! | a meter | `Device`, found by its serial number as an identifier: R4 has no search by serial number |
//! | a reading | `Observation`: LOINC by unit and MDC by specimen, the value digit for digit, the meal as a component |
//! | whose a meter is | `Device.patient`, which is at present, and `DeviceUseStatement`, since when |
//! | who decided | `Provenance` |

mod assignment;
mod codes;
mod device;
mod identifier;
mod observation;
mod patient;
#[cfg(test)]
mod tests;

pub(super) use assignment::{provenance, use_statement};
pub(super) use codes::READ_CODES;
pub(super) use device::{assigned, meter, owner};
pub(super) use identifier::{Ours, escaped, reading_ids};
pub(super) use observation::{About, observation, reading, subject};
pub(super) use patient::{new_patient, patient, replaced_by};
