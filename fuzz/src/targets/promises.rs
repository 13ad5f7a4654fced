//! What holds of every reading and every download, whatever a meter sends.

use std::collections::BTreeSet;

use jiff::civil::{DateTime, date};

use crate::domain::download::{Completeness, Direction, Download};
use crate::domain::glucose::{Concentration, Unit};
use crate::domain::reading::{Doubt, Kind, Reading};
use crate::domain::text::Clean;

/// No meter measures glucose beyond these, in mg/dL, nor ketone beyond the last, in mmol/L.
const GLUCOSE: (f64, f64) = (10.0, 999.0);
const KETONE: f64 = 10.0;

/// No meter that is read here was sold before the first or will tell the time after the last.
const TIMES: (DateTime, DateTime) = (date(2000, 1, 1).at(0, 0, 0, 0), date(2099, 12, 31).at(23, 59, 59, 999_999_999));

/// What a decoder promises of one reading: an impossible value or a missing time is never without a doubt.
pub(crate) fn of_reading(reading: &Reading) {
    assert!(reading.doubts.is_sorted_by(|one, other| one < other), "doubts in disorder: {reading:?}");
    if let Some(value) = reading.measured.concentration() {
        assert!(is_possible(value, reading.kind) || !reading.doubts.is_empty(), "an impossible value: {reading:?}");
    }
    assert!(reading.time.is_some() || is_time_doubted(reading), "a time that is missing: {reading:?}");
    for text in reading.raw.iter().flat_map(|(name, field)| [name, field]) {
        assert!(!text.contains(is_harmful), "text that is not clean: {reading:?}");
    }
}

fn is_time_doubted(reading: &Reading) -> bool {
    reading.doubts.contains(&Doubt::TimeUncertain)
}

fn is_possible(value: Concentration, kind: Kind) -> bool {
    match kind {
        Kind::Ketone => value.unit() == Unit::MmolPerL && value.value() <= KETONE,
        // A control test can be one of ketone strips; it never counts.
        Kind::Control if value.unit() == Unit::MmolPerL && value.value() <= KETONE => true,
        Kind::Blood | Kind::Control | Kind::Sensor => (GLUCOSE.0..=GLUCOSE.1).contains(&value.glucose_mg_per_dl()),
        Kind::Other => true,
    }
}

/// Control characters and marks that turn the direction of text: they hide what a record says.
fn is_harmful(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The meters whose memory holds more than readings, such as insulin, notes and changes of the clock; these are counted
/// too, and left out together.
const MIXED: &[&str] =
    &["contour-hid", "contour-serial", "freestyle-insulinx", "freestyle-libre", "freestyle-neo", "taidoc"];

/// What a driver promises of a download; `given` is every byte that the meter sent. Behind a bridge the transcript is
/// of the line, without the reports it came in.
pub(crate) fn of_download(download: &Download, given: &[u8], is_bridged: bool) {
    for reading in &download.readings {
        of_reading(reading);
        let is_possible = reading.time.is_none_or(|time| (TIMES.0..=TIMES.1).contains(&time));
        assert!(is_possible || is_time_doubted(reading), "an impossible time: {reading:?}");
    }
    assert!(download.readings.is_sorted_by_key(|reading| (reading.time, reading.index)), "readings in disorder");
    let places: BTreeSet<u32> = download.readings.iter().map(|reading| reading.index).collect();
    assert_eq!(places.len(), download.readings.len(), "two readings have one place");
    assert!(download.readings.len() <= given.len(), "more readings than bytes");

    let meter = &download.meter;
    let texts = [&meter.manufacturer, &meter.model, meter.serial.expose(), &meter.driver];
    for text in texts.into_iter().chain(&meter.model_number).chain(&meter.firmware) {
        of_text(text);
    }
    for warning in &download.warnings {
        of_text(&warning.code);
        of_text(&warning.text);
    }

    let from_meter = download.transcript.iter().filter(|packet| packet.direction == Direction::FromMeter);
    let kept: Vec<u8> = from_meter.flat_map(|packet| &packet.bytes).copied().collect();
    let is_kept = if is_bridged { is_part_of(&kept, given) } else { kept == given };
    assert!(is_kept, "the transcript is not what the meter sent");

    let readings = u32::try_from(download.readings.len()).unwrap_or(u32::MAX);
    for row in &download.not_taken {
        [&row.place, &row.reason, &row.said].into_iter().for_each(of_text);
    }
    let all_are_taken = download.not_taken.is_empty();
    assert!(all_are_taken || download.completeness != Completeness::Complete, "complete without a record");
    match (&download.completeness, download.announced) {
        (Completeness::Complete, Some(announced)) if !MIXED.contains(&meter.driver.as_str()) => {
            assert!(readings >= announced, "{readings} of {announced}, and it claims to be complete");
        }
        (Completeness::Partial(problem), announced) => {
            of_text(&problem.detail);
            assert!(problem.of == announced || announced.is_none() && !all_are_taken, "{problem:?}");
        }
        (Completeness::Complete, _) => {}
    }
}

/// Whether all bytes are there, in this order, others between them or not.
fn is_part_of(bytes: &[u8], all: &[u8]) -> bool {
    let mut rest = all.iter();
    bytes.iter().all(|byte| rest.any(|other| other == byte))
}

/// Text for people stays what it is however often it is cleaned, and holds nothing harmful.
pub(crate) fn of_text(text: &Clean) {
    assert!(!text.as_str().contains(is_harmful), "{text:?}");
    assert_eq!(&Clean::new(text.as_str(), text.cells().max(1)), text);
}
