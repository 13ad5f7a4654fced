//! What the kernel tells of the USB device behind a serial port: the number of its plug, and which cable it is.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::domain::cable::CableKey;

/// The folder of the USB device behind a serial port. Its name is the way through the hubs: `1-2.3`.
pub(super) fn usb_folder(terminals: &Path, name: &OsString) -> Option<PathBuf> {
    let device = terminals.join(name).join("device").canonicalize().ok()?;
    // The interface, or below it the port: the device is the first folder above that has a number.
    device.ancestors().skip(1).take(3).find(|folder| folder.join("devnum").is_file()).map(Path::to_owned)
}

/// The number that the kernel gave the USB device behind a serial port at this plug: bus and device number.
pub(super) fn plug_number(terminals: &Path, name: &OsString) -> Option<u32> {
    let usb = usb_folder(terminals, name)?;
    let number = |file: &str| attribute(&usb, file)?.parse::<u32>().ok();
    Some(number("busnum")? * 1000 + number("devnum")?)
}

/// Which cable a USB device is, by what it told the kernel at its plug: nothing is asked of it now.
pub(super) fn cable_key(usb: &Path) -> Option<CableKey> {
    let id = format!("{}:{}", attribute(usb, "idVendor")?, attribute(usb, "idProduct")?);
    let port = usb.file_name().and_then(|name| name.to_str());
    CableKey::new(&id, attribute(usb, "serial").as_deref(), port)
}

/// One line that the kernel shows of a device. A serial number that is no text counts as none.
fn attribute(usb: &Path, file: &str) -> Option<String> {
    std::fs::read_to_string(usb.join(file)).ok().map(|text| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

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
        assert_eq!(plug_number(&terminals, &"ttyUSB0".into()), Some(1007));
        assert_eq!(plug_number(&terminals, &"ttyACM0".into()), Some(1007));
        std::fs::write(device.join("devnum"), "8\n").unwrap();
        assert_eq!(plug_number(&terminals, &"ttyUSB0".into()), Some(1008));
        assert_eq!(plug_number(&terminals, &"ttyS0".into()), None);
    }

    #[test]
    fn a_cable_is_known_by_its_serial_number_or_by_its_port() {
        let root = tempfile::tempdir().unwrap();
        let device = root.path().join("1-2.3");
        std::fs::create_dir(&device).unwrap();
        let tells = |file: &str, bytes: &[u8]| std::fs::write(device.join(file), bytes).unwrap();
        tells("idVendor", b"0403\n");
        assert_eq!(cable_key(&device), None, "half an id");
        tells("idProduct", b"6001\n");
        let key = |device: &Path| cable_key(device).unwrap().to_string();
        assert_eq!(key(&device), "0403:6001@1-2.3");
        tells("serial", b"A9007UX1\n");
        assert_eq!(key(&device), "0403:6001:A9007UX1");
        for useless in [b"0001\n".as_slice(), b"\n", b"\xff\xfe\xff\xfe\n"] {
            tells("serial", useless);
            assert_eq!(key(&device), "0403:6001@1-2.3");
        }
    }
}
