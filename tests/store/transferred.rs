//! A meter goes from one patient to another from a day on: what was measured before stays, what was measured since goes
//! along, and what the meter sends later of the days before is in nobody's record by itself.

use glucodock::domain::association::{
    Assignment, AssignmentResult, IdempotencyKey, IntakeAnswer, Owner, Proof, Upload, UploadId,
};
use glucodock::domain::clinic::Role;
use glucodock::domain::download::Download;
use glucodock::domain::held_meter::OwnershipEndReason;
use glucodock::domain::identity_check::{IdentityStanding, TypedAnswer};
use glucodock::domain::intake_check::ClockVerdict;
use glucodock::domain::meter_clock::ClockReading;
use glucodock::domain::not_theirs::NotTheirs;
use glucodock::domain::ownership::OwnershipId;
use glucodock::domain::patient::{Patient, PatientId, Status};
use glucodock::domain::reading::{Doubt, Reading};
use glucodock::domain::record::Span;
use glucodock::domain::text::Private;
use glucodock::domain::transfer::{TransferAnswers, TransferCounts, TransferOrder, TransferPlan};
use glucodock::domain::undo::Withdrawals;
use glucodock::store::{By, ChainCheck, Store, StoreError};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use rstest::rstest;

use super::directory::{assign, known};
use super::support::{assignment, blood, by, create, database, download, person, record, store, with_status};
use super::undone::undo;

/// The day of [`blood`]'s first minute.
pub(crate) const TODAY: Date = date(2026, 9, 21);

/// From the day before on.
pub(crate) const CUT: Date = date(2026, 9, 20);

pub(crate) fn people(store: &Store) -> [PatientId; 3] {
    [
        ("Weber", "Karl", "1950-01-01", "M1000001"),
        ("Lang", "Anna", "1961-02-03", "M1000002"),
        ("Roth", "Ida", "1972-03-04", "M1000003"),
    ]
    .map(|(family, given, born, number)| create(store, &person(family, given, born, number)).id)
}

/// A reading so many days before or after that day.
pub(crate) fn on(day: i64) -> Reading {
    blood(u32::try_from(100 + day).unwrap(), day * 24 * 60 + 600, u32::try_from(150 + day).unwrap())
}

/// One without a sure time.
fn doubted(day: i64) -> Reading {
    Reading { doubts: vec![Doubt::ClockReset], ..on(day) }
}

fn undated() -> Reading {
    Reading { time: None, ..blood(99, 0, 222) }
}

pub(crate) fn read(store: &Store, second: i64, readings: Vec<Reading>) -> Upload {
    store.quarantine(by(second), &download("000-1", readings)).unwrap()
}

pub(crate) fn give(store: &Store, upload: &Upload, patient: &PatientId, second: i64) -> AssignmentResult {
    let key = format!("a{second}");
    store.assign(by(second), &assignment(store, &upload.id, patient, &key)).unwrap()
}

/// The next visit of whoever has the meter: nobody is asked who it is.
pub(crate) fn visit(
    store: &Store,
    readings: Vec<Reading>,
    patient: &PatientId,
    second: i64,
) -> (Upload, AssignmentResult) {
    let upload = read(store, second, readings);
    let append = Assignment { proof: Proof::Owner, ..assignment(store, &upload.id, patient, &format!("v{second}")) };
    let result = store.assign(by(second), &append).unwrap();
    (upload, result)
}

/// The ownership of the meter that somebody has now.
pub(crate) fn owned(store: &Store, patient: &PatientId) -> OwnershipId {
    let meters = store.record(patient, Span::ALL).unwrap().meters;
    meters.into_iter().find(|meter| meter.end.is_none()).map_or(OwnershipId("0".into()), |meter| meter.ownership)
}

pub(crate) fn plan(store: &Store, from: &PatientId, to: &PatientId, first_day: Date) -> TransferPlan {
    TransferPlan { ownership: owned(store, from), to: to.clone(), first_day }
}

fn typed(patient: &Patient) -> TypedAnswer {
    TypedAnswer {
        who: patient.identifiers[0].value.clone(),
        born: Private::new(patient.born.expose().year().to_string().into()),
    }
}

/// A request of what is shown now, with what both people say of themselves.
pub(crate) fn request(store: &Store, from: &PatientId, plan: TransferPlan, key: &str) -> TransferOrder {
    let seen = store.transfer_offer(by(50), &plan).map(|offer| offer.counts).unwrap_or_default();
    let [from, to] = [from, &plan.to].map(|id| typed(&store.patient(id).unwrap()));
    let key = IdempotencyKey(key.to_owned());
    TransferOrder { plan, key, seen, reason: "she lent it".into(), answers: TransferAnswers { from, to } }
}

pub(crate) fn transfer(
    store: &Store,
    (from, to): (&PatientId, &PatientId),
    first_day: Date,
    second: i64,
) -> Result<TransferCounts, StoreError> {
    let plan = plan(store, from, to, first_day);
    store.transfer(by(second), &request(store, from, plan, &format!("t{second}")))
}

pub(crate) fn times(store: &Store, patient: &PatientId) -> Vec<i64> {
    let day = |reading: &Reading| reading.time.map(|time| (time.date() - TODAY).get_days());
    let mut days: Vec<i64> = record(store, patient).iter().filter_map(day).map(i64::from).collect();
    days.sort_unstable();
    days
}

