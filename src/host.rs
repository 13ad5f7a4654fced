//! This computer: its buses, ports, clock, signals and folders.

pub mod access;
pub mod bus;
pub mod cables;
pub mod clock;
pub mod core_dumps;
pub mod drive;
pub mod export_file;
pub mod fonts;
pub mod links;
pub mod location;
pub mod log;
mod mounts;
pub mod paths;
pub mod pty;
pub mod real_bus;
mod retry;
pub mod signals;
pub mod simulated_bus;
pub mod socket_server;
pub mod stop_signal;
pub mod superuser;
pub mod udev;
mod usb_tree;
pub mod usbip;
pub mod watch;
