//! What lies on the disk: nothing that can be read without the key, and nothing half done after a power cut.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use glucodock::domain::association::UploadId;
use glucodock::store::{ChainCheck, KEY_FILE, Store};

use super::support::{assignment, at, blood, by, create, download, person, record, store};

/// Names the directory in which [`writes_until_killed`] works.
const DIRECTORY_VARIABLE: &str = "GLUCODOCK_TEST_KILLED_IN";

fn every_file(directory: &Path) -> Vec<(String, Vec<u8>)> {
    std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()))
        .collect()
}

#[test]
fn the_files_show_nothing_without_the_key() {
    let (directory, store) = store();
    let patient = create(&store, &person("Featherstonehaugh", "Wilhelmina", "1944-12-31", "MRN-SECRET-1"));
    let mut reading = blood(0, 5, 103);
    reading.raw.insert("marker".into(), "raw-field-marker".into());
    let upload = store.quarantine(by(1), &download("SERIAL-MARKER-7", vec![reading])).unwrap();
    store.assign(by(2), &assignment(&store, &upload.id, &patient.id, "key-marker")).unwrap();
    let secrets = [
        "SQLite format 3",
        "CREATE TABLE",
        "Featherstonehaugh",
        "featherstonehaugh",
        "Wilhelmina",
        "1944-12-31",
        "SECRET",
        "secret1",
        "SERIAL-MARKER",
        "serialmarker7",
        "raw-field-marker",
        "2026-09-21",
        "patient-created",
    ];
    let check = || {
        let files = every_file(directory.path());
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        for (name, bytes) in &files {
            for secret in secrets {
                let shows = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!shows, "{name} shows {secret}");
            }
        }
        names.len()
    };
    assert!(check() >= 3, "database, key and log while it is open");
    drop(store);
    assert!(check() >= 2);
    // The search would find what is there: the key file's own bytes are in it.
    let key = std::fs::read(directory.path().join(KEY_FILE)).unwrap();
    assert!(every_file(directory.path()).iter().any(|(_, bytes)| bytes.windows(32).any(|window| window == key)));
}

#[test]
fn only_this_user_may_read_the_files() {
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("new").join("data");
    let store = Store::open(&directory).unwrap();
    create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    assert_eq!(std::fs::metadata(&directory).unwrap().mode() & 0o777, 0o700);
    for entry in std::fs::read_dir(&directory).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().mode() & 0o777, 0o600, "{:?}", entry.file_name());
    }
}

#[test]
fn a_copy_of_the_files_in_the_middle_of_the_work_is_whole() {
    let (directory, store) = store();
    let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    let upload = store.quarantine(by(1), &download("000-1", vec![blood(0, 5, 103)])).unwrap();
    let copy = tempfile::tempdir().unwrap();
    for (name, _) in every_file(directory.path()) {
        // Without the index of the log, as after a crash of the machine.
        if !name.ends_with("-shm") {
            std::fs::copy(directory.path().join(&name), copy.path().join(&name)).unwrap();
        }
    }
    store.assign(by(2), &assignment(&store, &upload.id, &patient.id, "a")).unwrap();
    let copied = Store::open(copy.path()).unwrap();
    assert_eq!(copied.pending().unwrap().len(), 1);
    assert_eq!(record(&copied, &patient.id).len(), 0);
    assert!(matches!(copied.verify_audit().unwrap(), ChainCheck::Whole { lines: 2, .. }));
}

/// Kills a process that writes without pause, many times, and finds every write that was answered.
#[test]
fn what_was_answered_survives_a_kill_at_any_moment() {
    let directory = tempfile::tempdir().unwrap();
    let mut answered: Vec<(UploadId, bool)> = Vec::new();
    for round in 0_usize..12 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "files::writes_until_killed", "--ignored", "--nocapture", "--test-threads=1"])
            .env(DIRECTORY_VARIABLE, directory.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        // Each line is one write that returned. Killed after a different number of them each time.
        let reports = lines.filter_map(|line| {
            let (_, report) = line.split_once("answered ")?;
            let (what, id) = report.split_once(' ')?;
            Some((UploadId(id.to_owned()), what == "assign"))
        });
        let mut seen = 0;
        for report in reports {
            if seen == 1 + round * 3 {
                child.kill().unwrap();
            }
            answered.push(report);
            seen += 1;
        }
        assert!(!child.wait().unwrap().success(), "killed");
        assert!(seen > round * 3, "it wrote before it was killed");

        let store = Store::open(directory.path()).unwrap();
        assert!(matches!(store.verify_audit().unwrap(), ChainCheck::Whole { .. }));
        let pending: Vec<_> = store.pending().unwrap().into_iter().map(|upload| upload.id).collect();
        for (id, is_assigned) in &answered {
            assert_eq!(store.readings_of(id).unwrap().len(), 50, "an upload is whole");
            assert!(!is_assigned || !pending.contains(id), "an assignment stays");
        }
        let owner = store.search("Weber", None, 1).unwrap().patients.remove(0);
        let in_record = record(&store, &owner.id).len();
        let assigned = answered.iter().filter(|(_, is_assigned)| *is_assigned).count();
        assert_eq!(in_record % 50, 0, "all readings of an assignment or none");
        assert!(in_record >= 50 * assigned, "{in_record} readings of {assigned} assignments");
    }
}

/// The other process of the test above.
#[test]
#[ignore = "runs as a process of its own, to be killed by what_was_answered_survives_a_kill_at_any_moment"]
fn writes_until_killed() {
    let directory = std::env::var_os(DIRECTORY_VARIABLE).expect("started by the other test");
    let store = Store::open(Path::new(&directory)).unwrap();
    let patient = create(&store, &person("Weber", "Karl", "1950-01-01", "M1"));
    let mut answers = std::io::stdout().lock();
    for _ in 0..1000 {
        let lines = store.audit_trail().unwrap().len();
        let serial = format!("000-{lines}");
        // Of days that no other meter has.
        let from = i64::try_from(lines).unwrap() * 100_000;
        let readings = (0..50).map(|index| blood(index, from + i64::from(index) * 100, 100)).collect();
        let upload = store.quarantine(by(1), &download(&serial, readings)).unwrap();
        writeln!(answers, "answered quarantine {}", upload.id.0).unwrap();
        answers.flush().unwrap();
        store
            .assign(glucodock::store::By::command("1", at(2)), &assignment(&store, &upload.id, &patient.id, &serial))
            .unwrap();
        writeln!(answers, "answered assign {}", upload.id.0).unwrap();
        answers.flush().unwrap();
    }
}
