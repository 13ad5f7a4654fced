//! Meters without a serial number, and clocks that are more than a day off: what a record has already is not new, what
//! another record has is asked about, and no way into a record goes round a question.

use glucodock::domain::association::{AssignmentResult, DecisionBasis, IntakeAnswer, UploadId};
use glucodock::domain::download::Download;
use glucodock::domain::intake_check::ClockVerdict;
use glucodock::domain::meter_clock::ClockReading;
use glucodock::domain::reading::{Doubt, Kind, Reading};
use glucodock::store::{ChainCheck, StoreError};
use rstest::rstest;

use super::support::{assignment, blood, by, create, database, download, person, record, store};

/// So many readings of a memory, from this minute on.
fn memory(from: u32, count: u32) -> Vec<Reading> {
    (from..from + count).map(|place| blood(place - from, i64::from(place) * 11, 80 + place * 7 % 100)).collect()
}

#[test]
fn read_and_assigned_twice_to_one_patient_the_record_has_each_reading_once() {
    let (_directory, store) = store();
    let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    let first = store.quarantine(by(1), &download("", memory(0, 20))).unwrap();
    // Read again before the first was assigned: the two wait side by side.
    let second = store.quarantine(by(2), &download("", memory(0, 20))).unwrap();
    let result = store.assign(by(3), &assignment(&store, &first.id, &patient.id, "a")).unwrap();
    assert_eq!(result, AssignmentResult { new: 20, already_there: 0 });
    let twice = AssignmentResult { new: 0, already_there: 20 };
    assert_eq!(store.assign(by(4), &assignment(&store, &second.id, &patient.id, "b")).unwrap(), twice);
    assert_eq!(store.assign(by(4), &assignment(&store, &second.id, &patient.id, "b")).unwrap(), twice, "repeated");
    assert_eq!(store.assign(by(5), &assignment(&store, &second.id, &patient.id, "c")).unwrap(), twice, "once more");

    // It forgot 5 and measured 3; the display was switched.
    let later: Vec<Reading> = memory(5, 18).iter().map(super::once::in_mmol).collect();
    let third = store.quarantine(by(6), &download("000-000", later)).unwrap();
    let result = store.assign(by(7), &assignment(&store, &third.id, &patient.id, "d")).unwrap();
    assert_eq!(result, AssignmentResult { new: 3, already_there: 15 });
    assert_eq!(record(&store, &patient.id).len(), 23);
    assert_eq!(store.readings_of(&second.id).unwrap(), memory(0, 20), "what was read is kept all the same");
    assert_eq!(store.patient(&patient.id).unwrap().devices, [], "nobody owns it");
}

#[test]
fn readings_without_a_time_are_not_doubled_either() {
    let (_directory, store) = store();
    let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    let untimed = || (0..4).map(|place| Reading { time: None, ..blood(place, 0, 90 + place % 2) }).collect();
    for (key, expected) in [("a", (4, 0)), ("b", (0, 4))] {
        let upload = store.quarantine(by(1), &download("", untimed())).unwrap();
        let result = store.assign(by(2), &assignment(&store, &upload.id, &patient.id, key)).unwrap();
        assert_eq!((result.new, result.already_there), expected);
    }
}

/// What the display shows is known of the upload: the results of the latest time, whatever order the memory came in.
#[test]
fn the_last_result_is_known_of_a_meter_without_a_number() {
    let (_directory, store) = store();
    let control = Reading { kind: Kind::Control, ..blood(0, 90, 101) };
    let readings = vec![control.clone(), blood(1, 90, 88), blood(2, 5, 120), Reading { time: None, ..blood(3, 0, 70) }];
    let upload = store.quarantine(by(1), &download("1111", readings.clone())).unwrap();
    let results: Vec<_> = upload.last_results.iter().map(|result| (result.kind, result.measured)).collect();
    assert_eq!(results, [(Kind::Control, control.measured), (Kind::Blood, blood(1, 90, 88).measured)]);
    let untimed = vec![Reading { time: None, ..blood(0, 0, 70) }];
    assert_eq!(store.quarantine(by(2), &download("", untimed)).unwrap().last_results, []);
    // One that has a number is told by it.
    assert_eq!(store.quarantine(by(3), &download("92500000042", readings)).unwrap().last_results, []);
}

/// Of another model, they are other readings.
#[test]
fn another_model_is_another_meter() {
    let (_directory, store) = store();
    let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    for (key, model) in [("a", "SD CodeFree"), ("b", "Another")] {
        let mut download = download("", memory(0, 5));
        download.meter.model = model.into();
        let upload = store.quarantine(by(1), &download).unwrap();
        assert_eq!(store.assign(by(2), &assignment(&store, &upload.id, &patient.id, key)).unwrap().new, 5);
    }
}

