//! A [`crate::meters::link::Link`] over each medium of this computer.

pub mod serial;
