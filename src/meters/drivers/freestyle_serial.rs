//! What FreeStyle Lite and Precision Xtra have in common: one command that sends everything, under one check sum.
//!
//! A log whose sum is wrong says nothing at all, not even whose it is; it is read again, three times in all. A record
//! that is damaged under a right sum is damaged in the meter: it is named and the rest is kept.
//! An empty log may come without a sum; then it must come twice alike.

use std::time::Duration;

use jiff::Zoned;

use crate::domain::cause::Cause;
use crate::domain::meter::MeterIdentity;
use crate::domain::meter_clock::ClockReading;
use crate::domain::text::{Clean, NAME_CELLS, Private};
use crate::meters::codec::freestyle_serial::entry::{Dialect, LogEntry};
use crate::meters::codec::freestyle_serial::{MeterLog, MeterLogError, is_whole_log};
use crate::meters::conversation::{Conversation, Pauses};
use crate::meters::error::MeterError;
use crate::meters::gathered::Gathered;
use crate::meters::link::LineSettings;

/// How often a command is sent at most. The first one after plugging in is sometimes swallowed, or only echoed.
pub(super) const ATTEMPTS: u32 = 3;

/// How long a meter may think before it answers: three times this is less than the 20 s that Tidepool gives it.
const FIRST_BYTE: Duration = Duration::from_secs(5);

/// The longest pause within an answer: twice the second of silence after which glucometerutils takes an answer as
/// ended. A full log takes 16 s, so the end is waited for, not silence.
const PAUSE: Duration = Duration::from_secs(2);

/// This much silence before a repeat shows that nothing of the damaged answer is still on its way.
const SETTLED: Duration = Duration::from_secs(1);

/// For the few bytes of a command.
const SEND: Duration = Duration::from_secs(2);

/// More bytes than 999 records have; what has no end by then is noise.
const LONGEST_ANSWER: usize = 64 * 1024;

/// A command with what it asks for.
pub(super) struct MeterCommand {
    /// The text, with its CR LF.
    pub(super) text: &'static str,
    /// What is being done, for errors.
    pub(super) during: &'static str,
    /// Whether an answer has come to its end.
    pub(super) is_whole: fn(&[u8]) -> bool,
}

/// An answer, and this computer's time when it began.
pub(super) struct TimedAnswer {
    pub(super) bytes: Vec<u8>,
    pub(super) began: Zoned,
}

/// 19200 baud, eight data bits, no parity, one stop bit.
pub(super) fn set_line(conversation: &mut Conversation<'_>) -> Result<(), MeterError> {
    let line = LineSettings::eight_n_one(19_200);
    conversation.link().set_line(line).map_err(|cause| MeterError::Link { during: "setting up the line", cause })
}

/// Sends a command until its answer is one that `open` can read, three times at most.
pub(super) fn ask<T>(
    conversation: &mut Conversation<'_>,
    command: &MeterCommand,
    open: impl Fn(&TimedAnswer) -> Result<T, MeterLogError>,
) -> Result<T, MeterError> {
    let mut attempt = 1;
    loop {
        let error = match ask_once(conversation, command) {
            Ok(answer) => match open(&answer) {
                Ok(opened) => return Ok(opened),
                Err(error) => meter_error(command.during, &error),
            },
            Err(error) => error,
        };
        if attempt == ATTEMPTS || matches!(error, MeterError::Cancelled | MeterError::Link { .. }) {
            return Err(error);
        }
        attempt += 1;
        conversation.settle(command.during, SETTLED, LONGEST_ANSWER)?;
    }
}

fn ask_once(conversation: &mut Conversation<'_>, command: &MeterCommand) -> Result<TimedAnswer, MeterError> {
    let text = command.text.as_bytes();
    conversation.send(text, command.during, SEND)?;
    let mut bytes = conversation.receive(command.during, FIRST_BYTE)?;
    let mut pauses = Pauses::default();
    // The meter's clock stands in the head of the log, so it is compared with this moment: the
    // records behind it take up to 16 s.
    let mut began = conversation.now();
    // An echo is taken away, so what came is counted for itself.
    let (mut has_line_end, mut arrived) = (true, bytes.len());
    let mut lines = LineCount::default();
    lines.count(&bytes);
    loop {
        // The first command behind the plug is sometimes sent back; the answer begins behind that echo.
        if bytes.starts_with(text) {
            bytes.drain(..text.len());
            began = conversation.now();
            lines = LineCount::default();
            lines.count(&bytes);
        }
        if (command.is_whole)(&bytes) {
            return Ok(TimedAnswer { bytes, began });
        }
        // Progress is made by whole lines.
        if has_line_end {
            show_progress(conversation, &bytes, &lines);
        }
        if arrived > LONGEST_ANSWER {
            let reason = "the answer does not end".to_owned();
            return Err(MeterError::Malformed { what: command.during, reason: reason.into() });
        }
        // An echo is no beginning of an answer, so the meter may still think.
        let wait = if bytes.is_empty() { FIRST_BYTE } else { PAUSE };
        let part = conversation.receive_part(command.during, wait, &mut pauses)?;
        has_line_end = part.contains(&b'\n');
        arrived += part.len().max(1);
        lines.count(&part);
        bytes.extend(part);
    }
}

