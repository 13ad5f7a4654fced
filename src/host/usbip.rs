//! A simulated meter as a real USB device: the device side of USB/IP, so that a kernel, its drivers and libusb meet it as
//! they meet a meter on a cable.
//!
//! The protocol is that of the kernel's `Documentation/usb/usbip_protocol.rst`. Behaves as a bus does: an endpoint that
//! has nothing to say lets the host wait, a transfer ends on a short packet or when it is full, and a stalled endpoint
//! stays so until the host clears it. Closing the connection is the cable pulled out.

use crate::meters::catalogue::{Catalogue, LinkKind, Meter, UsbId};
use crate::meters::simulator::SimulatedMeter;
use crate::meters::simulator::fault::FaultyWire;

pub mod descriptors;
mod desk;
pub mod engine;
pub mod function;
pub mod functions;
pub mod serve;
pub mod server;
pub mod vhci;
pub mod wire;

use desk::Desk;
use function::Function;

/// Dresses a simulated meter as the USB device that the catalogue says it is, or as the first cable it may be behind.
///
/// # Errors
/// Says in words why this meter cannot be a USB device.
pub fn device(
    catalogue: &Catalogue,
    model: &Meter,
    meter: Box<dyn SimulatedMeter>,
    wire: FaultyWire,
) -> Result<Box<dyn Function>, String> {
    let id = catalogue.ids_of(model).next().ok_or_else(|| format!("{} has no USB id", model.slug))?;
    let (name, desk) = (model.name(), Desk::new(meter, wire));
    let maker = model.manufacturer.as_str();
    match model.link {
        LinkKind::UsbBulk => Ok(Box::new(functions::bulk::Bulk::new(id, [maker, name.as_str()], desk))),
        LinkKind::UsbHid => {
            let has_output = !model.driver.starts_with("freestyle");
            Ok(Box::new(functions::hid::Hid::new(id, [maker, name.as_str()], has_output, desk)))
        }
        LinkKind::Scsi => Ok(Box::new(functions::storage::Storage::new(id, [maker, name.as_str()], desk))),
        LinkKind::Serial => serial(catalogue, model, desk),
        LinkKind::Folder => Err(format!("{} is a drive; a simulated one is a folder, see --folder", model.slug)),
    }
}

/// The cables that can be simulated: Silicon Labs' CP2102; FTDI's FT232R, and the same under Ascensia's name.
const CP2102: UsbId = UsbId { vendor: 0x10c4, product: 0xea60 };
const FTDI: [UsbId; 2] = [UsbId { vendor: 0x0403, product: 0x6001 }, UsbId { vendor: 0x1a79, product: 0x6001 }];

fn serial(catalogue: &Catalogue, model: &Meter, desk: Desk) -> Result<Box<dyn Function>, String> {
    for id in catalogue.ids_of(model) {
        // A meter with a plug of its own has such a cable inside.
        if id == CP2102 || (id.vendor == CP2102.vendor && model.ids.contains(&id)) {
            return Ok(Box::new(functions::serial::Cp210x::new(id, desk)));
        }
        if FTDI.contains(&id) {
            let names = [model.manufacturer.as_str(), "FT232R USB UART"];
            return Ok(Box::new(functions::serial::Ftdi::new(id, names, desk)));
        }
    }
    Err(format!("{} is behind a cable that cannot be simulated", model.slug))
}
