//! The texts of a ReliOn Prime or GLUCOCARD Vital (Arkray): an ASTM header, then answers that begin with `D|`.
//!
//! Only the header and the records have a check value: the low byte of a sum, as two upper-case hexadecimal digits.

use std::collections::BTreeMap;

use jiff::civil::DateTime;

use super::upper_hexadecimal;
use crate::domain::glucose::{Concentration, Measured};
use crate::domain::reading::{Doubt, Kind, Reading};

/// Start of the header.
pub const STX: u8 = 0x02;
/// Ends a talk; also the meter's answer to [`COMMAND_MODE`].
pub const EOT: u8 = 0x04;
/// Asks to be heard.
pub const ENQ: u8 = 0x05;
/// Understood.
pub const ACK: u8 = 0x06;
/// Not understood, or not there.
pub const NAK: u8 = 0x15;
/// Asks the meter to take commands.
pub const COMMAND_MODE: u8 = 0x92;
const ETB: u8 = 0x17;

/// Length of an answer with a record, from `D|` to the check value. `D|`, 16 characters, ETB, two digits.
pub const RECORD_ANSWER: usize = 21;

/// The lowest and highest value the meter measures, in mg/dL.
pub const RANGE: std::ops::RangeInclusive<u16> = 20..=600;

/// Why a text is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Control characters, bars or digits are not where they should be.
    #[error("the fields are not where they should be")]
    Form,
    /// The check value is not the one of the text.
    #[error("check value {sent:#04x}, expected {computed:#04x}")]
    Checksum {
        /// What the message says.
        sent: u8,
        /// What its text gives.
        computed: u8,
    },
}

fn sum(text: &[u8]) -> u8 {
    text.iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte))
}

/// What stands before the two check digits, if they are right.
fn check(message: &[u8]) -> Result<&[u8], TextError> {
    let (text, digits) = message.split_last_chunk::<2>().ok_or(TextError::Form)?;
    let sent = upper_hexadecimal::<u16>(digits).ok_or(TextError::Form)?;
    let computed = sum(text);
    if u16::from(computed) == sent {
        Ok(text)
    } else {
        Err(TextError::Checksum { sent: u8::try_from(sent).unwrap_or(u8::MAX), computed })
    }
}

/// What the meter says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The product's code.
    pub product: String,
    /// The serial number.
    pub serial: String,
}

impl Header {
    /// The header from its frame, `STX` to the line feed.
    ///
    /// # Errors
    /// [`TextError`] says what is wrong.
    pub fn parse(frame: &[u8]) -> Result<Self, TextError> {
        let message = frame.strip_prefix(&[STX]).and_then(|rest| rest.strip_suffix(b"\r\n")).ok_or(TextError::Form)?;
        let text = check(message)?.strip_suffix(&[b'\r', ETB]).and_then(|text| std::str::from_utf8(text).ok());
        let fields: Vec<&str> = text.ok_or(TextError::Form)?.split('|').collect();
        let (Some(first), Some(identity)) = (fields.first(), fields.get(4)) else { return Err(TextError::Form) };
        match identity.split('^').collect::<Vec<_>>().as_slice() {
            // The number of the frame stands before the H.
            [product, _, serial, ..] if first.ends_with('H') && !serial.is_empty() => {
                Ok(Self { product: (*product).to_owned(), serial: (*serial).to_owned() })
            }
            _ => Err(TextError::Form),
        }
    }

    /// The frame as a meter sends it.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut text = format!(r"1H|\^&|||{}^01.00^{}|||||||P|1|", self.product, self.serial).into_bytes();
        text.extend([b'\r', ETB]);
        let digits = format!("{:02X}\r\n", sum(&text));
        [&[STX], text.as_slice(), digits.as_bytes()].concat()
    }
}

/// The number of records, from between the bars.
///
/// # Errors
/// [`TextError::Form`].
pub fn parse_count(text: &str) -> Result<u16, TextError> {
    let right = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    right.then(|| text.parse().ok()).flatten().ok_or(TextError::Form)
}

/// The clock, from its date `YYMMDD` and its time `HHmm`; `None` for digits that are no date or time.
///
/// # Errors
/// [`TextError::Form`].
pub fn parse_clock(date: &str, time: &str) -> Result<Option<DateTime>, TextError> {
    let [year, month, day] = pairs(date).ok_or(TextError::Form)?;
    let [hour, minute] = pairs(time).ok_or(TextError::Form)?;
    Ok(DateTime::new(2000 + i16::from(year), month, day, hour, minute, 0, 0).ok())
}

/// So many numbers of two decimal digits.
fn pairs<const N: usize>(text: &str) -> Option<[i8; N]> {
    if text.len() != 2 * N || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let numbers: Vec<i8> = (0..N).filter_map(|place| text.get(2 * place..2 * place + 2)?.parse().ok()).collect();
    numbers.try_into().ok()
}

/// The text of a record, from the answer `D|` text `ETB` and check value.
///
/// # Errors
/// [`TextError`] says what is wrong.
pub fn decode_answer(answer: &[u8]) -> Result<&str, TextError> {
    let text = check(answer)?.strip_prefix(b"D|").and_then(|text| text.strip_suffix(&[ETB]));
    text.filter(|text| text.len() == 16).and_then(|text| std::str::from_utf8(text).ok()).ok_or(TextError::Form)
}

/// A record as a meter sends it, without what follows the check value.
#[must_use]
pub fn encode_answer(text: &str) -> Vec<u8> {
    let mut answer = b"D|".to_vec();
    answer.extend_from_slice(text.as_bytes());
    answer.push(ETB);
    let digits = format!("{:02X}", sum(&answer));
    answer.extend_from_slice(digits.as_bytes());
    answer
}

