//! Files in which Roche's devices report readings: the CSV of the Accu-Chek Mobile and the XML of the Smart Pix reader.
//! Here, what both have in common: text of unknown encoding, numbers, dates and times.

pub mod mobile_csv;
pub mod smart_pix_xml;

use std::borrow::Cow;

use jiff::civil::{Date, Time};

use crate::domain::glucose::{Concentration, Measured, Unit};

/// Lowest and highest value of these meters in mg/dL; beyond them they show LO and HI. The files do not tell it; other
/// readers of them take 600, and 10 or 20. The wider one doubts no true value.
const RANGE: (f64, f64) = (10.0, 600.0);

/// The longest number that is read: a meter shows at most four digits.
const LONGEST_NUMBER: usize = 6;

/// What is wrong with one reading of a report. Never holds a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReportReadingError {
    /// A line does not have as many columns as the others.
    #[error("it has {found} columns, not {expected}")]
    Columns {
        /// How many it has.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// A line does not end as the others do: a byte of its end was changed or lost.
    #[error("its line end is damaged")]
    LineEnd,
    /// It has characters that no report has, or a length that no row has: what stands there may be parts of two, with
    /// others gone between them.
    #[error("there are characters in it, or too many of them, that no row of a report has")]
    Damaged,
    /// There is no result, or it is neither a number nor HI nor LO.
    #[error("its result is neither a number nor HI nor LO")]
    Result,
    /// The unit is not known.
    #[error("its unit is neither mg/dL nor mmol/L")]
    Unit,
    /// The XML of the reading cannot be understood.
    #[error("its attributes cannot be read")]
    Attributes,
    /// Something that is no reading stands where readings stand.
    #[error("it is no reading")]
    NoReading,
}

/// The most characters of a line or an element. Readings of published reports have at most 120, and the longest line,
/// the names of a Mobile's columns with the 197 blanks behind them, some 310; a hole of one sector of a drive (512
/// bytes) makes more.
const LONGEST: usize = 400;

/// Whether a row or an element cannot be as it was written.
#[must_use]
pub fn is_damaged(text: &str) -> bool {
    let is_strange = |c: char| (c.is_control() && !matches!(c, '\t' | '\r' | '\n')) || c == char::REPLACEMENT_CHARACTER;
    text.chars().take(LONGEST + 1).count() > LONGEST || text.contains(is_strange)
}

/// The text of a file: by its byte order mark, else as UTF-8, else as Windows-1252.
#[must_use]
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0;
    }
    // UTF-8 first: text in Windows-1252 with letters beyond ASCII is hardly ever valid UTF-8 by
    // chance, while any bytes at all are valid Windows-1252.
    match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// A result as reports write it: digits with a decimal point or comma, `HI` or `LO`. Only a number needs its unit.
///
/// # Errors
/// [`ReportReadingError::Result`] for anything else, [`ReportReadingError::Unit`] for a number without a unit.
pub fn measured(text: &str, unit: impl Into<Option<Unit>>) -> Result<Measured, ReportReadingError> {
    let capitals = text.to_uppercase();
    if capitals.starts_with("HI") {
        return Ok(Measured::High);
    }
    if capitals.starts_with("LO") {
        return Ok(Measured::Low);
    }
    // All published samples have a point; a device of another country may write a comma.
    let (whole, fraction) = text.split_once(['.', ',']).map_or((text, None), |(whole, part)| (whole, Some(part)));
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || fraction.is_some_and(|part| !is_number(part)) || text.len() > LONGEST_NUMBER {
        return Err(ReportReadingError::Result);
    }
    let fraction = fraction.unwrap_or_default();
    let digits = format!("{whole}{fraction}").parse().map_err(|_| ReportReadingError::Result)?;
    let decimals = u8::try_from(fraction.len()).map_err(|_| ReportReadingError::Result)?;
    let unit = unit.into().ok_or(ReportReadingError::Unit)?;
    Ok(Measured::Value(Concentration::new(digits, decimals, unit)))
}

