//! What the drivers of LifeScan's binary meters have in common: questions that are asked again, the memory record by
//! record, and what is kept when a conversation ends early. Knows no link: each family brings its [`Wire`].
//!
//! No answer tells which record it is. So a record that equals the one before is asked for again, after silence: a
//! late or repeated answer would shift all that follow. At the end the newest record and the count are asked for once
//! more; if they are others now, the meter has measured meanwhile and the places of the records have moved.

pub(super) mod line;

use super::identity::twice_alike;
use crate::domain::cause::Cause;
use crate::domain::meter::MeterIdentity;
use crate::domain::text::{Clean, NAME_CELLS, Private};
use crate::meters::codec::lifescan_frame::FrameError;
use crate::meters::codec::lifescan_frame::answer::{AnswerError, DONE, Epoch, data, exactly};
use crate::meters::codec::lifescan_frame::record::{Layout, Record};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::gathered::{Account, Gathered};

/// How often a question is asked at most: once, and up to three times again.
const ATTEMPTS: u32 = 4;

/// So many damaged records are told one by one. With more, the line is at fault, and each costs all its repeats: the
/// read ends, as it would not have been whole anyhow.
const MOST_DAMAGED: usize = 50;

/// The blocks of a meter's drive that may be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BlockRegister {
    /// Hears everything but what the other one hears.
    Commands = 3,
    /// Hears questions for parameters.
    Parameters = 4,
}

/// What a meter is asked.
pub(super) struct LifeScanQuestion {
    /// The message of the request.
    pub(super) message: Vec<u8>,
    /// The status that an answer must have.
    pub(super) status: u8,
    /// The register that hears the question, on meters that have registers.
    pub(super) register: BlockRegister,
    /// What is being done, for errors.
    pub(super) during: &'static str,
}

impl LifeScanQuestion {
    /// A question that is answered with [`DONE`], put to the register of general commands.
    pub(super) fn new(during: &'static str, message: &[u8]) -> Self {
        Self { message: message.to_vec(), status: DONE, register: BlockRegister::Commands, during }
    }
}

/// The way in which a family is asked and answers.
pub(super) trait Wire {
    /// Asks once and returns the message of the answer.
    fn exchange(
        &mut self,
        conversation: &mut Conversation<'_>,
        question: &LifeScanQuestion,
    ) -> Result<Vec<u8>, MeterError>;

    /// Makes sure that nothing of an earlier answer is under way, and that both sides agree where they are.
    fn recover(&mut self, conversation: &mut Conversation<'_>, during: &'static str) -> Result<(), MeterError>;
}

/// Asks, again if need be, and reads the data of the answer.
pub(super) fn ask<T>(
    wire: &mut dyn Wire,
    conversation: &mut Conversation<'_>,
    question: &LifeScanQuestion,
    parse: impl Fn(&[u8]) -> Result<T, AnswerError>,
) -> Result<T, MeterError> {
    let prefix = question.message.first().copied().unwrap_or_default();
    let mut attempt = 1;
    loop {
        let answer = wire.exchange(conversation, question).and_then(|message| {
            data(&message, prefix, question.status).and_then(&parse).map_err(|error| wrong(question.during, error))
        });
        match answer {
            Err(error) if attempt < ATTEMPTS && is_worth_a_repeat(&error) => {}
            other => return other,
        }
        wire.recover(conversation, question.during)?;
        attempt += 1;
    }
}

/// Silence and damage may pass, and a request that was damaged on its way may be refused; a link that is gone, or a
/// cancelled read, does not come back by asking again.
const fn is_worth_a_repeat(error: &MeterError) -> bool {
    matches!(
        error,
        MeterError::Silent { .. }
            | MeterError::Checksum { .. }
            | MeterError::Malformed { .. }
            | MeterError::Refused { .. }
    )
}

/// What a wrong answer means to a person.
fn wrong(what: &'static str, error: AnswerError) -> MeterError {
    match error {
        AnswerError::Refused { .. } => MeterError::Refused { what, reason: Cause::of(error) },
        AnswerError::Stray | AnswerError::Length { .. } | AnswerError::Text | AnswerError::Value => {
            MeterError::Malformed { what, reason: Cause::of(error) }
        }
    }
}

