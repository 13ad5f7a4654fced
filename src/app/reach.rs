//! Whether the care platform answers, as far as its answers have told.

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
            // A search fails for other reasons than silence. By itself that says nothing against
            // the platform, but it does not end a silence either.
            (_, Some(true)) | (Self::Silent(_), None) => at.checked_add(AGAIN).map_or(Self::Usual, Self::Silent),
            (Self::Silent(_), Some(false)) => at.checked_add(BACK_SHOWN).map_or(Self::Usual, Self::Back),
            (Self::Usual | Self::Back(_), _) => self,
        }
    }

    /// After it answered something else than a search at this time.
    #[must_use]
    pub fn answered(self, at: Timestamp) -> Self {
        self.after_search(Some(false), at)
    }

    /// When it is asked again what it did not answer: after a while, and at once when it is back.
    #[must_use]
    pub fn again(self) -> Option<Timestamp> {
        match self {
            Self::Silent(again) => Some(again),
            // The moment at which it came back, which has passed: what waits is due at once.
            Self::Back(until) => until.checked_sub(BACK_SHOWN).ok(),
            Self::Usual => None,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_answered_ends_the_silence_and_what_was_not_answered_is_asked_at_once() {
        let at = Timestamp::UNIX_EPOCH;
        let silent = Reach::default().after_search(Some(true), at);
        assert_eq!(silent.again(), Some(at + AGAIN));
        let later = at + SignedDuration::from_secs(3);
        let back = silent.answered(later);
        assert_eq!(back, Reach::Back(later + BACK_SHOWN));
        assert_eq!(back.again(), Some(later));
        assert_eq!(back.answered(later + AGAIN), back, "it is told once");
        assert_eq!(back.after_search(Some(true), later), Reach::Silent(later + AGAIN));
        assert_eq!(back.at(later + BACK_SHOWN), Reach::Usual);
        assert_eq!(Reach::Usual.answered(at), Reach::Usual, "nothing is told where nothing was");
    }
}
