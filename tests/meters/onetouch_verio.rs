//! OneTouch Verio and its successors: exact, odd, damaged; and drives that are no meters.

use glucodock::domain::download::Direction;
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::Kind;
use glucodock::meters::codec::lifescan_frame::block;
use glucodock::meters::drivers::onetouch_verio::OneTouchVerio;
use glucodock::meters::simulator::SimulatedMeter as _;
use glucodock::meters::simulator::onetouch_verio::{CAPACITY, SimulatedVerio, VerioFaults};
use glucodock::meters::simulator::wanted::Wanted;
use rstest::rstest;

use super::lifescan::{Family, marks, wanted};

const SLUG: &str = "onetouch-verio";

const FAMILY: Family<SimulatedVerio, VerioFaults> = Family {
    slug: SLUG,
    driver: &OneTouchVerio,
    make: SimulatedVerio::new,
    misdeeds: SimulatedVerio::misdeeds,
    tell: marks,
};

#[rstest]
fn a_meter_is_read_exactly(#[values(0, 1, 10, CAPACITY)] count: usize, #[values(false, true)] shows_mmol: bool) {
    let wanted = Wanted { shows_mmol, ..wanted("onetouch-select-plus", count) };
    let download = FAMILY.is_read_exactly(wanted, ["OneTouch Select Plus", "000SIM04", "VER02.04.08"]);
    assert!(count < 10 || download.readings.iter().any(|reading| reading.kind == Kind::Control));
}

/// A drive that is no meter loses nothing: not one block is written.
#[rstest]
#[case(VerioFaults { foreign_maker: true, ..VerioFaults::default() }, "name LifeScan")]
#[case(VerioFaults { foreign_label: true, ..VerioFaults::default() }, "another label")]
fn a_foreign_drive_is_never_written_to(#[case] faults: VerioFaults, #[case] why: &str) {
    let (result, passed) = FAMILY.run(wanted(SLUG, 10), faults);
    let error = result.unwrap_err();
    assert_eq!(error.code(), ProblemCode::MeterUnsupported);
    assert!(error.to_string().contains(why), "{error}");
    assert_eq!(passed, 0);
}

/// Every command block is one of the five that the device takes, bit for bit.
#[test]
fn only_the_registers_are_written() {
    let download = FAMILY.read(10, VerioFaults::default()).unwrap();
    let sent = download.transcript.iter().filter(|packet| packet.direction == Direction::ToMeter);
    for bytes in sent.map(|packet| &packet.bytes) {
        match bytes.as_slice() {
            [0x12, 0, 0, 0, 0x60, 0] | [0x28, 0, 0, 0, 0, 0 | 3 | 4, 0, 0, 1, 0] => {}
            [0x2A, 0, 0, 0, 0, 3 | 4, 0, 0, 1, 0, data @ ..] => assert_eq!(data.len(), 512),
            other => panic!("{other:02x?}"),
        }
    }
}

/// A drive behind a cache gives the question back, or the answer before.
#[test]
fn what_a_cache_gives_once_is_read_again() {
    for answer in 0..18 {
        for faults in [
            VerioFaults { cached: Some(answer), ..VerioFaults::default() },
            VerioFaults { stale: Some(answer), ..VerioFaults::default() },
        ] {
            FAMILY.is_mended(faults);
        }
    }
}

#[rstest]
#[case(VerioFaults { wrong_checksum: Some(7), ..VerioFaults::default() }, "checksum")]
#[case(VerioFaults { refused_record: Some(7), ..VerioFaults::default() }, "refused")]
#[case(VerioFaults { stale_record: Some(7), ..VerioFaults::default() }, "came again")]
fn a_damaged_record_is_named_and_the_rest_is_kept(#[case] faults: VerioFaults, #[case] why: &str) {
    FAMILY.loses_only(7, faults, why);
}

#[test]
fn a_text_that_is_not_ended_is_no_identity() {
    let faults = VerioFaults { endless_texts: true, ..VerioFaults::default() };
    assert_eq!(FAMILY.read(1, faults).unwrap_err().code(), ProblemCode::MeterAnswer);
}

#[test]
fn a_count_too_high_is_never_complete() {
    FAMILY.is_short_by(1);
}

#[test]
fn a_cancelled_read_ends_as_such() {
    FAMILY.can_be_cancelled();
}

/// Answers of the specification; parameters are answered with 03 whatever was sent.
#[test]
fn the_meter_speaks_as_specified() {
    let hex = |text| glucodock::meters::transcript::hex(text).unwrap();
    let wanted = Wanted { serial: Some("ABCDEFGH".to_owned()), ..wanted(SLUG, 2) };
    let mut meter = SimulatedVerio::new(wanted, VerioFaults::default()).unwrap();
    for (register, question, answer) in [
        (3, "04 E6 02 00", "02 1A 00 04 06 41 00 42 00 43 00 44 00 45 00 46 00 47 00 48 00 00 00 03 38 46"),
        (4, "04 04 00", "02 0C 00 03 06 00 00 00 00 03 A3 EF"),
        (4, "04 04", "02 0C 00 03 06 00 00 00 00 03 A3 EF"),
        (3, "04 27 00", "02 0A 00 04 06 02 00 03 4A BD"),
    ] {
        let asked = block::encode(&hex(question));
        assert_eq!(meter.command(&[0x2A, 0, 0, 0, 0, register, 0, 0, 1, 0], &asked, 0), Some(Vec::new()));
        let said = meter.command(&[0x28, 0, 0, 0, 0, register, 0, 0, 1, 0], &[], 512).unwrap();
        assert_eq!(said[..hex(answer).len()], hex(answer), "{question}");
    }
}

#[test]
fn erasing_and_strange_blocks_are_refused_and_remembered() {
    let mut meter = SimulatedVerio::new(wanted(SLUG, 2), VerioFaults::default()).unwrap();
    let erase = block::encode(&[3, 0x1A]);
    meter.command(&[0x2A, 0, 0, 0, 0, 3, 0, 0, 1, 0], &erase, 0).unwrap();
    assert!(meter.misdeeds().erase_was_asked && !meter.misdeeds().strange_block_was_written);
    assert_eq!(meter.command(&[0x2A, 0, 0, 0, 0, 0, 0, 0, 1, 0], &erase, 0), None);
    assert!(meter.misdeeds().strange_block_was_written);
    assert_eq!(meter.command(&[0x28, 8, 0, 0, 0, 3, 0, 0, 1, 0], &[], 512), None);
}
