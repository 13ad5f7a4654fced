//! Messages instead of transfers: puts APDUs together, numbers requests and finds their answers.

use std::time::Duration;

use crate::domain::cause::Cause;
use crate::domain::download::Direction;
use crate::meters::codec::ieee11073::DecodeError;
use crate::meters::codec::ieee11073::apdu::{Apdu, abort_name};
use crate::meters::codec::ieee11073::data::{Data, Message, error_name, reject_name};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::link::LinkError;

/// How long a meter may take for an answer; the standard allows it 3 seconds.
const ANSWER: Duration = Duration::from_secs(5);
/// How long a transfer to the meter may take. A request has 48 bytes at most, one packet; a bus that cannot take it by
/// then has lost the meter.
const SEND: Duration = Duration::from_secs(3);
/// Empty transfers that are passed over while waiting for one message; an Accu-Chek Active was seen to send one. A
/// reader that did not pass it over read what an older message had left in its buffer, and crashed (accuchek, issue 1).
const EMPTY_TRANSFERS: usize = 256;
/// Messages that are passed over while waiting for an answer. None is known to come; a late event or a repeated request
/// ties no answer to our question.
const STRAY_MESSAGES: usize = 16;

/// A conversation in APDUs.
pub(super) struct Dialogue<'s, 'c> {
    pub(super) conversation: &'s mut Conversation<'c>,
    /// What has arrived and is not yet a whole APDU.
    pending: Vec<u8>,
    /// The number of the next request of ours.
    invoke_id: u16,
}

impl<'s, 'c> Dialogue<'s, 'c> {
    pub(super) const fn new(conversation: &'s mut Conversation<'c>) -> Self {
        Self { conversation, pending: Vec::new(), invoke_id: 0 }
    }

    /// Lets our requests be numbered from the one after `theirs`, as the only published host does.
    pub(super) const fn count_from(&mut self, theirs: u16) {
        self.invoke_id = theirs.wrapping_add(1);
    }

    pub(super) fn send(&mut self, apdu: &Apdu, during: &'static str) -> Result<(), MeterError> {
        self.conversation.send(&apdu.encode(), during, SEND)
    }

    /// The next APDU. An abort or a release by the meter is an error in every state.
    pub(super) fn next(&mut self, during: &'static str, wait: Duration) -> Result<Apdu, MeterError> {
        let bytes = self.next_bytes(during, wait)?;
        match Apdu::decode(&bytes).map_err(|error| malformed(during, &error))? {
            Apdu::Abort { reason } => Err(MeterError::Aborted { reason: abort_name(reason).into() }),
            // 11073-20601 wants every release answered, also by the side that had more to ask.
            Apdu::ReleaseRequest { .. } => {
                self.send(&Apdu::ReleaseResponse { reason: 0 }, "answering the release")?;
                Err(MeterError::Aborted { reason: "released by the meter".into() })
            }
            apdu @ (Apdu::AssociationRequest(_)
            | Apdu::AssociationResponse(_)
            | Apdu::ReleaseResponse { .. }
            | Apdu::Data(_)) => Ok(apdu),
        }
    }

    /// Sends a request and waits for the answer with its number. Anything else that comes meanwhile is passed over.
    pub(super) fn request(&mut self, message: Message, during: &'static str) -> Result<Message, MeterError> {
        let invoke_id = self.invoke_id;
        self.invoke_id = invoke_id.wrapping_add(1);
        self.send(&Apdu::Data(Data { invoke_id, message }), during)?;
        for _ in 0..STRAY_MESSAGES {
            let Apdu::Data(data) = self.next(during, ANSWER)? else { continue };
            // Events are numbered by the meter: the same number there is chance.
            let is_event = matches!(data.message, Message::Event { .. });
            if is_event || data.invoke_id != invoke_id {
                continue;
            }
            let refusal = match &data.message {
                Message::Error { error, .. } => error_name(*error),
                Message::Reject { problem } => reject_name(*problem),
                Message::Event { .. }
                | Message::EventResponse { .. }
                | Message::Get { .. }
                | Message::GetResponse { .. }
                | Message::Action { .. }
                | Message::ActionResponse { .. }
                | Message::Other { .. } => return Ok(data.message),
            };
            return Err(MeterError::Refused { what: during, reason: refusal.into() });
        }
        Err(MeterError::Silent { during, waited: ANSWER })
    }

    /// Asks an object to act and returns what came of it.
    pub(super) fn act(
        &mut self,
        handle: u16,
        action: u16,
        info: Vec<u8>,
        during: &'static str,
    ) -> Result<Vec<u8>, MeterError> {
        let answer = self.request(Message::Action { handle, action, info }, during)?;
        let Message::ActionResponse { handle: theirs, action: done, info } = answer else {
            return Err(unexpected(during));
        };
        if (theirs, done) == (handle, action) { Ok(info) } else { Err(unexpected(during)) }
    }

    /// Tells the meter that the conversation is over, if there is somebody to tell. Works after a cancellation too.
    pub(super) fn give_up(&mut self, why: &MeterError) {
        let reason = match why {
            MeterError::Aborted { .. } | MeterError::Link { cause: LinkError::Gone, .. } => return,
            // 2 is response-timeout and 0 undefined (11073-20601, Abort-reason).
            MeterError::Silent { .. } => 2,
            MeterError::Link { .. }
            | MeterError::Checksum { .. }
            | MeterError::Malformed { .. }
            | MeterError::Refused { .. }
            | MeterError::Short { .. }
            | MeterError::NotTaken { .. }
            | MeterError::Unsupported { .. }
            | MeterError::Cancelled => 0,
        };
        let bytes = Apdu::Abort { reason }.encode();
        // Past the conversation, whose own sending refuses once a person has cancelled.
        if self.conversation.link().send(&bytes, SEND).is_ok() {
            self.conversation.record(Direction::ToMeter, &bytes);
        }
    }

    /// The bytes of the next APDU: transfers are joined until it is whole, empty ones passed over.
    ///
    /// A transfer never holds more than its APDU, so excess bytes mean that others were lost or doubled. Only a meter
    /// left plugged in may have several association requests waiting in one.
    fn next_bytes(&mut self, during: &'static str, wait: Duration) -> Result<Vec<u8>, MeterError> {
        let mut empty = 0;
        loop {
            if let Some(length) = Apdu::length(&self.pending)
                && length <= self.pending.len()
            {
                let rest = self.pending.split_off(length);
                let apdu = std::mem::replace(&mut self.pending, rest);
                let both_offer = Apdu::begins_association(&apdu) && Apdu::begins_association(&self.pending);
                if self.pending.is_empty() || both_offer {
                    return Ok(apdu);
                }
                let excess = self.pending.len();
                return Err(malformed(during, &DecodeError::Excess { what: "transfer", excess }));
            }
            let transfer = self.conversation.receive(during, wait)?;
            if transfer.is_empty() {
                empty += 1;
                if empty > EMPTY_TRANSFERS {
                    return Err(MeterError::Silent { during, waited: wait });
                }
            }
            self.pending.extend(transfer);
        }
    }
}

/// The error for bytes that cannot be read.
pub(super) fn malformed(what: &'static str, error: &DecodeError) -> MeterError {
    MeterError::Malformed { what, reason: Cause::of(error.clone()) }
}

/// The error for a message that can be read and is not the one that had to come.
pub(super) fn unexpected(what: &'static str) -> MeterError {
    MeterError::Malformed { what, reason: "another message than expected".into() }
}
