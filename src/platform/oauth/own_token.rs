//! The token of this computer itself. It is asked for when it is needed first, again shortly before it ends, and once
//! more if a server does not take it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::client::{GivenToken, OAuthClient};
use super::error::OAuthError;
use super::scopes::GrantedScopes;
use crate::domain::clinic::Password;

/// How long before its end a token is not used any more: longer than a request takes that is sent with it.
const BEFORE_ITS_END: Duration = Duration::from_secs(30);

/// A token to ask with.
#[derive(Debug, Clone)]
pub(in crate::platform) struct Bearer {
    /// The token.
    pub(in crate::platform) token: Password,
    /// What was granted with it.
    pub(in crate::platform) granted: Arc<GrantedScopes>,
}

/// A token, and for how long it is used.
#[derive(Debug)]
pub(super) struct HeldToken {
    /// The token.
    pub(super) bearer: Bearer,
    /// From when on it is not used any more; never, if its end was not said.
    until: Option<Instant>,
}

impl HeldToken {
    /// One that was given now.
    pub(super) fn of(given: &GivenToken) -> Self {
        let until = given.lifetime.and_then(|lifetime| Instant::now().checked_add(used_for(lifetime)));
        Self { bearer: Bearer { token: given.access.clone(), granted: Arc::new(given.granted.clone()) }, until }
    }

    /// It, if it will last for a request, and is another one than `refused`, which a server did not take.
    pub(super) fn usable(&self, refused: Option<&Bearer>) -> Option<Bearer> {
        let is_good = self.until.is_none_or(|until| Instant::now() < until);
        let is_other = refused.is_none_or(|refused| refused.token != self.bearer.token);
        (is_good && is_other).then(|| self.bearer.clone())
    }
}

/// The token of this computer.
#[derive(Debug)]
pub(in crate::platform) struct OwnToken {
    client: OAuthClient,
    /// One asks for a new one, and all others wait for what comes of it.
    held: Mutex<Option<HeldToken>>,
}

impl OwnToken {
    /// None is asked for yet.
    pub(in crate::platform) fn new(client: OAuthClient) -> Self {
        Self { client, held: Mutex::new(None) }
    }

    /// Who asks.
    pub(in crate::platform) const fn client(&self) -> &OAuthClient {
        &self.client
    }

    /// A token that will last for a request; another one than `refused`, which a server did not take.
    ///
    /// # Errors
    /// [`OAuthError`].
    pub(in crate::platform) async fn bearer(&self, refused: Option<&Bearer>) -> Result<Bearer, OAuthError> {
        let mut held = self.held.lock().await;
        if let Some(bearer) = held.as_ref().and_then(|held| held.usable(refused)) {
            return Ok(bearer);
        }
        let given = HeldToken::of(&self.client.own_token().await?);
        Ok(held.insert(given).bearer.clone())
    }

    /// What was granted with the last one; nothing is known of it before.
    pub(in crate::platform) async fn granted_last(&self) -> Arc<GrantedScopes> {
        self.held.lock().await.as_ref().map(|held| Arc::clone(&held.bearer.granted)).unwrap_or_default()
    }
}

/// For how long a token is used that lasts so long. Of one that is short-lived, at least half.
fn used_for(lifetime: Duration) -> Duration {
    // Without the half, one that is short-lived would never be used, and be asked for each time.
    lifetime.saturating_sub(BEFORE_ITS_END).max(lifetime / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_left_before_it_ends() {
        for (lifetime, used) in [(300, 270), (60, 30), (40, 20), (0, 0)] {
            assert_eq!(used_for(Duration::from_secs(lifetime)), Duration::from_secs(used), "{lifetime}");
        }
    }
}
