//! May we open it, and if not, why: asked of the file system, without opening the meter.
//!
//! Opening would wake some meters, and take them from a program that is reading them.

use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::Access as Mode;

use super::usb_tree;
use crate::domain::meter::Access;

/// The device node of a USB device, by bus and address: `/dev/bus/usb/001/004`.
#[must_use]
pub fn usb_node(bus: u8, address: u8) -> PathBuf {
    PathBuf::from(format!("/dev/bus/usb/{bus:03}/{address:03}"))
}

/// [`Access::Open`] if this user may read and write the device node, else [`Access::Denied`]. A node that is not there
/// cannot be opened either: in a container, for instance.
#[must_use]
pub fn of_node(node: &Path) -> Access {
    if rustix::fs::access(node, Mode::READ_OK | Mode::WRITE_OK).is_ok() { Access::Open } else { Access::Denied }
}

/// Whether this process may do everything.
#[must_use]
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// The number of the user of this process.
#[must_use]
pub fn user() -> u32 {
    rustix::process::getuid().as_raw()
}

/// The numbers of the groups of this process.
#[must_use]
pub fn groups() -> Vec<u32> {
    let mut groups: Vec<u32> =
        rustix::process::getgroups().unwrap_or_default().into_iter().map(rustix::process::Gid::as_raw).collect();
    // getgroups(2): whether the effective group is among them is left open.
    groups.push(rustix::process::getegid().as_raw());
    groups
}

/// Whether a program holds interface 0 of a USB device: the kernel then names `usbfs` as its driver.
///
/// `ports` is the way through the hubs, root first; it names the device's folder (`1-2.3`).
#[must_use]
pub fn is_held(bus: u8, ports: &[u8]) -> bool {
    is_held_in(Path::new(usb_tree::DEVICES), bus, ports).unwrap_or(false)
}

fn is_held_in(devices: &Path, bus: u8, ports: &[u8]) -> io::Result<bool> {
    let way = ports.iter().map(u8::to_string).collect::<Vec<_>>().join(".");
    let device = format!("{bus}-{way}");
    for entry in devices.join(&device).read_dir()? {
        let entry = entry?;
        let name = entry.file_name();
        // Of several interfaces the one that the meter is spoken to on; the folder of an interface is `1-2.3:1.0`.
        let is_first_interface =
            name.to_str().is_some_and(|name| name.starts_with(&format!("{device}:")) && name.ends_with(".0"));
        if is_first_interface {
            let driver = std::fs::read_link(entry.path().join("driver"));
            // No link at all is no driver: nobody has claimed it.
            return Ok(driver.is_ok_and(|driver| driver.file_name().is_some_and(|name| name == "usbfs")));
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_node_has_three_digits_each() {
        assert_eq!(usb_node(1, 24), Path::new("/dev/bus/usb/001/024"));
    }

    #[test]
    fn what_is_missing_cannot_be_opened() {
        let folder = tempfile::tempdir().unwrap();
        let node = folder.path().join("004");
        assert_eq!(of_node(&node), Access::Denied);
        std::fs::write(&node, "").unwrap();
        assert_eq!(of_node(&node), Access::Open);
    }

    #[test]
    fn a_device_is_held_while_usbfs_drives_its_first_interface() {
        let devices = tempfile::tempdir().unwrap();
        let interface = devices.path().join("1-2.3/1-2.3:1.0");
        std::fs::create_dir_all(&interface).unwrap();
        std::fs::create_dir_all(devices.path().join("1-2.3/1-2.3:1.1")).unwrap();
        let held = || is_held_in(devices.path(), 1, &[2, 3]).unwrap();
        assert!(!held());
        symlink("../../../../bus/usb/drivers/usbhid", interface.join("driver")).unwrap();
        assert!(!held());
        std::fs::remove_file(interface.join("driver")).unwrap();
        symlink("../../../../bus/usb/drivers/usbfs", interface.join("driver")).unwrap();
        assert!(held());
        assert!(is_held_in(devices.path(), 1, &[4]).is_err());
    }
}
