//! A OneTouch Ultra 2, or the older Ultra, from the meter's side: hears commands, answers in lines with checksums.
//!
//! As a real one it answers as soon as a command can be no other: most need no carriage return. The Ultra marks no
//! meals, keeps no comments and tells its version without a date. Asked to erase its memory the meter keeps it and
//! remembers that it was asked.

use super::SimulatedMeter;
use super::cases::{Case, only};
use super::fault::{Fault, FaultKind};
use super::readings::{ReadingSet, SimulatedReading};
use super::wanted::{MeterClock, Wanted};
use crate::domain::cause::Cause;
use crate::domain::glucose::Measured;
use crate::domain::reading::{Kind, Meal};
use crate::meters::codec::lifescan_ascii::answers::{
    DisplayUnit, Header, encode_clock, encode_serial, encode_unit, encode_version,
};
use crate::meters::codec::lifescan_ascii::record::{Record, Stamp, Value};
use crate::meters::codec::lifescan_ascii::{CARRIAGE_RETURN, WAKE_UP, encode_line};

/// The catalogue's name of the older meter.
pub(super) const ULTRA: &str = "onetouch-ultra";

/// The cases of [`CASES`] that are nothing in it: it has no meal marks.
pub(super) const NOT_IN_ULTRA: &[&str] = &["odd-mark"];

/// How many readings an Ultra 2 can hold.
pub const CAPACITY: usize = 500;

/// How many readings an Ultra can hold.
const ULTRA_CAPACITY: usize = 150;

/// The serial number of an Ultra 2 that was given none: its last letter names the model, and `Y` is an Ultra 2.
pub const DEFAULT_SERIAL: &str = "000SIM01Y";

/// The serial number of an Ultra that was given none.
const ULTRA_SERIAL: &str = "000SIM01T";

/// The commands that a meter obeys at their last letter; `DMS` may go on as `DMSU?`, and `DMT` has a time to come.
const AT_ONCE: [&[u8]; 6] = [b"DM?", b"DM@", b"DMF", b"DMP", b"DMZ", b"DMSU?"];

/// The longest command (`DMT` with date and time) is shorter; more without a carriage return is noise.
const LONGEST_COMMAND: usize = 40;

/// What this family of meters does wrong, or differently, on the bench. Positions count from 0 at the newest record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ultra2Faults {
    /// The line of this record always has a wrong checksum.
    pub wrong_checksum: Option<usize>,
    /// The head of the memory announces so many records too many.
    pub count_too_high: u16,
    /// This record is a test with control solution.
    pub control: Option<usize>,
    /// This record carries the mark of a failed parity check.
    pub damaged: Option<usize>,
    /// This record is sent as the word `HIGH`.
    pub high: Option<usize>,
    /// The meal mark of this record is a letter that nobody knows, under a right checksum.
    pub odd_mark: Option<usize>,
    /// This record is sent twice, the last one not at all.
    pub twice: Option<usize>,
    /// Every answer follows an echo of the wake-up.
    pub echo: bool,
    /// So many wake-ups pass before the meter answers.
    pub deaf_wake_ups: u32,
    /// A single zero byte answers everything: the meter is switched on.
    pub only_zero: bool,
}

/// The cases: what stands in a line while its checksum is right, and a meter that is slow to wake up or is switched on.
pub(super) const CASES: &[Case<Ultra2Faults>] = &[
    Case::at("wrong-checksum", "the line of record N always has a wrong checksum", |faults, n| {
        faults.wrong_checksum = Some(n.place());
    }),
    Case::at("control", "record N is a test with control solution", |faults, n| faults.control = Some(n.place())),
    Case::at("damaged", "record N carries the mark of a failed parity check", |faults, n| {
        faults.damaged = Some(n.place());
    }),
    Case::at("odd-mark", "record N has a meal mark that nobody knows, under a right checksum", |faults, n| {
        faults.odd_mark = Some(n.place());
    }),
    Case::at("high", "record N is sent as the word HIGH", |faults, n| faults.high = Some(n.place())),
    Case::at("twice", "record N is sent twice, the last one not at all", |faults, n| faults.twice = Some(n.place())),
    Case::plain("echo", "every answer follows an echo of the wake-up", |faults, _| faults.echo = true),
    Case::at("deaf", "N wake-ups pass before the meter answers", |faults, n| faults.deaf_wake_ups = n.amount()),
    Case::plain("only-zero", "a single zero byte answers everything: the meter is switched on", |faults, _| {
        faults.only_zero = true;
    }),
];

