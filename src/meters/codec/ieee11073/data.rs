//! Data APDUs: events, attribute requests and actions, each with the number by which its answer is found.
//!
//! One tolerance: the length of an action may be zero although content follows. A widely used host sends it so and
//! meters accept it.

use super::DecodeError;
use super::attribute::Attributes;
use super::mder::{MderReader, Writer, list};

/// The content of a PRST.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Data {
    /// Numbers a request; its answer has the same. Each side counts its own.
    pub invoke_id: u16,
    /// What is said.
    pub message: Message,
}

/// What a data APDU says. Handles name objects of the meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// The meter reports something.
    Event {
        /// Whether it wants an answer.
        confirmed: bool,
        /// The object that reports.
        handle: u16,
        /// When, by the meter's relative clock; FFFF FFFF if it has none.
        time: u32,
        /// What sort of event.
        event: u16,
        /// The rest, by event.
        info: Vec<u8>,
    },
    /// The host has taken notice.
    EventResponse {
        /// The object that reported.
        handle: u16,
        /// As in the event, or 0.
        time: u32,
        /// What sort of event.
        event: u16,
        /// The rest, by event.
        info: Vec<u8>,
    },
    /// The host asks for attributes; none named means all.
    Get {
        /// The object asked.
        handle: u16,
        /// The attributes asked for.
        attributes: Vec<u16>,
    },
    /// The attributes.
    GetResponse {
        /// The object asked.
        handle: u16,
        /// What it has.
        attributes: Attributes,
    },
    /// The host asks for something to be done, and for an answer.
    Action {
        /// The object that shall act.
        handle: u16,
        /// What it shall do.
        action: u16,
        /// The rest, by action.
        info: Vec<u8>,
    },
    /// What came of it.
    ActionResponse {
        /// The object that acted.
        handle: u16,
        /// What it did.
        action: u16,
        /// The rest, by action.
        info: Vec<u8>,
    },
    /// ROER: the request failed; see [`error_name`].
    Error {
        /// Why.
        error: u16,
        /// Further details.
        parameter: Vec<u8>,
    },
    /// RORJ: the request was not understood; see [`reject_name`].
    Reject {
        /// Why.
        problem: u16,
    },
    /// A choice that no glucose meter needs.
    Other {
        /// Its number.
        choice: u16,
        /// Its content.
        content: Vec<u8>,
    },
}

/// What is asked and answered, by the numbers of the choices of `DataApdu` (11073-20601, annex A).
const EVENT: u16 = 0x0100;
const CONFIRMED_EVENT: u16 = 0x0101;
const GET: u16 = 0x0103;
const CONFIRMED_ACTION: u16 = 0x0107;
const EVENT_RESPONSE: u16 = 0x0201;
const GET_RESPONSE: u16 = 0x0203;
const ACTION_RESPONSE: u16 = 0x0207;
const ERROR: u16 = 0x0300;
const REJECT: u16 = 0x0400;

impl Data {
    pub(super) fn read(reader: &mut MderReader<'_>) -> Result<Self, DecodeError> {
        let mut content = reader.block("data")?;
        let invoke_id = content.u16()?;
        let choice = content.u16()?;
        let said = usize::from(content.u16()?);
        let body = content.remainder();
        // Zero in front of an action is what Tidepool's host sends to ask for the segments, and Accu-Chek meters answer
        // it.
        if said != body.len() && !(said == 0 && choice == CONFIRMED_ACTION) {
            return Err(DecodeError::Mismatch { what: "length of the data", said, found: body.len() });
        }
        Ok(Self { invoke_id, message: Message::read(choice, body)? })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.block(|content| {
            content.u16(self.invoke_id).u16(self.message.choice()).block(|body| self.message.write(body));
        });
    }
}

