//! Which role may do what: one table (clinic-safety SEC-07), asked by whatever offers something and
//! by whatever does it.

use serde::{Deserialize, Serialize};

use super::clinic::Role;

/// Something that not every role may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Permission {
    /// To sign in to the app and work in it.
    WorkInApp,
    /// To find, list and compare patients.
    FindPatients,
    /// To create patients.
    CreatePatients,
    /// To keep what a meter holds, and to see which meters wait.
    KeepReadings,
    /// To confirm whose a meter is, and to put its readings into a record.
    AssignMeters,
    /// To open a patient's record.
    SeeRecords,
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::WorkInApp,
        Self::FindPatients,
        Self::CreatePatients,
        Self::KeepReadings,
        Self::AssignMeters,
        Self::SeeRecords,
    ];

    /// Whether a platform withholds it by refusing it: what this station does by itself goes on, and the platform hears
    /// of it when it lets it.
    #[must_use]
    pub const fn is_done_there(self) -> bool {
        match self {
            Self::FindPatients | Self::CreatePatients | Self::SeeRecords => true,
            Self::WorkInApp | Self::KeepReadings | Self::AssignMeters => false,
        }
    }

    /// What is done with it, for a message to support: `the role does not allow finding patients`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WorkInApp => "working in the app",
            Self::FindPatients => "finding patients",
            Self::CreatePatients => "creating patients",
            Self::KeepReadings => "keeping readings",
            Self::AssignMeters => "assigning meters",
            Self::SeeRecords => "opening records",
        }
    }
}

impl Role {
    /// Whether this role may do this.
    #[must_use]
    pub const fn allows(self, permission: Permission) -> bool {
        match self {
            Self::Assistant | Self::Clinician => match permission {
                Permission::WorkInApp
                | Permission::FindPatients
                | Permission::CreatePatients
                | Permission::KeepReadings
                | Permission::AssignMeters
                | Permission::SeeRecords => true,
            },
            // They look after the station and its trail, and see no clinical data.
            Self::Administrator | Self::Auditor => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Read against clinic-safety SEC-07: who manages users or reads the trail sees no clinical data.
    #[test]
    fn who_works_with_patients_may_and_nobody_else() {
        for permission in Permission::ALL {
            for (role, may) in
                [(Role::Assistant, true), (Role::Clinician, true), (Role::Administrator, false), (Role::Auditor, false)]
            {
                assert_eq!(role.allows(permission), may, "{role:?} {permission:?}");
            }
        }
    }
}
