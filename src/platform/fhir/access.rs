//! What tells a FHIR server who asks.

use std::sync::Arc;

use reqwest::RequestBuilder;

use super::super::oauth::{Bearer, GrantedScopes, OAuthClient, OAuthError, OwnToken, PersonTokens};
use super::error::FhirError;
use crate::config::{FhirSettings, SignInSettings};
use crate::domain::clinic::Password;

/// Where it comes from.
#[derive(Debug, Clone)]
pub(super) enum RequestAccess {
    /// It stands in the settings.
    Fixed(Arc<FhirSettings>),
    /// This computer gets a token now and then.
    Own(Arc<OwnToken>),
    /// Everybody who signs in has a token; that of this sign-in, or of the newest.
    Person(Arc<PersonTokens>, Option<String>),
}

/// What a request says of who asks.
#[derive(Debug, Clone)]
pub(super) enum RequestCredential {
    /// Nothing.
    Nobody,
    /// A name and a password (RFC 7617).
    Basic {
        /// The name.
        user: String,
        /// The password.
        password: Password,
    },
    /// A token that never changes (RFC 6750).
    Token(Password),
    /// A token that another can be got for.
    Bearer(Bearer),
}

impl RequestAccess {
    /// As the settings say.
    pub(super) fn new(settings: &Arc<FhirSettings>) -> Result<Self, FhirError> {
        Ok(match OAuthClient::new(settings)? {
            Some(client) if matches!(settings.sign_in, SignInSettings::Device { .. }) => {
                Self::Person(Arc::new(PersonTokens::new(client)), None)
            }
            Some(client) => Self::Own(Arc::new(OwnToken::new(client))),
            None => Self::Fixed(Arc::clone(settings)),
        })
    }

    /// The client of an authorization server, if tokens come from there.
    pub(super) fn oauth(&self) -> Option<&OAuthClient> {
        match self {
            Self::Fixed(_) => None,
            Self::Own(own) => Some(own.client()),
            Self::Person(people, _) => Some(people.client()),
        }
    }

    /// The tokens of those who signed in, if everybody has their own.
    pub(super) const fn people(&self) -> Option<&Arc<PersonTokens>> {
        match self {
            Self::Fixed(_) | Self::Own(_) => None,
            Self::Person(people, _) => Some(people),
        }
    }

    /// The same for this sign-in.
    pub(super) fn of_session(&self, session: &str) -> Self {
        match self {
            Self::Fixed(_) | Self::Own(_) => self.clone(),
            Self::Person(people, _) => Self::Person(Arc::clone(people), Some(session.to_owned())),
        }
    }

    /// What says who asks; something else than what was refused, if there is anything else.
    pub(super) async fn credential(
        &self,
        refused: Option<&RequestCredential>,
    ) -> Result<RequestCredential, OAuthError> {
        // Only of a token that was got is there another one: what stands in the settings stays as
        // it is.
        let refused = if let Some(RequestCredential::Bearer(bearer)) = refused { Some(bearer) } else { None };
        Ok(RequestCredential::Bearer(match self {
            Self::Fixed(_) => return Ok(self.open()),
            Self::Own(own) => own.bearer(refused).await?,
            Self::Person(people, session) => people.bearer(session.as_deref(), refused).await?,
        }))
    }

    /// What was granted last; nothing is known of it before a token was got.
    pub(super) async fn granted_last(&self) -> Result<Arc<GrantedScopes>, OAuthError> {
        match self {
            // What stands in the settings comes without a word of what it grants.
            Self::Fixed(_) | Self::Person(_, None) => Ok(Arc::default()),
            Self::Own(own) => Ok(own.granted_last().await),
            Self::Person(people, Some(session)) => people.granted_last(session).await,
        }
    }

    /// What says who asks, without anything being asked for it.
    pub(super) fn open(&self) -> RequestCredential {
        let Self::Fixed(settings) = self else { return RequestCredential::Nobody };
        match &settings.sign_in {
            SignInSettings::Basic { user, password, .. } => {
                RequestCredential::Basic { user: user.clone(), password: password.clone() }
            }
            SignInSettings::Token { token, .. } => RequestCredential::Token(token.clone()),
            SignInSettings::None
            | SignInSettings::Secret { .. }
            | SignInSettings::Backend { .. }
            | SignInSettings::Device { .. } => RequestCredential::Nobody,
        }
    }
}

impl RequestCredential {
    /// The request with what says who asks.
    pub(super) fn sign(&self, asked: RequestBuilder) -> RequestBuilder {
        match self {
            Self::Nobody => asked,
            Self::Basic { user, password } => asked.basic_auth(user, Some(password.expose())),
            Self::Token(token) | Self::Bearer(Bearer { token, .. }) => asked.bearer_auth(token.expose()),
        }
    }

    /// Whether another one may be taken where this was refused.
    pub(super) const fn is_renewable(&self) -> bool {
        matches!(self, Self::Bearer(_))
    }
}
