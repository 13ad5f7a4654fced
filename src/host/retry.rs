//! Trying again while a refusal may pass by itself: the one way in which this computer's devices are waited for.

use std::time::Duration;

/// How long a meter that has just arrived may be refused before anybody is told: the kernel announces a device before
/// udev has given it to the user, and a system service may hold it for a moment.
pub(super) const SETTLING: Duration = Duration::from_secs(2);

/// How long is tried, and how often.
#[derive(Debug, Clone, Copy)]
pub(super) struct Retries {
    /// The pauses together, not what the attempts take: an attempt that blocks is no refusal.
    pub(super) limit: Duration,
    /// The pause between two attempts.
    pub(super) pause: Duration,
}

/// For a device that has just arrived: the kernel announces it before it is configured and before udev has given it to
/// the user, a service that looks for modems may hold its port for a moment, and the previous program may still be
/// closing it. Half a pause, which nobody notices, is waited too long on average.
pub(super) const NEW_DEVICE: Retries = Retries { limit: SETTLING, pause: Duration::from_millis(50) };

impl Retries {
    /// Attempts until it succeeds, until a refusal that does not pass, or until the patience is at its end: then with
    /// the last refusal. `attempt` is told how long was paused so far.
    pub(super) fn attempt<T, E>(
        self,
        is_passing: impl Fn(&E) -> bool,
        mut attempt: impl FnMut(Duration) -> Result<T, E>,
        mut pause: impl FnMut(Duration),
    ) -> Result<T, E> {
        let mut spent = Duration::ZERO;
        loop {
            match attempt(spent) {
                Err(refusal) if is_passing(&refusal) && spent < self.limit => {
                    pause(self.pause);
                    spent += self.pause;
                }
                outcome => return outcome,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What came of attempts that are refused until so much was paused, how many there were, and the pauses together.
    fn attempts(refused_until: Duration, is_passing: bool) -> (Result<&'static str, &'static str>, usize, Duration) {
        let (mut made, mut paused) = (0, Duration::ZERO);
        let attempt = |spent| {
            made += 1;
            if spent < refused_until { Err("refused") } else { Ok("open") }
        };
        let outcome = NEW_DEVICE.attempt(|_| is_passing, attempt, |pause| paused += pause);
        (outcome, made, paused)
    }

    #[test]
    fn a_refusal_that_passes_is_waited_out() {
        let wait = Duration::from_millis(150);
        assert_eq!(attempts(Duration::ZERO, true), (Ok("open"), 1, Duration::ZERO));
        assert_eq!(attempts(wait, true), (Ok("open"), 4, wait));
        assert_eq!(attempts(SETTLING, true), (Ok("open"), 41, SETTLING));
    }

    #[test]
    fn patience_ends_after_two_seconds_with_the_last_refusal() {
        assert_eq!(attempts(Duration::MAX, true), (Err("refused"), 41, Duration::from_secs(2)));
    }

    #[test]
    fn another_failure_is_not_tried_again() {
        assert_eq!(attempts(Duration::MAX, false), (Err("refused"), 1, Duration::ZERO));
    }
}
