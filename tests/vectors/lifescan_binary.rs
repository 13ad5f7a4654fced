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
use glucodock::meters::simulator::shelf::{self, Wanted};
use jiff::civil::{DateTime, date};
use serde_json::Value;

/// The vectors of one file, which the shared loader cannot give: some are texts and not hexadecimal.
fn load(file: &str) -> Vec<Value> {
    let folder = std::env::var_os("GLUCODOCK_VECTORS").unwrap();
    let text = std::fs::read_to_string(std::path::Path::new(&folder).join(file)).unwrap();
    serde_json::from_str(&text).unwrap()
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

fn check_checksum(vector: &Value) {
    let text = vector.get("hex").or_else(|| vector.get("hex_or_text")).unwrap().as_str().unwrap();
    let is_text = vector["kind"] == "crc16 over text";
    let bytes = if is_text { text.as_bytes().to_vec() } else { glucodock::meters::transcript::hex(text).unwrap() };
    let crc = crc16(&bytes);
    match &vector["expected"]["crc16"] {
        Value::String(expected) => assert_eq!(&format!("0x{crc:04X}"), expected),
        expected => assert_eq!(expected, &Value::from(crc)),
    }
    if let Some(wire) = vector["expected"]["wire"].as_str() {
        assert_eq!(glucodock::meters::transcript::hex(wire).unwrap(), crc.to_le_bytes());
    }
}

/// The message of a vector, opened and closed again.
fn message(layout: Layout, bytes: &[u8], expected: &Value) -> Vec<u8> {
    if layout == Layout::Verio {
        let message = block::decode(bytes).unwrap().to_vec();
        let closed = block::encode(&message);
        assert_eq!(closed[..bytes.len()], *bytes);
        assert_eq!(closed[bytes.len()..].iter().position(|byte| *byte != 0), None);
        return message;
    }
    let frame = Frame::decode(bytes).unwrap();
    assert_eq!(frame.encode(), bytes);
    if let Some(link) = expected.get("link") {
        let is = |name: &str| link.get(name).is_some_and(|bit| bit == 1);
        let control = frame.control;
        assert_eq!((control.sequence(), control.expected()), (is("S"), is("E")), "{expected}");
        assert_eq!((control.is_acknowledge(), control.is_disconnect()), (is("A"), is("D")), "{expected}");
    }
    if let Some(wanted) = expected["message"].as_str() {
        assert_eq!(frame.message, glucodock::meters::transcript::hex(wanted).unwrap());
    }
    frame.message
}

/// Checks an answer; `false` if the vector is none.
fn check_answer(layout: Layout, message: &[u8], expected: &Value) -> bool {
    let Some(prefix) = message.first() else { return false };
    let done = || data(message, *prefix, DONE).unwrap();
    if let Some(count) = expected.get("count") {
        let [low, high] = *data(message, *prefix, NO_SUCH_RECORD).unwrap() else { panic!("{expected}") };
        assert_eq!(count, &Value::from(u16::from_le_bytes([low, high])));
    } else if let Some(version) = expected["version"].as_str() {
        let date = expected["date"].as_str().unwrap();
        assert_eq!(counted_ascii(done()).unwrap(), format!("{version}{date}"));
    } else if let Some(serial) = expected["serial"].as_str() {
        assert_eq!(ascii(done()).unwrap(), serial);
    } else if let Some(time) = expected["time"].as_str() {
        check_record(layout, Record::parse(layout, done()).unwrap(), time, expected);
    } else {
        return false;
    }
    true
}

fn check_record(layout: Layout, record: Record, time: &str, expected: &Value) {
    let reading = record.reading(layout, 0);
    assert_eq!(reading.time, Some(time.parse::<DateTime>().unwrap()));
    if let Some(value) = expected["mg_dl"].as_u64() {
        let value = u32::try_from(value).unwrap();
        assert_eq!(reading.measured, Measured::Value(Concentration::mg_per_dl(value)));
    } else {
        assert_eq!((&expected["flag"], reading.measured), (&"HI".into(), Measured::High));
    }
    assert_eq!(reading.kind == Kind::Control, expected["control"] == true);
    let meal = expected["meal"].as_str().map(|meal| if meal == "before" { Meal::Before } else { Meal::After });
    assert_eq!(reading.meal, meal);
    for (name, found) in
        [("inverse", record.inverse), ("lifetime", record.counter), ("lifetime_counter", record.counter)]
    {
        if let Some(number) = expected.get(name) {
            assert_eq!(number, &Value::from(found), "{name}");
        }
    }
}

/// All that a driver sends to read one meter, frame by frame.
fn sent_by(driver: &str) -> Vec<Vec<u8>> {
    let clock = date(2026, 7, 14).at(12, 0, 0, 0);
    let wanted = Wanted {
        slug: driver.to_owned(),
        serial: None,
        memory: ReadingSet::seeded(3, 1, clock),
        clock: Box::new(move || clock),
        fault: None,
        shows_mmol: false,
        clock_was_adjusted: false,
    };
    let mut link = MemoryLink::new(shelf::make(driver, wanted).unwrap(), None);
    let mut report = |_| {};
    let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &jiff::Zoned::now);
    let download = drivers::by_name(driver).unwrap().read(&mut conversation, &Clean::default()).unwrap();
    assert!(download.is_complete());
    let sent = download.transcript.into_iter().filter(|packet| packet.direction == Direction::ToMeter);
    // A block that is written follows its command of ten bytes; its zeros are left out.
    sent.map(|packet| match packet.bytes.as_slice() {
        [0x2A, .., _] => packet.bytes[10..10 + usize::from(packet.bytes[11])].to_vec(),
        bytes => bytes.to_vec(),
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

#[test]
#[ignore = "needs GLUCODOCK_VECTORS"]
fn checksums() {
    let mut checked = 0;
    for vector in load("vectors-a.json").iter().chain(&load("vectors-b.json")) {
        if vector["device"] == "LifeScan CRC" || vector["device"] == "lifescan-binary" {
            check_checksum(vector);
            checked += 1;
        }
    }
    assert_eq!(checked, 6);
}

#[test]
#[ignore = "needs GLUCODOCK_VECTORS"]
fn frames_and_blocks() {
    let (mut answers, mut ours, mut others, mut link_frames) = (0, 0, 0, 0);
    for vector in load("vectors-a.json").iter().chain(&load("vectors-b.json")) {
        let Some((driver, layout)) = family(vector["device"].as_str().unwrap()) else { continue };
        let hex = vector.get("hex").or_else(|| vector.get("hex_or_text")).unwrap().as_str().unwrap();
        let bytes = glucodock::meters::transcript::hex(hex).unwrap();
        let expected = &vector["expected"];
        let message = message(layout, &bytes, expected);
        let meaning =
            ["meaning", "request", "frame"].iter().find_map(|name| expected[name].as_str()).unwrap_or_default();
        if check_answer(layout, &message, expected) {
            answers += 1;
        } else if message.is_empty() {
            link_frames += 1;
        } else if meaning == "ERASE" {
            assert!(!sent_by(driver).contains(&bytes));
            others += 1;
        } else if meaning == "success answer" {
            assert_eq!(data(&message, 3, DONE), Ok(&[][..]));
            answers += 1;
        } else if sent_by(driver).contains(&bytes) {
            ours += 1;
        } else {
            assert!(is_another_readers(&bytes, meaning), "{driver} does not send {hex} ({meaning})");
            others += 1;
        }
    }
    assert_eq!((answers, ours, others, link_frames), (12, 18, 13, 6));
}
