//! What tells one plugged meter from another of its model: the serial number of its USB plug, and
//! where it is plugged in.
//!
//! Both are read from the kernel's folders, which need no permission and do not wake the meter. Many meters have no
//! serial number on USB; the way through the hubs is always there.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::domain::cable::CableKey;
use crate::domain::text::{Clean, NAME_CELLS, Private};
use crate::host::location::PortLocation;
use crate::host::usb_tree;
use crate::meters::catalogue::UsbId;

/// Where Linux lists terminals, serial ports among them.
pub(super) const TERMINALS: &str = "/sys/class/tty";

/// What tells a device on USB from others of its model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// Vendor and product.
    pub id: Option<UsbId>,
    /// The serial number of its USB plug (`iSerialNumber`), where it has one. Mostly that of the meter, but a cable has
    /// its own.
    pub serial: Option<Private<Clean>>,
    /// Bus and ports, as the kernel writes them: `1-2.3` is port 3 of the hub at port 2 of bus 1.
    pub way: Option<Clean>,
}

impl Identity {
    /// That of what is at this place now; nothing of it for what is not on USB.
    #[must_use]
    pub fn of(place: &PortLocation) -> Self {
        Self::within(Path::new(usb_tree::DEVICES), Path::new(TERMINALS), place)
    }

    /// Which generic cable this is, if it can be told from others of its kind.
    #[must_use]
    pub fn cable_key(&self) -> Option<CableKey> {
        let serial = self.serial.as_ref().map(|serial| serial.expose().as_str());
        CableKey::new(&self.id?.to_string(), serial, self.way.as_ref().map(Clean::as_str))
    }

    fn within(devices: &Path, terminals: &Path, place: &PortLocation) -> Self {
        let folder = match place {
            PortLocation::Usb(usb) => usb_tree::device(devices, usb.bus, usb.address),
            PortLocation::Serial { path, .. } => path.file_name().and_then(|name| behind_port(terminals, name)),
        };
        folder.map(|folder| Self::in_folder(&folder)).unwrap_or_default()
    }

    fn in_folder(folder: &Path) -> Self {
        // Bytes and not text: what a device says of itself need not be UTF-8.
        let text = std::fs::read(folder.join("serial")).ok();
        let serial = text.map(|text| Clean::new(String::from_utf8_lossy(&text).trim(), NAME_CELLS));
        let number = |file: &str| {
            let text = std::fs::read_to_string(folder.join(file)).ok()?;
            u16::from_str_radix(text.trim(), 16).ok()
        };
        Self {
            id: number("idVendor").zip(number("idProduct")).map(|(vendor, product)| UsbId { vendor, product }),
            serial: serial.filter(|serial| !serial.as_str().is_empty()).map(Private::new),
            way: folder.file_name().map(|name| Clean::new(&name.to_string_lossy(), NAME_CELLS)),
        }
    }
}

/// The folder of the USB device behind a serial port of this name.
pub(super) fn behind_port(terminals: &Path, name: &OsStr) -> Option<PathBuf> {
    let device = terminals.join(name).join("device").canonicalize().ok()?;
    // The interface, or below it the port: the device is the first folder above that has a number.
    device.ancestors().skip(1).take(3).find(|folder| folder.join("devnum").is_file()).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::host::location::UsbLocation;

    /// The folders as Linux lays them out: a meter with a serial number and one without at a hub, a cable beside it.
    fn computer() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let (devices, terminals) = (root.path().join("devices"), root.path().join("tty"));
        for (name, address, serial) in [("usb1", 1, None), ("1-2", 2, None), ("1-2.1", 5, Some("000925\u{1b}0042\n"))] {
            fs::create_dir_all(devices.join(name)).unwrap();
            fs::write(devices.join(name).join("busnum"), "1\n").unwrap();
            fs::write(devices.join(name).join("devnum"), format!("{address}\n")).unwrap();
            if let Some(serial) = serial {
                fs::write(devices.join(name).join("serial"), serial).unwrap();
            }
        }
        let port = devices.join("1-2/1-2:1.0/ttyUSB0");
        fs::create_dir_all(&port).unwrap();
        fs::create_dir_all(terminals.join("ttyUSB0")).unwrap();
        symlink(&port, terminals.join("ttyUSB0/device")).unwrap();
        root
    }

    fn identity(root: &Path, place: &PortLocation) -> (Option<String>, Option<String>) {
        let found = Identity::within(&root.join("devices"), &root.join("tty"), place);
        (found.serial.map(|serial| serial.expose().to_string()), found.way.map(|way| way.to_string()))
    }

    fn usb(address: u8) -> PortLocation {
        PortLocation::Usb(UsbLocation { bus: 1, address, id: "173a:21d5".parse().unwrap() })
    }

    #[test]
    fn a_meter_is_told_by_its_number_and_its_way_and_neither_can_harm_a_screen() {
        let root = computer();
        assert_eq!(identity(root.path(), &usb(5)), (Some("000925\u{fffd}0042".to_owned()), Some("1-2.1".to_owned())));
        assert_eq!(identity(root.path(), &usb(2)), (None, Some("1-2".to_owned())));
        assert_eq!(identity(root.path(), &usb(9)), (None, None));
    }

    #[test]
    fn a_serial_port_is_told_by_the_device_behind_it() {
        let root = computer();
        let port = |path: &str| PortLocation::Serial { path: path.into(), plug: None };
        assert_eq!(identity(root.path(), &port("/dev/ttyUSB0")), (None, Some("1-2".to_owned())));
        assert_eq!(identity(root.path(), &port("/dev/ttyS0")), (None, None));
    }

    #[test]
    fn the_id_is_that_of_the_device() {
        let root = computer();
        let id = |root: &Path| Identity::within(&root.join("devices"), &root.join("tty"), &usb(2)).id;
        assert_eq!(id(root.path()), None);
        fs::write(root.path().join("devices/1-2/idVendor"), "0403\n").unwrap();
        fs::write(root.path().join("devices/1-2/idProduct"), "6001\n").unwrap();
        assert_eq!(id(root.path()), "0403:6001".parse().ok());
    }

    #[test]
    fn a_cable_is_known_by_its_serial_number_or_by_its_port() {
        let root = tempfile::tempdir().unwrap();
        let device = root.path().join("1-2.3");
        fs::create_dir(&device).unwrap();
        let tells = |file: &str, bytes: &[u8]| fs::write(device.join(file), bytes).unwrap();
        let key = || Identity::in_folder(&device).cable_key().map(|key| key.to_string());
        tells("idVendor", b"0403\n");
        assert_eq!(key(), None, "half an id");
        tells("idProduct", b"6001\n");
        assert_eq!(key().as_deref(), Some("0403:6001@1-2.3"));
        tells("serial", b"A000-1\n");
        assert_eq!(key().as_deref(), Some("0403:6001:A000-1"));
        for useless in [b"0001\n".as_slice(), b"\n", b"\xff\xfe\xff\xfe\n"] {
            tells("serial", useless);
            assert_eq!(key().as_deref(), Some("0403:6001@1-2.3"));
        }
    }

    #[test]
    fn a_number_of_blanks_is_none() {
        let root = computer();
        fs::write(root.path().join("devices/1-2.1/serial"), "  \n").unwrap();
        assert_eq!(identity(root.path(), &usb(5)).0, None);
    }
}
