use std::num::NonZero;
use std::sync::mpsc::channel;

use proptest::prelude::{ProptestConfig, prop, prop_assert_eq, proptest};

use super::super::engine_event::{EngineEvent, mailbox};
use super::super::test_surroundings::{TestPainter, scene};
use super::*;

fn screen(brackets: bool) -> Screen {
    Screen::new(40, 5, Box::new(TestPainter), brackets).unwrap()
}

/// What a terminal shows after these bytes.
fn shown(bytes: &[u8]) -> String {
    let mut terminal = vt100::Parser::new(NonZero::new(5).unwrap(), NonZero::new(40).unwrap(), 0);
    terminal.process(bytes);
    terminal.screen().contents()
}

#[test]
fn a_scene_makes_the_terminal_show_it_and_an_equal_one_makes_no_byte() {
    let mut screen = screen(true);
    let first = screen.draw(&scene("one", &["Ada Müller".to_owned()])).unwrap();
    assert_eq!(shown(&first), "one\nAda Müller");
    assert_eq!(screen.rows(), ["one", "Ada Müller", "", "", ""]);
    assert_eq!(screen.draw(&scene("one", &["Ada Müller".to_owned()])).unwrap(), b"");
    let second = screen.draw(&scene("two", &["Ada Müller".to_owned()])).unwrap();
    assert_eq!(shown(&[first, second].concat()), "two\nAda Müller");
}

#[test]
fn only_a_long_frame_is_bracketed_and_none_on_an_old_terminal() {
    let long: Vec<String> = (0..7).map(|_| "0123456789".repeat(4)).collect();
    for (brackets, lines, bracketed) in [(true, &long[..], true), (true, &[], false), (false, &long[..], false)] {
        let mut screen = Screen::new(40, 8, Box::new(TestPainter), brackets).unwrap();
        let frame = screen.draw(&scene("heading", lines)).unwrap();
        assert_eq!(frame.starts_with(b"\x1b[?2026h"), bracketed);
        assert_eq!(frame.ends_with(b"\x1b[?2026l"), bracketed);
    }
    assert!(takes_brackets("xterm-256color"));
    for old in ["linux", "dumb", "vt100", "vt220", ""] {
        assert!(!takes_brackets(old), "{old}");
    }
}

#[test]
fn a_repaint_and_another_size_paint_everything_and_ask_nothing() {
    let mut screen = screen(true);
    screen.draw(&scene("one", &[])).unwrap();
    for (columns, rows) in [(40, 5), (30, 5), (40, 3)] {
        screen.resize(columns, rows).unwrap();
        let frame = screen.draw(&scene("one", &[])).unwrap();
        assert_eq!(shown(&frame), "one");
        assert_eq!(screen.rows().len(), usize::from(rows));
        let asked = frame.windows(4).any(|bytes| bytes == b"\x1b[6n");
        assert!(!asked, "{frame:?}");
    }
    screen.repaint().unwrap();
    assert_eq!(shown(&screen.draw(&scene("one", &[])).unwrap()), "one");
}

#[test]
fn no_frame_is_sent_while_one_is_under_way_and_the_newest_scene_wins() {
    let (mailbox, mut inbox) = mailbox();
    let (written, frames) = channel();
    let (let_go, wait) = channel::<()>();
    let sink = Box::new(move |frame: &[u8]| {
        written.send(frame.to_vec()).unwrap();
        wait.recv().unwrap();
        Ok(())
    });
    let mut display = Display::new(screen(true), FrameWriter::start(sink, mailbox).unwrap());
    for heading in ["one", "two", "three", "four"] {
        display.show(scene(heading, &[])).unwrap();
    }
    assert_eq!(display.sent().1, 1);
    let first = frames.recv().unwrap();
    let_go.send(()).unwrap();
    assert!(matches!(inbox.blocking_next(), Some(EngineEvent::FrameLeft)));
    display.frame_left().unwrap();
    let second = frames.recv().unwrap();
    assert_eq!(shown(&[first.clone(), second.clone()].concat()), "four");
    assert_eq!(display.sent(), (u64::try_from(first.len() + second.len()).unwrap(), 2));
    let_go.send(()).unwrap();
}

#[test]
fn a_terminal_that_takes_nothing_is_gone() {
    let (mailbox, mut inbox) = mailbox();
    let sink = Box::new(|_: &[u8]| Err(io::ErrorKind::BrokenPipe.into()));
    let mut display = Display::new(screen(true), FrameWriter::start(sink, mailbox).unwrap());
    display.show(scene("one", &[])).unwrap();
    assert!(matches!(inbox.blocking_next(), Some(EngineEvent::TerminalGone)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// What the harness reads is what a terminal shows that got the same bytes: where wide characters come and go too.
    #[test]
    fn the_rows_of_the_harness_are_those_of_a_terminal(
        texts in prop::collection::vec(prop::collection::vec("[ aé李伟Ж]{0,12}", 0..4), 1..8)
    ) {
        let mut screen = screen(false);
        let mut terminal = vt100::Parser::new(NonZero::new(5).unwrap(), NonZero::new(40).unwrap(), 0);
        for lines in texts {
            terminal.process(&screen.draw(&scene("heading", &lines)).unwrap());
            let there: Vec<String> =
                terminal.screen().rows(0, 40).map(|row| row.trim_end().to_owned()).collect();
            prop_assert_eq!(screen.rows(), there);
        }
    }
}
