//! The meter's two modes: header on request, then commands.

use std::time::Duration;

use super::{ANSWER, ATTEMPTS, RECORDS, unusable};
use crate::meters::codec::relion_prime::{ACK, COMMAND_MODE, ENQ, EOT, Header, NAK, RECORD_ANSWER, STX};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;

/// What a failure is told to have interrupted.
const HEADER: &str = "asking for the serial number";
const ENTERING: &str = "entering command mode";

/// After the first EOT the meter may say something, or nothing.
const SETTLE: Duration = Duration::from_secs(1);

/// How often an ENQ is answered before the header must have come.
const MOST_ENQUIRIES: u32 = 4;

/// More than the longest answer; what has no end by then is noise.
const LONGEST: usize = 1024;

/// Bytes that have arrived and are not used yet.
#[derive(Debug, Default)]
pub(super) struct Commands {
    pending: Vec<u8>,
    /// Transfers without a byte so far.
    empty: usize,
}

impl Commands {
    /// Gets the header.
    pub(super) fn connect(&mut self, conversation: &mut Conversation<'_>) -> Result<Header, MeterError> {
        let mut attempt = 1;
        loop {
            let error = match self.connect_once(conversation) {
                Err(
                    error @ (MeterError::Silent { .. } | MeterError::Checksum { .. } | MeterError::Malformed { .. }),
                ) => error,
                other => return other,
            };
            if attempt == ATTEMPTS {
                return Err(error);
            }
            attempt += 1;
        }
    }

    fn connect_once(&mut self, conversation: &mut Conversation<'_>) -> Result<Header, MeterError> {
        // An EOT ends what another program may have begun; the header comes on the ACK behind it (Tidepool).
        conversation.send(&[EOT], HEADER, ANSWER)?;
        match conversation.receive(HEADER, SETTLE) {
            // Whatever came is of what was begun before.
            Ok(_) | Err(MeterError::Silent { .. }) => self.pending.clear(),
            Err(error) => return Err(error),
        }
        conversation.send(&[ACK], HEADER, ANSWER)?;
        let mut enquiries = 0;
        loop {
            if let Some(start) = self.pending.iter().position(|byte| *byte == STX) {
                self.pending.drain(..start);
                if let Some(end) = self.pending.iter().position(|byte| *byte == b'\n') {
                    let frame: Vec<u8> = self.pending.drain(..=end).collect();
                    return Header::parse(&frame).map_err(|error| unusable(HEADER, error));
                }
            } else if self.pending.contains(&ENQ) && enquiries < MOST_ENQUIRIES {
                enquiries += 1;
                self.pending.clear();
                conversation.send(&[ACK], HEADER, ANSWER)?;
            }
            self.receive(conversation, HEADER)?;
        }
    }

    /// Enters command mode.
    pub(super) fn enter(&mut self, conversation: &mut Conversation<'_>) -> Result<(), MeterError> {
        let mut attempt = 1;
        loop {
            self.pending.clear();
            let outcome = self
                .say(conversation, &[COMMAND_MODE], EOT, ENTERING)
                .and_then(|()| self.say(conversation, &[ENQ], ACK, ENTERING));
            match outcome {
                Err(MeterError::Silent { .. } | MeterError::Refused { .. }) if attempt < ATTEMPTS => attempt += 1,
                other => return other,
            }
        }
    }

    /// Enters command mode again, after the meter has left it with a refusal.
    pub(super) fn enter_again(&mut self, conversation: &mut Conversation<'_>) -> Result<(), MeterError> {
        // Two of them bring the meter back from a refusal (Tidepool).
        conversation.send(&[ACK], ENTERING, ANSWER)?;
        conversation.send(&[ACK], ENTERING, ANSWER)?;
        self.enter(conversation)
    }

