//! The text lines of LifeScan's older meters (OneTouch Ultra and Ultra 2): framing and checksum.
//!
//! Every answer is one or more lines `TEXT SP CCCC CR LF`. `CCCC` is the sum of the character codes of `TEXT`, modulo
//! 65536, as four upper-case hexadecimal digits. What the texts mean is in [`answers`] and [`record`].

pub mod answers;
pub mod record;

use super::upper_hexadecimal;

/// Wakes the meter; stands in front of every command. The meter may send the same two bytes back.
pub const WAKE_UP: [u8; 2] = [0x11, 0x0D];

/// Ends a command and a line.
pub const CARRIAGE_RETURN: u8 = 0x0D;

/// Why a line is not to be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// The line does not end in a space and four upper-case hexadecimal digits.
    #[error("no checksum")]
    NoChecksum,
    /// The checksum is not the one of the text.
    #[error("checksum {sent:#06x}, expected {computed:#06x}")]
    Checksum {
        /// What the line says.
        sent: u16,
        /// What its text gives.
        computed: u16,
    },
    /// The text holds a byte that is no printable ASCII character.
    #[error("a character outside ASCII")]
    NotAscii,
}

/// Why the text of a sound line is not the answer it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// The letters at the start, the commas and quotes, or the end are not those of the answer.
    #[error("the fields are not where they should be")]
    Form,
    /// Not three digits.
    #[error("the number of records is not three digits")]
    Count,
    /// Not `MM/DD/YY` or `HH:MM:SS` in digits.
    #[error("the date or the time is not made of digits")]
    Stamp,
    /// Neither three digits nor a word beyond the range.
    #[error("the value is neither a number nor a known word")]
    Value,
    /// Not one of the three meal marks.
    #[error("the meal mark is unknown")]
    Meal,
}

/// The checksum of a text: the sum of its bytes, modulo 65536.
#[must_use]
pub fn checksum(text: &[u8]) -> u16 {
    text.iter().fold(0, |sum: u16, byte| sum.wrapping_add(u16::from(*byte)))
}

/// The text of a line that has been cut at its carriage return, if its checksum is right.
///
/// # Errors
/// [`LineError`] says what is wrong; such a line must not be used.
pub fn decode_line(line: &[u8]) -> Result<&str, LineError> {
    let (text, [b' ', digits @ ..]) = line.split_last_chunk::<5>().ok_or(LineError::NoChecksum)? else {
        return Err(LineError::NoChecksum);
    };
    let sent = upper_hexadecimal::<u16>(digits).ok_or(LineError::NoChecksum)?;
    let computed = checksum(text);
    if sent != computed {
        return Err(LineError::Checksum { sent, computed });
    }
    // Two changes may cancel out in a sum; a byte that is no text betrays some of these.
    if !text.iter().all(|byte| (0x20..=0x7E).contains(byte)) {
        return Err(LineError::NotAscii);
    }
    std::str::from_utf8(text).map_err(|_| LineError::NotAscii)
}

/// A line as the meter sends it, with checksum, carriage return and line feed.
#[must_use]
pub fn encode_line(text: &str) -> Vec<u8> {
    format!("{text} {:04X}\r\n", checksum(text.as_bytes())).into_bytes()
}

/// A command as the host sends it: the wake-up, the letters, a carriage return.
#[must_use]
pub fn command(letters: &str) -> Vec<u8> {
    let mut bytes = WAKE_UP.to_vec();
    bytes.extend_from_slice(letters.as_bytes());
    // glucometerutils ends every command so, Tidepool none of its questions; meters answer both.
    bytes.push(CARRIAGE_RETURN);
    bytes
}

/// The text between the quotes at the start of `text`, and what follows the closing quote.
fn quoted(text: &str) -> Result<(&str, &str), TextError> {
    text.strip_prefix('"').and_then(|rest| rest.split_once('"')).ok_or(TextError::Form)
}

/// What follows `start` in `text`.
fn after<'a>(start: &str, text: &'a str) -> Result<&'a str, TextError> {
    text.strip_prefix(start).ok_or(TextError::Form)
}

/// A number of exactly `digits` decimal digits.
fn number(text: &str, digits: usize) -> Option<u16> {
    if text.len() != digits || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Sums by hand: `T` is 0x54, `Z` 0x5A, `S` 0x53; the longer ones are published samples.
    #[test]
    fn checksums_are_the_published_ones() {
        for (text, sum) in [
            ("T", 0x0054),
            ("Z", 0x005A),
            ("S", 0x0053),
            (r#"T "SAT","08/03/13","22:12:00   ""#, 0x0608),
            (r#"P 003,"GMF600DCY","MG/DL ""#, 0x05A6),
            (r#"@ "12345678O""#, 0x0297),
        ] {
            assert_eq!(checksum(text.as_bytes()), sum, "{text}");
        }
    }

    #[test]
    fn a_line_is_opened_only_if_its_checksum_is_right() {
        assert_eq!(decode_line(b"S 0053"), Ok("S"));
        assert_eq!(decode_line(b"% 2500"), Err(LineError::Checksum { sent: 0x2500, computed: 0x0025 }));
        for damaged in [&b""[..], b"S", b"S0053", b"S 053", b"S 00 53", b"% 13AZ", b"J 004a", b"INVALID"] {
            assert_eq!(decode_line(damaged), Err(LineError::NoChecksum));
        }
        assert_eq!(decode_line(b"\x07 0007"), Err(LineError::NotAscii));
        assert_eq!(decode_line(b"\xE9 00E9"), Err(LineError::NotAscii));
    }

    #[test]
    fn lines_and_commands_are_framed_as_published() {
        assert_eq!(encode_line("S"), b"S 0053\r\n");
        assert_eq!(command("DM@"), [0x11, 0x0D, b'D', b'M', b'@', 0x0D]);
    }

    proptest! {
        #[test]
        fn a_closed_line_opens_again(text in "[ -~]{0,80}") {
            let line = encode_line(&text);
            prop_assert_eq!(decode_line(&line[..line.len() - 2]), Ok(text.as_str()));
        }

        #[test]
        fn one_wrong_bit_never_gives_another_text(text in "[ -~]{1,80}", place: usize, bit in 0_u8..8) {
            let mut line = encode_line(&text);
            line.truncate(line.len() - 2);
            let place = place % line.len();
            line[place] ^= 1 << bit;
            prop_assert!(decode_line(&line).is_err());
        }

        #[test]
        fn any_bytes_are_borne(bytes: Vec<u8>) {
            let _ = decode_line(&bytes);
        }
    }
}
