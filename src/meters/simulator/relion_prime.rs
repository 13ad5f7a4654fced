//! A ReliOn Prime from the meter's side: a header for an ACK, then commands.
//!
//! It marks no meals. Refusing a command, it leaves command mode.

use super::SimulatedMeter;
use super::cases::{Case, apply};
use super::fault::Fault;
use super::readings::{ReadingSet, SimulatedReading};
use super::utterance::{CheckValueOffset, count_too_high};
use super::wanted::{MeterClock, Wanted};
use crate::domain::cause::Cause;
use crate::domain::glucose::Measured;
use crate::domain::reading::Kind;
use crate::meters::codec::hexadecimal;
use crate::meters::codec::relion_prime::{
    ACK, COMMAND_MODE, ENQ, EOT, Header, NAK, RECORD_ANSWER, STX, encode_answer, encode_record,
};

/// How many readings the meter can hold.
pub const CAPACITY: usize = 250;

/// The serial number without another one: the third part of the fifth field of the meter's header.
pub const DEFAULT_SERIAL: &str = "000SIM01";

/// More than the longest command; more without a bar is noise.
const LONGEST_COMMAND: usize = 16;

/// What this family does wrong, or differently, on the bench. Positions count from 0 at the newest record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrimeFaults {
    /// This record is always refused.
    pub refused: Option<usize>,
    /// This record is refused when it is first asked for.
    pub refused_once: Option<usize>,
    /// This record always has a wrong check value.
    pub wrong_check: Option<usize>,
    /// The meter answers the first ACK with ENQ.
    pub enquires: bool,
    /// The wish for command mode is first answered with more than one byte.
    pub long_answer: bool,
    /// What follows each answer.
    pub trailing: &'static [u8],
    /// The meter announces so many records too many.
    pub count_too_high: u16,
}

/// The cases: a refused record, which costs the command mode, and the two other beginnings that Tidepool's reader
/// allows for.
pub(super) const CASES: &[Case<PrimeFaults>] = &[
    Case::at("refused", "record N is refused every time", |faults, n| faults.refused = Some(n.place())),
    Case::at("refused-once", "record N is refused when it is first asked for", |faults, n| {
        faults.refused_once = Some(n.place());
    }),
    Case::at("wrong-check", "record N has a wrong check value every time", |faults, n| {
        faults.wrong_check = Some(n.place());
    }),
    Case::plain("enquires", "the meter answers the first ACK with ENQ", |faults, _| faults.enquires = true),
    Case::plain("long-answer", "the wish for command mode is first answered with more than one byte", |faults, _| {
        faults.long_answer = true;
    }),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Sends its header for an ACK.
    Header,
    /// Waits for ENQ.
    Ready,
    /// Takes commands; the ones before decide what the next one means.
    Command(Expecting),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expecting {
    Anything,
    WhatToRead,
    Number,
    WhatToWrite,
    NewClock,
}

/// A simulated ReliOn Prime.
pub struct SimulatedPrime {
    serial: String,
    memory: ReadingSet,
    clock: MeterClock,
    faults: PrimeFaults,
    utterance: CheckValueOffset,
    state: State,
    command: Vec<u8>,
    clock_was_set: bool,
}

pub(super) fn make(wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    if wanted.memory.readings.len() > CAPACITY {
        return Err(format!("a ReliOn Prime holds at most {CAPACITY} readings").into());
    }
    let serial = wanted.serial.as_deref().unwrap_or(DEFAULT_SERIAL);
    if serial.is_empty() || serial.len() > 20 || !serial.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err("the serial number of a ReliOn Prime is at most twenty letters and digits".into());
    }
    // What follows a check value is not published; answers of the related Contour end so.
    let mut faults = PrimeFaults { trailing: b"|\r\n", ..PrimeFaults::default() };
    apply(&mut faults, CASES, wanted.fault);
    Ok(Box::new(SimulatedPrime::new(serial, wanted.memory, wanted.clock, faults, wanted.fault)))
}

impl SimulatedPrime {
    /// A meter with these readings. Of `fault` it applies what concerns what is said.
    #[must_use]
    pub fn new(
        serial: &str,
        memory: ReadingSet,
        clock: MeterClock,
        mut faults: PrimeFaults,
        fault: Option<Fault>,
    ) -> Self {
        faults.count_too_high = faults.count_too_high.saturating_add(count_too_high(fault));
        let (utterance, state) = (CheckValueOffset::new(fault), State::Header);
        let serial = serial.to_owned();
        Self { serial, memory, clock, faults, utterance, state, command: Vec::new(), clock_was_set: false }
    }

    /// Whether somebody asked the meter to set its clock. It never does.
    #[must_use]
    pub const fn clock_was_set(&self) -> bool {
        self.clock_was_set
    }

    fn control(&mut self, byte: u8) -> Option<Vec<u8>> {
        let header = |serial: &str| Header { product: "PRIME".to_owned(), serial: serial.to_owned() }.encode();
        match (byte, self.state) {
            (EOT, _) => {
                // It starts over with a request to transmit (Tidepool waits for it).
                self.state = State::Header;
                Some(vec![ENQ])
            }
            (ACK, State::Header) if std::mem::take(&mut self.faults.enquires) => Some(vec![ENQ]),
            (ACK, State::Header) => Some(header(&self.serial)),
            // Tidepool asks once more where the answer is longer than a byte.
            (COMMAND_MODE, _) if std::mem::take(&mut self.faults.long_answer) => Some(vec![ENQ, ENQ]),
            (COMMAND_MODE, _) => {
                self.state = State::Ready;
                Some(vec![EOT])
            }
            (ENQ, State::Ready) => {
                self.state = State::Command(Expecting::Anything);
                Some(vec![ACK])
            }
            _ => None,
        }
    }

