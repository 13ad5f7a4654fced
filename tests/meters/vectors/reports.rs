//! The report files of the Accu-Chek Mobile and of the Smart Pix.

use glucodock::domain::glucose::Unit;
use glucodock::meters::codec::reports::{mobile_csv, smart_pix_xml};

use super::Vector;

pub(super) fn has(vector: &Vector) -> bool {
    vector.device.starts_with("accuchek-")
}

pub(super) fn check(vector: &Vector) {
    if vector.device == "accuchek-mobile" { columns(vector) } else { element(vector) }
}

/// The names of the columns of a Mobile.
fn columns(vector: &Vector) {
    assert_eq!(vector.kind, "CSV line 3");
    let names = vector.text.as_str();
    vector.expected.says("columns", names.split(';').count());
    let report =
        |names: &str| mobile_csv::parse(format!("Serial number\r\nU1;14.07.2026;08:30\r\n{names}\r\n").as_bytes());
    assert!(report(names).is_ok());
    assert!(report(names.strip_prefix("Date;").unwrap()).is_err());
}

/// An element of a Smart Pix.
fn element(vector: &Vector) {
    let (element, expected) = (vector.text.as_str(), &vector.expected);
    if element.starts_with("<DEVICE") {
        let report = smart_pix_xml::parse(format!("<IMPORT>{element}</IMPORT>").as_bytes());
        let device = &report.devices[0];
        expected.says("model", device.name.clone());
        expected.says("serial", device.serial.clone());
        expected.says("clock", device.clock.unwrap().strftime("%Y-%m-%dT%H:%M").to_string());
        expected.says("unit", if device.unit == Some(Unit::MmolPerL) { "mmol/L" } else { "another" });
        return;
    }
    let meter = "<DEVICE SN=\"1\" BGUnit=\"mmol/L\"/>";
    let text = format!("<IMPORT>{meter}<BGDATA>{element}</BGDATA></IMPORT>");
    let report = smart_pix_xml::parse(text.as_bytes());
    assert_eq!(report.cut, None);
    if expected.get("glucose").is_some_and(serde_json::Value::is_null) {
        assert_eq!(report.entries[0].reading, Ok(None));
        return expected.waive("carbs", "an entry of the diary without a glucose value is no reading");
    }
    let reading = report.entries[0].reading.clone().unwrap().unwrap();
    let value = reading.measured.concentration().unwrap();
    assert_eq!((value.unit(), expected["mmol_l"].to_string()), (Unit::MmolPerL, value.to_number()));
    expected.says_if_at_all("time", reading.time.unwrap().strftime("%Y-%m-%dT%H:%M").to_string());
    for (attribute, name) in [("Flg", "flag"), ("Evt", "event")] {
        if let Some(text) = expected.text(name) {
            assert_eq!(reading.raw[attribute], text);
        }
    }
}
