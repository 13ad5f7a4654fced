//! What counts, and what does not.

use super::*;
use crate::domain::glucose::Measured;
use crate::domain::left_out::LeftOut;
use crate::domain::reading::Doubt;

/// The numbers without LO and HI.
fn summarised(readings: &[Reading]) -> Summary {
    summarise(readings, &Counting { policy: LowHighPolicy::Exclude, ..Counting::default() })
}

fn mean(summary: &Summary) -> Option<f64> {
    summary.distribution.map(|distribution| distribution.mean)
}

/// How many lie in each range, from very low to very high.
fn ranges(summary: &Summary) -> [u32; 5] {
    Range::ALL.map(|range| summary.ranges.of(range))
}

fn blood(measured: Measured) -> Reading {
    Reading {
        corrected_from: None,
        index: 0,
        time: Some(jiff::civil::date(2026, 7, 14).at(8, 0, 0, 0)),
        measured,
        kind: Kind::Blood,
        meal: None,
        doubts: vec![],
        raw: std::collections::BTreeMap::new(),
    }
}

/// Whatever is doubted of a time, no number has the reading, and the line that says so counts it once.
#[test]
fn doubted_times_are_in_no_number_and_are_counted() {
    let value = Measured::Value(Concentration::mg_per_dl(100));
    let with = |doubts: &[Doubt]| Reading { doubts: doubts.to_vec(), ..blood(value) };
    let of_time =
        [Doubt::TimeUncertain, Doubt::TimeAhead, Doubt::TimeBeforeModel, Doubt::ClockReset, Doubt::ClockWrong];
    let mut readings: Vec<Reading> = of_time.iter().map(|doubt| with(&[*doubt])).collect();
    readings.push(with(&[Doubt::TimeAhead, Doubt::ClockWrong]));
    readings.push(Reading { time: None, ..blood(value) });
    let uncounted = Uncounted { time_doubted: 7, ..Uncounted::default() };
    assert_eq!(summarised(&readings), Summary { uncounted, ..Summary::default() });
    let expected = LeftOut { clock_wrong: 2, ahead: 1, before_model: 1, clock_changed: 2, without_time: 1 };
    assert_eq!((LeftOut::of(&readings), expected.total()), (expected, 7));

    // What does not count anyway is not said to be left out for its time; other doubts leave nothing out.
    let control = Reading { kind: Kind::Control, ..with(&[Doubt::TimeAhead]) };
    let others = [control, with(&[Doubt::Invalid, Doubt::TimeAhead]), with(&[Doubt::Questionable])];
    assert_eq!((LeftOut::of(&others), summarised(&others).count), (LeftOut::default(), 1));
}

/// The list of a period and the numbers above it agree: each reading is in them or is said not to be.
#[test]
fn each_reading_counts_or_is_counted_as_one_that_does_not() {
    let value = Measured::Value(Concentration::mg_per_dl(100));
    let of = |kind, doubts: &[Doubt]| Reading { kind, doubts: doubts.to_vec(), ..blood(value) };
    let readings = [
        of(Kind::Blood, &[]),
        of(Kind::Blood, &[Doubt::Questionable]),
        of(Kind::Control, &[]),
        of(Kind::Control, &[Doubt::TimeAhead]),
        of(Kind::Ketone, &[]),
        of(Kind::Other, &[]),
        of(Kind::Sensor, &[]),
        of(Kind::Blood, &[Doubt::Invalid, Doubt::TimeAhead]),
        of(Kind::Blood, &[Doubt::ClockReset]),
    ];
    let summary = summarised(&readings);
    let expected = Uncounted { control: 2, other_kind: 3, invalid: 1, time_doubted: 1 };
    assert_eq!((summary.count, summary.uncounted), (2, expected));
    assert_eq!(usize::try_from(summary.count + summary.uncounted.total()).unwrap(), readings.len());
}

/// A meter that has no mark for LO and HI tells them as numbers that it cannot measure.
#[test]
fn a_number_beyond_the_meters_range_is_no_number_of_a_mean() {
    let of = |value, doubts: &[Doubt]| Reading {
        doubts: doubts.to_vec(),
        ..blood(Measured::Value(Concentration::mg_per_dl(value)))
    };
    let beyond = [Doubt::OutsideMeterRange];
    let readings = [of(9, &beyond), of(601, &beyond), of(300, &beyond), of(100, &[]), of(200, &[])];
    let summary = summarised(&readings);
    assert_eq!((summary.count, mean(&summary)), (5, Some(150.0)));
    assert_eq!((summary.low_flags, summary.high_flags), (1, 2));
    let extremes = [summary.lowest, summary.highest].map(|value| value.map(Concentration::glucose_mg_per_dl));
    assert_eq!(extremes, [Some(100.0), Some(200.0)]);
    assert_eq!(ranges(&summary), [1, 0, 1, 1, 2]);
    // Where something stands for LO and HI, it stands for such a number too.
    let of_limits = summarise(&readings, &Counting::default());
    assert_eq!(mean(&of_limits), Some(f64::from(19 + 601 + 601 + 100 + 200) / 5.0));
}

#[test]
fn lo_and_hi_count_in_their_ranges_but_not_in_the_mean() {
    let mut control = blood(Measured::Value(Concentration::mg_per_dl(999)));
    control.kind = Kind::Control;
    let readings = [
        blood(Measured::Low),
        blood(Measured::High),
        blood(Measured::Value(Concentration::mg_per_dl(100))),
        blood(Measured::Value(Concentration::mg_per_dl(200))),
        control,
    ];
    let summary = summarised(&readings);
    assert_eq!((summary.count, mean(&summary)), (4, Some(150.0)));
    assert_eq!(ranges(&summary), [1, 0, 1, 1, 1]);
    assert_eq!(summary.frequency.days_with_readings, 1);
}
