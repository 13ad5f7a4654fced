//! The language of the harness: one step a line.
//!
//! | step | does |
//! |---|---|
//! | `key Enter`, `keys Down Down Enter` | presses keys |
//! | `type "Muel"` | types characters |
//! | `scan "M1234567"` | is a barcode scanner: the characters at once, then Enter |
//! | `plug accu-chek-guide readings=720` | plugs a simulated meter |
//! | `unplug accu-chek-guide serial=92500000042` | pulls its plug; a single one needs no serial number or `cable=` |
//! | `wait "text" 10s` | until the screen shows it; ten seconds if no time is given |
//! | `expect "text"`, `refuse "text"` | the screen shows it now, or does not |
//! | `expect-json /wizard/step "upload"` | the state, by JSON pointer (RFC 6901) |
//! | `screen name` | prints the screen |
//! | `resize 120x40` | gives the terminal another size |
//! | `idle` | until nothing is under way |
//! | `advance 5m` | moves the clock |
//! | `user nora "Nora Example" clinician "correct horse"` | adds a member of staff: login, name, role, password |
//! | `patient "Müller" "Anna" 1961-07-14 M1234567` | creates a patient: names, birth date, MRN, perhaps a reason |
//! | `restart` | kills the program without warning and starts it again on the same data |
//! | `# remark` | nothing |
//!
//! Text stands in double quotes; in it `\"`, `\\`, `\n` (Enter), `\t` (Tab) and `\u{e9}` are one character. A single
//! word needs no quotes.

mod keys;
mod mistake;
mod words;

use jiff::SignedDuration;

pub use self::mistake::ScriptMistake;
use self::words::{Word, words};
use crate::app::key::{Burst, BurstEnd, Key};
use crate::domain::cause::Cause;

/// How long `wait` waits when it is not told: longer than anything takes that is not waited for by its own limit.
const USUAL_WAIT: SignedDuration = SignedDuration::from_secs(10);
/// As far as the clock can be moved by a script, which leaves it within the calendar.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 36_525);
const LONGEST_IN_WORDS: &str = "100 years (876600h)";
/// Sizes of a terminal that make sense.
const SIZES: std::ops::RangeInclusive<u16> = 1..=500;

/// A script that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    /// Its steps in order.
    pub lines: Vec<ScriptLine>,
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptLine {
    /// Where it stands, from 1.
    pub number: usize,
    /// The step in words, without what was typed: that could be a password.
    pub text: String,
    /// What to do.
    pub step: ScriptStep,
}

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub enum ScriptStep {
    /// Press these keys, one after the other.
    Keys(Vec<Key>),
    /// Plug a simulated meter.
    Plug(String),
    /// Unplug one.
    Unplug(String),
    /// Until the screen shows the text.
    Wait {
        /// The text.
        text: String,
        /// For how long at most, on the app's clock.
        limit: SignedDuration,
    },
    /// The screen shows the text.
    Expect(String),
    /// The screen does not show the text.
    Refuse(String),
    /// The state has this value there.
    ExpectJson {
        /// JSON pointer.
        pointer: String,
        /// The value.
        value: serde_json::Value,
    },
    /// Print the screen under a name.
    Screen(String),
    /// The terminal has this size now.
    Resize {
        /// Columns.
        columns: u16,
        /// Rows.
        rows: u16,
    },
    /// Until nothing is under way.
    Idle,
    /// Move the clock.
    Advance(SignedDuration),
    /// Add a member of staff.
    User(Staff),
    /// Create a patient.
    Patient(Person),
    /// Kill and start again.
    Restart,
}

impl ScriptStep {
    /// How far it may move the clock.
    const fn takes(&self) -> SignedDuration {
        match self {
            Self::Wait { limit, .. } => *limit,
            Self::Advance(by) => *by,
            Self::Keys(_)
            | Self::Plug(_)
            | Self::Unplug(_)
            | Self::Expect(_)
            | Self::Refuse(_)
            | Self::ExpectJson { .. }
            | Self::Screen(_)
            | Self::Resize { .. }
            | Self::Idle
            | Self::User(_)
            | Self::Patient(_)
            | Self::Restart => SignedDuration::ZERO,
        }
    }
}

/// A member of staff as a script writes them.
#[derive(Clone, PartialEq, Eq)]
pub struct Staff {
    /// The name typed at sign-in.
    pub login: String,
    /// The name shown.
    pub name: String,
    /// What they may do: a word of [`crate::domain::clinic::Role`].
    pub role: String,
    /// The password.
    pub password: String,
}

