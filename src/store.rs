//! The clinic's data in one encrypted file: quarantine, ownership, records, patients, users, audit trail.
//!
//! Knows the domain only; who may do what is the platform's business. Two rules are kept here and nowhere else, by
//! constraints and triggers of the database itself: a meter has at most one open ownership, and a reading that was
//! stored is never changed, moved or deleted. One connection writes, each write is one transaction that is on disk
//! when the call returns; a second connection reads, so that a search never waits for a write. Several processes
//! may have the store open at once.

mod alike;
mod answers;
mod assign;
mod attempts;
mod audit;
mod codec;
mod connection;
mod error;
mod files;
mod filling;
#[cfg(test)]
mod guards;
mod head;
mod key;
mod meters;
mod password;
mod patients;
mod purpose;
mod quarantine;
mod readings;
mod recents;
mod record;
mod repeats;
mod search;
mod users;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use audit::{AuditLine, ChainCheck};
pub use error::StoreError;
pub use filling::{Filling, ReadyUser};
pub use patients::RegisteredPatient;
pub use record::Record;
pub use users::NewUser;

use self::connection::Past;
use self::files::Syncs;
use self::head::Mark;
use crate::domain::association::IdempotencyKey;
use crate::domain::clinic::Purpose;

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
    purpose: Purpose,
    head: head::Head,
    directory: PathBuf,
    places: files::Places,
}

/// What was accepted of a store that had gone back in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// The number of the audit line that was noted last; nothing if the note was gone or damaged.
    pub noted: Option<i64>,
    /// The number of the last line there is.
    pub last: i64,
}

impl Store {
    /// Opens the store in `directory`, which is made if it is missing: for patients. A new store gets a fresh key; one is
    /// made only where no part of a store is left.
    ///
    /// # Errors
    /// What is wrong with the folder, the key file or the data file, each with its own variant of [`StoreError`];
    /// [`StoreError::WentBack`] and the like for a store that is older than what was written last.
    pub fn open(directory: &Path) -> Result<Self, StoreError> {
        Self::open_as(directory, Purpose::Patients, Syncs::Awaited)
    }

    /// The same for training.
    ///
    /// # Errors
    /// Those of [`Store::open`]; [`StoreError::NotForTraining`] if a store is there that is for patients.
    pub fn open_for_training(directory: &Path) -> Result<Self, StoreError> {
        Self::open_as(directory, Purpose::Training, Syncs::Awaited)?.if_for_training()
    }

    fn if_for_training(self) -> Result<Self, StoreError> {
        if self.purpose.is_training() { Ok(self) } else { Err(StoreError::NotForTraining) }
    }

    fn open_as(directory: &Path, new: Purpose, syncs: Syncs) -> Result<Self, StoreError> {
        let store = Self::opened(connection::open(directory, new, Past::Refused, syncs)?, directory);
        let last = Mark::last(&store.reader())?;
        store.note(last);
        Ok(store)
    }

    /// What the store was made for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Looks whether the store in `directory` could be opened, and changes nothing of what is stored: what the store is
    /// for, or nothing if there is none.
    ///
    /// # Errors
    /// Those of [`Store::open`].
    pub fn check(directory: &Path) -> Result<Option<Purpose>, StoreError> {
        connection::check(directory)
    }

    /// Whether there is no part of a store in `directory`, and so nothing to lose.
    ///
    /// # Errors
    /// What is wrong with the folder or with what should be a file.
    pub fn is_absent(directory: &Path) -> Result<bool, StoreError> {
        Ok(!files::check_folder(directory)? || files::Found::look(directory)?.is_nothing())
    }

    /// Accepts, for good, that the store is older than what was written last: after a backup was restored on purpose.
    /// The audit trail tells it. Nothing if the store has not gone back.
    ///
    /// # Errors
    /// Those of [`Store::open`] but the ones that this accepts.
    pub fn accept_restored(directory: &Path, by: By<'_>) -> Result<Option<Restored>, StoreError> {
        let noted = match Self::check(directory) {
            Ok(Some(_)) => return Ok(None),
            Ok(None) => return Err(StoreError::NotFound { what: "the store" }),
            Err(StoreError::WentBack { noted, .. }) => Some(noted),
            Err(StoreError::HeadMissing | StoreError::HeadDamaged) => None,
            Err(error) => return Err(error),
        };
        let store =
            Self::opened(connection::open(directory, Purpose::Patients, Past::Opened, Syncs::Awaited)?, directory);
        let last = Mark::last(&store.reader())?.number;
        let said = noted.map_or_else(|| "no line noted".to_owned(), |noted| format!("line {noted} noted"));
        store.write_after(Past::Opened, |transaction| {
            let detail = format!("{said}, the trail ended at line {last}");
            audit::append(transaction, by, audit::Action::RestoreAccepted, None, None, &detail)
        })?;
        store.head.replace(Mark::last(&store.reader())?)?;
        Ok(Some(Restored { noted, last }))
    }

