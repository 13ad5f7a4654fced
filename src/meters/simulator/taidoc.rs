//! A TaiDoc meter (TD-42xx) from the meter's side: hears frames of eight bytes, answers each with one.
//!
//! Asked to erase its memory or to set its clock it does neither and remembers that it was asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::SimulatedMeter;
use super::cases::{Case, only};
use super::cp2110::{BridgeHabits, SimulatedCp2110};
use super::fault::{Fault, FaultKind};
use super::hampered::in_pieces;
use super::readings::{ReadingSet, SimulatedReading};
use super::wanted::{MeterClock, Wanted};
use crate::domain::cause::Cause;
use crate::domain::glucose::Measured;
use crate::domain::reading::{Kind, Meal};
use crate::meters::catalogue::{Catalogue, LinkKind};
use crate::meters::codec::taidoc::fields::{Quantity, RecordMark, Stamp, Value, serial_halves};
use crate::meters::codec::taidoc::{Frame, Frames, Sender, command};

/// How many readings the simulated meter can hold.
pub const CAPACITY: usize = 1000;

/// The serial number without another one: sixteen hexadecimal digits, because the meter sends it as two halves of four
/// bytes.
pub const DEFAULT_SERIAL: &str = "0004277510000042";

/// TD-4277, with two bytes whose meaning is not known.
const MODEL: [u8; 4] = [0x77, 0x42, 0, 0];

/// What this family of meters does wrong, or differently, on the bench. Records count from 0 at the newest, answers
/// from 0 at the first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaiDocFaults {
    /// Before this answer the meter says unasked that it is ready.
    pub ready_before: Option<usize>,
    /// Instead of this answer the meter says that it is ready.
    pub ready_instead: Option<usize>,
    /// Connecting is answered with this command instead of 22.
    pub connect_answer: Option<u8>,
    /// This answer has a wrong sum.
    pub wrong_sum: Option<usize>,
    /// This answer names another command.
    pub wrong_command: Option<usize>,
    /// This answer is not given.
    pub silent: Option<usize>,
    /// These bytes come before every answer.
    pub noise: Vec<u8>,
    /// The clock was never set.
    pub unset_clock: bool,
    /// So many records too many are announced.
    pub count_too_high: u16,
    /// The number of records grows by one once it was asked.
    pub measures_meanwhile: bool,
    /// This record is a test with control solution.
    pub control: Option<usize>,
    /// This record is of this quantity.
    pub quantity: Option<(usize, Quantity)>,
    /// This record has a stamp of zeros.
    pub unstamped: Option<usize>,
}

/// The cases: a meter that says unasked that it is ready, answers that belong to nothing, and records of other
/// quantities.
pub(super) const CASES: &[Case<TaiDocFaults>] = &[
    Case::at("ready-before", "before answer N the meter says unasked that it is ready", |faults, n| {
        faults.ready_before = Some(n.place());
    }),
    Case::at("ready-instead", "instead of answer N the meter says that it is ready", |faults, n| {
        faults.ready_instead = Some(n.place());
    }),
    Case::plain("connects-by-24", "connecting is answered with command 24 instead of 22", |faults, _| {
        faults.connect_answer = Some(0x24);
    }),
    Case::plain("connects-by-54", "connecting is answered with command 54 instead of 22", |faults, _| {
        faults.connect_answer = Some(0x54);
    }),
    Case::at("wrong-check", "answer N has a wrong sum", |faults, n| faults.wrong_sum = Some(n.place())),
    Case::at("wrong-command", "answer N names another command", |faults, n| faults.wrong_command = Some(n.place())),
    Case::at("silent", "answer N is not given", |faults, n| faults.silent = Some(n.place())),
    Case::plain("noise", "stray bytes come before every answer", |faults, _| faults.noise = vec![0, 0x51, 0xFF]),
    Case::plain("unset-clock", "the clock was never set", |faults, _| faults.unset_clock = true),
    Case::plain("measures-meanwhile", "a reading is taken once the number of readings was asked", |faults, _| {
        faults.measures_meanwhile = true;
    }),
    Case::at("control", "record N is a test with control solution", |faults, n| faults.control = Some(n.place())),
    Case::at("ketone-record", "record N is a ketone, whose scale is not established", |faults, n| {
        faults.quantity = Some((n.place(), Quantity::Ketone));
    }),
    Case::at("unknown-quantity", "record N is of a quantity that nobody knows", |faults, n| {
        faults.quantity = Some((n.place(), Quantity::Other(5)));
    }),
    Case::at("other-quantity", "record N is of uric acid", |faults, n| {
        faults.quantity = Some((n.place(), Quantity::Other(8)));
    }),
    Case::at("unstamped", "record N has a stamp of zeros", |faults, n| faults.unstamped = Some(n.place())),
];

