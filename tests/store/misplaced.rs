//! What was sent into another's record while two were merged at the platform: it is seen once they are apart, and
//! nothing that comes later for the meter is sent before a person has seen to it.

use glucodock::domain::association::{Assignment, IdempotencyKey, Proof, Upload};
use glucodock::domain::delivery::{
    DeliveryStanding, DeliveryState, Errand, Jitter, LEASE, Outcome, Parcel, WaitsBecause,
};
use glucodock::domain::patient::PatientId;
use glucodock::store::{Store, StoreError};

use super::directory::{assign, known, memory, read, ruth, take};
use super::support::{assignment, at, by, database, record, store};

fn deliver(store: &Store, record: &PatientId, outcome: Outcome, second: i64) {
    let parcel = take(store, second);
    assert!(store.note_record(&parcel.key, record, at(second)).unwrap());
    assert!(store.note_delivery(&parcel.key, outcome, at(second), Jitter(0)).unwrap());
}

fn append(store: &Store, upload: &Upload, patient: &PatientId, key: &str, second: i64) {
    let own = Assignment { proof: Proof::Owner, ..assignment(store, &upload.id, patient, key) };
    store.assign(by(second), &own).unwrap();
}

fn states(store: &Store) -> Vec<(String, DeliveryState)> {
    store.undelivered().unwrap().into_iter().map(|item| (item.key.0, item.state)).collect()
}

/// Three readings are at the platform in the record of the one, and two more in that of the other.
fn sent_while_they_were_one(store: &Store) -> (PatientId, PatientId, Upload) {
    let (former, now) = (known(store, "Patient/a"), known(store, "Patient/b"));
    let first = read(store, 1, 3);
    assign(store, &first.id, &former, "a").unwrap();
    deliver(store, &former, Outcome::Recorded, 7);
    deliver(store, &former, Outcome::Recorded, 7);
    store.note_directory(by(8), &former, &ruth("Patient/b")).unwrap();
    let second = read(store, 9, 5);
    append(store, &second, &now, "b", 10);
    deliver(store, &now, Outcome::Recorded, 11);
    assert_eq!(states(store), []);
    (former, now, second)
}

#[test]
fn it_is_seen_once_they_are_apart_and_holds_up_what_comes_later() {
    let (_directory, store) = store();
    let (former, now, second) = sent_while_they_were_one(&store);
    store.note_directory(by(12), &former, &ruth("Patient/a")).unwrap();
    assert_eq!(states(&store), [("b readings".to_owned(), DeliveryState::Misplaced(now.clone()))]);
    let because = |upload: &Upload| match store.told(&upload.id).unwrap() {
        Some(DeliveryStanding::Waits { because, .. }) => because,
        other => panic!("{other:?}"),
    };
    assert_eq!(because(&second), WaitsBecause::Misplaced);
    let [item] = store.work_list().unwrap().undelivered.try_into().unwrap();
    assert_eq!((&item.patient.id, item.readings, item.because.needs_a_person()), (&former, 2, true));
    assert_eq!(item.in_record_of.unwrap().id, now);
    assert_eq!(store.readings_of_others_at(&now).unwrap(), memory(5)[3..]);
    assert_eq!(store.readings_of_others_at(&former).unwrap(), []);
    assert_eq!((record(&store, &former).len(), record(&store, &now).len()), (5, 0));
    let trail = store.audit_trail().unwrap();
    let said = trail.iter().rfind(|line| line.action == "record-merged").unwrap();
    assert_eq!(said.detail, "on its own again, 1 items in the record of another at the platform");

    // The meter comes again: what is decided is kept here and waits.
    let third = read(&store, 13, 6);
    append(&store, &third, &former, "c", 14);
    assert_eq!(store.next_errand(jiff::Timestamp::MAX).unwrap(), Errand::Rest);
    assert_eq!(because(&third), WaitsBecause::BehindMisplaced);

    // They are one again, so all is where it belongs; and apart again.
    store.note_directory(by(15), &former, &ruth("Patient/b")).unwrap();
    assert_eq!(states(&store).len(), 1);
    assert_eq!(store.readings_of_others_at(&now).unwrap(), []);
    store.note_directory(by(16), &former, &ruth("Patient/a")).unwrap();
    assert_eq!(states(&store).len(), 2);

    // Somebody has it put right there.
    assert!(store.release(by(17), &item.key, &"moved by the record office".into()).unwrap());
    assert!(!store.release(by(18), &item.key, &"again".into()).unwrap());
    let released = store.audit_trail().unwrap().into_iter().rfind(|line| line.action == "delivery-released").unwrap();
    assert_eq!(released.detail, "b readings: moved by the record office");
    assert_eq!(store.delivery(&item.key).unwrap().unwrap().state, DeliveryState::Delivered);
    assert_eq!(store.readings_of_others_at(&now).unwrap(), []);
    let parcel = take(&store, 19);
    assert_eq!((parcel.patient, parcel.key.0.as_str()), (former, "c readings"));
}