    fn opened(opened: connection::Opened, directory: &Path) -> Self {
        let connection::Opened { writer, reader, head, purpose, places } = opened;
        Self {
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
            purpose,
            head,
            directory: directory.to_owned(),
            places,
        }
    }

    /// A key for a request that comes from no step of the app: random, so that it never meets another one.
    ///
    /// # Errors
    /// [`StoreError::NoRandom`].
    pub fn fresh_key() -> Result<IdempotencyKey, StoreError> {
        Ok(IdempotencyKey(key::random_hex()?))
    }

    /// The reading connection. It sees everything that was committed. A panic of another thread while it held the
    /// connection leaves nothing half done, so poison does not matter.
    fn reader(&self) -> MutexGuard<'_, Connection> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` in one write transaction: all of it is on disk when this returns, or nothing of it. The log is
    /// emptied into the database and the last audit line is noted: neither a damaged log nor an old copy can take back
    /// what was promised without that being noticed. Nothing is written into files that were put in the place of those
    /// that were opened, or that have gone back in time since.
    fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.write_after(Past::Refused, work)
    }

    fn write_after<T>(
        &self,
        past: Past,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        self.places.check(&self.directory)?;
        // What is remembered of the file would hide that it was overwritten.
        connection.execute_batch("PRAGMA shrink_memory")?;
        let head = (past == Past::Refused).then_some(&self.head);
        let (result, last) = transact(&mut connection, head, work).map_err(|error| self.why(error))?;
        // What was committed is committed: if others read from the log just now, the next write empties it.
        let _ = connection::empty_log(&connection);
        self.note(last);
        Ok(result)
    }

    /// Notes the last line of the trail. A note that cannot be written lags behind, which is borne; the line itself is
    /// on disk.
    fn note(&self, last: Mark) {
        let _ = self.head.advance(last);
    }

    /// Why nothing could be written, where SQLite only says that writing failed.
    fn why(&self, error: StoreError) -> StoreError {
        if !matches!(error, StoreError::Write { .. } | StoreError::ReadOnly | StoreError::File { .. }) {
            return error;
        }
        match files::check_folder(&self.directory) {
            Err(StoreError::ReadOnlySystem) => StoreError::ReadOnlySystem,
            Ok(_) | Err(_) => error,
        }
    }
}

