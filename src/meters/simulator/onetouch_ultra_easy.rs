//! A OneTouch UltraEasy from the meter's side: numbered frames, each acknowledged.
//!
//! Holds at most 500 readings. Asked to erase them or to set its clock it refuses and remembers that it was asked. A
//! frame that is damaged, or not the one that comes next, is passed over in silence.

use std::time::Duration;

use super::SimulatedMeter;
use super::cases::{Case, only};
use super::lifescan::{Inside, done, spoil};
pub use super::lifescan::{Misdeeds, NoSuchLifescanMeter};
use super::wanted::Wanted;
use crate::domain::cause::Cause;
use crate::meters::codec::lifescan_frame::answer::NO_SUCH_RECORD;
use crate::meters::codec::lifescan_frame::control::LinkControl;
use crate::meters::codec::lifescan_frame::record::Layout;
use crate::meters::codec::lifescan_frame::{Frame, Frames};

/// How many readings the meter can hold.
pub const CAPACITY: usize = 500;

/// The serial number without another one: nine characters, because the answer has neither a length nor an end.
pub const DEFAULT_SERIAL: &str = "000SIM02E";

/// After this much silence the rest of an unfinished frame no longer comes. On a line it is 10 ms; a pty may be slower.
const GAP: Duration = Duration::from_millis(50);

/// What this family of meters does wrong, or differently. Exchanges count from 0 since the meter was plugged in; the
/// repeat of a question is an exchange of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UltraEasyFaults {
    /// The acknowledgement of this exchange is lost.
    pub lose_acknowledgement: Option<u32>,
    /// The answer of this exchange is lost.
    pub lose_answer: Option<u32>,
    /// The answer of this exchange has a wrong check value.
    pub wrong_checksum: Option<u32>,
    /// The answer of this exchange carries the wrong number.
    pub wrong_sequence: Option<u32>,
    /// The meter ends the connection instead of answering this exchange.
    pub disconnect: Option<u32>,
    /// The record at this place is refused every time.
    pub refused_record: Option<u16>,
    /// The record at this place has a value that needs more than two bytes.
    pub impossible_record: Option<u16>,
    /// A reading is taken while the memory is read: from this exchange on there is one more.
    pub measures_at: Option<u32>,
    /// So many disconnects pass before the meter is awake.
    pub deaf_starts: u32,
}

/// The cases: each half of an exchange may be lost, for a frame and its acknowledgement travel apart.
pub(super) const CASES: &[Case<UltraEasyFaults>] = &[
    Case::at("lose-acknowledgement", "the acknowledgement of exchange N is lost", |faults, n| {
        faults.lose_acknowledgement = Some(n.amount());
    }),
    Case::at("silent", "the answer of exchange N is lost", |faults, n| faults.lose_answer = Some(n.amount())),
    Case::at("wrong-check", "the answer of exchange N has a wrong check value", |faults, n| {
        faults.wrong_checksum = Some(n.amount());
    }),
    Case::at("wrong-sequence", "the answer of exchange N carries the wrong number", |faults, n| {
        faults.wrong_sequence = Some(n.amount());
    }),
    Case::at("disconnect", "the meter ends the connection instead of answering exchange N", |faults, n| {
        faults.disconnect = Some(n.amount());
    }),
    Case::at("refused", "record N is refused every time", |faults, n| faults.refused_record = Some(n.short())),
    Case::at("damaged", "record N has a value that needs more than two bytes", |faults, n| {
        faults.impossible_record = Some(n.short());
    }),
    Case::at("measures-at", "a reading is taken meanwhile: from exchange N on there is one more", |faults, n| {
        faults.measures_at = Some(n.amount());
    }),
    Case::at("deaf", "N disconnects pass before the meter is awake", |faults, n| faults.deaf_starts = n.amount()),
];

/// A simulated OneTouch UltraEasy.
pub struct SimulatedUltraEasy {
    inside: Inside,
    faults: UltraEasyFaults,
    frames: Frames,
    sequence: bool,
    expected: bool,
    exchanges: u32,
    starts: u32,
}

pub(super) fn make(wanted: Wanted) -> Result<Box<dyn SimulatedMeter>, Cause> {
    let faults = only(CASES, wanted.fault);
    let made = SimulatedUltraEasy::new(wanted, faults).map_err(Cause::of)?;
    Ok(Box::new(made))
}

