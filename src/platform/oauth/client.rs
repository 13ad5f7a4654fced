//! What is asked of an authorization server, and what comes of it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthType, ClientId, ClientSecret, EndpointNotSet, EndpointSet, ExtraTokenFields, Scope, StandardRevocableToken,
    StandardTokenResponse, TokenResponse as _, TokenUrl,
};
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

use super::super::connection::ConnectionError;
use super::discovery::{AuthorizationServer, discover};
use super::error::OAuthError;
use super::http::OAuthHttp;
use super::scopes::{GrantedScopes, ScopeContext, asked};
use super::signing_key::SigningKey;
use crate::config::{FhirSettings, OAuthSettings, ServerBase, SignInSettings};
use crate::domain::clinic::Password;

/// How a client says who it is with an assertion (RFC 7523 section 2.2).
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A token as it is given out.
pub(super) type Given = StandardTokenResponse<IdTokenField, BasicTokenType>;

/// What says who somebody is, beside a token (`OpenID` Connect Core 1.0 section 3.1.3.3). Debug does not show it.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct IdTokenField {
    pub(super) id_token: Option<String>,
}

impl fmt::Debug for IdTokenField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[private]")
    }
}

impl ExtraTokenFields for IdTokenField {}

/// What is asked with, as `oauth2` has it: without any endpoint, and with the one for tokens.
type Unaddressed = oauth2::Client<
    BasicErrorResponse,
    Given,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
>;
pub(super) type Asker = oauth2::Client<
    BasicErrorResponse,
    Given,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// A client of an authorization server.
#[derive(Debug)]
pub struct OAuthClient {
    pub(super) http: OAuthHttp,
    settings: Arc<FhirSettings>,
    pub(super) client: OAuthSettings,
    pub(super) proof: ClientProof,
    server: OnceCell<AuthorizationServer>,
}

/// With what this computer shows that it is the client.
#[derive(Debug)]
pub(super) enum ClientProof {
    /// Nothing: its name is enough (RFC 6749 section 2.1, public).
    Name,
    Secret(Password),
    Key(Box<SigningKey>),
}

