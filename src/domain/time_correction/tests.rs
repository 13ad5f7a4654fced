use jiff::civil::date;
use rstest::rstest;

use super::*;
use crate::domain::glucose::Concentration;
use crate::domain::typed_moment;

/// A reading that was read on 14-Jul-2026 at noon.
fn reading(time: &str, value: u32) -> TimedReading {
    let time = time.parse().unwrap();
    TimedReading {
        time,
        shown: time,
        read_at: date(2026, 7, 14).at(12, 0, 0, 0),
        missing_at: None,
        last_read: 1,
        place: 0,
        clock_run: 0,
        is_doubted: false,
        kind: Kind::Blood,
        measured: Measured::Value(Concentration::mg_per_dl(value)),
    }
}

fn by_example(
    readings: &[TimedReading],
    first: &str,
    last: &str,
    was: &str,
) -> Result<ClockCorrection, CorrectionFault> {
    let [first, last, was] = [first, last, was].map(|typed| typed_moment::read(typed).unwrap());
    ClockCorrection::by_example(readings, first, last, was)
}

fn after_reset() -> Vec<TimedReading> {
    // The battery was changed on 10-Jul-2026: three readings of a clock that began anew.
    let before = reading("2026-07-09T08:00:00", 130);
    let reset = [("2020-01-01T07:30:12", 100), ("2020-01-02T00:00:00", 110), ("2020-01-03T23:59:59", 120)];
    let reset = (1..).zip(reset).map(|(place, (time, value))| TimedReading { place, ..reading(time, value) });
    reset.chain([before]).collect()
}

#[test]
fn the_first_reading_says_by_how_much_all_are_off() {
    let correction = by_example(&after_reset(), "01-Jan-2020 07:30", "03-Jan-2020 23:59", "10-Jul-2026 08:10").unwrap();
    // 1-Jan-2020 to 10-Jul-2026: 6 years of which 2020 and 2024 are leap years, 2192 days, and 190 days of 2026 (31 +
    // 28 + 31 + 30 + 31 + 30 + 9); and forty minutes.
    assert_eq!(correction.seconds, (2192 + 190) * 86_400 + 40 * 60);
    assert_eq!(correction.first, date(2020, 1, 1).at(7, 30, 12, 0));
    assert_eq!(correction.last, date(2020, 1, 3).at(23, 59, 59, 0));
    let plan = CorrectionPlan::of(&after_reset(), correction).unwrap();
    let after: Vec<String> = plan.moved.iter().map(|moved| moved.after.to_string()).collect();
    // The seconds are the meter's own; midnight is passed.
    assert_eq!(after, ["2026-07-10T08:10:12", "2026-07-11T00:40:00", "2026-07-13T00:39:59"]);
    assert_eq!(plan.told, CorrectionNotice::default());
    assert_eq!(correction.corrected(date(2026, 7, 9).at(8, 0, 0, 0)), None, "it is not of the span");
}

/// What was off, the first and the last reading, when the first was measured, and the corrected times: reckoned on a
/// calendar.
#[rstest]
#[case::a_year(
    &["2027-02-28T10:00", "2027-03-01T10:00"],
    "28-Feb-2026 10:00",
    &["2026-02-28T10:00", "2026-03-01T10:00"]
)]
#[case::into_a_leap_day(&["2023-02-28T23:30"], "29-Feb-2024 00:10", &["2024-02-29T00:10"])]
#[case::summer_time(
    &["2026-03-29T02:30", "2026-03-29T04:00"],
    "29-Mar-2026 03:30",
    &["2026-03-29T03:30", "2026-03-29T05:00"]
)]
#[case::back_an_hour(&["2026-01-01T00:15"], "31-Dec-2025 23:15", &["2025-12-31T23:15"])]
#[case::to_the_second(&["2026-05-01T08:00:10"], "1-May-2026 08:00:09", &["2026-05-01T08:00:09"])]
#[case::half_days_mistaken(&["2026-05-01T08:00"], "1-May-2026 20:00", &["2026-05-01T20:00"])]
fn wall_clock_times_are_moved_by_one_number(#[case] times: &[&str], #[case] was: &str, #[case] expected: &[&str]) {
    let readings: Vec<TimedReading> = times.iter().map(|time| reading(time, 100)).collect();
    let (first, last) = (times[0], times[times.len() - 1]);
    let correction = by_example(&readings, first, last, was).unwrap();
    let plan = CorrectionPlan::of(&readings, correction).unwrap();
    let expected: Vec<DateTime> = expected.iter().map(|time| time.parse().unwrap()).collect();
    assert_eq!(plan.moved.iter().map(|moved| moved.after).collect::<Vec<_>>(), expected);
}

