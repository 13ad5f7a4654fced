//! This computer: its buses, ports, clock, signals and folders.

pub mod bus;