/// Why there is no such meter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSuchUltra2 {
    /// More readings than it can hold.
    #[error("a OneTouch Ultra 2 holds at most {CAPACITY} readings, a OneTouch Ultra {ULTRA_CAPACITY}")]
    TooMany,
    /// A serial number that this family does not have.
    #[error("the serial number of a OneTouch Ultra or Ultra 2 is one to twenty capital letters and digits")]
    Serial,
}

/// A simulated OneTouch Ultra 2.
pub struct SimulatedUltra2 {
    serial: String,
    /// Whether it is the older Ultra.
    is_ultra: bool,
    unit: DisplayUnit,
    memory: ReadingSet,
    clock: MeterClock,
    faults: Ultra2Faults,
    /// The byte whose line gets a wrong checksum, counted as the wire counts.
    checksum_at: Option<u64>,
    said: u64,
    command: Vec<u8>,
    wake_ups: u32,
    erase_was_asked: bool,
    clock_was_set: bool,
}

pub(super) fn make(wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    let is_ultra = wanted.slug == ULTRA;
    let (usual, capacity) = if is_ultra { (ULTRA_SERIAL, ULTRA_CAPACITY) } else { (DEFAULT_SERIAL, CAPACITY) };
    if wanted.memory.readings.len() > capacity {
        return Err(Cause::of(NoSuchUltra2::TooMany));
    }
    let serial = wanted.serial.as_deref().unwrap_or(usual);
    let unit = if wanted.shows_mmol { DisplayUnit::MmolPerL } else { DisplayUnit::MgPerDl };
    let made = SimulatedUltra2::new(serial, wanted.memory, wanted.clock, only(CASES, wanted.fault), wanted.fault);
    Ok(Box::new(SimulatedUltra2 { is_ultra, unit, ..made.map_err(Cause::of)? }))
}

impl SimulatedUltra2 {
    /// A meter with these readings. Of `fault` it applies what concerns what is said, not how it travels.
    ///
    /// # Errors
    /// [`NoSuchUltra2`] if there cannot be such a meter. Any last letter is taken, for meters that must be refused.
    pub fn new(
        serial: &str,
        memory: ReadingSet,
        clock: MeterClock,
        mut faults: Ultra2Faults,
        fault: Option<Fault>,
    ) -> Result<Self, NoSuchUltra2> {
        if memory.readings.len() > CAPACITY {
            return Err(NoSuchUltra2::TooMany);
        }
        let is_letter = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        if !(1..=20).contains(&serial.len()) || !serial.bytes().all(is_letter) {
            return Err(NoSuchUltra2::Serial);
        }
        let of_kind = |kind| fault.filter(|fault| fault.kind == kind).map(|fault| fault.at);
        if let Some(more) = of_kind(FaultKind::CountHigh) {
            faults.count_too_high = u16::try_from(more).unwrap_or(u16::MAX);
        }
        Ok(Self {
            serial: serial.to_owned(),
            is_ultra: false,
            unit: DisplayUnit::MgPerDl,
            memory,
            clock,
            faults,
            checksum_at: of_kind(FaultKind::Checksum),
            said: 0,
            command: Vec::new(),
            wake_ups: 0,
            erase_was_asked: false,
            clock_was_set: false,
        })
    }

    /// The same meter with another unit on its display.
    #[must_use]
    pub fn showing(mut self, unit: DisplayUnit) -> Self {
        self.unit = unit;
        self
    }

    /// Whether somebody asked the meter to erase its memory. It never does.
    #[must_use]
    pub const fn erase_was_asked(&self) -> bool {
        self.erase_was_asked
    }

    /// Whether somebody asked the meter to set its clock. It never does.
    #[must_use]
    pub const fn clock_was_set(&self) -> bool {
        self.clock_was_set
    }

