//! An assignment that somebody undoes: what was decided stays written, the readings wait for whose they are, and the
//! care platform is told to take back what it has, or may have.

use glucodock::domain::association::{
    Assignment, AssignmentResult, IdempotencyKey, IntakeAnswer, Owner, Proof, Upload, UploadId,
};
use glucodock::domain::clinic::Role;
use glucodock::domain::delivery::{
    AttemptsBefore, Content, DeliveryStanding, DeliveryState, Errand, ItemKind, Jitter, Outcome, Parcel,
};
use glucodock::domain::download::Download;
use glucodock::domain::held_meter::HeldMeter;
use glucodock::domain::intake_check::ClockVerdict;
use glucodock::domain::meter_clock::ClockReading;
use glucodock::domain::patient::PatientId;
use glucodock::domain::record::Span;
use glucodock::domain::taken_back::TakenBack;
use glucodock::domain::undo::{UndoRequest, UndoTerms, Undone, Withdrawals};
use glucodock::store::{By, ChainCheck, Store, StoreError};
use jiff::SignedDuration;
use proptest::prelude::*;
use rstest::rstest;
use tempfile::TempDir;

use super::directory::{assign, for_person, known, lose, memory, read, take};
use super::support::{assignment, at, blood, by, create, database, download, person, record, store};

/// Undoes as a clinician with a reason, what is shown now.
pub(crate) fn undo(store: &Store, upload: &UploadId, key: &str, second: i64) -> Result<Undone, StoreError> {
    let offer = store.undo_offer(by(second), Role::Clinician, upload, Withdrawals::Sent)?;
    let (upload, key) = (upload.clone(), IdempotencyKey(key.to_owned()));
    let request = UndoRequest { upload, key, seen: offer.seen(), reason: Some("the wrong row".into()) };
    store.undo(by(second), Role::Clinician, &request, Withdrawals::Sent)
}

fn told(store: &Store, parcel: &Parcel, outcome: Outcome, second: i64) -> bool {
    store.note_delivery(&parcel.key, outcome, at(second), Jitter(0)).unwrap()
}

fn items(store: &Store, of: &str) -> Vec<(ItemKind, DeliveryState)> {
    let kinds = ["ownership", "readings", "withdrawal"];
    let item = |kind| store.delivery(&IdempotencyKey(format!("{of} {kind}"))).unwrap();
    kinds.into_iter().filter_map(item).map(|item| (item.kind, item.state)).collect()
}

/// Since when, when it was read last, until when.
fn held(store: &Store, patient: &PatientId) -> Vec<(i64, Option<i64>, Option<i64>)> {
    let second = |time: jiff::Timestamp| time.as_second() - at(0).as_second();
    let meters = store.record(patient, Span::ALL).unwrap().meters;
    let told =
        |meter: HeldMeter| (second(meter.since), meter.last_upload.map(second), meter.end.map(|end| second(end.at)));
    meters.into_iter().map(told).collect()
}

#[test]
fn a_meter_that_was_theirs_twice_tells_of_each_time_its_own_last_upload() {
    let (_directory, store) = store();
    let [karl, anna] = [("Weber", "Karl", "1950-01-01", "M1"), ("Lang", "Anna", "1961-02-03", "M2")]
        .map(|(family, given, born, number)| create(&store, &person(family, given, born, number)).id);
    let mut upload = read(&store, 1, 3);
    for (owner, assigned) in [(&karl, 2), (&anna, 4)] {
        store.assign(by(assigned), &assignment(&store, &upload.id, owner, &format!("{assigned}"))).unwrap();
        undo(&store, &upload.id, &format!("u{assigned}"), assigned + 1).unwrap();
    }
    upload = read(&store, 8, 5);
    store.assign(by(9), &assignment(&store, &upload.id, &karl, "again")).unwrap();
    let [first] = held(&store, &karl)[..1].try_into().unwrap();
    assert_eq!(first, (9, Some(8), None), "it is theirs");
    assert_eq!(held(&store, &karl)[1..], [(2, None, Some(3))], "nothing of that time is in the record");
    assert_eq!(held(&store, &anna), [(4, None, Some(5))]);
}

