//! Two terminals, two processes: of two writes that exclude each other, exactly one happens.

use std::sync::Barrier;

use glucodock::domain::association::{Assignment, AssignmentResult, IdempotencyKey, Proof};
use glucodock::domain::patient::PatientId;
use glucodock::store::{ChainCheck, Store, StoreError};

use super::support::{assignment, blood, by, create, download, person, record, store};

/// Runs both at the same moment, each on its own connections to the same file.
fn both<T: Send>(directory: &std::path::Path, work: impl Fn(&Store, usize) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(2);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2)
            .map(|number| {
                let (start, work) = (&start, &work);
                scope.spawn(move || {
                    let store = Store::open(directory).unwrap();
                    start.wait();
                    work(&store, number)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn of_two_assignments_of_one_meter_one_wins_and_the_other_changes_nothing() {
    for round in 0..10 {
        let (directory, store) = store();
        let people = [
            create(&store, &person("First", "Anna", "1961-07-14", "M1")),
            create(&store, &person("Second", "Berta", "1972-07-14", "M2")),
        ];
        let upload = store.quarantine(by(1), &download("000-1", vec![blood(0, 5, 103), blood(1, 6, 99)])).unwrap();
        let results = both(directory.path(), |store, number| {
            store.assign(by(2), &assignment(store, &upload.id, &people[number].id, &format!("{round} {number}")))
        });
        let winner = results.iter().position(Result::is_ok).expect("somebody wins");
        assert!(matches!(results[1 - winner], Err(StoreError::OwnedByAnother)));
        assert_eq!(record(&store, &people[winner].id).len(), 2);
        assert_eq!(record(&store, &people[1 - winner].id).len(), 0);
        assert!(matches!(store.verify_audit().unwrap(), ChainCheck::Whole { lines: 4, .. }));
    }
}

#[test]
fn of_two_people_with_one_mrn_exactly_one_is_created() {
    let (directory, store) = store();
    for round in 0..10 {
        let results = both(directory.path(), |store, number| {
            let new = person(["Weber", "Wagner"][number], "Karl", &format!("195{round}-01-01"), &format!("M-{round}"));
            store.create_patient(by(0), &new, &IdempotencyKey(format!("{round} {number}")))
        });
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        assert_eq!(results.iter().filter(|r| matches!(r, Err(StoreError::IdentifierTaken))).count(), 1);
    }
    assert_eq!(store.search("m", None, 100).unwrap().patients.len(), 10);
}

#[test]
fn one_request_sent_twice_at_once_is_done_once() {
    let (directory, store) = store();
    let created = both(directory.path(), |store, _| {
        let new = person("Weber", "Karl", "1950-01-01", "M1");
        store.create_patient(by(0), &new, &IdempotencyKey("one".into())).unwrap().id
    });
    assert_eq!(created[0], created[1]);
    let upload = store.quarantine(by(1), &download("000-1", vec![blood(0, 5, 103)])).unwrap();
    let results = both(directory.path(), |store, _| {
        store.assign(by(2), &assignment(store, &upload.id, &created[0], "two")).unwrap()
    });
    assert_eq!(results, [AssignmentResult { new: 1, already_there: 0 }; 2]);
    assert_eq!(record(&store, &created[0]).len(), 1);
}

#[test]
fn a_meter_read_on_two_terminals_at_once_waits_once() {
    let (directory, store) = store();
    let ids = both(directory.path(), |store, number| {
        let shared = vec![blood(0, 5, 103), blood(1, 6 + i64::try_from(number).unwrap(), 99)];
        store.quarantine(by(1), &download("000-1", shared)).unwrap().id
    });
    assert_eq!(ids[0], ids[1]);
    let pending = store.pending().unwrap();
    assert_eq!(pending.len(), 1);
    assert_eq!((pending[0].counts.blood, pending[0].new_readings), (3, 3));
}

/// The other station was faster: what it gave to the owner is read once more. It waits, says that it adds nothing, is
/// refused to others, and is closed by going on with it for the owner.
#[test]
fn what_another_station_has_assigned_already_waits_as_nothing_new() {
    let (directory, store) = store();
    let [anna, berta] = [("Example", "Anna", "M-1"), ("Other", "Berta", "M-2")]
        .map(|(family, given, mrn)| create(&store, &person(family, given, "1950-01-01", mrn)).id);
    let readings = || download("000-1", vec![blood(0, 5, 103), blood(1, 6, 99)]);
    let first = store.quarantine(by(1), &readings()).unwrap();
    assert!(!first.adds_nothing(), "nobody has the meter");
    let other_station = Store::open(directory.path()).unwrap();
    other_station.assign(by(2), &assignment(&other_station, &first.id, &anna, "faster")).unwrap();
    let late = |to: &PatientId, key: &str| store.assign(by(3), &assignment(&store, &first.id, to, key));
    assert!(matches!(late(&berta, "late"), Err(StoreError::OwnedByAnother)));
    assert_eq!(late(&anna, "same").unwrap(), AssignmentResult { new: 0, already_there: 2 });
    assert!(store.pending().unwrap().is_empty());

    let again = store.quarantine(by(4), &readings()).unwrap();
    assert!(again.adds_nothing() && store.pending().unwrap()[0].adds_nothing());
    let owned = |to: &PatientId, key: &str| {
        let assignment = Assignment { proof: Proof::Owner, ..assignment(&store, &again.id, to, key) };
        store.assign(by(5), &assignment)
    };
    assert!(matches!(owned(&berta, "no"), Err(StoreError::OwnedByAnother)));
    assert_eq!(store.pending().unwrap().len(), 1, "it waits");
    assert_eq!(owned(&anna, "closed").unwrap(), AssignmentResult { new: 0, already_there: 2 });
    assert!(store.pending().unwrap().is_empty());
    assert_eq!((record(&store, &anna).len(), record(&store, &berta).len()), (2, 0));

    let more = download("000-1", vec![blood(0, 5, 103), blood(2, 7, 88)]);
    assert!(!store.quarantine(by(6), &more).unwrap().adds_nothing());
    let empty = store.quarantine(by(7), &download("000-2", vec![])).unwrap();
    assert!(!empty.adds_nothing());
}

#[test]
fn two_processes_may_make_the_store_at_the_same_moment() {
    for _ in 0..5 {
        let directory = tempfile::tempdir().unwrap();
        both(directory.path(), |store, number| {
            create(store, &person("Weber", "Karl", &format!("195{number}-01-01"), &format!("M{number}")));
        });
        assert_eq!(Store::open(directory.path()).unwrap().search("weber", None, 9).unwrap().patients.len(), 2);
    }
}
