//! The commands that back up, restore and look at a store, as an administrator types them.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::path::Path;

use serde_json::Value;

use super::program::on_store as glucodock;

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A store with one user and one patient.
fn begun(more: &[&str]) -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    let nora = ["users", "add", "--login", "nora", "--name", "Nora Test", "--role", "assistant"];
    assert!(glucodock(data.path(), &[&nora, more].concat(), "correct horse\n").status.success());
    let anna = r#"{"family":"Tester","given":"Anna","born":"1961-07-14","mrn":"M1000001"}"#;
    assert!(glucodock(data.path(), &["patients", "create"], anna).status.success());
    data
}

/// What a command said in JSON.
#[track_caller]
fn json_of(data: &Path, arguments: &[&str]) -> Value {
    let output = glucodock(data, arguments, "");
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The whole way of docs/store.md, in words and for programs; a store for training stays one and says so.
#[test]
fn a_store_is_backed_up_looked_at_and_restored() {
    for (more, mark) in [(&[][..], ""), (&["--training"][..], "TRAINING: this store is for training.")] {
        let data = begun(more);
        let elsewhere = tempfile::tempdir().unwrap();
        let file = elsewhere.path().join("clinic.backup");
        let (file, key) = (file.to_str().unwrap(), data.path().join("glucodock.key"));
        let made = glucodock(data.path(), &["store", "backup", file], "");
        let said = text(&made.stdout);
        assert!(made.status.success() && said.starts_with(mark), "{}", text(&made.stderr));
        let expected = format!("Backed up into {file}, and read once more: 1 MB, up to line 3 of the audit trail.");
        assert!(said.contains(&expected), "{said}");
        assert!(said.contains("The key is not in it"), "{said}");

        let looked = glucodock(data.path(), &["store", "verify", file], "");
        let said = text(&looked.stdout);
        assert!(looked.status.success() && said.starts_with(mark), "{said}");
        assert_eq!(said.lines().filter(|line| line.starts_with("ok  ")).count(), 6, "{said}");
        assert!(said.contains("The audit trail ends with line 3, hash "), "{said}");
        let looked = json_of(data.path(), &["store", "verify", file, "--json"]);
        assert_eq!((&looked["sound"], &looked["last"]), (&Value::from(true), &Value::from(3)));

        // On another computer, with the key from where it was kept.
        let fresh = tempfile::tempdir().unwrap();
        let refused = glucodock(fresh.path(), &["store", "restore", file], "");
        assert_eq!(refused.status.code(), Some(1));
        assert!(text(&refused.stderr).contains("with --key FILE"), "{}", text(&refused.stderr));
        let arguments = ["store", "restore", file, "--key", key.to_str().unwrap()];
        let restored = glucodock(fresh.path(), &arguments, "");
        let said = text(&restored.stdout);
        assert!(restored.status.success() && said.starts_with(mark), "{}", text(&restored.stderr));
        assert!(said.contains("Restored: the store goes on after line 3 of its audit trail."), "{said}");
        let found = json_of(fresh.path(), &["patients", "search", "tester", "--json"]);
        assert_eq!(found["training"], !mark.is_empty());
        assert_eq!(found["patients"].as_array().map(Vec::len), Some(1), "{found}");
        assert!(json_of(fresh.path(), &["store", "verify", "--json"])["sound"].as_bool().unwrap());

        // Another key; the backup keeps its own.
        let old = elsewhere.path().join("old.key");
        let arguments = ["store", "rekey", "--old-key", old.to_str().unwrap()];
        let rekeyed = glucodock(fresh.path(), &arguments, "");
        let said = text(&rekeyed.stdout);
        assert!(rekeyed.status.success() && said.starts_with(mark), "{}", text(&rekeyed.stderr));
        assert!(said.contains("The store has a new key."), "{said}");
        assert_eq!(std::fs::read(&old).unwrap(), std::fs::read(&key).unwrap());
        let refused = glucodock(fresh.path(), &["store", "verify", file], "");
        assert!(text(&refused.stderr).contains("the key does not open this backup"), "{}", text(&refused.stderr));
        let arguments = ["store", "verify", file, "--key", old.to_str().unwrap(), "--json"];
        assert_eq!(json_of(fresh.path(), &arguments)["sound"], true);
        assert!(json_of(fresh.path(), &["store", "verify", "--json"])["sound"].as_bool().unwrap());

        // Twice is refused, and says what to do.
        for (arguments, says) in [
            (&["store", "backup", file][..], "Give the backup another name"),
            (&["store", "restore", file][..], "Name another folder with --data"),
            (&["store", "rekey", "--old-key", old.to_str().unwrap()][..], "Name a file that is not there yet"),
        ] {
            let refused = glucodock(fresh.path(), arguments, "");
            assert_eq!(refused.status.code(), Some(1));
            assert!(text(&refused.stderr).contains(says), "{}", text(&refused.stderr));
        }
        let none = elsewhere.path().join("none");
        let refused = glucodock(fresh.path(), &["store", "verify", none.to_str().unwrap()], "");
        assert_eq!(refused.status.code(), Some(1));
        assert!(text(&refused.stderr).contains("there is no backup of that name"), "{}", text(&refused.stderr));
    }
}

/// What is not as it was written ends with exit code 1, in words and for programs.
#[test]
fn a_damaged_backup_is_found() {
    let data = begun(&[]);
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("clinic.backup");
    assert!(glucodock(data.path(), &["store", "backup", file.to_str().unwrap()], "").status.success());
    let whole = std::fs::read(&file).unwrap();
    let look = |more: &[&str]| {
        let output = glucodock(data.path(), &[&["store", "verify", file.to_str().unwrap()], more].concat(), "");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        (text(&output.stdout), text(&output.stderr))
    };
    let mut found = 0;
    for place in (1000..whole.len()).step_by(8 * 4096) {
        let mut bytes = whole.clone();
        *bytes.get_mut(place).unwrap() ^= 1;
        std::fs::write(&file, bytes).unwrap();
        let (said, complaint) = look(&[]);
        if said.is_empty() {
            // Where it cannot even be opened.
            assert!(complaint.contains("it is damaged, or it is no backup"), "{place}: {complaint}");
            continue;
        }
        assert!(said.starts_with("x   Pages are not what was written.\n    Keep these files as they are"), "{said}");
        assert!(said.ends_with("What rests on that was not looked at.\n"), "{said}");
        let told: Value = serde_json::from_str(&look(&["--json"]).0).unwrap();
        assert_eq!(told["sound"], false);
        found += 1;
    }
    assert!(found > 0);
}
