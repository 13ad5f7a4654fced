use std::sync::mpsc;
use std::time::Duration;

use super::*;
use crate::domain::delivery::{Errand, Jitter, Outcome};
use crate::domain::download::{Completeness, Download};
use crate::domain::glucose::{Concentration, Measured};
use crate::domain::meter::MeterIdentity;
use crate::domain::patient::PatientId;
use crate::domain::reading::{Kind, Reading};
use crate::domain::text::Private;

/// The write holds its transaction until the search has answered, which it could not if it waited.
#[test]
fn a_search_does_not_wait_for_a_write() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let (ask, asked) = mpsc::channel();
    let (answer, answered) = mpsc::channel();
    std::thread::scope(|scope| {
        let store = &store;
        scope.spawn(move || {
            asked.recv().unwrap();
            answer.send(store.search("web", None, 9).is_ok()).unwrap();
        });
        let answered = store.write(|transaction| {
            transaction.execute("INSERT INTO recents (user, subject, used) SELECT '1', 1, 1 WHERE 0", ())?;
            ask.send(()).unwrap();
            Ok(answered.recv_timeout(Duration::from_secs(20)))
        });
        assert_eq!(answered.unwrap(), Ok(true));
    });
}

/// A meter with so many readings that they need new pages of the file.
pub(super) fn download() -> Download {
    let meter = MeterIdentity {
        manufacturer: "Roche".into(),
        model: "Accu-Chek Guide".into(),
        model_number: None,
        serial: Private::new("000-1".into()),
        system_id: None,
        firmware: None,
        driver: "accu-chek-usb".into(),
    };
    let reading = |index: u32| Reading {
        corrected_from: None,
        index,
        time: None,
        measured: Measured::Value(Concentration::mg_per_dl(index)),
        kind: Kind::Blood,
        meal: None,
        doubts: vec![],
        raw: std::collections::BTreeMap::new(),
    };
    Download {
        meter,
        clock: None,
        announced: None,
        completeness: Completeness::Complete,
        readings: (0..720).map(reading).collect(),
        not_taken: Vec::new(),
        warnings: vec![],
        transcript: vec![],
    }
}

pub(super) const BY: By<'static> = By::command("1", Timestamp::UNIX_EPOCH);

#[test]
fn a_full_disk_is_told_and_leaves_nothing_half_done() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let limit = |pages: i64| {
        let writer = store.writer.lock().unwrap();
        writer.query_row(&format!("PRAGMA max_page_count = {pages}"), (), |row| row.get::<_, i64>(0)).unwrap()
    };
    // A limit below the present size becomes the present size.
    limit(1);
    assert!(matches!(store.quarantine(BY, &download()), Err(StoreError::Full)));
    assert_eq!(store.pending().unwrap(), []);
    assert_eq!(store.audit_trail().unwrap(), []);
    limit(1_000_000);
    assert_eq!(store.quarantine(BY, &download()).unwrap().counts.blood, 720);
}

/// What came of a parcel is to be noted, and the disk is full: nothing of it is noted, nothing else is changed, and
/// once there is room the same parcel goes again and is noted once.
#[test]
fn a_full_disk_in_the_middle_of_a_delivery_loses_and_doubles_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let limit = |pages: i64| {
        let writer = store.writer.lock().unwrap();
        writer.query_row(&format!("PRAGMA max_page_count = {pages}"), (), |row| row.get::<_, i64>(0)).unwrap()
    };
    store.quarantine(BY, &download()).unwrap();
    store
        .write(|transaction| {
            transaction.execute_batch(
                "INSERT INTO subjects (key, copy) VALUES ('Patient/1', '{}');
                 INSERT INTO assignments
                     (request_key, kind, meter, upload, subject, user, session, at, new, already_there)
                     VALUES ('k', 'assigned', 1, 1, 1, '1', '', 0, 720, 0);
                 INSERT INTO assigned_readings SELECT id, 1 FROM readings;
                 UPDATE uploads SET state = 'assigned';",
            )?;
            meters::open_ownership(transaction, BY, 1, 1)?;
            outbox::put(transaction, BY, 1, true)
        })
        .unwrap();
    let at = |second| Timestamp::from_second(second).unwrap();
    let take = |second| match store.next_errand(at(second)).unwrap() {
        Errand::Deliver(parcel) => parcel.key.clone(),
        other => panic!("{other:?}"),
    };
    let rows = |table: &str| -> i64 {
        store.reader().query_row(&format!("SELECT count(*) FROM {table}"), (), |row| row.get(0)).unwrap()
    };
    let key = take(1);
    limit(1);
    // What is left of the pages that are there is used up first.
    for size in [500, 50, 0] {
        let detail = "x".repeat(size);
        let fill = |transaction: &Connection| {
            audit::append(transaction, BY, audit::AuditAction::PersonNoted, None, None, &detail)
        };
        while store.write(|transaction| fill(transaction)).is_ok() {}
    }
    let (before, trail) = (store.undelivered().unwrap(), store.audit_trail().unwrap());
    let lost = || Outcome::LostRace(PatientId("Patient/2".into()));
    assert!(matches!(store.note_delivery(&key, lost(), at(2), Jitter(0)), Err(StoreError::Full)));
    assert_eq!((store.undelivered().unwrap(), store.audit_trail().unwrap()), (before, trail.clone()));
    assert_eq!((rows("assignments"), rows("records")), (1, 720));
    limit(1_000_000);
    assert_eq!(take(1000), key, "it is due again");
    assert!(store.note_delivery(&key, lost(), at(1001), Jitter(0)).unwrap());
    assert!(!store.note_delivery(&key, lost(), at(1002), Jitter(0)).unwrap(), "an answer that comes twice");
    assert_eq!((store.undelivered().unwrap(), rows("records")), (vec![], 0));
    let actions: Vec<String> = store.audit_trail().unwrap().into_iter().map(|line| line.action).collect();
    assert_eq!(actions.iter().filter(|action| *action == "taken-back").count(), 1, "{actions:?}");
}

