//! The numbers of a patient's readings.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use super::counted::{CountedReading, CountedReadings};
use super::days::DaySums;
use super::distribution::Distribution;
use super::frequency::{TestDays, TestFrequency};
use super::low_high::{LowHighPolicy, MeterLimits};
use super::parts::{BLOCKS, MealNumbers, MealSums, PartNumbers, PartSum, block_at, block_of};
use super::range::{Range, RangeCounts};
use super::risk::{DailyRisk, GlucoseRisk};
use crate::domain::glucose::{Concentration, Measured};
use crate::domain::reading::{Beyond, Kind, LeftOutFor, Reading};
use crate::domain::record::Span;

/// How readings are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counting {
    /// What stands for LO and HI.
    pub policy: LowHighPolicy,
    /// What the meter can measure.
    pub limits: MeterLimits,
    /// The days that are looked at: without them, from the first day with a reading to the last. It leaves no reading
    /// out; whoever asks for the numbers of a span gives its readings.
    pub span: Option<Span>,
}

impl Counting {
    /// The number of a reading that counts, in mg/dL: of LO and HI, what stands for them, if anything does.
    #[must_use]
    pub fn number(&self, reading: &Reading) -> Option<f64> {
        match reading.beyond() {
            Some(beyond) => self.policy.number(beyond, self.limits).map(f64::from),
            None => reading.measured.concentration().map(Concentration::glucose_mg_per_dl),
        }
    }
}

/// The numbers of readings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Readings that count, LO and HI included.
    pub count: u32,
    /// How many of them lie in which range, whatever stands for LO and HI.
    pub ranges: RangeCounts,
    /// How those with a number are distributed; `None` without any.
    pub distribution: Option<Distribution>,
    /// The risk by those with a number; `None` without any.
    pub risk: Option<GlucoseRisk>,
    /// How often was measured.
    pub frequency: TestFrequency,
    /// The numbers by meal marker.
    pub meals: MealNumbers,
    /// The numbers by time of day, from midnight on.
    pub blocks: [PartNumbers; BLOCKS],
    /// The readings of each day that is looked at, from the first on.
    pub days: Vec<RangeCounts>,
    /// The last reading below 70 mg/dL.
    pub last_low: Option<LastLow>,
    /// Readings below the meter's range.
    pub low_flags: u32,
    /// Readings above the meter's range.
    pub high_flags: u32,
    /// Lowest number that a meter measured.
    pub lowest: Option<Concentration>,
    /// Highest number that a meter measured.
    pub highest: Option<Concentration>,
    /// Readings that do not count.
    pub uncounted: Uncounted,
}

/// A reading below 70 mg/dL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastLow {
    /// When, by the meter's clock.
    pub time: DateTime,
    /// What the meter showed.
    pub measured: Measured,
}

/// Readings of a period that are listed and in no number, by what they are. One that is two of these
/// is the first of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uncounted {
    /// Control tests.
    pub control: u32,
    /// Ketones, values of sensors, and what a meter stores besides.
    pub other_kind: u32,
    /// Results that are no measurement: invalid, not available, of a test mode, damaged.
    pub invalid: u32,
    /// Those whose time is doubted.
    pub time_doubted: u32,
}

impl Uncounted {
    /// How many are in no number.
    #[must_use]
    pub const fn total(&self) -> u32 {
        self.control + self.other_kind + self.invalid + self.time_doubted
    }

    const fn add(&mut self, reading: &Reading, why: LeftOutFor) {
        let why = match (why, reading.kind) {
            (LeftOutFor::Kind, Kind::Control) => &mut self.control,
            (LeftOutFor::Kind, _) => &mut self.other_kind,
            (LeftOutFor::NoMeasurement(_), _) => &mut self.invalid,
            (LeftOutFor::NoTime | LeftOutFor::Time(_), _) => &mut self.time_doubted,
        };
        *why += 1;
    }
}

/// Sums up the readings that count and whose time is sure; the others it counts by what they are. The order of the
/// readings is of no matter.
#[must_use]
pub fn summarise<'a>(readings: impl IntoIterator<Item = &'a Reading>, counting: &Counting) -> Summary {
    let numbered = readings.into_iter().map(|reading| (reading, counting.number(reading)));
    summarise_by((0..).zip(numbered), counting.span).0
}

