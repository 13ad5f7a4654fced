//! The tokens of those who signed in, each under the name of their sign-in. What they are renewed with is in the store,
//! for all programs on it, and they are renewed one at a time: a server that sees what a token is renewed with twice
//! takes everything back that came of it (RFC 9700 section 4.14.2).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex as StdMutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex;

use super::super::apart::{apart, to_its_end};
use super::client::{GivenToken, OAuthClient};
use super::device_grant::PersonGrant;
use super::error::OAuthError;
use super::own_token::{Bearer, HeldToken};
use super::scopes::GrantedScopes;
use crate::domain::clinic::Password;
use crate::store::{KeptSignIn, Store, StoreError, TokenIssuer};

/// How much longer than for an answer another program is waited for that renews: what it was given it has to keep.
const TO_KEEP_IT: Duration = Duration::from_secs(5);

/// What somebody has.
#[derive(Debug)]
enum PersonToken {
    /// Nothing that was given out in this program yet.
    Nothing,
    /// A token.
    Held(HeldToken),
    /// They have left, or their sign-in has ended.
    Left,
}

/// What somebody is signed in with.
#[derive(Debug, Clone)]
struct TokenSlot {
    /// The newest has the highest: it asks for whom nobody else asks. One that another program began has none.
    number: Option<u64>,
    /// Who they are.
    user: String,
    /// Whoever renews holds it, and all others of theirs wait.
    token: Arc<Mutex<PersonToken>>,
}

/// The tokens of all who signed in.
pub(in crate::platform) struct PersonTokens {
    client: OAuthClient,
    /// Where it is kept what they are renewed with. Without it nobody is signed in.
    store: OnceLock<Arc<Store>>,
    /// By the name of the sign-in.
    slots: StdMutex<BTreeMap<String, TokenSlot>>,
    /// Whoever left while the store could not be written: it has their sign-ins still, which are nobody's.
    kept_in_vain: StdMutex<BTreeSet<String>>,
}

impl fmt::Debug for PersonTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonTokens").finish_non_exhaustive()
    }
}

impl PersonTokens {
    /// Nobody is signed in.
    pub(in crate::platform) fn new(client: OAuthClient) -> Self {
        Self { client, store: OnceLock::new(), slots: StdMutex::default(), kept_in_vain: StdMutex::default() }
    }

    /// Who asks.
    pub(in crate::platform) const fn client(&self) -> &OAuthClient {
        &self.client
    }

    /// With those who signed in on this store, in this program or in another one. The first store stays.
    pub(in crate::platform) fn keep_in(&self, store: &Arc<Store>) {
        self.store.get_or_init(|| Arc::clone(store));
    }

    fn slots(&self) -> MutexGuard<'_, BTreeMap<String, TokenSlot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept_in_vain(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.kept_in_vain.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody signed in.
    ///
    /// # Errors
    /// [`OAuthError::Store`]: then nobody has.
    pub(in crate::platform) async fn begin(
        &self,
        user: &str,
        session: &str,
        grant: &PersonGrant,
    ) -> Result<(), OAuthError> {
        let of = self.issuer().await?;
        let (user, name, refresh) = (user.to_owned(), session.to_owned(), grant.token.refresh.clone());
        let whose = user.clone();
        self.at_the_store(move |store| store.keep_sign_in(&of, &user, &name, refresh.as_ref())).await?;
        let token = Arc::new(Mutex::new(PersonToken::Held(HeldToken::of(&grant.token))));
        let mut slots = self.slots();
        let highest = slots.values().filter_map(|slot| slot.number).max().unwrap_or_default();
        let number = Some(highest.saturating_add(1));
        slots.insert(session.to_owned(), TokenSlot { number, user: whose, token });
        Ok(())
    }

    /// Somebody signed out: their tokens are forgotten, and made worth nothing there. Where the one cannot be done, the
    /// other is; to its end, even if nobody waits for it any more.
    ///
    /// # Errors
    /// What was not done: [`OAuthError::Store`] first. In this program they have left in any case.
    pub(in crate::platform) async fn end(self: &Arc<Self>, session: &str) -> Result<(), OAuthError> {
        // First of all: from here on nobody here asks with it, whatever comes of the rest.
        let Some(slot) = self.slots().remove(session) else { return Ok(()) };
        let (people, session) = (Arc::clone(self), session.to_owned());
        to_its_end(async move {
            // A renewal that is under way is waited for: what it is given is given back as well.
            let held = std::mem::replace(&mut *slot.token.lock().await, PersonToken::Left);
            let access = if let PersonToken::Held(held) = held { Some(held.bearer.token) } else { None };
            let (refresh, forgotten) = match people.forget(&session).await {
                Ok(refresh) => (refresh, Ok(())),
                Err(error) => (people.still_kept(&session).await, Err(error)),
            };
            let given_back = people.give_back(refresh.as_ref(), access.as_ref()).await;
            forgotten.and(given_back)
        })
        .await
    }

