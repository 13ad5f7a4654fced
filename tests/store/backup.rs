//! Backups: made while others work, restored into a fresh folder, and looked at.

use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use glucodock::domain::patient::Patient;
use glucodock::store::{DATABASE_FILE, KEY_FILE, Soundness, SoundnessCheck, Store, StoreError};
use rstest::rstest;

use super::support::{assignment, blood, by, create, database, download, person, record, store};

/// Somebody with an assigned meter of three readings, one of them low, and one that waits.
fn filled() -> (tempfile::TempDir, Store, Patient) {
    let (directory, store) = store();
    let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1000001"));
    let readings = vec![blood(0, 0, 103), blood(1, 9, 61), blood(2, 20, 120)];
    let upload = store.quarantine(by(1), &download("000-1", readings)).unwrap();
    store.assign(by(2), &assignment(&store, &upload.id, &patient.id, "k")).unwrap();
    store.quarantine(by(3), &download("000-2", vec![blood(0, 3, 99)])).unwrap();
    (directory, store, patient)
}

/// A folder beside the data folder, and a backup in it.
fn backed_up(store: &Store) -> (tempfile::TempDir, PathBuf) {
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("Monday 100% #1?.backup");
    store.back_up(by(10), &file).unwrap();
    (elsewhere, file)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A data folder with the key of another one, and nothing else.
fn with_key_of(directory: &Path) -> tempfile::TempDir {
    let fresh = tempfile::tempdir().unwrap();
    std::fs::copy(directory.join(KEY_FILE), fresh.path().join(KEY_FILE)).unwrap();
    fresh
}

#[test]
fn what_is_restored_is_what_was_backed_up() {
    let (directory, store, patient) = filled();
    // Another program has it open, and writes afterwards.
    let other = Store::open(directory.path()).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("clinic.backup");
    let lines = store.audit_trail().unwrap().len();
    let made = store.back_up(by(10), &file).unwrap();
    assert_eq!(made.last, i64::try_from(lines).unwrap() + 1, "the line that tells of it is in it");
    assert_eq!(made.bytes, file.metadata().unwrap().len());
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o7777, 0o600);
    assert_eq!(names(elsewhere.path()), ["clinic.backup"]);
    let later = create(&other, &person("Later", "Ada", "1960-01-01", "M2000002"));
    let wanted = record(&store, &patient.id);
    drop((store, other));

    let fresh = tempfile::tempdir().unwrap();
    // A folder that is not there yet, and the key from where it was kept.
    let folder = fresh.path().join("data");
    let restored = Store::restore(&folder, &file, Some(&directory.path().join(KEY_FILE)), by(20)).unwrap();
    assert_eq!((restored.noted, restored.last), (None, made.last));
    let again = Store::open(&folder).unwrap();
    assert_eq!(record(&again, &patient.id), wanted);
    assert_eq!(again.pending().unwrap().len(), 1);
    assert!(matches!(again.patient(&later.id), Err(StoreError::NotFound { .. })));
    assert!(again.soundness().unwrap().is_sound());
    let trail = again.audit_trail().unwrap();
    let told = |back: usize| {
        let line = &trail[trail.len() - back];
        (line.action.as_str(), line.detail.clone())
    };
    assert_eq!(told(2), ("backup-begun", String::new()));
    let said = format!("of a backup: no line noted, the trail ended at line {}", made.last);
    assert_eq!(told(1), ("restore-accepted", said));
    assert_eq!(std::fs::read(folder.join(KEY_FILE)).unwrap(), std::fs::read(directory.path().join(KEY_FILE)).unwrap());
    assert_eq!(folder.join(KEY_FILE).metadata().unwrap().permissions().mode() & 0o7777, 0o600);
    // It goes on: the same meter is read again, and nothing is doubled.
    let upload = again.quarantine(by(30), &download("000-1", vec![blood(0, 0, 103), blood(1, 9, 61)])).unwrap();
    let result = again.assign(by(31), &assignment(&again, &upload.id, &patient.id, "after")).unwrap();
    assert_eq!((result.new, result.already_there), (0, 2));
}

