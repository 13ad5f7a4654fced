//! SD CodeFree.

use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::reading::Meal;
use glucodock::meters::codec::sd_codefree::{CHALLENGE, DISCONNECTED, FETCH, From, RESPONSE, Record, close, open};

use crate::of_family;

#[test]
#[ignore = "needs GLUCODOCK_VECTORS"]
fn frames() {
    let vectors = of_family(|device| device == "sdcodefree");
    assert_eq!(vectors.len(), 7);
    for vector in vectors {
        let sender = if vector.bytes.get(1) == Some(&0x20) { From::Meter } else { From::Host };
        let message = open(sender, &vector.bytes).unwrap();
        assert_eq!(close(sender, message), vector.bytes);
        match vector.expected["meaning"].as_str() {
            Some("challenge") => assert_eq!(vector.bytes, CHALLENGE),
            Some("response") => assert_eq!(message, RESPONSE),
            Some("fetch/disconnect") => assert_eq!(message, FETCH),
            Some("disconnected") => assert_eq!(message, DISCONNECTED),
            Some("clock set") => assert_eq!(message, [0x10, 0x10]),
            Some(other) => panic!("nobody checks {other:?}"),
            None if vector.expected.get("set").is_some() => assert_eq!(message, b"ADATE202402292345"),
            None => {
                let reading = Record::from_message(message).unwrap().reading(0);
                vector.says("time", reading.time.unwrap().strftime("%Y-%m-%dT%H:%M").to_string());
                assert_eq!(reading.measured, Measured::Value(Concentration::mg_per_dl(112)));
                vector.says("mg_dl", 112);
                vector.says("meal", if reading.meal == Some(Meal::Before) { "before" } else { "another" });
            }
        }
    }
}
