//! The rows of a Libre reader: `$history?` (sensor, each quarter of an hour) and `$arresult?` (strips, ketones, scans).
//!
//! Fields count from 0: id, type, month, day, year of the century, hour, minute, second, and 1 if the time is valid.
//! History has type 12 and exactly 16 fields: value in 13, age of the sensor in minutes in 14, errors in 15. A real
//! reader has sent rows of 21 fields there, whose place 13 held a false 1 mg/dL; so the number is insisted on.
//! Results have type 2 and 35 fields, or 44 with rapid insulin, which is the last field then (Libre 2: 38 or 47). Kind
//! in 9, a mark of an error or LO in 11, value in 12, errors in 28. Type 5 is a change of the
//! clock, old time from 9 on.
//!
//! Where the sources differ: one takes every value below 41 as LO and above 499 as HI. The sensor's scale ends at 40
//! and 500, so this holds for sensor values; a strip measures from 20 to 500, and for it the mark in 11 decides.
//! Type 4 is the control test in the reader's binary records, where the other types have the same numbers; a row of
//! type 4 that is laid out as a result is taken as one. A control test never counts, so a mistake there harms nobody.

use std::collections::BTreeMap;

use super::row::{ClockChange, RowError, change, fields, number, time, value};
use crate::domain::glucose::{Concentration, Measured, Unit};
use crate::domain::reading::{Doubt, Kind, Reading};
use crate::meters::codec::freestyle_serial::entry::is_measurable;

/// What strips measure, in mg/dL.
const STRIP_RANGE: std::ops::RangeInclusive<u32> = 20..=500;

/// What the sensor's scale ends at, in mg/dL: these values stand for LO and HI.
const SENSOR_ENDS: (u32, u32) = (40, 500);

/// What a row holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LibreRow {
    /// A result with the number of its record.
    Reading(u32, Box<Reading>),
    /// The clock was set, with the number of the record.
    ClockChange(u32, ClockChange),
    /// Neither glucose nor ketone; what it is.
    Other(&'static str),
}

/// Reads a row of `$history?`; `index` is its place among all rows.
///
/// # Errors
/// [`RowError`] names what is wrong with it.
pub fn parse_history(row: &str, index: u32) -> Result<LibreRow, RowError> {
    let fields = fields(row);
    match number(&fields, 1, "type")? {
        12 if fields.len() != 16 => Err(RowError::Fields { got: fields.len(), expected: "16" }),
        12 => {
            let mut raw = raw(&fields, "history", 13, 15);
            raw.insert("sensor_minutes".to_owned(), number(&fields, 14, "age of the sensor")?.to_string());
            raw.insert("first".to_owned(), number(&fields, 12, "first")?.to_string());
            let errors = number(&fields, 15, "errors")?;
            let measured = sensor_value(value(text(&fields, 13), false)?, errors);
            reading(&fields, index, Kind::Sensor, measured, errors, raw)
        }
        5 => clock_change(&fields),
        other => no_result(other),
    }
}

/// Reads a row of `$arresult?`; `index` is its place among all rows.
///
/// # Errors
/// [`RowError`] names what is wrong with it.
pub fn parse_result(row: &str, index: u32) -> Result<LibreRow, RowError> {
    let fields = fields(row);
    let record = number(&fields, 1, "type")?;
    match record {
        2 => {}
        // Without the layout of a result, nothing is known of it.
        4 if [35, 44, 38, 47].contains(&fields.len()) => {}
        5 => return clock_change(&fields),
        other => return no_result(other),
    }
    let has_insulin = match fields.len() {
        35 | 38 => false,
        44 | 47 => true,
        got => return Err(RowError::Fields { got, expected: "35 or 44" }),
    };
    let (name, kind) = match number(&fields, 9, "kind")? {
        0 => ("strip", Kind::Blood),
        1 => ("ketone", Kind::Ketone),
        2 => ("scan", Kind::Sensor),
        _ => return Err(RowError::Field("kind")),
    };
    // The error bits are 0 for a good result. 0x8000 is known to mean an invalid one and the other bits are not
    // described, so each of them makes it doubtful.
    let errors = number(&fields, 28, "errors")?;
    let is_marked = number(&fields, 11, "mark of an error or LO")? != 0;
    let mut measured = value(text(&fields, 12), kind == Kind::Ketone)?;
    if kind == Kind::Ketone && errors == 0 && number(&fields, 12, "value").is_ok_and(|raw| raw > MOST_KETONE) {
        measured = Measured::High;
    }
    // The mark means an error or LO, so without error bits it is LO. A ketone has no LO: its scale begins at 0.
    if errors == 0 && is_marked && kind != Kind::Ketone {
        measured = Measured::Low;
    }
    if let Measured::Value(value) = measured
        && errors == 0
    {
        measured = match kind {
            Kind::Sensor => sensor_value(measured, errors),
            // A strip has a mark for LO and none for HI.
            Kind::Blood if value.digits() > *STRIP_RANGE.end() => Measured::High,
            Kind::Blood | Kind::Ketone | Kind::Control | Kind::Other => measured,
        };
    }
    let mut raw = raw(&fields, name, 12, 28);
    for (name, place) in NOTES {
        let field = text(&fields, place);
        if field != "0" && !field.is_empty() {
            raw.insert(name.to_owned(), number(&fields, place, "note")?.to_string());
        }
    }
    if has_insulin {
        // The last field, not number 43: a Libre 2 has three fields more in front of the comments, and a reader that
        // counts from the start takes another field for insulin (glucometerutils issue 137).
        let half_units = number(&fields, fields.len() - 1, "rapid insulin")?;
        raw.insert("rapid_insulin_half_units".to_owned(), half_units.to_string());
    }
    let kind = if record == 4 { Kind::Control } else { kind };
    reading(&fields, index, kind, measured, errors, raw)
}

