//! The whole memory in one answer: a head that announces the number of records, then a line for each, newest first.
//!
//! Asking again changes nothing in the meter, so a damaged dump is read again from its start. What is still damaged
//! after three times is left out and named.

use std::time::Duration;

use super::lines::{LineCutter, SEND, is_worth_a_repeat};
use super::{ANSWER, UNIT, Ultra2Question, damaged, malformed};
use crate::domain::reading::Reading;
use crate::meters::codec::lifescan_ascii::answers::{DisplayUnit, Header, parse_unit};
use crate::meters::codec::lifescan_ascii::{command, decode_line, record};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::gathered::Gathered;

/// How often the memory is read at most: reading it changes nothing, so a damaged dump is asked for as a whole
/// again. A cable that spoils three in a row spoils the fourth.
const ATTEMPTS: u32 = 3;

/// A meter may think before it sends its memory; 5 s has been seen to be enough.
const HEADER: Duration = Duration::from_secs(5);

const DUMP: Ultra2Question = Ultra2Question { letters: "DMP", start: "P ", during: "asking for the memory" };
const RECORDS: &str = "reading the records";

/// What reading the memory gave.
#[derive(Default)]
pub(super) struct Dump {
    /// How many records the head announced.
    announced: Option<u32>,
    /// The lines in the order of the memory, each with its text if its check value is right.
    records: Vec<(String, Result<Reading, MeterError>)>,
    /// What the display shows.
    unit: Option<DisplayUnit>,
    /// Why this is not all, besides records that are damaged.
    error: Option<MeterError>,
}

impl Dump {
    fn failed(error: MeterError) -> Self {
        Self { error: Some(error), ..Self::default() }
    }

    fn sound(&self) -> u32 {
        u32::try_from(self.records.iter().filter(|(_, record)| record.is_ok()).count()).unwrap_or(u32::MAX)
    }

    /// Why it is worth a repeat to read the memory again, if it is.
    fn fault(&self) -> Option<MeterError> {
        let damaged = || self.records.iter().find_map(|(_, record)| record.as_ref().err());
        self.error.as_ref().or_else(damaged).cloned()
    }

    /// Hands over what was read.
    ///
    /// # Errors
    /// What ended the dump early.
    pub(super) fn keep(self, conversation: &mut Conversation<'_>, gathered: &mut Gathered) -> Result<(), MeterError> {
        if let Some(announced) = self.announced {
            gathered.announce(conversation, announced);
        }
        for ((said, record), index) in self.records.into_iter().zip(0..) {
            gathered.take(conversation, index, &said, record);
        }
        if self.unit == Some(DisplayUnit::Unknown) {
            gathered.warn("unit-unknown", "the meter shows a unit that is neither mg/dL nor mmol/L");
        }
        self.error.map_or(Ok(()), Err)
    }
}

/// Reads the memory, up to three times, and keeps the time that gave most.
///
/// # Errors
/// Only [`MeterError::Cancelled`]; every other failure is in the result, with what had been read by then.
pub(super) fn read(
    conversation: &mut Conversation<'_>,
    lines: &mut LineCutter,
    serial: &str,
) -> Result<Dump, MeterError> {
    let mut best = Dump::default();
    for attempt in 1..=ATTEMPTS {
        if attempt > 1
            && let Err(error) = lines.settle(conversation, DUMP.during)
        {
            return finish(best, Some(error));
        }
        let dump = read_once(conversation, lines, serial);
        let Some(fault) = dump.fault() else { return Ok(dump) };
        let error = dump.error.clone();
        let may_repeat = is_worth_a_repeat(&fault) || matches!(fault, MeterError::Short { .. });
        // A later attempt may be worse than the one before, as when the cable is pulled during the second.
        if best.announced.is_none() || dump.sound() > best.sound() {
            best = dump;
        }
        if !may_repeat || attempt == ATTEMPTS {
            return finish(best, error);
        }
    }
    finish(best, None)
}

