//! The key of the database: 32 random bytes in a file that only this user may read.
//!
//! The key lies beside the database, so it protects a copied or discarded database file and backups that leave the
//! key out. It does not protect against somebody who can read this user's files.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use rustix::fs::OFlags;
use zeroize::Zeroizing;

use super::KEY_FILE;
use super::error::StoreError;
use super::files::{self, KEY_BYTES, Syncs};

/// The key as SQLCipher takes it. Wiped from memory when dropped.
pub(super) struct StoreKey(Zeroizing<String>);

impl StoreKey {
    /// The statement that unlocks a connection. A raw key needs no derivation, so opening is fast.
    pub(super) fn pragma(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("PRAGMA key = \"x'{}'\";", self.0.as_str()))
    }

    /// Reads a key file.
    pub(super) fn read(key_file: &Path) -> Result<Self, StoreError> {
        // Not waiting for the other end of what may have become a pipe since it was looked at.
        let no_waiting = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
        let mut file = match OpenOptions::new().read(true).custom_flags(no_waiting).open(key_file) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(StoreError::KeyMissing),
            Err(error) => return Err(StoreError::file("opening the key file")(error)),
        };
        let mode = file.metadata().map_err(StoreError::file("looking at the key file"))?.mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(StoreError::KeyExposed { mode });
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(KEY_BYTES + 1));
        std::io::Read::by_ref(&mut file)
            .take(KEY_BYTES as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(StoreError::file("reading the key file"))?;
        if bytes.len() != KEY_BYTES {
            return Err(StoreError::KeyDamaged);
        }
        Ok(Self(Zeroizing::new(hex::encode(&bytes))))
    }

    /// Reads a key that a person has named: what is wrong with it is not the store's.
    pub(super) fn read_given(file: &Path) -> Result<Self, StoreError> {
        let is_key = file.metadata().is_ok_and(|facts| facts.is_file() && facts.len() == KEY_BYTES as u64);
        if !is_key {
            return Err(StoreError::NoKeyThere);
        }
        Self::read(file).map_err(|error| match error {
            StoreError::KeyExposed { mode } => StoreError::GivenKeyExposed { mode },
            StoreError::KeyMissing | StoreError::KeyDamaged => StoreError::NoKeyThere,
            StoreError::Denied { operation } => StoreError::DeniedOutside { operation },
            other => other,
        })
    }

    /// Makes a fresh key as `file`, in the place of what has that name. The file gets its name only when it is whole
    /// and on disk.
    pub(super) fn make(file: &Path, syncs: Syncs) -> Result<Self, StoreError> {
        let mut bytes = Zeroizing::new([0_u8; KEY_BYTES]);
        getrandom::fill(bytes.as_mut())?;
        write_key(bytes.as_ref(), file, syncs)?;
        Self::read(file)
    }

    /// Whether it is the same key.
    pub(super) fn is(&self, other: &Self) -> bool {
        *self.0 == *other.0
    }

    /// Writes it into a key file that is not there yet. The file gets its name only when it is whole and on disk.
    pub(super) fn keep_as(&self, file: &Path, syncs: Syncs) -> Result<(), StoreError> {
        let bytes = Zeroizing::new(hex::decode(self.0.as_str()).map_err(|_| StoreError::KeyDamaged)?);
        write_key(&bytes, file, syncs)
    }
}

/// Writes a key file in the place of what has its name.
fn write_key(bytes: &[u8], file: &Path, syncs: Syncs) -> Result<(), StoreError> {
    let directory = files::folder_of(file);
    // A name of its own: two programs that begin at once must not write one file.
    let fresh = directory.join(format!("{KEY_FILE}-{}", random_hex()?));
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&fresh)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| syncs.file(&file)))
        .and_then(|()| std::fs::rename(&fresh, file))
        .and_then(|()| syncs.folder(directory))
        .map_err(StoreError::file("writing the key file"))
}

/// Sixteen random bytes in hexadecimal.
pub(super) fn random_hex() -> Result<String, StoreError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_key_is_made_whole_and_only_this_user_may_read_it() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("clinic.key");
        std::fs::write(&file, "what is this").unwrap();
        let made = StoreKey::make(&file, Syncs::Awaited).unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().mode() & 0o7777, 0o600);
        assert_eq!(std::fs::metadata(&file).unwrap().len(), 32);
        assert_eq!(*StoreKey::read(&file).unwrap().pragma(), *made.pragma());
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_key_that_is_missing_exposed_or_damaged_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("clinic.key");
        assert!(matches!(StoreKey::read(&file), Err(StoreError::KeyMissing)));
        std::fs::write(&file, [7; 32]).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(StoreKey::read(&file), Err(StoreError::KeyExposed { mode: 0o640 })));
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert!(StoreKey::read(&file).is_ok());
        for wrong in [vec![], vec![7; 31], vec![7; 33]] {
            std::fs::write(&file, wrong).unwrap();
            assert!(matches!(StoreKey::read(&file), Err(StoreError::KeyDamaged)));
        }
    }
}
