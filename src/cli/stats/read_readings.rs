//! The readings in the JSON that `glucodock read` prints.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use serde::Deserialize;
use serde_json::Number;

use super::ReadingsOfFile;
use crate::cli::CommandError;
use crate::domain::calendar;
use crate::domain::glucose::{Concentration, Measured, Unit};
use crate::domain::reading::{Doubt, Kind, Meal, Reading};
use crate::domain::statistics::MeterLimits;
use crate::domain::text::{Clean, shortened};
use crate::meters::catalogue::Catalogue;

/// What is needed of the object; the rest of it is of no matter to the numbers.
#[derive(Deserialize)]
struct WrittenRead {
    meter: WrittenMeter,
    complete: bool,
    readings: Vec<WrittenReading>,
}

#[derive(Deserialize)]
struct WrittenMeter {
    model: String,
    driver: String,
}

#[derive(Deserialize)]
struct WrittenReading {
    index: u32,
    time: Option<String>,
    value: Option<Number>,
    unit: Option<Unit>,
    range: WrittenRange,
    kind: Kind,
    meal: Option<Meal>,
    doubts: Vec<Doubt>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WrittenRange {
    In,
    Low,
    High,
    Unknown,
}

/// Why a reading of the object is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum WrittenReadingMistake {
    #[error("time is no time of a meter's clock")]
    NoTime,
    #[error("value is no number that a meter sends")]
    NoNumber,
    #[error("there is no value with its unit, and range is in")]
    NoValue,
    #[error("there is a value, and range says that there is none")]
    StrayValue,
}

/// Reads the object; `name` is what the file is called in complaints.
///
/// # Errors
/// Wrong use, with the place that cannot be read.
pub(super) fn parse(text: &str, name: &str) -> Result<ReadingsOfFile, CommandError> {
    let wanted = "give the JSON that glucodock read --json prints, as it is";
    let written: WrittenRead = serde_json::from_str(text).map_err(|error| {
        let (line, said) = (error.line(), shortened(&error.to_string()));
        CommandError::usage(format!("{name}:{line}: {said}; {wanted}")).because_of(&format!("line {line}"))
    })?;
    let readings = written.readings.into_iter().enumerate().map(|(place, reading)| {
        let place = format!("readings[{place}]");
        let of_file = |reason| CommandError::usage(format!("{name}: {place}: {reason}; {wanted}")).because_of(&place);
        self::reading(reading).map_err(of_file)
    });
    let range = Catalogue::embedded().range_of(&written.meter.driver, &Clean::from(written.meter.model.as_str()));
    let limits = range.map(|(lowest, highest)| MeterLimits { lowest, highest });
    Ok(ReadingsOfFile {
        readings: readings.collect::<Result<_, _>>()?,
        limits: limits.unwrap_or_default(),
        is_whole: written.complete,
    })
}

fn reading(written: WrittenReading) -> Result<Reading, WrittenReadingMistake> {
    let WrittenReading { index, time, value, unit, range, kind, meal, mut doubts } = written;
    // A reading has them in ascending order and each once, which a script that wrote the file need not know.
    doubts.sort_unstable();
    doubts.dedup();
    let time: Option<DateTime> = match time {
        None => None,
        Some(time) => Some(calendar::parse_moment(&time).ok_or(WrittenReadingMistake::NoTime)?),
    };
    let measured = match (range, value.zip(unit)) {
        (WrittenRange::In, Some((value, unit))) => {
            let value = Concentration::from_number(&value.to_string(), unit);
            Measured::Value(value.ok_or(WrittenReadingMistake::NoNumber)?)
        }
        (WrittenRange::In, None) => return Err(WrittenReadingMistake::NoValue),
        (_, Some(_)) => return Err(WrittenReadingMistake::StrayValue),
        (WrittenRange::Low, None) => Measured::Low,
        (WrittenRange::High, None) => Measured::High,
        // No number has it, whatever stands in its record.
        (WrittenRange::Unknown, None) => Measured::Unscaled(0),
    };
    Ok(Reading { corrected_from: None, index, time, measured, kind, meal, doubts, raw: BTreeMap::new() })
}
