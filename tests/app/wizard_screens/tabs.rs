//! The tabs of a dashboard with four weeks of readings, as they are looked at.

use glucodock::app::asked::Asked;
use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::app::wizard::Step;
use glucodock::domain::association::{PastUpload, UploadId};
use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::held_meter::{EndedUse, GivenOn, HeldMeter, MeterCorrection, OwnershipEnd, OwnershipEndReason};
use glucodock::domain::meter::ReadWay;
use glucodock::domain::ownership::{EndingReason, OwnershipId};
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::reading::{Doubt, Kind, Meal, Reading};
use glucodock::domain::reading_source::ReadingSource;
use glucodock::domain::statistics::{Dashboard, Period};
use glucodock::domain::text::Private;
use glucodock::domain::time_correction::ClockCorrection;
use jiff::ToSpan as _;
use jiff::civil::{DateTime, date};

use crate::clinic::{Clinic, anna, dashboard, now};

/// A screen of the dashboard: its name, and the keys that lead to it.
const TABS: [(&str, &[Key]); 20] = [
    ("dashboard__overview", &[]),
    ("dashboard__overview_mmol", &[Key::Char('u')]),
    ("dashboard__standard_day", &[Key::Char('2')]),
    ("dashboard__standard_day_few", &[Key::Char('2'), Key::Char('m'), Key::Char('m'), Key::Char('m'), Key::Char('m')]),
    ("dashboard__logbook", &[Key::Char('3'), Key::Down]),
    ("dashboard__logbook_mmol", &[Key::Char('3'), Key::Char('u')]),
    ("dashboard__logbook_meals", &[Key::Char('3'), Key::Char('3')]),
    ("dashboard__readings", &[Key::Char('3'), Key::Down, Key::Enter]),
    ("dashboard__reading", &[Key::Char('3'), Key::Down, Key::Enter, Key::Down, Key::Enter]),
    ("dashboard__patterns", &[Key::Char('4'), Key::Down]),
    ("dashboard__patterns_mmol", &[Key::Char('4'), Key::Char('u'), Key::Char('m')]),
    ("dashboard__risk_evidence", &[Key::Char('4'), Key::Down, Key::Down, Key::Down, Key::Down, Key::Enter]),
    ("dashboard__numbers", &[Key::Char('4'), Key::Char('4')]),
    ("dashboard__numbers_mmol", &[Key::Char('4'), Key::Char('4'), Key::Char('u')]),
    ("dashboard__evidence", &[Key::Char('4'), Key::Down, Key::Enter]),
    ("dashboard__devices", &[Key::Char('5')]),
    ("dashboard__uploads", &[Key::Char('6')]),
    ("dashboard__export", &[Key::Char('7')]),
    ("dashboard__days", DAYS),
    ("dashboard__tab_help", &[Key::Char('3'), Key::Function(1)]),
];

/// A day that may be two, typed as the first.
const DAYS: &[Key] = &[
    Key::Char('d'),
    Key::Char('7'),
    Key::Char('/'),
    Key::Char('6'),
    Key::Char('/'),
    Key::Char('2'),
    Key::Char('0'),
    Key::Char('2'),
    Key::Char('6'),
    Key::Enter,
];

/// Every tab.
pub(crate) fn all() -> Vec<(String, Clinic)> {
    let tabs = TABS.into_iter().map(|(name, keys)| (name.to_owned(), at(keys)));
    let mut refused = at(&[Key::Char('7'), Key::Down, Key::Down]);
    refused.exported = Err(Problem::new(ProblemCode::ExportFolder, "the folder of the file is not there"));
    refused.keys([Key::Enter]);
    let written = at(&[Key::Char('7'), Key::Down, Key::Down, Key::Enter]);
    let others = vec![
        ("dashboard__devices_moved", at(&[Key::Char('5'), Key::Down])),
        ("dashboard__exported", written),
        ("dashboard__export_refused", refused),
        ("dashboard__nothing", of(counted(Period::Days14, vec![]), &[])),
        ("dashboard__many_lows", of(many_lows(), &[])),
        ("dashboard__many_lows_standard_day", of(many_lows(), &[Key::Char('2')])),
        ("dashboard__three_months", of(three_months(), &[])),
        ("dashboard__three_months_standard_day", of(three_months(), &[Key::Char('2')])),
    ];
    tabs.chain(others.into_iter().map(|(name, clinic)| (name.to_owned(), clinic))).collect()
}

