//! What lies in the data folder, looked at before anything is opened: what is missing, empty, cut, no file at all, or
//! open to others is told as what it is. A store is begun only where nothing of one is left.

use std::fs::{File, Metadata};
use std::io::{self, ErrorKind};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{Access, FlockOperation};
use rustix::io::Errno;

use super::error::StoreError;
use super::head::HEAD_FILE;
use super::{DATABASE_FILE, KEY_FILE};

/// There while a store is being made, so that what a kill leaves of it then is not taken for the rest of a lost one.
const BEGINNING_FILE: &str = "glucodock.new";

/// The log of the database, with what was committed last.
const LOG_FILE: &str = "glucodock.db-wal";

/// Other files that SQLite keeps beside a database: a pipe or a folder in their place would hold every opening.
const SIDE_FILES: [&str; 2] = ["glucodock.db-shm", "glucodock.db-journal"];

/// The size of a database page; SQLCipher's default. A store is never smaller.
pub(super) const PAGE_BYTES: u64 = 4096;

/// The time between two looks at a lock that somebody holds.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// What is there of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) has_key: bool,
    /// The size of the database in bytes.
    pub(super) database: Option<u64>,
    /// The note of the last audit line, or the log.
    has_rest: bool,
    /// A store is being made, or was when the program was killed.
    pub(super) is_beginning: bool,
}

impl Found {
    /// Looks into the data folder.
    pub(super) fn look(directory: &Path) -> Result<Self, StoreError> {
        let size = |name| Ok::<_, StoreError>(plain_file(directory, name)?.map(|facts| facts.len()));
        for name in SIDE_FILES {
            size(name)?;
        }
        Ok(Self {
            has_key: size(KEY_FILE)?.is_some(),
            database: size(DATABASE_FILE)?,
            has_rest: size(HEAD_FILE)?.is_some() | size(LOG_FILE)?.is_some(),
            is_beginning: size(BEGINNING_FILE)?.is_some(),
        })
    }

    /// Whether no part of a store is there.
    pub(super) const fn is_nothing(self) -> bool {
        !self.has_key && self.database.is_none() && !self.has_rest
    }

    /// Whether the database is to be made; an error if what is there is the rest of a store.
    pub(super) const fn is_to_be_made(self) -> Result<bool, StoreError> {
        match self.database {
            None | Some(0) if self.is_beginning => Ok(true),
            None if self.is_nothing() => Ok(true),
            None => Err(StoreError::StoreMissing),
            Some(bytes) if bytes < PAGE_BYTES => Err(StoreError::Cut { bytes }),
            Some(_) if !self.has_key => Err(StoreError::KeyMissing),
            Some(_) => Ok(false),
        }
    }
}

/// Checks the folder itself: a folder, of this user alone to write to, on a file system that takes writes.
/// False if it is not there.
pub(super) fn check_folder(directory: &Path) -> Result<bool, StoreError> {
    let facts = match std::fs::metadata(directory) {
        Ok(facts) => facts,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(StoreError::file("looking at the data folder")(error)),
    };
    if !facts.is_dir() {
        return Err(StoreError::NotAFolder);
    }
    let mode = facts.mode() & 0o7777;
    if mode & 0o022 != 0 {
        return Err(StoreError::FolderExposed { mode });
    }
    match rustix::fs::access(directory, Access::WRITE_OK | Access::EXEC_OK) {
        Ok(()) => Ok(true),
        Err(Errno::ROFS) => Err(StoreError::ReadOnlySystem),
        Err(error) => Err(StoreError::file("writing to the data folder")(error.into())),
    }
}

/// The facts of a file of the store. Nothing is opened, so that nothing waits for the other end of a pipe.
fn plain_file(directory: &Path, name: &'static str) -> Result<Option<Metadata>, StoreError> {
    match std::fs::metadata(directory.join(name)) {
        Ok(facts) if facts.is_file() => Ok(Some(facts)),
        Ok(facts) => Err(StoreError::NotAFile { name, is: what(&facts) }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::file("looking at the data folder")(error)),
    }
}

fn what(facts: &Metadata) -> &'static str {
    let kind = facts.file_type();
    if kind.is_dir() {
        "a folder"
    } else if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

/// Says that a store is being made.
pub(super) fn begin(directory: &Path, syncs: Syncs) -> Result<(), StoreError> {
    let made = File::options().create(true).truncate(false).write(true).open(directory.join(BEGINNING_FILE));
    made.and_then(|_| syncs.folder(directory)).map_err(StoreError::file("beginning a store"))
}

/// Says that the store was made. On disk when this returns: from here on nothing may count as a beginning.
pub(super) fn begun(directory: &Path, syncs: Syncs) -> Result<(), StoreError> {
    let removed = std::fs::remove_file(directory.join(BEGINNING_FILE));
    removed.and_then(|()| syncs.folder(directory)).map_err(StoreError::file("beginning a store"))
}

