//! `glucodock store backup` and `store restore`: everything in one encrypted file, and a store made of one.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{StoreOptions, local_administrator, store_json, store_mark};
use crate::cli::output::print_text;
use crate::cli::{CommandError, Exit, Format};
use crate::store::{BackedUp, Restored, Store};

/// What is to be done with the key.
const ABOUT_KEY: &str = "\
The backup is encrypted under the store's own key, glucodock.key of the data folder, which is
not in it. Keep a copy of the key in another place than the backups: without it nothing opens
them, and whoever has both can read everything. More: docs/store.md.";

/// Where to.
#[derive(Debug, Args)]
#[command(after_help = ABOUT_KEY)]
pub(in crate::cli) struct BackupOptions {
    /// The file to make, outside the data folder; nothing is written over
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    store: StoreOptions,
}

/// Which backup, and where to.
#[derive(Debug, Args)]
#[command(after_help = "\
Nothing that is there is written over: a data folder with a database is refused. What was stored
after the backup was made is not in it: read those meters again. End the programs that use the
store it was made of, if there are any left: two that go on from one backup are one station twice.")]
pub(in crate::cli) struct RestoreOptions {
    /// The backup; it stays as it is
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The key of the store that it was made of; without it glucodock.key of the data folder
    #[arg(long, value_name = "KEYFILE")]
    key: Option<PathBuf>,
    #[command(flatten)]
    store: StoreOptions,
}

/// Makes a backup.
pub(super) fn back_up(options: &BackupOptions, format: Format) -> Result<Exit, CommandError> {
    let store = options.store.open_existing()?;
    let BackedUp { last, bytes } = store.back_up(local_administrator(), &options.file)?;
    match format {
        Format::Json => store_json(store.purpose(), json!({ "last": last, "bytes": bytes }))?,
        Format::Text => {
            let size = bytes.div_ceil(1_000_000);
            let said = format!(
                "Backed up into {}, and read once more: {size} MB, up to line {last} of the audit trail. The key is \
                 not in it: keep a copy of glucodock.key in another place.\n",
                options.file.display()
            );
            print_text(&(store_mark(store.purpose()) + &said))?;
        }
    }
    Ok(Exit::Done)
}

/// Makes a store of a backup.
pub(super) fn restore(options: &RestoreOptions, format: Format) -> Result<Exit, CommandError> {
    let folder = options.store.folder()?;
    let Restored { noted, last } =
        Store::restore(&folder, &options.file, options.key.as_deref(), local_administrator())?;
    let purpose = Store::open(&folder)?.purpose();
    match format {
        Format::Json => store_json(purpose, json!({ "noted": noted, "last": last }))?,
        Format::Text => {
            let missing = match noted.map(|noted| noted.saturating_sub(last)) {
                Some(missing @ 1..) => format!(
                    "{missing} lines were written after the backup was made and are not in it: read the meters of that \
                     time again.\n"
                ),
                _ => "What was stored after the backup was made is not in it: read the meters of that time again.\n"
                    .to_owned(),
            };
            let said = format!("Restored: the store goes on after line {last} of its audit trail. {missing}");
            print_text(&(store_mark(purpose) + &said))?;
        }
    }
    Ok(Exit::Done)
}