#[test]
fn of_a_patient_of_this_store_everything_is_undone_at_once() {
    let (directory, store) = store();
    let [karl, anna] = [("Weber", "Karl", "1950-01-01", "M1"), ("Lang", "Anna", "1961-02-03", "M2")]
        .map(|(family, given, born, number)| create(&store, &person(family, given, born, number)).id);
    let upload = read(&store, 1, 3);
    store.assign(by(2), &assignment(&store, &upload.id, &karl, "a")).unwrap();
    let offer = store.undo_offer(by(3), Role::Assistant, &upload.id, Withdrawals::Sent).unwrap();
    let shown = (&offer.patient.id, offer.readings, offer.ends_ownership, offer.is_at_platform, offer.terms);
    assert_eq!(shown, (&karl, 3, true, false, UndoTerms::AtOnce));
    assert_eq!((offer.assigned_at, offer.assigned_by.as_str(), offer.read_at), (at(2), "1", at(1)));

    let key = IdempotencyKey("u".to_owned());
    let request = UndoRequest { upload: upload.id.clone(), key, seen: offer.seen(), reason: None };
    let undone = Undone { readings: 3, ended_ownership: true };
    assert_eq!(store.undo(by(4), Role::Assistant, &request, Withdrawals::Sent).unwrap(), undone);
    assert_eq!(store.undo(by(5), Role::Assistant, &request, Withdrawals::Sent).unwrap(), undone, "repeated");
    let other = UndoRequest { upload: read(&store, 6, 3).id, ..request.clone() };
    assert_eq!(other.upload, upload.id, "it waits again, and is read into");

    let past = store.record(&karl, Span::ALL).unwrap();
    assert_eq!((past.totals.readings, past.uploads.len(), past.patient.devices.len()), (0, 0, 0));
    assert_eq!(past.patient.last_upload, None, "what was never theirs is no visit");
    let [waiting] = store.pending().unwrap().try_into().unwrap();
    let found = (&waiting.id, &waiting.owner, &waiting.record, waiting.taken_back);
    assert_eq!(found, (&upload.id, &Owner::Nobody, &None, Some(TakenBack::Undone)));
    assert_eq!(store.readings_of(&upload.id).unwrap(), memory(3));
    let line = store.audit_trail().unwrap().into_iter().find(|line| line.action == "undone").unwrap();
    let told = (line.user.as_str(), line.patient.as_str(), line.upload.as_str(), line.detail.as_str());
    assert_eq!(told, ("1", karl.0.as_str(), upload.id.0.as_str(), "3 readings, the meter is nobody's"));
    // What was decided stays written.
    let connection = database(directory.path());
    let count = |what: &str| connection.query_row(what, (), |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM assignments"), 2);
    assert_eq!(count("SELECT count(*) FROM outbox WHERE kind = 'withdrawal'"), 0, "nobody else is to be told");

    // Under its old key it is not done again; decided anew, all of it goes to whose it is.
    let again = store.assign(by(7), &assignment(&store, &upload.id, &karl, "a"));
    assert!(matches!(again, Err(StoreError::OwnedByAnother)), "{again:?}");
    let result = store.assign(by(8), &assignment(&store, &upload.id, &anna, "b")).unwrap();
    assert_eq!(result, AssignmentResult { new: 3, already_there: 0 });
    assert_eq!((record(&store, &karl).len(), record(&store, &anna).len()), (0, 3));
    assert!(matches!(store.verify_audit().unwrap(), ChainCheck::Whole { .. }));
}

/// While the meter was read anew and that waits, an undone upload does not wait again: its readings wait with the new
/// one. Nobody has it, and it is told to be there for nobody.
#[test]
fn what_is_undone_is_in_nobodys_record_also_while_another_read_waits() {
    let (_directory, store) = store();
    let [karl, anna] = [("Weber", "Karl", "1950-01-01", "M1"), ("Lang", "Anna", "1961-02-03", "M2")]
        .map(|(family, given, born, number)| create(&store, &person(family, given, born, number)).id);
    let first = read(&store, 1, 3);
    store.assign(by(2), &assignment(&store, &first.id, &karl, "a")).unwrap();
    let second = read(&store, 3, 5);
    assert_ne!(second.id, first.id);
    undo(&store, &first.id, "u", 4).unwrap();
    assert_eq!(store.upload(&first.id).unwrap().record, None);
    assert_eq!(store.pending().unwrap().iter().map(|waiting| &waiting.id).collect::<Vec<_>>(), [&second.id]);
    let again = store.assign(by(5), &assignment(&store, &first.id, &karl, "b"));
    assert!(matches!(again, Err(StoreError::OwnedByAnother)), "{again:?}");
    store.assign(by(6), &assignment(&store, &second.id, &anna, "c")).unwrap();
    assert_eq!((record(&store, &karl).len(), record(&store, &anna).len()), (0, 5));
    assert_eq!(store.upload(&first.id).unwrap().record, None);
}

/// Who undoes it, after how many seconds by the clock, in which role; and with a reason or without.
#[rstest]
#[case::own_and_just_now("1", 900, Role::Assistant, None, Ok(()))]
#[case::own_and_too_late("1", 901, Role::Assistant, Some("x"), Err("UndoRefused"))]
#[case::anothers("2", 10, Role::Assistant, Some("x"), Err("UndoRefused"))]
#[case::anothers_without_reason("2", 10, Role::Clinician, None, Err("ReasonMissing"))]
#[case::anothers_with_blanks("2", 10, Role::Clinician, Some("   "), Err("ReasonMissing"))]
#[case::anothers_by_a_clinician("2", 10, Role::Clinician, Some("wrong row"), Ok(()))]
#[case::years_later("2", 99_000_000, Role::Clinician, Some("wrong row"), Ok(()))]
#[case::before_it_by_the_clock("1", -1, Role::Assistant, None, Err("UndoRefused"))]
#[case::administrator("1", 10, Role::Administrator, Some("x"), Err("UndoRefused"))]
fn who_may(
    #[case] user: &str,
    #[case] after: i64,
    #[case] role: Role,
    #[case] reason: Option<&str>,
    #[case] expected: Result<(), &str>,
) {
    let (_directory, store) = store();
    let karl = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    let upload = read(&store, 1, 3);
    store.assign(by(100), &assignment(&store, &upload.id, &karl.id, "a")).unwrap();
    let by = By { user, session: "another sign-in", at: at(100 + after) };
    let seen = store.undo_offer(by, role, &upload.id, Withdrawals::Sent).unwrap().seen();
    let (key, reason) = (IdempotencyKey("u".to_owned()), reason.map(Into::into));
    let request = UndoRequest { upload: upload.id.clone(), key, seen, reason: reason.clone() };
    let result = store.undo(by, role, &request, Withdrawals::Sent);
    let found = match result {
        Ok(_) => Ok(()),
        Err(StoreError::UndoRefused) => Err("UndoRefused"),
        Err(StoreError::ReasonMissing) => Err("ReasonMissing"),
        Err(other) => panic!("{other:?}"),
    };
    assert_eq!(found, expected);
    assert_eq!(record(&store, &karl.id).len(), if expected.is_ok() { 0 } else { 3 });
    let last = store.audit_trail().unwrap().pop().unwrap();
    assert_eq!(last.action == "undone", expected.is_ok());
    if let (Ok(()), Some(reason)) = (expected, reason) {
        assert!(last.detail.ends_with(&format!(": {reason}")), "{}", last.detail);
        assert_eq!(last.session, "another sign-in");
    }
}

/// The clock has shown a later time since: set back behind that, it makes no assignment younger.
#[test]
fn a_clock_that_is_set_back_opens_nothing_again() {
    let (_directory, store) = store();
    let karl = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    let upload = read(&store, 1, 3);
    store.assign(by(100), &assignment(&store, &upload.id, &karl.id, "a")).unwrap();
    let terms = |second| store.undo_offer(by(second), Role::Assistant, &upload.id, Withdrawals::Sent).unwrap().terms;
    assert_eq!(terms(200), UndoTerms::AtOnce);
    // Something is done an hour later, and then the clock is set back.
    store.quarantine(by(3700), &download("000-9", memory(2))).unwrap();
    assert_eq!(terms(200), UndoTerms::Refused);
}

#[test]
fn the_last_of_a_meter_goes_first_and_the_owner_stays_as_long_as_anything_made_them_it() {
    let (_directory, store) = store();
    let karl = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    let first = read(&store, 1, 3);
    store.assign(by(2), &assignment(&store, &first.id, &karl.id, "a")).unwrap();
    let second = read(&store, 3, 5);
    let append = Assignment { proof: Proof::Owner, ..assignment(&store, &second.id, &karl.id, "b") };
    store.assign(by(4), &append).unwrap();
    assert!(matches!(undo(&store, &first.id, "u", 5), Err(StoreError::LaterAssignment)));
    assert_eq!(record(&store, &karl.id).len(), 5);

    assert_eq!(undo(&store, &second.id, "v", 6).unwrap(), Undone { readings: 2, ended_ownership: false });
    assert_eq!((record(&store, &karl.id).len(), store.patient(&karl.id).unwrap().devices.len()), (3, 1));
    let [waiting] = store.pending().unwrap().try_into().unwrap();
    assert_eq!((&waiting.id, waiting.taken_back), (&second.id, Some(TakenBack::Undone)));
    assert!(matches!(undo(&store, &second.id, "w", 7), Err(StoreError::NotFound { .. })), "it waits");

    // The first waits with the second: a meter has one upload that waits, and all its readings go with that.
    assert_eq!(undo(&store, &first.id, "x", 8).unwrap(), Undone { readings: 3, ended_ownership: true });
    let [waiting] = store.pending().unwrap().try_into().unwrap();
    assert_eq!((&waiting.id, &waiting.owner), (&second.id, &Owner::Nobody));
    let anna = create(&store, &person("Lang", "Anna", "1961-02-03", "M2"));
    assert_eq!(store.assign(by(9), &assignment(&store, &second.id, &anna.id, "c")).unwrap().new, 5);
    assert_eq!((record(&store, &karl.id).len(), record(&store, &anna.id).len()), (0, 5));
}

/// What a record had already of a meter without a number was kept out of it. It goes into the next one all the same,
/// and is lost to nobody when what it was equal to leaves first.
#[test]
fn what_was_kept_out_of_one_record_goes_into_the_next() {
    let (_directory, store) = store();
    let [karl, anna] = [("Weber", "Karl", "1950-01-01", "M1"), ("Lang", "Anna", "1961-02-03", "M2")]
        .map(|(family, given, born, number)| create(&store, &person(family, given, born, number)).id);
    let unnumbered = |second| store.quarantine(by(second), &download("", memory(20))).unwrap();
    let (first, second) = (unnumbered(1), unnumbered(2));
    store.assign(by(3), &assignment(&store, &first.id, &karl, "a")).unwrap();
    let result = store.assign(by(4), &assignment(&store, &second.id, &karl, "b")).unwrap();
    assert_eq!(result, AssignmentResult { new: 0, already_there: 20 });
    assert!(matches!(undo(&store, &first.id, "u", 5), Err(StoreError::LaterAssignment)), "20 would be in no record");

    assert_eq!(undo(&store, &second.id, "v", 6).unwrap(), Undone { readings: 0, ended_ownership: false });
    undo(&store, &first.id, "w", 7).unwrap();
    let result = store.assign(by(8), &assignment(&store, &second.id, &anna, "c")).unwrap();
    assert_eq!(result, AssignmentResult { new: 20, already_there: 0 });
    assert_eq!((record(&store, &karl).len(), record(&store, &anna).len()), (0, 20));
    // And kept out again, of the record that has them now.
    let result = store.assign(by(9), &assignment(&store, &first.id, &anna, "d")).unwrap();
    assert_eq!(result, AssignmentResult { new: 0, already_there: 20 });
}

/// Which clock is right may be said otherwise each time that it is undone and the meter is read again: what was said
/// last counts, and a time that was said to be wrong is in no number.
#[test]
fn what_was_said_last_of_the_clock_counts() {
    use ClockVerdict::{MeterRight, MeterWrong};
    let (_directory, store) = store();
    let karl = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    let host: jiff::Zoned = "2026-09-21T12:00:00+02:00[Europe/Berlin]".parse().unwrap();
    let clock = ClockReading { meter: "2026-09-25T12:00:00".parse().unwrap(), host };
    for (second, verdict) in (0..).step_by(10).zip([MeterWrong, MeterRight, MeterWrong]) {
        let download = Download { clock: Some(clock.clone()), ..download("000-1", memory(3)) };
        let upload = store.quarantine(by(second), &download).unwrap();
        let answer = IntakeAnswer::Clock(verdict);
        store.answer_intake(by(second), &upload.id, &answer, upload.read_at, &upload.seen()).unwrap();
        let key = format!("a{second}");
        store.assign(by(second + 1), &assignment(&store, &upload.id, &karl.id, &key)).unwrap();
        let doubted = record(&store, &karl.id).iter().filter(|reading| !reading.is_in_numbers()).count();
        assert_eq!(doubted, if verdict == MeterWrong { 3 } else { 0 }, "{verdict:?} at {second}");
        undo(&store, &upload.id, &format!("u{second}"), second + 2).unwrap();
    }
}

/// Somebody else decides meanwhile: what is undone is what was shown, or nothing.
#[test]
fn what_is_undone_is_what_was_shown() {
    let (_directory, store) = store();
    let [karl, anna] = [("Weber", "Karl", "1950-01-01", "M1"), ("Lang", "Anna", "1961-02-03", "M2")]
        .map(|(family, given, born, number)| create(&store, &person(family, given, born, number)).id);
    let upload = read(&store, 1, 3);
    store.assign(by(2), &assignment(&store, &upload.id, &karl, "a")).unwrap();
    let seen = store.undo_offer(by(3), Role::Assistant, &upload.id, Withdrawals::Sent).unwrap().seen();
    undo(&store, &upload.id, "u", 4).unwrap();
    store.assign(by(5), &assignment(&store, &upload.id, &anna, "b")).unwrap();
    let key = IdempotencyKey("v".to_owned());
    let request = UndoRequest { upload: upload.id, key, seen, reason: None };
    let result = store.undo(by(6), Role::Assistant, &request, Withdrawals::Sent);
    assert!(matches!(result, Err(StoreError::UploadChanged)), "{result:?}");
    assert_eq!(record(&store, &anna).len(), 3);
}

/// Of a patient of a directory: nothing of it was sent yet, so nobody there has to hear of it.
#[test]
fn what_was_never_sent_is_not_sent_any_more() {
    let (_directory, store) = store();
    let ruth = known(&store, "Patient/7f");
    let upload = read(&store, 1, 3);
    assign(&store, &upload.id, &ruth, "a").unwrap();
    undo(&store, &upload.id, "u", 7).unwrap();
    let undone = [(ItemKind::Ownership, DeliveryState::Undone), (ItemKind::Readings, DeliveryState::Undone)];
    assert_eq!(items(&store, "a"), undone);
    assert_eq!(store.undelivered().unwrap(), []);
    assert_eq!(store.next_errand(jiff::Timestamp::MAX).unwrap(), Errand::Rest);
    assert_eq!(store.told(&upload.id).unwrap(), Some(DeliveryStanding::Undone));
    assert!(!store.release(by(8), &IdempotencyKey("a readings".to_owned()), &"again".into()).unwrap());
}

/// How far the delivery had come: what of it may be at the platform is withdrawn there, behind what is under way and
/// before what is decided anew of the same readings.
#[rstest]
#[case::claim_under_way(None)]
#[case::claim_unanswered(Some(Outcome::unanswered("silent")))]
#[case::claim_put_off(Some(Outcome::put_off(None, "busy")))]
#[case::claim_refused(Some(Outcome::Refused("422".into())))]
#[case::claim_recorded(Some(Outcome::Recorded))]
fn what_may_have_been_sent_is_withdrawn_before_anything_else_of_the_meter(#[case] outcome: Option<Outcome>) {
    let (directory, store) = store();
    let (ruth, other) = (known(&store, "Patient/7f"), known(&store, "Patient/8"));
    let upload = read(&store, 1, 3);
    assign(&store, &upload.id, &ruth, "a").unwrap();
    let claim = take(&store, 7);
    let is_recorded = outcome == Some(Outcome::Recorded);
    if let Some(outcome) = &outcome {
        assert!(told(&store, &claim, outcome.clone(), 8));
    }
    assert!(store.undo_offer(by(9), Role::Clinician, &upload.id, Withdrawals::Sent).unwrap().is_at_platform);
    undo(&store, &upload.id, "u", 9).unwrap();
    let [ownership, readings, withdrawal] = items(&store, "a").try_into().unwrap();
    let state = if is_recorded { DeliveryState::Delivered } else { DeliveryState::Undone };
    assert_eq!(ownership, (ItemKind::Ownership, state));
    assert_eq!(readings, (ItemKind::Readings, DeliveryState::Undone));
    assert_eq!(withdrawal, (ItemKind::Withdrawal, DeliveryState::Queued(at(9))));
    assert!(store.is_undone(&IdempotencyKey("a readings".to_owned())).unwrap());
    // The answer of what was under way comes late, whatever it is.
    if outcome.is_none() {
        assert!(!told(&store, &claim, Outcome::Recorded, 10));
        assert!(!told(&store, &claim, Outcome::LostRace(other.clone()), 10));
    }
    assert_eq!(store.readings_of_others_at(&ruth).unwrap().len(), 3, "not hers, wherever they are there");

    assign(&store, &upload.id, &other, "b").unwrap();
    let undelivered = store.undelivered().unwrap();
    assert_eq!(undelivered.iter().map(|item| item.since).collect::<Vec<_>>(), [at(9), at(6), at(6)]);
    // After a restart, too.
    drop(store);
    let store = Store::open(directory.path()).unwrap();
    let parcel = take(&store, 20);
    assert_eq!((parcel.key.0.as_str(), &parcel.patient, parcel.decided_at), ("a withdrawal", &ruth, at(9)));
    let Content::Withdrawal(undone) = &parcel.content else { panic!("{parcel:?}") };
    assert_eq!(undone.claim, Some(IdempotencyKey("a ownership".to_owned())));
    assert_eq!((undone.told_as.0.as_str(), undone.readings.len()), ("a readings", 3));
    assert!(matches!(store.next_errand(at(20)).unwrap(), Errand::WaitUntil(_)), "nothing goes round it");
    let told_now = store.work_list().unwrap().undelivered.remove(0);
    assert_eq!((told_now.kind, told_now.patient.id, told_now.readings), (ItemKind::Withdrawal, ruth.clone(), 3));
    assert!(told(&store, &parcel, Outcome::Recorded, 21));
    assert_eq!(store.readings_of_others_at(&ruth).unwrap(), []);
    let next = take(&store, 22);
    assert_eq!((next.key.0.as_str(), next.patient), ("b ownership", other));
    assert_eq!(items(&store, "a")[2].1, DeliveryState::Delivered);
}

/// A sign-in takes from an item why it was silent, so that it goes at once. It was silent all the same: what was sent
/// then may still arrive.
#[rstest]
#[case::silent(Outcome::unanswered("silent"), false)]
#[case::recorded(Outcome::Recorded, true)]
fn a_sign_in_makes_no_answer_of_silence(#[case] outcome: Outcome, #[case] is_answered: bool) {
    let (_directory, store) = store();
    let ruth = known(&store, "Patient/7f");
    let upload = read(&store, 1, 3);
    assign(&store, &upload.id, &ruth, "a").unwrap();
    let claim = take(&store, 7);
    assert!(told(&store, &claim, outcome, 8));
    store.hurry(at(9)).unwrap();
    undo(&store, &upload.id, "u", 9).unwrap();
    let parcel = take(&store, 20);
    let Content::Withdrawal(undone) = &parcel.content else { panic!("{parcel:?}") };
    assert_eq!(undone.is_answered, is_answered);
}

/// That the platform names nobody is news once it had recorded that somebody has the meter, until that is undone.
#[test]
fn that_nobody_has_a_meter_is_news_once_it_was_recorded_whose_it_is() {
    let (_directory, store) = store();
    let ruth = known(&store, "Patient/7f");
    let upload = read(&store, 1, 3);
    let has_told = || store.has_told_owner(&upload.meter).unwrap();
    assert!(!has_told(), "nothing was told yet");
    assign(&store, &upload.id, &ruth, "a").unwrap();
    assert!(!has_told(), "it is not there yet");
    for second in [7, 8] {
        assert!(told(&store, &take(&store, second), Outcome::Recorded, second));
    }
    assert!(has_told());
    undo(&store, &upload.id, "u", 9).unwrap();
    assert!(!has_told(), "it is nobody's here either");
}

/// A withdrawal that the platform does not take holds back what is decided anew, until somebody has looked.
#[test]
fn a_withdrawal_that_is_refused_waits_for_a_person() {
    let (_directory, store) = store();
    let (ruth, other) = (known(&store, "Patient/7f"), known(&store, "Patient/8"));
    let upload = read(&store, 1, 3);
    assign(&store, &upload.id, &ruth, "a").unwrap();
    for second in [7, 8] {
        let parcel = take(&store, second);
        assert!(told(&store, &parcel, Outcome::Recorded, second));
    }
    undo(&store, &upload.id, "u", 9).unwrap();
    assign(&store, &upload.id, &other, "b").unwrap();
    let withdrawal = take(&store, 10);
    assert!(told(&store, &withdrawal, Outcome::Refused("422".into()), 11));
    assert_eq!(store.next_errand(jiff::Timestamp::MAX).unwrap(), Errand::Rest);
    // Undone once more: that was never sent, and the withdrawal of the first stays.
    undo(&store, &upload.id, "v", 12).unwrap();
    let [left] = store.undelivered().unwrap().try_into().unwrap();
    assert_eq!((left.key.0.as_str(), left.state), ("a withdrawal", DeliveryState::Refused("422".into())));
    assert!(store.release(by(13), &withdrawal.key, &"the server was repaired".into()).unwrap());
    // The attempt before ended three seconds ago; while one is under way nobody knows for how long nothing was sent.
    let mut again = take(&store, 14);
    let Content::Withdrawal(undone) = &mut again.content else { panic!("{again:?}") };
    assert_eq!(undone.quiet_for.take(), Some(SignedDuration::from_secs(3)));
    assert_eq!(again, Parcel { before: AttemptsBefore::CutOff, ..withdrawal });
}

/// A meter that was lost to somebody else at the platform is taken back, and cannot be undone once more; what is
/// assigned after something was undone loses its race as ever.
#[test]
fn a_lost_race_is_no_undoing() {
    let (_directory, store) = store();
    let ruth = known(&store, "Patient/7f");
    let upload = read(&store, 1, 3);
    assign(&store, &upload.id, &ruth, "a").unwrap();
    undo(&store, &upload.id, "u", 7).unwrap();
    assign(&store, &upload.id, &ruth, "b").unwrap();
    lose(&store, &take(&store, 8), 9);
    assert!(matches!(undo(&store, &upload.id, "v", 10), Err(StoreError::NotFound { .. })));
    let [waiting] = store.pending().unwrap().try_into().unwrap();
    assert_eq!(waiting.taken_back, Some(TakenBack::LostRace));
    assert_eq!(store.told(&upload.id).unwrap(), Some(DeliveryStanding::OwnedBy(PatientId("Patient/owner".into()))));
}

/// What is done to a clinic's meters: read so far, given to one of two people, undone.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Read(usize, u32),
    Assign(usize, usize),
    Undo(usize),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        (0..3_usize, 1..8_u32).prop_map(|(meter, count)| Deed::Read(meter, count)),
        (0..6_usize, 0..2_usize).prop_map(|(upload, who)| Deed::Assign(upload, who)),
        (0..6_usize).prop_map(Deed::Undo),
    ]
}

