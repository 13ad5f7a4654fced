//! The readings in the JSON that `glucodock read` prints, or that of `glucodock export`.

mod exported;

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Number;

use super::ReadingsOfFile;
use crate::cli::CommandError;
use crate::domain::calendar;
use crate::domain::glucose::{Concentration, Measured, Unit};
use crate::domain::reading::{Doubt, Kind, Meal, Reading};
use crate::domain::statistics::MeterLimits;
use crate::domain::text::{Clean, shortened};
use crate::meters::catalogue::Catalogue;

/// By what the objects that are given by mistake, or may be, are told apart.
#[derive(Deserialize)]
struct JsonShape {
    /// Who made an export.
    made: Option<IgnoredAny>,
    /// What FHIR says of each of its objects (R4, 2.6.1).
    #[serde(rename = "resourceType")]
    resource_type: Option<IgnoredAny>,
}

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

/// What an object holds.
struct FoundReadings {
    /// Each reading with what its meter can measure, or why it is none.
    readings: Vec<Result<(Reading, MeterLimits), WrittenReadingMistake>>,
    /// As in [`ReadingsOfFile`].
    days: Option<(Date, Date)>,
    /// As in [`ReadingsOfFile`].
    part: Option<&'static str>,
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
    #[error("there is a value, and flag says that there is none")]
    StrayFlag,
    #[error("of value and unit one is missing")]
    HalfValue,
}

/// Reads the object; `name` is what the file is called in complaints.
///
/// # Errors
/// Wrong use, with the place that cannot be read.
pub(super) fn parse(text: &str, name: &str) -> Result<ReadingsOfFile, CommandError> {
    let wanted = "give the JSON that glucodock read --json or glucodock export --as json prints, as it is";
    let failed = |error: &serde_json::Error| {
        let (line, said) = (error.line(), shortened(&error.to_string()));
        CommandError::usage(format!("{name}:{line}: {said}; {wanted}")).because_of(&format!("line {line}"))
    };
    let shape: JsonShape = serde_json::from_str(text).map_err(|error| failed(&error))?;
    if shape.resource_type.is_some() {
        let said = "this is a FHIR document, which is made for other record systems; export the same with --as csv or \
                    --as json, and give that";
        return Err(CommandError::usage(format!("{name}: {said}")).because_of("resourceType"));
    }
    let found = if shape.made.is_some() {
        exported::parse(text).map_err(|error| failed(&error))?
    } else {
        let written: WrittenRead = serde_json::from_str(text).map_err(|error| failed(&error))?;
        let limits = limits(Catalogue::embedded(), &written.meter);
        let readings = written.readings.into_iter().map(|reading| Ok((self::reading(reading)?, limits))).collect();
        FoundReadings { readings, days: None, part: (!written.complete).then_some(PART_OF_METER) }
    };
    let of_file = |(place, reading): (usize, Result<_, WrittenReadingMistake>)| {
        let place = format!("readings[{place}]");
        reading.map_err(|reason| CommandError::usage(format!("{name}: {place}: {reason}; {wanted}")).because_of(&place))
    };
    let readings = found.readings.into_iter().enumerate().map(of_file).collect::<Result<_, _>>()?;
    Ok(ReadingsOfFile { readings, days: found.days, part: found.part })
}

/// Said of a read that did not come to its end.
const PART_OF_METER: &str = "the meter was not read to its end: these are the numbers of a part of its readings";

/// What a meter can measure; what most can where nobody knows.
fn limits(catalogue: &Catalogue, meter: &WrittenMeter) -> MeterLimits {
    let range = catalogue.range_of(&meter.driver, &Clean::from(meter.model.as_str()));
    range.map(|(lowest, highest)| MeterLimits { lowest, highest }).unwrap_or_default()
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
