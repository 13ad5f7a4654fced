//! A reading is in the record once, whatever it was shown in and by whatever way it was read.

use glucodock::domain::association::AssignmentResult;
use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::reading::{Doubt, Kind, Reading};
use proptest::prelude::*;
use rstest::rstest;

use super::support::{assignment, blood, by, create, download, person, record, store};

/// The reading as the meter shows it in mmol/L: 18.016 mg/dL are one.
pub(crate) fn in_mmol(reading: &Reading) -> Reading {
    let value = reading.measured.concentration().unwrap();
    let digits: u32 = value.glucose_in(Unit::MmolPerL).replace('.', "").parse().unwrap();
    Reading { measured: Measured::Value(Concentration::new(digits, 1, Unit::MmolPerL)), ..reading.clone() }
}

fn without_seconds(reading: &Reading) -> Reading {
    let time = reading.time.map(|time| time.date().at(time.hour(), time.minute(), 0, 0));
    Reading { time, ..reading.clone() }
}

fn with_seconds(reading: &Reading, seconds: i8) -> Reading {
    let time = reading.time.map(|time| time.date().at(time.hour(), time.minute(), seconds, 0));
    Reading { time, ..reading.clone() }
}

fn memory() -> Vec<Reading> {
    let values = [103, 99, 100, 300, 54, 600, 20, 103, 181, 250];
    let mut readings: Vec<Reading> =
        (0..).zip(values).map(|(index, value)| blood(index, i64::from(index) * 7, value)).collect();
    readings[3].kind = Kind::Control;
    // Two results within one minute, of one value and of two.
    readings.push(blood(10, 63, 250));
    readings.push(blood(11, 63, 252));
    readings
}

fn switched(readings: &[Reading]) -> Vec<Reading> {
    readings.iter().map(in_mmol).collect()
}

#[rstest]
#[case::mg_per_dl_first(false)]
#[case::mmol_per_l_first(true)]
fn a_switched_display_adds_no_reading(#[case] mmol_first: bool) {
    let (_directory, store) = store();
    let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    let (mut first, mut second) = (memory(), switched(&memory()));
    if mmol_first {
        std::mem::swap(&mut first, &mut second);
    }
    let upload = store.quarantine(by(1), &download("000-1", first.clone())).unwrap();
    let again = store.quarantine(by(2), &download("000-1", second.clone())).unwrap();
    assert_eq!((again.counts.total(), again.new_readings), (12, 12), "while it waits");
    store.assign(by(3), &assignment(&store, &upload.id, &patient.id, "a")).unwrap();
    second.push(in_mmol(&blood(12, 90, 140)));
    let later = store.quarantine(by(4), &download("000-1", second)).unwrap();
    assert_eq!(later.new_readings, 1);
    let result = store.assign(by(5), &assignment(&store, &later.id, &patient.id, "b")).unwrap();
    assert_eq!(result, AssignmentResult { new: 1, already_there: 12 });
    let mut there = record(&store, &patient.id);
    there.reverse();
    assert_eq!(there[..12], first, "the digits that came first stay");
}

/// Over USB with seconds, from the report file without; either first.
#[rstest]
#[case::cable_first(false)]
#[case::report_first(true)]
fn seconds_that_are_cut_off_add_no_reading(#[case] report_first: bool) {
    let (_directory, store) = store();
    let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    let mut first: Vec<Reading> = memory()
        .iter()
        .zip([7, 0, 59, 30, 1, 12, 44, 9, 28, 2, 50, 51])
        .map(|(reading, s)| with_seconds(reading, s))
        .collect();
    let mut second: Vec<Reading> = first.iter().map(|reading| in_mmol(&without_seconds(reading))).collect();
    if report_first {
        std::mem::swap(&mut first, &mut second);
    }
    for (at, readings) in [(1, &first), (2, &second), (3, &first)] {
        let upload = store.quarantine(by(at), &download("000-1", readings.clone())).unwrap();
        store.assign(by(at), &assignment(&store, &upload.id, &patient.id, &at.to_string())).unwrap();
        let mut there = record(&store, &patient.id);
        there.sort_by_key(|reading| reading.index);
        assert_eq!(there, first);
    }
}

/// A meter that tells seconds tells two results of one minute and one value apart, also when it has
/// forgotten the first.
#[test]
fn results_that_a_meter_tells_apart_stay_two() {
    let (_directory, store) = store();
    let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    for (at, seconds) in [(1, vec![10]), (2, vec![10, 40]), (3, vec![40, 55])] {
        let readings = (0..).zip(seconds).map(|(index, s)| with_seconds(&blood(index, 5, 103), s)).collect();
        let upload = store.quarantine(by(at), &download("000-1", readings)).unwrap();
        store.assign(by(at), &assignment(&store, &upload.id, &patient.id, &at.to_string())).unwrap();
    }
    assert_eq!(record(&store, &patient.id).len(), 3);
}

