//! The text of a Trividia True Metrix: frames `(text)CC` in reports of 64 bytes.
//!
//! `CC` is the low byte of the sum of all characters from `(` to `)`, in upper-case hexadecimal. A report to the meter
//! begins with A0 and the length of its text, one from the meter with the length; frames may share a report.

use std::collections::BTreeMap;

use jiff::civil::DateTime;

use super::upper_hexadecimal;
use crate::domain::glucose::{Concentration, Measured};
use crate::domain::reading::{Kind, Reading};

/// Wakes the meter.
pub const WAKE: &str = "^";
/// Asks for the model.
pub const IDENTIFY: &str = "I";
/// Asks for the serial number.
pub const SERIAL: &str = "Z1";
/// Asks for the version of the meter's software.
pub const FIRMWARE: &str = "V";
/// Asks for the clock.
pub const CLOCK: &str = "T";
/// Asks for the results.
pub const RESULTS: &str = "G";

/// The lowest and highest value the meter measures, in mg/dL; beyond them it shows LO and HI.
pub const RANGE: std::ops::RangeInclusive<u16> = 20..=600;

/// Length of a report.
pub const REPORT: usize = 64;
const TO_METER: u8 = 0xA0;
/// More characters before the closing parenthesis than any frame has.
const LONGEST_TEXT: usize = 60;

/// Why bytes are no frame, or a frame not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Parentheses or check digits are missing, or the length of a report is impossible.
    #[error("the frame has no proper start, check value or end")]
    Form,
    /// The check value is not the one of the text.
    #[error("check value {sent:#04x}, expected {computed:#04x}")]
    Checksum {
        /// What the frame says.
        sent: u8,
        /// What its text gives.
        computed: u8,
    },
    /// The text is not made of the digits it should have.
    #[error("the text is not made of the digits it should have")]
    Digits,
}

fn sum(text: &[u8]) -> u8 {
    text.iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte))
}

/// A text as a frame.
#[must_use]
pub fn encode(text: &str) -> String {
    let inner = format!("({text})");
    format!("{inner}{:02X}", sum(inner.as_bytes()))
}

/// A frame as the report that carries it to the meter.
#[must_use]
pub fn request(text: &str) -> Vec<u8> {
    let frame = encode(text);
    let mut report = vec![TO_METER, u8::try_from(frame.len()).unwrap_or(u8::MAX)];
    report.extend_from_slice(frame.as_bytes());
    report.resize(REPORT, 0);
    report
}

/// The text that a report to the meter carries.
///
/// # Errors
/// [`FrameError::Form`].
pub fn requested(report: &[u8]) -> Result<&[u8], FrameError> {
    match report {
        [TO_METER, length, text @ ..] => text.get(..usize::from(*length)).ok_or(FrameError::Form),
        _ => Err(FrameError::Form),
    }
}

/// A text of at most 63 bytes as the report that carries it from the meter.
#[must_use]
pub fn report(text: &[u8]) -> Vec<u8> {
    let mut report = vec![u8::try_from(text.len()).unwrap_or(u8::MAX)];
    report.extend_from_slice(text);
    report.resize(REPORT, 0);
    report
}

/// The text that a report from the meter carries.
///
/// # Errors
/// [`FrameError::Form`] if its length is impossible.
pub fn reported(report: &[u8]) -> Result<&[u8], FrameError> {
    let (length, text) = report.split_first().ok_or(FrameError::Form)?;
    text.get(..usize::from(*length)).filter(|_| usize::from(*length) < REPORT).ok_or(FrameError::Form)
}

/// Takes the next frame out of what has arrived; its text if the check value is right. `None` until
/// there is a whole one.
pub fn take_frame(pending: &mut Vec<u8>) -> Option<Result<String, FrameError>> {
    let start = pending.iter().position(|byte| *byte == b'(').unwrap_or(pending.len());
    pending.drain(..start);
    let inner = pending.iter().skip(1);
    let end = inner.clone().position(|byte| matches!(byte, b'(' | b')')).map(|place| place + 1);
    match end {
        Some(end) if pending.get(end) == Some(&b')') => {
            let whole = end + 3;
            (pending.len() >= whole).then(|| decode(&pending.drain(..whole).collect::<Vec<u8>>()))
        }
        // Another frame begins before this one has ended.
        Some(end) => {
            pending.drain(..end);
            Some(Err(FrameError::Form))
        }
        None if pending.len() > LONGEST_TEXT => {
            pending.clear();
            Some(Err(FrameError::Form))
        }
        None => None,
    }
}

