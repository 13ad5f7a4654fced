//! The socket a simulated meter is found at: made at a path, removed with its owner.

use std::fs;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, accept_with, bind, listen, socket_with};

use super::SocketServerError;
use crate::host::links::socket::SocketLink;
use crate::meters::link::LinkError;

/// How many readers may wait until the one before them has left.
const WAITING_READERS: i32 = 8;

/// A listening socket; its file is removed when dropped, unless somebody has put something else there.
#[derive(Debug)]
pub struct Listener {
    socket: OwnedFd,
    path: PathBuf,
    /// Device and number of the socket's file.
    file: (u64, u64),
}

impl Listener {
    /// Makes the socket. A socket that nobody serves was left behind by a killed program and is replaced.
    ///
    /// # Errors
    /// [`SocketServerError::InTheWay`] if anything else is there, [`SocketServerError::System`] if the system refuses.
    pub fn bind(path: &Path) -> Result<Self, SocketServerError> {
        let system = |operation| move |cause| SocketServerError::System { operation, cause };
        let address = SocketAddrUnix::new(path).map_err(system("naming the socket"))?;
        if let Ok(there) = path.symlink_metadata() {
            // Tried by connecting: nothing in the file system tells whether a socket is still served.
            let is_dead = there.file_type().is_socket() && SocketLink::open(path).err() == Some(LinkError::Gone);
            if !is_dead {
                return Err(SocketServerError::InTheWay { path: path.to_owned() });
            }
            fs::remove_file(path).map_err(|cause| SocketServerError::File { path: path.to_owned(), cause })?;
        }
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)
            .map_err(system("making the socket"))?;
        bind(&socket, &address).map_err(system("making the socket's file"))?;
        let made = path.symlink_metadata().map_err(|cause| SocketServerError::File { path: path.to_owned(), cause })?;
        let listener = Self { socket, path: path.to_owned(), file: (made.dev(), made.ino()) };
        listen(&listener.socket, WAITING_READERS).map_err(system("listening at the socket"))?;
        Ok(listener)
    }

    /// The next reader, if one comes within `wait`.
    ///
    /// # Errors
    /// If the system refuses.
    pub(super) fn accept(&self, wait: Duration) -> Result<Option<OwnedFd>, SocketServerError> {
        let mut watched = [PollFd::from_borrowed_fd(self.socket.as_fd(), PollFlags::IN)];
        let limit = Timespec { tv_sec: 0, tv_nsec: i64::from(wait.subsec_nanos()) };
        match poll(&mut watched, Some(&limit)) {
            Ok(0) | Err(Errno::INTR) => return Ok(None),
            Ok(_) => {}
            Err(cause) => return Err(SocketServerError::System { operation: "waiting for a reader", cause }),
        }
        match accept_with(&self.socket, SocketFlags::CLOEXEC) {
            Ok(reader) => Ok(Some(reader)),
            // The reader may have left between the announcement and here.
            Err(Errno::AGAIN | Errno::INTR | Errno::CONNABORTED) => Ok(None),
            Err(cause) => Err(SocketServerError::System { operation: "accepting a reader", cause }),
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if self.path.symlink_metadata().is_ok_and(|there| (there.dev(), there.ino()) == self.file) {
            // If it cannot be removed, nobody serves it, and the next program at this path replaces it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_goes_with_its_owner_and_a_dead_one_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("meter");
        let listener = Listener::bind(&path).unwrap();
        assert!(matches!(Listener::bind(&path), Err(SocketServerError::InTheWay { .. })), "it is served");
        drop(listener);
        assert!(path.symlink_metadata().is_err());
        // A listener of the standard library leaves its file behind, as a killed program does.
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        assert!(path.symlink_metadata().is_ok());
        drop(Listener::bind(&path).unwrap());
        assert!(path.symlink_metadata().is_err());
    }

    #[test]
    fn what_is_somebody_elses_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("meter");
        fs::write(&path, "theirs").unwrap();
        let error = Listener::bind(&path).unwrap_err();
        assert!(error.to_string().contains("remove it or choose another path"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
        fs::remove_file(&path).unwrap();
        let listener = Listener::bind(&path).unwrap();
        fs::rename(&path, folder.path().join("moved")).unwrap();
        fs::write(&path, "theirs").unwrap();
        drop(listener);
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
    }
}
