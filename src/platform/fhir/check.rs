//! Whether a FHIR server can be worked with: it is asked what it can, and whether it lets us search, without a word
//! about anybody. Nothing is written.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::super::connection::http_date;
use super::capabilities::Capabilities;
use super::client::{Answer, FhirClient};
use super::error::FhirError;
use super::json;
use super::learnt::{DeliveryWay, Learnt, ServerMemory};
use crate::domain::text::Clean;
use crate::platform::oauth::{GrantedScopes, OAuthClient, OAuthError, PersonTokens};
use crate::store::Store;

/// The id of nobody: no patient is looked for.
const NOBODY: &str = "glucodock-platform-check";

/// A condition that no server has. One that is strict refuses it.
const UNKNOWN_CONDITION: &str = "glucodock-platform-check";

/// How much of an address or a name is kept, in terminal cells: enough to know them by, and two lines on the least
/// window.
const WORD_CELLS: usize = 100;

/// How many ways to sign in are kept: a server that names more is not to fill the screen.
const MOST_WAYS: usize = 10;

/// What came of looking at a server.
#[derive(Debug)]
pub struct CheckUp {
    /// What it says it can.
    pub capabilities: Result<Capabilities, FhirError>,
    /// How what waits here goes to it; known only if there is a server.
    pub delivery: Option<DeliveryPlan>,
    /// How it wants to be signed in at, if it says so; looked for only if there is a server.
    pub discovery: Option<Result<Option<SmartDiscovery>, FhirError>>,
    /// What this computer is given to ask with; asked only if there is a server and tokens are to be got.
    pub token: Option<Result<TokenCheck, OAuthError>>,
    /// Whether codes are given out for another device; asked only if there is a server and people sign in by them.
    pub gives_codes: Option<Result<bool, OAuthError>>,
    /// Whose sign-in is kept here and asked with, by their key; looked for only where people sign in by codes.
    pub kept: Option<Result<Option<String>, OAuthError>>,
    /// Whether it answers a search for nobody; asked only if there is a server, and something to ask with.
    pub search: Option<Result<(), FhirError>>,
    /// Whether it refuses a condition that it does not know; asked only if it answers a search.
    pub refuses_unknown: Option<Result<bool, FhirError>>,
    /// How many patients it shows to whoever asks, if it says so; asked only if it answers a search.
    pub patients: Option<u64>,
    /// Its clock minus ours, to a second, if it tells the time.
    pub clock: Option<SignedDuration>,
}

impl CheckUp {
    /// Whether it was asked with the sign-in of a person.
    #[must_use]
    pub const fn is_of_a_person(&self) -> bool {
        matches!(self.kept, Some(Ok(Some(_))))
    }
}

/// How readings are sent to a server, as far as that is known without sending any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryPlan {
    /// The way that is taken first.
    pub way: DeliveryWay,
    /// Whether readings have gone that way before; otherwise it is what the server says that it can.
    pub is_way_tried: bool,
    /// Whether it takes back what a transaction has done when a later entry fails, if that was tried.
    pub rolls_back: Option<bool>,
}

/// A token that this computer was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenCheck {
    /// What was asked for.
    pub asked: String,
    /// What was granted.
    pub granted: GrantedScopes,
}

/// What a server says of signing in (SMART App Launch 2.2.0, conformance).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmartDiscovery {
    /// Whether it says where tokens are given out.
    pub names_token_endpoint: bool,
    /// For what they are given out.
    pub grant_types: Vec<Clean>,
}

