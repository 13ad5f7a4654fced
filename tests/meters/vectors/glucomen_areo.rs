//! GlucoMen areo.

use glucodock::domain::glucose::Unit;
use glucodock::domain::reading::{Kind, Meal};
use glucodock::meters::codec::glucomen_areo::{crc8, decode_block, reading};

use super::Vector;

pub(super) fn has(vector: &Vector) -> bool {
    vector.device == "areo"
}

pub(super) fn check(vector: &Vector) {
    let expected = &vector.expected;
    match vector.kind.as_str() {
        "crc8 over text" => expected.says("crc8", format!("0x{:02X}", crc8(vector.text.as_bytes()))),
        "text block" => {
            let text = vector.text.replace("\\r", "\r").replace("\\n", "\n");
            let lines = decode_block(text.as_bytes()).unwrap();
            assert_eq!(lines.len(), 1);
            let found = reading(lines[0], 0).unwrap();
            assert_eq!(found.kind, Kind::Blood);
            expected.says("time", found.time.unwrap().strftime("%Y-%m-%dT%H:%M").to_string());
            let value = found.measured.concentration().unwrap();
            assert_eq!(value.unit(), Unit::MmolPerL);
            assert_eq!(expected["mmol_l"].to_string(), value.to_number());
            expected.says("meal", if found.meal == Some(Meal::Before) { "before" } else { "another" });
        }
        "block, hex" => expected.says("readings", decode_block(&vector.bytes).unwrap().len()),
        other => panic!("nobody checks vectors of the kind {other:?}"),
    }
}