#[test]
fn what_names_no_reading_is_no_example() {
    use CorrectionFault::{LastBeforeFirst, NoFirst, NoLast, NoShift};
    let readings = after_reset();
    for (first, last, was, fault) in [
        ("01-Jan-2020 07:31", "03-Jan-2020 23:59", "10-Jul-2026 08:10", NoFirst),
        ("01-Jan-2020 07:30:11", "03-Jan-2020 23:59", "10-Jul-2026 08:10", NoFirst),
        ("01-Jan-2020 07:30", "03-Jan-2020 23:58", "10-Jul-2026 08:10", NoLast),
        ("02-Jan-2020 00:00", "01-Jan-2020 07:30", "10-Jul-2026 08:10", LastBeforeFirst),
        ("01-Jan-2020 07:30", "03-Jan-2020 23:59", "01-Jan-2020 07:30", NoShift),
        ("01-Jan-2020 07:30", "03-Jan-2020 23:59", "01-Jan-2020 07:30:12", NoShift),
    ] {
        assert_eq!(by_example(&readings, first, last, was), Err(fault), "{first} {last} {was}");
    }
    assert!(
        CorrectionPlan::of(&[], ClockCorrection { first: readings[0].time, last: readings[0].time, seconds: 1 })
            .is_err()
    );
}

#[test]
fn no_reading_is_measured_after_it_was_read() {
    let readings = [reading("2026-07-14T10:00:00", 100)];
    let shifted = |seconds| {
        let (first, last) = (readings[0].time, readings[0].time);
        CorrectionPlan::of(&readings, ClockCorrection { first, last, seconds })
    };
    // Read at 12:00; clocks drift, so ten minutes more are nothing.
    assert!(shifted(2 * 3600 + 600).is_ok());
    let after = date(2026, 7, 14).at(12, 10, 1, 0);
    let fault = CorrectionFault::AfterRead { before: readings[0].time, after, read_at: readings[0].read_at };
    assert_eq!(shifted(2 * 3600 + 601), Err(fault));
    assert_eq!(shifted(i64::from(u32::MAX) * 1000), Err(CorrectionFault::NoSuchTime));
}

#[test]
fn what_is_corrected_is_not_corrected_over_it() {
    let mut readings = after_reset();
    readings[1].shown = date(2026, 7, 11).at(0, 40, 0, 0);
    let [first, last] = [readings[0].time, readings[2].time];
    // It stays, and those around it are corrected.
    let plan = CorrectionPlan::of(&readings, ClockCorrection { first, last, seconds: 60 }).unwrap();
    assert_eq!((plan.moved.len(), plan.told.stay), (2, 1));
    let was = "10-Jul-2026 08:10";
    let named = by_example(&readings, "02-Jan-2020 00:00", "03-Jan-2020 23:59", was);
    assert_eq!(named, Err(CorrectionFault::AlreadyCorrected));
}