/// What a damaged frame means to a person.
pub(super) fn damaged(what: &'static str, error: FrameError) -> MeterError {
    match error {
        FrameError::Checksum { sent, computed } => {
            MeterError::Checksum { what, got: u32::from(sent), expected: u32::from(computed) }
        }
        FrameError::Start | FrameError::Length | FrameError::End => {
            MeterError::Malformed { what, reason: Cause::of(error) }
        }
    }
}

/// Where a family keeps its records.
pub(super) struct RecordLayout {
    /// How it lays them out.
    pub(super) layout: Layout,
    /// Asks how many there are.
    pub(super) count: LifeScanQuestion,
    /// Asks for one, counted from 0 at the newest.
    pub(super) record: fn(u16) -> LifeScanQuestion,
}

/// What has been learned so far; it stays if the conversation ends early.
#[derive(Default)]
pub(super) struct MemoryFound {
    pub(super) firmware: Option<Clean>,
    gathered: Gathered,
}

impl MemoryFound {
    /// Asks for the clock.
    pub(super) fn read_clock(
        &mut self,
        wire: &mut dyn Wire,
        conversation: &mut Conversation<'_>,
        question: &LifeScanQuestion,
        epoch: Epoch,
    ) -> Result<(), MeterError> {
        let shown = ask(wire, conversation, question, number).map(|seconds| Some(epoch.time(seconds)));
        let is_answered = shown.is_ok();
        self.gathered.note_clock_answer(conversation, shown)?;
        go_on(wire, conversation, question, is_answered)
    }

    /// Asks for the version of the software; `letters` of the answer are its number.
    pub(super) fn read_version(
        &mut self,
        wire: &mut dyn Wire,
        conversation: &mut Conversation<'_>,
        question: &LifeScanQuestion,
        parse: impl Fn(&[u8]) -> Result<String, AnswerError>,
        letters: usize,
    ) -> Result<(), MeterError> {
        let version = ask(wire, conversation, question, parse);
        self.note_version(wire, conversation, question, version, letters)
    }

    /// As [`Self::read_version`], where the answer to the question before has the same form: asked until
    /// it came twice alike.
    pub(super) fn read_version_twice(
        &mut self,
        wire: &mut dyn Wire,
        conversation: &mut Conversation<'_>,
        question: &LifeScanQuestion,
        parse: impl Fn(&[u8]) -> Result<String, AnswerError>,
    ) -> Result<(), MeterError> {
        let version = identify(wire, conversation, question, parse);
        self.note_version(wire, conversation, question, version, usize::MAX)
    }

    fn note_version(
        &mut self,
        wire: &mut dyn Wire,
        conversation: &mut Conversation<'_>,
        question: &LifeScanQuestion,
        version: Result<String, MeterError>,
        letters: usize,
    ) -> Result<(), MeterError> {
        let version = self.gathered.note_answer("version-unreadable", version)?;
        self.firmware =
            version.as_ref().map(|version| Clean::new(version.get(..letters).unwrap_or(version), NAME_CELLS));
        go_on(wire, conversation, question, version.is_some())
    }

    /// Asks for the unit of the display. The values are in mg/dL all the same, so an unknown one is only remarked.
    pub(super) fn check_unit(
        &mut self,
        wire: &mut dyn Wire,
        conversation: &mut Conversation<'_>,
        question: &LifeScanQuestion,
    ) -> Result<(), MeterError> {
        let unit = ask(wire, conversation, question, number);
        let unit = self.gathered.note_answer("unit-unknown", unit)?;
        if unit.is_some_and(|unit| unit > 1) {
            self.gathered.warn("unit-unknown", "the meter shows a unit that is neither mg/dL nor mmol/L");
        }
        go_on(wire, conversation, question, unit.is_some())
    }

    /// Reads the whole memory.
    pub(super) fn read_memory(
        &mut self,
        wire: &mut dyn Wire,
        conversation: &mut Conversation<'_>,
        memory: &RecordLayout,
    ) -> Result<(), MeterError> {
        let announced = ask(wire, conversation, &memory.count, short_number)?;
        self.gathered.announce(conversation, u32::from(announced));
        let (mut newest, mut previous) = (None, None);
        for index in 0..announced {
            let record = match read_record(wire, conversation, memory, index, previous) {
                Ok(record) => record,
                // Silence outlasted all repeats here: to wait as long for each record that is left
                // helps nobody.
                Err(error @ (MeterError::Silent { .. } | MeterError::Link { .. } | MeterError::Cancelled)) => {
                    return Err(error);
                }
                Err(error) if self.gathered.lost() == MOST_DAMAGED => return Err(error),
                Err(error) => {
                    self.gathered.refuse(conversation, u32::from(index), &error);
                    continue;
                }
            };
            newest = newest.or(Some(record));
            previous = Some(record);
            let reading = record.reading(memory.layout, u32::from(index));
            if reading.meal.is_none() && memory.layout != Layout::UltraEasy {
                let text =
                    format!("record {} of {announced}: the meal mark {:#04x} is unknown", index + 1, record.meal);
                self.gathered.warn("unknown-meal-mark", &text);
            }
            self.gathered.keep(conversation, reading);
        }
        if self.gathered.lost() > 0 {
            // It is partial anyhow, and each further question may cost all its repeats.
            return Ok(());
        }
        confirm(wire, conversation, memory, announced, newest)
    }