impl std::fmt::Debug for Staff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[private]")
    }
}

/// A patient as a script writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Family name.
    pub family: String,
    /// Given names.
    pub given: String,
    /// Date of birth.
    pub born: String,
    /// The clinic's number.
    pub mrn: String,
    /// Why they are created although others look alike; empty without a reason.
    pub reason: String,
}

/// What can be said of a step before it is done.
pub trait Checks {
    /// Whether there can be a simulated meter as described, to be plugged or unplugged.
    ///
    /// # Errors
    /// Why not.
    fn plug(&self, description: &str) -> Result<(), Cause>;

    /// Whether a member of staff can be added.
    ///
    /// # Errors
    /// Why not.
    fn user(&self, staff: &Staff) -> Result<(), Cause>;

    /// Whether a patient can be created.
    ///
    /// # Errors
    /// Why not.
    fn patient(&self, person: &Person) -> Result<(), Cause>;
}

/// A script that was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct ScriptError {
    /// Where, from 1.
    pub line: usize,
    /// Why.
    #[source]
    pub reason: ScriptMistake,
}

impl Script {
    /// Understands a whole script.
    ///
    /// # Errors
    /// Every line that makes no sense, with the reason.
    pub fn parse(text: &str, checks: &dyn Checks) -> Result<Self, Vec<ScriptError>> {
        let (mut lines, mut errors) = (Vec::new(), Vec::new());
        let mut takes = SignedDuration::ZERO;
        for (index, raw) in text.lines().enumerate() {
            let number = index + 1;
            match step(raw.trim(), checks) {
                Ok(Some((text, step))) => {
                    let before = takes;
                    takes = takes.saturating_add(step.takes());
                    // Said once, of the line with which it becomes too much.
                    if before <= LONGEST && takes > LONGEST {
                        errors.push(ScriptError { line: number, reason: ScriptMistake::TooLongTogether });
                    }
                    lines.push(ScriptLine { number, text, step });
                }
                Ok(None) => {}
                Err(reason) => errors.push(ScriptError { line: number, reason }),
            }
        }
        if errors.is_empty() { Ok(Self { lines }) } else { Err(errors) }
    }
}

/// The step of one line, with its text; nothing on an empty line or a remark.
fn step(raw: &str, checks: &dyn Checks) -> Result<Option<(String, ScriptStep)>, ScriptMistake> {
    // Before the line is split: the value is JSON, whose quotes and hashes are its own.
    if let Some(rest) = raw.strip_prefix("expect-json") {
        return Ok(Some((raw.to_owned(), expect_json(rest)?)));
    }
    let words = words(raw)?;
    let Some((verb, rest)) = words.split_first() else { return Ok(None) };
    let rest: Vec<&str> = rest.iter().map(Word::as_str).collect();
    let step = match (verb.as_str(), rest.as_slice()) {
        ("key", [key]) => ScriptStep::Keys(vec![keys::named(key)?]),
        ("keys", [_, ..]) => ScriptStep::Keys(rest.iter().map(|key| keys::named(key)).collect::<Result<_, _>>()?),
        ("type", [text]) => ScriptStep::Keys(keys::typed(text)),
        ("scan", [text]) => ScriptStep::Keys(vec![Key::Scan(Burst { text: (*text).to_owned(), end: BurstEnd::Enter })]),
        ("plug", [_, ..]) => {
            let spec = rest.join(" ");
            checks.plug(&spec)?;
            ScriptStep::Plug(spec)
        }
        ("unplug", [_, ..]) => {
            let says_which = |word: &&&str| word.starts_with("serial=") || word.starts_with("cable=");
            if let Some(word) = rest.iter().skip(1).find(|word| !says_which(word)) {
                return Err(ScriptMistake::NoPlug { word: (*word).to_owned() });
            }
            let spec = rest.join(" ");
            // What cannot be plugged cannot be unplugged.
            checks.plug(&spec)?;
            ScriptStep::Unplug(spec)
        }
        ("wait", [text]) => ScriptStep::Wait { text: (*text).to_owned(), limit: USUAL_WAIT },
        ("wait", [text, limit]) => ScriptStep::Wait { text: (*text).to_owned(), limit: duration(limit)? },
        ("expect", [text]) => ScriptStep::Expect((*text).to_owned()),
        ("refuse", [text]) => ScriptStep::Refuse((*text).to_owned()),
        ("screen", []) => ScriptStep::Screen(String::new()),
        ("screen", [name]) => ScriptStep::Screen((*name).to_owned()),
        ("resize", [text]) => size(text).map(|(columns, rows)| ScriptStep::Resize { columns, rows })?,
        ("idle", []) => ScriptStep::Idle,
        ("advance", [time]) => ScriptStep::Advance(duration(time)?),
        ("user", [login, name, role, password]) => {
            let [login, name, role, password] = [login, name, role, password].map(|word| (*word).to_owned());
            let staff = Staff { login, name, role, password };
            checks.user(&staff)?;
            ScriptStep::User(staff)
        }
        ("patient", [family, given, born, mrn, reason @ ..]) if reason.len() <= 1 => {
            let [family, given, born, mrn] = [family, given, born, mrn].map(|word| (*word).to_owned());
            let person = Person { family, given, born, mrn, reason: reason.concat() };
            checks.patient(&person)?;
            ScriptStep::Patient(person)
        }
        ("restart", []) => ScriptStep::Restart,
        (verb, rest) => return Err(complaint(verb, rest.len())),
    };
    let text = if matches!(verb.as_str(), "type" | "scan" | "user") { verb.as_str() } else { raw };
    Ok(Some((text.to_owned(), step)))
}

