//! When to look. Pure.

use std::time::{Duration, Instant};

/// The looks after an announcement, counted from it. A serial port or a drive comes after its device, and udev gives
/// the device to the user later still.
const SOON: [Duration; 3] = [Duration::from_millis(50), Duration::from_millis(150), Duration::from_millis(300)];

/// The turns of a watch.
#[derive(Debug)]
pub(super) struct Turns {
    period: Duration,
    announced: Option<Instant>,
}

impl Turns {
    /// A look every `period`.
    pub(super) const fn new(period: Duration) -> Self {
        Self { period, announced: None }
    }

    /// Something was plugged in or pulled out at this time.
    pub(super) const fn announced(&mut self, at: Instant) {
        self.announced = Some(at);
    }

    /// How long to wait for the next look after one that ended `at` this time.
    pub(super) fn wait(&self, at: Instant) -> Duration {
        let since = self.announced.map(|announced| at.saturating_duration_since(announced));
        let left = |turn: &Duration| turn.checked_sub(since?).filter(|left| !left.is_zero());
        let soon = SOON.iter().find_map(left);
        soon.map_or(self.period, |soon| soon.min(self.period))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: Duration = Duration::from_millis(500);

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn without_an_announcement_a_look_follows_each_period() {
        let start = Instant::now();
        let turns = Turns::new(PERIOD);
        assert_eq!([turns.wait(start), turns.wait(start + ms(70))], [PERIOD, PERIOD]);
    }

    #[test]
    fn an_announcement_brings_three_looks_soon_and_then_the_period_again() {
        let start = Instant::now();
        let mut turns = Turns::new(PERIOD);
        turns.announced(start);
        let mut at = start;
        let mut looks = Vec::new();
        for _ in 0..5 {
            at += turns.wait(at);
            looks.push((at - start).as_millis());
        }
        assert_eq!(looks, [50, 150, 300, 800, 1300]);
    }

    #[test]
    fn a_slow_look_leaves_out_the_turns_that_it_took() {
        let start = Instant::now();
        let mut turns = Turns::new(PERIOD);
        turns.announced(start);
        assert_eq!(turns.wait(start + ms(160)), ms(140));
        turns.announced(start + ms(200));
        assert_eq!(turns.wait(start + ms(210)), ms(40));
    }

    #[test]
    fn no_wait_is_longer_than_the_period() {
        let start = Instant::now();
        let mut turns = Turns::new(ms(20));
        turns.announced(start);
        assert_eq!(turns.wait(start), ms(20));
    }
}
