//! One record of a dump: `P "DOW","MM/DD/YY","HH:MM:SS   ","RRRRRR","M","CC", 00`.
//!
//! The older OneTouch Ultra leaves out the meal mark and the comment. Values are mg/dL, whatever the display shows.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time, Weekday};

use super::{TextError, after, number, quoted};
use crate::domain::glucose::{Concentration, Measured};
use crate::domain::reading::{Doubt, Kind, Meal, Reading};

/// The lowest and the highest number that is a value: below the meter shows LO, above HI (OneTouch Ultra 2, 20 to
/// 600 mg/dL).
pub const RANGE: std::ops::RangeInclusive<u16> = 20..=600;

const DAYS: [(&str, Weekday); 7] = [
    ("SUN", Weekday::Sunday),
    ("MON", Weekday::Monday),
    ("TUE", Weekday::Tuesday),
    ("WED", Weekday::Wednesday),
    ("THU", Weekday::Thursday),
    ("FRI", Weekday::Friday),
    ("SAT", Weekday::Saturday),
];

/// When a record was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The meter's wall clock; `None` if there is no such date or time.
    pub time: Option<DateTime>,
    /// Whether the day of the week is the one of the date. A meter that sends another has lost its calendar; what a
    /// word that is no day says is not known.
    pub is_consistent: bool,
}

impl Stamp {
    pub(super) fn parse(day: &str, date: &str, time: &str) -> Result<Self, TextError> {
        let weekday = DAYS.iter().find(|(name, _)| *name == day).map(|(_, weekday)| *weekday);
        let [month, day, year] = three_numbers(date, '/')?;
        let [hour, minute, second] = three_numbers(time.strip_suffix("   ").ok_or(TextError::Stamp)?, ':')?;
        let date = Date::new(2000 + i16::from(year), month, day).ok();
        let clock = Time::new(hour, minute, second, 0).ok();
        let time = date.zip(clock).map(|(date, clock)| date.to_datetime(clock));
        Ok(Self { time, is_consistent: date.is_some_and(|date| Some(date.weekday()) == weekday) })
    }

    /// The three fields of a stamp as a meter sends them.
    #[must_use]
    pub fn encode(time: DateTime) -> String {
        let day = DAYS.iter().find(|(_, weekday)| *weekday == time.weekday()).map_or("", |(name, _)| name);
        format!(r#""{day}","{}""#, time.strftime(r#"%m/%d/%y","%H:%M:%S   "#))
    }
}

/// The number field of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// Three digits, in mg/dL.
    Number(u16),
    /// The word `HIGH` or `REXC`: above the range.
    High,
}

impl Value {
    /// What the meter showed: beyond [`RANGE`] it shows a word.
    #[must_use]
    pub fn measured(self) -> Measured {
        match self {
            Self::Number(number) if number < *RANGE.start() => Measured::Low,
            Self::Number(number) if number <= *RANGE.end() => {
                Measured::Value(Concentration::mg_per_dl(u32::from(number)))
            }
            // LifeScan's specification has words above the range, but an Ultra 2 was seen to send the plain number 649.
            Self::Number(_) | Self::High => Measured::High,
        }
    }
}

/// One record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// When it was made.
    pub stamp: Stamp,
    /// What was measured.
    pub value: Value,
    /// A test with control solution.
    pub is_control: bool,
    /// The meter's parity check of the stored record failed (`?`): the value is not to be trusted.
    pub is_damaged: bool,
    /// Meal mark and comment (00 to 11; 0 for one that is no number); the older OneTouch Ultra has neither.
    pub marks: Option<(Meal, u16)>,
}

/// A record cut into its fields, each as it stood on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fields<'a> {
    day: &'a str,
    date: &'a str,
    time: &'a str,
    value: &'a str,
    marks: Option<(&'a str, &'a str)>,
}

impl<'a> Fields<'a> {
    /// Cuts the text of a line into the fields of a record.
    ///
    /// # Errors
    /// [`TextError::Form`] if they are not where they should be.
    pub fn cut(text: &'a str) -> Result<Self, TextError> {
        let ([day, date, time], rest) = stamp_fields(after("P ", text)?)?;
        let (value, rest) = quoted(after(",", rest)?)?;
        if rest == ", 00" {
            return Ok(Self { day, date, time, value, marks: None });
        }
        let (meal, rest) = quoted(after(",", rest)?)?;
        let (comment, rest) = quoted(after(",", rest)?)?;
        if rest != ", 00" {
            return Err(TextError::Form);
        }
        Ok(Self { day, date, time, value, marks: Some((meal, comment)) })
    }

