//! What the meter says, cut into control bytes and frames, whatever it travels in.

use std::time::Duration;

use crate::meters::codec::astm::{ACK, CAN, ENQ, EOT, Frame, FrameError, NAK, STX};
use crate::meters::codec::contour_report;
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;

/// For one byte on the way to the meter. It takes milliseconds; a device that holds it for seconds is gone.
const SEND: Duration = Duration::from_secs(2);

/// Silence after which nothing more of a damaged message is on its way: a report takes about 20 ms, a byte on the
/// serial line 1 ms.
const SETTLE: Duration = Duration::from_millis(100);

/// More than the longest frame, a header of some 300 bytes; what has no end by then is noise.
const LONGEST_FRAME: usize = 1024;

/// Transfers for one message; a meter that has sent more without saying anything never will.
const MOST_TRANSFERS: u32 = 2000;

/// What a frame is called in errors.
const FRAME: &str = "a frame";

/// What the bytes travel in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ContourMedium {
    /// Reports of 60 bytes.
    Hid,
    /// A serial line.
    Serial,
}

/// One thing that the meter said.
#[derive(Debug)]
pub(super) enum ContourAnswer {
    /// A control byte.
    Control(u8),
    /// A sound frame.
    Frame(Frame),
    /// Something that was no sound frame.
    Damaged(MeterError),
}

/// The way to the meter and back.
#[derive(Debug)]
pub(super) struct Wire {
    medium: ContourMedium,
    pending: Vec<u8>,
}

impl Wire {
    pub(super) const fn new(medium: ContourMedium) -> Self {
        Self { medium, pending: Vec::new() }
    }

    /// Sends a control byte.
    pub(super) fn send(
        &self,
        conversation: &mut Conversation<'_>,
        control: u8,
        during: &'static str,
    ) -> Result<(), MeterError> {
        match self.medium {
            ContourMedium::Hid => conversation.send(&contour_report::report(&[control]), during, SEND),
            ContourMedium::Serial => conversation.send(&[control], during, SEND),
        }
    }

    /// The next thing that the meter says.
    ///
    /// # Errors
    /// [`MeterError::Silent`] if it says nothing within `wait`; what the link says; [`MeterError::Malformed`] if it
    /// does not stop to send what is nothing.
    pub(super) fn next(
        &mut self,
        conversation: &mut Conversation<'_>,
        during: &'static str,
        wait: Duration,
    ) -> Result<ContourAnswer, MeterError> {
        for _ in 0..MOST_TRANSFERS {
            if let Some(heard) = self.cut() {
                return Ok(heard);
            }
            let transfer = match conversation.receive(during, wait) {
                // A frame that stops in its middle is damaged and not silence: NAK brings it again.
                Err(MeterError::Silent { .. }) if !self.pending.is_empty() => {
                    return Ok(damaged("it has no end"));
                }
                other => other?,
            };
            match self.medium {
                ContourMedium::Serial => self.pending.extend(transfer),
                ContourMedium::Hid => match contour_report::decode(&transfer) {
                    Err(error) => return Ok(damaged(&error.to_string())),
                    Ok(payload) => {
                        self.pending.extend(payload);
                        // An empty report may follow a message of 60 bytes, whose frame was taken
                        // before; it ends nothing.
                        let is_end = payload.len() < contour_report::CAPACITY;
                        if is_end && !payload.is_empty() {
                            return Ok(self.cut().unwrap_or_else(|| damaged("it has no end")));
                        }
                    }
                },
            }
        }
        Err(MeterError::Malformed { what: during, reason: "the meter does not stop to send noise".into() })
    }

    /// Throws away what a damaged message has left, here and on its way.
    pub(super) fn settle(
        &mut self,
        conversation: &mut Conversation<'_>,
        during: &'static str,
    ) -> Result<(), MeterError> {
        self.pending.clear();
        for _ in 0..MOST_TRANSFERS {
            match conversation.receive(during, SETTLE) {
                Ok(_) => {}
                Err(MeterError::Silent { .. }) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Err(MeterError::Malformed { what: during, reason: "the line does not fall silent".into() })
    }

    /// Whether a request to transmit stands directly behind what was heard last; if so, it is taken.
    pub(super) fn take_enquiry(&mut self) -> bool {
        let is_there = self.pending.first() == Some(&ENQ);
        if is_there {
            self.pending.remove(0);
        }
        is_there
    }

    /// The first thing among the bytes that have come, if it is whole.
    fn cut(&mut self) -> Option<ContourAnswer> {
        // Bytes in front of a start belong to nothing: padding, or the rest of a frame that was given up.
        let is_start = |byte: &u8| matches!(*byte, STX | ENQ | EOT | ACK | NAK | CAN);
        let start = self.pending.iter().position(is_start).unwrap_or(self.pending.len());
        self.pending.drain(..start);
        let first = *self.pending.first()?;
        if first != STX {
            self.pending.remove(0);
            return Some(ContourAnswer::Control(first));
        }
        let Some(end) = self.pending.iter().position(|byte| *byte == b'\n') else {
            return (self.pending.len() > LONGEST_FRAME).then(|| damaged("it has no end"));
        };
        let bytes: Vec<u8> = self.pending.drain(..=end).collect();
        Some(match Frame::decode(&bytes) {
            Ok(frame) => ContourAnswer::Frame(frame),
            Err(FrameError::Checksum { sent, computed }) => ContourAnswer::Damaged(MeterError::Checksum {
                what: FRAME,
                got: sent.into(),
                expected: computed.into(),
            }),
            Err(error @ (FrameError::Shape | FrameError::Text)) => damaged(&error.to_string()),
        })
    }
}

fn damaged(reason: &str) -> ContourAnswer {
    ContourAnswer::Damaged(MeterError::Malformed { what: FRAME, reason: reason.into() })
}
