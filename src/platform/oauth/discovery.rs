//! Where tokens are given out: the settings say it, else the FHIR server itself (SMART App Launch 2.2.0, conformance;
//! in its capability statement, if it is of version 1), and its issuer what it leaves out (`OpenID` Connect Discovery
//! 1.0, RFC 8414).

use serde_json::{Value, json};
use url::Url;

use super::error::OAuthError;
use super::http::OAuthHttp;
use super::scopes::ScopeForm;
use crate::config::{FhirSettings, OAuthSettings, ServerBase};
use crate::domain::text::Clean;

/// How much of a word is kept, in terminal cells.
const WORD_CELLS: usize = 100;

/// The extension of a capability statement that says where tokens are given out (SMART App Launch 1.0.0, conformance).
const OAUTH_URIS: &str = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris";

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
    let has_token_endpoint = |said: &Value| endpoint(said, &Value::Null, "token_endpoint").is_some();
    let smart = match (http.look(of_base, settings.tenant_header.as_ref(), None).await, &client.issuer) {
        (Ok(Some(said)), _) => said,
        (Ok(None), None) => of_statement(http, settings).await?.unwrap_or_default(),
        // The settings say where to ask; what else the server says can be done without.
        (Ok(None) | Err(_), Some(_)) => Value::Null,
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
    let mut issuer = issuer.unwrap_or_default();
    // A configuration that leaves it out: what the server says elsewhere is better than nothing.
    if client.issuer.is_none() && !has_token_endpoint(&smart) && !has_token_endpoint(&issuer) {
        issuer = with_more(issuer, of_statement(http, settings).await?);
    }
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

async fn of_statement(http: &OAuthHttp, settings: &FhirSettings) -> Result<Option<Value>, OAuthError> {
    let statement = http.statement(settings.base.join("metadata"), settings.tenant_header.as_ref()).await?;
    Ok(statement.as_ref().and_then(oauth_uris))
}

/// What is said, and what somebody else says of what it leaves out.
fn with_more(said: Value, more: Option<Value>) -> Value {
    match (said, more) {
        (Value::Object(said), Some(Value::Object(mut more))) => {
            more.extend(said);
            Value::Object(more)
        }
        (Value::Object(said), _) => Value::Object(said),
        (_, more) => more.unwrap_or_default(),
    }
}

/// What a capability statement says of where tokens are given out, under the names of a SMART configuration.
pub(in crate::platform) fn oauth_uris(statement: &Value) -> Option<Value> {
    let list = |of: &Value, name: &str| of.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let is = |extension: &Value, url: &str| extension.get("url").and_then(Value::as_str) == Some(url);
    let servers = list(statement, "rest");
    let mut extensions = servers.iter().filter_map(|rest| rest.get("security")).flat_map(|of| list(of, "extension"));
    let uris = list(&extensions.find(|extension| is(extension, OAUTH_URIS))?, "extension");
    let uri = |name: &str| uris.iter().find(|uri| is(uri, name)).and_then(|uri| uri.get("valueUri"));
    Some(json!({
        "token_endpoint": uri("token")?,
        "revocation_endpoint": uri("revoke"),
        // The extension is of version 1; a server of version 2 says all of it in its configuration.
        "capabilities": ["permission-v1"],
    }))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capability_statement_of_smart_1_says_where_tokens_are_given_out() {
        let statement = |extensions: Value| {
            json!({ "resourceType": "CapabilityStatement", "rest": [
                { "mode": "client" }, { "mode": "server", "security": { "cors": true, "extension": extensions } },
            ] })
        };
        let uris = json!([
            { "url": "http://example.org/other", "extension": [
                { "url": "token", "valueUri": "https://other.example" },
            ] },
            { "url": OAUTH_URIS, "extension": [
                { "url": "authorize", "valueUri": "https://login.example.org/authorize" },
                { "url": "token", "valueUri": "https://login.example.org/token" },
                { "url": "revoke", "valueUri": "https://login.example.org/revoke" },
            ] },
        ]);
        let said = oauth_uris(&statement(uris)).unwrap();
        let named = |name: &str| endpoint(&said, &Value::Null, name).map(String::from);
        assert_eq!(named("token_endpoint").as_deref(), Some("https://login.example.org/token"));
        assert_eq!(named("revocation_endpoint").as_deref(), Some("https://login.example.org/revoke"));
        assert_eq!(scope_form(&said), ScopeForm::V1);
        for without in [json!([]), json!([{ "url": OAUTH_URIS }]), json!("x"), Value::Null] {
            assert_eq!(oauth_uris(&statement(without)), None);
        }
        assert_eq!(oauth_uris(&Value::Null), None);
    }
}
