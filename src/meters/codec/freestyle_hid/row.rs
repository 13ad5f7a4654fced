//! A row of comma-separated fields, and what all its kinds have in common.

use jiff::civil::DateTime;

use crate::domain::glucose::{Concentration, Measured, Unit};

/// Why a row is no record of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// It has more or fewer fields than its kind.
    #[error("{got} fields, not {expected}")]
    Fields {
        /// How many there are.
        got: usize,
        /// How many there should be.
        expected: &'static str,
    },
    /// Its type is none that is known; it may be a reading whose type was damaged.
    #[error("its type {0} is not known")]
    Type(u32),
    /// A field is not a number, or too large a one.
    #[error("the field {0} is not what it should be")]
    Field(&'static str),
}

/// A change of the meter's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockChange {
    /// By how many seconds the clock was put forward; `None` if it showed no time before or afterwards.
    pub seconds: Option<i64>,
}

/// The fields of a row; commas within quotation marks belong to a field.
#[must_use]
pub fn fields(row: &str) -> Vec<&str> {
    // A Libre quotes the comments that a person wrote, and such a text may hold commas.
    let mut is_quoted = false;
    // A quotation mark that is never closed joins all that follows, and the number of fields tells.
    row.split(|c: char| {
        is_quoted ^= c == '"';
        c == ',' && !is_quoted
    })
    .collect()
}

/// A field of digits.
pub(super) fn number(fields: &[&str], place: usize, name: &'static str) -> Result<u32, RowError> {
    let field = fields.get(place).filter(|field| !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_digit()));
    field.and_then(|field| field.parse().ok()).ok_or(RowError::Field(name))
}

/// Month, day, year, hour, minute and perhaps second, from `place` on. `Ok(None)` if there is no such date or time, as
/// with a clock that was lost, which gives 255 for each.
pub(super) fn time(fields: &[&str], place: usize, has_seconds: bool) -> Result<Option<DateTime>, RowError> {
    let part = |offset| number(fields, place + offset, "time");
    let second = if has_seconds { part(5)? } else { 0 };
    let (month, day, year, hour, minute) = (part(0)?, part(1)?, part(2)?, part(3)?, part(4)?);
    Ok(date_time(year, month, day, hour, minute, second))
}

/// The time with this year of the century, if there is one.
#[must_use]
pub fn date_time(year: u32, month: u32, day: u32, hour: u32, minute: u32, second: u32) -> Option<DateTime> {
    let small = |number: u32| i8::try_from(number).ok();
    let year = i16::try_from(year).ok().filter(|year| *year < 100)?;
    DateTime::new(2000 + year, small(month)?, small(day)?, small(hour)?, small(minute)?, small(second)?, 0).ok()
}

/// The change from an old time to a new one.
pub(super) fn change(old: Option<DateTime>, new: Option<DateTime>) -> ClockChange {
    ClockChange { seconds: old.zip(new).map(|(old, new)| old.duration_until(new).as_secs()) }
}

/// The ketone that a meter shows for `raw` eighteenths of 1 mmol/L: it has one decimal. The raw number is kept beside
/// it. Nine is half of eighteen: it rounds to the nearest tenth.
#[must_use]
pub fn shown_ketone(raw: u32) -> Concentration {
    Concentration::new(raw.saturating_mul(10).saturating_add(9) / 18, 1, Unit::MmolPerL)
}

/// A value as written: digits, `HI` or `LO`. Ketones are eighteenths of 1 mmol/L and are never LO.
pub(super) fn value(text: &str, is_ketone: bool) -> Result<Measured, RowError> {
    match text {
        "HI" => Ok(Measured::High),
        "LO" if !is_ketone => Ok(Measured::Low),
        digits => {
            // A reader keeps a value in ten bits (bits 0 to 9 of its binary record), so a larger number is none.
            let raw = number(&[digits], 0, "value").ok().filter(|raw| *raw < 1024).ok_or(RowError::Field("value"))?;
            Ok(Measured::Value(if is_ketone { shown_ketone(raw) } else { Concentration::mg_per_dl(raw) }))
        }
    }
}

/// A value in the number that the meters store: mg/dL, or eighteenths of 1 mmol/L of ketone.
#[must_use]
pub fn stored(value: Concentration, is_ketone: bool) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "kept between 0 and 1023")]
    let number = |value: f64| value.round().clamp(0.0, 1023.0) as u32;
    if is_ketone { number(value.value() * 18.0) } else { number(value.glucose_mg_per_dl()) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_comma_within_quotation_marks_parts_nothing() {
        assert_eq!(fields("1,\"a,b\",,3"), ["1", "\"a,b\"", "", "3"]);
    }

    #[test]
    fn a_time_that_does_not_exist_is_none_and_letters_are_an_error() {
        let whole = ["5", "6", "20", "7", "8"];
        assert_eq!(time(&whole, 0, false), Ok(Some(date(2020, 5, 6).at(7, 8, 0, 0))));
        assert_eq!(time(&["255", "255", "255", "255", "255"], 0, false), Ok(None));
        assert_eq!(time(&["2", "30", "20", "7", "8", "9"], 0, true), Ok(None));
        assert_eq!(time(&["2", "3", "20", "7"], 0, false), Err(RowError::Field("time")));
        assert_eq!(time(&["2", "3", "20", "7", "+8"], 0, false), Err(RowError::Field("time")));
    }

    #[test]
    fn a_ketone_is_shown_with_one_decimal_and_stored_as_what_shows_it() {
        // 6 / 18 = 0.33 and 1 / 18 = 0.06.
        assert_eq!(["0.3", "0.1", "1.0"], [6, 1, 18].map(|raw| shown_ketone(raw).to_number()));
        for raw in 0..1000 {
            let shown = shown_ketone(raw);
            assert_eq!(shown_ketone(stored(shown, true)), shown);
        }
        assert!(value("LO", true).is_err() && value("1024", false).is_err() && value("-1", false).is_err());
    }
}
