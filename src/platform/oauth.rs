//! Tokens from an authorization server (OAuth 2.0, RFC 6749), as SMART App Launch 2.2.0 wants them of a program that
//! works at a FHIR server.
//!
//! | file | holds |
//! |---|---|
//! | [`discovery`] | where tokens are given out |
//! | [`client`] | what is asked there, and what comes of it |
//! | [`signing_key`] | this computer's own key, and what it signs |
//! | [`scopes`] | what is asked for, and what was granted |
//! | [`own_token`] | the token of this computer, which is renewed before it ends |

mod client;
mod discovery;
mod error;
mod http;
mod own_token;
mod scopes;
mod signing_key;

pub(super) use client::NoClient;
pub use client::OAuthClient;
pub use discovery::AuthorizationServer;
pub use error::OAuthError;
pub(super) use own_token::{Bearer, OwnToken};
pub use scopes::{GrantedScopes, ScopeForm};
pub use signing_key::{SigningKey, SigningKeyError};
