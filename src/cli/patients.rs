//! `glucodock patients`: find and create patients from a script.
//!
//! A new patient comes on standard input, and so may the query: arguments can be seen by every user of the machine.

use std::fmt::Write as _;
use std::io::{self, Read as _};

use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use super::output::{print_json, print_text};
use super::store::{StoreOptions, local_administrator};
use super::{CommandError, Exit, Format};
use crate::domain::patient::{Gender, Identifier, NewPatient, Patient};
use crate::domain::text::{Clean, NAME_CELLS, Private};
use crate::store::Store;

/// More than any description of one patient.
const MOST_INPUT: u64 = 64 * 1024;

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    #[command(
        about = "Create a patient from a JSON object on standard input: family, given, born (YYYY-MM-DD) and mrn; \
                       optional gender, email, phone, other_identifier (label, value) and reason_despite_look_alike"
    )]
    Create(CreateOptions),
    /// Find patients by the beginnings of names, by identifier or by birth date
    Search(SearchOptions),
}

/// Which store.
#[derive(Debug, Args)]
pub(super) struct CreateOptions {
    #[command(flatten)]
    store: StoreOptions,
}

/// Which store, and what to look for.
#[derive(Debug, Args)]
pub(super) struct SearchOptions {
    #[command(flatten)]
    store: StoreOptions,
    /// How many patients at most
    #[arg(long, default_value_t = 20, value_name = "N")]
    limit: u32,
    /// How many of the best matches to pass over
    #[arg(long, default_value_t = 0, value_name = "N")]
    offset: u32,
    /// What to look for; without it the query is read from standard input, where no other user can see it
    query: Option<String>,
}

/// A new patient as written in JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Described {
    family: String,
    given: String,
    born: Date,
    mrn: String,
    gender: Option<Gender>,
    other_identifier: Option<Identifier>,
    email: Option<String>,
    phone: Option<String>,
    reason_despite_look_alike: Option<String>,
}

/// Does what was asked.
pub(super) fn run(command: &Command, format: Format) -> Result<Exit, CommandError> {
    match command {
        Command::Create(options) => {
            let new = read_patient(&input()?)?;
            let store = options.store.open_or_begin()?;
            let patient = store.create_patient(local_administrator(), &new, &Store::fresh_key()?)?;
            show(&[patient], false, format)?;
        }
        Command::Search(options) => {
            let query = if let Some(query) = &options.query { query.clone() } else { input()? };
            let page = options.store.open_existing()?.search(&query, options.offset, options.limit)?;
            show(&page.patients, page.more, format)?;
        }
    }
    Ok(Exit::Done)
}

fn input() -> Result<String, CommandError> {
    let mut text = String::new();
    io::stdin()
        .take(MOST_INPUT)
        .read_to_string(&mut text)
        .map_err(|_| CommandError::usage("standard input is not text"))?;
    Ok(text)
}

fn read_patient(text: &str) -> Result<NewPatient, CommandError> {
    // The message of the parser may quote what it read.
    let described: Described = serde_json::from_str(text).map_err(|error| {
        CommandError::usage(format!(
            "standard input does not describe a patient (line {}, column {}); see glucodock patients create --help",
            error.line(),
            error.column()
        ))
    })?;
    let private = |text: &str| Private::new(Clean::new(text, NAME_CELLS));
    let new = NewPatient {
        family: private(&described.family),
        given: private(&described.given),
        born: Private::new(described.born),
        mrn: private(&described.mrn),
        gender: described.gender.unwrap_or(Gender::Unknown),
        other_identifier: described.other_identifier,
        email: described.email.as_deref().map(private),
        phone: described.phone.as_deref().map(private),
        reason_despite_look_alike: described.reason_despite_look_alike.map(|reason| Clean::new(&reason, 200)),
    };
    let has_number = new.mrn.expose().as_str().chars().any(char::is_alphanumeric);
    if new.family.expose().is_empty() || new.given.expose().is_empty() || !has_number {
        return Err(CommandError::usage("a patient needs a family name, a given name and an MRN"));
    }
    Ok(new)
}

fn show(patients: &[Patient], more: bool, format: Format) -> Result<(), CommandError> {
    if format == Format::Json {
        print_json(&json!({ "patients": patients, "more": more }))?;
        return Ok(());
    }
    let mut text = String::new();
    for patient in patients {
        let born = patient.born.expose().strftime("%d-%b-%Y");
        let status = json!(patient.status);
        let _ = writeln!(
            text,
            "{}  born {born}  {}  {}",
            patient.full_name(),
            patient.main_identifier(),
            status.as_str().unwrap_or_default()
        );
    }
    if patients.is_empty() {
        text.push_str("Nobody matches.\n");
    }
    if more {
        text.push_str("There are more: ask for them with --offset.\n");
    }
    print_text(&text)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patient_is_described_in_json() {
        let new = read_patient(r#"{"family":"Müller","given":"Anna","born":"1961-07-14","mrn":"M1"}"#).unwrap();
        assert_eq!((new.family.expose().as_str(), new.gender), ("Müller", Gender::Unknown));
        assert_eq!(*new.born.expose(), jiff::civil::date(1961, 7, 14));
    }

    #[test]
    fn a_mistake_is_told_without_the_data() {
        for text in [
            "",
            "{}",
            r#"{"family":"Secret","given":"Anna","born":"1961-02-30","mrn":"M1"}"#,
            r#"{"family":"Secret","given":"Anna","born":"1961-07-14","mrn":"M1","Secret":1}"#,
            r#"{"family":"Secret","given":" ","born":"1961-07-14","mrn":"M1"}"#,
            r#"{"family":"Secret","given":"Anna","born":"1961-07-14","mrn":"-"}"#,
        ] {
            let error = read_patient(text).unwrap_err();
            assert_eq!(error.exit, Exit::Usage);
            assert!(!error.message.contains("Secret"), "{}", error.message);
        }
    }
}
