//! A simulated meter as a real USB device: the device side of USB/IP, so that a kernel, its drivers and libusb meet it
//! as they meet a meter on a cable.
//!
//! The protocol is that of the kernel's `Documentation/usb/usbip_protocol.rst`. Behaves as a bus does: an endpoint that
//! has nothing to say lets the host wait, a transfer ends on a short packet or when it is full, and a stalled endpoint
//! stays so until the host clears it. Closing the connection is the cable pulled out.

use std::str::FromStr;

use crate::meters::catalogue::{Catalogue, LinkKind, Meter, UsbId};
use crate::meters::simulator::SimulatedMeter;
use crate::meters::simulator::fault::FaultyWire;

pub mod descriptors;
pub mod engine;
pub mod function;
pub mod functions;
pub mod serve;
pub mod server;
pub mod vhci;
pub mod volume;
pub mod wire;
mod wired_meter;

use function::Function;
use functions::drive::Drive;
use functions::serial::{Acm, Ch340, Chip, Cp210x, Ftdi, Pl2303, SerialCable};
use functions::storage::Storage;
use volume::{Volume, VolumeError};
use wired_meter::WiredMeter;

/// An id that pid.codes sets aside for tests: for what no id is known of.
const FOR_TESTS: UsbId = UsbId { vendor: 0x1209, product: 0x0001 };

/// Why a meter cannot be a USB device.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoUsbDevice {
    /// A cable was asked for, and the meter needs none.
    #[error("{model} has a plug of its own and is behind no cable")]
    OwnPlug {
        /// The slug of the model.
        model: String,
    },
    /// The chip of its cable is not simulated.
    #[error("{model} is behind a cable that cannot be simulated")]
    OtherCable {
        /// The slug of the model.
        model: String,
    },
    /// The catalogue says that it is a drive, and its simulator has no files.
    #[error("{model} shows no files")]
    NoFiles {
        /// The slug of the model.
        model: String,
    },
    /// Its files cannot be a drive.
    #[error(transparent)]
    Volume(#[from] VolumeError),
}

/// Dresses a simulated meter as the USB device that the catalogue says it is, or as the cable it is behind: this one,
/// or the first of its catalogue entry.
///
/// # Errors
/// [`NoUsbDevice`] if this meter cannot be one.
pub fn device(
    catalogue: &Catalogue,
    model: &Meter,
    cable: Option<SimulatedCable>,
    meter: Box<dyn SimulatedMeter>,
    wire: FaultyWire,
) -> Result<Box<dyn Function>, NoUsbDevice> {
    let id = catalogue.ids_of(model).next().unwrap_or(FOR_TESTS);
    let name = model.name();
    let names = [model.manufacturer.as_str(), name.as_str()];
    // Refused and not passed over: a meter with its own USB id behind a cable would be tried with a
    // plug that nobody has.
    if cable.is_some() && (model.link != LinkKind::Serial || !model.ids.is_empty()) {
        return Err(NoUsbDevice::OwnPlug { model: model.slug.clone() });
    }
    match model.link {
        LinkKind::UsbBulk => Ok(Box::new(functions::bulk::Bulk::new(id, names, WiredMeter::new(meter, wire)))),
        LinkKind::UsbHid => {
            // Reports to Abbott's meters are SET_REPORT on the control pipe, not transfers to an endpoint.
            let has_output = !model.driver.starts_with("freestyle");
            Ok(Box::new(functions::hid::Hid::new(id, names, has_output, WiredMeter::new(meter, wire))))
        }
        LinkKind::Scsi => Ok(Box::new(Storage::new(id, names, "LifeScan MSC", WiredMeter::new(meter, wire)))),
        LinkKind::Serial => serial(catalogue, model, cable, WiredMeter::new(meter, wire)),
        LinkKind::Folder => {
            let files = meter.drive().ok_or_else(|| NoUsbDevice::NoFiles { model: model.slug.clone() })?;
            let label = model.slug.to_ascii_uppercase().replace('-', "_");
            let drive = Box::new(Drive::new(names, Volume::new(&label, files)?));
            Ok(Box::new(Storage::new(id, names, "Mass storage", WiredMeter::new(drive, wire))))
        }
    }
}

/// A kind of serial cable that can be simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SimulatedCable {
    /// Silicon Labs' CP2102.
    Cp210x,
    /// FTDI's FT232R.
    Ftdi,
    /// Prolific's PL2303.
    Pl2303,
    /// WCH's CH340.
    Ch340,
    /// One of the communication class, which no meter of the catalogue has.
    CdcAcm,
}

/// Not one of [`SimulatedCable::ALL`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no simulated cable of that kind; there are cp210x, ftdi, pl2303, ch340 and cdc-acm")]
pub struct UnknownCable;

impl FromStr for SimulatedCable {
    type Err = UnknownCable;

    fn from_str(text: &str) -> Result<Self, UnknownCable> {
        Self::ALL.into_iter().find(|cable| cable.name() == text).ok_or(UnknownCable)
    }
}

impl SimulatedCable {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Cp210x, Self::Ftdi, Self::Pl2303, Self::Ch340, Self::CdcAcm];

    /// The name of the kind; all but the last are cables of the catalogue.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cp210x => "cp210x",
            Self::Ftdi => "ftdi",
            Self::Pl2303 => "pl2303",
            Self::Ch340 => "ch340",
            Self::CdcAcm => "cdc-acm",
        }
    }

    fn id(self) -> UsbId {
        let (vendor, product) = match self {
            Self::Cp210x => (0x10c4, 0xea60),
            Self::Ftdi => (0x0403, 0x6001),
            Self::Pl2303 => (0x067b, 0x2303),
            Self::Ch340 => (0x1a86, 0x7523),
            Self::CdcAcm => return FOR_TESTS,
        };
        UsbId { vendor, product }
    }

    /// The kind of a cable with this id. Ascensia's are FTDI's under its own name; Silicon Labs'
    /// chips are in meters too.
    fn of(id: UsbId, model: &Meter) -> Option<Self> {
        let ascensia = UsbId { vendor: 0x1a79, product: 0x6001 };
        if id == ascensia {
            return Some(Self::Ftdi);
        }
        if id.vendor == Self::Cp210x.id().vendor && model.ids.contains(&id) {
            return Some(Self::Cp210x);
        }
        Self::ALL.into_iter().find(|cable| cable.id() == id)
    }
}

fn serial(
    catalogue: &Catalogue,
    model: &Meter,
    cable: Option<SimulatedCable>,
    meter: WiredMeter,
) -> Result<Box<dyn Function>, NoUsbDevice> {
    // The first that can be simulated: a meter may be sold with several cables.
    let first = || catalogue.ids_of(model).find_map(|id| Some((id, SimulatedCable::of(id, model)?)));
    let found = cable.map_or_else(first, |cable| Some((cable.id(), cable)));
    let (id, cable) = found.ok_or_else(|| NoUsbDevice::OtherCable { model: model.slug.clone() })?;
    Ok(match cable {
        SimulatedCable::Cp210x => behind(id, Cp210x::new(), meter),
        SimulatedCable::Ftdi => behind(id, Ftdi::new(model.manufacturer.as_str()), meter),
        SimulatedCable::Pl2303 => behind(id, Pl2303::default(), meter),
        SimulatedCable::Ch340 => behind(id, Ch340, meter),
        SimulatedCable::CdcAcm => behind(id, Acm::default(), meter),
    })
}

fn behind(id: UsbId, chip: impl Chip + 'static, meter: WiredMeter) -> Box<dyn Function> {
    Box::new(SerialCable::new(id, chip, meter))
}

#[cfg(test)]
mod tests;
