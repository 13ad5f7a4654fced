//! This computer: its buses, ports, clock, signals and folders.

pub mod bus;
pub mod links;
pub mod pty;
pub mod stop_signal;
