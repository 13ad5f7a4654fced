//! The log: what the program did and what failed, for whoever helps; never about whom.
//!
//! A file a day in `log/` of the state folder, up to a size, one line an event. What a line may hold is decided in one
//! place (`log/line.rs`), by the names of its fields: what is harmless is written, an id becomes a keyed hash, and what
//! is not known by name becomes `[private]`. So the lines of one upload can be told from those of another, and nobody
//! without the key can find out whose it is. The key lies beside the folder of the log, so that the log can be handed
//! on without it.

mod line;

use std::fs::DirBuilder;
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rustix::fs::Mode;
use tempfile::NamedTempFile;
use tracing::{Event, Metadata, Subscriber};
use tracing_appender::rolling::{InitError, RollingFileAppender, Rotation};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::Registry;

use self::line::Pseudonyms;

/// The folder of the log and the key file, in the state folder.
const FOLDER: &str = "log";
const KEY_FILE: &str = "log.key";

/// The bytes of the key: as many as the hash gives (RFC 2104, section 3).
const KEY_BYTES: usize = 32;

/// So many days on which something was done are kept, a file each: what somebody who is called for help asks about was
/// lately, and what is older is only a risk.
const MOST_FILES: usize = 30;

/// A file takes so many bytes, some fifty thousand lines: a plug that comes and goes all night must not fill the disk
/// that the store is on.
const MOST_BYTES: u64 = 8 * 1024 * 1024;

/// The name of a file before its date, and behind it.
const PREFIX: &str = "glucodock";
const SUFFIX: &str = "log";

/// Why no log is written. The work goes on without.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// A file or folder of it cannot be made or read.
    #[error("{doing} {path}: {cause}")]
    File {
        /// What was being done.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// The file of the day cannot be made.
    #[error("making a log file in {path}")]
    Unmakeable {
        /// The folder.
        path: PathBuf,
        /// What was wrong.
        #[source]
        cause: InitError,
    },
    /// The key is no key, or others can read it: hashes made with it would tell whom a line is about.
    #[error("{path} is damaged, or other users can read it: remove it, and a new one is made")]
    KeyUnusable {
        /// The key file.
        path: PathBuf,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers for the key of the log")]
    NoRandom(#[from] getrandom::Error),
}

/// Where the log of a state folder is.
#[must_use]
pub fn folder(state: &Path) -> PathBuf {
    state.join(FOLDER)
}

/// Begins the log of this process; what it makes from now on is for this user alone, because the log's files are made
/// by a library that does not ask for a mode.
///
/// # Errors
/// [`LogError`]; then nothing is logged.
pub fn begin(state: &Path) -> Result<(), LogError> {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let subscriber = subscriber(state)?;
    // Only a second call could find one there.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}

/// What takes in the events of this crate and writes them to the log of this state folder.
pub(crate) fn subscriber(state: &Path) -> Result<impl Subscriber + Send + Sync, LogError> {
    Ok(Registry::default().with(Log::open(state)?))
}

/// Writes the events of this crate, and of nobody else: what a library says may hold anything.
struct Log {
    file: Mutex<DayFile>,
    pseudonyms: Pseudonyms,
}

/// The file of the day, and what it still takes.
struct DayFile {
    folder: PathBuf,
    file: RollingFileAppender,
    /// The day, as the file's name has it.
    day: Date,
    /// How many bytes the day's file takes.
    most: u64,
    /// How many bytes are in it, as far as this process knows.
    written: u64,
}

impl DayFile {
    /// Writes a line, if the day still has room for it; the first that has none is replaced by one that says so.
    fn write(&mut self, at: Timestamp, line: &str) -> io::Result<()> {
        let day = utc_day(at);
        if day != self.day {
            (self.day, self.written) = (day, bytes_of(&self.folder, day));
        }
        if self.written > self.most {
            return Ok(());
        }
        self.written = self.written.saturating_add(line.len() as u64);
        if self.written > self.most {
            return self.file.write_all(line::full(at, std::process::id()).as_bytes());
        }
        self.file.write_all(line.as_bytes())
    }
}

/// The day by which the library names its files.
fn utc_day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// How long the file of this day is already.
fn bytes_of(folder: &Path, day: Date) -> u64 {
    folder.join(format!("{PREFIX}.{day}.{SUFFIX}")).metadata().map_or(0, |file| file.len())
}

impl Log {
    fn open(state: &Path) -> Result<Self, LogError> {
        let folder = folder(state);
        let unmakeable = |cause| LogError::File { doing: "making the folder", path: folder.clone(), cause };
        DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(unmakeable)?;
        let pseudonyms = Pseudonyms::new(key(&state.join(KEY_FILE))?);
        let file = RollingFileAppender::builder()
            .rotation(Rotation::DAILY)
            .filename_prefix(PREFIX)
            .filename_suffix(SUFFIX)
            .max_log_files(MOST_FILES)
            .build(&folder)
            .map_err(|cause| LogError::Unmakeable { path: folder.clone(), cause })?;
        let day = utc_day(Timestamp::now());
        let file = DayFile { written: bytes_of(&folder, day), folder, file, day, most: MOST_BYTES };
        Ok(Self { file: Mutex::new(file), pseudonyms })
    }
}

impl<S: Subscriber> Layer<S> for Log {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target().split("::").next() == Some(env!("CARGO_CRATE_NAME"))
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let at = Timestamp::now();
        let line = line::written(event, &self.pseudonyms, at, std::process::id());
        // Written whole in one call under the lock, so that the lines of two threads do not run
        // into each other.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        // A full disk must not stop the work; the store says it when it is struck itself.
        let _ = file.write(at, &line);
    }
}

/// The key of this computer's log; made at the first time.
fn key(path: &Path) -> Result<[u8; KEY_BYTES], LogError> {
    if !path.exists() {
        make_key(path)?;
    }
    let file = |cause| LogError::File { doing: "reading", path: path.to_owned(), cause };
    // Whoever has the key can hash every patient of a list and look them up in the log.
    let exposed = path.metadata().map_err(file)?.permissions().mode() & 0o077;
    let bytes = std::fs::read(path).map_err(file)?;
    let unusable = || LogError::KeyUnusable { path: path.to_owned() };
    if exposed == 0 { bytes.try_into().map_err(|_| unusable()) } else { Err(unusable()) }
}

/// Makes the key whole, then gives it its name: of two processes that begin at once, both use the first one's.
fn make_key(path: &Path) -> Result<(), LogError> {
    let mut bytes = [0_u8; KEY_BYTES];
    getrandom::fill(&mut bytes)?;
    let made = NamedTempFile::new_in(path.parent().unwrap_or(path)).and_then(|mut file| {
        file.write_all(&bytes)?;
        match file.persist_noclobber(path) {
            Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(error.error),
            Ok(_) | Err(_) => Ok(()),
        }
    });
    made.map_err(|cause| LogError::File { doing: "making", path: path.to_owned(), cause })
}

#[cfg(test)]
mod tests;
