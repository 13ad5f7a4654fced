//! What a FHIR server did not do. What is told of it, and what stands in the log, says nothing of a person: of an
//! `OperationOutcome` only its codes and the elements that it names are repeated, never its sentences.

use serde_json::Value;

use super::super::RemoteError;
use super::super::connection::ConnectionError;
use super::super::oauth::{NoClient, OAuthError};
use super::json;
use crate::domain::text::{Clean, Private};
use crate::store::StoreError;

/// How long a server that asks for patience and does not say how much gets, in seconds: as long as an answer is waited
/// for, so that it is asked no more often than one that is silent.
const PATIENCE: u32 = 30;

/// How much of a code or an element that a server names is kept, in terminal cells: every code of FHIR and the path of
/// an element fit, and a sentence in their place, which could name somebody, does not.
const CODE_CELLS: usize = 60;

/// How much of a sentence of a server is kept, in terminal cells: it is shown in a few lines.
const SENTENCE_CELLS: usize = 400;

/// How many issues of an outcome are kept: the first ones say it.
const MOST_ISSUES: usize = 8;

/// Why a FHIR server gave no answer that can be worked with.
#[derive(Debug, thiserror::Error)]
pub enum FhirError {
    /// The client cannot be made of the settings.
    #[error("the connection cannot be prepared")]
    Settings(#[source] reqwest::Error),
    /// A certificate file holds no certificate that can be read.
    #[error("the certificates cannot be used")]
    Certificates(#[source] reqwest::Error),
    /// The same, where the server is known by its own certificate. Nothing was sent.
    #[error("the certificates cannot be used")]
    Pinned(#[source] rustls::Error),
    /// There is no token to ask with: nothing was sent to the server.
    #[error("there is no token to ask with")]
    SignIn(#[from] OAuthError),
    /// The store of this computer does not say who the person is.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No connection, or it ended before the answer did.
    #[error("the connection failed")]
    Connection(#[source] reqwest::Error),
    /// No whole answer came in time.
    #[error("no whole answer within {seconds} s")]
    TooLate {
        /// How long was waited, in seconds.
        seconds: u64,
    },
    /// The server sends on to somewhere else, where what is meant for this server does not go.
    #[error("the server answers with {status} and sends on to {}", if *.elsewhere { "another server" } else { "another \
        place" })]
    SentOn {
        /// The status.
        status: u16,
        /// Whether that place is on another server.
        elsewhere: bool,
    },
    /// The server says no.
    #[error("the server answers with {status} to {about}{outcome}")]
    Status {
        /// The status.
        status: u16,
        /// To what, by method and type: `PUT Device`.
        about: Clean,
        /// What it says of the reason.
        outcome: Outcomes,
        /// Seconds after which it wants to be asked again.
        retry_after: Option<u32>,
        /// Whether somebody before the server says so: it came as a page for people, or is what only a proxy says.
        is_foreign: bool,
    },
    /// The answer came, and names what is elsewhere; whether that is the server's own address it does not say. Never
    /// the status of that question: what was asked was answered.
    #[error("whether an address is the server's own is not known, as /metadata gives no answer")]
    AddressUnknown(#[source] Box<Self>),
    /// The answer is longer than any that is wanted.
    #[error("the answer is longer than {most} bytes")]
    TooLong {
        /// The most.
        most: usize,
    },
    /// What came is no FHIR at all: somebody else answers in the server's place.
    #[error("the answer is no FHIR: {0}")]
    Foreign(&'static str),
    /// What came is not what FHIR has in its place.
    #[error("the answer is no FHIR: {0}")]
    NoFhir(&'static str),
    /// What came is no JSON, or nested too deeply.
    #[error("the answer is no JSON")]
    NoJson(#[source] JsonFault),
}

/// Where an answer stops being JSON. What stands there is not repeated.
#[derive(Debug, thiserror::Error)]
#[error("{kind} in line {line}, column {column}")]
pub struct JsonFault {
    kind: &'static str,
    line: usize,
    column: usize,
}

impl From<serde_json::Error> for JsonFault {
    fn from(error: serde_json::Error) -> Self {
        let kind = match error.classify() {
            serde_json::error::Category::Eof => "it ends too early",
            serde_json::error::Category::Io
            | serde_json::error::Category::Syntax
            | serde_json::error::Category::Data => "it breaks off",
        };
        Self { kind, line: error.line(), column: error.column() }
    }
}

/// What an `OperationOutcome` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcomes {
    issues: Vec<Issue>,
}

/// One issue of an `OperationOutcome` (FHIR R4, operationoutcome.html).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Its code, of the value set `issue-type`.
    pub code: Clean,
    /// Which element it is about.
    pub element: Clean,
    /// What it says: it may name a person, so that it is shown only where nobody's data was sent.
    pub sentence: Private<Clean>,
}

impl Outcomes {
    /// Whether it says nothing: then it may be of somebody before the server.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.issues.is_empty()
    }

    /// What a body says; nothing if it is no `OperationOutcome`.
    #[must_use]
    pub fn of(body: &Value) -> Self {
        if json::text(body, "/resourceType") != "OperationOutcome" {
            return Self::default();
        }
        Self { issues: json::list(body, "/issue").iter().take(MOST_ISSUES).map(issue).collect() }
    }

    /// The issues, the first ones of them.
    #[must_use]
    pub fn issues(&self) -> &[Issue] {
        &self.issues
    }
}

impl std::fmt::Display for Outcomes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, Issue { code, element, .. }) in self.issues.iter().enumerate() {
            f.write_str(if place == 0 { ": " } else { "; " })?;
            write!(f, "{code}")?;
            if !element.as_str().is_empty() {
                write!(f, " at {element}")?;
            }
        }
        Ok(())
    }
}

fn issue(issue: &Value) -> Issue {
    let said = |pointers: [&str; 2]| {
        let [first, other] = pointers.map(|pointer| json::text(issue, pointer));
        if first.is_empty() { other.to_owned() } else { first.to_owned() }
    };
    // A code is of letters and hyphens, and a path such as `Patient.name[0]` of no more than these:
    // of anything else that a server puts there the rest is dropped.
    let is_path = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '[' | ']' | '-');
    let plain = |text: &str| Clean::new(&text.chars().filter(is_path).collect::<String>(), CODE_CELLS);
    Issue {
        code: plain(json::text(issue, "/code")),
        // R4 deprecates `location` in favour of `expression` (operationoutcome.html); a server may
        // have the old one alone.
        element: plain(&said(["/expression/0", "/location/0"])),
        sentence: Private::new(Clean::new(&said(["/details/text", "/diagnostics"]), SENTENCE_CELLS)),
    }
}

impl FhirError {
    /// Whether the answer came too late for whoever waited: this computer, or a gateway before the server (RFC 9110,
    /// sections 15.5.9 and 15.6.5).
    pub(super) const fn is_too_late(&self) -> bool {
        matches!(self, Self::TooLate { .. } | Self::Status { status: 408 | 504, .. })
    }

    /// Whether the server was not reached, and somebody else has answered in its place: a gateway, or the page before a
    /// network.
    pub(super) const fn is_of_another(&self) -> bool {
        match self {
            Self::Status { is_foreign, .. } => *is_foreign,
            Self::AddressUnknown(error) => error.is_of_another(),
            error => matches!(error, Self::SentOn { .. } | Self::Foreign(_) | Self::NoJson(_)),
        }
    }

    /// What the transport said, without the address: it may have been asked by one that is nobody's business.
    pub(super) fn transport(error: reqwest::Error, seconds: u64) -> Self {
        let error = error.without_url();
        if error.is_timeout() { Self::TooLate { seconds } } else { Self::Connection(error) }
    }

    /// What an entry of a bundle, of this type, was answered with.
    pub(super) fn of_entry(status: u16, kind: &str) -> Self {
        Self::to_entry(status, kind, false)
    }

    /// That something before the server does not let an entry of this kind through.
    pub(super) fn of_gateway(status: u16, kind: &str) -> Self {
        Self::to_entry(status, kind, true)
    }

    fn to_entry(status: u16, kind: &str, is_foreign: bool) -> Self {
        let about = Clean::new(&format!("an entry of {kind}"), CODE_CELLS);
        Self::Status { status, about, outcome: Outcomes::default(), retry_after: None, is_foreign }
    }

    /// The status, if the server said no.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Status { status, .. } => Some(*status),
            _ => None,
        }
    }
}

