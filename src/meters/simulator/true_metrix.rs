//! A True Metrix from the meter's side: hears commands in reports, answers in frames that share reports.
//!
//! It marks no meals, and low and high results are numbers beyond its range.

use super::SimulatedMeter;
use super::cases::{Case, only};
use super::fault::Fault;
use super::hampered::piece_size;
use super::readings::{ReadingSet, SimulatedReading};
use super::utterance::CheckValueOffset;
use super::wanted::{MeterClock, Wanted};
use crate::domain::cause::Cause;
use crate::domain::glucose::Measured;
use crate::domain::reading::Kind;
use crate::meters::codec::true_metrix::{encode, encode_clock, encode_result, report, requested, take_frame, total};

/// How many readings the meter can hold.
pub const CAPACITY: usize = 500;

/// The serial number without another one: what stands behind `z1` in the meter's answer.
pub const DEFAULT_SERIAL: &str = "000SIM01";

/// What a report can carry.
const ROOM: usize = 63;

/// What this family does wrong, or differently, on the bench. Positions count from 0 at the newest reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrueMetrixFaults {
    /// This result is sent twice and counted once.
    pub twice: Option<usize>,
    /// This result always has a wrong check value.
    pub wrong_check: Option<usize>,
    /// This result is never sent, though it is in the sum.
    pub missing: Option<usize>,
    /// Every other answer is sent twice.
    pub echo: bool,
    /// Frames break across reports of so many bytes.
    pub broken_at: Option<usize>,
    /// It does not answer when asked for its software.
    pub no_firmware: bool,
    /// So many first commands are not heard.
    pub deaf: u32,
}

/// The cases: results come in one go under one sum, so it is what comes twice or never that is tried.
pub(super) const CASES: &[Case<TrueMetrixFaults>] = &[
    Case::at("twice", "result N is sent twice and counted once", |faults, n| faults.twice = Some(n.place())),
    Case::at("wrong-check", "result N has a wrong check value every time", |faults, n| {
        faults.wrong_check = Some(n.place());
    }),
    Case::at("missing", "result N is never sent, though it is in the sum", |faults, n| {
        faults.missing = Some(n.place());
    }),
    Case::plain("echo", "every other answer is sent twice", |faults, _| faults.echo = true),
    Case::plain("no-firmware", "it does not answer when asked for its software", |faults, _| faults.no_firmware = true),
    Case::at("deaf", "the first N commands are not heard", |faults, n| faults.deaf = n.amount()),
];

/// A simulated True Metrix.
pub struct SimulatedTrueMetrix {
    model: &'static str,
    serial: String,
    memory: ReadingSet,
    clock: MeterClock,
    faults: TrueMetrixFaults,
    utterance: CheckValueOffset,
}

pub(super) fn make(wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    if wanted.memory.readings.len() > CAPACITY {
        return Err(format!("a True Metrix holds at most {CAPACITY} readings").into());
    }
    let serial = wanted.serial.as_deref().unwrap_or(DEFAULT_SERIAL);
    if serial.is_empty() || serial.len() > 20 || !serial.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err("the serial number of a True Metrix is at most twenty letters and digits".into());
    }
    let faults = TrueMetrixFaults { broken_at: piece_size(wanted.fault), ..only(CASES, wanted.fault) };
    Ok(Box::new(SimulatedTrueMetrix::new("MR2", serial, wanted.memory, wanted.clock, faults, wanted.fault)))
}

impl SimulatedTrueMetrix {
    /// A meter with these readings; `model` is MR2, RC2 or BLU. Of `fault` it applies what concerns what is said.
    #[must_use]
    pub fn new(
        model: &'static str,
        serial: &str,
        memory: ReadingSet,
        clock: MeterClock,
        faults: TrueMetrixFaults,
        fault: Option<Fault>,
    ) -> Self {
        Self { model, serial: serial.to_owned(), memory, clock, faults, utterance: CheckValueOffset::new(fault) }
    }

    fn obey(&mut self, command: &str) -> Vec<u8> {
        let answer = match command {
            "I" => format!("i{}", self.model),
            "Z1" => format!("z1{}", self.serial),
            "V" if !self.faults.no_firmware => "v0102".to_owned(),
            "T" => encode_clock((self.clock)()),
            "G" => return self.results(),
            _ => return Vec::new(),
        };
        let times = if self.faults.echo { 2 } else { 1 };
        self.say(&answer, false).repeat(times)
    }

