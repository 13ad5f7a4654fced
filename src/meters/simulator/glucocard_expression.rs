//! A GLUCOCARD Expression from the meter's side: packets of eleven bytes, and 300 of them for the memory.
//!
//! It marks no meals. LO and HI are the numbers 19 and 601.

use super::SimulatedMeter;
use super::cases::{Case, only};
use super::fault::Fault;
use super::readings::{ReadingSet, SimulatedReading};
use super::utterance::CheckValueOffset;
use super::wanted::{MeterClock, Wanted};
use crate::domain::cause::Cause;
use crate::domain::glucose::Measured;
use crate::domain::reading::Kind;
use crate::meters::codec::glucocard_expression::{
    CLOCK, EMPTY, PACKET, PING, PLACES, READ_ALL, SERIAL, Sender, decode, encode, encode_clock, encode_record,
    encode_serial,
};

/// The serial number without another one: eight characters, which fill the packet that they are sent in, last one
/// first.
pub const DEFAULT_SERIAL: &str = "000SIM01";

/// Sets the clock. Known so that it is noticed when it is asked: no driver may.
const SET_CLOCK: u8 = 0x16;
const DONE: [u8; 8] = [1, 0, 0, 0, 0, 0, 0, 0];

/// What this family does wrong, or differently, on the bench. Positions count from 0 at the newest record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExpressionFaults {
    /// The packet of this record always has a wrong sum.
    pub wrong_sum: Option<usize>,
    /// The check number within this record is wrong, though the sum of its packet is right.
    pub wrong_check: Option<usize>,
    /// This record says mmol/L.
    pub mmol: Option<usize>,
    /// So many packets are missing at the end.
    pub missing: usize,
    /// So many first pings are not heard.
    pub deaf: u32,
}

/// The cases: a record has a check of its own within its packet, so either can be wrong under the other.
pub(super) const CASES: &[Case<ExpressionFaults>] = &[
    Case::at("wrong-check", "the packet of record N has a wrong sum every time", |faults, n| {
        faults.wrong_sum = Some(n.place());
    }),
    Case::at("wrong-inner-check", "the check number within record N is wrong under a right sum", |faults, n| {
        faults.wrong_check = Some(n.place());
    }),
    Case::at("mmol-record", "record N says mmol/L", |faults, n| faults.mmol = Some(n.place())),
    Case::at("missing", "N packets are missing at the end", |faults, n| faults.missing = n.place()),
    Case::at("deaf", "the first N pings are not heard", |faults, n| faults.deaf = n.amount()),
];

/// A simulated GLUCOCARD Expression.
pub struct SimulatedExpression {
    serial: String,
    memory: ReadingSet,
    clock: MeterClock,
    faults: ExpressionFaults,
    utterance: CheckValueOffset,
    heard: Vec<u8>,
    clock_was_set: bool,
}

pub(super) fn make(wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    if u32::try_from(wanted.memory.readings.len()).is_ok_and(|count| count > PLACES) {
        return Err(format!("a GLUCOCARD Expression holds at most {PLACES} readings").into());
    }
    if wanted.shows_mmol {
        return Err("how a GLUCOCARD Expression stores mmol/L is not known".into());
    }
    let serial = wanted.serial.as_deref().unwrap_or(DEFAULT_SERIAL);
    if serial.len() != 8 || !serial.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err("the serial number of a GLUCOCARD Expression is eight letters and digits".into());
    }
    let faults = only(CASES, wanted.fault);
    Ok(Box::new(SimulatedExpression::new(serial, wanted.memory, wanted.clock, faults, wanted.fault)))
}

impl SimulatedExpression {
    /// A meter with these readings. Of `fault` it applies what concerns what is said.
    #[must_use]
    pub fn new(
        serial: &str,
        memory: ReadingSet,
        clock: MeterClock,
        faults: ExpressionFaults,
        fault: Option<Fault>,
    ) -> Self {
        let (serial, utterance) = (serial.to_owned(), CheckValueOffset::new(fault));
        Self { serial, memory, clock, faults, utterance, heard: Vec::new(), clock_was_set: false }
    }

    /// Whether somebody asked the meter to set its clock. It never does.
    #[must_use]
    pub const fn clock_was_set(&self) -> bool {
        self.clock_was_set
    }

