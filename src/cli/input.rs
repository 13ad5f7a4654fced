//! Text that a command is given in a file or on standard input: it is UTF-8, or it is said where it is not.

use std::fs::File;
use std::io::{self, BufRead as _, ErrorKind, Read as _};
use std::path::Path;

use zeroize::Zeroizing;

use super::CommandError;
use crate::domain::text::{Clean, without_byte_order_mark};

/// No text that a command is given is longer, in bytes; a device that never ends is.
pub(super) const MOST: u64 = 16 * 1024 * 1024;

/// No line that a person types is longer, in bytes, and no password is nearly as long.
const MOST_LINE: u64 = 16 * 1024;

/// The text of a file; `what` says what it was to be: `the script`.
///
/// # Errors
/// Wrong use if it cannot be read, is longer than [`MOST`], or is not UTF-8.
pub(super) fn file(path: &Path, what: &str) -> Result<String, CommandError> {
    let name = Clean::new(&path.to_string_lossy(), 200);
    let mut bytes = Vec::new();
    File::open(path)
        // One byte more than may be there tells that it goes on.
        .and_then(|file| file.take(MOST.saturating_add(1)).read_to_end(&mut bytes))
        .map_err(|error| CommandError::usage(format!("{what} {name} cannot be read: {}", why(error.kind()))))?;
    if bytes.len() as u64 > MOST {
        return Err(CommandError::usage(format!("{what} {name} is longer than {MOST} bytes")));
    }
    text(bytes, name.as_str())
}

/// All of standard input.
///
/// # Errors
/// Wrong use if it cannot be read, is longer than `most` bytes, or is not UTF-8.
pub(super) fn standard_input(most: u64) -> Result<String, CommandError> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(most.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(error.kind()))?;
    if bytes.len() as u64 > most {
        return Err(CommandError::usage(format!("{STANDARD_INPUT} is longer than {most} bytes")));
    }
    text(bytes, STANDARD_INPUT)
}

/// The next line of standard input, without its end: one that a person types, or that is piped. `is_first` says whether
/// it begins the input.
///
/// # Errors
/// Wrong use if it cannot be read or is not UTF-8.
pub(super) fn line(is_first: bool) -> Result<Zeroizing<String>, CommandError> {
    let mut line = Zeroizing::new(String::new());
    io::stdin().lock().take(MOST_LINE.saturating_add(1)).read_line(&mut line).map_err(|error| match error.kind() {
        ErrorKind::InvalidData => not_utf_8(STANDARD_INPUT, 1),
        kind => unreadable(kind),
    })?;
    if line.len() as u64 > MOST_LINE {
        return Err(CommandError::usage(format!("a line of {STANDARD_INPUT} is longer than {MOST_LINE} bytes")));
    }
    // A mark at the beginning of a piped file would become part of a password, which nobody could
    // ever type.
    let plain = if is_first { without_byte_order_mark(&line) } else { line.as_str() };
    let plain = plain.strip_suffix('\n').unwrap_or(plain);
    // Like the mark, the carriage return of a file from Windows would become part of it.
    Ok(Zeroizing::new(plain.strip_suffix('\r').unwrap_or(plain).to_owned()))
}

fn unreadable(kind: ErrorKind) -> CommandError {
    CommandError::usage(format!("{STANDARD_INPUT} cannot be read: {kind}"))
}

/// Why a file that somebody named cannot be read, in words that say what is to be looked at.
pub(super) fn why(kind: ErrorKind) -> String {
    match kind {
        ErrorKind::NotFound => "there is no such file; look at its name and folder".to_owned(),
        ErrorKind::PermissionDenied => "this user may not read it".to_owned(),
        ErrorKind::IsADirectory => "it is a folder; name a file in it".to_owned(),
        kind => kind.to_string(),
    }
}

/// Standard input as it is called.
pub(super) const STANDARD_INPUT: &str = "standard input";

/// Whether these are the first bytes of UTF-16, as Windows programs save it: a byte order mark (Unicode, 23.8), or a
/// Latin letter with its other byte, which is 0.
pub(super) fn is_utf_16(bytes: &[u8]) -> bool {
    match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => true,
        [first, second, third, fourth, ..] => {
            let are_zero = [first, second, third, fourth].map(|byte| *byte == 0);
            are_zero == [false, true, false, true] || are_zero == [true, false, true, false]
        }
        _ => false,
    }
}

/// Said of UTF-16.
pub(super) const IS_UTF_16: &str =
    "it is UTF-16; save the file as UTF-8, or turn it into UTF-8 with iconv -f UTF-16 -t UTF-8";

fn text(bytes: Vec<u8>, place: &str) -> Result<String, CommandError> {
    // ISO 32000-2, 7.5.2: so each begins. That it is no text says less.
    if bytes.starts_with(b"%PDF-") {
        return Err(CommandError::usage(format!(
            "{place}: this is a PDF, which is made to be printed; give the same as text, such as CSV or JSON"
        )));
    }
    if is_utf_16(&bytes) {
        return Err(CommandError::usage(format!("{place}: {IS_UTF_16}")));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let sound = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes().iter().take(sound).filter(|byte| **byte == b'\n').count();
        not_utf_8(place, line).because_of(&format!("line {line}"))
    })?;
    Ok(without_byte_order_mark(&text).to_owned())
}

/// A line that is not UTF-8. What stands in it is not repeated: it may be a name.
pub(super) fn not_utf_8(place: &str, line: usize) -> CommandError {
    CommandError::usage(format!(
        "{place}, line {line}: this is not UTF-8; save it as UTF-8, or turn it into UTF-8 with iconv -f LATIN1 -t UTF-8"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_ends_is_refused() {
        let refused = file(Path::new("/dev/zero"), "the script").err().map(|error| error.to_string());
        assert_eq!(refused.as_deref(), Some("the script /dev/zero is longer than 16777216 bytes"));
    }
}