#[test]
fn readings_that_another_patient_has_are_assigned_only_after_an_answer() {
    let (directory, store) = store();
    let anna = create(&store, &person("First", "Anna", "1961-07-14", "M1"));
    let berta = create(&store, &person("Second", "Berta", "1972-07-14", "M2"));
    let first = store.quarantine(by(1), &download("", memory(0, 20))).unwrap();
    assert_eq!(first.held, []);
    store.assign(by(2), &assignment(&store, &first.id, &anna.id, "a")).unwrap();

    let second = store.quarantine(by(3), &download("", memory(4, 20))).unwrap();
    assert_eq!((second.held.len(), second.held[0].readings), (1, 16));
    assert_eq!(second.held[0].patient.id, anna.id);
    assert_eq!(second.held_by_others(&anna.id).count(), 0);
    let refused = store.assign(by(4), &assignment(&store, &second.id, &berta.id, "b"));
    assert!(matches!(refused, Err(StoreError::HeldByAnother)));
    assert_eq!(record(&store, &berta.id), []);

    // An answer for one patient is none for another, and none once the meter was read again.
    store
        .answer_intake(by(5), &second.id, &IntakeAnswer::Shared(anna.id.clone()), second.read_at, &second.seen())
        .unwrap();
    let refused = store.assign(by(6), &assignment(&store, &second.id, &berta.id, "b"));
    assert!(matches!(refused, Err(StoreError::HeldByAnother)));
    store
        .answer_intake(by(7), &second.id, &IntakeAnswer::Shared(berta.id.clone()), second.read_at, &second.seen())
        .unwrap();
    let result = store.assign(by(8), &assignment(&store, &second.id, &berta.id, "b")).unwrap();
    assert_eq!(result, AssignmentResult { new: 20, already_there: 0 });
    assert_eq!((record(&store, &anna.id).len(), record(&store, &berta.id).len()), (20, 20));

    let lines = store.audit_trail().unwrap();
    let said: Vec<_> = lines.iter().filter(|line| line.action == "shared-readings-accepted").collect();
    assert_eq!(said.len(), 2);
    assert_eq!((&said[1].patient, &said[1].upload), (&berta.id.0, &second.id.0));
    assert!(matches!(store.verify_audit().unwrap(), ChainCheck::Whole { .. }));
    assert!(matches!(
        store.answer_intake(by(9), &second.id, &IntakeAnswer::Shared(anna.id), second.read_at, &second.seen()),
        Err(StoreError::NotFound { .. })
    ));
    drop(store);
    let database = database(directory.path());
    for statement in [
        "UPDATE intake_answers SET answer = 'meter-right', patient = NULL",
        "DELETE FROM intake_answers",
        "DELETE FROM reading_doubts",
    ] {
        let changed = database.execute(statement, ());
        assert!(changed.is_err() || statement.contains("reading_doubts"), "{statement}");
    }
}

/// Two people's tests of one minute and value happen. Control tests are alike for everybody.
#[test]
fn a_few_equal_readings_are_chance() {
    let (_directory, store) = store();
    let anna = create(&store, &person("First", "Anna", "1961-07-14", "M1"));
    let berta = create(&store, &person("Second", "Berta", "1972-07-14", "M2"));
    let control =
        |readings: Vec<Reading>| readings.into_iter().map(|reading| Reading { kind: Kind::Control, ..reading });
    let mut of_anna = memory(0, 20);
    of_anna.extend(control(memory(50, 10)));
    let first = store.quarantine(by(1), &download("", of_anna)).unwrap();
    store.assign(by(2), &assignment(&store, &first.id, &anna.id, "a")).unwrap();
    let mut of_berta = memory(18, 20);
    of_berta.extend(control(memory(50, 10)));
    let second = store.quarantine(by(3), &download("", of_berta)).unwrap();
    assert_eq!(second.held, []);
    let result = store.assign(by(4), &assignment(&store, &second.id, &berta.id, "b")).unwrap();
    assert_eq!(result, AssignmentResult { new: 30, already_there: 0 });
}

fn with_clock(readings: Vec<Reading>, clock: &str) -> Download {
    let host = "2026-09-21T12:00:00+02:00[Europe/Berlin]".parse().unwrap();
    let meter = clock.parse().unwrap();
    Download { clock: Some(ClockReading { meter, host }), ..download("000-1", readings) }
}

const WRONG: &str = "2026-09-23T19:12:00";
const RIGHT: &str = "2026-09-21T12:01:00";

