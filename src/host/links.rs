//! A [`Link`](crate::meters::link::Link) over each medium of this computer.

pub mod folder;
pub(super) mod guarded;
pub mod serial;
pub mod socket;
pub mod usb_bulk;