/// Looks at a server. `now` tells our time; in the store is what was found out of the server before, if there is one.
pub async fn look(client: &FhirClient, store: Option<Arc<Store>>, now: impl Fn() -> Timestamp) -> CheckUp {
    let capabilities = client.capabilities().await.cloned();
    let delivery = match &capabilities {
        Ok(said) => Some(plan(client, store.clone(), said).await),
        Err(_) => None,
    };
    let mut check_up = CheckUp {
        capabilities,
        delivery,
        discovery: None,
        token: None,
        gives_codes: None,
        kept: None,
        search: None,
        refuses_unknown: None,
        patients: None,
        clock: None,
    };
    // One that answers with a no is there all the same, and can say how to sign in.
    if check_up.capabilities.as_ref().is_err_and(|error| error.status().is_none()) {
        return check_up;
    }
    check_up.discovery = Some(match client.well_known("smart-configuration").await {
        Ok(answer) => Ok(Some(discovery(&answer.body))),
        // Not every server knows of SMART: that nothing is there, or nothing for us, is no failure.
        Err(error) if matches!(error.status(), Some(401 | 403 | 404 | 405)) => Ok(None),
        Err(error) => Err(error),
    });
    if let Some(oauth) = client.oauth() {
        if let Some(people) = client.people() {
            check_up.gives_codes = Some(oauth.server().await.map(|server| server.device_endpoint.is_some()));
            let kept = kept(client, people, store.as_ref()).await;
            let is_somebody = matches!(kept, Ok(Some(_)));
            check_up.kept = Some(kept);
            if !is_somebody {
                // Nobody is signed in who could search.
                return check_up;
            }
        }
        let token = token(client, oauth).await;
        let is_given = token.is_ok();
        check_up.token = Some(token);
        if !is_given {
            return check_up;
        }
    }
    let asked = now();
    let searched = client.search_answer("Patient", &[("_id", NOBODY), ("_count", "1")]).await;
    check_up.clock = searched.as_ref().ok().and_then(|answer| clock(answer, asked, now()));
    let is_answered = searched.is_ok();
    check_up.search = Some(searched.and_then(|answer| nobody(client, &answer)));
    if is_answered {
        // Only how many there are is asked: a server that leaves the condition out would answer with somebody.
        let conditions = [(UNKNOWN_CONDITION, "1"), ("_summary", "count")];
        check_up.refuses_unknown = Some(match client.search_answer("Patient", &conditions).await {
            Ok(_) => Ok(false),
            Err(FhirError::Status { status: 400 | 422, .. }) => Ok(true),
            Err(error) => Err(error),
        });
        // How many alone: of one that does not say it nothing is wrong, and what else comes is not looked at.
        let counted = client.search_answer("Patient", &[("_summary", "count")]).await;
        check_up.patients = counted.ok().and_then(|answer| json::at(&answer.body, "/total").as_u64());
    }
    check_up
}

async fn plan(client: &FhirClient, store: Option<Arc<Store>>, said: &Capabilities) -> DeliveryPlan {
    let learnt = match store {
        Some(store) => ServerMemory::of(client.base().to_string(), store).learnt(said.known_software()).await,
        None => Learnt::default(),
    };
    DeliveryPlan {
        way: learnt.way.unwrap_or_else(|| DeliveryWay::first(said)),
        is_way_tried: learnt.way.is_some(),
        rolls_back: learnt.rolls_back,
    }
}

/// Whose sign-in is asked with, by their key: of whoever signed in last on this store, and has not left. What is of
/// another server is not shown to this one.
async fn kept(
    client: &FhirClient,
    people: &Arc<PersonTokens>,
    store: Option<&Arc<Store>>,
) -> Result<Option<String>, OAuthError> {
    let Some(store) = store.filter(|store| store.directory().is_ok_and(|is| is == Some(client.directory()))) else {
        return Ok(None);
    };
    people.keep_in(store);
    people.whose_is_kept().await
}

async fn token(client: &FhirClient, oauth: &OAuthClient) -> Result<TokenCheck, OAuthError> {
    let asked = oauth.asked_scopes().await?;
    Ok(TokenCheck { asked, granted: client.granted().await?.as_ref().clone() })
}

fn nobody(client: &FhirClient, answer: &Answer) -> Result<(), FhirError> {
    if client.page(&answer.body, "Patient", Vec::new, 0)?.matches.is_empty() {
        Ok(())
    } else {
        Err(FhirError::NoFhir("it finds somebody where nobody was looked for"))
    }
}

/// How far its clock is from the middle of the time that its answer took (RFC 9110 section 6.6.1: the time at which the
/// answer was made).
fn clock(answer: &Answer, asked: Timestamp, answered: Timestamp) -> Option<SignedDuration> {
    let told = http_date(answer.headers.get(reqwest::header::DATE)?.to_str().ok()?)?;
    let middle = asked + answered.duration_since(asked) / 2;
    Some(SignedDuration::from_secs(told.duration_since(middle).as_secs()))
}

fn discovery(body: &Value) -> SmartDiscovery {
    let word = |text: &str| Clean::new(text, WORD_CELLS);
    let ways = json::list(body, "/grant_types_supported").iter().filter_map(Value::as_str);
    let names_token_endpoint = !json::text(body, "/token_endpoint").is_empty();
    SmartDiscovery { names_token_endpoint, grant_types: ways.take(MOST_WAYS).map(word).collect() }
}
