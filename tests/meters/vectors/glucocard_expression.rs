//! GLUCOCARD Expression.

use glucodock::domain::glucose::Unit;
use glucodock::domain::reading::Kind;
use glucodock::meters::codec::glucocard_expression::{READ_ALL, Sender, decode, reading};

use super::Vector;

pub(super) fn has(vector: &Vector) -> bool {
    vector.device == "GLUCOCARD Expression"
}

pub(super) fn check(vector: &Vector) {
    let (operation, payload) = decode(Sender::Meter, &vector.bytes).unwrap();
    let found = reading(payload, 0).unwrap();
    assert_eq!(operation, READ_ALL);
    let value = found.measured.concentration().unwrap();
    assert_eq!((value.unit(), value.decimals()), (Unit::MgPerDl, 0));
    vector.expected.says("mg_dl", value.digits());
    vector.expected.says("time", found.time.unwrap().strftime("%Y-%m-%dT%H:%M").to_string());
    vector.expected.says("control", found.kind == Kind::Control);
}
