//! What is done under a store that is open: its files are moved, removed, replaced or overwritten. It is noticed at the
//! next write, before anything is written.

use std::path::Path;

use glucodock::domain::association::AuditEntry;
use glucodock::store::{DATABASE_FILE, KEY_FILE, Store, StoreError};
use rstest::rstest;

use super::support::{assignment, blood, by, create, download, person, store};

const HEAD_FILE: &str = "glucodock.head";

/// Does something to the file of this name; beside it lies an older copy, and another store's file.
type Change = fn(file: &Path, older: &Path, other: &Path);

fn moved(file: &Path, _: &Path, _: &Path) {
    std::fs::rename(file, file.with_extension("aside")).unwrap();
}

fn renamed_over(file: &Path, older: &Path, _: &Path) {
    let fresh = file.with_extension("fresh");
    std::fs::copy(older, &fresh).unwrap();
    std::fs::rename(fresh, file).unwrap();
}

fn copied_over(file: &Path, older: &Path, _: &Path) {
    std::fs::write(file, std::fs::read(older).unwrap()).unwrap();
}

fn another_copied_over(file: &Path, _: &Path, other: &Path) {
    std::fs::write(file, std::fs::read(other).unwrap()).unwrap();
}

fn cut(file: &Path, _: &Path, _: &Path) {
    std::fs::File::options().write(true).open(file).unwrap().set_len(4 * 4096).unwrap();
}

fn cut_within_a_page(file: &Path, _: &Path, _: &Path) {
    let file = std::fs::File::options().write(true).open(file).unwrap();
    file.set_len(file.metadata().unwrap().len() - 1).unwrap();
}

fn lengthened(file: &Path, _: &Path, _: &Path) {
    let file = std::fs::File::options().write(true).open(file).unwrap();
    file.set_len(file.metadata().unwrap().len() + 4096).unwrap();
}

#[rstest]
#[case(DATABASE_FILE, moved, |error: &StoreError| matches!(error, StoreError::Replaced { name: DATABASE_FILE }))]
#[case(DATABASE_FILE, renamed_over, |error: &StoreError| matches!(error, StoreError::Replaced { name: DATABASE_FILE }))]
#[case(DATABASE_FILE, copied_over, |error: &StoreError| matches!(error, StoreError::WentBack { noted: 5, last: 2 }))]
#[case(
    DATABASE_FILE,
    another_copied_over,
    |error: &StoreError| matches!(error, StoreError::WrongKey | StoreError::DataDamaged)
)]
#[case(DATABASE_FILE, cut, |error: &StoreError| matches!(error, StoreError::DataDamaged))]
#[case(DATABASE_FILE, cut_within_a_page, |error: &StoreError| matches!(error, StoreError::DataDamaged))]
#[case(DATABASE_FILE, lengthened, |error: &StoreError| matches!(error, StoreError::DataDamaged))]
#[case(HEAD_FILE, moved, |error: &StoreError| matches!(error, StoreError::Replaced { name: HEAD_FILE }))]
#[case(HEAD_FILE, renamed_over, |error: &StoreError| matches!(error, StoreError::Replaced { name: HEAD_FILE }))]
#[case(HEAD_FILE, another_copied_over, |error: &StoreError| matches!(error, StoreError::WentBack { .. }))]
#[case(HEAD_FILE, cut, |error: &StoreError| matches!(error, StoreError::HeadDamaged))]
fn what_is_done_to_an_open_store_is_said_before_anything_is_written(
    #[case] name: &str,
    #[case] change: Change,
    #[case] is_right: fn(&StoreError) -> bool,
) {
    let (directory, other_directory, older) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    drop(Store::open(directory.path()).unwrap());
    let (patient, waiting) = {
        let store = Store::open(directory.path()).unwrap();
        let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
        (patient, store.quarantine(by(1), &download("000-1", vec![blood(0, 5, 103)])).unwrap())
    };
    for name in [DATABASE_FILE, HEAD_FILE, KEY_FILE] {
        std::fs::copy(directory.path().join(name), older.path().join(name)).unwrap();
    }
    let other = Store::open(other_directory.path()).unwrap();
    for number in 0..9 {
        create(&other, &person("Other", "Anna", &format!("196{number}-07-14"), &format!("M9{number}")));
    }
    drop(other);

    let store = Store::open(directory.path()).unwrap();
    for number in 0..3 {
        create(&store, &person("Later", &format!("{number}"), "1961-07-14", &format!("L{number}")));
    }
    let intended = assignment(&store, &waiting.id, &patient.id, "a");
    change(&directory.path().join(name), &older.path().join(name), &other_directory.path().join(name));
    let files = || {
        [DATABASE_FILE, HEAD_FILE, KEY_FILE].map(|name| std::fs::read(directory.path().join(name)).unwrap_or_default())
    };
    let before = files();
    let refusals = [
        store.quarantine(by(7), &download("000-3", vec![blood(0, 5, 103)])).unwrap_err(),
        store.assign(by(8), &intended).unwrap_err(),
        store.audit(by(9), &AuditEntry::SignedOut).unwrap_err(),
    ];
    for error in refusals {
        assert!(is_right(&error), "{name}: {error:?}");
        assert!(error.remedy().is_some(), "{error:?}");
    }
    assert!(files() == before, "{name}: something was written");
}

/// Put back as it was, the store goes on.
#[test]
fn a_file_that_is_put_back_is_the_same_file() {
    let (directory, store) = store();
    let (file, aside) = (directory.path().join(DATABASE_FILE), directory.path().join("aside"));
    std::fs::rename(&file, &aside).unwrap();
    assert!(store.quarantine(by(1), &download("000-1", vec![blood(0, 5, 103)])).is_err());
    std::fs::rename(&aside, &file).unwrap();
    store.quarantine(by(1), &download("000-1", vec![blood(0, 5, 103)])).unwrap();
}