pub(crate) fn total(store: &Store, patient: &PatientId) -> u32 {
    store.record(patient, Span::ALL).unwrap().totals.readings
}

/// What is kept beside the records is what is made of them anew.
pub(crate) fn is_as_made_anew(directory: &std::path::Path) {
    let connection = database(directory);
    let differ = |one: &str, other: &str| {
        let count = format!(
            "SELECT count(*) FROM (SELECT * FROM ({one} EXCEPT {other}) UNION ALL SELECT * FROM ({other} EXCEPT {one}))"
        );
        connection.query_row(&count, (), |row| row.get::<_, i64>(0)).unwrap()
    };
    let (kept, made) = (
        "SELECT reading, subject, day, very_low FROM low_readings",
        "SELECT reading, subject, day, very_low FROM counted_lows",
    );
    assert_eq!(differ(kept, made), 0);
    let made =
        "SELECT s.id, coalesce((SELECT last_upload FROM last_uploads u WHERE u.subject = s.id), -9223372036854775808),
            coalesce((SELECT max(time) FROM counted_records c WHERE c.subject = s.id), '') FROM subjects s";
    assert_eq!(differ("SELECT subject, last_upload, last_reading FROM last_seen", made), 0);
}

#[test]
fn what_was_measured_since_goes_along_and_the_rest_stays() {
    let (directory, store) = store();
    let [karl, anna, _] = people(&store);
    let first = read(&store, 1, vec![on(-3), on(-2), doubted(-1), undated()]);
    give(&store, &first, &karl, 2);
    let (second, result) = visit(&store, vec![on(-3), on(-2), doubted(-1), undated(), on(-1), on(0)], &karl, 4);
    assert_eq!(result, AssignmentResult { new: 2, already_there: 4 });

    let plan = plan(&store, &karl, &anna, CUT);
    let offer = store.transfer_offer(by(5), &plan).unwrap();
    let counts = TransferCounts { moved: 2, stayed: 2, unsure: 2 };
    assert_eq!((offer.counts, &offer.from.id, &offer.to.id), (counts, &karl, &anna));
    assert_eq!((offer.serial.expose().as_str(), offer.first_day), ("000-1", CUT));
    let asked = request(&store, &karl, plan, "t");
    assert_eq!(store.transfer(by(6), &asked).unwrap(), counts);
    assert_eq!(store.transfer(by(7), &asked).unwrap(), counts, "repeated");
    let mut other = asked.clone();
    other.plan.first_day = TODAY;
    assert!(matches!(store.transfer(by(7), &other), Err(StoreError::KeyReused)));

    assert_eq!((times(&store, &karl), total(&store, &karl)), (vec![-3, -2, -1], 4));
    assert_eq!((times(&store, &anna), total(&store, &anna)), (vec![-1, 0], 2));
    let [karls, annas] = [&karl, &anna].map(|id| store.record(id, Span::ALL).unwrap());
    let uploads = |record: &glucodock::domain::record::PatientRecord| {
        let row =
            |past: &glucodock::domain::association::PastUpload| (past.upload.clone(), past.new, past.is_transferred);
        record.uploads.iter().map(row).collect::<Vec<_>>()
    };
    assert_eq!(uploads(&karls), [(second.id.clone(), 0, false), (first.id.clone(), 4, false)]);
    assert_eq!(uploads(&annas), [(second.id.clone(), 2, true)]);
    assert_eq!((karls.patient.devices.len(), annas.patient.devices.len()), (0, 1));
    let end = karls.meters[0].end.clone().unwrap();
    let given = end.given_on.unwrap();
    assert_eq!(
        (end.why, given.first_day, given.reason.as_str()),
        (OwnershipEndReason::Transferred, CUT, "she lent it")
    );
    assert_eq!((annas.meters[0].first_day, annas.meters[0].end.clone()), (Some(CUT), None));
    // What came along was read while it was another's, and is their last upload all the same.
    assert_eq!(annas.meters[0].last_upload, Some(super::support::at(4)));
    assert_eq!(annas.patient.last_upload, Some(super::support::at(4)));

    let trail = store.audit_trail().unwrap();
    let lines: Vec<_> = trail.iter().filter(|line| line.action == "transferred").collect();
    let told = [(&karl, format!("to {}", anna.0)), (&anna, format!("of {}", karl.0))];
    for (line, (patient, other)) in lines.iter().zip(told) {
        let detail = format!("{other}, from 2026-09-20, moved 2, stayed 2, unsure 2: she lent it");
        assert_eq!((&line.patient, &line.detail), (&patient.0, &detail));
    }
    assert_eq!(lines.len(), 2);
    assert!(matches!(store.verify_audit().unwrap(), ChainCheck::Whole { .. }));
    is_as_made_anew(directory.path());
    // What went along is not undone; what stayed rests on what was assigned later.
    let offer = |upload: &UploadId| store.undo_offer(by(8), Role::Clinician, upload, Withdrawals::Sent);
    assert!(matches!(offer(&second.id), Err(StoreError::MoveSince)));
    assert!(matches!(offer(&first.id), Err(StoreError::LaterAssignment)));
    // An assignment whose readings went along, sent again, is told that it stands no more.
    let again = assignment(&store, &second.id, &karl, "v4");
    assert!(matches!(store.assign(by(9), &again), Err(StoreError::OwnedByAnother)));
    assert!(store.soundness().unwrap().is_sound());
}

