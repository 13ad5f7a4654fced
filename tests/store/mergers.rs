//! Records that the directory merged, took apart again, retired or lost: what is here of them follows, and nothing of
//! what was decided is changed.

use glucodock::domain::association::{Assignment, AssignmentResult, Owner, Proof, Upload};
use glucodock::domain::delivery::{Errand, Jitter, Outcome, Parcel};
use glucodock::domain::identity_check::TypedAnswer;
use glucodock::domain::patient::{Patient, PatientId, Status};
use glucodock::domain::record::Span;
use glucodock::domain::taken_back::TakenBack;
use glucodock::domain::text::Private;
use glucodock::store::{Store, StoreError};

use super::directory::{assign, for_person, known, lose, memory, read, ruth, take};
use super::support::{assignment, at, by, download, record, store};

fn owner(store: &Store) -> PatientId {
    let [waiting] = store.pending().unwrap().try_into().unwrap();
    let Owner::Patient(owner) = waiting.owner else { panic!("{:?}", waiting.owner) };
    owner.id
}

fn recents(store: &Store) -> Vec<String> {
    store.recents("1").unwrap().into_iter().map(|patient| patient.id.0).collect()
}

fn found(store: &Store) -> Vec<String> {
    store.known_patients("1968", 20).unwrap().patients.into_iter().map(|patient| patient.id.0).collect()
}

/// The meter was one's, and its next reading waits, when the two become one.
#[test]
fn what_was_ones_is_shown_and_goes_on_under_the_other() {
    let (_directory, store) = store();
    let (former, now) = (known(&store, "Patient/a"), known(&store, "Patient/b"));
    for patient in [&now, &former] {
        store.remember(by(1), patient).unwrap();
    }
    let first = read(&store, 1, 3);
    assign(&store, &first.id, &former, "a").unwrap();
    let next = read(&store, 10, 5);
    assert_eq!((owner(&store), recents(&store)), (former.clone(), vec!["Patient/a".into(), "Patient/b".into()]));
    let mut as_owner = Assignment { proof: Proof::Owner, ..assignment(&store, &next.id, &now, "b") };
    assert!(matches!(store.assign(by(11), &as_owner), Err(StoreError::OwnedByAnother)));

    for _ in 0..2 {
        store.note_directory(by(12), &former, &ruth("Patient/b")).unwrap();
    }
    assert_eq!((owner(&store), recents(&store)), (now.clone(), vec!["Patient/b".into()]));
    assert_eq!(found(&store), ["Patient/b"]);
    assert_eq!(store.ownership(&next.meter).unwrap().owner, Some(now.clone()));
    as_owner.seen = store.upload(&next.id).unwrap().seen();
    assert_eq!(store.assign(by(13), &as_owner).unwrap(), AssignmentResult { new: 2, already_there: 3 });
    // Whoever looks for the one finds the other, with all there is.
    for patient in [&former, &now] {
        let record = store.record(patient, Span::ALL).unwrap();
        assert_eq!((record.patient.id, record.totals.readings, record.uploads.len()), (now.clone(), 5, 2));
        assert_eq!(record.readings.len(), 5);
    }
    // The same request again is the same, and what is there is not added again.
    assert_eq!(store.assign(by(14), &as_owner).unwrap(), AssignmentResult { new: 2, already_there: 3 });
    let again = read(&store, 15, 5);
    let again = Assignment { proof: Proof::Owner, ..assignment(&store, &again.id, &former, "c") };
    assert_eq!(store.assign(by(16), &again).unwrap(), AssignmentResult { new: 0, already_there: 5 });
    let merged = store.audit_trail().unwrap().into_iter().filter(|line| line.action == "record-merged");
    assert_eq!(
        merged.map(|line| (line.patient, line.detail)).collect::<Vec<_>>(),
        [("Patient/a".to_owned(), "merged into Patient/b".to_owned())]
    );
}

/// Whose meter has three readings, and into whose record theirs is merged then; and the upload.
fn owned_and_merged(store: &Store) -> (PatientId, PatientId, Upload) {
    let (former, now) = (known(store, "Patient/a"), known(store, "Patient/b"));
    let first = read(store, 1, 3);
    assign(store, &first.id, &former, "a").unwrap();
    store.note_directory(by(2), &former, &ruth("Patient/b")).unwrap();
    (former, now, first)
}

