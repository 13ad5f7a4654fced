//! What Abbott's HID meters have in common: text commands in reports, and lists of records under two sums.
//!
//! Where the two sources differ:
//! - To begin, one sends five reports and heeds no answer; the other sends `01` and waits for `71 01 01`. One report
//!   with one answer can be checked, so that is done.
//! - Commands go as type 21 with one, as 60 with the other. Every reader known to the second answers 60, and the Libre
//!   answers both; 60 is also the type of the answers.
//! - A CR LF behind a command is sent by one only; no meter needs it.
//! - One stops at `CMD OK`; where its CR LF lies in the next report, that report spoils the next answer. The CR LF is
//!   waited for.
//! - One takes `Log Empty` for an error, the other for no records, which it is.
//!
//! No answer says which question it answers. So the serial number and the software version are asked for until they
//! came twice alike in a row, and a serial number that is the version too is none.
//!
//! Each answer may be late, and a part of an older one may still be on its way (a known field problem), so whatever is
//! waiting is read off before a command, and an answer that is damaged is asked for again. Keep-alives may come at any
//! time; a meter that sends nothing else is silent all the same.

mod lists;

use std::time::Duration;

use jiff::civil::DateTime;

pub(super) use self::lists::{List, ListsFound, Sort};
use super::identity::twice_alike;
use crate::domain::cause::Cause;
use crate::domain::meter::MeterIdentity;
use crate::domain::text::{Clean, NAME_CELLS, Private};
use crate::meters::codec::freestyle_hid::row::date_time;
use crate::meters::codec::freestyle_hid::{
    AnswerError, ENCRYPTION_WANTED, HidReport, INIT, INIT_ANSWER, KEEP_ALIVE, TEXT, UNKNOWN_TYPE, decode_answer,
    is_whole, one_line,
};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::gathered::{Account, sold_under};

/// How often a command is sent at most. No source says how often is enough: with three, one lost command and one
/// damaged answer are borne.
const ATTEMPTS: u32 = 3;

/// The answer to the first report comes within a second.
const BEGIN: Duration = Duration::from_secs(1);

/// A part of an answer comes within five seconds of the one before (Tidepool).
const ANSWER: Duration = Duration::from_secs(5);

/// For one report to the meter.
const SEND: Duration = Duration::from_secs(2);

/// What still waits to be read is there at once.
const WAITING: Duration = Duration::from_millis(10);

/// This much silence before a repeat shows that nothing of the damaged answer is still on its way.
const SETTLED: Duration = Duration::from_secs(1);

/// Reports without text in a row that are passed over. Keep-alives are among them, and a meter that sends nothing else
/// is silent.
const MOST_IDLE: u32 = 100;

/// More bytes than 90 days of history have; what has no end by then is noise.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// More reports than a full history has; a meter that still sends then is broken.
const MOST_STRAYS: u32 = 20_000;

/// So many keep-alives in a row show that nothing else is on its way. A reader sends them for ever, so its silence
/// cannot be waited for.
const MOST_KEEP_ALIVES: u32 = 5;

/// What is under way until the meter is known.
const IDENTIFYING: &str = "asking for the serial number";

/// How a model is spoken to.
pub(super) struct FreeStyleModel {
    pub(super) driver: &'static str,
    /// The name for a meter that was given none.
    pub(super) sold_as: &'static str,
    /// The command for the serial number.
    pub(super) serial: &'static str,
    /// Its lists of records.
    pub(super) lists: &'static [List],
}