    fn obey(&mut self, command: &str) -> Vec<Vec<u8>> {
        match command {
            "DM?" if self.is_ultra => one_line(&encode_version("P02.00.01   /  /  ")),
            "DM?" => one_line(&encode_version("P02.00.00 30/08/06")),
            "DM@" => one_line(&encode_serial(&self.serial)),
            "DMF" => one_line(&encode_clock((self.clock)())),
            "DMS" => one_line("S"),
            "DMSU?" => one_line(&encode_unit(self.unit)),
            "DMP" => self.dump(),
            "DMZ" => {
                self.erase_was_asked = true;
                Vec::new()
            }
            other => {
                self.clock_was_set |= other.starts_with("DMT");
                Vec::new()
            }
        }
    }

    fn dump(&self) -> Vec<Vec<u8>> {
        let held = u16::try_from(self.memory.readings.len()).unwrap_or(u16::MAX);
        let count = held.saturating_add(self.faults.count_too_high).min(999);
        let header = Header { count, serial: self.serial.clone(), unit: self.unit };
        let mut lines = one_line(&header.encode());
        for (position, reading) in self.memory.readings.iter().rev().enumerate() {
            let Some(mut text) = self.record(position, reading).encode() else { continue };
            if self.faults.odd_mark == Some(position) {
                text =
                    ["B", "A", "N"].iter().fold(text, |text, mark| text.replace(&format!(r#","{mark}","#), r#","X","#));
            }
            let mut line = encode_line(&text);
            if self.faults.wrong_checksum == Some(position) {
                spoil_checksum(&mut line);
            }
            if self.faults.twice == Some(position) {
                lines.push(line.clone());
            }
            lines.push(line);
        }
        lines
    }

    /// Low and high results are stored as numbers beyond the range, as an Ultra 2 has been seen to send 649.
    fn record(&self, position: usize, reading: &SimulatedReading) -> Record {
        let is = |place: Option<usize>| place == Some(position);
        let value = match reading.measured {
            _ if is(self.faults.high) => Value::High,
            Measured::Low => Value::Number(15),
            Measured::High => Value::Number(649),
            Measured::Unscaled(number) => Value::Number(number.min(999)),
            Measured::Value(value) => Value::Number(u16::try_from(value.digits()).unwrap_or(u16::MAX).min(999)),
        };
        let meal = match reading.meal {
            Some(meal @ (Meal::Before | Meal::After)) => meal,
            Some(Meal::None | Meal::Fasting | Meal::Bedtime | Meal::Casual) | None => Meal::None,
        };
        Record {
            stamp: Stamp { time: Some(reading.time), is_consistent: true },
            value,
            is_control: reading.kind == Kind::Control || is(self.faults.control),
            is_damaged: is(self.faults.damaged),
            marks: (!self.is_ultra).then_some((meal, 0)),
        }
    }

    /// What the meter answers to the command that has come.
    fn end_command(&mut self) -> Vec<Vec<u8>> {
        let command = std::mem::take(&mut self.command);
        let is_awake = self.wake_ups > self.faults.deaf_wake_ups;
        if command.is_empty() || !is_awake {
            return Vec::new();
        }
        let answer = if self.faults.only_zero { vec![vec![0]] } else { self.obey(&String::from_utf8_lossy(&command)) };
        self.say(answer)
    }

    /// Counts what is said, and spoils the line that the fault names.
    fn say(&mut self, mut lines: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        if self.faults.echo && !lines.is_empty() {
            lines.insert(0, WAKE_UP.to_vec());
        }
        for line in &mut lines {
            let end = self.said + line.len() as u64;
            if self.checksum_at.is_some_and(|at| (self.said..end).contains(&at)) {
                spoil_checksum(line);
            }
            self.said = end;
        }
        lines
    }
}

impl SimulatedMeter for SimulatedUltra2 {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        self.command.clear();
        Vec::new()
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        for byte in bytes {
            match *byte {
                // A wake-up is DC1 and a carriage return; the carriage return ends an empty command, which is nothing.
                0x11 => self.wake_ups = self.wake_ups.saturating_add(1),
                b'\n' => {}
                CARRIAGE_RETURN => lines.extend(self.end_command()),
                _ if self.command.len() > LONGEST_COMMAND => self.command.clear(),
                other => {
                    self.command.push(other);
                    if AT_ONCE.contains(&self.command.as_slice()) {
                        lines.extend(self.end_command());
                    }
                }
            }
        }
        lines
    }

    fn baud(&self) -> Option<u32> {
        Some(9600)
    }
}

fn one_line(text: &str) -> Vec<Vec<u8>> {
    vec![encode_line(text)]
}

/// Changes the last digit of a line's checksum.
fn spoil_checksum(line: &mut [u8]) {
    if let Some([digit, ..]) = line.last_chunk_mut::<3>() {
        // Stays a digit, so that the line is whole and only its sum is wrong.
        *digit = if *digit == b'0' { b'1' } else { b'0' };
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::glucose::Concentration;

    fn meter(faults: Ultra2Faults) -> SimulatedUltra2 {
        let reading = SimulatedReading {
            time: date(2015, 3, 21).at(16, 42, 11, 0),
            measured: Measured::Value(Concentration::mg_per_dl(105)),
            kind: Kind::Blood,
            meal: Some(Meal::Before),
        };
        let memory = ReadingSet { readings: vec![reading] };
        let clock = Box::new(|| date(2013, 8, 3).at(22, 12, 0, 0));
        SimulatedUltra2::new("GMF600DCY", memory, clock, faults, None).unwrap()
    }

    fn answer(meter: &mut SimulatedUltra2, bytes: &[u8]) -> String {
        String::from_utf8(meter.hear(bytes).concat()).unwrap()
    }

    /// The head is the published one with 001 for 003 (0x05A6 - 2); the record is the published one with comment 00 for
    /// 02 (0x099F - 2); the clock is the published answer to `DMT` with F for T (0x0608 - 14).
    #[test]
    fn answers_are_those_of_the_specification() {
        let mut meter = meter(Ultra2Faults::default());
        assert_eq!(
            answer(&mut meter, b"\x11\rDMP\r"),
            "P 001,\"GMF600DCY\",\"MG/DL \" 05A4\r\n\
             P \"SAT\",\"03/21/15\",\"16:42:11   \",\"  105 \",\"B\",\"00\", 00 099D\r\n"
        );
        assert_eq!(answer(&mut meter, b"\x11\rDMF\r"), "F \"SAT\",\"08/03/13\",\"22:12:00   \" 05FA\r\n");
        assert_eq!(answer(&mut meter, b"\x11\rDMS\r\n"), "S 0053\r\n");
    }

    /// As a real Ultra was asked, without a carriage return (recorded): a driver that relies on one is not helped.
    #[test]
    fn a_command_is_obeyed_at_its_last_letter() {
        let mut meter = meter(Ultra2Faults::default());
        let serial = answer(&mut meter, b"\x11\rDM@");
        assert!(serial.starts_with("@ \"GMF600DCY\" "), "{serial}");
        assert_eq!(answer(&mut meter, b"\r"), "");
        assert_eq!(answer(&mut meter, b"DMF"), "F \"SAT\",\"08/03/13\",\"22:12:00   \" 05FA\r\n");
        assert_eq!(answer(&mut meter, b"DMS"), "", "it may become DMSU?");
        assert_eq!(answer(&mut meter, b"U?"), "SU?,\"MG/DL \" 02CA\r\n");
    }

    #[test]
    fn a_command_may_come_in_pieces_and_an_unknown_one_is_passed_over() {
        let mut meter = meter(Ultra2Faults::default());
        assert_eq!(answer(&mut meter, b"\x11\rD"), "");
        assert_eq!(answer(&mut meter, b"MS\rDMX\r"), "S 0053\r\n");
    }

    #[test]
    fn nothing_is_erased_and_no_clock_is_set() {
        let mut meter = meter(Ultra2Faults::default());
        assert_eq!(answer(&mut meter, b"\x11\rDMZ\r\x11\rDMT08/03/13 22:12:00\r"), "");
        assert!(meter.erase_was_asked() && meter.clock_was_set());
        assert!(answer(&mut meter, b"\x11\rDMP\r").starts_with("P 001"));
    }

    #[test]
    fn a_sleepy_meter_hears_only_the_last_wake_up() {
        let mut meter = meter(Ultra2Faults { deaf_wake_ups: 2, echo: true, ..Ultra2Faults::default() });
        assert_eq!(answer(&mut meter, b"\x11\rDMS\r\x11\rDMS\r"), "");
        assert_eq!(answer(&mut meter, b"\x11\rDMS\r"), "\x11\rS 0053\r\n");
    }
}