/// An attempt whose answer was lost may have arrived in the other's record: neither it nor what comes later is sent
/// before a person has looked there. Then it is, and where it was not yet, it is by then.
#[test]
fn what_may_have_arrived_in_the_record_of_the_other_waits_for_a_person() {
    let (_directory, store) = store();
    let (former, now) = (known(&store, "Patient/a"), known(&store, "Patient/b"));
    let first = read(&store, 1, 3);
    assign(&store, &first.id, &former, "a").unwrap();
    deliver(&store, &former, Outcome::Recorded, 7);
    let apart = |second| store.note_directory(by(second), &former, &ruth("Patient/a")).unwrap();
    let merged = |second| store.note_directory(by(second), &former, &ruth("Patient/b")).unwrap();
    merged(8);
    deliver(&store, &now, Outcome::unanswered("silent"), 9);
    apart(10);
    assert_eq!(states(&store), [("a readings".to_owned(), DeliveryState::Misplaced(now.clone()))]);
    let [item] = store.work_list().unwrap().undelivered.try_into().unwrap();
    assert_eq!((&item.because, item.is_misplaced()), (&WaitsBecause::PerhapsMisplaced, true));
    assert_eq!(item.in_record_of.unwrap().id, now);
    assert_eq!(store.readings_of_others_at(&now).unwrap(), memory(3));
    let said = store.audit_trail().unwrap().into_iter().rfind(|line| line.action == "record-merged").unwrap();
    assert_eq!(said.detail, "on its own again, 1 items perhaps in the record of another at the platform");
    assert_eq!(store.next_errand(jiff::Timestamp::MAX).unwrap(), Errand::Rest);

    // Somebody looked there, and it goes to whose it is; but the records become one before it does.
    assert!(store.release(by(11), &item.key, &"nothing was there".into()).unwrap());
    assert_eq!(store.readings_of_others_at(&now).unwrap(), []);
    merged(12);
    deliver(&store, &now, Outcome::put_off(None, "busy"), 13);
    apart(14);
    assert_eq!(states(&store), [("a readings".to_owned(), DeliveryState::Misplaced(now))]);
    assert!(store.release(by(15), &item.key, &"moved by the record office".into()).unwrap());
    deliver(&store, &former, Outcome::AlreadyThere, 16);
    assert_eq!(states(&store), []);
    let stranger = PatientId("Patient/x".into());
    assert!(store.note_record(&IdempotencyKey("a readings".into()), &former, at(17)).unwrap());
    assert!(matches!(
        store.note_record(&IdempotencyKey("a readings".into()), &stranger, at(17)),
        Err(StoreError::NotFound { .. })
    ));
}

/// What was sent while two records were one, and is still on its way when they are apart; with whose it is.
fn taken_apart_on_its_way(store: &Store) -> (PatientId, Parcel) {
    let (former, now) = (known(store, "Patient/a"), known(store, "Patient/b"));
    let first = read(store, 1, 3);
    assign(store, &first.id, &former, "a").unwrap();
    store.note_directory(by(7), &former, &ruth("Patient/b")).unwrap();
    let claim = take(store, 8);
    assert!(store.note_record(&claim.key, &now, at(8)).unwrap());
    store.note_directory(by(9), &former, &ruth("Patient/a")).unwrap();
    (former, claim)
}

