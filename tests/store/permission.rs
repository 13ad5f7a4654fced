//! Files of the store that this user may not write to. Run as root every file may be written to, so each test runs
//! itself anew as nobody in particular, where the system has user namespaces, and says so where it has none.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use glucodock::store::{DATABASE_FILE, KEY_FILE, Store};
use rustix::fs::Access;

use super::support::store;

/// Set in the process in which the test itself runs.
const INSIDE: &str = "GLUCODOCK_TEST_WITHOUT_RIGHTS";

/// Whether the test of this name may go on here: this user may not write to everything.
fn without_rights(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() || !rustix::process::geteuid().is_root() {
        return true;
    }
    let output = Command::new("unshare")
        .arg("--user")
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("unshare") {
        let told = format!("left out: this system allows no user namespaces: {said}\n");
        std::io::stderr().write_all(told.as_bytes()).unwrap();
    } else {
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stdout));
        assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "{said}");
    }
    false
}

fn allow(directory: &Path, name: &str, mode: u32) {
    std::fs::set_permissions(directory.join(name), std::fs::Permissions::from_mode(mode)).unwrap();
}

/// What opening and looking say, having made nothing.
#[track_caller]
fn refusal(directory: &Path) -> String {
    let names = || std::fs::read_dir(directory).unwrap().count();
    let before = names();
    let opening = Store::open(directory).err().unwrap();
    assert_eq!(opening.to_string(), Store::check(directory).unwrap_err().to_string());
    assert!(opening.remedy().is_some(), "{opening}");
    assert_eq!(names(), before);
    opening.to_string()
}

#[test]
fn a_file_that_may_only_be_read_is_named_and_the_remedy_helps() {
    if !without_rights("permission::a_file_that_may_only_be_read_is_named_and_the_remedy_helps") {
        return;
    }
    let (directory, store) = store();
    drop(store);
    for name in [DATABASE_FILE, "glucodock.head"] {
        allow(directory.path(), name, 0o400);
        assert!(
            rustix::fs::access(directory.path().join(name), Access::WRITE_OK).is_err(),
            "nothing is tested otherwise"
        );
        assert_eq!(refusal(directory.path()), format!("{name} may only be read"));
        allow(directory.path(), name, 0o600);
        Store::check(directory.path()).unwrap();
        drop(Store::open(directory.path()).unwrap());
    }
    // As an earlier version left them beside a database that could only be read.
    for name in ["glucodock.db-shm", "glucodock.db-wal"] {
        std::fs::write(directory.path().join(name), "").unwrap();
        allow(directory.path(), name, 0o400);
        assert_eq!(refusal(directory.path()), format!("{name} may only be read"));
        allow(directory.path(), name, 0o600);
        Store::check(directory.path()).unwrap();
        drop(Store::open(directory.path()).unwrap());
    }
    for name in [DATABASE_FILE, KEY_FILE, "glucodock.head"] {
        allow(directory.path(), name, 0o200);
        let said = refusal(directory.path());
        assert!(said.ends_with("permission denied"), "{said}");
        allow(directory.path(), name, 0o600);
        drop(Store::open(directory.path()).unwrap());
    }
}
