//! Whether the care platform answers, as far as searches have told.

use jiff::{SignedDuration, Timestamp};

/// When a search that the care platform did not answer is made again by itself: often enough that nobody waits for a
/// server that is back, and seldom enough for one in trouble.
const AGAIN: SignedDuration = SignedDuration::from_secs(10);

/// How long it is said that the care platform answers again: long enough for somebody who looked away.
const BACK_SHOWN: SignedDuration = SignedDuration::from_secs(30);

/// Whether the care platform answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reach {
    /// Nothing is known against it.
    #[default]
    Usual,
    /// It did not answer the last search, and is asked again then.
    Silent(Timestamp),
    /// It answers again; that is said until then.
    Back(Timestamp),
}

impl Reach {
    /// After a search at this time, which looked only through who is known here or through all; or failed.
    #[must_use]
    pub fn after_search(self, known_only: Option<bool>, at: Timestamp) -> Self {
        match (self, known_only) {
            (_, Some(true)) | (Self::Silent(_), None) => at.checked_add(AGAIN).map_or(Self::Usual, Self::Silent),
            (Self::Silent(_), Some(false)) => at.checked_add(BACK_SHOWN).map_or(Self::Usual, Self::Back),
            (Self::Usual | Self::Back(_), _) => self,
        }
    }

    /// When it is asked again, while it does not answer.
    #[must_use]
    pub const fn again(self) -> Option<Timestamp> {
        match self {
            Self::Silent(again) => Some(again),
            Self::Usual | Self::Back(_) => None,
        }
    }

    /// It is so late.
    #[must_use]
    pub fn at(self, at: Timestamp) -> Self {
        if matches!(self, Self::Back(until) if until <= at) { Self::Usual } else { self }
    }

    /// When this changes by time alone.
    #[must_use]
    pub const fn until(self) -> Option<Timestamp> {
        match self {
            Self::Back(until) => Some(until),
            Self::Usual | Self::Silent(_) => None,
        }
    }
}
