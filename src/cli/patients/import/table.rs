//! A table of people: a line a person, below the names of the columns.

use jiff::civil::Date;

use super::bounded::Bounded;
use super::listed::{EachListed, ImportEntry, LineFault, ReadingFault, WrittenPerson};
use crate::domain::patient::{Gender, Status};
use crate::domain::text::quoted;

/// The columns; the first four must be there.
const COLUMNS: [&str; 10] =
    ["family", "given", "born", "mrn", "gender", "status", "other_label", "other_number", "email", "phone"];
/// So many of them.
const NEEDED: usize = 4;

/// Where each of the columns stands.
type Places = [Option<usize>; COLUMNS.len()];

/// Reads the table. Whether it was read to its end.
pub(super) fn read(mut file: Bounded, reason: &str, today: Date, each: EachListed<'_>) -> Result<bool, ReadingFault> {
    let delimiter = file.delimiter().map_err(|error| ReadingFault::of_io(&error))?;
    let watch = file.watch();
    let mut lines = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        // Lines of another length come through: they are refused below, by their number.
        .flexible(true)
        .terminator(csv::Terminator::Any(b'\n'))
        .from_reader(file);
    let header = lines.byte_headers().map_err(|error| broken(&error, 1))?.clone();
    let places = places(&header).map_err(|what| ReadingFault::Line(LineFault::new(1, what.to_string())))?;
    let mut record = csv::ByteRecord::new();
    loop {
        watch.next_piece();
        let next = lines.position().line();
        if !lines.read_byte_record(&mut record).map_err(|error| broken(&error, next))? {
            return Ok(true);
        }
        // An empty line whose end is that of another system.
        if record.len() == 1 && record.iter().all(<[u8]>::is_empty) {
            continue;
        }
        let line = record.position().map_or(1, csv::Position::line);
        let listed =
            person(&PersonCells { places: &places, record: &record, columns: header.len() }, line, reason, today);
        if !each(listed, watch.bytes())? {
            return Ok(false);
        }
    }
}

/// The line on which reading came to an end, of which the error says nothing where the file could not be read: then the
/// one that was to be read next.
fn broken(error: &csv::Error, next: u64) -> ReadingFault {
    let line = error.position().map_or(next, csv::Position::line);
    match error.kind() {
        csv::ErrorKind::Io(error) => ReadingFault::at(line, error),
        _ => ReadingFault::Line(LineFault::new(line, "it is no line of a table")),
    }
}

/// Why the first line does not name the columns.
#[derive(Debug, thiserror::Error)]
enum TableMistake {
    #[error("{NOT_UTF8}")]
    NotUtf8,
    #[error("the column {} is not known; {}", quoted(column), known())]
    Unknown { column: String },
    #[error("the column {column} stands there twice")]
    Twice { column: String },
    #[error("there is no column {column}; {}", known())]
    Missing { column: &'static str },
}

fn known() -> String {
    format!("the first line names the columns, which are {}", COLUMNS.join(", "))
}

/// Said of what is written in another character set.
const NOT_UTF8: &str = "it is not UTF-8; save the file as UTF-8, or turn it into UTF-8 with iconv -f LATIN1 -t UTF-8";

fn places(header: &csv::ByteRecord) -> Result<Places, TableMistake> {
    let mut places = [None; COLUMNS.len()];
    for (at, name) in header.iter().enumerate() {
        let name = std::str::from_utf8(name).map_err(|_| TableMistake::NotUtf8)?.to_ascii_lowercase();
        let place = COLUMNS.iter().position(|known| *known == name).and_then(|column| places.get_mut(column));
        match place {
            None => return Err(TableMistake::Unknown { column: name }),
            Some(Some(_)) => return Err(TableMistake::Twice { column: name }),
            Some(place) => *place = Some(at),
        }
    }
    match places.iter().zip(COLUMNS).take(NEEDED).find(|(place, _)| place.is_none()) {
        Some((_, column)) => Err(TableMistake::Missing { column }),
        None => Ok(places),
    }
}

/// The cells of a line by their columns.
struct PersonCells<'a> {
    places: &'a Places,
    record: &'a csv::ByteRecord,
    columns: usize,
}

impl PersonCells<'_> {
    /// What stands in this column; nothing in one that is not there.
    fn of(&self, column: &str) -> String {
        let place = COLUMNS.iter().position(|known| *known == column).and_then(|place| *self.places.get(place)?);
        let bytes = place.and_then(|place| self.record.get(place)).unwrap_or_default();
        String::from_utf8_lossy(bytes).into_owned()
    }
}

fn person(cells: &PersonCells<'_>, line: u64, reason: &str, today: Date) -> ImportEntry {
    let wrong = |what: String| ImportEntry::Wrong(vec![LineFault::new(line, what)]);
    if cells.record.iter().any(|cell| cell.contains(&b'\n') || cell.contains(&b'\r')) {
        return wrong("a cell goes on into the next line: a quotation mark (\") stands alone".to_owned());
    }
    if cells.record.iter().any(|cell| std::str::from_utf8(cell).is_err()) {
        return wrong(NOT_UTF8.to_owned());
    }
    if cells.record.len() != cells.columns {
        let (found, named) = (cells.record.len(), cells.columns);
        let cells = if found == 1 { "cell" } else { "cells" };
        return wrong(format!(
            "it has {found} {cells}, the first line {named}; leave cells empty where nothing is known"
        ));
    }
    let mut faults = Vec::new();
    let gender = match cells.of("gender").to_lowercase().as_str() {
        "" | "unknown" => Some(Gender::Unknown),
        "female" => Some(Gender::Female),
        "male" => Some(Gender::Male),
        "other" => Some(Gender::Other),
        _ => {
            faults.push(LineFault::new(line, "gender: it is none of female, male, other, unknown"));
            None
        }
    };
    let status = match cells.of("status").to_lowercase().as_str() {
        "" | "active" => Status::Active,
        "inactive" => Status::Inactive,
        _ => {
            faults.push(LineFault::new(line, "status: it is none of active, inactive"));
            Status::Active
        }
    };
    let [label, number] = ["other_label", "other_number"].map(|column| cells.of(column));
    let written = WrittenPerson {
        family: cells.of("family"),
        given: cells.of("given"),
        born: cells.of("born"),
        mrn: cells.of("mrn"),
        gender,
        other: (!label.is_empty() || !number.is_empty()).then_some((label, number)),
        email: cells.of("email"),
        phone: cells.of("phone"),
    };
    match written.check(line, reason, today) {
        Ok(person) if faults.is_empty() => {
            ImportEntry::Person { line, person: Box::new(person), status, further_numbers: 0 }
        }
        Ok(_) => ImportEntry::Wrong(faults),
        Err(told) => ImportEntry::Wrong(faults.into_iter().chain(told).collect()),
    }
}
