use std::fs::{self, Permissions};

use super::*;

/// What the log of a folder holds.
fn lines(state: &Path) -> Vec<String> {
    let files = fs::read_dir(folder(state)).unwrap().map(|entry| entry.unwrap().path());
    files.flat_map(|file| fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// What is logged by these events, on a folder that may have been logged in before.
fn logged(state: &Path, events: impl FnOnce()) -> Vec<String> {
    tracing::subscriber::with_default(subscriber(state).unwrap(), events);
    lines(state)
}

/// The event of a line with its fields: what stands behind time, level and process.
fn said(line: &str) -> &str {
    line.split_once(&format!(" {} ", std::process::id())).unwrap().1
}

#[test]
fn an_id_is_hashed_what_is_harmless_is_told_and_all_else_is_private() {
    let state = tempfile::tempdir().unwrap();
    let lines = logged(state.path(), || {
        tracing::info!(patient = "17", upload = %17, name = "Okafor", "assigned");
        tracing::warn!(
            call = "assign",
            code = "E-STORE-1",
            error = "the disk\nis \"full\"",
            readings = 720_u32,
            "failed"
        );
        tracing::info!(patient = "17", "seen");
    });
    let [assigned, failed, seen] = lines.as_slice() else { panic!("{lines:#?}") };
    let whose = said(seen).strip_prefix("seen patient=").unwrap();
    assert!(whose.len() == 8 && whose.chars().all(|digit| digit.is_ascii_hexdigit()), "{seen}");
    let rest = said(assigned).strip_prefix(&format!("assigned patient={whose} upload=")).unwrap();
    let upload = rest.strip_suffix(" name=[private]").unwrap();
    assert!(upload.len() == 8 && upload != whose, "patient 17 is not upload 17: {assigned}");
    assert!(!assigned.contains("Okafor"));
    assert_eq!(
        said(failed),
        r#"failed call=assign code=E-STORE-1 error="the disk is \"full\"" readings=720"#,
        "no value begins a line"
    );
    assert!(failed.contains("Z WARN "), "{failed}");
}

#[test]
fn a_key_is_made_once_for_this_user_alone_and_gives_the_same_hashes() {
    let state = tempfile::tempdir().unwrap();
    let event = || tracing::info!(user = "u1", "signed in");
    logged(state.path(), event);
    let again = logged(state.path(), event);
    assert_eq!(again.len(), 2, "the file of the day goes on");
    assert_eq!(said(&again[0]), said(&again[1]));
    let key = state.path().join(KEY_FILE);
    assert_eq!(key.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let elsewhere = tempfile::tempdir().unwrap();
    assert_ne!(said(&logged(elsewhere.path(), event)[0]), said(&again[0]), "another computer, another key");
}

#[test]
fn a_key_that_others_read_or_that_is_none_is_refused() {
    let state = tempfile::tempdir().unwrap();
    let key = state.path().join(KEY_FILE);
    fs::write(&key, [7; 32]).unwrap();
    fs::set_permissions(&key, Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(Log::open(state.path()), Err(LogError::KeyUnusable { .. })));
    fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    assert!(Log::open(state.path()).is_ok());
    fs::write(&key, [7; 31]).unwrap();
    assert!(matches!(Log::open(state.path()), Err(LogError::KeyUnusable { .. })));
    fs::write(state.path().join("file"), "").unwrap();
    assert!(matches!(Log::open(&state.path().join("file")), Err(LogError::File { .. })));
}

#[test]
fn no_more_files_are_kept_than_promised() {
    let state = tempfile::tempdir().unwrap();
    fs::create_dir(folder(state.path())).unwrap();
    for day in 1..=31 {
        fs::write(folder(state.path()).join(format!("glucodock.2020-01-{day:02}.log")), "old\n").unwrap();
    }
    logged(state.path(), || tracing::info!("today"));
    assert_eq!(fs::read_dir(folder(state.path())).unwrap().count(), MOST_FILES);
}

#[test]
fn a_day_fills_its_file_and_no_more_and_another_process_knows_how_full_it_is() {
    let state = tempfile::tempdir().unwrap();
    let plugged = || (0..100).for_each(|time| tracing::info!(attachment = time, "meter plugged in"));
    let small = || {
        let log = Log::open(state.path()).unwrap();
        log.file.lock().unwrap().most = 1000;
        tracing::subscriber::with_default(Registry::default().with(log), plugged);
        lines(state.path())
    };
    let first = small();
    let (last, before) = first.split_last().unwrap();
    assert!(said(last).starts_with("the file is full"), "{last}");
    let bytes: usize = before.iter().map(|line| line.len() + 1).sum();
    assert!(bytes <= 1000 && bytes > 900, "{bytes} bytes before it");
    assert_eq!(small(), first, "a process that begins behind it adds nothing");
}

#[test]
fn what_a_library_says_is_not_logged() {
    let state = tempfile::tempdir().unwrap();
    let lines = logged(state.path(), || {
        tracing::error!(target: "reqwest::connect", "GET /patients?name=Okafor");
        tracing::error!(target: "glucodockery", "another crate");
        tracing::info!("ours");
    });
    assert_eq!(lines.iter().map(|line| said(line)).collect::<Vec<_>>(), ["ours"]);
}
