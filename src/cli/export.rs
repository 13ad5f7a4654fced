//! `glucodock export`: one person's record over some days, for a spreadsheet, a program or another record.
//!
//! Like every command on the store it acts as the local administrator of this computer. Whose record it is is told by
//! a number or a key, never by a name, which two people may have.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::Zoned;
use jiff::civil::Date;
use serde_json::json;

use super::counting_options::{LowHighOption, UnitOption};
use super::output::{print_bytes, print_text};
use super::settings::SettingsOptions;
use super::store::{StoreOptions, local_administrator, store_json, store_mark};
use super::{CommandError, Exit, Format};
use crate::domain::association::AuditEntry;
use crate::domain::calendar;
use crate::domain::glucose::Unit;
use crate::domain::patient::{Patient, PatientId, Status};
use crate::domain::problem::{ProblemCode, with_causes};
use crate::domain::record::{BeyondSource, PatientRecord, RecordOrigin};
use crate::domain::report::RecordReport;
use crate::domain::report_kind::{Paper, ReportKind};
use crate::domain::statistics::{Dashboard, MealFilter, Period};
use crate::domain::text::Clean;
use crate::domain::typed_date;
use crate::domain::words::key;
use crate::engine::export::{ExportWriteError, FormedExport};
use crate::host::clock::{Clock as _, SystemClock};
use crate::host::export_file::{ExportFileError, ExportFolder};
use crate::meters::catalogue::Catalogue;
use crate::store::{Store, StoreError};
use crate::ui::words::Words;

/// More than any number or key of a patient.
const MOST_INPUT: u64 = 4096;

/// What is typed before the key of a patient.
const KEY: &str = "key:";

/// What a person at a terminal reads before they type.
const ASK: &str = "Type the patient's number (MRN), or key: and their key, then Enter and Ctrl-D.";

/// Whose record, and what is made of it.
const HOW_TO_NAME: &str = "\
PATIENT is a number of theirs (the MRN, or another one), written in any way, or key: and the id
that the JSON of glucodock patients search and the audit trail have. A name is not taken: two
people may have it. Without it, it is read from standard input, where no other user of the
computer can see it.

Without --to the export goes to standard output. Columns and fields: docs/export.md.";

