use jiff::civil::date;
use proptest::prelude::*;

use super::answer::{AnswerError, DONE, Epoch, ascii, counted_ascii, data, encode_utf16, utf16};
use super::record::{Layout, Record};
use super::*;
use crate::domain::glucose::{Concentration, Measured};
use crate::domain::reading::{Doubt, Kind, Meal};

fn bytes(text: &str) -> Vec<u8> {
    crate::meters::transcript::hex(text).unwrap()
}

/// The check value of the catalogue, and LifeScan's own examples.
#[test]
fn the_check_value_is_the_published_one() {
    for (input, crc) in [
        (b"123456789".to_vec(), 0x29B1),
        (bytes("02 06 06 03"), 0x41CD),
        (bytes("02 06 08 03"), 0x62C2),
        (bytes("02 09 03 05 0D 02 03"), 0x9F08),
    ] {
        assert_eq!(crc16(&input), crc);
    }
}

/// Frames captured of a OneTouch UltraEasy.
#[test]
fn frames_are_those_of_the_captures() {
    let frame = |control, message: &str| Frame { control, message: bytes(message) };
    for (frame, wire) in [
        (frame(LinkControl::disconnect(false, false), ""), "02 06 08 03 C2 62"),
        (frame(LinkControl::DISCONNECTED, ""), "02 06 0C 03 06 AE"),
        (frame(LinkControl::acknowledge(false, true), ""), "02 06 06 03 CD 41"),
        (frame(LinkControl::acknowledge(true, true), ""), "02 06 07 03 FC 72"),
        (frame(LinkControl::message(true, true), "05 0D 02"), "02 09 03 05 0D 02 03 08 9F"),
    ] {
        assert_eq!(frame.encode(), bytes(wire));
        assert_eq!(Frame::decode(&bytes(wire)), Ok(frame));
    }
}

#[test]
fn damage_is_named() {
    let decode = |text: &str| Frame::decode(&bytes(text)).unwrap_err();
    assert_eq!(decode(""), FrameError::Start);
    assert_eq!(decode("03 06 08 03 C2 62"), FrameError::Start);
    assert_eq!(decode("02 06"), FrameError::Length);
    assert_eq!(decode("02 07 08 03 C2 62"), FrameError::Length);
    assert_eq!(decode("02 05 08 C2 62"), FrameError::Length);
    assert_eq!(decode("02 06 08 04 C2 62"), FrameError::End);
    assert_eq!(decode("02 06 08 03 C2 63"), FrameError::Checksum { sent: 0x63C2, computed: 0x62C2 });
}

#[test]
fn a_frame_is_found_behind_noise_and_behind_a_damaged_one() {
    let mut frames = Frames::default();
    frames.push(&bytes("00 FF 02 02 06 0C"));
    assert_eq!(frames.take(), Ok(None));
    frames.push(&bytes("03 06 AE"));
    assert_eq!(frames.take().unwrap().unwrap().control, LinkControl::DISCONNECTED);
    assert!(frames.is_empty());
    frames.push(&bytes("02 06 0C 03 06 AF"));
    assert_eq!(frames.take(), Err(FrameError::Checksum { sent: 0xAF06, computed: 0xAE06 }));
    frames.push(&bytes("02 06 0C 03 06 AF 02 06 0C 03 06 AE"));
    assert!(frames.take().unwrap().is_some());
    assert_eq!(frames.take(), Ok(None));
}

/// A block made by hand after the published layout.
#[test]
fn a_block_is_a_frame_with_a_long_length_and_zeros() {
    let block = block::encode(&bytes("04 E6 02 00"));
    assert_eq!(block.len(), 512);
    assert_eq!(block[..10], bytes("02 0A 00 04 E6 02 00 03 A0 39"));
    assert!(block[10..].iter().all(|byte| *byte == 0));
    assert_eq!(block::decode(&block), Ok(&bytes("04 E6 02 00")[..]));
    assert_eq!(block::decode(&[0; 512]), Err(FrameError::Start));
    assert_eq!(block::decode(&[2, 1, 2, 0]), Err(FrameError::Length));
    assert_eq!(block::decode(&[2, 5, 0, 3, 0]), Err(FrameError::Length));
}

#[test]
fn texts_end_where_they_should() {
    assert_eq!(data(&[4, 6, 1, 2], 4, DONE), Ok(&[1, 2][..]));
    assert_eq!(data(&[4, 9], 4, DONE), Err(AnswerError::Refused { status: 9 }));
    assert_eq!(data(&[3, 6], 4, DONE), Err(AnswerError::Stray));
    assert_eq!(ascii(b"C176SA0O0"), Ok("C176SA0O0"));
    assert_eq!(ascii(b"ABC\0\0"), Ok("ABC"));
    assert_eq!(ascii(b"ABC\0D"), Err(AnswerError::Text));
    assert_eq!(ascii(b""), Err(AnswerError::Text));
    assert_eq!(counted_ascii(b"\x03ABC\0"), Ok("ABC"));
    assert_eq!(counted_ascii(b"\x04ABC"), Err(AnswerError::Text));
    assert_eq!(utf16(&bytes("41 00 42 00 00 00")), Ok("AB".to_owned()));
    assert_eq!(utf16(&bytes("41 00 42 00")), Err(AnswerError::Text));
    assert_eq!(encode_utf16("AB"), bytes("41 00 42 00 00 00"));
}

