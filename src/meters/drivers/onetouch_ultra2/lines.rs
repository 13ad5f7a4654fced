//! Questions and answers by the line, with the repeats that the specification allows.

use std::time::Duration;

use super::{Ultra2Question, damaged};
use crate::meters::codec::lifescan_ascii::{CARRIAGE_RETURN, command, decode_line};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;

/// How often a question is asked at most: the manufacturer's specification of the port says five times, a second apart.
const ATTEMPTS: u32 = 5;

/// After a damaged line: this much silence shows that nothing of the old answer is still on its way. The
/// specification wants the same pause before a repeat.
const PAUSE: Duration = Duration::from_secs(1);

/// For a few bytes on the way to the meter. They take milliseconds; a port that holds them for seconds is gone.
pub(super) const SEND: Duration = Duration::from_secs(2);

/// More than the longest line (61 bytes); what has no end by then is noise.
const LONGEST_LINE: usize = 120;

/// More bytes than a full memory has; a line that is still not silent is noise.
const LONGEST_DUMP: usize = 64 * 1024;

/// Other sound lines before the one asked for: late answers to repeated questions. Five repeats cannot leave more
/// behind.
const MOST_STRAYS: u32 = 8;

/// Cuts what arrives into lines.
#[derive(Debug, Default)]
pub(super) struct LineCutter {
    pending: Vec<u8>,
    /// Whether a zero byte came, and nothing else so far: the meter is switched on, or loose in its cable.
    only_zero: Option<bool>,
}

impl LineCutter {
    /// Asks and returns the text of the answer. Asks up to five times.
    pub(super) fn ask(
        &mut self,
        conversation: &mut Conversation<'_>,
        question: &Ultra2Question,
        wait: Duration,
    ) -> Result<String, MeterError> {
        let mut attempt = 1;
        loop {
            let error = match self.ask_once(conversation, question, wait) {
                Err(error) if is_worth_a_repeat(&error) => error,
                other => return other,
            };
            if attempt == ATTEMPTS {
                return Err(self.explain(question, error));
            }
            attempt += 1;
            // After plain silence there is nothing to throw away, but perhaps a late answer to receive.
            if !matches!(error, MeterError::Silent { .. }) {
                self.settle(conversation, question.during)?;
            }
        }
    }

    /// Asks once and returns the text of the answer, passing over sound lines that answer something else.
    pub(super) fn ask_once(
        &mut self,
        conversation: &mut Conversation<'_>,
        question: &Ultra2Question,
        wait: Duration,
    ) -> Result<String, MeterError> {
        conversation.send(&command(question.letters), question.during, SEND)?;
        for _ in 0..=MOST_STRAYS {
            let line = self.next(conversation, question.during, wait)?;
            let text = decode_line(&line).map_err(|error| damaged(question.during, &error))?;
            if text.starts_with(question.start) {
                return Ok(text.to_owned());
            }
        }
        Err(MeterError::Malformed { what: question.during, reason: "other answers came instead".into() })
    }

    /// The next line without its end and without what the meter's wake-up leaves in front of it.
    pub(super) fn next(
        &mut self,
        conversation: &mut Conversation<'_>,
        during: &'static str,
        wait: Duration,
    ) -> Result<Vec<u8>, MeterError> {
        let mut arrived = 0;
        // Zero bytes without end come from a meter that is loose in its cable.
        while arrived <= LONGEST_DUMP {
            self.note_and_drop_leading();
            if let Some(line) = self.cut_line() {
                return Ok(line);
            }
            let bytes = conversation.receive(during, wait)?;
            arrived += bytes.len().max(1);
            self.pending.extend(bytes);
        }
        Err(MeterError::Malformed { what: during, reason: "bytes come, but no line".into() })
    }

    /// Throws away what still comes, until the line is silent.
    pub(super) fn settle(
        &mut self,
        conversation: &mut Conversation<'_>,
        during: &'static str,
    ) -> Result<(), MeterError> {
        self.pending.clear();
        conversation.settle(during, PAUSE, LONGEST_DUMP)
    }

    /// An answer may follow zero bytes and an echo of the wake-up; no answer begins with one of these bytes.
    fn note_and_drop_leading(&mut self) {
        let is_leading = |byte: &u8| matches!(byte, 0x00 | 0x0A | 0x0D | 0x11);
        let kept = self.pending.iter().position(|byte| !is_leading(byte)).unwrap_or(self.pending.len());
        for byte in self.pending.drain(..kept) {
            self.only_zero = Some(byte == 0 && self.only_zero != Some(false));
        }
        if !self.pending.is_empty() {
            self.only_zero = Some(false);
        }
    }

    fn cut_line(&mut self) -> Option<Vec<u8>> {
        let is_end = |byte: &u8| *byte == CARRIAGE_RETURN || *byte == b'\n';
        match self.pending.iter().position(is_end) {
            Some(end) => {
                let line = self.pending.drain(..end).collect();
                // Only the carriage return; the line feed behind it is dropped in front of the next line, which may not
                // be here yet.
                self.pending.drain(..1);
                Some(line)
            }
            // Handed on as a line, whose check value is wrong then: so it is damage, and not
            // silence.
            None if self.pending.len() > LONGEST_LINE => Some(std::mem::take(&mut self.pending)),
            None => None,
        }
    }

    /// A zero byte and nothing else is how a meter that is switched on, or loose in its cable, is heard (Tidepool).
    fn explain(&self, question: &Ultra2Question, error: MeterError) -> MeterError {
        if matches!(error, MeterError::Silent { .. }) && self.only_zero == Some(true) {
            let reason = "only a zero byte came; the meter is switched on or loose in its cable".to_owned();
            return MeterError::Refused { what: question.during, reason: reason.into() };
        }
        error
    }
}

/// Silence and damage may pass; a link that is gone, or a cancelled read, does not come back by asking again.
pub(super) const fn is_worth_a_repeat(error: &MeterError) -> bool {
    matches!(error, MeterError::Silent { .. } | MeterError::Checksum { .. } | MeterError::Malformed { .. })
}
