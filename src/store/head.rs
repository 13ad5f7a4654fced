//! The number and hash of the last line of the audit trail, kept in a file of its own: a database that has gone back
//! in time (a damaged log, an old copy) does not have that line, and is noticed when it is opened.
//!
//! The file is written after the commit, so that it may lag behind the database by what a kill cut off, but is never
//! ahead of it; for the same reason nobody waits long for the file. All who have the store open write the one file, in
//! place, and only forward.

use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _};
use rustix::fs::OFlags;

use super::error::StoreError;
use super::files;
use super::files::{HEAD_FILE, Syncs};
use super::key::random_hex;

/// The hash before the first line of the audit trail.
pub(super) const FIRST_HASH: [u8; 32] = [0; 32];

/// The first line of the file.
const TITLE: &str = "glucodock head 1\n";

/// The length of the file in bytes: title, twenty digits, 64 hexadecimal digits, a line end after each.
const LENGTH: usize = TITLE.len() + 21 + 65;

/// How long one who writes the file waits for another one: it is a line, and a write that waits for it is waited for by
/// a person.
const PATIENCE: Duration = Duration::from_millis(200);

/// A line of the audit trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// Its number; 0 before the first line.
    pub(super) number: i64,
    pub(super) hash: [u8; 32],
}

impl Mark {
    /// Before the first line.
    pub(super) const BEGINNING: Self = Self { number: 0, hash: FIRST_HASH };

    /// The last line that the database has.
    pub(super) fn last(connection: &Connection) -> Result<Self, StoreError> {
        let last = connection
            .prepare_cached("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1")?
            .query_row((), |row| Ok(Self { number: row.get(0)?, hash: row.get(1)? }))
            .optional()?;
        Ok(last.unwrap_or(Self::BEGINNING))
    }

    /// Whether the database has this line.
    fn is_in(self, connection: &Connection) -> Result<bool, StoreError> {
        if self.number == 0 {
            return Ok(self == Self::BEGINNING);
        }
        let there = connection
            .prepare_cached("SELECT hash FROM audit WHERE id = ?1")?
            .query_row([self.number], |row| row.get::<_, [u8; 32]>(0))
            .optional()?;
        Ok(there == Some(self.hash))
    }

    fn text(self) -> String {
        format!("{TITLE}{:020}\n{}\n", self.number, hex::encode(self.hash))
    }

    fn parse(text: &str) -> Option<Self> {
        let (number, hash) = text.strip_prefix(TITLE)?.strip_suffix('\n')?.split_once('\n')?;
        let hash = hex::decode(hash).ok()?.try_into().ok()?;
        let mark = Self { number: number.parse().ok()?, hash };
        // Only what this program writes, digit for digit.
        (mark.text() == text).then_some(mark)
    }
}

/// The open file.
pub(super) struct Head {
    file: File,
    syncs: Syncs,
}

impl Head {
    /// Opens the file; nothing if it is not there.
    pub(super) fn open(directory: &Path, syncs: Syncs) -> Result<Option<Self>, StoreError> {
        let no_waiting = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
        match File::options().read(true).write(true).custom_flags(no_waiting).open(directory.join(HEAD_FILE)) {
            Ok(file) => Ok(Some(Self { file, syncs })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::file("opening the note of the last audit line")(error)),
        }
    }

