//! `glucodock audit export`: the lines of the trail, one on each line, into a file or on standard output. That it was
//! exported is a line of the trail itself, written before anything goes out.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::super::export::not_written;
use super::super::output::{print_bytes, print_text};
use super::super::store::{StoreOptions, local_administrator, store_json, store_mark};
use super::super::{CommandError, Exit, Format};
use crate::domain::association::AuditEntry;
use crate::domain::text::Clean;
use crate::host::export_file::PreparedExport;
use crate::platform::fhir::audit_resource;
use crate::store::{AuditLine, ChainCheck};

/// What comes of it.
const HOW_TO_CONTINUE: &str = "\
A broken trail is not exported: see glucodock audit verify. Whoever collects the trail again and
again asks with --after for what came since the last number they have.

The lines hold keys of people, never names. In FHIR AuditEvents what was typed as a reason is left
out. Without --to the lines go to standard output.";

/// What to export.
#[derive(Debug, Args)]
#[command(after_help = HOW_TO_CONTINUE)]
pub(in crate::cli) struct AuditExportOptions {
    #[command(flatten)]
    store: StoreOptions,
    /// The form of each line
    #[arg(long = "as", value_enum, value_name = "FORM", default_value_t)]
    form: TrailForm,
    /// Only the lines after the one of this number
    #[arg(long, value_name = "NUMBER", default_value_t = 0, value_parser = clap::value_parser!(i64).range(0..))]
    after: i64,
    /// The file; - is standard output
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Writes over a file that is there
    #[arg(long, requires = "to")]
    force: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum TrailForm {
    /// JSON objects: what audit list --json has of a line, and whether the store is for training
    #[default]
    Json,
    /// HL7 FHIR R4 audit events
    Fhir,
}

impl TrailForm {
    fn line(self, line: &AuditLine, station: &str, is_training: bool) -> Value {
        match self {
            Self::Json => {
                let mut line = json!(line);
                if let Value::Object(fields) = &mut line {
                    fields.insert("training".to_owned(), is_training.into());
                }
                line
            }
            Self::Fhir => audit_resource(line, station, is_training),
        }
    }
}

/// Exports, and says what was written if it went into a file.
pub(in crate::cli) fn run(options: &AuditExportOptions, format: Format) -> Result<Exit, CommandError> {
    let to = options.to.as_deref().filter(|to| *to != Path::new("-"));
    if to.is_none() && format == Format::Json {
        return Err(CommandError::json_without("--to FILE"));
    }
    let store = options.store.open_existing()?;
    if let ChainCheck::BrokenAt { number } = store.verify_audit()? {
        let said =
            format!("the audit trail is broken at line {number}, and nothing was exported; see glucodock audit verify");
        return Err(CommandError::new(Exit::Failed, said));
    }
    let (station, is_training) = (store.terminal()?, store.purpose().is_training());
    let (mut bytes, mut lines, mut last) = (Vec::new(), 0, options.after);
    for line in store.audit_trail()?.iter().filter(|line| line.number > options.after) {
        (lines, last) = (lines + 1, line.number);
        serde_json::to_writer(&mut bytes, &options.form.line(line, &station, is_training)).map_err(io::Error::from)?;
        bytes.push(b'\n');
    }
    let entry = AuditEntry::TrailExported { lines };
    let Some(to) = to else {
        store.audit(local_administrator(), &entry)?;
        print_bytes(&bytes)?;
        return Ok(Exit::Done);
    };
    let refused = |error| not_written(&error, to);
    let prepared = PreparedExport::write(to, &bytes, options.force).map_err(refused)?;
    store.audit(local_administrator(), &entry)?;
    prepared.finish().map_err(refused)?;
    let shown = to.display().to_string();
    match format {
        Format::Json => {
            store_json(store.purpose(), json!({ "file": shown, "lines": lines, "last": last }))?;
        }
        Format::Text => {
            let what = if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") };
            let mark = store_mark(store.purpose());
            print_text(&format!("{mark}Wrote {what} to {}, the last is number {last}.\n", Clean::from(shown)))?;
        }
    }
    Ok(Exit::Done)
}
