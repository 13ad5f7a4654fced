//! What a token does not allow, whatever somebody's role: told when they sign in, and looked at again when it is asked
//! for.

use super::super::oauth::GrantedScopes;
use crate::domain::permission::Permission;
use crate::domain::sign_in::Withheld;
use crate::domain::text::{Clean, NAME_CELLS};

/// What a token must allow for something, in the letters of SMART; by the type.
const fn needed_for(permission: Permission) -> &'static [(&'static str, &'static str)] {
    match permission {
        Permission::FindPatients => &[("Patient", "rs")],
        // To search as well: who is alike is looked for before, and it is created by condition.
        Permission::CreatePatients => &[("Patient", "crs")],
        Permission::KeepReadings => &[("Device", "rs")],
        Permission::AssignMeters => &[("Device", "crus"), ("Observation", "c"), ("Provenance", "c")],
        Permission::SeeRecords => &[("Patient", "r"), ("Observation", "rs")],
        // Of roles alone.
        Permission::WorkInApp | Permission::NameOtherOwners | Permission::ExportRecords => &[],
    }
}

/// What of this is not granted that is needed first: `Patient.c`.
pub(super) fn missing(granted: &GrantedScopes, permission: Permission) -> Option<String> {
    needed_for(permission).iter().find_map(|(kind, letters)| {
        let missing: String = letters.chars().filter(|letter| !granted.allow(kind, &letter.to_string())).collect();
        (!missing.is_empty()).then(|| format!("{kind}.{missing}"))
    })
}

/// Everything that is not granted.
pub(super) fn withheld(granted: &GrantedScopes) -> Vec<Withheld> {
    let of = |&permission: &Permission| {
        let missing = missing(granted, permission)?;
        Some(Withheld { permission, missing: Clean::new(&missing, NAME_CELLS) })
    };
    Permission::ALL.iter().filter_map(of).collect()
}
