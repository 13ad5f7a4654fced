use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;

use super::super::effects::ProgressPace;
use super::super::test_program::{TestPlatform, TestProgram, effects, meter, program};
use super::*;
use crate::app::event::Page;
use crate::host::bus::BusEvent;
use crate::ui::scene::Scene;

/// A front that remembers the headings and the last lines it showed.
#[derive(Default)]
struct Seen {
    headings: Vec<String>,
    lines: usize,
    repaints: usize,
    /// Whether something of the scene cannot be seen.
    cut: bool,
    page: usize,
    resumes: usize,
    stops: usize,
}

struct Front(Rc<RefCell<Seen>>, Decoder);

impl super::Frontend for Front {
    fn show(&mut self, scene: Scene) -> io::Result<()> {
        let mut seen = self.0.borrow_mut();
        seen.lines = scene.blocks.len();
        if seen.headings.last() != Some(&scene.heading) {
            seen.headings.push(scene.heading);
        }
        Ok(())
    }
    fn sight(&self, _: &Scene) -> Sight {
        let seen = self.0.borrow();
        if seen.cut {
            Sight::NOTHING
        } else {
            Sight { page: Some(Page { rows: seen.page, table: None }), ..Sight::ALL }
        }
    }
    fn frame_left(&mut self) -> io::Result<()> {
        Ok(())
    }
    fn repaint(&mut self) -> io::Result<()> {
        self.0.borrow_mut().repaints += 1;
        Ok(())
    }
    fn suspend(&mut self) {
        self.0.borrow_mut().stops += 1;
    }
    fn resume(&mut self) -> io::Result<()> {
        self.0.borrow_mut().resumes += 1;
        Ok(())
    }
    fn feed(&mut self, bytes: &[u8], at: Instant) -> Vec<Key> {
        self.1.feed(bytes, at)
    }
    fn deadline(&self) -> Option<Instant> {
        self.1.deadline()
    }
    fn expire(&mut self, at: Instant) -> Option<Key> {
        self.1.expire(at)
    }
}

/// The loop under test: what to put in, and what came of it.
struct Bench {
    machine: Machine<TestProgram>,
    first: Handled,
    mailbox: Mailbox,
    inbox: Inbox,
    tell: UnboundedSender<Signal>,
    told: UnboundedReceiver<Signal>,
    seen: Rc<RefCell<Seen>>,
}

impl Bench {
    fn new() -> Self {
        let platform = Arc::new(TestPlatform::default());
        let (effects, mailbox, inbox) = effects(&platform, ProgressPace::Every(Duration::ZERO));
        let (machine, first) = Machine::start(program(), effects);
        let (tell, told) = unbounded_channel();
        Self { machine, first, mailbox, inbox, tell, told, seen: Rc::default() }
    }

    fn types(&self, bytes: &[u8]) -> &Self {
        self.mailbox.put(EngineEvent::Bytes(bytes.to_vec(), Instant::now()));
        self
    }

    /// Runs the loop until the program is left.
    fn run(&mut self) -> ExitReason {
        self.run_until(|_| false)
    }

    /// Runs the loop until the program is left, or is told to end because enough was seen; fails after a minute.
    fn run_until(&mut self, enough: impl Fn(&Seen) -> bool) -> ExitReason {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let mut front = Front(Rc::clone(&self.seen), Decoder::new(ESCAPE_WAIT));
        let first = std::mem::take(&mut self.first);
        let (seen, tell) = (Rc::clone(&self.seen), self.tell.clone());
        runtime.block_on(async {
            let run = drive(&mut self.machine, first, &mut self.inbox, &mut self.told, &mut front, Duration::ZERO);
            let watch = async {
                while !enough(&seen.borrow()) {
                    tokio::task::yield_now().await;
                }
                tell.send(Signal::Terminate).unwrap();
                std::future::pending::<ExitReason>().await
            };
            let either = async {
                tokio::select! { leave = run => leave, leave = watch => leave }
            };
            tokio::time::timeout(Duration::from_mins(1), either).await.unwrap()
        })
    }

    fn said(&self) -> Vec<String> {
        let scene = self.machine.scene().unwrap();
        let text = |block| if let crate::ui::scene::Block::Text { text, .. } = block { text } else { String::new() };
        scene.blocks.into_iter().map(text).collect()
    }
}

