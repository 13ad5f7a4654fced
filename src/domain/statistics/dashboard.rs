//! What a dashboard shows.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::curves::{DayCurves, DayValue};
use super::low_high::{LowHighPolicy, MeterLimits};
use super::meal_filter::MealFilter;
use super::patterns::{FoundPattern, patterns};
use super::period::Period;
use super::summary::{Counting, Summary, summarise};
use crate::domain::association::PastUpload;
use crate::domain::glucose::Unit;
use crate::domain::held_meter::HeldMeter;
use crate::domain::left_out::LeftOut;
use crate::domain::patient::Patient;
use crate::domain::reading::{Beyond, Reading};
use crate::domain::record::{PatientRecord, RecordOrigin};
use crate::domain::text::Clean;

impl Dashboard {
    /// The dashboard of a record that was taken over [`Period::span_with_before`] of this period and day.
    #[must_use]
    pub fn of(record: PatientRecord, period: Period, until: Date) -> Self {
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
            patterns: Vec::new(),
            before: Summary::default(),
            patient: record.patient,
            total_readings: record.totals.readings,
            left_out: record.totals.left_out,
            readings,
            readings_before: before,
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
        Self::counted(readings, LowHighPolicy::default(), MealFilter::default(), (period, until))
    }

    fn counted(readings: &[Reading], policy: LowHighPolicy, meals: MealFilter, of: (Period, Date)) -> Summary {
        let (period, until) = of;
        let counting = Counting { policy, span: Some(period.span(until)), ..Counting::default() };
        summarise(readings.iter().filter(|reading| meals.takes(reading)), &counting)
    }

    /// Counts anew, with this for LO and HI and these readings alone.
    pub fn count_by(&mut self, low_high: LowHighPolicy, meals: MealFilter) {
        let counted = |readings: &[Reading], until| Self::counted(readings, low_high, meals, (self.period, until));
        let summary = counted(&self.readings, self.until);
        let before = counted(&self.readings_before, self.period.until_before(self.until));
        (self.low_high, self.meals, self.summary, self.before) = (low_high, meals, summary, before);
        self.patterns = patterns(self.shown(), &self.summary);
        self.curves = DayCurves::of(self.day_values().collect()).ok();
    }

    /// The readings that count as readings of one day.
    pub fn day_values(&self) -> impl Iterator<Item = DayValue> {
        let counting = Counting { policy: self.low_high, ..Counting::default() };
        self.shown().filter_map(move |reading| DayValue::of(reading, &counting))
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

    /// What stands for LO or HI in its numbers, in mg/dL. A record does not say which meter a reading is from, so that
    /// it is the same for all.
    #[must_use]
    pub fn stands_for(&self, beyond: Beyond) -> Option<u32> {
        self.low_high.number(beyond, MeterLimits::default())
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
        let origin = RecordOrigin::Here;
        let record = PatientRecord { patient, readings, totals, uploads: vec![], meters: vec![meter], origin };
        Dashboard::of(record, Period::Days7, UNTIL)
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
