//! A serial port made of software: a simulated meter sits at one end, any program opens the other like a tty.
//!
//! The other end is in raw mode, so that every byte passes unchanged. It stays when its reader closes it.

pub mod link_path;
pub mod pacer;
pub mod serve;

use std::ffi::OsStr;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, fcntl_setfl, open};
use rustix::io::Errno;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// Bytes taken from the reader's side at once: as many as the kernel's line discipline holds (`N_TTY_BUF_SIZE`).
const BUFFER: usize = 4096;

/// Why there is no pty, or no path to it.
#[derive(Debug, thiserror::Error)]
pub enum PtyError {
    /// The system refused an operation on the pty.
    #[error("{operation} failed: {cause}")]
    System {
        /// What was tried.
        operation: &'static str,
        /// What the system said.
        #[source]
        cause: Errno,
    },
    /// Something that is not ours lies where the link should be.
    #[error("{} exists already; remove it or choose another path", path.display())]
    InTheWay {
        /// The path that was asked for.
        path: PathBuf,
    },
    /// The link cannot be made.
    #[error("cannot make the link {}: {cause}", path.display())]
    Link {
        /// The path that was asked for.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
}

/// The meter's end of a pty.
#[derive(Debug)]
pub struct Pty {
    master: OwnedFd,
    path: PathBuf,
}

/// What the meter's end of a pty is ready for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readiness {
    /// Somebody has opened the other end.
    pub has_reader: bool,
    /// Bytes have come.
    pub can_read: bool,
    /// There is room for bytes.
    pub can_write: bool,
}

impl Pty {
    /// Makes a pty in raw mode.
    ///
    /// # Errors
    /// If the system has none left, or refuses.
    pub fn open() -> Result<Self, PtyError> {
        let system = |operation| move |cause| PtyError::System { operation, cause };
        let master =
            openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).map_err(system("making a pty"))?;
        grantpt(&master).map_err(system("granting the pty"))?;
        unlockpt(&master).map_err(system("unlocking the pty"))?;
        let name = ptsname(&master, Vec::new()).map_err(system("naming the pty"))?;
        let path = PathBuf::from(OsStr::from_bytes(name.to_bytes()));
        // Opened and closed once: raw mode stays, and from now on the system tells whether there is a reader.
        let other = open(&path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())
            .map_err(system("opening the pty"))?;
        let mut settings = tcgetattr(&other).map_err(system("asking the pty's settings"))?;
        settings.make_raw();
        tcsetattr(&other, OptionalActions::Now, &settings).map_err(system("setting up the pty"))?;
        // The server waits by poll for both directions; a write that blocked would keep it from hearing a stop.
        fcntl_setfl(&master, OFlags::NONBLOCK).map_err(system("setting up the pty"))?;
        Ok(Self { master, path })
    }

    /// The path of the other end: `/dev/pts/7`.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the other end is closed, but a reader that was killed has left it locked for itself.
    /// Only a new pty helps.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        open(&self.path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).err() == Some(Errno::BUSY)
    }

    /// Waits at most `wait` for a reader's bytes, or for room if something is to be written. Without a reader it
    /// returns at once.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn wait(&self, wait: Duration, to_write: bool) -> Result<Readiness, PtyError> {
        let mut wanted = PollFlags::IN;
        wanted.set(PollFlags::OUT, to_write);
        let mut watched = [PollFd::from_borrowed_fd(self.master.as_fd(), wanted)];
        let limit = Timespec { tv_sec: 0, tv_nsec: i64::from(wait.min(Duration::from_millis(500)).subsec_nanos()) };
        match poll(&mut watched, Some(&limit)) {
            // A signal: the caller looks whether it is to stop.
            Ok(_) | Err(Errno::INTR) => {}
            Err(cause) => return Err(PtyError::System { operation: "waiting for the pty", cause }),
        }
        let [watched] = watched;
        let found = watched.revents();
        Ok(Readiness {
            has_reader: !found.contains(PollFlags::HUP),
            can_read: found.contains(PollFlags::IN),
            can_write: found.contains(PollFlags::OUT),
        })
    }

    /// The bytes that have come; empty if none have, `None` if there is no reader.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn read(&self) -> Result<Option<Vec<u8>>, PtyError> {
        let mut buffer = [0; BUFFER];
        match rustix::io::read(&self.master, &mut buffer[..]) {
            Ok(count) => Ok(Some(buffer.get(..count).unwrap_or_default().to_vec())),
            Err(Errno::AGAIN | Errno::INTR) => Ok(Some(Vec::new())),
            // Linux tells the master so that nobody has the other end open.
            Err(Errno::IO) => Ok(None),
            Err(cause) => Err(PtyError::System { operation: "reading from the pty", cause }),
        }
    }

    /// Writes what there is room for and returns how much that was.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn write(&self, bytes: &[u8]) -> Result<usize, PtyError> {
        match rustix::io::write(&self.master, bytes) {
            Ok(count) => Ok(count),
            Err(Errno::AGAIN | Errno::INTR) => Ok(0),
            Err(cause) => Err(PtyError::System { operation: "writing to the pty", cause }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_is_seen_coming_and_going() {
        let pty = Pty::open().unwrap();
        let has_reader = || pty.wait(Duration::from_millis(1), false).unwrap().has_reader;
        assert!(!has_reader());
        for _ in 0..2 {
            let reader = std::fs::File::options().read(true).write(true).open(pty.path()).unwrap();
            assert!(has_reader());
            drop(reader);
            // Whoever lists this process's files holds one of them open for a moment: the last to let go closes it.
            assert!((0..10_000).any(|_| !has_reader()), "the reader that left is still seen");
        }
    }

    #[test]
    fn nothing_is_echoed_or_translated() {
        use std::io::{Read as _, Write as _};
        let pty = Pty::open().unwrap();
        let mut reader = std::fs::File::options().read(true).write(true).open(pty.path()).unwrap();
        pty.write(b"\x11\rA\n\x03\x00").unwrap();
        let mut heard = [0; 6];
        reader.read_exact(&mut heard).unwrap();
        assert_eq!(&heard, b"\x11\rA\n\x03\x00");
        assert_eq!(pty.read().unwrap(), Some(Vec::new()));
        reader.write_all(b"\r\n\x13").unwrap();
        let mut said = Vec::new();
        while said.len() < 3 {
            said.extend(pty.read().unwrap().unwrap());
        }
        assert_eq!(said, b"\r\n\x13");
    }
}
