//! Questions and answers, with the repeats that the specification allows.

use std::time::Duration;

use crate::meters::codec::taidoc::{Frame, Frames, LENGTH, Sender, command};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;

/// How often a question is asked at most: once, and three times again, as the manufacturer's description has it.
const ATTEMPTS: u32 = 4;

/// A meter answers within 0.5 to 2 s.
const ANSWER: Duration = Duration::from_secs(2);

/// For eight bytes on the way to the meter. They take milliseconds; a port that holds them for seconds is gone.
const SEND: Duration = Duration::from_secs(2);

/// Sound frames that answer something else; a meter sends at most one for each repeat.
const MOST_STRAYS: u32 = 16;

/// More bytes than this without the answer are noise.
const MOST_BYTES: usize = 64 * LENGTH;

/// A question.
pub(super) struct TaiDocQuestion {
    /// Its command; the answer's is the same.
    pub(super) command: u8,
    /// What is being done, for errors.
    pub(super) during: &'static str,
}

/// A conversation in frames.
pub(super) struct Questions<'s, 'c> {
    pub(super) conversation: &'s mut Conversation<'c>,
    frames: Frames,
}

impl<'s, 'c> Questions<'s, 'c> {
    pub(super) const fn new(conversation: &'s mut Conversation<'c>) -> Self {
        Self { conversation, frames: Frames::of(Sender::Meter) }
    }

    /// Asks the meter to talk. Some models answer as to a question for the model, or only say that they are ready.
    pub(super) fn connect(&mut self) -> Result<(), MeterError> {
        let question = TaiDocQuestion { command: command::CONNECT, during: "waking the meter" };
        self.ask_until(&question, [0; 4], |frame| {
            matches!(frame.command, command::CONNECT | command::MODEL | command::READY)
        })?;
        Ok(())
    }

    /// Asks and returns the data of the answer. Asks up to four times.
    pub(super) fn ask(&mut self, question: &TaiDocQuestion, data: [u8; 4]) -> Result<[u8; 4], MeterError> {
        self.ask_until(question, data, |frame| frame.command == question.command)
    }

    fn ask_until(
        &mut self,
        question: &TaiDocQuestion,
        data: [u8; 4],
        is_answer: impl Fn(&Frame) -> bool,
    ) -> Result<[u8; 4], MeterError> {
        let mut attempt = 1;
        loop {
            match self.ask_once(question, data, &is_answer) {
                // A damaged frame is passed over byte by byte, so damage shows as silence.
                Err(MeterError::Silent { .. }) if attempt < ATTEMPTS => attempt += 1,
                other => return other,
            }
        }
    }

    fn ask_once(
        &mut self,
        question: &TaiDocQuestion,
        data: [u8; 4],
        is_answer: impl Fn(&Frame) -> bool,
    ) -> Result<[u8; 4], MeterError> {
        // The beginning of a frame that never ended must not be joined to the answer.
        self.frames.clear();
        let frame = Frame { command: question.command, data };
        self.conversation.send(&frame.encode(Sender::Host), question.during, SEND)?;
        let (mut strays, mut bytes) = (0, 0);
        loop {
            while let Some(frame) = self.frames.next_frame() {
                if is_answer(&frame) {
                    return Ok(frame.data);
                }
                // Among them the unasked `54`, behind which the answer still comes.
                strays += 1;
            }
            if strays > MOST_STRAYS || bytes > MOST_BYTES {
                let reason = "other bytes came instead".to_owned();
                return Err(MeterError::Malformed { what: question.during, reason: reason.into() });
            }
            let arrived = self.conversation.receive(question.during, ANSWER)?;
            // An empty transfer counts too, so that they cannot go on for ever.
            bytes += arrived.len().max(1);
            self.frames.extend(&arrived);
        }
    }
}
