//! An i-SENS meter (CareSens, ReliOn Premier, GLUCOCARD Shine) from the meter's side: packets of protocol 3, or reads
//! of its flash memory in protocol 1.
//!
//! Asked to set its clock it keeps it and remembers that it was asked. A command for erasing is not known.

mod flash;
mod packets;
mod plain_hid;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use self::flash::Flash;
use self::packets::Answerer;
pub use self::plain_hid::SimulatedPlainHid;
use super::SimulatedMeter;
use super::cases::{Case, only};
use super::cp2110::{BridgeHabits, SimulatedCp2110};
use super::fault::{Fault, FaultKind};
use super::hampered::in_pieces;
use super::readings::ReadingSet;
use super::wanted::{MeterClock, Wanted};
use crate::domain::cause::Cause;
use crate::meters::catalogue::{Catalogue, LinkKind, Meter};
use crate::meters::codec::isens::flash::production_numbers;
use crate::meters::drivers::caresens::PLAIN_HID;

/// How many readings a simulated meter of protocol 3 can hold.
pub const CAPACITY: usize = 1000;

/// The serial number without another one: it names no model of protocol 1, and so makes a meter of protocol 3.
pub const DEFAULT_SERIAL: &str = "000CARE0042";

/// The byte that asks for the protocol.
const ECHO: u8 = 0x80;

/// What this family of meters does wrong, or differently, on the bench. Records count from 0 at the first that is sent,
/// answers from 0 at the one after the first byte's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent habits, each there or not")]
pub struct CareSensFaults {
    /// So many first bytes pass before the meter answers.
    pub deaf_echoes: u32,
    /// The first byte is answered with this.
    pub echo: Option<u8>,
    /// Answers with records carry a valid check value.
    pub checks_records: bool,
    /// This answer has a wrong check value.
    pub wrong_check: Option<usize>,
    /// This answer is a complaint instead.
    pub complaint: Option<(usize, [u8; 4])>,
    /// This answer is not given.
    pub silent: Option<usize>,
    /// This answer comes only before the next one.
    pub late: Option<usize>,
    /// One bit of the last byte of content of this answer is wrong. In packets the check value is made to fit none.
    pub flipped: Option<usize>,
    /// Every answer's content differs from the one before.
    pub restless: bool,
    /// So many records too many are announced.
    pub count_too_high: u16,
    /// The number of records grows by one once it was asked.
    pub measures_meanwhile: bool,
    /// The clock was never set.
    pub unset_clock: bool,
    /// The flags of this record.
    pub flags: Option<(usize, u8)>,
    /// This record has an impossible stamp.
    pub unstamped: Option<usize>,
}

/// The cases: how the protocol is told, which answers carry a check value, and records that move while they are read.
pub(super) const CASES: &[Case<CareSensFaults>] = &[
    Case::at("deaf", "N first bytes pass before the meter answers", |faults, n| faults.deaf_echoes = n.amount()),
    Case::plain("protocol-2", "the first byte is answered as protocol 2 does", |faults, _| faults.echo = Some(0x2F)),
    Case::plain("checks-records", "answers with records carry a valid check value", |faults, _| {
        faults.checks_records = true;
    }),
    Case::at("wrong-check", "answer N has a wrong check value", |faults, n| faults.wrong_check = Some(n.place())),
    Case::at("complaint", "answer N is a complaint about a check value instead", |faults, n| {
        faults.complaint = Some((n.place(), *b"ECRC"));
    }),
    Case::at("silent", "answer N is not given", |faults, n| faults.silent = Some(n.place())),
    Case::at("late", "answer N comes only before the next one", |faults, n| faults.late = Some(n.place())),
    Case::at("flipped", "a bit of the content of answer N is wrong", |faults, n| faults.flipped = Some(n.place())),
    Case::plain("restless", "every answer differs from the one before", |faults, _| faults.restless = true),
    Case::plain("measures-meanwhile", "a reading is taken once the number of readings was asked", |faults, _| {
        faults.measures_meanwhile = true;
    }),
    Case::plain("unset-clock", "the clock was never set", |faults, _| faults.unset_clock = true),
    Case::at("control", "record N is a test with control solution", |faults, n| faults.flags = Some((n.place(), 0x01))),
    Case::at("damaged", "record N is marked both low and high", |faults, n| faults.flags = Some((n.place(), 0x0C))),
    Case::at("unstamped", "record N has an impossible stamp", |faults, n| faults.unstamped = Some(n.place())),
];

/// Why there is no such meter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSuchIsensMeter {
    /// More readings than it can hold.
    #[error("this simulated i-SENS meter holds at most {most} readings")]
    TooMany {
        /// How many it can hold.
        most: usize,
    },
    /// A serial number that this family does not have.
    #[error("the serial number of an i-SENS meter is 1 to 40 letters and digits")]
    Serial,
    /// A time that the protocol cannot say.
    #[error("an i-SENS meter knows the years 2000 to 2099 only")]
    Year,
}

/// What a meter says to the bytes it hears.
enum Language {
    Packets(Answerer),
    Flash(Flash),
}

/// A simulated i-SENS meter on a serial line.
pub struct SimulatedCareSens {
    language: Language,
    faults: CareSensFaults,
    echoes: u32,
    answers: usize,
    /// An answer that waits for the next one.
    held: Vec<u8>,
    checksum_at: Option<u64>,
    said: u64,
}

