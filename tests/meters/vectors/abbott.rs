//! Abbott: serial logs, HID reports and text answers, rows of the Libre.

use glucodock::domain::glucose::Measured;
use glucodock::domain::reading::{Kind, Reading};
use glucodock::meters::codec::freestyle_hid::libre::{LibreRow, parse_history, parse_result};
use glucodock::meters::codec::freestyle_hid::neo::{self, Layout};
use glucodock::meters::codec::freestyle_hid::{
    self as hid, AnswerError, HidReport, RecordTable, decode_answer, is_whole, one_line,
};
use glucodock::meters::codec::freestyle_serial::MeterLog;
use glucodock::meters::codec::freestyle_serial::entry::{Dialect, LogEntry};
use glucodock::meters::codec::freestyle_serial::status::parse_clock;

use super::Vector;
use super::expected::Expected;

/// The families of both files, by their names in them.
const DEVICES: [&str; 9] = [
    "Abbott HID text",
    "FreeStyle Optium $colq clock",
    "FreeStyle Lite $mem",
    "Precision Xtra $xmem",
    "Precision Neo $result?",
    "optium",
    "freestyle-hid",
    "libre",
    "libre2",
];

pub(super) fn has(vector: &Vector) -> bool {
    DEVICES.contains(&vector.device.as_str())
}

pub(super) fn check(vector: &Vector) {
    let (bytes, text, expected) = (vector.bytes.as_slice(), vector.text.as_str(), &vector.expected);
    match vector.device.as_str() {
        "Abbott HID text" => check_answer(bytes, expected),
        "FreeStyle Optium $colq clock" => check_clock(str::from_utf8(bytes).unwrap(), expected),
        "FreeStyle Lite $mem" => check_log(bytes, Dialect::Lite, expected),
        "Precision Xtra $xmem" => check_log(bytes, Dialect::Optium, expected),
        "Precision Neo $result?" => {
            let table = RecordTable::decode(decode_answer(bytes).unwrap()).unwrap();
            assert_eq!((u64::from(table.announced), table.wrong_sum), (3, None));
            check_entries(&table.rows.iter().map(|row| neo_reading(row)).collect::<Vec<_>>(), expected);
        }
        "optium" => check_clock(text, expected),
        "freestyle-hid" => check_hid(vector),
        "libre" => {
            if expected.get("error").is_some_and(serde_json::Value::is_string) {
                expected.says("error", format!("{} fields, not 16", hid::row::fields(text).len()));
            }
            check_libre(parse_history(text, 0), expected);
        }
        "libre2" => {
            expected.says("fields", hid::row::fields(text).len());
            check_libre(parse_result(text, 0), expected);
        }
        other => panic!("nobody checks vectors of {other:?}"),
    }
    expected.waive("note", "a remark about another program");
}

fn check_reading(reading: &Reading, expected: &Expected) {
    let time = reading.time.unwrap().to_string();
    assert!(time.starts_with(expected["time"].as_str().unwrap()), "{time} is not {}", expected["time"]);
    if let Some(value) = expected["mg_dl"].as_u64() {
        assert_eq!(reading.measured.concentration().unwrap().to_string(), format!("{value} mg/dL"));
    }
    assert_eq!(reading.kind == Kind::Ketone, expected.has("ketone_mmol"));
    if let Some(value) = expected["ketone_mmol"].as_f64() {
        // The Neo's are given as they are computed; the meter shows a tenth.
        let read = reading.measured.concentration().unwrap();
        let decimals = usize::from(read.decimals());
        assert_eq!(read.to_string(), format!("{value:.decimals$} mmol/L"));
    }
    if let Some(raw) = expected["ketone_raw"].as_u64() {
        assert_eq!(reading.raw["value"].parse(), Ok(raw));
    }
    match expected["flag"].as_str() {
        Some("LO") => assert_eq!(reading.measured, Measured::Low),
        Some("HI") => assert_eq!(reading.measured, Measured::High),
        Some(other) => panic!("nobody checks the flag {other}"),
        None => assert!(reading.measured.concentration().is_some()),
    }
    assert_eq!(reading.kind == Kind::Control, expected["control"] == true);
}

fn check_entries(readings: &[Reading], expected: &Expected) {
    expected.says("count", readings.len());
    let entries = expected.list("entries");
    assert_eq!(readings.len(), entries.len());
    readings.iter().zip(entries.iter()).for_each(|(reading, entry)| check_reading(reading, entry));
}

fn check_log(bytes: &[u8], dialect: Dialect, expected: &Expected) {
    let log = MeterLog::decode(bytes).unwrap();
    expected.says("serial", log.serial);
    if let Some(clock) = expected.text("clock") {
        assert_eq!(log.clock.unwrap().to_string(), clock);
    }
    let readings: Vec<_> = log.lines.iter().map(|line| LogEntry::parse(line, dialect).unwrap().reading(0)).collect();
    check_entries(&readings, expected);
}

