//! Messages of bytes: packets, frames, reports.

use super::super::promises;
use crate::meters::codec::isens::{IsensPacket, Packets, flash, record, report};
use crate::meters::codec::taidoc::fields::{Stamp, Value};
use crate::meters::codec::taidoc::{self, Frames, Sender};
use crate::meters::codec::{agm_4000 as agm, contour_report as contour, cp2110 as bridge, phdc as healthcare};
use crate::meters::codec::{glucocard_expression as glucocard, sd_codefree as codefree};

pub(super) fn agm_4000(bytes: &[u8]) {
    if let Ok((command, data)) = agm::decode(bytes) {
        assert!(bytes.starts_with(&agm::encode(command, data)));
        agm_data(data);
    }
    agm_data(bytes);
}

fn agm_data(data: &[u8]) {
    let _ = (agm::parse_count(data), agm::parse_serial(data));
    if let Ok((index, reading)) = agm::parse_record(data) {
        assert_eq!(u32::from(index), reading.index);
        promises::of_reading(&reading);
    }
}

pub(super) fn open_agm_4000(report: &[u8]) -> Vec<Vec<u8>> {
    agm::decode(report).map(|(_, data)| data.to_vec()).into_iter().collect()
}

pub(super) fn contour_report(bytes: &[u8]) {
    if let Ok(payload) = contour::decode(bytes) {
        assert_eq!(contour::decode(&contour::report(payload)), Ok(payload));
    }
    let reports = contour::encode(bytes);
    let back: Vec<&[u8]> = reports.iter().map(|report| contour::decode(report).unwrap_or_default()).collect();
    assert_eq!(back.concat(), bytes);
}

pub(super) fn cp2110(bytes: &[u8]) {
    if let Some(feature) = bridge::Feature::decode(bytes) {
        assert_eq!(bridge::Feature::decode(&feature.encode()), Some(feature));
    }
    if let Ok(data) = bridge::from_report(bytes) {
        assert!((1..=bridge::MOST).contains(&data.len()));
    }
    let reports = bridge::to_reports(bytes);
    let back: Vec<&[u8]> = reports.iter().map(|report| bridge::from_report(report).unwrap_or_default()).collect();
    assert_eq!(back.concat(), bytes);
}

pub(super) fn glucocard_expression(bytes: &[u8]) {
    for from in [glucocard::Sender::Meter, glucocard::Sender::Host] {
        if let Ok((operation, payload)) = glucocard::decode(from, bytes) {
            assert_eq!(glucocard::encode(from, operation, payload), bytes);
            glucocard_payload(payload);
        }
    }
    for payload in bytes.as_chunks::<8>().0 {
        glucocard_payload(*payload);
    }
}

fn glucocard_payload(mut payload: [u8; 8]) {
    // Two digits of a year are written.
    if let Some(time) = glucocard::parse_clock(payload).filter(|time| time.year() < 2100) {
        assert_eq!(glucocard::parse_clock(glucocard::encode_clock(time)), Some(time));
    }
    let serial = glucocard::parse_serial(payload);
    // A longer one is the digits of what is no text.
    if serial.len() <= payload.len() {
        assert_eq!(glucocard::parse_serial(glucocard::encode_serial(&serial)), serial);
    }
    if let Err(glucocard::PacketError::Checksum { computed, .. }) = glucocard::reading(payload, 0) {
        payload[6..].copy_from_slice(&computed.to_le_bytes());
    }
    if let Ok(reading) = glucocard::reading(payload, 0) {
        promises::of_reading(&reading);
    }
}

