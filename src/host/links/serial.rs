//! A serial line: a port of this computer, the converter in a meter's cable, or a pty.
//!
//! The port is opened for this program alone. What had arrived before belongs to no conversation of ours and is thrown
//! away once, when the port is opened; from then on no byte is lost.

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serialport::{ClearBuffer, DataBits, ErrorKind, FlowControl, SerialPort as _, StopBits, TTYPort};

use crate::domain::cause::Cause;
use crate::meters::link::{LineSettings, Link, LinkError, Parity};

/// Any rate will do until the driver sets its own. The library asks for one.
const BAUD_AT_OPEN: u32 = 9600;

/// More than a line discipline hands out at once.
const BUFFER: usize = 4096;

/// An open serial line.
#[derive(Debug)]
pub struct SerialLink {
    port: TTYPort,
    path: PathBuf,
}

impl SerialLink {
    /// Opens a port for this program alone: 9600 baud, 8N1, no flow control, until the driver sets the line.
    ///
    /// # Errors
    /// [`LinkError::Gone`] if there is no such port, [`LinkError::Denied`], [`LinkError::Busy`] if another program has
    /// it, [`LinkError::Failed`] if it is no serial port or cannot be set up.
    pub fn open(path: &Path) -> Result<Self, LinkError> {
        let builder = serialport::new(path.to_string_lossy(), BAUD_AT_OPEN);
        // Locked by the library (TIOCEXCL, flock): two readers of one line would each get a part of
        // the answer.
        let port = TTYPort::open(&builder).map_err(|error| open_error(&error, path))?;
        // A meter that was left in the middle of an answer may have filled it.
        port.clear(ClearBuffer::Input).map_err(|error| failed("emptying the port", &error))?;
        Ok(Self { port, path: path.to_owned() })
    }

    fn set_up(&mut self, settings: LineSettings) -> serialport::Result<()> {
        self.port.set_data_bits(DataBits::Eight)?;
        self.port.set_parity(match settings.parity {
            Parity::None => serialport::Parity::None,
            Parity::Even => serialport::Parity::Even,
            Parity::Odd => serialport::Parity::Odd,
        })?;
        self.port.set_stop_bits(if settings.two_stop_bits { StopBits::Two } else { StopBits::One })?;
        // The cables have three wires: data each way and ground. With flow control the port would wait for a wire that
        // is not there.
        self.port.set_flow_control(FlowControl::None)?;
        self.port.set_baud_rate(settings.baud)
    }

    /// What an error of a transfer means. After an unplug the system reports a hang-up, an input/output error or no
    /// such device; the node has left `/dev` by then.
    fn transfer_error(&self, operation: &'static str, error: io::Error) -> LinkError {
        let kind = error.kind();
        let hang_ups = [io::ErrorKind::BrokenPipe, io::ErrorKind::UnexpectedEof, io::ErrorKind::NotFound];
        if kind == io::ErrorKind::TimedOut {
            LinkError::TimedOut
        } else if hang_ups.contains(&kind) || !self.path.exists() {
            LinkError::Gone
        } else {
            LinkError::Failed { operation, reason: Cause::of(error) }
        }
    }

    /// Runs one transfer until `end`, again if a signal interrupts it.
    fn within<T>(
        &mut self,
        end: Instant,
        operation: &'static str,
        mut transfer: impl FnMut(&mut TTYPort) -> io::Result<T>,
    ) -> Result<T, LinkError> {
        loop {
            let left = end.saturating_duration_since(Instant::now());
            self.port.set_timeout(left).map_err(|error| failed(operation, &error))?;
            match transfer(&mut self.port) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.transfer_error(operation, error)),
                Ok(value) => return Ok(value),
            }
        }
    }
}

impl Link for SerialLink {
    fn send(&mut self, bytes: &[u8], wait: Duration) -> Result<(), LinkError> {
        let end = Instant::now() + wait;
        let mut left = bytes;
        while !left.is_empty() {
            let written = self.within(end, "writing to the port", |port| port.write(left))?;
            // A port that takes nothing and is not full has hung up.
            if written == 0 {
                return Err(LinkError::Gone);
            }
            left = left.get(written..).unwrap_or_default();
        }
        Ok(())
    }

