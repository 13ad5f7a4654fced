//! The published byte vectors of every meter family, from the two files in the folder `$GLUCODOCK_VECTORS`.
//!
//! Each family has a file under `vectors/` that checks the vectors of its devices.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::expect_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

use serde_json::Value;

#[path = "vectors/abbott.rs"]
mod abbott;
#[path = "vectors/accu_chek_usb.rs"]
mod accu_chek_usb;
#[path = "vectors/agm_4000.rs"]
mod agm_4000;
#[path = "vectors/contour.rs"]
mod contour;
#[path = "vectors/cp2110.rs"]
mod cp2110;
#[path = "vectors/freestyle_binary.rs"]
mod freestyle_binary;
#[path = "vectors/glucocard_expression.rs"]
mod glucocard_expression;
#[path = "vectors/glucomen_areo.rs"]
mod glucomen_areo;
#[path = "vectors/isens.rs"]
mod isens;
#[path = "vectors/lifescan_binary.rs"]
mod lifescan_binary;
#[path = "vectors/onetouch_ultra2.rs"]
mod onetouch_ultra2;
#[path = "vectors/reports.rs"]
mod reports;
#[path = "vectors/sd_codefree.rs"]
mod sd_codefree;
#[path = "vectors/taidoc.rs"]
mod taidoc;
#[path = "vectors/true_metrix.rs"]
mod true_metrix;

/// One vector: bytes, and what they say.
struct Vector {
    device: String,
    bytes: Vec<u8>,
    expected: Value,
}

impl Vector {
    /// Fails unless the field of this name is expected and equals `found`.
    #[track_caller]
    fn says(&self, name: &str, found: impl Into<Value>) {
        assert_eq!(self.expected.get(name), Some(&found.into()), "{name} of {}", self.expected);
    }

    /// Fails unless the field of this name, if any is expected, equals `found`.
    #[track_caller]
    fn says_if_at_all(&self, name: &str, found: impl Into<Value>) {
        if self.expected.get(name).is_some() {
            self.says(name, found);
        }
    }
}

/// The vectors of one file.
fn load(file: &str) -> Vec<Value> {
    let folder = std::env::var_os("GLUCODOCK_VECTORS").expect("GLUCODOCK_VECTORS names the folder of the vectors");
    let text = std::fs::read_to_string(PathBuf::from(folder).join(file)).expect("the file of vectors");
    serde_json::from_str(&text).expect("a list of vectors")
}

/// The vectors whose device is one of a family.
fn of_family(is_of_family: impl Fn(&str) -> bool) -> Vec<Vector> {
    let mut vectors = Vec::new();
    for name in ["vectors-a.json", "vectors-b.json"] {
        for entry in load(name).into_iter().filter(|entry| is_of_family(entry["device"].as_str().unwrap())) {
            let hex = entry.get("hex").or_else(|| entry.get("hex_or_text")).unwrap().as_str().unwrap();
            vectors.push(Vector {
                device: entry["device"].as_str().unwrap().to_owned(),
                bytes: glucodock::meters::transcript::hex(hex).unwrap(),
                expected: entry["expected"].clone(),
            });
        }
    }
    vectors
}

#[test]
#[ignore = "needs GLUCODOCK_VECTORS"]
fn accu_chek_usb_vectors() {
    let vectors = of_family(accu_chek_usb::is_of_family);
    assert!(vectors.len() >= 34, "only {} vectors found", vectors.len());
    vectors.iter().for_each(accu_chek_usb::check);
}

#[test]
#[ignore = "needs GLUCODOCK_VECTORS"]
fn cp2110_vectors() {
    let vectors = of_family(|device| device == "cp2110");
    assert_eq!(vectors.len(), 1);
    vectors.iter().for_each(cp2110::check);
}

#[test]
#[ignore = "needs GLUCODOCK_VECTORS"]
fn isens_vectors() {
    let vectors = of_family(|device| device.starts_with("i-SENS"));
    assert_eq!(vectors.len(), 3);
    vectors.iter().for_each(isens::check);
}

#[test]
#[ignore = "needs GLUCODOCK_VECTORS"]
fn taidoc_vectors() {
    let vectors = of_family(taidoc::is_of_family);
    assert_eq!(vectors.len(), 21);
    vectors.iter().for_each(taidoc::check);
}
