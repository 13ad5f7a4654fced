//! Readings come out as they went in, once, whatever is read how often.

use glucodock::domain::association::{AssignmentResult, Owner, UploadId};
use glucodock::domain::download::{Completeness, Direction, Download, Packet, Warning};
use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::meter_clock::ClockReading;
use glucodock::domain::patient::{PatientId, Status};
use glucodock::domain::platform_check::Ownership;
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::reading::{Doubt, Kind, Meal, Reading, sort};
use glucodock::domain::record::{RecordTotals, Span};
use glucodock::store::{Store, StoreError};
use proptest::prelude::*;

use super::support::{assignment, blood, by, create, database, download, meter, person, record, store, with_status};

fn measured() -> impl Strategy<Value = Measured> {
    let unit = prop_oneof![Just(Unit::MgPerDl), Just(Unit::MmolPerL)];
    prop_oneof![
        1 => Just(Measured::Low),
        1 => Just(Measured::High),
        1 => any::<u16>().prop_map(Measured::Unscaled),
        6 => (prop_oneof![0_u32..700, any::<u32>()], 0_u8..4, unit)
            .prop_map(|(digits, decimals, unit)| Measured::Value(Concentration::new(digits, decimals, unit))),
    ]
}

fn reading() -> impl Strategy<Value = Reading> {
    let kind = prop_oneof![Just(Kind::Blood), Just(Kind::Control), Just(Kind::Ketone), Just(Kind::Other)];
    let meal = prop::option::of(prop_oneof![Just(Meal::None), Just(Meal::Before), Just(Meal::Fasting)]);
    let doubts = prop_oneof![
        3 => Just(vec![]),
        1 => Just(vec![Doubt::Questionable, Doubt::TimeUncertain]),
        1 => Just(vec![Doubt::KindUncertain]),
    ];
    // Few minutes, so that equal readings are common; fractions of a second, because a meter may send them.
    let time = prop::option::weighted(0.9, (0_i64..40, prop_oneof![3 => Just(0_i64), 1 => 0_i64..999_999_999]));
    (time, measured(), kind, meal, doubts, "[0-9a-f]{0,8}").prop_map(|(time, measured, kind, meal, doubts, raw)| {
        let midnight = jiff::civil::date(2026, 9, 21).at(0, 0, 0, 0);
        let time = time.map(|(minute, nanosecond)| {
            midnight.checked_add(jiff::SignedDuration::new(minute * 60, i32::try_from(nanosecond).unwrap())).unwrap()
        });
        Reading {
            corrected_from: None,
            index: 0,
            time,
            measured,
            kind,
            meal,
            doubts,
            raw: [("field".to_owned(), raw)].into(),
        }
    })
}

