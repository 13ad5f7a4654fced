//! What came of an attempt to deliver.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::LastAttempt;
use crate::domain::patient::PatientId;
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::text::Clean;

/// How much of a reason is kept, in terminal cells: it is shown in a few lines.
pub const REASON_CELLS: usize = 200;

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The platform has recorded it now.
    Recorded,
    /// An attempt before had recorded it.
    AlreadyThere,
    /// What was undone is taken back, but for so many readings, which stay as they are: another station has delivered
    /// them too, and stands behind them.
    TakenBackBut(u32),
    /// The meter became somebody else's first.
    LostRace(PatientId),
    /// The platform does not take it as it is: trying again would not help.
    Refused(Clean),
    /// Not now, for this reason; not before this time, if the platform names one.
    Later(Option<Timestamp>, Problem),
    /// Not with the rights of whoever is signed in, for this reason: when somebody signs in it is sent again.
    NotAllowed(Problem),
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

    /// Whether the platform itself has said what becomes of it.
    #[must_use]
    pub const fn is_answer(&self) -> bool {
        matches!(
            self,
            Self::Recorded | Self::AlreadyThere | Self::TakenBackBut(_) | Self::LostRace(_) | Self::Refused(_)
        )
    }

    pub(super) fn as_last(&self) -> LastAttempt {
        let reason = |why: &Problem| Clean::new(why.detail.as_str(), REASON_CELLS);
        match self {
            Self::Recorded => LastAttempt::Recorded,
            Self::TakenBackBut(stay) => LastAttempt::TakenBackBut(*stay),
            Self::AlreadyThere => LastAttempt::AlreadyThere,
            Self::LostRace(_) | Self::Refused(_) => LastAttempt::Refused,
            Self::Later(_, why) => LastAttempt::PutOff(reason(why)),
            Self::NotAllowed(why) => LastAttempt::NotAllowed(reason(why)),
            Self::Unknown(why) => LastAttempt::Unanswered(reason(why)),
        }
    }
}
