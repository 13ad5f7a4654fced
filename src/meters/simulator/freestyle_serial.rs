//! A FreeStyle Lite or Precision Xtra from the meter's side: hears `$mem`, `$xmem` and `$colq`, answers in one piece.
//!
//! A Lite measures no ketones; it leaves them out. Sensor readings have no place in either.

mod faults;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(super) use self::faults::CASES;
pub use self::faults::{FreeStyleFaults, FreeStyleOddity};
use super::SimulatedMeter;
use super::cases::only;
use super::fault::{Fault, FaultKind};
use super::readings::{ReadingSet, SimulatedReading};
use super::wanted::{MeterClock, Wanted};
use crate::domain::cause::Cause;
use crate::domain::glucose::{Concentration, Measured};
use crate::domain::reading::Kind;
use crate::meters::codec::freestyle_serial::MeterLog;
use crate::meters::codec::freestyle_serial::entry::{Dialect, LogEntry, Value};
use crate::meters::codec::freestyle_serial::status::MeterStatus;

/// The serial number of an Optium that was given none.
pub const DEFAULT_SERIAL: &str = "000SIM1-00001";

/// The serial number of a Lite that was given none: real ones begin with a `D`, which names the model (`CMMA123-A4567`
/// is a Freedom Lite).
pub const DEFAULT_LITE_SERIAL: &str = "DSIM000-A0001";

/// The most that the three digits of the count can say.
const MOST_RECORDS: usize = 999;

/// Longer than every command; more without a line end is noise.
const LONGEST_COMMAND: usize = 40;

/// A simulated FreeStyle Lite or Precision Xtra.
pub struct SimulatedFreeStyle {
    dialect: Dialect,
    serial: String,
    shows_mmol: bool,
    memory: ReadingSet,
    clock: MeterClock,
    faults: FreeStyleFaults,
    checksum_at: Option<u64>,
    said: u64,
    command: Vec<u8>,
    commands: u32,
    erase_was_asked: Arc<AtomicBool>,
    clock_was_set: Arc<AtomicBool>,
}

/// Makes a FreeStyle Lite for the shelf.
pub(super) fn make_lite(wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    make(Dialect::Lite, wanted)
}

/// Makes a Precision Xtra for the shelf.
pub(super) fn make_optium(wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    make(Dialect::Optium, wanted)
}

fn make(dialect: Dialect, wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    let usual = if dialect == Dialect::Lite { DEFAULT_LITE_SERIAL } else { DEFAULT_SERIAL };
    let serial = wanted.serial.as_deref().unwrap_or(usual);
    let meter = SimulatedFreeStyle::new(dialect, serial, wanted.memory, wanted.clock, only(CASES, wanted.fault))?;
    Ok(Box::new(meter.with_fault(wanted.fault).showing_mmol(wanted.shows_mmol)))
}

