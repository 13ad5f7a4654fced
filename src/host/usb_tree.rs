//! The kernel's folders of USB devices, by the numbers that tell a device from all others that are plugged in.

use std::fs;
use std::path::{Path, PathBuf};

/// Where Linux lists USB devices.
pub(super) const DEVICES: &str = "/sys/bus/usb/devices";

/// The bus of the device of this folder, and its number there; nothing of a folder that is no device's.
pub(super) fn place(folder: &Path) -> Option<(u8, u8)> {
    let number = |file: &str| fs::read_to_string(folder.join(file)).ok()?.trim().parse().ok();
    Some((number("busnum")?, number("devnum")?))
}

/// The folder of the device with these numbers.
pub(super) fn device(devices: &Path, bus: u8, address: u8) -> Option<PathBuf> {
    let is_it = |folder: &PathBuf| place(folder) == Some((bus, address));
    devices.read_dir().ok()?.flatten().map(|entry| entry.path()).find(is_it)
}