/// The meter remembers more than it sent before: what is of the days before, or of no sure day, is in nobody's record.
#[test]
fn what_comes_later_of_the_days_before_is_kept_and_is_not_theirs() {
    let (directory, store) = store();
    let [karl, anna, ida] = people(&store);
    give(&store, &read(&store, 1, vec![on(-3)]), &karl, 2);
    transfer(&store, (&karl, &anna), CUT, 3).unwrap();
    let memory = vec![on(-5), on(-3), on(-2), doubted(-1), undated(), on(-1), on(0)];
    let upload = read(&store, 4, memory.clone());
    assert_eq!(upload.owner, Owner::Patient(Box::new(store.patient(&anna).unwrap())));
    let told = NotTheirs { first_day: CUT, earlier: 2, unsure: 2 };
    assert_eq!(upload.not_theirs, Some(told));
    let append = Assignment { proof: Proof::Owner, ..assignment(&store, &upload.id, &anna, "b") };
    assert_eq!(store.assign(by(5), &append).unwrap(), AssignmentResult { new: 2, already_there: 0 });
    assert_eq!((times(&store, &karl), times(&store, &anna), total(&store, &anna)), (vec![-3], vec![-1, 0], 2));
    assert_eq!(store.readings_of(&upload.id).unwrap().len(), 7, "all of it is kept");
    let line = store.audit_trail().unwrap().pop().unwrap();
    assert_eq!(line.detail, "new 2, already there 0, not theirs 4");
    // Each visit tells of it anew, and adds nothing of it.
    let (upload, result) = visit(&store, memory.iter().cloned().chain([on(1)]).collect(), &anna, 6);
    assert_eq!((upload.not_theirs, result), (Some(told), AssignmentResult { new: 1, already_there: 2 }));
    // Undone and assigned anew, it is the same.
    undo(&store, &upload.id, "u", 7).unwrap();
    let waits = store.upload(&upload.id).unwrap();
    assert_eq!(waits.not_theirs, Some(told));
    assert_eq!(give(&store, &waits, &anna, 8).new, 1);
    // Nor is it of whoever gets the meter next.
    transfer(&store, (&anna, &ida), TODAY, 9).unwrap();
    let (upload, _) = visit(&store, memory, &ida, 10);
    assert_eq!(upload.not_theirs, Some(NotTheirs { first_day: TODAY, ..told }));
    assert_eq!([&karl, &anna, &ida].map(|id| times(&store, id)), [vec![-3], vec![-1], vec![0, 1]]);
    is_as_made_anew(directory.path());
}

/// A time counts as it stands once it was said which clock is right: by the meter's, what lies ahead of ours is sure;
/// by ours, none of it is. A wrong clock is not forgotten of what was left out.
#[test]
fn which_side_a_reading_is_on_is_looked_at_after_what_was_said_of_the_clock() {
    use ClockVerdict::{MeterRight, MeterWrong};
    let host: jiff::Zoned = "2026-09-21T12:00:00+02:00[Europe/Berlin]".parse().unwrap();
    let clock = ClockReading { meter: "2026-09-25T12:00:00".parse().unwrap(), host };
    let ahead = |day| Reading { doubts: vec![Doubt::TimeAhead], ..on(day) };
    for (verdict, theirs, told) in [
        (MeterRight, vec![-1, 2], NotTheirs { first_day: CUT, earlier: 1, unsure: 1 }),
        (MeterWrong, vec![], NotTheirs { first_day: CUT, earlier: 0, unsure: 4 }),
    ] {
        let (_directory, store) = store();
        let [karl, anna, _] = people(&store);
        give(&store, &read(&store, 1, vec![on(-9)]), &karl, 2);
        transfer(&store, (&karl, &anna), CUT, 3).unwrap();
        let memory = vec![on(-9), on(-2), on(-1), ahead(2), ahead(6)];
        let read_now = Download { clock: Some(clock.clone()), ..download("000-1", memory.clone()) };
        let upload = store.quarantine(by(4), &read_now).unwrap();
        let answer = IntakeAnswer::Clock(verdict);
        let upload = store.answer_intake(by(4), &upload.id, &answer, upload.read_at, &upload.seen()).unwrap();
        assert_eq!(upload.not_theirs, Some(told), "{verdict:?}");
        let append = Assignment { proof: Proof::Owner, ..assignment(&store, &upload.id, &anna, "b") };
        let new = u32::try_from(theirs.len()).unwrap();
        assert_eq!(store.assign(by(5), &append).unwrap(), AssignmentResult { new, already_there: 0 });
        assert_eq!(times(&store, &anna), theirs, "{verdict:?}");
        assert!(record(&store, &anna).iter().all(Reading::has_sure_time));
        // The clock is set right, and nobody is asked any more.
        let (upload, result) = visit(&store, memory, &anna, 6);
        assert_eq!((upload.not_theirs, result.new), (Some(told), 0), "{verdict:?}");
        assert_eq!(times(&store, &anna), theirs, "{verdict:?}");
    }
}