impl SimulatedFreeStyle {
    /// A meter with these readings.
    ///
    /// # Errors
    /// Says in words why there cannot be such a meter.
    pub fn new(
        dialect: Dialect,
        serial: &str,
        memory: ReadingSet,
        clock: MeterClock,
        faults: FreeStyleFaults,
    ) -> Result<Self, Cause> {
        if memory.readings.len() > MOST_RECORDS {
            return Err(format!("a meter of this family holds at most {MOST_RECORDS} readings").into());
        }
        if serial.is_empty() || !serial.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err("the serial number of a FreeStyle meter is made of letters, digits and hyphens".into());
        }
        Ok(Self {
            dialect,
            serial: serial.to_owned(),
            shows_mmol: false,
            memory,
            clock,
            faults,
            checksum_at: None,
            said: 0,
            command: Vec::new(),
            commands: 0,
            erase_was_asked: Arc::default(),
            clock_was_set: Arc::default(),
        })
    }

    /// The same meter with what of `fault` concerns what is said.
    #[must_use]
    pub fn with_fault(mut self, fault: Option<Fault>) -> Self {
        let of_kind = |kind| fault.filter(|fault| fault.kind == kind).map(|fault| fault.at);
        self.checksum_at = of_kind(FaultKind::Checksum);
        if let Some(more) = of_kind(FaultKind::CountHigh) {
            self.faults.count_too_high = u32::try_from(more).unwrap_or(u32::MAX);
        }
        self
    }

    /// The same meter with mmol/L on its display. Its log stays in mg/dL.
    #[must_use]
    pub fn showing_mmol(mut self, shows_mmol: bool) -> Self {
        self.shows_mmol = shows_mmol;
        self
    }

    /// Set when somebody asks the meter to erase its memory. It never does.
    #[must_use]
    pub fn erase_watch(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.erase_was_asked)
    }

    /// Set when somebody asks the meter to set its clock. It never does.
    #[must_use]
    pub fn clock_watch(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.clock_was_set)
    }

    fn obey(&mut self, command: &str) -> Vec<u8> {
        match (command, self.dialect) {
            _ if self.faults.is(FreeStyleOddity::Refuses) => b"CMD Fail!\r\n".to_vec(),
            ("$mem", Dialect::Lite) | ("$xmem", Dialect::Optium) => self.log(),
            ("$colq", Dialect::Optium) => self.status(),
            (other, _) => {
                // The sources know no command that erases these meters; one that says so would be one.
                if ["clear", "erase", "reset"].iter().any(|word| other.contains(word)) {
                    self.erase_was_asked.store(true, Ordering::Release);
                }
                if other.starts_with("$tim,") || other.starts_with("$dtim") {
                    self.clock_was_set.store(true, Ordering::Release);
                }
                b"CMD Fail!\r\n".to_vec()
            }
        }
    }

    fn status(&self) -> Vec<u8> {
        MeterStatus {
            serial: self.serial.clone(),
            version: "1.21".to_owned(),
            shows_mmol: self.shows_mmol,
            clock: Some((self.clock)()),
            results: u32::try_from(self.memory.readings.len()).ok(),
        }
        .encode()
    }

    fn log(&self) -> Vec<u8> {
        let mut lines: Vec<String> = self
            .memory
            .readings
            .iter()
            .rev()
            .enumerate()
            .filter_map(|(place, reading)| self.line(place, reading))
            .collect();
        if let Some(line) = self.faults.damaged.and_then(|place| lines.get_mut(place)) {
            line.replace_range(..3, "1?7");
        }
        let held = u32::try_from(lines.len()).unwrap_or(u32::MAX);
        let announced = held.saturating_add(self.faults.count_too_high).min(999);
        let log = MeterLog {
            serial: if self.faults.is(FreeStyleOddity::OtherSerial) {
                "000SIM1-00002".to_owned()
            } else {
                self.serial.clone()
            },
            version: if self.dialect == Dialect::Lite { "0.31  -P" } else { "1.21" }.to_owned(),
            clock: Some((self.clock)()),
            announced: if self.faults.is(FreeStyleOddity::CountTooLow) {
                announced.saturating_sub(1)
            } else {
                announced
            },
            is_checked: !(lines.is_empty() && self.faults.is(FreeStyleOddity::EmptyWithoutSum)),
            lines,
        };
        // A real Lite sends one more LF behind the count, an Optium does not.
        let has_line_feed = (self.dialect == Dialect::Lite) != self.faults.is(FreeStyleOddity::OtherLineFeed);
        if has_line_feed && log.is_checked {
            let text = String::from_utf8_lossy(&log.encode()).into_owned();
            let count = format!("\r\n{:03}\r\n", log.announced);
            let body = text.rsplit_once("0x").map_or("", |(body, _)| body);
            return crate::meters::codec::freestyle_serial::encode(
                body.replacen(&count, &format!("{count}\n"), 1).into_bytes(),
            );
        }
        log.encode()
    }

    fn line(&self, place: usize, reading: &SimulatedReading) -> Option<String> {
        let is_ketone = reading.kind == Kind::Ketone;
        if reading.kind == Kind::Sensor || (is_ketone && self.dialect == Dialect::Lite) {
            return None;
        }
        let sample = match (self.dialect, is_ketone) {
            (Dialect::Lite, _) => "19",
            (Dialect::Optium, false) => "G",
            (Dialect::Optium, true) => "K",
        };
        let control = u8::from(reading.kind == Kind::Control);
        let lost = u8::from(self.faults.time_lost == Some(place));
        let entry = LogEntry {
            value: match reading.measured {
                Measured::Low => Value::Low,
                Measured::High => Value::High,
                Measured::Unscaled(number) => Value::Number(number.min(999)),
                Measured::Value(value) => Value::Number(raw(value, is_ketone)),
            },
            time: Some(reading.time),
            sample: sample.to_owned(),
            // Bit 0 is control solution, bit 1 that the time was lost (Tidepool's reader).
            flags: control | (lost << 1),
        };
        Some(entry.encode())
    }

    /// Counts what is said, and spoils the sum of the answer that the fault names.
    fn say(&mut self, mut answer: Vec<u8>) -> Vec<Vec<u8>> {
        let end = self.said + answer.len() as u64;
        let is_named = self.checksum_at.is_some_and(|at| (self.said..end).contains(&at));
        self.said = end;
        if self.faults.is(FreeStyleOddity::WrongChecksum) || is_named {
            spoil_checksum(&mut answer);
        }
        if self.faults.is(FreeStyleOddity::NoEnd) {
            answer.truncate(answer.len().saturating_sub(13));
        }
        if self.faults.is(FreeStyleOddity::Framed) {
            answer.insert(0, 0x02);
            answer.push(0x03);
        }
        answer.chunks(64).map(<[u8]>::to_vec).collect()
    }
}

