//! This computer: its buses, ports, clock, signals and folders.

pub mod access;
pub mod bus;
pub mod clock;
pub mod links;
pub mod paths;
pub mod signals;
pub mod watch;
