//! This computer: its buses, ports, clock, signals and folders.

pub mod bus;
pub mod clock;
pub mod paths;
pub mod signals;
