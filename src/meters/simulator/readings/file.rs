//! A set of readings that a person wrote down, as TOML or as CSV; the form is described in `docs/simulators.md`.
//!
//! Every mistake is named with its line. Nothing is guessed: a reading that no meter could hold is a mistake.

use serde::Deserialize;
use toml::Spanned;

use super::mistake::{MOST_READINGS, ReadingMistake};
use super::{CannotHold, ReadingSet, SimulatedReading};
use crate::domain::calendar;
use crate::domain::glucose::{Concentration, Measured, Unit};
use crate::domain::reading::{Kind, Meal};
use crate::domain::text::shortened;

/// A mistake in a file of readings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct ReadingFileError {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong.
    #[source]
    pub reason: ReadingMistake,
}

/// In which of the two forms a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `[[reading]]` tables.
    Toml,
    /// A line a reading, below the names of the columns.
    Csv,
}

impl Form {
    /// The form by the ending of a file's name: `.toml` or `.csv`.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "toml" => Some(Self::Toml),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

/// Reads a set, in any order, and brings it into the order of time. `fits` says why a reading cannot be in the meter
/// that is to hold it.
///
/// # Errors
/// The first mistake, with its line. A file without a reading is one: it is more likely the wrong file.
pub fn parse(
    text: &str,
    form: Form,
    fits: &dyn Fn(&SimulatedReading) -> Result<(), CannotHold>,
) -> Result<ReadingSet, ReadingFileError> {
    let written = match form {
        Form::Toml => from_toml(text)?,
        Form::Csv => from_csv(text)?,
    };
    if written.is_empty() {
        return Err(ReadingFileError { line: 1, reason: ReadingMistake::NoReading });
    }
    if written.len() > MOST_READINGS {
        return Err(ReadingFileError { line: 1, reason: ReadingMistake::TooMany });
    }
    for (line, reading) in &written {
        fits(reading).map_err(|reason| ReadingFileError { line: *line, reason: reason.into() })?;
    }
    let mut readings: Vec<SimulatedReading> = written.into_iter().map(|(_, reading)| reading).collect();
    // A stable sort: two readings of the same minute stay in the order in which they were written.
    readings.sort_by_key(|reading| reading.time);
    Ok(ReadingSet { readings })
}

/// A reading and the line on which it begins.
type ReadingAtLine = (u64, SimulatedReading);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TomlFile {
    #[serde(default)]
    reading: Vec<Spanned<TomlReading>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TomlReading {
    time: toml::Value,
    value: toml::Value,
    unit: Option<String>,
    kind: Option<Kind>,
    meal: Option<Meal>,
}

fn from_toml(text: &str) -> Result<Vec<ReadingAtLine>, ReadingFileError> {
    let line_at = |start: usize| 1 + text.bytes().take(start).filter(|byte| *byte == b'\n').count() as u64;
    let file: TomlFile = toml::from_str(text).map_err(|error| ReadingFileError {
        line: line_at(error.span().unwrap_or_default().start),
        reason: ReadingMistake::Form { said: shortened(error.message().trim()) },
    })?;
    let reading = |entry: Spanned<TomlReading>| {
        let line = line_at(entry.span().start);
        let TomlReading { time, value, unit, kind, meal } = entry.into_inner();
        make(&Fields { time: &plain(time), value: &plain(value), unit: unit.as_deref(), kind, meal })
            .map(|reading| (line, reading))
            .map_err(|reason| ReadingFileError { line, reason })
    };
    file.reading.into_iter().map(reading).collect()
}

/// A value as text; a text without its quotation marks.
fn plain(value: toml::Value) -> String {
    match value {
        toml::Value::String(text) => text,
        other => other.to_string(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CsvReading {
    time: String,
    value: String,
    #[serde(default)]
    unit: Option<String>,
    #[serde(default)]
    kind: Option<Kind>,
    #[serde(default)]
    meal: Option<Meal>,
}

fn from_csv(text: &str) -> Result<Vec<ReadingAtLine>, ReadingFileError> {
    let mut lines = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .terminator(csv::Terminator::Any(b'\n'))
        .from_reader(text.as_bytes());
    let headers = lines.headers().map_err(|error| csv_error(&error, 1))?.clone();
    let lacks = |name| !headers.iter().any(|header| header == name);
    // Readings without that line would be taken for it, and the first of them be lost.
    if !headers.is_empty() && (lacks("time") || lacks("value")) {
        return Err(ReadingFileError { line: line_of(text, 1), reason: ReadingMistake::NoColumnNames });
    }
    let mut readings = Vec::new();
    for record in lines.records() {
        let record = record.map_err(|error| {
            let start = error.position().map_or(1, csv::Position::line);
            csv_error(&error, line_of(text, start))
        })?;
        let line = line_of(text, record.position().map_or(1, csv::Position::line));
        let CsvReading { time, value, unit, kind, meal } =
            record.deserialize(Some(&headers)).map_err(|error| csv_error(&error, line))?;
        let unit = unit.as_deref().filter(|unit| !unit.is_empty());
        let reading = make(&Fields { time: &time, value: &value, unit, kind, meal });
        readings.push((line, reading.map_err(|reason| ReadingFileError { line, reason })?));
    }
    Ok(readings)
}

/// The line of a record that was looked for from `start` on, behind remarks and empty lines.
fn line_of(text: &str, start: u64) -> u64 {
    let before = usize::try_from(start.saturating_sub(1)).unwrap_or(usize::MAX);
    let passed = text.lines().skip(before).take_while(|line| line.starts_with('#') || line.trim().is_empty());
    start + passed.count() as u64
}

fn csv_error(error: &csv::Error, line: u64) -> ReadingFileError {
    let reason = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            ReadingMistake::ColumnCount { found: *len, named: *expected_len }
        }
        csv::ErrorKind::Deserialize { err, .. } => ReadingMistake::Form { said: shortened(&err.kind().to_string()) },
        _ => ReadingMistake::Form { said: shortened(&error.to_string()) },
    };
    ReadingFileError { line, reason }
}

/// The fields of a reading as they were written.
struct Fields<'a> {
    time: &'a str,
    value: &'a str,
    unit: Option<&'a str>,
    kind: Option<Kind>,
    meal: Option<Meal>,
}

fn make(fields: &Fields<'_>) -> Result<SimulatedReading, ReadingMistake> {
    let time = calendar::parse_moment(fields.time)
        .ok_or_else(|| ReadingMistake::NoTime { written: fields.time.to_owned() })?;
    let kind = fields.kind.unwrap_or(Kind::Blood);
    if !matches!(kind, Kind::Blood | Kind::Control | Kind::Ketone) {
        return Err(ReadingMistake::OtherKind);
    }
    let unit = match (fields.unit, kind) {
        (Some("mg/dL"), _) | (None, Kind::Blood | Kind::Control) => Unit::MgPerDl,
        (Some("mmol/L") | None, _) => Unit::MmolPerL,
        (Some(other), _) => return Err(ReadingMistake::OtherUnit { written: other.to_owned() }),
    };
    let measured = match fields.value {
        "LO" => Measured::Low,
        "HI" => Measured::High,
        number => Measured::Value(concentration(number, unit, kind)?),
    };
    Ok(SimulatedReading { time, measured, kind, meal: fields.meal.or(Some(Meal::None)) })
}

/// The number as simulated meters keep it: glucose in whole mg/dL, ketones in mmol/L with one decimal.
fn concentration(number: &str, unit: Unit, kind: Kind) -> Result<Concentration, ReadingMistake> {
    let wrong = |expected| ReadingMistake::NoValue { written: number.to_owned(), expected };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 4 || !is_number(whole) || !is_number(fraction) || number.ends_with('.') {
        return Err(wrong("a number"));
    }
    let tenths = || format!("{whole}{fraction:0<1}").parse::<u32>().map_err(|_| wrong("a number"));
    match (unit, kind) {
        (Unit::MgPerDl, Kind::Ketone) => Err(ReadingMistake::KetoneInMgPerDl),
        (Unit::MgPerDl, _) if fraction.is_empty() => {
            whole.parse().map(Concentration::mg_per_dl).map_err(|_| wrong("a number"))
        }
        (Unit::MgPerDl, _) => Err(wrong("a whole number of mg/dL")),
        (Unit::MmolPerL, _) if fraction.len() > 1 => Err(wrong("a number of mmol/L with one decimal")),
        (Unit::MmolPerL, Kind::Ketone) => Ok(Concentration::new(tenths()?, 1, Unit::MmolPerL)),
        (Unit::MmolPerL, _) => {
            let glucose = Concentration::new(tenths()?, 1, Unit::MmolPerL).glucose_in(Unit::MgPerDl);
            glucose.parse().map(Concentration::mg_per_dl).map_err(|_| wrong("a number"))
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rstest::rstest;

    use super::*;

    const CSV: &str = "time,value,unit,kind,meal\n2026-07-14T08:30:12,103,mg/dL,blood,before\n\
        # remark\n2026-07-13T08:30:12,LO,,,\n2026-07-14T09:00:00,5.7,mmol/L,control,none\n";

    const TOML: &str = "[[reading]]\ntime = 2026-07-14T08:30:12\nvalue = 103\nunit = \"mg/dL\"\nmeal = \"before\"\n\n\
        [[reading]]\ntime = \"2026-07-13T08:30:12\"\nvalue = \"LO\"\n\n\
        [[reading]]\ntime = 2026-07-14T09:00:00\nvalue = 5.7\nunit = \"mmol/L\"\nkind = \"control\"\n";

    /// 5.7 mmol/L times 18.01559 is 102.7 mg/dL.
    fn expected() -> ReadingSet {
        let reading = |day, hour, minute, second, measured, kind, meal| SimulatedReading {
            time: date(2026, 7, day).at(hour, minute, second, 0),
            measured,
            kind,
            meal: Some(meal),
        };
        let value = Measured::Value(Concentration::mg_per_dl(103));
        ReadingSet {
            readings: vec![
                reading(13, 8, 30, 12, Measured::Low, Kind::Blood, Meal::None),
                reading(14, 8, 30, 12, value, Kind::Blood, Meal::Before),
                reading(14, 9, 0, 0, value, Kind::Control, Meal::None),
            ],
        }
    }

    fn parse(text: &str, form: Form) -> Result<ReadingSet, ReadingFileError> {
        super::parse(text, form, &|_| Ok(()))
    }

    #[test]
    fn both_forms_say_the_same() {
        assert_eq!(parse(CSV, Form::Csv), Ok(expected()));
        assert_eq!(parse(&CSV.replace('\n', "\r\n"), Form::Csv), Ok(expected()));
        assert_eq!(parse(TOML, Form::Toml), Ok(expected()));
    }

    /// A wrong file is more likely than the wish for a meter without readings, which is said otherwise.
    #[rstest]
    #[case("", Form::Csv)]
    #[case("# remark\n", Form::Csv)]
    #[case("time,value\n", Form::Csv)]
    #[case("time,value\n# remark\n\n", Form::Csv)]
    #[case("", Form::Toml)]
    #[case("# remark\n", Form::Toml)]
    fn a_file_without_a_reading_is_a_mistake(#[case] text: &str, #[case] form: Form) {
        let error = parse(text, form).unwrap_err();
        assert_eq!(error.line, 1);
        assert_eq!(error.reason, ReadingMistake::NoReading);
    }

    /// The first reading is not taken for the names of the columns.
    #[test]
    fn the_names_of_the_columns_are_not_left_out() {
        for text in ["2026-07-14T08:30:12,103\n", "\n# remark\n2026-07-14T08:30:12,103\n", "time,unit\n"] {
            let error = parse(text, Form::Csv).unwrap_err();
            assert_eq!(error.reason, ReadingMistake::NoColumnNames);
        }
    }

    #[test]
    fn what_cannot_be_in_the_meter_is_named_with_its_line() {
        let fits = |reading: &SimulatedReading| {
            let model = "accu-chek-guide".to_owned();
            if reading.kind == Kind::Control { Err(CannotHold::Control { model }) } else { Ok(()) }
        };
        let line = |text, form| super::parse(text, form, &fits).unwrap_err().line;
        assert_eq!((line(CSV, Form::Csv), line(TOML, Form::Toml)), (5, 11));
    }

    #[test]
    fn a_ketone_keeps_its_unit() {
        let set = parse("time,value,kind\n2026-07-14T08:30:12,0.6,ketone\n", Form::Csv).unwrap();
        let value = Concentration::new(6, 1, Unit::MmolPerL);
        assert_eq!((set.readings[0].kind, set.readings[0].measured), (Kind::Ketone, Measured::Value(value)));
    }

    #[rstest]
    #[case("103,mg/dL", "103,mg/l", 2, "neither mg/dL nor mmol/L")]
    #[case("103,mg/dL", "10.3,mg/dL", 2, "a whole number of mg/dL")]
    #[case("103,mg/dL", "-3,mg/dL", 2, "not LO, HI or a number")]
    #[case("LO,", "low,", 4, "not LO, HI or a number")]
    #[case("5.7,", "5.75,", 5, "one decimal")]
    #[case("2026-07-13T", "2026-02-30T", 4, "2026-02-30T08:30:12")]
    #[case("2026-07-13T08:30:12", "2026-07-13T08:30:12+02:00", 4, "without a time zone")]
    #[case("2026-07-13T08:30:12", "2026-07-13T08:30:60", 4, "seconds from 00 to 59")]
    #[case("2026-07-13T08:30:12", "2026-07-13T08:30:12.5", 4, "whole seconds")]
    #[case("2026-07-13T08:30:12", "2026-07-13", 4, "a day and a time")]
    #[case("blood", "bloood", 2, "unknown variant")]
    #[case("blood", "sensor", 2, "blood, control or ketone")]
    #[case("blood", "ketone", 2, "ketones are written in mmol/L")]
    #[case("before", "brunch", 2, "unknown variant")]
    #[case("mg/dL,blood,before", "mg/dL", 2, "3 columns, not 5")]
    fn a_mistake_in_csv_is_named_with_its_line(
        #[case] right: &str,
        #[case] wrong: &str,
        #[case] line: u64,
        #[case] says: &str,
    ) {
        assert!(CSV.contains(right));
        let error = parse(&CSV.replacen(right, wrong, 1), Form::Csv).unwrap_err();
        assert_eq!(error.line, line, "{error}");
        assert!(error.reason.to_string().contains(says), "{error}");
    }

    #[rstest]
    #[case("value = 103", "valeu = 103", 3, "unknown field")]
    #[case("2026-07-14T09:00:00", "2026-07-14T09:00:00Z", 11, "without a time zone")]
    #[case("2026-07-14T09:00:00", "2026-07-14T09:00:00-05:00", 11, "without a time zone")]
    #[case("\"2026-07-13T08:30:12\"", "\"2026-07-13T08:30:12+02:00\"", 7, "without a time zone")]
    #[case("2026-07-14T09:00:00", "2026-07-14T09:00:60", 11, "seconds from 00 to 59")]
    #[case("2026-07-14T09:00:00", "2026-07-14T09:00:00.25", 11, "whole seconds")]
    #[case("2026-07-14T09:00:00", "2026-07-14", 11, "a day and a time")]
    #[case("value = \"LO\"", "value = true", 7, "not LO, HI or a number")]
    #[case("kind = \"control\"", "kind = \"sensor\"", 11, "blood, control or ketone")]
    #[case("value = 103", "value = ", 3, "")]
    fn a_mistake_in_toml_is_named_with_its_line(
        #[case] right: &str,
        #[case] wrong: &str,
        #[case] line: u64,
        #[case] says: &str,
    ) {
        assert!(TOML.contains(right));
        let error = parse(&TOML.replacen(right, wrong, 1), Form::Toml).unwrap_err();
        assert_eq!(error.line, line, "{error}");
        assert!(error.reason.to_string().contains(says), "{error}");
    }

    /// A file of one line without a comma, for instance.
    #[rstest]
    #[case(Form::Csv, "time,value\n2026-07-14T08:30:12,LONG\n")]
    #[case(Form::Csv, "time,value\nLONG,103\n")]
    #[case(Form::Csv, "time,value,unit\n2026-07-14T08:30:12,103,LONG\n")]
    #[case(Form::Csv, "time,value,kind\n2026-07-14T08:30:12,103,LONG\n")]
    #[case(Form::Csv, "time,value,LONG\n2026-07-14T08:30:12,103,x\n")]
    #[case(Form::Toml, "[[reading]]\ntime = 2026-07-14T08:30:12\nvalue = \"LONG\"\n")]
    #[case(Form::Toml, "[[reading]]\ntime = 2026-07-14T08:30:12\nvalue = LONG\n")]
    #[case(Form::Toml, "[[reading]]\ntime = 2026-07-14T08:30:12\nvalue = 103\nkind = \"LONG\"\n")]
    #[case(Form::Toml, "[[reading]]\nLONG = 1\n")]
    fn of_a_long_value_the_beginning_is_repeated(#[case] form: Form, #[case] text: &str) {
        let error = parse(&text.replace("LONG", &"7".repeat(30_000)), form).unwrap_err().to_string();
        assert!(error.len() < 350, "{} bytes: {error:.400}", error.len());
    }

    #[test]
    fn the_form_is_known_by_the_name() {
        assert_eq!(Form::by_name("a.b/set.TOML"), Some(Form::Toml));
        assert_eq!(Form::by_name("set.csv"), Some(Form::Csv));
        assert_eq!(Form::by_name("set"), None);
    }
}
