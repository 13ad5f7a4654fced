//! What is checked of every download before anybody gets it, the same for a new meter, a known one, one that waits, and
//! the command line (clinic-safety TIME-01, TIME-03).
//!
//! Times are never changed: a reading whose time cannot be trusted keeps it and gets a doubt, and numbers that depend
//! on time leave it out. A clock that is more than a day off says nothing of single readings, because nobody but a
//! person knows whether it is the meter's that is wrong, and since when: the readings wait until somebody has said.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use super::download::Download;
use super::meter_clock::{ClockReading, ClockState};
use super::reading::{Doubt, Kind, Reading};

/// A time so much ahead of ours has not come yet: stamps may lack seconds, and clocks drift (TIME-03).
const AHEAD: SignedDuration = SignedDuration::from_mins(10);

/// Falling back by so much is no summer time and no journey: between two zones lie 26 hours at most, from UTC-12 to
/// UTC+14.
const FALLEN_BACK: SignedDuration = SignedDuration::from_hours(26);

/// A clock that lost its power starts on the first day of a year, and runs until somebody sets it: so long, we assume.
const DAYS_AFTER_RESET: i16 = 31;

/// So many results in common are no chance: two people measure the same value in the same minute now and then, but not
/// three times.
const LEAST_EQUAL: u32 = 3;

/// What a person said of a clock that is more than a day off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockVerdict {
    /// The meter's times are wrong: its readings keep them, all doubted.
    MeterWrong,
    /// The meter's times are right: this computer's clock was wrong, or a clock was set just now.
    MeterRight,
}

/// Whether readings may go into a record only after a person said which clock is right.
#[must_use]
pub fn must_ask(clock: Option<&ClockReading>) -> bool {
    clock.is_some_and(|clock| clock.state() == ClockState::WrongDate)
}

/// Whether so many equal results are more than chance, of `comparable` readings with a time, control tests left out.
///
/// Two people's meters have one result in common, of the same minute and value, about once in 3000 readings (a test
/// falls into a minute of the same hour, 1/60, and is of one value among some fifty). Of 500 readings, 0.2 are such,
/// and 3 with a probability of one in a thousand; one in a hundred readings is far beyond chance however large the
/// memory. Fewer than three readings are more than chance if all of them are held. The question errs on the side of
/// being asked.
#[must_use]
pub fn is_no_chance(equal: u32, comparable: u32) -> bool {
    equal > 0 && equal >= comparable.min(LEAST_EQUAL.max(comparable.div_ceil(100)))
}

/// Marks the readings of a download whose times cannot be trusted. `now` is this computer's wall clock, `sold_since`
/// the first year in which the model was sold, where that is known.
pub fn mark(download: &mut Download, now: DateTime, sold_since: Option<i16>) {
    // A meter that does not tell its clock has none that is right: what it told since a fall is
    // doubted.
    let clock_is_right = download.clock.as_ref().is_some_and(|clock| clock.state() != ClockState::WrongDate);
    let reset = after_reset(&download.readings, now, clock_is_right);
    for (place, reading) in download.readings.iter_mut().enumerate() {
        let Some(time) = reading.time else { continue };
        if is_ahead(time, now) {
            reading.add_doubt(Doubt::TimeAhead);
        }
        if sold_since.is_some_and(|year| time.year() < year) {
            reading.add_doubt(Doubt::TimeBeforeModel);
        }
        if reset.contains(&place) {
            reading.add_doubt(Doubt::ClockReset);
        }
    }
}

/// Whether a reading of this time has not come yet, by a clock that shows `now`.
#[must_use]
pub fn is_ahead(time: DateTime, now: DateTime) -> bool {
    time > now.saturating_add(AHEAD)
}

/// The places of the readings that were told by a clock that had fallen back: in the order of the meter's memory, times
/// run on, then fall back to the beginning of a year, and later run on where they were.
///
/// Each kind is looked at alone, because some meters keep a list for each. Sensor values are left out: they come from
/// several lists. A memory that is sent from the middle on falls back once, to before its own beginning: no reset.
fn after_reset(readings: &[Reading], now: DateTime, clock_is_right: bool) -> Vec<usize> {
    let mut lists: BTreeMap<Kind, Vec<(u32, usize, DateTime)>> = BTreeMap::new();
    for (place, reading) in readings.iter().enumerate() {
        // A time to come would be the highest of all, and everything behind it would seem to have
        // fallen back.
        if let Some(time) = reading.time.filter(|time| !is_ahead(*time, now))
            && reading.kind != Kind::Sensor
        {
            lists.entry(reading.kind).or_default().push((reading.index, place, time));
        }
    }
    lists.into_values().flat_map(|list| fallen_back(list, clock_is_right)).collect()
}

