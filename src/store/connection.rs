//! Opening the encrypted database and bringing it to its present form.

use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::error::StoreError;
use super::extent::FileExtent;
use super::files::{self, FileIdentities, FoundFiles, Stage, Syncs};
use super::head::{Head, Mark};
use super::key::StoreKey;
use super::{migrate, next_key, purpose};
use crate::domain::clinic::Purpose;

/// How much of the database a connection that reads keeps in memory; negative numbers are KiB to SQLite. The program
/// that looks at a million patients holds 55 MB with it, and would hold 103 MB with as much as one that writes.
const READING_CACHE: i64 = -20 * 1024;

/// The same of one that writes: what a million patients are put into must not be read from the disk for each.
const WRITING_CACHE: i64 = -64 * 1024;

/// How long a write, and an opening, waits for another process to finish its own: a write takes hundredths of a second,
/// so that whoever waits longer has met a program that hangs.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// How long emptying the log waits for those who read from it. Until it is empty, the next write tries again.
const LOG_PATIENCE: Duration = Duration::from_millis(100);

/// The header of a SQLite database without encryption.
const PLAIN_HEADER: &[u8; 16] = b"SQLite format 3\0";

/// A guard that came with the note of the last audit line: a database that has it always had such a note beside it.
const COMES_WITH_HEAD: &str = "audit_is_only_continued";

/// What a store works with once it is open.
pub(super) struct Opened {
    pub(super) writer: Connection,
    pub(super) reader: Connection,
    pub(super) head: Head,
    pub(super) purpose: Purpose,
    /// Where its files lay when it was opened.
    pub(super) identities: FileIdentities,
}

/// What is done about a database that does not have the audit line that was noted last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Past {
    /// It is not opened.
    Refused,
    /// It is opened, and the note stays as it is: for somebody who accepts it on purpose.
    Opened,
}

/// What closing the last connection does with the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ClosingLog {
    /// It is written into the database.
    Emptied,
    /// It stays: one that may not be this database's own must not be written into it.
    Kept,
}

impl ClosingLog {
    /// For one who looks. An empty log goes with the last connection.
    const fn of_looking(has_log: bool) -> Self {
        if has_log { Self::Kept } else { Self::Emptied }
    }
}

/// Opens the store, and makes one where nothing of a store is left: for `new`.
pub(super) fn open(directory: &Path, new: Purpose, past: Past, syncs: Syncs) -> Result<Opened, StoreError> {
    make_folder(directory)?;
    files::check_folder(directory)?;
    // One process at a time makes the key and the tables.
    let _lock = lock(directory, BUSY_TIMEOUT)?;

    let stage = FoundFiles::look(directory)?.stage()?;
    let (key, mut writer) = match stage {
        Stage::Made { has_log } => {
            next_key::settle(directory)?;
            let key = StoreKey::read(&directory.join(super::KEY_FILE))?;
            let writer = connect_to_made(directory, &key, has_log, syncs)?;
            (key, writer)
        }
        Stage::Begun { .. } | Stage::Nothing => begin(directory, stage, syncs)?,
    };
    let head = match Head::open(directory, syncs)? {
        Some(head) if past == Past::Refused => head.check(&writer).map(|()| head)?,
        Some(head) => head,
        None if past == Past::Refused && matches!(stage, Stage::Made { .. }) && has_head(&writer)? => {
            return Err(StoreError::HeadMissing);
        }
        // Noted before the guard is there that says that it was.
        None => Head::make(directory, Mark::BEGINNING, syncs)?,
    };
    writer.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    if matches!(stage, Stage::Made { has_log: true }) {
        // The rest of a killed program's work. Who reads from it just now holds that up until the next write.
        let _ = empty_log(&writer);
        check_extent(&writer, directory, false)?;
    }
    migrate::migrate(&mut writer, directory, &key, syncs)?;
    purpose::say_once(&writer, new, matches!(stage, Stage::Made { .. }))?;
    if !matches!(stage, Stage::Made { .. }) {
        files::name_key(directory, syncs)?;
    }
    files::clear_stray_keys(directory)?;
    let reader = connect(&directory.join(super::DATABASE_FILE), &key, ClosingLog::Emptied, syncs)?;
    // Whatever statement a search makes, it cannot write.
    reader.pragma_update(None, "query_only", true)?;
    reader.pragma_update(None, "cache_size", READING_CACHE)?;
    let purpose = purpose::of(&reader)?;
    Ok(Opened { writer, reader, head, purpose, identities: FileIdentities::of(directory) })
}

