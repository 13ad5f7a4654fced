//! A store that goes on from a backup, or from an older copy of its files that was put back by hand.

use std::io::ErrorKind;
use std::path::Path;

use super::connection::Past;
use super::error::StoreError;
use super::files::{self, FoundFiles, Syncs};
use super::head::{Head, Mark};
use super::key::StoreKey;
use super::{By, DATABASE_FILE, KEY_FILE, Store, audit, backup, connection, migrate, room, unchanged};
use crate::domain::clinic::Purpose;

/// The backup on its way into the data folder: a name under which nobody takes it for a store.
const RESTORING: &str = "glucodock.restoring";

/// What was accepted of a store that had gone back in time, or was restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// The number of the audit line that was noted last; nothing if the note was gone or damaged.
    pub noted: Option<i64>,
    /// The number of the last line there is.
    pub last: i64,
}

impl Store {
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
        go_on(directory, by, noted, "").map(Some)
    }

    /// Makes the store in `directory` of a backup. There must be no database yet; a key that is there has to be the one
    /// that is given, and without one it is used. What the audit trail had come to, where that is still noted, is told
    /// by it. The backup stays as it is.
    ///
    /// # Errors
    /// [`StoreError::StoreThere`], [`StoreError::OtherKey`], [`StoreError::BackupUnreadable`],
    /// [`StoreError::BackupMissing`], [`StoreError::NewerSchema`], those of a key file, or the
    /// database's; then no store was made.
    pub fn restore(directory: &Path, file: &Path, key: Option<&Path>, by: By<'_>) -> Result<Restored, StoreError> {
        unchanged::is_file(file)?;
        let given = key.map(StoreKey::read_given).transpose()?;
        let is_new = !directory.exists();
        connection::make_folder(directory)?;
        let restored = Self::restore_into(directory, file, given, by);
        restored.inspect_err(|_| {
            if is_new {
                // Only while nothing is in it.
                let _ = std::fs::remove_dir(directory);
            }
        })
    }

    fn restore_into(
        directory: &Path,
        file: &Path,
        given: Option<StoreKey>,
        by: By<'_>,
    ) -> Result<Restored, StoreError> {
        files::check_folder(directory)?;
        let lock = connection::lock(directory, connection::BUSY_TIMEOUT)?;
        let found = FoundFiles::look(directory)?;
        if !found.takes_a_database() {
            return Err(StoreError::StoreThere);
        }
        let own = directory.join(KEY_FILE);
        let key = match given {
            None if !found.has_key() => return Err(StoreError::NoKeyGiven),
            None => StoreKey::read(&own)?,
            Some(given) => {
                if found.has_key() && !StoreKey::read(&own)?.is(&given) {
                    return Err(StoreError::OtherKey);
                }
                given
            }
        };
        let noted = match Head::open(directory, Syncs::Awaited)? {
            Some(head) => head.read().ok().map(|noted| noted.number),
            None => None,
        };
        let restoring = directory.join(RESTORING);
        std::fs::remove_file(&restoring)
            .or_else(|error| if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) })
            .map_err(StoreError::file("clearing what an earlier attempt left"))?;
        let placed = place(directory, file, &restoring, &key, found.has_key());
        placed.map_err(|error| room::explain(directory, error)).inspect_err(|_| {
            let _ = std::fs::remove_file(&restoring);
        })?;
        drop(lock);
        go_on(directory, by, noted, "of a backup: ")
    }
}

/// Copies the backup into the folder, looks at it, and gives it its name: last of all, so that nothing is taken for a
/// store before.
fn place(directory: &Path, file: &Path, restoring: &Path, key: &StoreKey, has_key: bool) -> Result<(), StoreError> {
    backup::copy_out(file, restoring)?;
    let copy = unchanged::open(restoring, key)?;
    migrate::is_known(&copy)?;
    if migrate::form(&copy)? == 0 {
        return Err(StoreError::BackupUnreadable);
    }
    connection::check_pages(&copy).map_err(|_| StoreError::BackupUnreadable)?;
    drop(copy);
    if !has_key {
        key.keep_as(&directory.join(KEY_FILE), Syncs::Awaited)?;
    }
    std::fs::rename(restoring, directory.join(DATABASE_FILE))
        .and_then(|()| Syncs::Awaited.folder(directory))
        .map_err(StoreError::file("naming the data file"))
}

/// Goes on from what is there, whatever was noted, and says so in the trail.
fn go_on(directory: &Path, by: By<'_>, noted: Option<i64>, how: &str) -> Result<Restored, StoreError> {
    let opened = connection::open(directory, Purpose::Patients, Past::Opened, Syncs::Awaited);
    let store = Store::opened(opened.map_err(|error| room::explain(directory, error))?, directory);
    let last = Mark::last(&store.reader())?.number;
    let said = noted.map_or_else(|| "no line noted".to_owned(), |noted| format!("line {noted} noted"));
    store.write_after(Past::Opened, |transaction| {
        let detail = format!("{how}{said}, the trail ended at line {last}");
        audit::append(transaction, by, audit::AuditAction::RestoreAccepted, None, None, &detail)
    })?;
    store.head.replace(Mark::last(&store.reader())?)?;
    Ok(Restored { noted, last })
}