fn memory() -> impl Strategy<Value = Vec<Reading>> {
    prop::collection::vec(reading(), 0..60).prop_map(|mut readings| {
        for (index, reading) in (0..).zip(&mut readings) {
            reading.index = index;
        }
        sort(&mut readings);
        readings
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_set_that_went_in_comes_out_digit_for_digit(readings in memory()) {
        let (directory, store) = store();
        let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
        let upload = store.quarantine(by(1), &download("000-1", readings.clone())).unwrap();
        prop_assert_eq!(upload.counts, download("000-1", readings.clone()).counts());
        prop_assert_eq!(&store.readings_of(&upload.id).unwrap(), &readings);
        let again = store.quarantine(by(2), &download("000-1", readings.clone())).unwrap();
        prop_assert_eq!(&again.id, &upload.id);
        prop_assert_eq!(again.new_readings, upload.new_readings);

        let result = store.assign(by(3), &assignment(&store, &upload.id, &patient.id, "key")).unwrap();
        prop_assert_eq!(usize::try_from(result.new).unwrap(), readings.len());
        drop(store);
        let store = Store::open(directory.path()).unwrap();
        prop_assert_eq!(&store.readings_of(&upload.id).unwrap(), &readings);
        let mut newest_first: Vec<_> = readings.iter().filter(|reading| reading.time.is_some()).cloned().collect();
        newest_first.reverse();
        let record = store.record(&patient.id, Span::ALL).unwrap();
        prop_assert_eq!(record.readings, newest_first);
        prop_assert_eq!(record.totals, RecordTotals::of(&readings), "the database counts as the domain does");
    }
}

#[test]
fn two_equal_results_within_one_second_stay_two() {
    let (_directory, store) = store();
    let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    let twice = vec![blood(0, 5, 103), blood(1, 5, 103), blood(2, 6, 99)];
    let upload = store.quarantine(by(1), &download("000-1", twice.clone())).unwrap();
    assert_eq!((upload.counts.blood, upload.counts.duplicates, upload.new_readings), (3, 1, 3));
    store.assign(by(2), &assignment(&store, &upload.id, &patient.id, "a")).unwrap();
    let again = store.quarantine(by(3), &download("000-1", twice)).unwrap();
    assert_eq!(again.new_readings, 0);
    let result = store.assign(by(4), &assignment(&store, &again.id, &patient.id, "b")).unwrap();
    assert_eq!(result, AssignmentResult { new: 0, already_there: 3 });
    assert_eq!(record(&store, &patient.id).len(), 3);
}

/// The meter forgot its oldest reading and measured a new one: every index moved by one.
#[test]
fn a_ring_memory_that_moved_on_adds_only_what_is_new() {
    let (_directory, store) = store();
    let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    let first = store.quarantine(by(1), &download("000-1", vec![blood(0, 1, 90), blood(1, 2, 95)])).unwrap();
    store.assign(by(2), &assignment(&store, &first.id, &patient.id, "a")).unwrap();
    let second = store.quarantine(by(3), &download("000-1", vec![blood(0, 2, 95), blood(1, 3, 99)])).unwrap();
    assert_ne!(second.id, first.id);
    assert!(matches!(&second.owner, Owner::Patient(owner) if owner.id == patient.id));
    assert_eq!((second.counts.blood, second.new_readings), (2, 1));
    let result = store.assign(by(4), &assignment(&store, &second.id, &patient.id, "b")).unwrap();
    assert_eq!(result, AssignmentResult { new: 1, already_there: 1 });
    let values: Vec<_> = record(&store, &patient.id).iter().map(|reading| reading.measured).collect();
    assert_eq!(values, [99, 95, 90].map(|value| Measured::Value(Concentration::mg_per_dl(value))));
}

#[test]
fn what_was_stored_first_stays() {
    let (_directory, store) = store();
    let first = store.quarantine(by(1), &download("000-1", vec![blood(0, 1, 90)])).unwrap();
    let mut changed = blood(4, 1, 90);
    changed.meal = Some(Meal::Before);
    changed.raw.clear();
    let second = store.quarantine(by(2), &download("000-1", vec![changed])).unwrap();
    assert_eq!(second.id, first.id);
    assert_eq!(store.readings_of(&first.id).unwrap(), [blood(0, 1, 90)]);
}

#[test]
fn a_meter_that_waits_and_is_read_again_waits_once_with_everything() {
    let (_directory, store) = store();
    let first = store.quarantine(by(1), &download("000-1", vec![blood(0, 1, 90), blood(1, 2, 95)])).unwrap();
    let other = store.quarantine(by(2), &download("000-2", vec![blood(0, 1, 90)])).unwrap();
    let again = store.quarantine(by(3), &download("000-1", vec![blood(0, 2, 95), blood(1, 3, 99)])).unwrap();
    assert_eq!(again.id, first.id);
    assert_eq!((again.counts.blood, again.new_readings), (3, 3));
    assert_eq!((again.first, again.last), (blood(0, 1, 0).time, blood(0, 3, 0).time));
    assert_eq!(store.transcripts_of(&first.id).unwrap().len(), 2);
    let waiting: Vec<UploadId> = store.pending().unwrap().into_iter().map(|upload| upload.id).collect();
    assert_eq!(waiting, [other.id, first.id.clone()], "oldest read first");
    let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    let result = store.assign(by(4), &assignment(&store, &first.id, &patient.id, "a")).unwrap();
    assert_eq!(result, AssignmentResult { new: 3, already_there: 0 });
    assert_eq!(store.pending().unwrap().len(), 1);
}

#[test]
fn everything_about_a_download_is_kept() {
    let (_directory, store) = store();
    let clock = ClockReading {
        meter: "2026-10-01T21:06:58".parse().unwrap(),
        host: "2026-10-01T21:06:55.25+02:00[Europe/Berlin]".parse().unwrap(),
    };
    let warning = Warning { code: "damaged-record".into(), text: "record 7".into() };
    let transcript = vec![
        Packet { direction: Direction::ToMeter, bytes: vec![0xE2, 0x00] },
        Packet { direction: Direction::FromMeter, bytes: vec![] },
        Packet { direction: Direction::FromMeter, bytes: (0..=255).collect() },
    ];
    let whole = Download {
        clock: Some(clock.clone()),
        warnings: vec![warning],
        transcript: transcript.clone(),
        ..download("000-1", vec![blood(0, 1, 90)])
    };
    let upload = store.quarantine(by(7), &whole).unwrap();
    assert_eq!(store.upload(&upload.id).unwrap(), upload);
    assert_eq!((&upload.meter, upload.clock, upload.read_at), (&whole.meter, Some(clock), by(7).at));
    assert_eq!((upload.warnings, upload.owner), (1, Owner::Nobody));
    assert_eq!(store.transcripts_of(&upload.id).unwrap(), [transcript]);
}

#[test]
fn a_partial_download_is_never_kept() {
    let (_directory, store) = store();
    let partial = Download {
        completeness: Completeness::Partial(Problem::new(ProblemCode::LinkGone, "unplugged")),
        ..download("000-1", vec![blood(0, 1, 90)])
    };
    assert!(matches!(store.quarantine(by(1), &partial), Err(StoreError::Incomplete)));
    assert_eq!(store.pending().unwrap(), []);
    assert_eq!(store.audit_trail().unwrap(), []);
}

#[test]
fn a_meter_without_a_serial_number_is_assigned_upload_by_upload() {
    let (_directory, store) = store();
    let anna = create(&store, &person("First", "Anna", "1961-07-14", "M1"));
    let berta = create(&store, &person("Second", "Berta", "1972-07-14", "M2"));
    let upload = |second, value| store.quarantine(by(second), &download("000-000", vec![blood(0, 1, value)])).unwrap();
    let (first, second) = (upload(1, 90), upload(2, 91));
    assert_ne!(first.id, second.id);
    assert_eq!((&first.owner, first.new_readings, second.new_readings), (&Owner::Unidentifiable, 1, 1));
    for (upload, patient) in [(&first, &anna), (&second, &berta)] {
        let result = store.assign(by(3), &assignment(&store, &upload.id, &patient.id, &upload.id.0)).unwrap();
        assert_eq!(result, AssignmentResult { new: 1, already_there: 0 });
        assert_eq!(record(&store, &patient.id).len(), 1);
        assert_eq!(store.patient(&patient.id).unwrap().devices, [], "no ownership");
    }
    assert_eq!(store.upload(&first.id).unwrap().owner, Owner::Unidentifiable);
    let moved = store.assign(by(4), &assignment(&store, &first.id, &berta.id, "other"));
    assert!(matches!(moved, Err(StoreError::OwnedByAnother)));
}

/// A claim is made against the version: it is another after every change, and the same as long as nothing changed.
#[test]
fn whose_a_meter_is_has_a_version() {
    let (directory, store) = store();
    let ownership = |serial: &str| {
        let Ownership { owner, version, .. } = store.ownership(&meter(serial)).unwrap();
        (owner, version.map(|version| version.0))
    };
    let anna = create(&store, &person("First", "Anna", "1961-07-14", "M1"));
    assert_eq!(ownership("000-1"), (None, None), "never heard of");
    assert_eq!(ownership("000-000"), (None, None), "it cannot be told from others");
    let upload = store.quarantine(by(1), &download("000-1", vec![blood(0, 1, 90)])).unwrap();
    store.quarantine(by(1), &download("000-2", vec![blood(0, 1, 90)])).unwrap();
    let (nobody, waiting) = ownership("000-1");
    assert!(nobody.is_none() && waiting.is_some());
    assert_eq!(ownership("000-1").1, waiting);
    store.assign(by(2), &assignment(&store, &upload.id, &anna.id, "a")).unwrap();
    let (of_anna, owned) = ownership("000-1");
    assert_eq!(of_anna, Some(anna.id));
    assert_ne!(owned, waiting);
    assert_eq!(ownership("000-2").0, None, "another meter");
    database(directory.path())
        .execute_batch(
            "UPDATE ownerships SET closed_at = 9, closed_by = '1', closed_session = '', closed_why = 'ended'",
        )
        .unwrap();
    let (nobody, ended) = ownership("000-1");
    assert_eq!(nobody, None);
    assert!(ended != owned && ended != waiting, "whose it was is not forgotten");
}

#[test]
fn an_assignment_that_is_not_allowed_changes_nothing() {
    let (_directory, store) = store();
    let owner = create(&store, &person("First", "Anna", "1961-07-14", "M1"));
    let other = create(&store, &person("Second", "Berta", "1972-07-14", "M2"));
    let first = store.quarantine(by(1), &download("000-1", vec![blood(0, 1, 90)])).unwrap();
    let done = store.assign(by(2), &assignment(&store, &first.id, &owner.id, "a")).unwrap();
    let second = store.quarantine(by(3), &download("000-1", vec![blood(0, 1, 90), blood(1, 2, 95)])).unwrap();
    let lines = store.audit_trail().unwrap().len();

    let attempt = |upload: &UploadId, patient: &PatientId, key: &str| {
        store.assign(by(4), &assignment(&store, upload, patient, key))
    };
    assert!(matches!(attempt(&second.id, &other.id, "b"), Err(StoreError::OwnedByAnother)));
    assert!(matches!(attempt(&second.id, &other.id, "a"), Err(StoreError::KeyReused)));
    assert!(matches!(attempt(&UploadId("77".into()), &owner.id, "c"), Err(StoreError::NotFound { .. })));
    let nobody = PatientId("77".into());
    assert!(matches!(attempt(&second.id, &nobody, "d"), Err(StoreError::NotFound { .. })));
    let third = store.quarantine(by(5), &download("000-3", vec![blood(0, 1, 90)])).unwrap();
    for (mrn, status) in
        [("I", Status::Inactive), ("P", Status::Pending), ("M", Status::Merged), ("D", Status::Deceased)]
    {
        let patient = with_status(&store, person("Gone", "Person", "1930-01-01", mrn), status);
        assert!(matches!(attempt(&third.id, &patient, mrn), Err(StoreError::NotActive)), "{status:?}");
    }
    assert_eq!(store.pending().unwrap().len(), 2);
    assert_eq!(record(&store, &owner.id).len(), 1);
    assert_eq!(store.audit_trail().unwrap().len(), lines + 5, "one quarantine and four imports");

    assert_eq!(attempt(&first.id, &owner.id, "a").unwrap(), done, "repeated");
    let again = attempt(&first.id, &owner.id, "new key").unwrap();
    assert_eq!(again, AssignmentResult { new: 0, already_there: 1 });
    assert_eq!(attempt(&second.id, &owner.id, "e").unwrap(), AssignmentResult { new: 1, already_there: 1 });
    let patient = store.patient(&owner.id).unwrap();
    assert_eq!(patient.devices, ["Accu-Chek Guide 00-1".into()]);
    assert_eq!(patient.last_upload, Some(by(3).at));
}
