//! Messages of text: lines, fields, files.

use super::super::promises;
use crate::meters::codec::astm::header::Header;
use crate::meters::codec::astm::result::{Fields, Layout};
use crate::meters::codec::astm::{self as frames, Frame};
use crate::meters::codec::reports::{mobile_csv, smart_pix_xml};
use crate::meters::codec::{glucomen_areo as areo, relion_prime as relion, true_metrix as metrix};

/// The lines of a text, each for itself.
pub(super) fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.split(|byte| matches!(byte, b'\r' | b'\n')).filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect()
}

pub(super) fn astm(bytes: &[u8]) {
    if let Ok(frame) = Frame::decode(bytes) {
        assert_eq!(frame.encode(), bytes);
        astm_text(&frame.text);
    }
    astm_text(&String::from_utf8_lossy(bytes));
}

fn astm_text(text: &str) {
    let _ = frames::time(text);
    // The delimiters of a header that says none are those of every Contour.
    let header = Header::parse(text).or_else(|_| Header::parse(r"H|\^&||x|Bayer7390^01.24\01.04\09.02.20^7390-000|"));
    let Ok(header) = header else { return };
    assert!(!header.serial.is_empty() && !header.product.is_empty());
    assert!(header.serial.ends_with(header.label_serial()) && !header.label_serial().is_empty());
    let _ = header.product_number();
    for layout in [Layout::Hid, Layout::Serial] {
        let fields = Fields::of(text, header.delimiters, layout);
        let _ = (fields.measured(), fields.is_control(), fields.meal(), fields.time());
    }
}

pub(super) fn open_astm(bytes: &[u8]) -> Vec<Vec<u8>> {
    let start = bytes.iter().position(|byte| *byte == frames::STX).unwrap_or(0);
    let frame = Frame::decode(&bytes[start..]).ok();
    frame.into_iter().flat_map(|frame| [frame.encode(), frame.text.into_bytes()]).collect()
}

pub(super) fn glucomen_areo(bytes: &[u8]) {
    if let Some(end) = areo::end_of_block(bytes)
        && let Ok(lines) = areo::decode_block(&bytes[..end])
        && bytes[..end] != areo::NO_READINGS
    {
        let lines: Vec<String> = lines.into_iter().map(str::to_owned).collect();
        assert_eq!(areo::encode_block(&lines), bytes[..end]);
    }
    let text = String::from_utf8_lossy(bytes);
    if let Ok(info) = areo::Info::parse(&text) {
        assert_eq!(areo::Info::parse(&info.encode()), Ok(info));
    }
    // A block holds nothing else.
    if bytes.iter().all(|byte| (0x20..=0x7E).contains(byte))
        && let Ok(reading) = areo::reading(&text, 0)
    {
        promises::of_reading(&reading);
    }
}

pub(super) fn relion_prime(bytes: &[u8]) {
    if let Ok(header) = relion::Header::parse(bytes) {
        assert_eq!(relion::Header::parse(&header.encode()), Ok(header));
    }
    if let Ok(text) = relion::decode_answer(bytes) {
        assert_eq!(relion::encode_answer(text), bytes);
        relion_text(text);
    }
    relion_text(&String::from_utf8_lossy(bytes));
}

fn relion_text(text: &str) {
    let _ = relion::parse_count(text);
    let (date, time) = text.split_once('|').unwrap_or((text, ""));
    let _ = relion::parse_clock(date, time);
    if let Ok(reading) = relion::reading(text, 0) {
        promises::of_reading(&reading);
    }
}

pub(super) fn open_relion(bytes: &[u8]) -> Vec<Vec<u8>> {
    relion::decode_answer(bytes).map(|text| text.as_bytes().to_vec()).into_iter().collect()
}

pub(super) fn true_metrix(bytes: &[u8]) {
    let mut pending = bytes.to_vec();
    let found: Vec<_> = std::iter::from_fn(|| metrix::take_frame(&mut pending)).collect();
    for text in found.iter().flatten() {
        let mut again = metrix::encode(text).into_bytes();
        assert_eq!(metrix::take_frame(&mut again), Some(Ok(text.clone())));
        true_metrix_text(text);
    }
    if let Ok(text) = metrix::reported(bytes) {
        assert_eq!(metrix::reported(&metrix::report(text)), Ok(text));
    }
    let _ = metrix::requested(bytes);
    true_metrix_text(&String::from_utf8_lossy(bytes));
}

fn true_metrix_text(text: &str) {
    if let Ok(Some(clock)) = metrix::parse_clock(text) {
        assert_eq!(metrix::encode_clock(clock), text);
    }
    let _ = metrix::parse_total(text);
    if let Ok(reading) = metrix::reading(text.strip_prefix("g5").unwrap_or(text), 0) {
        promises::of_reading(&reading);
    }
}

pub(super) fn open_true_metrix(report: &[u8]) -> Vec<Vec<u8>> {
    let mut pending = metrix::reported(report).unwrap_or_default().to_vec();
    std::iter::from_fn(|| metrix::take_frame(&mut pending)).flatten().map(String::into_bytes).collect()
}

pub(super) fn reports(bytes: &[u8]) {
    if let Ok(report) = mobile_csv::parse(bytes) {
        assert!(report.rows.len() <= bytes.len());
        report.rows.iter().filter_map(|row| row.reading.as_ref().ok()).for_each(promises::of_reading);
    }
    let report = smart_pix_xml::parse(bytes);
    assert!(report.entries.len() + report.devices.len() <= bytes.len());
    report.entries.iter().filter_map(|entry| entry.reading.as_ref().ok()?.as_ref()).for_each(promises::of_reading);
}
