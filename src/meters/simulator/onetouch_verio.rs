//! A OneTouch Verio, or one of its successors, from the meter's side: a drive with registers.
//!
//! Holds at most 500 readings. Asked to erase them or to set its clock it refuses and remembers that it was asked; so
//! it does when a block that is no register is written. A question may begin with 03, 04 or 05; the answer repeats it,
//! except that parameters are always answered with 03.

use super::SimulatedMeter;
use super::cases::{Case, only};
use super::lifescan::{Inside, done, spoil};
pub use super::lifescan::{Misdeeds, NoSuchLifescanMeter};
use super::wanted::Wanted;
use crate::domain::cause::Cause;
use crate::meters::codec::lifescan_frame::answer::{REFUSED, encode_utf16};
use crate::meters::codec::lifescan_frame::block::{self, BLOCK};
use crate::meters::codec::lifescan_frame::record::Layout;

/// How many readings the meter can hold.
pub const CAPACITY: usize = 500;

/// The serial number without another one, whatever the model: a meter of this family is asked for its model apart.
pub const DEFAULT_SERIAL: &str = "000SIM04";

/// The models by their slugs in the catalogue, and what each answers when asked for its model.
const MODELS: [(&str, &str); 6] = [
    ("onetouch-verio", "OneTouch Verio"),
    ("onetouch-verio-flex", "OneTouch Verio Flex"),
    ("onetouch-verio-reflect", "OneTouch Verio Reflect"),
    ("onetouch-select-plus", "OneTouch Select Plus"),
    ("onetouch-select-plus-flex", "OneTouch Select Plus Flex"),
    ("onetouch-ultra-plus-flex", "OneTouch Ultra Plus Flex"),
];

/// What this family of meters does wrong, or differently. Places of records count from 0 at the newest; answers count
/// from 0 since the meter was plugged in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerioFaults {
    /// It is a drive of another maker.
    pub foreign_maker: bool,
    /// Its first block has another label.
    pub foreign_label: bool,
    /// This answer is the question, as a drive behind a cache gives it.
    pub cached: Option<u32>,
    /// This answer is the one before it, once.
    pub stale: Option<u32>,
    /// The answer with this record is the one with the record before it, every time.
    pub stale_record: Option<u16>,
    /// The answer with this record has a wrong check value every time.
    pub wrong_checksum: Option<u16>,
    /// The record at this place is refused every time.
    pub refused_record: Option<u16>,
    /// The texts are not ended.
    pub endless_texts: bool,
}

/// The cases: a drive that must not be written to, and registers that give what stood there before.
pub(super) const CASES: &[Case<VerioFaults>] = &[
    Case::plain("foreign-maker", "it is a drive of another maker", |faults, _| faults.foreign_maker = true),
    Case::plain("foreign-label", "its first block has another label", |faults, _| faults.foreign_label = true),
    Case::at("cached", "answer N is the question, as a drive behind a cache gives it", |faults, n| {
        faults.cached = Some(n.amount());
    }),
    Case::at("stale", "answer N is the one before it, once", |faults, n| faults.stale = Some(n.amount())),
    Case::at("stale-record", "the answer with record N is the one before it, every time", |faults, n| {
        faults.stale_record = Some(n.short());
    }),
    Case::at("wrong-check", "the answer with record N has a wrong check value every time", |faults, n| {
        faults.wrong_checksum = Some(n.short());
    }),
    Case::at("refused", "record N is refused every time", |faults, n| faults.refused_record = Some(n.short())),
    Case::plain("endless-texts", "the texts are not ended", |faults, _| faults.endless_texts = true),
];

/// A simulated OneTouch Verio.
pub struct SimulatedVerio {
    inside: Inside,
    model: &'static str,
    faults: VerioFaults,
    /// What the registers hold: blocks 3, 4 and 5.
    registers: [Vec<u8>; 3],
    answers: u32,
}

pub(super) fn make(wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    let faults = only(CASES, wanted.fault);
    let made = SimulatedVerio::new(wanted, faults).map_err(Cause::of)?;
    Ok(Box::new(made))
}

impl SimulatedVerio {
    /// The meter that is wanted, with these faults. A slug that the family does not have makes a Verio.
    ///
    /// # Errors
    /// [`NoSuchLifescanMeter`] if there cannot be such a meter.
    pub fn new(wanted: Wanted, faults: VerioFaults) -> Result<Self, NoSuchLifescanMeter> {
        let model = MODELS.iter().find(|(slug, _)| *slug == wanted.slug).map_or("OneTouch Verio", |(_, name)| name);
        let inside = Inside::new(Layout::Verio, CAPACITY, DEFAULT_SERIAL, wanted)?;
        let registers = [vec![0; BLOCK], vec![0; BLOCK], vec![0; BLOCK]];
        Ok(Self { inside, model, faults, registers, answers: 0 })
    }

    /// What was asked of the meter that must never be asked.
    #[must_use]
    pub const fn misdeeds(&self) -> Misdeeds {
        self.inside.misdeeds
    }

