//! The readings in the JSON of `glucodock export`: what its fields hold, `docs/export.md` says.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Number;

use super::{FoundReadings, WrittenMeter, WrittenReadingMistake, limits};
use crate::domain::calendar;
use crate::domain::glucose::{Concentration, Measured, Unit};
use crate::domain::reading::{Doubt, Kind, Meal, Reading};
use crate::domain::statistics::MeterLimits;
use crate::meters::catalogue::Catalogue;

/// Said of an export that a care platform has more than.
const PART_OF_RECORD: &str =
    "the care platform may have more than is in this export: these are the numbers of a part of the record";

/// What is needed of the object.
#[derive(Deserialize)]
struct ExportedRecord {
    period: ExportedDays,
    origin: ExportedOrigin,
    readings: Vec<ExportedReading>,
}

#[derive(Deserialize)]
struct ExportedDays {
    first_day: Date,
    last_day: Date,
}

#[derive(Deserialize)]
struct ExportedOrigin {
    from: String,
}

#[derive(Deserialize)]
struct ExportedReading {
    time: Option<String>,
    // Exports of before times could be corrected have none.
    meter_time: Option<String>,
    value: Option<Number>,
    unit: Option<Unit>,
    flag: Option<ExportedFlag>,
    kind: Kind,
    meal: Option<Meal>,
    doubts: Vec<Doubt>,
    source: Option<ExportedSource>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum ExportedFlag {
    Lo,
    Hi,
}

#[derive(Deserialize)]
struct ExportedSource {
    meter: WrittenMeter,
}

/// The readings of the object, the days that it is of, and why they are a part of what there is, if they are.
pub(super) fn parse(text: &str) -> Result<FoundReadings, serde_json::Error> {
    let written: ExportedRecord = serde_json::from_str(text)?;
    let part = ["platform-part", "station-only"].contains(&written.origin.from.as_str()).then_some(PART_OF_RECORD);
    let days = (written.period.first_day, written.period.last_day);
    let read = |(index, written): (u32, ExportedReading)| {
        let meter = written.source.as_ref().map(|source| &source.meter);
        let limits = meter.map_or_else(MeterLimits::default, |meter| limits(Catalogue::embedded(), meter));
        Ok((reading(index, written)?, limits))
    };
    Ok(FoundReadings { readings: (0..).zip(written.readings).map(read).collect(), days: Some(days), part })
}

fn reading(index: u32, written: ExportedReading) -> Result<Reading, WrittenReadingMistake> {
    let ExportedReading { time, meter_time, value, unit, flag, kind, meal, mut doubts, source: _ } = written;
    doubts.sort_unstable();
    doubts.dedup();
    let moment = |time: Option<String>| match time {
        None => Ok(None),
        Some(time) => calendar::parse_moment(&time).map(Some).ok_or(WrittenReadingMistake::NoTime),
    };
    let measured = match (flag, value, unit) {
        (None, Some(value), Some(unit)) => {
            let value = Concentration::from_number(&value.to_string(), unit);
            Measured::Value(value.ok_or(WrittenReadingMistake::NoNumber)?)
        }
        (Some(ExportedFlag::Lo), None, None) => Measured::Low,
        (Some(ExportedFlag::Hi), None, None) => Measured::High,
        // No number uses what has no scale.
        (None, None, None) => Measured::Unscaled(0),
        (None, _, _) => return Err(WrittenReadingMistake::HalfValue),
        (Some(_), _, _) => return Err(WrittenReadingMistake::StrayFlag),
    };
    let (time, corrected_from) = (moment(time)?, moment(meter_time)?);
    Ok(Reading { corrected_from, index, time, measured, kind, meal, doubts, raw: BTreeMap::new() })
}
