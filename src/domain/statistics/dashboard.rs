//! What a dashboard shows.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::curves::{DayCurves, DayValue};
use super::low_high::{BeyondLimits, LowHighPolicy, MeterLimits};
use super::meal_filter::MealFilter;
use super::patterns::{FoundPattern, patterns};
use super::period::Period;
use super::summary::{Counting, Summary, summarise, summarise_by};
use super::trend::{TrendPoint, trend};
use crate::domain::association::PastUpload;
use crate::domain::glucose::Unit;
use crate::domain::held_meter::HeldMeter;
use crate::domain::left_out::LeftOut;
use crate::domain::patient::Patient;
use crate::domain::reading::{Beyond, Reading};
use crate::domain::record::{BeyondSource, PatientRecord, RecordOrigin};
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
        let limits = record.beyond.iter().filter_map(|source| {
            let (lowest, highest) = range(source)?;
            let limits = MeterLimits { lowest, highest };
            Some(BeyondLimits { time: source.time, beyond: source.beyond, limits })
        });
        let mut limits: Vec<BeyondLimits> = limits.collect();
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
            before: Summary::default(),
            patient: record.patient,
            total_readings: record.totals.readings,
            left_out: record.totals.left_out,
            readings,
            readings_before: before,
            limits,
            stand_ins: Default::default(),
            uploads: record.uploads,
            meters: record.meters,
            origin: record.origin,
        };
        dashboard.count_by(LowHighPolicy::default(), MealFilter::default());
        dashboard
    }

    /// The numbers of the readings of a period: the same that `glucodock stats` computes of a file.
    #[must_use]
    pub fn summarised(readings: &[Reading], period: Period, until: Date) -> Summary {
        summarise(readings, &Counting { span: Some(period.span(until)), ..Counting::default() })
    }

    fn counted(&self, readings: &[Reading], until: Date) -> Summary {
        let taken = readings.iter().filter(|reading| self.meals.takes(reading));
        summarise_by(taken, Some(self.period.span(until)), |reading| self.number(reading))
    }

    /// How a reading is counted: by what its meter can measure.
    fn counting(&self, reading: &Reading) -> Counting {
        let of_meter = |place| {
            let first = self.limits.partition_point(|own| own.place() < place);
            self.limits.get(first).filter(|own| own.place() == place).map(|own| own.limits)
        };
        let place = reading.time.zip(reading.beyond().map(BeyondLimits::is_above));
        let limits = place.and_then(of_meter).unwrap_or_default();
        Counting { policy: self.low_high, limits, span: None }
    }

    /// The number of a reading that counts, in mg/dL: of LO and HI what stands for them of their meter, if anything
    /// does.
    #[must_use]
    pub fn number(&self, reading: &Reading) -> Option<f64> {
        self.counting(reading).number(reading)
    }

    /// Counts anew, with this for LO and HI and these readings alone.
    pub fn count_by(&mut self, low_high: LowHighPolicy, meals: MealFilter) {
        (self.low_high, self.meals) = (low_high, meals);
        let before = self.counted(&self.readings_before, self.period.until_before(self.until));
        (self.summary, self.before) = (self.counted(&self.readings, self.until), before);
        // Once, as the numbers: a key must not cost more with more readings.
        self.stand_ins = [Beyond::Below, Beyond::Above].map(|beyond| self.counted_stand_ins(beyond));
        self.patterns = patterns(self.shown(), &self.summary);
        let values: Vec<DayValue> = self.day_values().collect();
        self.in_curves = values.len();
        self.curves = DayCurves::of(values).ok();
        let dated = self.shown().filter_map(|reading| {
            let value = DayValue::of(reading, self.number(reading))?;
            Some((reading.time?.date(), value.mg_per_dl))
        });
        self.trend = trend(dated, self.period, self.until);
    }

    /// The readings that count as readings of one day.
    pub fn day_values(&self) -> impl Iterator<Item = DayValue> {
        self.shown().filter_map(|reading| DayValue::of(reading, self.number(reading)))
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

    fn counted_stand_ins(&self, beyond: Beyond) -> Vec<(Option<u32>, u32)> {
        let mut counts = BTreeMap::new();
        for reading in self.shown().filter(|reading| reading.is_in_numbers() && reading.beyond() == Some(beyond)) {
            *counts.entry(self.low_high.number(beyond, self.counting(reading).limits)).or_default() += 1;
        }
        counts.into_iter().collect()
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
    /// Numbers of the period of the same length before it.
    pub before: Summary,
    /// All readings of the person's record, of any time, kind and doubt.
    pub total_readings: u32,
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
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::glucose::{Concentration, Measured};
    use crate::domain::patient::{Gender, PatientId, Status};
    use crate::domain::reading::{Kind, Meal};
    use crate::domain::record::RecordTotals;
    use crate::domain::text::Private;

    const UNTIL: Date = jiff::civil::date(2026, 7, 14);

    fn reading(time: &str, value: u32, meal: Meal) -> Reading {
        Reading {
            index: 0,
            time: Some(time.parse().unwrap()),
            measured: Measured::Value(Concentration::mg_per_dl(value)),
            kind: Kind::Blood,
            meal: Some(meal),
            doubts: Vec::new(),
            raw: BTreeMap::new(),
        }
    }

    /// LO of two meters and HI of one, the one of which measures from 10 mg/dL on.
    fn beyond() -> Vec<BeyondSource> {
        let source = |time: &str, beyond, model: &str| BeyondSource {
            time: time.parse().unwrap(),
            beyond,
            driver: "d".into(),
            model: model.into(),
        };
        vec![
            source("2026-07-13T03:00", Beyond::Below, "Instant"),
            source("2026-07-13T04:00", Beyond::Below, "unknown"),
            source("2026-07-13T05:00", Beyond::Above, "Instant"),
        ]
    }

    /// By analytics: the next number beyond the range of the model, 9 for one that measures from 10 on, 19 for most.
    #[test]
    fn what_stands_for_lo_and_hi_is_of_the_meter_that_sent_it() {
        let mut dashboard = dashboard();
        let flag = |time: &str, measured| Reading { measured, ..reading(time, 0, Meal::None) };
        dashboard.readings = vec![
            flag("2026-07-13T05:00", Measured::High),
            flag("2026-07-13T04:00", Measured::Low),
            flag("2026-07-13T03:00", Measured::Low),
            flag("2026-07-12T04:00", Measured::Low),
        ];
        dashboard.count_by(LowHighPolicy::Limits, MealFilter::All);
        let told = |dashboard: &Dashboard, beyond| dashboard.stand_ins(beyond).to_vec();
        assert_eq!(told(&dashboard, Beyond::Below), [(Some(9), 1), (Some(19), 2)]);
        assert_eq!(told(&dashboard, Beyond::Above), [(Some(601), 1)]);
        let mean = |dashboard: &Dashboard| dashboard.summary.distribution.map(|numbers| numbers.mean);
        // (9 + 19 + 19 + 601) / 4
        assert_eq!(mean(&dashboard), Some(162.0));
        dashboard.count_by(LowHighPolicy::Tidepool, MealFilter::All);
        // (9 + 9 + 9 + 601) / 4
        assert_eq!((mean(&dashboard), told(&dashboard, Beyond::Below)), (Some(157.0), vec![(Some(9), 3)]));
        dashboard.count_by(LowHighPolicy::Exclude, MealFilter::All);
        assert_eq!((mean(&dashboard), told(&dashboard, Beyond::Below)), (None, vec![(None, 3)]));
        assert_eq!(dashboard.summary.count, 4, "no count changes");
    }

    /// A week, and the one before.
    fn dashboard() -> Dashboard {
        let readings = vec![
            reading("2026-07-14T08:00", 100, Meal::Before),
            reading("2026-07-12T20:00", 60, Meal::After),
            reading("2026-07-12T08:00", 120, Meal::Before),
            reading("2026-07-08T00:00", 140, Meal::Before),
            reading("2026-07-07T23:59", 200, Meal::Before),
            reading("2026-07-01T00:00", 55, Meal::After),
        ];
        let patient = Patient {
            id: PatientId("1".into()),
            family: Private::new("Muster".into()),
            given: Private::new("Maria".into()),
            born: Private::new(jiff::civil::date(1961, 7, 14)),
            gender: Gender::Unknown,
            identifiers: vec![],
            status: Status::Active,
            devices: vec!["Accu-Chek Guide 0042".into(), "OneTouch Ultra 2 7731".into()],
            last_upload: None,
        };
        let meter = HeldMeter {
            model: "Accu-Chek Guide".into(),
            serial_end: Private::new("0042".into()),
            since: jiff::Timestamp::UNIX_EPOCH,
            last_upload: None,
            end: None,
        };
        let totals = RecordTotals::of(&readings);
        let (beyond, origin) = (beyond(), RecordOrigin::Here);
        let record = PatientRecord { patient, readings, totals, uploads: vec![], meters: vec![meter], beyond, origin };
        Dashboard::of_meters(record, Period::Days7, UNTIL, |source| {
            (source.model.as_str() == "Instant").then_some((10, 600))
        })
    }

    #[test]
    fn a_record_is_this_period_and_the_one_before() {
        let dashboard = dashboard();
        assert_eq!((dashboard.readings.len(), dashboard.readings_before.len()), (4, 2));
        let counted = |summary: &Summary| (summary.count, summary.ranges.below_70(), summary.frequency.window_days);
        assert_eq!((counted(&dashboard.summary), counted(&dashboard.before)), ((4, 1, 7), (2, 1, 7)));
        assert_eq!(dashboard.summary.days.len(), 7);
        assert_eq!(dashboard.summary, Dashboard::summarised(&dashboard.readings, Period::Days7, UNTIL));
    }

    #[test]
    fn what_is_looked_at_is_counted_and_found_by_day() {
        let mut dashboard = dashboard();
        let day = |day| jiff::civil::date(2026, 7, day);
        let found = |dashboard: &Dashboard, day| (dashboard.of_day(day).count(), dashboard.place_of(day));
        assert_eq!(found(&dashboard, day(12)), (2, 1));
        assert_eq!(found(&dashboard, day(10)), (0, 3));
        dashboard.count_by(LowHighPolicy::default(), MealFilter::Before);
        assert_eq!((dashboard.summary.count, dashboard.before.count, dashboard.shown_count()), (3, 1, 3));
        assert_eq!((found(&dashboard, day(12)), found(&dashboard, day(10))), ((1, 1), (0, 2)));
        assert_eq!(dashboard.shown_from(2).count(), 1);
        dashboard.count_by(LowHighPolicy::default(), MealFilter::Fasting);
        assert_eq!((dashboard.shown_count(), dashboard.patterns.len()), (0, 6));
    }

    #[test]
    fn a_meter_that_is_theirs_here_is_not_told_as_elsewhere() {
        assert_eq!(dashboard().meters_elsewhere().map(Clean::as_str).collect::<Vec<_>>(), ["OneTouch Ultra 2 7731"]);
    }
}
