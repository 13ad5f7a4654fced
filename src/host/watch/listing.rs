//! What this computer has plugged in: USB devices by libusb, serial ports by the kernel's list.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use serialport::SerialPortType;

use super::identity::{Identity, TERMINALS};
use super::usb_list::UsbList;
use super::{Lister, Sighting, What, identity};
use crate::domain::cable::CableKey;
use crate::domain::meter::Access;
use crate::host::location::{PortLocation, UsbLocation};
use crate::host::{access, mounts};
use crate::meters::catalogue::{Catalogue, Known, LinkKind, UsbId};

/// Lists the real buses. Keeps one libusb context: polling it is nearly free, a new one per look is not.
pub struct SystemLister {
    catalogue: &'static Catalogue,
    usb: UsbList,
    named: Vec<PathBuf>,
    /// What the last look saw on USB, kept for a look at which libusb fails: a failed look is no unplugging.
    last_usb: Vec<Sighting>,
    cables: Vec<CablePort>,
    drives: mounts::KnownByFiles,
}

/// A serial port on USB whose id is in the catalogue.
struct CablePort {
    name: OsString,
    plug: Option<u32>,
    known: Option<Known<'static>>,
    cable: Option<CableKey>,
}

impl SystemLister {
    /// A lister for what `catalogue` knows, and for the serial ports that a person named.
    #[must_use]
    pub fn new(catalogue: &'static Catalogue, named: Vec<PathBuf>) -> Self {
        Self {
            catalogue,
            usb: UsbList::new(),
            named,
            last_usb: Vec::new(),
            cables: Vec::new(),
            drives: mounts::KnownByFiles::default(),
        }
    }

    /// The libusb context, for opening what was listed; none on a machine without USB.
    #[must_use]
    pub fn usb(&self) -> Option<rusb::Context> {
        self.usb.context().cloned()
    }

    fn list_usb(&mut self) -> Vec<Sighting> {
        if let Some(devices) = self.usb.devices() {
            // The kernel's own hubs are always there; only something else can have a drive.
            if devices.iter().any(|device| !is_hub(device)) {
                self.drives.look();
            }
            self.last_usb = devices.iter().filter_map(|device| self.usb_device(device)).collect();
        }
        self.last_usb.clone()
    }

    /// A device that is read over USB itself. One behind a serial port is listed with its port.
    fn usb_device(&self, device: &rusb::Device<rusb::Context>) -> Option<Sighting> {
        let descriptor = device.device_descriptor().ok()?;
        let id = UsbId { vendor: descriptor.vendor_id(), product: descriptor.product_id() };
        let (bus, address) = (device.bus_number(), device.address());
        let by_files = || self.catalogue.by_slug(self.drives.slug(bus, address)?).map(Known::Meter);
        let known = self.catalogue.by_usb(id).or_else(by_files)?;
        let node = || {
            let permitted = access::of_node(&access::usb_node(bus, address));
            let is_held = || device.port_numbers().is_ok_and(|ports| access::is_held(bus, &ports));
            // Held by whom cannot be told; that it is this program is known to the roster, which takes the word back.
            if permitted == Access::Open && is_held() { Access::Busy } else { permitted }
        };
        let access = match known {
            Known::Cable(cable) if cable.link == LinkKind::Serial => return None,
            Known::Meter(meter) if meter.link == LinkKind::Serial => return None,
            Known::Unreadable(_) => Access::Unsupported,
            // Its drive is read, not its node.
            Known::Meter(meter) if meter.link == LinkKind::Folder => mounts::access(bus, address),
            Known::Meter(_) | Known::Cable(_) => node(),
        };
        let place = PortLocation::Usb(UsbLocation { bus, address, id });
        let cable = cable_key(known, &place);
        Some(Sighting { place, what: What::Known(known), access, cable })
    }

    fn list_serial(&mut self) -> Vec<Sighting> {
        self.refresh_cables();
        let mut ports: Vec<Sighting> = self.cables.iter().filter_map(cable_port).collect();
        for path in &self.named {
            let is_listed = ports
                .iter()
                .any(|port| matches!(&port.place, PortLocation::Serial { path: listed, .. } if listed == path));
            if !is_listed && path.exists() {
                let place = PortLocation::Serial { path: path.clone(), plug: None };
                let access = access::of_node(path);
                ports.push(Sighting { place, what: What::NamedPort, access, cable: None });
            }
        }
        ports
    }

    /// Asks which serial ports are on USB only when a port has come or gone: the full answer takes hundreds of
    /// system calls on a machine with many terminals.
    fn refresh_cables(&mut self) {
        let terminals = Path::new(TERMINALS);
        let mut plugs: Vec<_> =
            usb_terminals(terminals).into_iter().map(|name| (plug_number(terminals, &name), name)).collect();
        plugs.sort();
        if self.cables.iter().map(|port| (&port.plug, &port.name)).eq(plugs.iter().map(|(plug, name)| (plug, name))) {
            return;
        }
        // `available_ports` panics where the kernel has no list of terminals; then there are no names either.
        let listed = if plugs.is_empty() { Vec::new() } else { serialport::available_ports().unwrap_or_default() };
        self.cables = plugs
            .into_iter()
            .filter_map(|(plug, name)| {
                let path = Path::new("/dev").join(&name);
                // A port that is not listed yet is left out, so that the next look asks again.
                let port = listed.iter().find(|port| Path::new(&port.port_name) == path)?;
                let known = match &port.port_type {
                    SerialPortType::UsbPort(info) => {
                        self.catalogue.by_usb(UsbId { vendor: info.vid, product: info.pid })
                    }
                    SerialPortType::PciPort | SerialPortType::BluetoothPort | SerialPortType::Unknown => None,
                };
                let cable = known.and_then(|known| cable_key(known, &PortLocation::Serial { path, plug }));
                Some(CablePort { name, plug, known, cable })
            })
            .collect();
    }
}

