//! What a dashboard shows.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::counted::CountedReadings;
use super::curves::{DayCurves, DayValue};
use super::low_high::{BeyondLimits, BeyondPlace, LowHighPolicy, MeterLimits};
use super::meal_filter::MealFilter;
use super::patterns::{FoundPattern, PatternEvidence, PatternKind, PatternReading, patterns, shares};
use super::period::Period;
use super::summary::{Counting, Summary, summarise, summarise_by};
use super::trend::{TrendPoint, trend};
use crate::domain::association::PastUpload;
use crate::domain::glucose::Unit;
use crate::domain::held_meter::HeldMeter;
use crate::domain::left_out::LeftOut;
use crate::domain::patient::Patient;
use crate::domain::reading::{Beyond, Reading};
use crate::domain::record::{BeyondSource, ChangeMark, ElsewhereReadings, PatientRecord, RecordOrigin};
use crate::domain::text::Clean;

impl Dashboard {
    /// The dashboard of a record that was taken over [`Period::span_with_before`] of this period and day, with the
    /// limits of most meters for all.
    #[must_use]
    pub fn of(record: PatientRecord, period: Period, until: Date) -> Self {
        Self::of_meters(record, period, until, |_| None)
    }

    /// The same with the limits of each meter: of a result that lies beyond what its meter measures, `range` says what
    /// that is, the lowest and the highest value in mg/dL; where nobody knows, it is that of most meters.
    #[must_use]
    pub fn of_meters(
        record: PatientRecord,
        period: Period,
        until: Date,
        range: impl Fn(&BeyondSource) -> Option<(u32, u32)>,
    ) -> Self {
        let limits = record.beyond.iter().map(|source| {
            let known = range(source).map(|(lowest, highest)| MeterLimits { lowest, highest });
            let (time, beyond, index) = (source.time, source.beyond, source.index);
            BeyondLimits { time, beyond, index, limits: known.unwrap_or_default() }
        });
        let mut limits: Vec<BeyondLimits> = limits.collect();
        // Stable: those of one place stay in the order of the readings.
        limits.sort_by_key(BeyondLimits::place);
        let mut readings = record.readings;
        let from = period.span(until).from;
        // The newest come first.
        let before = readings.split_off(readings.partition_point(|reading| reading.time >= Some(from)));
        let mut dashboard = Self {
            period,
            until,
            unit: record.totals.units.usual(),
            low_high: LowHighPolicy::default(),
            meals: MealFilter::default(),
            summary: Summary::default(),
            curves: None,
            in_curves: 0,
            trend: Vec::new(),
            patterns: Vec::new(),
            behind: None,
            before: Summary::default(),
            patient: record.patient,
            total_readings: record.totals.readings,
            last_reading: record.totals.last,
            left_out: record.totals.left_out,
            readings,
            readings_before: before,
            limits,
            stand_ins: Default::default(),
            uploads: record.uploads,
            meters: record.meters,
            origin: record.origin,
            elsewhere: record.elsewhere,
            mark: record.mark,
        };
        dashboard.count_by(LowHighPolicy::default(), MealFilter::default());
        dashboard
    }

    /// The numbers of the readings of a period: the same that `glucodock stats` computes of a file.
    #[must_use]
    pub fn summarised(readings: &[Reading], period: Period, until: Date) -> Summary {
        summarise(readings, &Counting { span: Some(period.span(until)), ..Counting::default() })
    }

    fn counted(&self, readings: &[Reading], until: Date) -> (Summary, CountedReadings) {
        summarise_by(self.numbered(readings), Some(self.period.span(until)))
    }

