//! The order of ASTM E1381: the meter sends a frame, the host asks for the next one or for the same one again.

use std::time::Duration;

use super::wire::{ContourAnswer, Wire};
use crate::meters::codec::astm::{ACK, CAN, ENQ, EOT, Frame, NAK};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;

/// How long an answer may take (Tidepool).
const ANSWER: Duration = Duration::from_secs(5);

/// How long a meter that was silent at first may take to answer each further attempt.
const ATTEMPT: Duration = Duration::from_secs(2);

/// How often a frame is asked for again (Tidepool).
const REPEATS: u32 = 6;

/// What is tried behind ACK. Right after the plug a meter may be silent or send damaged frames; then NAK is sent up to
/// six times (Tidepool). A NAK too many ends the transmission, so EOT comes in between.
const OPENERS: [(u8, Duration); 9] = [
    (EOT, ANSWER),
    (NAK, ATTEMPT),
    (NAK, ATTEMPT),
    (EOT, ATTEMPT),
    (NAK, ATTEMPT),
    (NAK, ATTEMPT),
    (EOT, ATTEMPT),
    (NAK, ATTEMPT),
    (NAK, ATTEMPT),
];

/// Things that the meter may say while it is opened or between two frames, none of them a new frame: six
/// damaged frames are borne, and each may come with the frame before it or a lone ENQ; sixteen is more than that.
const MOST_STRAYS: u32 = 16;

const OPENING: &str = "waiting for the meter's header";
const TRANSMITTING: &str = "reading the meter's records";
const ENDING: &str = "ending the transmission";

/// A transmission of the meter.
pub(super) struct Exchange<'c, 'l> {
    pub(super) conversation: &'c mut Conversation<'l>,
    wire: Wire,
    /// Number of the frame accepted last.
    last: Option<u8>,
}

impl<'c, 'l> Exchange<'c, 'l> {
    pub(super) const fn new(conversation: &'c mut Conversation<'l>, wire: Wire) -> Self {
        Self { conversation, wire, last: None }
    }

    /// Brings the meter to transmit, and gives the first record: the header.
    ///
    /// # Errors
    /// Why the meter could not be brought to it, as of the last attempt.
    pub(super) fn open(&mut self) -> Result<String, MeterError> {
        let mut outcome = self.attempt(ACK, ANSWER);
        for (opener, wait) in OPENERS {
            match outcome {
                Ok(text) => return Ok(text),
                Err(MeterError::Silent { .. }) => {}
                // What is left of this answer would be heard as the answer to the next opener.
                Err(MeterError::Malformed { .. } | MeterError::Checksum { .. }) => {
                    self.wire.settle(self.conversation, OPENING)?;
                }
                Err(other) => return Err(other),
            }
            outcome = self.attempt(opener, wait);
        }
        outcome
    }

    /// Sends an opener and listens for the header.
    fn attempt(&mut self, opener: u8, wait: Duration) -> Result<String, MeterError> {
        self.wire.send(self.conversation, opener, OPENING)?;
        for _ in 0..MOST_STRAYS {
            match self.wire.next(self.conversation, OPENING, wait)? {
                ContourAnswer::Control(ENQ) => self.wire.send(self.conversation, ACK, OPENING)?,
                // A header between EOT and ENQ is a foretaste: it comes again when the request is granted.
                ContourAnswer::Frame(_) if self.wire.take_enquiry() => {
                    self.wire.send(self.conversation, ACK, OPENING)?;
                }
                ContourAnswer::Frame(Frame { number, text, .. }) if text.starts_with('H') => {
                    self.last = Some(number);
                    return Ok(text);
                }
                // The meter was left in the middle of a transmission.
                ContourAnswer::Frame(_) => {
                    return Err(MeterError::Malformed { what: "the header", reason: "another record came".into() });
                }
                ContourAnswer::Damaged(error) => return Err(error),
                // It has ended a transmission. After EOT it says so and starts over at once.
                ContourAnswer::Control(EOT) if opener != EOT => {
                    return Err(MeterError::Malformed { what: "the header", reason: "EOT came instead".into() });
                }
                ContourAnswer::Control(_) => {}
            }
        }
        Err(MeterError::Malformed { what: "the header", reason: "it does not come".into() })
    }

    /// Acknowledges the record before and gives the next one; `None` when the meter ends its transmission.
    ///
    /// # Errors
    /// The damage of a frame that stays damaged; silence that lasts; what the link says.
    pub(super) fn next(&mut self) -> Result<Option<Frame>, MeterError> {
        let mut answer = Some(ACK);
        let (mut damages, mut was_silent) = (0, false);
        for _ in 0..MOST_STRAYS {
            if let Some(answer) = answer {
                self.wire.send(self.conversation, answer, TRANSMITTING)?;
            }
            let damage = match self.wire.next(self.conversation, TRANSMITTING, ANSWER) {
                Ok(ContourAnswer::Frame(frame)) if self.last == Some(frame.number) => {
                    // The meter has not heard that this frame arrived.
                    answer = Some(ACK);
                    continue;
                }
                Ok(ContourAnswer::Frame(frame)) if self.last.is_none_or(|last| frame.number == (last + 1) % 8) => {
                    self.last = Some(frame.number);
                    return Ok(Some(frame));
                }
                Ok(ContourAnswer::Frame(_)) => {
                    let reason = "its number does not follow the one before".to_owned();
                    MeterError::Malformed { what: "a frame", reason: reason.into() }
                }
                Ok(ContourAnswer::Damaged(error)) => error,
                Ok(ContourAnswer::Control(EOT)) => return Ok(None),
                Ok(ContourAnswer::Control(CAN)) => return Err(MeterError::Aborted { reason: "CAN".into() }),
                // Behind an ENQ the frames are numbered anew, so the first one that comes counts.
                Ok(ContourAnswer::Control(ENQ)) => {
                    self.last = None;
                    answer = Some(ACK);
                    continue;
                }
                Ok(ContourAnswer::Control(_)) => {
                    answer = None;
                    continue;
                }
                // An answer of ours may have been lost: NAK brings the same frame again, where a second ACK could pass
                // one over.
                Err(MeterError::Silent { .. }) if !was_silent => {
                    was_silent = true;
                    answer = Some(NAK);
                    continue;
                }
                Err(error) => return Err(error),
            };
            // E1381 gives up after six repeats of a frame.
            damages += 1;
            if damages > REPEATS {
                return Err(damage);
            }
            self.wire.settle(self.conversation, TRANSMITTING)?;
            answer = Some(NAK);
        }
        Err(MeterError::Malformed { what: TRANSMITTING, reason: "no new record comes".into() })
    }

    /// Acknowledges the last record. Everything is read by then, so a failure does not matter.
    pub(super) fn end(&mut self) {
        if self.wire.send(self.conversation, ACK, ENDING).is_ok() {
            let _ = self.wire.next(self.conversation, ENDING, ATTEMPT);
        }
    }
}
