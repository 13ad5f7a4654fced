//! OneTouch UltraEasy: exact, odd, damaged.

use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::{Doubt, Kind};
use glucodock::meters::drivers::onetouch_ultra_easy::OneTouchUltraEasy;
use glucodock::meters::simulator::SimulatedMeter as _;
use glucodock::meters::simulator::onetouch_ultra_easy::{
    CAPACITY, NoSuchLifescanMeter, SimulatedUltraEasy, UltraEasyFaults,
};
use glucodock::meters::simulator::wanted::Wanted;
use rstest::rstest;

use super::bench::partial;
use super::lifescan::{Family, wanted};

const SLUG: &str = "onetouch-ultra-easy";

const FAMILY: Family<SimulatedUltraEasy, UltraEasyFaults> = Family {
    slug: SLUG,
    driver: &OneTouchUltraEasy,
    make: SimulatedUltraEasy::new,
    misdeeds: SimulatedUltraEasy::misdeeds,
    tell: |_| (Kind::Blood, None),
};

/// Exchanges before the first record: serial number, unit, version, clock, count.
const BEFORE_RECORDS: u32 = 5;

#[rstest]
fn a_meter_is_read_exactly(#[values(0, 1, 10, CAPACITY)] count: usize, #[values(false, true)] shows_mmol: bool) {
    let wanted = Wanted { shows_mmol, ..wanted(SLUG, count) };
    let download = FAMILY.is_read_exactly(wanted, ["OneTouch UltraEasy", "000SIM02E", "P02.00.00"]);
    assert!(download.readings.iter().all(|reading| reading.doubts == [Doubt::KindUncertain]));
}

/// What goes wrong once is read again: the connection is reset and the question repeated.
#[rstest]
fn what_is_lost_or_wrong_once_is_read_again(
    #[values(0, 4, BEFORE_RECORDS, BEFORE_RECORDS + 3, BEFORE_RECORDS + 11)] exchange: u32,
) {
    let at = Some(exchange);
    for faults in [
        UltraEasyFaults { lose_acknowledgement: at, ..UltraEasyFaults::default() },
        UltraEasyFaults { lose_answer: at, ..UltraEasyFaults::default() },
        UltraEasyFaults { wrong_checksum: at, ..UltraEasyFaults::default() },
        UltraEasyFaults { wrong_sequence: at, ..UltraEasyFaults::default() },
        UltraEasyFaults { disconnect: at, ..UltraEasyFaults::default() },
        UltraEasyFaults { deaf_starts: 3, ..UltraEasyFaults::default() },
    ] {
        FAMILY.is_mended(faults);
    }
}

#[test]
fn a_meter_that_does_not_wake_up_is_silent() {
    let asleep = UltraEasyFaults { deaf_starts: 4, ..UltraEasyFaults::default() };
    assert_eq!(FAMILY.read(1, asleep).unwrap_err().code(), ProblemCode::LinkSilent);
}

#[rstest]
#[case(UltraEasyFaults { refused_record: Some(3), ..UltraEasyFaults::default() }, "was refused")]
#[case(UltraEasyFaults { impossible_record: Some(3), ..UltraEasyFaults::default() }, "beyond all numbers")]
fn a_damaged_record_is_named_and_the_rest_is_kept(#[case] faults: UltraEasyFaults, #[case] why: &str) {
    FAMILY.loses_only(3, faults, why);
}

#[test]
fn a_count_too_high_is_never_complete() {
    FAMILY.is_short_by(2);
}

/// From the fourth record on every place holds the one before it.
#[test]
fn a_reading_taken_meanwhile_is_noticed() {
    let faults = UltraEasyFaults { measures_at: Some(BEFORE_RECORDS + 3), ..UltraEasyFaults::default() };
    let download = FAMILY.read(10, faults).unwrap();
    assert!(partial(&download).detail.as_str().contains("changed while it was read"));
}

#[test]
fn a_cancelled_read_ends_as_such() {
    FAMILY.can_be_cancelled();
}

/// The conversation of the specification up to the count, with the meter's own numbers.
#[test]
fn the_meter_speaks_as_specified() {
    let hex = |text| glucodock::meters::transcript::hex(text).unwrap();
    let mut meter = SimulatedUltraEasy::new(wanted(SLUG, 300), UltraEasyFaults::default()).unwrap();
    assert_eq!(meter.hear(&hex("02 06 08 03 C2 62")), [hex("02 06 0C 03 06 AE")]);
    let answer = meter.hear(&hex("02 0A 00 05 1F F5 01 03 38 AA"));
    assert_eq!(answer, [hex("02 06 06 03 CD 41"), hex("02 0A 02 05 0F 2C 01 03 DA C1")]);
    assert_eq!(meter.hear(&hex("02 06 07 03 FC 72")), Vec::<Vec<u8>>::new());
    let answer = meter.hear(&hex("02 0A 03 05 1F 00 00 03 4B 5F"));
    assert_eq!(answer[0], hex("02 06 05 03 9E 14"));
    assert_eq!((answer[1].len(), &answer[1][..5]), (16, &hex("02 10 01 05 06")[..]));
}

/// Tidepool begins with both bits of the link set and counts from 1; its published question for the
/// version is answered behind that, and not behind a disconnect with both bits clear.
#[rstest]
#[case::both_set(true, true)]
#[case::both_clear(false, false)]
fn a_disconnect_with_both_bits_set_begins_a_connection_too(#[case] bits: bool, #[case] is_answered: bool) {
    use glucodock::meters::codec::lifescan_frame::{Frame, control::LinkControl};
    let hex = |text| glucodock::meters::transcript::hex(text).unwrap();
    let mut meter = SimulatedUltraEasy::new(wanted(SLUG, 3), UltraEasyFaults::default()).unwrap();
    let begin = Frame { control: LinkControl::disconnect(bits, bits), message: Vec::new() }.encode();
    assert_eq!(begin[2], if bits { 0x0B } else { 0x08 });
    assert_eq!(meter.hear(&begin), [hex("02 06 0C 03 06 AE")]);
    let said = meter.hear(&hex("02 09 03 05 0D 02 03 08 9F"));
    assert_eq!(!said.is_empty(), is_answered);
    if is_answered {
        assert_eq!(said[1][3..6], hex("05 06 11"));
    }
}

#[test]
fn nothing_is_erased_and_no_clock_is_set() {
    let hex = |text| glucodock::meters::transcript::hex(text).unwrap();
    let frame = |message: &[u8]| {
        use glucodock::meters::codec::lifescan_frame::{Frame, control::LinkControl};
        Frame { control: LinkControl::message(false, false), message: message.to_vec() }.encode()
    };
    let mut meter = SimulatedUltraEasy::new(wanted(SLUG, 3), UltraEasyFaults::default()).unwrap();
    meter.hear(&frame(&[5, 0x1A]));
    assert!(meter.misdeeds().erase_was_asked && !meter.misdeeds().clock_was_set);
    meter.hear(&hex("02 06 08 03 C2 62"));
    meter.hear(&frame(&[5, 0x20, 1, 0, 0, 0, 0]));
    assert!(meter.misdeeds().clock_was_set);
    let too_many = SimulatedUltraEasy::new(wanted(SLUG, 501), UltraEasyFaults::default()).err();
    assert_eq!(too_many, Some(NoSuchLifescanMeter::TooMany { most: 500 }));
}
