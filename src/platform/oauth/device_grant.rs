//! The sign-in by a code that is typed on another device (RFC 8628), and what becomes of its tokens: they are renewed,
//! and made worth nothing at its end.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use oauth2::{
    AsyncHttpClient, DeviceAuthorizationUrl, HttpRequest, HttpResponse, RefreshToken, Scope,
    StandardDeviceAuthorizationResponse,
};
use serde_json::json;
use tokio::sync::mpsc;

use super::client::{ClientProof, Given, GivenToken, OAuthClient, given, takes_secret_in_body};
use super::error::OAuthError;
use super::http::OAuthHttp;
use super::scopes::GrantedScopes;
use crate::domain::clinic::Password;
use crate::domain::sign_in::DeviceCode;
use crate::domain::text::{Clean, Private};

/// How much of a code or an address is shown, in terminal cells.
const SHOWN_CELLS: usize = 200;

/// What comes of a question whether a code was typed.
pub(in crate::platform) enum Polled {
    /// It was: the tokens.
    Typed(Box<PersonGrant>),
    /// Not yet; ask again after so long.
    NotYet(Duration),
}

/// What somebody is given who typed a code.
pub(in crate::platform) struct PersonGrant {
    /// The tokens.
    pub(super) token: GivenToken,
    /// Who they are.
    pub(super) id_token: Option<String>,
}

impl PersonGrant {
    /// What they may do there.
    pub(in crate::platform) const fn granted(&self) -> &GrantedScopes {
        &self.token.granted
    }
}

/// A question whose failure is kept: `oauth2` would only wait longer for it.
struct OneQuestion<'h> {
    http: &'h OAuthHttp,
    failed: Mutex<Option<OAuthError>>,
}

impl<'c> AsyncHttpClient<'c> for OneQuestion<'_> {
    type Error = OAuthError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, OAuthError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async {
            self.http.call(request).await.map_err(|error| {
                *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                OAuthError::Unusable("it did not answer")
            })
        })
    }
}

impl OAuthClient {
    /// A code to be typed on another device.
    ///
    /// # Errors
    /// [`OAuthError`].
    pub(in crate::platform) async fn device_code(&self, at: Timestamp) -> Result<DeviceCode, OAuthError> {
        let scopes = self.asked_scopes().await?;
        let (client, _) = self.asker().await?;
        let url = self.server().await?.device_endpoint.clone();
        let url = url.ok_or(OAuthError::NoEndpoint("codes are given out for another device"))?;
        let client = client.set_device_authorization_url(DeviceAuthorizationUrl::from_url(url));
        let words = scopes.split(' ').map(|scope| Scope::new(scope.to_owned()));
        let request = client.exchange_device_code().add_scopes(words);
        let told: StandardDeviceAuthorizationResponse = request.request_async(&self.http).await?;
        let shown = |text: &str| Clean::new(text, SHOWN_CELLS);
        let lasts = SignedDuration::try_from(told.expires_in()).unwrap_or(SignedDuration::MAX);
        Ok(DeviceCode {
            user_code: shown(told.user_code().secret()),
            uri: shown(told.verification_uri().as_str()),
            // One that is shown in part opens another page.
            complete_uri: told
                .verification_uri_complete()
                .and_then(|uri| Some(shown(uri.secret())).filter(|shown| shown.as_str() == uri.secret().as_str())),
            expires: at.saturating_add(lasts).unwrap_or(Timestamp::MAX),
            interval: u32::try_from(told.interval().as_secs()).unwrap_or(u32::MAX),
            secret: Private::new(told.device_code().secret().clone()),
        })
    }

    /// Asks once whether the code was typed.
    ///
    /// # Errors
    /// [`OAuthError`].
    pub(in crate::platform) async fn poll(&self, code: &DeviceCode) -> Result<Polled, OAuthError> {
        let scopes = self.asked_scopes().await?;
        let (client, _) = self.asker().await?;
        // As it was told: `oauth2` asks with nothing else.
        let told: StandardDeviceAuthorizationResponse = serde_json::from_value(json!({
            "device_code": code.secret.expose(), "user_code": code.user_code.as_str(),
            "verification_uri": code.uri.as_str(), "expires_in": u32::MAX, "interval": code.interval,
        }))
        .map_err(|_| OAuthError::Unusable("the code cannot be shown again"))?;
        let ask = OneQuestion { http: &self.http, failed: Mutex::default() };
        // It would ask on and on: when it wants to wait, it is left, and the app asks again when it is time.
        let (waits, mut wait) = mpsc::unbounded_channel();
        let rest = |interval: Duration| {
            let _ = waits.send(interval);
            std::future::pending::<()>()
        };
        let asking = client.exchange_device_access_token(&told).request_async(&ask, rest, None);
        // Never again after a success: an authorization server that is shown a spent code takes back what it has just
        // given (seen with oidc-provider).
        let answer: Given = tokio::select! {
            answer = asking => answer?,
            interval = wait.recv() => {
                let failed = ask.failed.lock().unwrap_or_else(PoisonError::into_inner).take();
                return failed.map_or_else(|| Ok(Polled::NotYet(interval.unwrap_or_default())), Err);
            }
        };
        let id_token = answer.extra_fields().id_token.clone();
        Ok(Polled::Typed(Box::new(PersonGrant { token: given(&answer, &scopes)?, id_token })))
    }

    /// The next token (RFC 6749 section 6). What it is got with is worth nothing afterwards, where another comes with
    /// it.
    pub(super) async fn renewed(&self, refresh: &Password) -> Result<GivenToken, OAuthError> {
        let scopes = self.asked_scopes().await?;
        let (client, _) = self.asker().await?;
        let refresh = RefreshToken::new(refresh.expose().to_owned());
        match client.exchange_refresh_token(&refresh).request_async(&self.http).await {
            Ok(answer) => given(&answer, &scopes),
            Err(error) => match OAuthError::from(error) {
                error if error.code() == Some("invalid_grant") => Err(OAuthError::Ended),
                error => Err(error),
            },
        }
    }

    /// Makes a token worth nothing (RFC 7009), where the server can do that.
    pub(super) async fn revoke(&self, token: &Password, kind: &str) -> Result<(), OAuthError> {
        let server = self.server().await?;
        let Some(url) = server.revocation_endpoint.clone() else { return Ok(()) };
        let id = self.client.client_id.as_str();
        let mut form = vec![("token", token.expose()), ("token_type_hint", kind)];
        let in_header = match &self.proof {
            ClientProof::Secret(secret) if !takes_secret_in_body(server) => Some((id, secret.expose())),
            ClientProof::Secret(secret) => {
                form.extend([("client_id", id), ("client_secret", secret.expose())]);
                None
            }
            ClientProof::Name | ClientProof::Key(_) => {
                form.push(("client_id", id));
                None
            }
        };
        self.http.post(url, &form, in_header).await
    }
}
