//! The file that remembers which meter was last read through which generic cable.
//!
//! A small file in the data folder and no table of the store: it says something about this computer's cables, not
//! about the clinic's patients, so it needs no key and no sign-in, `glucodock read` can look into it without opening
//! the store, and no care platform has to know of it. Nothing depends on it: without it, or with a damaged one, a
//! person is asked which meter it is, as the first time. A damaged file is put aside before a new one is begun.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, Mode, OFlags};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::domain::cable::{CableKey, RememberedCable};
use crate::domain::coded_errors::coded_errors;
use crate::domain::text::without_byte_order_mark;

/// The file's name in the data folder.
pub const CABLES_FILE: &str = "cables.toml";

/// What a person who opens the file reads first.
const HEAD: &str =
    "# Which meter was last read through which USB serial cable. Written by glucodock; it may be deleted.\n\n";

/// More than any station has cables. A larger file is none of ours.
const MOST_BYTES: u64 = 1 << 20;

/// How many damaged files are kept beside each other before something must be wrong with this computer: each may be
/// looked at, but a disk is not filled with them.
const MOST_ASIDE: u32 = 99;

coded_errors! {
    /// Why the memory of cables cannot be used.
    #[derive(Debug, thiserror::Error)]
    pub enum CableFileError;

    /// What is in the file was not written by this program, or is damaged. The error of the decoder is not kept: it
    /// quotes the file, in which serial numbers stand.
    #[error("{file} is damaged: {reason}")]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong, with the line if known. Never what the file holds.
        reason: String,
    } => StoreUnreadable;
    /// The system does not let us.
    #[error("{doing} {file}: {cause}")]
    File {
        /// What was being done.
        doing: &'static str,
        /// The file or folder.
        file: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    } => StoreUnwritable;
}

/// The memory of cables in one data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CableFile {
    folder: PathBuf,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct CableFileContent {
    #[serde(default)]
    cable: Vec<RememberedCable>,
}