#[test]
fn what_the_second_read_said_is_kept_as_provenance() {
    let (directory, store) = store();
    store.quarantine(by(1), &download("000-1", vec![blood(0, 5, 103), blood(1, 6, 99)])).unwrap();
    store.quarantine(by(2), &download("000-1", vec![in_mmol(&blood(0, 5, 103)), blood(1, 6, 99)])).unwrap();
    drop(store);
    let database = super::support::database(directory.path());
    let said: Vec<Option<String>> = database
        .prepare("SELECT said FROM download_readings ORDER BY download, position")
        .unwrap()
        .query_map((), |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let second = concat!(
        r#"{"time":"2026-09-21T00:05:00","measured":{"Value":{"digits":57,"decimals":1,"unit":"mmol/L"}},"#,
        r#""meal":null,"raw":{"sfloat":"0067"}}"#
    );
    assert_eq!(said, [None, None, Some(second.to_owned()), None]);
}

/// Doubts that a later read brings are kept beside those of the first, and every view has them.
#[test]
fn a_later_doubt_of_a_time_stays() {
    let (directory, store) = store();
    let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    let with = |doubts: Vec<Doubt>| Reading { doubts, ..blood(0, 5, 103) };
    let doubts_now = |store: &glucodock::store::Store| record(store, &patient.id).remove(0).doubts;
    let upload = store.quarantine(by(1), &download("000-1", vec![with(vec![Doubt::KindUncertain])])).unwrap();
    let again = store.quarantine(by(2), &download("000-1", vec![with(vec![Doubt::TimeUncertain])])).unwrap();
    assert_eq!(again.counts.doubtful, 1);
    store.assign(by(3), &assignment(&store, &upload.id, &patient.id, "a")).unwrap();
    assert_eq!(doubts_now(&store), [Doubt::TimeUncertain, Doubt::KindUncertain]);

    let later = vec![Doubt::Questionable, Doubt::TimeBeforeModel];
    store.quarantine(by(4), &download("000-1", vec![with(later)])).unwrap();
    store.quarantine(by(5), &download("000-1", vec![with(vec![])])).unwrap();
    drop(store);
    let store = glucodock::store::Store::open(directory.path()).unwrap();
    assert_eq!(doubts_now(&store), [Doubt::TimeUncertain, Doubt::KindUncertain, Doubt::TimeBeforeModel]);
}

/// That the clock was set since says nothing against readings that came into the record while it ran.
#[test]
fn a_clock_that_was_set_later_casts_no_doubt_on_the_record() {
    let (_directory, store) = store();
    let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    let upload = store.quarantine(by(1), &download("000-1", vec![blood(0, 5, 103)])).unwrap();
    store.assign(by(2), &assignment(&store, &upload.id, &patient.id, "a")).unwrap();
    let uncertain = Reading { doubts: vec![Doubt::TimeUncertain], ..blood(0, 5, 103) };
    store.quarantine(by(3), &download("000-1", vec![uncertain])).unwrap();
    assert_eq!(record(&store, &patient.id), [blood(0, 5, 103)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A memory that grows, read in any unit, with and without seconds, assigned now or later: each test once.
    #[test]
    fn each_test_is_in_the_record_once(
        tests in prop::collection::vec((0_i64..40, 0_i8..60, 40_u32..400), 1..30),
        reads in prop::collection::vec((any::<bool>(), any::<bool>(), any::<bool>(), 0_usize..10), 1..6),
    ) {
        let (_directory, store) = store();
        let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
        let memory: Vec<Reading> = (0..)
            .zip(&tests)
            .map(|(index, (minute, second, value))| with_seconds(&blood(index, *minute, *value), *second))
            .collect();
        let mut held = 0;
        for (at, (mmol, cut, assign, more)) in (1..).zip(reads) {
            held = (held + more).min(memory.len());
            let shown = memory[..held].iter().map(|reading| {
                let reading = if cut { without_seconds(reading) } else { reading.clone() };
                if mmol { in_mmol(&reading) } else { reading }
            });
            let mut shown: Vec<Reading> = shown.collect();
            glucodock::domain::reading::sort(&mut shown);
            let upload = store.quarantine(by(at), &download("000-1", shown)).unwrap();
            if assign {
                store.assign(by(at), &assignment(&store, &upload.id, &patient.id, &at.to_string())).unwrap();
                prop_assert_eq!(record(&store, &patient.id).len(), held);
            }
        }
        let last = store.quarantine(by(99), &download("000-1", memory[..held].to_vec())).unwrap();
        store.assign(by(99), &assignment(&store, &last.id, &patient.id, "last")).unwrap();
        let mut indexes: Vec<u32> = record(&store, &patient.id).iter().map(|reading| reading.index).collect();
        indexes.sort_unstable();
        prop_assert_eq!(indexes.len(), held);
    }
}
