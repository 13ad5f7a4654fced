//! The two languages of LifeScan's meters.

use super::super::promises;
use crate::meters::codec::lifescan_ascii::record::{Fields, reading};
use crate::meters::codec::lifescan_ascii::{answers, decode_line, encode_line};
use crate::meters::codec::lifescan_frame::record::{Layout, Record};
use crate::meters::codec::lifescan_frame::{Frame, Frames, answer, block};

pub(super) fn ascii(bytes: &[u8]) {
    if let Ok(text) = decode_line(bytes) {
        assert_eq!(encode_line(text), [bytes, b"\r\n"].concat());
        ascii_text(text);
    }
    // A line holds nothing else.
    if let Ok(text) = str::from_utf8(bytes)
        && bytes.iter().all(|byte| (0x20..=0x7E).contains(byte))
    {
        ascii_text(text);
    }
}

fn ascii_text(text: &str) {
    // A word for a unit that no source has is not kept.
    if let Ok(header) = answers::Header::parse(text)
        && header.unit != answers::DisplayUnit::Unknown
    {
        assert_eq!(header.encode(), text);
    }
    if let Ok(serial) = answers::parse_serial(text) {
        assert_eq!(answers::encode_serial(serial), text);
    }
    if let Ok(version) = answers::parse_version(text) {
        assert_eq!(answers::parse_version(&answers::encode_version(version)), Ok(version));
    }
    if let Ok(Some(clock)) = answers::parse_clock(text) {
        assert_eq!(answers::parse_clock(&answers::encode_clock(clock)), Ok(Some(clock)));
    }
    if let Ok(unit) = answers::parse_unit(text)
        && unit != answers::DisplayUnit::Unknown
    {
        assert_eq!(answers::encode_unit(unit), text);
    }
    if let Ok(record) = Fields::cut(text).and_then(|fields| fields.read())
        && let Some(encoded) = record.encode().filter(|_| record.stamp.is_consistent)
    {
        assert_eq!(Fields::cut(&encoded).and_then(|fields| fields.read()), Ok(record));
    }
    if let Ok(reading) = reading(text, 0) {
        promises::of_reading(&reading);
    }
}

pub(super) fn open_ascii(bytes: &[u8]) -> Vec<Vec<u8>> {
    let lines = bytes.split(|byte| *byte == b'\n').filter_map(|line| line.strip_suffix(b"\r"));
    lines
        .flat_map(|line| [Some(line.to_vec()), decode_line(line).ok().map(|text| text.as_bytes().to_vec())])
        .flatten()
        .collect()
}

pub(super) fn frame(bytes: &[u8]) {
    if let Ok(frame) = Frame::decode(bytes) {
        assert_eq!(frame.encode(), bytes);
        message(&frame.message);
    }
    if let Ok(opened) = block::decode(bytes) {
        let fits = opened.len() + 6 <= block::BLOCK;
        assert!(!fits || block::decode(&block::encode(opened)) == Ok(opened));
        message(opened);
    }
    let mut frames = Frames::default();
    frames.push(bytes);
    while let Ok(Some(frame)) = frames.take() {
        assert_eq!(Frame::decode(&frame.encode()), Ok(frame));
    }
    message(bytes);
}

fn message(message: &[u8]) {
    let data = answer::data(message, message.first().copied().unwrap_or(0), answer::DONE).unwrap_or(message);
    let _ = (answer::ascii(data), answer::counted_ascii(data));
    if let Ok(text) = answer::utf16(data) {
        assert_eq!(answer::utf16(&answer::encode_utf16(&text)), Ok(text));
    }
    for layout in [Layout::UltraEasy, Layout::VerioIq, Layout::Verio] {
        if let Ok(record) = Record::parse(layout, data) {
            assert_eq!(Record::parse(layout, &record.encode(layout)), Ok(record));
            promises::of_reading(&record.reading(layout, 0));
        }
    }
}

pub(super) fn open_frame(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut frames = Frames::default();
    frames.push(bytes);
    let messages = std::iter::from_fn(|| frames.take().ok().flatten()).map(|frame| frame.message);
    let opened: Vec<Vec<u8>> = messages.chain(block::decode(bytes).ok().map(<[u8]>::to_vec)).collect();
    let data = opened.iter().filter_map(|message| message.get(2..)).map(<[u8]>::to_vec).collect::<Vec<_>>();
    [opened, data].concat()
}
