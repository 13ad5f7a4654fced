//! The loop on a real terminal: this test binary starts itself on a pseudo-terminal, as the app.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use ratatui::Frame;
use ratatui::layout::Size;
use rustix::process::Signal;
use tempfile::TempDir;

use self::pty::{Pty, Setting};
use super::super::display::{Paint, Painter};
use super::super::effects::ProgressPace;
use super::super::engine_event::mailbox;
use super::super::linear::{Lines, SaidLines};
use super::super::test_surroundings::{TestPlatform, app, clock, outside, painter};
use super::*;
use crate::ui::scene::{Block, Scene};

#[path = "../../../tests/support/pty.rs"]
#[expect(dead_code, reason = "shared with the tests of the program itself, which use the rest of it")]
mod pty;

/// Names the manner in which the program below meets the person.
const MANNER: &str = "GLUCODOCK_TEST_MANNER";

/// What the app says at its start.
const BEGUN: &str = "Sign in";

/// Paints as on every terminal, and has a bug where somebody types one.
struct Buggy(Paint);

impl Painter for Buggy {
    fn paint(&self, frame: &mut Frame<'_>, scene: &Scene) -> Sight {
        assert_ne!(login(scene), "bug", "the name of a patient");
        self.0.paint(frame, scene)
    }

    fn sight(&self, scene: &Scene, size: Size) -> Sight {
        self.0.sight(scene, size)
    }
}

/// What is typed as a name at the sign-in.
fn login(scene: &Scene) -> &str {
    let mut values = scene.blocks.iter().filter_map(|block| match block {
        Block::Field(field) => Some(field.value.as_str()),
        _ => None,
    });
    values.next().unwrap_or_default()
}

#[test]
#[ignore = "this is the program that the tests of this file start on a terminal"]
fn the_program() {
    let manner = match std::env::var(MANNER).unwrap().as_str() {
        "lines" => Manner::Linear {
            render: Box::new(|_, scene| vec![format!("{}: [{}]", scene.heading, login(scene))]),
            keys: Box::new(|line, _| match line {
                "leave" => vec![Key::Control('c'), Key::Tab, Key::Enter],
                _ => line.chars().map(Key::Char).collect(),
            }),
            hides: Box::new(|scene| login(scene).ends_with('h')),
            said: SaidLines::Stay,
        },
        _ => Manner::FullScreen { paint: Box::new(Buggy(painter())), term: std::env::var("TERM").unwrap() },
    };
    let (put, inbox) = mailbox();
    let outside = outside(&Arc::new(TestPlatform::default()), &clock(), ProgressPace::Every(Duration::ZERO));
    let terminal = Terminal { manner, remote: false, bug_sentence: "Something went wrong.".to_owned() };
    let leave = run(terminal, app(), outside, put, inbox).unwrap();
    // As the binary ends, and for its reason: a thread may be in the middle of a call of the store.
    signal_hook::low_level::exit(leave.exit_code().into());
}

/// The program on a terminal, and the folder for what it leaves when it is killed.
struct Running {
    pty: Pty,
    _folder: TempDir,
}

impl Deref for Running {
    type Target = Pty;

    fn deref(&self) -> &Pty {
        &self.pty
    }
}

impl DerefMut for Running {
    fn deref_mut(&mut self) -> &mut Pty {
        &mut self.pty
    }
}

fn start(manner: &str, term: &'static str) -> Running {
    let folder = tempfile::tempdir().unwrap();
    let this = std::env::current_exe().unwrap();
    let name = "engine::run::on_terminal::the_program";
    let mut setting = Setting::new(&[this.to_str().unwrap(), "--exact", name, "--ignored", "--nocapture"]);
    setting.term = term;
    setting.environment.push((MANNER, manner.to_owned()));
    setting.environment.push(("TMPDIR", folder.path().display().to_string()));
    let mut pty = Pty::start(&setting).unwrap();
    pty.wait_for(BEGUN).unwrap();
    Running { pty, _folder: folder }
}

#[test]
fn keys_are_drawn_and_the_terminal_is_given_back() {
    let mut pty = start("screen", "xterm-256color");
    pty.send(b"ab\x1b[").unwrap();
    pty.send(b"Bx").unwrap();
    pty.wait_for("[ab ").unwrap();
    // What was typed after the arrow key is hidden: it is the password's.
    pty.wait_for("[* ").unwrap();
    assert!(pty.is_restored().is_err());
    pty.send(b"\x03\t\r").unwrap();
    assert_eq!(pty.exit_code().unwrap(), 0);
    pty.is_restored().unwrap();
    assert!(!pty.rows().join("").contains(BEGUN), "the app's screen stayed");
}

#[test]
fn signals_and_a_closed_window_end_the_program() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129)] {
        let mut pty = start("screen", "xterm-256color");
        pty.signal(signal).unwrap();
        assert_eq!(pty.exit_code().unwrap(), code);
        pty.is_restored().unwrap();
    }
    let mut pty = start("screen", "xterm-256color");
    pty.hang_up();
    assert_eq!(pty.exit_code().unwrap(), 129);
}

