//! Errors of the store as the platform tells them.

use crate::platform::PlatformError;
use crate::store::StoreError;

impl From<StoreError> for PlatformError {
    fn from(error: StoreError) -> Self {
        let reason = error.to_string();
        match error {
            StoreError::SignInRefused => Self::SignInRefused,
            StoreError::RoleRefused => Self::RoleRefused,
            StoreError::Throttled { seconds } => Self::Throttled { seconds },
            StoreError::OwnedByAnother => Self::OwnedByAnother,
            StoreError::NotActive => Self::NotActive,
            StoreError::IdentityNotProved => Self::IdentityNotProved,
            StoreError::ClockUndecided => Self::ClockUndecided,
            StoreError::HeldByAnother => Self::HeldByAnother,
            StoreError::UploadChanged => Self::UploadChanged,
            StoreError::IdentifierTaken => Self::IdentifierTaken,
            StoreError::SamePerson => Self::SamePerson,
            StoreError::Incomplete => Self::Incomplete,
            StoreError::NotFound { what } => Self::NotFound { what },
            StoreError::Busy => Self::Locked,
            StoreError::Replaced { .. } | StoreError::WentBack { .. } => Self::Replaced { reason },
            StoreError::ReadOnly | StoreError::ReadOnlySystem => Self::ReadOnly { reason },
            StoreError::Full | StoreError::Write { .. } | StoreError::KeyReused | StoreError::LoginTaken => {
                Self::Unwritable { reason }
            }
            StoreError::KeyMissing
            | StoreError::StoreMissing
            | StoreError::Cut { .. }
            | StoreError::DataDamaged
            | StoreError::Unmade
            | StoreError::LogForeign
            | StoreError::JournalThere
            | StoreError::NotAFile { .. }
            | StoreError::NotAFolder
            | StoreError::FolderExposed { .. }
            | StoreError::HeadMissing
            | StoreError::HeadDamaged
            | StoreError::KeyExposed { .. }
            | StoreError::KeyDamaged
            | StoreError::WrongKey
            | StoreError::NotADatabase
            | StoreError::NotEncrypted
            | StoreError::NoEncryption
            | StoreError::NewerSchema { .. }
            | StoreError::Migration
            | StoreError::File { .. }
            | StoreError::Database { .. }
            | StoreError::Damaged { .. }
            | StoreError::NoRandom
            | StoreError::NotForTraining
            | StoreError::Password => Self::Unreadable { reason },
        }
    }
}