#[test]
fn what_it_would_come_among_is_told() {
    // An hour back from 12:00 and 14:00, to 11:00 and 13:00, where the meter has 11:00:30 and 11:45.
    let mut readings = vec![
        reading("2026-07-13T11:00:30", 90),
        reading("2026-07-13T11:45:00", 95),
        reading("2026-07-13T12:00:00", 100),
        reading("2026-07-13T14:00:00", 120),
    ];
    let correction = |readings: &[TimedReading]| {
        let [first, last] = [readings[2].time, readings[3].time];
        CorrectionPlan::of(readings, ClockCorrection { first, last, seconds: -3600 })
    };
    let plan = correction(&readings).unwrap();
    assert_eq!((plan.moved.len(), plan.told.same_minute, plan.told.between), (2, 1, 2));
    // The same value in the same minute: it would be there twice.
    readings[0].measured = readings[2].measured;
    let [before, after] = ["2026-07-13T12:00:00", "2026-07-13T11:00:00"].map(|time| time.parse().unwrap());
    assert_eq!(correction(&readings), Err(CorrectionFault::SameResult { before, after }));
    readings[0].kind = Kind::Control;
    assert!(correction(&readings).is_ok(), "a control test is no result of blood");
}

/// The memory of a meter in its order: own time, and whether it is doubted.
fn memory(times: &[(&str, bool)]) -> Vec<TimedReading> {
    let reading = |(place, (time, is_doubted)): (u32, &(&str, bool))| TimedReading {
        place,
        is_doubted: *is_doubted,
        ..reading(time, 100 + place)
    };
    (0..).zip(times).map(reading).collect()
}

fn planned(readings: &[TimedReading], first: &str, last: &str, was: &str) -> Result<CorrectionPlan, CorrectionFault> {
    CorrectionPlan::of(readings, by_example(readings, first, last, was)?)
}

/// The battery was out on 1-Mar and on 1-Jun: the same days of January 2020 are of two times.
#[test]
fn two_resets_are_not_corrected_as_one() {
    let mut readings = memory(&[
        ("2026-02-28T08:00", false),
        ("2020-01-01T00:10", true),
        ("2020-01-10T08:00", true),
        ("2026-03-12T08:00", false),
        ("2020-01-01T00:20", true),
        ("2020-01-09T08:00", true),
        ("2026-06-12T08:00", false),
    ]);
    let [before, next] = ["2026-03-12T08:00", "2020-01-01T00:20"].map(|time| time.parse().unwrap());
    let both = |readings: &[TimedReading]| planned(readings, "1-Jan-2020 0:10", "10-Jan-2020 8:00", "1-Mar-2026 8:10");
    assert_eq!(both(&readings), Err(CorrectionFault::TurnsRound { before, next }));
    // The first have left the memory by the second read, and are before it all the same.
    for reading in &mut readings[4..] {
        (reading.last_read, reading.place) = (2, reading.place - 4);
    }
    assert_eq!(both(&readings), Err(CorrectionFault::TurnsRound { before, next }));
    // A meter that sends the newest first.
    let mut newest_first = memory(&[]);
    newest_first.extend(readings.iter().map(|reading| TimedReading { last_read: 1, ..*reading }));
    for (place, reading) in (0..).zip(newest_first.iter_mut().rev()) {
        reading.place = place;
    }
    assert_eq!(both(&newest_first), Err(CorrectionFault::TurnsRound { before, next }));
    // Once the first are corrected, the second can be.
    for reading in &mut readings[1..3] {
        reading.shown = date(2026, 3, 2).at(8, 0, 0, 0);
    }
    let plan = planned(&readings, "1-Jan-2020 0:20", "9-Jan-2020 8:00", "2-Jun-2026 8:00").unwrap();
    assert_eq!((plan.moved.len(), plan.told.doubted, plan.told.turned), (2, 2, 0));
}