/// It was a mistake, and each has their own again: with what was assigned to each while they were one.
#[test]
fn a_merger_that_is_taken_back_gives_each_their_own() {
    let (_directory, store) = store();
    let (former, now, first) = owned_and_merged(&store);
    let other = store.quarantine(by(3), &download("000-2", memory(4))).unwrap();
    assign(&store, &other.id, &now, "b").unwrap();
    assert_eq!(record(&store, &now).len(), 7);
    store.note_directory(by(4), &former, &ruth("Patient/a")).unwrap();
    assert_eq!((record(&store, &former).len(), record(&store, &now).len()), (3, 4));
    assert_eq!(store.ownership(&first.meter).unwrap().owner, Some(former.clone()));
    assert_eq!(store.ownership(&other.meter).unwrap().owner, Some(now.clone()));
    // The other way round, and over a third.
    let third = known(&store, "Patient/c");
    store.note_directory(by(5), &now, &ruth("Patient/a")).unwrap();
    store.note_directory(by(6), &former, &ruth("Patient/c")).unwrap();
    for patient in [&former, &now, &third] {
        assert_eq!(store.record(patient, Span::ALL).unwrap().patient.id, third);
        assert_eq!(record(&store, patient).len(), 7);
    }
    // The directory turns it round: whoever it shows has their own, and takes the other's place.
    store.note_directory(by(7), &third, &ruth("Patient/b")).unwrap();
    assert_eq!(store.record(&third, Span::ALL).unwrap().patient.id, now);
    assert_eq!(record(&store, &now).len(), 7);
}

/// Records that are one for a while: what is written down meanwhile is of the person who was confirmed, or whose the
/// meter is.
#[test]
fn what_comes_while_records_are_one_goes_back_to_whose_it_is() {
    let (_directory, store) = store();
    let (former, now, _) = owned_and_merged(&store);

    // Their own meter comes again, by either key and by either proof.
    let second = read(&store, 3, 5);
    let as_owner = Assignment { proof: Proof::Owner, ..assignment(&store, &second.id, &now, "b") };
    store.assign(by(4), &as_owner).unwrap();
    let third = read(&store, 5, 6);
    store.begin_identity_check(by(6), &third.id, &now).unwrap();
    store.assign(by(7), &for_person(&store, &third.id, &now, "c")).unwrap();
    // A new meter, for whom somebody had in hand before they heard of it: what is typed is the record's that is there.
    let nobodys = store.quarantine(by(8), &download("000-2", memory(4))).unwrap();
    let for_former = Assignment { patient: former.clone(), ..for_person(&store, &nobodys.id, &now, "d") };
    store.assign(by(9), &for_former).unwrap();
    // And one for whoever took the place.
    let others = store.quarantine(by(10), &download("000-3", memory(2))).unwrap();
    assign(&store, &others.id, &now, "e").unwrap();
    store.remember(by(11), &former).unwrap();
    assert_eq!((record(&store, &now).len(), recents(&store)), (12, vec!["Patient/b".to_owned()]));
    // The trail says who was confirmed, and for whom it was written where that is another.
    let trail = store.audit_trail().unwrap();
    let assigned = trail.iter().filter(|line| line.action == "assigned").skip(1);
    let said: Vec<(&str, &str)> = assigned.map(|line| (line.patient.as_str(), line.detail.as_str())).collect();
    assert_eq!(
        said,
        [
            ("Patient/b", "new 2, already there 3, written for Patient/a"),
            ("Patient/b", "new 1, already there 5, written for Patient/a"),
            ("Patient/a", "new 4, already there 0"),
            ("Patient/b", "new 2, already there 0"),
        ]
    );

    store.note_directory(by(12), &former, &ruth("Patient/a")).unwrap();
    assert_eq!((record(&store, &former).len(), record(&store, &now).len()), (10, 2));
    assert_eq!(recents(&store), ["Patient/a"]);
    for (upload, owner) in [(&third, &former), (&nobodys, &former), (&others, &now)] {
        assert_eq!(store.ownership(&upload.meter).unwrap().owner.as_ref(), Some(owner));
        assert_eq!(store.upload(&upload.id).unwrap().record.unwrap().id, *owner);
    }
    // What is sent from here goes to the same.
    let sent = std::iter::from_fn(|| match store.next_errand(at(13)).unwrap() {
        Errand::Deliver(parcel) => {
            assert!(store.note_delivery(&parcel.key, Outcome::Recorded, at(13), Jitter(0)).unwrap());
            Some(parcel.patient.0)
        }
        _ => None,
    });
    let sent: Vec<_> = sent.collect();
    assert_eq!(sent.iter().filter(|patient| **patient == former.0).count(), sent.len() - 2, "{sent:?}");
}

