//! The clinic's data in one encrypted file: quarantine, ownership, records, patients, users, audit trail.
//!
//! Knows the domain only; who may do what is the platform's business. Two rules are kept here and nowhere else, by
//! constraints and triggers of the database itself: a meter has at most one open ownership, and a reading that was
//! stored is never changed, moved or deleted. One connection writes, each write is one transaction that is on disk
//! when the call returns; a second connection reads, so that a search never waits for a write. Several processes
//! may have the store open at once.

mod alike;
mod assign;
mod audit;
mod codec;
mod connection;
mod error;
mod key;
mod meters;
mod patients;
mod quarantine;
mod readings;
mod recents;
mod record;
mod search;
mod users;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use audit::{AuditLine, ChainCheck};
pub use error::StoreError;
pub use patients::RegisteredPatient;
pub use record::Record;
pub use users::NewUser;

/// Name of the database within the data directory.
pub const DATABASE_FILE: &str = "glucodock.db";

/// Name of the key file beside it.
pub const KEY_FILE: &str = "glucodock.key";

/// Who does something, and when.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// The key of the user, as in [`crate::domain::clinic::User::id`], or a name such as `local administrator`.
    pub user: &'a str,
    /// When.
    pub at: Timestamp,
}

/// The open store.
pub struct Store {
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
}

impl Store {
    /// Opens the store in `directory`, which is made if it is missing. A new store gets a fresh key.
    ///
    /// # Errors
    /// What is wrong with the key file or the data file, each with its own variant of [`StoreError`].
    pub fn open(directory: &Path) -> Result<Self, StoreError> {
        let (writer, reader) = connection::open(directory)?;
        Ok(Self { writer: Mutex::new(writer), reader: Mutex::new(reader) })
    }

    /// The reading connection. It sees everything that was committed. A panic of another thread while it held the
    /// connection leaves nothing half done, so poison does not matter.
    fn reader(&self) -> MutexGuard<'_, Connection> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` in one write transaction: all of it is on disk when this returns, or nothing of it.
    fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut connection = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = work(&transaction)?;
        transaction.commit()?;
        Ok(result)
    }
}
