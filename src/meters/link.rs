//! The wire a protocol talks through: blocking, with a limit on every wait.
//!
//! One trait for every medium, because a driver must not care whether a report comes from libusb, a Unix socket or a
//! simulator in memory. A medium that lacks an operation answers [`LinkError::Unsupported`].

use std::time::Duration;

use super::folder::Folder;
pub use super::link_error::LinkError;

/// Parity of a serial line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parity {
    /// No parity bit.
    None,
    /// Even parity.
    Even,
    /// Odd parity.
    Odd,
}

/// How a serial line is driven: eight data bits, no flow control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineSettings {
    /// Bits per second.
    pub baud: u32,
    /// The parity bit.
    pub parity: Parity,
    /// One or two stop bits.
    pub two_stop_bits: bool,
}

impl LineSettings {
    /// Eight data bits, no parity, one stop bit.
    #[must_use]
    pub const fn eight_n_one(baud: u32) -> Self {
        Self { baud, parity: Parity::None, two_stop_bits: false }
    }
}

/// A wire to one meter. Every wait is bounded by the caller.
pub trait Link: Send {
    /// Sends one transfer: a USB packet, an output report, or bytes on a serial line.
    ///
    /// # Errors
    /// [`LinkError::TimedOut`] if not all could be sent within `wait`; [`LinkError::Gone`] after an unplug.
    fn send(&mut self, bytes: &[u8], wait: Duration) -> Result<(), LinkError>;

    /// Receives what comes next: one USB transfer (which may be empty), one input report, or whatever bytes a serial
    /// line has by now. Waits at most `wait`.
    ///
    /// # Errors
    /// [`LinkError::TimedOut`] if nothing came; [`LinkError::Gone`] after an unplug.
    fn receive(&mut self, wait: Duration) -> Result<Vec<u8>, LinkError>;

    /// Drives a serial line as asked. On a medium without a line this does nothing.
    ///
    /// # Errors
    /// If the system refuses the settings.
    fn set_line(&mut self, settings: LineSettings) -> Result<(), LinkError> {
        let _ = settings;
        Ok(())
    }

    /// Sends a HID feature report, its id first.
    ///
    /// # Errors
    /// [`LinkError::Unsupported`] on anything but HID.
    fn send_feature(&mut self, report: &[u8], wait: Duration) -> Result<(), LinkError> {
        let _ = (report, wait);
        Err(LinkError::Unsupported { operation: "feature reports" })
    }

    /// Sends a SCSI command with its data and returns at most `expected` bytes of data-in.
    ///
    /// # Errors
    /// [`LinkError::Unsupported`] on anything but mass storage.
    fn command(&mut self, cdb: &[u8], data_out: &[u8], expected: usize, wait: Duration) -> Result<Vec<u8>, LinkError> {
        let _ = (cdb, data_out, expected, wait);
        Err(LinkError::Unsupported { operation: "SCSI commands" })
    }

    /// The drive at the other end, for a meter that shows its readings as files; `None` on every other medium.
    fn folder(&mut self) -> Option<&mut dyn Folder> {
        None
    }
}