/// The disk has lost the database, and its key and its note are there still.
#[test]
fn what_was_written_after_the_backup_is_told() {
    let (directory, store, _) = filled();
    let (_elsewhere, file) = backed_up(&store);
    let made = store.audit_trail().unwrap().len();
    create(&store, &person("Later", "Ada", "1960-01-01", "M2000002"));
    let noted = i64::try_from(store.audit_trail().unwrap().len()).unwrap();
    assert!(noted > i64::try_from(made).unwrap());
    drop(store);
    std::fs::remove_file(directory.path().join(DATABASE_FILE)).unwrap();
    let restored = Store::restore(directory.path(), &file, None, by(20)).unwrap();
    assert_eq!((restored.noted, restored.last), (Some(noted), i64::try_from(made).unwrap()));
    let again = Store::open(directory.path()).unwrap();
    let last = again.audit_trail().unwrap().pop().unwrap();
    assert_eq!(last.detail, format!("of a backup: line {noted} noted, the trail ended at line {made}"));
}

#[test]
fn nothing_is_written_over_and_no_part_stays() {
    let (directory, store, _) = filled();
    let (elsewhere, file) = backed_up(&store);
    let bytes = std::fs::read(&file).unwrap();
    let lines = store.audit_trail().unwrap().len();
    let broken = elsewhere.path().join("leads nowhere");
    std::os::unix::fs::symlink(elsewhere.path().join("nothing"), &broken).unwrap();
    for there in [file.clone(), broken, elsewhere.path().to_owned()] {
        assert!(matches!(store.back_up(by(11), &there), Err(StoreError::BackupIsThere)), "{there:?}");
    }
    for name in ["glucodock.db-wal", "glucodock.db-journal", "a backup"] {
        let inside = directory.path().join(name);
        let had = inside.exists();
        let refused = store.back_up(by(11), &inside);
        assert!(matches!(refused, Err(StoreError::BackupInside | StoreError::BackupIsThere)), "{refused:?}");
        assert_eq!(inside.exists(), had);
    }
    let nowhere = elsewhere.path().join("no folder").join("backup");
    assert!(matches!(store.back_up(by(11), &nowhere), Err(StoreError::FolderMissing)));
    assert_eq!(std::fs::read(&file).unwrap(), bytes);
    assert_eq!(names(elsewhere.path()).len(), 2);
    assert_eq!(store.audit_trail().unwrap().len(), lines, "what was not begun is not told");
}

/// A store is never restored over another one, nor over the rest of one.
#[rstest]
#[case(DATABASE_FILE, "")]
#[case("glucodock.db-wal", "")]
#[case("glucodock.db-journal", "x")]
#[case("glucodock.new", "x")]
fn a_store_is_restored_only_where_no_database_is(#[case] name: &str, #[case] content: &str) {
    let (directory, store, _) = filled();
    let (_elsewhere, file) = backed_up(&store);
    let fresh = with_key_of(directory.path());
    std::fs::write(fresh.path().join(name), content).unwrap();
    let before = names(fresh.path());
    assert!(matches!(Store::restore(fresh.path(), &file, None, by(20)), Err(StoreError::StoreThere)));
    assert_eq!(names(fresh.path()), before);
    assert_eq!(std::fs::read(fresh.path().join(name)).unwrap(), content.as_bytes());
}

