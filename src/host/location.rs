//! Where something is plugged in.

use std::path::PathBuf;

use crate::meters::catalogue::UsbId;

/// Where something is plugged in. The kernel numbers USB devices anew at each plug, so that a meter that was pulled
/// and plugged again between two looks is at another place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PortLocation {
    /// A device on USB.
    Usb(UsbLocation),
    /// A serial port.
    Serial {
        /// Its device node.
        path: PathBuf,
        /// For a USB cable, the number of the USB device at this plug.
        plug: Option<u32>,
    },
}

/// A device on USB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UsbLocation {
    /// The number of the bus.
    pub bus: u8,
    /// The number of the device on the bus.
    pub address: u8,
    /// What the device says it is.
    pub id: UsbId,
}