fn decode(frame: &[u8]) -> Result<String, FrameError> {
    let (inner, digits) = frame.split_last_chunk::<2>().ok_or(FrameError::Form)?;
    let sent = upper_hexadecimal::<u16>(digits).ok_or(FrameError::Form)?;
    let computed = sum(inner);
    if u16::from(computed) != sent {
        return Err(FrameError::Checksum { sent: u8::try_from(sent).unwrap_or(u8::MAX), computed });
    }
    let text = inner.get(1..inner.len() - 1).and_then(|text| std::str::from_utf8(text).ok());
    text.filter(|text| text.bytes().all(|byte| (0x20..=0x7E).contains(&byte)))
        .map(str::to_owned)
        .ok_or(FrameError::Form)
}

/// The clock, from the text `tssmmHHDDMMYY`; `None` for digits that are no date or time.
///
/// # Errors
/// [`FrameError::Digits`].
pub fn parse_clock(text: &str) -> Result<Option<DateTime>, FrameError> {
    let digits = text.strip_prefix('t').filter(|digits| digits.len() == 12).ok_or(FrameError::Digits)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(FrameError::Digits);
    }
    let pair = |place: usize| digits.get(place..place + 2).and_then(|pair| pair.parse::<i8>().ok());
    let [second, minute, hour, day, month, year] = [0, 2, 4, 6, 8, 10].map(|place| pair(place).unwrap_or(-1));
    Ok(DateTime::new(2000 + i16::from(year), month, day, hour, minute, second, 0).ok())
}

/// The text of a clock.
#[must_use]
pub fn encode_clock(time: DateTime) -> String {
    time.strftime("t%S%M%H%d%m%y").to_string()
}

/// The sum of the characters of all results, as the last frame says it: `x1XXXX`.
///
/// # Errors
/// [`FrameError::Digits`].
pub fn parse_total(text: &str) -> Result<u16, FrameError> {
    // What the character behind the x says is not published; Tidepool drops it too.
    let digits = text.strip_prefix('x').and_then(|rest| rest.get(1..)).filter(|digits| digits.len() == 4);
    digits.and_then(|digits| upper_hexadecimal(digits.as_bytes())).ok_or(FrameError::Digits)
}

/// The sum of the characters of these results.
#[must_use]
pub fn total<'a>(results: impl IntoIterator<Item = &'a str>) -> u16 {
    let bytes = results.into_iter().flat_map(str::bytes);
    bytes.fold(0, |sum: u16, byte| sum.wrapping_add(u16::from(byte)))
}

/// The digits of one result.
#[must_use]
pub fn encode_result(time: DateTime, value: u16, is_control: bool) -> String {
    let year = time.year().rem_euclid(100);
    let day = i16::from(time.day()) * 100 + year;
    let clock = i16::from(time.hour()) * 100 + i16::from(time.minute());
    let [high, low] = value.to_be_bytes();
    format!("{:X}{day:03X}{clock:03X}{high:X}{low:02X}0{}", time.month(), u8::from(is_control))
}