/// Given back from the same day, everybody has what they had, whatever was doubted meanwhile; and then the assignment
/// may be undone.
#[test]
fn back_from_the_same_day_everything_is_as_it_was() {
    let (directory, store) = store();
    let [karl, anna, _] = people(&store);
    let first = read(&store, 1, vec![on(-3), on(-1), on(0), undated()]);
    give(&store, &first, &karl, 2);
    let before = store.record(&karl, Span::ALL).unwrap();
    transfer(&store, (&karl, &anna), CUT, 3).unwrap();
    // A later read doubts what went along.
    let again: Vec<Reading> = [on(-3), on(-1), on(0), undated()]
        .map(|reading| Reading { doubts: vec![Doubt::TimeAhead], ..reading })
        .to_vec();
    let (upload, result) = visit(&store, again, &anna, 4);
    assert_eq!((result.new, total(&store, &anna)), (0, 2));
    assert_eq!(record(&store, &karl).iter().filter(|reading| reading.has_sure_time()).count(), 1, "his stay sure");

    let counts = transfer(&store, (&anna, &karl), CUT, 8).unwrap();
    assert_eq!(counts, TransferCounts { moved: 2, stayed: 0, unsure: 0 });
    let after = store.record(&karl, Span::ALL).unwrap();
    assert_eq!((after.totals.readings, total(&store, &anna)), (4, 0));
    let rows = |uploads: &[glucodock::domain::association::PastUpload]| {
        uploads.iter().map(|past| (past.upload.clone(), past.new, past.is_transferred)).collect::<Vec<_>>()
    };
    assert_eq!(rows(&after.uploads), rows(&before.uploads));
    assert_eq!(after.meters[0].first_day, None, "all its days are his again");
    assert!(store.record(&anna, Span::ALL).unwrap().uploads.iter().all(|past| past.new == 0));
    is_as_made_anew(directory.path());
    // Anna's visit is later and of another one: nothing of it rests on his.
    assert_eq!(upload.record, None);
    assert_eq!(undo(&store, &first.id, "u", 9).unwrap().readings, 4);
    is_as_made_anew(directory.path());
}

#[test]
fn once_all_is_back_the_assignment_is_undone_as_ever() {
    let (directory, store) = store();
    let [karl, anna, ida] = people(&store);
    let first = read(&store, 1, vec![on(-3), on(-1), on(0), undated()]);
    give(&store, &first, &karl, 2);
    for (second, pair) in [(3, (&karl, &anna)), (4, (&anna, &karl)), (5, (&karl, &ida)), (6, (&ida, &karl))] {
        assert_eq!(transfer(&store, pair, CUT, second).unwrap().moved, 2);
        is_as_made_anew(directory.path());
    }
    assert_eq!([&karl, &anna, &ida].map(|id| total(&store, id)), [4, 0, 0]);
    let undone = undo(&store, &first.id, "u", 7).unwrap();
    assert_eq!((undone.readings, undone.ended_ownership), (4, true));
    assert_eq!([&karl, &anna, &ida].map(|id| total(&store, id)), [0, 0, 0]);
    assert_eq!(store.patient(&karl).unwrap().last_upload, None);
    let waits = store.upload(&first.id).unwrap();
    assert_eq!((waits.owner, waits.not_theirs), (Owner::Nobody, None));
    assert_eq!(give(&store, &store.upload(&first.id).unwrap(), &anna, 8).new, 4);
    is_as_made_anew(directory.path());
}

/// Why a transfer is refused; then nothing is changed.
#[rstest]
#[case::to_the_owner("same", "MoveNotTheirs")]
#[case::to_somebody_inactive("inactive", "NotActive")]
#[case::to_a_directory("directory", "MoveAtPlatform")]
#[case::day_ahead("ahead", "MoveDayAhead")]
#[case::not_theirs_any_more("gone", "MoveNotTheirs")]
#[case::no_reason("reason", "MoveReasonMissing")]
#[case::of_the_owner_something_else_typed("from", "IdentityNotProved")]
#[case::of_the_other_something_else_typed("to", "IdentityNotProved")]
#[case::both_typed_the_wrong_way_round("swapped", "IdentityNotProved")]
#[case::it_is_not_as_shown("seen", "UploadChanged")]
fn it_is_refused(#[case] what: &str, #[case] code: &str) {
    let (directory, store) = store();
    let [karl, anna, _] = people(&store);
    give(&store, &read(&store, 1, vec![on(-3), on(-1)]), &karl, 2);
    let mut asked = request(&store, &karl, plan(&store, &karl, &anna, CUT), "t");
    match what {
        "same" => {
            asked.plan.to = karl.clone();
            asked.answers.to = asked.answers.from.clone();
        }
        "inactive" => {
            asked.plan.to = with_status(&store, person("Alt", "Otto", "1940-01-01", "M1000009"), Status::Inactive);
        }
        "directory" => asked.plan.to = known(&store, "Patient/7f"),
        "ahead" => asked.plan.first_day = date(2026, 9, 23),
        "gone" => drop(transfer(&store, (&karl, &anna), CUT, 4).unwrap()),
        "reason" => asked.reason = "  ".into(),
        "from" => asked.answers.from = TypedAnswer::default(),
        "to" => asked.answers.to = TypedAnswer::default(),
        "swapped" => std::mem::swap(&mut asked.answers.from, &mut asked.answers.to),
        "seen" => asked.seen.moved += 1,
        other => panic!("{other}"),
    }
    let rows = || {
        let connection = database(directory.path());
        ["assignments", "ownerships", "transfers", "records", "audit"].map(|table| {
            connection.query_row(&format!("SELECT count(*) FROM {table}"), (), |row| row.get::<_, i64>(0)).unwrap()
        })
    };
    let before = rows();
    let refused = store.transfer(by(9), &asked).unwrap_err();
    assert_eq!(format!("{refused:?}"), code);
    assert_eq!(rows(), before);
}

