//! An SD CodeFree from the meter's side: offers to talk each second, then gives a record for each request.
//!
//! It has no serial number and no clock to read, and marks neither control tests nor LO and HI.

use std::time::Duration;

use super::SimulatedMeter;
use super::cases::{Case, only};
use super::fault::Fault;
use super::readings::{ReadingSet, SimulatedReading};
use super::utterance::{CheckValueOffset, count_too_high};
use super::wanted::Wanted;
use crate::domain::cause::Cause;
use crate::domain::glucose::Measured;
use crate::domain::reading::Meal;
use crate::meters::codec::sd_codefree::{
    CHALLENGE, DISCONNECTED, FETCH, RESPONSE, Record, Sender, decode, encode, encode_count, length,
};

/// How many readings the meter can hold.
pub const CAPACITY: usize = 500;

/// How often a meter that was switched on offers itself again until it is answered.
const REPEAT_OFFER: Duration = Duration::from_secs(1);

/// The message that answers a set clock.
const CLOCK_SET: [u8; 2] = [0x10, 0x10];

/// What this family does wrong, or differently, on the bench. Positions count from 0 at the newest record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeFreeFaults {
    /// So many zero bytes come before each offer.
    pub leading_zeros: usize,
    /// Each offer is made twice in a row.
    pub second_offer: bool,
    /// So many offers pass before the meter hears a reply.
    pub deaf_offers: u32,
    /// This record has a wrong check value.
    pub wrong_check: Option<usize>,
    /// This record has the meal code 30, which nobody knows.
    pub unknown_meal: Option<usize>,
    /// The meter announces so many records too many.
    pub count_too_high: u16,
}

/// The cases: offers that are not clean, and records of a protocol in which nothing can be asked for again.
pub(super) const CASES: &[Case<CodeFreeFaults>] = &[
    Case::at("leading-zeros", "N zero bytes come before each offer", |faults, n| {
        faults.leading_zeros = n.place().min(1000);
    }),
    Case::plain("second-offer", "each offer is made twice in a row", |faults, _| faults.second_offer = true),
    Case::at("deaf", "N offers pass before the meter hears a reply", |faults, n| faults.deaf_offers = n.amount()),
    Case::at("wrong-check", "record N has a wrong check value", |faults, n| faults.wrong_check = Some(n.place())),
    Case::at("unknown-meal", "record N has a meal code that nobody knows", |faults, n| {
        faults.unknown_meal = Some(n.place());
    }),
];

/// How far the conversation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Has offered to talk, so many times.
    Offering(u32),
    /// So many records were fetched.
    Talking(usize),
    /// Shows E-5 until it is switched off.
    Locked,
}

/// A simulated SD CodeFree.
#[derive(Debug)]
pub struct SimulatedCodeFree {
    memory: ReadingSet,
    faults: CodeFreeFaults,
    state: State,
    offers: u32,
    heard: Vec<u8>,
    utterance: CheckValueOffset,
    clock_was_set: bool,
}

pub(super) fn make(wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    if wanted.memory.readings.len() > CAPACITY {
        return Err(format!("an SD CodeFree holds at most {CAPACITY} readings").into());
    }
    if wanted.serial.is_some() {
        return Err("an SD CodeFree tells no serial number".into());
    }
    Ok(Box::new(SimulatedCodeFree::new(wanted.memory, only(CASES, wanted.fault), wanted.fault)))
}

impl SimulatedCodeFree {
    /// A meter with these readings, switched off. Of `fault` it applies what concerns what is said.
    #[must_use]
    pub fn new(memory: ReadingSet, mut faults: CodeFreeFaults, fault: Option<Fault>) -> Self {
        faults.count_too_high = faults.count_too_high.saturating_add(count_too_high(fault));
        let (state, utterance) = (State::Locked, CheckValueOffset::new(fault));
        Self { memory, faults, state, offers: 0, heard: Vec::new(), utterance, clock_was_set: false }
    }

    /// Whether somebody asked the meter to set its clock. It never does.
    #[must_use]
    pub const fn clock_was_set(&self) -> bool {
        self.clock_was_set
    }

    fn offer(&mut self, times: u32) -> Vec<Vec<u8>> {
        self.state = State::Offering(times);
        self.offers += 1;
        let mut offers = vec![[vec![0; self.faults.leading_zeros], CHALLENGE.to_vec()].concat()];
        if self.faults.second_offer {
            offers.push(CHALLENGE.to_vec());
        }
        for offer in &offers {
            // An offer is the same each time; its check value is never wrong.
            self.utterance.is_spoiled(offer.len());
        }
        offers
    }

    fn obey(&mut self, message: &[u8]) -> Option<Vec<u8>> {
        let next = match (self.state, message) {
            (State::Offering(_), message) if message == RESPONSE => {
                self.state = State::Talking(0);
                let held = u16::try_from(self.memory.readings.len()).unwrap_or(u16::MAX);
                return Some(self.say(&encode_count(held.saturating_add(self.faults.count_too_high)), false));
            }
            (State::Talking(next), message) if message == FETCH => next,
            // Only straight after the count may the clock be set.
            (State::Talking(0), [b'A', b'D', b'A', b'T', b'E', ..]) => {
                self.clock_was_set = true;
                return Some(self.say(&CLOCK_SET, false));
            }
            _ => {
                self.state = State::Locked;
                return None;
            }
        };
        let record = self.memory.readings.iter().rev().nth(next).map(|reading| self.record(next, reading));
        let Some(record) = record else {
            self.state = State::Offering(1);
            return Some(self.say(&DISCONNECTED, false));
        };
        self.state = State::Talking(next + 1);
        Some(self.say(record.message(), self.faults.wrong_check == Some(next)))
    }

