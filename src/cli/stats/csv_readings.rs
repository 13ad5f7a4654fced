//! A table of readings: a line a reading, below the names of the columns. There are two: one with few columns, and the
//! one of `glucodock export`.
//!
//! Nothing is guessed and nothing left out: a line that cannot be read is told with its number and what helps, and no
//! number is computed.

mod exported;
mod mistake;

use std::collections::BTreeMap;

use self::mistake::{HeaderMistake, RowMistake};
use super::ReadingsOfFile;
use crate::cli::CommandError;
use crate::cli::failure::WrongField;
use crate::domain::calendar::{self, METER_YEARS};
use crate::domain::glucose::{Concentration, Measured};
use crate::domain::reading::{Kind, Meal, Reading};
use crate::domain::statistics::MeterLimits;
use crate::ui::report::REPORT_COLUMNS;

/// The columns of the table with few of them.
const COLUMNS: [&str; 6] = ["local", "mgdl", "flag", "meal", "seq", "utc"];
/// Those that must be there.
const NEEDED: [&str; 2] = ["local", "mgdl"];

/// No meter shows a number of mg/dL with more digits than three.
const GREATEST: u32 = 999;

/// So many lines are told of that cannot be read: whoever has mended these knows how to mend the others.
const MOST_TOLD: usize = 20;

/// Reads a table; `name` is what the file is called in complaints.
///
/// # Errors
/// Wrong use, with each line that cannot be read.
pub(super) fn parse(text: &str, name: &str) -> Result<ReadingsOfFile, CommandError> {
    let mut lines = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        // Lines of another length come through: they are refused below, by their number and with
        // what helps.
        .flexible(true)
        // A line feed alone ends a line, so that they are counted as an editor counts them. The
        // carriage return before it is white space, which is trimmed.
        .terminator(csv::Terminator::Any(b'\n'))
        .from_reader(text.as_bytes());
    let header = lines.headers().map_err(|_| wrong_header(name, &HeaderMistake::NotUtf8))?.clone();
    let is_exported = exported::is_header(&header);
    let (columns, needed): (&[&str], &[&str]) =
        if is_exported { (&REPORT_COLUMNS, &exported::NEEDED) } else { (&COLUMNS, &NEEDED) };
    let places = places(&header, columns, needed).map_err(|reason| wrong_header(name, &reason))?;
    let (mut readings, mut wrong) = (Vec::new(), Vec::new());
    let mut whose = None;
    for (number, record) in lines.records().enumerate() {
        let (line, reading) = match record {
            // A quotation mark that was not meant swallows the lines behind it.
            Ok(record) if record.iter().any(|cell| cell.contains(['\n', '\r'])) => {
                let line = record.position().map_or(1, csv::Position::line);
                (line, Err(RowMistake::GoesOn))
            }
            Ok(record) => {
                let line = record.position().map_or(1, csv::Position::line);
                let cells = Cells { names: columns, places: &places, record: &record, columns: header.len() };
                let read =
                    if is_exported { exported::reading(&cells, number, &mut whose) } else { own(&cells, number) };
                (line, read)
            }
            Err(error) => (error.position().map_or(1, csv::Position::line), Err(RowMistake::NoRow)),
        };
        match reading {
            Ok(reading) => readings.push(reading),
            Err(reason) => {
                wrong.push(WrongField { field: format!("line {line}"), message: format!("{name}:{line}: {reason}") });
            }
        }
    }
    if !wrong.is_empty() {
        return Err(refused(wrong));
    }
    // Neither table says whether a meter was read to its end, and the one with few columns not which it was.
    Ok(ReadingsOfFile { readings, days: None, part: None })
}

/// A line of the table with few columns.
fn own(cells: &Cells<'_>, number: usize) -> Result<(Reading, MeterLimits), RowMistake> {
    reading(cells, number).map(|reading| (reading, MeterLimits::default()))
}

fn refused(mut wrong: Vec<WrongField>) -> CommandError {
    let more = wrong.len().saturating_sub(MOST_TOLD);
    wrong.truncate(MOST_TOLD);
    let mut told: Vec<&str> = wrong.iter().map(|line| line.message.as_str()).collect();
    let rest = format!("and {more} more lines");
    if more > 0 {
        told.push(&rest);
    }
    CommandError::usage(told.join("\n  ")).with_fields(wrong)
}

fn wrong_header(name: &str, reason: &HeaderMistake) -> CommandError {
    let wanted = "the first line names the columns: seq,local,utc,mgdl,flag,meal, of which local and mgdl must be \
                  there; or it is that of glucodock export --as csv, as it is";
    CommandError::usage(format!("{name}:1: {reason}; {wanted}")).because_of("line 1")
}

