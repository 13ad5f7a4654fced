//! An export as one JSON object. Its form is a contract with scripts: `docs/export.md`.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::Serialize;

use crate::domain::association::PastUpload;
use crate::domain::glucose::Measured;
use crate::domain::held_meter::HeldMeter;
use crate::domain::left_out::LeftOut;
use crate::domain::patient::Patient;
use crate::domain::reading::{Doubt, Kind, Meal};
use crate::domain::record::{RecordExtent, RecordOrigin};
use crate::domain::report::{FirstRead, RecordReport, ReportReading};
use crate::domain::statistics::MealFilter;
use crate::ui::numbers::{NumbersObject, numbers_object};

/// Everything of an export.
#[derive(Debug, Serialize)]
pub struct ReportObject<'a> {
    training: bool,
    made: MadeObject<'a>,
    patient: &'a Patient,
    period: PeriodObject,
    /// Which readings are looked at, by their meal marker.
    meals: MealFilter,
    origin: OriginObject,
    record: RecordObject,
    numbers: NumbersObject,
    readings: Vec<ReportReadingObject<'a>>,
    meters: &'a [HeldMeter],
    uploads: &'a [PastUpload],
}

#[derive(Debug, Serialize)]
struct MadeObject<'a> {
    at: Timestamp,
    by: &'a str,
    site: &'a str,
    version: &'a str,
}

#[derive(Debug, Serialize)]
struct PeriodObject {
    first_day: Date,
    last_day: Date,
    days: i64,
}

#[derive(Debug, Serialize)]
struct OriginObject {
    /// `station`, `platform`, or `platform-part` and `station-only` where the care platform has, or may have, more.
    from: &'static str,
    /// Readings that only the care platform had.
    elsewhere: Option<u32>,
    /// Readings of merged records that are left out: the care platform does not say that they are this person's.
    unconfirmed: Option<u32>,
    asked_at: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
struct RecordObject {
    /// All readings, of any time, kind and doubt.
    readings: u32,
    /// Those that are not of the period, or have no time.
    outside_period: u32,
    /// Those of the period that are not looked at, by their meal marker.
    other_meals: usize,
    /// Those of doubted time, of the whole record.
    time_doubted: LeftOut,
}

#[derive(Debug, Serialize)]
struct ReportReadingObject<'a> {
    /// The meter's own wall clock; where somebody corrected it, the corrected time.
    time: Option<DateTime>,
    /// The meter's own wall clock, where somebody corrected it.
    meter_time: Option<DateTime>,
    kind: Kind,
    /// Digit for digit as it was sent; null for LO and HI.
    value: Option<serde_json::Number>,
    unit: Option<String>,
    /// `LO` or `HI`.
    flag: Option<&'static str>,
    meal: Option<Meal>,
    doubts: &'a [Doubt],
    counted: bool,
    raw: &'a std::collections::BTreeMap<String, String>,
    /// Which one of equal results of its meter it is, from zero.
    occurrence: Option<u32>,
    /// The first read that had it; null if the record has it from elsewhere.
    source: Option<&'a FirstRead>,
}

/// The object of an export.
#[must_use]
pub fn report_object(report: &RecordReport) -> ReportObject<'_> {
    let (board, made) = (&report.dashboard, &report.made);
    ReportObject {
        training: made.purpose.is_training(),
        made: MadeObject {
            at: made.at.timestamp(),
            by: made.user.as_str(),
            site: made.site.as_str(),
            version: made.version,
        },
        patient: &board.patient,
        period: PeriodObject {
            first_day: board.period.span(board.until).from.date(),
            last_day: board.until,
            days: board.period.days(),
        },
        meals: board.meals,
        origin: origin(board.origin),
        record: RecordObject {
            readings: board.total_readings,
            outside_period: report.outside(),
            other_meals: board.readings.len().saturating_sub(report.readings.len()),
            time_doubted: board.left_out,
        },
        numbers: numbers_object(&report.numbers()),
        readings: report.readings.iter().map(reading).collect(),
        meters: &board.meters,
        uploads: &board.uploads,
    }
}

const fn origin(origin: RecordOrigin) -> OriginObject {
    let (from, elsewhere, unconfirmed, asked_at) = match origin {
        RecordOrigin::Here => ("station", None, None, None),
        RecordOrigin::Platform { elsewhere, unconfirmed, extent, at } => {
            let from = if matches!(extent, RecordExtent::Part) { "platform-part" } else { "platform" };
            (from, Some(elsewhere), Some(unconfirmed), Some(at))
        }
        RecordOrigin::WithoutPlatform => ("station-only", None, None, None),
    };
    OriginObject { from, elsewhere, unconfirmed, asked_at }
}

fn reading(entry: &ReportReading) -> ReportReadingObject<'_> {
    let reading = &entry.reading;
    let sent = reading.measured.concentration();
    ReportReadingObject {
        time: reading.time,
        meter_time: reading.corrected_from,
        kind: reading.kind,
        // Digit for digit, because the type keeps a number as text (`arbitrary_precision` in Cargo.toml): 5.0 stays
        // 5.0.
        value: sent.and_then(|sent| sent.to_number().parse().ok()),
        unit: sent.map(|sent| sent.unit().to_string()),
        flag: match reading.measured {
            Measured::Low => Some("LO"),
            Measured::High => Some("HI"),
            Measured::Value(_) | Measured::Unscaled(_) => None,
        },
        meal: reading.meal,
        doubts: &reading.doubts,
        counted: reading.is_in_numbers(),
        raw: &reading.raw,
        occurrence: entry.source.as_ref().map(|(occurrence, _)| *occurrence),
        source: entry.source.as_ref().map(|(_, read)| read),
    }
}