/// The lines of an answer, counted as its bytes arrive: a log that is looked at whole for each of its lines costs with
/// the square of its length.
#[derive(Default)]
struct LineCount {
    /// Lines that have ended; empty ones are none.
    ended: usize,
    /// Whether another one has begun.
    has_begun: bool,
}

impl LineCount {
    fn count(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let is_end = matches!(*byte, b'\r' | b'\n');
            self.ended += usize::from(is_end && self.has_begun);
            self.has_begun = !is_end;
        }
    }
}

/// Lines before the records: serial number, version, clock, and how many there are.
const LINES_BEFORE: usize = 4;

/// Says how many records have come, as far as an unfinished log tells. The last line may be the end of the log.
fn show_progress(conversation: &mut Conversation<'_>, bytes: &[u8], lines: &LineCount) {
    let records = (lines.ended + usize::from(lines.has_begun)).checked_sub(LINES_BEFORE);
    let Some(announced) = records.and_then(|_| announced(bytes)) else { return };
    if conversation.progress().of != Some(announced) {
        conversation.announce(announced);
    }
    let records = records.unwrap_or_default().saturating_sub(1);
    conversation.received(u32::try_from(records).unwrap_or(u32::MAX).min(announced));
}

/// How many records an unfinished log says it has. Its first lines alone are looked at.
fn announced(bytes: &[u8]) -> Option<u32> {
    let mut lines = bytes.split(|byte| matches!(*byte, b'\r' | b'\n')).filter(|line| !line.is_empty());
    let [hundreds, tens, ones] = lines.nth(LINES_BEFORE - 1)? else { return None };
    let [hundreds, tens, ones] = [hundreds, tens, ones].map(|digit| char::from(*digit).to_digit(10));
    Some(hundreds? * 100 + tens? * 10 + ones?)
}

/// Reads the log; one without a check sum is read twice.
pub(super) fn read_log(
    conversation: &mut Conversation<'_>,
    command: &'static str,
) -> Result<(MeterLog, Zoned), MeterError> {
    const DURING: &str = "reading the log";
    let command = MeterCommand { text: command, during: DURING, is_whole: is_whole_log };
    let open = |answer: &TimedAnswer| MeterLog::decode(&answer.bytes).map(|log| (log, answer.began.clone()));
    let mut log = ask(conversation, &command, open)?;
    for _ in 0..ATTEMPTS {
        if log.0.is_checked {
            return Ok(log);
        }
        let again = ask(conversation, &command, open)?;
        if (&again.0.serial, &again.0.version) == (&log.0.serial, &log.0.version) && !again.0.is_checked {
            return Ok(again);
        }
        log = again;
    }
    let reason = "the empty log came differently each time".to_owned();
    Err(MeterError::Malformed { what: DURING, reason: reason.into() })
}

/// Takes the lines of a log. Damaged ones keep their place in the order.
pub(super) fn take(conversation: &mut Conversation<'_>, gathered: &mut Gathered, log: &MeterLog, dialect: Dialect) {
    gathered.announce(conversation, log.announced);
    for (index, line) in (0_u32..).zip(&log.lines) {
        gathered.take(conversation, index, line, LogEntry::parse(line, dialect).map(|entry| entry.reading(index)));
    }
}

/// The clock of a log, which this computer began to receive at `host`.
pub(super) fn clock_of(log: &MeterLog, host: Zoned) -> Option<ClockReading> {
    log.clock.map(|meter| ClockReading { meter, host })
}

/// A meter of Abbott's.
pub(super) fn identity(driver: &str, model: Clean, serial: &str, version: &str) -> MeterIdentity {
    MeterIdentity {
        manufacturer: "Abbott".into(),
        model,
        model_number: None,
        serial: Private::new(Clean::new(serial, NAME_CELLS)),
        system_id: None,
        firmware: Some(Clean::new(version, NAME_CELLS)),
        driver: driver.into(),
    }
}

fn meter_error(what: &'static str, error: &MeterLogError) -> MeterError {
    match error {
        MeterLogError::Checksum { sent, computed } => {
            MeterError::Checksum { what, got: u32::from(*sent), expected: u32::from(*computed) }
        }
        MeterLogError::Refused => MeterError::Refused { what, reason: Cause::of(error.clone()) },
        MeterLogError::Form(_) => MeterError::Malformed { what, reason: Cause::of(error.clone()) },
    }
}
