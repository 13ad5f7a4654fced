//! SD Biosensor SD CodeFree: frames over a serial line at 38400 baud.
//!
//! The meter speaks first: switched on while the cable is plugged in, it offers to talk, about once a second, until the
//! offer is taken. Then it announces its records and gives one for each request, newest first; a request after the last
//! one ends the talk.
//!
//! It tells no serial number, model, version, unit or clock; values are mg/dL. There is no way to ask for a record
//! again, so nothing is repeated: a record whose check value is wrong is left out and named, and the read is partial. A
//! request that the meter does not understand locks it until it is switched off; nothing is sent but the two known
//! messages. Its clock can be set; this driver never does.

use std::time::Duration;

use super::Driver;
use crate::domain::meter::MeterIdentity;
use crate::domain::text::{Clean, Private};
use crate::meters::codec::sd_codefree::{
    CHALLENGE, DISCONNECTED, FETCH, FrameError, RESPONSE, Record, Sender, decode, encode, length, parse_count,
};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::gathered::{Account, Gathered, sold_under};
use crate::meters::link::LineSettings;

/// The person still has to switch the meter on: five minutes, in waits of a second.
const OFFER: Duration = Duration::from_secs(1);
const MOST_OFFER_WAITS: u32 = 300;

/// Every other answer.
const ANSWER: Duration = Duration::from_secs(2);

/// How often an offer is taken. A meter to which the reply came too late offers again.
const ATTEMPTS: u32 = 3;

/// Behind an offer that was still on its way when the first was taken, the answer follows at once, and well before the
/// next offer of a meter that did not hear. To answer an offer twice would lock the meter.
const BEHIND_A_STRAY: Duration = Duration::from_millis(500);

/// How many such offers there may be.
const MOST_STRAYS: u32 = 8;

const OFFERING: &str = "waiting for the meter to be switched on";
const COUNTING: &str = "asking for the number of records";
const RECORDS: &str = "reading the records";
const LEAVING: &str = "ending the conversation";

/// Reads an SD CodeFree.
#[derive(Debug, Clone, Copy)]
pub struct SdCodeFree;

impl Driver for SdCodeFree {
    fn name(&self) -> &'static str {
        "sd-codefree"
    }

    fn converse(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Account, MeterError> {
        conversation
            .link()
            .set_line(LineSettings::eight_n_one(38_400))
            .map_err(|cause| MeterError::Link { during: "setting up the line", cause })?;
        let mut frames = Frames::default();
        let announced = frames.connect(conversation)?;
        let mut gathered = Gathered::default();
        gathered.announce(conversation, u32::from(announced));
        let outcome = read_records(conversation, &mut frames, &mut gathered, u32::from(announced));
        let meter = MeterIdentity {
            manufacturer: "SD Biosensor".into(),
            model: sold_under(sold_as, "SD CodeFree"),
            model_number: None,
            serial: Private::default(),
            system_id: None,
            firmware: None,
            driver: self.name().into(),
        };
        gathered.close(conversation, meter, outcome)
    }
}

fn read_records(
    conversation: &mut Conversation<'_>,
    frames: &mut Frames,
    gathered: &mut Gathered,
    announced: u32,
) -> Result<(), MeterError> {
    for index in 0..announced {
        frames.expect_nothing(conversation, RECORDS)?;
        match frames.ask(conversation, &FETCH, RECORDS) {
            Ok(message) if message == DISCONNECTED => return Ok(()),
            Ok(message) => {
                let record = Record::from_message(&message).ok_or_else(|| malformed("a record", "another length"))?;
                gathered.keep(conversation, record.reading(index));
            }
            Err(error @ MeterError::Checksum { .. }) => gathered.refuse(conversation, index, &error),
            Err(error) => return Err(error),
        }
    }
    frames.expect_nothing(conversation, LEAVING)?;
    // The end proves that nothing was announced too low or counted twice.
    let message = frames.ask(conversation, &FETCH, LEAVING)?;
    if message != DISCONNECTED {
        return Err(malformed("the memory", "more came than was announced"));
    }
    Ok(())
}

/// Cuts what arrives into frames.
#[derive(Debug, Default)]
struct Frames {
    pending: Vec<u8>,
}

