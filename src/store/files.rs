//! What lies in the data folder, looked at before anything is opened: what is missing, empty, cut, no file at all, or
//! open to others is told as what it is. A store is begun only where nothing of one is left.
//!
//! While a store is being made its key is in `glucodock.new`; the last step gives the key its name. So a beginning that
//! a kill cut short is known by a key under that name, and nothing else is taken for one: not an empty `glucodock.new`,
//! and nothing beside a key.

use std::fs::{File, Metadata};
use std::io::{self, ErrorKind};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{Access, FlockOperation};
use rustix::io::Errno;

use super::error::StoreError;
use super::{DATABASE_FILE, KEY_FILE};

/// The note of the last audit line.
pub(super) const HEAD_FILE: &str = "glucodock.head";

/// Bytes of the key: AES-256.
pub(super) const KEY_BYTES: usize = 32;

/// The key of a store that is being made.
pub(super) const BEGINNING_FILE: &str = "glucodock.new";

/// The log of the database, with what was committed last.
pub(super) const LOG_FILE: &str = "glucodock.db-wal";

/// What all who have the database open share of its log.
const SHARED_FILE: &str = "glucodock.db-shm";

/// What SQLite would undo before anything else. A store that was made has none.
const JOURNAL_FILE: &str = "glucodock.db-journal";

/// The size of a database page; SQLCipher's default. A store is never smaller.
pub(super) const PAGE_BYTES: u64 = 4096;

/// The time between two looks at a lock that somebody holds.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// What is there of a store. Sizes are in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FoundFiles {
    has_key: bool,
    database: Option<u64>,
    has_head: bool,
    log: Option<u64>,
    journal: Option<u64>,
    beginning: Option<u64>,
}

/// How far a store is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing of a store is there.
    Nothing,
    /// A kill cut the making of one short. What there is of its database has to be one of a beginning, too.
    Begun {
        /// The database has pages.
        has_pages: bool,
        /// The log holds something.
        has_log: bool,
    },
    /// It was made.
    Made {
        /// The log holds something: whoever wrote it was killed, or is writing.
        has_log: bool,
    },
}

impl FoundFiles {
    /// Looks into the data folder.
    pub(super) fn look(directory: &Path) -> Result<Self, StoreError> {
        let size = |name| Ok::<_, StoreError>(plain_file(directory, name)?.map(|facts| facts.len()));
        let beside = |name| Ok::<_, StoreError>(side_file(directory, name)?.map(|facts| facts.len()));
        beside(SHARED_FILE)?;
        let found = Self {
            has_key: size(KEY_FILE)?.is_some(),
            database: size(DATABASE_FILE)?,
            has_head: size(HEAD_FILE)?.is_some(),
            log: beside(LOG_FILE)?,
            journal: beside(JOURNAL_FILE)?,
            beginning: size(BEGINNING_FILE)?,
        };
        // SQLite would open a database that may only be read all the same, and make its own files with the same mode:
        // they stay so when the database may be written again.
        for name in [DATABASE_FILE, LOG_FILE, SHARED_FILE, HEAD_FILE] {
            is_writable(directory, name)?;
        }
        Ok(found)
    }

    /// Whether no part of a store is there.
    pub(super) const fn is_nothing(self) -> bool {
        !self.has_key && self.database.is_none() && !self.has_head && self.log.is_none()
    }

    /// Whether a database can be put here: none is, and nothing that would be written into it or belongs to another.
    pub(super) const fn takes_a_database(self) -> bool {
        self.database.is_none() && self.log.is_none() && self.journal.is_none() && self.beginning.is_none()
    }

    /// Whether the key is there.
    pub(super) const fn has_key(self) -> bool {
        self.has_key
    }

    /// How far the store is made; an error if what is there is the rest of one.
    pub(super) fn stage(self) -> Result<Stage, StoreError> {
        let has_log = self.log.is_some_and(|bytes| bytes > 0);
        let is_begun = !self.has_key && self.beginning == Some(KEY_BYTES as u64);
        match self.database {
            None if self.is_nothing() && is_begun => Ok(Stage::Begun { has_pages: false, has_log }),
            None if self.is_nothing() => Ok(Stage::Nothing),
            None => Err(StoreError::StoreMissing),
            // The first page is written before there is a log.
            Some(0) if is_begun && self.log.is_none() => Ok(Stage::Begun { has_pages: false, has_log }),
            Some(bytes) if bytes < PAGE_BYTES => Err(StoreError::Cut { bytes }),
            Some(_) if is_begun => Ok(Stage::Begun { has_pages: true, has_log }),
            Some(_) if !self.has_key => Err(StoreError::KeyMissing),
            Some(_) if self.journal.is_some_and(|bytes| bytes > 0) => Err(StoreError::JournalThere),
            Some(_) => Ok(Stage::Made { has_log }),
        }
    }
}

/// By what the files of an open store are known from others of their names: device and number of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileIdentities([Option<(u64, u64)>; 2]);

