//! The report of an Accu-Chek Mobile: a CSV file of ten columns, separated by semicolons, without quotes.
//!
//! Line 1 names the columns of line 2: serial number, day and time of the report. Line 3 names the columns of all other
//! lines, in the meter's language; they are known by their place. Every line ends with a line end, so a file that ends
//! without one was cut: in a row cut short, a control test could pass for blood. And every line ends as the others do:
//! what stands where the carriage return ought to be would be the mark of a control test.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord, Terminator, Trim};
use jiff::civil::{Date, DateTime};

use super::{RecordError, date_of, decode, is_in_range, measured, minute, unit};
use crate::domain::reading::{Doubt, Kind, Meal, Reading};
use crate::domain::text::harmless;

/// How many columns every line has.
const COLUMNS: usize = 10;

/// The columns of a reading, by the names of the English file.
const NAMES: [&str; COLUMNS] = [
    "date",
    "time",
    "result",
    "unit",
    "temperature-warning",
    "out-of-target-range",
    "other",
    "before-meal",
    "after-meal",
    "control-test",
];

/// Why a file is no report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// It has fewer than three lines.
    #[error("it has no head of three lines")]
    NoHead,
    /// Line 2 has no serial number.
    #[error("line 2 has no serial number")]
    NoSerial,
    /// Line 2 has no date and time.
    #[error("line 2 has no date and time of the report")]
    NoStamp,
    /// A line end of the head is missing: line 2 holds more, or line 3 is a reading.
    #[error("a line end of its head is damaged")]
    HeadLineEnd,
    /// Line 3 does not name ten columns.
    #[error("line 3 names {found} columns, not 10")]
    Columns {
        /// How many it names.
        found: usize,
    },
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The meter's serial number.
    pub serial: String,
    /// What the meter's clock showed when it wrote the report.
    pub written: DateTime,
    /// The rows in the order of the file, with their line.
    pub rows: Vec<Row>,
    /// Whether the file ends with a line end, as a whole one does.
    pub is_whole: bool,
}

/// One row of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its line in the file, from 1.
    pub line: u64,
    /// The reading, or what is wrong with it.
    pub reading: Result<Reading, RecordError>,
    /// Whether it is marked both before and after a meal.
    pub is_contradictory: bool,
}

/// Reads a report.
///
/// # Errors
/// [`ReportError`] if the head is not that of a report.
pub fn parse(bytes: &[u8]) -> Result<Report, ReportError> {
    let text = decode(bytes);
    let mut lines = ReaderBuilder::new()
        .delimiter(b';')
        // The carriage return before it is trimmed off as white space.
        .terminator(Terminator::Any(b'\n'))
        .quoting(false)
        .flexible(true)
        .has_headers(false)
        .trim(Trim::All)
        .from_reader(text.as_bytes())
        .into_records()
        // Reading UTF-8 from memory, lines of any length: nothing is left that could fail.
        .map_while(Result::ok)
        .filter(|record| record.len() > 1 || record.get(0).is_some_and(|text| !text.is_empty()));
    lines.next().ok_or(ReportError::NoHead)?;
    let meter = lines.next().ok_or(ReportError::NoHead)?;
    let serial = meter.get(0).filter(|serial| !serial.is_empty()).ok_or(ReportError::NoSerial)?.to_owned();
    let written = stamp(meter.get(1), meter.get(2)).ok_or(ReportError::NoStamp)?;
    let names = lines.next().ok_or(ReportError::NoHead)?;
    if meter.len() > COLUMNS || stamp(names.get(0), names.get(1)).is_some() {
        // Else the first reading would be passed over as the names of the columns.
        return Err(ReportError::HeadLineEnd);
    }
    if names.len() != COLUMNS {
        return Err(ReportError::Columns { found: names.len() });
    }
    let ends = LineEnds::of(&text);
    let rows = lines.zip(0..).map(|(record, index)| row(&record, index, &ends)).collect();
    Ok(Report { serial, written, rows, is_whole: text.ends_with('\n') })
}

/// Whether there is a carriage return at the end of each line, and of most of them.
struct LineEnds {
    each: Vec<bool>,
    usual: bool,
}

impl LineEnds {
    fn of(text: &str) -> Self {
        let each: Vec<bool> = text.split_terminator('\n').map(|line| line.ends_with('\r')).collect();
        let usual = each.iter().filter(|has| **has).count() * 2 > each.len();
        Self { each, usual }
    }

    /// Whether this line, counted from 1, ends as most do.
    fn is_usual(&self, line: u64) -> bool {
        let place = usize::try_from(line).ok().and_then(|line| line.checked_sub(1));
        place.and_then(|place| self.each.get(place)).is_none_or(|has| *has == self.usual)
    }
}

