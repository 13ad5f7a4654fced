//! Which role may do what: one table (clinic-safety SEC-07), asked by whatever offers something and
//! by whatever does it.

use serde::{Deserialize, Serialize};

use super::clinic::Role;

/// Makes the permissions from their one table, so that none can be left out where all are gone through: a row has the
/// variant, whether a platform withholds it by refusing it, and what is done with it.
macro_rules! permissions {
    ($($(#[$explained:meta])+ $variant:ident: $is_done_there:literal, $name:literal;)+) => {
        /// Something that not every role may do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Permission {
            $($(#[$explained])+ $variant,)+
        }

        impl Permission {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Whether a platform withholds it by refusing it: what this station does by itself goes on, and the
            /// platform hears of it when it lets it.
            #[must_use]
            pub const fn is_done_there(self) -> bool {
                match self { $(Self::$variant => $is_done_there,)+ }
            }

            /// What is done with it, for a message to support: `the role does not allow finding patients`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

permissions! {
    /// To sign in to the app and work in it.
    WorkInApp: false, "working in the app";
    /// To find, list and compare patients.
    FindPatients: true, "finding patients";
    /// To create patients.
    CreatePatients: true, "creating patients";
    /// To keep what a meter holds, and to see which meters wait.
    KeepReadings: false, "keeping readings";
    /// To confirm whose a meter is, and to put its readings into a record.
    AssignMeters: false, "assigning meters";
    /// To undo an assignment that somebody else made, or that is older than a slip.
    UndoAssignments: false, "undoing what others assigned, or what was assigned some time ago";
    /// To give a patient's meter to another one, with its readings from a day on.
    TransferMeters: false, "transferring meters";
    /// To end that a meter is a patient's, and to undo that.
    EndOwnerships: false, "ending whose a meter is";
    /// To correct the times of a meter whose clock was wrong, and to undo that.
    CorrectTimes: false, "correcting the times of readings";
    /// To open a patient's record.
    SeeRecords: true, "opening records";
    /// To write what is seen of a record into a file.
    ExportRecords: false, "exporting records";
    /// To be told by name who else has a meter; others are told initials (clinic-safety DEV-03).
    NameOtherOwners: false, "being told who else has a meter";
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
                | Permission::SeeRecords
                | Permission::ExportRecords => true,
                Permission::NameOtherOwners
                | Permission::UndoAssignments
                | Permission::TransferMeters
                | Permission::EndOwnerships
                | Permission::CorrectTimes => matches!(self, Self::Clinician),
            },
            // They look after the station and its trail, and see no clinical data.
            Self::Administrator | Self::Auditor => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Read against clinic-safety SEC-07, DEV-03 and DEV-04: who manages users or reads the trail sees no clinical
    /// data, and only a clinician is told by name who else has a meter, undoes what others assigned, transfers a meter,
    /// ends whose it is, or corrects times.
    #[test]
    fn who_works_with_patients_may_and_nobody_else() {
        for &permission in Permission::ALL {
            let is_of_clinicians = matches!(
                permission,
                Permission::NameOtherOwners
                    | Permission::UndoAssignments
                    | Permission::TransferMeters
                    | Permission::EndOwnerships
                    | Permission::CorrectTimes
            );
            for (role, may) in [
                (Role::Assistant, !is_of_clinicians),
                (Role::Clinician, true),
                (Role::Administrator, false),
                (Role::Auditor, false),
            ] {
                assert_eq!(role.allows(permission), may, "{role:?} {permission:?}");
            }
        }
    }
}
