//! Contour meters: reports, frames, headers, results.
//!
//! Left out: three answers to remote commands (`D|190626|` and the like). This program sends no remote commands.

use glucodock::domain::glucose::Measured;
use glucodock::domain::reading::Meal;
use glucodock::meters::codec::astm::header::{Delimiters, Header};
use glucodock::meters::codec::astm::result::{Fields, Layout};
use glucodock::meters::codec::astm::{Frame, FrameError, checksum};
use glucodock::meters::codec::contour_report;
use glucodock::meters::transcript::hex;
use serde_json::{Value, json};

const DELIMITERS: Delimiters = Delimiters { field: '|', repeat: '\\', component: '^' };

/// A frame out of a message: without EOT in front and ENQ behind.
fn frame_bytes(message: &[u8]) -> &[u8] {
    let message = message.strip_prefix(&[4]).unwrap_or(message);
    message.strip_suffix(&[5]).unwrap_or(message)
}

/// The text of a frame whose checksum the source has spoiled, and the checksum it should have.
fn text_of(frame: &[u8]) -> (String, u8) {
    let summed = &frame[1..frame.len() - 4];
    (String::from_utf8(summed[1..summed.len() - 2].to_vec()).unwrap(), checksum(summed))
}

/// Fails unless each field that is expected is the one found.
fn says(expected: &Value, found: &Value) {
    for (name, value) in found.as_object().unwrap() {
        if let Some(right) = expected.get(name) {
            assert_eq!(right, value, "{name} of {expected}");
        }
    }
}

fn check_header(text: &str, expected: &Value) {
    let header = Header::parse(text).unwrap();
    let clock = header.clock.unwrap();
    let text = clock.strftime(if clock.second() == 0 { "%Y-%m-%dT%H:%M" } else { "%Y-%m-%dT%H:%M:%S" }).to_string();
    let limits = header.limits.unwrap();
    let whole_serial = expected["serial"].as_str().unwrap().contains('-');
    let found = json!({
        "product": header.product, "versions": header.versions, "clock": text,
        "serial": if whole_serial { header.serial.as_str() } else { header.label_serial() },
        "records": header.count, "results": header.count, "unit_code": header.unit_code,
        "low": limits.0, "high": limits.1, "low_mg_dl": limits.0, "high_mg_dl": limits.1,
        "low_limit": limits.0, "high_limit": limits.1,
    });
    says(expected, &found);
}

/// A result and its value as a number of JSON.
fn result(text: &str) -> (Fields<'_>, Value) {
    let fields = Fields::of(text, DELIMITERS, Layout::Hid);
    let Ok(Measured::Value(value)) = fields.measured() else { panic!("{text} has no value") };
    (fields, serde_json::from_str(&value.to_number()).unwrap())
}

#[test]
#[ignore = "needs GLUCODOCK_VECTORS"]
fn contour_vectors_of_the_first_file() {
    let (mut reports, mut headers, mut results, mut others, mut spoiled, mut left_out) = (0, 0, 0, 0, 0, 0);
    for vector in crate::load("vectors-a.json") {
        let device = vector["device"].as_str().unwrap();
        if !device.starts_with("Contour") {
            continue;
        }
        let (bytes, expected) = (hex(vector["hex"].as_str().unwrap()).unwrap(), &vector["expected"]);
        if device.contains("remote command") {
            left_out += 1;
            continue;
        }
        if device == "Contour serial field" {
            let text = format!("H|\\^&||x|Bayer7390^1^{}||1|||||P|1|", String::from_utf8(bytes).unwrap());
            assert_eq!(Header::parse(&text).unwrap().label_serial(), expected["serial"]);
            headers += 1;
            continue;
        }
        if let Some(length) = expected.get("payload_length") {
            assert_eq!(contour_report::decode(&bytes).unwrap().len() as u64, length.as_u64().unwrap());
            reports += 1;
            continue;
        }
        let bytes = frame_bytes(&bytes);
        let (text, sum) = text_of(bytes);
        if let Some(right) = expected.get("computed_checksum") {
            assert!(matches!(Frame::decode(bytes), Err(FrameError::Checksum { computed, .. }) if computed == sum));
            // The sum said of the other one (7F) is not that of its bytes (18): its text was edited in its source.
            if expected["product"] == "Contour7800" {
                assert_eq!(right, &format!("{sum:02X}"));
            }
            spoiled += 1;
        } else {
            let frame = Frame::decode(bytes).unwrap();
            assert_eq!((frame.encode().as_slice(), &frame.text), (bytes, &text));
            says(
                expected,
                &json!({ "frame": frame.number, "checksum": format!("{sum:02X}"), "last_frame": frame.is_last }),
            );
        }
        match text.get(..1).unwrap() {
            "H" => {
                check_header(&text, expected);
                headers += 1;
            }
            "R" => {
                check_marks(&text, expected);
                results += 1;
            }
            kind => {
                assert_eq!(expected["type"], kind);
                others += 1;
            }
        }
    }
    assert_eq!((reports, headers, results, others, spoiled, left_out), (4, 8, 4, 2, 2, 3));
}

/// The first file has no meals, only marks.
fn check_marks(text: &str, expected: &Value) {
    let (fields, number) = result(text);
    says(
        expected,
        &json!({
            "type": "R", "n": fields.number, "value": number, "unit": fields.unit, "method": fields.method,
            "markers": fields.marks, "time": fields.time().unwrap().strftime("%Y-%m-%dT%H:%M").to_string(),
        }),
    );
}

#[test]
#[ignore = "needs GLUCODOCK_VECTORS"]
fn contour_vectors_of_the_second_file() {
    let mut checked = 0;
    for vector in crate::load("vectors-b.json") {
        if !["contourusb", "contournext"].contains(&vector["device"].as_str().unwrap()) {
            continue;
        }
        let (text, expected) = (vector["hex_or_text"].as_str().unwrap(), &vector["expected"]);
        match vector["kind"].as_str().unwrap() {
            "result record" => check_meal(text, expected),
            "frame (after STX)" => {
                let frame = Frame::decode(format!("\u{2}{text}").as_bytes()).unwrap();
                says(expected, &json!({ "checksum": text.get(text.len() - 4..text.len() - 2) }));
                check_meal(&frame.text, expected);
            }
            "message meter->host (header)" => {
                let frame = Frame::decode(frame_bytes(text.as_bytes())).unwrap();
                check_header(&frame.text, expected);
            }
            other => panic!("nobody checks vectors of the kind {other:?}"),
        }
        checked += 1;
    }
    assert_eq!(checked, 4);
}

/// The second file spells the marks out as meals.
fn check_meal(text: &str, expected: &Value) {
    let (fields, number) = result(text);
    let meal = if fields.meal() == Meal::Before { "before" } else { "after" };
    assert!(matches!(fields.meal(), Meal::Before | Meal::After));
    let name = if expected.get("mg_dl").is_some() { "mg_dl" } else { "mmol_l" };
    assert_eq!(expected[name], number);
    let time = fields.time().unwrap().strftime("%Y-%m-%dT%H:%M").to_string();
    says(expected, &json!({ "seq": fields.number, "meal": meal, "time": time }));
}
