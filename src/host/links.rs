//! A [`Link`](crate::meters::link::Link) over each medium of this computer.

pub mod folder;
pub(super) mod guarded;
pub mod scsi;
pub mod serial;
pub mod socket;
mod usb;
pub mod usb_bulk;
pub mod usb_hid;