/// Makes the data folder, for this user alone, if it is missing.
pub(super) fn make_folder(directory: &Path) -> Result<(), StoreError> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .or_else(|error| if directory.exists() { Ok(()) } else { Err(error) })
        .map_err(StoreError::file("making the data folder"))
}

/// Makes the key and an empty database, or goes on with those of a beginning that was cut short.
fn begin(directory: &Path, stage: Stage, syncs: Syncs) -> Result<(StoreKey, Connection), StoreError> {
    let file = directory.join(files::BEGINNING_FILE);
    let key = if stage == Stage::Nothing { StoreKey::make(&file, syncs)? } else { StoreKey::read(&file)? };
    is_a_beginning(directory, &key, stage)?;
    let database = directory.join(super::DATABASE_FILE);
    // SQLite gives its own files the mode of this one.
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&database)
        .map_err(StoreError::file("making the data file"))?;
    let writer = connect(&database, &key, ClosingLog::Emptied, syncs)?;
    Ok((key, writer))
}

/// Checks that nothing was ever stored in what a beginning left: no line of an audit trail is in it or was noted.
fn is_a_beginning(directory: &Path, key: &StoreKey, stage: Stage) -> Result<(), StoreError> {
    let Stage::Begun { has_pages, has_log } = stage else { return Ok(()) };
    let noted = Head::open(directory, Syncs::Awaited)?.map(|head| head.read()).transpose()?;
    if noted.is_some_and(|noted| noted != Mark::BEGINNING) {
        return Err(if has_pages { StoreError::KeyMissing } else { StoreError::Cut { bytes: 0 } });
    }
    if !has_pages {
        return Ok(());
    }
    // Whatever does not open with the key of the beginning is of a store whose own key is gone.
    let connection =
        connect(&directory.join(super::DATABASE_FILE), key, ClosingLog::of_looking(has_log), Syncs::Awaited)
            .map_err(|_| StoreError::KeyMissing)?;
    migrate::is_known(&connection)?;
    if migrate::form(&connection)? > 0 && Mark::last(&connection)? != Mark::BEGINNING {
        return Err(StoreError::KeyMissing);
    }
    Ok(())
}

/// Connects to a store that was made. A log that holds something is kept until the caller says otherwise.
fn connect_to_made(directory: &Path, key: &StoreKey, has_log: bool, syncs: Syncs) -> Result<Connection, StoreError> {
    let misfit = |error| match error {
        StoreError::WrongKey | StoreError::DataDamaged if has_log => StoreError::LogForeign,
        other => other,
    };
    let connection =
        connect(&directory.join(super::DATABASE_FILE), key, ClosingLog::of_looking(has_log), syncs).map_err(misfit)?;
    check_extent(&connection, directory, has_log).map_err(misfit)?;
    migrate::is_known(&connection)?;
    if migrate::form(&connection)? == 0 { Err(StoreError::Unmade) } else { Ok(connection) }
}

/// Checks that the file is as long as the database says; and where a log has some of it, that all pages are there.
fn check_extent(connection: &Connection, directory: &Path, has_log: bool) -> Result<(), StoreError> {
    let transaction = connection.unchecked_transaction()?;
    // From here on the transaction sees one state of the database.
    has_head(&transaction)?;
    if FileExtent::of(&transaction, directory)? == FileExtent::Whole && !has_log {
        return Ok(());
    }
    let found: String = transaction.query_row("PRAGMA quick_check(1)", (), |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(StoreError::DataDamaged) }
}

