//! Who somebody is, where everybody signs in at an authorization server: by a code that they type on another device.
//! What they may do follows from what that server says of them.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use super::super::oauth::{OAuthError, PersonGrant, PersonTokens, Polled};
use super::super::{RemoteError, SignIn, apart};
use super::withheld::withheld;
use crate::config::RoleSettings;
use crate::domain::clinic::{Actor, User};
use crate::domain::permission::Permission;
use crate::domain::sign_in::{DeviceCode, SignInOutcome, SignInProof, SignInStart};
use crate::store::{By, Store};

/// The authority.
pub(super) struct StaffElsewhere {
    /// The tokens of those who signed in.
    pub(super) people: Arc<PersonTokens>,
    /// Who may work here.
    pub(super) roles: RoleSettings,
    /// Whose trail says who signed in.
    pub(super) store: Arc<Store>,
}

impl StaffElsewhere {
    async fn by_code(&self, code: &DeviceCode, session: &str, at: Timestamp) -> Result<SignInOutcome, RemoteError> {
        let client = self.people.client();
        let grant = match client.poll(code).await {
            Ok(Polled::Typed(grant)) => grant,
            Ok(Polled::NotYet(interval)) => {
                let interval = u32::try_from(interval.as_secs()).unwrap_or(u32::MAX);
                return Ok(SignInOutcome::NotYet(Box::new(DeviceCode { interval, ..code.clone() })));
            }
            Err(error) => return Err(not_typed(error)),
        };
        let user = match self.admitted(&grant, session, at).await {
            Ok(user) => user,
            Err(error) => {
                // Nobody is to hold it. Whether that is done, nobody waits for.
                let _ = self.people.refuse(*grant).await;
                return Err(error);
            }
        };
        let withheld = withheld(grant.granted());
        if let Err(error) = self.people.begin(&user.id, session, &grant).await {
            let _ = self.people.refuse(*grant).await;
            return Err(error.into());
        }
        Ok(SignInOutcome::SignedIn(user, withheld))
    }

    /// Who has typed the code, if they may work here; the trail says it, and that they may not.
    async fn admitted(&self, grant: &PersonGrant, session: &str, at: Timestamp) -> Result<User, RemoteError> {
        let person = self.people.client().person(grant, &self.roles, at).await?;
        let user = person.user().filter(|user| user.role.allows(Permission::WorkInApp));
        let (store, session, is_admitted) = (Arc::clone(&self.store), session.to_owned(), user.is_some());
        let note = move || store.note_sign_in(By { user: &person.id, session: &session, at }, is_admitted);
        apart(note).await?;
        user.ok_or(RemoteError::NoRole)
    }
}

/// Why a code was not typed (RFC 8628 section 3.5).
fn not_typed(error: OAuthError) -> RemoteError {
    match error.code() {
        // A code that is spent is as good as one that is late.
        Some("expired_token" | "invalid_grant") => RemoteError::CodeExpired,
        Some("access_denied") => RemoteError::CodeDenied,
        _ => error.into(),
    }
}

#[async_trait]
impl SignIn for StaffElsewhere {
    async fn begin(&self, at: Timestamp) -> Result<SignInStart, RemoteError> {
        Ok(SignInStart::DeviceCode(Box::new(self.people.client().device_code(at).await?)))
    }

    async fn complete(&self, proof: &SignInProof, session: &str, at: Timestamp) -> Result<SignInOutcome, RemoteError> {
        match proof {
            SignInProof::DeviceCode(code) => self.by_code(code, session, at).await,
            SignInProof::Password(_) => Err(RemoteError::Refused("people sign in by a code".into())),
        }
    }

    async fn end(&self, actor: &Actor) -> Result<(), RemoteError> {
        Ok(self.people.end(&actor.session).await?)
    }
}
