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
    let after = |seconds: u32| now.checked_add(SignedDuration::from_secs(i64::from(seconds))).ok();
    match error {
        // Of these, somebody before the server has waited in vain or found it gone: what became of it is not known,
        // also where it is said when to ask again.
        FhirError::Status { status: 408 | 502 | 504, .. } => Outcome::Unknown(RemoteError::from(error).problem()),
        FhirError::Status { retry_after: Some(seconds), .. } => {
            Outcome::Later(after(seconds), RemoteError::from(error).problem())
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
        FhirError::SignIn(error) => {
            let error = RemoteError::from(error);
            let told = error.problem();
            match error {
                RemoteError::Throttled { seconds, .. } => Outcome::Later(after(seconds), told),
                RemoteError::Unreachable(_)
                | RemoteError::OfAnother(_)
                | RemoteError::Malformed(_)
                | RemoteError::Store(_) => Outcome::Later(None, told),
                _ => Outcome::NotAllowed(told),
            }
        }
        // A 503 that says no time is not told from those above.
        FhirError::Status { status: 503, .. }
        | FhirError::Connection(_)
        | FhirError::TooLate { .. }
        | FhirError::TooLong { .. }
        | FhirError::AddressUnknown(_)
        | FhirError::Foreign(_)
        | FhirError::NoFhir(_)
        | FhirError::NoJson(_) => Outcome::Unknown(RemoteError::from(error).problem()),
        FhirError::Status { .. }
        | FhirError::Store(_)
        | FhirError::Settings(_)
        | FhirError::Certificates(_)
        | FhirError::Pinned(_)
        | FhirError::SentOn { .. } => Outcome::Later(None, RemoteError::from(error).problem()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::super::oauth::OAuthError;
    use super::super::super::error::Outcomes;
    use super::*;

    /// What comes of a status with which the server, or what stands before it, answers and wants patience.
    #[test]
    fn patience_is_had_for_as_long_as_is_asked_and_what_may_have_arrived_stays_unknown() {
        let said = |status: u16, retry_after: Option<u32>, is_foreign: bool| FhirError::Status {
            status,
            about: "PUT Device".into(),
            outcome: Outcomes::default(),
            retry_after,
            is_foreign,
        };
        let came = |error| outcome(error, Timestamp::UNIX_EPOCH);
        let seven = Timestamp::from_second(7).ok();
        for status in [429, 500, 503, 505, 507] {
            let Outcome::Later(when, _) = came(said(status, Some(7), status == 503)) else { panic!("{status}") };
            assert_eq!(when, seven, "{status}");
        }
        for status in [408, 502, 504] {
            for (retry_after, is_foreign) in [(Some(7), true), (Some(7), false), (None, true)] {
                let Outcome::Unknown(why) = came(said(status, retry_after, is_foreign)) else { panic!("{status}") };
                assert_eq!(why.wait_seconds, retry_after, "{status}");
            }
        }
        assert!(matches!(came(said(503, None, true)), Outcome::Unknown(_)));
        assert!(matches!(came(said(500, None, false)), Outcome::Later(None, _)));
        assert!(matches!(came(said(422, None, false)), Outcome::Refused(_)));
        for status in [429, 500, 503, 504] {
            let token = FhirError::SignIn(OAuthError::Answer { status, retry_after: Some(7) });
            let Outcome::Later(when, _) = came(token) else { panic!("{status}") };
            assert_eq!(when, seven, "where tokens come from: {status}");
        }
    }
}
