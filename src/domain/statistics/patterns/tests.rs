//! When a pattern is there, and which readings are behind it.

use proptest::prelude::*;

use super::super::low_high::LowHighPolicy;
use super::super::summary::{Counting, summarise_by};
use super::*;
use crate::domain::glucose::Concentration;
use crate::domain::reading::{Kind, Reading};

fn reading(time: &str, value: u32) -> Reading {
    Reading {
        corrected_from: None,
        index: 0,
        time: Some(time.parse().unwrap()),
        measured: Measured::Value(Concentration::mg_per_dl(value)),
        kind: Kind::Blood,
        meal: None,
        doubts: Vec::new(),
        raw: BTreeMap::new(),
    }
}

/// A quiet fortnight with these besides.
fn fortnight(more: &[(&str, u32)]) -> Vec<Reading> {
    let quiet =
        (1..=14).flat_map(|day| [8, 12, 18].map(|hour| reading(&format!("2026-07-{day:02}T{hour:02}:00"), 120)));
    let mut all: Vec<Reading> = quiet.chain(more.iter().map(|(time, value)| reading(time, *value))).collect();
    all.sort_by_key(|reading| std::cmp::Reverse(reading.time));
    all
}

fn counted(readings: &[Reading], counting: Counting) -> (Summary, CountedReadings) {
    let numbered = readings.iter().map(|reading| (reading, counting.number(reading)));
    summarise_by((0..).zip(numbered), counting.span)
}

fn found(readings: &[Reading]) -> BTreeMap<PatternKind, PatternState> {
    let (summary, counted) = counted(readings, Counting::default());
    patterns(&counted, &summary).into_iter().map(|pattern| (pattern.kind, pattern.state)).collect()
}

/// What is behind a pattern that is there.
fn behind(readings: &[Reading], counting: Counting, pattern: &FoundPattern) -> Vec<PatternReading> {
    match pattern.evidence() {
        None => Vec::new(),
        Some(PatternEvidence::Readings(readings)) => readings.clone(),
        Some(PatternEvidence::OfNumber(_)) => {
            let (summary, counted) = counted(readings, counting);
            shares(pattern.kind, &counted, &summary)
        }
    }
}

fn evidence(readings: &[Reading], kind: PatternKind) -> Option<Vec<String>> {
    let state = found(readings).remove(&kind).unwrap();
    assert_ne!(state, PatternState::NotEnough, "there is enough");
    let times = behind(readings, Counting::default(), &FoundPattern { kind, state: state.clone(), number: None });
    matches!(state, PatternState::Found(_)).then(|| times.iter().map(|one| one.time.to_string()).collect())
}

#[test]
fn a_quiet_fortnight_has_no_pattern() {
    let states = found(&fortnight(&[]));
    assert!(states.values().all(|state| *state == PatternState::NotFound), "{states:?}");
    assert_eq!(states.len(), 6);
}

/// Two lows in the same three hours, on two days, within two weeks: each part of the rule is needed.
#[test]
fn lows_recur_in_the_same_hours_of_another_day_within_two_weeks() {
    let of = |more: &[(&str, u32)]| evidence(&fortnight(more), PatternKind::LowsAtTime);
    assert_eq!(of(&[("2026-07-03T04:00", 65)]), None, "one");
    assert_eq!(of(&[("2026-07-03T04:00", 65), ("2026-07-03T05:00", 60)]), None, "on one day");
    assert_eq!(of(&[("2026-07-03T04:00", 65), ("2026-07-05T06:00", 60)]), None, "in other hours");
    assert_eq!(of(&[("2026-07-14T04:00", 65), ("2026-06-30T04:00", 60)]), None, "two weeks apart");
    assert_eq!(of(&[("2026-07-14T04:00", 70), ("2026-07-13T04:00", 60)]), None, "70 is no low");
    let both = of(&[("2026-07-14T04:00", 69), ("2026-07-01T03:00", 60), ("2026-07-09T19:00", 66)]);
    assert_eq!(both, Some(vec!["2026-07-14T04:00:00".into(), "2026-07-01T03:00:00".into()]), "the rows behind it");
}

#[test]
fn very_highs_recur_by_the_same_rule() {
    let of = |more: &[(&str, u32)]| evidence(&fortnight(more), PatternKind::VeryHighsAtTime);
    assert_eq!(of(&[("2026-07-03T20:00", 251), ("2026-07-04T20:00", 250)]), None, "250 is no very high");
    assert!(of(&[("2026-07-03T20:00", 251), ("2026-07-04T19:00", 300)]).is_some());
}

/// A very low is there however little is known; that there is none needs enough readings.
#[test]
fn too_little_is_told_from_nothing_found() {
    let few = [reading("2026-07-03T20:00", 53)];
    let states = found(&few);
    assert!(matches!(states[&PatternKind::VeryLow], PatternState::Found(_)), "{states:?}");
    assert!(
        states
            .iter()
            .filter(|(kind, _)| **kind != PatternKind::VeryLow)
            .all(|(_, state)| *state == PatternState::NotEnough)
    );
    assert_eq!(found(&[reading("2026-07-03T20:00", 54)])[&PatternKind::VeryLow], PatternState::NotEnough);
    let of_six_days: Vec<Reading> = fortnight(&[]).into_iter().take(18).collect();
    assert_eq!(found(&of_six_days)[&PatternKind::LowsAtTime], PatternState::NotEnough);
    let of_seven: Vec<Reading> = fortnight(&[]).into_iter().take(21).collect();
    assert_eq!(found(&of_seven)[&PatternKind::LowsAtTime], PatternState::NotFound);
    assert_eq!(found(&of_seven)[&PatternKind::Variability], PatternState::NotEnough, "it needs thirty");
}

