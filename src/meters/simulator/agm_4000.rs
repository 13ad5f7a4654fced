//! An AGM-4000 from the meter's side: takes a request byte by byte, answers in one report of 64 bytes.
//!
//! Its clock can be set but not read.

use std::time::Duration;

use super::SimulatedMeter;
use super::cases::{Case, only};
use super::fault::Fault;
use super::readings::{ReadingSet, SimulatedReading};
use super::utterance::{CheckValueOffset, count_too_high};
use super::wanted::Wanted;
use crate::domain::cause::Cause;
use crate::domain::glucose::Measured;
use crate::domain::reading::{Kind, Meal};
use crate::meters::codec::agm_4000::{
    COUNT, HIGH, LOW, RECORD, RecordEvent, SERIAL, decode, encode, encode_record, length,
};

/// The serial number without another one: seven characters, as many as the answer has.
pub const DEFAULT_SERIAL: &str = "000SIM1";

/// Sets the clock. Known so that it is noticed when it is asked: no driver may.
const SET_CLOCK: u8 = 0x04;
/// Bytes of a report on the wire.
const REPORT: usize = 64;

/// After this silence the meter forgets a request that was not finished.
const PATIENCE: Duration = Duration::from_secs(1);

/// What this family does wrong, or differently, on the bench. Positions count from 0 at the newest record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgmFaults {
    /// So many answers begin with a zero, from the first on.
    pub zero_first: u32,
    /// This record always has wrong check values.
    pub wrong_check: Option<usize>,
    /// This record is answered with the one before it.
    pub other_index: Option<usize>,
    /// The meter announces so many records too many, and is silent when asked for them.
    pub count_too_high: u16,
}

/// The cases: the zero that a real meter begins some answers with, and records that are not the ones asked for.
pub(super) const CASES: &[Case<AgmFaults>] = &[
    Case::at("zero-first", "the first N answers begin with a zero", |faults, n| faults.zero_first = n.amount()),
    Case::at("wrong-check", "record N has wrong check values every time", |faults, n| {
        faults.wrong_check = Some(n.place());
    }),
    Case::at("other-index", "record N is answered with the one before it", |faults, n| {
        faults.other_index = Some(n.place());
    }),
];

/// A simulated AGM-4000.
#[derive(Debug)]
pub struct SimulatedAgm {
    serial: String,
    memory: ReadingSet,
    faults: AgmFaults,
    utterance: CheckValueOffset,
    heard: Vec<u8>,
    clock_was_set: bool,
}

pub(super) fn make(wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    let serial = wanted.serial.as_deref().unwrap_or(DEFAULT_SERIAL);
    if serial.len() != 7 || !serial.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err("the serial number of an AGM-4000 is seven letters and digits".into());
    }
    Ok(Box::new(SimulatedAgm::new(serial, wanted.memory, only(CASES, wanted.fault), wanted.fault)))
}

impl SimulatedAgm {
    /// A meter with these readings. Of `fault` it applies what concerns what is said.
    #[must_use]
    pub fn new(serial: &str, memory: ReadingSet, mut faults: AgmFaults, fault: Option<Fault>) -> Self {
        faults.count_too_high = faults.count_too_high.saturating_add(count_too_high(fault));
        let (serial, utterance) = (serial.to_owned(), CheckValueOffset::new(fault));
        Self { serial, memory, faults, utterance, heard: Vec::new(), clock_was_set: false }
    }

    /// Whether somebody asked the meter to set its clock. It never does.
    #[must_use]
    pub const fn clock_was_set(&self) -> bool {
        self.clock_was_set
    }

