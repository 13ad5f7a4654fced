//! What a file says of one person, whatever its form.

use std::io;

use jiff::civil::Date;

use super::bounded::TOO_LONG;
use crate::cli::input;
use crate::cli::store::wrong_fields;
use crate::domain::patient::{Gender, NewPatient, Status};
use crate::domain::validation::{FieldFault, Written};
use crate::store::StoreError;

/// One thing of a file.
pub(super) enum ImportEntry {
    /// Somebody.
    Person {
        /// The line on which they begin.
        line: u64,
        /// Who they are.
        person: Box<NewPatient>,
        /// Whether they may receive readings.
        status: Status,
        /// How many of their numbers there is no room for.
        further_numbers: u64,
    },
    /// It says nothing of a patient.
    LeftOut,
    /// It is wrong.
    Wrong(Vec<LineFault>),
}

/// What is wrong with a line; never what stands on it.
pub(super) struct LineFault {
    /// The line, from 1.
    pub(super) line: u64,
    /// What is wrong with it, and what would be right.
    pub(super) what: String,
}

impl LineFault {
    pub(super) fn new(line: u64, what: impl Into<String>) -> Self {
        Self { line, what: what.into() }
    }
}

/// Why a file is not read further.
pub(super) enum ReadingFault {
    /// It makes no sense from this line on.
    Line(LineFault),
    /// The store failed.
    Store(StoreError),
}

impl From<StoreError> for ReadingFault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl ReadingFault {
    /// The file could not be read at all.
    pub(super) fn of_io(error: &io::Error) -> Self {
        Self::Line(LineFault::new(1, format!("it cannot be read: {}", input::why(error.kind()))))
    }

    /// It could not be read further than this line.
    pub(super) fn at(line: u64, error: &io::Error) -> Self {
        let what = match error.kind() {
            io::ErrorKind::FileTooLarge => TOO_LONG.to_owned(),
            kind => format!("it cannot be read further: {}", input::why(kind)),
        };
        Self::Line(LineFault::new(line, what))
    }
}

/// Takes what is listed and how many bytes were read by then; says whether it wants more.
pub(super) type EachListed<'a> = &'a mut dyn FnMut(ImportEntry, u64) -> Result<bool, StoreError>;

/// What is written of somebody.
#[derive(Default)]
pub(super) struct WrittenPerson {
    pub(super) family: String,
    pub(super) given: String,
    pub(super) born: String,
    pub(super) mrn: String,
    pub(super) gender: Option<Gender>,
    pub(super) other: Option<(String, String)>,
    pub(super) email: String,
    pub(super) phone: String,
}

impl WrittenPerson {
    /// The person, by the rules that the form has; or what is wrong.
    pub(super) fn check(&self, line: u64, reason: &str, today: Date) -> Result<NewPatient, Vec<LineFault>> {
        let is_iso = is_iso(&self.born);
        let born = is_iso.then(|| self.born.parse().ok()).flatten().ok_or(FieldFault::NotADate);
        let written = Written {
            family: &self.family,
            given: &self.given,
            born,
            mrn: &self.mrn,
            gender: self.gender.unwrap_or(Gender::Unknown),
            other_identifier: self.other.as_ref().map(|(label, value)| (label.as_str(), value.as_str())),
            email: &self.email,
            phone: &self.phone,
            reason,
        };
        let checked = written.check(today).map_err(|complaints| {
            let told = wrong_fields(&complaints).into_iter().map(|told| {
                // The form takes other ways to write a date; a file has one.
                let is_date = told.field == "born" && born.is_err();
                let message = if is_date { "it is no day as 1961-07-14 (year-month-day)" } else { &told.message };
                LineFault::new(line, format!("{}: {message}", told.field))
            });
            told.collect::<Vec<_>>()
        });
        let begins = |field: &str, text: &str| {
            let text = text.trim_start();
            // A phone number begins with that abroad.
            text.starts_with(['=', '-', '@']) || (text.starts_with('+') && field != "phone")
        };
        let (label, number) = self.other.as_ref().map_or(("", ""), |(label, number)| (label, number));
        let cells = [
            ("family", self.family.as_str()),
            ("given", &self.given),
            ("mrn", &self.mrn),
            ("other_label", label),
            ("other_number", number),
            ("email", &self.email),
            ("phone", &self.phone),
        ];
        let formulas = cells.into_iter().filter(|(field, text)| begins(field, text)).map(|(field, _)| {
            LineFault::new(line, format!("{field}: it begins as a formula of a spreadsheet does; write it as text"))
        });
        let formulas: Vec<LineFault> = formulas.collect();
        match checked {
            Ok(person) if formulas.is_empty() => Ok(person),
            Ok(_) => Err(formulas),
            Err(told) => Err(told.into_iter().chain(formulas).collect()),
        }
    }
}

/// `1961-07-14`: the one way that every program writes and nobody reads otherwise.
fn is_iso(born: &str) -> bool {
    born.len() == 10
        && born.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}
