//! A link over USB bulk transfers: one message is one transfer, in each direction.
//!
//! Follows the USB layer of the Accu-Chek meters (PHDC without metadata preamble): interface 0, alternate setting 0,
//! whatever numbers its two bulk endpoints have. The device is never reset and a configuration only chosen if it has
//! none, because both would lose the message that the meter sends first.

use std::thread;
use std::time::Duration;

use rusb::{Context, Device, DeviceHandle, UsbContext as _};

use crate::host::watch::UsbPlace;
use crate::meters::link::{Link, LinkError};

mod endpoints;
mod failure;

use endpoints::Pair;
use failure::{failure, is_passing};

/// The one interface of a meter.
const INTERFACE: u8 = 0;

/// How long a meter that has just arrived may still be refused: the kernel announces it before it is configured and
/// before udev has given it to the user, and the previous program may still be closing it.
const PATIENCE: Duration = Duration::from_secs(2);

/// The pause between two attempts to open.
const PAUSE: Duration = Duration::from_millis(50);

/// How long the kernel may take to configure a new device, before it is taken for one that it leaves alone.
const CONFIGURING: Duration = Duration::from_millis(500);

/// The longest message an 11073 meter may send (64 512 bytes) fits. The buffer has one packet more, so that no message
/// ends at its end; both are multiples of every packet size that USB has, or libusb may report an overflow.
const LARGEST_TRANSFER: usize = 64 * 1024;

/// How many stale transfers are thrown away after an overflow.
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
    pub fn open(context: &Context, place: UsbPlace) -> Result<Self, LinkError> {
        let what = format!("the USB device {} on bus {}", place.address, place.bus);
        let opened = persist(|spent| Self::try_open(context, place, spent), thread::sleep);
        let (handle, endpoints) = opened.map_err(|error| failure("opening", error, &what))??;
        let link = Self { handle, endpoints, buffer: vec![0; LARGEST_TRANSFER + usize::from(endpoints.input.packet)] };
        link.ask_status();
        Ok(link)
    }

    /// One attempt. The inner error is one that another attempt does not change.
    fn try_open(
        context: &Context,
        place: UsbPlace,
        spent: Duration,
    ) -> rusb::Result<Result<(DeviceHandle<Context>, Pair), LinkError>> {
        let device = find(context, place)?;
        let handle = device.open()?;
        let configuration = match device.active_config_descriptor() {
            Err(rusb::Error::NotFound) if spent >= CONFIGURING => {
                handle.set_active_configuration(device.config_descriptor(0)?.number())?;
                device.active_config_descriptor()?
            }
            active => active?,
        };
        let endpoints = match endpoints::choose(&endpoints::of(&configuration)) {
            Ok(endpoints) => endpoints,
            Err(error) => return Ok(Err(error)),
        };
        match handle.set_auto_detach_kernel_driver(true) {
            // Systems without kernel drivers to detach.
            Ok(()) | Err(rusb::Error::NotSupported) => {}
            Err(error) => return Err(error),
        }
        handle.claim_interface(INTERFACE)?;
        Ok(Ok((handle, endpoints)))
    }

    /// The standard request `GET_STATUS` of the device, which Accu-Chek meters expect before they speak. The answer
    /// says nothing of use, and a meter that refuses it may still be read.
    fn ask_status(&self) {
        let standard_device_in = 0x80;
        let get_status = 0x00;
        let mut status = [0; 2];
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
        if error == rusb::Error::Overflow {
            self.drain();
        }
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
            Ok(length) => Ok(self.buffer.iter().take(length).copied().collect()),
            Err(error) => Err(self.recover("receiving", endpoint, error)),
        }
    }
}

/// libusb takes a wait of nothing for a wait without end.
fn at_least_a_moment(wait: Duration) -> Duration {
    wait.max(Duration::from_millis(1))
}

/// The device at this place; its id is compared too, because numbers are used again after many plugs.
fn find(context: &Context, place: UsbPlace) -> rusb::Result<Device<Context>> {
    let is_it = |device: &Device<Context>| {
        device.bus_number() == place.bus
            && device.address() == place.address
            && device.device_descriptor().is_ok_and(|descriptor| {
                (descriptor.vendor_id(), descriptor.product_id()) == (place.id.vendor, place.id.product)
            })
    };
    context.devices()?.iter().find(is_it).ok_or(rusb::Error::NoDevice)
}

/// Tries again while the refusal may pass, for [`PATIENCE`] in all. `attempt` is told how long it took so far.
fn persist<T>(
    mut attempt: impl FnMut(Duration) -> rusb::Result<T>,
    mut pause: impl FnMut(Duration),
) -> rusb::Result<T> {
    let mut spent = Duration::ZERO;
    loop {
        match attempt(spent) {
            Err(error) if is_passing(error) && spent < PATIENCE => {
                pause(PAUSE);
                spent += PAUSE;
            }
            outcome => return outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_that_passes_is_waited_out() {
        let mut paused = Duration::ZERO;
        let opened = persist(
            |spent| if spent < Duration::from_millis(150) { Err(rusb::Error::Access) } else { Ok("open") },
            |pause| paused += pause,
        );
        assert_eq!((opened, paused), (Ok("open"), Duration::from_millis(150)));
    }

    #[test]
    fn patience_ends_after_two_seconds_with_the_last_refusal() {
        let mut attempts = 0;
        let mut paused = Duration::ZERO;
        let opened = persist::<()>(
            |_| {
                attempts += 1;
                Err(rusb::Error::Busy)
            },
            |pause| paused += pause,
        );
        assert_eq!((opened, paused, attempts), (Err(rusb::Error::Busy), PATIENCE, 41));
    }

    #[test]
    fn another_failure_is_not_tried_again() {
        let mut attempts = 0;
        let opened = persist::<()>(
            |_| {
                attempts += 1;
                Err(rusb::Error::NoMem)
            },
            |_| {},
        );
        assert_eq!((opened, attempts), (Err(rusb::Error::NoMem), 1));
    }

    #[test]
    fn no_wait_is_endless() {
        assert_eq!(at_least_a_moment(Duration::ZERO), Duration::from_millis(1));
        assert_eq!(at_least_a_moment(Duration::from_millis(100)), Duration::from_millis(100));
    }
}
