//! Trividia True Metrix, Pro, AIR and GO: frames of text in HID reports.
//!
//! Order: wake, model, serial number, firmware, clock, results (newest first). Values are mg/dL on all models, and
//! meals are not marked. The results end with a frame that holds the sum of all of them. The meter may send a frame
//! twice, so if the sum fits only without the repetitions, they are left out; two equal results that it counts stay
//! both. A sum that fits neither way makes the driver ask again, up to three times.
//!
//! Tidepool switches the meter off before it starts, because Windows connects at the second attempt only; that is not
//! done here. It also reads until two seconds of silence; here the sum is the end. Tidepool loses the high bits of a
//! value whose digit is a letter; the specification names that as a mistake, and all three bits are read here.

mod frames;

use std::time::Duration;

use self::frames::{Frames, MOST_STRAYS, send};
use super::Driver;
use crate::domain::cause::Cause;
use crate::domain::meter::MeterIdentity;
use crate::domain::text::{Clean, NAME_CELLS, Private};
use crate::meters::codec::true_metrix::{
    CLOCK, FIRMWARE, FrameError, IDENTIFY, RESULTS, SERIAL, WAKE, parse_clock, parse_total, reading, total,
};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::gathered::{Account, Gathered, sold_under};

/// How often the results are asked for at most.
const ATTEMPTS: u32 = 3;

/// Every answer (the silence after which Tidepool stops waiting).
const ANSWER: Duration = Duration::from_secs(2);

/// A full memory has 500 results, and each may come twice; a meter that sends more has no end.
const MOST_RESULTS: usize = 2000;

const READING: &str = "reading the results";

/// Reads a True Metrix.
#[derive(Debug, Clone, Copy)]
pub struct TrueMetrix;

impl Driver for TrueMetrix {
    fn name(&self) -> &'static str {
        "true-metrix"
    }

    fn converse(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Account, MeterError> {
        let mut frames = Frames::default();
        // Nothing is waited for: no answer to it is published, and one that comes is passed over
        // with the late ones behind the next question.
        send(conversation, WAKE, "waking the meter")?;
        let model = frames.ask(conversation, IDENTIFY, "i", "asking for the model")?;
        let serial = frames.ask(conversation, SERIAL, "z1", "asking for the serial number")?;
        let mut gathered = Gathered::default();
        let mut firmware = None;
        let outcome = read_rest(conversation, &mut frames, &mut gathered, &mut firmware);
        let name = match model.as_str() {
            "RC2" => "True Metrix GO".into(),
            "BLU" => "True Metrix AIR".into(),
            // MR2, and what nobody knows yet.
            _ => sold_under(sold_as, "True Metrix"),
        };
        let meter = MeterIdentity {
            manufacturer: "Trividia".into(),
            model: name,
            model_number: Some(Clean::new(&model, NAME_CELLS)),
            serial: Private::new(Clean::new(&serial, NAME_CELLS)),
            system_id: None,
            firmware,
            driver: self.name().into(),
        };
        gathered.close(conversation, meter, outcome)
    }
}

fn read_rest(
    conversation: &mut Conversation<'_>,
    frames: &mut Frames,
    gathered: &mut Gathered,
    firmware: &mut Option<Clean>,
) -> Result<(), MeterError> {
    // How this answer is made is not published beyond that it is text; without it the readings are as good.
    match frames.ask(conversation, FIRMWARE, "v", "asking for the software version") {
        Ok(version) => *firmware = Some(Clean::new(&version, NAME_CELLS)),
        Err(MeterError::Silent { .. } | MeterError::Malformed { .. } | MeterError::Checksum { .. }) => {}
        Err(error) => return Err(error),
    }
    let answer = frames.ask(conversation, CLOCK, "t", "asking for the clock");
    let shown = answer.and_then(|text| parse_clock(&format!("t{text}")).map_err(|error| unusable("the clock", error)));
    gathered.note_clock_answer(conversation, shown)?;
    read_results(conversation, frames, gathered)
}

/// Reads the results until the sum is right, and keeps what came last.
fn read_results(
    conversation: &mut Conversation<'_>,
    frames: &mut Frames,
    gathered: &mut Gathered,
) -> Result<(), MeterError> {
    let mut attempt = 1;
    loop {
        let mut results = Vec::new();
        let outcome = receive_results(conversation, frames, &mut results);
        let may_repeat = matches!(
            outcome,
            Err(MeterError::Silent { .. } | MeterError::Malformed { .. } | MeterError::Checksum { .. })
        );
        if !may_repeat || attempt == ATTEMPTS {
            keep(conversation, gathered, &results);
            return outcome;
        }
        attempt += 1;
        frames.settle(conversation, READING)?;
    }
}

/// One round; `results` holds a damaged frame as its error.
fn receive_results(
    conversation: &mut Conversation<'_>,
    frames: &mut Frames,
    results: &mut Vec<Result<String, FrameError>>,
) -> Result<(), MeterError> {
    send(conversation, RESULTS, READING)?;
    let mut strays = 0;
    let announced = loop {
        match frames.next(conversation, READING)? {
            Ok(text) => match text.strip_prefix("g5") {
                Some(result) => results.push(Ok(result.to_owned())),
                None if text.starts_with('x') => {
                    break parse_total(&text).map_err(|error| unusable("the sum of the results", error))?;
                }
                // A late answer to an earlier question.
                None => {
                    strays += 1;
                    if strays > MOST_STRAYS {
                        return Err(MeterError::Malformed { what: READING, reason: "other answers came".into() });
                    }
                }
            },
            Err(error) => results.push(Err(error)),
        }
        if results.len() > MOST_RESULTS {
            return Err(MeterError::Malformed { what: READING, reason: "they do not end".into() });
        }
        conversation.received(u32::try_from(results.len()).unwrap_or(u32::MAX));
    };
    let sum = |results: &[Result<String, FrameError>]| total(results.iter().flatten().map(String::as_str));
    let computed = sum(results);
    if computed != announced {
        let mut once = results.clone();
        // The meter may send a frame twice in a row; equal results that it counted twice are two readings.
        once.dedup();
        if sum(&once) != announced {
            let (got, expected) = (u32::from(announced), u32::from(computed));
            return Err(MeterError::Checksum { what: "the sum of the results", got, expected });
        }
        *results = once;
    }
    match results.iter().find_map(|result| result.as_ref().err()) {
        Some(error) => Err(unusable("a result", *error)),
        None => Ok(()),
    }
}

fn keep(conversation: &mut Conversation<'_>, gathered: &mut Gathered, results: &[Result<String, FrameError>]) {
    for (result, index) in results.iter().zip(0..) {
        let record = result.as_ref().map_err(|error| *error).and_then(|digits| reading(digits, index));
        gathered.take(conversation, index, result.as_deref().unwrap_or_default(), record);
    }
}

fn unusable(what: &'static str, error: FrameError) -> MeterError {
    match error {
        FrameError::Checksum { sent, computed } => {
            MeterError::Checksum { what, got: u32::from(sent), expected: u32::from(computed) }
        }
        FrameError::Form | FrameError::Digits => MeterError::Malformed { what, reason: Cause::of(error) },
    }
}