impl Frames {
    /// Takes the meter's offer and returns the number of records it announces then.
    fn connect(&mut self, conversation: &mut Conversation<'_>) -> Result<u16, MeterError> {
        let mut attempt = 1;
        loop {
            // Nothing may be sent before it: a message at the wrong moment makes the meter show E-5 until it is
            // switched off.
            self.wait_for_offer(conversation)?;
            match self.take_offer(conversation) {
                Err(MeterError::Silent { .. }) if attempt < ATTEMPTS => attempt += 1,
                other => return other,
            }
        }
    }

    /// Passes over everything before an offer: zero bytes, and what the plug does to the line.
    fn wait_for_offer(&mut self, conversation: &mut Conversation<'_>) -> Result<(), MeterError> {
        for _ in 0..MOST_OFFER_WAITS {
            match conversation.receive(OFFERING, OFFER) {
                Ok(bytes) => self.pending.extend(bytes),
                Err(MeterError::Silent { .. }) => {}
                Err(error) => return Err(error),
            }
            if let Some(place) = self.pending.windows(CHALLENGE.len()).position(|bytes| bytes == CHALLENGE) {
                self.pending.drain(..place + CHALLENGE.len());
                return Ok(());
            }
            // An offer may have begun in these bytes.
            let kept = self.pending.len().saturating_sub(CHALLENGE.len() - 1);
            self.pending.drain(..kept);
        }
        Err(MeterError::Silent { during: OFFERING, waited: OFFER * MOST_OFFER_WAITS })
    }

    fn take_offer(&mut self, conversation: &mut Conversation<'_>) -> Result<u16, MeterError> {
        let mut message = self.ask(conversation, &RESPONSE, COUNTING)?;
        for _ in 0..MOST_STRAYS {
            if encode(Sender::Meter, &message) != CHALLENGE {
                break;
            }
            message = self.next(conversation, COUNTING, BEHIND_A_STRAY)?;
        }
        parse_count(&message).ok_or_else(|| malformed("the number of records", "another message came"))
    }

    /// Fails if more has come than was asked for. Records have no number: one that came twice would be taken for the
    /// next one, and each that follows for the one behind it.
    fn expect_nothing(&mut self, conversation: &mut Conversation<'_>, during: &'static str) -> Result<(), MeterError> {
        match conversation.receive(during, Duration::ZERO) {
            Ok(bytes) => self.pending.extend(bytes),
            Err(MeterError::Silent { .. }) => {}
            Err(error) => return Err(error),
        }
        if self.pending.iter().all(|byte| *byte == 0) {
            Ok(())
        } else {
            Err(malformed(during, "more came than was asked for"))
        }
    }

    /// Sends a message and returns the one that answers it.
    fn ask(
        &mut self,
        conversation: &mut Conversation<'_>,
        message: &[u8],
        during: &'static str,
    ) -> Result<Vec<u8>, MeterError> {
        conversation.send(&encode(Sender::Host, message), during, ANSWER)?;
        self.next(conversation, during, ANSWER)
    }

    /// The next message. Zero bytes between frames come from the line, not from the meter.
    fn next(
        &mut self,
        conversation: &mut Conversation<'_>,
        during: &'static str,
        wait: Duration,
    ) -> Result<Vec<u8>, MeterError> {
        loop {
            let zeros = self.pending.iter().take_while(|byte| **byte == 0).count();
            self.pending.drain(..zeros);
            let length = length(Sender::Meter, &self.pending).map_err(|error| unusable(during, error))?;
            if let Some(length) = length.filter(|length| *length <= self.pending.len()) {
                let frame: Vec<u8> = self.pending.drain(..length).collect();
                return decode(Sender::Meter, &frame).map(<[u8]>::to_vec).map_err(|error| unusable(during, error));
            }
            self.pending.extend(conversation.receive(during, wait)?);
        }
    }
}

fn unusable(what: &'static str, error: FrameError) -> MeterError {
    match error {
        FrameError::Checksum { sent, computed } => {
            MeterError::Checksum { what, got: u32::from(sent), expected: u32::from(computed) }
        }
        FrameError::Form => malformed(what, &error.to_string()),
    }
}

fn malformed(what: &'static str, reason: &str) -> MeterError {
    MeterError::Malformed { what, reason: reason.into() }
}