#[test]
fn numbers_decide_at_their_limits() {
    let of = |kind, more: &[(&str, u32)]| evidence(&fortnight(more), kind);
    let lows = [("2026-07-03T20:00", 40), ("2026-07-04T09:00", 42), ("2026-07-05T13:00", 44), ("2026-07-06T01:00", 40)];
    // Of the quiet readings of 120 mg/dL each has its part in the risk of highs, and none in that of lows.
    assert_eq!(of(PatternKind::RiskOfLows, &lows).map(|rows| rows.len()), Some(4));
    let highs = [500, 510, 520, 530].map(|value| ("2026-07-03T20:00", value));
    assert_eq!(of(PatternKind::RiskOfHighs, &highs).map(|rows| rows.len()), Some(42 + 4));
    assert_eq!(of(PatternKind::Variability, &highs).map(|rows| rows.len()), Some(42 + 4));
}

/// Twice a day 75 mg/dL is a high risk of lows (LBGI 5.7) without a single low.
#[test]
fn a_risk_without_a_low_has_the_readings_behind_it_that_make_it() {
    let near = |day: i8| [7, 19].map(|hour| reading(&format!("2026-07-{day:02}T{hour:02}:00"), 75));
    let mut readings: Vec<Reading> = (1..=14).flat_map(near).collect();
    readings.sort_by_key(|reading| std::cmp::Reverse(reading.time));
    let states = found(&readings);
    assert_eq!(states[&PatternKind::RiskOfLows], PatternState::Found(PatternEvidence::OfNumber(28)));
    let (summary, counted) = counted(&readings, Counting::default());
    let evidence = shares(PatternKind::RiskOfLows, &counted, &summary);
    assert_eq!(evidence.len(), 28);
    assert!(evidence.iter().all(|one| one.range == Range::Target));
    assert!(evidence.iter().all(|one| one.share.is_some_and(|share| (share - 100.0 / 28.0).abs() < 1e-9)));
    assert_eq!(states[&PatternKind::LowsAtTime], PatternState::NotFound);
}

/// The largest share comes first; what nothing stands for is in no number, and so behind none.
#[test]
fn what_makes_a_number_has_its_share_of_it() {
    let mut readings = fortnight(&[("2026-07-05T20:00", 60), ("2026-07-03T20:00", 40), ("2026-07-04T20:00", 40)]);
    readings.insert(0, Reading { measured: Measured::Low, ..reading("2026-07-14T21:00", 0) });
    readings.insert(0, Reading { kind: Kind::Control, ..reading("2026-07-14T22:00", 20) });
    let evidence = |policy| {
        let counting = Counting { policy, ..Counting::default() };
        let (summary, counted) = counted(&readings, counting);
        shares(PatternKind::RiskOfLows, &counted, &summary)
    };
    let all = evidence(LowHighPolicy::Limits);
    let times: Vec<String> = all.iter().map(|one| one.time.strftime("%d %H").to_string()).collect();
    assert_eq!(times, ["14 21", "04 20", "03 20", "05 20"], "LO as 19, the newer of two equal ones, the older, 60");
    let shares: Vec<f64> = all.iter().filter_map(|one| one.share).collect();
    assert!((shares.iter().sum::<f64>() - 100.0).abs() < 1e-9, "{shares:?}");
    assert!(shares.is_sorted_by(|one, next| one >= next));
    let without: Vec<String> = evidence(LowHighPolicy::Exclude).iter().map(|one| one.time.to_string()).collect();
    assert_eq!(without.len(), 3, "{without:?}");
}

/// A number from the whole range of meters.
fn value() -> impl Strategy<Value = u32> {
    prop_oneof![20_u32..70, 70_u32..=180, 181_u32..=600]
}

proptest! {
    /// Whatever is found, there is something to look at, of readings that count alone.
    #[test]
    fn every_pattern_that_is_found_has_its_readings(
        values in prop::collection::vec((0_i8..14, 0_i8..24, value()), 0..80),
        flags in prop::collection::vec(0_usize..80, 0..4),
        policy in prop::sample::select(LowHighPolicy::ALL.to_vec()),
    ) {
        let of = |(day, hour, value): &(i8, i8, u32)| reading(&format!("2026-07-{:02}T{hour:02}:00", day + 1), *value);
        let mut readings: Vec<Reading> = values.iter().map(of).collect();
        for place in flags {
            if let Some(reading) = readings.get_mut(place) {
                reading.measured = Measured::Low;
            }
        }
        readings.sort_by_key(|reading| std::cmp::Reverse(reading.time));
        let counting = Counting { policy, ..Counting::default() };
        let (summary, counted) = counted(&readings, counting);
        for pattern in patterns(&counted, &summary) {
            let is_found = matches!(pattern.state, PatternState::Found(_));
            let behind = behind(&readings, counting, &pattern);
            prop_assert_eq!(is_found, !behind.is_empty(), "{:?}", pattern);
            prop_assert_eq!(pattern.evidence().map_or(0, PatternEvidence::count), u32::try_from(behind.len()).unwrap());
            prop_assert!(behind.iter().all(|one| readings[usize::try_from(one.place).unwrap()].time == Some(one.time)));
        }
    }
}
