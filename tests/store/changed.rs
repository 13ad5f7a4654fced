//! Whether somebody has changed a record since it was loaded: at another terminal on the same store, by whatever does.

use glucodock::domain::association::AuditEntry;
use glucodock::domain::patient::PatientId;
use glucodock::domain::record::{ChangeMark, Span};
use glucodock::domain::report_kind::ReportKind;
use glucodock::domain::statistics::{Dashboard, Period};
use glucodock::domain::text::Clean;
use glucodock::store::{Store, StoreError};
use jiff::tz::TimeZone;

use super::corrected::{correct, karl, request};
use super::ended::{returned, undo_end};
use super::support::{at, by, store};
use super::transferred::{CUT, TODAY, give, on, people, read, transfer, visit};
use super::undone::undo;

fn mark(store: &Store, patient: &PatientId) -> ChangeMark {
    store.record(patient, Span::ALL).unwrap().mark
}

/// For each of them whether their record has changed with what is done.
fn changed<T, const N: usize>(store: &Store, people: [&PatientId; N], work: impl FnOnce() -> T) -> [bool; N] {
    let marks = people.map(|patient| (patient, mark(store, patient)));
    work();
    marks.map(|(patient, mark)| {
        let changed = store.changed_since(patient, mark).unwrap();
        // Once it is known up to there nothing has changed: whoever loads it anew is not led round and round.
        assert_eq!(changed.and_then(|mark| store.changed_since(patient, mark).unwrap()), None);
        changed.is_some()
    })
}

#[test]
fn whatever_another_terminal_does_to_a_record_is_seen_and_nothing_else() {
    let (directory, here) = store();
    let there = Store::open(directory.path()).unwrap();
    let [karl, anna, ida] = &people(&here);
    let all = [karl, anna, ida];

    let mut upload = None;
    let is_changed = changed(&here, all, || upload = Some(read(&there, 1, vec![on(-3), on(-1)])));
    assert_eq!(is_changed, [false; 3], "what waits is in no record");
    let upload = upload.unwrap();
    assert_eq!(changed(&here, all, || give(&there, &upload, karl, 2)), [true, false, false]);
    let looked = || {
        for entry in [
            AuditEntry::PatientViewed { patient: karl.clone() },
            AuditEntry::RecordExported { patient: karl.clone(), kind: ReportKind::Csv, readings: 2 },
        ] {
            there.audit(by(3), &entry).unwrap();
        }
    };
    assert_eq!(changed(&here, all, looked), [false; 3], "whoever looks changes nothing");
    let is_changed = changed(&here, all, || drop(visit(&there, vec![on(-3), on(-1), on(0)], karl, 4)));
    assert_eq!(is_changed, [true, false, false]);
    // A read of it may doubt times of readings that are in the record.
    assert_eq!(changed(&here, all, || read(&there, 5, vec![on(-1), on(0)])), [true, false, false]);
    assert_eq!(changed(&here, all, || transfer(&there, (karl, anna), CUT, 6).unwrap()), [true, true, false]);
    assert_eq!(changed(&here, all, || returned(&there, anna, TODAY, 7)), [false, true, false]);
    assert_eq!(changed(&here, all, || undo_end(&there, anna, 8).unwrap()), [false, true, false]);
}

#[test]
fn an_undone_assignment_and_corrected_times_change_the_record() {
    let (_directory, store, karl, upload) = karl();
    let asked = request(&store, &upload, "c");
    assert_eq!(changed(&store, [&karl.id], || correct(&store, &asked, 4).unwrap()), [true]);
    let (_directory, store, karl, upload) = super::corrected::karl();
    assert_eq!(changed(&store, [&karl.id], || undo(&store, &upload, "u", 5).unwrap()), [true]);
}

/// What somebody sees may be exported as long as it is so, and not a moment longer.
#[test]
fn what_is_no_longer_so_is_not_exported() {
    let (directory, here) = store();
    let [karl, anna, _] = people(&here);
    let upload = read(&here, 1, vec![on(-3), on(-1)]);
    give(&here, &upload, &karl, 2);
    let shown = |store: &Store| {
        let period = Period::Days14;
        Dashboard::of(store.record(&karl, period.span_with_before(TODAY)).unwrap(), period, TODAY)
    };
    let exported = |dashboard| {
        let now = at(9).to_zoned(TimeZone::UTC);
        here.report(dashboard, now, Clean::from("Nora"), Clean::default()).map(|report| report.readings.len())
    };
    let before = shown(&here);
    assert_eq!(exported(before.clone()).unwrap(), 2);
    let there = Store::open(directory.path()).unwrap();
    // More than was shown would be missing from it, although each of its readings is there still.
    visit(&there, vec![on(-3), on(-1), on(0)], &karl, 4);
    assert!(matches!(exported(before), Err(StoreError::RecordChanged)));
    let seen = shown(&here);
    assert_eq!(exported(seen.clone()).unwrap(), 3);
    transfer(&there, (&karl, &anna), CUT, 5).unwrap();
    assert!(matches!(exported(seen), Err(StoreError::RecordChanged)));
    assert_eq!(exported(shown(&here)).unwrap(), 1);
}
