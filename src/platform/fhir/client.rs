//! One connection to one FHIR server: requests out, checked JSON in.
//!
//! What goes to the server stays with it: nothing is sent on to another host, a search goes by POST so that no name
//! stands in an address, and without TLS nothing is sent but to this computer, unless the settings allow it
//! (`ServerBase`). What comes is limited in size and depth, and is JSON of FHIR or nothing.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use tokio::sync::OnceCell;
use url::Url;

use super::super::SignsOfLife;
use super::super::connection::{self, BodyFault};
use super::super::oauth::{Bearer, GrantedScopes, OAuthClient, OAuthError, PersonTokens};
use super::access::{RequestAccess, RequestCredential};
use super::capabilities::Capabilities;
use super::content::{is_foreign, json};
use super::error::{FhirError, Outcomes};
use super::references::make_relative;
use super::request::FhirRequest;
use crate::config::{FhirSettings, MappingPart, MappingSettings, ServerBase, SignInSettings, TenantHeader};
use crate::domain::text::Clean;
use crate::store::DirectoryAddress;

/// No answer that is wanted is longer, in bytes: a page of a thousand readings has two million.
pub const MOST_BYTES: usize = 16 * 1024 * 1024;

/// How often a server may send on to another place of its own: a gateway and a versioned base need one each, and more
/// is a circle.
const MOST_HOPS: u8 = 3;

/// What is accepted: some servers answer as plain JSON.
const ACCEPTED: &str = "application/fhir+json, application/json;q=0.9";

/// The connection.
#[derive(Debug, Clone)]
pub struct FhirClient {
    http: Client,
    settings: Arc<FhirSettings>,
    access: RequestAccess,
    capabilities: Arc<OnceCell<Capabilities>>,
    /// What is known of it in this piece of work, in which somebody else said that there is nothing.
    unheard: Arc<OnceCell<Capabilities>>,
    /// Is told of every question and every answer.
    signs: SignsOfLife,
}

/// An answer that is a success.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; `Null` where there is none.
    pub body: Value,
}