fn fallen_back(mut order: Vec<(u32, usize, DateTime)>, clock_is_right: bool) -> Vec<usize> {
    // By the meter's own order and not by time: a fall shows in nothing else.
    order.sort_unstable();
    let steps = || order.iter().zip(order.iter().skip(1)).map(|((.., one), (.., two))| (*one, *two));
    let rising = steps().filter(|(one, two)| one < two).count();
    let falling = steps().filter(|(one, two)| one > two).count();
    // Some meters send the newest first. By the majority of steps, because a single reset turns a
    // step of either order round.
    if falling > rising {
        order.reverse();
    }
    let (Some((.., first)), Some((.., last))) = (order.first(), order.last()) else { return Vec::new() };
    let falls = order.iter().zip(order.iter().skip(1)).filter(|((.., one), (.., two))| fell(*one, *two)).count();
    if falls == 1 && last <= first {
        return Vec::new();
    }
    let mut doubted = Vec::new();
    let mut before: Vec<(usize, DateTime)> = Vec::new();
    let (mut highest, mut is_after_reset): (Option<DateTime>, bool) = (None, false);
    for (_, place, time) in &order {
        // Measured against the highest time that is not doubted: against the reading before it, the
        // second reading after a reset would seem to be sound.
        let fell_back = highest.is_some_and(|highest| fell(highest, *time));
        // What went before was not below the highest: a reset begins here, or it is no reset.
        if fell_back && !is_after_reset {
            is_after_reset = begins_a_year(*time);
        }
        is_after_reset &= fell_back;
        if is_after_reset {
            doubted.push(*place);
        } else {
            before.push((*place, *time));
            highest = highest.max(Some(*time));
        }
    }
    // The clock that runs now is right, so what it told since it fell back is right too; it had been ahead before.
    if let (true, true, Some((.., last))) = (is_after_reset, clock_is_right, order.last()) {
        return before.into_iter().filter(|(_, time)| fell(*time, *last)).map(|(place, _)| place).collect();
    }
    doubted
}

fn fell(from: DateTime, to: DateTime) -> bool {
    to.duration_until(from) > FALLEN_BACK
}

