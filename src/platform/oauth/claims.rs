//! Who somebody is, by what an authorization server says of them: in the `id_token` that comes with their token, and
//! where it is asked for (`OpenID` Connect Core 1.0).
//!
//! The `id_token` comes from the server itself over TLS, which says as much as its signature (section 3.1.3.7).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::client::OAuthClient;
use super::device_grant::PersonGrant;
use super::error::OAuthError;
use crate::config::RoleSettings;
use crate::domain::clinic::{Role, User};
use crate::domain::text::{Clean, NAME_CELLS};

/// How far its clock may be from ours.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Somebody, and the role that they have here, if any.
pub(in crate::platform) struct KnownPerson {
    /// Their key: the resource that `fhirUser` names, else the subject.
    pub(in crate::platform) id: String,
    /// The name that they sign in with there.
    login: Clean,
    /// Their name.
    name: Clean,
    /// Their role.
    pub(in crate::platform) role: Option<Role>,
}

impl KnownPerson {
    /// The member of staff, if they have a role.
    pub(in crate::platform) fn user(&self) -> Option<User> {
        let Self { id, login, name, role } = self;
        role.map(|role| User { id: id.clone(), login: login.clone(), name: name.clone(), role })
    }
}

impl OAuthClient {
    /// Who was given these tokens.
    ///
    /// # Errors
    /// [`OAuthError`].
    pub(in crate::platform) async fn person(
        &self,
        grant: &PersonGrant,
        roles: &RoleSettings,
        at: Timestamp,
    ) -> Result<KnownPerson, OAuthError> {
        let server = self.server().await?;
        let mut claims = match &grant.id_token {
            Some(token) => self.id_claims(token, &server.issuer, at)?,
            None => Map::new(),
        };
        if let Some(url) = server.userinfo_endpoint.clone() {
            let bearer = grant.token.access.expose();
            if let Some(Value::Object(more)) = self.http.look(url, None, Some(bearer)).await? {
                // Section 5.3.2: of somebody else it is worth nothing.
                if claims.is_empty() || more.get("sub") == claims.get("sub") {
                    claims.extend(more);
                }
            }
        }
        let claims = Value::Object(claims);
        let text = |name: &str| claims.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        let subject = text("sub").ok_or(OAuthError::Unusable("it does not say who somebody is"))?;
        let id = text("fhirUser").unwrap_or(subject);
        let base = format!("{}/", self.base());
        // The subject last: it may be a number that nobody knows themselves by.
        let login = text("preferred_username").or(text("email")).unwrap_or(subject);
        Ok(KnownPerson {
            id: id.strip_prefix(&base).unwrap_or(id).to_owned(),
            login: Clean::new(login, NAME_CELLS),
            name: Clean::new(text("name").unwrap_or(login), NAME_CELLS),
            role: roles.role_of(|word| has(&claims, &roles.claim, word)),
        })
    }

    /// What an `id_token` says, if it is of this server, for this program, and of now.
    fn id_claims(&self, token: &str, issuer: &str, at: Timestamp) -> Result<Map<String, Value>, OAuthError> {
        let unusable = OAuthError::Unusable("what says who somebody is cannot be read");
        let part = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
        let claims = part.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        let Some(Value::Object(claims)) = claims else { return Err(unusable) };
        let is_for_us = match claims.get("aud") {
            Some(Value::String(audience)) => *audience == self.client.client_id,
            // One or several: both forms are allowed (OpenID Connect Core 1.0 section 2).
            Some(Value::Array(audiences)) => audiences.iter().any(|audience| *audience == *self.client.client_id),
            _ => false,
        };
        let is_of_it = issuer.is_empty() || claims.get("iss").and_then(Value::as_str) == Some(issuer);
        let until = claims.get("exp").and_then(Value::as_i64).and_then(|until| Timestamp::from_second(until).ok());
        let is_of_now = until.is_some_and(|until| at.saturating_sub(SKEW).is_ok_and(|at| at < until));
        if is_for_us && is_of_it && is_of_now { Ok(claims) } else { Err(unusable) }
    }
}

/// Whether a claim has a word: as its text, or in its list. A name with a dot in it may be one, or lead into another.
fn has(claims: &Value, path: &str, word: &str) -> bool {
    let inner = || path.split('.').try_fold(claims, |claims, name| claims.get(name));
    match claims.get(path).or_else(inner) {
        Some(Value::String(text)) => text == word,
        Some(Value::Array(list)) => list.iter().any(|own| own == word),
        _ => false,
    }
}
