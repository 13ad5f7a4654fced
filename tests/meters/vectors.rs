//! The published byte vectors of every meter family, from the two files in the folder `$GLUCODOCK_VECTORS`.
//!
//! Each family has a file under `vectors/` that says which vectors are its own and checks them. Every vector belongs to
//! one family, or stands in [`LEFT_OUT`] with the reason; every field that a vector expects is checked, or waived with
//! the reason where it is met. The account is printed:
//!
//!     GLUCODOCK_VECTORS=FOLDER cargo test --test meters vectors:: -- --include-ignored

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use serde_json::Value;

mod abbott;
mod accu_chek_usb;
mod agm_4000;
mod contour;
mod cp2110;
mod expected;
mod glucocard_expression;
mod glucomen_areo;
mod isens;
mod lifescan_binary;
mod onetouch_ultra2;
mod reports;
mod sd_codefree;
mod taidoc;
mod true_metrix;
mod units;

use self::expected::Expected;

/// One vector: bytes or a text, and what they say.
struct Vector {
    /// The file and the place in it, for messages.
    place: String,
    device: String,
    /// What it is, in the second file; whence it is, in the first.
    kind: String,
    /// As it stands in the file: hexadecimal, or a text.
    text: String,
    /// The bytes; none where `text` is no hexadecimal.
    bytes: Vec<u8>,
    expected: Expected,
}

/// Whose vectors they are.
struct Family {
    name: &'static str,
    /// How many vectors of the two files are its own.
    count: usize,
    has: fn(&Vector) -> bool,
    check: fn(&Vector),
}

const FAMILIES: &[Family] = &[
    Family { name: "abbott", count: 38, has: abbott::has, check: abbott::check },
    Family { name: "accu-chek-usb", count: 34, has: accu_chek_usb::has, check: accu_chek_usb::check },
    Family { name: "agm-4000", count: 1, has: agm_4000::has, check: agm_4000::check },
    Family { name: "contour", count: 24, has: contour::has, check: contour::check },
    Family { name: "cp2110", count: 1, has: cp2110::has, check: cp2110::check },
    Family {
        name: "glucocard-expression",
        count: 1,
        has: glucocard_expression::has,
        check: glucocard_expression::check,
    },
    Family { name: "glucomen-areo", count: 3, has: glucomen_areo::has, check: glucomen_areo::check },
    Family { name: "isens", count: 3, has: isens::has, check: isens::check },
    Family { name: "lifescan-binary", count: 57, has: lifescan_binary::has, check: lifescan_binary::check },
    Family { name: "onetouch-ultra2", count: 25, has: onetouch_ultra2::has, check: onetouch_ultra2::check },
    Family { name: "reports", count: 6, has: reports::has, check: reports::check },
    Family { name: "sd-codefree", count: 7, has: sd_codefree::has, check: sd_codefree::check },
    Family { name: "taidoc", count: 21, has: taidoc::has, check: taidoc::check },
    Family { name: "true-metrix", count: 9, has: true_metrix::has, check: true_metrix::check },
    Family { name: "units", count: 2, has: units::has, check: units::check },
];

/// Vectors of one device that no code of this program reads.
struct LeftOut {
    device: &'static str,
    /// Only the vector of these bytes.
    hex: Option<&'static str>,
    count: usize,
    reason: &'static str,
}

/// A Libre reader has a second language of binary tables, in which it tells what it tells as text, too.
const BINARY_LIBRE: &str = "binary tables of the Libre reader, which is read by its text commands";

const LEFT_OUT: &[LeftOut] = &[
    LeftOut {
        device: "Contour Next USB remote command",
        hex: Some("447c307c0d0a06"),
        count: 1,
        reason: "the answer to a remote command that asks for settings; a Contour is sent no remote commands",
    },
    LeftOut { device: "FreeStyle Libre AAP->ATP CRC32", hex: None, count: 19, reason: BINARY_LIBRE },
    LeftOut {
        device: "FreeStyle Libre factory config (AAP data, opcode 51)",
        hex: None,
        count: 1,
        reason: BINARY_LIBRE,
    },
    LeftOut {
        device: "FreeStyle Libre history record (AAP data, opcode 31)",
        hex: None,
        count: 4,
        reason: BINARY_LIBRE,
    },
];

/// How many vectors the two files have.
const ALL: usize = 257;

