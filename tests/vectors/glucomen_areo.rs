//! GlucoMen areo.

use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::reading::Meal;
use glucodock::meters::codec::glucomen_areo::{crc8, open_block, reading};

#[test]
#[ignore = "needs GLUCODOCK_VECTORS"]
fn check_values_and_blocks() {
    let mut checked = 0;
    for vector in crate::load("vectors-b.json").iter().filter(|vector| vector["device"] == "areo") {
        let text = vector["hex_or_text"].as_str().unwrap();
        let expected = &vector["expected"];
        match vector["kind"].as_str().unwrap() {
            "crc8 over text" => assert_eq!(format!("0x{:02X}", crc8(text.as_bytes())), expected["crc8"]),
            "text block" => {
                let text = text.replace("\\r", "\r").replace("\\n", "\n");
                let lines = open_block(text.as_bytes()).unwrap();
                let found = reading(lines[0], 0).unwrap();
                assert_eq!(found.time.unwrap().strftime("%Y-%m-%dT%H:%M").to_string(), expected["time"]);
                assert_eq!(found.measured, Measured::Value(Concentration::new(56, 1, Unit::MmolPerL)));
                assert_eq!(expected["mmol_l"], 5.6);
                assert_eq!((found.meal, &expected["meal"]), (Some(Meal::Before), &"before".into()));
            }
            "block, hex" => {
                let bytes = glucodock::meters::transcript::hex(text).unwrap();
                assert_eq!(open_block(&bytes).unwrap().len(), 0);
                assert_eq!(expected["readings"], 0);
            }
            other => panic!("nobody checks vectors of the kind {other:?}"),
        }
        checked += 1;
    }
    assert_eq!(checked, 3);
}