fn begins_a_year(time: DateTime) -> bool {
    time.date().day_of_year() <= DAYS_AFTER_RESET
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::domain::download::Completeness;
    use crate::domain::glucose::{Concentration, Measured};
    use crate::domain::meter::MeterIdentity;
    use crate::domain::text::Private;

    const NOW: &str = "2026-07-14T12:00:00";

    /// Blood glucose at these times, in the order of the meter's memory.
    fn download(times: &[&str], clock: Option<&str>) -> Download {
        let reading = |(index, time): (u32, &&str)| Reading {
            corrected_from: None,
            index,
            time: Some(time.parse().unwrap()),
            measured: Measured::Value(Concentration::mg_per_dl(99)),
            kind: Kind::Blood,
            meal: None,
            doubts: vec![],
            raw: BTreeMap::new(),
        };
        Download {
            meter: MeterIdentity {
                manufacturer: "Roche".into(),
                model: "a meter".into(),
                model_number: None,
                serial: Private::default(),
                system_id: None,
                firmware: None,
                driver: "a driver".into(),
            },
            clock: clock.map(|clock| ClockReading {
                meter: clock.parse().unwrap(),
                host: format!("{NOW}+02:00[Europe/Berlin]").parse().unwrap(),
            }),
            announced: None,
            completeness: Completeness::Complete,
            readings: (0..).zip(times).map(reading).collect(),
            not_taken: vec![],
            warnings: vec![],
            transcript: vec![],
        }
    }

    fn doubts(times: &[&str], clock: Option<&str>, sold_since: Option<i16>) -> Vec<Vec<Doubt>> {
        let mut download = download(times, clock);
        mark(&mut download, NOW.parse().unwrap(), sold_since);
        let once = download.clone();
        mark(&mut download, NOW.parse().unwrap(), sold_since);
        assert_eq!(download, once, "what is marked is not marked again");
        download.readings.into_iter().map(|reading| reading.doubts).collect()
    }

    #[rstest]
    #[case("2026-07-14T12:10:00", None, &[])]
    #[case("2026-07-14T12:10:01", None, &[Doubt::TimeAhead])]
    #[case("2026-07-16T19:12:00", None, &[Doubt::TimeAhead])]
    #[case("2014-01-01T00:00:00", Some(2014), &[])]
    #[case("2013-12-31T23:59:59", Some(2014), &[Doubt::TimeBeforeModel])]
    #[case("2013-12-31T23:59:59", None, &[])]
    fn a_time_that_has_not_come_or_was_before_the_model_is_doubted(
        #[case] time: &str,
        #[case] sold_since: Option<i16>,
        #[case] expected: &[Doubt],
    ) {
        // Whatever the meter's clock shows: ours is the measure.
        for clock in [None, Some(NOW), Some("2026-07-16T19:12:00")] {
            assert_eq!(doubts(&[time], clock, sold_since), [expected.to_vec()]);
        }
    }

    #[rstest]
    #[case::runs_on(&["2026-05-01T08:00", "2026-05-02T08:00", "2026-05-03T08:00"], &[])]
    #[case::newest_first(&["2026-05-03T08:00", "2026-05-02T08:00", "2026-05-01T08:00"], &[])]
    #[case::reset(
        &["2026-05-01T08:00", "2026-05-02T08:00", "2012-01-01T00:07", "2012-01-02T08:00", "2026-05-05T08:00"],
        &[2, 3]
    )]
    #[case::reset_newest_first(
        &["2026-05-05T08:00", "2012-01-02T08:00", "2012-01-01T00:07", "2026-05-02T08:00", "2026-05-01T08:00"],
        &[1, 2]
    )]
    #[case::twice(
        &["2026-05-01T08:00", "2012-01-01T00:07", "2026-05-03T08:00", "2012-01-01T00:30", "2026-05-05T08:00"],
        &[1, 3]
    )]
    #[case::rotated(&["2026-05-03T08:00", "2026-05-04T08:00", "2026-01-01T08:00", "2026-05-02T08:00"], &[])]
    #[case::a_journey(&["2026-01-02T08:00", "2026-01-03T08:00", "2026-01-02T20:00", "2026-01-05T08:00"], &[])]
    #[case::set_back_by_hand(&["2026-05-01T08:00", "2026-05-20T08:00", "2026-05-06T08:00", "2026-05-21T08:00"], &[])]
    #[case::in_the_future_before(&["2099-05-01T08:00", "2026-01-03T08:00", "2026-01-04T08:00"], &[])]
    fn readings_of_a_clock_that_fell_back_are_doubted(#[case] times: &[&str], #[case] reset: &[usize]) {
        let found = doubts(times, None, None);
        let found: Vec<usize> = found
            .iter()
            .enumerate()
            .filter(|(_, doubts)| doubts.contains(&Doubt::ClockReset))
            .map(|(place, _)| place)
            .collect();
        assert_eq!(found, reset);
    }

    /// Set a year ahead by mistake and put right since: the clock that runs now is right.
    #[test]
    fn what_a_right_clock_tells_is_not_doubted_for_one_that_was_ahead() {
        let times = ["2025-01-02T08:00", "2026-01-03T08:00", "2025-01-05T08:00", "2025-01-06T08:00"];
        assert_eq!(doubts(&times, Some(NOW), None), [vec![], vec![Doubt::ClockReset], vec![], vec![]]);
        let reset = vec![Doubt::ClockReset];
        assert_eq!(doubts(&times, Some("2025-01-07T08:00:00"), None), [vec![], vec![], reset.clone(), reset]);
    }

    #[rstest]
    #[case(0, 0, false)]
    #[case(0, 1, false)]
    #[case(1, 1, true)]
    #[case(1, 2, false)]
    #[case(2, 2, true)]
    #[case(2, 20, false)]
    #[case(3, 20, true)]
    #[case(3, 301, false)]
    #[case(4, 301, true)]
    #[case(20, 2000, true)]
    #[case(19, 2000, false)]
    fn some_equal_readings_are_chance(#[case] equal: u32, #[case] comparable: u32, #[case] is_no: bool) {
        assert_eq!(is_no_chance(equal, comparable), is_no);
    }

    #[test]
    fn a_clock_more_than_a_day_off_is_a_question() {
        let clock = |meter: &str| download(&[], Some(meter)).clock;
        assert!(!must_ask(None));
        assert!(!must_ask(clock("2026-07-15T12:00:00").as_ref()));
        assert!(must_ask(clock("2026-07-15T12:00:01").as_ref()));
        assert!(must_ask(clock("2026-07-13T11:59:59").as_ref()));
    }
}
