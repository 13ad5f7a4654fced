//! Every combination of pieces in a data folder: each file of a store may be missing, empty, cut, right, or another
//! store's. What opens is a whole store with everything in it; all else is one of the named problems, which changes
//! nothing. No store is begun over the pieces of another one.

use std::collections::BTreeMap;
use std::path::Path;

use glucodock::domain::association::UploadId;
use glucodock::domain::clinic::Purpose;
use glucodock::store::{ChainCheck, DATABASE_FILE, KEY_FILE, Store, StoreError};
use rusqlite::Connection;

use super::support::{assignment, blood, by, create, download, person, record, store};

const NAMES: [&str; 5] = [DATABASE_FILE, KEY_FILE, "glucodock.head", "glucodock.new", "glucodock.db-wal"];

/// What lies under one name; nothing if nothing does.
type Piece = Option<Vec<u8>>;

/// The files of one store, as they were when its last transaction was in the log only, and when it was closed.
struct Pieces {
    /// The database without what is in the log.
    behind: Vec<u8>,
    whole: Vec<u8>,
    log: Vec<u8>,
    key: Vec<u8>,
    head: Vec<u8>,
}

/// A store with a patient of this name, an assigned meter, and one that waits.
fn pieces(name: &str) -> Pieces {
    let (directory, store) = store();
    let patient = create(&store, &person(name, "Karl", "1950-01-01", "M1"));
    let upload = store.quarantine(by(1), &download("000-1", vec![blood(0, 5, 103)])).unwrap();
    store.assign(by(2), &assignment(&store, &upload.id, &patient.id, "a")).unwrap();
    // Somebody reads, so that the log cannot be emptied.
    let read = |name: &str| std::fs::read(directory.path().join(name)).unwrap();
    let key = read(KEY_FILE);
    let hexadecimal = hex::encode(&key);
    let reader = Connection::open(directory.path().join(DATABASE_FILE)).unwrap();
    reader.execute_batch(&format!("PRAGMA key = \"x'{hexadecimal}'\"; BEGIN; SELECT count(*) FROM audit;")).unwrap();
    store.quarantine(by(3), &download("000-2", vec![blood(0, 5, 103)])).unwrap();
    let (behind, log, head) = (read(DATABASE_FILE), read(NAMES[4]), read(NAMES[2]));
    assert!(!log.is_empty());
    drop(reader);
    drop(store);
    Pieces { behind, whole: read(DATABASE_FILE), log, key, head }
}

fn half(bytes: &[u8]) -> Vec<u8> {
    // Of a database or a log, a whole number of pages: nothing but their contents tells.
    let pages = bytes.len() / 4096 / 2;
    bytes[..if pages > 0 { pages * 4096 } else { bytes.len() / 2 }].to_vec()
}

/// The five states of one file; of the database a sixth, without what is in the log.
fn states(right: &[u8], other: &[u8]) -> Vec<(&'static str, Piece)> {
    vec![
        ("absent", None),
        ("empty", Some(Vec::new())),
        ("cut", Some(half(right))),
        ("right", Some(right.to_vec())),
        ("other's", Some(other.to_vec())),
    ]
}

fn lay(directory: &Path, pieces: [&Piece; 5]) {
    use std::os::unix::fs::PermissionsExt as _;
    for (name, piece) in NAMES.into_iter().zip(pieces) {
        let Some(bytes) = piece else { continue };
        let file = directory.join(name);
        std::fs::write(&file, bytes).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

fn contents(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()))
        // What those who have it open share, and an empty log: they say nothing, and go with the last one.
        .filter(|(name, bytes)| name != "glucodock.db-shm" && !(name == NAMES[4] && bytes.is_empty()))
        .collect()
}

/// Whether the store has everything that was stored, and for whom.
fn everything_of(store: &Store, name: &str) -> bool {
    let found = store.search(name, None, 9).unwrap().patients;
    found.len() == 1
        && record(store, &found[0].id).len() == 1
        && store.pending().unwrap().len() == 1
        && store.readings_of(&UploadId("2".into())).is_ok_and(|readings| readings.len() == 1)
        && matches!(store.verify_audit().unwrap(), ChainCheck::Whole { lines: 4, .. })
}

