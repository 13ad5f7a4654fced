//! SD CodeFree.

use glucodock::domain::glucose::Unit;
use glucodock::domain::reading::Meal;
use glucodock::meters::codec::sd_codefree::{CHALLENGE, DISCONNECTED, FETCH, RESPONSE, Record, Sender, decode, encode};

use super::Vector;

pub(super) fn has(vector: &Vector) -> bool {
    vector.device == "sdcodefree"
}

pub(super) fn check(vector: &Vector) {
    let expected = &vector.expected;
    let sender = if vector.bytes.get(1) == Some(&0x20) { Sender::Meter } else { Sender::Host };
    let message = decode(sender, &vector.bytes).unwrap();
    assert_eq!(encode(sender, message), vector.bytes);
    if let Some(time) = expected.text("set") {
        // A clock is never set: only the frame is ours.
        return assert_eq!(message, format!("ADATE{}", time.replace(['-', 'T', ':'], "")).as_bytes());
    }
    match expected.text("meaning") {
        Some("challenge") => assert_eq!(vector.bytes, CHALLENGE),
        Some("response") => assert_eq!(message, RESPONSE),
        Some("fetch/disconnect") => assert_eq!(message, FETCH),
        Some("disconnected") => assert_eq!(message, DISCONNECTED),
        Some("clock set") => assert_eq!(message, [0x10, 0x10]),
        Some(other) => panic!("nobody checks {other:?}"),
        None => {
            let reading = Record::from_message(message).unwrap().reading(0);
            expected.says("time", reading.time.unwrap().strftime("%Y-%m-%dT%H:%M").to_string());
            let value = reading.measured.concentration().unwrap();
            assert_eq!((value.unit(), value.decimals()), (Unit::MgPerDl, 0));
            expected.says("mg_dl", value.digits());
            expected.says("meal", if reading.meal == Some(Meal::Before) { "before" } else { "another" });
        }
    }
}
