//! `glucodock users`: who may change the staff, what that does to whoever works meanwhile, and what the trail says.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::program::{PROGRAM, feed, on_store as glucodock};

fn add<'a>(login: &'a str, role: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["users", "add", "--login", login, "--name", "Test", "--role", role][..], more].concat()
}

/// A store with an administrator and a nurse.
fn begun() -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    done(data.path(), &add("ada", "administrator", &["--training"]), "rules of the house\n");
    done(data.path(), &add("nora", "assistant", &["--as", "ada"]), "rules of the house\nstapler mit brille\n");
    data
}

fn done(data: &Path, arguments: &[&str], input: &str) -> String {
    let output = glucodock(data, arguments, input);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn refused(output: &Output, code: i32, says: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{error}");
    assert!(error.contains(says), "{error}");
}

/// What is in the trail of the staff: who, what, and about whom.
fn trail(data: &Path) -> Vec<Value> {
    let lines: Value = serde_json::from_str(&done(data, &["audit", "list", "--json"], "")).unwrap();
    let of = |line: &Value| json!([line.get("user"), line.get("action"), line.get("detail")]);
    lines.pointer("/lines").unwrap().as_array().unwrap().iter().map(of).collect()
}

/// A sign-in in the app, with whatever it leads to.
fn sign_in(data: &Path, password: &str, then: &str) {
    let script = format!("type nora\nkey Enter\ntype \"{password}\"\nkey Enter\nidle\n{then}\n");
    let played = glucodock(data, &["headless", "-"], script);
    assert!(played.status.success(), "{}", String::from_utf8_lossy(&played.stderr));
}

#[test]
fn the_trail_says_which_administrator_changed_whom() {
    let data = begun();
    done(data.path(), &["users", "role", "nora", "--role", "clinician", "--as", "ada"], "rules of the house\n");
    done(data.path(), &["users", "disable", "nora", "--as", "ada"], "rules of the house\n");
    let list = done(data.path(), &["users", "list"], "");
    assert!(list.contains("1  ada   administrator  Test\n"), "{list}");
    assert!(list.contains("2  nora  clinician      Test  disabled\n"), "{list}");
    sign_in(data.path(), "stapler mit brille", "expect \"E-SIGN-7\"");
    done(data.path(), &["users", "enable", "nora", "--as", "ada"], "rules of the house\n");
    sign_in(data.path(), "stapler mit brille", "expect \"Find the patient\"");
    let by_ada = |action: &str, detail: &str| json!(["1", action, detail]);
    let signed_in = || by_ada("signed-in", "");
    assert_eq!(
        trail(data.path()),
        [
            json!(["local administrator", "user-added", "user 1"]),
            signed_in(),
            by_ada("user-added", "user 2"),
            signed_in(),
            by_ada("role-changed", "user 2, assistant to clinician"),
            signed_in(),
            by_ada("user-disabled", "user 2"),
            json!(["2", "sign-in-refused", "disabled"]),
            signed_in(),
            by_ada("user-enabled", "user 2"),
            json!(["2", "signed-in", ""]),
        ]
    );
    assert!(done(data.path(), &["audit", "verify"], "").contains("whole"));
}

#[test]
fn a_password_that_was_given_is_changed_in_the_app_or_by_its_owner_here() {
    let data = begun();
    let given =
        done(data.path(), &["users", "password", "nora", "--as", "ada"], "rules of the house\nlent by the office\n");
    assert!(given.contains("changes the password at sign-in"), "{given}");
    let own = ["users", "password", "nora", "--as", "nora"];
    refused(&glucodock(data.path(), &own, "lent by the office\npassword1\n"), 2, "guessed first");
    refused(&glucodock(data.path(), &own, "lent by the office\nlent by the office\n"), 5, "or the old one");
    refused(
        &glucodock(data.path(), &own, "stapler mit brille\ngulasch regen tapete\n"),
        5,
        "name or password is wrong",
    );
    sign_in(
        data.path(),
        "lent by the office",
        "expect \"Choose a new password\"\ntype \"gulasch regen tapete\"\nkey Enter\ntype \"gulasch regen tapete\"\n\
         key Enter\nidle\nexpect \"Find the patient\"",
    );
    let done_here = done(data.path(), &own, "gulasch regen tapete\nrutsche ofen mandel\n");
    assert!(!done_here.contains("changes the password"), "{done_here}");
    sign_in(data.path(), "rutsche ofen mandel", "expect \"Find the patient\"");
    let lines = trail(data.path());
    for line in [json!(["1", "password-given", "user 2"]), json!(["2", "password-changed", ""])] {
        assert!(lines.contains(&line), "{line}: {lines:?}");
    }
    // One that was given with the first day, too.
    let add = add("otto", "clinician", &["--change-at-sign-in", "--as", "ada"]);
    let added = done(data.path(), &add, "rules of the house\nlent by the office\n");
    assert!(added.contains("changes the password at sign-in"), "{added}");
}

#[test]
fn nobody_but_an_administrator_changes_others() {
    let data = begun();
    let disable = ["users", "disable", "ada", "--as", "nora"];
    refused(&glucodock(data.path(), &disable, "stapler mit brille\n"), 5, "the role is not admitted");
    let disable = ["users", "disable", "nora", "--as", "ada"];
    refused(&glucodock(data.path(), &disable, "stapler mit brille\n"), 5, "name or password is wrong");
    let disable = ["users", "disable", "nobody", "--as", "ada"];
    refused(&glucodock(data.path(), &disable, "rules of the house\n"), 5, "member of staff");
    let last = ["users", "role", "ada", "--role", "auditor", "--as", "ada"];
    refused(&glucodock(data.path(), &last, "rules of the house\n"), 5, "no other administrator");
    let staff = done(data.path(), &["users", "list"], "");
    assert!(!staff.contains("disabled") && staff.contains("ada   administrator"), "{staff}");
}

/// Whoever owns the files can read the key; they do not become a clinician unseen. Root, whom nothing keeps out, is
/// named in the trail.
#[test]
fn without_a_sign_in_only_root_changes_the_staff_and_the_trail_says_so() {
    let data = begun();
    let add = add("eve", "clinician", &[]);
    let input = "stapler mit brille\n";
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap();
    if rustix::process::geteuid().is_root() && map.split_whitespace().eq(["0", "0", "4294967295"]) {
        let output = glucodock(data.path(), &add, input);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(String::from_utf8_lossy(&output.stderr).contains("as root, without a sign-in"));
        assert_eq!(trail(data.path()).last(), Some(&json!(["root", "user-added", "user 3"])));
        // The same as nobody in particular, who owns the folder as before, and as whoever calls themselves root.
        for namespace in [&["--user"][..], &["--user", "--map-root-user"]] {
            let mut unprivileged = Command::new("unshare");
            unprivileged.args(namespace).arg(PROGRAM).args(&add);
            unprivileged.env("GLUCODOCK_DATA", data.path()).env("GLUCODOCK_LOG", "off");
            let output = feed(&mut unprivileged, input);
            if String::from_utf8_lossy(&output.stderr).contains("unshare") {
                let told = "left out: this system allows no user namespaces\n";
                return std::io::stderr().write_all(told.as_bytes()).unwrap();
            }
            refused(&output, 2, "this store has staff: say with --as LOGIN");
        }
    } else {
        refused(&glucodock(data.path(), &add, input), 2, "this store has staff: say with --as LOGIN");
    }
}

/// The folder was named wrongly: the first line of standard input is the administrator's password, and would have
/// become that of the first user of another store.
#[test]
fn whoever_says_who_they_are_begins_no_store() {
    let data = tempfile::tempdir().unwrap();
    let add = add("nora", "assistant", &["--as", "ada"]);
    refused(&glucodock(data.path(), &add, "rules of the house\nstapler mit brille\n"), 1, "there is no store");
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0);
}