    /// What somebody was renewed with who has left, of which the store forgets it. Who just renews it in another
    /// program is not waited for: they see that they are too late, and give back what they are given.
    async fn forget(&self, session: &str) -> Result<Option<Password>, OAuthError> {
        let name = session.to_owned();
        let forgotten = self.at_the_store(move |store| store.forget_sign_in(&name)).await;
        if forgotten.is_ok() {
            self.kept_in_vain().remove(session);
        } else {
            self.kept_in_vain().insert(session.to_owned());
        }
        forgotten
    }

    /// The same, of which the store did not forget it: made worth nothing there, it is of no use to anybody.
    async fn still_kept(&self, session: &str) -> Option<Password> {
        let name = session.to_owned();
        self.at_the_store(move |store| store.refresh_of(&name)).await.ok().flatten()
    }

    /// Makes what nobody is to work with worth nothing.
    ///
    /// # Errors
    /// [`OAuthError`].
    pub(in crate::platform) async fn refuse(&self, grant: &PersonGrant) -> Result<(), OAuthError> {
        self.give_back(grant.token.refresh.as_ref(), Some(&grant.token.access)).await
    }

    /// Without what it was got with, a token goes as well, where the server does so; so both are named, that one first.
    /// That the one cannot be given back keeps nobody from giving back the other; the first failure is told.
    async fn give_back(&self, refresh: Option<&Password>, access: Option<&Password>) -> Result<(), OAuthError> {
        let mut told = Ok(());
        for (token, kind) in [(refresh, "refresh_token"), (access, "access_token")] {
            if let Some(token) = token {
                told = told.and(self.client.revoke(token, kind).await);
            }
        }
        told
    }

    /// The token of this sign-in, or of the newest; another one than `refused`, which a server did not take.
    ///
    /// # Errors
    /// [`OAuthError::Ended`] if nobody is signed in so, or not any more; others.
    pub(in crate::platform) async fn bearer(
        self: &Arc<Self>,
        session: Option<&str>,
        refused: Option<&Bearer>,
    ) -> Result<Bearer, OAuthError> {
        let TokenSlot { user, token, .. } = self.slot(session).await?;
        let slot = Arc::clone(&token);
        let mut token = token.lock_owned().await;
        match &*token {
            PersonToken::Held(held) => {
                if let Some(bearer) = held.usable(refused) {
                    return Ok(bearer);
                }
            }
            PersonToken::Nothing => {}
            PersonToken::Left => return Err(OAuthError::Ended),
        }
        let people = Arc::clone(self);
        // To its end, even if nobody waits for it any more: what is given out and not kept ends the sign-in.
        to_its_end(async move {
            match people.renewed(&user).await {
                Ok(given) => {
                    let held = HeldToken::of(&given);
                    let bearer = held.bearer.clone();
                    *token = PersonToken::Held(held);
                    Ok(bearer)
                }
                Err(OAuthError::Ended) => {
                    *token = PersonToken::Left;
                    // For good: that the same person signs in elsewhere does not bring it back.
                    people.slots().retain(|_, other| !Arc::ptr_eq(&other.token, &slot));
                    Err(OAuthError::Ended)
                }
                Err(error) => Err(error),
            }
        })
        .await
    }

    /// The key of whoever signed in last on the store, and has not left; nobody without a store.
    ///
    /// # Errors
    /// [`OAuthError`].
    pub(in crate::platform) async fn whose_is_kept(&self) -> Result<Option<String>, OAuthError> {
        if self.store.get().is_none() {
            return Ok(None);
        }
        Ok(self.newest_elsewhere().await?.map(|kept| kept.user))
    }

