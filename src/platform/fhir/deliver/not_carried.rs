//! Why a parcel was not carried, or not to the end.

use jiff::{SignedDuration, Timestamp};

use super::super::super::RemoteError;
use super::super::error::FhirError;
use crate::domain::delivery::{Outcome, REASON_CELLS};
use crate::domain::text::Clean;

/// Why a parcel was not carried.
pub(super) enum NotCarried {
    /// This came of it.
    With(Outcome),
    /// The server did not.
    Error(FhirError),
}

/// The platform does not find what was added just now: a search may lag behind what was written (FHIR R4 leaves that to
/// the server), and an answer may have been another one's.
pub(super) fn not_found_yet() -> NotCarried {
    NotCarried::With(Outcome::put_off(None, "the platform does not find what was added just now"))
}

impl From<FhirError> for NotCarried {
    fn from(error: FhirError) -> Self {
        Self::Error(error)
    }
}

/// Refuses the parcel for this reason.
pub(super) fn refused<T>(why: &str) -> Result<T, NotCarried> {
    Err(NotCarried::With(Outcome::Refused(Clean::new(why, REASON_CELLS))))
}

/// What comes of an attempt that the server did not answer as wanted. What can be put right there waits; only what is
/// wrong with the parcel is refused.
pub(super) fn outcome(error: FhirError, now: Timestamp) -> Outcome {
    match error {
        FhirError::Status { retry_after: Some(seconds), .. } => {
            let not_before = now.checked_add(SignedDuration::from_secs(i64::from(seconds))).ok();
            Outcome::Later(not_before, RemoteError::from(error).problem())
        }
        // Somebody before the server says something of their own; it is not for them to refuse readings.
        error if error.is_of_another() && !matches!(error, FhirError::SentOn { .. }) => {
            Outcome::Unknown(RemoteError::from(error).problem())
        }
        // 400 and 422 are about what was sent, and 412 says that it is there more than once: sent again it would be
        // answered alike.
        FhirError::Status { status: 400 | 412 | 422, .. } => {
            Outcome::Refused(Clean::new(&error.to_string(), REASON_CELLS))
        }
        FhirError::Status { status: 401 | 403, .. } => Outcome::NotAllowed(RemoteError::from(error).problem()),
        // Where tokens come from may be silent itself. All else that it says is about who asks.
        FhirError::SignIn(error) => match RemoteError::from(error) {
            error @ (RemoteError::Unreachable(_)
            | RemoteError::Throttled { .. }
            | RemoteError::OfAnother(_)
            | RemoteError::Malformed(_)
            | RemoteError::Store(_)) => Outcome::Later(None, error.problem()),
            error => Outcome::NotAllowed(error.problem()),
        },
        // Of 408 and 502 to 504, somebody before the server has waited in vain or found it gone: what became of it is
        // not known.
        FhirError::Status { status: 408 | 502..=504, .. }
        | FhirError::Connection(_)
        | FhirError::TooLate { .. }
        | FhirError::TooLong { .. }
        | FhirError::Foreign(_)
        | FhirError::NoFhir(_)
        | FhirError::NoJson(_) => Outcome::Unknown(RemoteError::from(error).problem()),
        FhirError::Status { .. }
        | FhirError::Store(_)
        | FhirError::Settings(_)
        | FhirError::Certificates(_)
        | FhirError::SentOn { .. } => Outcome::Later(None, RemoteError::from(error).problem()),
    }
}