/// Reads a meter: who it is, its version, its clock, its lists.
pub(super) fn read(
    model: &FreeStyleModel,
    conversation: &mut Conversation<'_>,
    sold_as: &Clean,
) -> Result<Account, MeterError> {
    begin(conversation)?;
    let serial = identify(conversation, model.serial)?;
    let mut found = ListsFound::default();
    let mut firmware = None;
    let asking = "asking for the software version";
    let version = twice_alike(asking, || ask(conversation, "$swver?", asking, line));
    // A late answer to one question in place of the other would put the readings of all such meters under one number.
    if version.as_ref() == Ok(&serial) {
        let reason = "the answer is that to another question".to_owned();
        return Err(MeterError::Malformed { what: IDENTIFYING, reason: reason.into() });
    }
    let outcome = found.gathered.note_answer("version-unreadable", version).and_then(|version| {
        firmware = version.map(|version| Clean::new(&version, NAME_CELLS));
        let clock = read_clock(conversation);
        found.gathered.note_clock_answer(conversation, clock)?;
        model.lists.iter().try_for_each(|list| found.read(conversation, list))
    });
    let meter = MeterIdentity {
        manufacturer: "Abbott".into(),
        model: sold_under(sold_as, model.sold_as),
        model_number: None,
        serial: Private::new(Clean::new(&serial, NAME_CELLS)),
        system_id: None,
        firmware,
        driver: model.driver.into(),
    };
    found.finish().close(conversation, meter, outcome)
}

/// Asks for the serial number until it came twice alike.
fn identify(conversation: &mut Conversation<'_>, command: &str) -> Result<String, MeterError> {
    twice_alike(IDENTIFYING, || ask(conversation, command, IDENTIFYING, serial))
}