/// The same over these days, of readings that each come with what their meter can measure.
#[must_use]
pub fn summarise_each<'a>(
    readings: impl IntoIterator<Item = (&'a Reading, MeterLimits)>,
    policy: LowHighPolicy,
    span: Option<Span>,
) -> Summary {
    let number = |(reading, limits)| (reading, Counting { policy, limits, span }.number(reading));
    summarise_by((0..).zip(readings.into_iter().map(number)), span).0
}

/// The same over these days, of readings that have each its place and its number ([`Counting::number`]): of LO and HI
/// it may be another for each meter; and those that count.
pub(super) fn summarise_by<'a>(
    readings: impl Iterator<Item = (u32, (&'a Reading, Option<f64>))>,
    span: Option<Span>,
) -> (Summary, CountedReadings) {
    let mut summary = Summary::default();
    // Most count: the list is not made longer again and again.
    let mut counted = Vec::with_capacity(readings.size_hint().1.unwrap_or(0));
    counted.extend(readings.filter_map(|(place, (reading, number))| summary.take(place, reading, number)));
    let counted = CountedReadings::of(counted);

    let (mut days, mut risk, mut meals) = (TestDays::default(), DailyRisk::default(), MealSums::default());
    let mut blocks: [PartSum; BLOCKS] = Default::default();
    let mut by_day = DaySums::new(span);
    for CountedReading { time, range, meal, measured, mg_per_dl, .. } in counted.by_time().iter().copied() {
        by_day.add(time.date(), range);
        if range < Range::Target {
            summary.last_low = Some(LastLow { time, measured });
        }
        // Before its risk is added: a day ends with the first reading of the next one.
        if days.add(time) {
            risk.end_day();
        }
        if let Some(value) = mg_per_dl {
            risk.add(value);
        }
        meals.count(meal, range);
        if let Some(block) = blocks.get_mut(block_of(time.time())) {
            block.count(range);
        }
    }
    risk.end_day();
    let mut values = Vec::with_capacity(counted.by_time().len());
    for value in counted.by_value() {
        values.push(value.mg_per_dl);
        meals.add(value.meal, value.mg_per_dl);
        if let Some(block) = blocks.get_mut(block_at(value.minute)) {
            block.add(value.mg_per_dl);
        }
    }
    let frequency = days.frequency(span);
    let distribution = Distribution::of(&mut values);
    let summary = Summary {
        distribution,
        risk: risk.risk(&values),
        frequency,
        days: by_day.days(frequency.window_days),
        meals: meals.numbers(),
        blocks: blocks.map(PartSum::part),
        ..summary
    };
    (summary, counted)
}

impl Summary {
    /// Counts a reading, or counts it as one that does not count.
    fn take(&mut self, place: u32, reading: &Reading, mg_per_dl: Option<f64>) -> Option<CountedReading> {
        if let Some(why) = reading.left_out_for() {
            self.uncounted.add(reading, why);
            return None;
        }
        // What has no range has no scale, and what has no time no sure one: both are left out above.
        let (range, time) = (Range::of_reading(reading)?, reading.time?);
        self.count += 1;
        self.ranges.add(range);
        match reading.beyond() {
            Some(Beyond::Below) => self.low_flags += 1,
            Some(Beyond::Above) => self.high_flags += 1,
            None => reading.measured.concentration().into_iter().for_each(|value| self.note_extremes(value)),
        }
        Some(CountedReading { place, time, range, meal: reading.meal, measured: reading.measured, mg_per_dl })
    }

    /// Remembers the lowest and the highest number.
    fn note_extremes(&mut self, value: Concentration) {
        let mg_per_dl = value.glucose_mg_per_dl();
        if self.lowest.is_none_or(|lowest| mg_per_dl < lowest.glucose_mg_per_dl()) {
            self.lowest = Some(value);
        }
        if self.highest.is_none_or(|highest| mg_per_dl > highest.glucose_mg_per_dl()) {
            self.highest = Some(value);
        }
    }
}

#[cfg(test)]
mod tests;
