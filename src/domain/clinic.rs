//! The clinic's staff: who is signed in and what the role allows.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::text::{Clean, Private};

/// What somebody may do (clinic-safety SEC-07).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Uploads and assigns.
    Assistant,
    /// All of that, and sees by name whose a meter of another patient is.
    Clinician,
    /// Looks after the station; sees no clinical data and does not work in the app.
    Administrator,
    /// Looks at the audit trail; sees no clinical data and does not work in the app.
    Auditor,
}

impl Role {
    /// The role as programs know it: `clinician`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Assistant => "assistant",
            Self::Clinician => "clinician",
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
        }
    }
}

/// What a store was made for. Said when it is made, and never changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// For patients: real meters and the computer's clock only.
    #[default]
    Patients,
    /// For training and demonstration: simulated meters and a virtual clock may be used.
    Training,
}

impl Purpose {
    /// Whether nothing in the store is about a patient.
    #[must_use]
    pub const fn is_training(self) -> bool {
        matches!(self, Self::Training)
    }
}

/// A signed-in member of staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The platform's key.
    pub id: String,
    /// The name typed at sign-in.
    pub login: Clean,
    /// The name shown.
    pub name: Clean,
    /// The role.
    pub role: Role,
}

/// Who does something, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The member of staff, with the role of that moment.
    pub user: User,
    /// In which sign-in, of those of all stations and runs; empty for a command.
    pub session: String,
    /// When, by the one clock.
    pub at: Timestamp,
}

/// Tells one sign-in from every other of this run of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SessionId(pub u64);

impl SessionId {
    /// The session that an attempt to sign in becomes: it has the attempt's number, which is used once.
    #[must_use]
    pub const fn of_sign_in(attempt: u64) -> Self {
        Self(attempt)
    }
}

/// One sign-in of a member of staff, until they sign out. Work belongs to the session in which it was begun and is done
/// under its user, whoever is signed in when it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Which sign-in.
    pub id: SessionId,
    /// Who signed in, with the role of that moment.
    pub user: User,
}

/// A name and a password as typed. Debug shows neither; the password is wiped from memory when dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The login name.
    pub login: Private<Clean>,
    /// The password.
    pub password: Password,
    /// The password that takes its place, where it is to be changed.
    pub new: Option<Password>,
}

/// A password: hidden from `Debug`, wiped on drop, never serialised.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(zeroize::Zeroizing<String>);

impl Password {
    /// Takes a password as typed.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(zeroize::Zeroizing::new(text))
    }

    /// The password, for the check only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[private]")
    }
}