/// Begins, three times at most; a meter that wants to be spoken to in cipher is refused.
fn begin(conversation: &mut Conversation<'_>) -> Result<(), MeterError> {
    const DURING: &str = "waiting for the meter to begin";
    let mut attempt = 1;
    loop {
        read_off(conversation, DURING, if attempt == 1 { WAITING } else { SETTLED })?;
        send(conversation, INIT, b"", DURING)?;
        let error = match wait_for_begin(conversation, DURING) {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        if attempt == ATTEMPTS || is_final(&error) {
            return Err(error);
        }
        attempt += 1;
    }
}

fn wait_for_begin(conversation: &mut Conversation<'_>, during: &'static str) -> Result<(), MeterError> {
    for _ in 0..MOST_IDLE {
        let report = receive(conversation, during, BEGIN)?;
        // Keep-alives and answers to questions of an earlier program may come first.
        if report.kind == INIT_ANSWER && report.payload == [1] {
            return Ok(());
        }
    }
    Err(MeterError::Silent { during, waited: BEGIN })
}

/// Sends a text command until `open` can read the message of its answer, three times at most.
fn ask<T>(
    conversation: &mut Conversation<'_>,
    command: &str,
    during: &'static str,
    open: impl Fn(&[u8]) -> Result<T, AnswerError>,
) -> Result<T, MeterError> {
    let mut attempt = 1;
    loop {
        read_off(conversation, during, if attempt == 1 { WAITING } else { SETTLED })?;
        let error = match ask_once(conversation, command, during) {
            Ok(answer) => match decode_answer(&answer).and_then(&open) {
                Ok(opened) => return Ok(opened),
                Err(error) => meter_error(during, &error),
            },
            Err(error) => error,
        };
        if attempt == ATTEMPTS || is_final(&error) {
            return Err(error);
        }
        attempt += 1;
    }
}

fn ask_once(conversation: &mut Conversation<'_>, command: &str, during: &'static str) -> Result<Vec<u8>, MeterError> {
    send(conversation, TEXT, command.as_bytes(), during)?;
    let before = conversation.progress().done;
    let (mut answer, mut idle, mut lines) = (Vec::new(), 0, 0_u32);
    while idle < MOST_IDLE && answer.len() <= LONGEST_ANSWER {
        let report = receive(conversation, during, ANSWER)?;
        // Keep-alives may lie between any two parts of an answer.
        if report.kind != TEXT {
            idle += 1;
            continue;
        }
        idle = 0;
        lines = report.payload.iter().fold(lines, |lines, byte| lines.saturating_add(u32::from(*byte == b'\n')));
        answer.extend(report.payload);
        if is_whole(&answer) {
            return Ok(answer);
        }
        if lines > 0 {
            conversation.received(before.saturating_add(lines));
        }
    }
    if idle == MOST_IDLE {
        return Err(MeterError::Silent { during, waited: ANSWER });
    }
    Err(MeterError::Malformed { what: during, reason: "the answer does not end".into() })
}

fn send(conversation: &mut Conversation<'_>, kind: u8, payload: &[u8], during: &'static str) -> Result<(), MeterError> {
    let report = HidReport::to_meter(kind, payload)
        .map_err(|error| MeterError::Malformed { what: during, reason: Cause::of(error) })?;
    conversation.send(&report, during, SEND)
}

fn receive(conversation: &mut Conversation<'_>, during: &'static str, wait: Duration) -> Result<HidReport, MeterError> {
    let bytes = conversation.receive(during, wait)?;
    let report =
        HidReport::parse(&bytes).map_err(|error| MeterError::Malformed { what: during, reason: Cause::of(error) })?;
    match report.kind {
        ENCRYPTION_WANTED => Err(MeterError::Unsupported {
            reason: "this reader speaks in cipher only, as the Libre 2 does; its readings are in LibreView".into(),
        }),
        UNKNOWN_TYPE => Err(MeterError::Refused { what: during, reason: "the meter does not know this report".into() }),
        _ => Ok(report),
    }
}

/// Reads off what the meter still sends, until it is silent for `silence` or sends keep-alives only.
fn read_off(conversation: &mut Conversation<'_>, during: &'static str, silence: Duration) -> Result<(), MeterError> {
    let mut keep_alives = 0;
    for _ in 0..MOST_STRAYS {
        match conversation.receive(during, silence) {
            Ok(bytes) if bytes.first() == Some(&KEEP_ALIVE) => keep_alives += 1,
            Ok(_) => keep_alives = 0,
            Err(MeterError::Silent { .. }) => return Ok(()),
            Err(error) => return Err(error),
        }
        if keep_alives == MOST_KEEP_ALIVES {
            return Ok(());
        }
    }
    Err(MeterError::Malformed { what: during, reason: "the meter does not fall silent".into() })
}

/// Whether asking again is of no use.
const fn is_final(error: &MeterError) -> bool {
    // A refusal is not among them: commands have no check value, and one that was damaged is
    // refused.
    matches!(error, MeterError::Cancelled | MeterError::Link { .. } | MeterError::Unsupported { .. })
}

/// One line that is not empty.
fn line(message: &[u8]) -> Result<String, AnswerError> {
    one_line(message)
        .and_then(|text| if text.is_empty() { Err(AnswerError::Form("the answer is empty")) } else { Ok(text) })
}

/// A line that can be a serial number. One with a comma is the answer to another question: date, time, a list.
fn serial(message: &[u8]) -> Result<String, AnswerError> {
    line(message).and_then(|text| {
        if text.contains(',') { Err(AnswerError::Form("the answer is that to another question")) } else { Ok(text) }
    })
}

/// Date, time, and the date again: if midnight lies between them, they are asked anew.
///
/// The meters give no seconds here. The Libre has a command that does, known to one source only.
fn read_clock(conversation: &mut Conversation<'_>) -> Result<Option<DateTime>, MeterError> {
    const DATE: &str = "asking for the date";
    for _ in 0..ATTEMPTS {
        let date = ask(conversation, "$date?", DATE, numbers::<3>)?;
        let [hour, minute] = ask(conversation, "$time?", "asking for the time", numbers::<2>)?;
        if ask(conversation, "$date?", DATE, numbers::<3>)? == date {
            let [month, day, year] = date;
            return Ok(date_time(year, month, day, hour, minute, 0));
        }
    }
    Err(MeterError::Malformed { what: DATE, reason: "it changed each time it was asked for".into() })
}

/// So many numbers with commas between them.
fn numbers<const COUNT: usize>(message: &[u8]) -> Result<[u32; COUNT], AnswerError> {
    const WRONG: AnswerError = AnswerError::Form("the answer is not made of numbers");
    let text = one_line(message)?;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten();
    let numbers: Vec<u32> = text.split(',').map(digits).collect::<Option<_>>().ok_or(WRONG)?;
    numbers.try_into().map_err(|_| WRONG)
}

fn meter_error(what: &'static str, error: &AnswerError) -> MeterError {
    match error {
        AnswerError::Checksum { sent, computed } => MeterError::Checksum { what, got: *sent, expected: *computed },
        AnswerError::Refused => MeterError::Refused { what, reason: Cause::of(error.clone()) },
        AnswerError::Form(_) => MeterError::Malformed { what, reason: Cause::of(error.clone()) },
    }
}
