//! `glucodock store verify`: whether everything that is stored is as it was written, in the store or in a backup.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{StoreOptions, store_json, store_mark};
use crate::cli::findings::{Finding, FindingState, page};
use crate::cli::output::print_text;
use crate::cli::{CommandError, Exit, Format};
use crate::store::{Soundness, SoundnessCheck, Store};

/// What to look at.
#[derive(Debug, Args)]
pub(in crate::cli) struct VerifyOptions {
    /// A backup; without it the store of the data folder
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The key of a backup; without it glucodock.key of the data folder
    #[arg(long, value_name = "KEYFILE", requires = "file")]
    key: Option<PathBuf>,
    #[command(flatten)]
    store: StoreOptions,
}

/// Looks, and says what was found.
pub(super) fn run(options: &VerifyOptions, format: Format) -> Result<Exit, CommandError> {
    let soundness = match &options.file {
        Some(file) => Store::soundness_of_backup(&options.store.folder()?, file, options.key.as_deref())?,
        None => options.store.open_existing()?.soundness()?,
    };
    let is_sound = soundness.is_sound();
    match format {
        Format::Json => {
            let found = soundness.found.iter().map(|(check, holds)| json!({ "check": name(*check), "holds": holds }));
            let (number, hash) = soundness.last.clone().unzip();
            let told = json!({
                "sound": is_sound,
                "found": found.collect::<Vec<_>>(),
                "last": number,
                "last_hash": hash,
                "earlier_form": soundness.earlier_form,
            });
            store_json(soundness.purpose, told)?;
        }
        Format::Text => print_text(&(store_mark(soundness.purpose) + &text(&soundness)))?,
    }
    Ok(if is_sound { Exit::Done } else { Exit::Failed })
}

/// The findings, then what they come to.
fn text(soundness: &Soundness) -> String {
    let findings: Vec<Finding> = soundness.found.iter().map(|(check, holds)| finding(*check, *holds)).collect();
    let mut said = page(&findings);
    if let Some((number, hash)) = &soundness.last {
        // Writing to a text cannot fail.
        let _ = writeln!(said, "The audit trail ends with line {number}, hash {hash}.");
    }
    if let Some(form) = soundness.earlier_form {
        let _ = writeln!(
            said,
            "It has form {form}, of an earlier version: the audit trail, the records and the clinic's list can be \
             looked at once it is restored."
        );
    }
    let left = SoundnessCheck::ALL.len() - soundness.found.len();
    if !soundness.is_sound() && left > 0 {
        said += "What rests on that was not looked at.\n";
    }
    said
}

/// A stable name.
const fn name(check: SoundnessCheck) -> &'static str {
    match check {
        SoundnessCheck::Pages => "pages",
        SoundnessCheck::Tables => "tables",
        SoundnessCheck::References => "references",
        SoundnessCheck::Trail => "trail",
        SoundnessCheck::Records => "records",
        SoundnessCheck::ClinicList => "clinic-list",
    }
}

fn finding(check: SoundnessCheck, holds: bool) -> Finding {
    let (good, bad) = match check {
        SoundnessCheck::Pages => ("Every page is as it was written.", "Pages are not what was written."),
        SoundnessCheck::Tables => {
            ("The tables agree with their indexes.", "The tables do not agree with their indexes.")
        }
        SoundnessCheck::References => {
            ("What one row names in another is there.", "What one row names in another is missing.")
        }
        SoundnessCheck::Trail => (
            "The audit trail is whole.",
            "The audit trail is broken: a line is not what was written, or one is missing.",
        ),
        SoundnessCheck::Records => (
            "Each reading is in the record that was decided last.",
            "Readings are in a record that nobody decided, or are missing from one.",
        ),
        SoundnessCheck::ClinicList => {
            ("The clinic's list says what the records say.", "The clinic's list does not say what the records say.")
        }
    };
    if holds {
        return Finding::good(name(check), good);
    }
    let remedy = "Keep these files as they are, and restore the newest backup that is whole into another folder: \
                  glucodock store verify FILE, glucodock store restore FILE --data DIR";
    Finding::new(name(check), FindingState::Bad, bad, remedy)
}