    fn results(&mut self) -> Vec<u8> {
        let results: Vec<String> = self.memory.readings.iter().rev().map(result).collect();
        let mut text = Vec::new();
        for (place, result) in results.iter().enumerate() {
            let is = |position: Option<usize>| position == Some(place);
            let times = usize::from(!is(self.faults.missing)) + usize::from(is(self.faults.twice));
            let is_wrong = is(self.faults.wrong_check);
            for _ in 0..times {
                text.extend(self.say(&format!("g5{result}"), is_wrong));
            }
        }
        let sum = format!("x1{:04X}", total(results.iter().map(String::as_str)));
        text.extend(self.say(&sum, false));
        text
    }

    fn say(&mut self, text: &str, is_wrong: bool) -> Vec<u8> {
        let mut frame = encode(text).into_bytes();
        if self.utterance.is_spoiled(frame.len()) | is_wrong
            && let Some(digit) = frame.last_mut()
        {
            *digit = if *digit == b'0' { b'1' } else { b'0' };
        }
        frame
    }

    /// Whole frames to a report, as many as fit, or pieces of one size.
    fn reports(&self, text: &[u8]) -> Vec<Vec<u8>> {
        if let Some(size) = self.faults.broken_at {
            return text.chunks(size.clamp(1, ROOM)).map(report).collect();
        }
        let mut reports: Vec<Vec<u8>> = Vec::new();
        // No text within a frame holds the parenthesis with which one begins.
        for frame in text.split_inclusive(|byte| *byte == b'(').map(|piece| piece.strip_suffix(b"(").unwrap_or(piece)) {
            if frame.is_empty() {
                continue;
            }
            match reports.last_mut() {
                Some(last) if last.len() + frame.len() < ROOM => last.extend([b"(", frame].concat()),
                _ => reports.push([b"(", frame].concat()),
            }
        }
        reports.iter().map(|text| report(text)).collect()
    }
}

fn result(reading: &SimulatedReading) -> String {
    let value = match reading.measured {
        Measured::Low => 19,
        Measured::High => 601,
        Measured::Unscaled(number) => number.min(0x7FF),
        Measured::Value(value) => u16::try_from(value.digits()).unwrap_or(u16::MAX).min(0x7FF),
    };
    encode_result(reading.time, value, reading.kind == Kind::Control)
}

impl SimulatedMeter for SimulatedTrueMetrix {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        if self.faults.deaf > 0 {
            self.faults.deaf -= 1;
            return Vec::new();
        }
        // Each report is taken for itself: a host sends a command in one.
        let mut pending = requested(bytes).map(<[u8]>::to_vec).unwrap_or_default();
        match take_frame(&mut pending) {
            Some(Ok(command)) => {
                let said = self.obey(&command);
                self.reports(&said)
            }
            Some(Err(_)) | None => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::glucose::Concentration;
    use crate::meters::codec::true_metrix::{RESULTS, reported, request};

    /// The results of the specification, in one report.
    #[test]
    fn answers_are_those_of_the_specification() {
        let reading = |time, measured| SimulatedReading { time, measured, kind: Kind::Blood, meal: None };
        let memory = ReadingSet {
            readings: vec![
                reading(date(2020, 4, 30).at(22, 5, 0, 0), Measured::High),
                reading(date(2020, 5, 6).at(7, 8, 0, 0), Measured::Value(Concentration::mg_per_dl(123))),
            ],
        };
        let clock = Box::new(|| date(2020, 5, 6).at(7, 8, 0, 0));
        let faults = TrueMetrixFaults::default();
        let mut meter = SimulatedTrueMetrix::new("MR2", "12345678", memory, clock, faults, None);
        let said = meter.hear(&request(RESULTS));
        assert_eq!(said.len(), 1);
        assert_eq!(reported(&said[0]), Ok(&b"(g5526C2C407B00)7F(g54BCC89D25900)9E(x10543)C6"[..]));
        assert_eq!(reported(&meter.hear(&request("Z1"))[0]), Ok(&b"(z112345678)A0"[..]));
        assert_eq!(reported(&meter.hear(&request("T"))[0]), Ok(&b"(t000807060520)21"[..]));
        assert!(meter.hear(&request("^")).is_empty());
        assert!(meter.hear(b"\xA0\x05(G)99").is_empty());
    }
}
