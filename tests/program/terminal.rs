//! Programs on a pseudo-terminal, seen through a parser of the terminal's language.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::time::Duration;

use rustix::process::Signal;

use super::pty::{Pty, Setting};

fn shell(script: &str) -> Pty {
    Pty::start(&Setting::new(&["sh", "-c", script])).unwrap()
}

#[test]
fn what_is_typed_is_seen_and_what_is_written_is_counted() {
    let mut pty = Pty::start(&Setting::new(&["cat"])).unwrap();
    pty.send(b"hello\n").unwrap();
    // With the end of its line, which may come by itself.
    let is_there = |pty: &Pty| pty.rows().get(1).is_some_and(|row| row == "hello") && pty.bytes.ends_with(b"\n");
    pty.wait_until("the echo and the line", is_there).unwrap();
    assert_eq!(pty.bytes, b"hello\r\nhello\r\n");
    pty.send(b"\x04").unwrap();
    assert_eq!(pty.exit_code().unwrap(), 0);
    pty.is_restored().unwrap();
}

#[test]
fn size_environment_and_resize_reach_the_program() {
    let mut setting = Setting::new(&[
        "sh",
        "-c",
        "trap 'stty size' WINCH; stty size; echo $TERM $EXTRA; while :; do sleep 0.01; done",
    ]);
    setting.size = (100, 30);
    setting.environment.push(("EXTRA", "more".to_owned()));
    let mut pty = Pty::start(&setting).unwrap();
    pty.wait_for("30 100").unwrap();
    pty.wait_for("xterm-256color more").unwrap();
    pty.resize(90, 20).unwrap();
    pty.wait_for("20 90").unwrap();
}

#[test]
fn exit_codes_and_signals_are_told_apart() {
    assert_eq!(shell("exit 70").exit_code().unwrap(), 70);
    let mut pty = shell("echo ready; sleep 60");
    pty.wait_for("ready").unwrap();
    pty.signal(Signal::TERM).unwrap();
    assert_eq!(pty.exit_code().unwrap(), 143);
    let mut pty = shell("trap 'exit 129' HUP; echo ready; while :; do sleep 0.01; done");
    pty.wait_for("ready").unwrap();
    pty.hang_up();
    assert_eq!(pty.exit_code().unwrap(), 129);
}

#[test]
fn a_terminal_that_was_left_in_disorder_is_noticed() {
    let mut pty = shell("stty raw -echo; printf '\\033[?1049h\\033[?25l\\033[?2004hdone'");
    pty.wait_for("done").unwrap();
    assert_eq!(pty.exit_code().unwrap(), 0);
    let missing = pty.is_restored().unwrap_err();
    for what in ["line modes", "the normal screen", "the cursor", "bracketed paste"] {
        assert!(missing.contains(what), "{missing}");
    }
}

#[test]
fn quiet_is_waited_for_and_silence_is_a_complaint_with_the_screen() {
    let mut pty = shell("printf one; printf two; read x");
    pty.wait_for("onetwo").unwrap();
    assert_eq!(pty.read_until_quiet(Duration::from_millis(20)), b"");
    assert_eq!((pty.screen().cursor_position(), pty.reads > 0), ((0, 6), true));
    pty.send(b"\n").unwrap();
    assert_eq!(pty.exit_code().unwrap(), 0);
    pty.patience = Duration::from_millis(50);
    assert!(pty.wait_for("three").unwrap_err().contains("onetwo"));
}