/// What a platform was told of a meter is moved there.
#[test]
fn a_meter_of_a_platform_is_not_transferred_from_here() {
    let (_directory, store) = store();
    let [karl, ..] = people(&store);
    let ruth = known(&store, "Patient/7f");
    let upload = read(&store, 1, vec![on(-3), on(-1)]);
    assign(&store, &upload.id, &ruth, "a").unwrap();
    let offer = store.transfer_offer(by(7), &plan(&store, &ruth, &karl, CUT));
    assert!(matches!(offer, Err(StoreError::MoveAtPlatform)), "{offer:?}");
    // Also once it is a patient's of this store, if anything of it was ever sent.
    super::directory::take(&store, 7);
    undo(&store, &upload.id, "u", 8).unwrap();
    give(&store, &store.upload(&upload.id).unwrap(), &karl, 9);
    let [_, anna, _] = people_again(&store);
    let offer = store.transfer_offer(by(10), &plan(&store, &karl, &anna, CUT));
    assert!(matches!(offer, Err(StoreError::MoveAtPlatform)), "{offer:?}");
}

fn people_again(store: &Store) -> [PatientId; 3] {
    ["M1000001", "M1000002", "M1000003"].map(|mrn| store.patient_by_mrn(mrn).unwrap().id)
}

/// A third person had the meter in between: their readings are never skipped over.
#[test]
fn no_day_reaches_into_what_a_third_person_has() {
    let (directory, store) = store();
    let [karl, anna, ida] = people(&store);
    give(&store, &read(&store, 1, vec![on(-5), on(-3), on(-1), on(0)]), &karl, 2);
    transfer(&store, (&karl, &anna), date(2026, 9, 18), 3).unwrap();
    transfer(&store, (&anna, &ida), TODAY, 4).unwrap();
    assert_eq!([&karl, &anna, &ida].map(|id| times(&store, id)), [vec![-5], vec![-3, -1], vec![0]]);
    for (day, allowed) in [(date(2026, 9, 18), false), (CUT, false), (TODAY, true)] {
        let offer = store.transfer_offer(by(5), &plan(&store, &ida, &karl, day));
        match (offer, allowed) {
            (Ok(offer), true) => assert_eq!(offer.counts.moved, 1),
            (Err(StoreError::MoveReachesThird), false) => {}
            (other, _) => panic!("{day}: {other:?}"),
        }
    }
    is_as_made_anew(directory.path());
}

/// Of a meter without a number what the record had already was left out: it would be in no record.
#[test]
fn what_others_rest_on_does_not_go_along() {
    let (_directory, store) = store();
    let [karl, anna, _] = people(&store);
    let memory: Vec<Reading> = (-20..=0).map(on).collect();
    give(&store, &read(&store, 1, memory.clone()), &karl, 2);
    let nameless = store.quarantine(by(3), &download("", memory)).unwrap();
    let result = store.assign(by(4), &assignment(&store, &nameless.id, &karl, "n")).unwrap();
    assert_eq!(result, AssignmentResult { new: 0, already_there: 21 });
    assert!(matches!(transfer(&store, (&karl, &anna), CUT, 5), Err(StoreError::MoveRestedOn)));
    undo(&store, &nameless.id, "u", 6).unwrap();
    assert_eq!(transfer(&store, (&karl, &anna), CUT, 7).unwrap().moved, 2);
}

/// A meter that was taken over without readings is given on all the same, and the day holds.
#[test]
fn a_meter_without_readings_is_transferred_too() {
    let (_directory, store) = store();
    let [karl, anna, _] = people(&store);
    store.register_owner(by(1), &download("000-1", vec![]).meter, &karl).unwrap();
    assert_eq!(transfer(&store, (&karl, &anna), CUT, 2).unwrap(), TransferCounts::default());
    let (_, result) = visit(&store, vec![on(-2), on(-1)], &anna, 3);
    assert_eq!((result.new, times(&store, &anna)), (1, vec![-1]));
}