/// The same request comes again after the records were taken apart: what was done for the one is the other's now.
#[test]
fn a_request_that_is_repeated_after_a_merger_was_taken_back_is_told_whose_it_is() {
    let (_directory, store) = store();
    let (former, now, _) = owned_and_merged(&store);
    let second = read(&store, 3, 5);
    let request = Assignment { proof: Proof::Owner, ..assignment(&store, &second.id, &now, "b") };
    let done = store.assign(by(4), &request).unwrap();
    assert_eq!(store.assign(by(4), &request).unwrap(), done);
    store.note_directory(by(5), &former, &ruth("Patient/a")).unwrap();
    assert!(matches!(store.assign(by(6), &request), Err(StoreError::OwnedByAnother)));
    let of_the_owner = Assignment { patient: former.clone(), ..request.clone() };
    assert_eq!(store.assign(by(7), &of_the_owner).unwrap(), done);
    // Of somebody whose record was never one with it the key is another request's.
    let stranger = known(&store, "Patient/c");
    let reused = store.assign(by(8), &Assignment { patient: stranger, ..request });
    assert!(matches!(reused, Err(StoreError::KeyReused)));
}

/// The record that took the place can be another person's: nothing is added to it before somebody says who that is.
#[test]
fn the_first_readings_for_who_took_the_place_are_typed_where_that_can_be_somebody_else() {
    let (_directory, store) = store();
    let former = known(&store, "Patient/a");
    let other = Patient {
        family: Private::new("Okafor".into()),
        given: Private::new("Chidi".into()),
        born: Private::new(jiff::civil::date(1971, 5, 2)),
        ..ruth("Patient/b")
    };
    store.know(&other).unwrap();
    let now = other.id.clone();
    let first = read(&store, 1, 3);
    assign(&store, &first.id, &former, "a").unwrap();
    store.note_directory(by(10), &former, &other).unwrap();
    let upload = read(&store, 11, 5);
    let appended = |key, second| {
        let [upload] = store.pending().unwrap().try_into().unwrap();
        store.assign(by(second), &Assignment { proof: Proof::Owner, ..assignment(&store, &upload.id, &now, key) })
    };
    assert!(matches!(appended("b", 12), Err(StoreError::IdentityNotProved)));
    store.begin_identity_check(by(13), &upload.id, &now).unwrap();
    let former_s = for_person(&store, &upload.id, &former, "c");
    let refused = store.assign(by(14), &Assignment { patient: now.clone(), ..former_s });
    assert!(matches!(refused, Err(StoreError::IdentityNotProved)), "what the former one would type");
    let number = Private::new("HPatient-b".into());
    let typed = TypedAnswer { who: number, born: Private::new("1971".into()) };
    let typed = Assignment { proof: Proof::Typed(typed), ..assignment(&store, &upload.id, &now, "d") };
    assert_eq!(store.assign(by(15), &typed).unwrap(), AssignmentResult { new: 2, already_there: 3 });
    // From then on it is known.
    read(&store, 16, 6);
    assert_eq!(appended("e", 17).unwrap(), AssignmentResult { new: 1, already_there: 5 });
    // Apart again, each has what was proved to be theirs.
    store.note_directory(by(18), &former, &ruth("Patient/a")).unwrap();
    assert_eq!((record(&store, &former).len(), record(&store, &now).len()), (3, 3));
    // Merged anew, it is asked anew.
    store.note_directory(by(19), &former, &other).unwrap();
    read(&store, 20, 7);
    assert!(matches!(appended("f", 21), Err(StoreError::IdentityNotProved)));
}

