//! Menarini GlucoMen areo: text blocks over a serial line at 9600 baud with odd parity.
//!
//! A request is one byte, its answer one block. The readings come in one block under one check value of eight bits, and
//! how many there are is not announced. A lost or doubled byte agrees with such a check value once in 256 times, which
//! is too often for a value or a serial number: a block is believed when two answers are the same to the byte. Asking
//! changes nothing in the meter. A full memory takes twice as long for it.
//!
//! Values are in the unit that stands beside them. A type other than `Glu` is known to exist on GK models (a ketone)
//! but not under which name, so such a reading is kept as another kind, in its own unit, and never counts as glucose. A
//! mark that is not among the known ones is kept and the reading marked. The clock cannot be read; it is never set.

use std::time::Duration;

use super::Driver;
use crate::domain::cause::Cause;
use crate::domain::meter::MeterIdentity;
use crate::domain::text::{Clean, NAME_CELLS, Private};
use crate::meters::codec::glucomen_areo::{
    ASK_INFO, ASK_READINGS, BlockError, Info, decode_block, end_of_block, reading,
};
use crate::meters::conversation::{Conversation, Pauses};
use crate::meters::error::MeterError;
use crate::meters::gathered::{Account, Gathered, sold_under};
use crate::meters::link::{LineSettings, Parity};

/// How often a block is asked for at most, until two answers agree.
const ATTEMPTS: u32 = 4;

/// How many late answers to another question are passed over.
const MOST_STRAYS: u32 = 3;

/// The meter may think before it answers; the specification names no time.
const ANSWER: Duration = Duration::from_secs(5);

/// Silence that shows that nothing of a damaged answer is still on its way.
const PAUSE: Duration = Duration::from_secs(1);

/// A full memory of 32 bytes a reading is much shorter; what has no end by then is noise.
const LONGEST_BLOCK: usize = 64 * 1024;

/// Reads a GlucoMen areo.
#[derive(Debug, Clone, Copy)]
pub struct GlucoMenAreo;

/// What is asked for.
#[derive(Clone, Copy)]
struct AreoQuestion {
    byte: u8,
    during: &'static str,
}

/// What is asked.
const INFO: AreoQuestion = AreoQuestion { byte: ASK_INFO, during: "asking for the serial number" };
const READINGS: AreoQuestion = AreoQuestion { byte: ASK_READINGS, during: "asking for the readings" };

impl Driver for GlucoMenAreo {
    fn name(&self) -> &'static str {
        "glucomen-areo"
    }

    fn converse(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Account, MeterError> {
        conversation
            .link()
            .set_line(LineSettings { baud: 9600, parity: Parity::Odd, two_stop_bits: false })
            .map_err(|cause| MeterError::Link { during: "setting up the line", cause })?;
        let mut blocks = Blocks::default();
        let block = blocks.ask(conversation, INFO)?;
        let lines = decode_block(&block).map_err(|error| unusable(INFO.during, error))?;
        let info = as_info(&lines).ok_or_else(|| unusable(INFO.during, BlockError::Fields))?;
        let mut gathered = Gathered::default();
        let outcome = read_readings(conversation, &mut blocks, &mut gathered);
        let meter = MeterIdentity {
            manufacturer: "Menarini".into(),
            model: sold_under(sold_as, "GlucoMen areo"),
            model_number: None,
            serial: Private::new(Clean::new(&info.serial, NAME_CELLS)),
            system_id: None,
            firmware: Some(Clean::new(&info.version, NAME_CELLS)),
            driver: self.name().into(),
        };
        gathered.close(conversation, meter, outcome)
    }
}

fn read_readings(
    conversation: &mut Conversation<'_>,
    blocks: &mut Blocks,
    gathered: &mut Gathered,
) -> Result<(), MeterError> {
    let block = blocks.ask(conversation, READINGS)?;
    let lines = decode_block(&block).map_err(|error| unusable(READINGS.during, error))?;
    for (line, index) in lines.iter().zip(0..) {
        gathered.take(conversation, index, line, reading(line, index));
    }
    Ok(())
}

