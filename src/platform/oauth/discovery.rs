//! Where tokens are given out: the settings say it, else the FHIR server itself (SMART App Launch 2.2.0, conformance),
//! and its issuer what it leaves out (`OpenID` Connect Discovery 1.0, RFC 8414).

use serde_json::Value;
use url::Url;

use super::error::OAuthError;
use super::http::OAuthHttp;
use super::scopes::ScopeForm;
use crate::config::{FhirSettings, OAuthSettings, ServerBase};
use crate::domain::text::Clean;

/// How much of a word is kept, in terminal cells.
const WORD_CELLS: usize = 100;

/// How many words of a list are kept.
const MOST_WORDS: usize = 200;

/// What is known of an authorization server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthorizationServer {
    /// Who it is, as it writes itself in what it gives out; empty if that is not said.
    pub issuer: String,
    /// Where tokens are given out.
    pub token_endpoint: Option<Url>,
    /// Where codes are given out that a person types on another device (RFC 8628 section 4).
    pub device_endpoint: Option<Url>,
    /// Where tokens are made worth nothing (RFC 7009).
    pub revocation_endpoint: Option<Url>,
    /// Where it is said who somebody is (`OpenID` Connect Core 1.0 section 5.3).
    pub userinfo_endpoint: Option<Url>,
    /// How a client may say who it is there; nothing if that is not said.
    pub ways_to_authenticate: Vec<Clean>,
    /// With what it may sign; nothing if that is not said.
    pub algorithms: Vec<Clean>,
    /// For what tokens are given out; nothing if that is not said.
    pub grant_types: Vec<Clean>,
    /// In which form scopes are taken.
    pub scope_form: ScopeForm,
}

/// Asks whoever knows it.
pub(super) async fn discover(
    http: &OAuthHttp,
    settings: &FhirSettings,
    client: &OAuthSettings,
) -> Result<AuthorizationServer, OAuthError> {
    let of_base = settings.base.join(".well-known/smart-configuration");
    let smart = match (http.look(of_base, settings.tenant_header.as_ref(), None).await, &client.issuer) {
        (Ok(said), _) => said.unwrap_or_default(),
        // The settings say where to ask; what else the server says can be done without.
        (Err(_), Some(_)) => Value::Null,
        (Err(error), None) => return Err(error),
    };
    let named = smart.get("issuer").and_then(Value::as_str);
    let issuer = match &client.issuer {
        Some(issuer) => Some(metadata(http, issuer, settings.allow_http).await?),
        None => match named.and_then(|named| ServerBase::parse(named, settings.allow_http).ok()) {
            // What the FHIR server says is enough for a token; the issuer only adds to it.
            Some(issuer) => metadata(http, &issuer, settings.allow_http).await.ok(),
            None => None,
        },
    };
    let issuer = issuer.unwrap_or_default();
    let (first, second) = if client.issuer.is_some() { (&issuer, &smart) } else { (&smart, &issuer) };
    Ok(AuthorizationServer {
        issuer: first.get("issuer").or(second.get("issuer")).and_then(Value::as_str).unwrap_or_default().to_owned(),
        token_endpoint: endpoint(first, second, "token_endpoint"),
        device_endpoint: endpoint(first, second, "device_authorization_endpoint"),
        revocation_endpoint: endpoint(first, second, "revocation_endpoint"),
        userinfo_endpoint: endpoint(first, second, "userinfo_endpoint"),
        ways_to_authenticate: words(first, second, "token_endpoint_auth_methods_supported"),
        algorithms: words(first, second, "token_endpoint_auth_signing_alg_values_supported"),
        grant_types: words(first, second, "grant_types_supported"),
        scope_form: scope_form(&smart),
    })
}

/// What an issuer says of itself, wherever it says it.
async fn metadata(http: &OAuthHttp, issuer: &ServerBase, allow_http: bool) -> Result<Value, OAuthError> {
    let mut inserted = issuer.url().clone();
    // RFC 8414 section 3.1: before the issuer's own path, not behind it.
    inserted.set_path(&format!("/.well-known/oauth-authorization-server{}", issuer.url().path().trim_end_matches('/')));
    for place in [issuer.join(".well-known/openid-configuration"), inserted] {
        let Some(said) = http.look(place, None, None).await? else { continue };
        let told = said.get("issuer").and_then(Value::as_str).unwrap_or_default();
        // RFC 8414 section 3.3: otherwise one could speak for another.
        if ServerBase::parse(told, allow_http).ok().as_ref() != Some(issuer) {
            return Err(OAuthError::Unusable("it speaks for another issuer"));
        }
        return Ok(said);
    }
    Err(OAuthError::NoEndpoint("tokens are given out: the issuer says nothing of itself"))
}

fn endpoint(first: &Value, second: &Value, name: &str) -> Option<Url> {
    [first, second].iter().find_map(|said| Url::parse(said.get(name)?.as_str()?).ok())
}

fn words(first: &Value, second: &Value, name: &str) -> Vec<Clean> {
    let list = |said: &Value| {
        let list = said.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        list.take(MOST_WORDS).map(|word| Clean::new(word, WORD_CELLS)).collect::<Vec<_>>()
    };
    let said = list(first);
    if said.is_empty() { list(second) } else { said }
}

/// Version 2, unless the server says that it takes version 1 and no other.
fn scope_form(smart: &Value) -> ScopeForm {
    let capabilities = smart.get("capabilities").and_then(Value::as_array);
    let has = |name: &str| capabilities.is_some_and(|list| list.iter().any(|said| said == name));
    if has("permission-v1") && !has("permission-v2") { ScopeForm::V1 } else { ScopeForm::V2 }
}
