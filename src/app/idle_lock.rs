//! The lock of a station that is left alone (clinic-safety SEC-02): after some minutes without a key nobody sees any
//! more what was on the screen. What becomes of the work is said in [`super::paused`].

use jiff::{SignedDuration, Timestamp};

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

    /// When it locks.
    pub(super) fn due(&self) -> Option<Timestamp> {
        self.after.map(|after| self.since.saturating_add(after).unwrap_or(Timestamp::MAX))
    }
}