/// Why there is no such meter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSuchTaidocMeter {
    /// More readings than it can hold.
    #[error("a simulated TaiDoc meter holds at most {CAPACITY} readings")]
    TooMany,
    /// A serial number that this family does not have.
    #[error("the serial number of a TaiDoc meter is sixteen hexadecimal digits")]
    Serial,
    /// A time that the protocol cannot say.
    #[error("a TaiDoc meter knows the years 2000 to 2127 only")]
    Year,
}

/// A simulated TaiDoc meter on a serial line.
pub struct SimulatedTaiDoc {
    serial: [[u8; 4]; 2],
    /// Time and value of each record, newest first.
    records: Vec<[[u8; 4]; 2]>,
    clock: MeterClock,
    faults: TaiDocFaults,
    /// The byte whose frame gets a wrong sum, counted as the wire counts.
    sum_at: Option<u64>,
    said: u64,
    answers: usize,
    was_counted: bool,
    heard: Frames,
    erase_was_asked: Arc<AtomicBool>,
    clock_was_set: Arc<AtomicBool>,
}

/// Makes one for the shelf: behind a bridge if the catalogue says so.
pub(super) fn make(wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    let serial = wanted.serial.as_deref().unwrap_or(DEFAULT_SERIAL);
    let faults = only(CASES, wanted.fault);
    let made = SimulatedTaiDoc::new(serial, &wanted.memory, wanted.clock, faults, wanted.fault);
    let meter = in_pieces(Box::new(made.map_err(Cause::of)?), wanted.fault);
    let model = Catalogue::embedded().by_slug(&wanted.slug);
    Ok(if model.is_some_and(|model| model.link == LinkKind::UsbHid) {
        Box::new(SimulatedCp2110::new(meter, BridgeHabits::default()))
    } else {
        meter
    })
}

impl SimulatedTaiDoc {
    /// A meter with these readings. Of `fault` it applies what concerns what is said, not how it travels.
    ///
    /// # Errors
    /// [`NoSuchTaidocMeter`] if there cannot be such a meter.
    pub fn new(
        serial: &str,
        memory: &ReadingSet,
        clock: MeterClock,
        mut faults: TaiDocFaults,
        fault: Option<Fault>,
    ) -> Result<Self, NoSuchTaidocMeter> {
        if memory.readings.len() > CAPACITY {
            return Err(NoSuchTaidocMeter::TooMany);
        }
        let of_kind = |kind| fault.filter(|fault| fault.kind == kind).map(|fault| fault.at);
        if let Some(more) = of_kind(FaultKind::CountHigh) {
            faults.count_too_high = u16::try_from(more).unwrap_or(u16::MAX);
        }
        let newest_first = memory.readings.iter().rev().enumerate();
        let records = newest_first.map(|(position, reading)| record(&faults, position, reading));
        Ok(Self {
            serial: serial_halves(serial).ok_or(NoSuchTaidocMeter::Serial)?,
            records: records.collect::<Option<_>>().ok_or(NoSuchTaidocMeter::Year)?,
            clock,
            faults,
            sum_at: of_kind(FaultKind::Checksum),
            said: 0,
            answers: 0,
            was_counted: false,
            heard: Frames::of(Sender::Host),
            erase_was_asked: Arc::default(),
            clock_was_set: Arc::default(),
        })
    }

