//! Allmedicus AGM-4000 (EmbracePRO, GlucoZen.auto): packets over HID, sent to the meter one byte a report.
//!
//! Order: serial number, count, each record by its index, newest first. Every answer repeats the command, a record its
//! index, and both are checked, so a late answer is never taken for another. A damaged record is asked for again, up to
//! three times, and then named as missing. Values are mg/dL. The clock cannot be read and is never set; the meter is
//! left switched on.

use std::time::Duration;

use super::Driver;
use crate::domain::cause::Cause;
use crate::domain::meter::MeterIdentity;
use crate::domain::reading::Reading;
use crate::domain::text::{Clean, NAME_CELLS, Private};
use crate::meters::codec::agm_4000::{
    COUNT, PacketError, RECORD, SERIAL, decode, encode, parse_count, parse_record, parse_serial,
};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::gathered::{Account, Gathered, sold_under};

/// How often anything is asked for at most; the specification wants a repeat after an answer that begins with zero.
const ATTEMPTS: u32 = 3;

/// Every answer.
const ANSWER: Duration = Duration::from_secs(3);

/// Between two bytes of a request. Whatever arrives meanwhile answers an earlier one. The cable passes them on at its
/// own pace (Tidepool).
const PAUSE: Duration = Duration::from_millis(10);

/// Late answers to other questions that are passed over.
const MOST_STRAYS: u32 = 4;

const RECORDS: &str = "reading the records";

/// Reads an AGM-4000.
#[derive(Debug, Clone, Copy)]
pub struct Agm4000;

impl Driver for Agm4000 {
    fn name(&self) -> &'static str {
        "agm-4000"
    }

    fn converse(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Account, MeterError> {
        // Once is enough: the answer names its command and is held by two check values.
        let serial = ask(conversation, SERIAL, &[], "asking for the serial number", |data| {
            parse_serial(data).map(|serial| Some(serial.to_owned()))
        })?;
        let mut gathered = Gathered::default();
        let outcome = read_records(conversation, &mut gathered);
        let meter = MeterIdentity {
            manufacturer: "Allmedicus".into(),
            model: sold_under(sold_as, "AGM-4000"),
            model_number: None,
            serial: Private::new(Clean::new(&serial, NAME_CELLS)),
            system_id: None,
            firmware: None,
            driver: self.name().into(),
        };
        gathered.close(conversation, meter, outcome)
    }
}

fn read_records(conversation: &mut Conversation<'_>, gathered: &mut Gathered) -> Result<(), MeterError> {
    let count = ask(conversation, COUNT, &[], "asking for the number of records", |data| parse_count(data).map(Some))?;
    gathered.announce(conversation, u32::from(count));
    for index in 0..count {
        match read_record(conversation, index) {
            Ok(reading) => gathered.keep(conversation, reading),
            // Damage costs this record. Behind silence or a pulled cable no other one comes either.
            Err(error @ (MeterError::Checksum { .. } | MeterError::Malformed { .. })) => {
                gathered.refuse(conversation, u32::from(index), &error);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn read_record(conversation: &mut Conversation<'_>, wanted: u16) -> Result<Reading, MeterError> {
    ask(conversation, RECORD, &wanted.to_be_bytes(), RECORDS, |data| {
        parse_record(data).map(|(index, reading)| (index == wanted).then_some(reading))
    })
}

/// Asks, up to three times, and returns what `read` makes of the answer; `None` from it passes a late answer over.
fn ask<T>(
    conversation: &mut Conversation<'_>,
    command: u8,
    data: &[u8],
    during: &'static str,
    read: impl Fn(&[u8]) -> Result<Option<T>, PacketError>,
) -> Result<T, MeterError> {
    let mut attempt = 1;
    loop {
        match ask_once(conversation, command, data, during, &read) {
            Err(MeterError::Silent { .. } | MeterError::Checksum { .. } | MeterError::Malformed { .. })
                if attempt < ATTEMPTS =>
            {
                attempt += 1;
            }
            other => return other,
        }
    }
}

fn ask_once<T>(
    conversation: &mut Conversation<'_>,
    command: u8,
    data: &[u8],
    during: &'static str,
    read: impl Fn(&[u8]) -> Result<Option<T>, PacketError>,
) -> Result<T, MeterError> {
    // The LinkDr cable takes one byte a report.
    let packet = encode(command, data);
    for (byte, left) in packet.iter().zip((0..packet.len()).rev()) {
        conversation.send(&[*byte], during, ANSWER)?;
        if left > 0 {
            pause(conversation, during)?;
        }
    }
    for _ in 0..=MOST_STRAYS {
        let report = conversation.receive(during, ANSWER)?;
        let (answered, data) = decode(&report).map_err(|error| unusable(during, error))?;
        if answered == command
            && let Some(answer) = read(data).map_err(|error| unusable(during, error))?
        {
            return Ok(answer);
        }
    }
    Err(MeterError::Malformed { what: during, reason: "other answers came instead".into() })
}

/// Waits on the link, so that a late answer is taken off it.
fn pause(conversation: &mut Conversation<'_>, during: &'static str) -> Result<(), MeterError> {
    match conversation.receive(during, PAUSE) {
        Ok(_) | Err(MeterError::Silent { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

fn unusable(what: &'static str, error: PacketError) -> MeterError {
    match error {
        PacketError::Checksum { sent, computed } => {
            MeterError::Checksum { what, got: u32::from(sent), expected: u32::from(computed) }
        }
        PacketError::Form | PacketError::Data => MeterError::Malformed { what, reason: Cause::of(error) },
    }
}