/// Where each of these columns stands, some of which must be there.
fn places(
    header: &csv::StringRecord,
    columns: &[&'static str],
    needed: &[&'static str],
) -> Result<Vec<Option<usize>>, HeaderMistake> {
    if let Some(stray) = header.iter().find(|column| !columns.contains(column)) {
        // Where a comma is a decimal point, spreadsheets write the table otherwise.
        return Err(match stray.split_once([';', '\t']) {
            Some(_) => HeaderMistake::OtherSeparator,
            None => HeaderMistake::Unknown { column: stray.to_owned() },
        });
    }
    let mut places = Vec::with_capacity(columns.len());
    for column in columns {
        let mut found = header.iter().enumerate().filter(|(_, name)| name == column).map(|(place, _)| place);
        let place = found.next();
        if found.next().is_some() {
            return Err(HeaderMistake::Twice { column });
        }
        if place.is_none() && needed.contains(column) {
            return Err(HeaderMistake::Missing { column });
        }
        places.push(place);
    }
    Ok(places)
}

/// The cells of a line by their columns.
struct Cells<'a> {
    /// The columns that there may be.
    names: &'a [&'static str],
    /// Where each of them stands.
    places: &'a [Option<usize>],
    record: &'a csv::StringRecord,
    columns: usize,
}

impl Cells<'_> {
    /// What stands in this column; nothing in one that is not there.
    fn of(&self, column: &str) -> &str {
        let place = self.names.iter().position(|known| *known == column).and_then(|place| *self.places.get(place)?);
        place.and_then(|place| self.record.get(place)).unwrap_or("")
    }

    /// A line has as many cells as the first.
    fn are_all_there(&self) -> Result<(), RowMistake> {
        let (found, named) = (self.record.len(), self.columns);
        if found == named { Ok(()) } else { Err(RowMistake::ColumnCount { found, named }) }
    }
}

fn reading(cells: &Cells<'_>, number: usize) -> Result<Reading, RowMistake> {
    cells.are_all_there()?;
    let local = cells.of("local");
    let time = calendar::parse_moment(local).ok_or_else(|| RowMistake::NoTime { local: local.to_owned() })?;
    if !METER_YEARS.contains(&time.year()) {
        return Err(RowMistake::OtherYear { year: time.year() });
    }
    let (kind, measured) = result(cells.of("mgdl"), cells.of("flag"))?;
    let index = match cells.of("seq") {
        // The place decides between two readings of one minute: that of the line, where the table tells no other.
        "" => u32::try_from(number).map_err(|_| RowMistake::TooMany)?,
        seq => seq.parse().map_err(|_| RowMistake::NoNumber { seq: seq.to_owned() })?,
    };
    let meal = Some(meal(cells.of("meal"))?);
    Ok(Reading {
        corrected_from: None,
        index,
        time: Some(time),
        measured,
        kind,
        meal,
        doubts: Vec::new(),
        raw: BTreeMap::new(),
    })
}

fn result(mg_per_dl: &str, flag: &str) -> Result<(Kind, Measured), RowMistake> {
    let kind = match flag {
        "LO" | "HI" if !mg_per_dl.is_empty() => {
            return Err(RowMistake::BesideFlag { mg_per_dl: mg_per_dl.to_owned(), flag: flag.to_owned() });
        }
        "LO" => return Ok((Kind::Blood, Measured::Low)),
        "HI" => return Ok((Kind::Blood, Measured::High)),
        "" => Kind::Blood,
        "CTRL" => Kind::Control,
        other => return Err(RowMistake::UnknownFlag { flag: other.to_owned() }),
    };
    // Digit by digit, because `parse` takes a plus sign too.
    let is_whole = mg_per_dl.bytes().all(|byte| byte.is_ascii_digit());
    let value = mg_per_dl.parse().ok().filter(|value| is_whole && (1..=GREATEST).contains(value));
    value
        .map(|value| (kind, Measured::Value(Concentration::mg_per_dl(value))))
        .ok_or_else(|| RowMistake::NoValue { mg_per_dl: mg_per_dl.to_owned() })
}