/// The claim for the one is under way when the two become one, and the meter's next readings are the other's.
fn claimed_and_merged(store: &Store) -> (PatientId, PatientId, Parcel) {
    let (former, now) = (known(store, "Patient/a"), known(store, "Patient/b"));
    let first = read(store, 1, 3);
    assign(store, &first.id, &former, "a").unwrap();
    let claim = take(store, 7);
    store.note_directory(by(8), &former, &ruth("Patient/b")).unwrap();
    let next = read(store, 9, 5);
    let owner = Assignment { proof: Proof::Owner, ..assignment(store, &next.id, &now, "b") };
    store.assign(by(10), &owner).unwrap();
    (former, now, claim)
}

/// The meter was given away at the platform: what was claimed for the one, and added for the other, comes back.
#[test]
fn a_lost_race_takes_back_what_was_added_for_who_took_the_place() {
    let (_directory, store) = store();
    let (_, now, claim) = claimed_and_merged(&store);
    lose(&store, &claim, 11);
    assert_eq!((record(&store, &now).len(), store.undelivered().unwrap()), (0, vec![]));
    let [waiting] = store.pending().unwrap().try_into().unwrap();
    assert_eq!((waiting.owner, waiting.taken_back), (Owner::Nobody, Some(TakenBack::LostRace)));
}

/// Wrong answers count for the person, under whatever key they were asked.
#[test]
fn wrong_answers_are_not_forgotten_when_records_become_one() {
    let (_directory, store) = store();
    let (former, now) = (known(&store, "Patient/a"), known(&store, "Patient/b"));
    let upload = read(&store, 1, 3);
    store.begin_identity_check(by(2), &upload.id, &former).unwrap();
    for second in 3..6 {
        store.note_mismatch(by(second), &upload.id, &former).unwrap();
    }
    let before = store.note_mismatch(by(6), &upload.id, &former).unwrap();
    store.note_directory(by(7), &former, &ruth("Patient/b")).unwrap();
    assert_eq!(store.begin_identity_check(by(8), &upload.id, &now).unwrap().standing, before);
    assert!(store.assign(by(9), &for_person(&store, &upload.id, &now, "a")).is_err());
}

/// And for nobody else's, once each has their own record again.
#[test]
fn wrong_answers_stay_with_whom_they_were_asked_of() {
    let (_directory, store) = store();
    let (former, now) = (known(&store, "Patient/a"), known(&store, "Patient/b"));
    let upload = read(&store, 1, 3);
    store.note_directory(by(2), &former, &ruth("Patient/b")).unwrap();
    store.note_mismatch(by(3), &upload.id, &former).unwrap();
    let blocked = store.note_mismatch(by(4), &upload.id, &former).unwrap();
    store.note_directory(by(6), &former, &ruth("Patient/a")).unwrap();
    assert_eq!(store.begin_identity_check(by(7), &upload.id, &former).unwrap().standing, blocked);
    assert_ne!(store.begin_identity_check(by(8), &upload.id, &now).unwrap().standing, blocked);
}

/// While the directory cannot be asked, nothing is assigned to whom it has retired or lost.
#[test]
fn whom_the_directory_retired_or_lost_gets_nothing_while_it_does_not_answer() {
    let (_directory, store) = store();
    let patient = known(&store, "Patient/a");
    let upload = read(&store, 1, 3);
    let assigned = || assign(&store, &upload.id, &patient, "a");
    let retired = Patient { status: Status::Inactive, ..ruth("Patient/a") };
    store.note_directory(by(2), &patient, &retired).unwrap();
    assert!(matches!(assigned(), Err(StoreError::NotActive)));
    store.note_directory(by(3), &patient, &ruth("Patient/a")).unwrap();
    store.note_gone(at(4), &patient).unwrap();
    assert!(matches!(assigned(), Err(StoreError::NotActive)));
    // Of a stranger nothing is kept.
    store.note_directory(by(4), &PatientId("Patient/x".into()), &ruth("Patient/y")).unwrap();
    store.note_gone(at(5), &PatientId("Patient/x".into())).unwrap();
    assert_eq!(found(&store), ["Patient/a"]);
    store.note_directory(by(5), &patient, &ruth("Patient/a")).unwrap();
    assert_eq!(assigned().unwrap(), AssignmentResult { new: 3, already_there: 0 });
}