/// What the meter says of itself, if these are the lines of that answer.
fn as_info(lines: &[&str]) -> Option<Info> {
    match lines {
        [line] => Info::parse(line).ok(),
        _ => None,
    }
}

/// Cuts what arrives into blocks.
#[derive(Debug, Default)]
struct Blocks {
    pending: Vec<u8>,
    /// Bytes and empty transfers since the last block, or since the line was silent.
    arrived: usize,
}

impl Blocks {
    /// Asks until two sound answers are the same, and returns the block.
    fn ask(&mut self, conversation: &mut Conversation<'_>, question: AreoQuestion) -> Result<Vec<u8>, MeterError> {
        let mut seen: Vec<Vec<u8>> = Vec::new();
        let mut last = None;
        for _ in 0..ATTEMPTS {
            match self.ask_once(conversation, question) {
                // Equal to any of those before, not to the last alone: one damaged answer between
                // two sound ones costs no more than itself.
                Ok(block) if seen.contains(&block) => return Ok(block),
                Ok(block) => seen.push(block),
                // What speaks without end is no meter of this language; to ask again would take as long once more.
                Err(error) if self.arrived > LONGEST_BLOCK => return Err(error),
                Err(
                    error @ (MeterError::Silent { .. } | MeterError::Checksum { .. } | MeterError::Malformed { .. }),
                ) => {
                    last = Some(error);
                    self.settle(conversation, question.during)?;
                }
                Err(error) => return Err(error),
            }
        }
        let differ = || MeterError::Malformed { what: question.during, reason: "no two answers agree".into() };
        Err(last.unwrap_or_else(differ))
    }

    /// Asks, and returns the first sound block that is of the kind asked for.
    fn ask_once(&mut self, conversation: &mut Conversation<'_>, question: AreoQuestion) -> Result<Vec<u8>, MeterError> {
        conversation.send(&[question.byte], question.during, ANSWER)?;
        for _ in 0..=MOST_STRAYS {
            let block = self.next(conversation, question.during)?;
            let lines = decode_block(&block).map_err(|error| unusable(question.during, error))?;
            // A block does not say what it answers; only the one line of five fields tells the two apart.
            if as_info(&lines).is_some() == (question.byte == ASK_INFO) {
                return Ok(block);
            }
        }
        Err(MeterError::Malformed { what: question.during, reason: "other answers came instead".into() })
    }

    fn next(&mut self, conversation: &mut Conversation<'_>, during: &'static str) -> Result<Vec<u8>, MeterError> {
        // Only what is new can hold the end: it is looked for from shortly before.
        let (mut looked, mut pauses) = (0_usize, Pauses::default());
        loop {
            let unseen = self.pending.get(looked.saturating_sub(8)..).unwrap_or_default();
            if let Some(end) = end_of_block(unseen) {
                self.arrived = 0;
                return Ok(self.pending.drain(..looked.saturating_sub(8) + end).collect());
            }
            looked = self.pending.len();
            if self.arrived > LONGEST_BLOCK {
                return Err(MeterError::Malformed { what: during, reason: "it has no end".into() });
            }
            let bytes = conversation.receive_part(during, ANSWER, &mut pauses)?;
            self.arrived += bytes.len().max(1);
            self.pending.extend(bytes);
        }
    }

    /// Throws away what still comes, until the line is silent.
    fn settle(&mut self, conversation: &mut Conversation<'_>, during: &'static str) -> Result<(), MeterError> {
        self.pending.clear();
        self.arrived = 0;
        conversation.settle(during, PAUSE, LONGEST_BLOCK)
    }
}

fn unusable(what: &'static str, error: BlockError) -> MeterError {
    match error {
        BlockError::Checksum { sent, computed } => {
            MeterError::Checksum { what, got: u32::from(sent), expected: u32::from(computed) }
        }
        BlockError::Form | BlockError::Fields | BlockError::Value => {
            MeterError::Malformed { what, reason: Cause::of(error) }
        }
    }
}