/// The merger is taken back while a parcel is on its way: its answer counts, and says where it is.
#[test]
fn an_answer_that_comes_after_the_merger_was_taken_back_is_noted() {
    for (outcome, because, is_left) in [
        (Outcome::Recorded, WaitsBecause::Misplaced, true),
        (Outcome::unanswered("silent"), WaitsBecause::PerhapsMisplaced, true),
        (Outcome::LostRace(PatientId("Patient/owner".into())), WaitsBecause::NotSentYet, false),
    ] {
        let (_directory, store) = store();
        let (former, claim) = taken_apart_on_its_way(&store);
        assert!(!store.note_record(&claim.key, &former, at(9)).unwrap(), "nothing goes there meanwhile");
        assert!(store.note_delivery(&claim.key, outcome.clone(), at(10), Jitter(0)).unwrap());
        assert!(!store.note_delivery(&claim.key, outcome, at(10), Jitter(0)).unwrap(), "an answer that comes twice");
        let left = store.work_list().unwrap().undelivered;
        assert_eq!(left.first().map(|item| &item.because), is_left.then_some(&because));
        assert_eq!(store.next_errand(jiff::Timestamp::MAX).unwrap(), Errand::Rest);
    }
}

/// Whoever looks while it is on its way does not see yet what arrives: it can be put right once it has, or once nobody
/// can be carrying it any more.
#[test]
fn what_is_on_its_way_is_not_put_right_before_it_can_have_arrived() {
    for is_answered in [true, false] {
        let (_directory, store) = store();
        let (_, claim) = taken_apart_on_its_way(&store);
        assert!(!store.release(by(10), &claim.key, &"nothing is there".into()).unwrap());
        let later = if is_answered {
            assert!(store.note_delivery(&claim.key, Outcome::Recorded, at(11), Jitter(0)).unwrap());
            12
        } else {
            LEASE.as_secs() + 9
        };
        assert_eq!(store.work_list().unwrap().undelivered.len(), 2);
        assert!(store.release(by(later), &claim.key, &"moved".into()).unwrap());
    }
}

/// A delivery may last for hours, as long as the server answers: its lease is over long before.
#[test]
fn what_is_carried_longer_than_its_lease_is_not_put_right_before_the_end() {
    let (_directory, store) = store();
    let (_, claim) = taken_apart_on_its_way(&store);
    let carries = store.carrier().unwrap().unwrap();
    let long_after = LEASE.as_secs() * 60;
    assert!(!store.release(by(long_after), &claim.key, &"nothing is there".into()).unwrap());
    drop(carries);
    assert!(store.release(by(long_after), &claim.key, &"moved".into()).unwrap());
}

/// A claim that was made for the other holds up the readings behind it, too.
#[test]
fn a_claim_is_misplaced_as_readings_are() {
    let (_directory, store) = store();
    let (former, now) = (known(&store, "Patient/a"), known(&store, "Patient/b"));
    let first = read(&store, 1, 3);
    assign(&store, &first.id, &former, "a").unwrap();
    store.note_directory(by(8), &former, &ruth("Patient/b")).unwrap();
    deliver(&store, &now, Outcome::Recorded, 9);
    store.note_directory(by(10), &former, &ruth("Patient/a")).unwrap();
    assert_eq!(states(&store)[0], ("a ownership".to_owned(), DeliveryState::Misplaced(now)));
    assert_eq!(store.next_errand(jiff::Timestamp::MAX).unwrap(), Errand::Rest);
}

/// Nothing that is written of it is changed or lost.
#[test]
fn what_is_noted_of_it_stays() {
    let (directory, store) = store();
    let (former, ..) = sent_while_they_were_one(&store);
    store.note_directory(by(12), &former, &ruth("Patient/a")).unwrap();
    let key = store.undelivered().unwrap()[0].key.clone();
    store.release(by(13), &key, &"moved".into()).unwrap();
    drop(store);
    let connection = database(directory.path());
    for statement in [
        "UPDATE outbox_records SET subject = 1",
        "DELETE FROM outbox_records",
        "INSERT OR REPLACE INTO outbox_records SELECT * FROM outbox_records",
        "UPDATE outbox_put_right SET reason = 'x'",
        "DELETE FROM outbox_put_right",
        "INSERT OR REPLACE INTO outbox_put_right SELECT * FROM outbox_put_right",
    ] {
        assert!(connection.execute(statement, ()).is_err(), "{statement}");
    }
}
