//! Who somebody is. Where everybody signs in at an authorization server, by a code that they type on another device,
//! what they may do follows from what that server says of them. Elsewhere staff is this computer's, and what its own
//! token does not allow, nobody here may do.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::super::apart::heard_or;
use super::super::oauth::{OAuthError, PersonGrant, PersonTokens, Polled};
use super::super::{RemoteError, SignIn, SignsOfLife, apart};
use super::client::FhirClient;
use super::withheld::withheld;
use crate::config::RoleSettings;
use crate::domain::association::AuditEntry;
use crate::domain::clinic::{Actor, User};
use crate::domain::permission::Permission;
use crate::domain::sign_in::{DeviceCode, SignInOutcome, SignInProof, SignInStart, Withheld};
use crate::store::{By, Store};

/// For how long somebody who signed in waits for what the server says of itself. Who is not told by then that it
/// creates no patients is told when one is to be created.
const SAID_WITHIN: Duration = Duration::from_secs(3);

/// The authority.
#[derive(Clone)]
pub(super) struct StaffElsewhere {
    /// The tokens of those who signed in.
    pub(super) people: Arc<PersonTokens>,
    /// Who may work here.
    pub(super) roles: RoleSettings,
    /// Whose trail says who signed in.
    pub(super) store: Arc<Store>,
    /// What the server is asked with.
    pub(super) client: FhirClient,
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
        match self.begun(&grant, session, at).await {
            Ok(user) => {
                let client = self.client.giving(&SignsOfLife::default());
                let said = client.capabilities_within(SAID_WITHIN).await;
                Ok(SignInOutcome::SignedIn(user, withheld(grant.granted(), self.client.mapping(), said)))
            }
            Err(error) => {
                // Nobody is to hold it. They are told why they are not signed in, and not whether that was done.
                let _ = self.people.refuse(&grant).await;
                Err(error)
            }
        }
    }

    /// The sign-in of whoever has typed the code, if they may work here; the trail says it, and that they may not.
    async fn begun(&self, grant: &PersonGrant, session: &str, at: Timestamp) -> Result<User, RemoteError> {
        let person = self.people.client().person(grant, &self.roles, at).await?;
        let Some(user) = person.user().filter(|user| user.role.allows(Permission::WorkInApp)) else {
            self.note(&person.id, session, at, false).await?;
            return Err(RemoteError::NoRole);
        };
        self.people.begin(&user.id, session, grant).await?;
        if let Err(error) = self.note(&user.id, session, at, true).await {
            // Nobody works whom the trail does not know of.
            let _ = self.people.end(session).await;
            return Err(error);
        }
        Ok(user)
    }

    async fn note(&self, user: &str, session: &str, at: Timestamp, is_admitted: bool) -> Result<(), RemoteError> {
        let (store, user, session) = (Arc::clone(&self.store), user.to_owned(), session.to_owned());
        let note = move || store.note_sign_in(By { user: &user, session: &session, at }, is_admitted);
        Ok(apart(note).await?)
    }

    /// Ends the sign-in of somebody whom nobody told that they are signed in: what they were given would be worth
    /// something without anybody who could sign out.
    async fn end_unheard(self, outcome: Result<SignInOutcome, RemoteError>, session: String, at: Timestamp) {
        if let Ok(SignInOutcome::SignedIn(user, _)) = outcome {
            let _ = self.people.end(&session).await;
            let note = move || self.store.audit(By { user: &user.id, session: &session, at }, &AuditEntry::SignedOut);
            let _ = apart(note).await;
        }
    }
}

/// The authority where staff is this computer's.
pub(super) struct StaffHere {
    /// The authority on this computer.
    pub(super) here: Arc<dyn SignIn>,
    /// What the server is asked with, whoever asks.
    pub(super) client: FhirClient,
}

#[async_trait]
impl SignIn for StaffHere {
    async fn begin(&self, at: Timestamp) -> Result<SignInStart, RemoteError> {
        self.here.begin(at).await
    }

    async fn complete(&self, proof: &SignInProof, session: &str, at: Timestamp) -> Result<SignInOutcome, RemoteError> {
        self.here.complete(proof, session, at).await
    }

    async fn withheld(&self, _actor: &Actor) -> Result<Vec<Withheld>, RemoteError> {
        let granted = self.client.granted().await?;
        let client = self.client.giving(&SignsOfLife::default());
        let said = client.capabilities_within(SAID_WITHIN).await;
        Ok(withheld(granted.as_ref(), self.client.mapping(), said))
    }

    async fn end(&self, actor: &Actor) -> Result<(), RemoteError> {
        self.here.end(actor).await
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
            SignInProof::DeviceCode(code) => {
                // What the server gives out must be heard, kept or given back, however long that takes.
                let (staff, code, name) = (self.clone(), code.clone(), session.to_owned());
                let (other, again) = (self.clone(), session.to_owned());
                let work = async move { staff.by_code(&code, &name, at).await };
                heard_or(work, move |outcome| other.end_unheard(outcome, again, at)).await
            }
            SignInProof::Password(_) => Err(RemoteError::Refused("people sign in by a code".into())),
        }
    }

    async fn end(&self, actor: &Actor) -> Result<(), RemoteError> {
        Ok(self.people.end(&actor.session).await?)
    }
}
