//! A [`Link`](crate::meters::link::Link) over each medium of this computer.

pub mod usb_bulk;