/// The unit, in capitals or not.
///
/// # Errors
/// [`ReportReadingError::Unit`] if it is not known.
pub fn unit(text: &str) -> Result<Unit, ReportReadingError> {
    match text.trim().to_lowercase().as_str() {
        "mg/dl" => Ok(Unit::MgPerDl),
        "mmol/l" => Ok(Unit::MmolPerL),
        _ => Err(ReportReadingError::Unit),
    }
}

/// Whether the meter can have measured so much.
#[must_use]
pub fn is_in_range(measured: Measured) -> bool {
    let (low, high) = RANGE;
    measured.concentration().is_none_or(|value| (low..=high).contains(&value.glucose_mg_per_dl().round()))
}

/// A date of three numbers in digits, in this order: `2026-07-14` is year, month, day.
fn date_of(year: &str, month: &str, day: &str) -> Option<Date> {
    let number = |text: &str, length: usize| {
        let right = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
        if right { text.parse::<i16>().ok() } else { None }
    };
    let month = i8::try_from(number(month, 2)?).ok()?;
    Date::new(number(year, 4)?, month, i8::try_from(number(day, 2)?).ok()?).ok()
}

/// A time of day without seconds: `08:30`.
#[must_use]
pub fn minute(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str| {
        let right = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        if right { text.parse::<i8>().ok() } else { None }
    };
    Time::new(number(hour)?, number(minute)?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("5.7", 57, 1)]
    #[case("5,7", 57, 1)]
    #[case("10.0", 100, 1)]
    #[case("103", 103, 0)]
    #[case("0.6", 6, 1)]
    fn a_number_keeps_its_digits(#[case] text: &str, #[case] digits: u32, #[case] decimals: u8) {
        let expected = Measured::Value(Concentration::new(digits, decimals, Unit::MmolPerL));
        assert_eq!(measured(text, Unit::MmolPerL), Ok(expected));
    }

    #[test]
    fn words_stay_words() {
        for text in ["HI", "Hi", "HIGH"] {
            assert_eq!(measured(text, Unit::MgPerDl), Ok(Measured::High));
        }
        for text in ["LO", "lo", "LOW"] {
            assert_eq!(measured(text, Unit::MgPerDl), Ok(Measured::Low));
        }
    }

    #[rstest]
    fn anything_else_is_no_result(
        #[values("", "-5.7", "+5", "5.", ".7", "5.7.1", "1e2", "5 7", "---", "five", "1234567", "\u{665}")] text: &str,
    ) {
        assert_eq!(measured(text, Unit::MmolPerL), Err(ReportReadingError::Result));
    }

    #[test]
    fn the_range_holds_in_both_units() {
        let value = |digits, decimals, unit| Measured::Value(Concentration::new(digits, decimals, unit));
        for (digits, is_in) in [(9, false), (10, true), (600, true), (601, false)] {
            assert_eq!(is_in_range(value(digits, 0, Unit::MgPerDl)), is_in);
        }
        for (digits, is_in) in [(5, false), (6, true), (333, true), (334, false)] {
            assert_eq!(is_in_range(value(digits, 1, Unit::MmolPerL)), is_in);
        }
        assert!(is_in_range(Measured::High) && is_in_range(Measured::Low));
    }

    #[test]
    fn text_is_decoded_by_mark_then_utf_8_then_windows_1252() {
        assert_eq!(decode(b"\xEF\xBB\xBFGer\xC3\xA4t"), "Gerät");
        assert_eq!(decode(b"Ger\xC3\xA4t"), "Gerät");
        assert_eq!(decode(b"Ger\xE4t"), "Gerät");
        assert_eq!(decode(b"\xFF\xFEG\x00t\x00"), "Gt");
    }

    #[test]
    fn only_whole_dates_and_times_are_taken() {
        assert_eq!(date_of("2026", "07", "14"), Some(jiff::civil::date(2026, 7, 14)));
        assert_eq!(date_of("2026", "02", "29"), None);
        assert_eq!(date_of("26", "07", "14"), None);
        assert_eq!(minute("08:30"), Some(jiff::civil::time(8, 30, 0, 0)));
        for text in ["8:30", "24:00", "08:60", "08:30:00", "0830", "+8:30"] {
            assert_eq!(minute(text), None, "{text}");
        }
    }
}
