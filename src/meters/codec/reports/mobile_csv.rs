//! The report of an Accu-Chek Mobile: a CSV file of ten or twelve columns, separated by semicolons, without quotes.
//! Those with twelve have columns for fasting and bedtime before the last one, which marks a control test. A
//! separator at the end of each line is no column; it must be there in all rows or in none, because a doubled one
//! would move the marks.
//!
//! Line 1 names the columns of line 2: serial number, day and time of the report. Line 3 names the columns of all other
//! lines, in the meter's language; they are known by their place. Every line ends with a line end, so a file that ends
//! without one was cut: in a row cut short, a control test could pass for blood. And every line ends as the others do:
//! what stands where the carriage return ought to be would be the mark of a control test.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord, Terminator, Trim};
use jiff::civil::{Date, DateTime};

use super::{ReportReadingError, date_of, decode, is_damaged, is_in_range, measured, minute, unit};
use crate::domain::reading::{Doubt, Kind, Meal, Reading};
use crate::domain::text::harmless;

/// How many columns a report has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CsvColumns {
    Ten,
    Twelve,
}

impl CsvColumns {
    /// By the names in line 3, whose last one may be followed by a separator.
    fn of(names: &StringRecord) -> Option<Self> {
        let is_closed = names.iter().next_back().is_some_and(str::is_empty);
        match names.len() - usize::from(is_closed) {
            10 => Some(Self::Ten),
            12 => Some(Self::Twelve),
            _ => None,
        }
    }

    /// The columns of a reading, by the names of the English file.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Ten => &[
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
            ],
            Self::Twelve => &[
                "date",
                "time",
                "result",
                "unit",
                "temperature-warning",
                "out-of-target-range",
                "other",
                "before-meal",
                "after-meal",
                "fasting",
                "bedtime",
                "control-test",
            ],
        }
    }
}

/// Where the marks of meals stand; the last two in reports of twelve columns only.
const MEALS: [(&str, Meal); 4] = [
    ("before-meal", Meal::Before),
    ("after-meal", Meal::After),
    ("fasting", Meal::Fasting),
    ("bedtime", Meal::Bedtime),
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
    /// Line 3 names neither ten nor twelve columns.
    #[error("line 3 names {found} columns, not 10 or 12")]
    Columns {
        /// How many it names.
        found: usize,
    },
}

/// A file that is no report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// Why it is none.
    pub error: ReportError,
    /// Whether its second and third line are those of a report all the same, so that it is probably a damaged one.
    pub has_head: bool,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvReport {
    /// The meter's serial number.
    pub serial: String,
    /// What the meter's clock showed when it wrote the report.
    pub written: DateTime,
    /// The rows in the order of the file, with their line.
    pub rows: Vec<CsvRow>,
    /// Whether the file ends with a line end, as a whole one does.
    pub is_whole: bool,
}

/// One row of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvRow {
    /// Its line in the file, from 1.
    pub line: u64,
    /// The reading, or what is wrong with it.
    pub reading: Result<Reading, ReportReadingError>,
    /// Its text, without control characters.
    pub said: String,
    /// Whether it has more than one mark of a meal.
    pub is_contradictory: bool,
}

