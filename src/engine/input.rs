//! The thread that reads the terminal. It waits for bytes and for its own end, and passes bytes on undecoded.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use super::engine_event::{EngineEvent, Mailbox};

/// Ends the thread when dropped.
#[derive(Debug)]
pub struct Input {
    /// Its other end becomes readable when this one is closed.
    _alive: UnixStream,
}

impl Input {
    /// Starts to read `input`, which is duplicated. Bytes go into `mailbox`; the end of input, or an error, as
    /// [`EngineEvent::TerminalGone`].
    ///
    /// # Errors
    /// If the system gives no descriptors or thread.
    pub fn start(input: impl AsFd, mailbox: Mailbox) -> io::Result<Self> {
        let input = input.as_fd().try_clone_to_owned()?;
        let (alive, ended) = UnixStream::pair()?;
        std::thread::Builder::new().name("input".to_owned()).spawn(move || {
            if read_on(&input, &ended, &mailbox).is_err() {
                mailbox.put(EngineEvent::TerminalGone);
            }
        })?;
        Ok(Self { _alive: alive })
    }
}

/// Reads until the other end of `ended` is closed.
///
/// # Errors
/// At the end of input, and for every error of the terminal: `EIO` after a hang-up.
fn read_on(input: &OwnedFd, ended: &UnixStream, mailbox: &Mailbox) -> io::Result<()> {
    let mut bytes = [0; 4096];
    loop {
        let mut polled = [PollFd::new(input, PollFlags::IN), PollFd::new(ended, PollFlags::IN)];
        match poll(&mut polled, None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        // The own end first: once the program leaves, what is typed is for whoever has the terminal
        // next.
        let [terminal, end] = polled;
        if !end.revents().is_empty() {
            return Ok(());
        }
        // Any event, not input alone: after a hang-up only `read` says what has happened.
        if terminal.revents().is_empty() {
            continue;
        }
        match rustix::io::read(input, &mut bytes) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(length) => {
                mailbox.put(EngineEvent::Bytes(bytes.get(..length).unwrap_or_default().to_vec(), Instant::now()));
            }
            // Whether reads wait is a property of the open file, which the shell and its other
            // programs share: any of them may have made it one that does not.
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::super::engine_event::mailbox;
    use super::*;

    #[test]
    fn bytes_arrive_and_the_end_of_input_is_said_once() {
        let (mut person, ours) = UnixStream::pair().unwrap();
        let (put, mut inbox) = mailbox();
        let _input = Input::start(&ours, put).unwrap();
        person.write_all(b"\x1b[A").unwrap();
        assert!(matches!(inbox.blocking_next(), Some(EngineEvent::Bytes(bytes, _)) if bytes == b"\x1b[A"));
        drop(person);
        assert!(matches!(inbox.blocking_next(), Some(EngineEvent::TerminalGone)));
        assert!(inbox.blocking_next().is_none());
    }

    #[test]
    fn dropping_the_input_ends_its_thread_without_a_word() {
        let (_person, ours) = UnixStream::pair().unwrap();
        let (put, mut inbox) = mailbox();
        drop(Input::start(&ours, put).unwrap());
        assert!(inbox.blocking_next().is_none());
    }
}
