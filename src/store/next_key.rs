//! The key that [`super::rekey`] is about to give the store, as an opening finds it beside the one it has.

use std::io::ErrorKind;
use std::path::Path;

use super::error::StoreError;
use super::files::Syncs;
use super::key::StoreKey;
use super::{DATABASE_FILE, KEY_FILE, unchanged};

/// The key that is to be the store's.
pub(super) const NEXT_KEY_FILE: &str = "glucodock.rekey";

/// The database under that key.
pub(super) const NEXT_DATABASE_FILE: &str = "glucodock.rekeyed";

/// The key of a store that was made: of two that are there the one that fits its database.
pub(super) fn present(directory: &Path) -> Result<StoreKey, StoreError> {
    let named = StoreKey::read(&directory.join(KEY_FILE));
    match exchanged(directory)? {
        Some(next) => Ok(next),
        None => named,
    }
}

/// The key of `glucodock.rekey`, if it is that one which opens the database.
pub(super) fn exchanged(directory: &Path) -> Result<Option<StoreKey>, StoreError> {
    let next = match StoreKey::read(&directory.join(NEXT_KEY_FILE)) {
        Ok(next) => next,
        // A key that was not written to its end opens nothing: nothing was exchanged yet.
        Err(StoreError::KeyMissing | StoreError::KeyDamaged) => return Ok(None),
        Err(error) => return Err(error),
    };
    match unchanged::open(&directory.join(DATABASE_FILE), &next) {
        Ok(_) => Ok(Some(next)),
        Err(StoreError::BackupUnreadable) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Ends, or takes back, what a kill cut short. To be called under the lock of the folder.
pub(super) fn settle(directory: &Path) -> Result<(), StoreError> {
    if directory.join(NEXT_KEY_FILE).symlink_metadata().is_err() {
        return Ok(());
    }
    if exchanged(directory)?.is_some() {
        return finish(directory);
    }
    remove(&directory.join(NEXT_DATABASE_FILE))?;
    remove(&directory.join(NEXT_KEY_FILE))
}

/// The last step: the key gets its name.
pub(super) fn finish(directory: &Path) -> Result<(), StoreError> {
    std::fs::rename(directory.join(NEXT_KEY_FILE), directory.join(KEY_FILE))
        .and_then(|()| Syncs::Awaited.folder(directory))
        .map_err(StoreError::file("naming the key file"))
}

/// Removes a file, if it is there.
pub(super) fn remove(file: &Path) -> Result<(), StoreError> {
    std::fs::remove_file(file)
        .or_else(|error| if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) })
        .map_err(StoreError::file("clearing what an exchange of keys left"))
}
