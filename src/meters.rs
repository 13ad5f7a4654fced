//! Meters' languages: bytes in, bytes out, over a [`link::Link`]. Knows the domain, not USB, ttys or threads.

pub mod catalogue;
pub mod codec;
pub mod conversation;
pub mod cp2110;
pub mod drivers;
pub mod error;
pub mod folder;
pub mod gathered;
pub mod link;
pub mod link_error;
pub mod plausibility;
pub mod simulator;
pub mod transcript;