    /// What the fields mean.
    ///
    /// # Errors
    /// [`TextError`] names the field that means nothing.
    pub fn read(&self) -> Result<Record, TextError> {
        let stamp = Stamp::parse(self.day, self.date, self.time)?;
        let (is_control, rest) = match self.value.strip_prefix('C') {
            Some(rest) => (true, rest),
            None => (false, self.value.strip_prefix(' ').ok_or(TextError::Value)?),
        };
        // Tidepool passes over the question mark, and so counts a value of which the meter itself says that it is
        // damaged.
        let (is_damaged, rest) = match rest.strip_suffix('?') {
            Some(rest) => (true, rest),
            None => (false, rest.strip_suffix(' ').ok_or(TextError::Value)?),
        };
        let value = match rest {
            // `HIGH` and `REXC` are in the specification of the older OneTouch Ultra.
            "HIGH" | "REXC" => Value::High,
            digits => {
                // A number has three digits behind a blank, a word fills all four places.
                let digits = digits.strip_prefix(' ').ok_or(TextError::Value)?;
                Value::Number(number(digits, 3).ok_or(TextError::Value)?)
            }
        };
        let marks = match self.marks {
            None => None,
            Some((meal, comment)) => Some((meal_mark(meal)?, number(comment, 2).unwrap_or_default())),
        };
        Ok(Record { stamp, value, is_control, is_damaged, marks })
    }

    /// The fields by name, as they stood on the wire.
    #[must_use]
    pub fn raw(&self) -> BTreeMap<String, String> {
        let mut raw = BTreeMap::new();
        let marks = self.marks.map_or(Vec::new(), |(meal, comment)| vec![("meal", meal), ("comment", comment)]);
        let stamp = [("day", self.day), ("date", self.date), ("time", self.time), ("value", self.value)];
        raw.extend(stamp.into_iter().chain(marks).map(|(name, text)| (name.to_owned(), text.to_owned())));
        raw
    }
}

impl Record {
    /// The record as a meter sends it; `None` without a time.
    #[must_use]
    pub fn encode(&self) -> Option<String> {
        let first = if self.is_control { 'C' } else { ' ' };
        let last = if self.is_damaged { '?' } else { ' ' };
        let value = match self.value {
            Value::Number(number) => format!(" {number:03}"),
            Value::High => "HIGH".to_owned(),
        };
        let marks = self.marks.map_or(String::new(), |(meal, comment)| {
            let meal = match meal {
                Meal::Before => 'B',
                Meal::After => 'A',
                Meal::None | Meal::Fasting | Meal::Bedtime | Meal::Casual => 'N',
            };
            format!(r#","{meal}","{comment:02}""#)
        });
        Some(format!(r#"P {},"{first}{value}{last}"{marks}, 00"#, Stamp::encode(self.stamp.time?)))
    }
}

/// A reading from the text of a line; `index` is its place in the dump.
///
/// # Errors
/// [`TextError`] names the field that is wrong.
pub fn reading(text: &str, index: u32) -> Result<Reading, TextError> {
    let fields = Fields::cut(text)?;
    let record = fields.read()?;
    let mut doubts = Vec::new();
    if record.is_damaged {
        doubts.push(Doubt::DamagedRecord);
    }
    if record.stamp.time.is_none() || !record.stamp.is_consistent {
        doubts.push(Doubt::TimeUncertain);
    }
    Ok(Reading {
        corrected_from: None,
        index,
        time: record.stamp.time,
        measured: record.value.measured(),
        kind: if record.is_control { Kind::Control } else { Kind::Blood },
        meal: record.marks.map(|(meal, _)| meal),
        doubts,
        raw: fields.raw(),
    })
}

/// The three quoted fields of a stamp, and what follows them.
pub(super) fn stamp_fields(text: &str) -> Result<([&str; 3], &str), TextError> {
    let (day, rest) = quoted(text)?;
    let (date, rest) = quoted(after(",", rest)?)?;
    let (time, rest) = quoted(after(",", rest)?)?;
    Ok(([day, date, time], rest))
}

fn meal_mark(text: &str) -> Result<Meal, TextError> {
    match text {
        "N" => Ok(Meal::None),
        "B" => Ok(Meal::Before),
        "A" => Ok(Meal::After),
        _ => Err(TextError::Meal),
    }
}

/// Three numbers of two digits each.
fn three_numbers(text: &str, separator: char) -> Result<[i8; 3], TextError> {
    let mut parts = text.split(separator).map(|part| number(part, 2).and_then(|part| i8::try_from(part).ok()));
    match (parts.next().flatten(), parts.next().flatten(), parts.next().flatten(), parts.next()) {
        (Some(first), Some(second), Some(third), None) => Ok([first, second, third]),
        _ => Err(TextError::Stamp),
    }
}

#[cfg(test)]
mod tests;