/// A token that was given out.
#[derive(Debug)]
pub(super) struct GivenToken {
    pub(super) access: Password,
    /// With what the next one is got, once (RFC 6749 section 6).
    pub(super) refresh: Option<Password>,
    /// How long it is worth anything; `None` if that is not said.
    pub(super) lifetime: Option<Duration>,
    pub(super) granted: GrantedScopes,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub(in crate::platform) enum NoClient {
    /// The connection cannot be prepared.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// This computer's key cannot be used.
    #[error(transparent)]
    Error(#[from] OAuthError),
}

impl OAuthClient {
    /// One as the settings say; none if they know of no authorization server. Nothing is sent yet.
    ///
    /// # Errors
    /// Why there is none.
    pub(in crate::platform) fn new(settings: &Arc<FhirSettings>) -> Result<Option<Self>, NoClient> {
        let (client, proof) = match &settings.sign_in {
            SignInSettings::None | SignInSettings::Basic { .. } | SignInSettings::Token { .. } => return Ok(None),
            SignInSettings::Secret { client, secret, .. } => (client, ClientProof::Secret(secret.clone())),
            SignInSettings::Backend { client, key_file } => {
                (client, ClientProof::Key(Box::new(SigningKey::read(key_file).map_err(OAuthError::from)?)))
            }
            SignInSettings::Device { client, secret: None, .. } => (client, ClientProof::Name),
            SignInSettings::Device { client, secret: Some((_, secret)), .. } => {
                (client, ClientProof::Secret(secret.clone()))
            }
        };
        Ok(Some(Self {
            http: OAuthHttp::new(settings)?,
            settings: Arc::clone(settings),
            client: client.clone(),
            proof,
            server: OnceCell::new(),
        }))
    }

    /// How long an answer is waited for.
    pub(super) fn timeout(&self) -> Duration {
        self.settings.timeout
    }

    /// The server that tokens are for.
    pub(super) fn base(&self) -> &ServerBase {
        &self.settings.base
    }

    /// What is known of the server; asked once.
    ///
    /// # Errors
    /// [`OAuthError`]; then it is asked again the next time.
    pub async fn server(&self) -> Result<&AuthorizationServer, OAuthError> {
        self.server.get_or_try_init(|| discover(&self.http, &self.settings, &self.client)).await
    }

    /// What this computer asks for.
    ///
    /// # Errors
    /// [`OAuthError`].
    pub async fn asked_scopes(&self) -> Result<String, OAuthError> {
        let context = match &self.settings.sign_in {
            SignInSettings::Device { .. } => ScopeContext::User,
            _ => ScopeContext::System,
        };
        match &self.client.scopes {
            Some(scopes) => Ok(scopes.clone()),
            None => Ok(asked(context, self.server().await?.scope_form, &self.settings.mapping)),
        }
    }

    /// A token for this computer itself (RFC 6749 section 4.4).
    pub(super) async fn own_token(&self) -> Result<GivenToken, OAuthError> {
        let scopes = self.asked_scopes().await?;
        let (client, token_endpoint) = self.asker().await?;
        let words = scopes.split(' ').map(|scope| Scope::new(scope.to_owned()));
        let mut request = client.exchange_client_credentials().add_scopes(words);
        if let ClientProof::Key(key) = &self.proof {
            // SMART wants the address that it is sent to as its audience
            // (client-confidential-asymmetric).
            let assertion = key.assertion(&self.client.client_id, &token_endpoint, Timestamp::now())?;
            request = request
                .add_extra_param("client_assertion_type", ASSERTION)
                .add_extra_param("client_assertion", assertion);
        }
        given(&request.request_async(&self.http).await?, &scopes)
    }

    pub(super) async fn asker(&self) -> Result<(Asker, String), OAuthError> {
        let server = self.server().await?;
        let url = server.token_endpoint.as_ref().ok_or(OAuthError::NoEndpoint("tokens are given out"))?;
        let named = Unaddressed::new(ClientId::new(self.client.client_id.clone()));
        let asker = named.set_token_uri(TokenUrl::from_url(url.clone()));
        Ok((self.with_proof(asker, server), url.to_string()))
    }

    /// With the secret, in the place where the server takes it (RFC 6749 section 2.3.1): in a header, unless it says
    /// that it takes it in the body only.
    fn with_proof(&self, asker: Asker, server: &AuthorizationServer) -> Asker {
        let in_body = takes_secret_in_body(server);
        match &self.proof {
            // Without a secret nothing goes into a header: the body has the client's name, and an assertion says the
            // rest.
            ClientProof::Name | ClientProof::Key(_) => asker.set_auth_type(AuthType::RequestBody),
            ClientProof::Secret(secret) => asker
                .set_client_secret(ClientSecret::new(secret.expose().to_owned()))
                .set_auth_type(if in_body { AuthType::RequestBody } else { AuthType::BasicAuth }),
        }
    }
}

/// Whether a secret goes into the body.
pub(super) fn takes_secret_in_body(server: &AuthorizationServer) -> bool {
    let takes = |way: &str| server.ways_to_authenticate.iter().any(|said| said.as_str() == way);
    // A server that names no way takes it in a header (RFC 8414, section 2).
    takes("client_secret_post") && !takes("client_secret_basic")
}

/// What came, if it is a token that can be sent (RFC 6750).
pub(super) fn given(given: &Given, asked: &str) -> Result<GivenToken, OAuthError> {
    let access = given.access_token().secret();
    if *given.token_type() != BasicTokenType::Bearer {
        return Err(OAuthError::Unusable("it gives out tokens of another type than bearer"));
    }
    if access.is_empty() || !access.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(OAuthError::Unusable("the token has letters in it that cannot be sent"));
    }
    // Left out, the scope is the one that was asked for (RFC 6749 section 5.1).
    let granted = match given.scopes() {
        Some(scopes) => scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" "),
        None => asked.to_owned(),
    };
    Ok(GivenToken {
        access: Password::new(access.clone()),
        refresh: given.refresh_token().map(|refresh| Password::new(refresh.secret().clone())),
        lifetime: given.expires_in(),
        granted: GrantedScopes::of(&granted),
    })
}
