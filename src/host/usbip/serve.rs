//! Serves a device over a connection to the host's kernel, until one of them ends.

use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::engine::Engine;
use super::wire;

/// How long to wait for the host before the device looks whether it has something to say: in nanoseconds.
const IDLE: i64 = 50_000_000;

/// Why a device is no longer served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsbipEnd {
    /// It was asked to stop.
    Stopped,
    /// A fault pulled the cable.
    Unplugged,
    /// The host closed the connection.
    Detached,
}

/// Serves `engine` on `stream`. The stream is not closed.
///
/// # Errors
/// If the connection fails or something else than USB/IP comes over it.
pub fn serve<S>(stream: &mut S, engine: &Mutex<Engine>, stop: &AtomicBool) -> io::Result<UsbipEnd>
where
    S: Read + Write + AsFd,
{
    while !stop.load(Ordering::Acquire) {
        let is_ready = wait(stream)?;
        // Before the lock is taken: a host that sends half of a message holds up this thread alone.
        let request = if is_ready { Some(wire::read(stream)) } else { None };
        let mut engine = engine.lock().unwrap_or_else(PoisonError::into_inner);
        match request {
            // A meter that speaks first does so without a request.
            None => engine.tick(),
            Some(Ok(request)) => engine.take(request),
            Some(Err(error)) if is_end(&error) => return Ok(UsbipEnd::Detached),
            Some(Err(error)) => return Err(error),
        }
        match stream.write_all(&engine.take_replies()) {
            Ok(()) => {}
            Err(error) if is_end(&error) => return Ok(UsbipEnd::Detached),
            Err(error) => return Err(error),
        }
        // Behind the answers, which were on their way before the cable was pulled.
        if engine.is_unplugged() {
            return Ok(UsbipEnd::Unplugged);
        }
    }
    Ok(UsbipEnd::Stopped)
}

fn is_end(error: &io::Error) -> bool {
    let ends = [io::ErrorKind::UnexpectedEof, io::ErrorKind::BrokenPipe, io::ErrorKind::ConnectionReset];
    ends.contains(&error.kind())
}

/// Whether something came within a moment.
fn wait(stream: &impl AsFd) -> io::Result<bool> {
    let mut watched = [PollFd::from_borrowed_fd(stream.as_fd(), PollFlags::IN)];
    match poll(&mut watched, Some(&Timespec { tv_sec: 0, tv_nsec: IDLE })) {
        Ok(count) => Ok(count > 0),
        // A signal: the caller looks whether it is to stop.
        Err(Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
