//! Every driver against its simulated meter, with faults on the wire and odd habits of the meters.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "meters/contour.rs"]
mod contour;
#[path = "meters/fault_sweep.rs"]
mod fault_sweep;
