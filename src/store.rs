//! The clinic's data in one encrypted file: quarantine, ownership, records, patients, users, audit trail.
//!
//! Knows the domain only; who may do what is asked before, by the station and by the platform. Constraints and triggers
//! of the database itself keep what all else stands on: a meter has at most one open ownership, and a reading, a
//! decision and a line of the trail is never changed, replaced or deleted; what is taken back or wrong is said in
//! another row (`guards` tries each table, and lists those that may be written over). One connection writes, each write
//! is one transaction that is on disk when the call returns; a second one reads, so that a search never waits for a
//! write. Several processes may have the store open at once.

mod alike;
mod answers;
mod assign;
mod attempts;
mod audit;
mod backup;
mod carrier;
mod clock_said;
mod clock_verdict;
mod codec;
mod connection;
mod correction_offer;
mod directories;
mod ending;
mod ending_checks;
mod ending_undo;
mod error;
mod extent;
mod files;
mod filling;
mod filling_meters;
mod former_owner;
#[cfg(test)]
mod guards;
mod head;
mod heard;
mod held_meters;
mod holders;
mod importing;
mod key;
mod known;
mod known_search;
mod mergers;
mod meter_days;
mod meter_use;
mod meters;
mod migrate;
mod misplaced;
mod moved_since;
mod next_key;
mod not_theirs;
mod noted_people;
mod outbox;
mod ownership;
mod parcels;
mod password;
mod patient_rows;
mod patients;
mod population;
mod purpose;
mod quarantine;
mod readings;
mod recents;
mod record;
mod record_marks;
mod recorded;
mod rekey;
mod repeats;
mod restore;
mod room;
mod search;
mod sent_into;
#[cfg(test)]
mod sessions;
mod sign_ins;
mod soundness;
mod sources;
mod staff;
mod subject_set;
mod subjects;
mod take_back;
mod terminal;
mod throttle;
mod time_correction;
mod told_clock;
mod told_correction;
mod told_owner;
mod transfer;
mod transfer_checks;
mod unchanged;
mod undo;
mod users;
mod withdrawal;
mod work_list;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use audit::{AuditAction, AuditLine, ChainCheck};
pub use backup::BackedUp;
pub use carrier::CarrierLock;
pub use directories::{DirectoryAddress, KnownPatient};
pub use error::StoreError;
pub use filling::{ClinicData, ReadyUser};
pub use filling_meters::OwnedDownload;
pub use importing::{ImportEnd, Imported, PatientImport};
pub use noted_people::NotedLock;
pub use patients::RegisteredPatient;
pub use restore::Restored;
pub use room::Room;
pub use sign_ins::{KeptSignIn, RenewalLock, TokenIssuer};
pub use soundness::{Soundness, SoundnessCheck};
pub use staff::{FIRST_OF_STAFF, StaffChange, StaffMember};
pub use users::NewUser;

use self::connection::Past;
use self::extent::FileExtent;
use self::files::Syncs;
use self::head::Mark;
use crate::domain::association::IdempotencyKey;
use crate::domain::clinic::{Actor, Purpose};

/// Name of the database within the data directory.
pub const DATABASE_FILE: &str = "glucodock.db";

/// Name of the key file beside it.
pub const KEY_FILE: &str = "glucodock.key";

/// Who does something, and when.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// The key of the user, as in [`crate::domain::clinic::User::id`], or a name such as `local administrator`.
    pub user: &'a str,
    /// In which sign-in; empty for a command.
    pub session: &'a str,
    /// When.
    pub at: Timestamp,
}

impl<'a> By<'a> {
    /// Somebody outside the app: a command, a script.
    #[must_use]
    pub const fn command(user: &'a str, at: Timestamp) -> Self {
        Self { user, session: "", at }
    }
}

impl<'a> From<&'a Actor> for By<'a> {
    fn from(actor: &'a Actor) -> Self {
        Self { user: &actor.user.id, session: &actor.session, at: actor.at }
    }
}

/// The open store.
pub struct Store {
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    purpose: Purpose,
    head: head::Head,
    directory: PathBuf,
    identities: files::FileIdentities,
}

impl Store {
    /// Opens the store in `directory`, which is made if it is missing: for patients. A new store gets a fresh key; one
    /// is made only where no part of a store is left.
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
        let opened = connection::open(directory, new, Past::Refused, syncs);
        let store = Self::opened(opened.map_err(|error| room::explain(directory, error))?, directory);
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
        connection::check(directory).map_err(|error| room::explain(directory, error))
    }

    /// Whether there is no part of a store in `directory`, and so nothing to lose.
    ///
    /// # Errors
    /// What is wrong with the folder or with what should be a file.
    pub fn is_absent(directory: &Path) -> Result<bool, StoreError> {
        Ok(!files::check_folder(directory)? || files::FoundFiles::look(directory)?.is_nothing())
    }

    fn opened(opened: connection::Opened, directory: &Path) -> Self {
        let connection::Opened { writer, reader, head, purpose, identities } = opened;
        Self {
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
            purpose,
            head,
            directory: directory.to_owned(),
            identities,
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
        self.identities.check(&self.directory)?;
        // What is remembered of the file would hide that it was overwritten.
        connection.execute_batch("PRAGMA shrink_memory")?;
        let head = (past == Past::Refused).then_some(&self.head);
        let (result, last) = transact(&mut connection, head, &self.directory, work)
            .map_err(|error| room::explain(&self.directory, error))?;
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
}

fn transact<T>(
    connection: &mut Connection,
    head: Option<&head::Head>,
    directory: &Path,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
) -> Result<(T, Mark), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    head.map_or(Ok(()), |head| head.check(&transaction))?;
    // What is missing at its end would be made up for with nothing when the log is emptied into it.
    FileExtent::of(&transaction, directory)?;
    let result = work(&transaction)?;
    let last = Mark::last(&transaction)?;
    transaction.commit()?;
    Ok((result, last))
}

#[cfg(test)]
mod tests;
