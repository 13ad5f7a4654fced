//! What recurs in a period, with the readings behind it. It says what was found, and nothing of what to do about it.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::counted::{CountedReading, CountedReadings, CountedValue};
use super::distribution::LEAST_FOR_SPREAD;
use super::parts::block_of;
use super::range::Range;
use super::risk::{MODERATE_HBGI, MODERATE_LBGI, ValueRisk};
use super::summary::Summary;
use crate::domain::glucose::Measured;

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
    /// Its place among the readings of the period.
    pub place: u32,
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
    Found(PatternEvidence),
    /// It is not there, and there is enough to say so.
    NotFound,
    /// There is too little to say so.
    NotEnough,
}

/// What is behind a pattern that is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum PatternEvidence {
    /// These readings, at least one, newest first.
    Readings(Vec<PatternReading>),
    /// A number that so many readings make, at least one. Which, and how much of it each, is reckoned when somebody
    /// looks at them ([`Dashboard::look_behind`](super::Dashboard::look_behind)): of a record with many readings that
    /// costs as much as all other numbers.
    OfNumber(u32),
}

impl PatternEvidence {
    /// How many readings there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        match self {
            Self::Readings(readings) => u32::try_from(readings.len()).unwrap_or(u32::MAX),
            Self::OfNumber(count) => *count,
        }
    }
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
    fn of(is_found: bool, is_enough: bool, evidence: impl FnOnce() -> PatternEvidence) -> Self {
        match (is_found, is_enough) {
            (true, true) => Self::Found(evidence()),
            (false, true) => Self::NotFound,
            (_, false) => Self::NotEnough,
        }
    }
}

impl FoundPattern {
    /// What is behind it, where it is there.
    #[must_use]
    pub const fn evidence(&self) -> Option<&PatternEvidence> {
        match &self.state {
            PatternState::Found(evidence) => Some(evidence),
            PatternState::NotFound | PatternState::NotEnough => None,
        }
    }
}

/// Looks for all patterns in readings that count, and in what they come to. What is in no number is in no pattern.
#[must_use]
pub(super) fn patterns(counted: &CountedReadings, summary: &Summary) -> Vec<FoundPattern> {
    let of = |is: &dyn Fn(Range) -> bool| {
        let theirs = counted.by_time().iter().filter(|reading| is(reading.range)).map(|reading| row(reading, None));
        let mut theirs: Vec<PatternReading> = theirs.collect();
        // As they stand in the record, newest first.
        theirs.sort_by_key(|reading| reading.place);
        theirs
    };
    let (lows, very_lows) = (of(&|range| range < Range::Target), of(&|range| range == Range::VeryLow));
    let very_highs = of(&|range| range == Range::VeryHigh);
    let is_enough = summary.count >= LEAST_READINGS && summary.frequency.days_with_readings >= LEAST_DAYS_WITH;
    let found = |kind, evidence: Vec<PatternReading>, is_enough| {
        let is_found = !evidence.is_empty();
        let state = PatternState::of(is_found, is_enough, || PatternEvidence::Readings(evidence));
        FoundPattern { kind, state, number: None }
    };
    let by_number = |kind, number: Option<f64>, limit: f64, is_enough: bool| {
        let is_found = number.is_some_and(|number| number >= limit);
        let behind = || PatternEvidence::OfNumber(parts_of(kind, counted, summary));
        FoundPattern { kind, state: PatternState::of(is_found, is_enough && number.is_some(), behind), number }
    };
    let numbers = summary.distribution;
    let has_spread = numbers.is_some_and(|numbers| numbers.count >= LEAST_FOR_SPREAD);
    let cv = numbers.and_then(|numbers| numbers.cv_to_show().ok());
    let (lbgi, hbgi) = (summary.risk.map(|risk| risk.lbgi), summary.risk.map(|risk| risk.hbgi));
    // One is enough: it is no chance, however little else is known.
    let is_enough_of_one = is_enough || !very_lows.is_empty();
    vec![
        found(PatternKind::VeryLow, very_lows, is_enough_of_one),
        found(PatternKind::LowsAtTime, recurring(&lows), is_enough),
        found(PatternKind::VeryHighsAtTime, recurring(&very_highs), is_enough),
        // 36.0 itself is still stable.
        by_number(PatternKind::Variability, cv, MOST_CV.next_up(), is_enough && has_spread),
        by_number(PatternKind::RiskOfLows, lbgi, MODERATE_LBGI, is_enough),
        by_number(PatternKind::RiskOfHighs, hbgi, MODERATE_HBGI, is_enough),
    ]
}

