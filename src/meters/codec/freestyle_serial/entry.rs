//! One record of a log: `VVV SP SP MMMM SP DD SP YYYY SP HH:MM SP T SP 0xFF`.
//!
//! Values are mg/dL whatever the display shows; those of ketones are eighteenths of 1 mmol/L. Both sources give the
//! layout without the junk that one of them tolerates in front of the value; here, such a line is a damaged record.
//! The flags are tested bit by bit, because a control test of a meter that has lost its time carries both bits.

use std::collections::BTreeMap;

use jiff::civil::DateTime;

use super::{encode_date, number, stamp};
use crate::domain::glucose::{Concentration, Measured, Unit};
use crate::domain::reading::{Doubt, Kind, Reading};
use crate::meters::codec::hexadecimal;

/// What the meters measure, in mg/dL; beyond it they write LO and HI.
const RANGE: std::ops::RangeInclusive<u32> = 20..=500;

/// The most of ketone, in mmol/L. See [`is_measurable`] for why this one.
const HIGHEST_KETONE: f64 = 10.0;

/// Set in the flags of a test with control solution.
const CONTROL: u8 = 0x01;

/// Set in the flags of a result from before the clock was set again.
const TIME_LOST: u8 = 0x02;

/// What a log is of, which the meaning of the type field depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// FreeStyle Lite: the type is two hexadecimal digits that say how plasma is meant. Glucose only.
    Lite,
    /// Precision Xtra, Optium: the type is `G` for glucose, `K` for ketone.
    Optium,
}

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// Three digits.
    Number(u16),
    /// `LO`.
    Low,
    /// `HI`.
    High,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// The result.
    pub value: Value,
    /// The stamp; `None` if there is no such date or time.
    pub time: Option<DateTime>,
    /// The type field as it stands: `19`, `G`, `K`.
    pub sample: String,
    /// The flags.
    pub flags: u8,
}

/// Why a line is no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// There are more or fewer than seven fields.
    #[error("the record does not have its seven fields")]
    Form,
    /// Neither three digits nor HI nor LO, or LO for a ketone.
    #[error("the value is neither a number nor a known word")]
    Value,
    /// Not a month and digits.
    #[error("the date or the time is not made of its fields")]
    Stamp,
    /// Not a type of this meter.
    #[error("the type of the record is unknown")]
    Sample,
    /// Not `0x` and two digits.
    #[error("the flags are not two hexadecimal digits")]
    Flags,
}

impl LogEntry {
    /// Reads a record.
    ///
    /// # Errors
    /// [`EntryError`] names the field that is wrong.
    pub fn parse(line: &str, dialect: Dialect) -> Result<Self, EntryError> {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let [value, month, day, year, time, sample, flags] = fields.as_slice() else { return Err(EntryError::Form) };
        let value = match *value {
            "HI" => Value::High,
            "LO" => Value::Low,
            digits if digits.len() == 3 => Value::Number(number(digits).ok_or(EntryError::Value)?),
            _ => return Err(EntryError::Value),
        };
        let is_known = match dialect {
            Dialect::Lite => sample.len() == 2 && sample.bytes().all(|byte| byte.is_ascii_hexdigit()),
            Dialect::Optium => matches!(*sample, "G" | "K"),
        };
        if !is_known {
            return Err(EntryError::Sample);
        }
        // Ketones have no LO (Tidepool). Either the word or the K is damaged, and nothing tells which.
        if value == Value::Low && *sample == "K" {
            return Err(EntryError::Value);
        }
        let flags = flags.strip_prefix("0x").filter(|digits| digits.len() == 2).ok_or(EntryError::Flags)?;
        Ok(Self {
            value,
            time: stamp(month, day, year, time, 2).map_err(|_| EntryError::Stamp)?,
            sample: (*sample).to_owned(),
            flags: hexadecimal(flags.as_bytes()).ok_or(EntryError::Flags)?,
        })
    }

    /// The record as a meter writes it; without a stamp, that of a clock that was never set.
    #[must_use]
    pub fn encode(&self) -> String {
        let value = match self.value {
            Value::Number(number) => format!("{number:03}"),
            Value::Low => "LO ".to_owned(),
            Value::High => "HI ".to_owned(),
        };
        let time = self.time.map_or_else(
            || "Jan  00 2000 00:00".to_owned(),
            |time| format!("{} {:02}:{:02}", encode_date(time), time.hour(), time.minute()),
        );
        format!("{value}  {time} {} 0x{:02X}", self.sample, self.flags)
    }

    /// The reading; `index` is its place in the log.
    #[must_use]
    pub fn reading(&self, index: u32) -> Reading {
        let is_ketone = self.sample == "K";
        let measured = match self.value {
            Value::Low => Measured::Low,
            Value::High => Measured::High,
            Value::Number(raw) if is_ketone => Measured::Value(ketone(u32::from(raw))),
            Value::Number(raw) => Measured::Value(Concentration::mg_per_dl(u32::from(raw))),
        };
        // The flag before the type: strips for ketones are tested with control solution as well.
        let kind = if self.flags & CONTROL != 0 {
            Kind::Control
        } else if is_ketone {
            Kind::Ketone
        } else {
            Kind::Blood
        };
        let mut doubts = Vec::new();
        if self.flags & TIME_LOST != 0 || self.time.is_none() {
            doubts.push(Doubt::TimeUncertain);
        }
        if matches!(measured, Measured::Value(value) if !is_measurable(value, is_ketone)) {
            doubts.push(Doubt::OutsideMeterRange);
        }
        let value = match self.value {
            Value::Number(raw) => format!("{raw:03}"),
            Value::Low => "LO".to_owned(),
            Value::High => "HI".to_owned(),
        };
        let raw = BTreeMap::from([
            ("value".to_owned(), value),
            ("type".to_owned(), self.sample.clone()),
            ("flags".to_owned(), format!("0x{:02X}", self.flags)),
        ]);
        Reading { corrected_from: None, index, time: self.time, measured, kind, meal: None, doubts, raw }
    }
}