/// Of two meters with a number and one without. Whatever of it works, each reading is in one record, or waits, or is
/// kept out by an equal one that is in the record.
fn play(deeds: &[Deed]) -> (TempDir, Store, [PatientId; 2], Vec<UploadId>) {
    let (directory, store) = store();
    let people = [known(&store, "Patient/7f"), known(&store, "Patient/8")];
    let connection = database(directory.path());
    let count = |what: &str| connection.query_row(what, (), |row| row.get::<_, i64>(0)).unwrap();
    let mut uploads: Vec<UploadId> = Vec::new();
    for (number, deed) in (0..).zip(deeds) {
        match *deed {
            Deed::Read(meter, results) => {
                let of = (0..results).map(|place| blood(place, i64::from(place) * 11, 80 + place)).collect();
                let serial = ["000-1", "000-2", ""][meter];
                let upload = store.quarantine(by(number), &download(serial, of)).unwrap();
                uploads.retain(|known| *known != upload.id);
                uploads.push(upload.id);
            }
            Deed::Assign(upload, who) if upload < uploads.len() => {
                let (upload, who) = (&uploads[upload], &people[who]);
                store.begin_identity_check(by(number), upload, who).unwrap();
                let _ = store.assign(by(number), &for_person(&store, upload, who, &format!("a{number}")));
            }
            Deed::Undo(upload) if upload < uploads.len() => {
                let _ = undo(&store, &uploads[upload], &format!("u{number}"), number);
            }
            Deed::Assign(..) | Deed::Undo(_) => {}
        }
        let lost = "SELECT count(*) FROM readings r WHERE NOT EXISTS (SELECT 1 FROM records x WHERE x.reading = r.id)
            AND NOT EXISTS (SELECT 1 FROM kept_out q JOIN records x ON x.reading = q.same_as WHERE q.reading = r.id)
            AND NOT EXISTS (SELECT 1 FROM uploads u WHERE u.meter = r.meter AND u.state = 'pending')";
        assert_eq!(count(lost), 0, "{deeds:?}");
        let of_others = "SELECT count(*) FROM records x JOIN readings r ON r.id = x.reading
            JOIN ownerships o ON o.meter = r.meter AND o.closed_at IS NULL WHERE o.subject <> x.subject";
        assert_eq!(count(of_others), 0, "{deeds:?}");
        let ownerless = "SELECT count(*) FROM records x JOIN readings r ON r.id = x.reading
            JOIN meters m ON m.id = r.meter WHERE m.identifiable AND NOT EXISTS
                (SELECT 1 FROM ownerships o WHERE o.meter = r.meter AND o.closed_at IS NULL)";
        assert_eq!(count(ownerless), 0, "{deeds:?}");
        let sent_and_left = "SELECT count(*) FROM outbox o JOIN assignments u ON u.supersedes = o.assignment
            WHERE o.kind <> 'withdrawal' AND o.state IN ('queued', 'refused')";
        assert_eq!(count(sent_and_left), 0, "{deeds:?}");
    }
    (directory, store, people, uploads)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn in_whatever_order_it_is_done_no_reading_is_lost_or_in_two_records(
        deeds in proptest::collection::vec(deed(), 1..24)
    ) {
        let (_directory, store, people, uploads) = play(&deeds);
        // Undone from the last to the first, nobody has anything.
        for round in 0..uploads.len() {
            for upload in uploads.iter().rev() {
                let _ = undo(&store, upload, &format!("end {round} {}", upload.0), 500);
            }
        }
        for who in &people {
            prop_assert_eq!(store.record(who, Span::ALL).unwrap().totals.readings, 0);
        }
        let is_whole = matches!(store.verify_audit().unwrap(), ChainCheck::Whole { .. });
        prop_assert!(is_whole);
    }
}

