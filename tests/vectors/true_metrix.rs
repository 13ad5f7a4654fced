//! True Metrix.

use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::meters::codec::true_metrix as codec;

#[test]
#[ignore = "needs GLUCODOCK_VECTORS"]
fn commands_and_results() {
    let vectors = crate::of_family(|device| device == "True Metrix");
    assert_eq!(vectors.len(), 9);
    for vector in vectors {
        let text = String::from_utf8(vector.bytes.clone()).unwrap();
        let letters = match vector.expected["command"].as_str() {
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
            None => {
                check_results(&text);
                continue;
            }
        };
        assert_eq!(codec::close(letters), text);
    }
}

/// The two results of the vector: 123 mg/dL, and 601, which is HI.
fn check_results(text: &str) {
    let mut pending = text.as_bytes().to_vec();
    let mut texts = Vec::new();
    while let Some(frame) = codec::take_frame(&mut pending) {
        texts.push(frame.unwrap());
    }
    let results: Vec<_> = texts.iter().filter_map(|text| text.strip_prefix("g5")).collect();
    assert_eq!(codec::parse_total(texts.last().unwrap()), Ok(codec::total(results.iter().copied())));
    let found: Vec<_> = results.iter().map(|digits| codec::reading(digits, 0).unwrap()).collect();
    let told: Vec<_> = found.iter().map(|reading| (reading.time.unwrap().to_string(), reading.measured)).collect();
    assert_eq!(
        told,
        [
            ("2020-05-06T07:08:00".to_owned(), Measured::Value(Concentration::mg_per_dl(123))),
            ("2020-04-30T22:05:00".to_owned(), Measured::High),
        ]
    );
}
