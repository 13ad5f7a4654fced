//! Who somebody is.

use async_trait::async_trait;
use jiff::Timestamp;

use super::RemoteError;
use crate::domain::clinic::Actor;
use crate::domain::sign_in::{SignInOutcome, SignInProof, SignInStart, Withheld};

/// The authority on who somebody is. What it gives to whoever signed in (tokens, a cookie) is its own affair: nobody
/// else sees it, and what is asked for an [`Actor`] is asked with it. It renews that by itself, so that nobody has to
/// ask for it, and two questions at once renew it once: a server that is shown a spent refresh token takes everything
/// back (RFC 9700 section 4.14.2).
#[async_trait]
pub trait SignIn: Send + Sync {
    /// What a sign-in begins with here.
    ///
    /// # Errors
    /// [`RemoteError`].
    async fn begin(&self, at: Timestamp) -> Result<SignInStart, RemoteError>;

    /// Looks at what is shown for who somebody is. Only roles are admitted that work with patients. `session` names the
    /// sign-in that this becomes, for the trail.
    ///
    /// # Errors
    /// [`RemoteError`]; of a store that name or password is wrong, that the role works without patients, or that there
    /// were too many wrong ones; of a platform that the code is worth nothing any more or was refused.
    async fn complete(&self, proof: &SignInProof, session: &str, at: Timestamp) -> Result<SignInOutcome, RemoteError>;

    /// What the platform does not let whoever signed in do, whatever their role, where it does not say so when they
    /// sign in.
    ///
    /// # Errors
    /// [`RemoteError`]: then it is not known.
    async fn withheld(&self, _actor: &Actor) -> Result<Vec<Withheld>, RemoteError> {
        Ok(Vec::new())
    }

    /// Whoever signed in is gone: what was given to them is worth nothing any more. What is under way for them may
    /// still be finished.
    ///
    /// # Errors
    /// [`RemoteError`]. Here it is forgotten in any case.
    async fn end(&self, actor: &Actor) -> Result<(), RemoteError>;
}
