//! The two languages of Abbott's meters.

use super::super::promises;
use crate::meters::codec::freestyle_hid::{HidReport, RecordTable, decode_answer, encode_answer, libre, neo, one_line};
use crate::meters::codec::freestyle_serial::MeterLog;
use crate::meters::codec::freestyle_serial::entry::{Dialect, LogEntry};
use crate::meters::codec::freestyle_serial::status::{MeterStatus, parse_clock};

pub(super) fn hid(bytes: &[u8]) {
    if let Ok(report) = HidReport::parse(bytes) {
        let again = HidReport::to_meter(report.kind, &report.payload).and_then(|bytes| HidReport::parse(&bytes));
        assert!(again.is_err() || again == Ok(report));
    }
    if let Ok(message) = decode_answer(bytes) {
        assert_eq!(decode_answer(&encode_answer(message)), Ok(message));
        hid_message(message);
    }
    hid_message(bytes);
}

fn hid_message(message: &[u8]) {
    assert!(one_line(message).is_ok_and(|line| !line.contains(char::is_control)) || one_line(message).is_err());
    if let Ok(table) = RecordTable::decode(message) {
        assert!(table.rows.len() <= message.len());
        if table.wrong_sum.is_none() {
            assert_eq!(RecordTable::decode(&table.encode()), Ok(table));
        }
    }
    let text = String::from_utf8_lossy(message);
    for row in text.lines() {
        for layout in [neo::Layout::InsuLinx, neo::Layout::Neo] {
            if let Ok(neo::NeoRow::Reading(reading)) = neo::parse(row, layout, 0) {
                promises::of_reading(&reading);
            }
        }
        for row in [libre::parse_history(row, 0), libre::parse_result(row, 0)] {
            if let Ok(libre::LibreRow::Reading(_, reading)) = row {
                promises::of_reading(&reading);
            }
        }
    }
}

pub(super) fn open_hid(report: &[u8]) -> Vec<Vec<u8>> {
    // An answer goes through several reports; its rows are whole in few. So a row of each kind is made of its fields.
    let payload = HidReport::parse(report).map(|report| report.payload).into_iter();
    let rows = ["1,7,7,14,26,8,30,1,103,0,1,0,0,0,0,0,0,0,0", "7,1,7,14,26,8,30,1,103,0,1,0,0,0,0,0,0,0,0"];
    payload.chain(rows.map(|row| row.as_bytes().to_vec())).collect()
}

pub(super) fn serial(bytes: &[u8]) {
    if let Ok(log) = MeterLog::decode(bytes)
        && log.is_checked
        && log.clock.is_some()
    {
        assert_eq!(MeterLog::decode(&log.encode()), Ok(log));
    }
    if let Ok(status) = MeterStatus::decode(bytes)
        && status.clock.is_some()
        && status.results.is_some()
    {
        assert_eq!(MeterStatus::decode(&status.encode()), Ok(status));
    }
    let text = String::from_utf8_lossy(bytes);
    let _ = parse_clock(&text);
    for line in text.lines() {
        for dialect in [Dialect::Lite, Dialect::Optium] {
            if let Ok(entry) = LogEntry::parse(line, dialect) {
                assert_eq!(LogEntry::parse(&entry.encode(), dialect).as_ref(), Ok(&entry));
                promises::of_reading(&entry.reading(0));
            }
        }
    }
}
