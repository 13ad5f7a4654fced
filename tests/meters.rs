//! Every driver against its simulated meter, with faults on the wire and odd habits of the meters.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "meters/caresens.rs"]
mod caresens;
#[path = "meters/fault_sweep.rs"]
mod fault_sweep;
#[path = "meters/shelf.rs"]
mod shelf;
#[path = "meters/taidoc.rs"]
mod taidoc;
