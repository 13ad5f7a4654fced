//! What recurs in a period, with the readings behind it. It says what was found, and nothing of what to do about it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::distribution::LEAST_FOR_SPREAD;
use super::parts::block_of;
use super::range::Range;
use super::risk::{MODERATE_HBGI, MODERATE_LBGI};
use super::summary::Summary;
use crate::domain::glucose::Measured;
use crate::domain::reading::Reading;

/// With fewer readings nothing recurs that is no chance: two a day over a week.
pub const LEAST_READINGS: u32 = 14;
/// With fewer days with a reading nothing recurs that is no chance: each day of the week is there once.
pub const LEAST_DAYS_WITH: u32 = 7;
/// What recurs does so within so many days: over ninety days two lows are no pattern.
const WITHIN_DAYS: i64 = 14;
/// The coefficient of variation in percent above which glucose is unstable (consensus on time in range, 2019).
const MOST_CV: f64 = 36.0;

/// Something that may recur.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PatternKind {
    /// Any reading below 54 mg/dL.
    VeryLow,
    /// Within the same three hours, readings below 70 mg/dL on two days that lie less than two weeks apart.
    LowsAtTime,
    /// The same of readings above 250 mg/dL.
    VeryHighsAtTime,
    /// A coefficient of variation above 36 %.
    Variability,
    /// A low blood glucose index of 2.5 or more.
    RiskOfLows,
    /// A high blood glucose index of 4.5 or more.
    RiskOfHighs,
}

/// One reading behind a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatternReading {
    /// When, by the meter's clock.
    pub time: DateTime,
    /// What the meter showed.
    pub measured: Measured,
    /// Where it lies.
    pub range: Range,
}

/// What was found of a pattern.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum PatternState {
    /// It is there.
    Found {
        /// The readings behind it, newest first.
        evidence: Vec<PatternReading>,
    },
    /// It is not there, and there is enough to say so.
    NotFound,
    /// There is too little to say so.
    NotEnough,
}

/// A pattern, and whether it is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FoundPattern {
    /// Which.
    pub kind: PatternKind,
    /// Whether it is there.
    pub state: PatternState,
    /// The number that decides, unrounded, where it is one: percent of the coefficient of variation, the index.
    pub number: Option<f64>,
}

impl FoundPattern {
    /// The readings behind it, newest first; none where it is not there, or rests on a number alone.
    #[must_use]
    pub fn evidence(&self) -> &[PatternReading] {
        match &self.state {
            PatternState::Found { evidence } => evidence,
            PatternState::NotFound | PatternState::NotEnough => &[],
        }
    }
}

/// Looks for all patterns in readings, newest first, and in their numbers. What is in no number is in no pattern.
#[must_use]
pub fn patterns<'a>(readings: impl IntoIterator<Item = &'a Reading>, summary: &Summary) -> Vec<FoundPattern> {
    let counted: Vec<PatternReading> = readings.into_iter().filter_map(counted).collect();
    let of =
        |is: &dyn Fn(Range) -> bool| counted.iter().filter(|reading| is(reading.range)).copied().collect::<Vec<_>>();
    let (lows, very_lows) = (of(&|range| range < Range::Target), of(&|range| range == Range::VeryLow));
    let (highs, very_highs) = (of(&|range| range > Range::Target), of(&|range| range == Range::VeryHigh));
    let is_enough = summary.count >= LEAST_READINGS && summary.frequency.days_with_readings >= LEAST_DAYS_WITH;
    let state = |is_found: bool, is_enough: bool, evidence| match (is_found, is_enough) {
        (true, true) => PatternState::Found { evidence },
        (false, true) => PatternState::NotFound,
        (_, false) => PatternState::NotEnough,
    };
    let at_time = |kind, readings: &[PatternReading]| {
        let evidence = recurring(readings);
        FoundPattern { kind, state: state(!evidence.is_empty(), is_enough, evidence), number: None }
    };
    let by_number = |kind, number: Option<f64>, limit: f64, is_enough: bool, evidence| {
        let is_found = number.is_some_and(|number| number >= limit);
        FoundPattern { kind, state: state(is_found, is_enough && number.is_some(), evidence), number }
    };
    let has_spread = summary.distribution.is_some_and(|numbers| numbers.count >= LEAST_FOR_SPREAD);
    let cv = summary.distribution.and_then(|numbers| numbers.cv_to_show().ok());
    vec![
        // One is enough: it is no chance, however little else is known.
        FoundPattern {
            kind: PatternKind::VeryLow,
            state: state(!very_lows.is_empty(), is_enough || !very_lows.is_empty(), very_lows),
            number: None,
        },
        at_time(PatternKind::LowsAtTime, &lows),
        at_time(PatternKind::VeryHighsAtTime, &very_highs),
        // 36.0 itself is still stable.
        by_number(PatternKind::Variability, cv, MOST_CV.next_up(), is_enough && has_spread, Vec::new()),
        by_number(PatternKind::RiskOfLows, summary.risk.map(|risk| risk.lbgi), MODERATE_LBGI, is_enough, lows),
        by_number(PatternKind::RiskOfHighs, summary.risk.map(|risk| risk.hbgi), MODERATE_HBGI, is_enough, highs),
    ]
}