impl From<ConnectionError> for FhirError {
    fn from(error: ConnectionError) -> Self {
        match error {
            ConnectionError::Settings(error) => Self::Settings(error),
            ConnectionError::Certificates(error) => Self::Certificates(error),
            ConnectionError::Pinned(error) => Self::Pinned(error),
        }
    }
}

impl From<NoClient> for FhirError {
    fn from(error: NoClient) -> Self {
        match error {
            NoClient::Connection(error) => error.into(),
            NoClient::Error(error) => Self::SignIn(error),
        }
    }
}

impl From<OAuthError> for RemoteError {
    fn from(error: OAuthError) -> Self {
        match error {
            OAuthError::Answer { status: 429, retry_after } => {
                Self::Throttled { seconds: retry_after.unwrap_or(PATIENCE), cause: Box::new(error) }
            }
            OAuthError::Answer { status: 500.., retry_after: Some(seconds) } => {
                Self::Throttled { seconds, cause: Box::new(error) }
            }
            OAuthError::Answer { status: 500.., .. } | OAuthError::Unreached(_) | OAuthError::Late { .. } => {
                Self::Unreachable(Box::new(error))
            }
            OAuthError::Ended => Self::SignInEnded,
            OAuthError::Store(error) => Self::Store(error),
            // The authorization server says no with a code; without one it is somebody before it.
            OAuthError::Answer { .. } | OAuthError::NoJson => Self::OfAnother(Box::new(error)),
            OAuthError::Key(_) | OAuthError::NoEndpoint(_) | OAuthError::Readable | OAuthError::Said { .. } => {
                // Whoever looks after this computer can mend that, and another record would not be given either.
                Self::NotAllowed(Box::new(error))
            }
            OAuthError::Unusable(_) => Self::Malformed(Box::new(error)),
        }
    }
}

