//! Every meter family, read by its driver over its simulator: sound, odd, damaged.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "meters/abbott_sweep.rs"]
mod abbott_sweep;
#[path = "meters/freestyle_hid.rs"]
mod freestyle_hid;
#[path = "meters/freestyle_serial.rs"]
mod freestyle_serial;
