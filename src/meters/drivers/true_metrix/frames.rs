//! Questions and answers by the frame, with repeats.

use super::{ANSWER, ATTEMPTS, unusable};
use crate::meters::codec::true_metrix::{FrameError, reported, request, take_frame};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;

/// Other sound frames before the one asked for: late or repeated answers.
pub(super) const MOST_STRAYS: u32 = 8;

/// More reports than a full memory fills.
const MOST_REPORTS: u32 = 2000;

/// Sends a command.
pub(super) fn send(conversation: &mut Conversation<'_>, command: &str, during: &'static str) -> Result<(), MeterError> {
    conversation.send(&request(command), during, ANSWER)
}

/// Puts frames together from reports.
#[derive(Debug, Default)]
pub(super) struct Frames {
    pending: Vec<u8>,
}

impl Frames {
    /// Asks, up to three times, and returns the text behind `start` of the answer that begins with it.
    pub(super) fn ask(
        &mut self,
        conversation: &mut Conversation<'_>,
        command: &str,
        start: &str,
        during: &'static str,
    ) -> Result<String, MeterError> {
        let mut attempt = 1;
        loop {
            let error = match self.ask_once(conversation, command, start, during) {
                Err(
                    error @ (MeterError::Silent { .. } | MeterError::Checksum { .. } | MeterError::Malformed { .. }),
                ) => error,
                other => return other,
            };
            // What is left of a damaged answer must not be joined to the next.
            self.pending.clear();
            if attempt == ATTEMPTS {
                return Err(error);
            }
            attempt += 1;
        }
    }

    fn ask_once(
        &mut self,
        conversation: &mut Conversation<'_>,
        command: &str,
        start: &str,
        during: &'static str,
    ) -> Result<String, MeterError> {
        send(conversation, command, during)?;
        for _ in 0..=MOST_STRAYS {
            let text = self.next(conversation, during)?.map_err(|error| unusable(during, error))?;
            if let Some(answer) = text.strip_prefix(start) {
                return Ok(answer.to_owned());
            }
        }
        Err(MeterError::Malformed { what: during, reason: "other answers came instead".into() })
    }

    /// The next frame: its text, or what is wrong with it.
    pub(super) fn next(
        &mut self,
        conversation: &mut Conversation<'_>,
        during: &'static str,
    ) -> Result<Result<String, FrameError>, MeterError> {
        for _ in 0..MOST_REPORTS {
            if let Some(frame) = take_frame(&mut self.pending) {
                return Ok(frame);
            }
            let report = conversation.receive(during, ANSWER)?;
            match reported(&report) {
                Ok(text) => self.pending.extend_from_slice(text),
                // As a damaged frame, because it may have held one: the caller counts it at its
                // place.
                Err(error) => return Ok(Err(error)),
            }
        }
        Err(MeterError::Malformed { what: during, reason: "reports without a frame".into() })
    }

    /// Throws away what still comes, until the meter is silent.
    pub(super) fn settle(
        &mut self,
        conversation: &mut Conversation<'_>,
        during: &'static str,
    ) -> Result<(), MeterError> {
        self.pending.clear();
        for _ in 0..MOST_REPORTS {
            match conversation.receive(during, ANSWER) {
                Ok(_) => {}
                Err(MeterError::Silent { .. }) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Err(MeterError::Malformed { what: during, reason: "the meter does not fall silent".into() })
    }
}