    /// Tells whether somebody asked the meter to erase its memory. It never does.
    #[must_use]
    pub fn erase_watch(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.erase_was_asked)
    }

    /// Tells whether somebody asked the meter to set its clock. It never does.
    #[must_use]
    pub fn clock_watch(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.clock_was_set)
    }

    fn obey(&mut self, frame: Frame) -> Option<Frame> {
        let [left, right] = self.serial;
        let data = match frame.command {
            command::CONNECT => {
                let command = self.faults.connect_answer.unwrap_or(command::CONNECT);
                return Some(Frame { command, data: [0; 4] });
            }
            command::CLOCK if self.faults.unset_clock => [0; 4],
            command::CLOCK => Stamp::encode((self.clock)())?.0,
            command::MODEL => MODEL,
            command::RECORD_TIME => self.field(frame.data, |[time, _]| time),
            command::RECORD_VALUE => self.field(frame.data, |[_, value]| value),
            command::SERIAL_LEFT => left,
            command::SERIAL_RIGHT => right,
            command::COUNT => self.count(),
            command::ERASE => {
                self.erase_was_asked.store(true, Ordering::Release);
                return None;
            }
            command::SET_CLOCK => {
                self.clock_was_set.store(true, Ordering::Release);
                return None;
            }
            _ => return None,
        };
        Some(Frame { command: frame.command, data })
    }

    /// Zeros for a record that there is not.
    fn field(&self, [low, high, _, _]: [u8; 4], pick: fn([[u8; 4]; 2]) -> [u8; 4]) -> [u8; 4] {
        // What a real one answers beyond its last record is not established. Zeros look most like a
        // record, so a reader that knows them for none has seen the worst.
        let index = usize::from(u16::from_le_bytes([low, high]));
        self.records.get(index).copied().map_or([0; 4], pick)
    }

    fn count(&mut self) -> [u8; 4] {
        let more = u16::from(self.faults.measures_meanwhile && self.was_counted);
        self.was_counted = true;
        let held = u16::try_from(self.records.len()).unwrap_or(u16::MAX);
        let count = held.saturating_add(self.faults.count_too_high).saturating_add(more);
        let [low, high] = count.to_le_bytes();
        // A real meter fills the other half with FFFF where it has no record.
        if count == 0 { [0, 0, 0xFF, 0xFF] } else { [low, high, 0, 0] }
    }

    /// The bytes of an answer, with what goes wrong with it.
    fn say(&mut self, mut frame: Frame) -> Vec<u8> {
        let is = |place: Option<usize>| place == Some(self.answers);
        let ready = Frame { command: command::READY, data: [0; 4] };
        let mut bytes = self.faults.noise.clone();
        if is(self.faults.ready_before) {
            bytes.extend(ready.encode(Sender::Meter));
        }
        if is(self.faults.ready_instead) {
            frame = ready;
        }
        if is(self.faults.wrong_command) {
            frame.command ^= 0x40;
        }
        let is_silent = is(self.faults.silent);
        let mut has_wrong_sum = is(self.faults.wrong_sum);
        self.answers += 1;
        if is_silent {
            return Vec::new();
        }
        let end = self.said + bytes.len() as u64 + 8;
        has_wrong_sum |= self.sum_at.is_some_and(|at| (self.said..end).contains(&at));
        self.said = end;
        bytes.extend(frame.encode(Sender::Meter));
        if has_wrong_sum && let Some(sum) = bytes.last_mut() {
            *sum ^= 0x10;
        }
        bytes
    }
}

