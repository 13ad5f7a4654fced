//! Abbott's HID meters from the meter's side: a Precision Neo, an `InsuLinx` or a Libre reader.
//!
//! Answers text commands of both types in reports whose padding holds what was left of older ones. Asked to erase
//! itself or to set its clock it does neither, and remembers that it was asked.

mod faults;
mod rows;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::civil::DateTime;

pub(super) use self::faults::CASES;
pub use self::faults::{HidFaults, HidOddity};
use super::SimulatedMeter;
use super::cases::apply;
use super::fault::{Fault, FaultKind};
use super::hampered::piece_size;
use super::readings::ReadingSet;
use super::wanted::{MeterClock, Wanted};
use crate::domain::cause::Cause;
use crate::domain::reading::Kind;
use crate::meters::codec::freestyle_hid::{
    ENCRYPTION_WANTED, HidReport, INIT, INIT_ANSWER, KEEP_ALIVE, LONGEST_PAYLOAD, REPORT_LENGTH, RecordTable, TEXT,
    TEXT_COMMAND, UNKNOWN_TYPE, encode_answer, refusal,
};

/// The serial number without another one: seven characters, a hyphen and five, as Abbott writes them.
pub const DEFAULT_SERIAL: &str = "000SIM1-00001";

/// What was asked before the serial number where its answer is a late one: the version has the form of a serial number,
/// the time has not, and no two in a row are the same.
const ASKED_BEFORE: [&str; 3] = ["$date?", "$swver?", "$time?"];

/// Which of the meters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HidModel {
    /// `FreeStyle` `InsuLinx`: knows neither ketones nor control tests.
    InsuLinx,
    /// `FreeStyle` Precision Neo.
    Neo,
    /// `FreeStyle` Libre reader: strips, ketones, and a sensor.
    Libre,
}

/// A simulated HID meter.
pub struct SimulatedFreeStyleHid {
    model: HidModel,
    serial: String,
    memory: ReadingSet,
    clock: MeterClock,
    faults: HidFaults,
    shows_mmol: bool,
    has_begun: bool,
    checksum_at: Option<u64>,
    said: u64,
    /// How many questions for the serial number got the answer to another one.
    late_answers: usize,
    /// The most bytes of an answer in one report.
    piece: usize,
    /// What the last report held, for the padding of the next.
    padding: [u8; REPORT_LENGTH],
    erase_was_asked: Arc<AtomicBool>,
    clock_was_set: Arc<AtomicBool>,
}

/// Makes an `InsuLinx` for the shelf.
pub(super) fn make_insulinx(wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    make(HidModel::InsuLinx, wanted, HidFaults::default())
}

/// Makes a Precision Neo for the shelf.
pub(super) fn make_neo(wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    make(HidModel::Neo, wanted, HidFaults::default())
}

/// Makes a Libre reader for the shelf. If its user wears a sensor, of four blood readings three are the sensor's, one
/// of these a scan.
pub(super) fn make_libre(mut wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    let mut faults = HidFaults::default();
    for (place, reading) in wanted.memory.readings.iter_mut().enumerate() {
        if wanted.wears_sensor && reading.kind == Kind::Blood && place % 4 != 0 {
            reading.kind = Kind::Sensor;
            if place % 4 == 1 {
                faults.scans.insert(place);
            }
        }
    }
    make(HidModel::Libre, wanted, faults)
}

fn make(model: HidModel, wanted: Wanted, mut faults: HidFaults) -> Result<Box<dyn SimulatedMeter>, Cause> {
    let serial = wanted.serial.as_deref().unwrap_or(DEFAULT_SERIAL);
    apply(&mut faults, CASES, wanted.fault);
    if wanted.clock_was_adjusted {
        faults.clock_change = Some((wanted.memory.readings.len() / 2, 3600));
    }
    let meter = SimulatedFreeStyleHid::new(model, serial, wanted.memory, wanted.clock, faults)?;
    Ok(Box::new(meter.with_fault(wanted.fault).showing_mmol(wanted.shows_mmol)))
}

