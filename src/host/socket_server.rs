//! Puts a simulated meter behind a Unix `SOCK_SEQPACKET` socket and keeps it there: the other end of a
//! [`SocketLink`](super::links::socket::SocketLink), where the datagrams are described.
//!
//! Connecting is plugging in: a meter that speaks first does so then. What a reader leaves unread is lost with it.

mod listener;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::io::Errno;

pub use self::listener::Listener;
use super::links::socket::{COMMAND, Datagrams, FEATURE, NO_DATA, OUTPUT};
use super::pty::serve::PtyEnd;
use crate::meters::link::LinkError;
use crate::meters::simulator::SimulatedMeter;
use crate::meters::simulator::fault::FaultyWire;

/// How long to wait for a reader or its datagrams before looking whether to stop: Ctrl-C is felt at once, and twenty
/// wake-ups a second are nothing.
const IDLE: Duration = Duration::from_millis(50);

/// Why a meter cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum SocketServerError {
    /// The system refused an operation on the socket.
    #[error("{operation} failed: {cause}")]
    System {
        /// What was tried.
        operation: &'static str,
        /// What the system said.
        #[source]
        cause: Errno,
    },
    /// Something that is not ours lies where the socket should be.
    #[error("{} exists already; remove it or choose another path", path.display())]
    InTheWay {
        /// The path that was asked for.
        path: PathBuf,
    },
    /// The socket's file cannot be removed or looked at.
    #[error("cannot use the path {}: {cause}", path.display())]
    File {
        /// The path that was asked for.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
}

/// A simulated meter behind a socket.
pub struct SocketServer<'a> {
    listener: Listener,
    meter: &'a mut dyn SimulatedMeter,
    wire: FaultyWire,
    /// What the meter has said and the reader has no room for yet.
    waiting: VecDeque<Vec<u8>>,
}

impl<'a> SocketServer<'a> {
    /// Puts `meter` behind `listener`, with at most one fault on its wire.
    #[must_use]
    pub fn new(listener: Listener, meter: &'a mut dyn SimulatedMeter, wire: FaultyWire) -> Self {
        Self { listener, meter, wire, waiting: VecDeque::new() }
    }

    /// Serves one reader after the other until `stop` is set or a fault pulls the cable.
    ///
    /// # Errors
    /// If the system refuses an operation on the socket.
    pub fn serve(mut self, stop: &AtomicBool) -> Result<PtyEnd, SocketServerError> {
        while !stop.load(Ordering::Acquire) {
            let Some(reader) = self.listener.accept(IDLE)? else { continue };
            // A connection that fails ends for this reader only; most often it has left.
            let _ = self.serve_one(Datagrams::new(reader), stop);
            // A new reader has plugged in anew: the rest of an answer to another one is none of its conversation.
            self.waiting.clear();
            if self.wire.is_unplugged() {
                return Ok(PtyEnd::Unplugged);
            }
        }
        Ok(PtyEnd::Stopped)
    }

    /// Serves one reader until it leaves, the cable is pulled or `stop` is set.
    fn serve_one(&mut self, mut reader: Datagrams, stop: &AtomicBool) -> Result<(), LinkError> {
        let mut last_heard = Instant::now();
        let said = self.meter.plugged();
        self.say(said);
        while !stop.load(Ordering::Acquire) {
            self.pass_on(&reader)?;
            if self.wire.is_unplugged() && self.waiting.is_empty() {
                return Ok(());
            }
            // What is left to pass on does not wait for the reader to speak.
            match reader.receive(if self.waiting.is_empty() { IDLE } else { Duration::ZERO }) {
                Ok(datagram) => {
                    last_heard = Instant::now();
                    self.hear(&datagram);
                }
                Err(LinkError::TimedOut) if self.waiting.is_empty() => {
                    let said = self.meter.wait(last_heard.elapsed());
                    self.say(said);
                }
                Err(LinkError::TimedOut) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Passes on as much as the reader has room for.
    fn pass_on(&mut self, reader: &Datagrams) -> Result<(), LinkError> {
        while let Some(transfer) = self.waiting.front() {
            match reader.send(transfer, IDLE) {
                Ok(()) => self.waiting.pop_front(),
                Err(LinkError::TimedOut) => return Ok(()),
                Err(error) => return Err(error),
            };
        }
        Ok(())
    }

    fn hear(&mut self, datagram: &[u8]) {
        match datagram.split_first() {
            Some((&OUTPUT, report)) => {
                if let Some(heard) = self.wire.pass_to(report) {
                    let said = self.meter.hear(&heard);
                    self.say(said);
                }
            }
            Some((&FEATURE, report)) => {
                if let Some(heard) = self.wire.pass_to(report) {
                    let said = self.meter.hear_feature(&heard);
                    self.say(said);
                }
            }
            Some((&COMMAND, command)) => self.obey(command),
            // Nothing that a bus could carry: a device would not notice it.
            Some(_) | None => {}
        }
    }

    fn obey(&mut self, command: &[u8]) {
        let Some((&length, rest)) = command.split_first() else { return };
        let Some((cdb, data_out)) = rest.split_at_checked(length.into()) else { return };
        let Some(data_out) = self.wire.pass_to(data_out) else { return };
        match self.meter.command(cdb, &data_out, usize::MAX) {
            Some(data_in) if !data_in.is_empty() => self.say(vec![data_in]),
            // An empty datagram would look like the end of the connection to the reader.
            Some(_) | None => self.waiting.push_back(vec![NO_DATA]),
        }
    }

    /// Queues what passes the wire.
    fn say(&mut self, transfers: Vec<Vec<u8>>) {
        for transfer in transfers {
            self.waiting.extend(self.wire.pass(transfer));
        }
    }
}

#[cfg(test)]
mod tests;