/// The best dump with the error that came last, which tells best what is wrong by now.
fn finish(best: Dump, last: Option<MeterError>) -> Result<Dump, MeterError> {
    let error = last.or(best.error);
    if error == Some(MeterError::Cancelled) {
        return Err(MeterError::Cancelled);
    }
    Ok(Dump { error, ..best })
}

fn read_once(conversation: &mut Conversation<'_>, lines: &mut LineCutter, serial: &str) -> Dump {
    let header = match read_header(conversation, lines, serial) {
        Ok(header) => header,
        Err(error) => return Dump::failed(error),
    };
    let announced = u32::from(header.count);
    conversation.announce(announced);
    let mut dump = Dump { announced: Some(announced), unit: Some(header.unit), ..Dump::default() };
    dump.error = take_records(conversation, lines, &mut dump, announced)
        .and_then(|()| confirm_end(conversation, lines, header.unit))
        .err();
    dump
}

fn read_header(
    conversation: &mut Conversation<'_>,
    lines: &mut LineCutter,
    serial: &str,
) -> Result<Header, MeterError> {
    let text = lines.ask_once(conversation, &DUMP, HEADER)?;
    let header = Header::parse(&text).map_err(|error| malformed("the head of the memory", error))?;
    if header.serial != serial {
        // Somebody has put the cable into another meter meanwhile.
        let reason = "it comes from another meter than the one asked before".to_owned();
        return Err(MeterError::Malformed { what: "the head of the memory", reason: reason.into() });
    }
    Ok(header)
}

/// Takes as many lines as were announced. A damaged one counts as a place in the memory, not as a reading.
fn take_records(
    conversation: &mut Conversation<'_>,
    lines: &mut LineCutter,
    dump: &mut Dump,
    announced: u32,
) -> Result<(), MeterError> {
    for index in 0..announced {
        let line = match lines.next(conversation, RECORDS, ANSWER) {
            // Silence here means that lines are missing, and a person is told how many.
            Err(MeterError::Silent { .. }) => return Err(MeterError::Short { received: index, announced }),
            other => other?,
        };
        dump.records.push((decode_line(&line).unwrap_or_default().to_owned(), read_record(&line, index)));
        conversation.received(dump.sound());
    }
    Ok(())
}

fn read_record(line: &[u8], index: u32) -> Result<Reading, MeterError> {
    let text = decode_line(line).map_err(|error| damaged("a record", &error))?;
    record::reading(text, index).map_err(|error| malformed("a record", error))
}

/// Asks for the unit: if anything but its answer comes first, the memory held more than was announced, or something
/// was read twice.
fn confirm_end(
    conversation: &mut Conversation<'_>,
    lines: &mut LineCutter,
    announced: DisplayUnit,
) -> Result<(), MeterError> {
    conversation.send(&command(UNIT.letters), UNIT.during, SEND)?;
    let text = match lines.next(conversation, UNIT.during, ANSWER) {
        Ok(line) => match decode_line(&line) {
            Ok(text) if text.starts_with(DUMP.start) => {
                let reason = "more records came than were announced".to_owned();
                return Err(MeterError::Malformed { what: "the memory", reason: reason.into() });
            }
            Ok(text) if text.starts_with(UNIT.start) => text.to_owned(),
            Ok(_) | Err(_) => {
                lines.settle(conversation, UNIT.during)?;
                lines.ask(conversation, &UNIT, ANSWER)?
            }
        },
        Err(MeterError::Silent { .. }) => lines.ask(conversation, &UNIT, ANSWER)?,
        Err(error) => return Err(error),
    };
    let unit = parse_unit(&text).map_err(|error| malformed("the unit", error))?;
    if unit != announced {
        let reason = "it is not the one in the head of the memory".to_owned();
        return Err(MeterError::Malformed { what: "the unit", reason: reason.into() });
    }
    Ok(())
}
