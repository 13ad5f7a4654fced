//! A GlucoMen areo from the meter's side: a byte is a request, a block its answer.
//!
//! It marks no control tests, and its clock can be set but not read.

use super::SimulatedMeter;
use super::cases::{Case, only};
use super::fault::Fault;
use super::readings::{ReadingSet, SimulatedReading};
use super::utterance::CheckValueOffset;
use super::wanted::Wanted;
use crate::domain::cause::Cause;
use crate::domain::glucose::{Measured, Unit};
use crate::domain::reading::Meal;
use crate::meters::codec::glucomen_areo::{ASK_INFO, ASK_READINGS, Info, NO_READINGS, encode_block, end_of_block};

/// The serial number without another one: letters and digits, as a real info line has it behind its numbers.
pub const DEFAULT_SERIAL: &str = "000A1000001";

/// Behind this byte a clock may be set with [`SET_CLOCK`].
const BEFORE_SET_CLOCK: u8 = 0xC2;
const SET_CLOCK: u8 = 0xA1;

/// What this family does wrong, or differently, on the bench. Positions count from 0 at the newest reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AreoFaults {
    /// So many blocks have a wrong check value, from the first on.
    pub wrong_checks: u32,
    /// This reading has a mark that nobody knows.
    pub unknown_mark: Option<usize>,
    /// This reading is of another type than glucose.
    pub other_type: Option<usize>,
    /// The line of this reading cannot be understood, though the check value is right.
    pub broken_line: Option<usize>,
    /// Every answer is sent in pieces of so many bytes.
    pub chunk: Option<usize>,
}

/// The cases: a block that must be asked for again, and lines that are not understood though their check value is
/// right.
pub(super) const CASES: &[Case<AreoFaults>] = &[
    Case::at("wrong-checks", "the first N blocks have a wrong check value", |faults, n| {
        faults.wrong_checks = n.amount();
    }),
    Case::at("unknown-mark", "reading N has a mark that nobody knows", |faults, n| {
        faults.unknown_mark = Some(n.place());
    }),
    Case::at("other-quantity", "reading N is of another type than glucose", |faults, n| {
        faults.other_type = Some(n.place());
    }),
    Case::at("damaged", "the line of reading N cannot be understood, under a right check value", |faults, n| {
        faults.broken_line = Some(n.place());
    }),
];

/// A simulated GlucoMen areo.
#[derive(Debug)]
pub struct SimulatedAreo {
    serial: String,
    unit: Unit,
    memory: ReadingSet,
    faults: AreoFaults,
    utterance: CheckValueOffset,
    heard: Vec<u8>,
    clock_was_set: bool,
}

pub(super) fn make(wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    let serial = wanted.serial.as_deref().unwrap_or(DEFAULT_SERIAL);
    if serial.is_empty() || !serial.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err("the serial number of a GlucoMen areo is letters and digits".into());
    }
    let unit = if wanted.shows_mmol { Unit::MmolPerL } else { Unit::MgPerDl };
    Ok(Box::new(SimulatedAreo::new(serial, unit, wanted.memory, only(CASES, wanted.fault), wanted.fault)))
}

impl SimulatedAreo {
    /// A meter with these readings. Of `fault` it applies what concerns what is said.
    #[must_use]
    pub fn new(serial: &str, unit: Unit, memory: ReadingSet, faults: AreoFaults, fault: Option<Fault>) -> Self {
        let utterance = CheckValueOffset::new(fault);
        Self { serial: serial.to_owned(), unit, memory, faults, utterance, heard: Vec::new(), clock_was_set: false }
    }

    /// Whether somebody asked the meter to set its clock. It never does.
    #[must_use]
    pub const fn clock_was_set(&self) -> bool {
        self.clock_was_set
    }

