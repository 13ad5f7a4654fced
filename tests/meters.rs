//! Drivers against their simulated meters: what is read, what is odd about each family, and a fault at every place.
//!
//! Each family has a file under `meters/`; `wire_sweep` puts the faults on the wire, both ways.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "meters/agm_4000.rs"]
mod agm_4000;
#[path = "meters/glucocard_expression.rs"]
mod glucocard_expression;
#[path = "meters/glucomen_areo.rs"]
mod glucomen_areo;
#[path = "meters/relion_prime.rs"]
mod relion_prime;
#[path = "meters/sd_codefree.rs"]
mod sd_codefree;
#[path = "meters/true_metrix.rs"]
mod true_metrix;
#[path = "meters/wire_sweep.rs"]
mod wire_sweep;