impl CableFile {
    /// The memory in this data folder, which need not exist as long as nothing is to be remembered.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.join(CABLES_FILE)
    }

    /// Every cable that is remembered, in the order of their keys. No file is an empty memory.
    ///
    /// # Errors
    /// [`CableFileError`]; the file stays as it is.
    pub fn list(&self) -> Result<Vec<RememberedCable>, CableFileError> {
        let file = self.path();
        let text = match open_file(&file).and_then(read_some) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                return Err(CableFileError::Damaged { file, reason: error.to_string() });
            }
            Err(cause) => return Err(CableFileError::File { doing: "reading", file, cause }),
        };
        let damaged = |error: &toml::de::Error| {
            let line = error.span().map(|span| 1 + text.bytes().take(span.start).filter(|byte| *byte == b'\n').count());
            line.map_or_else(|| "not readable".to_owned(), |line| format!("line {line} is not readable"))
        };
        let mut cables = match toml::from_str::<CableFileContent>(&text) {
            Ok(content) => content.cable,
            Err(error) => return Err(CableFileError::Damaged { reason: damaged(&error), file }),
        };
        cables.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(cables)
    }

    /// The meter that was read last through this cable.
    ///
    /// # Errors
    /// [`CableFileError`]; the file stays as it is.
    pub fn recall(&self, cable: &CableKey) -> Result<Option<RememberedCable>, CableFileError> {
        Ok(self.list()?.into_iter().find(|remembered| remembered.key == *cable))
    }

    /// Remembers what was read through a cable, in place of what was read before. On disk when this returns. A damaged
    /// file is put aside first, under another name in the same folder.
    ///
    /// # Errors
    /// [`CableFileError::File`]; then what was remembered before still is.
    pub fn remember(&self, cable: RememberedCable) -> Result<(), CableFileError> {
        let _alone = self.lock()?;
        let mut cables = match self.list() {
            // Only what is damaged is begun anew. A file that cannot be read just now may be sound,
            // and would be lost with all cables in it.
            Err(CableFileError::Damaged { .. }) => {
                self.put_aside()?;
                Vec::new()
            }
            list => list?,
        };
        cables.retain(|remembered| remembered.key != cable.key);
        cables.push(cable);
        self.write(cables)
    }

    /// Forgets a cable. Says whether it was remembered.
    ///
    /// # Errors
    /// [`CableFileError`]; a damaged file stays as it is.
    pub fn forget(&self, cable: &CableKey) -> Result<bool, CableFileError> {
        let mut cables = self.list()?;
        // Before the lock, which needs a folder: where nothing was ever remembered there may be
        // none.
        if cables.iter().all(|remembered| remembered.key != *cable) {
            return Ok(false);
        }
        let _alone = self.lock()?;
        // Once more under the lock: another program may have remembered something meanwhile.
        cables = self.list()?;
        cables.retain(|remembered| remembered.key != *cable);
        self.write(cables)?;
        Ok(true)
    }

    /// One process at a time changes the file. Ends when the result is dropped.
    fn lock(&self) -> Result<File, CableFileError> {
        let failed = |cause| CableFileError::File { doing: "locking", file: self.folder.clone(), cause };
        // The folder and not the file: each write puts another file in its place, and whoever
        // waited for the lock of the old one would write beside the next.
        let folder = File::open(&self.folder).map_err(failed)?;
        rustix::fs::flock(&folder, FlockOperation::LockExclusive).map_err(|error| failed(error.into()))?;
        Ok(folder)
    }

    /// Gives the damaged file a name that nothing has yet.
    fn put_aside(&self) -> Result<(), CableFileError> {
        let file = self.path();
        let free = (1..=MOST_ASIDE)
            .map(|number| self.folder.join(format!("{CABLES_FILE}.damaged-{number}")))
            // A link that leads nowhere has the name all the same, and a rename would put an end to
            // it.
            .find(|aside| aside.symlink_metadata().is_err_and(|error| error.kind() == ErrorKind::NotFound));
        let moved = free.map_or_else(|| Err(ErrorKind::AlreadyExists.into()), |aside| std::fs::rename(&file, aside));
        moved.map_err(|cause| CableFileError::File { doing: "putting aside", file, cause })
    }

    /// Writes the file whole: it gets its name only when everything is on disk.
    fn write(&self, mut cables: Vec<RememberedCable>) -> Result<(), CableFileError> {
        cables.sort_by(|one, other| one.key.cmp(&other.key));
        let failed = |cause| CableFileError::File { doing: "writing", file: self.path(), cause };
        let text =
            toml::to_string(&CableFileContent { cable: cables }).map_err(|error| failed(io::Error::other(error)))?;
        let mut fresh = NamedTempFile::new_in(&self.folder).map_err(failed)?;
        fresh.write_all(HEAD.as_bytes()).and_then(|()| fresh.write_all(text.as_bytes())).map_err(failed)?;
        fresh.as_file().sync_all().map_err(failed)?;
        fresh.persist(self.path()).map_err(|error| failed(error.error))?;
        // The new name is on disk only when the folder is.
        File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(failed)
    }
}

/// Opens a file to read it. A pipe, which has nobody at its other end, is not waited for.
fn open_file(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    let kind = file.metadata()?.file_type();
    if kind.is_file() {
        return Ok(file);
    }
    let refusal = if kind.is_dir() { ErrorKind::IsADirectory } else { ErrorKind::InvalidData };
    Err(io::Error::new(refusal, "it is not a file"))
}

/// The text of the file, if it is not too long.
fn read_some(file: File) -> io::Result<String> {
    let mut text = String::new();
    // One byte more than is allowed, so that a file of just that length is told from a longer one.
    let read = file.take(MOST_BYTES + 1).read_to_string(&mut text)?;
    if read as u64 > MOST_BYTES {
        return Err(io::Error::new(ErrorKind::InvalidData, "it is too long"));
    }
    Ok(without_byte_order_mark(&text).to_owned())
}

#[cfg(test)]
mod tests;