/// Clears keys that a kill kept from getting their name: `glucodock.key-` and 32 hexadecimal digits. To be called only
/// where the key itself is there; a stray one might be the only one otherwise.
pub(super) fn clear_stray_keys(directory: &Path) -> Result<(), StoreError> {
    let looking = |error| StoreError::file("looking at the data folder")(error);
    for entry in std::fs::read_dir(directory).map_err(looking)? {
        let name = entry.map_err(looking)?.file_name();
        let random = name.to_str().and_then(|name| name.strip_prefix(KEY_FILE)?.strip_prefix('-'));
        let is_stray = random.is_some_and(|random| {
            random.len() == 32 && random.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        });
        if is_stray {
            std::fs::remove_file(directory.join(name)).map_err(StoreError::file("clearing a stray key file"))?;
        }
    }
    Ok(())
}

/// Whether what is written is brought to the disk before anything is promised. [`Syncs::Awaited`] everywhere but in a
/// store that is thrown away with the program, which no loss of power can take anything from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syncs {
    Awaited,
    LeftOut,
}

impl Syncs {
    /// Brings the content of a file to the disk, and what is needed to find it.
    pub(super) fn file(self, file: &File) -> io::Result<()> {
        if self == Self::Awaited { file.sync_all() } else { Ok(()) }
    }

    /// Brings the content of a file to the disk.
    pub(super) fn content(self, file: &File) -> io::Result<()> {
        if self == Self::Awaited { file.sync_data() } else { Ok(()) }
    }

    /// Brings the names in a folder to the disk.
    pub(super) fn folder(self, directory: &Path) -> io::Result<()> {
        if self == Self::Awaited { File::open(directory)?.sync_all() } else { Ok(()) }
    }

    /// The same for what the database writes.
    pub(super) const fn pragma(self) -> &'static str {
        match self {
            Self::Awaited => "PRAGMA synchronous = FULL;",
            Self::LeftOut => "PRAGMA synchronous = OFF;",
        }
    }
}

/// Takes the one lock of an open file, which ends with it; whoever is killed holds none. [`StoreError::Busy`] if
/// somebody else holds it for longer than `patience`.
pub(super) fn lock(file: impl AsFd, patience: Duration) -> Result<(), StoreError> {
    let end = Instant::now() + patience;
    loop {
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(()),
            Err(Errno::WOULDBLOCK | Errno::INTR) if Instant::now() < end => std::thread::sleep(LOOK_AGAIN),
            Err(Errno::WOULDBLOCK | Errno::INTR) => return Err(StoreError::Busy),
            Err(error) => return Err(StoreError::file("locking the data folder")(error.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every combination of what can be there: only nothing at all, or a beginning, is made into a store.
    #[test]
    fn a_store_is_begun_only_where_nothing_of_one_is_left() {
        let sizes = [None, Some(0), Some(1), Some(PAGE_BYTES - 1), Some(PAGE_BYTES), Some(9 * PAGE_BYTES)];
        for database in sizes {
            for bits in 0..8_u8 {
                let [has_key, has_rest, is_beginning] = [1, 2, 4].map(|bit| bits & bit != 0);
                let found = Found { has_key, database, has_rest, is_beginning };
                let left = has_key || has_rest;
                let verdict = found.is_to_be_made();
                match (database, is_beginning) {
                    (None, false) if left => assert!(matches!(verdict, Err(StoreError::StoreMissing)), "{found:?}"),
                    (None, _) | (Some(0), true) => assert!(matches!(verdict, Ok(true)), "{found:?}"),
                    (Some(bytes), _) if bytes < PAGE_BYTES => {
                        assert!(matches!(verdict, Err(StoreError::Cut { bytes: told }) if told == bytes), "{found:?}");
                    }
                    _ if !has_key => assert!(matches!(verdict, Err(StoreError::KeyMissing)), "{found:?}"),
                    _ => assert!(matches!(verdict, Ok(false)), "{found:?}"),
                }
            }
        }
    }

    #[test]
    fn only_a_key_that_a_kill_left_without_its_name_is_cleared() {
        let directory = tempfile::tempdir().unwrap();
        let kept = ["glucodock.key", "glucodock.key-old", "glucodock.key-0123456789abcdef0123456789ABCDEF", "key-0"];
        for name in kept {
            std::fs::write(directory.path().join(name), "").unwrap();
        }
        std::fs::write(directory.path().join("glucodock.key-0123456789abcdef0123456789abcdef"), "").unwrap();
        clear_stray_keys(directory.path()).unwrap();
        let mut left: Vec<_> = std::fs::read_dir(directory.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        let mut kept = kept.map(str::to_owned);
        kept.sort();
        assert_eq!(left, kept);
    }

    #[test]
    fn a_lock_that_is_held_is_told_and_one_that_was_let_go_is_taken() {
        let directory = tempfile::tempdir().unwrap();
        let first = File::open(directory.path()).unwrap();
        lock(&first, Duration::ZERO).unwrap();
        let second = File::open(directory.path()).unwrap();
        assert!(matches!(lock(&second, Duration::from_millis(30)), Err(StoreError::Busy)));
        drop(first);
        // A process that another test starts has a copy of the lock for a moment.
        lock(&second, Duration::from_mins(1)).unwrap();
    }
}