    fn obey(&mut self, expecting: Expecting, command: &str) -> Vec<u8> {
        let (next, answer) = match (expecting, command) {
            (Expecting::Anything, "R") => (Expecting::WhatToRead, vec![ACK]),
            (Expecting::Anything, "W") => (Expecting::WhatToWrite, vec![ACK]),
            (Expecting::WhatToRead, "M") => {
                let held = u16::try_from(self.memory.readings.len()).unwrap_or(u16::MAX);
                let count = held.saturating_add(self.faults.count_too_high);
                (Expecting::Anything, self.answer(format!("D|{count}|").as_bytes()))
            }
            (Expecting::WhatToRead, "T") => {
                (Expecting::Anything, self.answer((self.clock)().strftime("D|%H%M|").to_string().as_bytes()))
            }
            (Expecting::WhatToRead, "D") => {
                (Expecting::Anything, self.answer((self.clock)().strftime("D|%y%m%d|").to_string().as_bytes()))
            }
            (Expecting::WhatToRead, "N") => (Expecting::Number, vec![ACK]),
            (Expecting::Number, number) => match self.record(number) {
                Some(answer) => (Expecting::Anything, answer),
                None => return self.refuse(),
            },
            (Expecting::WhatToWrite, "D" | "T") => (Expecting::NewClock, vec![ACK]),
            (Expecting::NewClock, _) => {
                self.clock_was_set = true;
                (Expecting::Anything, vec![ACK])
            }
            _ => return self.refuse(),
        };
        self.state = State::Command(next);
        answer
    }

    fn refuse(&mut self) -> Vec<u8> {
        self.state = State::Header;
        // After a NAK, Tidepool begins anew with ACK and the wish for command mode: the meter has left it.
        vec![NAK]
    }

    fn answer(&self, text: &[u8]) -> Vec<u8> {
        [text, self.faults.trailing].concat()
    }

    fn record(&mut self, number: &str) -> Option<Vec<u8>> {
        let place = hexadecimal::<u16>(number.as_bytes()).map(usize::from).filter(|_| number.len() == 3)?;
        let is = |position: Option<usize>| position == Some(place);
        if is(self.faults.refused) || is(self.faults.refused_once) {
            self.faults.refused_once = None;
            return None;
        }
        let mut answer = encode_answer(&record_text(self.memory.readings.iter().rev().nth(place)?));
        if is(self.faults.wrong_check) {
            spoil(&mut answer, RECORD_ANSWER - 1);
        }
        Some(self.answer(&answer))
    }
}

/// Changes the check digit at this place.
fn spoil(message: &mut [u8], place: usize) {
    if let Some(digit) = message.get_mut(place) {
        *digit = if *digit == b'0' { b'1' } else { b'0' };
    }
}

fn record_text(reading: &SimulatedReading) -> String {
    let (value, flags) = match reading.measured {
        // Tidepool makes these numbers of the flags; what a real one has beside them is not
        // published.
        Measured::Low => (19, 2),
        Measured::High => (601, 1),
        Measured::Unscaled(number) => (number, 0),
        Measured::Value(value) => (u16::try_from(value.digits()).unwrap_or(u16::MAX), 0),
    };
    encode_record(reading.time, value, flags | if reading.kind == Kind::Control { 4 } else { 0 })
}

impl SimulatedMeter for SimulatedPrime {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        self.state = State::Header;
        self.command.clear();
        Vec::new()
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut said = Vec::new();
        for byte in bytes {
            match (*byte, self.state) {
                (b'|', State::Command(expecting)) => {
                    let command = std::mem::take(&mut self.command);
                    said.push(self.obey(expecting, &String::from_utf8_lossy(&command)));
                }
                // Only what sets the clock ends with one.
                (b'\r', _) => {}
                (byte @ (EOT | ENQ | ACK | COMMAND_MODE), _) => {
                    self.command.clear();
                    said.extend(self.control(byte));
                }
                (byte, _) if self.command.len() < LONGEST_COMMAND => self.command.push(byte),
                _ => self.command.clear(),
            }
        }
        for message in &mut said {
            if self.utterance.is_spoiled(message.len()) {
                // The header ends with its check digits; of the other answers only a record is long enough to have one.
                let is_header = message.first() == Some(&STX);
                let place = if is_header { message.len() - 3 } else { RECORD_ANSWER - 1 };
                spoil(message, place);
            }
        }
        said
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
        let clock = || date(2026, 7, 14).at(12, 3, 0, 0);
        let memory = ReadingSet::seeded(1, 1, clock());
        let mut meter = SimulatedPrime::new("000SIM01", memory, Box::new(clock), PrimeFaults::default(), None);
        assert_eq!(meter.hear(&[EOT]), [[ENQ]]);
        assert!(meter.hear(&[ACK]).concat().starts_with(b"\x021H|"));
        assert_eq!(meter.hear(&[COMMAND_MODE, ENQ]), [[EOT], [ACK]]);
        assert_eq!(meter.hear(b"R|T|"), [&[ACK][..], b"D|1203|"]);
        assert_eq!(meter.hear(b"R|D|"), [&[ACK][..], b"D|260714|"]);
        assert_eq!(meter.hear(b"R|N|001|"), [[ACK], [ACK], [NAK]]);
        assert_eq!(meter.hear(&[ACK, COMMAND_MODE, ENQ]).len(), 3);
        assert_eq!(meter.hear(b"W|D|260715|\r"), [[ACK], [ACK], [ACK]]);
        assert!(meter.clock_was_set());
    }
}
