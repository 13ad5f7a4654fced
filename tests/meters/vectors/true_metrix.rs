//! True Metrix.

use glucodock::domain::glucose::Measured;
use glucodock::meters::codec::true_metrix as codec;

use super::Vector;

pub(super) fn has(vector: &Vector) -> bool {
    vector.device == "True Metrix"
}

pub(super) fn check(vector: &Vector) {
    let text = String::from_utf8(vector.bytes.clone()).unwrap();
    let letters = match vector.expected.text("command") {
        Some("wake") => codec::WAKE,
        Some("identify") => codec::IDENTIFY,
        Some("serial") => codec::SERIAL,
        Some("results") => codec::RESULTS,
        Some("firmware") => codec::FIRMWARE,
        Some("time") => codec::CLOCK,
        // Commands that the driver never sends.
        Some("ack") => "*",
        Some("power off") => "_",
        Some(other) => panic!("nobody checks {other:?}"),
        None => return check_results(vector, &text),
    };
    assert_eq!(codec::encode(letters), text);
}

fn check_results(vector: &Vector, text: &str) {
    let mut pending = text.as_bytes().to_vec();
    let mut texts = Vec::new();
    while let Some(frame) = codec::take_frame(&mut pending) {
        texts.push(frame.unwrap());
    }
    let results: Vec<_> = texts.iter().filter_map(|text| text.strip_prefix("g5")).collect();
    assert_eq!(codec::parse_total(texts.last().unwrap()), Ok(codec::total(results.iter().copied())));
    let expected = vector.expected.list("records");
    assert_eq!(results.len(), expected.len());
    for (digits, expected) in results.iter().zip(expected.iter()) {
        let found = codec::reading(digits, 0).unwrap();
        expected.says("time", found.time.unwrap().strftime("%Y-%m-%dT%H:%M").to_string());
        match found.measured {
            Measured::Value(value) => expected.says("mg_dl", value.digits()),
            Measured::High => expected.says("flag", "HI"),
            Measured::Low => expected.says("flag", "LO"),
            Measured::Unscaled(number) => panic!("{number} without a scale"),
        }
        expected.waive("raw", "the twelve digits of the record are kept, which hold the number beyond the range");
        assert_eq!(found.raw["result"], *digits);
    }
}