fn meal(written: &str) -> Result<Meal, RowMistake> {
    // `before` and `after` alone are taken too: the name of any of the three stands in for theirs.
    let (start, of) = written.split_once('_').unwrap_or((written, "dinner"));
    let is_meal = ["breakfast", "lunch", "dinner"].contains(&of);
    match (start, written) {
        (_, "") => Ok(Meal::None),
        (_, "fasting") => Ok(Meal::Fasting),
        (_, "bedtime") => Ok(Meal::Bedtime),
        (_, "casual") => Ok(Meal::Casual),
        ("before", _) if is_meal => Ok(Meal::Before),
        ("after", _) if is_meal => Ok(Meal::After),
        _ => Err(RowMistake::UnknownMeal { meal: written.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const HEADER: &str = "seq,local,utc,mgdl,flag,meal\n";

    fn refused(text: &str) -> String {
        parse(text, "a.csv").err().unwrap().to_string()
    }

    #[test]
    fn each_column_says_what_it_says() {
        let text = format!(
            "{HEADER}1,2026-01-15T06:40,,123,,before_breakfast\r\n2,2026-01-15 06:41:30,x,117,CTRL,\n\
             3,2026-01-15T06:42,,,LO,after\n4,2026-01-14T06:42,,,HI,bedtime\n"
        );
        let readings = parse(&text, "a.csv").ok().unwrap().readings;
        let what = |(one, _): &(Reading, MeterLimits)| (one.index, one.kind, one.measured, one.meal.unwrap());
        let told: Vec<_> = readings.iter().map(what).collect();
        let value = |value| Measured::Value(Concentration::mg_per_dl(value));
        assert_eq!(
            told,
            [
                (1, Kind::Blood, value(123), Meal::Before),
                (2, Kind::Control, value(117), Meal::None),
                (3, Kind::Blood, Measured::Low, Meal::After),
                (4, Kind::Blood, Measured::High, Meal::Bedtime),
            ]
        );
        let least = parse("mgdl,local\n100,2026-01-15T06:40\n", "a.csv").ok().unwrap().readings;
        assert_eq!((least[0].0.measured, least[0].0.meal), (value(100), Some(Meal::None)));
        assert!(parse(HEADER, "a.csv").ok().unwrap().readings.is_empty());
    }

    #[rstest]
    #[case("1,2026-01-15,,100,,", "local is \"2026-01-15\"")]
    #[case("1,2026-01-15T06:40Z,,100,,", "without a time zone")]
    #[case("1,2106-01-15T06:40,,100,,", "2000 to 2099")]
    #[case("1,2026-01-15T06:40,,5.6,,", "a whole number from 1 to 999 in mg/dL")]
    #[case("1,2026-01-15T06:40,,+56,,", "a whole number from 1 to 999 in mg/dL")]
    #[case("1,2026-01-15T06:40,,1000,,", "a whole number from 1 to 999 in mg/dL")]
    #[case("1,2026-01-15T06:40,,,,", "or nothing and LO or HI in flag")]
    #[case("1,2026-01-15T06:40,,9,LO,", "leave one of them empty")]
    #[case("1,2026-01-15T06:40,,,lo,", "write LO, HI or CTRL")]
    #[case("1,2026-01-15T06:40,,100,,snack", "meal is \"snack\"")]
    #[case("1,2026-01-15T06:40,,100,,before_snack", "meal is \"before_snack\"")]
    #[case("x,2026-01-15T06:40,,100,,", "seq is \"x\"")]
    #[case("1,2026-01-15T06:40,,100", "it has 4 columns, the first line 6")]
    fn a_line_that_cannot_be_read_is_told_with_what_helps(#[case] line: &str, #[case] says: &str) {
        let told = refused(&format!("{HEADER}1,2026-01-15T06:40,,100,,\n{line}\n"));
        assert!(told.starts_with("a.csv:3: ") && told.contains(says), "{told}");
    }

    #[rstest]
    #[case("", "there is no column local")]
    #[case("local,flag\n", "there is no column mgdl")]
    #[case("local,mgdl,insulin\n", "the column \"insulin\" is not known")]
    #[case("local,mgdl,mgdl\n", "the column mgdl stands there twice")]
    #[case("2026-01-15T06:40,100\n", "is not known")]
    #[case("local;mgdl\n", "separated by semicolons or tabs")]
    #[case("patient_id,time,kind,value,unit,flag,meal\n", "there is no column doubts")]
    fn a_first_line_that_names_no_columns_is_told(#[case] text: &str, #[case] says: &str) {
        let told = refused(text);
        assert!(told.starts_with("a.csv:1: ") && told.contains(says), "{told}");
    }

    #[test]
    fn every_wrong_line_is_told_up_to_so_many() {
        let told = refused(&format!("{HEADER}{}", "1,x,,100,,\n".repeat(MOST_TOLD + 3)));
        assert_eq!(told.lines().count(), MOST_TOLD + 1);
        assert!(told.ends_with("and 3 more lines"), "{told}");
    }
}
