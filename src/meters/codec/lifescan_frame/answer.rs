//! What the messages of the meters' answers hold: the request's first byte again, a status, then the data.

use jiff::SignedDuration;
use jiff::civil::{DateTime, date};

/// The status of an answer that has what was asked for.
pub const DONE: u8 = 0x06;

/// The status of a refusal; what follows it has no meaning that is known.
pub const REFUSED: u8 = 0x09;

/// The status of the `UltraEasy`'s answer to a record that it does not have: the number of those it has.
pub const NO_SUCH_RECORD: u8 = 0x0F;

/// Why a sound frame is not the answer it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// It answers another kind of request.
    #[error("it answers another request")]
    Stray,
    /// The meter refuses.
    #[error("the meter answers with status {status:#04x}")]
    Refused {
        /// The second byte of the message.
        status: u8,
    },
    /// The data are not as long as they must be.
    #[error("{found} bytes of data instead of {wanted}")]
    Length {
        /// How many there are.
        found: usize,
        /// How many there should be.
        wanted: usize,
    },
    /// A text is not printable, not ended, or empty.
    #[error("the text cannot be read")]
    Text,
    /// The value needs more bits than a value has.
    #[error("the value is beyond all numbers that are values")]
    Value,
}

/// The data of an answer to a request that began with `prefix`, if its status is `status`.
///
/// # Errors
/// [`AnswerError::Stray`] or [`AnswerError::Refused`].
pub fn data(message: &[u8], prefix: u8, status: u8) -> Result<&[u8], AnswerError> {
    match message {
        [first, second, data @ ..] if *first == prefix && *second == status => Ok(data),
        [first, second, ..] if *first == prefix => Err(AnswerError::Refused { status: *second }),
        _ => Err(AnswerError::Stray),
    }
}

/// Data of exactly `N` bytes.
///
/// # Errors
/// [`AnswerError::Length`].
pub fn exactly<const N: usize>(data: &[u8]) -> Result<[u8; N], AnswerError> {
    data.try_into().map_err(|_| AnswerError::Length { found: data.len(), wanted: N })
}

/// Printable ASCII that is ended by zero bytes or by the data; never empty.
///
/// # Errors
/// [`AnswerError::Text`].
pub fn ascii(data: &[u8]) -> Result<&str, AnswerError> {
    let end = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
    let (text, rest) = data.split_at_checked(end).ok_or(AnswerError::Text)?;
    let is_text = !text.is_empty() && text.iter().all(|byte| (0x20..=0x7E).contains(byte));
    if !is_text || rest.iter().any(|byte| *byte != 0) {
        return Err(AnswerError::Text);
    }
    std::str::from_utf8(text).map_err(|_| AnswerError::Text)
}

/// A text with its length in front; zero bytes may follow.
///
/// # Errors
/// [`AnswerError::Text`].
pub fn counted_ascii(data: &[u8]) -> Result<&str, AnswerError> {
    let (length, rest) = data.split_first().ok_or(AnswerError::Text)?;
    // A Verio IQ puts a zero behind the text that its length does not count; the UltraEasy does not.
    let (text, rest) = rest.split_at_checked(usize::from(*length)).ok_or(AnswerError::Text)?;
    if rest.iter().any(|byte| *byte != 0) {
        return Err(AnswerError::Text);
    }
    ascii(text)
}

/// UTF-16 with the low byte first, ended by a zero; never empty.
///
/// # Errors
/// [`AnswerError::Text`].
pub fn utf16(data: &[u8]) -> Result<String, AnswerError> {
    let units: Vec<u16> = data.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit)).collect();
    let end = units.iter().position(|unit| *unit == 0).ok_or(AnswerError::Text)?;
    let text = units.get(..end).and_then(|text| String::from_utf16(text).ok()).ok_or(AnswerError::Text)?;
    if text.is_empty() || text.chars().any(char::is_control) { Err(AnswerError::Text) } else { Ok(text) }
}

/// A text as [`utf16`] reads it.
#[must_use]
pub fn encode_utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

/// From when a meter counts the seconds of its wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Epoch {
    /// 1970-01-01 00:00:00 (`UltraEasy`).
    Year1970,
    /// 2000-01-01 00:00:00 (Verio IQ, Verio).
    Year2000,
}

impl Epoch {
    const fn start(self) -> DateTime {
        match self {
            Self::Year1970 => date(1970, 1, 1).at(0, 0, 0, 0),
            Self::Year2000 => date(2000, 1, 1).at(0, 0, 0, 0),
        }
    }

    /// The wall time so many seconds later. No zone, no change of the hour.
    #[must_use]
    pub fn time(self, seconds: u32) -> DateTime {
        self.start().saturating_add(SignedDuration::from_secs(i64::from(seconds)))
    }

    /// The seconds up to this wall time; 0 before, and the most that four bytes hold after their end.
    #[must_use]
    pub fn seconds(self, time: DateTime) -> u32 {
        let seconds = self.start().duration_until(time).as_secs().max(0);
        u32::try_from(seconds).unwrap_or(u32::MAX)
    }
}

/// The first wall time that a meter of these families can have measured at. They were first sold in 2007; a clock
/// that was never set begins at its epoch.
#[must_use]
pub const fn first_possible_time() -> DateTime {
    date(2000, 1, 1).at(0, 0, 1, 0)
}
