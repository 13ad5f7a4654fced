//! The real program on a real USB host stack: runs in the guest of `tests/usb-vm/run` only, as root, with simulated
//! meters plugged into the kernel's `vhci_hcd`. One case after the other: they share the bus.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and says how it went"
)]

mod support;

mod bulk;
mod bus;
mod cable;
mod drive;
mod hid;
mod hotplug;
mod permission;
mod scsi;
mod serial;
mod stall;
mod wizard;
