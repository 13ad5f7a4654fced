//! A line of the table that `glucodock export` writes: what its columns hold, `docs/export.md` says.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::de::value::{Error, StrDeserializer};

use super::Cells;
use super::mistake::RowMistake;
use crate::domain::calendar::{self, METER_YEARS};
use crate::domain::glucose::{Concentration, Measured, Unit};
use crate::domain::reading::{Doubt, Meal, Reading};
use crate::domain::statistics::MeterLimits;
use crate::domain::text::Clean;
use crate::meters::catalogue::Catalogue;

/// Without these nothing can be said of a reading. Of the others some came later, and most say who it was and who read
/// the meter.
pub(super) const NEEDED: [&str; 8] = ["patient_id", "time", "kind", "value", "unit", "flag", "meal", "doubts"];

/// Whether a table with this first line is that of an export.
pub(super) fn is_header(header: &csv::StringRecord) -> bool {
    header.iter().any(|column| column == "patient_id")
}

/// The reading of a line, with what its meter can measure; `whose` is the person of the lines before.
pub(super) fn reading(
    cells: &Cells<'_>,
    number: usize,
    whose: &mut Option<String>,
) -> Result<(Reading, MeterLimits), RowMistake> {
    cells.are_all_there()?;
    // Numbers of two people are nobody's.
    let patient = cells.of("patient_id");
    if whose.get_or_insert_with(|| patient.to_owned()) != patient {
        return Err(RowMistake::AnotherPerson);
    }
    let moment = |column: &'static str| match cells.of(column) {
        "" => Ok(None),
        time => calendar::parse_moment(time)
            .filter(|time| METER_YEARS.contains(&time.year()))
            .map(Some)
            .ok_or_else(|| RowMistake::NoTimeOrNone { column, time: time.to_owned() }),
    };
    let meal: Option<Meal> = match cells.of("meal") {
        "" => None,
        meal => Some(word("meal", meal)?),
    };
    let doubts: Result<Vec<Doubt>, _> =
        cells.of("doubts").split_whitespace().map(|doubt| word("doubts", doubt)).collect();
    let reading = Reading {
        // The table is in the order of the times, and of one time in that of the memory.
        index: u32::try_from(number).map_err(|_| RowMistake::TooMany)?,
        time: moment("time")?,
        corrected_from: moment("meter_time")?,
        measured: measured(cells)?,
        kind: word("kind", cells.of("kind"))?,
        meal,
        doubts: doubts?,
        raw: BTreeMap::new(),
    };
    let range = Catalogue::embedded().range_of_model(&Clean::from(cells.of("model")));
    Ok((reading, range.map(|(lowest, highest)| MeterLimits { lowest, highest }).unwrap_or_default()))
}

fn measured(cells: &Cells<'_>) -> Result<Measured, RowMistake> {
    let (value, unit, flag) = (cells.of("value"), cells.of("unit"), cells.of("flag"));
    let wrong = || RowMistake::NoValueWithUnit { value: value.to_owned(), unit: unit.to_owned() };
    match (value, unit, flag) {
        ("", "", "LO") => Ok(Measured::Low),
        ("", "", "HI") => Ok(Measured::High),
        // No number uses what has no scale.
        ("", "", "") => match cells.of("unscaled") {
            "" => Ok(Measured::Unscaled(0)),
            number => number
                .parse()
                .map(Measured::Unscaled)
                .map_err(|_| RowMistake::UnknownWord { column: "unscaled", word: number.to_owned() }),
        },
        (_, _, "") => {
            let unit: Unit = word("unit", unit).map_err(|_| wrong())?;
            Concentration::from_number(value, unit).map(Measured::Value).ok_or_else(wrong)
        }
        ("", "", flag) => Err(RowMistake::UnknownWord { column: "flag", word: flag.to_owned() }),
        (value, _, flag) => Err(RowMistake::BesideFlag { mg_per_dl: value.to_owned(), flag: flag.to_owned() }),
    }
}

/// A word as JSON has it, too.
fn word<T: DeserializeOwned>(column: &'static str, word: &str) -> Result<T, RowMistake> {
    T::deserialize(StrDeserializer::<Error>::new(word))
        .map_err(|_| RowMistake::UnknownWord { column, word: word.to_owned() })
}