    /// A drive with one partition less: INQUIRY data whose product and serial are blank.
    fn inquiry(&self) -> Vec<u8> {
        let maker: &[u8; 8] = if self.faults.foreign_maker { b"Generic " } else { b"LifeScan" };
        // As a real one fills it in: the maker, and blanks for product and revision.
        [&[0, 0x80, 0, 1, 0x1F, 0, 0, 0], &maker[..], &[b' '; 20]].concat()
    }

    /// A boot sector of which only the label counts.
    fn first_block(&self) -> Vec<u8> {
        let label: &[u8; 16] = if self.faults.foreign_label { b"HOLIDAYS   FAT16" } else { b"LIFESCAN   FAT16" };
        let mut block = [&[0xEB, 0x3C, 0x90][..], &[0; 0x28], label].concat();
        block.resize(BLOCK, 0);
        block
    }

    fn read(&mut self, at: u8) -> Vec<u8> {
        let register = at.checked_sub(3).and_then(|place| self.registers.get(usize::from(place)));
        let mut data = match (at, register) {
            (0, _) => self.first_block(),
            (_, Some(register)) => register.clone(),
            (_, None) => vec![0; BLOCK],
        };
        let crc = data.get(1).map_or(0, |length| usize::from(*length).saturating_sub(2));
        self.inside.say(&mut data, crc);
        data
    }

    fn write(&mut self, at: u8, asked: &[u8]) -> Option<Vec<u8>> {
        let answer = Some(self.answers);
        let reply = self.reply(at, asked);
        let Some(register) = at.checked_sub(3).and_then(|place| self.registers.get_mut(usize::from(place))) else {
            self.inside.misdeeds.strange_block_was_written = true;
            return None;
        };
        self.answers += 1;
        if self.faults.cached == answer {
            *register = asked.to_vec();
        } else if self.faults.stale != answer {
            *register = reply;
        }
        Some(Vec::new())
    }

    fn reply(&mut self, at: u8, asked: &[u8]) -> Vec<u8> {
        // What a real meter answers to a damaged frame is not known; a refusal is the least that it could say.
        let Ok(message) = block::decode(asked) else { return block::encode(&[3, REFUSED]) };
        let message = message.to_vec();
        let mut reply = block::encode(&self.answer(at, &message));
        if let ([_, 0x31, 2, low, high, 0], Some(at)) = (&message[..], self.faults.wrong_checksum)
            && at == u16::from_le_bytes([*low, *high])
        {
            spoil(&mut reply, 22);
        }
        reply
    }

    fn answer(&mut self, at: u8, message: &[u8]) -> Vec<u8> {
        let Some((prefix @ 3..=5, command)) = message.split_first() else { return self.inside.refuse(message) };
        match (at, command) {
            (3, [0xE6, 2, which]) => match self.text(*which) {
                Some(text) => done(*prefix, &text),
                None => self.inside.refuse(message),
            },
            // The published question has a byte behind the parameter, which meters do not look at.
            (4, [0x04] | [0x04, _]) => done(3, &self.inside.unit()),
            (4, [0x00] | [0x00, _]) => done(3, &encode_utf16("%h:%T %p")),
            (4, [0x02] | [0x02, _]) => done(3, &encode_utf16("%n %D, %y")),
            (3, [0x20, 2]) => done(*prefix, &self.inside.clock()),
            (3, [0x27, 0]) => done(*prefix, &self.inside.announced().to_le_bytes()),
            (3, [0x31, 2, low, high, 0]) => {
                let index = u16::from_le_bytes([*low, *high]);
                let from = if self.faults.stale_record == Some(index) { index.saturating_sub(1) } else { index };
                match self.inside.record(from) {
                    Some(record) if self.faults.refused_record != Some(index) => done(*prefix, &record),
                    Some(_) | None => self.inside.refuse(message),
                }
            }
            _ => self.inside.refuse(message),
        }
    }

    fn text(&self, which: u8) -> Option<Vec<u8>> {
        let text = match which {
            0 => &self.inside.serial,
            1 => self.model,
            2 => "VER02.04.08",
            7 => "www.example.org",
            _ => return None,
        };
        let mut bytes = encode_utf16(text);
        if self.faults.endless_texts {
            bytes.truncate(bytes.len().saturating_sub(2));
        }
        Some(bytes)
    }
}

impl SimulatedMeter for SimulatedVerio {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn hear(&mut self, _bytes: &[u8]) -> Vec<Vec<u8>> {
        Vec::new()
    }

    /// Refuses, as the device does, command blocks with any other bit set.
    fn command(&mut self, cdb: &[u8], data_out: &[u8], expected: usize) -> Option<Vec<u8>> {
        let mut data = match cdb {
            [0x12, 0, 0, 0, _, 0] => {
                let mut description = self.inquiry();
                let nothing = description.len();
                self.inside.say(&mut description, nothing);
                description
            }
            [0x28, 0, 0, 0, 0, at, 0, 0, 1, 0] => self.read(*at),
            [0x2A, 0, 0, 0, 0, at, 0, 0, 1, 0] if data_out.len() == BLOCK => self.write(*at, data_out)?,
            [0x2A, ..] => {
                self.inside.misdeeds.strange_block_was_written = true;
                return None;
            }
            _ => return None,
        };
        data.truncate(expected);
        Some(data)
    }
}