    /// What was granted last to whoever signed in so, whether it has run out by now or not.
    ///
    /// # Errors
    /// [`OAuthError::Ended`] if nobody is signed in so, or not any more.
    pub(in crate::platform) async fn granted_last(&self, session: &str) -> Result<Arc<GrantedScopes>, OAuthError> {
        let slot = self.slots().get(session).cloned().ok_or(OAuthError::Ended)?;
        match &*slot.token.lock().await {
            PersonToken::Held(held) => Ok(Arc::clone(&held.bearer.granted)),
            PersonToken::Nothing | PersonToken::Left => Err(OAuthError::Ended),
        }
    }

    /// The slot of this sign-in, or of the newest; if nobody signed in here, of the newest that another program began.
    /// That one is looked up each time: whoever it is may leave there, and somebody else come.
    async fn slot(&self, session: Option<&str>) -> Result<TokenSlot, OAuthError> {
        {
            let slots = self.slots();
            let of_here = || slots.values().filter(|slot| slot.number.is_some()).max_by_key(|slot| slot.number);
            let known = match session {
                Some(session) => slots.get(session),
                None => of_here(),
            };
            if let Some(slot) = known {
                return Ok(slot.clone());
            }
        }
        if session.is_some() || self.store.get().is_none() {
            return Err(OAuthError::Ended);
        }
        let kept = self.newest_elsewhere().await?;
        let mut slots = self.slots();
        let is_there = |name: &String| kept.as_ref().is_some_and(|kept| kept.session == *name);
        slots.retain(|name, slot| slot.number.is_some() || is_there(name));
        let KeptSignIn { user, session, .. } = kept.ok_or(OAuthError::Ended)?;
        let slot = TokenSlot { number: None, user, token: Arc::new(Mutex::new(PersonToken::Nothing)) };
        Ok(slots.entry(session).or_insert(slot).clone())
    }

    /// Whoever signed in last on this store, in whatever program, and has not left.
    async fn newest_elsewhere(&self) -> Result<Option<KeptSignIn>, OAuthError> {
        let of = self.issuer().await?;
        loop {
            let of = of.clone();
            let kept = self.at_the_store(move |store| store.kept_sign_in(&of, None)).await?;
            let left = kept.as_ref().map(|kept| kept.session.clone());
            match left.filter(|session| self.kept_in_vain().contains(session)) {
                // The store may take it now.
                Some(session) => drop(self.forget(&session).await?),
                None => return Ok(kept),
            }
        }
    }

    /// The next token of somebody, and what comes after it is kept, before anybody else renews theirs.
    async fn renewed(&self, user: &str) -> Result<GivenToken, OAuthError> {
        let of = self.issuer().await?;
        let (user, patience) = (user.to_owned(), self.patience());
        // By now another program may have been given the next one.
        let kept = move |store: &Store| {
            let alone = store.renewal(patience)?;
            Ok((alone, store.kept_sign_in(&of, Some(&user))?))
        };
        let (_alone, kept) = self.at_the_store(kept).await?;
        let KeptSignIn { id, refresh, .. } = kept.ok_or(OAuthError::Ended)?;
        let given = match self.client.renewed(&refresh).await {
            Ok(given) => given,
            Err(OAuthError::Ended) => {
                self.at_the_store(move |store| store.drop_sign_in(id)).await?;
                return Err(OAuthError::Ended);
            }
            Err(error) => return Err(error),
        };
        // A server that renews without another one takes the same again (RFC 6749 section 6).
        let next = given.refresh.clone().unwrap_or(refresh);
        let is_kept = self.at_the_store(move |store| store.renew_sign_in(id, &next)).await?;
        if !is_kept {
            // They have left meanwhile. Whether it is given back, nobody waits for.
            let _ = self.give_back(given.refresh.as_ref(), Some(&given.access)).await;
            return Err(OAuthError::Ended);
        }
        Ok(given)
    }

    /// To whom it is shown what tokens are renewed with. A server that does not say who it is, is where it gives them
    /// out.
    async fn issuer(&self) -> Result<TokenIssuer, OAuthError> {
        let server = self.client.server().await?;
        let issuer = match server.token_endpoint.as_ref() {
            Some(endpoint) if server.issuer.is_empty() => endpoint.to_string(),
            _ => server.issuer.clone(),
        };
        Ok(TokenIssuer { issuer, client: self.client.client.client_id.clone() })
    }

    /// How long another program is waited for that renews.
    fn patience(&self) -> Duration {
        self.client.timeout().saturating_add(TO_KEEP_IT)
    }

    async fn at_the_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, OAuthError> {
        let store = Arc::clone(self.store.get().ok_or(OAuthError::Ended)?);
        Ok(apart(move || work(&store)).await?)
    }
}
