//! The tokens of those who signed in, each under the name of their sign-in. They are renewed one at a time: a server
//! that sees what a token is renewed with twice takes everything back that came of it (RFC 9700 section 4.14.2).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex as StdMutex, MutexGuard, PoisonError};

use tokio::sync::Mutex;

use super::client::{GivenToken, OAuthClient};
use super::device_grant::PersonGrant;
use super::error::OAuthError;
use super::own_token::{Bearer, HeldToken};
use crate::domain::clinic::Password;

/// What somebody has.
#[derive(Debug)]
struct PersonToken {
    held: HeldToken,
    refresh: Option<Password>,
}

/// Somebody's place: whoever renews holds it, and all others of theirs wait. Empty from the end of their sign-in on.
type Place = Arc<Mutex<Option<PersonToken>>>;

/// The tokens of all who signed in.
#[derive(Debug)]
pub(in crate::platform) struct PersonTokens {
    client: OAuthClient,
    /// By the name of the sign-in, with its number: the newest asks for whom nobody else asks.
    places: StdMutex<BTreeMap<String, (u64, Place)>>,
}

impl PersonTokens {
    /// Nobody is signed in.
    pub(in crate::platform) fn new(client: OAuthClient) -> Self {
        Self { client, places: StdMutex::default() }
    }

    /// Who asks.
    pub(in crate::platform) const fn client(&self) -> &OAuthClient {
        &self.client
    }

    fn places(&self) -> MutexGuard<'_, BTreeMap<String, (u64, Place)>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody signed in.
    pub(in crate::platform) fn begin(&self, session: &str, grant: PersonGrant) {
        let mut places = self.places();
        let number = places.values().map(|(number, _)| *number).max().unwrap_or_default().saturating_add(1);
        let place = Arc::new(Mutex::new(Some(PersonToken::of(grant.token))));
        places.insert(session.to_owned(), (number, place));
    }

    /// Somebody signed out: their tokens are forgotten, and made worth nothing there.
    ///
    /// # Errors
    /// [`OAuthError`]. Here they are forgotten in any case.
    pub(in crate::platform) async fn end(&self, session: &str) -> Result<(), OAuthError> {
        let Some((_, place)) = self.places().remove(session) else { return Ok(()) };
        let Some(token) = place.lock().await.take() else { return Ok(()) };
        self.give_back(token.refresh.as_ref(), &token.held.bearer.token).await
    }

    /// Makes what nobody is to work with worth nothing.
    ///
    /// # Errors
    /// [`OAuthError`].
    pub(in crate::platform) async fn refuse(&self, grant: PersonGrant) -> Result<(), OAuthError> {
        self.give_back(grant.token.refresh.as_ref(), &grant.token.access).await
    }

    /// Without what it was got with, a token goes as well, where the server does so; so both are named, that one first.
    async fn give_back(&self, refresh: Option<&Password>, access: &Password) -> Result<(), OAuthError> {
        if let Some(refresh) = refresh {
            self.client.revoke(refresh, "refresh_token").await?;
        }
        self.client.revoke(access, "access_token").await
    }

    /// The token of this sign-in, or of the newest; another one than `refused`, which a server did not take.
    ///
    /// # Errors
    /// [`OAuthError::Ended`] if nobody is signed in so, or not any more; others.
    pub(in crate::platform) async fn bearer(
        &self,
        session: Option<&str>,
        refused: Option<&Bearer>,
    ) -> Result<Bearer, OAuthError> {
        let place = {
            let places = self.places();
            let place = match session {
                Some(session) => places.get(session),
                None => places.values().max_by_key(|(number, _)| *number),
            };
            place.map(|(_, place)| Arc::clone(place)).ok_or(OAuthError::Ended)?
        };
        let mut place = place.lock().await;
        let PersonToken { held, refresh } = place.as_ref().ok_or(OAuthError::Ended)?;
        if let Some(bearer) = held.usable(refused) {
            return Ok(bearer);
        }
        let renewed = match refresh {
            Some(refresh) => self.client.renewed(refresh).await,
            None => Err(OAuthError::Ended),
        };
        match renewed {
            Ok(given) => {
                // A server that renews without a new one takes the old one again (RFC 6749 section 6).
                let before = place.take().and_then(|token| token.refresh);
                let token = PersonToken::of(given);
                let bearer = token.held.bearer.clone();
                let refresh = token.refresh.clone().or(before);
                *place = Some(PersonToken { refresh, ..token });
                Ok(bearer)
            }
            Err(OAuthError::Ended) => {
                *place = None;
                Err(OAuthError::Ended)
            }
            Err(error) => Err(error),
        }
    }
}

impl PersonToken {
    fn of(given: GivenToken) -> Self {
        Self { held: HeldToken::of(&given), refresh: given.refresh }
    }
}