/// Records made by hand after the published layouts; 0x550DA024 and 0x26451ED9 are their times.
#[test]
fn records_are_read_as_specified() {
    let record = Record::parse(Layout::UltraEasy, &bytes("24 A0 0D 55 51 00 00 00")).unwrap();
    let reading = record.reading(Layout::UltraEasy, 0);
    assert_eq!(reading.time, Some(date(2015, 3, 21).at(16, 45, 24, 0)));
    assert_eq!(reading.measured, Measured::Value(Concentration::mg_per_dl(81)));
    assert_eq!((reading.meal, reading.doubts), (None, vec![Doubt::KindUncertain]));

    let record = Record::parse(Layout::VerioIq, &bytes("D9 1E 45 26 7B 00 00 01 00 00")).unwrap();
    let reading = record.reading(Layout::VerioIq, 0);
    assert_eq!(reading.time, Some(date(2020, 5, 6).at(7, 8, 9, 0)));
    assert_eq!(reading.measured, Measured::Value(Concentration::mg_per_dl(123)));
    assert_eq!((reading.kind, reading.meal, reading.doubts), (Kind::Blood, Some(Meal::Before), vec![]));

    let data = bytes("02 00 00 57 01 D9 1E 45 26 7B 00 01 00 00 0B 00");
    let record = Record::parse(Layout::Verio, &data).unwrap();
    assert_eq!((record.inverse, record.counter), (2, 0x157));
    assert_eq!(record.reading(Layout::Verio, 0).time, reading.time);
    assert_eq!(record.encode(Layout::Verio), data);
}

#[test]
fn words_beyond_the_range_stay_words() {
    let measured = |value| Record { value, ..Record::default() }.measured();
    assert_eq!([measured(19), measured(0), measured(0xFFFE)], [Measured::Low; 3]);
    assert_eq!([measured(601), measured(0xFFFF)], [Measured::High; 2]);
    assert_eq!(measured(20), Measured::Value(Concentration::mg_per_dl(20)));
    assert_eq!(measured(600), Measured::Value(Concentration::mg_per_dl(600)));
    assert_eq!(Record::parse(Layout::UltraEasy, &bytes("24 A0 0D 55 51 00 01 00")), Err(AnswerError::Value));
    let odd = Record { value: 0xFFFE, seconds: 0, control: 2, meal: 7, ..Record::default() };
    let reading = odd.reading(Layout::VerioIq, 0);
    assert_eq!(reading.doubts, [Doubt::Questionable, Doubt::TimeUncertain, Doubt::KindUncertain]);
    assert_eq!(reading.meal, None);
    assert_eq!(Record { control: 3, ..odd }.reading(Layout::Verio, 0).kind, Kind::Control);
}

proptest! {
    #[test]
    fn a_frame_is_read_as_it_was_written(control: u8, message in prop::collection::vec(any::<u8>(), 0..=249)) {
        let frame = Frame { control: control.into(), message };
        let mut frames = Frames::default();
        frames.push(&frame.encode());
        prop_assert_eq!(frames.take(), Ok(Some(frame)));
        prop_assert!(frames.is_empty());
    }

    #[test]
    fn one_wrong_bit_is_never_a_frame(
        message in prop::collection::vec(any::<u8>(), 0..40),
        place: usize,
        bit in 0_u8..8,
    ) {
        let mut bytes = Frame { control: 0.into(), message }.encode();
        let place = place % bytes.len();
        bytes[place] ^= 1 << bit;
        prop_assert!(Frame::decode(&bytes).is_err());
    }

    #[test]
    fn a_block_is_read_as_it_was_written(message in prop::collection::vec(any::<u8>(), 0..=506)) {
        let block = block::encode(&message);
        prop_assert_eq!(block::decode(&block), Ok(&message[..]));
    }

    #[test]
    fn a_record_is_read_as_it_was_written(seconds: u32, value: u16, control: u8, meal: u8, counter: u16) {
        let plain = Record { seconds, value: value.into(), ..Record::default() };
        let marked = Record { control, meal, ..plain };
        let numbered = Record { inverse: 7, counter, flags: 9, ..marked };
        let all = [(Layout::UltraEasy, plain), (Layout::VerioIq, marked), (Layout::Verio, numbered)];
        for (layout, record) in all {
            prop_assert_eq!(Record::parse(layout, &record.encode(layout)), Ok(record));
        }
    }

    #[test]
    fn a_time_is_the_one_it_was_made_from(seconds: u32) {
        for epoch in [Epoch::Year1970, Epoch::Year2000] {
            prop_assert_eq!(epoch.seconds(epoch.time(seconds)), seconds);
        }
    }

    #[test]
    fn any_bytes_are_borne(bytes: Vec<u8>) {
        let mut frames = Frames::default();
        frames.push(&bytes);
        while let Ok(Some(_)) = frames.take() {}
        let _ = block::decode(&bytes);
        let _ = (utf16(&bytes), counted_ascii(&bytes));
        for layout in [Layout::UltraEasy, Layout::VerioIq, Layout::Verio] {
            let _ = Record::parse(layout, &bytes);
        }
    }
}
