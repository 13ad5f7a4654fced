//! What both protocols share: the first byte, waiting, and letting the line fall silent.

use std::time::Duration;

use super::Protocol;
use crate::meters::conversation::Conversation;
use crate::meters::cp2110::Medium;
use crate::meters::error::MeterError;

/// The byte that asks for the protocol.
const ECHO: u8 = 0x80;

/// How often the protocol is asked for at most. Once, and four times again as Tidepool does.
const ECHO_ATTEMPTS: u32 = 5;

/// How often anything else is asked at most. The meter has answered before, so that what is missing was damaged on the
/// way: of four answers one comes whole, or the cable is to blame.
pub(super) const ATTEMPTS: u32 = 4;

/// This much silence shows that nothing of an old answer is still on its way.
const PAUSE: Duration = Duration::from_secs(1);

/// For a few bytes on the way to the meter. They take milliseconds; a port that holds them for seconds is gone.
const SEND: Duration = Duration::from_secs(2);

/// More bytes than any answer has, several times over; what goes on then is noise.
pub(super) const MOST_BYTES: usize = 2048;

const ASKING: &str = "waking the meter";

/// A conversation in bytes.
pub(super) struct Wire<'s, 'c> {
    pub(super) conversation: &'s mut Conversation<'c>,
    /// How long an answer may take.
    wait: Duration,
}

impl<'s, 'c> Wire<'s, 'c> {
    pub(super) const fn new(conversation: &'s mut Conversation<'c>, wait: Duration) -> Self {
        Self { conversation, wait }
    }

    /// Asks which protocol the meter speaks, up to five times.
    pub(super) fn ask_protocol(&mut self, medium: Medium) -> Result<Protocol, MeterError> {
        // Tidepool's limits for this byte: 4 s on a cable, 2 s over HID.
        let wait = Duration::from_secs(if medium == Medium::Port { 4 } else { 2 });
        let mut attempt = 1;
        loop {
            self.conversation.send(&[ECHO], ASKING, SEND)?;
            match self.hear_protocol(medium, wait) {
                Err(MeterError::Silent { .. }) if attempt < ECHO_ATTEMPTS => attempt += 1,
                other => return other,
            }
        }
    }

    fn hear_protocol(&mut self, medium: Medium, wait: Duration) -> Result<Protocol, MeterError> {
        let mut heard = 0;
        while heard <= MOST_BYTES {
            let bytes = self.conversation.receive(ASKING, wait)?;
            heard += bytes.len().max(1);
            // Over HID the answer to this byte differs by model, and every model there speaks protocol 3 (Tidepool).
            let is_three = if medium == Medium::Port { bytes.contains(&0x2E) } else { !bytes.is_empty() };
            if is_three {
                return Ok(Protocol::Three);
            }
            if bytes.contains(&0x20) {
                return Ok(Protocol::One);
            }
            if bytes.contains(&0x2F) {
                return Err(MeterError::Unsupported { reason: "the meter speaks protocol 2".into() });
            }
        }
        Err(noise(ASKING))
    }

    pub(super) fn send(&mut self, bytes: &[u8], during: &'static str) -> Result<(), MeterError> {
        self.conversation.send(bytes, during, SEND)
    }

    pub(super) fn receive(&mut self, during: &'static str) -> Result<Vec<u8>, MeterError> {
        self.conversation.receive(during, self.wait)
    }

    /// Throws away what still comes, until the line is silent.
    pub(super) fn settle(&mut self, during: &'static str) -> Result<(), MeterError> {
        self.conversation.settle(during, PAUSE, MOST_BYTES)
    }
}

/// The error for bytes without end.
pub(super) fn noise(during: &'static str) -> MeterError {
    MeterError::Malformed { what: during, reason: "the line does not fall silent".into() }
}

/// Silence and damage may pass; a link that is gone, or a cancelled read, does not come back by asking again.
pub(super) const fn is_worth_a_repeat(error: &MeterError) -> bool {
    matches!(
        error,
        MeterError::Silent { .. }
            | MeterError::Checksum { .. }
            | MeterError::Malformed { .. }
            | MeterError::Refused { .. }
    )
}

/// Asks until two answers in a row are the same, at most five times: what has no check value is only then believed.
///
/// # Errors
/// What `ask` says, or that the answers differ.
pub(super) fn agreed<T: PartialEq>(
    what: &'static str,
    mut ask: impl FnMut() -> Result<T, MeterError>,
) -> Result<T, MeterError> {
    let mut before = ask()?;
    for _ in 0..ATTEMPTS {
        let again = ask()?;
        if again == before {
            return Ok(again);
        }
        before = again;
    }
    Err(MeterError::Malformed { what, reason: "it is different each time it is read".into() })
}
