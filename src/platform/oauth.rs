//! Tokens from an authorization server (OAuth 2.0, RFC 6749), as SMART App Launch 2.2.0 wants them of a program that
//! works at a FHIR server.
//!
//! The crate `oauth2` is used over the `reqwest` of the rest; its own feature would bring another version in. What is
//! signed is signed by `ring`, which is there for TLS: a JWT is three parts in base64, and every crate for them brings
//! a second set of ciphers along.
//!
//! | file | holds |
//! |---|---|
//! | `discovery` | where tokens are given out |
//! | `client` | what is asked there, and what comes of it |
//! | `signing_key` | this computer's own key, and what it signs |
//! | `scopes` | what is asked for, and what was granted |
//! | `own_token` | the token of this computer, which is renewed before it ends |
//! | `device_grant` | the sign-in by a code that is typed on another device |
//! | `claims` | who somebody is, and the role that they have here |
//! | `person_tokens` | the tokens of those who signed in |

mod claims;
mod client;
mod device_grant;
mod discovery;
mod error;
mod http;
mod own_token;
mod person_tokens;
mod scopes;
mod signing_key;

pub(super) use client::NoClient;
pub use client::OAuthClient;
pub(super) use device_grant::{PersonGrant, Polled};
pub use discovery::AuthorizationServer;
pub(super) use discovery::oauth_uris;
pub use error::OAuthError;
pub(super) use own_token::{Bearer, OwnToken};
pub(super) use person_tokens::PersonTokens;
pub use scopes::{GrantedScopes, ScopeForm};
pub use signing_key::{SigningKey, SigningKeyError};
