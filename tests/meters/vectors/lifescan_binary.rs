//! LifeScan's meters with binary frames: OneTouch UltraEasy, Verio IQ, Verio and its successors.
//!
//! Every vector is opened and closed again. Answers are read; questions are put to the simulated meter, and those that
//! are ours must be among what the driver sends, byte by byte. The question that erases must not.

use glucodock::domain::download::Direction;
use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::reading::{Kind, Meal};
use glucodock::domain::text::Clean;
use glucodock::meters::codec::lifescan_frame::answer::{DONE, NO_SUCH_RECORD, ascii, counted_ascii, data};
use glucodock::meters::codec::lifescan_frame::record::{Layout, Record};
use glucodock::meters::codec::lifescan_frame::{Frame, block, crc16};
use glucodock::meters::conversation::{Cancel, Conversation};
use glucodock::meters::drivers;
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::readings::ReadingSet;
use glucodock::meters::simulator::shelf;
use glucodock::meters::simulator::wanted::Wanted;
use jiff::civil::{DateTime, date};
use serde_json::Value;

use super::Vector;
use super::expected::Expected;

pub(super) fn has(vector: &Vector) -> bool {
    let checksums = ["LifeScan CRC", "lifescan-binary"];
    family(&vector.device).is_some() || checksums.contains(&vector.device.as_str()) || vector.device == "timestamp"
}

pub(super) fn check(vector: &Vector) {
    if let Some((driver, layout)) = family(&vector.device) {
        check_message(vector, driver, layout);
    } else if vector.device == "timestamp" {
        // Of the UltraEasy's clock; the sources name no meter, but no other family counts from 1970.
        let seconds = u32::from_le_bytes(vector.bytes.as_slice().try_into().unwrap());
        assert_eq!(vector.kind, "u32le, unix epoch");
        vector.expected.says("time", Layout::UltraEasy.epoch().time(seconds).to_string());
    } else {
        check_checksum(vector);
    }
}

/// The driver and the layout of a vector's device.
fn family(device: &str) -> Option<(&'static str, Layout)> {
    match device {
        "OneTouch UltraEasy/UltraMini" | "OneTouch UltraMini" | "ultraeasy" => {
            Some(("onetouch-ultra-easy", Layout::UltraEasy))
        }
        "OneTouch VerioIQ" | "verioiq" => Some(("onetouch-verio-iq", Layout::VerioIq)),
        "OneTouch Verio (block)" | "verio2015" => Some(("onetouch-verio", Layout::Verio)),
        _ => None,
    }
}

fn check_checksum(vector: &Vector) {
    let is_text = vector.kind == "crc16 over text";
    let crc = crc16(if is_text { vector.text.as_bytes() } else { &vector.bytes });
    let is_number = vector.expected["crc16"].is_number();
    vector.expected.says("crc16", if is_number { crc.into() } else { Value::from(format!("0x{crc:04X}")) });
    if let Some(wire) = vector.expected.text("wire") {
        assert_eq!(glucodock::meters::transcript::hex(wire).unwrap(), crc.to_le_bytes());
    }
}

/// The message of a vector, opened and closed again.
fn message(layout: Layout, bytes: &[u8], expected: &Expected) -> Vec<u8> {
    if layout == Layout::Verio {
        let message = block::decode(bytes).unwrap().to_vec();
        let closed = block::encode(&message);
        expected.says_if_at_all("padded_to", closed.len());
        assert_eq!(closed[..bytes.len()], *bytes);
        assert_eq!(closed[bytes.len()..].iter().position(|byte| *byte != 0), None);
        return message;
    }
    let frame = Frame::decode(bytes).unwrap();
    assert_eq!(frame.encode(), bytes);
    let control = frame.control;
    if let Some(link) = expected.get("link") {
        let is = |name: &str| link.get(name).is_some_and(|bit| bit == 1);
        assert_eq!((control.sequence(), control.expected()), (is("S"), is("E")), "{link}");
        assert_eq!((control.is_acknowledge(), control.is_disconnect()), (is("A"), is("D")), "{link}");
    }
    expected.says_if_at_all("S", u8::from(control.sequence()));
    expected.says_if_at_all("E", u8::from(control.expected()));
    let names = if control.is_disconnect() { "disconnect" } else { "firmware request" };
    expected.says_if_at_all("frame", names);
    if let Some(wanted) = expected.text("message") {
        assert_eq!(frame.message, glucodock::meters::transcript::hex(wanted).unwrap());
    }
    frame.message
}