    /// Those of these readings that are looked at, each with its place and its number in mg/dL: of LO and HI what
    /// stands for them of the meter that sent them, if anything does.
    fn numbered<'a>(&'a self, readings: &'a [Reading]) -> impl Iterator<Item = (u32, (&'a Reading, Option<f64>))> {
        let counted = (0..).zip(self.with_limits(readings)).filter(|(_, (reading, _))| self.meals.takes(reading));
        counted.map(|(place, (reading, limits))| {
            (place, (reading, Counting { policy: self.low_high, limits, span: None }.number(reading)))
        })
    }

    /// Each reading with what its meter can measure, as far as that matters to it.
    fn with_limits<'a>(&'a self, readings: &'a [Reading]) -> impl Iterator<Item = (&'a Reading, MeterLimits)> {
        let mut passed: BTreeMap<BeyondPlace, usize> = BTreeMap::new();
        readings.iter().map(move |reading| {
            // Two meters may have the same result at the same place: the first has the first limits.
            let limits = BeyondLimits::place_of(reading).and_then(|place| {
                let passed = passed.entry(place).or_default();
                let first = self.limits.partition_point(|own| own.place() < place);
                let own = self.limits.get(first + *passed).filter(|own| own.place() == place);
                *passed += 1;
                own.map(|own| own.limits)
            });
            (reading, limits.unwrap_or_default())
        })
    }

    /// Counts anew, with this for LO and HI and these readings alone.
    pub fn count_by(&mut self, low_high: LowHighPolicy, meals: MealFilter) {
        (self.low_high, self.meals) = (low_high, meals);
        (self.before, _) = self.counted(&self.readings_before, self.period.until_before(self.until));
        let (summary, counted) = self.counted(&self.readings, self.until);
        // Once, as the numbers: a key must not cost more with more readings.
        self.stand_ins = self.counted_stand_ins();
        self.patterns = patterns(&counted, &summary);
        self.in_curves = counted.by_value().len();
        self.curves = DayCurves::of(counted.by_value()).ok();
        self.trend = trend(&counted, self.period, self.until);
        self.summary = summary;
        // What somebody looks at has other shares now, or is not found.
        if let Some((kind, _)) = self.behind.take() {
            self.look_behind(kind);
        }
    }

    /// Somebody looks at the readings behind a pattern.
    pub fn look_behind(&mut self, kind: PatternKind) {
        let found = self.patterns.iter().find(|pattern| pattern.kind == kind).and_then(FoundPattern::evidence);
        let behind = found.map(|evidence| match evidence {
            PatternEvidence::Readings(readings) => readings.clone(),
            PatternEvidence::OfNumber(_) => {
                let (summary, counted) = self.counted(&self.readings, self.until);
                shares(kind, &counted, &summary)
            }
        });
        self.behind = behind.map(|behind| (kind, behind));
    }

    /// The readings behind a pattern that somebody looks at: newest first; where a number decides, those that make it,
    /// the largest share first.
    #[must_use]
    pub fn evidence(&self, kind: PatternKind) -> &[PatternReading] {
        match &self.behind {
            Some((behind, readings)) if *behind == kind => readings,
            _ => &[],
        }
    }

    /// The readings that count as readings of one day.
    pub fn day_values(&self) -> impl Iterator<Item = DayValue> {
        self.numbered(&self.readings).filter_map(|(_, (reading, number))| DayValue::of(reading, number))
    }

    /// The readings of the period that are looked at, newest first: those of the meals that are chosen, whatever they
    /// are and whether they count or not.
    pub fn shown(&self) -> impl Iterator<Item = &Reading> {
        self.readings.iter().filter(|reading| self.meals.takes(reading))
    }

    /// The same without the first of them.
    pub fn shown_from(&self, first: usize) -> impl Iterator<Item = &Reading> {
        // Passed over without a look at each: a key must not cost more with more readings.
        let (passed, left) = if self.meals == MealFilter::All { (first, 0) } else { (0, first) };
        let rest = self.readings.get(passed..).unwrap_or_default();
        rest.iter().filter(|reading| self.meals.takes(reading)).skip(left)
    }

    /// How many those are.
    #[must_use]
    pub fn shown_count(&self) -> usize {
        if self.meals == MealFilter::All { self.readings.len() } else { self.shown().count() }
    }

    /// How many readings before one of [`Dashboard::shown`] were sent alike: two meters may send the same.
    #[must_use]
    pub fn alike_before(&self, reading: &Reading) -> usize {
        let first = self.readings.partition_point(|other| other.time > reading.time);
        let before = self.readings.get(first..).unwrap_or_default().iter();
        // It is one of these very readings: an equal one is another.
        before.take_while(|other| !std::ptr::eq(*other, reading)).filter(|other| other.was_sent_alike(reading)).count()
    }

    /// The same readings of one day.
    pub fn of_day(&self, day: Date) -> impl Iterator<Item = &Reading> {
        let theirs = self.readings.get(self.place_behind(day)..).unwrap_or_default();
        let on_day = theirs.iter().take_while(move |reading| reading.time.is_some_and(|time| time.date() == day));
        on_day.filter(|reading| self.meals.takes(reading))
    }

    /// The place among [`Dashboard::shown`] of the last reading of a day; of one without any, of the next earlier one.
    #[must_use]
    pub fn place_of(&self, day: Date) -> usize {
        let behind = self.place_behind(day);
        if self.meals == MealFilter::All {
            return behind;
        }
        let later = self.readings.get(..behind).unwrap_or_default();
        later.iter().filter(|reading| self.meals.takes(reading)).count()
    }

    /// The place among all readings of the first that is not later than a day.
    fn place_behind(&self, day: Date) -> usize {
        self.readings.partition_point(|reading| reading.time.is_some_and(|time| time.date() > day))
    }

    /// When the last reading was, if none of the period counts and it lies in another.
    #[must_use]
    pub fn last_elsewhere(&self) -> Option<DateTime> {
        let span = self.period.span(self.until);
        self.last_reading.filter(|last| self.summary.count == 0 && !(span.from..span.to).contains(last))
    }

    /// The names of the meters that are theirs by the care platform alone.
    pub fn meters_elsewhere(&self) -> impl Iterator<Item = &Clean> {
        let here: Vec<String> = self.meters.iter().filter(|meter| meter.end.is_none()).map(HeldMeter::name).collect();
        self.patient.devices.iter().filter(move |device| !here.iter().any(|name| name == device.as_str()))
    }

    /// What stands for the LO or the HI in its numbers, in mg/dL, each with for how many of them: several where meters
    /// measure differently.
    #[must_use]
    pub fn stand_ins(&self, beyond: Beyond) -> &[(Option<u32>, u32)] {
        let [low, high] = &self.stand_ins;
        match beyond {
            Beyond::Below => low,
            Beyond::Above => high,
        }
    }

    fn counted_stand_ins(&self) -> [Vec<(Option<u32>, u32)>; 2] {
        let [mut low, mut high] = [BTreeMap::new(), BTreeMap::new()];
        for (reading, limits) in self.with_limits(&self.readings) {
            let Some(beyond) = reading.beyond() else { continue };
            if self.meals.takes(reading) && reading.is_in_numbers() {
                let counts = if beyond == Beyond::Below { &mut low } else { &mut high };
                *counts.entry(self.low_high.number(beyond, limits)).or_default() += 1;
            }
        }
        [low, high].map(|counts| counts.into_iter().collect())
    }
}

