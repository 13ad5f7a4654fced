//! What came of an attempt to deliver.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::LastAttempt;
use crate::domain::patient::PatientId;
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::text::Clean;

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The platform has recorded it now.
    Recorded,
    /// An attempt before had recorded it.
    AlreadyThere,
    /// The meter became somebody else's first.
    LostRace(PatientId),
    /// The platform does not take it as it is: trying again would not help.
    Refused(Clean),
    /// Not now, for this reason; not before this time, if the platform names one.
    Later(Option<Timestamp>, Problem),
    /// There was no answer that says whether it is recorded, for this reason.
    Unknown(Problem),
}

impl Outcome {
    /// Not before this time, if one is named, because the platform cannot take it now.
    #[must_use]
    pub fn put_off(not_before: Option<Timestamp>, why: &str) -> Self {
        Self::Later(not_before, Problem::new(ProblemCode::PlatformUnreachable, why))
    }

    /// Whether it is recorded is not known, because no answer says so.
    #[must_use]
    pub fn unanswered(why: &str) -> Self {
        Self::Unknown(Problem::new(ProblemCode::PlatformUnreachable, why))
    }

    pub(super) const fn as_last(&self) -> LastAttempt {
        match self {
            Self::Recorded => LastAttempt::Recorded,
            Self::AlreadyThere => LastAttempt::AlreadyThere,
            Self::LostRace(_) | Self::Refused(_) => LastAttempt::Refused,
            Self::Later(..) => LastAttempt::PutOff,
            Self::Unknown(_) => LastAttempt::Unanswered,
        }
    }
}