/// Checks an answer; `false` if the vector is none.
fn check_answer(layout: Layout, message: &[u8], expected: &Expected) -> bool {
    let Some(prefix) = message.first() else { return false };
    let done = || data(message, *prefix, DONE).unwrap();
    if expected.has("count") {
        let [low, high] = *data(message, *prefix, NO_SUCH_RECORD).unwrap() else { panic!("no count of two bytes") };
        expected.says("count", u16::from_le_bytes([low, high]));
        expected.says_if_at_all("status", format!("{NO_SUCH_RECORD:02X}"));
    } else if let Some(version) = expected.text("version") {
        let date = expected.text("date").unwrap();
        assert_eq!(counted_ascii(done()).unwrap(), format!("{version}{date}"));
    } else if let Some(serial) = expected.text("serial") {
        assert_eq!(ascii(done()).unwrap(), serial);
    } else if let Some(time) = expected.text("time") {
        check_record(layout, Record::parse(layout, done()).unwrap(), time, expected);
    } else {
        return false;
    }
    true
}

fn check_record(layout: Layout, record: Record, time: &str, expected: &Expected) {
    let reading = record.reading(layout, 0);
    assert_eq!(reading.time, Some(time.parse::<DateTime>().unwrap()));
    if let Some(value) = expected["mg_dl"].as_u64() {
        let value = u32::try_from(value).unwrap();
        assert_eq!(reading.measured, Measured::Value(Concentration::mg_per_dl(value)));
    } else {
        assert_eq!((expected.text("flag"), reading.measured), (Some("HI"), Measured::High));
    }
    assert_eq!(reading.kind == Kind::Control, expected["control"] == true);
    assert_eq!(reading.meal.is_some(), expected.has("meal"));
    expected.says_if_at_all("meal", if reading.meal == Some(Meal::Before) { "before" } else { "after" });
    assert!(matches!(reading.meal, None | Some(Meal::Before | Meal::After)));
    for (name, found) in
        [("inverse", record.inverse), ("lifetime", record.counter), ("lifetime_counter", record.counter)]
    {
        expected.says_if_at_all(name, found);
    }
}

/// What a driver sends to read one meter, frame by frame; of a block, the register that it is written to.
fn sent_by(driver: &str) -> Vec<(Option<u32>, Vec<u8>)> {
    let clock = date(2026, 7, 14).at(12, 0, 0, 0);
    let wanted = Wanted::new(driver, ReadingSet::seeded(3, 1, clock), move || clock);
    let mut link = MemoryLink::new(shelf::make(driver, wanted).unwrap(), None);
    let mut report = |_| {};
    let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &jiff::Zoned::now);
    let download = drivers::by_name(driver).unwrap().read(&mut conversation, &Clean::default()).unwrap();
    assert!(download.is_complete());
    let sent = download.transcript.into_iter().filter(|packet| packet.direction == Direction::ToMeter);
    // A block that is written follows its command of ten bytes; its zeros are left out.
    sent.map(|packet| match packet.bytes.as_slice() {
        [0x2A, _, b3, b2, b1, b0, ..] => {
            let register = u32::from_be_bytes([*b3, *b2, *b1, *b0]);
            (Some(register), packet.bytes[10..10 + usize::from(packet.bytes[11])].to_vec())
        }
        bytes => (None, bytes.to_vec()),
    })
    .collect()
}

/// Questions that another reader asks in another form: with 04, without the unit's last byte, at another turn, or with
/// another filler.
fn is_another_readers(bytes: &[u8], meaning: &str) -> bool {
    bytes.get(3) == Some(&4)
        || meaning.contains("as the peer sends it")
        || meaning.contains("2nd exchange")
        || meaning.contains("LifeScan program's filler")
        || meaning == "firmware request"
}

fn check_message(vector: &Vector, driver: &str, layout: Layout) {
    let (bytes, expected) = (&vector.bytes, &vector.expected);
    let message = message(layout, bytes, expected);
    let meaning = ["meaning", "request", "frame"].iter().find_map(|name| expected.text(name)).unwrap_or_default();
    let sent = sent_by(driver).into_iter().find(|(_, sent)| sent == bytes);
    if let (Some((Some(register), _)), true) = (&sent, expected.has("lba")) {
        expected.says("lba", *register);
    } else {
        expected
            .waive("lba", "the register of what the driver does not send: an answer, or another program's question");
    }
    for name in ["meaning", "request"] {
        expected
            .waive(name, "what a LifeScan message is for has no name in our code: its bytes are what the driver sends");
    }
    if check_answer(layout, &message, expected) || message.is_empty() {
        return;
    }
    match (meaning, sent) {
        ("ERASE", sent) => assert_eq!(sent, None),
        ("success answer", _) => assert_eq!(data(&message, 3, DONE), Ok(&[][..])),
        (_, Some(_)) => {}
        (meaning, None) => assert!(is_another_readers(bytes, meaning), "{driver} does not send it ({meaning})"),
    }
}
