//! Errors of the store as the app tells them.

use super::error::StoreError;
use crate::domain::problem::{Problem, ProblemCode};

impl StoreError {
    /// The problem as the app tells it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let code = match self {
            Self::SignInRefused => ProblemCode::SignInRefused,
            Self::RoleRefused => ProblemCode::RoleWithoutPatients,
            Self::Throttled { .. } => ProblemCode::SignInThrottled,
            Self::OwnedByAnother => ProblemCode::AlreadyAssigned,
            Self::NotActive => ProblemCode::PatientNotActive,
            Self::IdentityNotProved => ProblemCode::IdentityNotProved,
            Self::ClockUndecided => ProblemCode::ClockUndecided,
            Self::HeldByAnother => ProblemCode::HeldByAnother,
            Self::UploadChanged => ProblemCode::UploadChanged,
            Self::IdentifierTaken => ProblemCode::IdentifierTaken,
            Self::SamePerson => ProblemCode::SamePerson,
            Self::Incomplete => ProblemCode::PlatformRefused,
            Self::NotFound { .. } => ProblemCode::NotFound,
            Self::Busy => ProblemCode::StoreLocked,
            Self::Replaced { .. } | Self::WentBack { .. } => ProblemCode::StoreReplaced,
            Self::ReadOnly | Self::MayOnlyBeRead { .. } | Self::ReadOnlySystem => ProblemCode::StoreReadOnly,
            Self::Full | Self::Write { .. } | Self::KeyReused | Self::LoginTaken => ProblemCode::StoreUnwritable,
            Self::KeyMissing
            | Self::StoreMissing
            | Self::Cut { .. }
            | Self::DataDamaged
            | Self::Unmade
            | Self::LogForeign
            | Self::JournalThere
            | Self::NotAFile { .. }
            | Self::NotAFolder
            | Self::FolderExposed { .. }
            | Self::HeadMissing
            | Self::HeadDamaged
            | Self::KeyExposed { .. }
            | Self::KeyDamaged
            | Self::WrongKey
            | Self::NotADatabase
            | Self::NotEncrypted
            | Self::NoEncryption
            | Self::NewerSchema { .. }
            | Self::Migration
            | Self::File { .. }
            | Self::Database { .. }
            | Self::Unopenable { .. }
            | Self::Damaged { .. }
            | Self::NoRandom
            | Self::NotForTraining
            | Self::Password => ProblemCode::StoreUnreadable,
        };
        let doing = match code {
            ProblemCode::StoreUnreadable => "reading the store: ",
            ProblemCode::StoreUnwritable
            | ProblemCode::StoreLocked
            | ProblemCode::StoreReadOnly
            | ProblemCode::StoreReplaced => "writing the store: ",
            _ => "",
        };
        let wait_seconds = match self {
            Self::Throttled { seconds } => u32::try_from(*seconds).ok(),
            _ => None,
        };
        Problem { wait_seconds, ..Problem::new(code, &format!("{doing}{self}")) }
    }
}