/// Makes one for the shelf: behind the HID reports that the catalogue says. A serial number that names a model of
/// protocol 1 (`CVP01A00042`) makes a meter of that protocol.
pub(super) fn make(wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    let serial = wanted.serial.as_deref().unwrap_or(DEFAULT_SERIAL);
    let faults = only(CASES, wanted.fault);
    let made = SimulatedCareSens::new(serial, &wanted.memory, wanted.clock, faults, wanted.fault);
    let meter: Box<dyn SimulatedMeter> = Box::new(made.map_err(Cause::of)?);
    let model = Catalogue::embedded().by_slug(&wanted.slug);
    Ok(match model {
        Some(model) if has_whole_reports(model) => Box::new(SimulatedPlainHid::new(meter)),
        Some(model) if model.link == LinkKind::UsbHid => {
            Box::new(SimulatedCp2110::new(in_pieces(meter, wanted.fault), BridgeHabits::default()))
        }
        _ => in_pieces(meter, wanted.fault),
    })
}

/// Whether this model says a message in as few reports as hold it: a report with a few zeros in it would be
/// taken for one with a single byte and no count.
pub(super) fn has_whole_reports(model: &Meter) -> bool {
    model.name().as_str() == PLAIN_HID
}

impl SimulatedCareSens {
    /// A meter with these readings. Of `fault` it applies what concerns what is said, not how it travels.
    ///
    /// # Errors
    /// [`NoSuchIsensMeter`] if there cannot be such a meter.
    pub fn new(
        serial: &str,
        memory: &ReadingSet,
        clock: MeterClock,
        mut faults: CareSensFaults,
        fault: Option<Fault>,
    ) -> Result<Self, NoSuchIsensMeter> {
        let of_kind = |kind| fault.filter(|fault| fault.kind == kind).map(|fault| fault.at);
        if let Some(more) = of_kind(FaultKind::CountHigh) {
            faults.count_too_high = u16::try_from(more).unwrap_or(u16::MAX);
        }
        let language = match production_numbers(serial) {
            Some(numbers) => Language::Flash(Flash::new(numbers, memory, &faults)?),
            None => Language::Packets(Answerer::new(serial, memory, clock, &faults)?),
        };
        let checksum_at = of_kind(FaultKind::Checksum);
        Ok(Self { language, faults, echoes: 0, answers: 0, held: Vec::new(), checksum_at, said: 0 })
    }

    /// Tells whether somebody asked the meter to set its clock. It never does.
    #[must_use]
    pub fn clock_watch(&self) -> Arc<AtomicBool> {
        match &self.language {
            Language::Packets(answerer) => answerer.clock_watch(),
            Language::Flash(_) => Arc::default(),
        }
    }

    fn echo(&mut self) -> Vec<u8> {
        self.echoes += 1;
        if self.echoes <= self.faults.deaf_echoes {
            return Vec::new();
        }
        let usual = match self.language {
            // So each protocol names itself: 20 is protocol 1, 2F protocol 2 and 2E protocol 3.
            Language::Packets(_) => 0x2E,
            Language::Flash(_) => 0x20,
        };
        vec![self.faults.echo.unwrap_or(usual)]
    }

    /// The bytes of an answer, with what goes wrong with it.
    fn say(&mut self, mut bytes: Vec<u8>, complaint: Option<Vec<u8>>) -> Vec<u8> {
        let number = self.answers;
        self.answers += 1;
        let is = |place: Option<usize>| place == Some(number);
        // Where the check value and the last byte of content are, from the end. Flash has no check value, but a form.
        let (check, check_bits, content) = match self.language {
            Language::Packets(_) => (2, 1, 3),
            Language::Flash(_) => (1, 0x80, 0),
        };
        if let Some(complaint) = complaint.filter(|_| is(self.faults.complaint.map(|(place, _)| place))) {
            bytes = complaint;
        }
        let end = self.said + bytes.len() as u64;
        let is_struck = self.checksum_at.is_some_and(|at| (self.said..end).contains(&at));
        self.said = end;
        if is(self.faults.wrong_check) || is_struck {
            flip(&mut bytes, check, check_bits);
        }
        if is(self.faults.flipped) {
            flip(&mut bytes, content, 1);
        }
        if self.faults.restless {
            flip(&mut bytes, content, u8::try_from(number & 7).unwrap_or(0));
        }
        if is(self.faults.silent) {
            return Vec::new();
        }
        if is(self.faults.late) {
            self.held = bytes;
            return Vec::new();
        }
        let mut said = std::mem::take(&mut self.held);
        said.append(&mut bytes);
        said
    }
}

/// Inverts `bits` of the byte so many places before the last.
fn flip(bytes: &mut [u8], before_last: usize, bits: u8) {
    if let Some(byte) = bytes.iter_mut().rev().nth(before_last) {
        *byte ^= bits;
    }
}

impl SimulatedMeter for SimulatedCareSens {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        match &mut self.language {
            Language::Packets(answerer) => answerer.forget(),
            Language::Flash(flash) => flash.forget(),
        }
        self.held.clear();
        Vec::new()
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let is_between = match &self.language {
            Language::Packets(answerer) => answerer.is_between(),
            Language::Flash(flash) => flash.is_between(),
        };
        let mut said = Vec::new();
        let mut rest = bytes;
        // Only between two messages: within one, this byte is as good as any other.
        if let (true, [ECHO, more @ ..]) = (is_between, bytes) {
            said.push(self.echo());
            rest = more;
        }
        let answers = match &mut self.language {
            Language::Packets(answerer) => answerer.hear(rest, self.faults.complaint.map(|(_, complaint)| complaint)),
            Language::Flash(flash) => flash.hear(rest).into_iter().map(|answer| (answer, None)).collect(),
        };
        for (answer, complaint) in answers {
            said.push(self.say(answer, complaint));
        }
        // A line has no transfers, so an empty one is nothing that a host could notice.
        said.retain(|bytes| !bytes.is_empty());
        said
    }

    fn baud(&self) -> Option<u32> {
        Some(9600)
    }
}
