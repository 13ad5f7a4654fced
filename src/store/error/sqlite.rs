//! What SQLite says as an error of the store.

use rusqlite::{ErrorCode, ffi};

use super::StoreError;

impl From<rusqlite::Error> for StoreError {
    /// Keeps the code and drops the message, which may quote a value.
    fn from(error: rusqlite::Error) -> Self {
        error
            .sqlite_error()
            .copied()
            .map_or_else(|| Self::Database { reason: "a row has another shape than expected".to_owned() }, Self::from)
    }
}

impl From<ffi::Error> for StoreError {
    fn from(failure: ffi::Error) -> Self {
        let code = failure.extended_code;
        match failure.code {
            ErrorCode::DiskFull => Self::Full,
            ErrorCode::ReadOnly => Self::ReadOnly,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
            ErrorCode::CannotOpen => Self::Unopenable { code },
            ErrorCode::NotADatabase => Self::WrongKey,
            // SQLCipher gives no page where one cannot be decrypted, and SQLite takes that for a want of memory.
            ErrorCode::DatabaseCorrupt | ErrorCode::OutOfMemory => Self::DataDamaged,
            ErrorCode::SystemIoFailure => of_input_or_output(code),
            kind => Self::Database { reason: format!("{kind:?} ({code})") },
        }
    }
}

/// By the extended code of an input/output error.
fn of_input_or_output(code: i32) -> StoreError {
    match code {
        // The index of the log is made larger with a byte written at its end: nothing else fails so.
        ffi::SQLITE_IOERR_SHMSIZE => StoreError::Full,
        ffi::SQLITE_IOERR_WRITE
        | ffi::SQLITE_IOERR_FSYNC
        | ffi::SQLITE_IOERR_DIR_FSYNC
        | ffi::SQLITE_IOERR_TRUNCATE
        | ffi::SQLITE_IOERR_DELETE
        | ffi::SQLITE_IOERR_CLOSE
        | ffi::SQLITE_IOERR_DIR_CLOSE
        | ffi::SQLITE_IOERR_SHMOPEN
        | ffi::SQLITE_IOERR_SHMMAP => StoreError::Write { code },
        ffi::SQLITE_IOERR_SHORT_READ | ffi::SQLITE_IOERR_CORRUPTFS => StoreError::DataDamaged,
        other => StoreError::Database { reason: format!("{:?} ({other})", ErrorCode::SystemIoFailure) },
    }
}

/// Whether an insert failed on a UNIQUE or PRIMARY KEY constraint, or on the guard that stands before one.
pub(in crate::store) fn is_unique_violation(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|failure| {
        matches!(
            failure.extended_code,
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_TRIGGER
        )
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// The codes are SQLite's own (`sqlite3.h`).
    #[rstest]
    #[case(13, "the disk is full")] // FULL
    #[case(4874, "the disk is full")] // IOERR_SHMSIZE
    #[case(778, "writing failed (778)")] // IOERR_WRITE: a quota, a fault of the disk
    #[case(1034, "writing failed (1034)")] // IOERR_FSYNC
    #[case(1290, "writing failed (1290)")] // IOERR_DIR_FSYNC
    #[case(1546, "writing failed (1546)")] // IOERR_TRUNCATE
    #[case(4618, "writing failed (4618)")] // IOERR_SHMOPEN
    #[case(5386, "writing failed (5386)")] // IOERR_SHMMAP
    #[case(14, "the data file, or a file beside it, cannot be opened (14)")] // CANTOPEN
    #[case(1550, "the data file, or a file beside it, cannot be opened (1550)")] // CANTOPEN_SYMLINK
    #[case(8, "the data file may only be read")] // READONLY
    #[case(1288, "the data file may only be read")] // READONLY_CANTINIT
    #[case(1544, "the data file may only be read")] // READONLY_DIRECTORY
    #[case(5, "another program keeps the data file locked")] // BUSY
    #[case(517, "another program keeps the data file locked")] // BUSY_SNAPSHOT
    #[case(522, "the data file glucodock.db was cut or is damaged")] // IOERR_SHORT_READ
    #[case(8458, "the data file glucodock.db was cut or is damaged")] // IOERR_CORRUPTFS
    #[case(11, "the data file glucodock.db was cut or is damaged")] // CORRUPT
    #[case(26, "glucodock.key does not open glucodock.db, or glucodock.db is damaged")] // NOTADB
    fn each_failure_of_the_disk_is_named_with_what_helps(#[case] code: i32, #[case] says: &str) {
        let error = StoreError::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        assert_eq!(error.to_string(), says);
        assert!(error.remedy().is_some(), "{error}");
    }
}