    fn receive(&mut self, wait: Duration) -> Result<Vec<u8>, LinkError> {
        let mut buffer = [0; BUFFER];
        let count = self.within(Instant::now() + wait, "reading from the port", |port| port.read(&mut buffer))?;
        match buffer.get(..count) {
            // A port that is readable and gives nothing has hung up.
            None | Some([]) => Err(LinkError::Gone),
            Some(bytes) => Ok(bytes.to_vec()),
        }
    }

    fn set_line(&mut self, settings: LineSettings) -> Result<(), LinkError> {
        self.set_up(settings)
            // The settings fail in many ways on a port whose cable was pulled; only the missing node tells that it is
            // gone.
            .map_err(|error| if self.path.exists() { failed("setting up the line", &error) } else { LinkError::Gone })
    }
}

fn open_error(error: &serialport::Error, path: &Path) -> LinkError {
    let what = path.display().to_string();
    match error.kind() {
        // `serialport` reports a lock held by another program under this name.
        ErrorKind::NoDevice => LinkError::Busy { what },
        ErrorKind::Io(io::ErrorKind::PermissionDenied) => LinkError::Denied { what },
        ErrorKind::Io(io::ErrorKind::NotFound) => LinkError::Gone,
        ErrorKind::Io(_) | ErrorKind::InvalidInput | ErrorKind::Unknown => {
            if path.exists() {
                failed("opening the port", error)
            } else {
                LinkError::Gone
            }
        }
    }
}

fn failed(operation: &'static str, error: &serialport::Error) -> LinkError {
    LinkError::Failed { operation, reason: Cause::of(error.clone()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::pty::Pty;

    const WAIT: Duration = Duration::from_secs(5);

    #[test]
    fn bytes_pass_both_ways_and_silence_times_out() {
        let pty = Pty::open().unwrap();
        let mut link = SerialLink::open(pty.path()).unwrap();
        link.set_line(LineSettings { baud: 19_200, parity: Parity::Even, two_stop_bits: true }).unwrap();
        assert_eq!(link.receive(Duration::from_millis(1)), Err(LinkError::TimedOut));
        let all: Vec<u8> = (0..=255).collect();
        link.send(&all, WAIT).unwrap();
        let mut heard = Vec::new();
        while heard.len() < all.len() {
            heard.extend(pty.read().unwrap().unwrap());
        }
        assert_eq!(heard, all);
        assert_eq!(pty.write(&all).unwrap(), all.len());
        let mut heard = Vec::new();
        while heard.len() < all.len() {
            heard.extend(link.receive(WAIT).unwrap());
        }
        assert_eq!(heard, all);
    }

    #[test]
    fn an_unplug_is_noticed_while_waiting() {
        let pty = Pty::open().unwrap();
        let mut link = SerialLink::open(pty.path()).unwrap();
        let unplug = std::thread::spawn(move || drop(pty));
        let started = Instant::now();
        assert_eq!(link.receive(WAIT), Err(LinkError::Gone));
        assert!(started.elapsed() < WAIT, "noticed only when the wait was over");
        unplug.join().unwrap();
        assert_eq!(link.send(b"x", WAIT), Err(LinkError::Gone));
        assert_eq!(link.receive(WAIT), Err(LinkError::Gone));
        assert_eq!(link.set_line(LineSettings::eight_n_one(9600)), Err(LinkError::Gone));
    }

    #[test]
    fn what_cannot_be_opened_is_told_apart() {
        let pty = Pty::open().unwrap();
        let held = SerialLink::open(pty.path()).unwrap();
        assert!(matches!(SerialLink::open(pty.path()), Err(LinkError::Busy { .. })));
        drop(held);
        // Whoever lists this process's files holds one of them open for a moment.
        assert!((0..10_000).any(|_| SerialLink::open(pty.path()).is_ok()), "the port that was let go stays busy");
        assert_eq!(SerialLink::open(Path::new("/dev/no-such-port")).err(), Some(LinkError::Gone));
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(matches!(SerialLink::open(file.path()), Err(LinkError::Failed { .. })));
    }

    #[test]
    fn what_arrived_before_is_thrown_away() {
        let pty = Pty::open().unwrap();
        drop(SerialLink::open(pty.path()).unwrap());
        pty.write(b"of another conversation").unwrap();
        let mut link = SerialLink::open(pty.path()).unwrap();
        assert_eq!(link.receive(Duration::from_millis(20)), Err(LinkError::TimedOut));
        pty.write(b"ours").unwrap();
        assert_eq!(link.receive(WAIT), Ok(b"ours".to_vec()));
    }
}
