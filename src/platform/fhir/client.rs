//! One connection to one FHIR server: requests out, checked JSON in.
//!
//! What goes to the server stays with it: nothing is sent on to another host, a search goes by POST so that no name
//! stands in an address, and without TLS nothing is sent but to this computer, unless the settings allow it
//! (`ServerBase`). What comes is limited in size and depth, and is JSON of FHIR or nothing.

use std::fs;
use std::sync::Arc;

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use tokio::sync::OnceCell;
use url::Url;

use super::capabilities::Capabilities;
use super::error::{FhirError, Outcomes};
use crate::config::{FhirSettings, ServerBase, SignInSettings, TenantHeader};

/// No answer that is wanted is longer, in bytes: a page of a thousand readings has two million.
pub const MOST_BYTES: usize = 16 * 1024 * 1024;

/// How often a server may send on to another place of its own.
const MOST_HOPS: u8 = 3;

/// FHIR's own content type, in the version that is meant (FHIR R4, http.html#mime-type).
const FHIR_JSON: &str = "application/fhir+json";

/// What is accepted: some servers answer as plain JSON.
const ACCEPTED: &str = "application/fhir+json, application/json;q=0.9";

/// The connection.
#[derive(Debug, Clone)]
pub struct FhirClient {
    http: Client,
    settings: Arc<FhirSettings>,
    capabilities: Arc<OnceCell<Capabilities>>,
}

/// A request.
#[derive(Debug)]
pub(super) struct FhirRequest {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
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

impl FhirRequest {
    /// One without a body.
    pub(super) fn get(url: Url) -> Self {
        Self { method: Method::GET, url, headers: HeaderMap::new(), body: None }
    }

    /// A search, its parameters in the body (FHIR R4, search.html#st1.1). What the server does not
    /// understand it is to refuse.
    pub(super) fn search(url: Url, parameters: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded")),
            (HeaderName::from_static("prefer"), HeaderValue::from_static("handling=strict")),
            // A server may give a result that it has kept since before the last write.
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        ];
        Self { method: Method::POST, url, headers: headers.into_iter().collect(), body: Some(body.into_bytes()) }
    }
}

impl FhirRequest {
    /// An update, of this version alone if one is named (FHIR R4, http.html#concurrency).
    pub(super) fn put(url: Url, resource: &Value, version: Option<&str>) -> Self {
        let version = version.and_then(|version| HeaderValue::try_from(version).ok());
        let condition = version.map(|version| (header::IF_MATCH, version));
        Self::write(Method::PUT, url, resource, condition)
    }

    /// A bundle that is to be done.
    pub(super) fn bundle(url: Url, bundle: &Value) -> Self {
        Self::write(Method::POST, url, bundle, None)
    }

    /// What is written is not wanted back: what is shown comes from here.
    fn write(method: Method, url: Url, body: &Value, more: Option<(HeaderName, HeaderValue)>) -> Self {
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(FHIR_JSON)),
            (HeaderName::from_static("prefer"), HeaderValue::from_static("return=minimal")),
        ];
        let headers = headers.into_iter().chain(more).collect();
        Self { method, url, headers, body: Some(body.to_string().into_bytes()) }
    }
}