/// A reading behind a pattern.
const fn row(reading: &CountedReading, share: Option<f64>) -> PatternReading {
    let CountedReading { place, time, measured, range, .. } = *reading;
    PatternReading { place, time, measured, range, share }
}

/// What a value in mg/dL adds to the number that decides of a pattern; nothing where none does.
fn part(kind: PatternKind, value: f64, summary: &Summary) -> f64 {
    match kind {
        PatternKind::Variability => summary.distribution.map_or(0.0, |numbers| (value - numbers.mean).powi(2)),
        PatternKind::RiskOfLows => ValueRisk::of(value).low(),
        PatternKind::RiskOfHighs => ValueRisk::of(value).high(),
        PatternKind::VeryLow | PatternKind::LowsAtTime | PatternKind::VeryHighsAtTime => 0.0,
    }
}

/// How many readings add something to the number that decides.
fn parts_of(kind: PatternKind, counted: &CountedReadings, summary: &Summary) -> u32 {
    // Of equal values once, as the risk itself.
    let equal = counted.by_value().chunk_by(|one, other| one.mg_per_dl.total_cmp(&other.mg_per_dl).is_eq());
    let adds = equal.filter(|equal| equal.first().is_some_and(|value| part(kind, value.mg_per_dl, summary) > 0.0));
    u32::try_from(adds.map(<[CountedValue]>::len).sum::<usize>()).unwrap_or(u32::MAX)
}

/// The readings that make the number that decides of a pattern, each with its share in percent, the largest first, and
/// the newest of equal ones.
pub(super) fn shares(kind: PatternKind, counted: &CountedReadings, summary: &Summary) -> Vec<PatternReading> {
    let parts = counted.by_value().iter().map(|value| (value, part(kind, value.mg_per_dl, summary)));
    let parts = parts.filter(|(_, part)| *part > 0.0);
    let mut parts: Vec<(&CountedReading, f64)> =
        parts.filter_map(|(value, part)| Some((counted.reading(value)?, part))).collect();
    parts.sort_by(|(one, part), (other, further)| further.total_cmp(part).then(one.place.cmp(&other.place)));
    let whole: f64 = parts.iter().map(|(_, part)| part).sum();
    parts.into_iter().map(|(reading, part)| row(reading, Some(100.0 * part / whole))).collect()
}

/// Those that come again within the same three hours of another day, newest first.
fn recurring(readings: &[PatternReading]) -> Vec<PatternReading> {
    let place = |reading: &PatternReading| (block_of(reading.time.time()), reading.time.date());
    // Of a day and a part of it once: a calendar is slow.
    let mut days: BTreeMap<(usize, Date), bool> = BTreeMap::new();
    for together in readings.chunk_by(|one, other| place(one) == place(other)) {
        days.extend(together.first().map(|first| (place(first), false)));
    }
    let reach = jiff::Span::new().days(WITHIN_DAYS - 1);
    let all: Vec<(usize, Date)> = days.keys().copied().collect();
    for ((block, day), comes_again) in &mut days {
        // To either side, so that each reading of a pair has the other as its evidence. A day less
        // than two weeks: the first and the last day both count.
        let near = (*block, day.saturating_sub(reach))..=(*block, day.saturating_add(reach));
        let first = all.partition_point(|other| other < near.start());
        let others = all.get(first..).unwrap_or_default().iter().take_while(|other| *other <= near.end());
        *comes_again = others.count() > 1;
    }
    let together = readings.chunk_by(|one, other| place(one) == place(other));
    let comes_again = |first: &PatternReading| days.get(&place(first)).copied().unwrap_or(false);
    together.filter(|together| together.first().is_some_and(comes_again)).flatten().copied().collect()
}

#[cfg(test)]
mod tests;
