//! The drive behind a OneTouch Verio: what it is, and its registers.

use std::time::Duration;

use crate::domain::download::Direction;
use crate::meters::codec::lifescan_frame::block::{self, BLOCK};
use crate::meters::conversation::Conversation;
use crate::meters::drivers::lifescan::{LifeScanQuestion, Wire, damaged};
use crate::meters::error::MeterError;

/// The limit for one command. The specifications name none and need no pause; a drive that takes longer is gone.
const COMMAND: Duration = Duration::from_secs(2);

/// How much is asked of the drive's description.
const INQUIRY_LENGTH: u8 = 0x60;

/// What a description has at least (SCSI primary commands, standard INQUIRY data).
const SHORTEST_INQUIRY: usize = 36;

/// Who made the drive, in its description from byte 8.
const VENDOR: &[u8; 8] = b"LifeScan";

/// Label and kind of the file system in block 0, from byte 0x2B.
const LABEL: &[u8; 16] = b"LIFESCAN   FAT16";

const CHECKING: &str = "checking that the drive is a meter";

/// The registers of a drive that has been found to be a meter.
pub(super) struct Registers(());

impl Registers {
    /// Checks, without writing, that the drive is a meter.
    ///
    /// # Errors
    /// [`MeterError::Unsupported`] if it is none.
    pub(super) fn of_a_meter(conversation: &mut Conversation<'_>) -> Result<Self, MeterError> {
        let inquiry = [0x12, 0, 0, 0, INQUIRY_LENGTH, 0];
        let description = command(conversation, &inquiry, &[], INQUIRY_LENGTH.into(), CHECKING)?;
        // The first byte of the description: a drive whose blocks are addressed directly, and which is there.
        let is_drive = description.first() == Some(&0) && description.len() >= SHORTEST_INQUIRY;
        if !is_drive || description.get(8..16) != Some(VENDOR) {
            return Err(no_meter("it does not name LifeScan as its maker"));
        }
        let first = read_block(conversation, 0, CHECKING)?;
        if first.get(0x2B..0x3B) != Some(LABEL) {
            return Err(no_meter("its first block has another label"));
        }
        Ok(Self(()))
    }
}

impl Wire for Registers {
    fn exchange(
        &mut self,
        conversation: &mut Conversation<'_>,
        question: &LifeScanQuestion,
    ) -> Result<Vec<u8>, MeterError> {
        let asks = block::encode(&question.message);
        let register = question.register as u8;
        // WRITE(10) of one block, every flag zero: the meter refuses a command with any other bit set.
        let write = [0x2A, 0, 0, 0, 0, register, 0, 0, 1, 0];
        command(conversation, &write, &asks, 0, question.during)?;
        let answer = read_block(conversation, register, question.during)?;
        // A cache of the system or a real drive gives back what was written.
        if answer == asks {
            let reason = "the drive gave the question back".to_owned();
            return Err(MeterError::Malformed { what: question.during, reason: reason.into() });
        }
        block::decode(&answer).map(<[u8]>::to_vec).map_err(|error| damaged(question.during, error))
    }

    /// Each command carries its own data, so nothing is ever under way.
    fn recover(&mut self, _: &mut Conversation<'_>, _: &'static str) -> Result<(), MeterError> {
        Ok(())
    }
}

fn read_block(conversation: &mut Conversation<'_>, block: u8, during: &'static str) -> Result<Vec<u8>, MeterError> {
    // READ(10) of one block, with all flags zero as for writing.
    let data = command(conversation, &[0x28, 0, 0, 0, 0, block, 0, 0, 1, 0], &[], BLOCK, during)?;
    if data.len() == BLOCK {
        return Ok(data);
    }
    let reason = format!("{} bytes of {BLOCK} came", data.len());
    Err(MeterError::Malformed { what: during, reason: reason.into() })
}

/// Sends one command and records it: the command block with what is written, then what is read.
fn command(
    conversation: &mut Conversation<'_>,
    cdb: &[u8],
    data_out: &[u8],
    expected: usize,
    during: &'static str,
) -> Result<Vec<u8>, MeterError> {
    conversation.check_cancelled()?;
    conversation.record(Direction::ToMeter, &[cdb, data_out].concat());
    let data = conversation
        .link()
        .command(cdb, data_out, expected, COMMAND)
        .map_err(|cause| MeterError::Link { during, cause })?;
    if !data.is_empty() {
        conversation.record(Direction::FromMeter, &data);
    }
    Ok(data)
}

fn no_meter(reason: &str) -> MeterError {
    MeterError::Unsupported {
        reason: format!("this drive is no OneTouch meter: {reason}; nothing was written to it").into(),
    }
}