    fn readings(&self) -> Vec<u8> {
        if self.memory.readings.is_empty() {
            // The one block without a line for its check value: 90 3D stands for no readings.
            return NO_READINGS.to_vec();
        }
        let newest_first = self.memory.readings.iter().rev().enumerate();
        encode_block(&newest_first.map(|(place, reading)| self.line(place, reading)).collect::<Vec<_>>())
    }

    fn line(&self, place: usize, reading: &SimulatedReading) -> String {
        let is = |position: Option<usize>| position == Some(place);
        let value = match reading.measured {
            _ if is(self.faults.broken_line) => "?".to_owned(),
            // How a real one sends these two is not established; words are what the driver is
            // prepared for.
            Measured::Low => "LO".to_owned(),
            Measured::High => "HI".to_owned(),
            Measured::Unscaled(number) => number.to_string(),
            Measured::Value(value) => value.glucose_in(self.unit),
        };
        let name = if is(self.faults.other_type) { "Ket" } else { "Glu" };
        let mark = match reading.meal {
            _ if is(self.faults.unknown_mark) => "40",
            Some(Meal::Before) => "02",
            Some(Meal::After) => "04",
            Some(Meal::None | Meal::Fasting | Meal::Bedtime | Meal::Casual) | None => "00",
        };
        format!("{name},{value},{},{mark},{}", self.unit, reading.time.strftime("%y%m%d,%H%M"))
    }

    fn say(&mut self, mut block: Vec<u8>) -> Vec<Vec<u8>> {
        let is_wrong = self.faults.wrong_checks > 0;
        self.faults.wrong_checks = self.faults.wrong_checks.saturating_sub(1);
        if self.utterance.is_spoiled(block.len()) | is_wrong
            && let Some([digit, ..]) = block.last_chunk_mut::<6>()
        {
            *digit = if *digit == b'0' { b'1' } else { b'0' };
        }
        let size = self.faults.chunk.unwrap_or(block.len()).max(1);
        block.chunks(size).map(<[u8]>::to_vec).collect()
    }
}

impl SimulatedMeter for SimulatedAreo {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        self.heard.clear();
        Vec::new()
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.heard.extend_from_slice(bytes);
        let mut said = Vec::new();
        while let Some(first) = self.heard.first().copied() {
            // The second byte may still be on its way; until it is here, nobody knows whether a block follows.
            if first == BEFORE_SET_CLOCK && matches!(self.heard.get(1), None | Some(&SET_CLOCK)) {
                let Some(end) = end_of_block(&self.heard) else { break };
                self.heard.drain(..end);
                self.clock_was_set = true;
                // `P` is done; `F` would be refused.
                said.extend(self.say(b"P".to_vec()));
                continue;
            }
            self.heard.drain(..1);
            match first {
                ASK_INFO => {
                    let info = Info { serial: self.serial.clone(), version: "1.05".to_owned() };
                    said.extend(self.say(encode_block(&[info.encode()])));
                }
                ASK_READINGS => said.extend(self.say(self.readings())),
                _ => {}
            }
        }
        said
    }

    fn baud(&self) -> Option<u32> {
        Some(9600)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn anything_else_is_dropped_and_a_clock_is_not_set() {
        let memory = ReadingSet::seeded(0, 1, date(2024, 2, 29).at(8, 0, 0, 0));
        let mut meter = SimulatedAreo::new(DEFAULT_SERIAL, Unit::MgPerDl, memory, AreoFaults::default(), None);
        assert!(meter.hear(b"x\x00\x81").is_empty());
        assert_eq!(meter.hear(&[ASK_READINGS]), [NO_READINGS]);
        assert!(meter.hear(b"\xC2\xA1[\r\n2402292345\r\n").is_empty());
        assert_eq!(meter.hear(b"D0\r\n]\r\n"), [b"P"]);
        assert!(meter.clock_was_set());
        assert_eq!(meter.hear(&[ASK_INFO]).concat(), encode_block(&["0,0,0, 000A1000001, 1.05".to_owned()]));
    }
}
