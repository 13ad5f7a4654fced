//! How somebody signs in, as the care platform wants it: with a name and a password, or with a code that they type on
//! another device, where they are signed in already (OAuth 2.0 Device Authorization Grant, RFC 8628).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::clinic::{Credentials, User};
use super::permission::Permission;
use super::text::{Clean, Private};

/// What a sign-in begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInStart {
    /// A name and a password are typed here.
    Password,
    /// This code is typed elsewhere.
    DeviceCode(Box<DeviceCode>),
}

/// A code that is typed on another device (RFC 8628 section 3.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceCode {
    /// What the person types there.
    pub user_code: Clean,
    /// Where they type it: `https://login.example.org/device`.
    pub uri: Clean,
    /// The same with the code in it, if the platform has one: what is opened by a picture of it.
    pub complete_uri: Option<Clean>,
    /// From when on it is worth nothing.
    pub expires: Timestamp,
    /// How long is to be waited between two questions whether it was typed, in seconds.
    pub interval: u32,
    /// What this program shows for it. Whoever knows it signs in as the person.
    pub secret: Private<String>,
}

impl DeviceCode {
    /// When is to be asked next whether the code was typed, if it is still worth anything then.
    #[must_use]
    pub fn next_question(&self, at: Timestamp) -> Option<Timestamp> {
        // At least a second, whatever the server says: an interval of zero would be a loop without
        // a pause.
        let next = at.saturating_add(SignedDuration::from_secs(self.interval.max(1).into())).ok()?;
        (next < self.expires).then_some(next)
    }
}

/// What is shown for who somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInProof {
    /// A name and a password, as typed.
    Password(Credentials),
    /// A code that may have been typed elsewhere.
    DeviceCode(Box<DeviceCode>),
}

/// Something that cannot be done at a platform, whatever somebody's role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Withheld {
    /// The platform does not let this program do it for whoever signed in.
    NotGranted {
        /// What cannot be done.
        permission: Permission,
        /// What was asked for and not granted: `Patient.c`.
        missing: Clean,
    },
    /// The settings of this computer do not let patients be created.
    NewPatientsHere,
    /// The platform says that it creates no patients for others.
    NewPatientsThere,
}

impl Withheld {
    /// What cannot be done.
    #[must_use]
    pub const fn permission(&self) -> Permission {
        match self {
            Self::NotGranted { permission, .. } => *permission,
            Self::NewPatientsHere | Self::NewPatientsThere => Permission::CreatePatients,
        }
    }
}

/// What comes of a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInOutcome {
    /// It is this person; and what the platform does not let them do in this sign-in, whatever their role.
    SignedIn(User, Vec<Withheld>),
    /// The code was not typed yet (RFC 8628 section 3.5). It is to be asked again with the interval that is in this
    /// code, which a platform under load makes longer.
    NotYet(Box<DeviceCode>),
}