    /// Asks until two answers in a row are the same.
    pub(super) fn ask_agreed(
        &mut self,
        conversation: &mut Conversation<'_>,
        command: &str,
        during: &'static str,
        is_answer: impl Fn(&str) -> bool,
    ) -> Result<String, MeterError> {
        let mut before: Option<String> = None;
        let mut last = MeterError::Malformed { what: during, reason: "no two answers agree".into() };
        for _ in 0..=ATTEMPTS {
            match self.ask(conversation, command, during) {
                Ok(text) if is_answer(&text) && before.as_deref() == Some(text.as_str()) => return Ok(text),
                Ok(text) if is_answer(&text) => before = Some(text),
                Ok(_) => last = MeterError::Malformed { what: during, reason: "another answer came".into() },
                Err(
                    error @ (MeterError::Silent { .. } | MeterError::Refused { .. } | MeterError::Malformed { .. }),
                ) => {
                    last = error;
                    self.enter_again(conversation)?;
                }
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    /// Asks, and returns what stands between the bars of the answer.
    fn ask(
        &mut self,
        conversation: &mut Conversation<'_>,
        command: &str,
        during: &'static str,
    ) -> Result<String, MeterError> {
        // What stands behind the check value of the answer before is not published, and may have
        // come since.
        self.pending.clear();
        self.say(conversation, b"R|", ACK, during)?;
        conversation.send(command.as_bytes(), during, ANSWER)?;
        loop {
            self.find_answer(conversation, during)?;
            let text = self.pending.get(2..).unwrap_or_default();
            if let Some(end) = text.iter().position(|byte| *byte == b'|') {
                let text = text.get(..end).unwrap_or_default();
                return Ok(String::from_utf8_lossy(text).into_owned());
            }
            self.receive(conversation, during)?;
        }
    }

    /// Asks for a record, and returns the answer with its check value.
    pub(super) fn ask_record(
        &mut self,
        conversation: &mut Conversation<'_>,
        number: u16,
    ) -> Result<Vec<u8>, MeterError> {
        self.pending.clear();
        self.say(conversation, b"R|", ACK, RECORDS)?;
        self.say(conversation, b"N|", ACK, RECORDS)?;
        // Three hexadecimal digits in capitals: `00A|` is the eleventh.
        conversation.send(format!("{number:03X}|").as_bytes(), RECORDS, ANSWER)?;
        loop {
            self.find_answer(conversation, RECORDS)?;
            if let Some(answer) = self.pending.get(..RECORD_ANSWER) {
                return Ok(answer.to_vec());
            }
            self.receive(conversation, RECORDS)?;
        }
    }

    /// Waits for the `D|` with which an answer begins. A refusal is an error.
    fn find_answer(&mut self, conversation: &mut Conversation<'_>, during: &'static str) -> Result<(), MeterError> {
        loop {
            if let Some(start) = self.pending.windows(2).position(|start| start == b"D|") {
                self.pending.drain(..start);
                return Ok(());
            }
            if self.pending.contains(&NAK) {
                return Err(refused(during));
            }
            self.receive(conversation, during)?;
        }
    }

    /// Sends something and waits for this byte. Others are what followed an earlier answer.
    fn say(
        &mut self,
        conversation: &mut Conversation<'_>,
        bytes: &[u8],
        answer: u8,
        during: &'static str,
    ) -> Result<(), MeterError> {
        conversation.send(bytes, during, ANSWER)?;
        loop {
            match self.pending.iter().position(|byte| *byte == answer || *byte == NAK) {
                Some(place) if self.pending.get(place) == Some(&answer) => {
                    self.pending.drain(..=place);
                    return Ok(());
                }
                Some(_) => return Err(refused(during)),
                None => self.receive(conversation, during)?,
            }
        }
    }

    fn receive(&mut self, conversation: &mut Conversation<'_>, during: &'static str) -> Result<(), MeterError> {
        if self.pending.len() > LONGEST || self.empty > LONGEST {
            return Err(MeterError::Malformed { what: during, reason: "it has no end".into() });
        }
        let arrived = conversation.receive(during, ANSWER)?;
        self.empty += usize::from(arrived.is_empty());
        self.pending.extend(arrived);
        Ok(())
    }
}

fn refused(what: &'static str) -> MeterError {
    MeterError::Refused { what, reason: "the meter answers NAK".into() }
}
