//! A database that is looked at as it lies there: nothing is written, and no file is made beside it.

use std::io::ErrorKind;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::error::StoreError;
use super::key::StoreKey;

/// Opens one for reading. It may lie where nothing can be written; what a log beside it holds is not seen.
///
/// # Errors
/// [`StoreError::BackupUnreadable`] if the key does not open it.
pub(super) fn open(file: &Path, key: &StoreKey) -> Result<Connection, StoreError> {
    let path = file.canonicalize().map_err(StoreError::outside("opening the backup"))?;
    let path = path.to_str().ok_or(StoreError::BackupUnreadable)?;
    // What would end the path within an address, or be read as something else there.
    let path = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let address = format!("file:{path}?immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(address, flags)?;
    connection.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    connection.execute_batch(&key.pragma())?;
    connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;")?;
    let tables = connection.query_row("SELECT count(*) FROM sqlite_master", (), |row| row.get::<_, i64>(0));
    match tables {
        Ok(tables) if tables > 0 => Ok(connection),
        Ok(_) | Err(_) => Err(StoreError::BackupUnreadable),
    }
}

/// Checks that a file is there: a pipe would be waited for.
pub(super) fn is_file(backup: &Path) -> Result<(), StoreError> {
    match backup.metadata() {
        Ok(facts) if facts.is_file() => Ok(()),
        Ok(_) => Err(StoreError::BackupUnreadable),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(StoreError::BackupMissing),
        Err(error) => Err(StoreError::outside("opening the backup")(error)),
    }
}
