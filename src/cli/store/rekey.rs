//! `glucodock store rekey`: a new key for the store.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{StoreOptions, local_administrator, store_json, store_mark};
use crate::cli::output::print_text;
use crate::cli::{CommandError, Exit, Format};
use crate::store::Store;

/// Which store, and where its old key is kept.
#[derive(Debug, Args)]
#[command(after_help = "\
Everything is copied under the new key, so that there must be room for the store twice. If it is
interrupted, one of the two keys holds, and the next start ends it. Backups, and copies of an
earlier form in the data folder (glucodock.db.form-N), stay under the old key: make a new backup
then. Whoever has an old backup and the old key can read what is in it.")]
pub(in crate::cli) struct RekeyOptions {
    /// A new file, outside the data folder, in which the old key is kept for the backups made before
    #[arg(long, value_name = "KEYFILE")]
    old_key: PathBuf,
    #[command(flatten)]
    store: StoreOptions,
}

/// Exchanges the key.
pub(super) fn run(options: &RekeyOptions, format: Format) -> Result<Exit, CommandError> {
    let folder = options.store.existing_folder()?;
    Store::rekey(&folder, &options.old_key, local_administrator())?;
    let purpose = Store::open(&folder)?.purpose();
    match format {
        Format::Json => store_json(purpose, json!({ "rekeyed": true }))?,
        Format::Text => {
            let said = "The store has a new key. Copy glucodock.key to where its copies are kept, and make a new \
                        backup: the old ones open with the old key only, which is kept in the file that you named.\n";
            print_text(&(store_mark(purpose) + said))?;
        }
    }
    Ok(Exit::Done)
}