#[test]
fn a_backup_opens_with_its_own_key_only() {
    let (directory, store, _) = filled();
    let (_elsewhere, file) = backed_up(&store);
    let (stranger, _, _) = filled();
    let fresh = tempfile::tempdir().unwrap();
    assert!(matches!(Store::restore(fresh.path(), &file, None, by(20)), Err(StoreError::NoKeyGiven)));
    let key = stranger.path().join(KEY_FILE);
    let refused = Store::restore(fresh.path(), &file, Some(&key), by(20));
    assert!(matches!(refused, Err(StoreError::BackupUnreadable)), "{refused:?}");
    let looked = Store::soundness_of_backup(stranger.path(), &file, None);
    assert!(matches!(looked, Err(StoreError::BackupUnreadable)), "{looked:?}");
    assert!(names(fresh.path()).is_empty());
    // One key is there and another one is given.
    let fresh = with_key_of(directory.path());
    assert!(matches!(Store::restore(fresh.path(), &file, Some(&key), by(20)), Err(StoreError::OtherKey)));
    assert_eq!(names(fresh.path()), [KEY_FILE]);
    let nothing = directory.path().join("nothing");
    let missing = Store::restore(fresh.path(), &nothing, None, by(20));
    assert!(matches!(missing, Err(StoreError::BackupMissing)), "{missing:?}");
    for no_backup in [Path::new("/dev/null"), directory.path(), &directory.path().join(KEY_FILE)] {
        let refused = Store::restore(fresh.path(), no_backup, None, by(20));
        assert!(matches!(refused, Err(StoreError::BackupUnreadable)), "{no_backup:?}: {refused:?}");
    }
    assert_eq!(names(fresh.path()), [KEY_FILE]);
    // What is wrong with a key that is given is not said of the store's own.
    let given = |key: &Path| Store::soundness_of_backup(directory.path(), &file, Some(key));
    let exposed = fresh.path().join("exposed");
    std::fs::write(&exposed, [7; 32]).unwrap();
    std::fs::set_permissions(&exposed, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(given(&exposed), Err(StoreError::GivenKeyExposed { mode: 0o644 })));
    std::fs::remove_file(&exposed).unwrap();
    for none in [Path::new("/etc/passwd"), directory.path(), &directory.path().join("glucodock.head"), &exposed] {
        assert!(matches!(given(none), Err(StoreError::NoKeyThere)), "{none:?}");
    }
    // A folder that was not there is not left behind.
    let new = fresh.path().join("new");
    assert!(matches!(Store::restore(&new, &file, None, by(20)), Err(StoreError::NoKeyGiven)));
    assert!(matches!(Store::restore(&new, &nothing, None, by(20)), Err(StoreError::BackupMissing)));
    assert!(!new.exists());
    // What a kill left of an earlier attempt is in nobody's way.
    std::fs::write(fresh.path().join("glucodock.restoring"), "half").unwrap();
    Store::restore(fresh.path(), &file, None, by(20)).unwrap();
    assert!(Store::open(fresh.path()).unwrap().soundness().unwrap().is_sound());
}

/// A bit that has tipped is found on whatever page it lies, and a file that was cut, wherever that was.
#[test]
fn a_damaged_backup_is_not_restored() {
    let (directory, store, _) = filled();
    let (elsewhere, file) = backed_up(&store);
    let pages = file.metadata().unwrap().len() / 4096;
    assert!(pages > 20);
    let whole = std::fs::read(&file).unwrap();
    let fresh = with_key_of(directory.path());
    for page in [0, 1, pages / 2, pages - 1] {
        let damaged = elsewhere.path().join(format!("tipped {page}"));
        std::fs::write(&damaged, &whole).unwrap();
        let writing = std::fs::File::options().read(true).write(true).open(&damaged).unwrap();
        let at = page * 4096 + 1000;
        let mut byte = [0];
        writing.read_exact_at(&mut byte, at).unwrap();
        writing.write_all_at(&[byte[0] ^ 1], at).unwrap();
        let refused = Store::restore(fresh.path(), &damaged, None, by(20));
        assert!(matches!(refused, Err(StoreError::BackupUnreadable)), "page {page}: {refused:?}");
        match Store::soundness_of_backup(directory.path(), &damaged, None) {
            Ok(found) => assert_eq!(found.found, [(SoundnessCheck::Pages, false)], "page {page}"),
            Err(error) => assert!(matches!(error, StoreError::BackupUnreadable), "page {page}: {error:?}"),
        }
    }
    for length in [0, 100, 4096, 5 * 4096, whole.len() - 4096, whole.len() - 1] {
        let cut = elsewhere.path().join(format!("cut {length}"));
        std::fs::write(&cut, &whole[..length]).unwrap();
        let refused = Store::restore(fresh.path(), &cut, None, by(20));
        assert!(matches!(refused, Err(StoreError::BackupUnreadable)), "{length}: {refused:?}");
        let looked = Store::soundness_of_backup(directory.path(), &cut, None);
        assert!(looked.as_ref().is_ok_and(|found| !found.is_sound()) || looked.is_err(), "{length}: {looked:?}");
    }
    assert_eq!(names(fresh.path()), [KEY_FILE]);
}

