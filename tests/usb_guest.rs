//! The real program on a real USB host stack: runs in the guest of `tests/usb-vm/run` only, as root, with simulated
//! meters plugged into the kernel's `vhci_hcd`. One case after the other: they share the bus.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and says how it went"
)]

#[path = "usb_guest/support.rs"]
mod support;

#[path = "usb_guest/bulk.rs"]
mod bulk;
#[path = "usb_guest/bus.rs"]
mod bus;
#[path = "usb_guest/cable.rs"]
mod cable;
#[path = "usb_guest/drive.rs"]
mod drive;
#[path = "usb_guest/hid.rs"]
mod hid;
#[path = "usb_guest/hotplug.rs"]
mod hotplug;
#[path = "usb_guest/permission.rs"]
mod permission;
#[path = "usb_guest/scsi.rs"]
mod scsi;
#[path = "usb_guest/serial.rs"]
mod serial;
#[path = "usb_guest/stall.rs"]
mod stall;
#[path = "usb_guest/wizard.rs"]
mod wizard;
