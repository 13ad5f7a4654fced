//! The care platform: where patients and readings live.

pub mod embedded;
#[expect(clippy::module_inception, reason = "the house names the trait's file after the trait's room")]
pub mod platform;

pub use platform::{CarePlatform, PlatformError, Session};
