//! What the commands and the app say of a store that is not whole, and of its audit trail.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop where it stands")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use glucodock::domain::clinic::{Password, Role};
use glucodock::store::{By, NewUser, Store};
use serde_json::{Value, json};

use super::program::{PROGRAM, feed, on_store as glucodock};

fn json_of(data: &Path, arguments: &[&str]) -> Value {
    let output = glucodock(data, arguments, "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

const ADD: [&str; 8] = ["users", "add", "--login", "nora", "--name", "Nora Test", "--role", "assistant"];

/// A store with one user and one patient.
fn begun() -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    assert!(glucodock(data.path(), &ADD, "correct horse\n").status.success());
    let anna = r#"{"family":"Tester","given":"Anna","born":"1961-07-14","mrn":"M1000001"}"#;
    assert!(glucodock(data.path(), &["patients", "create"], anna).status.success());
    data
}

/// Does something to a data folder.
type Damage = fn(&Path);

/// Makes the database so many bytes longer, or shorter.
fn lengthen(data: &Path, bytes: i64) {
    let file = std::fs::File::options().write(true).open(data.join("glucodock.db")).unwrap();
    file.set_len(file.metadata().unwrap().len().checked_add_signed(bytes).unwrap()).unwrap();
}

/// What `doctor` finds of the store.
fn doctor(data: &Path) -> Value {
    let output = glucodock(data, &["doctor", "--json"], "");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["findings"].as_array().unwrap().iter().find(|finding| finding["check"] == "store").unwrap().clone()
}

/// Every way in says the same, names the remedy, and changes nothing.
#[track_caller]
fn refused(data: &Path, says: &str) {
    let script = "wait \"Sign in\"\n";
    let ways: [(&[&str], &str); 6] = [
        (&["pending"], ""),
        (&["users", "list"], ""),
        (&ADD, "correct horse\n"),
        (&["patients", "search", "a"], ""),
        (&["audit", "verify"], ""),
        (&["headless", "-"], script),
    ];
    let before = std::fs::read_dir(data).unwrap().count();
    for (way, input) in ways {
        let output = glucodock(data, way, input);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{way:?}: {error}");
        assert!(error.contains(says) && output.stdout.is_empty(), "{way:?}: {error}");
    }
    let finding = doctor(data);
    assert_eq!(finding["state"], "bad", "{finding}");
    assert!(finding["what"].as_str().unwrap().contains(says), "{finding}");
    assert!(finding["remedy"].is_string(), "{finding}");
    assert_eq!(std::fs::read_dir(data).unwrap().count(), before);
}

#[test]
fn what_is_wrong_with_the_store_is_said_by_every_command_and_by_doctor() {
    use std::os::unix::fs::PermissionsExt as _;
    let damages: [(Damage, &str); 13] = [
        (|data| std::fs::remove_file(data.join("glucodock.db")).unwrap(), "glucodock.db is missing"),
        (|data| std::fs::write(data.join("glucodock.db"), "").unwrap(), "it has 0 bytes"),
        (|data| std::fs::remove_file(data.join("glucodock.key")).unwrap(), "glucodock.key is missing"),
        (
            |data| std::fs::File::options().write(true).open(data.join("glucodock.db")).unwrap().set_len(8192).unwrap(),
            "glucodock.db was cut or is damaged",
        ),
        (|data| lengthen(data, -1), "glucodock.db was cut or is damaged"),
        (|data| lengthen(data, 1), "glucodock.db was cut or is damaged"),
        (|data| lengthen(data, 4096), "glucodock.db was cut or is damaged"),
        (
            |data| {
                std::fs::remove_file(data.join("glucodock.db")).unwrap();
                std::fs::remove_file(data.join("glucodock.head")).unwrap();
                std::fs::write(data.join("glucodock.new"), "").unwrap();
            },
            "glucodock.db is missing",
        ),
        (
            |data| {
                std::fs::write(data.join("glucodock.db"), "").unwrap();
                std::fs::write(data.join("glucodock.new"), "").unwrap();
            },
            "it has 0 bytes",
        ),
        (
            |data| std::fs::create_dir(data.join("glucodock.db-wal")).unwrap(),
            "glucodock.db-wal is a folder, not a file",
        ),
        (
            |data| {
                std::fs::remove_file(data.join("glucodock.db")).unwrap();
                rustix::fs::mkfifoat(rustix::fs::CWD, data.join("glucodock.db"), rustix::fs::Mode::RUSR).unwrap();
            },
            "glucodock.db is a pipe",
        ),
        (
            |data| std::fs::set_permissions(data, std::fs::Permissions::from_mode(0o777)).unwrap(),
            "may be written to by others (mode 0777)",
        ),
        (
            |data| {
                let open = std::fs::Permissions::from_mode(0o644);
                std::fs::set_permissions(data.join("glucodock.key"), open).unwrap();
            },
            "may be read by others (mode 0644)",
        ),
    ];
    for (damage, says) in damages {
        let data = begun();
        let good = doctor(data.path());
        assert_eq!(good["state"], "good");
        assert!(good["what"].as_str().unwrap().ends_with("It is for patients."), "{good}");
        damage(data.path());
        refused(data.path(), says);
    }
}

/// Who manages users or reads the trail is refused for the role, and no session is begun or ended.
#[test]
fn a_role_without_patients_is_refused_in_the_trail() {
    let data = begun();
    let audrey = NewUser {
        login: "audrey".into(),
        name: "Audrey Test".into(),
        role: Role::Auditor,
        password: Password::new("correct horse".to_owned()),
        password_is_given: false,
    };
    let by = By::command("test", jiff::Timestamp::now());
    Store::open(data.path()).unwrap().add_user(by, &audrey).unwrap();
    let script = "type audrey\nkey Enter\ntype \"correct horse\"\nkey Enter\nidle\nexpect \"E-SIGN-3\"\n";
    let played = glucodock(data.path(), &["headless", "--speed", "real", "-"], script);
    assert!(played.status.success(), "{}", String::from_utf8_lossy(&played.stderr));
    let lines = json_of(data.path(), &["audit", "list", "--json"]);
    let last: Vec<_> = lines["lines"].as_array().unwrap().iter().skip(3).collect();
    let [refused] = last.as_slice() else { panic!("{lines}") };
    assert_eq!((&refused["action"], &refused["detail"]), (&json!("sign-in-refused"), &json!("role")));
    assert_eq!(refused["user"], "2");
}

#[test]
fn a_restored_backup_goes_on_after_a_deliberate_act() {
    let data = begun();
    let backup = std::fs::read(data.path().join("glucodock.db")).unwrap();
    let other = r#"{"family":"Other","given":"Berta","born":"1972-07-14","mrn":"M1000002"}"#;
    assert!(glucodock(data.path(), &["patients", "create"], other).status.success());
    std::fs::write(data.path().join("glucodock.db"), backup).unwrap();
    refused(data.path(), "gone back in time");
    let accepted = json_of(data.path(), &["store", "accept-restored", "--json"]);
    assert_eq!(accepted, json!({ "accepted": true, "noted": 3, "last": 2, "training": false }));
    let lines = json_of(data.path(), &["audit", "list", "--json"]);
    assert_eq!(lines.pointer("/lines/2/action"), Some(&json!("restore-accepted")));
    assert_eq!(lines.pointer("/lines/2/user"), Some(&json!("local administrator")));
    let text = glucodock(data.path(), &["store", "accept-restored"], "").stdout;
    assert!(String::from_utf8(text).unwrap().contains("nothing to accept"));
}

#[test]
fn the_trail_is_checked_and_printed_and_has_every_sign_in_and_sign_out() {
    let data = begun();
    let script = r#"
type "nora"
key Enter
type "wrong password"
key Enter
idle
type "correct horse"
key Enter
wait "Find the patient"
type "tester"
idle
keys Down Enter
wait "Upload the data"
keys F10 End Up Enter
wait "Sign in"
idle
type "nora"
key Enter
type "correct horse"
key Enter
wait "Find the patient"
idle
refuse "TESTER"
"#;
    let played = glucodock(data.path(), &["headless", "--speed", "real", "-"], script);
    assert!(played.status.success(), "{}", String::from_utf8_lossy(&played.stderr));
    let lines = json_of(data.path(), &["audit", "list", "--json"]);
    let actions: Vec<_> =
        lines["lines"].as_array().unwrap().iter().map(|line| line["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["user-added", "patient-created", "sign-in-refused", "signed-in", "signed-out", "signed-in"],);
    let verified = json_of(data.path(), &["audit", "verify", "--json"]);
    assert_eq!((&verified["whole"], &verified["lines"]), (&json!(true), &json!(6)));
    assert_eq!(verified["last_hash"], lines["lines"][5]["hash"]);
    let text = String::from_utf8(glucodock(data.path(), &["audit", "list"], "").stdout).unwrap();
    let line = text.lines().nth(4).unwrap();
    assert!(line.starts_with("     5  ") && line.contains(" UTC  signed-out          user 1"), "{line}");
    let text = String::from_utf8(glucodock(data.path(), &["audit", "verify"], "").stdout).unwrap();
    assert!(text.starts_with("The audit trail is whole: 6 lines, the hash of the last one is "), "{text}");
}

/// Somebody with the key takes the guard away and changes a line: the chain shows which.
#[test]
fn a_line_of_the_trail_that_was_changed_is_named() {
    let data = begun();
    let connection = rusqlite::Connection::open(data.path().join(glucodock::store::DATABASE_FILE)).unwrap();
    let key = std::fs::read(data.path().join(glucodock::store::KEY_FILE)).unwrap();
    connection.execute_batch(&format!("PRAGMA key = \"x'{}'\";", hex::encode(key))).unwrap();
    let guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'";
    let guards: Vec<String> =
        connection.prepare(guards).unwrap().query_map((), |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    // This one says to the store that it has a note of its last line.
    for guard in guards.iter().filter(|guard| *guard != "audit_is_only_continued") {
        connection.execute_batch(&format!("DROP TRIGGER {guard}")).unwrap();
    }
    connection.execute("UPDATE audit SET detail = 'user 2' WHERE id = 1", ()).unwrap();
    drop(connection);
    let output = glucodock(data.path(), &["audit", "verify", "--json"], "");
    let verified: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{verified}");
    assert_eq!((&verified["whole"], &verified["broken_at"]), (&json!(false), &json!(1)));
    let output = glucodock(data.path(), &["audit", "verify"], "");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("The audit trail is broken at line 1: "), "{text}");
    let refused = glucodock(data.path(), &["audit", "export"], "");
    assert_eq!((refused.status.code(), refused.stdout.as_slice()), (Some(1), &b""[..]));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("nothing was exported"), "{refused:?}");
}

/// The program's output under `sh -c SCRIPT` in a namespace where it may mount; nothing, and that is said, where the
/// system allows none or the script ends with 77.
fn where_it_may_mount(data: &Path, script: &str) -> Option<Output> {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, PROGRAM]);
    let output = feed(command.env("GLUCODOCK_DATA", data).env("GLUCODOCK_LOG", "off"), "");
    let error = String::from_utf8_lossy(&output.stderr);
    let is_left_out = output.status.code() == Some(77) || error.contains("unshare");
    if is_left_out {
        let told = format!("left out: this system allows no namespaces: {error}\n");
        std::io::stderr().write_all(told.as_bytes()).unwrap();
    }
    (!is_left_out).then_some(output)
}

