//! The binary frames of LifeScan's meters (OneTouch `UltraEasy`, Verio IQ, Verio): framing and checksum.
//!
//! On a serial line: `02 | length | link control | message | 03 | CRC lo | CRC hi`, the length counting the whole
//! frame. In the register blocks of the later meters the second and third byte are one length of two bytes; see
//! [`block`]. What the messages mean is in [`answer`] and [`record`].

pub mod answer;
pub mod block;
pub mod control;
pub mod record;

use self::control::LinkControl;

/// Opens a frame.
const START: u8 = 0x02;

/// Ends the message of a frame; the check value follows.
const END: u8 = 0x03;

/// What a frame has around its message: start, length, link control, end, check value.
const AROUND: usize = 6;

/// CRC-16/CCITT-FALSE: polynomial 0x1021, initial value 0xFFFF, not reflected, no final XOR.
#[must_use]
pub fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc: u16, byte| {
        (0..8).fold(
            crc ^ (u16::from(*byte) << 8),
            |crc, _| {
                if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
            },
        )
    })
}

/// Why bytes are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The first byte is not the one that opens a frame.
    #[error("the frame does not begin with 02")]
    Start,
    /// The length is shorter than the shortest frame, or longer than what there is.
    #[error("the length of the frame cannot be")]
    Length,
    /// The byte before the check value does not end the message.
    #[error("the message does not end where the length says")]
    End,
    /// The check value is not the one of the bytes.
    #[error("checksum {sent:#06x}, expected {computed:#06x}")]
    Checksum {
        /// What the frame says.
        sent: u16,
        /// What its bytes give.
        computed: u16,
    },
}

/// A frame on a serial line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The link control byte; 0 on meters without link control.
    pub control: LinkControl,
    /// What is said; empty in an acknowledgement.
    pub message: Vec<u8>,
}

impl Frame {
    /// The frame as it goes over the line. A message has at most 249 bytes; of a longer one the rest is cut off.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let message = self.message.get(..usize::from(u8::MAX) - AROUND).unwrap_or(&self.message);
        let length = u8::try_from(message.len() + AROUND).unwrap_or(u8::MAX);
        encode_frame([START, length, self.control.byte()], message)
    }

    /// Reads one frame that `bytes` hold exactly.
    ///
    /// # Errors
    /// [`FrameError`] says what is wrong; such a frame must not be used.
    pub fn decode(bytes: &[u8]) -> Result<Self, FrameError> {
        let [START, length, control, ..] = bytes else {
            return Err(if bytes.first() == Some(&START) { FrameError::Length } else { FrameError::Start });
        };
        if usize::from(*length) != bytes.len() {
            return Err(FrameError::Length);
        }
        let message = decode_frame(bytes)?;
        Ok(Self { control: LinkControl::from(*control), message: message.to_vec() })
    }
}

/// Puts end and check value behind a head of three bytes and a message.
fn encode_frame(head: [u8; 3], message: &[u8]) -> Vec<u8> {
    let mut bytes = head.to_vec();
    bytes.extend_from_slice(message);
    bytes.push(END);
    let crc = crc16(&bytes);
    bytes.extend_from_slice(&crc.to_le_bytes());
    bytes
}

/// The message between a head of three bytes and the end, if the check value is right.
fn decode_frame(bytes: &[u8]) -> Result<&[u8], FrameError> {
    let (checked, crc) = bytes.split_last_chunk::<2>().ok_or(FrameError::Length)?;
    let (end, head_and_message) = checked.split_last().ok_or(FrameError::Length)?;
    let message = head_and_message.get(3..).ok_or(FrameError::Length)?;
    if *end != END {
        return Err(FrameError::End);
    }
    let (sent, computed) = (u16::from_le_bytes(*crc), crc16(checked));
    if sent == computed { Ok(message) } else { Err(FrameError::Checksum { sent, computed }) }
}

/// Cuts what arrives into frames.
///
/// Looks for 02, takes as many bytes as the length says and checks them; if they are no frame, one byte is dropped and
/// the search goes on.
#[derive(Debug, Default)]
pub struct Frames {
    pending: Vec<u8>,
    damage: Option<FrameError>,
}

impl Frames {
    /// Adds bytes that have arrived.
    pub fn push(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// Whether nothing is left that has not been taken as a frame.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// Forgets what has arrived.
    pub fn clear(&mut self) {
        self.pending.clear();
        self.damage = None;
    }

    /// The next frame; `None` until more bytes have arrived.
    ///
    /// # Errors
    /// [`FrameError`] once nothing is left of a damaged frame in which a sound one could begin.
    pub fn take(&mut self) -> Result<Option<Frame>, FrameError> {
        loop {
            let start = self.pending.iter().position(|byte| *byte == START).unwrap_or(self.pending.len());
            self.pending.drain(..start);
            let Some(length) = self.pending.get(1).map(|length| usize::from(*length)) else {
                return if self.pending.is_empty() { self.damage.take().map_or(Ok(None), Err) } else { Ok(None) };
            };
            let candidate = if length < AROUND {
                Err(FrameError::Length)
            } else {
                let Some(bytes) = self.pending.get(..length) else { return Ok(None) };
                Frame::decode(bytes)
            };
            match candidate {
                Ok(frame) => {
                    self.pending.drain(..length);
                    self.damage = None;
                    return Ok(Some(frame));
                }
                Err(damage) => {
                    // A damaged length may reach into the next frame, so only one byte is given up: a sound frame may
                    // begin behind it.
                    self.damage.get_or_insert(damage);
                    self.pending.drain(..1);
                }
            }
        }
    }

    /// What was wrong with the bytes that are waiting for more, if anything.
    #[must_use]
    pub const fn damage(&self) -> Option<FrameError> {
        self.damage
    }
}

#[cfg(test)]
mod tests;
