//! The one place where the time of day is read.
//!
//! Everything else is told the time, so that a script can be played at any date and always gives the same.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Zoned};

/// Tells the time of day, with the time zone of this computer.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Zoned;
}

/// The clock of this computer.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Zoned {
        Zoned::now()
    }
}

/// What systemd's time service makes once it has set the clock by the network, and takes away at a restart
/// (systemd-timesyncd.service(8)).
const SYNCHRONIZED: &str = "/run/systemd/timesync/synchronized";

/// Whether the clock of this computer is known to be set by the network. Where another program sets it that is not
/// known here.
#[must_use]
pub fn has_network_time() -> bool {
    Path::new(SYNCHRONIZED).exists()
}

/// A clock that stands still until it is moved: for the harness and for tests.
#[derive(Debug)]
pub struct VirtualClock(Mutex<Zoned>);

impl VirtualClock {
    /// A clock that shows `start`.
    #[must_use]
    pub const fn new(start: Zoned) -> Self {
        Self(Mutex::new(start))
    }

    /// Sets the clock, also backwards.
    pub fn set(&self, time: Zoned) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = time;
    }

    /// Moves the clock on by elapsed time: over a change to summer time, 24 hours end at another hour of the day.
    /// Stops at the last moment that can be written (year 9999).
    pub fn advance(&self, by: SignedDuration) {
        let mut time = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *time = time.saturating_add(by);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Zoned {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Zoned {
        text.parse().unwrap()
    }

    #[test]
    fn a_virtual_clock_moves_only_when_told() {
        let clock = VirtualClock::new(time("2026-07-14T12:00:00+02:00[Europe/Berlin]"));
        assert_eq!(clock.now(), clock.now());
        clock.advance(SignedDuration::from_mins(5));
        assert_eq!(clock.now(), time("2026-07-14T12:05:00+02:00[Europe/Berlin]"));
        clock.set(time("2026-01-01T00:00:00+01:00[Europe/Berlin]"));
        assert_eq!(clock.now(), time("2026-01-01T00:00:00+01:00[Europe/Berlin]"));
    }

    /// Summer time began on 29-Mar-2026 at 02:00 in Berlin: the day had 23 hours.
    #[test]
    fn a_day_of_elapsed_time_crosses_summer_time() {
        let clock = VirtualClock::new(time("2026-03-28T12:00:00+01:00[Europe/Berlin]"));
        clock.advance(SignedDuration::from_hours(24));
        assert_eq!(clock.now(), time("2026-03-29T13:00:00+02:00[Europe/Berlin]"));
    }

    #[test]
    fn the_system_clock_does_not_run_backwards_between_two_looks() {
        let before = SystemClock.now();
        assert!(SystemClock.now().timestamp() >= before.timestamp());
    }
}