impl Message {
    fn read(choice: u16, body: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = MderReader::new(body, "data");
        let message = match choice {
            EVENT | CONFIRMED_EVENT => Self::Event {
                confirmed: choice == CONFIRMED_EVENT,
                handle: reader.u16()?,
                time: reader.u32()?,
                event: reader.u16()?,
                info: info(&mut reader)?,
            },
            EVENT_RESPONSE => Self::EventResponse {
                handle: reader.u16()?,
                time: reader.u32()?,
                event: reader.u16()?,
                info: info(&mut reader)?,
            },
            GET => Self::Get {
                handle: reader.u16()?,
                attributes: list(&mut reader, "list of attribute ids", MderReader::u16)?,
            },
            GET_RESPONSE => Self::GetResponse { handle: reader.u16()?, attributes: Attributes::read(&mut reader)? },
            CONFIRMED_ACTION => Self::Action { handle: reader.u16()?, action: reader.u16()?, info: info(&mut reader)? },
            ACTION_RESPONSE => {
                Self::ActionResponse { handle: reader.u16()?, action: reader.u16()?, info: info(&mut reader)? }
            }
            ERROR => Self::Error { error: reader.u16()?, parameter: info(&mut reader)? },
            REJECT => Self::Reject { problem: reader.u16()? },
            _ => Self::Other { choice, content: reader.remainder().to_vec() },
        };
        reader.finish()?;
        Ok(message)
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Event { handle, time, event, info, .. } | Self::EventResponse { handle, time, event, info } => {
                writer.u16(*handle).u32(*time).u16(*event);
                write_info(writer, info);
            }
            Self::Get { handle, attributes } => {
                writer.u16(*handle).list(attributes, |item, id| {
                    item.u16(*id);
                });
            }
            Self::GetResponse { handle, attributes } => attributes.write(writer.u16(*handle)),
            Self::Action { handle, action, info } | Self::ActionResponse { handle, action, info } => {
                write_info(writer.u16(*handle).u16(*action), info);
            }
            Self::Error { error, parameter } => write_info(writer.u16(*error), parameter),
            Self::Reject { problem } => {
                writer.u16(*problem);
            }
            Self::Other { content, .. } => {
                writer.raw(content);
            }
        }
    }

    const fn choice(&self) -> u16 {
        match self {
            Self::Event { confirmed: false, .. } => EVENT,
            Self::Event { confirmed: true, .. } => CONFIRMED_EVENT,
            Self::EventResponse { .. } => EVENT_RESPONSE,
            Self::Get { .. } => GET,
            Self::GetResponse { .. } => GET_RESPONSE,
            Self::Action { .. } => CONFIRMED_ACTION,
            Self::ActionResponse { .. } => ACTION_RESPONSE,
            Self::Error { .. } => ERROR,
            Self::Reject { .. } => REJECT,
            Self::Other { choice, .. } => *choice,
        }
    }
}

fn info(reader: &mut MderReader<'_>) -> Result<Vec<u8>, DecodeError> {
    Ok(reader.block("data")?.remainder().to_vec())
}

fn write_info(writer: &mut Writer, info: &[u8]) {
    writer.block(|block| {
        block.raw(info);
    });
}

/// What an error of a ROER means (11073-20601, Error).
#[must_use]
pub const fn error_name(error: u16) -> &'static str {
    match error {
        1 => "no such object",
        2 => "access denied",
        9 => "no such action",
        17 => "invalid object",
        23 => "protocol violation",
        24 => "not allowed by the object",
        25 => "action timed out",
        26 => "action aborted",
        _ => "unknown error",
    }
}

/// What a problem of a RORJ means (11073-20601, `RorjProblem`).
#[must_use]
pub const fn reject_name(problem: u16) -> &'static str {
    match problem {
        0 => "unrecognized message",
        2 => "badly structured message",
        101 => "unrecognized operation",
        103 => "resource limitation",
        303 => "unexpected error",
        _ => "unknown problem",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meters::codec::ieee11073::apdu::Apdu;

    fn message(bytes: &[u8]) -> Data {
        match Apdu::decode(bytes) {
            Ok(Apdu::Data(data)) => data,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_error_answer_names_its_request() {
        let bytes = [0xE7, 0, 0, 0x0C, 0, 0x0A, 0, 0xA7, 3, 0, 0, 4, 0, 9, 0, 0];
        let data = Data { invoke_id: 0xA7, message: Message::Error { error: 9, parameter: vec![] } };
        assert_eq!(message(&bytes), data);
        assert_eq!(Apdu::Data(data).encode(), bytes);
        assert_eq!(error_name(9), "no such action");
    }

    /// `SEG_GET_INFO` as the standard has it and as one host sends it; section 6.2.
    #[test]
    fn an_action_may_leave_out_its_length() {
        let mut bytes = [0xE7, 0, 0, 0x14, 0, 0x12, 0, 0xA5, 1, 7, 0, 0x0C, 0, 5, 0x0C, 0x0D, 0, 6, 0, 1, 0, 2, 0, 0];
        let standard = message(&bytes);
        assert_eq!(Apdu::Data(standard.clone()).encode(), bytes);
        bytes[11] = 0;
        assert_eq!(message(&bytes), standard);
        bytes[11] = 0x0B;
        assert!(Apdu::decode(&bytes).is_err());
    }

    #[test]
    fn a_request_for_attributes_lists_them_or_none() {
        let clock = [0xE7, 0, 0, 0x10, 0, 0x0E, 0, 0xA4, 1, 3, 0, 8, 0, 0, 0, 1, 0, 2, 0x09, 0x87];
        assert_eq!(message(&clock).message, Message::Get { handle: 0, attributes: vec![0x0987] });
        assert_eq!(Apdu::Data(message(&clock)).encode(), clock);
    }
}