/// The text of a record; `flags` is 1 for HI, 2 for LO, 4 for control.
#[must_use]
pub fn encode_record(time: DateTime, value: u16, flags: u8) -> String {
    format!("{:04X}{}{flags:02X}", value.swap_bytes(), time.strftime("%M%H%d%m%y"))
}

/// A reading from the text of a record, `VVVVmmHHDDMMYYFF`; `index` is its place.
///
/// # Errors
/// [`TextError::Form`].
pub fn reading(text: &str, index: u32) -> Result<Reading, TextError> {
    let field = |from: usize, to: usize| text.get(from..to).filter(|_| text.len() == 16).ok_or(TextError::Form);
    // The low byte comes first: `7B00` is 123.
    let value = upper_hexadecimal::<u16>(field(0, 4)?.as_bytes()).ok_or(TextError::Form)?.swap_bytes();
    let [minute, hour, day, month, year] = pairs(field(4, 14)?).ok_or(TextError::Form)?;
    let flags = upper_hexadecimal::<u16>(field(14, 16)?.as_bytes()).ok_or(TextError::Form)?;
    let time = DateTime::new(2000 + i16::from(year), month, day, hour, minute, 0, 0).ok();
    // HI and LO at once contradict each other: the number is kept as it stands, with a doubt below.
    let measured = match flags & 3 {
        1 => Measured::High,
        2 => Measured::Low,
        _ => Measured::Value(Concentration::mg_per_dl(u32::from(value))),
    };
    let mut doubts = super::time_doubt(time);
    if matches!(measured, Measured::Value(_)) && !RANGE.contains(&value) {
        doubts.push(Doubt::OutsideMeterRange);
    }
    // What nobody has published may mark a test with control solution.
    if flags & !7 != 0 || flags & 3 == 3 {
        doubts.push(Doubt::KindUncertain);
    }
    Ok(Reading {
        corrected_from: None,
        index,
        time,
        measured,
        kind: if flags & 4 == 0 { Kind::Blood } else { Kind::Control },
        meal: None,
        doubts,
        raw: BTreeMap::from([("record".to_owned(), text.to_owned())]),
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    /// The value of the specification, `7B00` for 123; the sum by hand: D and bar 0xC0, `7B00` 0xD9, eleven zeros and
    /// 8, 7, 6, 5, 2 by their digits 0x240 + 28, less one zero, ETB 0x17.
    #[test]
    fn a_record_is_as_described() {
        let text = encode_record(date(2020, 5, 6).at(7, 8, 30, 0), 123, 0);
        assert_eq!(text, "7B00080706052000");
        assert_eq!(decode_answer(&encode_answer(&text)), Ok(text.as_str()));
        let by_hand = 0x44 + 0x7C + (0x37 + 0x42 + 0x30 * 2) + 0x30 * 12 + (8 + 7 + 6 + 5 + 2) + 0x17;
        assert_eq!(encode_answer(&text).get(19..), Some(format!("{:02X}", by_hand % 256).as_bytes()));
        let found = reading(&text, 0).unwrap();
        assert_eq!(found.measured, Measured::Value(Concentration::mg_per_dl(123)));
        assert_eq!(found.time, Some(date(2020, 5, 6).at(7, 8, 0, 0)));
    }

    #[test]
    fn flags_are_kept_apart() {
        let of = |flags| reading(&encode_record(date(2020, 5, 6).at(7, 8, 0, 0), 601, flags), 0).unwrap();
        assert_eq!((of(1).measured, of(2).measured), (Measured::High, Measured::Low));
        assert_eq!((of(4).kind, of(4).doubts), (Kind::Control, vec![Doubt::OutsideMeterRange]));
        assert_eq!((of(5).kind, of(5).measured), (Kind::Control, Measured::High));
        assert_eq!(of(9).doubts, [Doubt::KindUncertain]);
    }

    /// The checksum of the frame `2P|1<CR><ETB>` is 53 (specification of ASTM frames).
    #[test]
    fn a_header_names_product_and_serial() {
        assert_eq!(check(b"2P|1\r\x1753"), Ok(&b"2P|1\r\x17"[..]));
        let header = Header { product: "PRIME".to_owned(), serial: "000123".to_owned() };
        let frame = header.encode();
        assert_eq!(Header::parse(&frame), Ok(header));
        assert!(Header::parse(frame.get(1..).unwrap()).is_err());
    }

    #[test]
    fn clock_and_count_are_digits() {
        assert_eq!(parse_clock("260714", "1203"), Ok(Some(date(2026, 7, 14).at(12, 3, 0, 0))));
        assert_eq!(parse_clock("260231", "1203"), Ok(None));
        assert_eq!(parse_clock("1203", "260714"), Err(TextError::Form));
        assert_eq!(
            (parse_count("250"), parse_count(""), parse_count("2F")),
            (Ok(250), Err(TextError::Form), Err(TextError::Form))
        );
    }

    proptest! {
        #[test]
        fn one_wrong_bit_is_noticed(value: u16, flags in 0_u8..8, place in 0_usize..21, bit in 0_u8..8) {
            let mut answer = encode_answer(&encode_record(date(2026, 7, 14).at(8, 30, 0, 0), value, flags));
            answer[place] ^= 1 << bit;
            prop_assert!(decode_answer(&answer).is_err());
        }

        #[test]
        fn any_bytes_are_borne(bytes: Vec<u8>, text in "\\PC{0,20}") {
            let _ = (decode_answer(&bytes), Header::parse(&bytes), reading(&text, 0), parse_clock(&text, &text));
        }
    }
}
