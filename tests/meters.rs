//! Every driver against its simulated meter, with faults on the wire and odd habits of the meters.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "meters/contour.rs"]
mod contour;
#[path = "meters/fault_sweep.rs"]
mod fault_sweep;
#[path = "meters/lifescan_sweep.rs"]
mod lifescan_sweep;
#[path = "meters/onetouch_ultra_easy.rs"]
mod onetouch_ultra_easy;
#[path = "meters/onetouch_verio.rs"]
mod onetouch_verio;
#[path = "meters/onetouch_verio_iq.rs"]
mod onetouch_verio_iq;