/// A reading that counts, with its range.
fn counted(reading: &Reading) -> Option<PatternReading> {
    if !reading.is_in_numbers() {
        return None;
    }
    Some(PatternReading { time: reading.time?, measured: reading.measured, range: Range::of_reading(reading)? })
}

/// Those that come again within the same three hours of another day, newest first.
fn recurring(readings: &[PatternReading]) -> Vec<PatternReading> {
    let mut days: BTreeMap<usize, BTreeSet<Date>> = BTreeMap::new();
    for reading in readings {
        days.entry(block_of(reading.time.time())).or_default().insert(reading.time.date());
    }
    let reach = jiff::Span::new().days(WITHIN_DAYS - 1);
    let comes_again = |reading: &&PatternReading| {
        let day = reading.time.date();
        // To either side, so that each reading of a pair has the other as its evidence. A day less
        // than two weeks: the first and the last day both count.
        let near = day.saturating_sub(reach)..=day.saturating_add(reach);
        days.get(&block_of(reading.time.time())).is_some_and(|days| days.range(near).any(|other| *other != day))
    };
    readings.iter().filter(comes_again).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::super::summary::{Counting, summarise};
    use super::*;
    use crate::domain::glucose::Concentration;
    use crate::domain::reading::Kind;

    fn reading(time: &str, value: u32) -> Reading {
        Reading {
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

    fn found(readings: &[Reading]) -> BTreeMap<PatternKind, PatternState> {
        let summary = summarise(readings, &Counting::default());
        patterns(readings, &summary).into_iter().map(|pattern| (pattern.kind, pattern.state)).collect()
    }

    fn evidence(readings: &[Reading], kind: PatternKind) -> Option<Vec<String>> {
        match &found(readings)[&kind] {
            PatternState::Found { evidence } => Some(evidence.iter().map(|one| one.time.to_string()).collect()),
            PatternState::NotFound => None,
            PatternState::NotEnough => panic!("there is enough"),
        }
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
        assert!(matches!(states[&PatternKind::VeryLow], PatternState::Found { .. }), "{states:?}");
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
        let lows =
            [("2026-07-03T20:00", 40), ("2026-07-04T09:00", 42), ("2026-07-05T13:00", 44), ("2026-07-06T01:00", 40)];
        assert_eq!(of(PatternKind::RiskOfLows, &lows).map(|rows| rows.len()), Some(4));
        let highs = [500, 510, 520, 530].map(|value| ("2026-07-03T20:00", value));
        assert_eq!(of(PatternKind::RiskOfHighs, &highs).map(|rows| rows.len()), Some(4));
        assert!(of(PatternKind::Variability, &highs).is_some());
    }
}