fn check_clock(line: &str, expected: &Expected) {
    if let Some(time) = expected.text("time") {
        return assert_eq!(parse_clock(line).unwrap().unwrap().to_string(), time);
    }
    expected.says("error", "invalid");
    assert!(parse_clock(line).is_err(), "{line}");
}

/// A text answer, taken or refused for the reason that is expected.
fn check_answer(bytes: &[u8], expected: &Expected) {
    let found = text_of(bytes);
    expected.says_if_at_all("ok", found.is_ok());
    expected.says_if_at_all("checksum_ok", found.is_ok());
    match found {
        Ok(text) => expected.says(if expected.has("text") { "text" } else { "message" }, text),
        Err(error) => {
            let reason = expected.text("why").or_else(|| expected.text("error")).unwrap();
            assert!(match reason {
                "checksum" | "bad checksum" => matches!(error, AnswerError::Checksum { .. }),
                "format" | "checksum not 8 digits" => matches!(error, AnswerError::Form(_)),
                "command failed" | "status Fail" => error == AnswerError::Refused,
                _ => false,
            });
        }
    }
}

fn text_of(answer: &[u8]) -> Result<String, AnswerError> {
    assert!(is_whole(answer));
    decode_answer(answer).and_then(one_line)
}

fn neo_reading(row: &str) -> Reading {
    match neo::parse(row, Layout::Neo, 0) {
        Ok(neo::NeoRow::Reading(reading)) => *reading,
        other => panic!("{other:?}"),
    }
}

fn check_libre(row: Result<LibreRow, hid::row::RowError>, expected: &Expected) {
    if expected.get("error").is_some_and(serde_json::Value::is_string) {
        return assert!(row.is_err());
    }
    let Ok(LibreRow::Reading(id, reading)) = row else { panic!("{row:?} is no reading") };
    check_reading(&reading, expected);
    assert_eq!(reading.kind, Kind::Sensor);
    expected.says_if_at_all("id", id);
    // What the sensor gives in a scan is of the same kind as its history; a strip's or a ketone's is not.
    expected.says_if_at_all("kind", "scan");
    let raw = |name: &str| reading.raw.get(name).and_then(|text| text.parse::<u64>().ok());
    for (ours, theirs) in [("sensor_minutes", "sensor_minutes"), ("errors", "error")] {
        assert!(expected[theirs].is_null() || raw(ours) == expected[theirs].as_u64(), "{theirs}");
    }
    if let Some(units) = expected["rapid_insulin_units"].as_f64() {
        assert_eq!(reading.raw["rapid_insulin_half_units"], format!("{}", units * 2.0));
    }
    if let Some(trend) = expected.text("trend") {
        assert_eq!((trend, raw("trend")), ("steady", Some(3)));
    }
}

fn check_hid(vector: &Vector) {
    let (text, expected) = (vector.text.as_str(), &vector.expected);
    match vector.kind.as_str() {
        "report host->meter" => {
            let report = HidReport::parse(&vector.bytes).unwrap();
            expected.says("type", format!("{:02X}", report.kind));
            expected.says("payload", String::from_utf8(report.payload.clone()).unwrap());
            assert_eq!(HidReport::to_meter(report.kind, &report.payload).unwrap(), vector.bytes);
            expected.says("size", vector.bytes.len());
        }
        "text answer" | "text answer, must be refused" => check_answer(text.as_bytes(), expected),
        "report, significant bytes" => check_report(&vector.bytes, expected.text("meaning").unwrap()),
        other => panic!("nobody checks vectors of the kind {other:?}"),
    }
}

/// The type and payload of the reports that the vectors name by what they mean.
fn check_report(significant: &[u8], meaning: &str) {
    let mut bytes = significant.to_vec();
    bytes.resize(hid::REPORT_LENGTH, 0);
    let report = HidReport::parse(&bytes).unwrap();
    let (kind, payload): (u8, &[u8]) = match meaning {
        "INIT" => (hid::INIT, &[]),
        "INIT answer" => (hid::INIT_ANSWER, &[1]),
        "unknown message type" => (hid::UNKNOWN_TYPE, &[0x85]),
        "keep-alive, ignore" => (hid::KEEP_ALIVE, &[5]),
        "encryption not initialised (Libre 2)" => (hid::ENCRYPTION_WANTED, &[0x15]),
        "type 04" => (0x04, &[]),
        "ask serial" => (0x05, &[]),
        "ask version" => (0x15, &[]),
        "start authorisation (Libre 2)" => (0x14, &[0x11]),
        other => panic!("nobody checks reports that mean {other:?}"),
    };
    assert_eq!((report.kind, report.payload.as_slice()), (kind, payload), "{meaning}");
}
