//! The rows of `$result?`: Precision Neo (Optium Neo, Neo H), and the older `InsuLinx`.
//!
//! Fields count from 0. A Neo's rows begin with type, id, month, day, year of the century, hour, minute, and a mark of
//! the time, which one source reads as "valid" and the other passes over; 0 there is taken as a doubt, not as a fault.
//! Type 7 is glucose with 19 fields: value in 8, control test if 10 is 0. Type 9 is ketone: value in 8 as eighteenths
//! of 1 mmol/L, control test if 9 is 0. Type 6 is a change of the clock: old time from 8 on. Other types (10 insulin,
//! 11 basal titration) hold neither glucose nor ketone.
//! An `InsuLinx` has type 0 with 16 fields, value in 13; where it marks control tests is not known.

use std::collections::BTreeMap;

use super::row::{ClockChange, RowError, change, fields, number, time, value};
use crate::domain::glucose::Measured;
use crate::domain::reading::{Doubt, Kind, Reading};
use crate::domain::text::harmless;
use crate::meters::codec::freestyle_serial::entry::is_measurable;

/// Which of the two layouts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `FreeStyle` `InsuLinx`.
    InsuLinx,
    /// Precision Neo.
    Neo,
}

/// What a row holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NeoRow {
    /// A result.
    Reading(Box<Reading>),
    /// The clock was set.
    ClockChange(ClockChange),
    /// Neither glucose nor ketone; what it is.
    Other(&'static str),
}

/// Reads a row; `index` is its place in the list.
///
/// # Errors
/// [`RowError`] names what is wrong with it.
pub fn parse(row: &str, layout: Layout, index: u32) -> Result<NeoRow, RowError> {
    let fields = fields(row);
    match (number(&fields, 0, "type")?, layout) {
        (0, Layout::InsuLinx) => insulinx(&fields, index),
        (7, Layout::Neo) => glucose(&fields, index),
        (9, Layout::Neo) => ketone(&fields, index),
        (6, Layout::Neo) => {
            // As in a Libre: a new time that the row calls invalid does not say how far the clock
            // was moved.
            let valid = number(&fields, 7, "validity")? != 0;
            let new = time(&fields, 2, false)?.filter(|_| valid);
            Ok(NeoRow::ClockChange(change(time(&fields, 8, false)?, new)))
        }
        (10, _) => Ok(NeoRow::Other("insulin")),
        (11, _) => Ok(NeoRow::Other("basal titration")),
        (other, _) => Err(RowError::Type(other)),
    }
}

fn glucose(fields: &[&str], index: u32) -> Result<NeoRow, RowError> {
    // The control mark is known by its place; in a row with a field more or less another field would be taken for it.
    if fields.len() != 19 {
        return Err(RowError::Fields { got: fields.len(), expected: "19" });
    }
    // The reverse of most flags: 0 is control solution, anything else blood (Tidepool).
    let is_control = number(fields, 10, "control")? == 0;
    let kind = if is_control { Kind::Control } else { Kind::Blood };
    reading(fields, index, 8, kind, false)
}

fn ketone(fields: &[&str], index: u32) -> Result<NeoRow, RowError> {
    // No source gives the whole length of such a row; the control mark is its tenth field.
    if fields.len() < 10 {
        return Err(RowError::Fields { got: fields.len(), expected: "10 or more" });
    }
    // One field earlier than in a row of glucose (Tidepool).
    let is_control = number(fields, 9, "control")? == 0;
    let kind = if is_control { Kind::Control } else { Kind::Ketone };
    reading(fields, index, 8, kind, true)
}

fn insulinx(fields: &[&str], index: u32) -> Result<NeoRow, RowError> {
    if fields.len() != 16 {
        return Err(RowError::Fields { got: fields.len(), expected: "16" });
    }
    reading(fields, index, 13, Kind::Blood, false)
}

