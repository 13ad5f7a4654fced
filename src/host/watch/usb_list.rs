//! The USB devices, by libusb, and the check that libusb's list is that of the kernel.
//!
//! libusb keeps a list that only the kernel's announcements change. Where none arrive, as in many containers, the list
//! stays what it was at the start; a new context makes a new list. A context costs some milliseconds, so that one is
//! made only when the kernel's folder of devices has changed and libusb's list has not followed.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::os::unix::fs::DirEntryExt as _;
use std::path::{Path, PathBuf};

use rusb::{Context, Device, DeviceList, UsbContext as _};

use crate::host::usb_tree::{self, DEVICES};

/// How many looks in a row may find libusb's list behind before it is taken as it is.
const TRIES: u32 = 4;

/// The names of the kernel's entries with their numbers: a device that is plugged again gets a new number.
type Signature = BTreeSet<(OsString, u64)>;

/// The devices on USB.
pub(super) struct UsbList {
    /// `None` on a machine without USB.
    context: Option<Context>,
    folder: PathBuf,
    /// The kernel's entries when libusb's list was last found to agree with them; none for a new context, which may
    /// have been made while something was plugged in. And how many looks in a row it did not agree.
    checked: Option<Signature>,
    tries: u32,
}

impl UsbList {
    pub(super) fn new() -> Self {
        let folder = PathBuf::from(DEVICES);
        // As if the kernel had listed nothing: where it shows no folder, that is what it says at
        // every look, and libusb is believed.
        Self { context: Context::new().ok(), folder, checked: Some(Signature::new()), tries: 0 }
    }

    /// The libusb context.
    pub(super) const fn context(&self) -> Option<&Context> {
        self.context.as_ref()
    }

    /// The devices, or none if libusb cannot say.
    pub(super) fn devices(&mut self) -> Option<Vec<Device<Context>>> {
        let entries = signature(&self.folder);
        let mut listed = self.listed();
        if self.checked.as_ref() != Some(&entries) {
            // The two are read one after the other, so that a plug in between makes them differ for one look.
            if self.tries < TRIES && listed.as_ref().map(places) != Some(attached(&self.folder, &entries)) {
                self.tries += 1;
                if let Ok(context) = Context::new() {
                    self.context = Some(context);
                    self.checked = None;
                    listed = self.listed();
                }
            } else {
                self.checked = Some(entries);
                self.tries = 0;
            }
        }
        Some(listed?.iter().collect())
    }

    fn listed(&self) -> Option<DeviceList<Context>> {
        self.context.as_ref()?.devices().ok()
    }
}

/// Bus and device numbers of a list.
fn places(list: &DeviceList<Context>) -> BTreeSet<(u8, u8)> {
    list.iter().map(|device| (device.bus_number(), device.address())).collect()
}

/// The kernel's entries for devices and hubs; those for interfaces have a colon (`1-2:1.0`).
fn signature(folder: &Path) -> Signature {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    let is_device = |(name, _): &(OsString, u64)| !name.as_encoded_bytes().contains(&b':');
    entries.map(|entry| (entry.file_name(), entry.ino())).filter(is_device).collect()
}

/// Bus and device numbers of the kernel's entries.
fn attached(folder: &Path, entries: &Signature) -> BTreeSet<(u8, u8)> {
    entries.iter().filter_map(|(name, _)| usb_tree::place(&folder.join(name))).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn plug(folder: &Path, name: &str, bus: u8, address: u8) {
        let device = folder.join(name);
        fs::create_dir(&device).unwrap();
        fs::write(device.join("busnum"), format!("{bus}\n")).unwrap();
        fs::write(device.join("devnum"), format!("{address}\n")).unwrap();
    }

    #[test]
    fn devices_and_hubs_are_counted_and_interfaces_are_not() {
        let folder = tempfile::tempdir().unwrap();
        plug(folder.path(), "usb1", 1, 1);
        plug(folder.path(), "1-2.3", 1, 24);
        fs::create_dir(folder.path().join("1-2.3:1.0")).unwrap();
        let entries = signature(folder.path());
        assert_eq!(entries.iter().map(|(name, _)| name.to_str().unwrap()).collect::<Vec<_>>(), ["1-2.3", "usb1"]);
        assert_eq!(attached(folder.path(), &entries), BTreeSet::from([(1, 1), (1, 24)]));
        assert_eq!(signature(&folder.path().join("none")), Signature::new());
    }

    #[test]
    fn a_plug_changes_the_signature_and_waiting_does_not() {
        let folder = tempfile::tempdir().unwrap();
        plug(folder.path(), "usb1", 1, 1);
        let before = signature(folder.path());
        assert_eq!(signature(folder.path()), before);
        plug(folder.path(), "1-1", 1, 2);
        assert_ne!(signature(folder.path()), before);
    }
}
