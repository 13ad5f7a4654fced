//! What a token, the settings or the server do not allow, whatever somebody's role: told when they sign in, and looked
//! at again when it is asked for.

use super::super::oauth::GrantedScopes;
use super::capabilities::Capabilities;
use crate::config::{MappingPart, MappingSettings};
use crate::domain::permission::Permission;
use crate::domain::sign_in::Withheld;
use crate::domain::text::{Clean, NAME_CELLS};

/// What a token must allow for something, in the letters of SMART; by the type, and as the settings want it written.
fn needed_for(permission: Permission, mapping: &MappingSettings) -> Vec<(&'static str, &'static str)> {
    let says_since_when = mapping.writes(MappingPart::DeviceUseStatement);
    match permission {
        Permission::FindPatients => vec![("Patient", "rs")],
        // To search as well: who is alike is looked for before, and it is created by condition.
        Permission::CreatePatients => vec![("Patient", "crs")],
        // Where no device names its patient, only a statement says whose it is.
        Permission::KeepReadings if mapping.writes(MappingPart::DevicePatient) => vec![("Device", "rs")],
        Permission::KeepReadings => vec![("Device", "rs"), ("DeviceUseStatement", "s")],
        // All that is asked and written on the way of a parcel: what is not allowed at its end would leave it half
        // done.
        Permission::AssignMeters => {
            // One that is to name nobody is changed by nothing that depends on it.
            let device = if mapping.writes(MappingPart::DevicePatient) { "crus" } else { "crs" };
            let device = [("Patient", "r"), ("Device", device)];
            let statement = says_since_when.then_some(("DeviceUseStatement", "cus"));
            // What is there is searched for by its identifier; who decided, by what it is about.
            device.into_iter().chain(statement).chain([("Observation", "cs"), ("Provenance", "cs")]).collect()
        }
        // What was undone or corrected is changed there. The station does it all the same, and the platform hears of it
        // later.
        Permission::UndoAssignments | Permission::CorrectTimes if mapping.writes(MappingPart::Withdrawal) => {
            vec![("Observation", "u")]
        }
        Permission::SeeRecords => vec![("Patient", "r"), ("Observation", "rs")],
        // Of roles alone.
        Permission::WorkInApp
        | Permission::NameOtherOwners
        | Permission::ExportRecords
        // Nothing that a platform has is transferred or ended from here.
        | Permission::TransferMeters
        | Permission::EndOwnerships
        | Permission::UndoAssignments
        | Permission::CorrectTimes => Vec::new(),
    }
}

/// What of this is not granted that is needed first: `Patient.c`.
pub(super) fn missing(granted: &GrantedScopes, permission: Permission, mapping: &MappingSettings) -> Option<String> {
    needed_for(permission, mapping).iter().find_map(|(kind, letters)| {
        let missing: String = letters.chars().filter(|letter| !granted.allow(kind, &letter.to_string())).collect();
        (!missing.is_empty()).then(|| format!("{kind}.{missing}"))
    })
}

/// What keeps this program from creating patients beside scopes, as far as it is known.
pub(super) fn creates_nobody(mapping: &MappingSettings, said: Option<&Capabilities>) -> Option<Withheld> {
    if !mapping.writes(MappingPart::NewPatient) {
        return Some(Withheld::NewPatientsHere);
    }
    said.filter(|said| said.denies("Patient", "create")).map(|_| Withheld::NewPatientsThere)
}

/// Everything that cannot be done there. Of what the server says of itself nothing is known where it did not answer.
pub(super) fn withheld(
    granted: &GrantedScopes,
    mapping: &MappingSettings,
    said: Option<&Capabilities>,
) -> Vec<Withheld> {
    let of = |&permission: &Permission| {
        let nobody = creates_nobody(mapping, said).filter(|nobody| nobody.permission() == permission);
        nobody.or_else(|| {
            let missing = missing(granted, permission, mapping)?;
            Some(Withheld::NotGranted { permission, missing: Clean::new(&missing, NAME_CELLS) })
        })
    };
    Permission::ALL.iter().filter_map(of).collect()
}
