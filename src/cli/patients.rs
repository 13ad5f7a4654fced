//! `glucodock patients`: find and create patients from a script.
//!
//! A new patient comes on standard input, and so may the query: arguments can be seen by every user of the machine.

use std::fmt::Write as _;
use std::io::{self, Read as _};

use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use super::output::print_text;
use super::store::{StoreOptions, complained, local_administrator, store_json, store_mark};
use super::{CommandError, Exit, Format};
use crate::domain::calendar;
use crate::domain::clinic::Purpose;
use crate::domain::patient::{Gender, NewPatient, Patient};
use crate::domain::validation::Written;
use crate::host::clock::{Clock as _, SystemClock};
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
    /// Why the patient is created although others look alike; without it they are listed, and nobody is created (exit 5)
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
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
    born: String,
    mrn: String,
    gender: Option<Gender>,
    other_identifier: Option<DescribedIdentifier>,
    email: Option<String>,
    phone: Option<String>,
    reason_despite_look_alike: Option<String>,
}

/// A second identifier as written in JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DescribedIdentifier {
    label: String,
    value: String,
}

/// Does what was asked.
pub(super) fn run(command: &Command, format: Format) -> Result<Exit, CommandError> {
    match command {
        Command::Create(options) => {
            let new = read_patient(&input()?, options.reason.as_deref(), SystemClock.now().date())?;
            let store = options.store.open_or_begin()?;
            refuse_look_alikes(&store, &new, format)?;
            let patient = store.create_patient(local_administrator(), &new, &Store::fresh_key()?)?;
            show(store.purpose(), &[patient], false, format)?;
        }
        Command::Search(options) => {
            let query = if let Some(query) = &options.query { query.clone() } else { input()? };
            let store = options.store.open_existing()?;
            let page = store.search(&query, options.offset, options.limit)?;
            show(store.purpose(), &page.patients, page.more, format)?;
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

/// Reads a description and holds it to the rules that the form has.
fn read_patient(text: &str, reason: Option<&str>, today: Date) -> Result<NewPatient, CommandError> {
    // The message of the parser may quote what it read.
    let described: Described = serde_json::from_str(text).map_err(|error| {
        CommandError::usage(format!(
            "standard input does not describe a patient (line {}, column {}); see glucodock patients create --help",
            error.line(),
            error.column()
        ))
    })?;
    let other = described.other_identifier.as_ref();
    let written = Written {
        family: &described.family,
        given: &described.given,
        born: calendar::parse(&described.born),
        mrn: &described.mrn,
        gender: described.gender.unwrap_or(Gender::Unknown),
        other_identifier: other.map(|other| (other.label.as_str(), other.value.as_str())),
        email: described.email.as_deref().unwrap_or_default(),
        phone: described.phone.as_deref().unwrap_or_default(),
        reason: reason.or(described.reason_despite_look_alike.as_deref()).unwrap_or_default(),
    };
    written.check(today).map_err(|complaints| complained(&complaints))
}

/// People who may be the same one keep a patient from being created, unless a reason is given.
fn refuse_look_alikes(store: &Store, new: &NewPatient, format: Format) -> Result<(), CommandError> {
    if new.reason_despite_look_alike.is_some() {
        return Ok(());
    }
    let found = store.look_alikes(new)?;
    if found.is_empty() {
        return Ok(());
    }
    let people: Vec<Patient> = found.iter().map(|other| other.patient.clone()).collect();
    match format {
        Format::Json => store_json(store.purpose(), json!({ "look_alikes": found }))?,
        Format::Text => show(store.purpose(), &people, false, format)?,
    }
    Err(CommandError::new(
        Exit::Platform,
        "nobody was created: these people may be the same person; if none of them is, say so with --reason TEXT",
    ))
}

fn show(purpose: Purpose, patients: &[Patient], more: bool, format: Format) -> Result<(), CommandError> {
    if format == Format::Json {
        return store_json(purpose, json!({ "patients": patients, "more": more }));
    }
    let mut text = store_mark(purpose);
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

    const TODAY: Date = jiff::civil::date(2026, 7, 14);

    #[test]
    fn a_patient_is_described_in_json() {
        let text = r#"{"family":"Müller","given":"Anna","born":"1961-07-14","mrn":"M1"}"#;
        let new = read_patient(text, Some("twins"), TODAY).unwrap();
        assert_eq!((new.family.expose().as_str(), new.gender), ("Müller", Gender::Unknown));
        assert_eq!(*new.born.expose(), jiff::civil::date(1961, 7, 14));
        assert_eq!(new.reason_despite_look_alike.unwrap().as_str(), "twins");
    }

    #[test]
    fn a_mistake_is_told_with_its_field_and_without_the_data() {
        for (text, says) in [
            ("", "does not describe"),
            ("{}", "does not describe"),
            (r#"{"family":"Secret","given":"A","born":"1961-07-14","mrn":"M1","Secret":1}"#, "does not describe"),
            (r#"{"family":"Secret","given":"A","born":"1961-02-30","mrn":"M1"}"#, "born: Please type the date"),
            (r#"{"family":"Secret","given":"A","born":"2999-01-01","mrn":"M1"}"#, "born: This date is in the future"),
            (r#"{"family":"Secret","given":"A","born":"-0100-01-01","mrn":"M1"}"#, "born: Please type the date"),
            (r#"{"family":"Secret","given":"A","born":"1800-01-01","mrn":"M1"}"#, "born: This date is before 1900"),
            (r#"{"family":"Secret","given":" ","born":"1961-07-14","mrn":"M1"}"#, "given: Please type a name"),
            (r#"{"family":"Secret","given":"A","born":"1961-07-14","mrn":"-"}"#, "mrn: Please type 1 to 25"),
            (r#"{"family":"Secret","given":"A","born":"1961-07-14","mrn":"Room 12"}"#, "mrn: Rooms, beds and queues"),
            (r#"{"family":"Secret","given":"7","born":"1961-07-14","mrn":"Q 1!"}"#, "mrn: Rooms, beds and queues"),
        ] {
            let error = read_patient(text, None, TODAY).unwrap_err();
            assert_eq!(error.exit, Exit::Usage);
            assert!(error.message.contains(says), "{}", error.message);
            assert!(!error.message.contains("Secret"), "{}", error.message);
        }
    }
}
