//! Every meter family, read by its driver over its simulator: sound, odd, damaged.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "meters/abbott_sweep.rs"]
mod abbott_sweep;
#[path = "meters/accu_chek_reports.rs"]
mod accu_chek_reports;
#[path = "meters/caresens.rs"]
mod caresens;
#[path = "meters/contour.rs"]
mod contour;
#[path = "meters/fault_sweep.rs"]
mod fault_sweep;
#[path = "meters/freestyle_hid.rs"]
mod freestyle_hid;
#[path = "meters/freestyle_serial.rs"]
mod freestyle_serial;
#[path = "meters/lifescan_ends.rs"]
mod lifescan_ends;
#[path = "meters/lifescan_sweep.rs"]
mod lifescan_sweep;
#[path = "meters/onetouch_ultra_easy.rs"]
mod onetouch_ultra_easy;
#[path = "meters/onetouch_verio.rs"]
mod onetouch_verio;
#[path = "meters/onetouch_verio_iq.rs"]
mod onetouch_verio_iq;
#[path = "meters/shelf.rs"]
mod shelf;
#[path = "meters/smart_pix.rs"]
mod smart_pix;
#[path = "meters/taidoc.rs"]
mod taidoc;
