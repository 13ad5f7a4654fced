//! TaiDoc meters (TD-42xx; sold as GlucoRx, GlucoMen Nexus, Fora ...): a question of eight bytes, an answer of eight
//! bytes, at 19200 baud on a serial line or behind a CP2110.
//!
//! Order: connect, model, serial number, clock, number of records, then time and value of each record from the newest
//! on, and the number of records once more: a result measured meanwhile would have shifted all records by one.
//!
//! An answer does not say which record it is of. It does say which question it answers; the questions for time and
//! value take turns, so a late answer is never taken for that of another record.
//!
//! Where the two specifications differ or leave a choice:
//! - The flags of a value are two fields, not bits to be tested one by one: so a ketone is no haematocrit.
//! - The scale of ketones is not established. A ketone is kept with its number and without a value. Any other quantity
//!   that the specification names is counted and left out of the list; its bytes stay in the record of the
//!   conversation. A quantity that nobody names may be glucose, damaged in the meter: it makes the download partial.
//! - Both call a value below 20 LO and above 600 HI; the protocol has no other mark for them.
//! - After an unasked `54` one reader repeats its question, the other reads on. This one reads on, and repeats the
//!   question only when no answer comes.
//! - A record of zeros is what the meter is believed to answer for an index that it does not have: it is missing.

mod questions;
mod records;

use self::questions::{Questions, TaiDocQuestion};
use super::Driver;
use crate::domain::meter::MeterIdentity;
use crate::domain::text::{Clean, NAME_CELLS, Private};
use crate::meters::codec::taidoc::{command, fields};
use crate::meters::conversation::Conversation;
use crate::meters::cp2110::over_line;
use crate::meters::error::MeterError;
use crate::meters::gathered::{Account, Gathered};
use crate::meters::link::LineSettings;

/// The meter's line.
const LINE: LineSettings = LineSettings::eight_n_one(19_200);

const MODEL: TaiDocQuestion = TaiDocQuestion { command: command::MODEL, during: "asking for the model" };
const SERIAL_LEFT: TaiDocQuestion =
    TaiDocQuestion { command: command::SERIAL_LEFT, during: "asking for the serial number" };
const SERIAL_RIGHT: TaiDocQuestion =
    TaiDocQuestion { command: command::SERIAL_RIGHT, during: "asking for the serial number" };
const CLOCK: TaiDocQuestion = TaiDocQuestion { command: command::CLOCK, during: "asking for the clock" };
const COUNT: TaiDocQuestion = TaiDocQuestion { command: command::COUNT, during: "asking for the number of records" };

/// Reads a TaiDoc meter.
#[derive(Debug, Clone, Copy)]
pub struct TaiDoc;

impl Driver for TaiDoc {
    fn name(&self) -> &'static str {
        "taidoc"
    }

    /// The meter tells its own model number, and one number is sold under many names: `sold_as` is not used.
    fn converse(&self, conversation: &mut Conversation<'_>, _sold_as: &Clean) -> Result<Account, MeterError> {
        over_line(conversation, LINE, |conversation, _| read(self.name(), conversation))
    }
}

fn read(driver: &str, conversation: &mut Conversation<'_>) -> Result<Account, MeterError> {
    let mut questions = Questions::new(conversation);
    questions.connect()?;
    let model = fields::model(questions.ask(&MODEL, [0; 4])?);
    // Each half has a question of its own, and each answer names it, so they cannot be mistaken for each other.
    let right = questions.ask(&SERIAL_RIGHT, [0; 4])?;
    let left = questions.ask(&SERIAL_LEFT, [0; 4])?;
    let mut gathered = Gathered::default();
    let outcome = read_memory(&mut questions, &mut gathered);
    let meter = MeterIdentity {
        manufacturer: "TaiDoc".into(),
        model: Clean::new(&format!("TD-{model}"), NAME_CELLS),
        model_number: Some(Clean::new(&model, NAME_CELLS)),
        serial: Private::new(Clean::new(&fields::serial(left, right), NAME_CELLS)),
        system_id: None,
        firmware: None,
        driver: driver.into(),
    };
    gathered.close(conversation, meter, outcome)
}

fn read_memory(questions: &mut Questions<'_, '_>, gathered: &mut Gathered) -> Result<(), MeterError> {
    let clock = questions.ask(&CLOCK, [0; 4]).map(|stamp| fields::Stamp(stamp).decode());
    gathered.note_clock_answer(questions.conversation, clock)?;
    let count = fields::count(questions.ask(&COUNT, [0; 4])?);
    gathered.announce(questions.conversation, u32::from(count));
    for index in 0..count {
        records::read(questions, gathered, index)?;
    }
    if fields::count(questions.ask(&COUNT, [0; 4])?) != count {
        let reason = "the number of records changed during the reading".to_owned();
        return Err(MeterError::Malformed { what: "the memory", reason: reason.into() });
    }
    Ok(())
}
