//! OneTouch Ultra 2 and the older Ultra.

use std::time::Duration;

use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::reading::{Kind, Meal, Reading};
use glucodock::domain::text::Clean;
use glucodock::meters::codec::lifescan_ascii::answers::{DisplayUnit, Header};
use glucodock::meters::codec::lifescan_ascii::{checksum, open_line, record};
use glucodock::meters::conversation::{Cancel, Conversation};
use glucodock::meters::drivers::Driver as _;
use glucodock::meters::drivers::onetouch_ultra2::OneTouchUltra2;
use glucodock::meters::link::{Link, LinkError};
use serde_json::Value;

use crate::load;

fn bytes_of(hexadecimal: &str) -> Vec<u8> {
    hexadecimal
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn check_reading(reading: &Reading, expected: &Value) {
    let said = |name: &str| expected.get(name).filter(|value| !value.is_null());
    if let Some(time) = said("time") {
        assert_eq!(&reading.time.unwrap().to_string(), time.as_str().unwrap());
    }
    if let Some(value) = said("mg_dl") {
        let value = u32::try_from(value.as_u64().unwrap()).unwrap();
        assert_eq!(reading.measured, Measured::Value(Concentration::mg_per_dl(value)));
    }
    if let Some(range) = said("range") {
        assert_eq!((range.as_str().unwrap(), reading.measured), ("HI", Measured::High));
    }
    if let Some(control) = said("control") {
        assert_eq!(reading.kind == Kind::Control, control.as_bool().unwrap());
    }
    if let Some(meal) = said("meal") {
        let meals = [("none", Meal::None), ("before", Meal::Before), ("after", Meal::After)];
        let meal = meals.iter().find(|(name, _)| *name == meal.as_str().unwrap()).unwrap().1;
        assert_eq!(reading.meal, Some(meal));
    } else if expected.get("meal").is_some() {
        assert_eq!(reading.meal, Some(Meal::None));
    }
    // The first file names the comment with its number: `03 mild exercise`.
    let number = said("comment").and_then(|comment| comment.as_str().unwrap().get(..2));
    if let Some(number) = number.filter(|number| number.parse::<u8>().is_ok()) {
        assert_eq!(reading.raw.get("comment").unwrap(), number);
    }
}

#[test]
#[ignore = "needs GLUCODOCK_VECTORS"]
fn captured_lines_of_the_first_file() {
    let mut checked = 0;
    for vector in load("vectors-a.json").iter().filter(|vector| vector["device"] == "OneTouch Ultra 2") {
        let line = bytes_of(vector["hex"].as_str().unwrap());
        let expected = &vector["expected"];
        if let Some(sum) = expected["checksum"].as_str() {
            assert_eq!(format!("{:04X}", checksum(&line)), sum);
        } else if expected["count"].is_u64() {
            let header = Header::parse(open_line(&line).unwrap()).unwrap();
            assert_eq!(u64::from(header.count), expected["count"].as_u64().unwrap());
            assert_eq!(header.serial, expected["serial"].as_str().unwrap());
            assert_eq!((header.unit, &expected["unit"]), (DisplayUnit::MgPerDl, &"mg/dL".into()));
        } else {
            check_reading(&record::reading(open_line(&line).unwrap(), 0).unwrap(), expected);
        }
        checked += 1;
    }
    assert_eq!(checked, 5);
}

#[test]
#[ignore = "needs GLUCODOCK_VECTORS"]
fn lines_and_checksums_of_the_second_file() {
    let (mut sums, mut records, mut refused) = (0, 0, 0);
    let vectors = load("vectors-b.json");
    let ours = |vector: &&Value| vector["device"] == "ultra2" || vector["device"] == "ultra-old";
    for vector in vectors.iter().filter(ours) {
        let text = vector["hex_or_text"].as_str().unwrap();
        let expected = &vector["expected"];
        if let Some(sum) = expected["checksum"].as_str() {
            assert_eq!(format!("{:04X}", checksum(text.as_bytes())), sum, "{text}");
        }
        match vector["kind"].as_str().unwrap() {
            "checksum of text" => sums += 1,
            "record line (text before the checksum)" => {
                check_reading(&record::reading(text, 0).unwrap(), expected);
                records += 1;
            }
            "answer to DM@, must be refused" => {
                assert!(is_refused(&text.replace("\\r", "\r")), "{text} was not refused");
                refused += 1;
            }
            other => panic!("nobody checks vectors of the kind {other:?}"),
        }
    }
    assert_eq!((sums, records, refused), (6, 8, 6));
}

/// Answers everything with the same text.
struct OneAnswer<'a> {
    text: &'a str,
    is_due: bool,
}

impl Link for OneAnswer<'_> {
    fn send(&mut self, _bytes: &[u8], _wait: Duration) -> Result<(), LinkError> {
        self.is_due = true;
        Ok(())
    }

    fn receive(&mut self, _wait: Duration) -> Result<Vec<u8>, LinkError> {
        if std::mem::take(&mut self.is_due) { Ok(self.text.as_bytes().to_vec()) } else { Err(LinkError::TimedOut) }
    }
}

/// Whether the driver refuses to read it.
fn is_refused(text: &str) -> bool {
    let mut link = OneAnswer { text, is_due: false };
    let mut report = |_| {};
    let now = jiff::Zoned::now;
    let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &now);
    OneTouchUltra2.read(&mut conversation, &Clean::default()).is_err()
}