/// Time and value of a record; `None` if the time cannot be said. Low and high results are stored as numbers beyond
/// the range.
fn record(faults: &TaiDocFaults, position: usize, reading: &SimulatedReading) -> Option<[[u8; 4]; 2]> {
    let is = |place: Option<usize>| place == Some(position);
    let number = match reading.measured {
        Measured::Low => 12,
        Measured::High => 605,
        Measured::Unscaled(number) => number,
        Measured::Value(value) => u16::try_from(value.digits()).unwrap_or(u16::MAX),
    };
    let quantity = match faults.quantity {
        Some((place, quantity)) if place == position => quantity,
        _ if reading.kind == Kind::Ketone => Quantity::Ketone,
        _ => Quantity::Glucose,
    };
    let mark = match reading.meal {
        _ if reading.kind == Kind::Control || is(faults.control) => RecordMark::Control,
        meal => RecordMark::Meal(meal.unwrap_or(Meal::None)),
    };
    let stamp = if is(faults.unstamped) { [0; 4] } else { Stamp::encode(reading.time)?.0 };
    // Probably the temperature, in which case this is 26 degrees; no reader may depend on it.
    Some([stamp, Value { number, unknown: 0x1A, quantity, mark }.encode()])
}

impl SimulatedMeter for SimulatedTaiDoc {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        self.heard.clear();
        Vec::new()
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.heard.extend(bytes);
        let mut said = Vec::new();
        while let Some(frame) = self.heard.next_frame() {
            if let Some(answer) = self.obey(frame) {
                said.push(self.say(answer));
            }
        }
        said.retain(|bytes| !bytes.is_empty());
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
    use crate::domain::glucose::Concentration;

    fn meter(readings: usize) -> SimulatedTaiDoc {
        let reading = SimulatedReading {
            time: date(2020, 5, 6).at(7, 0, 0, 0),
            measured: Measured::Value(Concentration::mg_per_dl(123)),
            kind: Kind::Blood,
            meal: Some(Meal::Before),
        };
        let memory = ReadingSet { readings: vec![reading; readings] };
        let clock = Box::new(|| date(2020, 5, 6).at(7, 8, 0, 0));
        SimulatedTaiDoc::new(DEFAULT_SERIAL, &memory, clock, TaiDocFaults::default(), None).unwrap()
    }

    /// A conversation made by hand after the published layout, but for the byte whose meaning is not known: 1A instead
    /// of 00.
    #[test]
    fn answers_are_those_of_the_specification() {
        let mut meter = meter(1);
        let mut ask = |command: u8| {
            let question = Frame { command, data: [0; 4] }.encode(Sender::Host);
            meter.hear(&question).concat()
        };
        assert_eq!(ask(0x24), [0x51, 0x24, 0x77, 0x42, 0, 0, 0xA5, 0xD3]);
        assert_eq!(ask(0x23), [0x51, 0x23, 0xA6, 0x28, 0x08, 0x07, 0xA5, 0xF6]);
        assert_eq!(ask(0x2B), [0x51, 0x2B, 1, 0, 0, 0, 0xA5, 0x22]);
        assert_eq!(ask(0x25), [0x51, 0x25, 0xA6, 0x28, 0x00, 0x07, 0xA5, 0xF0]);
        assert_eq!(ask(0x26), [0x51, 0x26, 0x7B, 0, 0x1A, 0x40, 0xA5, 0xF1]);
        assert!(ask(0x99).is_empty());
    }

    #[test]
    fn an_empty_memory_counts_zero_and_ffff() {
        let question = Frame { command: 0x2B, data: [0; 4] }.encode(Sender::Host);
        assert_eq!(meter(0).hear(&question).concat()[..6], [0x51, 0x2B, 0, 0, 0xFF, 0xFF]);
    }

    #[test]
    fn nothing_is_erased_and_no_clock_is_set() {
        let mut meter = meter(1);
        let (erase, clock) = (meter.erase_watch(), meter.clock_watch());
        for command in [command::ERASE, command::SET_CLOCK] {
            let question = Frame { command, data: [0; 4] }.encode(Sender::Host);
            assert!(meter.hear(&question).is_empty());
        }
        assert!(erase.load(Ordering::Acquire) && clock.load(Ordering::Acquire));
        assert_eq!(meter.records.len(), 1);
    }
}