fn is_named(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::KeyMissing
            | StoreError::StoreMissing
            | StoreError::Cut { .. }
            | StoreError::DataDamaged
            | StoreError::LogForeign
            | StoreError::KeyDamaged
            | StoreError::HeadMissing
            | StoreError::HeadDamaged
            | StoreError::WentBack { .. }
            | StoreError::WrongKey
            | StoreError::NotADatabase
    )
}

/// How often what was laid out came to what.
#[derive(Default)]
struct Outcomes {
    opened: usize,
    begun: usize,
    refused: usize,
}

impl Outcomes {
    /// Looks at and opens what lies there.
    fn add(&mut self, states: [&'static str; 5], pieces: [&Piece; 5]) {
        let [database, key, head, new, log] = states;
        let case = format!("db {database}, key {key}, head {head}, new {new}, log {log}");
        let directory = tempfile::tempdir().unwrap();
        lay(directory.path(), pieces);
        let before = contents(directory.path());
        let looking = Store::check(directory.path());
        assert!(before == contents(directory.path()) || looking.is_ok(), "{case}: looking changed something");
        match Store::open(directory.path()) {
            Ok(store) if store.audit_trail().unwrap().is_empty() => {
                let is_a_beginning = [key, head, log] == ["absent"; 3]
                    && (database == "absent" || database == "empty" && ["right", "other's"].contains(&new));
                assert!(is_a_beginning, "{case}: begun over what was there");
                assert_eq!(looking.unwrap(), None, "{case}");
                self.begun += 1;
            }
            Ok(store) => {
                let name = if database == "other's" { "other" } else { "weber" };
                assert!(everything_of(&store, name), "{case}: not everything is there");
                assert_eq!(looking.unwrap(), Some(Purpose::Patients), "{case}");
                self.opened += 1;
            }
            Err(error) => {
                assert!(is_named(&error), "{case}: {error:?}");
                assert_eq!(looking.unwrap_err().to_string(), error.to_string(), "{case}");
                let remedy = error.remedy().unwrap();
                assert!(error.to_string().contains("glucodock."), "{case}: {error}");
                let names_a_way = ["backup", "accept-restored"].iter().any(|way| remedy.contains(way));
                assert!(names_a_way, "{case}: {remedy}");
                assert_eq!(contents(directory.path()), before, "{case}: a refusal changed something");
                self.refused += 1;
            }
        }
    }
}

#[test]
fn every_combination_of_pieces_is_a_whole_store_or_a_named_problem() {
    let (right, other) = (pieces("Weber"), pieces("Other"));
    let mut databases = states(&right.whole, &other.whole);
    databases.push(("behind", Some(right.behind.clone())));
    let keys = states(&right.key, &other.key);
    let heads = states(&right.head, &other.head);
    let logs = states(&right.log, &other.log);
    let of = |(database, database_piece): &(&'static str, Piece)| {
        let mut outcomes = Outcomes::default();
        for (key, key_piece) in &keys {
            for (head, head_piece) in &heads {
                for (new, new_piece) in &keys {
                    for (log, log_piece) in &logs {
                        let pieces = [database_piece, key_piece, head_piece, new_piece, log_piece];
                        outcomes.add([database, key, head, new, log], pieces);
                    }
                }
            }
        }
        outcomes
    };
    let outcomes: Vec<Outcomes> = std::thread::scope(|scope| {
        let threads: Vec<_> = databases.iter().map(|database| scope.spawn(|| of(database))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let sum = |part: fn(&Outcomes) -> usize| outcomes.iter().map(part).sum::<usize>();
    let (opened, begun, refused) = (sum(|all| all.opened), sum(|all| all.begun), sum(|all| all.refused));
    assert_eq!(opened + begun + refused, 6 * 5 * 5 * 5 * 5);
    // The whole store: without a log, with an empty one and with its own. Behind: with its own log only. The other one:
    // without a log and with an empty one, and with its own. What there is of a beginning does not matter beside a key.
    assert!(opened >= 5 * (3 + 1 + 3), "{opened} opened");
    assert_eq!(
        begun,
        5 + 2,
        "nothing at all, what begins a store, and an empty database beside the key of a beginning"
    );
}
