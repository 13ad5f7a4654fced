use super::*;

#[test]
fn the_settings_hold_on_both_connections() {
    let directory = tempfile::tempdir().unwrap();
    let Opened { writer, reader, .. } =
        open(directory.path(), Purpose::Patients, Past::Refused, Syncs::Awaited).unwrap();
    for connection in [&writer, &reader] {
        let number = |pragma: &str| connection.query_row(pragma, (), |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(number("PRAGMA synchronous"), 2);
        assert_eq!(number("PRAGMA foreign_keys"), 1);
        assert_eq!(number("PRAGMA recursive_triggers"), 1);
        assert_eq!(number("PRAGMA busy_timeout"), 10_000);
        let mode: String = connection.query_row("PRAGMA journal_mode", (), |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
    }
    assert!(reader.execute("DELETE FROM recents", ()).is_err());
}

/// Only what is thrown away with the program is written without waiting for the disk.
#[test]
fn nothing_waits_for_the_disk_in_a_store_to_throw_away() {
    for (syncs, level) in [(Syncs::Awaited, 2), (Syncs::LeftOut, 0)] {
        let directory = tempfile::tempdir().unwrap();
        let opened = open(directory.path(), Purpose::Training, Past::Refused, syncs).unwrap();
        for connection in [&opened.writer, &opened.reader] {
            let set: i64 = connection.query_row("PRAGMA synchronous", (), |row| row.get(0)).unwrap();
            assert_eq!(set, level, "{syncs:?}");
        }
    }
}

#[test]
fn a_newer_form_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let opened = open(directory.path(), Purpose::Patients, Past::Refused, Syncs::Awaited).unwrap();
    opened.writer.pragma_update(None, "user_version", 99).unwrap();
    drop(opened);
    for answer in
        [open(directory.path(), Purpose::Patients, Past::Refused, Syncs::Awaited).err(), check(directory.path()).err()]
    {
        let said = answer.unwrap().to_string();
        assert!(said.contains("form 99") && said.ends_with("forms up to 30"), "{said}");
    }
}

/// What opening says, which is what looking says.
#[track_caller]
fn refusal(directory: &Path) -> StoreError {
    let (opening, looking) = (
        open(directory, Purpose::Patients, Past::Refused, Syncs::Awaited).err().unwrap(),
        check(directory).unwrap_err(),
    );
    assert_eq!(opening.to_string(), looking.to_string());
    opening
}

#[test]
fn each_thing_that_is_not_our_database_is_named() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path(), Purpose::Patients, Past::Refused, Syncs::Awaited).unwrap());
    assert_eq!(check(directory.path()).unwrap(), Some(Purpose::Patients));
    let key = directory.path().join(super::super::KEY_FILE);
    let database = directory.path().join(super::super::DATABASE_FILE);
    let good_key = std::fs::read(&key).unwrap();

    std::fs::write(&key, [1; 32]).unwrap();
    assert!(matches!(refusal(directory.path()), StoreError::WrongKey));
    std::fs::remove_file(&key).unwrap();
    assert!(matches!(refusal(directory.path()), StoreError::KeyMissing));
    assert!(!key.exists(), "no new key beside an old database");

    std::fs::write(&key, &good_key).unwrap();
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    drop(open(directory.path(), Purpose::Patients, Past::Refused, Syncs::Awaited).unwrap());

    std::fs::write(&database, "a letter to somebody, as long as a page and a bit. ".repeat(100)).unwrap();
    assert!(matches!(refusal(directory.path()), StoreError::NotADatabase));
    std::fs::remove_file(&database).unwrap();
    Connection::open(&database).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
    assert!(matches!(refusal(directory.path()), StoreError::NotEncrypted));
}

/// Killed at each step of making a store: the next start makes it, and nothing is refused for ever.
#[test]
fn a_store_whose_making_was_cut_short_is_made_at_the_next_start() {
    let whole = tempfile::tempdir().unwrap();
    drop(open(whole.path(), Purpose::Patients, Past::Refused, Syncs::Awaited).unwrap());
    let whole_file = |name| std::fs::read(whole.path().join(name)).unwrap();
    let (key, database, head) = (super::super::KEY_FILE, super::super::DATABASE_FILE, super::super::files::HEAD_FILE);
    // The key under the name of a beginning; the empty database; the note; the tables.
    let steps: [(&str, Vec<u8>); 4] = [
        (files::BEGINNING_FILE, whole_file(key)),
        (database, Vec::new()),
        (head, whole_file(head)),
        (database, whole_file(database)),
    ];
    for there in 0..=steps.len() {
        let directory = tempfile::tempdir().unwrap();
        for (name, contents) in steps.iter().take(there) {
            std::fs::write(directory.path().join(name), contents).unwrap();
            if *name == files::BEGINNING_FILE {
                let only_ours = std::os::unix::fs::PermissionsExt::from_mode(0o600);
                std::fs::set_permissions(directory.path().join(name), only_ours).unwrap();
            }
        }
        assert_eq!(check(directory.path()).unwrap(), None, "not made yet");
        drop(open(directory.path(), Purpose::Training, Past::Refused, Syncs::Awaited).unwrap());
        assert!(check(directory.path()).unwrap().is_some());
        let names = std::fs::read_dir(directory.path()).unwrap().count();
        assert_eq!(names, 3, "nothing of the beginning is left");
    }
}

#[test]
fn a_folder_that_another_process_keeps_is_told_as_that() {
    let directory = tempfile::tempdir().unwrap();
    let held = lock(directory.path(), Duration::ZERO).unwrap();
    assert!(matches!(lock(directory.path(), Duration::from_millis(10)), Err(StoreError::Busy)));
    drop(held);
    // A process that another test starts has a copy of the lock for a moment.
    lock(directory.path(), BUSY_TIMEOUT).unwrap();
}
