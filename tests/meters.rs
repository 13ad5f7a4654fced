//! Every meter family, read by its driver over its simulator: sound, odd, damaged.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "meters/accu_chek_reports.rs"]
mod accu_chek_reports;
#[path = "meters/accu_chek_usb.rs"]
mod accu_chek_usb;
#[path = "meters/agm_4000.rs"]
mod agm_4000;
#[path = "meters/bench.rs"]
mod bench;
#[path = "meters/caresens.rs"]
mod caresens;
#[path = "meters/contour.rs"]
mod contour;
#[path = "meters/freestyle_hid.rs"]
mod freestyle_hid;
#[path = "meters/freestyle_serial.rs"]
mod freestyle_serial;
#[path = "meters/glucocard_expression.rs"]
mod glucocard_expression;
#[path = "meters/glucomen_areo.rs"]
mod glucomen_areo;
#[path = "meters/lifescan.rs"]
mod lifescan;
#[path = "meters/lifescan_ends.rs"]
mod lifescan_ends;
#[path = "meters/onetouch_ultra_easy.rs"]
mod onetouch_ultra_easy;
#[path = "meters/onetouch_verio.rs"]
mod onetouch_verio;
#[path = "meters/onetouch_verio_iq.rs"]
mod onetouch_verio_iq;
#[path = "meters/relion_prime.rs"]
mod relion_prime;
#[path = "meters/sd_codefree.rs"]
mod sd_codefree;
#[path = "meters/shelf.rs"]
mod shelf;
#[path = "meters/smart_pix.rs"]
mod smart_pix;
#[path = "meters/struck_link.rs"]
mod struck_link;
#[path = "meters/sweep.rs"]
mod sweep;
#[path = "meters/taidoc.rs"]
mod taidoc;
#[path = "meters/true_metrix.rs"]
mod true_metrix;