/// Looks whether the store could be opened, and changes nothing of what is stored. Nothing if none is there.
pub(super) fn check(directory: &Path) -> Result<Option<Purpose>, StoreError> {
    if !files::check_folder(directory)? {
        return Ok(None);
    }
    let _lock = lock(directory, BUSY_TIMEOUT)?;
    let stage = FoundFiles::look(directory)?.stage()?;
    let Stage::Made { has_log } = stage else {
        if stage != Stage::Nothing {
            is_a_beginning(directory, &StoreKey::read(&directory.join(files::BEGINNING_FILE))?, stage)?;
        }
        return Ok(None);
    };
    let key = next_key::present(directory)?;
    let reader = connect_to_made(directory, &key, has_log, Syncs::Awaited)?;
    reader.pragma_update(None, "query_only", true)?;
    match Head::open(directory, Syncs::Awaited)? {
        Some(head) => head.check(&reader)?,
        None if has_head(&reader)? => return Err(StoreError::HeadMissing),
        None => {}
    }
    // Beside a log, the file may hold a page that is half written and whole in the log: what counts was looked at
    // above.
    if !has_log {
        check_pages(&reader)?;
    }
    Ok(Some(purpose::of_form(&reader)?))
}

/// Looks at every page of the database file: whether each is as it was written (its HMAC, which
/// SQLCipher keeps beside it).
pub(super) fn check_pages(connection: &Connection) -> Result<(), StoreError> {
    let is_damaged = || -> Result<bool, StoreError> {
        let mut statement = connection.prepare("PRAGMA cipher_integrity_check")?;
        let mut rows = statement.query(())?;
        Ok(rows.next()?.is_some())
    };
    // Another program may be writing a page just as it is looked at. What is damaged is so the second time too.
    if is_damaged()? && is_damaged()? { Err(StoreError::DataDamaged) } else { Ok(()) }
}

/// The lock of the data folder, until what is given is dropped.
pub(super) fn lock(directory: &Path, patience: Duration) -> Result<File, StoreError> {
    let file = File::open(directory).map_err(StoreError::file("opening the data folder"))?;
    files::lock(&file, patience)?;
    Ok(file)
}

/// Empties the log into the database. What a damaged log would lose, or bring back, is not in it then.
pub(super) fn empty_log(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(LOG_PATIENCE)?;
    let emptied = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()));
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(emptied?)
}

fn has_head(connection: &Connection) -> Result<bool, StoreError> {
    let named = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name = ?1";
    Ok(connection.query_row(named, [COMES_WITH_HEAD], |row| row.get::<_, i64>(0))? > 0)
}

fn connect(database: &Path, key: &StoreKey, log: ClosingLog, syncs: Syncs) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(
        database,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_PRIVATE_CACHE,
    )?;
    if log == ClosingLog::Kept {
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    }
    // SQLCipher writes its complaints to standard error, which is the screen.
    connection.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    connection.execute_batch(&key.pragma())?;
    let version: Option<String> = connection.query_row("PRAGMA cipher_version", (), |row| row.get(0)).ok();
    if version.is_none_or(|version| version.is_empty()) {
        return Err(StoreError::NoEncryption);
    }
    connection.busy_timeout(BUSY_TIMEOUT)?;
    let tables = connection.query_row("SELECT count(*) FROM sqlite_master", (), |row| row.get::<_, i64>(0));
    if let Err(error) = tables.map_err(StoreError::from) {
        return Err(if matches!(error, StoreError::WrongKey) { what_instead(database) } else { error });
    }
    // SQLite is content with less than was asked for.
    if connection.is_readonly("main")? {
        return Err(StoreError::MayOnlyBeRead { name: super::DATABASE_FILE });
    }
    // Without `recursive_triggers` a REPLACE deletes rows behind the back of the guards against deleting. `temp_store`
    // keeps what SQLite sorts out of files that no key protects, and `trusted_schema` lets no view or trigger of a
    // database that was put here call what has side effects.
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA foreign_keys = ON;
         PRAGMA recursive_triggers = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA temp_store = MEMORY;",
    )?;
    connection.pragma_update(None, "cache_size", WRITING_CACHE)?;
    connection.execute_batch(syncs.pragma())?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// What a file is that the key does not open.
fn what_instead(database: &Path) -> StoreError {
    let mut header = [0; 16];
    let size = std::fs::metadata(database).map_or(0, |facts| facts.len());
    match File::open(database).and_then(|mut file| file.read_exact(&mut header)) {
        Ok(()) if header == *PLAIN_HEADER => StoreError::NotEncrypted,
        Ok(()) if size.is_multiple_of(files::PAGE_BYTES) => StoreError::WrongKey,
        Ok(()) | Err(_) => StoreError::NotADatabase,
    }
}

#[cfg(test)]
mod tests;
