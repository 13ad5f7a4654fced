//! What a line of the log holds: which fields are written as they are, which as a keyed hash, and
//! that all others are not.

use std::fmt::{Debug, Write as _};

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;
use tracing::Event;
use tracing::field::{Field, Visit};

use crate::domain::text::Clean;

/// No value is longer, in terminal cells: an error with all its causes fits, and a line stays one that can be read.
const VALUE_CELLS: usize = 400;

/// So many hexadecimal digits of a hash are written: enough to tell the things of one clinic apart, too few to be worth
/// collecting.
const DIGITS: usize = 8;

/// How a field is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WrittenAs {
    /// The event itself: a text of the source code.
    Event,
    /// As it is: it says nothing about a person.
    Plain,
    /// As a keyed hash: it is the id of something that belongs to a person.
    Hashed,
    /// Not at all.
    Never,
}

/// The one table of what may be in the log.
fn written_as(field: &str) -> WrittenAs {
    match field {
        "message" => WrittenAs::Event,
        "attachment" | "announced" | "call" | "code" | "command" | "driver" | "error" | "exit" | "kind" | "known"
        | "model" | "new" | "place" | "readings" | "role" | "version" => WrittenAs::Plain,
        "meter" | "patient" | "upload" | "user" => WrittenAs::Hashed,
        _ => WrittenAs::Never,
    }
}

/// Makes the keyed hashes: the same id gives the same digits for as long as the key is the same.
pub(super) struct Pseudonyms {
    key: [u8; super::KEY_BYTES],
}

impl Pseudonyms {
    /// With this key.
    pub(super) const fn new(key: [u8; super::KEY_BYTES]) -> Self {
        Self { key }
    }

    /// The first digits of the HMAC-SHA256 (RFC 2104) of the id, with what it is the id of before it: patient 1 is not
    /// upload 1.
    fn of(&self, kind: &str, id: &str) -> String {
        // A key of any length is taken.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return "[private]".to_owned() };
        mac.update(kind.as_bytes());
        // A zero between the two: no name of a field holds one, so no kind and id can give the bytes of another pair.
        mac.update(&[0]);
        mac.update(id.as_bytes());
        let mut digits = hex::encode(mac.finalize().into_bytes());
        digits.truncate(DIGITS);
        digits
    }
}

/// The line of an event, with its end.
pub(super) fn written(event: &Event<'_>, pseudonyms: &Pseudonyms, at: Timestamp, process: u32) -> String {
    let mut line = Line { pseudonyms, event: String::new(), fields: String::new() };
    event.record(&mut line);
    let Line { event: what, fields, .. } = line;
    laid_out(at, event.metadata().level().as_str(), process, &format!("{what}{fields}"))
}

/// The line that stands last in a file which takes no more of its day.
pub(super) fn full(at: Timestamp, process: u32) -> String {
    laid_out(at, "WARN", process, "the file is full: what comes after this is not logged before tomorrow")
}

fn laid_out(at: Timestamp, level: &str, process: u32, what: &str) -> String {
    format!("{at:.0} {level:<5} {process} {what}\n")
}

struct Line<'a> {
    pseudonyms: &'a Pseudonyms,
    event: String,
    fields: String,
}

impl Line<'_> {
    fn put(&mut self, field: &str, value: &str) {
        let value = match written_as(field) {
            WrittenAs::Event => {
                self.event = Clean::new(value, VALUE_CELLS).to_string();
                return;
            }
            WrittenAs::Plain => Clean::new(value, VALUE_CELLS).to_string(),
            WrittenAs::Hashed => self.pseudonyms.of(field, value),
            WrittenAs::Never => "[private]".to_owned(),
        };
        // Quoted where a reader of the log could not tell where a value ends.
        let is_word = !value.is_empty() && !value.contains([' ', '"', '=']);
        // Writing to a String cannot fail.
        let _ =
            if is_word { write!(self.fields, " {field}={value}") } else { write!(self.fields, " {field}={value:?}") };
    }
}

impl Visit for Line<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put(field.name(), &format!("{value:?}"));
    }
}