    /// The download, complete if `outcome` is.
    ///
    /// # Errors
    /// [`MeterError::Cancelled`] only.
    pub(super) fn into_download(
        self,
        outcome: Result<(), MeterError>,
        conversation: &mut Conversation<'_>,
        driver: &str,
        (model, serial): (Clean, &str),
    ) -> Result<Account, MeterError> {
        let meter = MeterIdentity {
            manufacturer: "LifeScan".into(),
            model,
            model_number: None,
            serial: Private::new(Clean::new(serial, NAME_CELLS)),
            system_id: None,
            firmware: self.firmware,
            driver: driver.into(),
        };
        self.gathered.close(conversation, meter, outcome)
    }
}

/// Lets the conversation go on behind a question that was not answered and need not be.
fn go_on(
    wire: &mut dyn Wire,
    conversation: &mut Conversation<'_>,
    question: &LifeScanQuestion,
    is_answered: bool,
) -> Result<(), MeterError> {
    if is_answered { Ok(()) } else { wire.recover(conversation, question.during) }
}

/// Asks for a text about the meter until it came twice alike: no answer says which question it answers.
pub(super) fn identify(
    wire: &mut dyn Wire,
    conversation: &mut Conversation<'_>,
    question: &LifeScanQuestion,
    parse: impl Fn(&[u8]) -> Result<String, AnswerError>,
) -> Result<String, MeterError> {
    twice_alike(question.during, || ask(wire, conversation, question, &parse))
}

/// One record. One that equals the record before it is asked for again once nothing else can be under way.
fn read_record(
    wire: &mut dyn Wire,
    conversation: &mut Conversation<'_>,
    memory: &RecordLayout,
    index: u16,
    previous: Option<Record>,
) -> Result<Record, MeterError> {
    let question = (memory.record)(index);
    let parse = |data: &[u8]| Record::parse(memory.layout, data);
    let record = ask(wire, conversation, &question, parse)?;
    if previous != Some(record) {
        return Ok(record);
    }
    wire.recover(conversation, question.during)?;
    let again = ask(wire, conversation, &question, parse)?;
    // The lifetime number of a Verio's record is its own; elsewhere two records may be equal.
    if memory.layout == Layout::Verio && previous == Some(again) {
        let reason = "the record before it came again".to_owned();
        return Err(MeterError::Malformed { what: question.during, reason: reason.into() });
    }
    Ok(again)
}

/// Asks for the newest record and the count once more; twice if they are others now, for a repeated answer.
fn confirm(
    wire: &mut dyn Wire,
    conversation: &mut Conversation<'_>,
    memory: &RecordLayout,
    announced: u16,
    newest: Option<Record>,
) -> Result<(), MeterError> {
    let during = memory.count.during;
    for is_last in [false, true] {
        let again = match newest {
            Some(_) => Some(ask(wire, conversation, &(memory.record)(0), |data| Record::parse(memory.layout, data))?),
            None => None,
        };
        // The newest record first: with a full memory the count stays the same when another result pushes the oldest
        // one out.
        if again == newest && ask(wire, conversation, &memory.count, short_number)? == announced {
            return Ok(());
        }
        if !is_last {
            wire.recover(conversation, during)?;
        }
    }
    let reason = "it changed while it was read".to_owned();
    Err(MeterError::Malformed { what: "the memory", reason: reason.into() })
}

/// A number of four bytes.
fn number(data: &[u8]) -> Result<u32, AnswerError> {
    exactly(data).map(u32::from_le_bytes)
}

/// A number of two bytes.
fn short_number(data: &[u8]) -> Result<u16, AnswerError> {
    exactly(data).map(u16::from_le_bytes)
}