impl SimulatedFreeStyleHid {
    /// A meter with these readings.
    ///
    /// # Errors
    /// Says in words why there cannot be such a meter.
    pub fn new(
        model: HidModel,
        serial: &str,
        memory: ReadingSet,
        clock: MeterClock,
        faults: HidFaults,
    ) -> Result<Self, Cause> {
        if serial.is_empty() || !serial.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err("the serial number of a FreeStyle meter is made of letters, digits and hyphens".into());
        }
        Ok(Self {
            model,
            serial: serial.to_owned(),
            memory,
            clock,
            faults,
            shows_mmol: false,
            has_begun: false,
            checksum_at: None,
            said: 0,
            late_answers: 0,
            piece: LONGEST_PAYLOAD,
            padding: [0; REPORT_LENGTH],
            erase_was_asked: Arc::default(),
            clock_was_set: Arc::default(),
        })
    }

    /// The same meter with what of `fault` concerns what is said.
    #[must_use]
    pub fn with_fault(mut self, fault: Option<Fault>) -> Self {
        let of_kind = |kind| fault.filter(|fault| fault.kind == kind).map(|fault| fault.at);
        self.checksum_at = of_kind(FaultKind::Checksum);
        self.piece = piece_size(fault).unwrap_or(LONGEST_PAYLOAD).min(LONGEST_PAYLOAD);
        if let Some(more) = of_kind(FaultKind::CountHigh) {
            self.faults.count_too_high = u32::try_from(more).unwrap_or(u32::MAX);
        }
        self
    }

    /// The same meter with mmol/L on its display. Its lists stay in mg/dL.
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

    /// The same, but for a question for the serial number that gets the answer to another one, asked before.
    fn obey_late(&mut self, command: &str) -> Option<Vec<u8>> {
        let asks_who = matches!(command, "$serlnum?" | "$sn?");
        if !asks_who || self.faults.stale_serial == 0 {
            return self.obey(command);
        }
        self.faults.stale_serial -= 1;
        self.late_answers += 1;
        self.obey(ASKED_BEFORE.get(self.late_answers % ASKED_BEFORE.len()).copied().unwrap_or_default())
    }

    /// The message that answers a text command; `None` refuses it.
    fn obey(&self, command: &str) -> Option<Vec<u8>> {
        let now: DateTime = (self.clock)();
        let is_lost = self.faults.is(HidOddity::ClockLost);
        let is_libre = self.model == HidModel::Libre;
        let line = match command {
            "$serlnum?" if !is_libre => self.serial.clone(),
            "$sn?" if is_libre => self.serial.clone(),
            "$swver?" => "2.1.2".to_owned(),
            "$date?" | "$time?" if is_lost => if command == "$date?" { "255,255,255" } else { "255,255" }.to_owned(),
            "$date?" => format!("{},{},{}", now.month(), now.day(), now.year() % 100),
            "$time?" => format!("{},{:02}", now.hour(), now.minute()),
            // No name of a patient is stored.
            "$ptname?" => String::new(),
            // Year, month, day, hour, minute, second, whether it is valid, seconds to the user's time.
            "$rdt?" if is_libre => {
                format!("{},{},1,0", now.strftime("%y,%-m,%-d"), now.strftime("%-H,%-M,%-S"))
            }
            "$gunits?" if !is_libre => u8::from(!self.shows_mmol).to_string(),
            "$uom?" if is_libre => u8::from(!self.shows_mmol).to_string(),
            "$dbrnum?" if is_libre => format!("DB Record Number = {}", rows::FIRST_ID + self.memory.readings.len()),
            "$result?" if !is_libre => return Some(self.list(rows::results(self.model, &self.memory, &self.faults))),
            "$arresult?" if is_libre => return Some(self.list(rows::libre_results(&self.memory, &self.faults))),
            "$history?" if is_libre => return Some(self.list(rows::libre_history(&self.memory, &self.faults))),
            other => {
                if other.starts_with("$resetpatient") || other.starts_with("$swreset") {
                    self.erase_was_asked.store(true, Ordering::Release);
                }
                if other.starts_with("$date,") || other.starts_with("$time,") {
                    self.clock_was_set.store(true, Ordering::Release);
                }
                return None;
            }
        };
        Some(format!("{line}\r\n").into_bytes())
    }

    fn list(&self, mut rows: Vec<String>) -> Vec<u8> {
        if let Some(row) = self.faults.damaged_row.and_then(|place| rows.get_mut(place)) {
            // The published row of a real reader, with the type that the list has.
            let kind = if self.model == HidModel::Libre { "59373,12" } else { "7,59373" };
            *row = format!("{kind},4,20,19,22,53,43,1,0,15,50,18,1,0,0,0,0,77,16260,0");
        }
        let held = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let announced =
            held.saturating_add(self.faults.count_too_high) - u32::from(self.faults.is(HidOddity::CountTooLow));
        RecordTable { rows, announced, wrong_sum: self.faults.is(HidOddity::WrongRecordSum).then_some((1, 0)) }.encode()
    }

    fn text(&mut self, command: &str) -> Vec<Vec<u8>> {
        let message = if self.faults.is(HidOddity::Refuses) { None } else { self.obey_late(command) };
        let mut answer = message.map_or_else(refusal, |message| encode_answer(&message));
        // Counted in whole reports, padding included, as the wire counts what passes it.
        let length = (answer.len().div_ceil(self.piece) * REPORT_LENGTH) as u64;
        let is_named = self.checksum_at.is_some_and(|at| (self.said..self.said + length).contains(&at));
        if self.faults.is(HidOddity::WrongChecksum) || is_named {
            // `X CR LF CMD OK CR LF`: the last digit of the sum is the eleventh byte from the end.
            if let Some([digit, ..]) = answer.last_chunk_mut::<11>() {
                *digit = if *digit == b'0' { b'1' } else { b'0' };
            }
        }
        let end = if self.faults.is(HidOddity::SplitEnd) { answer.len().saturating_sub(2) } else { answer.len() };
        let (body, rest) = answer.split_at_checked(end).unwrap_or_default();
        let mut reports = Vec::new();
        for part in body.chunks(self.piece).chain(rest.chunks(self.piece)) {
            if self.faults.is(HidOddity::KeepAlives) {
                reports.push(self.report(KEEP_ALIVE, &[5]));
            }
            reports.push(self.report(TEXT, part));
        }
        reports
    }

    fn report(&mut self, kind: u8, payload: &[u8]) -> Vec<u8> {
        let head = [kind, u8::try_from(payload.len()).unwrap_or(0)];
        for (place, byte) in self.padding.iter_mut().zip(head.iter().chain(payload)) {
            *place = *byte;
        }
        self.padding.to_vec()
    }

    fn answer(&mut self, heard: &HidReport) -> Vec<Vec<u8>> {
        match heard.kind {
            _ if self.faults.is(HidOddity::OnlyKeepAlives) => vec![self.report(KEEP_ALIVE, &[5])],
            INIT => {
                self.has_begun = true;
                vec![self.report(INIT_ANSWER, &[1])]
            }
            0x04 => vec![self.report(0x34, &[0])],
            // The older way to ask for the serial number, without the text layer: Abbott's program does so before INIT.
            0x05 => vec![self.report(0x06, format!("{}\0", self.serial.clone()).as_bytes())],
            0x15 => vec![self.report(0x35, b"2.1.2\0")],
            TEXT | TEXT_COMMAND if self.faults.is(HidOddity::Encrypted) => {
                vec![self.report(ENCRYPTION_WANTED, &[0x15])]
            }
            TEXT | TEXT_COMMAND if self.has_begun => self.text(&String::from_utf8_lossy(&heard.payload)),
            // Text commands need INIT first.
            TEXT | TEXT_COMMAND => Vec::new(),
            _ => vec![self.report(UNKNOWN_TYPE, &[0x85])],
        }
    }
}

