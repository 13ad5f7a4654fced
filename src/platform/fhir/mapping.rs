//! What this program knows, as FHIR R4 resources, and back. Pure.
//!
//! | here | there |
//! |---|---|
//! | a person | `Patient` |
//! | a meter | `Device`, found by its serial number as an identifier: R4 has no search by serial number |
//! | this computer | `Device` too: the gateway that readings come through |
//! | the clocks when a meter was read | `Observation` about the meter: a coincident time stamp |
//! | a reading | `Observation`: LOINC by unit and MDC by specimen, the value digit for digit, the meal as a component |
//! | whose a meter is | `Device.patient`, which is at present, and `DeviceUseStatement`, since when |
//! | who decided | `Provenance`, and `AuditEvent` where that is wanted |
//! | a meter that waits for its patient | `Task`, where that is wanted |

mod assignment;
mod audit_event;
mod codes;
mod device;
mod gateway;
mod identifier;
mod meta;
mod observation;
mod patient;
mod specimen;
mod support;
mod task;
#[cfg(test)]
mod tests;
mod time_stamp;

pub(super) use assignment::{ended, moved, nullified, provenance, retold, use_statement, verified, withdrawn};
pub(super) use audit_event::{about_patient, about_thing, audit_event};
pub(super) use codes::{READ_CODES, coding};
pub(super) use device::{assigned, meter, meter_name, owner, patient_of, unassigned};
pub(super) use gateway::{gateway, is_present, probe};
pub(super) use identifier::{Ours, document_reading_id, escaped, is_ours, number_condition, reading_id};
pub(super) use meta::marked;
pub(super) use observation::{
    About, came_through, goes_out, is_corrected, is_entered_in_error, marked_undone, observation, reading, retimed,
    revoked, taken_over, time_there, told_by, upheld,
};
pub(super) use patient::{
    has_number, is_withdrawn, known_patient, mrn, new_patient, patient, replaced_by, replaces, withdrawn_patient,
};
pub(super) use support::Support;
pub(super) use task::{completed_task, pending_task};
pub(super) use time_stamp::time_stamp;