fn row(record: &StringRecord, index: u32, ends: &LineEnds) -> Row {
    let is_set = |column: usize| record.get(column).is_some_and(|text| !text.is_empty());
    let is_contradictory = is_set(7) && is_set(8);
    let line = record.position().map_or(0, csv::Position::line);
    let reading = if ends.is_usual(line) { reading(record, index) } else { Err(RecordError::LineEnd) };
    Row { line, reading, is_contradictory }
}

/// A reading of ten columns. A mark is set by any text in its column.
fn reading(record: &StringRecord, index: u32) -> Result<Reading, RecordError> {
    if record.len() != COLUMNS {
        return Err(RecordError::Columns { found: record.len() });
    }
    let column = |number: usize| record.get(number).unwrap_or_default();
    let is_set = |number: usize| !column(number).is_empty();
    let measured = measured(column(2), unit(column(3))?)?;
    let time = stamp(Some(column(0)), Some(column(1)));
    let doubts = [
        (is_set(4), Doubt::Questionable),
        (time.is_none(), Doubt::TimeUncertain),
        (!is_in_range(measured), Doubt::OutsideMeterRange),
    ];
    let raw = NAMES.iter().zip(record).filter(|(_, text)| !text.is_empty());
    Ok(Reading {
        index,
        time,
        measured,
        kind: if is_set(9) { Kind::Control } else { Kind::Blood },
        meal: match (is_set(7), is_set(8)) {
            (true, true) => None,
            (true, false) => Some(Meal::Before),
            (false, true) => Some(Meal::After),
            (false, false) => Some(Meal::None),
        },
        doubts: doubts.into_iter().filter(|(has, _)| *has).map(|(_, doubt)| doubt).collect(),
        raw: raw.map(|(name, text)| ((*name).to_owned(), harmless(text))).collect::<BTreeMap<_, _>>(),
    })
}

fn stamp(day: Option<&str>, time: Option<&str>) -> Option<DateTime> {
    Some(date(day?)?.to_datetime(minute(time?)?))
}