/// Whoever took another's place has what was theirs: nobody else takes that place under the same key.
#[test]
fn another_person_does_not_take_over_what_came_by_a_merger() {
    let (_directory, store) = store();
    let (_, now, _) = owned_and_merged(&store);
    let stranger = Patient {
        family: Private::new("Stranger".into()),
        given: Private::new("Noah".into()),
        born: Private::new(jiff::civil::date(1933, 1, 1)),
        identifiers: vec![],
        ..ruth("Patient/b")
    };
    for refused in [store.know(&stranger), store.note_directory(by(3), &now, &stranger)] {
        assert!(matches!(refused, Err(StoreError::AnotherPerson)));
    }
    assert_eq!(store.known_patient(&now).unwrap().unwrap().family, ruth("Patient/b").family);
}

/// A screen may show for long what somebody was: only an answer of the directory says that it is so again.
#[test]
fn what_a_screen_still_shows_takes_nothing_back() {
    let (_directory, store) = store();
    let (former, now) = (known(&store, "Patient/a"), known(&store, "Patient/b"));
    store.note_directory(by(2), &former, &ruth("Patient/b")).unwrap();
    store.note_directory(by(2), &now, &Patient { status: Status::Inactive, ..ruth("Patient/b") }).unwrap();
    for shown in ["Patient/a", "Patient/b"] {
        store.know(&ruth(shown)).unwrap();
    }
    let record = store.record(&former, Span::ALL).unwrap();
    assert_eq!((record.patient.id, record.patient.status), (now.clone(), Status::Inactive));
    store.note_directory(by(3), &now, &ruth("Patient/b")).unwrap();
    assert_eq!(store.record(&now, Span::ALL).unwrap().patient.status, Status::Active);
}

/// What stands behind a claim in its line is never sent if that lost its race: whoever it was given to since.
#[test]
fn a_lost_race_takes_back_what_was_given_to_another_meanwhile() {
    let (_directory, store) = store();
    let (former, now, claim) = claimed_and_merged(&store);
    store.note_directory(by(11), &former, &ruth("Patient/a")).unwrap();
    lose(&store, &claim, 12);
    assert_eq!((record(&store, &now).len(), record(&store, &former).len()), (0, 0));
    assert_eq!(store.undelivered().unwrap(), vec![]);
    let [waiting] = store.pending().unwrap().try_into().unwrap();
    assert_eq!((waiting.owner, waiting.taken_back), (Owner::Nobody, Some(TakenBack::LostRace)));
}

/// The directory is asked twice, and the first answer comes last.
#[test]
fn a_late_answer_does_not_take_back_what_was_heard_since() {
    let (_directory, store) = store();
    let (former, now) = (known(&store, "Patient/a"), known(&store, "Patient/b"));
    let present = || store.record(&former, Span::ALL).unwrap().patient;
    let [own, merged] = ["Patient/a", "Patient/b"].map(ruth);
    store.note_directory(by(10), &former, &merged).unwrap();
    store.note_directory(by(20), &former, &own).unwrap();
    store.note_directory(by(15), &former, &merged).unwrap();
    assert_eq!(present().id, former);
    // Also where the later answer said nothing new.
    store.note_directory(by(30), &former, &own).unwrap();
    store.note_directory(by(25), &former, &merged).unwrap();
    assert_eq!(present().id, former);
    store.note_directory(by(31), &former, &merged).unwrap();
    assert_eq!(present().id, now);
    // And of who took the place.
    store.note_directory(by(40), &now, &Patient { status: Status::Inactive, ..merged.clone() }).unwrap();
    store.note_directory(by(35), &former, &merged).unwrap();
    assert_eq!(present().status, Status::Inactive);
    store.note_directory(by(50), &now, &merged).unwrap();
    store.note_gone(at(45), &now).unwrap();
    assert_eq!(present().status, Status::Active);
    // Also where nobody is there for the second time: what was asked before comes too late.
    store.note_gone(at(60), &now).unwrap();
    store.note_gone(at(70), &now).unwrap();
    store.note_directory(by(65), &now, &merged).unwrap();
    assert_eq!(present().status, Status::Inactive);
    store.note_directory(by(80), &now, &merged).unwrap();
    assert_eq!(present().status, Status::Active);
    // A clock that was set back by a day ends nothing.
    store.note_directory(by(50 - 86_400), &former, &own).unwrap();
    assert_eq!(present().id, former);
}