fn held(found: &Soundness) -> Vec<SoundnessCheck> {
    found.found.iter().filter(|(_, holds)| *holds).map(|(check, _)| *check).collect()
}

/// Each of the looks finds what the others do not: what was done past the store, after the guards of the database were
/// taken away.
#[rstest]
#[case("DROP TRIGGER audit_is_never_changed; UPDATE audit SET user = 'x' WHERE id = 2;", SoundnessCheck::Trail)]
#[case("DROP TRIGGER audit_is_never_deleted; DELETE FROM audit WHERE id = 2;", SoundnessCheck::Trail)]
#[case("DROP TRIGGER records_are_never_changed; UPDATE records SET subject = 2;", SoundnessCheck::Records)]
#[case("DROP TRIGGER records_lose_nothing; DELETE FROM records WHERE reading = 1;", SoundnessCheck::Records)]
#[case(
    "DROP TRIGGER records_are_what_was_assigned;
     INSERT INTO records SELECT 4, subject, time, assignment FROM records WHERE reading = 1;",
    SoundnessCheck::Records
)]
#[case("PRAGMA foreign_keys = OFF; INSERT INTO recents VALUES ('1', 77, 1);", SoundnessCheck::References)]
#[case("DELETE FROM low_readings;", SoundnessCheck::ClinicList)]
#[case("UPDATE last_seen SET last_reading = '2031-01-01T00:00:00';", SoundnessCheck::ClinicList)]
fn what_does_not_agree_with_the_rest_is_found(#[case] damage: &str, #[case] fails: SoundnessCheck) {
    let (directory, store, _) = filled();
    create(&store, &person("Berg", "Ida", "1951-01-01", "M3000003"));
    let whole = store.soundness().unwrap();
    assert_eq!(held(&whole), SoundnessCheck::ALL);
    let last = store.audit_trail().unwrap().pop().unwrap();
    assert_eq!(whole.last, Some((last.number, last.hash)));
    database(directory.path()).execute_batch(damage).unwrap();
    let found = store.soundness().unwrap();
    assert_eq!(found.found.last(), Some(&(fails, false)), "{found:?}");
    let place = SoundnessCheck::ALL.iter().position(|check| *check == fails).unwrap();
    assert_eq!(held(&found), SoundnessCheck::ALL[..place]);
    // What is copied is what is there, and is found in the copy too.
    let (_elsewhere, file) = backed_up(&store);
    assert_eq!(Store::soundness_of_backup(directory.path(), &file, None).unwrap().found, found.found);
}

/// A backup on a medium that takes no writes is looked at, and nothing is made beside it.
#[test]
fn looking_at_a_backup_leaves_nothing_beside_it() {
    let (directory, store, _) = filled();
    let (elsewhere, file) = backed_up(&store);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o400)).unwrap();
    std::fs::set_permissions(elsewhere.path(), std::fs::Permissions::from_mode(0o500)).unwrap();
    let found = Store::soundness_of_backup(directory.path(), &file, None).unwrap();
    assert!(found.is_sound(), "{found:?}");
    assert_eq!(found.earlier_form, None);
    std::fs::set_permissions(elsewhere.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(names(elsewhere.path()).len(), 1);
}

