//! Why a platform did not do what it was asked.

use crate::domain::coded_errors::coded_errors;
use crate::domain::permission::Permission;
use crate::domain::problem::{Problem, ProblemCode, with_causes};
use crate::store::StoreError;

/// What went wrong below.
type BoxedError = Box<dyn std::error::Error + Send + Sync>;

coded_errors! {
    /// Why a platform did not do what it was asked.
    #[derive(Debug, thiserror::Error)]
    pub enum RemoteError;

    /// Whoever asks is not signed in there any more.
    #[error("the platform does not know who asks")]
    Unauthorized(#[source] BoxedError) => NotGranted;
    /// Whoever asks, or this computer, may not do it there.
    #[error("the platform does not allow this")]
    NotAllowed(#[source] BoxedError) => NotGranted;
    /// The sign-in has ended there: whoever asks must sign in again.
    #[error("the sign-in at the platform has ended")]
    SignInEnded => SignInEnded;
    /// Nobody gets in without a role.
    #[error("the platform gives no role that works here")]
    NoRole => RoleWithoutPatients;
    /// The platform does not let this program do it.
    #[error("the platform does not allow {}: {missing} was not granted", .permission.name())]
    NotGranted {
        /// What is not allowed.
        permission: Permission,
        /// What was asked for and not granted: `Patient.c`.
        missing: String,
    } => NotGranted;
    /// Patients are not created from here, for this reason.
    #[error("no patients are created from here: {0}")]
    CreatesNobody(&'static str) => NotGranted;
    /// The code for the sign-in was not typed in time (RFC 8628 section 3.5, `expired_token`).
    #[error("the code was not typed in time")]
    CodeExpired => SignInCodeExpired;
    /// The sign-in was refused where the code was typed (RFC 8628 section 3.5, `access_denied`).
    #[error("the sign-in was refused on the other device")]
    CodeDenied => SignInCodeDenied;
    /// The role may not do this.
    #[error("the role does not allow {}", .0.name())]
    Forbidden(Permission) => PlatformRefused;
    /// The platform does not do what was asked.
    #[error("the platform does not do this")]
    Refused(#[source] BoxedError) => PlatformRefused;
    /// What was asked contradicts what is there.
    #[error("the platform has something else there")]
    Conflict(#[source] BoxedError) => PlatformRefused;
    /// Too much was asked.
    #[error("the platform takes nothing more for {seconds} seconds")]
    Throttled {
        /// Seconds to wait.
        seconds: u32,
        /// What it said.
        #[source]
        cause: BoxedError,
    } => PlatformUnreachable;
    /// The record is not there any more, or not for whoever asks.
    #[error("the platform has no record of this patient")]
    NoRecord => NoRecord;
    /// Somebody was created, and another record has their identifier: neither can be withdrawn from here.
    #[error("the patient was created beside another record with the same identifier")]
    CreatedBeside => CreatedBeside;
    /// No answer came.
    #[error("the platform does not answer")]
    Unreachable(#[source] BoxedError) => PlatformUnreachable;
    /// Somebody else answers in the platform's place, which was not reached.
    #[error("something else answers in the platform's place")]
    OfAnother(#[source] BoxedError) => PlatformUnreadable;
    /// The answer cannot be one.
    #[error("the platform's answer cannot be read")]
    Malformed(#[source] BoxedError) => PlatformUnreadable;
    /// Whose record it is cannot be told.
    #[error("the patient's record has no family name or no whole birth date")]
    Incomplete => PatientIncomplete;
    /// The store did not, where the platform is one.
    #[error(transparent)]
    Store(#[from] StoreError) => of(0);
}

impl RemoteError {
    /// Whether the platform itself has said nothing of what was asked, or has no time for it: this computer may tell
    /// what it knows itself.
    #[must_use]
    pub const fn is_silence(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Throttled { .. } | Self::OfAnother(_))
    }

    /// What a person is told while the platform is silent and this computer cannot tell what it knows itself, for this
    /// reason: of the platform, which they asked, unless the store has failed. That no answer of the platform mends,
    /// and nothing else would speak of it; that another program writes passes as the silence does.
    pub(super) fn beside(self, here: Self) -> Self {
        match here.code() {
            ProblemCode::StoreUnreadable
            | ProblemCode::StoreUnwritable
            | ProblemCode::StoreReadOnly
            | ProblemCode::StoreReplaced => here,
            _ => self,
        }
    }

    /// The problem as the app tells it, with what was wrong below as its detail.
    #[must_use]
    pub fn problem(&self) -> Problem {
        if let Self::Store(error) = self {
            return error.problem();
        }
        let wait_seconds = if let Self::Throttled { seconds, .. } = self { Some(*seconds) } else { None };
        Problem { wait_seconds, ..Problem::new(self.code(), &with_causes(self)) }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn only_a_store_that_failed_is_told_beside_a_silence() {
        let silence = || RemoteError::Unreachable("silent".into());
        let told = |here: RemoteError| silence().beside(here).code();
        assert_eq!(told(StoreError::Damaged { what: "patient" }.into()), ProblemCode::StoreUnreadable);
        assert_eq!(told(StoreError::Full.into()), ProblemCode::StoreUnwritable);
        assert_eq!(told(StoreError::ReadOnly.into()), ProblemCode::StoreReadOnly);
        for here in [
            StoreError::Busy.into(),
            StoreError::NotFound { what: "the patient" }.into(),
            RemoteError::Forbidden(Permission::SeeRecords),
        ] {
            assert_eq!(told(here), ProblemCode::PlatformUnreachable);
        }
    }

    #[test]
    fn a_person_is_told_what_was_wrong_below() {
        let refused = || Box::new(io::Error::other(io::Error::from(io::ErrorKind::ConnectionRefused)));
        let problem = RemoteError::Refused(refused()).problem();
        assert_eq!(problem.code, ProblemCode::PlatformRefused);
        assert_eq!(problem.detail.as_str(), "the platform does not do this: connection refused");
        let problem = RemoteError::Unreachable(refused()).problem();
        assert_eq!(problem.code, ProblemCode::PlatformUnreachable);
        assert_eq!(problem.detail.as_str(), "the platform does not answer: connection refused");
        let problem = RemoteError::Throttled { seconds: 30, cause: refused() }.problem();
        assert_eq!((problem.code, problem.wait_seconds), (ProblemCode::PlatformUnreachable, Some(30)));
        assert!(problem.detail.as_str().ends_with("for 30 seconds: connection refused"), "{}", problem.detail);
        let problem = RemoteError::Malformed(refused()).problem();
        assert_eq!(problem.code, ProblemCode::PlatformUnreadable, "it is no silence: somebody answers");
        assert_eq!(RemoteError::Incomplete.problem().code, ProblemCode::PatientIncomplete);
        assert_eq!(RemoteError::NoRecord.problem().code, ProblemCode::NoRecord);
        assert_eq!(RemoteError::CreatedBeside.problem().code, ProblemCode::CreatedBeside);
        for (refusal, code) in [
            (RemoteError::Unauthorized(refused()), ProblemCode::NotGranted),
            (RemoteError::NotAllowed(refused()), ProblemCode::NotGranted),
            (RemoteError::Conflict(refused()), ProblemCode::PlatformRefused),
        ] {
            let problem = refusal.problem();
            assert_eq!(problem.code, code, "{refusal}");
            assert!(problem.detail.as_str().ends_with(": connection refused"), "{}", problem.detail);
        }
        assert_eq!(RemoteError::Forbidden(Permission::SeeRecords).problem().code, ProblemCode::PlatformRefused);
        assert_eq!(RemoteError::CodeExpired.problem().code, ProblemCode::SignInCodeExpired);
        assert_eq!(RemoteError::SignInEnded.problem().code, ProblemCode::SignInEnded);
        assert_eq!(RemoteError::NoRole.problem().code, ProblemCode::RoleWithoutPatients);
        let (permission, missing) = (Permission::CreatePatients, "Patient.c".to_owned());
        let problem = RemoteError::NotGranted { permission, missing }.problem();
        assert_eq!(problem.code, ProblemCode::NotGranted);
        assert!(problem.detail.as_str().ends_with("creating patients: Patient.c was not granted"), "{problem:?}");
        assert_eq!(RemoteError::CodeDenied.problem().code, ProblemCode::SignInCodeDenied);
        let problem = RemoteError::from(StoreError::Busy).problem();
        assert_eq!(problem.code, ProblemCode::StoreLocked);
        assert_eq!(problem.detail.as_str(), "writing the store: another program keeps the data file locked");
    }
}
