//! Signals and the real binary: no name stays on the screen, no core file with names on the disk,
//! and the terminal works.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::os::unix::process::ExitStatusExt as _;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::pty::{Pty, Setting};

const PROGRAM: &str = env!("CARGO_BIN_EXE_glucodock");

/// The demonstration with people on the screen.
fn with_patients_on_the_screen() -> Pty {
    started_with_patients_on_the_screen(&[PROGRAM, "demo"])
}

fn started_with_patients_on_the_screen(command: &[&str]) -> Pty {
    let mut setting = Setting::new(command);
    setting.environment.push(("LC_ALL", "C.UTF-8".to_owned()));
    let mut pty = Pty::start(&setting).unwrap();
    pty.wait_for("Sign in").unwrap();
    pty.send(b"nurse\rdemo-nurse\r").unwrap();
    pty.wait_for("Find the patient").unwrap();
    pty.send(b"muller").unwrap();
    pty.wait_for("M1234567").unwrap();
    pty
}

/// Waits until something is so that the program says nothing about.
#[track_caller]
fn wait_silently(pty: &mut Pty, is_so: impl Fn(&Pty) -> bool) {
    let end = Instant::now() + pty.patience;
    while !is_so(pty) {
        assert!(Instant::now() < end, "it did not come about");
        pty.read_until_quiet(Duration::from_millis(10));
    }
}

fn names_nobody(pty: &Pty) -> bool {
    let seen = pty.rows().join("");
    !seen.contains("M1234567") && !seen.contains("Nora Demo")
}

/// The other signals are sent to a test program of the engine, which starts sooner.
#[test]
fn a_crash_signal_gives_the_terminal_back_and_leaves_no_name() {
    let named = [Signal::QUIT, Signal::USR1, Signal::XFSZ, Signal::BUS].map(Signal::as_raw);
    for signal in named.into_iter().chain([34, 64]) {
        let mut pty = with_patients_on_the_screen();
        pty.signal_number(signal).unwrap();
        assert_eq!(pty.exit_code().unwrap(), 128 + signal, "{signal}");
        pty.is_restored().unwrap();
        assert!(names_nobody(&pty), "{signal}");
    }
}

/// Nothing can be done about the terminal then, but the memory stays off the disk, also where this
/// user gets core files.
#[test]
fn a_crash_writes_no_core_file() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().to_str().unwrap();
    for signal in [Signal::SEGV, Signal::ILL, Signal::FPE] {
        let with_core_files = "cd \"$1\" && ulimit -c \"$(ulimit -Hc)\" && exec \"$0\" demo";
        let mut pty = started_with_patients_on_the_screen(&["sh", "-c", with_core_files, PROGRAM, folder]);
        // More than once: Rust's own handler of SEGV looks for a full stack and lets the next one through, as a real
        // fault comes again.
        wait_silently(&mut pty, |pty| pty.signal(signal).is_err() || pty.state().is_ok_and(|state| state == 'Z'));
        let status = pty.wait().unwrap();
        assert_eq!((status.signal(), status.core_dumped()), (Some(signal.as_raw()), false), "{signal:?}");
    }
}

#[test]
fn a_program_that_is_stopped_shows_nobody_and_goes_on_where_it_was() {
    let mut pty = with_patients_on_the_screen();
    for _ in 0..2 {
        pty.signal(Signal::TSTP).unwrap();
        pty.wait_until("the normal screen", |pty| !pty.screen().alternate_screen()).unwrap();
        wait_silently(&mut pty, |pty| pty.state().is_ok_and(|state| state == 'T'));
        pty.is_restored().unwrap();
        assert!(names_nobody(&pty));
        pty.signal(Signal::CONT).unwrap();
        pty.wait_for("M1234567").unwrap();
    }
    pty.send(b"\x7f").unwrap();
    pty.wait_until("the key", |pty| pty.rows().iter().any(|row| row.contains("mulle") && !row.contains("muller")))
        .unwrap();
    pty.signal(Signal::TERM).unwrap();
    assert_eq!(pty.exit_code().unwrap(), 143);
    pty.is_restored().unwrap();
}

/// Ctrl-C while the password is typed: the terminal must show again what is typed.
#[test]
fn a_password_that_is_not_typed_to_the_end_leaves_a_terminal_that_shows() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT, Signal::USR2] {
        let folder = tempfile::tempdir().unwrap();
        let mut setting =
            Setting::new(&[PROGRAM, "users", "add", "--login", "n", "--name", "Nora", "--role", "assistant"]);
        setting.environment.push(("GLUCODOCK_DATA", folder.path().display().to_string()));
        let mut pty = Pty::start(&setting).unwrap();
        pty.wait_for("Password:").unwrap();
        assert!(pty.is_restored().is_err(), "the question comes when the terminal hides");
        pty.send(b"half a sec").unwrap();
        pty.read_until_quiet(Duration::from_millis(100));
        assert!(!pty.rows().join("").contains("half"));
        pty.signal(signal).unwrap();
        assert_eq!(pty.exit_code().unwrap(), 128 + signal.as_raw(), "{signal:?}");
        pty.is_restored().unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
