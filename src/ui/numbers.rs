//! Numbers as the object that `glucodock stats --json` prints, which stands in an export too, and as the rows of a
//! table that it and the dashboard have. The form of the object is a contract with scripts: `docs/stats.md`.

use jiff::civil::Date;
use serde::Serialize;

use crate::domain::glucose::Unit;
use crate::domain::statistics::{ComputedNumbers, LowHighPolicy, PartNumbers, Range, RangeCounts, TooFew, Uncounted};

/// A part of the readings as the row of a table: name, readings, lows, highs, mean, median, and the quartiles with this
/// between them. What is of too few readings has a hyphen: the number of them stands beside it.
#[must_use]
pub fn part_row(name: String, part: &PartNumbers, unit: Unit, between: &str) -> [String; 7] {
    let none = || "-".to_owned();
    let shown = |mg_per_dl: f64| unit.written(mg_per_dl);
    [
        name,
        part.ranges.total().to_string(),
        part.ranges.below_70().to_string(),
        part.ranges.above_180().to_string(),
        part.distribution.map_or_else(none, |numbers| shown(numbers.mean)),
        part.median_to_show().map_or_else(|_| none(), shown),
        part.quartiles_to_show()
            .map_or_else(|_| none(), |(low, high)| format!("{}{between}{}", shown(low), shown(high))),
    ]
}

/// The numbers with their names, every one unrounded.
#[derive(Debug, Serialize)]
pub struct NumbersObject {
    unit: Unit,
    complete: bool,
    lo_hi: LowHighObject,
    first_day: Option<Date>,
    last_day: Option<Date>,
    window_days: u32,
    /// Readings before the first day.
    outside_window: usize,
    readings: u32,
    uncounted: Uncounted,
    /// How many numbers the following are of; they are in `unit`.
    n: u32,
    mean: Option<f64>,
    sd: Option<f64>,
    cv: Option<f64>,
    median: Option<f64>,
    p05: Option<f64>,
    p25: Option<f64>,
    p75: Option<f64>,
    p95: Option<f64>,
    lbgi: Option<f64>,
    hbgi: Option<f64>,
    adrr: Option<f64>,
    adrr_days: u32,
    #[serde(flatten)]
    counts: CountsObject<u32>,
    percent: CountsObject<Option<f64>>,
    days_with_readings: u32,
    days_without: u32,
    readings_a_day: Option<f64>,
    readings_a_day_with_readings: Option<f64>,
    longest_gap_minutes: Option<i64>,
    meals: MealsObject,
    blocks: Vec<BlockObject>,
    /// What is computed of too little to be shown to somebody.
    suppressed: Vec<SuppressedObject>,
}

#[derive(Debug, Serialize)]
struct LowHighObject {
    policy: LowHighPolicy,
    /// What stands for the LO and the HI that there are, in mg/dL; null if nothing does.
    lo_mg_per_dl: Option<u32>,
    hi_mg_per_dl: Option<u32>,
    lo: u32,
    hi: u32,
}

#[derive(Debug, Serialize)]
struct CountsObject<T> {
    very_low: T,
    low: T,
    target: T,
    high: T,
    very_high: T,
}

impl<T> CountsObject<T> {
    fn of(value: impl Fn(Range) -> T) -> Self {
        Self {
            very_low: value(Range::VeryLow),
            low: value(Range::Low),
            target: value(Range::Target),
            high: value(Range::High),
            very_high: value(Range::VeryHigh),
        }
    }
}

#[derive(Debug, Serialize)]
struct MealsObject {
    before: PartObject,
    after: PartObject,
    fasting: PartObject,
    bedtime: PartObject,
    unmarked: PartObject,
}

#[derive(Debug, Serialize)]
struct BlockObject {
    /// The first hour; the block ends three hours later.
    from_hour: usize,
    #[serde(flatten)]
    part: PartObject,
}

#[derive(Debug, Serialize)]
struct PartObject {
    readings: u32,
    n: u32,
    mean: Option<f64>,
    median: Option<f64>,
    p25: Option<f64>,
    p75: Option<f64>,
    #[serde(flatten)]
    counts: CountsObject<u32>,
}

#[derive(Debug, Serialize)]
struct SuppressedObject {
    metric: &'static str,
    reason: String,
}

