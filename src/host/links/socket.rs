//! A HID, mass storage or USB bulk meter behind a Unix `SOCK_SEQPACKET` socket: simulators, and tests from outside.
//!
//! Each datagram to the meter begins with a letter: `W` an output report or a bulk transfer as on the wire, `F` a
//! feature report with its id first, `S` a SCSI command (length of the CDB in one byte, the CDB, the data-out). Each
//! datagram from the meter is one input report or transfer as on the wire; for each `S` it is the data-in, or a single
//! 00 where there is none. When the other end closes, the meter is gone.

mod datagrams;

use std::path::Path;
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};

pub(in crate::host) use self::datagrams::Datagrams;
use crate::domain::cause::Cause;
use crate::meters::link::{Link, LinkError};

/// Begins an output report or a bulk transfer.
pub(in crate::host) const OUTPUT: u8 = b'W';
/// Begins a feature report.
pub(in crate::host) const FEATURE: u8 = b'F';
/// Begins a SCSI command.
pub(in crate::host) const COMMAND: u8 = b'S';
/// The answer to a SCSI command without data-in.
pub(in crate::host) const NO_DATA: u8 = 0;

/// The reader's end.
#[derive(Debug)]
pub struct SocketLink {
    datagrams: Datagrams,
}

impl SocketLink {
    /// Connects to the meter at this path.
    ///
    /// # Errors
    /// [`LinkError::Gone`] if nothing is there, or nobody serves it any more; [`LinkError::Denied`];
    /// [`LinkError::Failed`] if it is no such socket.
    pub fn open(path: &Path) -> Result<Self, LinkError> {
        let failed = |cause: Errno| match cause {
            // A socket whose server was killed stays in its folder and refuses: that is a meter
            // whose cable is pulled.
            Errno::NOENT | Errno::CONNREFUSED => LinkError::Gone,
            Errno::ACCESS | Errno::PERM => LinkError::Denied { what: path.display().to_string() },
            _ => LinkError::Failed { operation: "connecting to the socket", reason: Cause::of(cause) },
        };
        let address = SocketAddrUnix::new(path).map_err(failed)?;
        let socket =
            socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None).map_err(failed)?;
        connect(&socket, &address).map_err(failed)?;
        Ok(Self { datagrams: Datagrams::new(socket) })
    }

    fn write(&self, letter: u8, bytes: &[u8], wait: Duration) -> Result<(), LinkError> {
        self.datagrams.send(&[&[letter], bytes].concat(), wait)
    }
}

impl Link for SocketLink {
    fn send(&mut self, bytes: &[u8], wait: Duration) -> Result<(), LinkError> {
        self.write(OUTPUT, bytes, wait)
    }

    fn receive(&mut self, wait: Duration) -> Result<Vec<u8>, LinkError> {
        self.datagrams.receive(wait)
    }

    fn send_feature(&mut self, report: &[u8], wait: Duration) -> Result<(), LinkError> {
        self.write(FEATURE, report, wait)
    }

    fn command(&mut self, cdb: &[u8], data_out: &[u8], expected: usize, wait: Duration) -> Result<Vec<u8>, LinkError> {
        // Told with its length, because the data-out follows without a mark between them.
        let length = u8::try_from(cdb.len())
            .map_err(|_| LinkError::Unsupported { operation: "SCSI command of more than 255 bytes" })?;
        self.write(COMMAND, &[&[length], cdb, data_out].concat(), wait)?;
        let mut data_in = self.datagrams.receive(wait)?;
        if data_in == [NO_DATA] {
            data_in.clear();
        }
        // The datagram does not say how much is expected, so the meter may send more than a bus would carry.
        data_in.truncate(expected);
        Ok(data_in)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_opened_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(SocketLink::open(&folder.path().join("missing")).err(), Some(LinkError::Gone));
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert_eq!(SocketLink::open(&file).err(), Some(LinkError::Gone));
        let stream = folder.path().join("stream");
        let _listener = std::os::unix::net::UnixListener::bind(&stream).unwrap();
        assert!(matches!(SocketLink::open(&stream), Err(LinkError::Failed { .. })));
        let long = folder.path().join("x".repeat(200));
        assert!(matches!(SocketLink::open(&long), Err(LinkError::Failed { .. })));
    }
}