/// Why a verb with so many words after it is no step.
fn complaint(verb: &str, count: usize) -> ScriptMistake {
    let expected = usage(verb);
    let verb = verb.to_owned();
    match expected {
        Some(expected) => ScriptMistake::WordCount { verb, count, expected },
        None => ScriptMistake::UnknownStep { verb },
    }
}

/// How `unplug` is written: also said where a word after it is not one of these.
const UNPLUG: &str = "unplug METER [serial=...] [cable=...]";

/// How a step is written; nothing for what is none.
fn usage(verb: &str) -> Option<&'static str> {
    Some(match verb {
        "key" => "key KEY",
        "keys" => "keys KEY KEY...",
        "type" | "scan" | "expect" | "refuse" => "one text, in quotes if it has spaces",
        "plug" => "plug METER [SETTING=VALUE]...",
        "unplug" => UNPLUG,
        "wait" => "wait \"TEXT\" [TIME]",
        "screen" => "screen [NAME]",
        "user" => "user LOGIN \"NAME\" ROLE \"PASSWORD\"",
        "patient" => "patient \"FAMILY\" \"GIVEN\" BIRTH-DATE MRN [\"REASON\"]",
        "resize" => "resize COLUMNSxROWS",
        "advance" => "advance TIME",
        "idle" | "restart" => "nothing after it",
        _ => return None,
    })
}

fn expect_json(rest: &str) -> Result<ScriptStep, ScriptMistake> {
    let rest = rest.strip_prefix([' ', '\t']).ok_or(ScriptMistake::NoValue)?.trim_start();
    let (pointer, value) = rest.split_once([' ', '\t']).ok_or(ScriptMistake::NoValue)?;
    let pointer = pointer.to_owned();
    if !(pointer.is_empty() || pointer.starts_with('/')) {
        return Err(ScriptMistake::NoPointer { pointer });
    }
    let value = serde_json::from_str(value.trim()).map_err(|error| ScriptMistake::NoJson(Cause::of(error)))?;
    Ok(ScriptStep::ExpectJson { pointer, value })
}

/// A time such as `10s`, `5m`, `250ms`, `1h30m`.
fn duration(text: &str) -> Result<SignedDuration, ScriptMistake> {
    match text.parse::<SignedDuration>() {
        Ok(duration) if duration > LONGEST => Err(ScriptMistake::TooLong { text: text.to_owned() }),
        Ok(duration) if !duration.is_negative() => Ok(duration),
        Ok(_) | Err(_) => Err(ScriptMistake::NoTime { text: text.to_owned() }),
    }
}

/// A size such as `80x24`: columns and rows.
///
/// # Errors
/// [`ScriptMistake::NoSize`] if it is not one between 1x1 and 500x500.
pub fn size(text: &str) -> Result<(u16, u16), ScriptMistake> {
    let number = |part: &str| part.parse::<u16>().ok().filter(|number| SIZES.contains(number));
    text.split_once('x')
        .and_then(|(columns, rows)| Some((number(columns)?, number(rows)?)))
        .ok_or_else(|| ScriptMistake::NoSize { text: text.to_owned() })
}

#[cfg(test)]
mod tests;