#[test]
fn the_first_screen_does_not_wait_for_the_platform_and_ends_without_one() {
    let mut bench = Bench::new();
    bench.mailbox.put(EngineEvent::Opened("Toys".into()));
    bench.mailbox.put(EngineEvent::NotOpened);
    assert_eq!(bench.run(), ExitReason::NotOpened);
    assert_eq!(ExitReason::NotOpened.exit_code(), 1);
    assert_eq!(bench.said(), ["opened Toys"]);
    assert!(!bench.seen.borrow().headings.is_empty(), "a screen before it was open");
}

#[test]
fn keys_are_handled_in_order_and_the_program_is_left_when_asked() {
    let mut bench = Bench::new();
    bench.types("Mü".as_bytes()).types(b"\x1b[").types(b"Bq");
    assert_eq!(bench.run(), ExitReason::Asked);
    assert_eq!(bench.said(), ["key Down"]);
    assert_eq!(bench.seen.borrow().headings.last().unwrap(), "typed: Mü");
}

#[test]
fn a_lone_escape_becomes_a_key_without_another_byte() {
    let mut bench = Bench::new();
    bench.types(b"\x1b");
    let leave = bench.run_until(|seen| seen.lines > 0);
    assert_eq!(leave, ExitReason::Terminated);
    assert_eq!(bench.said(), ["key Escape"]);
}

#[test]
fn each_end_has_its_exit_code() {
    for (signal, leave, code) in [
        (Signal::Terminate, ExitReason::Terminated, 143),
        (Signal::Hangup, ExitReason::HungUp, 129),
        (Signal::Ending(3), ExitReason::Signalled(3), 131),
        (Signal::Ending(64), ExitReason::Signalled(64), 192),
    ] {
        let mut bench = Bench::new();
        // Told to end while a thousand keys wait: the end comes first.
        bench.types(&[b'a'; 1000]);
        bench.tell.send(signal).unwrap();
        assert_eq!(bench.run(), leave);
        assert_eq!(leave.exit_code(), code);
        assert_eq!(bench.said(), [""; 0]);
    }
    let mut bench = Bench::new();
    bench.mailbox.put(EngineEvent::TerminalGone);
    assert_eq!(bench.run(), ExitReason::HungUp);
    assert_eq!((ExitReason::Asked.exit_code(), ExitReason::Bug.exit_code()), (0, 70));
}

#[test]
fn an_interrupt_from_outside_is_the_key() {
    let mut bench = Bench::new();
    bench.tell.send(Signal::Interrupt).unwrap();
    bench.tell.send(Signal::Stopped).unwrap();
    bench.tell.send(Signal::Continued).unwrap();
    bench.types(b"q");
    assert_eq!(bench.run(), ExitReason::Asked);
    assert_eq!(bench.said(), ["key Control('c')"]);
    assert_eq!((bench.seen.borrow().stops, bench.seen.borrow().resumes), (1, 1));
}

#[test]
fn a_meter_is_read_and_keys_are_handled_meanwhile() {
    let mut bench = Bench::new();
    bench.mailbox.bus().send(BusEvent::Arrived(meter(3))).unwrap();
    bench.types(b"i");
    // arrived, hello, read 0 to 3, done: seven lines.
    bench.types(b"x");
    bench.run_until(|seen| seen.lines == 7);
    let said = bench.said();
    assert!(said.contains(&"hello Ada".to_owned()) && said.contains(&"done 3".to_owned()), "{said:?}");
    assert_eq!(bench.machine.effects().busy(), 0);
    assert_eq!(bench.seen.borrow().headings.last().unwrap(), "typed: x");
}

#[test]
fn ctrl_l_repaints_and_a_resize_does_after_some_quiet() {
    let mut bench = Bench::new();
    bench.types(b"\x0c");
    bench.tell.send(Signal::Resized).unwrap();
    bench.tell.send(Signal::Resized).unwrap();
    bench.run_until(|seen| seen.repaints > 0);
    assert_eq!(bench.seen.borrow().repaints, 1);
}

#[test]
fn a_key_on_what_cannot_be_seen_is_told_as_such_and_paints_everything_anew() {
    let mut bench = Bench::new();
    bench.seen.borrow_mut().cut = true;
    bench.types(b"\r");
    bench.run_until(|seen| seen.lines > 0 && seen.repaints > 0);
    assert_eq!(bench.said(), ["unseen Enter"]);
}

#[test]
fn a_page_is_what_is_shown_when_the_key_is_pressed() {
    let mut bench = Bench::new();
    bench.seen.borrow_mut().page = 17;
    bench.types(b"\x1b[6~");
    bench.run_until(|seen| seen.lines > 0);
    assert_eq!(bench.said(), ["on by 17 rows"]);
}