/// Every signal that would end the program and that it can listen to. SEGV, ILL and FPE are the kernel's alone, KILL is
/// nobody's, and the C library keeps 32 and 33.
#[test]
fn every_signal_that_can_be_caught_gives_the_terminal_back() {
    let not_these = [Signal::KILL, Signal::STOP, Signal::SEGV, Signal::ILL, Signal::FPE, Signal::PIPE]
        .into_iter()
        .chain([Signal::CONT, Signal::TSTP, Signal::TTIN, Signal::TTOU, Signal::CHILD, Signal::URG, Signal::WINCH])
        .map(Signal::as_raw)
        // In raw mode Ctrl-C is a key, and so is the signal: it asks.
        .chain([Signal::INT.as_raw(), 32, 33]);
    let not_these: Vec<i32> = not_these.collect();
    for number in (1..=64).filter(|number| !not_these.contains(number)) {
        let mut pty = start("screen", "xterm-256color");
        pty.signal_number(number).unwrap();
        assert_eq!(pty.exit_code().unwrap(), 128 + number, "signal {number}");
        pty.is_restored().unwrap_or_else(|missing| panic!("signal {number}: {missing}"));
        assert!(!pty.rows().join("").contains(BEGUN), "signal {number}: the app's screen stayed");
    }
}

#[test]
fn a_bug_gives_the_terminal_back_and_says_one_sentence_without_its_message() {
    let mut pty = start("screen", "xterm-256color");
    pty.send(b"bug").unwrap();
    assert_eq!(pty.exit_code().unwrap(), 70);
    pty.is_restored().unwrap();
    let said = pty.rows().join("\n");
    assert!(said.contains("Something went wrong. [src/engine/run/on_terminal.rs:"), "{said}");
    assert!(!String::from_utf8_lossy(&pty.bytes).contains("name of a patient"));
}

#[test]
fn a_key_costs_few_bytes_in_one_write_and_one_without_effect_none() {
    let mut pty = start("screen", "xterm-256color");
    let quiet = Duration::from_millis(200);
    pty.read_until_quiet(quiet);
    let (reads, before) = (pty.reads, pty.bytes.len());
    pty.send(b"x").unwrap();
    pty.wait_for("[x ").unwrap();
    pty.read_until_quiet(quiet);
    let drawn = String::from_utf8_lossy(pty.bytes.split_at(before).1);
    assert!((1..=60).contains(&drawn.len()), "{drawn}");
    assert_eq!(pty.reads, reads + 1);
    pty.send(b"\x1b[?2026;2$y\x1b[I").unwrap();
    assert_eq!(pty.read_until_quiet(quiet), b"");
    let asked = [&b"\x1b[6n"[..], b"\x1b[c", b"\x1b]11;?", b"$p"];
    assert!(asked.iter().all(|question| !pty.bytes.windows(question.len()).any(|bytes| bytes == *question)));
}

#[test]
fn a_window_of_another_size_is_painted_anew() {
    let mut pty = start("screen", "xterm-256color");
    pty.send(b"ab").unwrap();
    pty.wait_for("[ab ").unwrap();
    let painted = |before: usize| {
        move |pty: &Pty| pty.bytes.split_at(before).1.windows(BEGUN.len()).any(|bytes| bytes == BEGUN.as_bytes())
    };
    let before = pty.bytes.len();
    pty.resize(100, 30).unwrap();
    pty.wait_until("a repaint", painted(before)).unwrap();
    assert!(pty.rows().iter().any(|row| row.contains("[ab ")), "{:#?}", pty.rows());
    // After a stop from outside the modes are set and everything is painted again.
    let before = pty.bytes.len();
    pty.signal(Signal::CONT).unwrap();
    pty.wait_until("a repaint", painted(before)).unwrap();
}

#[test]
fn an_old_terminal_gets_no_brackets() {
    let mut pty = start("screen", "linux");
    pty.send(&[b'a'; 70]).unwrap();
    pty.wait_for("aaaaaaaaaa").unwrap();
    assert!(!pty.bytes.windows(8).any(|bytes| bytes == b"\x1b[?2026h"));
}

#[test]
fn lines_leave_the_terminal_alone_and_hide_what_is_hidden() {
    let mut pty = start("lines", "dumb");
    pty.send(b"abe\n").unwrap();
    pty.wait_for("[abe]").unwrap();
    assert!(!pty.bytes.contains(&0x1b), "an escape sequence was sent");
    pty.send(b"h\n").unwrap();
    pty.wait_for("[abeh]").unwrap();
    pty.send(b"secret-and-h\n").unwrap();
    pty.wait_for("[abehsecret-and-h]").unwrap();
    let seen = |text: &[u8]| pty.bytes.windows(text.len()).filter(|bytes| *bytes == text).count();
    assert_eq!(seen(b"secret-and-h"), seen(b"[abehsecret-and-h]"), "what was typed was seen");
    pty.send(b"leave\n").unwrap();
    assert_eq!(pty.exit_code().unwrap(), 0);
    pty.is_restored().unwrap();
}

/// Lines that are longer than anybody types are cut, and damaged text does no harm.
#[test]
fn a_line_is_taken_whole_and_clean() {
    let keys: LineKeys = Box::new(|line, _| line.chars().map(Key::Char).collect());
    let mut lines =
        Lines::new(Vec::new(), Box::new(|_, scene| vec![scene.heading.clone()]), keys, Box::new(|_| false), None);
    let at = Instant::now();
    assert_eq!(lines.feed(b"too early\n", at), []);
    lines.show(super::super::test_surroundings::scene("one", &[])).unwrap();
    assert_eq!(lines.feed(b"a\xff\x07", at), []);
    assert_eq!(lines.feed(b"b\nc", at), [Key::Char('a'), Key::Char('b')]);
    assert_eq!(lines.feed(&[b'd'; 10_000], at), []);
    assert_eq!(lines.feed(b"\n", at).len(), 4096);
}