    fn obey(&mut self, operation: u8) -> Vec<Vec<u8>> {
        let payload = match operation {
            PING if self.faults.deaf > 0 => {
                self.faults.deaf -= 1;
                return Vec::new();
            }
            PING => DONE,
            CLOCK => encode_clock((self.clock)()),
            SERIAL => encode_serial(&self.serial),
            SET_CLOCK => {
                self.clock_was_set = true;
                DONE
            }
            READ_ALL => return self.dump(),
            // What a real one says to other operations is not published.
            _ => return Vec::new(),
        };
        vec![self.say(operation, payload, false)]
    }

    fn dump(&mut self) -> Vec<Vec<u8>> {
        let places = usize::try_from(PLACES).unwrap_or(0).saturating_sub(self.faults.missing);
        let mut payloads: Vec<[u8; 8]> = self.memory.readings.iter().rev().map(record).collect();
        for (place, payload) in payloads.iter_mut().enumerate() {
            let [year, .., check, _] = payload;
            if self.faults.mmol == Some(place) {
                // The highest bit says mg/dL. It is part of the check, which goes down by one with it.
                *year &= 0x7F;
                *check = check.wrapping_sub(1);
            }
            if self.faults.wrong_check == Some(place) {
                *check = check.wrapping_add(1);
            }
        }
        // A real meter sends all its places, the empty ones too: that is how the end is known.
        payloads.resize(places, EMPTY);
        let wrong = self.faults.wrong_sum;
        payloads.iter().zip(0..).map(|(payload, place)| self.say(READ_ALL, *payload, wrong == Some(place))).collect()
    }

    fn say(&mut self, operation: u8, payload: [u8; 8], is_wrong: bool) -> Vec<u8> {
        let mut packet = encode(Sender::Meter, operation, payload);
        if self.utterance.is_spoiled(packet.len()) | is_wrong
            && let Some(sum) = packet.last_mut()
        {
            *sum ^= 0xFF;
        }
        packet
    }
}

fn record(reading: &SimulatedReading) -> [u8; 8] {
    let value = match reading.measured {
        Measured::Low => 19,
        Measured::High => 601,
        Measured::Unscaled(number) => number,
        Measured::Value(value) => u16::try_from(value.digits()).unwrap_or(u16::MAX),
    };
    encode_record(reading.time, value, reading.kind == Kind::Control)
}

impl SimulatedMeter for SimulatedExpression {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        self.heard.clear();
        Vec::new()
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.heard.extend_from_slice(bytes);
        let mut said = Vec::new();
        loop {
            let start = self.heard.iter().position(|byte| *byte == Sender::Host.start()).unwrap_or(self.heard.len());
            self.heard.drain(..start);
            let Some(packet) = self.heard.get(..PACKET).map(<[u8]>::to_vec) else { return said };
            match decode(Sender::Host, &packet) {
                Ok((operation, _)) => {
                    self.heard.drain(..PACKET);
                    said.extend(self.obey(operation));
                }
                // Not a packet after all: look for the next start.
                Err(_) => {
                    self.heard.drain(..1);
                }
            }
        }
    }

    fn baud(&self) -> Option<u32> {
        Some(19_200)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_clock_is_not_set_but_the_wish_is_remembered() {
        let clock = || date(2020, 5, 6).at(7, 8, 0, 0);
        let memory = ReadingSet::seeded(1, 1, clock());
        let mut meter =
            SimulatedExpression::new("12345678", memory, Box::new(clock), ExpressionFaults::default(), None);
        assert_eq!(meter.hear(&encode(Sender::Host, PING, [0; 8])), [encode(Sender::Meter, PING, DONE)]);
        assert_eq!(meter.hear(&encode(Sender::Host, SERIAL, [0; 8])), [encode(Sender::Meter, SERIAL, *b"87654321")]);
        assert!(meter.hear(&[0xAA, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0x10]).is_empty());
        assert_eq!(meter.hear(&encode(Sender::Host, READ_ALL, [0; 8])).len(), 300);
        assert_eq!(meter.hear(&encode(Sender::Host, SET_CLOCK, [20, 5, 6, 7, 8, 0, 0, 0])).len(), 1);
        assert!(meter.clock_was_set());
    }
}