pub(super) fn isens(bytes: &[u8]) {
    let mut at_once = Packets::default();
    at_once.extend(bytes);
    let found: Vec<_> = std::iter::from_fn(|| at_once.next_packet()).collect();
    let mut slowly = Packets::default();
    let mut found_slowly = Vec::new();
    for byte in bytes {
        slowly.extend(&[*byte]);
        found_slowly.extend(std::iter::from_fn(|| slowly.next_packet()));
    }
    assert_eq!(found, found_slowly);

    if let Some((command, payload)) = bytes.split_first_chunk() {
        let packet = IsensPacket { command: *command, payload: payload.iter().copied().take(248).collect() };
        let mut packets = Packets::default();
        packets.extend(&packet.encode());
        let received = packets.next_packet().and_then(Result::ok);
        assert!(received.is_some_and(|received| received.is_checked && received.packet == packet));
    }
    for chunk in bytes.as_chunks::<{ record::LENGTH }>().0 {
        let record = record::Record::decode(*chunk);
        assert_eq!(record.encode(), *chunk);
        if let Some(time) = record.stamp.decode() {
            assert!(record::Stamp::encode(time).is_none_or(|stamp| stamp == record.stamp));
        }
    }
    isens_flash(bytes);
    let _ = report::from_report(bytes);
    // A report whose bytes are all zeros cannot be told from the single byte with which a conversation begins.
    for reported in
        report::to_reports(bytes).iter().zip(bytes.chunks(62)).filter(|(_, part)| part.iter().any(|b| *b != 0))
    {
        assert_eq!(report::from_report(reported.0), Some(reported.1));
    }
}

fn isens_flash(bytes: &[u8]) {
    if let Some(address) = bytes.first_chunk().and_then(|question| flash::asked_address(*question)) {
        assert_eq!(bytes.first_chunk(), Some(&flash::question(address)));
    }
    if let Some((chunk, opened)) = bytes.first_chunk().and_then(|answer| Some((answer, flash::decode_answer(answer)?)))
    {
        assert_eq!(flash::answer(opened), chunk);
    }
    for chunk in bytes.as_chunks::<{ flash::LENGTH }>().0 {
        if let Some((_, serial)) = flash::identity(*chunk) {
            let numbers = flash::production_numbers(&serial);
            assert!(numbers.is_none_or(|numbers| flash::identity(numbers).is_some_and(|(_, said)| said == serial)));
        }
        if let Some(record) = flash::Record::decode(*chunk).filter(|record| record.value <= flash::HIGH) {
            assert_eq!(flash::Record::decode(record.encode()), Some(record));
        }
    }
    let _ = flash::production_numbers(&String::from_utf8_lossy(bytes));
}

pub(super) fn phdc(bytes: &[u8]) {
    let known = healthcare::Healthcare::from_descriptors(bytes);
    assert!(known.specializations.len() * 2 <= bytes.len());
}

pub(super) fn sd_codefree(bytes: &[u8]) {
    for from in [codefree::Sender::Meter, codefree::Sender::Host] {
        if let Ok(message) = codefree::decode(from, bytes) {
            assert_eq!(codefree::encode(from, message), bytes);
            codefree_message(message);
        }
    }
    codefree_message(bytes);
}

fn codefree_message(message: &[u8]) {
    if let Some(count) = codefree::parse_count(message) {
        assert_eq!(codefree::parse_count(&codefree::encode_count(count)), Some(count));
    }
    if let Some(record) = codefree::Record::from_message(message) {
        assert_eq!(record.message(), message);
        promises::of_reading(&record.reading(0));
    }
}

pub(super) fn open_sd_codefree(frame: &[u8]) -> Vec<Vec<u8>> {
    codefree::decode(codefree::Sender::Meter, frame).map(<[u8]>::to_vec).into_iter().collect()
}

pub(super) fn taidoc(bytes: &[u8]) {
    for sender in [Sender::Host, Sender::Meter] {
        let mut at_once = Frames::of(sender);
        at_once.extend(bytes);
        let found: Vec<_> = std::iter::from_fn(|| at_once.next_frame()).collect();
        let mut slowly = Frames::of(sender);
        let mut found_slowly = Vec::new();
        for byte in bytes {
            slowly.extend(&[*byte]);
            found_slowly.extend(std::iter::from_fn(|| slowly.next_frame()));
        }
        assert_eq!(found, found_slowly);
        for frame in found {
            assert_eq!(taidoc::Frame::decode(frame.encode(sender), sender), Some(frame));
        }
    }
    for data in bytes.as_chunks::<4>().0 {
        let value = Value::decode(*data);
        assert_eq!(Value::decode(value.encode()), value);
        if let Some(time) = Stamp(*data).decode() {
            assert_eq!(Stamp::encode(time).and_then(Stamp::decode), Some(time));
        }
        let _ = taidoc::fields::model(*data);
    }
    if let ([left, right, ..], _) = bytes.as_chunks::<4>() {
        let serial = taidoc::fields::serial(*left, *right);
        assert_eq!(taidoc::fields::serial_halves(&serial), Some([*left, *right]));
    }
}