/// A date as `14.07.2026`.
fn date(text: &str) -> Option<Date> {
    let mut parts = text.split('.');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() { None } else { date_of(year, month, day) }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::domain::glucose::{Concentration, Measured, Unit};

    const HEAD: &str = "Serial number;Download date;Download time;;;;;;;\r\nU123456789;14.07.2026;08:31;;;;;;;\r\n\
        Date;Time;Result;Unit;Temperature warning;Out of target range;Other;Before meal;After meal;Control test   \r\n";

    fn report(rows: &str) -> Report {
        parse(format!("{HEAD}{rows}").as_bytes()).unwrap()
    }

    fn one(row: &str) -> Result<Reading, RecordError> {
        let rows = report(&format!("{row}\r\n")).rows;
        assert_eq!((rows.len(), rows[0].line), (1, 4));
        rows[0].reading.clone()
    }

    #[test]
    fn control_characters_stay_out_of_what_is_kept() {
        let reading = one("13.07.2026;21:05;5.7;mmol/l;;\u{1}\u{202E}X;;;;").unwrap();
        assert_eq!(reading.raw["out-of-target-range"], "\u{FFFD}\u{FFFD}X");
    }

    #[test]
    fn a_row_becomes_a_reading() {
        let reading = one("13.07.2026; 21:05;5.7;mmol/l;;X;;;X;").unwrap();
        assert_eq!(reading.time, Some("2026-07-13T21:05:00".parse().unwrap()));
        assert_eq!(reading.measured, Measured::Value(Concentration::new(57, 1, Unit::MmolPerL)));
        assert_eq!((reading.kind, reading.meal, reading.doubts.len()), (Kind::Blood, Some(Meal::After), 0));
        assert_eq!((reading.raw["time"].as_str(), reading.raw["after-meal"].as_str()), ("21:05", "X"));
        assert!(!reading.raw.contains_key("control-test"));
    }

    #[test]
    fn the_head_names_the_meter_and_the_time() {
        let report = report("");
        assert_eq!((report.serial.as_str(), report.rows.len(), report.is_whole), ("U123456789", 0, true));
        assert_eq!(report.written, "2026-07-14T08:31:00".parse().unwrap());
    }

    #[test]
    fn each_mark_has_its_meaning() {
        let kind = |row: &str| one(row).unwrap().kind;
        assert_eq!(kind("13.07.2026;21:05;103;mg/dl;;;;;;X"), Kind::Control);
        assert_eq!(kind("13.07.2026;21:05;103;mg/dL;;;;;;"), Kind::Blood);
        assert_eq!(one("13.07.2026;21:05;103;mg/dl;X;;;;;").unwrap().doubts, [Doubt::Questionable]);
        assert_eq!(one("13.07.2026;21:05;103;mg/dl;;;;X;;").unwrap().meal, Some(Meal::Before));
        assert_eq!(one("13.07.2026;21:05;103;mg/dl;;;;;;").unwrap().meal, Some(Meal::None));
        assert_eq!(one("13.07.2026;21:05;601;mg/dl;;;;;;").unwrap().doubts, [Doubt::OutsideMeterRange]);
        assert_eq!(one("13.07.2026;21:05;HI;mg/dl;;;;;;").unwrap().measured, Measured::High);
        let contradictory = report("13.07.2026;21:05;103;mg/dl;;;;X;X;\r\n").rows.remove(0);
        assert!(contradictory.is_contradictory);
        assert_eq!(contradictory.reading.unwrap().meal, None);
    }

    #[rstest]
    #[case("31.06.2026;21:05")]
    #[case("13.07.2026;24:05")]
    #[case("2026-07-13;21:05")]
    #[case(";")]
    fn a_stamp_that_cannot_be_leaves_the_value(#[case] stamp: &str) {
        let reading = one(&format!("{stamp};103;mg/dl;;;;;;")).unwrap();
        assert_eq!((reading.time, reading.doubts), (None, vec![Doubt::TimeUncertain]));
    }

    #[rstest]
    #[case("13.07.2026;21:05;103;mg/dl;;;;;", RecordError::Columns { found: 9 })]
    #[case("13.07.2026;21:05;103;mg/dl;;;;;;;", RecordError::Columns { found: 11 })]
    #[case("13.07.2026;21:05;;mg/dl;;;;;;", RecordError::Result)]
    #[case("13.07.2026;21:05;103;mg/l;;;;;;", RecordError::Unit)]
    fn a_damaged_row_says_what_is_wrong(#[case] row: &str, #[case] error: RecordError) {
        assert_eq!(one(row), Err(error));
    }

    #[rstest]
    #[case("", ReportError::NoHead)]
    #[case("a;b\r\nU1;14.07.2026;08:31\r\n", ReportError::NoHead)]
    #[case("a;b\r\n;14.07.2026;08:31\r\nDate\r\n", ReportError::NoSerial)]
    #[case("a;b\r\nU1;14.07.2026;\r\nDate\r\n", ReportError::NoStamp)]
    #[case("a;b\r\nU1;14.07.2026;08:31\r\nDate;Time\r\n", ReportError::Columns { found: 2 })]
    #[case("a;b\r\nU1;14.07.2026;08:31\r\n13.07.2026;21:05;103;mg/dl;;;;;;\r\n", ReportError::HeadLineEnd)]
    #[case(
        "a;b\r\nU1;14.07.2026;08:31;;;;;;;\u{b}Date;Time\r\n13.07;21:05;1;mg/dl;;;;;;\r\n",
        ReportError::HeadLineEnd
    )]
    fn a_file_that_is_no_report_is_refused(#[case] text: &str, #[case] error: ReportError) {
        assert_eq!(parse(text.as_bytes()), Err(error));
    }

    /// A changed carriage return would be text in the last column, which marks a control test.
    #[rstest]
    #[case::changed("13.07.2026;21:05;103;mg/dl;;;;;;M\n")]
    #[case::unseen("13.07.2026;21:05;103;mg/dl;;;;;;\u{8d}\n")]
    #[case::lost("13.07.2026;21:05;103;mg/dl;;;;;;\n")]
    fn a_row_that_ends_unlike_the_others_is_damaged(#[case] row: &str) {
        let sound = "12.07.2026;21:05;104;mg/dl;;;;;;\r\n";
        let rows = report(&format!("{sound}{row}{sound}")).rows;
        assert_eq!(rows[1].reading, Err(RecordError::LineEnd));
        assert!(rows[0].reading.is_ok() && rows[2].reading.is_ok());
        // Somebody may have saved it with line feeds only.
        let text = format!("{HEAD}{sound}").replace('\r', "");
        assert!(parse(text.as_bytes()).unwrap().rows[0].reading.is_ok());
    }

    #[test]
    fn a_file_that_was_cut_is_noticed() {
        assert!(!report("13.07.2026;21:05;103;mg/dl;;;;;;").is_whole);
        assert!(!parse(HEAD.trim_end().as_bytes()).unwrap().is_whole);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>, rows in "[0-9;:.\r\n\"XHILOmg/d]{0,200}") {
            let _ = parse(&bytes);
            let _ = parse(format!("{HEAD}{rows}").as_bytes());
        }
    }
}
