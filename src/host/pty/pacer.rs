//! How many bytes a serial line of a given speed has carried by now.
//!
//! Counted from the moment the line became busy, not from byte to byte, so that late wake-ups do not add up.

use std::time::{Duration, Instant};

/// A start bit, eight data bits and a stop bit.
const BITS_PER_BYTE: u64 = 10;

/// The line from meter to host.
#[derive(Debug)]
pub struct Pacer {
    /// `None`: as fast as the computer can.
    baud: Option<u32>,
    busy_since: Instant,
    carried: u64,
}

impl Pacer {
    /// A line that is idle at `now`.
    #[must_use]
    pub const fn new(baud: Option<u32>, now: Instant) -> Self {
        Self { baud, busy_since: now, carried: 0 }
    }

    /// The line was idle and becomes busy, behind the `heard` bytes that had to come the other way first.
    pub fn start(&mut self, now: Instant, heard: usize) {
        let hearing = self.baud.map_or(Duration::ZERO, |baud| time_of(heard as u64, baud));
        self.busy_since = now + hearing;
        self.carried = 0;
    }

    /// How many of the bytes to come may have left by `now`, and not been counted yet.
    #[must_use]
    pub fn allowance(&self, now: Instant) -> usize {
        let Some(baud) = self.baud else { return usize::MAX };
        let elapsed = now.saturating_duration_since(self.busy_since).as_nanos();
        let gone = elapsed * u128::from(baud) / (u128::from(BITS_PER_BYTE) * 1_000_000_000);
        usize::try_from(gone.saturating_sub(u128::from(self.carried))).unwrap_or(usize::MAX)
    }

    /// So many bytes were written.
    pub fn carry(&mut self, bytes: usize) {
        self.carried += bytes as u64;
    }

    /// How long until so many more bytes have left.
    #[must_use]
    pub fn until(&self, bytes: usize, now: Instant) -> Duration {
        self.baud.map_or(Duration::ZERO, |baud| {
            (self.busy_since + time_of(self.carried + bytes as u64, baud)).saturating_duration_since(now)
        })
    }
}

/// The time that so many bytes need on a line of this speed.
#[must_use]
pub fn time_of(bytes: u64, baud: u32) -> Duration {
    let nanoseconds = u128::from(bytes * BITS_PER_BYTE) * 1_000_000_000 / u128::from(baud.max(1));
    Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At 9600 baud a record of 61 bytes takes 63.5 ms (onetouch-serial 1.7).
    #[test]
    fn a_record_takes_its_published_time() {
        assert_eq!(time_of(61, 9600).as_micros(), 63_541);
    }

    #[test]
    fn bytes_leave_as_time_passes_and_never_twice() {
        let now = Instant::now();
        let mut pacer = Pacer::new(Some(10_000), now);
        pacer.start(now, 2);
        let at = |milliseconds| now + Duration::from_millis(milliseconds);
        assert_eq!(pacer.allowance(at(2)), 0);
        assert_eq!(pacer.until(1, at(2)), Duration::from_millis(1));
        assert_eq!(pacer.until(3, at(2)), Duration::from_millis(3));
        assert_eq!(pacer.allowance(at(5)), 3);
        pacer.carry(3);
        assert_eq!(pacer.allowance(at(5)), 0);
        assert_eq!(pacer.allowance(at(105)), 100);
        assert_eq!(Pacer::new(None, now).allowance(now), usize::MAX);
    }
}
