//! The real binary on a pseudo-terminal: what a person sees, what goes over the wire, and what is left behind.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;

use super::pty::{Pty, Setting};

const PROGRAM: &str = env!("CARGO_BIN_EXE_glucodock");
const DOWN: &[u8] = b"\x1b[B";

fn setting(more: &[&str]) -> Setting {
    let mut setting = Setting::new(&[PROGRAM, "demo"]);
    setting.command.extend(more.iter().map(|&word| word.to_owned()));
    setting.environment.push(("LC_ALL", "C.UTF-8".to_owned()));
    setting
}

fn demo() -> Pty {
    let mut pty = Pty::start(&setting(&[])).unwrap();
    pty.wait_for("Sign in").unwrap();
    pty
}

fn sign_in(pty: &mut Pty) {
    pty.send(b"nurse\rdemo-nurse\r").unwrap();
    pty.wait_for("Find the patient").unwrap();
    pty.wait_until("a whole frame", frame_is_whole).unwrap();
}

/// Whether every frame that was begun has come to its end.
fn frame_is_whole(pty: &Pty) -> bool {
    let count = |mark: &[u8]| pty.bytes.windows(mark.len()).filter(|bytes| *bytes == mark).count();
    count(b"\x1b[?2026h") == count(b"\x1b[?2026l")
}

/// Sends keys, waits until they have had their effect, and gives the bytes and the reads that this took.
fn cost(pty: &mut Pty, keys: &[u8], effect: &str, is_so: impl Fn(&Pty) -> bool) -> (usize, usize) {
    let before = (pty.bytes.len(), pty.reads);
    pty.send(keys).unwrap();
    pty.wait_until(effect, |pty| is_so(pty) && frame_is_whole(pty)).unwrap();
    (pty.bytes.len() - before.0, pty.reads - before.1)
}

/// The row that has the mark of what has the focus.
fn marked(pty: &Pty) -> Option<usize> {
    pty.rows().iter().position(|row| row.starts_with(">  "))
}

#[test]
fn leaving_asks_and_gives_the_terminal_back() {
    let mut pty = demo();
    pty.send(b"\x03").unwrap();
    pty.wait_for("Leave the demo?").unwrap();
    pty.send(b"\x1b[C\r").unwrap();
    assert_eq!(pty.exit_code().unwrap(), 0);
    pty.is_restored().unwrap();
}

#[test]
fn signals_end_the_program_with_their_code_and_give_the_terminal_back() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129)] {
        let mut pty = demo();
        sign_in(&mut pty);
        pty.signal(signal).unwrap();
        assert_eq!(pty.exit_code().unwrap(), code);
        pty.is_restored().unwrap();
        assert!(!pty.rows().join("").contains("Nora Demo"), "a name is left on the screen");
    }
}

#[test]
fn a_lost_terminal_ends_the_program() {
    let mut pty = demo();
    pty.hang_up();
    assert_eq!(pty.exit_code().unwrap(), 129);
}

#[test]
fn nothing_is_asked_of_the_terminal_and_nothing_is_written_while_idle() {
    let mut pty = demo();
    sign_in(&mut pty);
    pty.wait_for("No recent patients.").unwrap();
    pty.wait_until("a whole frame", frame_is_whole).unwrap();
    let idle = pty.read_until_quiet(Duration::from_secs(2));
    assert!(idle.is_empty(), "{} bytes while idle", idle.len());
    let written = String::from_utf8_lossy(&pty.bytes).into_owned();
    for query in ["\x1b[6n", "\x1b[c", "\x1b[>c", "\x1b[?2026$p", "\x1b]11;?", "\x1b]10;?", "\x1b[?u"] {
        assert!(!written.contains(query), "the terminal was asked {query:?}");
    }
    for mode in ["\x1b[?1000h", "\x1b[?1003h", "\x1b[>1u", "\x1b]0;", "\x1b]52;"] {
        assert!(!written.contains(mode), "{mode:?} was switched on");
    }
}

/// The budgets for a slow line: a typed character 60 bytes, a move in a list 200, a key without effect none.
#[test]
fn keys_cost_few_bytes_in_one_write() {
    let mut pty = demo();
    let has_typed = |text: &'static str| move |pty: &Pty| pty.rows().iter().any(|row| row.contains(text));
    let (typed, _) = cost(&mut pty, b"n", "a letter", has_typed("[n "));
    assert!((1..=60).contains(&typed), "{typed} bytes for a character");
    cost(&mut pty, b"\x7f", "an empty field", |pty| !has_typed("[n ")(pty));
    // Backspace in an empty field, then a letter: the letter costs what it cost.
    let (both, reads) = cost(&mut pty, b"\x7fn", "a letter", has_typed("[n "));
    assert!(both <= typed && reads == 1, "{both} bytes in {reads} frames");
    cost(&mut pty, b"\x7f", "an empty field", |pty| !has_typed("[n ")(pty));
    sign_in(&mut pty);
    pty.send(b"m").unwrap();
    pty.wait_for("page 1 of").unwrap();
    cost(&mut pty, DOWN, "a chosen row", has_typed(">  MARTÍN"));
    let (mut bytes, mut reads) = (0, 0);
    // Further down stands somebody whose name needs two rows more.
    for _ in 0..3 {
        let below = marked(&pty).map(|row| row + 1);
        let (more, one) = cost(&mut pty, DOWN, "the row below", |pty| marked(pty) == below);
        (bytes, reads) = (bytes + more, reads + one);
    }
    assert!(bytes / 3 <= 200, "{} bytes a move", bytes / 3);
    assert_eq!(reads, 3, "each frame is one write");
}

