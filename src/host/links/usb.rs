//! Opening a meter through libusb: what the links over bulk transfers, HID reports and SCSI commands have in common.
//!
//! The device is never reset and a configuration only chosen if it has none, because both would lose the message that
//! some meters send first. A kernel driver that has the interface is detached, and attached again
//! when it is given back.

use std::thread;
use std::time::Duration;

use rusb::{Context, Device, DeviceHandle, UsbContext as _};

use crate::host::location::UsbLocation;
use crate::host::retry::NEW_DEVICE;
use crate::meters::link::LinkError;

pub(super) mod endpoints;
pub(super) mod failure;

use endpoints::Interface;
use failure::{failure, is_passing};

/// How long the kernel may take to configure a new device, before it is taken for one that it leaves alone: it needs
/// some hundredths of a second.
const CONFIGURING: Duration = Duration::from_millis(500);

/// Opens the device at `place` and claims the interface that `choose` picks, together with what it says of it. Blocks
/// for up to two seconds while the system still refuses it.
///
/// # Errors
/// [`LinkError::Gone`] if there is no such device, [`LinkError::Denied`], [`LinkError::Busy`], the error of `choose`,
/// or what libusb says.
pub(super) fn open<T>(
    context: &Context,
    place: UsbLocation,
    choose: impl Fn(&[Interface]) -> Result<(u8, T), LinkError>,
) -> Result<(DeviceHandle<Context>, T), LinkError> {
    let what = format!("the USB device {} on bus {}", place.address, place.bus);
    let attempt = |spent| try_open(context, place, spent, &choose);
    // The announcement comes before udev has given the device to the user: the first attempt may be refused and the
    // next one, some hundredths of a second later, not.
    let opened = NEW_DEVICE.attempt(|refusal| is_passing(*refusal), attempt, thread::sleep);
    opened.map_err(|error| failure("opening", error, &what))?
}

/// One attempt. The inner error is one that another attempt does not change.
fn try_open<T>(
    context: &Context,
    place: UsbLocation,
    spent: Duration,
    choose: impl Fn(&[Interface]) -> Result<(u8, T), LinkError>,
) -> rusb::Result<Result<(DeviceHandle<Context>, T), LinkError>> {
    let device = find(context, place)?;
    let handle = device.open()?;
    // A new device is announced before the kernel has configured it: claimed within the first milliseconds it is "not
    // found". Choosing the configuration again where one is active resets a device, and an Accu-Chek's first message is
    // lost.
    let configuration = match device.active_config_descriptor() {
        Err(rusb::Error::NotFound) if spent >= CONFIGURING => {
            handle.set_active_configuration(device.config_descriptor(0)?.number())?;
            device.active_config_descriptor()?
        }
        active => active?,
    };
    let (interface, chosen) = match choose(&endpoints::of(&configuration)) {
        Ok(chosen) => chosen,
        Err(error) => return Ok(Err(error)),
    };
    match handle.set_auto_detach_kernel_driver(true) {
        // Systems without kernel drivers to detach.
        Ok(()) | Err(rusb::Error::NotSupported) => {}
        Err(error) => return Err(error),
    }
    handle.claim_interface(interface)?;
    Ok(Ok((handle, chosen)))
}

/// libusb takes a wait of nothing for a wait without end. A cancelled read would then never come back.
pub(super) fn at_least_a_moment(wait: Duration) -> Duration {
    wait.max(Duration::from_millis(1))
}

/// The device at this place; its id is compared too, because numbers are used again after many plugs.
fn find(context: &Context, place: UsbLocation) -> rusb::Result<Device<Context>> {
    let is_it = |device: &Device<Context>| {
        device.bus_number() == place.bus
            && device.address() == place.address
            && device.device_descriptor().is_ok_and(|descriptor| {
                (descriptor.vendor_id(), descriptor.product_id()) == (place.id.vendor, place.id.product)
            })
    };
    context.devices()?.iter().find(is_it).ok_or(rusb::Error::NoDevice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_wait_is_endless() {
        assert_eq!(at_least_a_moment(Duration::ZERO), Duration::from_millis(1));
        assert_eq!(at_least_a_moment(Duration::from_millis(100)), Duration::from_millis(100));
    }
}