/// The dashboard after these keys.
pub(crate) fn at(keys: &[Key]) -> Clinic {
    of(four_weeks(), keys)
}

/// The same of these readings.
pub(crate) fn of(dashboard: Dashboard, keys: &[Key]) -> Clinic {
    let period = dashboard.period;
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Function(4)]);
    let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
    let Step::Dashboard(step) = &mut working.step else { panic!("no dashboard") };
    step.content = Asked::Ready(Box::new(dashboard));
    step.period = period;
    clinic.sources = Ok(sources());
    clinic.keys(keys.to_vec());
    clinic
}

/// The two reads of a meter that had a reading.
pub(crate) fn sources() -> Vec<ReadingSource> {
    let source = |days: i64, place| ReadingSource {
        read_at: now() - jiff::SignedDuration::from_hours(24 * days),
        model: "Accu-Chek Guide".into(),
        serial_end: Private::new("0042".into()),
        user: "Nurse Nora".into(),
        place,
    };
    vec![source(30, 3), source(0, 61)]
}

/// The times at which is measured, with what is marked then.
const TIMES: [((i8, i8), Meal); 5] = [
    ((6, 50), Meal::Fasting),
    ((9, 10), Meal::After),
    ((12, 5), Meal::Before),
    ((18, 40), Meal::Before),
    ((22, 15), Meal::Bedtime),
];

/// Two weeks and the two before: lows in the night, highs in the evening, a day without any, a control test.
pub(crate) fn four_weeks() -> Dashboard {
    let mut readings: Vec<Reading> = Vec::new();
    let mut add = |time: DateTime, value: u32, meal| {
        readings.push(Reading {
            corrected_from: None,
            index: u32::try_from(readings.len()).unwrap(),
            time: Some(time),
            measured: Measured::Value(Concentration::mg_per_dl(value)),
            kind: Kind::Blood,
            meal: Some(meal),
            doubts: vec![],
            raw: [("sfloat".to_owned(), "0067".to_owned()), ("status".to_owned(), "0000".to_owned())].into(),
        });
    };
    for back in 0..28_u32 {
        let day = date(2026, 7, 14).saturating_sub(i64::from(back).days());
        if back % 9 == 5 {
            continue;
        }
        for (place, ((hour, minute), meal)) in (0_u32..).zip(TIMES) {
            let wave = (back * 37 + place * 53) % 71;
            let value = [92, 158, 121, 149, 176][place as usize] + wave - 20;
            let measured_twice = place == 4 && back % 4 == 0;
            add(day.at(hour, i8::try_from((back * 7 + place) % 10).unwrap() + minute, 0, 0), value, meal);
            if measured_twice {
                add(day.at(23, 5, 0, 0), value + 70, Meal::None);
            }
        }
        if back % 5 == 2 {
            add(day.at(3, 40, 0, 0), 50 + back % 17, Meal::None);
        }
    }
    readings.sort_by_key(|reading| std::cmp::Reverse(reading.time));
    readings[7].kind = Kind::Control;
    readings[9].doubts = vec![Doubt::ClockWrong];
    readings[12].measured = Measured::High;
    readings[31].measured = Measured::Low;
    readings[40].measured = Measured::Value(Concentration::new(104, 1, Unit::MmolPerL));
    let mut dashboard = dashboard(anna(), Period::Days14);
    let from = dashboard.period.span(dashboard.until).from;
    dashboard.readings_before = readings.split_off(readings.partition_point(|reading| reading.time >= Some(from)));
    dashboard.readings = readings;
    dashboard.total_readings = 131;
    dashboard.patient.devices = vec!["Accu-Chek Guide 0042".into(), "FreeStyle Lite 5510".into()];
    let upload = |days: i64, model: &str, end: &str, new| PastUpload {
        upload: UploadId(format!("u{days}")),
        read_at: now() - jiff::SignedDuration::from_hours(24 * days),
        model: model.into(),
        serial_end: Private::new(end.into()),
        new,
        already_there: 720 - new,
        user: "Nurse Nora".into(),
        way: ReadWay::Cable,
        is_transferred: false,
    };
    dashboard.uploads = vec![
        upload(0, "Accu-Chek Guide", "0042", 66),
        PastUpload { way: ReadWay::File, ..upload(13, "OneTouch Ultra 2", "7731", 12) },
        upload(14, "Accu-Chek Guide", "0042", 53),
    ];
    let ago = |days: i64| now() - jiff::SignedDuration::from_hours(24 * days);
    let meter = |model: &str, end: &str, since, last_upload, end_of| HeldMeter {
        ownership: OwnershipId(end.to_owned()),
        first_day: None,
        model: model.into(),
        serial_end: Private::new(end.into()),
        since: ago(since),
        last_upload: Some(ago(last_upload)),
        end: end_of,
        corrections: vec![],
    };
    let ended = |days, why| Some(OwnershipEnd { at: ago(days), why, given_on: None, ended: None });
    dashboard.meters = vec![
        meter("Accu-Chek Guide", "0042", 210, 0, None),
        meter("OneTouch Ultra 2", "7731", 400, 13, ended(12, OwnershipEndReason::Transferred)),
        meter("Contour Next", "1199", 900, 500, ended(499, OwnershipEndReason::Undone)),
        meter("GlucoMen Areo", "5520", 700, 20, ended(11, OwnershipEndReason::Ended)),
    ];
    if let Some(end) = &mut dashboard.meters[1].end {
        let reason = "her sister has used it since July".into();
        end.given_on = Some(GivenOn { first_day: date(2026, 7, 1), reason });
    }
    if let Some(end) = &mut dashboard.meters[3].end {
        let (why, reason) = (EndingReason::Lost, "left on the bus".into());
        end.ended = Some(EndedUse { why, last_day: Some(date(2026, 7, 2)), reason, is_undoable: true });
    }
    let (first, last) = (date(2026, 3, 29).at(7, 15, 0, 0), date(2026, 7, 2).at(21, 40, 0, 0));
    let correction = ClockCorrection { first, last, seconds: 3600 };
    let reason = "summer time was not set".into();
    dashboard.meters[0].corrections = vec![MeterCorrection { correction, readings: 412, reason }];
    dashboard.count_by(dashboard.low_high, dashboard.meals);
    dashboard
}

