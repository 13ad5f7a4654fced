//! ReliOn Prime and GLUCOCARD Vital (Arkray): single control characters and short texts over a serial line at 19200
//! baud with two stop bits.
//!
//! Order: header (product, serial number), command mode, count, clock, then each record by its number. Values are
//! mg/dL, meals are not marked.
//!
//! Count and clock have no check value: each is asked for until two answers in a row are the same. A record does not
//! say its number, and the number on its way to the meter has no check value either; so if two numbers give the same
//! record, both are asked for again, and stay if they are truly equal. Tidepool passes over a record that the meter
//! refuses; here it is asked for once more, and then named as missing, because the count cannot be met without it. What
//! follows the check value of a record is not published and is passed over.

mod commands;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::DateTime;

use self::commands::Commands;
use super::Driver;
use crate::domain::cause::Cause;
use crate::domain::meter::MeterIdentity;
use crate::domain::text::{Clean, NAME_CELLS, Private};
use crate::meters::codec::relion_prime::{TextError, decode_answer, parse_clock, parse_count, reading};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::gathered::{Account, Gathered, sold_under};
use crate::meters::link::{LineSettings, Parity};

/// How often anything is tried. No source says how often is enough: a damaged answer is seldom followed by two more,
/// and a meter that is switched off is not waited for long.
const ATTEMPTS: u32 = 3;

/// The last minute of a day, as the meter writes it.
const LAST_MINUTE: &str = "2359";

/// Every answer (Tidepool's limit).
const ANSWER: Duration = Duration::from_secs(5);

const RECORDS: &str = "reading the records";

/// Reads a ReliOn Prime or GLUCOCARD Vital.
#[derive(Debug, Clone, Copy)]
pub struct ReliOnPrime;

impl Driver for ReliOnPrime {
    fn name(&self) -> &'static str {
        "relion-prime"
    }

    fn converse(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Account, MeterError> {
        conversation
            .link()
            .set_line(LineSettings { baud: 19_200, parity: Parity::None, two_stop_bits: true })
            .map_err(|cause| MeterError::Link { during: "setting up the line", cause })?;
        let mut commands = Commands::default();
        let header = commands.connect(conversation)?;
        let mut gathered = Gathered::default();
        let outcome = read_rest(conversation, &mut commands, &mut gathered);
        let meter = MeterIdentity {
            manufacturer: "Arkray".into(),
            model: sold_under(sold_as, "ReliOn Prime"),
            model_number: Some(Clean::new(&header.product, NAME_CELLS)),
            serial: Private::new(Clean::new(&header.serial, NAME_CELLS)),
            system_id: None,
            firmware: None,
            driver: self.name().into(),
        };
        gathered.close(conversation, meter, outcome)
    }
}

fn read_rest(
    conversation: &mut Conversation<'_>,
    commands: &mut Commands,
    gathered: &mut Gathered,
) -> Result<(), MeterError> {
    commands.enter(conversation)?;
    let count = commands
        .ask_agreed(conversation, "M|", "asking for the number of records", |text| parse_count(text).is_ok())?;
    let count = parse_count(&count).map_err(|error| unusable("the number of records", error))?;
    gathered.announce(conversation, u32::from(count));
    let shown = read_clock(conversation, commands);
    gathered.note_clock_answer(conversation, shown)?;
    let mut records = Records::default();
    let outcome = records.read(conversation, commands, count);
    records.keep(conversation, gathered);
    outcome
}

fn read_clock(conversation: &mut Conversation<'_>, commands: &mut Commands) -> Result<Option<DateTime>, MeterError> {
    let digits = |length: usize| move |text: &str| text.len() == length;
    let mut time = commands.ask_agreed(conversation, "T|", "asking for the clock", digits(4))?;
    let mut date = commands.ask_agreed(conversation, "D|", "asking for the clock", digits(6))?;
    // The two are asked one after the other. At midnight they would be of two days, and the clock a day ahead.
    if time == LAST_MINUTE {
        let again = commands.ask_agreed(conversation, "T|", "asking for the clock", digits(4))?;
        if again != time {
            date = commands.ask_agreed(conversation, "D|", "asking for the clock", digits(6))?;
            time = again;
        }
    }
    parse_clock(&date, &time).map_err(|error| unusable("the clock", error))
}

/// The records as they came, by their number.
#[derive(Debug, Default)]
struct Records {
    texts: BTreeMap<u16, String>,
    /// Why a number has no record.
    missing: BTreeMap<u16, MeterError>,
}

impl Records {
    fn read(
        &mut self,
        conversation: &mut Conversation<'_>,
        commands: &mut Commands,
        count: u16,
    ) -> Result<(), MeterError> {
        for number in 0..count {
            self.read_one(conversation, commands, number)?;
            conversation.received(u32::from(number) + 1);
        }
        let twice: Vec<u16> =
            self.texts.iter().filter(|(_, text)| self.occurs_twice(text)).map(|(number, _)| *number).collect();
        for number in twice {
            // So that nothing is kept of it if it cannot be read again.
            self.texts.remove(&number);
            self.read_one(conversation, commands, number)?;
        }
        Ok(())
    }

    fn occurs_twice(&self, text: &str) -> bool {
        self.texts.values().filter(|other| *other == text).count() > 1
    }

    /// Reads one record; damage and refusals are noted, not returned.
    fn read_one(
        &mut self,
        conversation: &mut Conversation<'_>,
        commands: &mut Commands,
        number: u16,
    ) -> Result<(), MeterError> {
        let mut attempt = 1;
        loop {
            let answer = commands.ask_record(conversation, number);
            let text = answer.and_then(|answer| {
                decode_answer(&answer).map(str::to_owned).map_err(|error| unusable("a record", error))
            });
            let error = match text {
                Ok(text) => {
                    self.texts.insert(number, text);
                    return Ok(());
                }
                Err(error) => error,
            };
            match error {
                // A refusal ends command mode, and after a damaged answer nobody knows where the meter is.
                MeterError::Refused { .. } | MeterError::Checksum { .. } | MeterError::Malformed { .. } => {
                    // After the last attempt as well: the next record is asked for in command mode,
                    // too.
                    commands.enter_again(conversation)?;
                    if attempt == ATTEMPTS {
                        self.missing.insert(number, error);
                        return Ok(());
                    }
                }
                MeterError::Silent { .. } if attempt < ATTEMPTS => commands.enter_again(conversation)?,
                error => return Err(error),
            }
            attempt += 1;
        }
    }

    fn keep(&self, conversation: &mut Conversation<'_>, gathered: &mut Gathered) {
        for (number, error) in &self.missing {
            gathered.refuse(conversation, u32::from(*number), error);
        }
        for (number, text) in &self.texts {
            let number = u32::from(*number);
            gathered.take(conversation, number, text, reading(text, number));
        }
    }
}

fn unusable(what: &'static str, error: TextError) -> MeterError {
    match error {
        TextError::Checksum { sent, computed } => {
            MeterError::Checksum { what, got: u32::from(sent), expected: u32::from(computed) }
        }
        TextError::Form => MeterError::Malformed { what, reason: Cause::of(error) },
    }
}
