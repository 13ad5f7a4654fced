//! Frames in the register blocks of the Verio and later meters: `02 | length u16 | message | 03 | CRC u16`, then zeros
//! to 512 bytes. The length counts from 02 through the check value.

use super::{AROUND, FrameError, START, decode_frame, encode_frame};

/// The size of a register and of a block of the drive.
pub const BLOCK: usize = 512;

/// A block with this message. Of a message longer than 506 bytes the rest is cut off.
#[must_use]
pub fn encode(message: &[u8]) -> Vec<u8> {
    let message = message.get(..BLOCK - AROUND).unwrap_or(message);
    let [low, high] = u16::try_from(message.len() + AROUND).unwrap_or(u16::MAX).to_le_bytes();
    let mut bytes = encode_frame([START, low, high], message);
    bytes.resize(BLOCK, 0);
    bytes
}

/// The message of a block. What follows the frame is not looked at.
///
/// # Errors
/// [`FrameError`] says what is wrong; such a block must not be used.
pub fn decode(block: &[u8]) -> Result<&[u8], FrameError> {
    let [START, low, high, ..] = block else {
        return Err(if block.first() == Some(&START) { FrameError::Length } else { FrameError::Start });
    };
    let length = usize::from(u16::from_le_bytes([*low, *high]));
    if length < AROUND {
        return Err(FrameError::Length);
    }
    decode_frame(block.get(..length).ok_or(FrameError::Length)?)
}