/// A winter that was an hour off holds readings of another reset, which were measured in June.
#[test]
fn another_doubt_within_the_span_is_not_corrected_with_it() {
    let readings = memory(&[
        ("2025-10-26T08:00", false),
        ("2026-03-28T08:00", false),
        ("2026-05-30T08:00", false),
        ("2026-01-01T00:05", true),
        ("2026-01-02T08:00", true),
        ("2026-06-03T08:00", false),
    ]);
    let winter = planned(&readings, "26-Oct-2025 8:00", "28-Mar-2026 8:00", "26-Oct-2025 7:00");
    assert!(matches!(winter, Err(CorrectionFault::TurnsRound { .. })), "{winter:?}");
    let plan = planned(&readings, "1-Jan-2026 0:05", "2-Jan-2026 8:00", "1-Jun-2026 8:05").unwrap();
    assert_eq!((plan.moved.len(), plan.told.doubted, plan.told.turned), (2, 2, 0));
    // A month mistyped: it would be before what the memory has before it.
    let plan = planned(&readings, "1-Jan-2026 0:05", "2-Jan-2026 8:00", "1-May-2026 8:05").unwrap();
    assert_eq!(plan.told.turned, 1);
}

/// Values of a sensor come from several lists: their order says nothing.
#[test]
fn the_order_of_sensor_values_says_nothing() {
    let mut readings = memory(&[("2026-01-01T08:00", false), ("2026-01-03T08:00", false), ("2026-01-02T08:00", false)]);
    for reading in &mut readings {
        reading.kind = Kind::Sensor;
    }
    assert_eq!(planned(&readings, "1-Jan-2026 8:00", "3-Jan-2026 8:00", "1-Jan-2026 9:00").unwrap().moved.len(), 3);
}

#[test]
fn what_no_meter_measured_and_what_an_earlier_read_did_not_have_is_seen() {
    let mut readings = vec![reading("2020-01-01T08:00", 100)];
    let at = |readings: &[TimedReading], was: &str| planned(readings, "1-Jan-2020 8:00", "1-Jan-2020 8:00", was);
    assert_eq!(at(&readings, "1-Jan-1026 8:00"), Err(CorrectionFault::NoSuchTime));
    assert_eq!(at(&readings, "31-Dec-1999 23:59"), Err(CorrectionFault::NoSuchTime));
    assert!(at(&readings, "1-Jan-2000 0:00").is_ok());
    readings[0].missing_at = Some(date(2026, 7, 1).at(9, 0, 0, 0));
    let early = |was: &str| at(&readings, was).unwrap().told.early;
    // Ten minutes are no difference of clocks.
    assert_eq!((early("1-Jul-2026 8:50"), early("1-Jul-2026 8:49"), early("10-Jul-2026 8:00")), (0, 1, 0));
}

/// This computer's clock was wrong when the meter was read, and somebody said that the meter was right: its times are
/// not doubted, and lie ahead of it.
#[test]
fn where_the_meter_was_right_a_wrong_clock_of_ours_is_no_bound() {
    let one = TimedReading { read_at: date(2020, 1, 1).at(8, 0, 0, 0), ..reading("2026-07-10T08:10", 100) };
    let hour = |one| planned(&[one], "10-Jul-2026 8:10", "10-Jul-2026 8:10", "10-Jul-2026 9:10");
    assert!(hour(one).is_ok());
    assert!(matches!(hour(TimedReading { is_doubted: true, ..one }), Err(CorrectionFault::AfterRead { .. })));
}

/// A meter whose display was switched shows 5.6 mmol/L for 101 mg/dL.
#[test]
fn the_same_result_is_the_same_in_another_unit() {
    let mut readings = vec![reading("2026-07-13T11:00:30", 101), reading("2026-07-13T12:00:00", 101)];
    readings[0].measured = Measured::Value(Concentration::new(56, 1, crate::domain::glucose::Unit::MmolPerL));
    let found = planned(&readings, "13-Jul-2026 12:00", "13-Jul-2026 12:00", "13-Jul-2026 11:00");
    assert!(matches!(found, Err(CorrectionFault::SameResult { .. })), "{found:?}");
}
