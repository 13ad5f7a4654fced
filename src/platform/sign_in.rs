//! Who somebody is.

use async_trait::async_trait;
use jiff::Timestamp;

use super::RemoteError;
use crate::domain::clinic::{Credentials, User};

/// The authority on who somebody is.
#[async_trait]
pub trait SignIn: Send + Sync {
    /// Checks a name and a password. Only roles are admitted that work with patients. `session` names the sign-in that this
    /// becomes, for the trail.
    ///
    /// # Errors
    /// [`RemoteError`]; of a store that name or password is wrong, that the role works without patients, or that there were
    /// too many wrong ones.
    async fn by_password(&self, credentials: &Credentials, session: &str, at: Timestamp) -> Result<User, RemoteError>;
}