impl SimulatedMeter for SimulatedFreeStyleHid {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        self.has_begun = false;
        let fragment =
            self.faults.is(HidOddity::LateFragment).then(|| self.report(TEXT, b"0,0\r\nCKSM:00000000\r\nCMD OK\r\n"));
        fragment.into_iter().collect()
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let Ok(heard) = HidReport::parse(bytes) else { return Vec::new() };
        let said = self.answer(&heard);
        self.said += said.iter().map(|report| report.len() as u64).sum::<u64>();
        said
    }

    fn wait(&mut self, _silence: Duration) -> Vec<Vec<u8>> {
        let speaks = self.faults.is(HidOddity::OnlyKeepAlives).then(|| self.report(KEEP_ALIVE, &[5]));
        speaks.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn says(model: HidModel, command: &str) -> Option<String> {
        let clock = Box::new(|| date(2026, 7, 4).at(8, 5, 3, 0));
        let memory = ReadingSet { readings: Vec::new() };
        let meter = SimulatedFreeStyleHid::new(model, DEFAULT_SERIAL, memory, clock, HidFaults::default()).unwrap();
        meter.obey(command).map(|message| String::from_utf8(message).unwrap())
    }

    /// As published: `YY,M,D,h,m,s,valid,offset`. A Neo has no such question.
    #[test]
    fn a_libre_tells_its_clock_in_one_answer() {
        assert_eq!(says(HidModel::Libre, "$rdt?").as_deref(), Some("26,7,4,8,5,3,1,0\r\n"));
        assert_eq!(says(HidModel::Neo, "$rdt?"), None);
    }

    #[test]
    fn the_patient_has_no_name() {
        for model in [HidModel::Neo, HidModel::Libre] {
            assert_eq!(says(model, "$ptname?").as_deref(), Some("\r\n"));
        }
    }
}