impl Lister for SystemLister {
    fn list(&mut self) -> Vec<Sighting> {
        let mut seen = self.list_usb();
        seen.extend(self.list_serial());
        seen
    }
}

/// Whether a device is a hub (USB 2.0, table 9-8, and the class code 9 of the USB-IF). One that does not say is none.
fn is_hub(device: &rusb::Device<rusb::Context>) -> bool {
    const HUB: u8 = 9;
    device.device_descriptor().is_ok_and(|descriptor| descriptor.class_code() == HUB)
}

/// The names of terminals that a USB driver made.
fn usb_terminals(folder: &Path) -> Vec<OsString> {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    let is_usb = |name: &OsString| {
        let bytes = name.as_encoded_bytes();
        bytes.starts_with(b"ttyUSB") || bytes.starts_with(b"ttyACM")
    };
    entries.map(|entry| entry.file_name()).filter(is_usb).collect()
}

fn cable_port(port: &CablePort) -> Option<Sighting> {
    let known = port.known?;
    let path = Path::new("/dev").join(&port.name);
    let access = match known {
        Known::Cable(_) | Known::Meter(_) => access::of_node(&path),
        Known::Unreadable(_) => Access::Unsupported,
    };
    let place = PortLocation::Serial { path, plug: port.plug };
    Some(Sighting { place, what: What::Known(known), access, cable: port.cable.clone() })
}

/// Which generic cable is plugged in there.
fn cable_key(known: Known<'_>, place: &PortLocation) -> Option<CableKey> {
    matches!(known, Known::Cable(_)).then(|| Identity::of(place).cable_key()).flatten()
}

/// The number that the kernel gave the USB device behind a serial port at this plug: bus and device number.
fn plug_number(terminals: &Path, name: &OsStr) -> Option<u32> {
    let usb = identity::behind_port(terminals, name)?;
    let number = |file: &str| std::fs::read_to_string(usb.join(file)).ok()?.trim().parse::<u32>().ok();
    Some(number("busnum")? * 1000 + number("devnum")?)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn lister(named: Vec<PathBuf>) -> SystemLister {
        SystemLister::new(Catalogue::embedded(), named)
    }

    /// Runs on any machine, with or without USB: only the named port is this test's.
    #[test]
    fn a_named_port_is_listed_while_it_exists() {
        let folder = tempfile::tempdir().unwrap();
        let port = folder.path().join("meter");
        let mut lister = lister(vec![port.clone()]);
        let named = |lister: &mut SystemLister| {
            lister.list().into_iter().filter(|seen| seen.what == What::NamedPort).collect::<Vec<_>>()
        };
        assert_eq!(named(&mut lister), []);
        std::fs::write(&port, "").unwrap();
        let place = PortLocation::Serial { path: port.clone(), plug: None };
        let seen = Sighting { place, what: What::NamedPort, access: Access::Open, cable: None };
        assert_eq!(named(&mut lister), [seen]);
        std::fs::remove_file(&port).unwrap();
        assert_eq!(named(&mut lister), []);
    }

    #[test]
    fn only_terminals_of_usb_drivers_are_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["tty0", "ttyS0", "ttyUSB1", "ttyACM0", "ptmx"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let mut names = usb_terminals(folder.path());
        names.sort();
        assert_eq!(names, ["ttyACM0", "ttyUSB1"]);
        assert_eq!(usb_terminals(&folder.path().join("none")), Vec::<OsString>::new());
    }

    /// The folders as Linux lays them out: a port below the interface (usb-serial) or the interface itself (ACM).
    #[test]
    fn the_plug_number_is_that_of_the_usb_device_above_the_port() {
        let root = tempfile::tempdir().unwrap();
        let device = root.path().join("devices/usb1/1-1");
        let terminals = root.path().join("tty");
        for (name, folder) in [("ttyUSB0", "1-1:1.0/ttyUSB0"), ("ttyACM0", "1-1:1.0")] {
            std::fs::create_dir_all(device.join(folder)).unwrap();
            std::fs::create_dir_all(terminals.join(name)).unwrap();
            symlink(device.join(folder), terminals.join(name).join("device")).unwrap();
        }
        std::fs::write(device.join("busnum"), "1\n").unwrap();
        std::fs::write(device.join("devnum"), "7\n").unwrap();
        assert_eq!(plug_number(&terminals, OsStr::new("ttyUSB0")), Some(1007));
        assert_eq!(plug_number(&terminals, OsStr::new("ttyACM0")), Some(1007));
        std::fs::write(device.join("devnum"), "8\n").unwrap();
        assert_eq!(plug_number(&terminals, OsStr::new("ttyUSB0")), Some(1008));
        assert_eq!(plug_number(&terminals, OsStr::new("ttyS0")), None);
    }
}
