//! The care platform: where patients and readings live, split by authority.
//!
//! | authority | says |
//! |---|---|
//! | [`SignIn`] | who somebody is |
//! | [`PatientDirectory`] | which patients there are |
//! | [`ClinicalRecord`] | what is in a patient's record |
//!
//! The three are asked on one network thread, many questions at once; each answer may be late, lost or refused. What
//! this computer owns whatever the platform is [`crate::station`].
//!
//! Which platform it is the settings say (`[platform]`, [`crate::config`]); the command line makes it of them (`on`
//! of `CarePlatform` in `cli/wiring.rs`), and nobody outside of `cli` knows which it is.

mod apart;
mod connection;
mod directory;
pub mod embedded;
mod error;
pub mod fhir;
pub mod oauth;
mod pinned;
mod record;
mod sign_in;

use std::sync::Arc;

pub use apart::apart;
pub use connection::ConnectionError;
pub use directory::{CreatedPerson, PatientDirectory};
pub use error::RemoteError;
pub use record::{ClinicalRecord, SignsOfLife};
pub use sign_in::SignIn;

use crate::domain::clinic::Actor;
use crate::domain::permission::Permission;

/// Lets only roles pass that may do this.
const fn check(actor: &Actor, permission: Permission) -> Result<(), RemoteError> {
    if actor.user.role.allows(permission) { Ok(()) } else { Err(RemoteError::Forbidden(permission)) }
}

/// The authorities of one clinic. They may be one server or three.
#[derive(Clone)]
pub struct Platform {
    /// Who somebody is.
    pub sign_in: Arc<dyn SignIn>,
    /// Which patients there are.
    pub directory: Arc<dyn PatientDirectory>,
    /// What is in a patient's record.
    pub record: Arc<dyn ClinicalRecord>,
}