impl SimulatedUltraEasy {
    /// The meter that is wanted, with these faults.
    ///
    /// # Errors
    /// [`NoSuchLifescanMeter`] if there cannot be such a meter.
    pub fn new(wanted: Wanted, faults: UltraEasyFaults) -> Result<Self, NoSuchLifescanMeter> {
        let inside = Inside::new(Layout::UltraEasy, CAPACITY, DEFAULT_SERIAL, wanted)?;
        Ok(Self {
            inside,
            faults,
            frames: Frames::default(),
            sequence: false,
            expected: false,
            exchanges: 0,
            starts: 0,
        })
    }

    /// What was asked of the meter that must never be asked.
    #[must_use]
    pub const fn misdeeds(&self) -> Misdeeds {
        self.inside.misdeeds
    }

    fn heard(&mut self, frame: &Frame) -> Vec<Frame> {
        let control = frame.control;
        let plain = |control| Frame { control, message: Vec::new() };
        if control.is_disconnect() {
            self.starts += 1;
            if self.starts <= self.faults.deaf_starts {
                return Vec::new();
            }
            // Both sides go on from the bits of the disconnect: Tidepool sends both set and counts from 1.
            self.sequence = control.expected();
            self.expected = control.sequence();
            return vec![plain(LinkControl::DISCONNECTED)];
        }
        if control.is_acknowledge() {
            // Its second bit is the number that the host expects next: ours has arrived.
            if control.expected() != self.sequence {
                self.sequence = !self.sequence;
            }
            return Vec::new();
        }
        // A repeat of the frame before has the bits of then: it was answered, and is passed over.
        if control != LinkControl::message(self.expected, self.sequence) {
            return Vec::new();
        }
        let exchange = Some(self.exchanges);
        self.exchanges += 1;
        if self.faults.disconnect == exchange {
            return vec![plain(LinkControl::disconnect(self.sequence, self.expected))];
        }
        self.expected = !self.expected;
        let message = self.answer(&frame.message);
        let number = self.sequence != (self.faults.wrong_sequence == exchange);
        let mut said = Vec::new();
        if self.faults.lose_acknowledgement != exchange {
            said.push(plain(LinkControl::acknowledge(self.sequence, self.expected)));
        }
        if self.faults.lose_answer != exchange {
            said.push(Frame { control: LinkControl::message(number, self.expected), message });
        }
        said
    }

    fn answer(&mut self, message: &[u8]) -> Vec<u8> {
        let more = u16::from(self.faults.measures_at.is_some_and(|at| self.exchanges > at));
        match message {
            [5, 0x0D, 2] => done(5, b"\x11P02.00.0025/05/07"),
            [5, 0x0B, 2, filler @ ..] if filler.len() == 9 => done(5, self.inside.serial.as_bytes()),
            [5, 0x09, 2, 9, 0, 0, 0, 0] => done(5, &self.inside.unit()),
            [5, 0x20, 2, 0, 0, 0, 0] => done(5, &self.inside.clock()),
            [5, 0x1F, low, high] => {
                let index = u16::from_le_bytes([*low, *high]);
                if self.faults.refused_record == Some(index) {
                    return self.inside.refuse(message);
                }
                match index.checked_sub(more).map(|index| self.inside.record(index)) {
                    Some(Some(mut record)) => {
                        if self.faults.impossible_record == Some(index) {
                            spoil(&mut record, 6);
                        }
                        done(5, &record)
                    }
                    // The new reading: as the newest, one code of HI.
                    None => done(5, &[0, 0, 0, 0x70, 0xFF, 0xFF, 0, 0]),
                    Some(None) => {
                        let [low, high] = self.inside.announced().saturating_add(more).to_le_bytes();
                        // There is no command for the number of records: it is what a meter says when asked for one
                        // beyond the last.
                        vec![5, NO_SUCH_RECORD, low, high]
                    }
                }
            }
            other => self.inside.refuse(other),
        }
    }
}

impl SimulatedMeter for SimulatedUltraEasy {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        self.frames.clear();
        Vec::new()
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.frames.push(bytes);
        let mut said = Vec::new();
        while let Ok(Some(frame)) = self.frames.take() {
            let exchange = self.exchanges;
            for answer in self.heard(&frame) {
                let mut bytes = answer.encode();
                let crc = bytes.len().saturating_sub(2);
                if self.faults.wrong_checksum == Some(exchange) && !answer.message.is_empty() {
                    spoil(&mut bytes, crc);
                }
                self.inside.say(&mut bytes, crc);
                said.push(bytes);
            }
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
        Some(9600)
    }
}
