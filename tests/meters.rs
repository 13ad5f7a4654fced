//! Every meter family, read by its driver over its simulator: sound, odd, damaged.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "meters/accu_chek_reports.rs"]
mod accu_chek_reports;
#[path = "meters/smart_pix.rs"]
mod smart_pix;
