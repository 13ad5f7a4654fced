//! `glucodock patients import`: everybody in a file, or nobody.

mod bounded;
mod fhir;
mod listed;
mod table;

use std::fs::File;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use self::bounded::{Bounded, ImportForm};
use self::listed::{ImportEntry, LineFault};
use super::super::failure::WrongField;
use super::super::input;
use super::super::output::{print_json, print_text};
use super::super::progress::ProgressLine;
use super::super::settings::SettingsOptions;
use super::super::store::{StoreOptions, local_administrator, store_mark};
use super::super::{CommandError, Exit, Format};
use super::line;
use crate::config::PlatformSettings;
use crate::domain::patient::{LookAlike, Patient};
use crate::domain::problem::ProblemCode;
use crate::domain::text::Clean;
use crate::domain::validation::{self, Field};
use crate::host::clock::{Clock as _, SystemClock};
use crate::store::{ImportEnd, Imported, PatientImport, Store, StoreError};
use crate::ui::words::Words;

/// So many lines are told of that cannot be imported, and of people who look alike; whoever has mended these knows how
/// to mend the others. Nothing is looked for behind them.
const MOST_TOLD: usize = 100;

/// The longest name of a file that is shown, in terminal cells.
const NAME: usize = 200;

/// What can be in the file.
const ABOUT: &str = "\
FILE is a table (CSV, UTF-8, with commas, semicolons or tabs), an HL7 FHIR R4 Bundle, or FHIR
Patients one after the other (NDJSON): what it is is seen from what stands in it.

The first line of a table names its columns:
  family, given, born, mrn              must be there; born as 1961-07-14
  gender                                female, male, other or unknown
  status                                active or inactive; without it active
  other_label, other_number, email, phone

All of the file is imported, or nobody. Whoever is here already under the same number is passed
over, so that a file can be imported twice. Other programs wait meanwhile. docs/import.md says
more.";

/// Which file, and into which store.
#[derive(Debug, Args)]
#[command(after_help = ABOUT)]
pub(in crate::cli) struct ImportOptions {
    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    settings: SettingsOptions,
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Says what would be imported, and imports nobody
    #[arg(long)]
    dry_run: bool,
    /// Why people are created although others look alike; without it they are listed, and nobody is imported (exit 5)
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// What came of the lines so far.
#[derive(Default)]
struct ImportTally {
    new: u64,
    already_there: u64,
    /// What is not about a patient, or of a patient is not kept: resources of other sorts, further numbers.
    left_out: u64,
    wrong: Vec<LineFault>,
    taken: Vec<(u64, Patient, Field)>,
    alike: Vec<(u64, Vec<LookAlike>)>,
    /// Whether the end of the file was not looked at.
    is_cut: bool,
}

impl ImportTally {
    fn is_full(&self) -> bool {
        self.wrong.len() + self.taken.len() >= MOST_TOLD
    }

