//! A copy of the whole store in one file, made while others work with it. It is encrypted under the store's own key,
//! which is not in it.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags};
use rustix::io::Errno;

use super::error::StoreError;
use super::files::{self, Syncs};
use super::head::Mark;
use super::key::{StoreKey, random_hex};
use super::{By, DATABASE_FILE, KEY_FILE, Store, audit, connection, migrate, room, unchanged};

/// A backup that was made, and read once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackedUp {
    /// The number of the last line of the audit trail that is in it: the one that tells of it.
    pub last: i64,
    /// Its size in bytes.
    pub bytes: u64,
}

impl Store {
    /// Copies all that is stored into a new file, outside the data folder. The file has its name only when it is whole,
    /// was read once more, and is on disk. Others may write meanwhile: what is committed before the copy begins is in
    /// it.
    ///
    /// # Errors
    /// [`StoreError::BackupIsThere`], [`StoreError::BackupInside`], [`StoreError::BackupUnreadable`] if the copy is not
    /// what was written, [`StoreError::File`], or the database's; then no file of that name was made.
    pub fn back_up(&self, by: By<'_>, file: &Path) -> Result<BackedUp, StoreError> {
        if file.symlink_metadata().is_ok() {
            return Err(StoreError::BackupIsThere);
        }
        let folder = files::folder_of(file);
        let real = folder.canonicalize().map_err(StoreError::outside("opening the folder of the backup"))?;
        let own = self.directory.canonicalize().map_err(StoreError::file("opening the data folder"))?;
        if real == own {
            return Err(StoreError::BackupInside);
        }
        let key = StoreKey::read(&self.directory.join(KEY_FILE))?;
        let part = part_of(file)?;
        // Before it is made, so that it tells of itself wherever it is restored. Whether it came to its end is not
        // told.
        self.write(|transaction| audit::append(transaction, by, audit::AuditAction::BackupBegun, None, None, ""))
            .map_err(|error| damage_of(&self.directory, &key, error))?;
        let made = self.copy_into(&part, &key).and_then(|last| {
            give_name(&part, file)?;
            Syncs::Awaited.folder(folder).map_err(StoreError::file("writing the backup"))?;
            Ok(last)
        });
        let last = made.inspect_err(|_| {
            // Half a copy would take the room that there is too little of.
            let _ = std::fs::remove_file(&part);
        });
        let last = last.map_err(|error| room::explain(folder, error))?;
        let bytes = file.metadata().map_err(StoreError::file("looking at the backup"))?.len();
        Ok(BackedUp { last, bytes })
    }

    /// Copies everything into a fresh file, and reads that; the last line of the trail that is in it.
    fn copy_into(&self, part: &Path, key: &StoreKey) -> Result<i64, StoreError> {
        const COPYING: &str = "writing the backup";
        let file = OpenOptions::new()
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(part)
            .map_err(StoreError::outside(COPYING))?;
        migrate::copy_pages(&self.reader(), part, key).map_err(|error| damage_of(&self.directory, key, error))?;
        Syncs::Awaited.file(&file).map_err(StoreError::file(COPYING))?;
        let copy = unchanged::open(part, key)?;
        connection::check_pages(&copy).map_err(|_| StoreError::BackupUnreadable)?;
        Ok(Mark::last(&copy)?.number)
    }
}

/// Why pages of the store cannot be copied: SQLite says of a damaged one only that something failed, and of the others
/// no more after it. They are looked at anew, as they lie there.
pub(super) fn damage_of(directory: &Path, key: &StoreKey, error: StoreError) -> StoreError {
    if !matches!(error, StoreError::Database { .. }) {
        return error;
    }
    let looked = unchanged::open(&directory.join(DATABASE_FILE), key).and_then(|file| connection::check_pages(&file));
    if matches!(looked, Err(StoreError::DataDamaged | StoreError::BackupUnreadable)) {
        StoreError::DataDamaged
    } else {
        error
    }
}

/// A name beside the backup's that nobody takes for a backup.
fn part_of(file: &Path) -> Result<PathBuf, StoreError> {
    let mut name = file.file_name().map(OsString::from).ok_or(StoreError::BackupIsThere)?;
    name.push(format!(".part-{}", random_hex()?));
    Ok(file.with_file_name(name))
}

/// Gives the copy its name, unless somebody made a file of that name meanwhile.
fn give_name(part: &Path, file: &Path) -> Result<(), StoreError> {
    const NAMING: &str = "naming the backup";
    match rustix::fs::renameat_with(CWD, part, CWD, file, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(()),
        // Some file systems of the network do not know it.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) if file.symlink_metadata().is_err() => {
            std::fs::rename(part, file).map_err(StoreError::file(NAMING))
        }
        Err(Errno::EXIST | Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => Err(StoreError::BackupIsThere),
        Err(error) => Err(StoreError::file(NAMING)(error.into())),
    }
}

/// Copies a backup to a fresh file that only this user may read.
pub(super) fn copy_out(backup: &Path, into: &Path) -> Result<(), StoreError> {
    const COPYING: &str = "copying the backup into the data folder";
    unchanged::is_file(backup)?;
    let mut from = File::open(backup).map_err(StoreError::outside("opening the backup"))?;
    let mut to =
        OpenOptions::new().create_new(true).write(true).mode(0o600).open(into).map_err(StoreError::file(COPYING))?;
    std::io::copy(&mut from, &mut to).and_then(|_| Syncs::Awaited.file(&to)).map_err(StoreError::file(COPYING))
}