/// What the dashboard shows of one person over one period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    /// The person.
    pub patient: Patient,
    /// The period asked for.
    pub period: Period,
    /// The last day of the period.
    pub until: Date,
    /// The unit in which values are shown: at first that in which most of this person's were sent.
    pub unit: Unit,
    /// What stands for LO and HI in the numbers.
    pub low_high: LowHighPolicy,
    /// Which readings are looked at.
    pub meals: MealFilter,
    /// Numbers of the period.
    pub summary: Summary,
    /// The curves of the standard day; `None` with too few readings for them.
    pub curves: Option<DayCurves>,
    /// How many readings the curves are of, or would be with enough of them: those with a number.
    pub in_curves: usize,
    /// What was measured on each day of the period, or on the days that have one mark together, from the first on.
    pub trend: Vec<TrendPoint>,
    /// What recurs.
    pub patterns: Vec<FoundPattern>,
    /// The pattern that somebody looks at, with the readings behind it, see [`Dashboard::evidence`].
    pub behind: Option<(PatternKind, Vec<PatternReading>)>,
    /// Numbers of the period of the same length before it.
    pub before: Summary,
    /// All readings of the person's record, of any time, kind and doubt.
    pub total_readings: u32,
    /// When the last reading of the whole record was that the numbers of its period use, as far as it is known.
    pub last_reading: Option<DateTime>,
    /// Readings of the whole record whose time is doubted.
    pub left_out: LeftOut,
    /// The readings of the period, newest first.
    pub readings: Vec<Reading>,
    /// The readings of the period before it, newest first.
    pub readings_before: Vec<Reading>,
    /// What the meters can measure whose LO and HI are among them, where it is known.
    pub limits: Vec<BeyondLimits>,
    /// What stands for LO and for HI in the numbers, see [`Dashboard::stand_ins`].
    pub stand_ins: [Vec<(Option<u32>, u32)>; 2],
    /// The last uploads, newest first.
    pub uploads: Vec<PastUpload>,
    /// The meters that are or were theirs at this station, those that are theirs first.
    pub meters: Vec<HeldMeter>,
    /// Where all of it is from.
    pub origin: RecordOrigin,
    /// What of the record only the care platform has, most readings first.
    pub elsewhere: Vec<ElsewhereReadings>,
    /// Up to where this station had come when it was loaded.
    pub mark: ChangeMark,
}

#[cfg(test)]
mod tests;
