//! A link over USB bulk transfers: one message is one transfer, in each direction.
//!
//! Follows the USB layer of the Accu-Chek meters (PHDC without metadata preamble): interface 0, alternate setting 0,
//! whatever numbers its two bulk endpoints have.

use std::time::Duration;

use rusb::{Context, DeviceHandle};

use super::usb::endpoints::{Interface, Pair};
use super::usb::failure::failure;
use super::usb::{self, at_least_a_moment};
use crate::host::location::UsbLocation;
use crate::meters::link::{Link, LinkError};

/// The one interface of a meter.
const INTERFACE: u8 = 0;

/// The longest message an 11073 meter may send (64 512 bytes) fits. The buffer has one packet more, so that no message
/// ends at its end; both are multiples of every packet size that USB has, or libusb may report an overflow.
const LARGEST_TRANSFER: usize = 64 * 1024;

/// How many stale transfers are thrown away after an overflow: a meter that still sends then is not silenced by
/// patience.
const STALE_TRANSFERS: usize = 16;

/// An open meter on USB. Dropping it gives the interface back.
#[derive(Debug)]
pub struct UsbBulkLink {
    handle: DeviceHandle<Context>,
    endpoints: Pair,
    buffer: Vec<u8>,
}

impl UsbBulkLink {
    /// Opens the device at `place`. Blocks for up to two seconds while the system still refuses it.
    ///
    /// # Errors
    /// [`LinkError::Gone`] if there is no such device, [`LinkError::Denied`], [`LinkError::Busy`], or what libusb says.
    pub fn open(context: &Context, place: UsbLocation) -> Result<Self, LinkError> {
        let (handle, endpoints) = usb::open(context, place, choose)?;
        let link = Self { handle, endpoints, buffer: vec![0; LARGEST_TRANSFER + usize::from(endpoints.input.packet)] };
        link.ask_status();
        Ok(link)
    }

    /// The standard request `GET_STATUS` of the device, which Accu-Chek meters expect before they speak. The answer
    /// says nothing of use, and a meter that refuses it may still be read.
    fn ask_status(&self) {
        let standard_device_in = 0x80;
        let get_status = 0x00;
        let mut status = [0; 2];
        // The published readers send it too, and no request of the class's own.
        let _ = self.handle.read_control(standard_device_in, get_status, 0, 0, &mut status, Duration::from_secs(1));
    }

    /// Throws away what is left of an earlier conversation, so that the next one starts clean.
    fn drain(&mut self) {
        for _ in 0..STALE_TRANSFERS {
            let read = self.handle.read_bulk(self.endpoints.input.address, &mut self.buffer, Duration::from_millis(20));
            if !matches!(read, Ok(_) | Err(rusb::Error::Overflow)) {
                return;
            }
        }
    }

    /// What the failure of a transfer means, after putting the endpoint in order again.
    fn recover(&mut self, operation: &'static str, endpoint: u8, error: rusb::Error) -> LinkError {
        // More than a message came at once: answers of an earlier conversation are queued, as in a meter that was left
        // plugged in.
        if error == rusb::Error::Overflow {
            self.drain();
        }
        // A stalled endpoint refuses everything until it is cleared (USB 2.0, 5.8.5).
        if error == rusb::Error::Pipe {
            // If even this fails, the next transfer says so.
            let _ = self.handle.clear_halt(endpoint);
        }
        failure(operation, error, "the meter")
    }

    fn write(&mut self, bytes: &[u8], wait: Duration) -> Result<(), LinkError> {
        match self.handle.write_bulk(self.endpoints.output.address, bytes, at_least_a_moment(wait)) {
            Ok(sent) if sent == bytes.len() => Ok(()),
            Ok(_) => Err(LinkError::TimedOut),
            Err(error) => Err(self.recover("sending", self.endpoints.output.address, error)),
        }
    }
}

impl Link for UsbBulkLink {
    fn send(&mut self, bytes: &[u8], wait: Duration) -> Result<(), LinkError> {
        self.write(bytes, wait)?;
        // The meter knows the end of a transfer by a packet that is not full.
        if !bytes.is_empty() && bytes.len().is_multiple_of(self.endpoints.output.packet.into()) {
            self.write(&[], wait)?;
        }
        Ok(())
    }

    fn receive(&mut self, wait: Duration) -> Result<Vec<u8>, LinkError> {
        let endpoint = self.endpoints.input.address;
        match self.handle.read_bulk(endpoint, &mut self.buffer, at_least_a_moment(wait)) {
            // Only what came: behind it the buffer holds an older message, which a reader once took for the answer and
            // crashed.
            Ok(length) => Ok(self.buffer.iter().take(length).copied().collect()),
            Err(error) => Err(self.recover("receiving", endpoint, error)),
        }
    }
}

/// The two bulk endpoints of interface 0.
fn choose(interfaces: &[Interface]) -> Result<(u8, Pair), LinkError> {
    let first = interfaces.iter().find(|interface| interface.number == INTERFACE);
    let none =
        || LinkError::Failed { operation: "opening", reason: format!("there is no interface {INTERFACE}").into() };
    Ok((INTERFACE, first.ok_or_else(none)?.bulk_pair()?))
}
