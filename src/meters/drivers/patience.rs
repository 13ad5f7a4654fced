//! How long each driver waits for a meter that says nothing at all, before it gives up.
//!
//! A person who waits is told. The numbers are what the drivers' own waits and repeats add up to;
//! `tests/meters/patience.rs` counts them.

use std::time::Duration;

/// How long the driver of this name waits in all for a meter that is silent, over the slowest of its media, in whole
/// seconds and rounded up; `None` for drivers that wait for files.
#[must_use]
pub fn at_most(driver: &str) -> Option<Duration> {
    let seconds = match driver {
        "onetouch-verio" => 2,
        "onetouch-ultra-easy" | "onetouch-verio-iq" => 5,
        "freestyle-insulinx" | "freestyle-libre" | "freestyle-neo" | "true-metrix" => 6,
        "taidoc" => 8,
        "accu-chek-usb" | "agm-4000" => 10,
        "freestyle-lite" | "freestyle-optium" | "glucocard-expression" => 17,
        "relion-prime" => 18,
        "caresens" | "onetouch-ultra2" => 20,
        "glucomen-areo" => 24,
        "contour-hid" | "contour-serial" => 26,
        // It speaks first, once it is switched on.
        "sd-codefree" => 300,
        _ => return None,
    };
    Some(Duration::from_secs(seconds))
}