/// Of what the platform was told, or may have been, nothing is undone where nothing is withdrawn there. What was never
/// sent is.
#[rstest]
#[case::never_sent(false)]
#[case::perhaps_sent(true)]
fn what_the_platform_may_have_stays_where_nothing_is_withdrawn(#[case] is_taken: bool) {
    let (_directory, store) = store();
    let ruth = known(&store, "Patient/7f");
    let upload = read(&store, 1, 3);
    assign(&store, &upload.id, &ruth, "a").unwrap();
    let offer = |withdrawals| store.undo_offer(by(9), Role::Clinician, &upload.id, withdrawals);
    let seen = offer(Withdrawals::Refused).unwrap().seen();
    if is_taken {
        take(&store, 7);
    }
    let key = IdempotencyKey("u".to_owned());
    let request = UndoRequest { upload: upload.id.clone(), key, seen, reason: Some("the wrong row".into()) };
    let undone = store.undo(by(9), Role::Clinician, &request, Withdrawals::Refused);
    let kinds: Vec<ItemKind> = items(&store, "a").into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, [ItemKind::Ownership, ItemKind::Readings], "nothing is withdrawn");
    if is_taken {
        assert!(matches!(undone, Err(StoreError::ToldThere)), "{undone:?}");
        assert!(matches!(offer(Withdrawals::Refused), Err(StoreError::ToldThere)));
        assert!(offer(Withdrawals::Sent).unwrap().is_at_platform);
    } else {
        assert_eq!(undone.unwrap().readings, 3);
    }
}

