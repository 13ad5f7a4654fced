//! Vectors of i-SENS meters, protocols 3 and 1.

use glucodock::meters::codec::isens::flash::{self, decode_answer};
use glucodock::meters::codec::isens::record::{Record, flag};
use glucodock::meters::codec::isens::{Packets, command};
use jiff::civil::DateTime;
use serde_json::{Value, json};

use super::Vector;

pub(super) fn has(vector: &Vector) -> bool {
    vector.device.starts_with("i-SENS")
}

pub(super) fn check(vector: &Vector) {
    if vector.device == "i-SENS protocol 1" {
        let bytes = vector.bytes.as_slice().try_into().unwrap();
        let record = flash::Record::decode(decode_answer(bytes).unwrap()).unwrap();
        vector.expected.says("time", time(record.stamp.decode()));
        vector.expected.says("mg_dl", record.value);
        assert!(!record.is_control && !record.is_after_meal);
        return;
    }
    let mut packets = Packets::default();
    packets.extend(&vector.bytes);
    let received = packets.next_packet().unwrap().unwrap();
    assert!(received.is_checked);
    assert_eq!(received.packet.encode(), vector.bytes);
    if received.packet.command == command::SERIAL {
        assert!(received.packet.payload.is_empty());
        return vector.expected.says("command", "read serial");
    }
    let (records, rest) = received.packet.payload.as_chunks();
    assert!(rest.is_empty());
    let records: Vec<Value> = records.iter().map(|bytes| record(Record::decode(*bytes))).collect();
    vector.expected.says("records", records);
}

fn record(record: Record) -> Value {
    let time = time(record.stamp.decode());
    if record.has(flag::HIGH) {
        json!({"time": time, "flag": "HI", "raw": record.value})
    } else {
        json!({"time": time, "mg_dl": record.value, "flags": record.flags})
    }
}

fn time(time: Option<DateTime>) -> String {
    time.unwrap().to_string()
}
