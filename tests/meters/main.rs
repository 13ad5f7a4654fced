//! Every meter family, read by its driver over its simulator: sound, odd, damaged.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

// The fuzz targets are the same sources in a crate of their own and find these rooms at its root.
use glucodock::{domain, meters};

mod accu_chek_reports;
mod accu_chek_usb;
mod agm_4000;
mod bench;
mod caresens;
mod contour;
mod freestyle_hid;
mod freestyle_serial;
mod fuzz;
mod glucocard_expression;
mod glucomen_areo;
mod lifescan;
mod lifescan_ends;
mod not_taken;
mod onetouch_ultra_easy;
mod onetouch_verio;
mod onetouch_verio_iq;
mod patience;
mod recorded;
mod refusals;
mod relion_prime;
mod sd_codefree;
mod shelf;
mod side_questions;
mod small_inputs;
mod smart_pix;
mod struck_link;
mod sweep;
mod taidoc;
mod transcripts;
mod true_metrix;
mod vectors;
mod waits;
mod wrong_language;
