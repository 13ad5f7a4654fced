//! OneTouch Verio IQ: exact, odd, damaged.

use glucodock::domain::download::Download;
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::Kind;
use glucodock::meters::codec::lifescan_frame::Frame;
use glucodock::meters::drivers::onetouch_verio_iq::OneTouchVerioIq;
use glucodock::meters::error::MeterError;
use glucodock::meters::simulator::SimulatedMeter as _;
use glucodock::meters::simulator::onetouch_verio_iq::{CAPACITY, Misdeeds, SimulatedVerioIq, VerioIqFaults};
use glucodock::meters::simulator::shelf::Wanted;
use rstest::rstest;

use super::lifescan_sweep::{
    Told, Trouble, Wires, expected, marks, partial, read, read_cancelled, sweep, told, wanted,
};

const SLUG: &str = "onetouch-verio-iq";

fn list(count: usize) -> Vec<Told> {
    expected(count, marks)
}

fn run(
    count: usize,
    faults: VerioIqFaults,
    fault: Option<&str>,
    trouble: Option<Trouble>,
) -> (Result<Download, MeterError>, [usize; 2]) {
    let fault = fault.map(|fault| fault.parse().unwrap());
    let meter = SimulatedVerioIq::new(wanted(SLUG, count, fault), faults).unwrap();
    let mut link = Wires::new(meter, trouble);
    let result = read(&OneTouchVerioIq, &mut link);
    assert_eq!(link.meter.misdeeds(), Misdeeds::default());
    (result, link.passed)
}

fn read_with(count: usize, faults: VerioIqFaults) -> Result<Download, MeterError> {
    run(count, faults, None, None).0
}

#[rstest]
fn a_meter_is_read_exactly(#[values(0, 1, 10, CAPACITY)] count: usize, #[values(false, true)] shows_mmol: bool) {
    let wanted = Wanted { shows_mmol, ..wanted(SLUG, count, None) };
    let mut link = Wires::new(SimulatedVerioIq::new(wanted, VerioIqFaults::default()).unwrap(), None);
    let download = read(&OneTouchVerioIq, &mut link).unwrap();
    assert!(download.is_complete());
    assert_eq!(download.announced, Some(u32::try_from(count).unwrap()));
    assert_eq!(told(&download), list(count));
    assert!(count < 10 || download.readings.iter().any(|reading| reading.kind == Kind::Control));
    assert!(download.readings.iter().all(|reading| reading.doubts.is_empty()));
    assert_eq!(download.warnings, []);
    assert_eq!(download.meter.model, "OneTouch Verio IQ".into());
    assert_eq!(download.meter.serial.expose().as_str(), "000SIM03Q");
    assert_eq!(download.meter.firmware, Some("P01.02.00".into()));
    assert_eq!(download.clock.unwrap().offset_seconds(), 3);
}

/// An answer that comes twice, or too late, would shift all that follow.
#[test]
fn a_repeated_or_late_answer_shifts_nothing() {
    for answer in 0..18 {
        for faults in [
            VerioIqFaults { twice: Some(answer), ..VerioIqFaults::default() },
            VerioIqFaults { late: Some(answer), ..VerioIqFaults::default() },
        ] {
            let download = read_with(10, faults.clone()).unwrap();
            assert!(download.is_complete(), "{faults:?}: {:?}", download.completeness);
            assert_eq!(told(&download), list(10), "{faults:?}");
        }
    }
}

#[rstest]
#[case(VerioIqFaults { wrong_checksum: Some(7), ..VerioIqFaults::default() }, "checksum")]
#[case(VerioIqFaults { refused_record: Some(7), ..VerioIqFaults::default() }, "refused")]
fn a_damaged_record_is_named_and_the_rest_is_kept(#[case] faults: VerioIqFaults, #[case] why: &str) {
    let download = read_with(10, faults).unwrap();
    let problem = partial(&download);
    assert_eq!((problem.code, problem.done, problem.of), (ProblemCode::MeterShort, 9, Some(10)));
    assert_eq!(download.warnings.len(), 1);
    let text = download.warnings[0].text.as_str();
    assert!(text.starts_with("record 8 of 10: ") && text.contains(why), "{text}");
    let mut rest = list(10);
    rest.retain(|reading| reading.0 != 7);
    assert_eq!(told(&download), rest);
}

#[test]
fn what_is_not_known_is_remarked_and_the_reading_kept() {
    let faults = VerioIqFaults { unknown_meal: Some(2), unknown_unit: true, ..VerioIqFaults::default() };
    let download = read_with(10, faults).unwrap();
    assert!(download.is_complete());
    let codes: Vec<_> = download.warnings.iter().map(|warning| warning.code.as_str()).collect();
    assert_eq!(codes, ["unit-unknown", "unknown-meal-mark"]);
    let mut without = list(10);
    without.iter_mut().filter(|reading| reading.0 == 2).for_each(|reading| reading.4 = None);
    assert_eq!(told(&download), without);
}

#[test]
fn a_count_too_high_is_never_complete() {
    let download = run(10, VerioIqFaults::default(), Some("count-high@1"), None).0.unwrap();
    let problem = partial(&download);
    assert_eq!((problem.code, problem.done, problem.of), (ProblemCode::MeterShort, 10, Some(11)));
}

#[test]
fn a_cancelled_read_ends_as_such() {
    let meter = SimulatedVerioIq::new(wanted(SLUG, 10, None), VerioIqFaults::default()).unwrap();
    assert_eq!(read_cancelled(&OneTouchVerioIq, &mut Wires::new(meter, None)), Err(MeterError::Cancelled));
}

/// Questions of the specification (onetouch 4) with either first byte; the answer repeats it.
#[test]
fn the_meter_speaks_as_specified() {
    let hex = |text| glucodock::meters::transcript::hex(text).unwrap();
    let mut meter = SimulatedVerioIq::new(wanted(SLUG, 1, None), VerioIqFaults::default()).unwrap();
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

#[test]
fn no_fault_at_any_byte_gives_a_wrong_list() {
    let passes = |trouble: Trouble| trouble.damage.passes();
    let tally = sweep(SLUG, 5, passes, |trouble| run(10, VerioIqFaults::default(), None, trouble));
    assert!(tally.exact > 1000 && tally.partial > 50 && tally.failed > 10, "{tally:?}");
}