/// Two wrong answers block, whoever gave them; begun anew, an identifier is asked for. An upload's block of a person
/// is none of the transfer's, nor the other way round.
#[test]
fn wrong_answers_are_counted_and_lift_no_block_of_an_upload() {
    let (_directory, store) = store();
    let [karl, anna, _] = people(&store);
    give(&store, &read(&store, 1, vec![on(-3), on(-1)]), &karl, 2);
    // Anna is blocked for another upload.
    let other = store.quarantine(by(3), &download("000-2", vec![on(-1)])).unwrap();
    store.begin_identity_check(by(3), &other.id, &anna).unwrap();
    for _ in 0..2 {
        store.note_mismatch(by(3), &other.id, &anna).unwrap();
    }
    let blocked = |store: &Store| store.assign(by(20), &assignment(store, &other.id, &anna, "o")).is_err();
    assert!(blocked(&store));

    let ownership = owned(&store, &karl);
    let checks = store.begin_transfer_check(by(4), &ownership, &anna).unwrap();
    assert_eq!((checks.from.standing, checks.to.standing), (IdentityStanding::Open, IdentityStanding::Open));
    let wrong = |who: &PatientId| store.note_transfer_mismatch(by(5), &ownership, who).unwrap();
    assert_eq!(wrong(&karl), IdentityStanding::OneMoreTry);
    assert_eq!(wrong(&karl), IdentityStanding::Blocked);
    let asked = request(&store, &karl, plan(&store, &karl, &anna, CUT), "t");
    assert!(matches!(store.transfer(by(6), &asked), Err(StoreError::IdentityNotProved)));
    let line = store.audit_trail().unwrap().pop().unwrap();
    assert_eq!(
        (line.action.as_str(), &line.patient, line.detail.as_str()),
        ("transfer-mismatch", &karl.0, "attempt 2")
    );

    let checks = store.begin_transfer_check(by(7), &ownership, &anna).unwrap();
    assert_eq!(
        (checks.from.standing, checks.to.standing),
        (IdentityStanding::IdentifierNeeded, IdentityStanding::Open)
    );
    let mut by_initials = asked.clone();
    by_initials.answers.from = TypedAnswer { who: Private::new("KW".into()), born: Private::new("1950".into()) };
    assert!(matches!(store.transfer(by(8), &by_initials), Err(StoreError::IdentityNotProved)));
    assert_eq!(store.transfer(by(9), &asked).unwrap().moved, 1);
    assert!(blocked(&store), "looking at two people for a transfer lifts nothing of an upload");
}

