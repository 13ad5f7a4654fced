use jiff::ToSpan as _;
use jiff::civil::date;
use rstest::rstest;

use super::*;

/// So many minutes after the first of September at midnight.
fn at(minutes: i64) -> DateTime {
    date(2026, 9, 1).at(0, 0, 0, 0) + minutes.minutes()
}

fn own(minutes: i64, mg_per_dl: u32) -> Sample {
    Sample { time: at(minutes), mg_per_dl: Some(f64::from(mg_per_dl)), is_of_another_meter: false }
}

fn other(minutes: i64, mg_per_dl: u32) -> Sample {
    Sample { is_of_another_meter: true, ..own(minutes, mg_per_dl) }
}

const DAY: i64 = 24 * 60;

/// So many a day, evenly, from a day on.
fn series(first_day: i64, days: i64, a_day: i64, mg_per_dl: u32) -> Vec<Sample> {
    let of_day = |day: i64| (0..a_day).map(move |test| own((first_day + day) * DAY + test * (DAY / a_day), mg_per_dl));
    (0..days).flat_map(of_day).collect()
}

/// Below 100 mg/dL by more than 30, from there on by more than 30 % of what lies between them; within five minutes.
#[rstest]
#[case::equal(80, 80, 0, false)]
#[case::just_within(60, 90, 0, false)]
#[case::just_apart(60, 91, 0, true)]
#[case::the_other_way_round(91, 60, 0, true)]
#[case::a_part_of_more(200, 270, 0, false)]
#[case::more_than_that_part(200, 271, 0, true)]
#[case::five_minutes_before(60, 120, -5, true)]
#[case::five_minutes_after(60, 120, 5, true)]
#[case::six_minutes_before(60, 120, -6, false)]
#[case::six_minutes_after(60, 120, 6, false)]
fn two_meters_disagree(#[case] new: u32, #[case] known: u32, #[case] minutes: i64, #[case] is_odd: bool) {
    let expected = if is_odd { vec![Oddity::MetersDisagree { readings: 1 }] } else { vec![] };
    assert_eq!(oddities(&[own(100, new)], &[other(100 + minutes, known)]), expected);
    // One meter may be used twice in five minutes: after a meal of sugar.
    assert_eq!(oddities(&[own(100, new)], &[own(100 + minutes, known)]), []);
}

/// LO and HI are no number to hold against another.
#[test]
fn what_has_no_number_disagrees_with_nothing() {
    let high = Sample { mg_per_dl: None, ..own(100, 0) };
    assert_eq!(oddities(&[high], &[other(100, 80)]), []);
}

#[rstest]
#[case(30, 0, false)]
#[case(31, 0, true)]
#[case(15, 15, false)]
#[case(16, 15, true)]
fn more_than_thirty_tests_a_day(#[case] new: i64, #[case] known: i64, #[case] is_odd: bool) {
    let tests = |count: i64, from: i64| (0..count).map(|test| own(DAY + from + test * 20, 100)).collect::<Vec<_>>();
    let expected =
        if is_odd { vec![Oddity::ManyTests { day: date(2026, 9, 2), tests: 31 }] } else { Vec::<Oddity>::new() };
    assert_eq!(oddities(&tests(new, 0), &tests(known, 5)), expected);
    // Of a day that was full before and gets none, nothing new is said.
    assert_eq!(oddities(&[own(9 * DAY, 100)], &tests(31, 0)), []);
}

#[rstest]
#[case::as_before(120, 120, None)]
#[case::sixty(120, 180, None)]
#[case::more(120, 181, Some((120, 181)))]
#[case::less(181, 120, Some((181, 120)))]
fn the_median_moves(#[case] before: u32, #[case] now: u32, #[case] expected: Option<(u32, u32)>) {
    let expected: Vec<Oddity> = expected.into_iter().map(|(before, now)| Oddity::MedianMoved { before, now }).collect();
    assert_eq!(oddities(&series(10, 5, 2, now), &series(0, 10, 2, before)), expected);
    // Nine say nothing, nor does what is older than thirty days.
    assert_eq!(oddities(&series(10, 3, 3, now), &series(0, 10, 2, before)), []);
    assert_eq!(oddities(&series(50, 5, 2, now), &series(0, 10, 2, before)), []);
}

/// One reading from long ago in a memory, or a memory that goes further back than the record: then it is held against
/// what the record has of the same days.
#[test]
fn without_days_before_the_same_days_are_compared() {
    let record = series(40, 10, 2, 110);
    let moved = [Oddity::MedianMoved { before: 110, now: 220 }];
    assert_eq!(oddities(&series(0, 60, 2, 220), &record), moved);
    let with_an_old_one = [vec![own(0, 220)], series(50, 5, 2, 220)].concat();
    assert_eq!(oddities(&with_an_old_one, &record), moved);
    // Nothing of the days that were over then.
    assert_eq!(oddities(&series(80, 5, 2, 220), &record), []);
    let often = [Oddity::MoreOften { before: 20, now: 90 }];
    assert_eq!(oddities(&series(0, 60, 9, 110), &record), often);
}

/// Ten tests on the day before, and ten a day since: nothing has changed.
#[test]
fn a_record_of_one_day_tells_of_no_frequency() {
    assert_eq!(oddities(&series(1, 3, 10, 100), &series(0, 1, 10, 100)), []);
}

/// Three times as often and at least eight times a day.
#[rstest]
#[case::as_before(4, 4, None)]
#[case::seldom_before_and_now(1, 4, None)]
#[case::twice(4, 8, None)]
#[case::three_times(3, 9, Some((30, 90)))]
fn they_test_more_often(#[case] before: i64, #[case] now: i64, #[case] expected: Option<(u32, u32)>) {
    let expected: Vec<Oddity> = expected.into_iter().map(|(before, now)| Oddity::MoreOften { before, now }).collect();
    assert_eq!(oddities(&series(20, 5, now, 100), &series(0, 20, before, 100)), expected);
    // Two days are no habit.
    assert_eq!(oddities(&series(20, 2, now, 100), &series(0, 20, before, 100)), []);
}

#[test]
fn without_a_record_or_new_readings_there_is_nothing_to_compare() {
    assert_eq!(oddities(&series(0, 30, 4, 100), &[]), []);
    assert_eq!(oddities(&[], &series(0, 30, 4, 100)), []);
}
