//! Abbott: serial logs, HID reports and text answers, rows and binary records of the Libre.
//!
//! Left out: the two `timestamp` vectors, which are no Abbott meter's.

use glucodock::domain::glucose::Measured;
use glucodock::domain::reading::{Kind, Reading};
use glucodock::meters::codec::freestyle_hid::libre::{Row, parse_history, parse_result};
use glucodock::meters::codec::freestyle_hid::neo::{self, Layout};
use glucodock::meters::codec::freestyle_hid::{
    self as hid, AnswerError, Report, Table, is_whole, one_line, open_answer,
};
use glucodock::meters::codec::freestyle_serial::Log;
use glucodock::meters::codec::freestyle_serial::entry::{Dialect, Entry};
use glucodock::meters::codec::freestyle_serial::status::parse_clock;
use serde_json::Value;

use super::freestyle_binary::{FactoryConfig, HistoryRecord, crc32};
use super::load;

fn bytes_of_hex(hexadecimal: &str) -> Vec<u8> {
    let pairs = hexadecimal.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn check_reading(reading: &Reading, expected: &Value) {
    let time = reading.time.unwrap().to_string();
    assert!(time.starts_with(expected["time"].as_str().unwrap()), "{time} is not {}", expected["time"]);
    if let Some(value) = expected["mg_dl"].as_u64() {
        assert_eq!(reading.measured.concentration().unwrap().to_string(), format!("{value} mg/dL"));
    }
    if let Some(value) = expected["ketone_mmol"].as_f64() {
        assert_eq!(reading.kind, Kind::Ketone);
        assert_eq!(reading.measured.concentration().unwrap().to_string(), format!("{value:.2} mmol/L"));
    }
    match expected["flag"].as_str() {
        Some("LO") => assert_eq!(reading.measured, Measured::Low),
        Some("HI") => assert_eq!(reading.measured, Measured::High),
        Some(other) => panic!("nobody checks the flag {other}"),
        None => assert!(reading.measured.concentration().is_some()),
    }
    assert_eq!(reading.kind == Kind::Control, expected["control"] == true);
}

fn check_entries(readings: &[Reading], expected: &Value) {
    assert_eq!(readings.len() as u64, expected["count"].as_u64().unwrap());
    for (reading, entry) in readings.iter().zip(expected["entries"].as_array().unwrap()) {
        check_reading(reading, entry);
    }
}

fn check_log(bytes: &[u8], dialect: Dialect, expected: &Value) {
    let log = Log::open(bytes).unwrap();
    assert_eq!(log.serial, expected["serial"].as_str().unwrap());
    if let Some(clock) = expected["clock"].as_str() {
        assert_eq!(log.clock.unwrap().to_string(), clock);
    }
    let readings: Vec<_> = log.lines.iter().map(|line| Entry::parse(line, dialect).unwrap().reading(0)).collect();
    check_entries(&readings, expected);
}

fn check_clock(line: &str, expected: &Value) {
    match expected["time"].as_str() {
        Some(time) => assert_eq!(parse_clock(line).unwrap().unwrap().to_string(), time),
        None => assert!(parse_clock(line).is_err(), "{line}"),
    }
}

fn text_of(answer: &[u8]) -> Result<String, AnswerError> {
    assert!(is_whole(answer));
    open_answer(answer).and_then(one_line)
}

fn neo_reading(row: &str) -> Reading {
    match neo::parse(row, Layout::Neo, 0) {
        Ok(neo::Row::Reading(reading)) => *reading,
        other => panic!("{other:?}"),
    }
}

/// The factory configuration that was captured with these records holds this time zero.
fn check_history(bytes: &[u8], expected: &Value) {
    let config = FactoryConfig { shows_mg_per_dl: true, time_conversion: 1_356_912_000 };
    let record = HistoryRecord::parse(bytes, config).unwrap();
    assert_eq!(u64::from(record.number), expected["record"].as_u64().unwrap());
    assert_eq!((record.time.0.to_string().as_str(), record.time.1), (expected["time"].as_str().unwrap(), true));
    assert_eq!(u64::from(record.mg_per_dl), expected["mg_dl"].as_u64().unwrap());
    assert_eq!(u64::from(record.sensor_minutes), expected["life_counter"].as_u64().unwrap());
}

#[test]
#[ignore = "needs GLUCODOCK_VECTORS"]
fn the_first_file() {
    let mut checked = 0;
    for vector in load("vectors-a.json") {
        let bytes = bytes_of_hex(vector["hex"].as_str().unwrap());
        let expected = &vector["expected"];
        match vector["device"].as_str().unwrap() {
            "Abbott HID text" => {
                assert_eq!(text_of(&bytes).ok().as_deref(), expected["text"].as_str(), "{expected}");
            }
            "FreeStyle Optium $colq clock" => check_clock(str::from_utf8(&bytes).unwrap(), expected),
            "FreeStyle Lite $mem" => check_log(&bytes, Dialect::Lite, expected),
            "Precision Xtra $xmem" => check_log(&bytes, Dialect::Optium, expected),
            "Precision Neo $result?" => {
                let table = Table::open(open_answer(&bytes).unwrap()).unwrap();
                assert_eq!((u64::from(table.announced), table.wrong_sum), (3, None));
                let readings: Vec<_> = table.rows.iter().map(|row| neo_reading(row)).collect();
                check_entries(&readings, expected);
            }
            "FreeStyle Libre AAP->ATP CRC32" => {
                assert_eq!(format!("{:08x}", crc32(&bytes)), expected["crc32"].as_str().unwrap());
            }
            "FreeStyle Libre factory config (AAP data, opcode 51)" => {
                let config = FactoryConfig::parse(&bytes).unwrap();
                assert!(config.shows_mg_per_dl && expected["unit"] == "mg/dL");
                assert_eq!(u64::from(config.time_conversion), expected["time_conversion"].as_u64().unwrap());
            }
            "FreeStyle Libre history record (AAP data, opcode 31)" => check_history(&bytes, expected),
            _ => continue,
        }
        checked += 1;
    }
    assert_eq!(checked, 35);
}

fn check_libre(row: Result<Row, hid::row::RowError>, expected: &Value) {
    if expected.get("error").is_some_and(Value::is_string) {
        return assert!(row.is_err());
    }
    let Ok(Row::Reading(id, reading)) = row else { panic!("{row:?} is no reading") };
    check_reading(&reading, expected);
    assert_eq!(reading.kind, Kind::Sensor);
    let raw = |name: &str| reading.raw.get(name).and_then(|text| text.parse::<u64>().ok());
    if let Some(expected) = expected["id"].as_u64() {
        assert_eq!(u64::from(id), expected);
    }
    for (ours, theirs) in [("sensor_minutes", "sensor_minutes"), ("errors", "error")] {
        assert!(expected[theirs].is_null() || raw(ours) == expected[theirs].as_u64(), "{theirs}");
    }
    if let Some(units) = expected["rapid_insulin_units"].as_f64() {
        assert_eq!(reading.raw["rapid_insulin_half_units"], format!("{}", units * 2.0));
    }
    if expected["trend"] == "steady" {
        assert_eq!(raw("trend"), Some(3));
    }
}

/// The type and payload of the reports that the vectors name by what they mean.
fn check_report(text: &str, meaning: &str) {
    let mut bytes = bytes_of_hex(text);
    bytes.resize(hid::REPORT_LENGTH, 0);
    let report = Report::parse(&bytes).unwrap();
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

#[test]
#[ignore = "needs GLUCODOCK_VECTORS"]
fn the_second_file() {
    let mut checked = 0;
    for vector in load("vectors-b.json") {
        let text = vector["hex_or_text"].as_str().unwrap();
        let expected = &vector["expected"];
        match (vector["device"].as_str().unwrap(), vector["kind"].as_str().unwrap()) {
            ("optium", _) => check_clock(text, expected),
            ("freestyle-hid", "report host->meter") => {
                let report = Report::to_meter(0x17, b"command").unwrap();
                assert_eq!((report, 64), (bytes_of_hex(text), expected["size"].as_u64().unwrap()));
            }
            ("freestyle-hid", "text answer") => {
                assert_eq!(text_of(text.as_bytes()).unwrap(), expected["message"].as_str().unwrap());
            }
            ("freestyle-hid", "text answer, must be refused") => {
                let error = text_of(text.as_bytes()).unwrap_err();
                assert!(match expected["error"].as_str().unwrap() {
                    "checksum" => matches!(error, AnswerError::Checksum { .. }),
                    "format" => matches!(error, AnswerError::Form(_)),
                    "command failed" => error == AnswerError::Refused,
                    _ => false,
                });
            }
            ("freestyle-hid", "report, significant bytes") => {
                check_report(text, expected["meaning"].as_str().unwrap());
            }
            ("libre", _) => check_libre(parse_history(text, 0), expected),
            ("libre2", _) => {
                assert_eq!(hid::row::fields(text).len() as u64, expected["fields"].as_u64().unwrap());
                check_libre(parse_result(text, 0), expected);
            }
            ("freestyle-hid", other) => panic!("nobody checks vectors of the kind {other:?}"),
            _ => continue,
        }
        checked += 1;
    }
    assert_eq!(checked, 27);
}