/// The meter stays theirs by an earlier assignment. What somebody took out of their record comes back only if somebody
/// says who the person is, read anew or not.
#[rstest]
#[case::the_same_upload(None)]
#[case::read_anew(Some(5))]
fn what_was_undone_is_not_added_to_the_owner_unasked(#[case] read_anew: Option<u32>) {
    let (_directory, store) = store();
    let rita = create(&store, &person("Right", "Rita", "1961-07-14", "M1")).id;
    let first = read(&store, 1, 2);
    store.assign(by(2), &assignment(&store, &first.id, &rita, "a")).unwrap();
    let second = read(&store, 3, 4);
    let owners = |upload: &Upload, key: &str| {
        let proof = Proof::Owner;
        store.assign(by(9), &Assignment { proof, ..assignment(&store, &upload.id, &rita, key) })
    };
    owners(&second, "b").unwrap();
    undo(&store, &second.id, "u", 4).unwrap();
    let waits = read_anew.map_or_else(|| store.upload(&second.id).unwrap(), |count| read(&store, 6, count));
    assert_eq!((&waits.owner, waits.taken_back), (&store.upload(&waits.id).unwrap().owner, Some(TakenBack::Undone)));
    let refused = owners(&waits, "c");
    assert!(matches!(refused, Err(StoreError::IdentityNotProved)), "{refused:?}");
    assert_eq!(record(&store, &rita).len(), 2);
    store.assign(by(9), &assignment(&store, &waits.id, &rita, "d")).unwrap();
    let third = read(&store, 10, 6);
    owners(&third, "e").unwrap();
    assert_eq!(record(&store, &rita).len(), 6, "and then as ever");
}
