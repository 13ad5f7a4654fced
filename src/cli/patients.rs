//! `glucodock patients`: find and create patients from a script.
//!
//! A new patient comes on standard input, and so may the query: arguments can be seen by every user of the machine.

use std::io::{self, IsTerminal as _, Write as _};

use clap::{Args, Subcommand};
use serde_json::json;

use super::output::print_text;
use super::store::{StoreOptions, complained, local_administrator, store_json, store_mark};
use super::{CommandError, Exit, Format};
use crate::domain::calendar::written;
use crate::domain::clinic::Purpose;
use crate::domain::patient::{LookAlike, NewPatient, Patient};
use crate::domain::problem::ProblemCode;
use crate::domain::validation::{self, Complaint, Field};
use crate::host::clock::{Clock as _, SystemClock};
use crate::store::{Store, StoreError};
use crate::ui::words::Words;

mod described;
mod import;

/// More than any description of one patient.
const MOST_INPUT: u64 = 64 * 1024;

/// What `patients create` reads.
const HOW_TO_CREATE: &str = r#"Standard input holds one JSON object, where no other user of the computer can see it:

  glucodock patients create <<'END'
  {"family": "Example", "given": "Anna", "born": "1961-07-14", "mrn": "M1234567"}
  END

  family, given     names
  born              date of birth: 1961-07-14, 14-Jul-1961 or 14.7.1961
  mrn               the clinic's number: 1 to 25 letters, digits or hyphens
  gender            female, male, other or unknown; may be left out, as all below
  email, phone
  other_identifier  an object: label, value
  reason_despite_look_alike  as --reason"#;

/// What a person at a terminal reads before they type.
const ASK_FOR_PATIENT: &str = concat!(
    "Type a JSON object, then Enter and Ctrl-D; see glucodock patients create --help. For example:\n",
    r#"{"family": "Example", "given": "Anna", "born": "1961-07-14", "mrn": "M1234567"}"#
);

/// The same before a search.
const ASK_FOR_QUERY: &str = "Type what to look for, then Enter and Ctrl-D.";

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum PatientsCommand {
    #[command(about = "Create a patient from a JSON object on standard input", after_help = HOW_TO_CREATE)]
    Create(CreateOptions),
    /// Import everybody in a file, or nobody: a table (CSV), a FHIR Bundle, or FHIR Patients (NDJSON)
    Import(import::ImportOptions),
    /// Find patients by the beginnings of names, by identifier or by birth date
    Search(SearchOptions),
}

/// Which store.
#[derive(Debug, Args)]
pub(super) struct CreateOptions {
    #[command(flatten)]
    store: StoreOptions,
    /// Why the patient is created although others look alike; without it they are listed, and
    /// nobody is created (exit 5)
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
    /// What to look for, one word or several; without it the query is read from standard input, where no other user can
    /// see it
    query: Vec<String>,
}

/// What is said to whoever looks for nobody.
const NO_QUERY: &str =
    "a query is needed: a name, an identifier or a birth date, on the command line or on standard input";

/// Does what was asked.
pub(super) fn run(command: &PatientsCommand, format: Format) -> Result<Exit, CommandError> {
    match command {
        PatientsCommand::Create(options) => {
            let text = input(ASK_FOR_PATIENT)?;
            // Before the store is opened, which is begun where there is none: a slip of the pen
            // begins none.
            let new = described::read(&text, options.reason.as_deref(), SystemClock.now().date())?;
            let store = options.store.open_or_begin()?;
            refuse_taken(&store, &new, format)?;
            refuse_look_alikes(&store, &new, format)?;
            let created = store.create_patient(local_administrator(), &new, &Store::fresh_key()?);
            let patient = created?;
            show(store.purpose(), &[patient], false, format)?;
        }
        PatientsCommand::Import(options) => return import::run(options, format),
        PatientsCommand::Search(options) => {
            let query = if options.query.is_empty() { input(ASK_FOR_QUERY)? } else { options.query.join(" ") };
            let complain = |fault| complained(&[Complaint { field: Field::Query, fault }]);
            validation::query(query.trim()).map_err(complain)?;
            if !query.contains(char::is_alphanumeric) {
                return Err(CommandError::usage(NO_QUERY).because_of(Field::Query.name()));
            }
            let store = options.store.open_existing()?;
            let from = Store::page_behind(usize::try_from(options.offset).unwrap_or(usize::MAX));
            let page = store.search(&query, Some(&from), options.limit)?;
            show(store.purpose(), &page.patients, page.next.is_some(), format)?;
        }
    }
    Ok(Exit::Done)
}

/// All of standard input; whoever has to type it is told what.
fn input(ask: &str) -> Result<String, CommandError> {
    if io::stdin().is_terminal() {
        writeln!(io::stderr(), "{ask}")?;
    }
    super::input::standard_input(MOST_INPUT)
}

/// Whoever has a number of a new patient already, and which; a reason does not help against that.
pub(super) fn holder(store: &Store, new: &NewPatient) -> Result<Option<(Patient, Field)>, StoreError> {
    match store.patient_by_mrn(new.mrn.expose().as_str()) {
        Ok(holder) => return Ok(Some((holder, Field::Mrn))),
        Err(StoreError::NotFound { .. }) => {}
        Err(error) => return Err(error),
    }
    let Some(other) = &new.other_identifier else { return Ok(None) };
    // Numbers of other sorts are among them; who has this very number is judged by `holder`.
    let found = store.holders_of_number(other.value.expose().as_str())?;
    Ok(other.holder(&found).map(|holder| (holder.clone(), Field::OtherIdentifier)))
}

/// That somebody has a number is told before who looks alike, and with no reason to give.
fn refuse_taken(store: &Store, new: &NewPatient, format: Format) -> Result<(), CommandError> {
    let Some((holder, field)) = holder(store, new)? else { return Ok(()) };
    if format == Format::Text {
        let has = if field == Field::Mrn { "has this MRN" } else { "has this other identifier" };
        print_text(&format!("{}{}  ({has})\n", store_mark(store.purpose()), line(&holder)))?;
    }
    let refused = CommandError::from(StoreError::IdentifierTaken).because_of(field.name());
    Err(refused.with_result(json!({ "holder": holder, "training": store.purpose().is_training() })))
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
    if format == Format::Text {
        let words = Words::shared();
        let alike = |other: &LookAlike| words.text(other.likeness.words());
        let lines = found.iter().map(|other| format!("{}  ({})\n", line(&other.patient), alike(other)));
        print_text(&(store_mark(store.purpose()) + &lines.collect::<String>()))?;
    }
    let refused = CommandError::new(
        Exit::Platform,
        "nobody was created: these people may be the same person; if none of them is, say so with --reason TEXT",
    );
    let result = json!({ "look_alikes": found, "training": store.purpose().is_training() });
    Err(refused.with_code(ProblemCode::PlatformRefused).with_result(result))
}

/// One person on one line.
pub(super) fn line(patient: &Patient) -> String {
    let born = written(*patient.born.expose());
    let status = json!(patient.status);
    let status = status.as_str().unwrap_or_default();
    format!("{}  born {born}  {}  {status}", patient.full_name(), patient.main_identifier())
}

fn show(purpose: Purpose, patients: &[Patient], more: bool, format: Format) -> Result<(), CommandError> {
    if format == Format::Json {
        return store_json(purpose, json!({ "patients": patients, "more": more }));
    }
    let mut text = store_mark(purpose);
    for patient in patients {
        text.push_str(&line(patient));
        text.push('\n');
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