#[test]
fn an_arrow_key_in_two_pieces_is_one_key_and_a_strange_reply_swallows_nothing() {
    let mut pty = demo();
    sign_in(&mut pty);
    pty.send(b"muller").unwrap();
    pty.wait_for("M1234567").unwrap();
    pty.send(b"\x1b").unwrap();
    pty.send(b"[B").unwrap();
    pty.wait_for("> ").unwrap();
    pty.wait_until("a chosen row", |pty| pty.rows().iter().any(|row| row.starts_with(">  MÜLLER"))).unwrap();
    pty.send(b"\x1b[?62;1;2;6c\x1b]11;rgb:0000/0000/0000\x1b\\").unwrap();
    pty.send(b"\r").unwrap();
    pty.wait_for("Upload the data").unwrap();
}

/// A scanner types into the terminal as one piece, Enter and all: it leads to its person and chooses nobody, and where
/// no scan is taken it is no key.
#[test]
fn what_comes_at_once_is_a_scan_and_no_key() {
    let mut pty = demo();
    sign_in(&mut pty);
    pty.send(b"]C0M5002917\r").unwrap();
    pty.wait_until("the person under the cursor", |pty| {
        marked(pty).is_some_and(|row| pty.rows()[row].contains("NOWAK")) && frame_is_whole(pty)
    })
    .unwrap();
    assert!(pty.rows().join("\n").contains("Find the patient"), "nobody is chosen");
    pty.send(b"\x1b[21~").unwrap();
    pty.wait_for("Menu").unwrap();
    pty.send(b"q123456\r").unwrap();
    pty.wait_for("A barcode was scanned.").unwrap();
    assert!(pty.rows().join("\n").contains("Menu"), "no row of the menu was done");
}

#[test]
fn without_colour_the_chosen_row_is_still_seen() {
    let mut setting = setting(&[]);
    setting.environment.push(("NO_COLOR", "1".to_owned()));
    let mut pty = Pty::start(&setting).unwrap();
    pty.wait_for("Sign in").unwrap();
    sign_in(&mut pty);
    pty.send(b"muller").unwrap();
    pty.wait_for("M1234567").unwrap();
    pty.send(DOWN).unwrap();
    pty.wait_until("a chosen row", |pty| pty.rows().iter().any(|row| row.starts_with(">  MÜLLER"))).unwrap();
    let row = pty.rows().iter().position(|row| row.starts_with(">  MÜLLER")).unwrap();
    let cell = pty.screen().cell(u16::try_from(row).unwrap(), 5).unwrap();
    assert!(cell.inverse(), "the chosen row is not reversed");
    let coloured = (0..24).flat_map(|row| (0..80).map(move |column| (row, column))).any(|(row, column)| {
        pty.screen()
            .cell(row, column)
            .is_some_and(|cell| cell.fgcolor() != vt100::Color::Default || cell.bgcolor() != vt100::Color::Default)
    });
    assert!(!coloured, "a colour was written");
}

#[test]
fn a_small_window_asks_for_room_and_a_larger_one_shows_the_screen_again() {
    let mut setting = setting(&[]);
    setting.size = (40, 8);
    let mut pty = Pty::start(&setting).unwrap();
    pty.wait_for("larger").unwrap();
    pty.resize(80, 24).unwrap();
    pty.wait_for("Sign in").unwrap();
    pty.resize(20, 5).unwrap();
    pty.wait_for("larger").unwrap();
    pty.resize(120, 40).unwrap();
    pty.wait_for("Devices").unwrap();
}

#[test]
fn the_demonstration_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut setting = setting(&[]);
    setting.environment.push(("TMPDIR", folder.path().display().to_string()));
    let mut pty = Pty::start(&setting).unwrap();
    pty.wait_for("Sign in").unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "the clinic is in the temporary folder");
    pty.send(b"\x03\x1b[C\r").unwrap();
    assert_eq!(pty.exit_code().unwrap(), 0);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// The app in lines, in a window that holds a whole conversation.
fn in_lines() -> Pty {
    let mut setting = setting(&["--linear"]);
    setting.size = (80, 200);
    Pty::start(&setting).unwrap()
}

/// Types a line and waits for its answer, and for the question that ends it.
#[track_caller]
fn say(pty: &mut Pty, line: &str, until: &str) {
    pty.send(format!("{line}\n").as_bytes()).unwrap();
    let is_asked =
        |pty: &Pty| pty.rows().iter().rev().find(|row| !row.is_empty()).is_some_and(|row| row.ends_with('?'));
    let is_there = |pty: &Pty| pty.rows().iter().any(|row| row.contains(until)) && is_asked(pty);
    pty.wait_until(until, is_there).unwrap_or_else(|complaint| panic!("after {line:?}: {complaint}"));
}