/// Whether a meter of Abbott's can measure this much. For ketones the sources give 8.0 and 10.0 mmol/L as the end of
/// the scale; the larger one holds for all.
pub(in super::super) fn is_measurable(value: Concentration, is_ketone: bool) -> bool {
    if is_ketone { value.value() <= HIGHEST_KETONE } else { RANGE.contains(&value.digits()) }
}

/// A ketone of `raw` eighteenths of 1 mmol/L, to two decimals: enough to keep every raw value apart from the next.
#[must_use]
pub fn ketone(raw: u32) -> Concentration {
    // Nine is half of eighteen: it rounds to the nearest hundredth.
    Concentration::new((raw * 100 + 9) / 18, 2, Unit::MmolPerL)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[test]
    fn the_published_records_are_read() {
        let low = LogEntry::parse("LO   June 30 2019 23:59 19 0x00", Dialect::Lite).unwrap().reading(4);
        assert_eq!((low.index, low.time), (4, Some(date(2019, 6, 30).at(23, 59, 0, 0))));
        assert_eq!((low.measured, low.kind, low.doubts.len()), (Measured::Low, Kind::Blood, 0));
        let ketone = LogEntry::parse("003  May  06 2020 07:05 K 0x00", Dialect::Optium).unwrap().reading(0);
        // 3/18 = 0.1667.
        assert_eq!(ketone.measured, Measured::Value(Concentration::new(17, 2, Unit::MmolPerL)));
        assert_eq!(ketone.kind, Kind::Ketone);
    }

    #[rstest]
    #[case("0x00", Kind::Blood, &[])]
    #[case("0x01", Kind::Control, &[])]
    #[case("0x02", Kind::Blood, &[Doubt::TimeUncertain])]
    #[case("0x03", Kind::Control, &[Doubt::TimeUncertain])]
    #[case("0x11", Kind::Control, &[])]
    fn each_flag_is_a_bit(#[case] flags: &str, #[case] kind: Kind, #[case] doubts: &[Doubt]) {
        let line = format!("105  Apr  01 2019 12:00 19 {flags}");
        let reading = LogEntry::parse(&line, Dialect::Lite).unwrap().reading(0);
        assert_eq!((reading.kind, reading.doubts.as_slice()), (kind, doubts));
    }

    #[rstest]
    #[case("105  Apr  01 2019 12:00 19", EntryError::Form)]
    #[case("1050  Apr  01 2019 12:00 19 0x00", EntryError::Value)]
    #[case("1x5  Apr  01 2019 12:00 19 0x00", EntryError::Value)]
    #[case("105  Apx  01 2019 12:00 19 0x00", EntryError::Stamp)]
    #[case("105  Apr  1 2019 12:00 19 0x00", EntryError::Stamp)]
    #[case("105  Apr  01 2019 12.00 19 0x00", EntryError::Stamp)]
    #[case("105  Apr  01 2019 12:00 G 0x00", EntryError::Sample)]
    #[case("105  Apr  01 2019 12:00 19 00", EntryError::Flags)]
    #[case("105  Apr  01 2019 12:00 19 0x+1", EntryError::Flags)]
    fn a_wrong_field_is_named(#[case] line: &str, #[case] error: EntryError) {
        assert_eq!(LogEntry::parse(line, Dialect::Lite), Err(error));
    }

    #[test]
    fn what_cannot_be_is_doubted_or_refused() {
        let no_day = LogEntry::parse("105  Feb  30 2019 12:00 19 0x00", Dialect::Lite).unwrap().reading(0);
        assert_eq!((no_day.time, no_day.doubts), (None, vec![Doubt::TimeUncertain]));
        let far = LogEntry::parse("501  Feb  03 2019 12:00 19 0x00", Dialect::Lite).unwrap().reading(0);
        assert_eq!(far.doubts, [Doubt::OutsideMeterRange]);
        assert_eq!(LogEntry::parse("LO   May  06 2020 07:05 K 0x00", Dialect::Optium), Err(EntryError::Value));
        assert_eq!(LogEntry::parse("100  May  06 2020 07:05 X 0x00", Dialect::Optium), Err(EntryError::Sample));
    }

    #[test]
    fn every_raw_ketone_stays_apart() {
        assert!((0..1000).is_sorted_by(|one, next| ketone(*one).digits() < ketone(*next).digits()));
        assert_eq!(ketone(18).to_string(), "1.00 mmol/L");
    }

    proptest! {
        #[test]
        fn a_record_is_read_as_it_was_written(number in 0_u16..1000, minutes in 0_i64..9_000_000, flags: u8) {
            let time = date(2008, 1, 1).at(0, 0, 0, 0).saturating_add(jiff::SignedDuration::from_mins(minutes));
            let entry = LogEntry { value: Value::Number(number), time: Some(time), sample: "G".to_owned(), flags };
            prop_assert_eq!(LogEntry::parse(&entry.encode(), Dialect::Optium), Ok(entry));
        }
    }
}
