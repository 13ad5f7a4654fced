//! `glucodock audit`: the audit trail of the local store, checked and printed. It holds keys of people, never names.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use jiff::tz::TimeZone;
use serde_json::json;

mod export;

use super::output::print_text;
use super::store::{StoreOptions, store_json, store_mark};
use super::{CommandError, Exit, Format};
use crate::domain::calendar::written_to_the_second;
use crate::store::{AuditLine, ChainCheck};

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Check that no line was changed, taken out or cut off; exit code 1 if one was
    Verify(AuditOptions),
    /// Print the lines, oldest first
    List(AuditOptions),
    /// Export the lines for whoever collects such trails, a line each, as JSON or as FHIR audit events
    Export(export::AuditExportOptions),
}

/// Which store.
#[derive(Debug, Args)]
pub(super) struct AuditOptions {
    #[command(flatten)]
    store: StoreOptions,
}

/// Does what was asked.
pub(super) fn run(command: &AuditCommand, format: Format) -> Result<Exit, CommandError> {
    match command {
        AuditCommand::Verify(options) => verify(options, format),
        AuditCommand::Export(options) => export::run(options, format),
        AuditCommand::List(options) => {
            let store = options.store.open_existing()?;
            let lines = store.audit_trail()?;
            match format {
                Format::Json => store_json(store.purpose(), json!({ "lines": lines }))?,
                Format::Text => print_text(&(store_mark(store.purpose()) + &page(&lines)))?,
            }
            Ok(Exit::Done)
        }
    }
}

/// A store that lacks lines at the end is not even opened; that is an error of its own.
fn verify(options: &AuditOptions, format: Format) -> Result<Exit, CommandError> {
    let store = options.store.open_existing()?;
    let (found, text, exit) = match store.verify_audit()? {
        ChainCheck::Whole { lines, last } => (
            json!({ "whole": true, "lines": lines, "last_hash": last }),
            format!("The audit trail is whole: {lines} lines, the hash of the last one is {last}.\n"),
            Exit::Done,
        ),
        ChainCheck::BrokenAt { number } => (
            json!({ "whole": false, "broken_at": number }),
            format!(
                "The audit trail is broken at line {number}: it is not what was written, or a line before it is \
                 missing.\n"
            ),
            Exit::Failed,
        ),
    };
    match format {
        Format::Json => store_json(store.purpose(), found)?,
        Format::Text => print_text(&(store_mark(store.purpose()) + &text))?,
    }
    Ok(exit)
}

fn page(lines: &[AuditLine]) -> String {
    let mut text = String::new();
    // Each field by its name, so that a further one is printed or left out on purpose.
    for AuditLine { number, at, user, action, patient, upload, detail, hash: _, session: _ } in lines {
        let at = written_to_the_second(at.to_zoned(TimeZone::UTC).datetime());
        let mut line = format!("{number:>6}  {at} UTC  {action:<18}  user {user:<6}");
        for (what, value) in [("patient", patient), ("upload", upload)] {
            if !value.is_empty() {
                // Writing to a text cannot fail.
                let _ = write!(line, "  {what} {value}");
            }
        }
        if !detail.is_empty() {
            let _ = write!(line, "  {detail}");
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    if lines.is_empty() {
        text.push_str("There are no lines yet.\n");
    }
    text
}
