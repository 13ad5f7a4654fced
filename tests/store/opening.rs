//! Opening what is not a whole store, and what is not the newest one: nothing is begun over the rest of a lost store,
//! nothing hangs, and each fault is named.

use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::Path;

use glucodock::store::{ChainCheck, DATABASE_FILE, KEY_FILE, Restored, Store, StoreError};
use rstest::rstest;
use rustix::fs::{CWD, Mode, mkfifoat};
use tempfile::TempDir;

use super::holds::holds;
use super::support::{assignment, blood, by, create, download, person, record, store};

const HEAD_FILE: &str = "glucodock.head";

/// Makes something at a path.
type Make = fn(&Path);

/// A closed store with one patient, one assigned meter and one that waits.
fn filled() -> TempDir {
    let (directory, store) = store();
    let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    let upload = store.quarantine(by(1), &download("000-1", vec![blood(0, 5, 103)])).unwrap();
    store.assign(by(2), &assignment(&store, &upload.id, &patient.id, "a")).unwrap();
    store.quarantine(by(3), &download("000-2", vec![blood(0, 5, 103)])).unwrap();
    directory
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// What opening says, having changed nothing; looking says the same.
#[track_caller]
fn refusal(directory: &Path) -> StoreError {
    let names = || {
        let mut names: Vec<_> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = names();
    let Err(opening) = Store::open(directory) else { panic!("it was opened") };
    let looking = Store::check(directory).unwrap_err();
    assert_eq!(opening.to_string(), looking.to_string());
    assert_eq!(names(), before, "a refusal makes and clears nothing");
    assert!(opening.remedy().is_some(), "{opening}");
    opening
}

#[test]
fn a_store_that_is_missing_empty_or_cut_beside_its_key_is_not_begun_anew() {
    for cut_to in [None, Some(0), Some(1), Some(4095)] {
        let directory = filled();
        let database = directory.path().join(DATABASE_FILE);
        match cut_to {
            None => std::fs::remove_file(&database).unwrap(),
            Some(bytes) => std::fs::File::options().write(true).open(&database).unwrap().set_len(bytes).unwrap(),
        }
        let error = refusal(directory.path());
        assert!(error.to_string().contains("glucodock.db"), "{error}");
        assert!(error.remedy().unwrap().contains("Restore glucodock.db from a backup"));
        match cut_to {
            None => assert!(matches!(error, StoreError::StoreMissing)),
            Some(left) => assert!(matches!(error, StoreError::Cut { bytes } if bytes == left)),
        }
        // The same beside what a beginning would leave, as earlier versions marked it.
        std::fs::write(directory.path().join("glucodock.new"), "").unwrap();
        assert_eq!(refusal(directory.path()).to_string(), error.to_string());
        std::fs::remove_file(directory.path().join("glucodock.new")).unwrap();
        // The same without the note and without the key: any part that is left speaks for a store.
        std::fs::remove_file(directory.path().join(HEAD_FILE)).unwrap();
        refusal(directory.path());
    }
    let directory = filled();
    for name in [DATABASE_FILE, KEY_FILE] {
        std::fs::remove_file(directory.path().join(name)).unwrap();
    }
    assert!(matches!(refusal(directory.path()), StoreError::StoreMissing));
}

/// A database that was cut at the end of a page is as long as one could be.
#[test]
fn a_database_without_its_last_pages_is_named_with_the_way_back() {
    let directory = filled();
    let database = directory.path().join(DATABASE_FILE);
    let pages = std::fs::metadata(&database).unwrap().len() / 4096;
    for left in [1, 2, pages / 2, pages - 1] {
        std::fs::File::options().write(true).open(&database).unwrap().set_len(left * 4096).unwrap();
        let error = refusal(directory.path());
        assert!(matches!(error, StoreError::DataDamaged), "{left} of {pages} pages: {error:?}");
        assert!(error.to_string().contains("glucodock.db"));
        assert!(error.remedy().unwrap().contains("Restore glucodock.db from a backup"));
    }
}

/// Who looks at the store, and who checks the trail, looks at every page, whatever it holds.
#[test]
fn a_damaged_page_is_found_wherever_it_is() {
    let directory = filled();
    let database = directory.path().join(DATABASE_FILE);
    let whole = std::fs::read(&database).unwrap();
    let pages = whole.len() / 4096;
    for page in 1..pages {
        let mut damaged = whole.clone();
        damaged[page * 4096 + 700] ^= 1;
        std::fs::write(&database, &damaged).unwrap();
        let error = Store::check(directory.path()).unwrap_err();
        assert!(matches!(error, StoreError::DataDamaged), "page {page}: {error:?}");
        if let Ok(store) = Store::open(directory.path()) {
            assert!(store.verify_audit().is_err(), "page {page}");
        }
        std::fs::write(&database, &whole).unwrap();
    }
    Store::check(directory.path()).unwrap();
}

/// A journal would be played into the database by SQLite, whoever wrote it.
#[test]
fn a_journal_beside_a_store_is_refused_and_not_played() {
    let directory = filled();
    std::fs::write(directory.path().join("glucodock.db-journal"), [0x37; 9000]).unwrap();
    let before = std::fs::read(directory.path().join(DATABASE_FILE)).unwrap();
    assert!(matches!(refusal(directory.path()), StoreError::JournalThere));
    assert_eq!(std::fs::read(directory.path().join(DATABASE_FILE)).unwrap(), before);
}

#[test]
fn a_store_without_its_key_is_refused_and_gets_no_new_one() {
    let directory = filled();
    std::fs::remove_file(directory.path().join(KEY_FILE)).unwrap();
    assert!(matches!(refusal(directory.path()), StoreError::KeyMissing));
}

#[test]
fn what_is_no_file_is_named_and_nothing_waits_for_it() {
    let kinds: [(&str, Make); 3] = [
        ("a pipe", |path| mkfifoat(CWD, path, Mode::from_raw_mode(0o600)).unwrap()),
        ("a device", |path| {
            assert!(std::fs::metadata("/dev/zero").unwrap().file_type().is_char_device());
            std::os::unix::fs::symlink("/dev/zero", path).unwrap();
        }),
        ("a folder", |path| std::fs::create_dir(path).unwrap()),
    ];
    for name in [DATABASE_FILE, KEY_FILE, HEAD_FILE] {
        for (what, make) in kinds {
            let directory = filled();
            std::fs::remove_file(directory.path().join(name)).unwrap();
            make(&directory.path().join(name));
            let error = refusal(directory.path());
            assert_eq!(error.to_string(), format!("{name} is {what}, not a file"));
        }
    }
    // A link in the place of what SQLite keeps beside the database is not followed; a pipe or a
    // folder would hold it up.
    let links: Make = |path| std::os::unix::fs::symlink("/dev/zero", path).unwrap();
    let to_a_file: Make = |path| {
        let aside = path.with_extension("aside");
        std::fs::write(&aside, "").unwrap();
        std::os::unix::fs::symlink(aside, path).unwrap();
    };
    let [pipe, _, folder] = kinds;
    for name in ["glucodock.db-wal", "glucodock.db-shm", "glucodock.db-journal"] {
        for (what, make) in [pipe, folder, ("a link", links), ("a link", to_a_file)] {
            let directory = filled();
            make(&directory.path().join(name));
            let error = refusal(directory.path());
            assert_eq!(error.to_string(), format!("{name} is {what}, not a file"));
        }
    }
    // So too where no store is yet.
    let directory = tempfile::tempdir().unwrap();
    for name in ["glucodock.new", "glucodock.db-wal"] {
        std::fs::create_dir(directory.path().join(name)).unwrap();
        assert_eq!(refusal(directory.path()).to_string(), format!("{name} is a folder, not a file"));
        std::fs::remove_dir(directory.path().join(name)).unwrap();
    }
    let directory = filled();
    let no_folder = directory.path().join(KEY_FILE);
    assert!(matches!(Store::open(&no_folder), Err(StoreError::NotAFolder)));
}

#[test]
fn what_others_may_write_to_or_read_is_refused() {
    let directory = filled();
    let allow = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    for mode in [0o770, 0o707, 0o702, 0o720, 0o1777] {
        allow(directory.path(), mode);
        assert!(matches!(refusal(directory.path()), StoreError::FolderExposed { mode: told } if told == mode));
    }
    allow(directory.path(), 0o700);
    for mode in [0o640, 0o604, 0o620] {
        allow(&directory.path().join(KEY_FILE), mode);
        assert!(matches!(refusal(directory.path()), StoreError::KeyExposed { mode: told } if told == mode));
    }
    allow(&directory.path().join(KEY_FILE), 0o600);
    drop(Store::open(directory.path()).unwrap());
}

#[test]
fn a_key_that_a_kill_left_without_its_name_is_cleared_once_the_key_is_there() {
    let directory = filled();
    let stray = directory.path().join(format!("{KEY_FILE}-{}", "0a".repeat(16)));
    std::fs::write(&stray, [1; 32]).unwrap();
    drop(Store::open(directory.path()).unwrap());
    assert!(!stray.exists());
    // Without the key, the stray one may be the only one there is.
    std::fs::rename(directory.path().join(KEY_FILE), &stray).unwrap();
    refusal(directory.path());
    assert!(stray.exists());
}

/// After each write the log is empty: a damaged log can take nothing back.
#[test]
fn whatever_happens_to_the_log_nothing_that_was_answered_is_lost() {
    let (directory, store) = store();
    let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    let upload = store.quarantine(by(1), &download("000-1", vec![blood(0, 5, 103)])).unwrap();
    let log = directory.path().join("glucodock.db-wal");
    assert_eq!(std::fs::metadata(&log).unwrap().len(), 0);
    store.assign(by(2), &assignment(&store, &upload.id, &patient.id, "a")).unwrap();
    assert_eq!(std::fs::metadata(&log).unwrap().len(), 0);
    // The machine dies here; of the log there are only damaged bytes.
    let copied = tempfile::tempdir().unwrap();
    copy(directory.path(), copied.path());
    std::fs::remove_file(copied.path().join("glucodock.db-shm")).unwrap();
    std::fs::write(copied.path().join("glucodock.db-wal"), [0x37; 9000]).unwrap();
    let after = Store::open(copied.path()).unwrap();
    assert_eq!(record(&after, &patient.id).len(), 1);
    assert!(matches!(after.verify_audit().unwrap(), ChainCheck::Whole { lines: 3, .. }));
}

#[test]
fn a_store_that_has_gone_back_in_time_is_refused_until_that_is_accepted() {
    let directory = filled();
    let backup = tempfile::tempdir().unwrap();
    copy(directory.path(), backup.path());
    let store = Store::open(directory.path()).unwrap();
    create(&store, &person("Lost", "Anna", "1961-07-14", "M2"));
    drop(store);
    std::fs::copy(backup.path().join(DATABASE_FILE), directory.path().join(DATABASE_FILE)).unwrap();
    assert!(matches!(refusal(directory.path()), StoreError::WentBack { noted: 5, last: 4 }));

    let accepted = Store::accept_restored(directory.path(), by(9)).unwrap();
    assert_eq!(accepted, Some(Restored { noted: Some(5), last: 4 }));
    let store = Store::open(directory.path()).unwrap();
    let line = store.audit_trail().unwrap().pop().unwrap();
    assert_eq!(
        (line.number, line.action.as_str(), line.detail.as_str()),
        (5, "restore-accepted", "line 5 noted, the trail ended at line 4")
    );
    assert!(matches!(store.verify_audit().unwrap(), ChainCheck::Whole { lines: 5, .. }));
    drop(store);
    assert_eq!(Store::accept_restored(directory.path(), by(9)).unwrap(), None, "nothing is left to accept");

    // The backup again: it has another line 5 by now, or none.
    std::fs::copy(backup.path().join(DATABASE_FILE), directory.path().join(DATABASE_FILE)).unwrap();
    assert!(matches!(refusal(directory.path()), StoreError::WentBack { noted: 5, last: 4 }));
    // Another store's database under the same key, further on: line 5 is another one.
    let other = Store::open(backup.path()).unwrap();
    for number in 0..4 {
        create(&other, &person("Other", "Anna", &format!("196{number}-07-14"), &format!("M9{number}")));
    }
    drop(other);
    std::fs::copy(backup.path().join(DATABASE_FILE), directory.path().join(DATABASE_FILE)).unwrap();
    assert!(matches!(refusal(directory.path()), StoreError::WentBack { noted: 5, last: 8 }));
}

#[test]
fn a_note_that_is_missing_or_damaged_is_told_and_can_be_accepted() {
    for damage in [None, Some(""), Some("glucodock head 1\n12\n"), Some("x")] {
        let directory = filled();
        let head = directory.path().join(HEAD_FILE);
        std::fs::remove_file(&head).unwrap();
        if let Some(text) = damage {
            std::fs::write(&head, text).unwrap();
            assert!(matches!(refusal(directory.path()), StoreError::HeadDamaged));
        } else {
            assert!(matches!(refusal(directory.path()), StoreError::HeadMissing));
        }
        let accepted = Store::accept_restored(directory.path(), by(9)).unwrap();
        assert_eq!(accepted, Some(Restored { noted: None, last: 4 }));
        let store = Store::open(directory.path()).unwrap();
        assert_eq!(store.pending().unwrap().len(), 1);
        assert_eq!(store.audit_trail().unwrap().len(), 5);
    }
}

/// A kill between the commit and the note leaves the note behind; a note that is ahead is never left.
#[test]
fn a_note_that_lags_is_no_fault() {
    let directory = filled();
    let early = std::fs::read(directory.path().join(HEAD_FILE)).unwrap();
    let store = Store::open(directory.path()).unwrap();
    create(&store, &person("Later", "Anna", "1961-07-14", "M2"));
    drop(store);
    std::fs::write(directory.path().join(HEAD_FILE), &early).unwrap();
    assert!(Store::check(directory.path()).unwrap().is_some());
    drop(Store::open(directory.path()).unwrap());
    assert_ne!(std::fs::read(directory.path().join(HEAD_FILE)).unwrap(), early, "opening brings it up to date");
}

/// Stores made by the versions that had these forms (`fixtures/stores`): a patient whose meter was read and
/// assigned, and a meter that waits. The sixth was made through the app, with a clock that was judged and a wrong
/// answer about the person. What was read of their tables then is what the store says now, value for value.
#[rstest]
#[case("form-1")]
#[case("form-6")]
fn a_store_of_an_earlier_version_opens_and_loses_nothing(#[case] form: &str) {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/stores").join(form);
    let directory = tempfile::tempdir().unwrap();
    copy(&fixture, directory.path());
    std::fs::set_permissions(directory.path().join(KEY_FILE), std::fs::Permissions::from_mode(0o600)).unwrap();
    assert!(Store::check(directory.path()).unwrap().is_some(), "the first version kept no note");
    let held = std::fs::read_to_string(fixture.with_extension("txt")).unwrap();
    for _ in 0..2 {
        let store = Store::open(directory.path()).unwrap();
        assert_eq!(holds(&store).join("\n"), held.trim_end());
        let anna = store.search("muller", None, 9).unwrap().patients.remove(0);
        assert_eq!(anna.devices.len(), 1);
        let [waiting] = store.pending().unwrap().try_into().unwrap();
        assert_eq!(waiting.counts.total(), 12);
        let ChainCheck::Whole { lines, .. } = store.verify_audit().unwrap() else { panic!("broken") };
        assert_eq!(lines, store.audit_trail().unwrap().len() as u64);
    }
    assert!(directory.path().join(HEAD_FILE).exists());
}