#[test]
fn a_store_that_may_only_be_read_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    store.writer.lock().unwrap().pragma_update(None, "query_only", true).unwrap();
    assert!(matches!(store.quarantine(BY, &download()), Err(StoreError::ReadOnly)));
    assert_eq!(store.pending().unwrap(), []);
}

/// Another program writes for longer than a write waits: told as a lock, not as a full disk.
#[test]
fn a_lock_that_is_held_is_told_as_a_lock() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let other = Store::open(directory.path()).unwrap();
    store.writer.lock().unwrap().busy_timeout(Duration::from_millis(5)).unwrap();
    let held = other.writer.lock().unwrap();
    held.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(store.quarantine(BY, &download()), Err(StoreError::Busy)));
    held.execute_batch("ROLLBACK").unwrap();
    drop(held);
    assert_eq!(store.quarantine(BY, &download()).unwrap().counts.blood, 720);
}

/// Somebody reads from the log meanwhile: it cannot be emptied, which neither fails the write nor loses it.
#[test]
fn a_reader_of_the_log_does_not_hold_up_a_write() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let other = Store::open(directory.path()).unwrap();
    let reader = other.reader();
    reader.execute_batch("BEGIN; SELECT count(*) FROM audit;").unwrap();
    store.quarantine(BY, &download()).unwrap();
    reader.execute_batch("COMMIT").unwrap();
    drop(reader);
    assert_eq!(other.pending().unwrap().len(), 1);
    other.remember(BY, &crate::domain::patient::PatientId("1".into())).unwrap_err();
    store.write(|_| Ok(())).unwrap();
    let log = std::fs::metadata(directory.path().join("glucodock.db-wal")).unwrap().len();
    assert_eq!(log, 0, "the next write empties it");
}

#[test]
fn the_database_itself_keeps_the_two_rules() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    store.quarantine(BY, &download()).unwrap();
    store.write(|transaction| Ok((subjects::make(transaction)?, subjects::make(transaction)?))).unwrap();
    store.write(|transaction| meters::open_ownership(transaction, BY, 1, 1)).unwrap();
    for patient in [1, 2] {
        let second = store.write(|transaction| meters::open_ownership(transaction, BY, 1, patient));
        assert!(matches!(second, Err(StoreError::OwnedByAnother)));
    }
    let assign = "INSERT INTO assignments
            (request_key, kind, meter, upload, subject, user, session, at, new, already_there)
        VALUES ('k', 'assigned', 1, 1, 1, '1', '', 0, 720, 0)";
    store.write(|transaction| Ok(transaction.execute(assign, ())?)).unwrap();
    let mut changed = Vec::new();
    for statement in [
        "INSERT INTO assigned_readings (reading, assignment) SELECT id, 1 FROM readings",
        "UPDATE records SET subject = 2",
        "DELETE FROM records",
        "UPDATE readings SET digits = digits + 1 WHERE id = 1",
        "UPDATE readings SET time = '2026-01-01T00:00:00' WHERE id = 1",
        "UPDATE readings SET raw = '{}', doubts = '[]' WHERE id = 1",
        "DELETE FROM readings WHERE id = 720",
    ] {
        changed.push(store.write(|transaction| Ok(transaction.execute(statement, ())?)).ok());
    }
    assert_eq!(changed, [Some(720), None, None, None, None, None, None], "given once, and then never changed");
}

#[test]
fn a_write_that_fails_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let failed: Result<(), _> = store.write(|transaction| {
        audit::append(transaction, BY, audit::AuditAction::Assigned, None, None, "")?;
        Err(StoreError::NotActive)
    });
    assert!(matches!(failed, Err(StoreError::NotActive)));
    assert_eq!(store.audit_trail().unwrap(), []);
}