/// The object of what was computed: every number unrounded.
#[must_use]
pub fn numbers_object(computed: &ComputedNumbers) -> NumbersObject {
    let ComputedNumbers { summary, counting, stand_ins, unit, days, .. } = computed;
    let (numbers, frequency) = (summary.distribution, summary.frequency);
    let in_unit = |mg_per_dl: Option<f64>| mg_per_dl.map(|value| unit.of_mg_per_dl(value));
    let [lo_mg_per_dl, hi_mg_per_dl] = *stand_ins;
    NumbersObject {
        unit: *unit,
        complete: computed.is_whole,
        lo_hi: LowHighObject {
            policy: counting.policy,
            lo_mg_per_dl,
            hi_mg_per_dl,
            lo: summary.low_flags,
            hi: summary.high_flags,
        },
        first_day: days.map(|(first, _)| first),
        last_day: days.map(|(_, last)| last),
        window_days: frequency.window_days,
        outside_window: computed.outside_window,
        readings: summary.count,
        uncounted: summary.uncounted,
        n: numbers.map_or(0, |numbers| numbers.count),
        mean: in_unit(numbers.map(|numbers| numbers.mean)),
        sd: in_unit(numbers.and_then(|numbers| numbers.sd)),
        cv: numbers.and_then(|numbers| numbers.cv()),
        median: in_unit(numbers.map(|numbers| numbers.median)),
        p05: in_unit(numbers.map(|numbers| numbers.p05)),
        p25: in_unit(numbers.map(|numbers| numbers.p25)),
        p75: in_unit(numbers.map(|numbers| numbers.p75)),
        p95: in_unit(numbers.map(|numbers| numbers.p95)),
        lbgi: summary.risk.map(|risk| risk.lbgi),
        hbgi: summary.risk.map(|risk| risk.hbgi),
        adrr: summary.risk.and_then(|risk| risk.adrr),
        adrr_days: summary.risk.map_or(0, |risk| risk.adrr_days),
        counts: counts(summary.ranges),
        percent: CountsObject::of(|range| summary.ranges.percent(range)),
        days_with_readings: frequency.days_with_readings,
        days_without: frequency.days_without(),
        readings_a_day: frequency.a_day,
        readings_a_day_with_readings: frequency.a_day_with_readings,
        longest_gap_minutes: frequency.longest_gap_minutes,
        meals: MealsObject {
            before: part(&summary.meals.before, *unit),
            after: part(&summary.meals.after, *unit),
            fasting: part(&summary.meals.fasting, *unit),
            bedtime: part(&summary.meals.bedtime, *unit),
            unmarked: part(&summary.meals.unmarked, *unit),
        },
        blocks: summary
            .blocks
            .iter()
            .enumerate()
            .map(|(block, numbers)| BlockObject { from_hour: 3 * block, part: part(numbers, *unit) })
            .collect(),
        // The numbers are above all the same, and unrounded: a script may keep what nobody is to be
        // shown yet.
        suppressed: suppressed(computed),
    }
}

fn counts(ranges: RangeCounts) -> CountsObject<u32> {
    CountsObject::of(|range| ranges.of(range))
}

fn part(part: &PartNumbers, unit: Unit) -> PartObject {
    let numbers = part.distribution;
    let in_unit = |mg_per_dl: Option<f64>| mg_per_dl.map(|value| unit.of_mg_per_dl(value));
    PartObject {
        readings: part.ranges.total(),
        n: numbers.map_or(0, |numbers| numbers.count),
        mean: in_unit(numbers.map(|numbers| numbers.mean)),
        median: in_unit(numbers.map(|numbers| numbers.median)),
        p25: in_unit(numbers.map(|numbers| numbers.p25)),
        p75: in_unit(numbers.map(|numbers| numbers.p75)),
        counts: counts(part.ranges),
    }
}

fn suppressed(computed: &ComputedNumbers) -> Vec<SuppressedObject> {
    let summary = &computed.summary;
    let too_few: [(&'static str, Option<TooFew>); 3] = [
        ("sd", summary.distribution.and_then(|numbers| numbers.sd_to_show().err())),
        ("cv", summary.distribution.and_then(|numbers| numbers.cv_to_show().err())),
        ("adrr", summary.risk.and_then(|risk| risk.adrr_to_show().err())),
    ];
    let of = |(metric, too_few): (&'static str, Option<TooFew>)| {
        too_few.map(|too_few| SuppressedObject { metric, reason: too_few.to_string() })
    };
    too_few.into_iter().filter_map(of).collect()
}
