//! What an authorization server did not do. Of what it says only the code is told and logged (RFC 6749 section 5.2):
//! its sentences may name a person.

use oauth2::{RequestTokenError, StandardErrorResponse};

use super::signing_key::SigningKeyError;
use crate::domain::text::{Clean, Private};
use crate::store::StoreError;

/// How much of a code is kept, in terminal cells.
const CODE_CELLS: usize = 40;

/// How much of a sentence of a server is kept, in terminal cells: it is shown in a few lines.
const SENTENCE_CELLS: usize = 300;

/// Why an authorization server gave no token.
#[derive(Debug, thiserror::Error)]
pub enum OAuthError {
    /// This computer's key cannot be used.
    #[error("this computer has no key to sign in with")]
    Key(#[from] SigningKeyError),
    /// Nobody says where tokens are given out.
    #[error("nobody says where {0}")]
    NoEndpoint(&'static str),
    /// What is sent there would be readable for all on the way.
    #[error("the authorization server is named without TLS")]
    Readable,
    /// No connection, or it ended before the answer did.
    #[error("the connection to the authorization server failed")]
    Unreached(#[source] reqwest::Error),
    /// No whole answer came in time.
    #[error("the authorization server gives no whole answer within {seconds} s")]
    Late {
        /// How long was waited, in seconds.
        seconds: u64,
    },
    /// It answers with something that is not OAuth's.
    #[error("the authorization server answers with {status}")]
    Answer {
        /// The status.
        status: u16,
        /// Seconds after which it wants to be asked again.
        retry_after: Option<u32>,
    },
    /// It says no.
    #[error("the authorization server says {code}")]
    Said {
        /// Its code: `invalid_client`.
        code: Clean,
        /// What it says of the reason; empty if it says none.
        sentence: Private<Clean>,
    },
    /// Whoever asks is not signed in, or not any more.
    #[error("nobody is signed in who could ask")]
    Ended,
    /// What tokens are renewed with cannot be looked up or kept.
    #[error("what a sign-in is renewed with is not at hand")]
    Store(#[from] StoreError),
    /// What it answers is no JSON: a page, perhaps, of somebody before it.
    #[error("the answer of the authorization server cannot be used: it is no JSON")]
    NoJson,
    /// What it answers cannot be worked with. What found that out is not kept: it may quote a token.
    #[error("the answer of the authorization server cannot be used: {0}")]
    Unusable(&'static str),
}

impl OAuthError {
    /// What a server said no with.
    pub(super) fn said(code: &str, sentence: Option<&str>) -> Self {
        // RFC 6749 section 5.2 allows blanks in it, and so a sentence: only what codes are made of
        // is kept.
        let is_code = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        Self::Said {
            code: Clean::new(&code.chars().filter(is_code).collect::<String>(), CODE_CELLS),
            sentence: Private::new(Clean::new(sentence.unwrap_or_default(), SENTENCE_CELLS)),
        }
    }

    /// What the transport said, without the address.
    pub(super) fn transport(error: reqwest::Error, seconds: u64) -> Self {
        let error = error.without_url();
        if error.is_timeout() { Self::Late { seconds } } else { Self::Unreached(error) }
    }

    /// The code, if the server said no.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Said { code, .. } => Some(code.as_str()),
            _ => None,
        }
    }
}

impl<T: oauth2::ErrorResponseType + std::fmt::Display + 'static>
    From<RequestTokenError<OAuthError, StandardErrorResponse<T>>> for OAuthError
{
    fn from(error: RequestTokenError<Self, StandardErrorResponse<T>>) -> Self {
        match error {
            RequestTokenError::ServerResponse(said) => {
                Self::said(&said.error().to_string(), said.error_description().map(String::as_str))
            }
            RequestTokenError::Request(error) => error,
            RequestTokenError::Parse(..) => Self::Unusable("it is no token"),
            RequestTokenError::Other(_) => Self::NoJson,
        }
    }
}