/// What a record is that is no result, by its type, of which one memory has the same numbers in all
/// forms.
fn no_result(record: u32) -> Result<LibreRow, RowError> {
    match record {
        4 => Ok(LibreRow::Other("control tests in another form")),
        13 | 14 | 17 | 52 => Ok(LibreRow::Other("marks of the numbering")),
        46 => Ok(LibreRow::Other("changes of the shown time")),
        other => Err(RowError::Type(other)),
    }
}

/// What a person noted with a result, by field. The texts of own comments are the person's, and stay in the reader.
const NOTES: [(&str, usize); 9] = [
    ("mark", 11),
    ("trend", 14),
    ("sport", 15),
    ("medication", 16),
    ("rapid_insulin", 17),
    ("long_insulin", 18),
    ("long_insulin_half_units", 23),
    ("food", 25),
    ("grams", 26),
];

/// Beyond so many eighteenths of 1 mmol/L a ketone is HI: 10.0 mmol/L, the larger of the two ends that sources give.
const MOST_KETONE: u32 = 180;

/// The ends of the sensor's scale stand for LO and HI, unless the value is an error's.
fn sensor_value(measured: Measured, errors: u32) -> Measured {
    match measured {
        Measured::Value(value) if errors == 0 && value.digits() <= SENSOR_ENDS.0 => Measured::Low,
        Measured::Value(value) if errors == 0 && value.digits() >= SENSOR_ENDS.1 => Measured::High,
        other => other,
    }
}

fn reading(
    fields: &[&str],
    index: u32,
    kind: Kind,
    measured: Measured,
    errors: u32,
    raw: BTreeMap<String, String>,
) -> Result<LibreRow, RowError> {
    let id = number(fields, 0, "id")?;
    let stamp = time(fields, 2, true)?;
    let mut doubts = Vec::new();
    if errors != 0 {
        doubts.push(Doubt::Invalid);
    }
    if stamp.is_none() || number(fields, 8, "validity")? != 1 {
        doubts.push(Doubt::TimeUncertain);
    }
    let is_possible = |value: Concentration| match kind {
        // The scale of a sensor has ends of its own.
        Kind::Sensor | Kind::Other => true,
        Kind::Blood | Kind::Control | Kind::Ketone => is_measurable(value, value.unit() == Unit::MmolPerL),
    };
    if measured.concentration().is_some_and(|value| !is_possible(value)) {
        doubts.push(Doubt::OutsideMeterRange);
    }
    Ok(LibreRow::Reading(
        id,
        Box::new(Reading { corrected_from: None, index, time: stamp, measured, kind, meal: None, doubts, raw }),
    ))
}

fn clock_change(fields: &[&str]) -> Result<LibreRow, RowError> {
    let new = time(fields, 2, true)?;
    // A new time that the row itself calls invalid does not say how far the clock was moved.
    let valid = number(fields, 8, "validity")? == 1;
    Ok(LibreRow::ClockChange(number(fields, 0, "id")?, change(time(fields, 9, true)?, new.filter(|_| valid))))
}

