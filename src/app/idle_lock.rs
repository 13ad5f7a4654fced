//! The lock of a station that is left alone (clinic-safety SEC-02): after some minutes without a key nobody sees any
//! more what was on the screen. What becomes of the work is said in [`super::paused`].

use jiff::{SignedDuration, Timestamp};

/// The longest time for which the choice of a password stands there without a key.
const PASSWORD_WAITS: SignedDuration = SignedDuration::from_mins(5);

/// How long a station waits for a key, and when the last one came.
#[derive(Debug, Clone, Copy)]
pub struct IdleLock {
    after: Option<SignedDuration>,
    since: Timestamp,
}

impl IdleLock {
    /// From now on. Without a time it never locks.
    #[must_use]
    pub const fn new(after: Option<SignedDuration>, now: Timestamp) -> Self {
        Self { after, since: now }
    }

    /// How long it waits.
    #[must_use]
    pub const fn after(&self) -> Option<SignedDuration> {
        self.after
    }

    /// Somebody is there.
    pub(super) const fn begin(&mut self, now: Timestamp) {
        self.since = now;
    }

    /// Time goes on. A clock that was set back makes no wait longer than it is.
    pub(super) fn at(&mut self, now: Timestamp) {
        self.since = self.since.min(now);
    }

    /// When the choice of a password is given up: a station that never locks gives it up all the same.
    pub(super) fn due_for_password(&self) -> Timestamp {
        let after = self.after.map_or(PASSWORD_WAITS, |after| after.min(PASSWORD_WAITS));
        self.since.saturating_add(after).unwrap_or(Timestamp::MAX)
    }

    /// When it locks.
    pub(super) fn due(&self) -> Option<Timestamp> {
        self.after.map(|after| self.since.saturating_add(after).unwrap_or(Timestamp::MAX))
    }
}
