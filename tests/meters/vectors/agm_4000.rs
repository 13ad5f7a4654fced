//! Allmedicus AGM-4000.

use glucodock::domain::glucose::Unit;
use glucodock::domain::reading::{Kind, Meal};
use glucodock::meters::codec::agm_4000::{RECORD, decode, parse_record};

use super::Vector;

pub(super) fn has(vector: &Vector) -> bool {
    vector.device == "Allmedicus AGM-4000"
}

pub(super) fn check(vector: &Vector) {
    let (command, data) = decode(&vector.bytes).unwrap();
    let (index, found) = parse_record(data).unwrap();
    assert_eq!(command, RECORD);
    let value = found.measured.concentration().unwrap();
    assert_eq!((value.unit(), value.decimals()), (Unit::MgPerDl, 0));
    vector.expected.says("mg_dl", value.digits());
    vector.expected.says("index", index);
    vector.expected.says("time", found.time.unwrap().strftime("%Y-%m-%dT%H:%M").to_string());
    let is_normal = (found.kind, found.meal) == (Kind::Blood, Some(Meal::None));
    vector.expected.says("event", if is_normal { "normal" } else { "another" });
}