/// Reads a report.
///
/// # Errors
/// [`ParseError`] if the head is not that of a report.
pub fn parse(bytes: &[u8]) -> Result<CsvReport, ParseError> {
    let text = decode(bytes);
    let mut lines = ReaderBuilder::new()
        .delimiter(b';')
        // The carriage return before it is trimmed off as white space.
        .terminator(Terminator::Any(b'\n'))
        // Rows have no quotation marks around fields: a stray one would swallow every row up to the next.
        .quoting(false)
        // A row with more or fewer columns is told as not taken, and must not end the reading.
        .flexible(true)
        .has_headers(false)
        // Blanks behind the separators mean nothing, and line 3 ends with 197 of them.
        .trim(Trim::All)
        .from_reader(text.as_bytes())
        .into_records()
        // Reading UTF-8 from memory, lines of any length: nothing is left that could fail.
        .map_while(Result::ok)
        .filter(|record| record.len() > 1 || record.get(0).is_some_and(|text| !text.is_empty()));
    let no_head = || ParseError { error: ReportError::NoHead, has_head: false };
    let (_, meter, names) = (lines.next(), lines.next(), lines.next());
    let (meter, names) = meter.zip(names).ok_or_else(no_head)?;
    let has_head = || CsvColumns::of(&names).is_some() && is_of_meter(&meter);
    let head = CsvHead::parse(&meter, &names).map_err(|error| ParseError { error, has_head: has_head() });
    let CsvHead { serial, written, columns } = head?;
    let records: Vec<StringRecord> = lines.collect();
    let form = Form { columns, is_closed: is_closed(&records, columns), lines: CsvLines::of(&text) };
    let mut rows: Vec<CsvRow> = records.iter().zip(0..).map(|(record, index)| row(record, index, &form)).collect();
    rows.extend(
        form.lines.beside_rows().map(|line| CsvRow::not_taken(line, ReportReadingError::Damaged, String::new())),
    );
    rows.sort_by_key(|row| row.line);
    Ok(CsvReport { serial, written, rows, is_whole: text.ends_with('\n') })
}

/// Whether line 2 holds at least half of what it ought to, and nothing else: somebody's table has more columns there.
fn is_of_meter(meter: &StringRecord) -> bool {
    let has_serial = meter.get(0).is_some_and(|serial| !serial.is_empty());
    (has_serial || stamp(meter.get(1), meter.get(2)).is_some()) && meter.iter().skip(3).all(str::is_empty)
}

/// What the head of three lines says.
struct CsvHead {
    serial: String,
    written: DateTime,
    columns: CsvColumns,
}

impl CsvHead {
    fn parse(meter: &StringRecord, names: &StringRecord) -> Result<Self, ReportError> {
        let serial = meter.get(0).filter(|serial| !serial.is_empty()).ok_or(ReportError::NoSerial)?.to_owned();
        let written = stamp(meter.get(1), meter.get(2)).ok_or(ReportError::NoStamp)?;
        if meter.iter().skip(3).any(|text| !text.is_empty()) || stamp(names.get(0), names.get(1)).is_some() {
            // Else the first reading would be passed over as the names of the columns.
            return Err(ReportError::HeadLineEnd);
        }
        let columns = CsvColumns::of(names).ok_or(ReportError::Columns { found: names.len() })?;
        Ok(Self { serial, written, columns })
    }
}

/// What all rows have in common.
struct Form {
    columns: CsvColumns,
    /// Whether a separator stands at the end of each row.
    is_closed: bool,
    lines: CsvLines,
}

/// Whether most rows have a separator at their end.
fn is_closed(records: &[StringRecord], columns: CsvColumns) -> bool {
    let closed = columns.names().len() + 1;
    let is_closed = |record: &&StringRecord| record.len() == closed && record.get(closed - 1) == Some("");
    // By most of them: one row that has lost or gained a separator must not shift the marks of all
    // others.
    records.iter().filter(is_closed).count() * 2 > records.len()
}

/// The lines before the first row.
const HEAD_LINES: u64 = 3;

/// The lines of the file.
struct CsvLines {
    each: Vec<CsvLine>,
    /// Whether there is a carriage return at the end of most.
    usual: bool,
}

/// How a line is.
struct CsvLine {
    /// Whether there is a carriage return at its end.
    has_return: bool,
    state: LineState,
}

/// Whether a line can be as it was written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LineState {
    Sound,
    Damaged,
    /// There are blanks in it and nothing else: rows may have stood there.
    Blank,
}

impl LineState {
    fn of(line: &str) -> Self {
        let line = line.trim_end_matches('\r');
        if !line.is_empty() && line.trim().is_empty() {
            Self::Blank
        } else if is_damaged(line) {
            Self::Damaged
        } else {
            Self::Sound
        }
    }
}

impl CsvLines {
    fn of(text: &str) -> Self {
        let line = |line: &str| CsvLine { has_return: line.ends_with('\r'), state: LineState::of(line) };
        let each: Vec<CsvLine> = text.split_terminator('\n').map(line).collect();
        // A copy may have changed every line end, which harms nothing; a single one that differs is
        // damage.
        let usual = each.iter().filter(|line| line.has_return).count() * 2 > each.len();
        Self { each, usual }
    }