/// A reading from the twelve digits of a result; `index` is its place, newest first.
///
/// Digit 0 is the month, 1 to 3 are the day and the year as one number (`DDYY`), 4 to 6 hour and minute (`HHmm`), 7 to
/// 9 the value, of whose first digit three bits count, 10 is unknown, and 11 is not zero for control solution.
///
/// # Errors
/// [`FrameError::Digits`].
pub fn reading(digits: &str, index: u32) -> Result<Reading, FrameError> {
    if digits.len() != 12 {
        return Err(FrameError::Digits);
    }
    let field = |from: usize, to: usize| {
        digits.get(from..to).and_then(|field| upper_hexadecimal::<u16>(field.as_bytes())).ok_or(FrameError::Digits)
    };
    // Three bits of the first digit count. Tidepool masks the character instead of its number, and so reads 0 for A to
    // F.
    let (month, day, clock, value) = (field(0, 1)?, field(1, 4)?, field(4, 7)?, field(7, 10)? & 0x7FF);
    // Read though nobody knows what it is: a character that is no digit shows a damaged row.
    let (_unknown, control) = (field(10, 11)?, field(11, 12)?);
    let small = |number: u16| i8::try_from(number).unwrap_or(-1);
    let year = 2000 + i16::from(small(day % 100));
    let time = DateTime::new(year, small(month), small(day / 100), small(clock / 100), small(clock % 100), 0, 0).ok();
    let measured = match value {
        value if value < *RANGE.start() => Measured::Low,
        value if value > *RANGE.end() => Measured::High,
        value => Measured::Value(Concentration::mg_per_dl(u32::from(value))),
    };
    Ok(Reading {
        corrected_from: None,
        index,
        time,
        measured,
        kind: if control == 0 { Kind::Blood } else { Kind::Control },
        meal: None,
        doubts: super::time_doubt(time),
        raw: BTreeMap::from([("result".to_owned(), digits.to_owned())]),
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    /// The frames of the specification.
    #[test]
    fn frames_are_the_published_ones() {
        for (text, frame) in [
            (WAKE, "(^)AF"),
            (IDENTIFY, "(I)9A"),
            (SERIAL, "(Z1)DC"),
            (FIRMWARE, "(V)A7"),
            (CLOCK, "(T)A5"),
            (RESULTS, "(G)98"),
            ("iMR2", "(iMR2)8B"),
            ("z112345678", "(z112345678)A0"),
            ("t000807060520", "(t000807060520)21"),
        ] {
            assert_eq!(encode(text), frame);
        }
        let report = request(RESULTS);
        assert_eq!(report.get(..8), Some(&b"\xA0\x05(G)98\0"[..]));
        assert_eq!((report.len(), requested(&report)), (64, Ok(&b"(G)98"[..])));
    }

    #[test]
    fn the_clock_begins_with_its_seconds() {
        assert_eq!(parse_clock("t000807060520"), Ok(Some(date(2020, 5, 6).at(7, 8, 0, 0))));
        assert_eq!(encode_clock(date(2020, 5, 6).at(7, 8, 0, 0)), "t000807060520");
        assert_eq!(parse_clock("t000807310220"), Ok(None));
        assert_eq!(parse_clock("t00080706052"), Err(FrameError::Digits));
    }

    #[test]
    fn results_are_the_published_ones() {
        assert_eq!(encode_result(date(2020, 5, 6).at(7, 8, 59, 0), 123, false), "526C2C407B00");
        let high = reading("4BCC89D25900", 1).unwrap();
        assert_eq!((high.measured, high.time), (Measured::High, Some(date(2020, 4, 30).at(22, 5, 0, 0))));
        assert_eq!(total(["526C2C407B00", "4BCC89D25900"]), 0x0543);
        assert_eq!(parse_total("x10543"), Ok(0x0543));
        assert_eq!(reading("526C2C407B02", 0).unwrap().kind, Kind::Control);
        // The four unused bits of the value change nothing; Tidepool reads 0 for A to F here.
        assert_eq!(reading("526C2C4F7B00", 0).unwrap().measured, Measured::High);
        assert_eq!(reading("526C2C4A7B00", 0).unwrap().raw["result"], "526C2C4A7B00");
        for wrong in ["526C2C407B0", "526C2C407B0g", "526C2C407b00", "526C2C407B000"] {
            assert_eq!(reading(wrong, 0), Err(FrameError::Digits), "{wrong}");
        }
    }

    #[test]
    fn a_broken_frame_does_not_take_the_next_one_with_it() {
        let mut pending = b"noise(iMR2(I)9A(V)A8(T".to_vec();
        assert_eq!(take_frame(&mut pending), Some(Err(FrameError::Form)));
        assert_eq!(take_frame(&mut pending), Some(Ok("I".to_owned())));
        assert_eq!(take_frame(&mut pending), Some(Err(FrameError::Checksum { sent: 0xA8, computed: 0xA7 })));
        assert_eq!(take_frame(&mut pending), None);
        pending.extend(b")A5");
        assert_eq!(take_frame(&mut pending), Some(Ok("T".to_owned())));
    }

    proptest! {
        #[test]
        fn a_frame_goes_round(text in "[!-'*-~]{1,40}") {
            let mut pending = encode(&text).into_bytes();
            prop_assert_eq!(take_frame(&mut pending), Some(Ok(text)));
            prop_assert!(pending.is_empty());
        }

        #[test]
        fn a_result_goes_round(minute in 0_i32..50_000_000, value in 0_u16..=0x7FF, control: bool) {
            let since = jiff::SignedDuration::from_mins(i64::from(minute));
            let time = date(2000, 1, 1).at(0, 0, 0, 0).saturating_add(since);
            let found = reading(&encode_result(time, value, control), 0).unwrap();
            prop_assert_eq!(found.time, Some(time));
            prop_assert_eq!(found.kind == Kind::Control, control);
        }

        #[test]
        fn any_bytes_are_borne(bytes: Vec<u8>, text in "\\PC{0,20}") {
            let mut pending = bytes.clone();
            while take_frame(&mut pending).is_some() {}
            let _ = (reported(&bytes), requested(&bytes), reading(&text, 0), parse_clock(&text), parse_total(&text));
        }
    }
}