    fn obey(&mut self, command: u8, data: &[u8]) -> Option<Vec<u8>> {
        match (command, data) {
            (COUNT, []) => {
                let held = u16::try_from(self.memory.readings.len()).unwrap_or(u16::MAX);
                Some(self.say(command, &held.saturating_add(self.faults.count_too_high).to_be_bytes(), false))
            }
            (SERIAL, []) => Some(self.say(command, &self.serial.clone().into_bytes(), false)),
            (RECORD, [high, low]) => {
                let index = u16::from_be_bytes([*high, *low]);
                let is = |position: Option<usize>| position == Some(usize::from(index));
                let sent = if is(self.faults.other_index) { index.wrapping_sub(1) } else { index };
                let data = record(sent, self.memory.readings.iter().rev().nth(usize::from(sent))?);
                Some(self.say(command, &data, is(self.faults.wrong_check)))
            }
            (SET_CLOCK, data) => {
                self.clock_was_set = true;
                Some(self.say(command, data, false))
            }
            // What a real one says to other commands is not published, and silence is the worst for
            // a reader.
            _ => None,
        }
    }

    fn say(&mut self, command: u8, data: &[u8], is_wrong: bool) -> Vec<u8> {
        let mut report = encode(command, data);
        if self.utterance.is_spoiled(REPORT) | is_wrong
            && let Some(check) = report.last_mut()
        {
            *check ^= 0xFF;
        }
        if self.faults.zero_first > 0
            && let Some(first) = report.first_mut()
        {
            // Tidepool sends its request once more where an answer begins with a zero.
            self.faults.zero_first -= 1;
            *first = 0;
        }
        report.resize(REPORT, 0);
        report
    }
}

fn record(index: u16, reading: &SimulatedReading) -> [u8; 8] {
    let value = match reading.measured {
        Measured::Low => LOW,
        Measured::High => HIGH,
        // Ten bits of the record are the value.
        Measured::Unscaled(number) => number.min(0x3FF),
        Measured::Value(value) => u16::try_from(value.digits()).unwrap_or(u16::MAX).min(0x3FF),
    };
    let event = match (reading.kind, reading.meal) {
        (Kind::Control, _) => RecordEvent::Control,
        (_, Some(Meal::Before)) => RecordEvent::BeforeMeal,
        (_, Some(Meal::After)) => RecordEvent::AfterMeal,
        (_, Some(Meal::None | Meal::Fasting | Meal::Bedtime | Meal::Casual) | None) => RecordEvent::Normal,
    };
    encode_record(index, reading.time, value, event)
}

impl SimulatedMeter for SimulatedAgm {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        self.heard.clear();
        Vec::new()
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        // Only the first byte of a report counts.
        self.heard.extend(bytes.first());
        match length(&self.heard) {
            Ok(Some(length)) if length <= self.heard.len() => {
                let packet = std::mem::take(&mut self.heard);
                let asked = decode(&packet).map(|(command, data)| (command, data.to_vec())).ok();
                asked.and_then(|(command, data)| self.obey(command, &data)).into_iter().collect()
            }
            Ok(_) => Vec::new(),
            Err(_) => {
                self.heard.clear();
                Vec::new()
            }
        }
    }

    fn wait(&mut self, silence: Duration) -> Vec<Vec<u8>> {
        if silence >= PATIENCE {
            self.heard.clear();
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_clock_is_not_set_but_the_wish_is_remembered() {
        let memory = ReadingSet::seeded(2, 1, date(2020, 5, 6).at(7, 8, 0, 0));
        let mut meter = SimulatedAgm::new(DEFAULT_SERIAL, memory, AgmFaults::default(), None);
        let mut say = |packet: &[u8]| packet.iter().flat_map(|byte| meter.hear(&[*byte])).collect::<Vec<_>>();
        let count = say(&encode(COUNT, &[]));
        assert_eq!(count.len(), 1);
        assert!(count[0].starts_with(&[0x80, 0x03, 0xFC, 0x00, 0x00, 0x02, 0x83, 0xFE]) && count[0].len() == 64);
        assert!(say(&[0x80, 0x01, 0xFE, 0x00, 0x81, 0xFF]).is_empty());
        assert!(say(&encode(RECORD, &[0, 2])).is_empty());
        assert_eq!(say(&encode(SET_CLOCK, &[20, 5, 6, 7, 8])).len(), 1);
        assert!(meter.clock_was_set());
    }
}
