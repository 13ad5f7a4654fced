use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use rstest::rstest;

use super::*;

fn cable(key: &str, model: &str) -> RememberedCable {
    let read_at = "2026-07-14T10:00:00Z".parse().unwrap();
    RememberedCable { key: key.parse().unwrap(), model: model.to_owned(), read_at }
}

fn models(file: &CableFile) -> Vec<(String, String)> {
    file.list().unwrap().into_iter().map(|cable| (cable.key.to_string(), cable.model)).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn each_cable_keeps_the_meter_read_last() {
    let folder = tempfile::tempdir().unwrap();
    let file = CableFile::in_folder(folder.path());
    let (ftdi, prolific) = ("0403:6001:CABLE-000-1", "067b:2303@1-2.3");
    file.remember(cable(prolific, "sd-codefree")).unwrap();
    file.remember(cable(ftdi, "onetouch-ultra2")).unwrap();
    file.remember(cable(ftdi, "onetouch-ultra-easy")).unwrap();
    // Another opening of the same folder: after a restart.
    let file = CableFile::in_folder(folder.path());
    let pair = |key: &str, model: &str| (key.to_owned(), model.to_owned());
    assert_eq!(models(&file), [pair(ftdi, "onetouch-ultra-easy"), pair(prolific, "sd-codefree")]);
    assert_eq!(file.recall(&ftdi.parse().unwrap()).unwrap(), Some(cable(ftdi, "onetouch-ultra-easy")));
    assert_eq!(file.recall(&"0403:6001@1-2".parse().unwrap()).unwrap(), None);
    assert_eq!(names(folder.path()), [CABLES_FILE]);
    assert_eq!(file.path().metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_forgotten_cable_is_asked_for_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = CableFile::in_folder(folder.path());
    let key = "0403:6001:CABLE-000-1".parse().unwrap();
    assert!(!file.forget(&key).unwrap());
    file.remember(cable("0403:6001:CABLE-000-1", "onetouch-ultra2")).unwrap();
    file.remember(cable("0403:6001@1-1", "contour")).unwrap();
    assert!(file.forget(&key).unwrap());
    assert!(!file.forget(&key).unwrap());
    assert_eq!(models(&file), [("0403:6001@1-1".to_owned(), "contour".to_owned())]);
}

#[test]
fn a_folder_that_is_not_there_remembers_nothing_and_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none");
    let file = CableFile::in_folder(&missing);
    assert_eq!(file.list().unwrap(), []);
    assert!(!file.forget(&"0403:6001@1-1".parse().unwrap()).unwrap());
    let error = file.remember(cable("0403:6001@1-1", "contour")).unwrap_err();
    assert!(matches!(error, CableFileError::File { doing: "locking", .. }), "{error}");
    assert!(!missing.exists());
}

#[rstest]
#[case::no_toml(b"all the cables".to_vec(), "line 1 is not readable")]
#[case::a_wrong_key(
    b"[[cable]]\nkey = \"x\"\nmodel = \"m\"\nread_at = \"2026-07-14T10:00:00Z\"\n".to_vec(),
    "line 2 is"
)]
#[case::half(b"[[cable]]\nkey = \"0403:6001@1-1\"\nmod".to_vec(), "is not readable")]
#[case::no_text(vec![0xff, 0xfe, 0], "")]
#[case::endless(vec![b'#'; 1 + (1 << 20)], "too long")]
fn a_damaged_file_is_named_and_kept_beside_the_new_one(#[case] content: Vec<u8>, #[case] says: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = CableFile::in_folder(folder.path());
    for number in 1..=2 {
        std::fs::write(file.path(), &content).unwrap();
        let error = file.list().unwrap_err();
        assert!(matches!(error, CableFileError::Damaged { .. }) && error.to_string().contains(says), "{error}");
        assert!(file.recall(&"0403:6001@1-1".parse().unwrap()).is_err());
        assert!(file.forget(&"0403:6001@1-1".parse().unwrap()).is_err());
        assert_eq!(std::fs::read(file.path()).unwrap(), content, "looking changes nothing");
        file.remember(cable("0403:6001@1-1", "contour")).unwrap();
        assert_eq!(file.list().unwrap().len(), 1);
        let aside = folder.path().join(format!("{CABLES_FILE}.damaged-{number}"));
        assert_eq!(std::fs::read(aside).unwrap(), content);
    }
}

#[test]
fn what_a_person_added_to_the_file_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let file = CableFile::in_folder(folder.path());
    let entry = "key = \"0403:6001@1-1\"\nmodel = \"contour\"\nread_at = \"2026-07-14T10:00:00Z\"\nroom = 4\n";
    std::fs::write(file.path(), format!("# the cables of room 4\n[[cable]]\n{entry}")).unwrap();
    assert_eq!(file.list().unwrap(), [cable("0403:6001@1-1", "contour")]);
    std::fs::write(file.path(), format!("\u{feff}[[cable]]\r\n{}", entry.replace('\n', "\r\n"))).unwrap();
    assert_eq!(file.list().unwrap(), [cable("0403:6001@1-1", "contour")]);
    std::fs::write(file.path(), "").unwrap();
    assert_eq!(file.list().unwrap(), []);
}

/// Several processes on one data folder; here as threads, whose locks are on openings of their own all the same.
#[test]
fn writers_at_once_lose_no_cable() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let writers: Vec<_> = (0..8)
        .map(|port| {
            let folder = Arc::clone(&folder);
            std::thread::spawn(move || {
                let file = CableFile::in_folder(folder.path());
                for model in ["contour", "onetouch-ultra2", "sd-codefree"] {
                    file.remember(cable(&format!("067b:2303@1-{port}"), model)).unwrap();
                    file.list().unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    let file = CableFile::in_folder(folder.path());
    let expected: Vec<_> = (0..8).map(|port| (format!("067b:2303@1-{port}"), "sd-codefree".to_owned())).collect();
    assert_eq!(models(&file), expected);
    assert_eq!(names(folder.path()), [CABLES_FILE]);
}

#[test]
fn what_the_system_refuses_is_named_and_not_taken_for_damage() {
    let folder = tempfile::tempdir().unwrap();
    let file = CableFile::in_folder(folder.path());
    std::fs::create_dir(file.path()).unwrap();
    let error = file.remember(cable("0403:6001@1-1", "contour")).unwrap_err();
    assert!(matches!(error, CableFileError::File { doing: "reading", .. }), "{error}");
    assert_eq!(names(folder.path()), [CABLES_FILE], "nothing was put aside and nothing is left over");
}

/// Opening a pipe waits for whoever writes into it, for ever if there is nobody.
#[test]
fn a_pipe_is_not_waited_for_and_is_put_aside() {
    let folder = tempfile::tempdir().unwrap();
    let file = CableFile::in_folder(folder.path());
    rustix::fs::mknodat(rustix::fs::CWD, file.path(), rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0).unwrap();
    let error = file.list().unwrap_err();
    assert!(matches!(error, CableFileError::Damaged { .. }), "{error}");
    file.remember(cable("0403:6001@1-1", "contour")).unwrap();
    assert_eq!(models(&file), [("0403:6001@1-1".to_owned(), "contour".to_owned())]);
    assert_eq!(names(folder.path()).len(), 2, "the pipe stands beside it");
}