/// The whole job with lines for a screen reader: no cursor moves, no boxes, the same wizard.
#[test]
fn the_whole_job_can_be_done_in_lines() {
    let mut pty = in_lines();
    let mut say = |line: &str, until: &str| say(&mut pty, line, until);
    say("nurse", "Password ?");
    say("demo-nurse", "Find the patient");
    say("okafor", "2: OKAFOR, Chidi");
    say("2", "Upload the data");
    say("F6", "Plug in or unplug a simulated meter");
    say("1", "The device association is pending.");
    say("", "Confirm the device");
    say("1", "Select the patient");
    say("2", "Confirm the assignment");
    say("co", "Birth year ?");
    say("1975", "Birth year: 1975");
    say("3", "is now assigned to OKAFOR, Chidi");
    say("1", "Mean: ");
    let written = String::from_utf8_lossy(&pty.bytes).into_owned();
    assert!(!written.contains("\x1b["), "an escape sequence in the lines");
    assert!(!written.contains('─') && !written.contains('█'), "a drawing in the lines");
    // The demo clinic prints its passwords as facts; what is typed as one is not echoed.
    assert_eq!(written.matches("demo-nurse").count(), 1);
}

/// A cable that is plugged in a second time, in lines: what is proposed is said, and an empty line takes it.
#[test]
fn a_remembered_cable_is_read_by_an_empty_line() {
    let mut pty = in_lines();
    let mut say = |line: &str, until: &str| say(&mut pty, line, until);
    say("nurse", "Password ?");
    say("demo-nurse", "Find the patient");
    say("okafor", "2: OKAFOR, Chidi");
    say("2", "Upload the data");
    say("F6", "9: OneTouch Ultra 2");
    say("9", "USB serial cable (FTDI), F9: say which meter it is");
    say("F9", "11: OneTouch Ultra 2");
    say("11", "If this meter hangs on USB serial cable");
    say("", "The device association is pending.");
    say("F6", "9: OneTouch Ultra 2 ..109Y, mmol/L, cable, plugged");
    say("9", "OneTouch Ultra 2 ..109Y: unplugged");
    say("back", "3: Other: show me how to connect it");
    say("F6", "11: OneTouch UltraEasy ..M111, the same cable");
    say("9", "USB serial cable (FTDI), probably OneTouch Ultra 2");
    let before = pty.bytes.len();
    let since = |pty: &Pty| String::from_utf8_lossy(&pty.bytes[before..]).into_owned();
    assert!(
        String::from_utf8_lossy(&pty.bytes)
            .contains("Last time OneTouch Ultra 2 was read through USB serial cable (FTDI).")
    );
    pty.send(b"\n").unwrap();
    pty.wait_until("the second read", |pty| since(pty).contains("The device association is pending.")).unwrap();
}

/// The store is opened behind the first screen: one that is refused ends the app as a command would end, on a terminal
/// that is as it was.
#[test]
fn a_store_that_cannot_be_opened_gives_the_terminal_back_and_says_why() {
    let data = tempfile::tempdir().unwrap();
    let add = ["users", "add", "--login", "nora", "--name", "Nora Test", "--role", "assistant"];
    let mut add = Command::new(PROGRAM)
        .env("GLUCODOCK_LOG", "off")
        .args(add)
        .env("GLUCODOCK_DATA", data.path())
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    add.stdin.take().unwrap().write_all(b"correct horse\n").unwrap();
    assert!(add.wait().unwrap().success());
    let folder = data.path().display().to_string();
    let mut whole = Setting::new(&[PROGRAM]);
    whole.environment.push(("GLUCODOCK_DATA", folder));
    std::fs::write(data.path().join("glucodock.key"), [1; 32]).unwrap();
    for arguments in [&[][..], &["--linear"]] {
        whole.command.truncate(1);
        whole.command.extend(arguments.iter().map(|&word: &&str| word.to_owned()));
        let mut pty = Pty::start(&whole).unwrap();
        assert_eq!(pty.exit_code().unwrap(), 1);
        pty.is_restored().unwrap();
        let said = pty.rows().join(" ");
        assert!(said.contains("glucodock: ") && said.contains("glucodock.key"), "{said}");
        assert!(!said.contains("Clinic"), "no name of a clinic before it is known whether this is training: {said}");
    }
}

#[test]
fn without_a_terminal_one_line_names_the_harness() {
    for command in [&["demo"][..], &[]] {
        let output = Command::new(PROGRAM)
            .env("GLUCODOCK_LOG", "off")
            .args(command)
            .stdin(Stdio::null())
            .env_remove("ACCESSIBLE")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert!(complaint.contains("headless") && complaint.lines().count() == 1, "{complaint}");
        assert!(output.stdout.is_empty());
    }
}
