//! OneTouch Verio IQ: exact, odd, damaged.

use glucodock::domain::reading::Kind;
use glucodock::meters::codec::lifescan_frame::Frame;
use glucodock::meters::drivers::onetouch_verio_iq::OneTouchVerioIq;
use glucodock::meters::simulator::SimulatedMeter as _;
use glucodock::meters::simulator::onetouch_verio_iq::{CAPACITY, SimulatedVerioIq, VerioIqFaults};
use glucodock::meters::simulator::wanted::Wanted;
use rstest::rstest;

use super::bench::{told, warned};
use super::lifescan::{Family, marks, wanted};

const SLUG: &str = "onetouch-verio-iq";

const FAMILY: Family<SimulatedVerioIq, VerioIqFaults> = Family {
    slug: SLUG,
    driver: &OneTouchVerioIq,
    make: SimulatedVerioIq::new,
    misdeeds: SimulatedVerioIq::misdeeds,
    tell: marks,
};

#[rstest]
fn a_meter_is_read_exactly(#[values(0, 1, 10, CAPACITY)] count: usize, #[values(false, true)] shows_mmol: bool) {
    let wanted = Wanted { shows_mmol, ..wanted(SLUG, count) };
    let download = FAMILY.is_read_exactly(wanted, ["OneTouch Verio IQ", "000SIM03Q", "P01.02.00"]);
    assert!(count < 10 || download.readings.iter().any(|reading| reading.kind == Kind::Control));
    assert!(download.readings.iter().all(|reading| reading.doubts.is_empty()));
}

/// An answer that comes twice, or too late, would shift all that follow.
#[test]
fn a_repeated_or_late_answer_shifts_nothing() {
    for answer in 0..18 {
        for faults in [
            VerioIqFaults { twice: Some(answer), ..VerioIqFaults::default() },
            VerioIqFaults { late: Some(answer), ..VerioIqFaults::default() },
        ] {
            FAMILY.is_mended(faults);
        }
    }
}

#[rstest]
#[case(VerioIqFaults { wrong_checksum: Some(7), ..VerioIqFaults::default() }, "checksum")]
#[case(VerioIqFaults { refused_record: Some(7), ..VerioIqFaults::default() }, "refused")]
fn a_damaged_record_is_named_and_the_rest_is_kept(#[case] faults: VerioIqFaults, #[case] why: &str) {
    FAMILY.loses_only(7, faults, why);
}

#[test]
fn what_is_not_known_is_remarked_and_the_reading_kept() {
    let faults = VerioIqFaults { unknown_meal: Some(2), unknown_unit: true, ..VerioIqFaults::default() };
    let download = FAMILY.read(10, faults).unwrap();
    assert!(download.is_complete());
    assert_eq!(warned(&download), ["unit-unknown", "unknown-meal-mark"]);
    let mut without = FAMILY.list(10);
    without.iter_mut().filter(|reading| reading.0 == 2).for_each(|reading| reading.4 = None);
    assert_eq!(told(&download), without);
}

#[test]
fn a_count_too_high_is_never_complete() {
    FAMILY.is_short_by(1);
}

#[test]
fn a_cancelled_read_ends_as_such() {
    FAMILY.can_be_cancelled();
}

/// Questions of the specification with either first byte; the answer repeats it.
#[test]
fn the_meter_speaks_as_specified() {
    let hex = |text| glucodock::meters::transcript::hex(text).unwrap();
    let mut meter = SimulatedVerioIq::new(wanted(SLUG, 1), VerioIqFaults::default()).unwrap();
    assert_eq!(meter.hear(&hex("02 09 00 04 27 00 03 0B 20")), [hex("02 0A 00 04 06 01 00 03 1A E4")]);
    for (question, prefix) in [
        ("02 0A 00 03 0B 01 02 03 2A DC", 3),
        ("02 0A 00 04 0B 00 02 03 CE 8C", 4),
        ("02 09 00 03 0D 01 03 10 03", 3),
        ("02 08 00 04 06 03 78 C1", 4),
        ("02 0A 00 04 09 02 02 03 C6 0F", 4),
        ("02 09 00 03 20 02 03 D4 92", 3),
        ("02 0A 00 03 21 00 00 03 9D D2", 3),
    ] {
        let answer = meter.hear(&hex(question)).concat();
        assert_eq!(Frame::decode(&answer).unwrap().message[..2], [prefix, 6], "{question}");
    }
    let erase = Frame { control: 0.into(), message: vec![3, 0x1A] }.encode();
    let refused = Frame::decode(&meter.hear(&erase).concat()).unwrap();
    assert_eq!((refused.message, meter.misdeeds().erase_was_asked), (vec![3, 9], true));
}
