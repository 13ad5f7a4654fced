//! A OneTouch Verio IQ from the meter's side: a frame for each frame.
//!
//! Holds at most 750 readings. Asked to erase them or to set its clock it refuses and remembers that it was asked. A
//! damaged frame is passed over in silence. A question may begin with 03 or 04; the answer repeats it.

use std::time::Duration;

use super::SimulatedMeter;
use super::cases::{Case, only};
use super::lifescan::{Inside, done, spoil};
pub use super::lifescan::{Misdeeds, NoSuchLifescanMeter};
use super::wanted::Wanted;
use crate::domain::cause::Cause;
use crate::meters::codec::lifescan_frame::control::LinkControl;
use crate::meters::codec::lifescan_frame::record::Layout;
use crate::meters::codec::lifescan_frame::{Frame, Frames};

/// How many readings the meter can hold.
pub const CAPACITY: usize = 750;

/// The serial number without another one: a NUL ends it in the answer, so that it may be of any length.
pub const DEFAULT_SERIAL: &str = "000SIM03Q";

/// After this much silence the rest of an unfinished frame no longer comes.
const GAP: Duration = Duration::from_millis(50);

/// What this family of meters does wrong, or differently. Places of records count from 0 at the newest; answers count
/// from 0 since the meter was plugged in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerioIqFaults {
    /// The answer with this record has a wrong check value every time.
    pub wrong_checksum: Option<u16>,
    /// The record at this place is refused every time.
    pub refused_record: Option<u16>,
    /// The record at this place has a meal mark that nobody knows.
    pub unknown_meal: Option<u16>,
    /// This answer is sent twice.
    pub twice: Option<u32>,
    /// This answer comes only after the next question.
    pub late: Option<u32>,
    /// The unit on the display is neither of the two.
    pub unknown_unit: bool,
}

/// The cases: answers that come twice or late, for nothing in an answer says to which question it belongs.
pub(super) const CASES: &[Case<VerioIqFaults>] = &[
    Case::at("wrong-check", "the answer with record N has a wrong check value every time", |faults, n| {
        faults.wrong_checksum = Some(n.short());
    }),
    Case::at("refused", "record N is refused every time", |faults, n| faults.refused_record = Some(n.short())),
    Case::at("unknown-meal", "record N has a meal mark that nobody knows", |faults, n| {
        faults.unknown_meal = Some(n.short());
    }),
    Case::at("twice", "answer N is sent twice", |faults, n| faults.twice = Some(n.amount())),
    Case::at("late", "answer N comes only after the next question", |faults, n| faults.late = Some(n.amount())),
    Case::plain("unknown-unit", "the unit on the display is neither of the two", |faults, _| {
        faults.unknown_unit = true;
    }),
];

/// A simulated OneTouch Verio IQ.
pub struct SimulatedVerioIq {
    inside: Inside,
    faults: VerioIqFaults,
    frames: Frames,
    answers: u32,
    held: Vec<Vec<u8>>,
}

pub(super) fn make(wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    let faults = only(CASES, wanted.fault);
    let made = SimulatedVerioIq::new(wanted, faults).map_err(Cause::of)?;
    Ok(Box::new(made))
}

impl SimulatedVerioIq {
    /// The meter that is wanted, with these faults.
    ///
    /// # Errors
    /// [`NoSuchLifescanMeter`] if there cannot be such a meter.
    pub fn new(wanted: Wanted, faults: VerioIqFaults) -> Result<Self, NoSuchLifescanMeter> {
        let inside = Inside::new(Layout::VerioIq, CAPACITY, DEFAULT_SERIAL, wanted)?;
        Ok(Self { inside, faults, frames: Frames::default(), answers: 0, held: Vec::new() })
    }

    /// What was asked of the meter that must never be asked.
    #[must_use]
    pub const fn misdeeds(&self) -> Misdeeds {
        self.inside.misdeeds
    }

    fn answer(&mut self, message: &[u8]) -> Vec<u8> {
        let Some((prefix @ (3 | 4), command)) = message.split_first() else { return self.inside.refuse(message) };
        match command {
            [0x06] => done(*prefix, b"VerioIQ\0"),
            [0x0D, 1] => done(*prefix, b"\x09P01.02.00\0"),
            [0x0B, 0 | 1, 2] => done(*prefix, &[self.inside.serial.as_bytes(), &[0]].concat()),
            [0x09, 2, 2] if self.faults.unknown_unit => done(*prefix, &[7, 0, 0, 0]),
            [0x09, 2, 2] => done(*prefix, &self.inside.unit()),
            [0x20, 2] => done(*prefix, &self.inside.clock()),
            [0x27, 0] => done(*prefix, &self.inside.announced().to_le_bytes()),
            [0x21, low, high] => self.record(*prefix, u16::from_le_bytes([*low, *high]), message),
            _ => self.inside.refuse(message),
        }
    }

    fn record(&mut self, prefix: u8, index: u16, message: &[u8]) -> Vec<u8> {
        let is = |place: Option<u16>| place == Some(index);
        match self.inside.record(index) {
            Some(mut record) if !is(self.faults.refused_record) => {
                if let (true, Some(meal)) = (is(self.faults.unknown_meal), record.get_mut(7)) {
                    *meal = 9;
                }
                done(prefix, &record)
            }
            // What a real one answers beyond its last record is not established: a refusal, as for
            // whatever else it cannot do.
            Some(_) | None => self.inside.refuse(message),
        }
    }

    fn reply(&mut self, message: &[u8]) -> Vec<Vec<u8>> {
        let mut bytes = Frame { control: LinkControl::default(), message: self.answer(message) }.encode();
        let crc = bytes.len().saturating_sub(2);
        let spoiled = self.faults.wrong_checksum.map(u16::to_le_bytes);
        if matches!((message, spoiled), ([_, 0x21, low, high], Some(at)) if at == [*low, *high]) {
            spoil(&mut bytes, crc);
        }
        self.inside.say(&mut bytes, crc);
        let answer = Some(self.answers);
        self.answers += 1;
        let mut said = std::mem::take(&mut self.held);
        if self.faults.late == answer {
            self.held.push(bytes);
        } else if self.faults.twice == answer {
            said.extend([bytes.clone(), bytes]);
        } else {
            said.push(bytes);
        }
        said
    }
}

impl SimulatedMeter for SimulatedVerioIq {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        self.frames.clear();
        Vec::new()
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.frames.push(bytes);
        let mut said = Vec::new();
        while let Ok(Some(frame)) = self.frames.take() {
            said.extend(self.reply(&frame.message));
        }
        said
    }

    fn wait(&mut self, silence: Duration) -> Vec<Vec<u8>> {
        if silence >= GAP {
            self.frames.clear();
        }
        Vec::new()
    }

    fn baud(&self) -> Option<u32> {
        Some(38_400)
    }
}
