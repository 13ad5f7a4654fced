//! Contour meters: reports, frames, headers, results.
//!
//! A Contour is sent no remote commands. Two captured answers to such commands, its date and its time, have the form of
//! the `ReliOn Prime`'s answers, and are read by that meter's codec.

use glucodock::domain::glucose::Measured;
use glucodock::domain::reading::Meal;
use glucodock::meters::codec::astm::header::{Delimiters, Header};
use glucodock::meters::codec::astm::result::{Fields, Layout};
use glucodock::meters::codec::astm::{Frame, FrameError, checksum};
use glucodock::meters::codec::{contour_report, relion_prime};
use serde_json::Value;

use super::Vector;
use super::expected::Expected;

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

fn check_header(text: &str, expected: &Expected) {
    let header = Header::parse(text).unwrap();
    let clock = header.clock.unwrap();
    let text = clock.strftime(if clock.second() == 0 { "%Y-%m-%dT%H:%M" } else { "%Y-%m-%dT%H:%M:%S" }).to_string();
    expected.says("clock", text);
    expected.says("product", header.product.as_str());
    let is_whole_serial = expected["serial"].as_str().unwrap().contains('-');
    expected.says("serial", if is_whole_serial { header.serial.as_str() } else { header.label_serial() });
    for name in ["records", "results"] {
        expected.says_if_at_all(name, header.count);
    }
    let limits = header.limits.unwrap();
    for (name, limit) in [("low", limits.0), ("low_mg_dl", limits.0), ("low_limit", limits.0)] {
        expected.says_if_at_all(name, limit);
    }
    for (name, limit) in [("high", limits.1), ("high_mg_dl", limits.1), ("high_limit", limits.1)] {
        expected.says_if_at_all(name, limit);
    }
    expected.says_if_at_all("versions", header.versions);
    let shows_mg_per_dl = header.unit_code.as_deref() == Some("0");
    expected.says_if_at_all("unit_code", header.unit_code);
    expected.says_if_at_all("unit", if shows_mg_per_dl { "mg/dL" } else { "another" });
    expected.waive("sku", "the number under which the meter is sold is not kept");
}

/// A result and its value as a number of JSON.
fn result(text: &str) -> (Fields<'_>, Value) {
    let fields = Fields::of(text, DELIMITERS, Layout::Hid);
    let Ok(Measured::Value(value)) = fields.measured() else { panic!("{text} has no value") };
    (fields, serde_json::from_str(&value.to_number()).unwrap())
}

pub(super) fn has(vector: &Vector) -> bool {
    let is_setting = vector.device.contains("remote command") && vector.expected.has("config_bits");
    let is_ours =
        vector.device.starts_with("Contour") || ["contourusb", "contournext"].contains(&vector.device.as_str());
    is_ours && !is_setting
}

pub(super) fn check(vector: &Vector) {
    let expected = &vector.expected;
    match (vector.device.as_str(), vector.kind.as_str()) {
        (device, _) if device.contains("remote command") => check_clock(&vector.bytes, expected),
        ("Contour serial field", _) => {
            let field = str::from_utf8(&vector.bytes).unwrap();
            let text = format!("H|\\^&||x|Bayer7390^1^{field}||1|||||P|1|");
            expected.says("serial", Header::parse(&text).unwrap().label_serial());
        }
        ("contourusb", "result record") => check_meal(&vector.text, expected),
        ("contourusb", "message meter->host (header)") => {
            let frame = check_frame(frame_bytes(vector.text.as_bytes()), expected);
            check_header(&frame, expected);
        }
        ("contournext", "frame (after STX)") => {
            let frame = check_frame(format!("\u{2}{}", vector.text).as_bytes(), expected);
            check_meal(&frame, expected);
        }
        _ if expected.has("payload_length") => {
            expected.says("payload_length", contour_report::decode(&vector.bytes).unwrap().len());
            expected.waive("hid_report", "the place of a report in its capture");
        }
        _ => check_transmitted(frame_bytes(&vector.bytes), expected),
    }
    expected.waive("note", "a remark about another program");
}

/// The text of a frame, and what the frame says of itself.
fn check_frame(bytes: &[u8], expected: &Expected) -> String {
    let frame = Frame::decode(bytes).unwrap();
    assert_eq!(frame.encode(), bytes);
    let (text, sum) = text_of(bytes);
    assert_eq!(frame.text, text);
    expected.says_if_at_all("frame", frame.number);
    expected.says_if_at_all("checksum", format!("{sum:02X}"));
    expected.says_if_at_all("last_frame", frame.is_last);
    text
}

/// A frame of the first file.
fn check_transmitted(bytes: &[u8], expected: &Expected) {
    let text = if let Some(right) = expected.get("computed_checksum") {
        let (text, sum) = text_of(bytes);
        let is_refused = matches!(Frame::decode(bytes), Err(FrameError::Checksum { computed, .. }) if computed == sum);
        expected.says("checksum_valid", !is_refused);
        // The sum said of the other one (7F) is not that of its bytes (18): its text was edited in its source.
        if expected["product"] == "Contour7800" {
            assert_eq!(right, &format!("{sum:02X}"));
        } else {
            assert_eq!((right.as_str(), sum), (Some("7F"), 0x18));
        }
        text
    } else {
        check_frame(bytes, expected)
    };
    match text.get(..1).unwrap() {
        "H" => check_header(&text, expected),
        "R" => check_marks(&text, expected),
        kind => expected.says("type", kind),
    }
}

/// The first file has no meals, only marks.
fn check_marks(text: &str, expected: &Expected) {
    let (fields, number) = result(text);
    expected.says("type", "R");
    expected.says("n", fields.number);
    expected.says("value", number);
    expected.says("unit", fields.unit);
    expected.says_if_at_all("method", fields.method);
    expected.says("markers", fields.marks.clone());
    expected.says("time", fields.time().unwrap().strftime("%Y-%m-%dT%H:%M").to_string());
}

/// The second file spells the marks out.
fn check_meal(text: &str, expected: &Expected) {
    let (fields, number) = result(text);
    assert!(matches!(fields.meal(), Some(Meal::Before | Meal::After)));
    expected.says("meal", if fields.meal() == Some(Meal::Before) { "before" } else { "after" });
    let (name, unit) = if expected.has("mg_dl") { ("mg_dl", "mg/dL") } else { ("mmol_l", "mmol/L") };
    expected.says(name, number);
    assert_eq!(fields.unit, unit);
    expected.says("seq", fields.number);
    expected.says("time", fields.time().unwrap().strftime("%Y-%m-%dT%H:%M").to_string());
    expected.says_if_at_all("reference", if fields.method == "P" { "plasma" } else { "another" });
    if let Some(markers) = expected.get("markers") {
        assert_eq!((markers, fields.marks.as_slice()), (&serde_json::json!(["activity"]), &["B", "X"][..]));
    }
}

/// `D|`, the digits, `|` CR LF, and ACK.
fn check_clock(answer: &[u8], expected: &Expected) {
    let digits = answer.strip_prefix(b"D|").and_then(|rest| rest.strip_suffix(b"|\r\n\x06")).unwrap();
    let digits = str::from_utf8(digits).unwrap();
    if let Some(date) = expected.text("date") {
        let clock = relion_prime::parse_clock(digits, "0000").unwrap().unwrap();
        assert_eq!(clock.date().to_string(), date);
    } else {
        let clock = relion_prime::parse_clock("190626", digits).unwrap().unwrap();
        expected.says("time", clock.strftime("%H:%M").to_string());
    }
}