/// What to export.
#[derive(Debug, Args)]
#[command(after_help = HOW_TO_NAME)]
pub(super) struct ExportOptions {
    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    settings: SettingsOptions,
    /// Whose record: a number of theirs, or key: and their key; without it, it is read from standard input
    #[arg(value_name = "PATIENT")]
    patient: Option<String>,
    /// The form; without it text, or json with --json
    #[arg(long = "as", value_enum, value_name = "FORM")]
    form: Option<FormOption>,
    /// The paper of pages
    #[arg(long, value_enum, value_name = "PAPER", default_value_t)]
    paper: PaperOption,
    /// The file, or the folder in which it gets a name without anything of the person; - is standard output
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Writes over a file that is there
    #[arg(long, requires = "to")]
    force: bool,
    /// The readings of so many days up to the last one; without it 14
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=Period::LONGEST))]
    window_days: Option<i64>,
    /// The first day
    #[arg(long, value_name = "DAY", value_parser = day, conflicts_with = "window_days")]
    from: Option<Date>,
    /// The last day; without it today
    #[arg(long, value_name = "DAY", value_parser = day)]
    until: Option<Date>,
    /// The unit in which values are shown: without it, that of the settings, else that of most values. It changes no
    /// count
    #[arg(long, value_enum, value_name = "UNIT", ignore_case = true)]
    unit: Option<UnitOption>,
    /// What stands for LO and HI where a number is needed
    #[arg(long, value_enum, value_name = "POLICY", default_value_t)]
    lo_hi: LowHighOption,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormOption {
    /// A table of the readings, for a spreadsheet
    Csv,
    /// Everything, for a program
    Json,
    /// An HL7 FHIR R4 document, for another record system
    Fhir,
    /// Sentences, to paste into a record
    Text,
    /// One or two pages to print
    Pdf,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum PaperOption {
    /// 210 by 297 mm
    #[default]
    A4,
    /// 8.5 by 11 inches
    Letter,
}

impl FormOption {
    const fn kind(self) -> ReportKind {
        match self {
            Self::Csv => ReportKind::Csv,
            Self::Json => ReportKind::Json,
            Self::Fhir => ReportKind::Fhir,
            Self::Text => ReportKind::Text,
            Self::Pdf => ReportKind::Pdf,
        }
    }
}

/// What was typed names no day, or more than one.
#[derive(Debug, thiserror::Error)]
#[error("a day such as 2026-07-14 or 14-Jul-2026")]
struct NotOneDay;

fn day(typed: &str) -> Result<Date, NotOneDay> {
    typed_date::only(typed).ok_or(NotOneDay)
}

/// Exports, and says what was written if it went into a file.
pub(super) fn run(options: &ExportOptions, format: Format) -> Result<Exit, CommandError> {
    let kind =
        options.form.map_or(if format == Format::Json { ReportKind::Json } else { ReportKind::Text }, FormOption::kind);
    let to = options.to.as_deref().filter(|to| *to != Path::new("-"));
    if to.is_none() && format == Format::Json && kind != ReportKind::Json {
        return Err(CommandError::json_without("--to FILE"));
    }
    let now = SystemClock.now();
    // Before anybody is asked to type: a slip in the options must not cost them that.
    let (period, until) = days(options, &now)?;
    let unit = options.settings.unit(options.unit, &options.store.folder()?)?;
    let named = match &options.patient {
        Some(named) => named.clone(),
        None => asked()?,
    };
    let store = options.store.open_existing()?;
    let patient = patient(&store, named.trim())?;
    let report = report(&store, &patient, (period, until), (unit, options.lo_hi), &now)?;
    let paper = match options.paper {
        PaperOption::A4 => Paper::A4,
        PaperOption::Letter => Paper::Letter,
    };
    let formed = FormedExport::of(&report, kind, paper).map_err(|error| CommandError::of(Exit::Failed, error))?;
    let note = |entry: &AuditEntry| store.audit(local_administrator(), entry);
    let Some(to) = to else {
        note(&formed.entry)?;
        tell_of(&report);
        print_bytes(&formed.bytes)?;
        return Ok(Exit::Done);
    };
    let file = if to.is_dir() {
        let folder = ExportFolder::Named(to.to_owned());
        folder.file(&kind.file_name(&now)).map_err(|error| not_written(&error, to))?
    } else {
        to.to_owned()
    };
    let written = formed.write(&file, options.force, note).map_err(|error| match error {
        ExportWriteError::NotNoted(error) => error.into(),
        ExportWriteError::File(error) => not_written(&error, &file),
    })?;
    tell_of(&report);
    let readings = written.readings;
    let shown = file.display().to_string();
    match format {
        Format::Json => {
            let written = json!({ "file": shown, "as": kind.name(), "readings": readings, "bytes": written.bytes });
            store_json(store.purpose(), written)?;
        }
        Format::Text => {
            let what = if readings == 1 { "1 reading".to_owned() } else { format!("{readings} readings") };
            let shown = Clean::from(shown);
            print_text(&format!("{}Wrote {what} to {shown} ({}).\n", store_mark(store.purpose()), kind.name()))?;
        }
    }
    Ok(Exit::Done)
}

/// The period and its last day.
fn days(options: &ExportOptions, now: &Zoned) -> Result<(Period, Date), CommandError> {
    let until = options.until.unwrap_or_else(|| now.date());
    // As on the dashboard: days to come have no readings, and would stand in every number of readings a day.
    if until > now.date() {
        return Err(CommandError::usage("--until: this day has not come yet").because_of("until"));
    }
    let period = match options.from {
        None => options.window_days.map_or_else(|| Some(Period::default()), Period::of_days),
        Some(from) => Period::between(from, until),
    };
    let period = period.ok_or_else(|| {
        let said = format!("--from: the first day is after the last, or more than {} days before it", Period::LONGEST);
        CommandError::usage(said).because_of("from")
    })?;
    Ok((period, until))
}

/// What is read from standard input: whose record it is.
fn asked() -> Result<String, CommandError> {
    if io::stdin().is_terminal() {
        writeln!(io::stderr(), "{ASK}")?;
    }
    super::input::standard_input(MOST_INPUT)
}

/// Whoever is meant; nobody is guessed.
fn patient(store: &Store, named: &str) -> Result<Patient, CommandError> {
    if named.is_empty() {
        return Err(CommandError::usage("whose record? Name a number of the patient, or key: and their key")
            .because_of("patient"));
    }
    let found = match named.strip_prefix(KEY) {
        Some(id) => by_key(store, &PatientId(id.trim().to_owned()))?.into_iter().collect(),
        None => store.holders_of_number(named)?,
    };
    let mut found = found.into_iter();
    let Some(patient) = found.next() else {
        let said = "nobody here has this number or key. It must be whole; glucodock patients search finds people by \
                    name, and its JSON has their id, which key: takes";
        return Err(refused(said));
    };
    let others: Vec<String> = found.map(|other| super::patients::line(&other)).collect();
    if !others.is_empty() {
        let all = [vec![super::patients::line(&patient)], others].concat().join("\n  ");
        return Err(refused(&format!(
            "several people have this number; name the one who is meant by key: and the key\n  {all}"
        )));
    }
    Ok(patient)
}

fn by_key(store: &Store, id: &PatientId) -> Result<Option<Patient>, StoreError> {
    match store.patient(id) {
        Ok(patient) => Ok(Some(patient)),
        Err(StoreError::NotFound { .. }) => store.known_patient(id),
        Err(error) => Err(error),
    }
}

fn refused(said: &str) -> CommandError {
    CommandError::new(Exit::Platform, said).with_code(ProblemCode::NotFound).because_of("patient")
}

fn report(
    store: &Store,
    patient: &Patient,
    (period, until): (Period, Date),
    (unit, lo_hi): (Option<Unit>, LowHighOption),
    now: &Zoned,
) -> Result<RecordReport, CommandError> {
    let record = store.record(&patient.id, period.span_with_before(until))?;
    if record.patient.id != patient.id {
        let said = format!(
            "this record was merged into another one, which holds its readings; export that one: {KEY}{}",
            record.patient.id.0
        );
        return Err(refused(&said));
    }
    // What a care platform has besides is not asked for: no person signs in here.
    let origin = if patient.id.is_of_directory() { RecordOrigin::WithoutPlatform } else { RecordOrigin::Here };
    let range = |sent: &BeyondSource| Catalogue::embedded().range_of(sent.driver.as_str(), &sent.model);
    let mut dashboard = Dashboard::of_meters(PatientRecord { origin, ..record }, period, until, range);
    dashboard.unit = unit.unwrap_or(dashboard.unit);
    dashboard.count_by(lo_hi.policy(), MealFilter::All);
    Ok(store.report(dashboard, now.clone(), Clean::from("the local administrator"), Clean::default())?)
}

/// What is to be known of it, for a person.
fn tell_of(report: &RecordReport) {
    let words = Words::shared();
    let mut told = Vec::new();
    let board = &report.dashboard;
    if board.patient.status != Status::Active {
        let status = json!(board.patient.status);
        told.push(format!("this person is {}", status.as_str().unwrap_or_default()));
    }
    if report.readings.is_empty() {
        told.push(words.text(key::NO_READINGS_IN_PERIOD));
        // Which days would have some: nobody is to try one period after the other.
        if let Some(last) = board.last_elsewhere() {
            told.push(words.filled(key::EXPORT_LAST_ELSEWHERE, &[("day", calendar::written(last.date()).into())]));
        }
    }
    if board.origin == RecordOrigin::WithoutPlatform {
        told.push(words.text(key::REPORT_FROM_HERE_ONLY));
    }
    for line in told {
        // Nobody is left to tell if stderr is closed; the export says it too.
        let _ = writeln!(io::stderr(), "glucodock: {line}");
    }
}

pub(super) fn not_written(error: &ExportFileError, file: &Path) -> CommandError {
    let code = error.code();
    let remedy = match error {
        ExportFileError::NoFolder => ". Nothing was exported. Make the folder first, or name another one with --to",
        ExportFileError::NotAllowed => ". Nothing was exported. Name another folder with --to",
        ExportFileError::Exists => {
            ". It stays as it is, and nothing was exported; name another one, or write over a file with --force"
        }
        ExportFileError::NotAFile => ". Nothing was exported. Name a file with --to, or leave --to out to print it",
        ExportFileError::NameTooLong => ". Nothing was exported. Give the file a shorter name with --to",
        ExportFileError::DiskFull { .. } => {
            ". Nothing was exported. Make room, or name a folder on another disk with --to"
        }
        ExportFileError::File { .. } => ". Nothing was exported. Name a file in another folder with --to",
    };
    let shown = Clean::from(file.display().to_string());
    let detail = with_causes(error);
    CommandError::new(Exit::Failed, format!("{shown}: {error}{remedy}"))
        .with_code(code)
        .with_detail(detail)
        .because_of("to")
}
