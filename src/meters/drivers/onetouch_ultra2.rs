//! OneTouch Ultra 2 and the older OneTouch Ultra: text over a serial line at 9600 baud, one question and
//! one answer at a time.
//!
//! Order: serial number (which wakes the meter), software version, clock, memory, display unit. The unit comes last on
//! purpose: its answer directly behind the last record proves that the memory held no more than was announced.
//! Values are mg/dL whatever the display shows.
//!
//! The model is taken from the last letter of the serial number, never from what somebody chose: the key under which a
//! meter is owned must not depend on that. `T` is the Ultra; all others pass for an Ultra 2, which was seen with `Y`
//! and `V`. Others refuse what does not end in `Y`, and with it real meters (insulaudit's log).

mod dump;
mod lines;

#[cfg(test)]
mod tests;

use std::time::Duration;

use self::lines::LineCutter;
use super::Driver;
use crate::domain::cause::Cause;
use crate::domain::meter::MeterIdentity;
use crate::domain::text::{Clean, NAME_CELLS, Private};
use crate::meters::codec::lifescan_ascii::answers::{parse_clock, parse_serial, parse_version};
use crate::meters::codec::lifescan_ascii::{LineError, TextError};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::gathered::{Account, Gathered};
use crate::meters::link::LineSettings;

/// A sleeping meter may need 18 to 20 s before it speaks; asked five times, this makes 20 s.
const FIRST_ANSWER: Duration = Duration::from_secs(4);

/// A meter that is awake answers within 1 to 2 s, and sends the next line of a dump as soon.
const ANSWER: Duration = Duration::from_secs(2);

/// Reads a OneTouch Ultra 2.
#[derive(Debug, Clone, Copy)]
pub struct OneTouchUltra2;

/// A question with an answer of one line.
struct Ultra2Question {
    /// The command's letters.
    letters: &'static str,
    /// The answer begins with it.
    start: &'static str,
    /// What is being done, for errors.
    during: &'static str,
}

/// What is asked before the memory is read.
const SERIAL: Ultra2Question = Ultra2Question { letters: "DM@", start: "@", during: "asking for the serial number" };
const VERSION: Ultra2Question =
    Ultra2Question { letters: "DM?", start: "?", during: "asking for the software version" };
const CLOCK: Ultra2Question = Ultra2Question { letters: "DMF", start: "F ", during: "asking for the clock" };
const UNIT: Ultra2Question = Ultra2Question { letters: "DMSU?", start: "SU?", during: "asking for the unit" };

impl Driver for OneTouchUltra2 {
    fn name(&self) -> &'static str {
        "onetouch-ultra2"
    }

    fn converse(&self, conversation: &mut Conversation<'_>, _sold_as: &Clean) -> Result<Account, MeterError> {
        conversation
            .link()
            .set_line(LineSettings::eight_n_one(9600))
            .map_err(|cause| MeterError::Link { during: "setting up the line", cause })?;
        let mut lines = LineCutter::default();
        let serial = identify(conversation, &mut lines)?;
        let mut gathered = Gathered::default();
        let mut firmware = None;
        let outcome = read(conversation, &mut lines, &serial, &mut gathered, &mut firmware);
        let meter = MeterIdentity {
            manufacturer: "LifeScan".into(),
            model: model(&serial),
            model_number: None,
            serial: Private::new(Clean::new(&serial, NAME_CELLS)),
            system_id: None,
            firmware,
            driver: self.name().into(),
        };
        gathered.close(conversation, meter, outcome)
    }
}

/// Asks for the serial number, which also wakes the meter.
fn identify(conversation: &mut Conversation<'_>, lines: &mut LineCutter) -> Result<String, MeterError> {
    // Once is enough: its first letter says which question it answers, and the line has its sum.
    let text = lines.ask(conversation, &SERIAL, FIRST_ANSWER)?;
    parse_serial(&text).map(str::to_owned).map_err(|error| malformed("the serial number", error))
}

/// The model that the serial number tells.
fn model(serial: &str) -> Clean {
    if serial.ends_with('T') { "OneTouch Ultra".into() } else { "OneTouch Ultra 2".into() }
}

fn read(
    conversation: &mut Conversation<'_>,
    lines: &mut LineCutter,
    serial: &str,
    gathered: &mut Gathered,
    firmware: &mut Option<Clean>,
) -> Result<(), MeterError> {
    let version = lines.ask(conversation, &VERSION, ANSWER).and_then(|text| {
        parse_version(&text).map(str::to_owned).map_err(|error| malformed("the software version", error))
    });
    let version = gathered.note_answer("version-unreadable", version)?.unwrap_or_default();
    // Number and date: `P02.00.00 30/08/06`.
    *firmware =
        version.split(' ').next().filter(|number| !number.is_empty()).map(|number| Clean::new(number, NAME_CELLS));
    let shown = lines
        .ask(conversation, &CLOCK, ANSWER)
        .and_then(|text| parse_clock(&text).map_err(|error| malformed("the clock", error)));
    gathered.note_clock_answer(conversation, shown)?;
    dump::read(conversation, lines, serial)?.keep(conversation, gathered)
}

fn malformed(what: &'static str, error: TextError) -> MeterError {
    MeterError::Malformed { what, reason: Cause::of(error) }
}

fn damaged(what: &'static str, error: &LineError) -> MeterError {
    match error {
        LineError::Checksum { sent, computed } => {
            MeterError::Checksum { what, got: u32::from(*sent), expected: u32::from(*computed) }
        }
        LineError::NoChecksum | LineError::NotAscii => MeterError::Malformed { what, reason: Cause::of(error.clone()) },
    }
}