fn reading(fields: &[&str], index: u32, place: usize, kind: Kind, is_ketone: bool) -> Result<NeoRow, RowError> {
    let text = |place: usize| harmless(fields.get(place).unwrap_or(&""));
    let is_neo = place == 8;
    let measured = value(&text(place), is_ketone)?;
    let stamp = time(fields, 2, false)?;
    let mut doubts = Vec::new();
    if stamp.is_none() || (is_neo && number(fields, 7, "validity")? == 0) {
        doubts.push(Doubt::TimeUncertain);
    }
    if matches!(measured, Measured::Value(value) if !is_measurable(value, is_ketone)) {
        doubts.push(Doubt::OutsideMeterRange);
    }
    if !is_neo {
        // No source names the field in which an InsuLinx marks a control test, so any of its results may be one.
        doubts.push(Doubt::KindUncertain);
    }
    let mut raw = BTreeMap::from([
        ("type".to_owned(), text(0)),
        ("id".to_owned(), number(fields, 1, "id")?.to_string()),
        ("value".to_owned(), text(place)),
    ]);
    if is_neo {
        raw.insert("valid".to_owned(), text(7));
        raw.insert("control".to_owned(), text(if is_ketone { 9 } else { 10 }));
    }
    // No meal is marked in these rows, so it is unknown, which is not the same as no meal.
    Ok(NeoRow::Reading(Box::new(Reading {
        corrected_from: None,
        index,
        time: stamp,
        measured,
        kind,
        meal: None,
        doubts,
        raw,
    })))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::glucose::{Concentration, Unit};

    fn read(row: &str) -> Reading {
        match parse(row, Layout::Neo, 5) {
            Ok(NeoRow::Reading(reading)) => *reading,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_field_is_kept_without_its_control_characters_and_a_ketone_beyond_the_scale_is_doubted() {
        assert_eq!(read("9,11,0,0,20,7,5,1\u{1},18,1").raw["valid"], "1\u{FFFD}");
        let ketone = |raw| read(&format!("9,11,5,6,20,7,5,1,{raw},1")).doubts;
        // 180 and 181 eighteenths show as 10.0 and 10.1 mmol/L.
        assert_eq!([ketone(180), ketone(181)], [vec![], vec![Doubt::OutsideMeterRange]]);
    }

    /// Published rows.
    #[test]
    fn the_published_rows_are_read() {
        let glucose = read("7,12,5,6,20,7,8,0,123,0,1,0,0,0,0,0,0,0,0");
        assert_eq!((glucose.time, glucose.kind), (Some(date(2020, 5, 6).at(7, 8, 0, 0)), Kind::Blood));
        assert_eq!(glucose.measured, Measured::Value(Concentration::mg_per_dl(123)));
        assert_eq!((glucose.index, glucose.doubts), (5, vec![Doubt::TimeUncertain]));
        let ketone = read("9,11,5,6,20,7,5,1,18,1");
        assert_eq!(ketone.measured, Measured::Value(Concentration::new(10, 1, Unit::MmolPerL)));
        assert_eq!((ketone.kind, ketone.doubts), (Kind::Ketone, vec![]));
        assert_eq!(read("7,10,5,5,20,22,0,0,HI,0,1,0,0,0,0,0,0,0,0").measured, Measured::High);
    }

    #[test]
    fn a_control_test_is_one() {
        assert_eq!(read("7,12,5,6,20,7,8,1,123,0,0,0,0,0,0,0,0,0,0").kind, Kind::Control);
        let of_ketone = read("9,11,5,6,20,7,5,1,14,0");
        // 14 / 18 = 0.78.
        assert_eq!(of_ketone.measured, Measured::Value(Concentration::new(8, 1, Unit::MmolPerL)));
        assert_eq!((of_ketone.kind, of_ketone.doubts, of_ketone.raw["value"].as_str()), (Kind::Control, vec![], "14"));
    }

    #[test]
    fn a_clock_change_says_by_how_much() {
        // From 06-May-2020 07:00 to 08:30.
        let forward = parse("6,3,5,6,20,8,30,1,5,6,20,7,0", Layout::Neo, 0);
        assert_eq!(forward, Ok(NeoRow::ClockChange(ClockChange { seconds: Some(5400) })));
        let lost = parse("6,3,5,6,20,8,30,1,255,255,255,255,255", Layout::Neo, 0);
        assert_eq!(lost, Ok(NeoRow::ClockChange(ClockChange { seconds: None })));
    }

    #[test]
    fn an_insulinx_cannot_tell_control_tests() {
        let row = "0,7,3,21,14,16,42,0,0,0,0,0,0,105,0,0";
        let Ok(NeoRow::Reading(reading)) = parse(row, Layout::InsuLinx, 0) else { panic!("not a reading") };
        assert_eq!(reading.time, Some(date(2014, 3, 21).at(16, 42, 0, 0)));
        assert_eq!(reading.measured, Measured::Value(Concentration::mg_per_dl(105)));
        assert_eq!(reading.doubts, [Doubt::KindUncertain]);
    }

    #[test]
    fn other_rows_are_named_and_damaged_ones_refused() {
        assert_eq!(parse("10,3,5,6,20,8,30,1,1,4", Layout::Neo, 0), Ok(NeoRow::Other("insulin")));
        assert_eq!(parse("17,3,5,6,20,8,30,1,1,4", Layout::Neo, 0), Err(RowError::Type(17)));
        assert!(parse("7,12,5,6,20,7,8,1,123,0,1", Layout::Neo, 0).is_err());
        assert!(parse("7,12,5,6,20,7,8,1,12x,0,1,0,0,0,0,0,0,0,0", Layout::Neo, 0).is_err());
        assert!(parse("0,7,3,21,14,16,42,105", Layout::InsuLinx, 0).is_err());
        assert!(parse("", Layout::Neo, 0).is_err());
    }
}