impl FhirClient {
    /// A connection as the settings say. Nothing is sent yet.
    ///
    /// # Errors
    /// [`FhirError::Certificates`], [`FhirError::Settings`].
    pub fn new(settings: Arc<FhirSettings>) -> Result<Self, FhirError> {
        // One of this process for all; whichever came first is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut client = Client::builder()
            .user_agent(concat!("glucodock/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false)
            .timeout(settings.timeout)
            .default_headers(HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(ACCEPTED))]));
        if let Some(file) = &settings.ca_file {
            // What cannot be read any more has no certificate in it, and the connection is refused.
            let pem = fs::read(file).unwrap_or_default();
            let certificates = Certificate::from_pem_bundle(&pem).map_err(FhirError::Certificates)?;
            client = client.tls_certs_only(certificates);
        } else if settings.base.url().scheme() == "http" {
            // Without TLS no certificate is looked at, and a computer that has none can be used.
            client = client.tls_certs_only([]);
        }
        if settings.base.is_this_computer() {
            client = client.no_proxy();
        }
        Ok(Self { http: client.build().map_err(FhirError::Settings)?, settings, capabilities: Arc::default() })
    }

    /// Where the server is.
    #[must_use]
    pub fn base(&self) -> &ServerBase {
        &self.settings.base
    }

    /// What the server says it can; asked once. A server that says nothing of it is not known to be unable.
    ///
    /// # Errors
    /// [`FhirError`]; then it is asked again the next time.
    pub async fn capabilities(&self) -> Result<&Capabilities, FhirError> {
        let ask = || async {
            match self.send(FhirRequest::get(self.base().join("metadata"))).await {
                Ok(answer) => Capabilities::of(&answer.body),
                Err(error) if error.status() == Some(404) => Ok(Capabilities::unsaid()),
                Err(error) => Err(error),
            }
        };
        self.capabilities.get_or_try_init(ask).await
    }

    /// What a server says outside of FHIR, below its base: `.well-known/smart-configuration`.
    ///
    /// # Errors
    /// [`FhirError`].
    pub async fn well_known(&self, name: &str) -> Result<Answer, FhirError> {
        self.send(FhirRequest::get(self.base().join(&format!(".well-known/{name}")))).await
    }

    /// Sends it, and gives a success; follows the server to another place of its own.
    pub(super) async fn send(&self, request: FhirRequest) -> Result<Answer, FhirError> {
        let FhirRequest { method, mut url, headers, body } = request;
        for _ in 0..=MOST_HOPS {
            let mut asked = self.signed(self.http.request(method.clone(), url.clone()).headers(headers.clone()));
            if let Some(body) = &body {
                asked = asked.body(body.clone());
            }
            let response = asked.send().await.map_err(|error| self.transport(error))?;
            match self.sent_on(&method, &response)? {
                Some(next) => url = next,
                None => return self.answer(response).await,
            }
        }
        Err(FhirError::NoFhir("the server sends on and on"))
    }

    /// The request with what says who asks, and for which tenant.
    fn signed(&self, asked: RequestBuilder) -> RequestBuilder {
        let asked = match &self.settings.sign_in {
            SignInSettings::None => asked,
            SignInSettings::Basic { user, password, .. } => asked.basic_auth(user, Some(password.expose())),
            SignInSettings::Token { token, .. } => asked.bearer_auth(token.expose()),
        };
        match &self.settings.tenant_header {
            None => asked,
            Some(TenantHeader { name, value }) => asked.header(name, value),
        }
    }

    /// Where the server sends on to, if it does.
    fn sent_on(&self, method: &Method, response: &Response) -> Result<Option<Url>, FhirError> {
        let status = response.status();
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

    async fn answer(&self, response: Response) -> Result<Answer, FhirError> {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = self.body(response).await;
        if !status.is_success() {
            // Its reason is worth having, and no more than that.
            let said = body.ok().and_then(|bytes| json(&headers, &bytes).ok()).unwrap_or_default();
            let retry_after = retry_after(&headers);
            return Err(FhirError::Status { status: status.as_u16(), outcome: Outcomes::of(&said), retry_after });
        }
        let bytes = body?;
        let body =
            if bytes.is_empty() || status == StatusCode::NO_CONTENT { Value::Null } else { json(&headers, &bytes)? };
        Ok(Answer { status: status.as_u16(), headers, body })
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, FhirError> {
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.transport(error))? {
            if bytes.len().saturating_add(chunk.len()) > MOST_BYTES {
                return Err(FhirError::TooLong { most: MOST_BYTES });
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    fn transport(&self, error: reqwest::Error) -> FhirError {
        FhirError::transport(error, self.settings.timeout.as_secs())
    }
}

/// The body of an answer that is said to be JSON. Deeper than 128 it is refused, by `serde_json`.
fn json(headers: &HeaderMap, bytes: &[u8]) -> Result<Value, FhirError> {
    let said = headers.get(header::CONTENT_TYPE).and_then(|said| said.to_str().ok()).unwrap_or_default();
    let kind = said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind != FHIR_JSON && kind != "application/json" {
        return Err(FhirError::NoFhir("its content type is not JSON"));
    }
    serde_json::from_slice(bytes).map_err(|error| FhirError::NoJson(error.into()))
}

/// Seconds until the server wants to be asked again, or the time of it (RFC 9110 section 10.2.3) against its own clock.
fn retry_after(headers: &HeaderMap) -> Option<u32> {
    let said = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = said.parse() {
        return Some(seconds);
    }
    let (then, now) = (http_date(said)?, http_date(headers.get(header::DATE)?.to_str().ok()?)?);
    u32::try_from(then.duration_since(now).as_secs()).ok()
}

/// A time as HTTP writes it: `Sat, 28 Nov 2026 17:42:43 GMT` (RFC 9110 section 5.6.7).
pub(super) fn http_date(text: &str) -> Option<jiff::Timestamp> {
    jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())
}