/// The number as the meter stores it: mg/dL, or eighteenths of 1 mmol/L of ketone.
fn raw(value: Concentration, is_ketone: bool) -> u16 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "kept between 0 and 999")]
    let number = |value: f64| value.round().clamp(0.0, 999.0) as u16;
    if is_ketone { number(value.value() * 18.0) } else { number(value.glucose_mg_per_dl()) }
}

/// Changes the last digit of the sum, if the answer has one.
fn spoil_checksum(answer: &mut [u8]) {
    if let Some([b'0', b'x', _, _, _, digit, ..]) = answer.last_chunk_mut::<13>() {
        *digit = if *digit == b'0' { b'1' } else { b'0' };
    }
}

impl SimulatedMeter for SimulatedFreeStyle {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        self.command.clear();
        Vec::new()
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut said = Vec::new();
        for byte in bytes {
            if !matches!(*byte, b'\r' | b'\n') {
                if self.command.len() > LONGEST_COMMAND {
                    self.command.clear();
                }
                self.command.push(*byte);
                continue;
            }
            let command = String::from_utf8_lossy(&std::mem::take(&mut self.command)).into_owned();
            if command.is_empty() {
                continue;
            }
            self.commands += 1;
            if self.commands <= self.faults.swallowed {
                continue;
            }
            if self.commands <= self.faults.swallowed + self.faults.echoed {
                said.push(format!("{command}\r\n").into_bytes());
                continue;
            }
            let answer = self.obey(&command);
            said.extend(self.say(answer));
        }
        said
    }

    fn baud(&self) -> Option<u32> {
        Some(19_200)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{DateTime, date};

    use super::*;

    fn last() -> DateTime {
        date(2026, 7, 14).at(8, 30, 0, 0)
    }

    fn says(make: fn(Wanted) -> Result<Box<dyn SimulatedMeter>, Cause>, command: &[u8]) -> String {
        let mut meter = make(Wanted::new("", ReadingSet::seeded(2, 1, last()), last)).unwrap();
        String::from_utf8(meter.hear(command).concat()).unwrap()
    }

    /// Published serial numbers.
    #[test]
    fn a_lite_has_a_number_of_its_kind_and_a_line_feed_behind_the_count() {
        let log = says(make_lite, b"$mem\r\n");
        assert!(log.starts_with("\r\nDSIM000-A0001\r\n0.31  -P\r\nJuly 14 2026 08:30:00\r\n002\r\n\n"), "{log:?}");
        assert!(log.ends_with("  END\r\n"), "{log:?}");
        let log = says(make_optium, b"$xmem\r\n");
        assert!(log.contains("\r\n002\r\n") && !log.contains("\r\n\n"), "{log:?}");
    }
}