impl From<FhirError> for RemoteError {
    fn from(error: FhirError) -> Self {
        match error {
            FhirError::SignIn(error) => error.into(),
            FhirError::Store(error) => Self::Store(error),
            FhirError::Status { status: 429, retry_after, .. } => {
                Self::Throttled { seconds: retry_after.unwrap_or(PATIENCE), cause: Box::new(error) }
            }
            // Only with a time: Retry-After may be left out (RFC 9110 section 15.6.4), and what says none is not told
            // from a server that is down.
            FhirError::Status { status: 408 | 500.., retry_after: Some(seconds), .. } => {
                Self::Throttled { seconds, cause: Box::new(error) }
            }
            // 408 is of a gateway that has waited in vain, as 504 is.
            FhirError::Status { status: 408 | 500.., .. }
            | FhirError::Settings(_)
            | FhirError::Certificates(_)
            | FhirError::Pinned(_)
            | FhirError::Connection(_)
            | FhirError::TooLate { .. } => Self::Unreachable(Box::new(error)),
            error if error.is_of_another() => Self::OfAnother(Box::new(error)),
            FhirError::AddressUnknown(error) => (*error).into(),
            FhirError::Status { status: 401, .. } => Self::Unauthorized(Box::new(error)),
            FhirError::Status { status: 403, .. } => Self::NotAllowed(Box::new(error)),
            FhirError::Status { status: 409 | 412, .. } => Self::Conflict(Box::new(error)),
            FhirError::Status { .. } => Self::Refused(Box::new(error)),
            _ => Self::Malformed(Box::new(error)),
        }
    }
}
