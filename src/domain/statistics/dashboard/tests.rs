use std::collections::BTreeMap;

use super::*;
use crate::domain::glucose::{Concentration, Measured};
use crate::domain::ownership::OwnershipId;
use crate::domain::patient::{Gender, PatientId, Status};
use crate::domain::reading::{Kind, Meal};
use crate::domain::text::Private;

const UNTIL: Date = jiff::civil::date(2026, 7, 14);

fn reading(time: &str, value: u32, meal: Meal) -> Reading {
    Reading {
        corrected_from: None,
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
        index: 0,
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

/// Two meters of one person may say LO at the same minute, and at the same place of their memories.
#[test]
fn equal_results_of_two_meters_take_each_the_limits_of_its_own_meter() {
    let mut dashboard = dashboard();
    let low = Reading { measured: Measured::Low, ..reading("2026-07-13T03:00", 0, Meal::None) };
    let later = Reading { index: 5, ..low.clone() };
    dashboard.readings = vec![later, low.clone(), low];
    let limits = |index, lowest| BeyondLimits {
        time: "2026-07-13T03:00".parse().unwrap(),
        beyond: Beyond::Below,
        index,
        limits: MeterLimits { lowest, highest: 600 },
    };
    dashboard.limits = vec![limits(0, 10), limits(0, 20), limits(5, 40)];
    dashboard.count_by(LowHighPolicy::Limits, MealFilter::All);
    assert_eq!(dashboard.stand_ins(Beyond::Below), [(Some(9), 1), (Some(19), 1), (Some(39), 1)]);
    // (9 + 19 + 39) / 3, by hand.
    let mean = dashboard.summary.distribution.map(|numbers| numbers.mean);
    assert!(mean.is_some_and(|mean| (mean - 67.0 / 3.0).abs() < 1e-9), "{mean:?}");
    let alike: Vec<usize> = dashboard.shown().map(|reading| dashboard.alike_before(reading)).collect();
    assert_eq!(alike, [0, 0, 1]);
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
        ownership: OwnershipId("1".to_owned()),
        first_day: None,
        model: "Accu-Chek Guide".into(),
        serial_end: Private::new("0042".into()),
        since: jiff::Timestamp::UNIX_EPOCH,
        last_upload: None,
        end: None,
        corrections: vec![],
    };
    let record = PatientRecord { meters: vec![meter], beyond: beyond(), ..PatientRecord::with(patient, readings) };
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
