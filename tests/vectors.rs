//! The published byte vectors of every meter family, from the two files in the folder `$GLUCODOCK_VECTORS`.
//!
//! Each family has a file under `vectors/` that says which vectors are its own and checks them. Every vector belongs to
//! one family, or stands in [`LEFT_OUT`] with the reason; every field that a vector expects is checked, or waived with
//! the reason where it is met. The account is printed:
//!
//!     GLUCODOCK_VECTORS=FOLDER cargo test --test vectors -- --include-ignored

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
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
#[path = "vectors/expected.rs"]
mod expected;
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
#[path = "vectors/units.rs"]
mod units;

use expected::Expected;

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
    Family { name: "abbott", count: 62, has: abbott::has, check: abbott::check },
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

/// The vectors that no code of this program reads: device, hexadecimal, reason.
const LEFT_OUT: &[(&str, &str, &str)] = &[(
    "Contour Next USB remote command",
    "447c307c0d0a06",
    "the answer to a remote command that asks for settings; a Contour is sent no remote commands",
)];

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

fn reason_to_leave_out(vector: &Vector) -> Option<&'static str> {
    let is_it = |(device, hex, _): &&(&str, &str, &str)| *device == vector.device && *hex == vector.text;
    LEFT_OUT.iter().find(is_it).map(|(_, _, reason)| *reason)
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
    let (mut left_out, mut faults) = (Vec::new(), Vec::new());
    for vector in &vectors {
        let owners: Vec<&Family> = FAMILIES.iter().filter(|family| (family.has)(vector)).collect();
        match (owners.as_slice(), reason_to_leave_out(vector)) {
            ([family], None) => {
                *counts.entry(family.name).or_default() += 1;
                faults.extend(fault(family, vector));
                for waiver in vector.expected.waived() {
                    *waived.entry(waiver).or_default() += 1;
                }
            }
            ([], Some(reason)) => left_out.push(format!("{} ({}): {reason}", vector.place, vector.device)),
            (owners, left_out) => {
                let owners: Vec<&str> = owners.iter().map(|family| family.name).collect();
                panic!("{} ({}): claimed by {owners:?}, left out: {left_out:?}", vector.place, vector.device);
            }
        }
    }
    assert!(faults.is_empty(), "{} of {ALL} vectors are not met:\n{}", faults.len(), faults.join("\n"));
    assert_eq!(left_out.len(), LEFT_OUT.len(), "a vector that is left out is not in the files");
    for family in FAMILIES {
        assert_eq!(counts.get(family.name), Some(&family.count), "vectors of {}", family.name);
    }
    let checked: usize = counts.values().sum();
    assert_eq!(checked + left_out.len(), ALL);

    let mut account = vec![format!("{checked} vectors checked, {} left out", left_out.len())];
    account.extend(left_out.iter().map(|line| format!("  left out: {line}")));
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