/// A blood result of this time.
fn blood(index: usize, time: DateTime, mg_per_dl: u32) -> Reading {
    Reading {
        corrected_from: None,
        index: u32::try_from(index).unwrap(),
        time: Some(time),
        measured: Measured::Value(Concentration::mg_per_dl(mg_per_dl)),
        kind: Kind::Blood,
        meal: None,
        doubts: vec![],
        raw: [("sfloat".to_owned(), "0067".to_owned())].into(),
    }
}

/// Two weeks of somebody in trouble: six results a day, of which those of the night and the afternoon are often low.
pub(crate) fn many_lows() -> Dashboard {
    let usual = [58, 49, 132, 96, 66, 118];
    let readings = (0..14_u32).flat_map(|back| {
        let day = date(2026, 7, 14).saturating_sub(i64::from(back).days());
        let hours = [2, 5, 9, 13, 16, 21];
        (0_u32..).zip(hours).zip(usual).map(move |((place, hour), usual)| {
            let wave = (back * 17 + place * 29) % 31;
            (day.at(hour, i8::try_from((back * 11 + place * 7) % 60).unwrap(), 0, 0), usual + wave)
        })
    });
    counted(Period::Days14, readings.collect())
}

/// Ninety days with seven results a day, as a pump user has them: enough for all five percentiles.
fn three_months() -> Dashboard {
    let readings = (0..90_u32).flat_map(|back| {
        let day = date(2026, 7, 14).saturating_sub(i64::from(back).days());
        let usual = [(1, 118), (4, 96), (7, 112), (10, 168), (13, 140), (18, 155), (22, 176)];
        (0_u32..).zip(usual).map(move |(place, (hour, usual))| {
            let wave = (back * 37 + place * 53) % 97;
            (day.at(hour, i8::try_from((back * 13 + place * 17) % 60).unwrap(), 0, 0), usual + wave - 48)
        })
    });
    counted(Period::Days90, readings.collect())
}

/// These results as a dashboard.
pub(crate) fn counted(period: Period, results: Vec<(DateTime, u32)>) -> Dashboard {
    let mut dashboard = dashboard(anna(), period);
    dashboard.readings =
        results.into_iter().enumerate().map(|(index, (time, value))| blood(index, time, value)).collect();
    dashboard.readings.sort_by_key(|reading| std::cmp::Reverse(reading.time));
    dashboard.total_readings = u32::try_from(dashboard.readings.len()).unwrap();
    dashboard.count_by(dashboard.low_high, dashboard.meals);
    dashboard
}