    /// Makes the file. It gets its name only when it is whole and on disk.
    pub(super) fn make(directory: &Path, mark: Mark, syncs: Syncs) -> Result<Self, StoreError> {
        let fresh = directory.join(format!("{HEAD_FILE}-{}", random_hex()?));
        let made = File::options()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&fresh)
            .and_then(|file| {
                file.write_all_at(mark.text().as_bytes(), 0)?;
                syncs.file(&file)?;
                std::fs::rename(&fresh, directory.join(HEAD_FILE))?;
                syncs.folder(directory)?;
                Ok(file)
            })
            .map_err(StoreError::file("writing the note of the last audit line"))?;
        Ok(Self { file: made, syncs })
    }

    /// What was noted.
    pub(super) fn read(&self) -> Result<Mark, StoreError> {
        // One byte more than a note has, so that a longer file is not taken for one.
        let mut bytes = [0; LENGTH + 1];
        let mut length = 0;
        while let Some(rest) = bytes.get_mut(length..).filter(|rest| !rest.is_empty()) {
            let read = self.file.read_at(rest, length as u64);
            match read.map_err(StoreError::file("reading the note of the last audit line"))? {
                0 => break,
                more => length += more,
            }
        }
        let text = bytes.get(..length).and_then(|bytes| std::str::from_utf8(bytes).ok());
        text.and_then(Mark::parse).ok_or(StoreError::HeadDamaged)
    }

    /// Checks that the database has the line that was noted. What was noted is read first: others may write meanwhile.
    /// What is wrong is read again while nobody writes: it may have been half a note.
    pub(super) fn check(&self, connection: &Connection) -> Result<(), StoreError> {
        if let Ok(noted) = self.read()
            && noted.is_in(connection)?
        {
            return Ok(());
        }
        files::lock(&self.file, PATIENCE)?;
        let noted = self.read();
        self.unlock();
        let noted = noted?;
        if noted.is_in(connection)? {
            return Ok(());
        }
        Err(StoreError::WentBack { noted: noted.number, last: Mark::last(connection)?.number })
    }

    /// Notes a line that was committed, unless a later one is noted already.
    pub(super) fn advance(&self, mark: Mark) -> Result<(), StoreError> {
        files::lock(&self.file, PATIENCE)?;
        let written = self.read().and_then(|noted| if noted.number < mark.number { self.write(mark) } else { Ok(()) });
        self.unlock();
        written
    }

    /// Notes a line, whatever was noted before.
    pub(super) fn replace(&self, mark: Mark) -> Result<(), StoreError> {
        files::lock(&self.file, PATIENCE)?;
        // What stands there may be longer than a note, and would stay no note with this one at its
        // beginning.
        let written =
            self.file.set_len(LENGTH as u64).map_err(StoreError::file("writing the note of the last audit line"));
        let written = written.and_then(|()| self.write(mark));
        self.unlock();
        written
    }

    fn write(&self, mark: Mark) -> Result<(), StoreError> {
        self.file
            .write_all_at(mark.text().as_bytes(), 0)
            .and_then(|()| self.syncs.content(&self.file))
            .map_err(StoreError::file("writing the note of the last audit line"))
    }

    fn unlock(&self) {
        // It cannot fail on a lock that is held, and ends with the file in any case.
        let _ = rustix::fs::flock(&self.file, rustix::fs::FlockOperation::Unlock);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: Mark = Mark { number: 41, hash: [0xA5; 32] };

    #[test]
    fn the_file_says_one_line_in_one_way() {
        let text = MARK.text();
        assert_eq!(text.len(), LENGTH);
        assert_eq!(text, format!("glucodock head 1\n00000000000000000041\n{}\n", "a5".repeat(32)));
        assert_eq!(Mark::parse(&text), Some(MARK));
        for wrong in [
            String::new(),
            text.replace("41", "4x"),
            text.replace("a5", "A5"),
            text.replace("head 1", "head 2"),
            text.trim_end().to_owned(),
            format!("{text}\n"),
            text.replacen('0', "", 1),
        ] {
            assert_eq!(Mark::parse(&wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn it_goes_forward_only_whoever_writes() {
        let directory = tempfile::tempdir().unwrap();
        assert!(Head::open(directory.path(), Syncs::Awaited).unwrap().is_none());
        let one = Head::make(directory.path(), Mark::BEGINNING, Syncs::Awaited).unwrap();
        let other = Head::open(directory.path(), Syncs::Awaited).unwrap().unwrap();
        other.advance(MARK).unwrap();
        one.advance(Mark { number: 40, ..MARK }).unwrap();
        assert_eq!(one.read().unwrap(), MARK);
        one.replace(Mark { number: 3, ..MARK }).unwrap();
        assert_eq!(other.read().unwrap().number, 3);
        std::fs::write(directory.path().join(HEAD_FILE), "three").unwrap();
        assert!(matches!(one.advance(MARK), Err(StoreError::HeadDamaged)));
        one.replace(MARK).unwrap();
        assert_eq!(other.read().unwrap(), MARK);
    }
}