    fn is_clean(&self) -> bool {
        self.wrong.is_empty() && self.taken.is_empty()
    }
}

/// Imports the file, and says what came of it.
pub(super) fn run(options: &ImportOptions, format: Format) -> Result<Exit, CommandError> {
    let reason = options.reason.as_deref().unwrap_or_default();
    validation::whole(reason, validation::LONGEST_REASON)
        .map_err(|fault| super::complained(&[validation::Complaint { field: Field::Reason, fault }]))?;
    let folder = options.store.existing_folder()?;
    let store = options.store.open_existing()?;
    refuse_directory(&store, &options.settings.read(&folder)?.platform)?;
    let name = Clean::new(&options.file.to_string_lossy(), NAME);
    let cannot_read = |error: std::io::Error| {
        CommandError::usage(format!("{name} cannot be read: {}", input::why(error.kind()))).because_of("file")
    };
    let file = File::open(&options.file).map_err(cannot_read)?;
    let bytes = file.metadata().map_err(cannot_read)?.len();
    let mut tally = ImportTally::default();
    let mut progress = ProgressLine::on_stderr("bytes", bytes);
    let today = SystemClock.now().date();
    store.import_each(local_administrator(), |import| {
        let mut bounded = Bounded::new(file);
        let mut each = |listed: ImportEntry, at: u64| -> Result<bool, StoreError> {
            progress.at(at);
            take(import, &mut tally, listed, options.reason.is_some())
        };
        let read = match bounded.form() {
            Ok(ImportForm::Utf16) => Err(listed::ReadingFault::Line(LineFault::new(1, input::IS_UTF_16))),
            Ok(ImportForm::Json) => fhir::read(bounded, reason, today, &mut each),
            Ok(ImportForm::Table) => table::read(bounded, reason, today, &mut each),
            Err(error) => Err(listed::ReadingFault::of_io(&error)),
        };
        match read {
            Ok(is_whole) => tally.is_cut = !is_whole,
            Err(listed::ReadingFault::Store(error)) => return Err(error),
            Err(listed::ReadingFault::Line(fault)) => tally.wrong.push(fault),
        }
        let is_kept = tally.is_clean() && !options.dry_run && (tally.alike.is_empty() || options.reason.is_some());
        Ok(if is_kept { ImportEnd::Kept } else { ImportEnd::Dropped })
    })?;
    drop(progress);
    tell(&store, options, &tally, name.as_str(), format)
}

/// Where a care platform keeps the patients, nobody is made here whom it does not know.
fn refuse_directory(store: &Store, platform: &PlatformSettings) -> Result<(), CommandError> {
    if matches!(platform, PlatformSettings::Embedded) && store.directory()?.is_none() {
        return Ok(());
    }
    let said = "patients are kept by the care platform of this data folder, and whoever is imported here would be \
                nobody there: import them there, and find them from here, or name another data folder with --data";
    Err(CommandError::new(Exit::Platform, said).with_code(ProblemCode::PlatformRefused))
}

/// Takes what one line says. Whether the next one is to be looked at.
fn take(
    import: &mut PatientImport<'_>,
    tally: &mut ImportTally,
    listed: ImportEntry,
    has_reason: bool,
) -> Result<bool, StoreError> {
    match listed {
        ImportEntry::LeftOut => tally.left_out += 1,
        ImportEntry::Wrong(faults) => tally.wrong.extend(faults),
        ImportEntry::Person { line, person, status, further_numbers } => {
            tally.left_out += further_numbers;
            let compares = tally.alike.len() < MOST_TOLD;
            match import.add(*person, status, compares)? {
                Imported::New => tally.new += 1,
                Imported::AlreadyThere => tally.already_there += 1,
                Imported::Taken(holder, field) => tally.taken.push((line, *holder, field)),
                Imported::Alike(found) => {
                    tally.new += 1;
                    tally.alike.push((line, found));
                }
            }
        }
    }
    // With a reason all are wanted, however many look alike.
    Ok(!tally.is_full() && (has_reason || tally.alike.len() < MOST_TOLD))
}

fn tell(
    store: &Store,
    options: &ImportOptions,
    tally: &ImportTally,
    name: &str,
    format: Format,
) -> Result<Exit, CommandError> {
    let is_refused = !tally.is_clean() || (!tally.alike.is_empty() && options.reason.is_none());
    let imported = if is_refused || options.dry_run { 0 } else { tally.new };
    let told = told(tally, name);
    if format == Format::Json {
        let taken = tally
            .taken
            .iter()
            .map(|(line, holder, field)| json!({ "line": line, "holder": holder, "field": field.name() }));
        let alike = tally.alike.iter().map(|(line, found)| json!({ "line": line, "look_alikes": found }));
        let result = json!({
            "imported": imported,
            "would_import": if options.dry_run && !is_refused { tally.new } else { 0 },
            "already_there": tally.already_there,
            "left_out": tally.left_out,
            "taken": taken.collect::<Vec<Value>>(),
            "look_alikes": alike.collect::<Vec<Value>>(),
            "whole_file": !tally.is_cut,
            "dry_run": options.dry_run,
            "training": store.purpose().is_training(),
        });
        return if is_refused {
            Err(refusal(tally, &told).with_result(result))
        } else {
            print_json(&result)?;
            Ok(Exit::Done)
        };
    }
    if is_refused {
        print_text(&(store_mark(store.purpose()) + &people(tally, name)))?;
        return Err(refusal(tally, &told));
    }
    let alike = people(tally, name);
    let verb = if options.dry_run { "Would import" } else { "Imported" };
    let mut said = format!(
        "{}{alike}{verb} {}; {} already there.\n",
        store_mark(store.purpose()),
        counted(tally.new, "patient"),
        tally.already_there,
    );
    if tally.left_out > 0 {
        let left_out = counted(tally.left_out, "thing");
        said.extend([
            "Left out ",
            &left_out,
            ": what is no patient, and further numbers of patients, of which one besides the MRN is kept.\n",
        ]);
    }
    print_text(&said)?;
    Ok(Exit::Done)
}

fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// What is wrong, a line each, without a word of what was written.
fn told(tally: &ImportTally, name: &str) -> Vec<WrongField> {
    let mut told: Vec<(u64, String)> = tally.wrong.iter().map(|fault| (fault.line, fault.what.clone())).collect();
    told.extend(tally.taken.iter().map(|(line, _, field)| {
        (*line, format!("{}: it is another patient's; correct it here or there", field.name()))
    }));
    told.sort_by_key(|(line, _)| *line);
    told.into_iter()
        .map(|(line, what)| WrongField { field: format!("line {line}"), message: format!("{name}:{line}: {what}") })
        .collect()
}

/// Who has a number, and who looks alike: those who are told by name stand in the result.
fn people(tally: &ImportTally, name: &str) -> String {
    let words = Words::shared();
    let taken = tally.taken.iter().map(|(at, holder, field)| {
        let has = if *field == Field::Mrn { "has this MRN" } else { "has this other identifier" };
        format!("{name}:{at}: {}  ({has})\n", line(holder))
    });
    let alike = tally.alike.iter().flat_map(|(at, found)| {
        found.iter().map(move |other| {
            format!("{name}:{at}: {}  ({})\n", line(&other.patient), words.text(other.likeness.words()))
        })
    });
    taken.chain(alike).collect()
}

fn refusal(tally: &ImportTally, told: &[WrongField]) -> CommandError {
    let mut said: Vec<String> = told.iter().map(|wrong| wrong.message.clone()).collect();
    if tally.is_cut {
        said.push("what stands behind that was not looked at".to_owned());
    }
    if !tally.wrong.is_empty() {
        said.push("nobody was imported".to_owned());
        return CommandError::usage(said.join("\n  ")).with_fields(told.to_vec());
    }
    if !tally.taken.is_empty() {
        said.push("nobody was imported".to_owned());
        let refused = CommandError::new(Exit::Platform, said.join("\n  ")).with_code(ProblemCode::IdentifierTaken);
        return refused.with_fields(told.to_vec());
    }
    said.push(
        "nobody was imported: people of the file look like those listed, who may be the same; take whoever is the same \
         person out of the file; if none of them is, say so with --reason TEXT"
            .to_owned(),
    );
    CommandError::new(Exit::Platform, said.join("\n  ")).with_code(ProblemCode::PlatformRefused)
}
