//! How long the database file is: a file that was cut or lengthened by less than a page, or by a page, is refused, and
//! one whose last pages are in the log alone is not.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use glucodock::meters::catalogue::Catalogue;
use glucodock::store::{ChainCheck, DATABASE_FILE, KEY_FILE, Room, Store, StoreError};
use tempfile::TempDir;

use super::support::{assignment, blood, by, create, database, download, person, store, used_by_one};

const LOG_FILE: &str = "glucodock.db-wal";

fn length(directory: &Path, name: &str) -> u64 {
    std::fs::metadata(directory.join(name)).unwrap().len()
}

fn set_length(directory: &Path, bytes: u64) {
    std::fs::File::options().write(true).open(directory.join(DATABASE_FILE)).unwrap().set_len(bytes).unwrap();
}

/// A store as a kill leaves it whose log could not be emptied: some pages, the last one too, are in the log alone.
fn with_an_unfinished_log() -> TempDir {
    let (directory, store) = store();
    create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    let reader = database(directory.path());
    reader.execute_batch("BEGIN; SELECT count(*) FROM audit;").unwrap();
    let readings = (0..500).map(|index| blood(index, i64::from(index), 100)).collect();
    store.quarantine(by(1), &download("000-1", readings)).unwrap();
    let killed = tempfile::tempdir().unwrap();
    for name in [DATABASE_FILE, LOG_FILE, KEY_FILE, "glucodock.head"] {
        std::fs::copy(directory.path().join(name), killed.path().join(name)).unwrap();
    }
    let pages: u32 = database(directory.path()).query_row("PRAGMA page_count", (), |row| row.get(0)).unwrap();
    assert!(length(killed.path(), DATABASE_FILE) < u64::from(pages) * 4096 && length(killed.path(), LOG_FILE) > 0);
    killed
}

fn is_whole(directory: &Path) {
    Store::check(directory).unwrap().unwrap();
    let store = Store::open(directory).unwrap();
    let [waiting] = store.pending().unwrap().try_into().unwrap();
    assert_eq!(store.readings_of(&waiting.id).unwrap().len(), 500);
    assert!(matches!(store.verify_audit().unwrap(), ChainCheck::Whole { lines: 2, .. }));
}

#[track_caller]
fn is_refused(directory: &Path) {
    let before = std::fs::read(directory.join(DATABASE_FILE)).unwrap();
    for error in [Store::open(directory).err(), Store::check(directory).err()] {
        assert!(matches!(error, Some(StoreError::DataDamaged | StoreError::LogForeign)), "{error:?}");
    }
    assert!(std::fs::read(directory.join(DATABASE_FILE)).unwrap() == before, "something was written");
}

#[test]
fn a_file_that_is_longer_or_shorter_than_its_pages_is_refused() {
    let (directory, store) = store();
    create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    drop(store);
    let whole = std::fs::read(directory.path().join(DATABASE_FILE)).unwrap();
    for change in [-4097, -4096, -4095, -1, 1, 4095, 4096, 8192] {
        set_length(directory.path(), (whole.len() as u64).checked_add_signed(change).unwrap());
        is_refused(directory.path());
        std::fs::write(directory.path().join(DATABASE_FILE), &whole).unwrap();
    }
    // The last page twice.
    let twice = [&whole[..], &whole[whole.len() - 4096..]].concat();
    std::fs::write(directory.path().join(DATABASE_FILE), twice).unwrap();
    is_refused(directory.path());
    std::fs::write(directory.path().join(DATABASE_FILE), &whole).unwrap();
    drop(Store::open(directory.path()).unwrap());
}

#[test]
fn what_is_in_the_log_alone_is_not_missing() {
    is_whole(with_an_unfinished_log().path());
    // A kill while the log was emptied, in the middle of a page of it.
    for more in [1, 4095, 4096, 6000, 8192] {
        let killed = with_an_unfinished_log();
        set_length(killed.path(), length(killed.path(), DATABASE_FILE) + more);
        is_whole(killed.path());
    }
}

#[test]
fn what_the_log_does_not_have_is_missing_beside_it_too() {
    let killed = with_an_unfinished_log();
    set_length(killed.path(), length(killed.path(), DATABASE_FILE) / 2 / 4096 * 4096 + 5);
    is_refused(killed.path());
    let killed = with_an_unfinished_log();
    let log = length(killed.path(), LOG_FILE);
    set_length(killed.path(), length(killed.path(), DATABASE_FILE) + log + 4096);
    is_refused(killed.path());
}

/// Another program writes and empties its log all the time: whoever opens the store or looks at it meanwhile finds it
/// whole.
#[test]
fn a_store_that_somebody_writes_to_meanwhile_is_opened() {
    let (directory, writing) = store();
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0..60 {
                let readings = (0..200).map(|index| blood(index, i64::from(index), 100)).collect();
                writing.quarantine(by(1), &download(&format!("000-{number}"), readings)).unwrap();
            }
            is_done.store(true, Ordering::Release);
        });
        let mut looked = 0;
        while !is_done.load(Ordering::Acquire) {
            Store::open(directory.path()).unwrap();
            looked += 1;
        }
        assert!(looked > 0);
    });
    Store::check(directory.path()).unwrap();
    assert_eq!(Store::open(directory.path()).unwrap().pending().unwrap().len(), 60);
}

/// What has to be free on the disk for one download. Nothing is emptied into the database while somebody reads, so that
/// all of it is in the log at once; then it is in the database too. A reading keeps what the meter sent of it, at most
/// a line, and the download keeps it too.
#[test]
fn the_largest_memory_takes_no_more_room_than_is_asked_for() {
    let largest = Catalogue::embedded().meters().iter().filter_map(|meter| meter.memory).max().unwrap();
    let (directory, store) = store();
    let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    let before = length(directory.path(), DATABASE_FILE);
    let reader = database(directory.path());
    reader.execute_batch("BEGIN; SELECT count(*) FROM audit;").unwrap();
    let mut readings: Vec<_> = (0..largest).map(|index| blood(index, i64::from(index), 100)).collect();
    for reading in &mut readings {
        reading.raw.insert("line".into(), "x".repeat(200));
    }
    let mut read = download("000-1", readings);
    read.transcript.iter_mut().for_each(|packet| packet.bytes = vec![0xA5; 200 * usize::try_from(largest).unwrap()]);
    let upload = store.quarantine(by(1), &read).unwrap();
    used_by_one(&store, &upload.id, &patient.id);
    store.assign(by(2), &assignment(&store, &upload.id, &patient.id, "a")).unwrap();
    let log = length(directory.path(), LOG_FILE);
    drop(reader);
    create(&store, &person("Weber", "Anna", "1951-01-01", "M2"));
    assert_eq!(length(directory.path(), LOG_FILE), 0);
    let taken = log + length(directory.path(), DATABASE_FILE) - before;
    assert!((Room::FOR_LARGEST_MEMORY / 2..=Room::FOR_LARGEST_MEMORY).contains(&taken), "{taken} bytes");
}
