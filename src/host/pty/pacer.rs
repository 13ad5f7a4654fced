//! How many bytes a serial line of a given speed has carried by now.
//!
//! Counted from the moment the line became busy, not from byte to byte, so that late wake-ups do not add up. Nor do
//! they from answer to answer: what this process was late with the last byte of an answer, the reader was kept waiting
//! before its next question, so the line is taken to have heard the question so much earlier. Never earlier than the
//! last byte was due, so that no byte comes before a real line would bring it.

use std::time::{Duration, Instant};

/// A start bit, eight data bits and a stop bit.
const BITS_PER_BYTE: u64 = 10;

/// Lateness beyond this is no late wake-up but a program that stood still; the line stood still with it.
const MOST_MADE_UP: Duration = Duration::from_millis(20);

/// The line from meter to host.
#[derive(Debug)]
pub struct Pacer {
    /// `None`: as fast as the computer can.
    baud: Option<u32>,
    busy_since: Instant,
    carried: usize,
    /// How much later than a real line the bytes written last have left.
    late: Duration,
}

impl Pacer {
    /// A line that is idle at `now`.
    #[must_use]
    pub const fn new(baud: Option<u32>, now: Instant) -> Self {
        Self { baud, busy_since: now, carried: 0, late: Duration::ZERO }
    }

    /// The line was idle and becomes busy, behind the `heard` bytes that had to come the other way first.
    pub fn start(&mut self, now: Instant, heard: usize) {
        let hearing = self.baud.map_or(Duration::ZERO, |baud| time_of(heard as u64, baud));
        self.busy_since = now.checked_sub(self.late).unwrap_or(now) + hearing;
        self.carried = 0;
        self.late = Duration::ZERO;
    }

    /// How many of the bytes to come may have left by `now`, and not been counted yet.
    #[must_use]
    pub fn allowance(&self, now: Instant) -> usize {
        self.bytes_in(now.saturating_duration_since(self.busy_since)).saturating_sub(self.carried)
    }

    /// How many whole bytes the line carries in this time.
    #[must_use]
    pub fn bytes_in(&self, time: Duration) -> usize {
        let Some(baud) = self.baud else { return usize::MAX };
        let bytes = time.as_nanos() * u128::from(baud) / (u128::from(BITS_PER_BYTE) * 1_000_000_000);
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }

    /// So many bytes were written at `now`.
    pub fn carry(&mut self, bytes: usize, now: Instant) {
        self.carried += bytes;
        self.late = self.baud.map_or(Duration::ZERO, |baud| {
            now.saturating_duration_since(self.busy_since + time_of(self.carried as u64, baud)).min(MOST_MADE_UP)
        });
    }

    /// How long until so many more bytes have left.
    #[must_use]
    pub fn until(&self, bytes: usize, now: Instant) -> Duration {
        self.baud.map_or(Duration::ZERO, |baud| {
            (self.busy_since + time_of((self.carried + bytes) as u64, baud)).saturating_duration_since(now)
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

    /// At 9600 baud a record of 61 bytes takes 63.5 ms.
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
        pacer.carry(3, at(5));
        assert_eq!(pacer.allowance(at(5)), 0);
        assert_eq!(pacer.allowance(at(105)), 100);
        assert_eq!(Pacer::new(None, now).allowance(now), usize::MAX);
    }

    #[test]
    fn what_an_answer_was_late_is_made_up_for_but_never_more() {
        let now = Instant::now();
        let at = |milliseconds| now + Duration::from_millis(milliseconds);
        let answer = |written| {
            let mut pacer = Pacer::new(Some(10_000), now);
            pacer.start(now, 0);
            pacer.carry(3, at(written));
            // Five milliseconds later the reader asks with two bytes, which take two milliseconds.
            pacer.start(at(written + 5), 2);
            pacer
        };
        // Written when due, at 3 ms: heard at 10 ms, and the first byte of the answer is there at 11 ms.
        assert_eq!(answer(3).until(1, at(3)), Duration::from_millis(8));
        // Written 2 ms late, everything was 2 ms late on this side only.
        assert_eq!(answer(5).until(1, at(3)), Duration::from_millis(8));
        // A program that stood still for a second stops the line, but for 20 ms.
        assert_eq!(answer(1003).until(1, at(980)), Duration::from_millis(11));
        let mut again = answer(5);
        again.start(at(30), 0);
        assert_eq!(again.until(1, at(30)), Duration::from_millis(1), "made up for once only");
    }
}