fn load() -> Vec<Vector> {
    let folder = std::env::var_os("GLUCODOCK_VECTORS").expect("GLUCODOCK_VECTORS names the folder of the vectors");
    let folder = PathBuf::from(folder);
    let mut vectors = Vec::new();
    for file in ["vectors-a.json", "vectors-b.json"] {
        let text = std::fs::read_to_string(folder.join(file)).expect("the file of vectors");
        let entries: Vec<Value> = serde_json::from_str(&text).expect("a list of vectors");
        for (number, entry) in entries.into_iter().enumerate() {
            let text = |name: &str| entry.get(name).and_then(Value::as_str).map(str::to_owned);
            let hex = text("hex").or_else(|| text("hex_or_text")).unwrap();
            let place = format!("{file}[{number}]");
            vectors.push(Vector {
                bytes: glucodock::meters::transcript::hex(&hex).unwrap_or_default(),
                expected: Expected::new(&place, entry["expected"].clone()),
                place,
                device: text("device").unwrap(),
                kind: text("kind").unwrap_or_default(),
                text: hex,
            });
        }
    }
    vectors
}

fn left_out_as(vector: &Vector) -> Option<usize> {
    let is_it = |entry: &LeftOut| entry.device == vector.device && entry.hex.is_none_or(|hex| hex == vector.text);
    LEFT_OUT.iter().position(is_it)
}

/// Checks one vector: what it finds wrong, if anything, the fields among it that nobody looked at.
fn fault(family: &Family, vector: &Vector) -> Option<String> {
    let place = format!("{} ({}, {})", vector.place, vector.device, family.name);
    if catch_unwind(AssertUnwindSafe(|| (family.check)(vector))).is_err() {
        return Some(format!("{place}: see above"));
    }
    let unread = vector.expected.unread();
    (!unread.is_empty()).then(|| format!("{place}: nobody checks {unread:?}"))
}

#[test]
#[ignore = "needs GLUCODOCK_VECTORS"]
fn every_vector_is_checked_or_left_out_for_a_reason() {
    let vectors = load();
    assert_eq!(vectors.len(), ALL, "the files have other vectors than these checks were written for");
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut waived: BTreeMap<String, usize> = BTreeMap::new();
    let mut left_out = vec![0; LEFT_OUT.len()];
    let mut faults = Vec::new();
    for vector in &vectors {
        let owners: Vec<&Family> = FAMILIES.iter().filter(|family| (family.has)(vector)).collect();
        match (owners.as_slice(), left_out_as(vector)) {
            ([family], None) => {
                *counts.entry(family.name).or_default() += 1;
                faults.extend(fault(family, vector));
                for waiver in vector.expected.waived() {
                    *waived.entry(waiver).or_default() += 1;
                }
            }
            ([], Some(entry)) => left_out[entry] += 1,
            (owners, left_out) => {
                let owners: Vec<&str> = owners.iter().map(|family| family.name).collect();
                panic!("{} ({}): claimed by {owners:?}, left out: {left_out:?}", vector.place, vector.device);
            }
        }
    }
    assert!(faults.is_empty(), "{} of {ALL} vectors are not met:\n{}", faults.len(), faults.join("\n"));
    for (entry, found) in LEFT_OUT.iter().zip(&left_out) {
        assert_eq!(entry.count, *found, "vectors of {} that are left out", entry.device);
    }
    for family in FAMILIES {
        assert_eq!(counts.get(family.name), Some(&family.count), "vectors of {}", family.name);
    }
    let checked: usize = counts.values().sum();
    let left: usize = left_out.iter().sum();
    assert_eq!(checked + left, ALL);

    let mut account = vec![format!("{checked} vectors checked, {left} left out")];
    account.extend(
        LEFT_OUT.iter().map(|entry| format!("  left out: {} of {}: {}", entry.count, entry.device, entry.reason)),
    );
    account.extend(waived.iter().map(|(line, times)| format!("  not told by our code, {times}x: {line}")));
    // Past the capture of the test's output: the account is what the run is for.
    writeln!(std::io::stderr().lock(), "{}", account.join("\n")).unwrap();
}

/// The account must not be able to lie: a field that nobody looks at is a fault.
#[test]
fn a_field_that_nobody_reads_is_found() {
    let expected =
        Expected::new("here", serde_json::json!({"time": "now", "mg_dl": 5, "note": "x", "list": [{"a": 1}]}));
    expected.says("mg_dl", 5);
    assert_eq!(expected.unread(), ["list", "note", "time"]);
    expected.waive("note", "a remark");
    let list = expected.list("list");
    assert_eq!((expected["time"].as_str(), expected.unread()), (Some("now"), vec!["list[0].a".to_owned()]));
    list[0].says("a", 1);
    drop(list);
    assert_eq!(expected.unread(), Vec::<String>::new());
    assert_eq!(expected.waived(), ["note: a remark"]);
    assert!(catch_unwind(AssertUnwindSafe(|| expected.says("mg_dl", 6))).is_err());
    assert!(catch_unwind(AssertUnwindSafe(|| expected.says("other", 6))).is_err());
}