/// Two terminals at once: one transfers, the other sees that the meter is not theirs any more; and what was undone or
/// assigned meanwhile is not what was shown.
#[test]
fn of_two_at_once_one_wins_and_the_other_sees_why() {
    let (directory, store) = store();
    let [karl, anna, ida] = people(&store);
    give(&store, &read(&store, 1, vec![on(-3), on(-1)]), &karl, 2);
    let other = Store::open(directory.path()).unwrap();
    let asked = [&anna, &ida].map(|to| request(&store, &karl, plan(&store, &karl, to, CUT), &to.0));
    let results: Vec<_> = std::thread::scope(|scope| {
        let run = [(&store, &asked[0]), (&other, &asked[1])]
            .map(|(store, asked)| scope.spawn(move || store.transfer(by(3), asked)));
        run.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let won = results.iter().filter(|result| result.is_ok()).count();
    assert_eq!(won, 1, "{results:?}");
    assert!(results.iter().any(|result| matches!(result, Err(StoreError::MoveNotTheirs))), "{results:?}");
    assert_eq!(total(&store, &anna) + total(&store, &ida), 1);
    assert_eq!(times(&store, &karl), [-3]);

    // Beside an assignment: what was read for the old owner is not his any more.
    let winner = if results[0].is_ok() { &anna } else { &ida };
    let upload = read(&store, 4, vec![on(0)]);
    let append = Assignment { proof: Proof::Owner, ..assignment(&store, &upload.id, &karl, "late") };
    assert!(matches!(other.assign(by(5), &append), Err(StoreError::OwnedByAnother)));
    give(&store, &store.upload(&upload.id).unwrap(), winner, 6);
    // Beside an undoing: the counts are others.
    let asked = request(&store, winner, plan(&store, winner, &karl, CUT), "back");
    undo(&other, &upload.id, "u", 7).unwrap();
    assert!(matches!(store.transfer(by(8), &asked), Err(StoreError::UploadChanged)));
}

/// The new owner's meter was read before it was theirs: what waits is theirs from the day on, and nobody else's.
#[test]
fn what_waits_goes_to_whoever_has_the_meter_then() {
    let (directory, store) = store();
    let [karl, anna, _] = people(&store);
    give(&store, &read(&store, 1, vec![on(-3)]), &karl, 2);
    let waits = read(&store, 3, vec![on(-4), on(-3), on(-1), on(0), undated()]);
    // A confirm screen was open meanwhile.
    let old = Assignment { proof: Proof::Owner, ..assignment(&store, &waits.id, &karl, "old") };
    assert_eq!(transfer(&store, (&karl, &anna), CUT, 4).unwrap(), TransferCounts { moved: 0, stayed: 1, unsure: 0 });
    assert!(matches!(store.assign(by(5), &old), Err(StoreError::UploadChanged | StoreError::OwnedByAnother)));
    let stands = store.upload(&waits.id).unwrap();
    assert_eq!(stands.not_theirs, Some(NotTheirs { first_day: CUT, earlier: 1, unsure: 1 }));
    assert_eq!((stands.new_readings, stands.adds_nothing()), (2, false));
    // Decided on what was shown before the transfer, nothing is assigned.
    let stale = Assignment { patient: anna.clone(), seen: waits.seen(), ..assignment(&store, &waits.id, &anna, "s") };
    assert!(matches!(store.assign(by(6), &stale), Err(StoreError::UploadChanged)));
    assert_eq!(give(&store, &stands, &anna, 7).new, 2);
    assert_eq!((times(&store, &karl), times(&store, &anna), total(&store, &anna)), (vec![-3], vec![-1, 0], 2));
    is_as_made_anew(directory.path());
}

/// What nobody has of the days of somebody else is not given away by a day that lies before the owner's own.
#[test]
fn no_day_reaches_before_the_owner_s_own() {
    let (_directory, store) = store();
    let [karl, anna, ida] = people(&store);
    store.register_owner(by(1), &download("000-1", vec![]).meter, &karl).unwrap();
    transfer(&store, (&karl, &anna), CUT, 2).unwrap();
    let (upload, _) = visit(&store, vec![on(-3), on(-1)], &anna, 3);
    assert_eq!(upload.not_theirs, Some(NotTheirs { first_day: CUT, earlier: 1, unsure: 0 }));
    let before = date(2026, 9, 18);
    assert!(matches!(transfer(&store, (&anna, &ida), before, 4), Err(StoreError::MoveReachesThird)));
    assert_eq!(transfer(&store, (&anna, &ida), CUT, 5).unwrap().moved, 1);
    // Back to whoever had it before, from before they had it.
    assert_eq!(transfer(&store, (&ida, &anna), TODAY, 6).unwrap().moved, 0);
    assert!(matches!(transfer(&store, (&anna, &ida), before, 7), Err(StoreError::MoveReachesThird)));
    assert_eq!([&karl, &anna, &ida].map(|id| total(&store, id)), [0, 0, 1]);
}

/// Once the memory was read whole for its new owner, what is found later was measured since, whatever the clock says:
/// it is in their record, and in no number. Of a file, which may be old, that is not known.
#[test]
fn what_is_found_later_without_a_sure_time_is_theirs() {
    for (driver, is_theirs) in [("onetouch-verio", true), ("accu-chek-reports", false)] {
        let (_directory, store) = store();
        let [karl, anna, _] = people(&store);
        give(&store, &read(&store, 1, vec![on(-3), undated()]), &karl, 2);
        transfer(&store, (&karl, &anna), CUT, 3).unwrap();
        let memory = vec![on(-3), undated(), doubted(-1), on(0)];
        let (upload, _) = visit(&store, memory.clone(), &anna, 4);
        assert_eq!(upload.not_theirs, Some(NotTheirs { first_day: CUT, earlier: 0, unsure: 1 }));
        // Her battery is changed, and the clock is at its beginning.
        let later: Vec<Reading> = memory.into_iter().chain([doubted(-7), doubted(1)]).collect();
        let mut read = download("000-1", later);
        read.meter.driver = driver.into();
        let upload = store.quarantine(by(5), &read).unwrap();
        let append = Assignment { proof: Proof::Owner, ..assignment(&store, &upload.id, &anna, "b") };
        let new = store.assign(by(6), &append).unwrap().new;
        assert_eq!((new, total(&store, &anna)), if is_theirs { (2, 3) } else { (0, 1) }, "{driver}");
        assert_eq!(total(&store, &karl), 2);
    }
}

/// The first assignment was of the wrong person, and somebody else has the meter since, and came: it is undone all the
/// same, whoever is in care by now.
#[test]
fn an_assignment_of_before_is_undone_whatever_came_since() {
    let (directory, store) = store();
    let [karl, anna, _] = people(&store);
    let first = read(&store, 1, vec![on(-3), undated()]);
    give(&store, &first, &karl, 2);
    transfer(&store, (&karl, &anna), CUT, 3).unwrap();
    visit(&store, vec![on(-3), undated(), on(0)], &anna, 4);
    database(directory.path()).execute("UPDATE patients SET status = 'INACTIVE' WHERE id = 1", ()).unwrap();
    let undone = undo(&store, &first.id, "u", 5).unwrap();
    assert_eq!((undone.readings, undone.ended_ownership), (2, false));
    assert_eq!((total(&store, &karl), times(&store, &anna)), (0, vec![0]));
    let waits = store.upload(&first.id).unwrap();
    assert_eq!(waits.owner, Owner::Patient(Box::new(store.patient(&anna).unwrap())));
    assert_eq!(waits.not_theirs, Some(NotTheirs { first_day: CUT, earlier: 1, unsure: 1 }), "and the day holds");
    is_as_made_anew(directory.path());
}

/// An upload of which a part went along is whose it was, as long as they have any of it; and counted is what is there.
#[test]
fn an_upload_of_which_a_part_went_along_is_not_wholly_the_other_s() {
    let (_directory, store) = store();
    let [karl, anna, _] = people(&store);
    let upload = read(&store, 1, vec![on(-3), on(-2), on(-1)]);
    give(&store, &upload, &karl, 2);
    let there = |patient: &PatientId| {
        let asked = assignment(&store, &upload.id, patient, &format!("there {}", patient.0));
        store.assign(by(9), &asked).map(|result| (result.new, result.already_there))
    };
    transfer(&store, (&karl, &anna), CUT, 3).unwrap();
    assert_eq!(store.upload(&upload.id).unwrap().record.unwrap().id, karl);
    assert_eq!(there(&karl).unwrap(), (0, 2));
    transfer(&store, (&anna, &karl), CUT, 4).unwrap();
    transfer(&store, (&karl, &anna), date(2026, 9, 1), 5).unwrap();
    assert_eq!(store.upload(&upload.id).unwrap().record.unwrap().id, anna, "all of it");
    assert_eq!(there(&anna).unwrap(), (0, 3));
    let hers = store.record(&anna, Span::ALL).unwrap().uploads;
    assert_eq!(hers.iter().map(|past| past.new).collect::<Vec<_>>(), [3], "one row of one upload");
    assert_eq!(store.patient(&karl).unwrap().last_upload, None, "nothing of that visit is his");
}

/// A meter was lent: what was measured before is its owner's as ever, and only the days between are not.
#[test]
fn of_a_loan_only_the_days_between_are_the_other_s() {
    let (directory, store) = store();
    let [karl, anna, _] = people(&store);
    give(&store, &read(&store, 1, vec![on(-9)]), &karl, 2);
    transfer(&store, (&karl, &anna), date(2026, 9, 15), 3).unwrap();
    transfer(&store, (&anna, &karl), CUT, 4).unwrap();
    let (upload, result) = visit(&store, vec![on(-9), on(-8), on(-5), on(-2), on(0)], &karl, 5);
    // -6 is 15-Sep, -1 is 20-Sep.
    assert_eq!((upload.not_theirs, result.new), (Some(NotTheirs { first_day: CUT, earlier: 2, unsure: 0 }), 2));
    assert_eq!(times(&store, &karl), [-9, -8, 0]);
    is_as_made_anew(directory.path());
}

/// A read for the new owner judges nothing in the record of whoever had the meter before.
#[test]
fn a_read_for_the_new_owner_doubts_nothing_of_the_old_one() {
    let (directory, store) = store();
    let [karl, anna, _] = people(&store);
    give(&store, &read(&store, 1, vec![on(-3), on(-2)]), &karl, 2);
    transfer(&store, (&karl, &anna), CUT, 3).unwrap();
    let ahead = |day| Reading { doubts: vec![Doubt::TimeAhead], ..on(day) };
    visit(&store, vec![ahead(-3), ahead(-2), ahead(-1)], &anna, 4);
    assert!(record(&store, &karl).iter().all(Reading::has_sure_time));
    is_as_made_anew(directory.path());
}

/// Who did what is known by the session, too.
#[test]
fn who_transferred_stands_on_every_row() {
    let (directory, store) = store();
    let [karl, anna, _] = people(&store);
    give(&store, &read(&store, 1, vec![on(-1)]), &karl, 2);
    let asked = request(&store, &karl, plan(&store, &karl, &anna, CUT), "t");
    let by = By { user: "7", session: "of today", at: super::support::at(3) };
    store.transfer(by, &asked).unwrap();
    let connection = database(directory.path());
    for rows in [
        "SELECT user, session FROM transfers",
        "SELECT user, session FROM assignments WHERE kind = 'transferred'",
        "SELECT opened_by, opened_session FROM ownerships WHERE closed_at IS NULL",
        "SELECT closed_by, closed_session FROM ownerships WHERE closed_at IS NOT NULL",
    ] {
        let found: (String, String) = connection.query_row(rows, (), |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!(found, ("7".to_owned(), "of today".to_owned()), "{rows}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever is read, assigned, undone and transferred, in whatever order: every reading is in one record at most,
    /// none is lost, nobody has anything of before their first day that came later, and what is kept beside the records
    /// is what is made of them anew.
    #[test]
    fn no_reading_is_lost_or_in_two_records(moves in prop::collection::vec((0_u8..4, 0_usize..3, -6_i64..2), 1..14)) {
        let (directory, store) = store();
        let people = people(&store);
        let mut memory: Vec<Reading> = vec![on(-8)];
        let mut uploads: Vec<UploadId> = Vec::new();
        let mut days: Vec<(Option<i64>, usize)> = Vec::new();
        for (second, (what, who, day)) in (10_i64..).step_by(10).zip(moves) {
            let owner = people.iter().find(|id| owned(&store, id).0 != "0").cloned();
            match what {
                0 | 1 => {
                    let reading = if day == 0 { undated() } else { on(day) };
                    if !memory.contains(&reading) {
                        memory.push(reading);
                    }
                    let upload = read(&store, second, memory.clone());
                    if owner.is_none() {
                        days = vec![(None, who)];
                    }
                    let patient = owner.unwrap_or_else(|| people[who].clone());
                    store.assign(by(second), &assignment(&store, &upload.id, &patient, &format!("a{second}"))).unwrap();
                    uploads.push(upload.id);
                }
                2 => if let Some(upload) = uploads.last() {
                    let _ = undo(&store, upload, &format!("u{second}"), second);
                },
                _ => if let Some(owner) = owner {
                    let first_day = TODAY.saturating_add(jiff::Span::new().days(day.min(0)));
                    if transfer(&store, (&owner, &people[who]), first_day, second).is_ok() {
                        days.retain(|(since, _)| since.is_none_or(|since| since < day.min(0)));
                        days.push((Some(day.min(0)), who));
                    }
                },
            }
            is_as_made_anew(directory.path());
            let connection = database(directory.path());
            let count = |what: &str| connection.query_row(what, (), |row| row.get::<_, i64>(0)).unwrap();
            let twice = "SELECT count(*) FROM records x WHERE x.subject <>
                (SELECT a.subject FROM assignments a WHERE a.id = x.assignment)";
            prop_assert_eq!(count(twice), 0);
            // Whose the meter was on the day of each reading.
            for (place, id) in people.iter().enumerate() {
                for day in times(&store, id) {
                    let had = days.iter().rev().find(|(since, _)| since.is_none_or(|since| since <= day));
                    prop_assert_eq!(had.map(|(_, who)| *who), Some(place), "{} {:?}", day, days);
                }
            }
        }
        let here = u32::try_from(memory.len()).unwrap();
        let all: u32 = people.iter().map(|id| total(&store, id)).sum();
        prop_assert!(all <= here);
        let is_whole = matches!(store.verify_audit().unwrap(), ChainCheck::Whole { .. });
        prop_assert!(is_whole);
    }
}
