//! OneTouch Ultra 2 and the older Ultra.

use std::time::Duration;

use glucodock::domain::glucose::{Measured, Unit};
use glucodock::domain::reading::{Kind, Meal, Reading};
use glucodock::domain::text::Clean;
use glucodock::meters::codec::lifescan_ascii::answers::{DisplayUnit, Header};
use glucodock::meters::codec::lifescan_ascii::{checksum, decode_line, record};
use glucodock::meters::conversation::{Cancel, Conversation};
use glucodock::meters::drivers::Driver as _;
use glucodock::meters::drivers::onetouch_ultra2::OneTouchUltra2;
use glucodock::meters::link::{Link, LinkError};

use super::Vector;
use super::expected::Expected;

/// The words of a comment and its number: the first file names both, `03 mild exercise`, the second the words.
const COMMENTS: [(&str, &str); 3] = [("", "00"), ("too much food", "02"), ("mild exercise", "03")];

pub(super) fn has(vector: &Vector) -> bool {
    ["OneTouch Ultra 2", "ultra2", "ultra-old"].contains(&vector.device.as_str())
}

pub(super) fn check(vector: &Vector) {
    let (text, expected) = (vector.text.as_str(), &vector.expected);
    match vector.kind.as_str() {
        "checksum of text" => check_sum(text.as_bytes(), expected),
        "record line (text before the checksum)" => {
            check_sum(text.as_bytes(), expected);
            check_reading(&record::reading(text, 0).unwrap(), expected);
        }
        "answer to DM@, must be refused" => {
            expected.waive("error", "another program's words; that it is refused counts");
            // That program wants Y at the end; a real Ultra 2 was seen with V, so that its checksum must do.
            let is_sound = text.starts_with("@ \"12345678O\" 0297");
            assert_eq!(is_refused(&text.replace("\\r", "\r")), !is_sound, "{text}");
        }
        _ => check_line(&vector.bytes, expected),
    }
    expected.waive("note", "a remark about another program");
}

fn check_sum(text: &[u8], expected: &Expected) {
    expected.says("checksum", format!("{:04X}", checksum(text)));
}

/// A line of the first file, with its checksum.
fn check_line(line: &[u8], expected: &Expected) {
    if expected.has("checksum") {
        return check_sum(line, expected);
    }
    let text = decode_line(line).unwrap();
    if !expected.has("count") {
        return check_reading(&record::reading(text, 0).unwrap(), expected);
    }
    let header = Header::parse(text).unwrap();
    expected.says("count", header.count);
    expected.says("serial", header.serial);
    expected.says("unit", if header.unit == DisplayUnit::MgPerDl { "mg/dL" } else { "mmol/L" });
}

fn check_reading(reading: &Reading, expected: &Expected) {
    expected.says_if_at_all("time", reading.time.unwrap().to_string().as_str());
    match reading.measured {
        Measured::Value(value) => {
            assert_eq!((value.unit(), value.decimals()), (Unit::MgPerDl, 0));
            expected.says("mg_dl", value.digits());
        }
        Measured::High => expected.says("range", "HI"),
        Measured::Low => expected.says("range", "LO"),
        Measured::Unscaled(number) => panic!("{number} without a scale"),
    }
    assert_eq!(reading.kind == Kind::Control, expected["control"] == true);
    if let Some(meal) = expected.get("meal") {
        let meals = [("none", Meal::None), ("before", Meal::Before), ("after", Meal::After)];
        let meal = if meal.is_null() { "none" } else { meal.as_str().unwrap() };
        assert_eq!(reading.meal, Some(meals.iter().find(|(name, _)| *name == meal).unwrap().1));
    }
    if let Some(comment) = expected.text("comment") {
        let comment = comment.to_lowercase();
        let is_it = |(words, number): &&(&str, &str)| comment == *words || comment == format!("{number} {words}");
        assert_eq!(reading.raw["comment"], COMMENTS.iter().find(is_it).unwrap().1);
    }
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
