//! An export as a table: comma-separated values (RFC 4180), UTF-8, one reading a line, the first before the others.
//!
//! Words stand where a person typed or a meter sent them, and spreadsheets take a cell that begins like a formula for
//! one. Such a cell has an apostrophe before it, which they take for "this is text".

use crate::domain::glucose::{Concentration, Measured};
use crate::domain::reading::{Doubt, Kind, LeftOutFor, Meal, Reading};
use crate::domain::record::RecordOrigin;
use crate::domain::report::{FirstRead, RecordReport, ReportReading};
use crate::domain::statistics::Range;

/// The names of the columns, which `docs/export.md` explains. Scripts depend on them and on their order.
pub const REPORT_COLUMNS: [&str; 26] = [
    "patient_id",
    "identifier",
    "family",
    "given",
    "born",
    "time",
    "kind",
    "value",
    "unit",
    "flag",
    "shown",
    "shown_unit",
    "range",
    "meal",
    "counted",
    "left_out",
    "doubts",
    "manufacturer",
    "model",
    "serial",
    "read_at",
    "read_by",
    "from",
    "store",
    "unscaled",
    "meter_time",
];

/// What a cell may not begin with: spreadsheets take it for a formula, also in the full width of East Asian texts
/// (OWASP, CSV injection).
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// What separates cells where a comma is a decimal point.
const OTHER_SEPARATORS: [char; 2] = [';', '\t'];

/// The whole table, its head first.
///
/// # Errors
/// Only if there is no memory for it.
pub fn report_table(report: &RecordReport) -> Result<Vec<u8>, csv::Error> {
    // RFC 4180, section 2: lines end so on every system.
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    table.write_record(REPORT_COLUMNS)?;
    for reading in &report.readings {
        table.write_record(cells(report, reading).map(|cell| safe(&cell)))?;
    }
    table.into_inner().map_err(|error| error.into_error().into())
}

/// The cell as no spreadsheet computes it.
fn safe(cell: &str) -> String {
    let mut safe = String::with_capacity(cell.len() + 1);
    let mut is_begun = true;
    for c in cell.chars() {
        if is_begun && FORMULA.contains(&c) {
            safe.push('\'');
        }
        safe.push(c);
        is_begun = OTHER_SEPARATORS.contains(&c);
    }
    safe
}

fn cells(report: &RecordReport, entry: &ReportReading) -> [String; REPORT_COLUMNS.len()] {
    let (board, reading) = (&report.dashboard, &entry.reading);
    let patient = &board.patient;
    let sent = reading.measured.concentration();
    // Another substance has another molar mass.
    let shown = sent.filter(|_| matches!(reading.kind, Kind::Blood | Kind::Control | Kind::Sensor));
    let read = entry.source.as_ref().map(|(_, read)| read);
    let of_read = |what: fn(&FirstRead) -> String| read.map_or_else(String::new, what);
    let word = |is: bool, yes: &str, no: &str| if is { yes.to_owned() } else { no.to_owned() };
    [
        patient.id.0.clone(),
        patient.main_identifier(),
        patient.family.expose().to_string(),
        patient.given.expose().to_string(),
        patient.born.expose().to_string(),
        reading.time.map_or_else(String::new, |time| time.to_string()),
        kind(reading.kind).to_owned(),
        sent.map_or_else(String::new, Concentration::to_number),
        sent.map_or_else(String::new, |sent| sent.unit().to_string()),
        flag(reading).to_owned(),
        shown.map_or_else(String::new, |shown| shown.glucose_in(board.unit)),
        shown.map_or_else(String::new, |_| board.unit.to_string()),
        Range::of_reading(reading).filter(|_| reading.is_in_numbers()).map_or_else(String::new, range),
        meal(reading.meal).to_owned(),
        word(reading.is_in_numbers(), "yes", "no"),
        left_out(reading).to_owned(),
        reading.doubts.iter().map(|doubt| doubt_word(*doubt)).collect::<Vec<_>>().join(" "),
        of_read(|read| read.meter.manufacturer.to_string()),
        of_read(|read| read.meter.model.to_string()),
        of_read(|read| read.meter.serial.expose().to_string()),
        of_read(|read| read.read_at.to_string()),
        of_read(|read| read.user.to_string()),
        match (&entry.source, board.origin) {
            (None, RecordOrigin::Platform { .. }) => "platform".to_owned(),
            (Some(_), _) | (None, RecordOrigin::Here | RecordOrigin::WithoutPlatform) => "station".to_owned(),
        },
        word(report.made.purpose.is_training(), "training", "patients"),
        match reading.measured {
            Measured::Unscaled(number) => number.to_string(),
            Measured::Value(_) | Measured::Low | Measured::High => String::new(),
        },
        reading.corrected_from.map_or_else(String::new, |time| time.to_string()),
    ]
}

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Blood => "blood",
        Kind::Control => "control",
        Kind::Ketone => "ketone",
        Kind::Sensor => "sensor",
        Kind::Other => "other",
    }
}

const fn flag(reading: &Reading) -> &'static str {
    match reading.measured {
        Measured::Low => "LO",
        Measured::High => "HI",
        Measured::Value(_) | Measured::Unscaled(_) => "",
    }
}

fn range(range: Range) -> String {
    match range {
        Range::VeryLow => "very_low",
        Range::Low => "low",
        Range::Target => "target",
        Range::High => "high",
        Range::VeryHigh => "very_high",
    }
    .to_owned()
}

const fn meal(meal: Option<Meal>) -> &'static str {
    match meal {
        None => "",
        Some(Meal::None) => "none",
        Some(Meal::Before) => "before",
        Some(Meal::After) => "after",
        Some(Meal::Fasting) => "fasting",
        Some(Meal::Bedtime) => "bedtime",
        Some(Meal::Casual) => "casual",
    }
}

/// Why no number uses a reading, in one word.
fn left_out(reading: &Reading) -> &'static str {
    match reading.left_out_for() {
        None => "",
        Some(LeftOutFor::Kind) => "kind",
        Some(LeftOutFor::NoMeasurement(_)) => "no_measurement",
        Some(LeftOutFor::NoTime) => "no_time",
        Some(LeftOutFor::Time(_)) => "time_doubted",
    }
}

/// The same names as in JSON.
const fn doubt_word(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Invalid => "invalid",
        Doubt::Questionable => "questionable",
        Doubt::NotAvailable => "not-available",
        Doubt::TestData => "test-data",
        Doubt::DamagedRecord => "damaged-record",
        Doubt::TimeUncertain => "time-uncertain",
        Doubt::OutsideMeterRange => "outside-meter-range",
        Doubt::KindUncertain => "kind-uncertain",
        Doubt::TimeAhead => "time-ahead",
        Doubt::TimeBeforeModel => "time-before-model",
        Doubt::ClockReset => "clock-reset",
        Doubt::ClockWrong => "clock-wrong",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_as_a_formula_does() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("+49", "'+49"),
            ("-", "'-"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t'=1"),
            ("\r=1", "'\r=1"),
            ("5.6", "5.6"),
            ("a=b", "a=b"),
            ("Doe;=1+1", "Doe;'=1+1"),
            ("Doe;x=1", "Doe;x=1"),
            ("Doe\t@A1", "Doe\t'@A1"),
            ("\u{ff1d}DOE", "'\u{ff1d}DOE"),
            ("", ""),
        ] {
            assert_eq!(safe(cell), written);
        }
    }

    #[test]
    fn a_doubt_is_called_as_in_json() {
        for doubt in Doubt::ALL {
            assert_eq!(serde_json::to_value(doubt).unwrap(), doubt_word(doubt));
        }
    }
}