    fn record(&self, place: usize, reading: &SimulatedReading) -> Record {
        let value = match reading.measured {
            // How a real one marks these two is not established: numbers beyond its range, which
            // must be doubted.
            Measured::Low => 9,
            Measured::High => 601,
            Measured::Unscaled(number) => number,
            Measured::Value(value) => u16::try_from(value.digits()).unwrap_or(u16::MAX),
        };
        let meal = match reading.meal {
            // The codes that are known are 00, 10 and 20.
            _ if self.faults.unknown_meal == Some(place) => 0x30,
            Some(Meal::Before) => 0x10,
            Some(Meal::After) => 0x20,
            Some(Meal::None | Meal::Fasting | Meal::Bedtime | Meal::Casual) | None => 0x00,
        };
        Record::new(reading.time, value, meal)
    }

    fn say(&mut self, message: &[u8], is_wrong: bool) -> Vec<u8> {
        let mut frame = encode(Sender::Meter, message);
        if self.utterance.is_spoiled(frame.len()) | is_wrong
            && let Some([check, _]) = frame.last_chunk_mut::<2>()
        {
            *check ^= 0xFF;
        }
        frame
    }
}

impl SimulatedMeter for SimulatedCodeFree {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        self.heard.clear();
        self.offer(1)
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        if matches!(self.state, State::Offering(_)) && self.offers <= self.faults.deaf_offers {
            return Vec::new();
        }
        self.heard.extend_from_slice(bytes);
        let mut said = Vec::new();
        while self.state != State::Locked {
            let length = match length(Sender::Host, &self.heard) {
                Ok(Some(length)) if length <= self.heard.len() => length,
                Ok(_) => break,
                Err(_) => {
                    self.state = State::Locked;
                    break;
                }
            };
            let frame: Vec<u8> = self.heard.drain(..length).collect();
            match decode(Sender::Host, &frame) {
                Ok(message) => said.extend(self.obey(message)),
                Err(_) => self.state = State::Locked,
            }
        }
        said
    }

    fn wait(&mut self, silence: Duration) -> Vec<Vec<u8>> {
        match self.state {
            State::Offering(times) if silence >= REPEAT_OFFER * times => self.offer(times + 1),
            State::Offering(_) | State::Talking(_) | State::Locked => Vec::new(),
        }
    }

    fn baud(&self) -> Option<u32> {
        Some(38_400)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn meter(count: usize) -> SimulatedCodeFree {
        let memory = ReadingSet::seeded(count, 3, date(2024, 2, 29).at(23, 45, 10, 0));
        let mut meter = SimulatedCodeFree::new(memory, CodeFreeFaults::default(), None);
        assert_eq!(meter.plugged(), [CHALLENGE]);
        meter
    }

    #[test]
    fn it_offers_each_second_until_somebody_replies() {
        let mut meter = meter(0);
        assert!(meter.wait(Duration::from_millis(900)).is_empty());
        assert_eq!(meter.wait(Duration::from_secs(1)), [CHALLENGE]);
        assert!(meter.wait(Duration::from_millis(1900)).is_empty());
        assert_eq!(meter.wait(Duration::from_secs(2)), [CHALLENGE]);
        assert_eq!(meter.hear(&encode(Sender::Host, &RESPONSE)), [encode(Sender::Meter, &encode_count(0))]);
        assert!(meter.wait(Duration::from_secs(9)).is_empty());
        assert_eq!(meter.hear(&encode(Sender::Host, &FETCH)), [encode(Sender::Meter, &DISCONNECTED)]);
        assert_eq!(meter.wait(Duration::from_secs(1)), [CHALLENGE]);
    }

    #[test]
    fn an_unknown_message_locks_it() {
        let mut meter = meter(1);
        assert!(meter.hear(&encode(Sender::Host, &FETCH)).is_empty(), "a fetch before the reply");
        assert!(meter.hear(&encode(Sender::Host, &RESPONSE)).is_empty());
        assert!(meter.wait(Duration::from_mins(1)).is_empty());
    }

    /// The frame of the specification for 29-Feb-2024 23:45.
    #[test]
    fn a_clock_is_not_set_but_the_wish_is_remembered() {
        let mut meter = meter(1);
        meter.hear(&encode(Sender::Host, &RESPONSE));
        let set = encode(Sender::Host, b"ADATE202402292345");
        assert_eq!(set.last_chunk(), Some(&[0x58, 0xAA]));
        assert_eq!(meter.hear(&set), [[0x53, 0x20, 0x04, 0x10, 0x10, 0x00, 0xAA]]);
        assert!(meter.clock_was_set());
    }
}