fn raw(fields: &[&str], record: &str, value: usize, errors: usize) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("record".to_owned(), record.to_owned()),
        ("id".to_owned(), text(fields, 0).to_owned()),
        ("value".to_owned(), text(fields, value).to_owned()),
        ("errors".to_owned(), text(fields, errors).to_owned()),
    ])
}

fn text<'a>(fields: &[&'a str], place: usize) -> &'a str {
    fields.get(place).copied().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rstest::rstest;

    use super::*;
    use crate::domain::glucose::{Concentration, Unit};

    fn reading_of(row: Result<LibreRow, RowError>) -> Reading {
        match row {
            Ok(LibreRow::Reading(_, reading)) => *reading,
            other => panic!("{other:?}"),
        }
    }

    /// A result with kind, mark, value and errors; the other fields as in the published rows.
    fn result(kind: u32, mark: u32, value: u32, errors: u32) -> Reading {
        let row = format!(
            "9,2,6,24,26,23,50,23,1,{kind},0,{mark},{value},0,3,0,0,0,0,0,0,0,3,0,0,0,0,0,{errors}{}",
            ",\"\"".repeat(6)
        );
        reading_of(parse_result(&row, 0))
    }

    /// Rows of real readers (glucometerutils issue 63).
    #[test]
    fn published_history_is_read_and_the_damaged_row_refused() {
        let reading = reading_of(parse_history("59377,12,4,20,19,23,25,29,1,0,0,0,0,97,3285,0", 3));
        assert_eq!((reading.index, reading.time), (3, Some(date(2019, 4, 20).at(23, 25, 29, 0))));
        assert_eq!(reading.measured, Measured::Value(Concentration::mg_per_dl(97)));
        assert_eq!((reading.kind, reading.doubts.len()), (Kind::Sensor, 0));
        assert_eq!(reading.raw["sensor_minutes"], "3285");
        let damaged = "59373,12,4,20,19,22,53,43,1,0,15,50,18,1,0,0,0,0,77,16260,0";
        assert_eq!(parse_history(damaged, 0), Err(RowError::Fields { got: 21, expected: "16" }));
    }

    #[rstest]
    #[case(0, 0, 123, 0, Kind::Blood, Measured::Value(Concentration::mg_per_dl(123)))]
    #[case(0, 0, 30, 0, Kind::Blood, Measured::Value(Concentration::mg_per_dl(30)))]
    #[case(0, 1, 20, 0, Kind::Blood, Measured::Low)]
    #[case(0, 0, 501, 0, Kind::Blood, Measured::High)]
    #[case(0, 1, 0, 0x8000, Kind::Blood, Measured::Value(Concentration::mg_per_dl(0)))]
    #[case(1, 0, 3, 0, Kind::Ketone, Measured::Value(Concentration::new(2, 1, Unit::MmolPerL)))]
    #[case(1, 0, 180, 0, Kind::Ketone, Measured::Value(Concentration::new(100, 1, Unit::MmolPerL)))]
    #[case(1, 0, 501, 0, Kind::Ketone, Measured::High)]
    #[case(2, 0, 41, 0, Kind::Sensor, Measured::Value(Concentration::mg_per_dl(41)))]
    #[case(2, 0, 40, 0, Kind::Sensor, Measured::Low)]
    #[case(2, 0, 499, 0, Kind::Sensor, Measured::Value(Concentration::mg_per_dl(499)))]
    #[case(2, 0, 500, 0, Kind::Sensor, Measured::High)]
    fn each_kind_has_its_scale(
        #[case] kind: u32,
        #[case] mark: u32,
        #[case] value: u32,
        #[case] errors: u32,
        #[case] measures: Kind,
        #[case] measured: Measured,
    ) {
        let reading = result(kind, mark, value, errors);
        assert_eq!((reading.kind, reading.measured), (measures, measured));
        assert_eq!(reading.doubts.contains(&Doubt::Invalid), errors != 0);
        assert_eq!(reading.counts(), measures == Kind::Blood && errors == 0);
    }

    #[test]
    fn a_clock_change_and_other_rows_are_no_readings() {
        let row = "77,5,6,24,26,10,0,0,1,6,24,26,9,0,30,0";
        assert_eq!(parse_result(row, 0), Ok(LibreRow::ClockChange(77, ClockChange { seconds: Some(3570) })));
        assert_eq!(parse_result("78,13,1", 0), Ok(LibreRow::Other("marks of the numbering")));
        assert_eq!(parse_result("78,99,1", 0), Err(RowError::Type(99)));
        assert!(parse_result("78,2,6,24,26,10,0,0,1,0", 0).is_err());
        assert!(parse_history("", 0).is_err());
    }
}
