//! A password that a person types unseen: a slip of the finger would lock its owner out.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use glucodock::store::Store;

use super::pty::{Pty, Setting};

const PROGRAM: &str = env!("CARGO_BIN_EXE_glucodock");

/// Adds Nora at a terminal, with these two answers; gives the exit code and what stood on the screen.
fn add(data: &Path, first: &str, again: &str) -> (i32, String) {
    let mut setting =
        Setting::new(&[PROGRAM, "users", "add", "--login", "nora", "--name", "Nora", "--role", "assistant"]);
    setting.environment.push(("GLUCODOCK_DATA", data.display().to_string()));
    let mut pty = Pty::start(&setting).unwrap();
    for (asked, typed) in [("Password:", first), ("The same again:", again)] {
        pty.wait_for(asked).unwrap();
        pty.send(format!("{typed}\r").as_bytes()).unwrap();
    }
    let code = pty.exit_code().unwrap();
    pty.is_restored().unwrap();
    (code, pty.rows().join("\n"))
}

#[test]
fn a_password_at_a_terminal_is_typed_twice_and_seen_never() {
    let data = tempfile::tempdir().unwrap();
    let (code, screen) = add(data.path(), "correct horse", "correct house");
    assert_eq!(code, 2, "{screen}");
    assert!(screen.contains("password: the two are not the same") && !screen.contains("correct"), "{screen}");
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0, "refused before a store is begun");
    let (code, screen) = add(data.path(), "correct horse", "correct horse");
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("nora") && !screen.contains("correct"), "{screen}");
    assert_eq!(Store::open(data.path()).unwrap().staff().unwrap().len(), 1);
}
