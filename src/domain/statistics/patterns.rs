//! What recurs in a period, with the readings behind it. It says what was found, and nothing of what to do about it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::distribution::LEAST_FOR_SPREAD;
use super::parts::block_of;
use super::range::Range;
use super::risk::{MODERATE_HBGI, MODERATE_LBGI, ValueRisk};
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
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PatternReading {
    /// When, by the meter's clock.
    pub time: DateTime,
    /// What the meter showed.
    pub measured: Measured,
    /// Where it lies.
    pub range: Range,
    /// Its share in percent of the number that decides, unrounded, where one does.
    pub share: Option<f64>,
}

/// What was found of a pattern.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum PatternState {
    /// It is there.
    Found {
        /// The readings behind it, at least one: newest first; where a number decides, those that make it, the largest
        /// share first.
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

impl PatternState {
    /// That of what is found with this behind it, where there is enough to say so.
    fn of(is_found: bool, is_enough: bool, evidence: impl FnOnce() -> Vec<PatternReading>) -> Self {
        match (is_found, is_enough) {
            (true, true) => Self::Found { evidence: evidence() },
            (false, true) => Self::NotFound,
            (_, false) => Self::NotEnough,
        }
    }
}

impl FoundPattern {
    /// The readings behind it; none where it is not there.
    #[must_use]
    pub fn evidence(&self) -> &[PatternReading] {
        match &self.state {
            PatternState::Found { evidence } => evidence,
            PatternState::NotFound | PatternState::NotEnough => &[],
        }
    }
}

/// Looks for all patterns in readings, newest first, each with its number in mg/dL if it has one, and in what they come
/// to. What is in no number is in no pattern.
#[must_use]
pub fn patterns<'a>(
    readings: impl IntoIterator<Item = (&'a Reading, Option<f64>)>,
    summary: &Summary,
) -> Vec<FoundPattern> {
    let counted: Vec<PatternCandidate> =
        readings.into_iter().filter_map(|(reading, number)| PatternCandidate::of(reading, number)).collect();
    let of = |is: &dyn Fn(Range) -> bool| {
        let theirs = counted.iter().map(|counted| counted.reading);
        theirs.filter(|reading| is(reading.range)).collect::<Vec<_>>()
    };
    let (lows, very_lows) = (of(&|range| range < Range::Target), of(&|range| range == Range::VeryLow));
    let very_highs = of(&|range| range == Range::VeryHigh);
    let is_enough = summary.count >= LEAST_READINGS && summary.frequency.days_with_readings >= LEAST_DAYS_WITH;
    let at_time = |kind, readings: &[PatternReading]| {
        let evidence = recurring(readings);
        FoundPattern { kind, state: PatternState::of(!evidence.is_empty(), is_enough, || evidence), number: None }
    };
    let by_number = |kind, number: Option<f64>, limit: f64, is_enough: bool, part: &dyn Fn(f64) -> f64| {
        let is_found = number.is_some_and(|number| number >= limit);
        let state = PatternState::of(is_found, is_enough && number.is_some(), || by_share(&counted, part));
        FoundPattern { kind, state, number }
    };
    let numbers = summary.distribution;
    let has_spread = numbers.is_some_and(|numbers| numbers.count >= LEAST_FOR_SPREAD);
    let cv = numbers.and_then(|numbers| numbers.cv_to_show().ok());
    let from_mean = |value: f64| numbers.map_or(0.0, |numbers| (value - numbers.mean).powi(2));
    let (lbgi, hbgi) = (summary.risk.map(|risk| risk.lbgi), summary.risk.map(|risk| risk.hbgi));
    vec![
        // One is enough: it is no chance, however little else is known.
        FoundPattern {
            kind: PatternKind::VeryLow,
            state: PatternState::of(!very_lows.is_empty(), is_enough || !very_lows.is_empty(), || very_lows),
            number: None,
        },
        at_time(PatternKind::LowsAtTime, &lows),
        at_time(PatternKind::VeryHighsAtTime, &very_highs),
        // 36.0 itself is still stable.
        by_number(PatternKind::Variability, cv, MOST_CV.next_up(), is_enough && has_spread, &from_mean),
        by_number(PatternKind::RiskOfLows, lbgi, MODERATE_LBGI, is_enough, &|value| ValueRisk::of(value).low()),
        by_number(PatternKind::RiskOfHighs, hbgi, MODERATE_HBGI, is_enough, &|value| ValueRisk::of(value).high()),
    ]
}

/// A reading that counts, with its number if it has one.
struct PatternCandidate {
    reading: PatternReading,
    mg_per_dl: Option<f64>,
}

impl PatternCandidate {
    fn of(reading: &Reading, mg_per_dl: Option<f64>) -> Option<Self> {
        if !reading.is_in_numbers() {
            return None;
        }
        let (time, measured, range) = (reading.time?, reading.measured, Range::of_reading(reading)?);
        Some(Self { reading: PatternReading { time, measured, range, share: None }, mg_per_dl })
    }
}

/// Those that make a number of which each has this part, the largest share first, and the newest of equal ones.
fn by_share(counted: &[PatternCandidate], part: &dyn Fn(f64) -> f64) -> Vec<PatternReading> {
    let parts = counted.iter().filter_map(|counted| Some((counted.reading, part(counted.mg_per_dl?))));
    let mut parts: Vec<(PatternReading, f64)> = parts.filter(|(_, part)| *part > 0.0).collect();
    parts.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    let whole: f64 = parts.iter().map(|(_, part)| part).sum();
    let shared = |(reading, part)| PatternReading { share: Some(100.0 * part / whole), ..reading };
    parts.into_iter().map(shared).collect()
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
mod tests;
