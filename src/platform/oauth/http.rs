//! Requests to an authorization server. It is never followed to another place: what is sent there is a secret.

use std::pin::Pin;

use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::header;
use reqwest::{Client, Response};
use serde_json::Value;
use url::Url;

use super::super::connection::{self, BodyFault, ConnectionError};
use super::error::OAuthError;
use crate::config::{FhirSettings, ServerBase, TenantHeader};

/// No answer that is wanted is longer, in bytes.
const MOST_BYTES: usize = 1024 * 1024;

/// A capability statement lists every search of every type: as long as the FHIR client takes answers, in bytes.
const MOST_BYTES_OF_STATEMENT: usize = 16 * 1024 * 1024;

/// The statuses by which a server says that it has nothing there.
const NOTHING_THERE: [u16; 5] = [401, 403, 404, 405, 410];

/// The connection.
#[derive(Debug, Clone)]
pub(super) struct OAuthHttp {
    http: Client,
    allow_http: bool,
    seconds: u64,
}

impl OAuthHttp {
    /// One as the settings say.
    pub(super) fn new(settings: &FhirSettings) -> Result<Self, ConnectionError> {
        let http = connection::client(settings, |client| client)?;
        Ok(Self { http, allow_http: settings.allow_http, seconds: settings.timeout.as_secs() })
    }

    /// What stands at this address, if anything does.
    pub(super) async fn look(
        &self,
        url: Url,
        more: Option<&TenantHeader>,
        bearer: Option<&str>,
    ) -> Result<Option<Value>, OAuthError> {
        self.look_for(url, more, bearer, MOST_BYTES).await
    }

    /// What a FHIR server says of itself, if it does.
    pub(super) async fn statement(&self, url: Url, more: Option<&TenantHeader>) -> Result<Option<Value>, OAuthError> {
        self.look_for(url, more, None, MOST_BYTES_OF_STATEMENT).await
    }

    async fn look_for(
        &self,
        url: Url,
        more: Option<&TenantHeader>,
        bearer: Option<&str>,
        most_bytes: usize,
    ) -> Result<Option<Value>, OAuthError> {
        self.check(url.as_str())?;
        let mut asked = self.http.get(url).header(header::ACCEPT, "application/json");
        if let Some(TenantHeader { name, value }) = more {
            asked = asked.header(name, value);
        }
        if let Some(bearer) = bearer {
            asked = asked.bearer_auth(bearer);
        }
        let mut response = asked.send().await.map_err(|error| self.transport(error))?;
        let status = response.status().as_u16();
        if NOTHING_THERE.contains(&status) {
            return Ok(None);
        }
        if status != 200 {
            return Err(OAuthError::Answer { status, retry_after: connection::retry_after(response.headers()) });
        }
        let body = self.body(&mut response, most_bytes).await?;
        serde_json::from_slice(&body).map(Some).map_err(|_| OAuthError::NoJson)
    }

    /// Sends a form that makes a token worth nothing (RFC 7009).
    pub(super) async fn post(
        &self,
        url: Url,
        form: &[(&str, &str)],
        client: Option<(&str, &str)>,
    ) -> Result<(), OAuthError> {
        self.check(url.as_str())?;
        let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let mut asked =
            self.http.post(url).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        if let Some((id, secret)) = client {
            // RFC 6749, section 2.3.1: both are form-encoded before they go into the header.
            asked = asked.basic_auth(encoded(id), Some(encoded(secret)));
        }
        let mut response = asked.send().await.map_err(|error| self.transport(error))?;
        let (status, retry_after) = (response.status(), connection::retry_after(response.headers()));
        if status.is_success() {
            return Ok(());
        }
        // RFC 7009 section 2.2.1: such a token cannot be taken back, and ends by itself.
        let body = self.body(&mut response, MOST_BYTES).await?;
        let said = serde_json::from_slice::<Value>(&body).unwrap_or_default();
        if status == 400 && said.get("error").is_some_and(|code| code == "unsupported_token_type") {
            return Ok(());
        }
        match said.get("error").and_then(Value::as_str) {
            Some(code) => Err(OAuthError::said(code, None)),
            None => Err(OAuthError::Answer { status: status.as_u16(), retry_after }),
        }
    }

    /// Nothing goes without TLS, but to this computer or where the settings allow it.
    fn check(&self, url: &str) -> Result<(), OAuthError> {
        ServerBase::parse(url.split(['?', '#']).next().unwrap_or_default(), self.allow_http)
            .map(drop)
            .map_err(|_| OAuthError::Readable)
    }

    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, OAuthError> {
        let (head, body) = request.into_parts();
        let url = head.uri.to_string();
        self.check(&url)?;
        let asked = self.http.request(head.method, url).headers(head.headers).body(body);
        let mut response = asked.send().await.map_err(|error| self.transport(error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = self.body(&mut response, MOST_BYTES).await?;
        // A page of a gateway says nothing about the token that was asked for.
        let is_said = serde_json::from_slice::<Value>(&body).is_ok_and(|said| said.get("error").is_some());
        if !status.is_success() && !is_said {
            return Err(OAuthError::Answer { status: status.as_u16(), retry_after: connection::retry_after(&headers) });
        }
        let mut answer = HttpResponse::new(body);
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        Ok(answer)
    }

    async fn body(&self, response: &mut Response, most_bytes: usize) -> Result<Vec<u8>, OAuthError> {
        connection::body(response, most_bytes).await.map_err(|fault| match fault {
            BodyFault::Broken(error) => self.transport(error),
            BodyFault::TooLong => OAuthError::Unusable("it is longer than any that is wanted"),
        })
    }

    fn transport(&self, error: reqwest::Error) -> OAuthError {
        OAuthError::transport(error, self.seconds)
    }
}

impl<'c> AsyncHttpClient<'c> for OAuthHttp {
    type Error = OAuthError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, OAuthError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}
