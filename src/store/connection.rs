//! Opening the encrypted database and bringing it to its present form.

use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};

use super::error::StoreError;
use super::key::Key;
use super::purpose;
use crate::domain::clinic::Purpose;

/// How long a write waits for another process to finish its own.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The header of a SQLite database without encryption.
const PLAIN_HEADER: &[u8; 16] = b"SQLite format 3\0";

/// The size of a database page; SQLCipher's default.
const PAGE_BYTES: u64 = 4096;

/// The forms of the database, oldest first. A published one is never edited.
const MIGRATIONS: &[M<'static>] = &[
    M::up(include_str!("../../assets/migrations/0001-clinic.sql")),
    M::up(include_str!("../../assets/migrations/0002-search-words.sql")),
    M::up(include_str!("../../assets/migrations/0003-purpose.sql")),
    M::up(include_str!("../../assets/migrations/0004-identity-attempts.sql")),
];

/// The writing and the reading connection. A store that is made now is for `new`.
pub(super) fn open(directory: &Path, new: Purpose) -> Result<(Connection, Connection), StoreError> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(StoreError::file("making the data directory"))?;
    // One process at a time makes the key and the tables.
    let lock = File::open(directory).map_err(StoreError::file("opening the data directory"))?;
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive)
        .map_err(|error| StoreError::file("locking the data directory")(error.into()))?;

    let database = directory.join(super::DATABASE_FILE);
    let size = std::fs::metadata(&database).map_or(0, |metadata| metadata.len());
    let key = Key::obtain(&directory.join(super::KEY_FILE), size > 0)?;
    if size == 0 {
        // SQLite gives its own files the mode of this one.
        OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&database)
            .map_err(StoreError::file("making the data file"))?;
    }
    let mut writer = connect(&database, &key, size)?;
    migrate(&mut writer)?;
    purpose::say_once(&writer, new, size > 0)?;
    let reader = connect(&database, &key, size)?;
    reader.pragma_update(None, "query_only", true)?;
    Ok((writer, reader))
}

fn connect(database: &Path, key: &Key, size: u64) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(
        database,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_PRIVATE_CACHE,
    )?;
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
        return Err(if matches!(error, StoreError::WrongKey) { what_instead(database, size) } else { error });
    }
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -65536;",
    )?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// What a file is that the key does not open.
fn what_instead(database: &Path, size: u64) -> StoreError {
    let mut header = [0; 16];
    match File::open(database).and_then(|mut file| file.read_exact(&mut header)) {
        Ok(()) if header == *PLAIN_HEADER => StoreError::NotEncrypted,
        Ok(()) if size.is_multiple_of(PAGE_BYTES) => StoreError::WrongKey,
        Ok(()) | Err(_) => StoreError::NotADatabase,
    }
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    use rusqlite_migration::{Error, MigrationDefinitionError};
    let too_new = Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead);
    Migrations::from_slice(MIGRATIONS).to_latest(connection).map_err(|error| {
        if error == too_new {
            return StoreError::NewerSchema { known: MIGRATIONS.len() };
        }
        if let Error::RusqliteError { err, .. } = error { err.into() } else { StoreError::Migration }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_migrations_apply_to_an_empty_database() {
        Migrations::from_slice(MIGRATIONS).validate().unwrap();
    }

    #[test]
    fn the_settings_hold_on_both_connections() {
        let directory = tempfile::tempdir().unwrap();
        let (writer, reader) = open(directory.path(), Purpose::Patients).unwrap();
        for connection in [&writer, &reader] {
            let number = |pragma: &str| connection.query_row(pragma, (), |row| row.get::<_, i64>(0)).unwrap();
            assert_eq!(number("PRAGMA synchronous"), 2);
            assert_eq!(number("PRAGMA foreign_keys"), 1);
            assert_eq!(number("PRAGMA busy_timeout"), 10_000);
            let mode: String = connection.query_row("PRAGMA journal_mode", (), |row| row.get(0)).unwrap();
            assert_eq!(mode, "wal");
        }
        assert!(reader.execute("DELETE FROM recents", ()).is_err());
    }

    #[test]
    fn a_newer_form_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let (writer, reader) = open(directory.path(), Purpose::Patients).unwrap();
        writer.pragma_update(None, "user_version", 99).unwrap();
        drop((writer, reader));
        let known = MIGRATIONS.len();
        assert!(
            matches!(open(directory.path(), Purpose::Patients), Err(StoreError::NewerSchema { known: k }) if k == known)
        );
    }

    #[test]
    fn each_thing_that_is_not_our_database_is_named() {
        let directory = tempfile::tempdir().unwrap();
        drop(open(directory.path(), Purpose::Patients).unwrap());
        let key = directory.path().join(super::super::KEY_FILE);
        let database = directory.path().join(super::super::DATABASE_FILE);
        let good_key = std::fs::read(&key).unwrap();

        std::fs::write(&key, [1; 32]).unwrap();
        assert!(matches!(open(directory.path(), Purpose::Patients), Err(StoreError::WrongKey)));
        std::fs::remove_file(&key).unwrap();
        assert!(matches!(open(directory.path(), Purpose::Patients), Err(StoreError::KeyMissing)));
        assert!(!key.exists(), "no new key beside an old database");

        std::fs::write(&key, &good_key).unwrap();
        std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        drop(open(directory.path(), Purpose::Patients).unwrap());

        std::fs::write(&database, "a letter to somebody, much too short for a page").unwrap();
        assert!(matches!(open(directory.path(), Purpose::Patients), Err(StoreError::NotADatabase)));
        std::fs::remove_file(&database).unwrap();
        Connection::open(&database).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
        assert!(matches!(open(directory.path(), Purpose::Patients), Err(StoreError::NotEncrypted)));
    }
}