fn transact<T>(
    connection: &mut Connection,
    head: Option<&head::Head>,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
) -> Result<(T, Mark), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    head.map_or(Ok(()), |head| head.check(&transaction))?;
    let result = work(&transaction)?;
    let last = Mark::last(&transaction)?;
    transaction.commit()?;
    Ok((result, last))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;
    use crate::domain::download::{Completeness, Download};
    use crate::domain::glucose::{Concentration, Measured};
    use crate::domain::meter::MeterIdentity;
    use crate::domain::reading::{Kind, Reading};
    use crate::domain::text::Private;

    /// The write holds its transaction until the search has answered, which it could not if it waited.
    #[test]
    fn a_search_does_not_wait_for_a_write() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let (ask, asked) = mpsc::channel();
        let (answer, answered) = mpsc::channel();
        std::thread::scope(|scope| {
            let store = &store;
            scope.spawn(move || {
                asked.recv().unwrap();
                answer.send(store.search("web", 0, 9).is_ok()).unwrap();
            });
            let answered = store.write(|transaction| {
                transaction.execute("INSERT INTO recents (user, patient, used) SELECT '1', 1, 1 WHERE 0", ())?;
                ask.send(()).unwrap();
                Ok(answered.recv_timeout(Duration::from_secs(20)))
            });
            assert_eq!(answered.unwrap(), Ok(true));
        });
    }

    /// A meter with so many readings that they need new pages of the file.
    pub(super) fn download() -> Download {
        let meter = MeterIdentity {
            manufacturer: "Roche".into(),
            model: "Accu-Chek Guide".into(),
            model_number: None,
            serial: Private::new("000-1".into()),
            firmware: None,
            driver: "accu-chek-usb".into(),
        };
        let reading = |index: u32| Reading {
            index,
            time: None,
            measured: Measured::Value(Concentration::mg_per_dl(index)),
            kind: Kind::Blood,
            meal: None,
            doubts: vec![],
            raw: std::collections::BTreeMap::new(),
        };
        Download {
            meter,
            clock: None,
            announced: None,
            completeness: Completeness::Complete,
            readings: (0..720).map(reading).collect(),
            not_taken: Vec::new(),
            warnings: vec![],
            transcript: vec![],
        }
    }

    pub(super) const BY: By<'static> = By { user: "1", at: Timestamp::UNIX_EPOCH };

    #[test]
    fn a_full_disk_is_told_and_leaves_nothing_half_done() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let limit = |pages: i64| {
            let writer = store.writer.lock().unwrap();
            writer.query_row(&format!("PRAGMA max_page_count = {pages}"), (), |row| row.get::<_, i64>(0)).unwrap()
        };
        // A limit below the present size becomes the present size.
        limit(1);
        assert!(matches!(store.quarantine(BY, &download()), Err(StoreError::Full)));
        assert_eq!(store.pending().unwrap(), []);
        assert_eq!(store.audit_trail().unwrap(), []);
        limit(1_000_000);
        assert_eq!(store.quarantine(BY, &download()).unwrap().counts.blood, 720);
    }

    #[test]
    fn a_store_that_may_only_be_read_says_so() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        store.writer.lock().unwrap().pragma_update(None, "query_only", true).unwrap();
        assert!(matches!(store.quarantine(BY, &download()), Err(StoreError::ReadOnly)));
        assert_eq!(store.pending().unwrap(), []);
    }

    /// Another program writes for longer than a write waits: told as a lock, not as a full disk.
    #[test]
    fn a_lock_that_is_held_is_told_as_a_lock() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let other = Store::open(directory.path()).unwrap();
        store.writer.lock().unwrap().busy_timeout(Duration::from_millis(5)).unwrap();
        let held = other.writer.lock().unwrap();
        held.execute_batch("BEGIN IMMEDIATE").unwrap();
        assert!(matches!(store.quarantine(BY, &download()), Err(StoreError::Busy)));
        held.execute_batch("ROLLBACK").unwrap();
        drop(held);
        assert_eq!(store.quarantine(BY, &download()).unwrap().counts.blood, 720);
    }

    /// Somebody reads from the log meanwhile: it cannot be emptied, which neither fails the write nor loses it.
    #[test]
    fn a_reader_of_the_log_does_not_hold_up_a_write() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let other = Store::open(directory.path()).unwrap();
        let reader = other.reader();
        reader.execute_batch("BEGIN; SELECT count(*) FROM audit;").unwrap();
        store.quarantine(BY, &download()).unwrap();
        reader.execute_batch("COMMIT").unwrap();
        drop(reader);
        assert_eq!(other.pending().unwrap().len(), 1);
        other.remember(BY, &crate::domain::patient::PatientId("1".into())).unwrap_err();
        store.write(|_| Ok(())).unwrap();
        let log = std::fs::metadata(directory.path().join("glucodock.db-wal")).unwrap().len();
        assert_eq!(log, 0, "the next write empties it");
    }

    #[test]
    fn the_database_itself_keeps_the_two_rules() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        store.quarantine(BY, &download()).unwrap();
        let people =
            "INSERT INTO patients (family, given, born, gender, status, family_folded, given_folded, created_by,
            created_at) VALUES ('a', 'b', '2000-01-01', 'other', 'ACTIVE', 'a', 'b', '1', 0)";
        store.write(|transaction| Ok(transaction.execute(people, ())? + transaction.execute(people, ())?)).unwrap();
        store.write(|transaction| meters::open_ownership(transaction, BY, 1, 1)).unwrap();
        for patient in [1, 2] {
            let second = store.write(|transaction| meters::open_ownership(transaction, BY, 1, patient));
            assert!(matches!(second, Err(StoreError::OwnedByAnother)));
        }
        let assign = "INSERT INTO assignments (request_key, upload, patient, user, at, new, already_there)
            VALUES ('k', 1, 1, '1', 0, 720, 0)";
        store.write(|transaction| Ok(transaction.execute(assign, ())?)).unwrap();
        let mut changed = Vec::new();
        for statement in [
            "UPDATE readings SET patient = 1, assignment = 1",
            "UPDATE readings SET patient = 2",
            "UPDATE readings SET patient = NULL, assignment = NULL",
            "UPDATE readings SET digits = digits + 1 WHERE id = 1",
            "UPDATE readings SET time = '2026-01-01T00:00:00' WHERE id = 1",
            "UPDATE readings SET raw = '{}', doubts = '[]' WHERE id = 1",
            "DELETE FROM readings WHERE id = 720",
        ] {
            changed.push(store.write(|transaction| Ok(transaction.execute(statement, ())?)).ok());
        }
        assert_eq!(changed, [Some(720), None, None, None, None, None, None], "given once, and then never changed");
    }

    #[test]
    fn a_write_that_fails_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let failed: Result<(), _> = store.write(|transaction| {
            audit::append(transaction, BY, audit::Action::Assigned, None, None, "")?;
            Err(StoreError::NotActive)
        });
        assert!(matches!(failed, Err(StoreError::NotActive)));
        assert_eq!(store.audit_trail().unwrap(), []);
    }
}