    /// The line with this number, counted from 1.
    fn at(&self, number: u64) -> Option<&CsvLine> {
        self.each.get(usize::try_from(number).ok()?.checked_sub(1)?)
    }

    /// Whether this line cannot be as it was written.
    fn is_damaged(&self, number: u64) -> bool {
        self.at(number).is_some_and(|line| line.state == LineState::Damaged)
    }

    /// The numbers of the lines that give no row and in which rows may have stood: those of blanks, and
    /// damaged ones of the head.
    fn beside_rows(&self) -> impl Iterator<Item = u64> {
        let is_one =
            |number: u64, state| state == LineState::Blank || (state == LineState::Damaged && number <= HEAD_LINES);
        (1..).zip(&self.each).filter(move |(number, line)| is_one(*number, line.state)).map(|(number, _)| number)
    }

    /// Whether this line ends as most do.
    fn is_usual(&self, number: u64) -> bool {
        self.at(number).is_none_or(|line| line.has_return == self.usual)
    }
}

impl CsvRow {
    const fn not_taken(line: u64, error: ReportReadingError, said: String) -> Self {
        Self { line, reading: Err(error), said, is_contradictory: false }
    }
}

fn row(record: &StringRecord, index: u32, form: &Form) -> CsvRow {
    let line = record.position().map_or(0, csv::Position::line);
    let said = harmless(&record.iter().collect::<Vec<_>>().join(";"));
    if !form.lines.is_usual(line) {
        return CsvRow::not_taken(line, ReportReadingError::LineEnd, said);
    }
    if form.lines.is_damaged(line) {
        return CsvRow::not_taken(line, ReportReadingError::Damaged, said);
    }
    let names = form.columns.names();
    let expected = names.len() + usize::from(form.is_closed);
    let last = if form.is_closed { record.get(names.len()) } else { None };
    if record.len() != expected || last.is_some_and(|text| !text.is_empty()) {
        let error = ReportReadingError::Columns { found: record.len(), expected };
        return CsvRow::not_taken(line, error, said);
    }
    let fields: BTreeMap<&str, &str> = names.iter().copied().zip(record).filter(|(_, text)| !text.is_empty()).collect();
    let is_contradictory = MEALS.iter().filter(|(name, _)| fields.contains_key(name)).count() > 1;
    CsvRow { line, reading: reading(&fields, index, is_contradictory), said, is_contradictory }
}

/// A reading, by the fields that are not empty. A mark is set by any text in its column.
fn reading(fields: &BTreeMap<&str, &str>, index: u32, is_contradictory: bool) -> Result<Reading, ReportReadingError> {
    let field = |name: &str| fields.get(name).copied().unwrap_or_default();
    let is_set = |name: &str| fields.contains_key(name);
    // A word needs no unit, so none need stand beside it.
    let unit = if is_set("unit") { Some(unit(field("unit"))?) } else { None };
    let measured = measured(field("result"), unit)?;
    let time = stamp(Some(field("date")), Some(field("time")));
    let doubts = [
        (is_set("temperature-warning"), Doubt::Questionable),
        (time.is_none(), Doubt::TimeUncertain),
        (!is_in_range(measured), Doubt::OutsideMeterRange),
    ];
    let mark = MEALS.iter().find(|(name, _)| is_set(name)).map_or(Meal::None, |(_, meal)| *meal);
    Ok(Reading {
        corrected_from: None,
        index,
        time,
        measured,
        // glucometerutils does not read this column, and prints control tests as a patient's readings.
        kind: if is_set("control-test") { Kind::Control } else { Kind::Blood },
        // Of two marks nothing tells the right one; both stay in the raw fields.
        meal: (!is_contradictory).then_some(mark),
        doubts: doubts.into_iter().filter(|(has, _)| *has).map(|(_, doubt)| doubt).collect(),
        raw: fields.iter().map(|(name, text)| ((*name).to_owned(), harmless(text))).collect(),
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
mod tests;