/// The key of a store, and what stands in its database for whoever has it.
fn key_of(directory: &Path) -> Vec<u8> {
    std::fs::read(directory.join(KEY_FILE)).unwrap()
}

#[test]
fn a_store_has_a_new_key_and_its_backups_keep_the_old_one() {
    let (directory, store, patient) = filled();
    let (elsewhere, file) = backed_up(&store);
    let wanted = record(&store, &patient.id);
    let (old, kept) = (key_of(directory.path()), elsewhere.path().join("old.key"));
    // Somebody has it open.
    let refused = Store::rekey(directory.path(), &kept, by(20));
    assert!(matches!(refused, Err(StoreError::Busy)), "{refused:?}");
    assert!(!kept.exists());
    assert_eq!(key_of(directory.path()), old);
    create(&store, &person("Goes", "On", "1960-01-01", "M4000004"));
    drop(store);

    Store::rekey(directory.path(), &kept, by(21)).unwrap();
    assert_eq!(std::fs::read(&kept).unwrap(), old);
    assert_eq!(kept.metadata().unwrap().permissions().mode() & 0o7777, 0o600);
    let new = key_of(directory.path());
    assert_ne!(new, old);
    let store = Store::open(directory.path()).unwrap();
    assert_eq!(record(&store, &patient.id), wanted);
    assert!(store.soundness().unwrap().is_sound());
    assert_eq!(store.audit_trail().unwrap().pop().unwrap().action, "rekeyed");
    let names = names(directory.path());
    assert!(names.iter().all(|name| !name.starts_with("glucodock.rekey")), "{names:?}");
    let with = |key: Option<&Path>| Store::soundness_of_backup(directory.path(), &file, key);
    assert!(matches!(with(None), Err(StoreError::BackupUnreadable)));
    assert!(with(Some(&kept)).unwrap().is_sound());
    let again = elsewhere.path().join("again");
    store.back_up(by(30), &again).unwrap();
    assert!(Store::soundness_of_backup(directory.path(), &again, None).unwrap().is_sound());
    // Nothing is written over, and the old key lies somewhere else.
    drop(store);
    let refused = Store::rekey(directory.path(), &kept, by(31));
    assert!(matches!(refused, Err(StoreError::OldKeyIsThere)), "{refused:?}");
    let refused = Store::rekey(directory.path(), &directory.path().join("old"), by(31));
    assert!(matches!(refused, Err(StoreError::OldKeyInside)), "{refused:?}");
    assert_eq!(key_of(directory.path()), new);
}

/// A kill before the exchange leaves the key that still holds as the old one: the same command goes on with it.
#[test]
fn a_rekeying_is_begun_again_with_the_copy_that_it_has_left() {
    let (directory, store, _) = filled();
    drop(store);
    let elsewhere = tempfile::tempdir().unwrap();
    let kept = elsewhere.path().join("old.key");
    let old = key_of(directory.path());
    std::fs::copy(directory.path().join(KEY_FILE), &kept).unwrap();
    // It may as well be somebody's own copy: what fails takes nothing away that was there.
    let open = Store::open(directory.path()).unwrap();
    assert!(matches!(Store::rekey(directory.path(), &kept, by(20)), Err(StoreError::Busy)));
    assert_eq!((std::fs::read(&kept).unwrap(), key_of(directory.path())), (old.clone(), old.clone()));
    drop(open);
    Store::rekey(directory.path(), &kept, by(21)).unwrap();
    assert_eq!(std::fs::read(&kept).unwrap(), old);
    assert_ne!(key_of(directory.path()), old);
    assert!(matches!(Store::rekey(directory.path(), &kept, by(22)), Err(StoreError::OldKeyIsThere)));
}

