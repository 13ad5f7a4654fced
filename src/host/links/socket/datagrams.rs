//! Whole datagrams over a connected Unix `SOCK_SEQPACKET` socket, with a limit on every wait.
//!
//! Knows nothing of meters: a [`SocketLink`](super::SocketLink) at one end and a station at the
//! other give them meaning.

use std::os::fd::{AsFd as _, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, recv, send};

use crate::domain::cause::Cause;
use crate::meters::link::LinkError;

/// More than the largest transfer of any meter: an IEEE 11073-20601 message of 63 KiB.
const LARGEST: usize = 64 * 1024;

/// One end of a connection.
#[derive(Debug)]
pub(in crate::host) struct Datagrams {
    socket: OwnedFd,
    buffer: Vec<u8>,
}

impl Datagrams {
    /// Takes over a connected socket.
    pub(in crate::host) fn new(socket: OwnedFd) -> Self {
        Self { socket, buffer: vec![0; LARGEST] }
    }

    /// Sends one datagram, whole or not at all.
    ///
    /// # Errors
    /// [`LinkError::TimedOut`] if there is no room within `wait`, [`LinkError::Gone`] if the other end is closed.
    pub(in crate::host) fn send(&self, datagram: &[u8], wait: Duration) -> Result<(), LinkError> {
        let end = Instant::now() + wait;
        loop {
            // NOSIGNAL: the other end may close at any time, and SIGPIPE would end the whole program.
            match send(&self.socket, datagram, SendFlags::DONTWAIT | SendFlags::NOSIGNAL) {
                Ok(_) => return Ok(()),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => self.wait_until(end, PollFlags::OUT)?,
                Err(cause) => return Err(failure("sending over the socket", cause)),
            }
        }
    }

    /// Receives one datagram, which may be empty.
    ///
    /// # Errors
    /// [`LinkError::TimedOut`] if none comes within `wait`, [`LinkError::Gone`] if the other end is closed and all it
    /// sent has been received.
    pub(in crate::host) fn receive(&mut self, wait: Duration) -> Result<Vec<u8>, LinkError> {
        let end = Instant::now() + wait;
        loop {
            // TRUNC gives the whole length of a datagram that did not fit, so that a cut one is not taken for a whole.
            match recv(&self.socket, self.buffer.as_mut_slice(), RecvFlags::DONTWAIT | RecvFlags::TRUNC) {
                Ok((0, _)) if self.is_closed_there()? => return Err(LinkError::Gone),
                Ok((_, length)) => {
                    let whole = self.buffer.get(..length).map(<[u8]>::to_vec);
                    return whole.ok_or_else(|| LinkError::Failed {
                        operation: "receiving over the socket",
                        reason: format!("a datagram of {length} bytes is too long").into(),
                    });
                }
                // Reported once when the other end closed before it had received everything from here. What it sent
                // before is still to be had.
                Err(Errno::INTR | Errno::CONNRESET) => {}
                Err(Errno::AGAIN) => self.wait_until(end, PollFlags::IN)?,
                Err(cause) => return Err(failure("receiving over the socket", cause)),
            }
        }
    }

    fn wait_until(&self, end: Instant, wanted: PollFlags) -> Result<(), LinkError> {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(LinkError::TimedOut);
        }
        self.poll(wanted, left).map(|_| ())
    }

    /// An empty datagram and the end look the same to `recv`.
    fn is_closed_there(&self) -> Result<bool, LinkError> {
        Ok(self.poll(PollFlags::IN, Duration::ZERO)?.intersects(PollFlags::HUP | PollFlags::RDHUP))
    }

    fn poll(&self, wanted: PollFlags, wait: Duration) -> Result<PollFlags, LinkError> {
        let mut watched = [PollFd::from_borrowed_fd(self.socket.as_fd(), wanted)];
        let limit = Timespec {
            tv_sec: i64::try_from(wait.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(wait.subsec_nanos()),
        };
        match poll(&mut watched, Some(&limit)) {
            // A signal: the caller looks how much of its time is left.
            Ok(_) | Err(Errno::INTR) => {}
            Err(cause) => return Err(failure("waiting for the socket", cause)),
        }
        let [watched] = watched;
        Ok(watched.revents())
    }
}

fn failure(operation: &'static str, cause: Errno) -> LinkError {
    match cause {
        Errno::PIPE | Errno::CONNRESET | Errno::NOTCONN => LinkError::Gone,
        _ => LinkError::Failed { operation, reason: Cause::of(cause) },
    }
}

#[cfg(test)]
mod tests {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

    use super::*;

    const WAIT: Duration = Duration::from_secs(5);

    fn pair() -> (Datagrams, Datagrams) {
        let (one, other) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None).unwrap();
        (Datagrams::new(one), Datagrams::new(other))
    }

    #[test]
    fn datagrams_stay_whole_and_may_be_empty() {
        let (one, mut other) = pair();
        let long = vec![7; LARGEST];
        for datagram in [&[1, 2, 3][..], &[], &[4], &long] {
            one.send(datagram, WAIT).unwrap();
        }
        assert_eq!(other.receive(WAIT), Ok(vec![1, 2, 3]));
        assert_eq!(other.receive(WAIT), Ok(Vec::new()));
        assert_eq!(other.receive(WAIT), Ok(vec![4]));
        assert_eq!(other.receive(WAIT), Ok(long));
        assert_eq!(other.receive(Duration::from_millis(1)), Err(LinkError::TimedOut));
    }

    #[test]
    fn what_is_too_long_is_no_shorter_datagram() {
        let (one, mut other) = pair();
        one.send(&vec![7; LARGEST + 1], WAIT).unwrap();
        assert!(matches!(other.receive(WAIT), Err(LinkError::Failed { .. })));
    }

    #[test]
    fn what_was_sent_before_the_end_still_arrives() {
        let (one, mut other) = pair();
        one.send(&[1], WAIT).unwrap();
        other.send(&[2], WAIT).unwrap();
        drop(one);
        assert_eq!(other.receive(WAIT), Ok(vec![1]));
        assert_eq!(other.receive(WAIT), Err(LinkError::Gone));
        assert_eq!(other.receive(WAIT), Err(LinkError::Gone));
        assert_eq!(other.send(&[3], WAIT), Err(LinkError::Gone));
    }

    #[test]
    fn a_full_socket_has_no_room_for_more() {
        let (one, mut other) = pair();
        let mut sent = 0_u32;
        while one.send(&[0; 4096], Duration::from_millis(1)).is_ok() {
            sent += 1;
        }
        assert_eq!(one.send(&[0; 4096], Duration::from_millis(1)), Err(LinkError::TimedOut));
        for _ in 0..sent {
            other.receive(WAIT).unwrap();
        }
        one.send(&[1], WAIT).unwrap();
    }
}
