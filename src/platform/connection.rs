//! How this program connects to a server: over TLS as the settings say, never sent on by itself, and with a bound on
//! what it takes.
//!
//! `reqwest` goes without HTTP/2 and compression, over `rustls` with `ring`: of the providers of `rustls` the one that
//! needs nothing but a C compiler to build. `url` is what `reqwest` takes addresses as.

use std::fs;
use std::time::Duration;

use reqwest::header::{self, HeaderMap};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, Response};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;

use super::pinned::pinned;
use crate::config::FhirSettings;

/// The longest that a server is waited for which asks for patience, in seconds: as long as a delivery waits between two
/// attempts.
const MOST_PATIENCE: u32 = 15 * 60;

/// A connection is used again for so long. Node's servers and Apache's hang up after 5 s without a request, and one
/// that is sent just then gets no answer.
const KEPT_IDLE: Duration = Duration::from_secs(4);

/// Why a connection cannot be prepared. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// It cannot be made of the settings.
    #[error("the connection cannot be prepared")]
    Settings(#[source] reqwest::Error),
    /// A certificate file holds no certificate that can be read.
    #[error("the certificates cannot be used")]
    Certificates(#[source] reqwest::Error),
    /// The same, where the server is known by its own certificate.
    #[error("the certificates cannot be used")]
    Pinned(#[source] rustls::Error),
}

/// Why a body did not come as a whole.
#[derive(Debug)]
pub(super) enum BodyFault {
    /// The connection ended before it did.
    Broken(reqwest::Error),
    /// It is longer than any that is wanted.
    TooLong,
}

/// A client for the servers of these settings.
pub(super) fn client(
    settings: &FhirSettings,
    more: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Result<Client, ConnectionError> {
    // One of this process for all; whichever came first is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut client = Client::builder()
        .user_agent(concat!("glucodock/", env!("CARGO_PKG_VERSION")))
        // A server that sends on could send what is meant for it to another host; the FHIR client follows by itself,
        // within the server.
        .redirect(Policy::none())
        .referer(false)
        .pool_idle_timeout(KEPT_IDLE)
        .timeout(settings.timeout);
    if !settings.certificates.is_empty() {
        client = client.tls_backend_preconfigured(tls(settings)?);
    } else if let Some(file) = &settings.ca_file {
        // What cannot be read any more has no certificate in it, and the connection is refused.
        let pem = fs::read(file).unwrap_or_default();
        let certificates = Certificate::from_pem_bundle(&pem).map_err(ConnectionError::Certificates)?;
        client = client.tls_certs_only(certificates);
    } else if settings.base.url().scheme() == "http" && !is_elsewhere(settings) {
        // Without TLS no certificate is looked at, and a computer that has none can be used.
        client = client.tls_certs_only([]);
    }
    // A proxy of the clinic does not lead to this computer's own loopback.
    if settings.base.is_this_computer() {
        client = client.no_proxy();
    }
    more(client).build().map_err(ConnectionError::Settings)
}

/// TLS to the server of the settings by its own certificate, and to others by who signed theirs.
fn tls(settings: &FhirSettings) -> Result<ClientConfig, ConnectionError> {
    let host = settings.base.url().host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let nameless = |_| ConnectionError::Pinned(rustls::Error::General("the server's name is none".to_owned()));
    let name = ServerName::try_from(host).map_err(nameless)?;
    let authorities = settings.ca_file.as_ref().map(|file| fs::read(file).unwrap_or_default());
    pinned(name, settings.certificates.clone(), authorities.as_deref()).map_err(ConnectionError::Pinned)
}

/// Whether the settings name a server with TLS besides.
fn is_elsewhere(settings: &FhirSettings) -> bool {
    let issuer = settings.sign_in.client().and_then(|client| client.issuer.as_ref());
    issuer.is_some_and(|issuer| issuer.url().scheme() == "https")
}

/// The body of an answer, of at most so many bytes.
pub(super) async fn body(response: &mut Response, most: usize) -> Result<Vec<u8>, BodyFault> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(BodyFault::Broken)? {
        // Counted as it comes: the length that a header names may be wrong or missing.
        if bytes.len().saturating_add(chunk.len()) > most {
            return Err(BodyFault::TooLong);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Seconds until the server wants to be asked again, or the time of it (RFC 9110 section 10.2.3) against its own clock;
/// not more than [`MOST_PATIENCE`].
pub(super) fn retry_after(headers: &HeaderMap) -> Option<u32> {
    let said = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = if let Ok(seconds) = said.parse::<u64>() {
        seconds
    } else {
        let (then, now) = (http_date(said)?, http_date(headers.get(header::DATE)?.to_str().ok()?)?);
        u64::try_from(then.duration_since(now).as_secs()).ok()?
    };
    Some(u32::try_from(seconds).unwrap_or(u32::MAX).min(MOST_PATIENCE))
}

/// A time as HTTP writes it: `Sat, 28 Nov 2026 17:42:43 GMT` (RFC 9110 section 5.6.7).
pub(super) fn http_date(text: &str) -> Option<jiff::Timestamp> {
    jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())
}
