//! Whether the disk has room: SQLite says of some writes only that they failed, and of some files only that they cannot
//! be opened, whatever the reason.

use std::path::Path;

use super::error::StoreError;
use super::files;

/// What a file system has left for this user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Bytes.
    pub bytes: u64,
    /// Whether one more file can be made.
    pub takes_files: bool,
}

impl Room {
    /// So many bytes the largest memory of all meters takes while it is stored and assigned, once in the log and once
    /// in the database (`tests/store/extent.rs` stores one).
    pub const FOR_LARGEST_MEMORY: u64 = 16 * 1024 * 1024;

    /// With less than this nothing can be stored: the index of the log alone takes 32 KiB, and each page of four is in
    /// the log before it is in the database.
    const LEAST_BYTES: u64 = 64 * 1024;

    /// What the file system of this folder has left; nothing where it does not say.
    #[must_use]
    pub fn of(folder: &Path) -> Option<Self> {
        let facts = rustix::fs::statvfs(folder).ok()?;
        // One that does not count says that it has none of what it has not left.
        (facts.f_blocks > 0).then(|| Self {
            bytes: facts.f_bavail.saturating_mul(facts.f_frsize),
            takes_files: facts.f_files == 0 || facts.f_favail > 0,
        })
    }

    /// Whether nothing can be stored.
    const fn is_none(self) -> bool {
        self.bytes < Self::LEAST_BYTES || !self.takes_files
    }
}

/// The same error, or why it is so where the system can tell: the disk is full, or takes no writes.
pub(super) fn explain(directory: &Path, error: StoreError) -> StoreError {
    let is_of_room = matches!(error, StoreError::Write { .. } | StoreError::Unopenable { .. });
    if !is_of_room && !matches!(error, StoreError::ReadOnly | StoreError::Denied { .. } | StoreError::File { .. }) {
        return error;
    }
    if matches!(files::check_folder(directory), Err(StoreError::ReadOnlySystem)) {
        return StoreError::ReadOnlySystem;
    }
    because_of(is_of_room.then(|| Room::of(directory)).flatten(), error)
}

fn because_of(room: Option<Room>, error: StoreError) -> StoreError {
    if room.is_some_and(Room::is_none) { StoreError::Full } else { error }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(None, false)]
    #[case(Some(Room { bytes: 64 * 1024, takes_files: true }), false)]
    #[case(Some(Room { bytes: 64 * 1024 - 1, takes_files: true }), true)]
    #[case(Some(Room { bytes: 1 << 40, takes_files: false }), true)]
    fn a_full_disk_is_told_from_another_fault(#[case] room: Option<Room>, #[case] is_full: bool) {
        let error = because_of(room, StoreError::Unopenable { code: 14 });
        assert_eq!(matches!(error, StoreError::Full), is_full);
        assert_eq!(matches!(error, StoreError::Unopenable { code: 14 }), !is_full);
    }

    #[test]
    fn where_there_is_room_an_error_stays_what_it_is() {
        let directory = tempfile::tempdir().unwrap();
        assert!(Room::of(directory.path()).is_some_and(|room| !room.is_none()), "nothing can be tested on a full disk");
        let explained = explain(directory.path(), StoreError::Write { code: 778 });
        assert!(matches!(explained, StoreError::Write { code: 778 }));
        assert!(matches!(explain(directory.path(), StoreError::WrongKey), StoreError::WrongKey));
    }

    /// `/proc` has no blocks at all, free or other; nothing follows from that.
    #[test]
    fn a_file_system_that_counts_nothing_is_not_full() {
        assert_eq!(Room::of(Path::new("/proc")), None);
    }
}