/// A new meter and a known one: nothing of it enters a record before somebody said which clock is right.
#[rstest]
#[case::meter_wrong(ClockVerdict::MeterWrong, vec![Doubt::ClockWrong], "new 1, already there 2, clock meter-wrong")]
#[case::meter_right(ClockVerdict::MeterRight, vec![], "new 1, already there 2, clock meter-right")]
fn a_wrong_clock_waits_for_a_verdict(#[case] verdict: ClockVerdict, #[case] doubts: Vec<Doubt>, #[case] detail: &str) {
    let (_directory, store) = store();
    let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    let first = store.quarantine(by(1), &with_clock(memory(0, 2), RIGHT)).unwrap();
    store.assign(by(2), &assignment(&store, &first.id, &patient.id, "a")).unwrap();

    let upload = store.quarantine(by(3), &with_clock(memory(0, 3), WRONG)).unwrap();
    assert!(upload.asks_for_clock());
    let attempt = |key: &str| store.assign(by(4), &assignment(&store, &upload.id, &patient.id, key));
    assert!(matches!(attempt("b"), Err(StoreError::ClockUndecided)));
    let judged =
        store.answer_intake(by(5), &upload.id, &IntakeAnswer::Clock(verdict), upload.read_at, &upload.seen()).unwrap();
    assert_eq!(judged.clock_verdict, Some(verdict));

    // Read again: what was said is said no longer, and setting the clock in between hides nothing.
    let again = store.quarantine(by(6), &with_clock(memory(0, 3), RIGHT)).unwrap();
    assert_eq!((&again.id, again.clock_verdict, again.asks_for_clock()), (&upload.id, None, true));
    assert!(matches!(attempt("b"), Err(StoreError::ClockUndecided)));
    // What was said of the read before is not about this one, however late it comes.
    let late = store.answer_intake(by(7), &upload.id, &IntakeAnswer::Clock(verdict), upload.read_at, &upload.seen());
    assert!(matches!(late, Err(StoreError::UploadChanged)));
    assert!(matches!(attempt("b"), Err(StoreError::ClockUndecided)));
    store.answer_intake(by(7), &upload.id, &IntakeAnswer::Clock(verdict), again.read_at, &again.seen()).unwrap();
    assert_eq!(attempt("b").unwrap(), AssignmentResult { new: 1, already_there: 2 });

    let mut there = record(&store, &patient.id);
    there.reverse();
    let times: Vec<_> = there.iter().map(|reading| reading.time).collect();
    assert_eq!(times, memory(0, 3).iter().map(|reading| reading.time).collect::<Vec<_>>(), "no time is changed");
    let found: Vec<_> = there.into_iter().map(|reading| reading.doubts).collect();
    assert_eq!(found, [vec![], vec![], doubts], "what came while the clock was right is not doubted");
    let lines = store.audit_trail().unwrap();
    assert_eq!(lines.iter().filter(|line| line.action == "clock-judged").count(), 2);
    assert_eq!(lines.last().unwrap().detail, detail);
}

/// What a meter held when its clock was right is not doubted for what it held later, in an upload
/// that waited meanwhile.
#[test]
fn a_clock_is_judged_for_what_was_first_read_by_it() {
    let (_directory, store) = store();
    let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    let first = store.quarantine(by(1), &with_clock(memory(0, 2), RIGHT)).unwrap();
    let nothing_new = store.quarantine(by(2), &with_clock(memory(0, 2), WRONG)).unwrap();
    assert_eq!((&nothing_new.id, nothing_new.asks_for_clock()), (&first.id, false));

    let upload = store.quarantine(by(3), &with_clock(memory(0, 3), WRONG)).unwrap();
    assert!(upload.asks_for_clock());
    let upload = store.quarantine(by(4), &with_clock(memory(0, 4), RIGHT)).unwrap();
    let answer = IntakeAnswer::Clock(ClockVerdict::MeterWrong);
    store.answer_intake(by(5), &upload.id, &answer, upload.read_at, &upload.seen()).unwrap();
    store.assign(by(6), &assignment(&store, &upload.id, &patient.id, "a")).unwrap();
    let mut there = record(&store, &patient.id);
    there.reverse();
    let doubts: Vec<_> = there.into_iter().map(|reading| reading.doubts).collect();
    assert_eq!(doubts, [vec![], vec![], vec![Doubt::ClockWrong], vec![]]);
}

#[test]
fn an_answer_needs_an_upload_that_waits() {
    let (_directory, store) = store();
    let answer = IntakeAnswer::Clock(ClockVerdict::MeterRight);
    let unknown = store.answer_intake(by(1), &UploadId("7".into()), &answer, by(1).at, &DecisionBasis::default());
    assert!(matches!(unknown, Err(StoreError::NotFound { .. })));
    assert_eq!(store.audit_trail().unwrap(), []);
}