impl FileIdentities {
    /// The database and the note of the last audit line as they lie in the folder now.
    pub(super) fn of(directory: &Path) -> Self {
        // A file that was put back from a backup has the same name and another number.
        Self([DATABASE_FILE, HEAD_FILE].map(|name| {
            let facts = std::fs::metadata(directory.join(name)).ok()?;
            Some((facts.dev(), facts.ino()))
        }))
    }

    /// Checks that they are the same files still.
    pub(super) fn check(self, directory: &Path) -> Result<(), StoreError> {
        let Self([database, head]) = Self::of(directory);
        if self.0 == [database, head] {
            return Ok(());
        }
        let name = if self.0.first() == Some(&database) { HEAD_FILE } else { DATABASE_FILE };
        Err(StoreError::Replaced { name })
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
    // Who may write to the folder can put another store in the place of this one.
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

/// The same for a file that SQLite keeps beside the database. SQLite follows no link to one.
fn side_file(directory: &Path, name: &'static str) -> Result<Option<Metadata>, StoreError> {
    match std::fs::symlink_metadata(directory.join(name)) {
        Ok(facts) if facts.is_symlink() => Err(StoreError::NotAFile { name, is: "a link" }),
        Ok(_) | Err(_) => plain_file(directory, name),
    }
}

/// Checks that this user may read the file and write to it, if it is there.
fn is_writable(directory: &Path, name: &'static str) -> Result<(), StoreError> {
    let file = directory.join(name);
    let asked = |access| match rustix::fs::access(&file, access) {
        Err(Errno::NOENT) => Ok(()),
        answer => answer,
    };
    asked(Access::READ_OK).map_err(|error| StoreError::file("opening a file of the store")(error.into()))?;
    asked(Access::WRITE_OK).map_err(|error| match error {
        Errno::ACCESS | Errno::PERM => StoreError::MayOnlyBeRead { name },
        other => StoreError::file("writing to a file of the store")(other.into()),
    })
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

/// The folder that a file lies in.
pub(super) fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// The last step of making a store: its key gets its name. On disk when this returns.
pub(super) fn name_key(directory: &Path, syncs: Syncs) -> Result<(), StoreError> {
    let named = std::fs::rename(directory.join(BEGINNING_FILE), directory.join(KEY_FILE));
    named.and_then(|()| syncs.folder(directory)).map_err(StoreError::file("naming the key file"))
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
        // Asked again and again, because a wait in the kernel has no limit: behind a program that
        // hangs nobody would be told why.
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

    /// Every combination of what can be there: only nothing at all is made into a store, and only what begins one is
    /// gone on with.
    #[test]
    fn a_store_is_begun_only_where_nothing_of_one_is_left() {
        let sizes = [None, Some(0), Some(1), Some(PAGE_BYTES - 1), Some(PAGE_BYTES), Some(9 * PAGE_BYTES)];
        let small = [None, Some(0), Some(32)];
        for database in sizes {
            for number in 0..27 {
                let [log, journal, beginning] = [1, 3, 9].map(|place| small[number / place % 3]);
                for (has_key, has_head) in [(false, false), (false, true), (true, false), (true, true)] {
                    let found = FoundFiles { has_key, database, has_head, log, journal, beginning };
                    let is_begun = beginning == Some(32) && !has_key;
                    let pages = database.is_some_and(|bytes| bytes >= PAGE_BYTES);
                    let stage = found.stage();
                    let is_right = match (database, is_begun) {
                        (None, _) if has_key || has_head || log.is_some() => {
                            matches!(stage, Err(StoreError::StoreMissing))
                        }
                        (None, true) => matches!(stage, Ok(Stage::Begun { has_pages: false, .. })),
                        (None, false) => matches!(stage, Ok(Stage::Nothing)),
                        (Some(0), true) if log.is_none() => matches!(stage, Ok(Stage::Begun { has_pages: false, .. })),
                        (Some(bytes), _) if !pages => {
                            matches!(stage, Err(StoreError::Cut { bytes: told }) if told == bytes)
                        }
                        (Some(_), true) => matches!(stage, Ok(Stage::Begun { has_pages: true, .. })),
                        (Some(_), false) if !has_key => matches!(stage, Err(StoreError::KeyMissing)),
                        (Some(_), false) if journal == Some(32) => matches!(stage, Err(StoreError::JournalThere)),
                        (Some(_), false) => {
                            matches!(stage, Ok(Stage::Made { has_log }) if has_log == (log == Some(32)))
                        }
                    };
                    assert!(is_right, "{found:?}: {stage:?}");
                }
            }
        }
    }

    #[test]
    fn a_bare_name_lies_in_the_present_folder() {
        assert_eq!(folder_of(Path::new("old.key")), Path::new("."));
        assert_eq!(folder_of(Path::new("safe/old.key")), Path::new("safe"));
        assert_eq!(folder_of(Path::new("/old.key")), Path::new("/"));
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