/// A page of the store itself is damaged: that is said, and nothing half done is left.
#[test]
fn of_a_damaged_store_nothing_is_copied_and_it_is_told() {
    let (directory, store, _) = filled();
    let elsewhere = tempfile::tempdir().unwrap();
    drop(store);
    // A page that holds nothing is missed by nobody.
    super::support::database(directory.path()).execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);").unwrap();
    let database = directory.path().join(DATABASE_FILE);
    let head = directory.path().join("glucodock.head");
    let (whole, noted) = (std::fs::read(&database).unwrap(), std::fs::read(&head).unwrap());
    let mut told = 0;
    for page in (1..whole.len() / 4096).step_by(7) {
        let mut damaged = whole.clone();
        damaged[page * 4096 + 1000] ^= 1;
        std::fs::write(&database, damaged).unwrap();
        std::fs::write(&head, &noted).unwrap();
        // Where it cannot even be opened that is said by every command.
        let Ok(store) = Store::open(directory.path()) else { continue };
        let refused = store.back_up(by(20), &elsewhere.path().join("backup"));
        if let Err(StoreError::DataDamaged) = refused {
            told += 1;
        } else {
            assert!(matches!(refused, Err(StoreError::Database { .. } | StoreError::Damaged { .. })), "{refused:?}");
        }
        assert!(names(elsewhere.path()).is_empty());
        drop(store);
        let refused = Store::rekey(directory.path(), &elsewhere.path().join("old"), by(21));
        assert!(refused.is_err(), "page {page}");
        let left = names(directory.path());
        assert!(left.iter().all(|name| !name.contains("rekey")), "{left:?}");
        assert!(names(elsewhere.path()).is_empty());
    }
    assert!(told > 0);
}

/// A kill between any two of its steps: the store opens with all that is in it, and one key is left. Doctor sees no
/// fault before either.
#[test]
fn a_rekeying_that_was_cut_short_is_ended_or_taken_back() {
    let (directory, store, patient) = filled();
    let wanted = record(&store, &patient.id);
    drop(store);
    let elsewhere = tempfile::tempdir().unwrap();
    let files = |names: &[&str]| -> Vec<(String, Vec<u8>)> {
        names.iter().map(|name| ((*name).to_owned(), std::fs::read(directory.path().join(name)).unwrap())).collect()
    };
    let all = [DATABASE_FILE, KEY_FILE, "glucodock.head"];
    let before = files(&all);
    Store::rekey(directory.path(), &elsewhere.path().join("old"), by(21)).unwrap();
    let after = files(&all);
    let (old_database, old_key) = (&before[0].1, &before[1].1);
    let (new_database, new_key) = (&after[0].1, &after[1].1);
    let half = &new_database[..3 * 4096 + 7];
    let empty: &[u8] = &[];
    // The database, the key, the next key and the copy, as a kill leaves them; and which key holds then.
    for (database, key, next_key, copy, holds) in [
        (old_database, old_key, Some(empty), None, old_key),
        (old_database, old_key, Some(&**new_key), None, old_key),
        (old_database, old_key, Some(&**new_key), Some(half), old_key),
        (old_database, old_key, Some(&**new_key), Some(&**new_database), old_key),
        (new_database, old_key, Some(&**new_key), None, new_key),
        (new_database, new_key, None, None, new_key),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, bytes: &[u8]| {
            std::fs::write(folder.path().join(name), bytes).unwrap();
            std::fs::set_permissions(folder.path().join(name), std::fs::Permissions::from_mode(0o600)).unwrap();
        };
        put(DATABASE_FILE, database);
        put(KEY_FILE, key);
        put("glucodock.head", &before[2].1);
        for (name, bytes) in [("glucodock.rekey", next_key), ("glucodock.rekeyed", copy)] {
            if let Some(bytes) = bytes {
                put(name, bytes);
            }
        }
        assert!(Store::check(folder.path()).unwrap().is_some());
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(record(&store, &patient.id), wanted);
        assert!(store.soundness().unwrap().is_sound());
        assert_eq!(&key_of(folder.path()), holds);
        drop(store);
        let left: Vec<_> = names(folder.path()).into_iter().filter(|name| name.contains("rekey")).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}