/// A disk that takes no writes any more, as after a fault.
#[test]
fn a_file_system_that_may_only_be_read_is_told_as_such() {
    let data = begun();
    let script =
        "mount --bind \"$GLUCODOCK_DATA\" \"$GLUCODOCK_DATA\" && mount -o remount,ro,bind \"$GLUCODOCK_DATA\" \
        || exit 77
        cd / && exec \"$0\" pending";
    let Some(output) = where_it_may_mount(data.path(), script) else { return };
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains("on a file system that may only be read"), "{error}");
}

/// A disk with room for nothing but a page or two, on which not even the index of the log can be made.
#[test]
fn a_full_disk_is_told_by_every_command_and_by_doctor() {
    let data = begun();
    let script =
        "mkdir \"$GLUCODOCK_DATA/full\" && mount -t tmpfs -o size=2m,mode=700 tmpfs \"$GLUCODOCK_DATA/full\" \\
            && cp \"$GLUCODOCK_DATA\"/glucodock.* \"$GLUCODOCK_DATA/full\" || exit 77
        export GLUCODOCK_DATA=\"$GLUCODOCK_DATA/full\"
        cat /dev/zero >\"$GLUCODOCK_DATA/rest\" 2>/dev/null
        for free in 0 8 32; do
            truncate -s \"-${free}K\" \"$GLUCODOCK_DATA/rest\"
            for command in pending 'users list' 'audit verify' 'headless -' 'pending --json' doctor; do
                echo \"## $free $command\"
                \"$0\" $command </dev/null 2>&1; echo \"exit $?\"
            done
        done";
    let Some(output) = where_it_may_mount(data.path(), script) else { return };
    let said = String::from_utf8(output.stdout).unwrap();
    let parts: Vec<&str> = said.split("## ").skip(1).collect();
    assert_eq!(parts.len(), 18, "{said}");
    for part in parts {
        let is_doctor = part.lines().next().unwrap().ends_with("doctor");
        // Where a little is free, the index of the log can be made, and a look succeeds.
        let is_refused = part.ends_with("exit 1\n");
        assert!(is_refused || (!part.starts_with("0 ") && !is_doctor), "{part}");
        let says_how = part.contains("the disk is full.") && part.contains("Free some space on the disk");
        assert!(!is_refused || says_how || (is_doctor && !part.starts_with("0 ")), "{part}");
        assert!(!is_doctor || part.contains("0 MB free: too little to store a meter"), "{part}");
    }
}
