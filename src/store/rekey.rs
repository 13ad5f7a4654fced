//! A new key for the store. The database is copied under it, the copy is read, and then both change places:
//!
//! ```text
//! glucodock.rekey   the new key                        1 written
//! glucodock.rekeyed the copy under the new key         2 written and read
//! glucodock.db      is the copy                        3 renamed
//! glucodock.key     is the new key                     4 renamed
//! ```
//!
//! A kill before the third step leaves the store under its old key, one behind it leaves a database that only
//! `glucodock.rekey` opens: the next opening looks which of the two keys fits, and ends what was begun.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};

use super::error::StoreError;
use super::files::{self, FoundFiles, Stage, Syncs};
use super::head::{Head, Mark};
use super::key::StoreKey;
use super::next_key::{self, NEXT_DATABASE_FILE, NEXT_KEY_FILE};
use super::{By, DATABASE_FILE, KEY_FILE, Store, audit, backup, connection, migrate, room, unchanged};

/// How long the other programs that have the store open are waited for.
const PATIENCE: Duration = Duration::from_secs(2);

impl Store {
    /// Gives the store a new key. The old one is kept in a file that is not there yet, outside the data folder: it
    /// opens the backups that were made before.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while another program has the store open, [`StoreError::OldKeyIsThere`],
    /// [`StoreError::OldKeyInside`], those of [`Store::open`], or the database's; then the old key holds.
    pub fn rekey(directory: &Path, old_key: &Path, by: By<'_>) -> Result<(), StoreError> {
        if !files::check_folder(directory)? {
            return Err(StoreError::NotFound { what: "the store" });
        }
        let real =
            |folder: &Path| folder.canonicalize().map_err(StoreError::outside("opening the folder of the old key"));
        if real(files::folder_of(old_key))? == real(directory)? {
            return Err(StoreError::OldKeyInside);
        }
        // What is wrong with it, and an earlier form, is seen to first.
        drop(Self::open(directory)?);
        let _lock = connection::lock(directory, connection::BUSY_TIMEOUT)?;
        let Stage::Made { .. } = FoundFiles::look(directory)?.stage()? else {
            return Err(StoreError::NotFound { what: "the store" });
        };
        let old = StoreKey::read(&directory.join(KEY_FILE))?;
        let was_kept = old_key.symlink_metadata().is_ok();
        if was_kept {
            // What a kill before the exchange left is this very key: it is gone on with.
            if !StoreKey::read_given(old_key).is_ok_and(|kept| kept.is(&old)) {
                return Err(StoreError::OldKeyIsThere);
            }
        } else {
            old.keep_as(old_key, Syncs::Awaited)?;
        }
        let done = exchange(directory, &old, by).map_err(|error| room::explain(directory, error));
        done.inspect_err(|_| {
            // As long as the old key holds, it needs no copy; afterwards this is the only one. One that was there
            // before may be somebody's own.
            if matches!(next_key::exchanged(directory), Ok(None)) {
                if !was_kept {
                    let _ = std::fs::remove_file(old_key);
                }
                let _ = next_key::settle(directory);
            }
        })
    }
}

/// The four steps.
fn exchange(directory: &Path, old: &StoreKey, by: By<'_>) -> Result<(), StoreError> {
    const COPYING: &str = "copying the data file under its new key";
    let database = directory.join(DATABASE_FILE);
    let mut writer = alone(&database, old)?;
    let transaction = writer.transaction()?;
    audit::append(&transaction, by, audit::AuditAction::Rekeyed, None, None, "")?;
    let last = Mark::last(&transaction)?;
    transaction.commit()?;
    connection::empty_log(&writer)?;

    let (next_key, next) = (directory.join(NEXT_KEY_FILE), directory.join(NEXT_DATABASE_FILE));
    let key = StoreKey::make(&next_key, Syncs::Awaited)?;
    next_key::remove(&next)?;
    let file =
        OpenOptions::new().create_new(true).write(true).mode(0o600).open(&next).map_err(StoreError::file(COPYING))?;
    let mut copy = Connection::open(&next)?;
    copy.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    copy.execute_batch(&key.pragma())?;
    let copied = Backup::new(&writer, &mut copy)?.run_to_completion(migrate::ALL_PAGES, Duration::ZERO, None);
    copied.map_err(|error| backup::damage_of(directory, old, error.into()))?;
    copy.close().map_err(|(_, error)| error)?;
    Syncs::Awaited.file(&file).map_err(StoreError::file(COPYING))?;
    let read = unchanged::open(&next, &key)?;
    connection::check_pages(&read)?;
    if Mark::last(&read)? != last {
        return Err(StoreError::DataDamaged);
    }
    drop(read);
    // Its log is empty, and goes with the last connection. Nobody comes in between: the folder is locked.
    writer.close().map_err(|(_, error)| error)?;
    std::fs::rename(&next, &database)
        .and_then(|()| Syncs::Awaited.folder(directory))
        .map_err(StoreError::file("exchanging the data file"))?;
    next_key::finish(directory)?;
    match Head::open(directory, Syncs::Awaited)? {
        Some(head) => head.advance(last),
        None => Err(StoreError::HeadMissing),
    }
}

/// Opens the database as the only one who has it open.
fn alone(database: &Path, key: &StoreKey) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    connection.execute_batch(&key.pragma())?;
    // Before the first look at it: whoever else has the log open keeps it from being ours.
    connection.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE;
         PRAGMA foreign_keys = ON;
         PRAGMA recursive_triggers = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA temp_store = MEMORY;
         PRAGMA synchronous = FULL;
         BEGIN EXCLUSIVE; COMMIT;",
    )?;
    Ok(connection)
}