impl FhirClient {
    /// A connection as the settings say. Nothing is sent yet.
    ///
    /// # Errors
    /// [`FhirError::Certificates`], [`FhirError::Settings`], and [`FhirError::SignIn`] if this computer has no key.
    pub fn new(settings: Arc<FhirSettings>) -> Result<Self, FhirError> {
        let accept = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(ACCEPTED))]);
        let http = connection::client(&settings, |client| client.default_headers(accept))?;
        let access = RequestAccess::new(&settings)?;
        let (capabilities, unheard) = (Arc::default(), Arc::default());
        Ok(Self { http, settings, access, capabilities, unheard, signs: SignsOfLife::default() })
    }

    /// Where the server is.
    #[must_use]
    pub fn base(&self) -> &ServerBase {
        &self.settings.base
    }

    /// Where the directory is: the same key is another patient at another server, and for another tenant. The name of a
    /// header is the same in capitals (RFC 9110 section 5.1).
    #[must_use]
    pub fn directory(&self) -> DirectoryAddress {
        let tenant = self.settings.tenant_header.as_ref();
        DirectoryAddress {
            base: self.settings.base.to_string(),
            tenant: tenant.map_or_else(String::new, |TenantHeader { name, value }| {
                format!("{}: {value}", name.to_ascii_lowercase())
            }),
        }
    }

    /// Whether people sign in by a code on another device.
    #[must_use]
    pub fn signs_in_by_code(&self) -> bool {
        self.people().is_some()
    }

    /// Whether what was undone is withdrawn there.
    #[must_use]
    pub fn withdraws(&self) -> bool {
        self.settings.mapping.writes(MappingPart::Withdrawal)
    }

    /// How this computer, or whoever works at it, signs in.
    pub(super) fn sign_in(&self) -> &SignInSettings {
        &self.settings.sign_in
    }

    /// The client of an authorization server, if tokens come from there.
    #[must_use]
    pub fn oauth(&self) -> Option<&OAuthClient> {
        self.access.oauth()
    }

    /// The tokens of those who signed in, if everybody has their own.
    pub(super) const fn people(&self) -> Option<&Arc<PersonTokens>> {
        self.access.people()
    }

    /// The same connection, for something that is asked by whoever signed in so.
    pub(super) fn of_session(&self, session: &str) -> Self {
        Self { access: self.access.of_session(session), unheard: Arc::default(), ..self.clone() }
    }

    /// The same connection, for a piece of work that gives these signs of life.
    pub(super) fn giving(&self, signs: &SignsOfLife) -> Self {
        Self { signs: signs.clone(), unheard: Arc::default(), ..self.clone() }
    }

    /// What this computer may do there, by the token that it has; asked for if it has none. Nothing is known of it
    /// where tokens are not got.
    ///
    /// # Errors
    /// [`OAuthError`].
    pub async fn granted(&self) -> Result<Arc<GrantedScopes>, OAuthError> {
        match self.access.credential(None).await? {
            RequestCredential::Bearer(Bearer { granted, .. }) => Ok(granted),
            RequestCredential::Nobody | RequestCredential::Basic { .. } | RequestCredential::Token(_) => {
                Ok(Arc::default())
            }
        }
    }

    /// What was granted last, without anything being asked for it; nothing is known of it before a token was got.
    ///
    /// # Errors
    /// [`OAuthError::Ended`] if whoever asks is not signed in.
    pub(super) async fn granted_last(&self) -> Result<Arc<GrantedScopes>, OAuthError> {
        self.access.granted_last().await
    }

    /// How what is written there is written.
    #[must_use]
    pub fn mapping(&self) -> &MappingSettings {
        &self.settings.mapping
    }

    /// What the server says it can; asked once. A server that says nothing of it is not known to be unable. Where
    /// somebody else answers that there is nothing, so it is for this piece of work, and the next one asks again.
    ///
    /// # Errors
    /// [`FhirError`]; then it is asked again the next time.
    pub async fn capabilities(&self) -> Result<&Capabilities, FhirError> {
        if let Some(unheard) = self.unheard.get() {
            return Ok(unheard);
        }
        match self.said().await {
            Err(error) if error.status() == Some(404) => {
                Ok(self.unheard.get_or_init(|| async { Capabilities::unheard() }).await)
            }
            said => said,
        }
    }

    /// The same, by the server itself alone.
    async fn said(&self) -> Result<&Capabilities, FhirError> {
        let ask = || async {
            let open = self.sent(&FhirRequest::open(self.base().join("metadata"))).await;
            let asked = match open {
                // Some tell it only to whom they know.
                Err(FhirError::Status { status: 401 | 403, .. }) if self.oauth().is_some() => {
                    self.sent(&FhirRequest::get(self.base().join("metadata"))).await
                }
                asked => asked,
            };
            match asked {
                Ok(answer) => Capabilities::of(&answer.body),
                Err(FhirError::Status { status: 404, is_foreign: false, .. }) => Ok(Capabilities::unsaid()),
                Err(error) => Err(error),
            }
        };
        self.capabilities.get_or_try_init(ask).await
    }

    /// The same, as far as it was asked.
    pub(super) fn capabilities_so_far(&self) -> Option<&Capabilities> {
        self.capabilities.get()
    }

    /// The same, if it is known or comes so soon.
    pub(super) async fn capabilities_within(&self, wait: Duration) -> Option<&Capabilities> {
        tokio::time::timeout(wait, self.capabilities()).await.ok()?.ok()
    }

    /// What a server says outside of FHIR, below its base: `.well-known/smart-configuration`.
    ///
    /// # Errors
    /// [`FhirError`].
    pub async fn well_known(&self, name: &str) -> Result<Answer, FhirError> {
        self.sent(&FhirRequest::open(self.base().join(&format!(".well-known/{name}")))).await
    }

    /// Sends it, and gives a success, in which what the server has itself is referred to without its address.
    pub(super) async fn send(&self, request: FhirRequest) -> Result<Answer, FhirError> {
        let mut answer = self.sent(&request).await?;
        // The server may believe that it is elsewhere, as its statement says then. Only an answer with such an address
        // is worth the question, which it must answer itself: what is its own would be taken for another server's.
        if make_relative(&mut answer.body, self.base()) {
            let said = if request.is_question() {
                Some(self.said().await.map_err(|error| FhirError::AddressUnknown(Box::new(error)))?)
            } else {
                // What was written is written, whatever else cannot be asked.
                self.capabilities.get()
            };
            if let Some(address) = said.and_then(|said| said.address.as_ref()) {
                make_relative(&mut answer.body, address);
            }
        }
        Ok(answer)
    }

    /// Sends it, and gives a success. A token that the server does not take is replaced once.
    async fn sent(&self, request: &FhirRequest) -> Result<Answer, FhirError> {
        let credential = if request.is_open { self.access.open() } else { self.access.credential(None).await? };
        match self.send_with(request, &credential).await {
            Err(FhirError::Status { status: 401, .. }) if credential.is_renewable() => {
                let other = self.access.credential(Some(&credential)).await?;
                self.send_with(request, &other).await
            }
            answer => answer,
        }
    }

    /// Sends it, and gives a success; follows the server to another place of its own.
    async fn send_with(&self, request: &FhirRequest, credential: &RequestCredential) -> Result<Answer, FhirError> {
        let FhirRequest { method, url, headers, body, .. } = request;
        let mut url = url.clone();
        for _ in 0..=MOST_HOPS {
            let mut asked = credential.sign(self.http.request(method.clone(), url.clone()).headers(headers.clone()));
            if let Some(TenantHeader { name, value }) = &self.settings.tenant_header {
                asked = asked.header(name, value);
            }
            if let Some(body) = body {
                asked = asked.body(body.clone());
            }
            self.signs.give();
            let response = self.answered(asked, request.is_question()).await?;
            self.signs.give();
            match self.sent_on(method, &response)? {
                Some(next) => url = next,
                None => return self.answer(response, || request.about(self.base())).await,
            }
        }
        Err(FhirError::NoFhir("the server sends on and on"))
    }

    /// Its answer. A server may hang up on a connection that was kept just as it is used again: what changes nothing is
    /// then asked once more, on another one. What changes something is told as unanswered, and is sent again later.
    async fn answered(&self, asked: RequestBuilder, is_question: bool) -> Result<Response, FhirError> {
        let again = asked.try_clone().filter(|_| is_question);
        let sent = match (asked.send().await, again) {
            (Err(error), Some(again)) if error.is_request() && !error.is_connect() && !error.is_timeout() => {
                again.send().await
            }
            (sent, _) => sent,
        };
        sent.map_err(|error| self.transport(error))
    }

    /// Where the server sends on to, if it does.
    fn sent_on(&self, method: &Method, response: &Response) -> Result<Option<Url>, FhirError> {
        let status = response.status();
        // RFC 9110, sections 15.4.8 and 15.4.9: these two keep method and body.
        let keeps = matches!(status.as_u16(), 307 | 308);
        if !status.is_redirection() {
            return Ok(None);
        }
        let location = response.headers().get(header::LOCATION).and_then(|place| place.to_str().ok());
        let next = location.and_then(|place| response.url().join(place).ok());
        let elsewhere = next.as_ref().is_some_and(|next| !self.base().is_origin_of(next));
        // Anything else would make another question of one with a body (RFC 9110 section 15.4).
        match next.filter(|_| !elsewhere && (*method == Method::GET || keeps)) {
            Some(next) => Ok(Some(next)),
            None => Err(FhirError::SentOn { status: status.as_u16(), elsewhere }),
        }
    }

    /// A success, or what the server says of why it says no to what this was about.
    async fn answer(&self, response: Response, about: impl FnOnce() -> Clean) -> Result<Answer, FhirError> {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = self.body(response).await;
        if !status.is_success() {
            // Its reason is worth having, and no more than that.
            let bytes = body.unwrap_or_default();
            let outcome = Outcomes::of(&json(&headers, &bytes).unwrap_or_default());
            let is_foreign = is_foreign(status, &outcome, &headers, &bytes);
            let (status, retry_after) = (status.as_u16(), connection::retry_after(&headers));
            return Err(FhirError::Status { status, about: about(), outcome, retry_after, is_foreign });
        }
        let bytes = body?;
        let body =
            if bytes.is_empty() || status == StatusCode::NO_CONTENT { Value::Null } else { json(&headers, &bytes)? };
        Ok(Answer { status: status.as_u16(), headers, body })
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, FhirError> {
        connection::body(&mut response, MOST_BYTES).await.map_err(|fault| match fault {
            BodyFault::Broken(error) => self.transport(error),
            BodyFault::TooLong => FhirError::TooLong { most: MOST_BYTES },
        })
    }

    fn transport(&self, error: reqwest::Error) -> FhirError {
        FhirError::transport(error, self.settings.timeout.as_secs())
    }
}
