use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;

use super::super::effects::ProgressPace;
use super::super::test_surroundings::{TestPlatform, app, effects, meter};
use super::*;
use crate::app::event::Page;
use crate::host::bus::BusEvent;
use crate::ui::scene::{Block, Scene};

/// A frontend that remembers what it showed.
#[derive(Default)]
struct Seen {
    /// Each that differed from the one before.
    scenes: Vec<Scene>,
    repaints: usize,
    /// Whether something of the scene cannot be seen.
    cut: bool,
    page: usize,
    resumes: usize,
    stops: usize,
}

struct TestFrontend(Rc<RefCell<Seen>>, Decoder);

impl super::Frontend for TestFrontend {
    fn show(&mut self, scene: Scene) -> io::Result<()> {
        let mut seen = self.0.borrow_mut();
        if seen.scenes.last() != Some(&scene) {
            seen.scenes.push(scene);
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
    fn expire(&mut self, at: Instant) -> Vec<Key> {
        self.1.expire(at).into_iter().collect()
    }
}

/// The loop under test: what to put in, and what came of it.
struct Bench {
    app: RunningApp,
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
        let (app, first) = RunningApp::start(app(), effects);
        let (tell, told) = unbounded_channel();
        Self { app, first, mailbox, inbox, tell, told, seen: Rc::default() }
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
        let mut frontend = TestFrontend(Rc::clone(&self.seen), Decoder::new(ESCAPE_WAIT));
        let first = std::mem::take(&mut self.first);
        let (seen, tell) = (Rc::clone(&self.seen), self.tell.clone());
        runtime.block_on(async {
            let run = drive(&mut self.app, first, &mut self.inbox, &mut self.told, &mut frontend, Duration::ZERO);
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

    fn scene(&self) -> Scene {
        self.app.scene().unwrap()
    }

    /// What is typed as the name and the password at the sign-in, the second as asterisks.
    fn typed(&self) -> [String; 2] {
        let fields = self.scene().blocks.into_iter().filter_map(|block| match block {
            Block::Field(field) => Some(field.value),
            _ => None,
        });
        fields.collect::<Vec<_>>().try_into().unwrap()
    }
}

impl Seen {
    /// The last scene.
    fn shows(&self, is_it: impl Fn(&Scene) -> bool) -> bool {
        self.scenes.last().is_some_and(is_it)
    }
}

/// Leaves: asks to, goes from No to Yes, and says so.
const LEAVE: &[u8] = b"\x03\t\r";

#[test]
fn the_first_screen_does_not_wait_for_the_platform_and_ends_without_one() {
    let mut bench = Bench::new();
    bench.mailbox.put(EngineEvent::Opened("TRAINING - Test clinic".into()));
    bench.mailbox.put(EngineEvent::NotOpened);
    assert_eq!(bench.run(), ExitReason::NotOpened);
    assert_eq!(ExitReason::NotOpened.exit_code(), 1);
    assert_eq!(bench.scene().site, "TRAINING - Test clinic");
    assert!(!bench.seen.borrow().scenes.is_empty(), "a screen before it was open");
}

#[test]
fn keys_are_handled_in_order_and_the_app_is_left_when_asked() {
    let mut bench = Bench::new();
    bench.types("Mü".as_bytes()).types(b"\x1b[").types(b"Bx").types(LEAVE);
    assert_eq!(bench.run(), ExitReason::Asked);
    assert_eq!(bench.typed(), ["Mü", "*"]);
}

#[test]
fn a_lone_escape_becomes_a_key_without_another_byte() {
    let mut bench = Bench::new();
    bench.types(b"\x1bOP");
    bench.run_until(|seen| seen.shows(|scene| scene.overlay.is_some()));
    let mut bench = Bench { seen: Rc::default(), ..bench };
    bench.types(b"\x1b");
    let leave = bench.run_until(|seen| seen.shows(|scene| scene.overlay.is_none()));
    assert_eq!(leave, ExitReason::Terminated);
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
        assert_eq!(bench.typed(), ["", ""]);
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
    bench.types(b"\t\r");
    assert_eq!(bench.run(), ExitReason::Asked, "the question whether to leave was there");
    assert_eq!((bench.seen.borrow().stops, bench.seen.borrow().resumes), (1, 1));
}

#[test]
fn a_meter_is_read_and_keys_are_handled_meanwhile() {
    let mut bench = Bench::new();
    bench.types(b"ada\rsecret\r");
    bench.run_until(|seen| seen.shows(|scene| scene.step == "find_patient"));
    bench.mailbox.bus().send(BusEvent::Arrived(meter(3))).unwrap();
    bench.types(b"x");
    let is_read = |scene: &Scene| scene.panel.entries.iter().any(|entry| entry.state.starts_with("quarantined"));
    bench.run_until(|seen| seen.shows(is_read));
    let typed = |block: &Block| matches!(block, Block::Field(field) if field.value == "x");
    assert!(bench.scene().blocks.iter().any(typed), "{:?}", bench.scene());
    let seen = bench.seen.borrow();
    let states = seen.scenes.iter().flat_map(|scene| &scene.panel.entries).map(|entry| entry.state.as_str());
    assert!(states.clone().any(|state| state == "reading 1 of 3"), "{:?}", states.collect::<Vec<_>>());
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

/// A window that is dragged sends sizes between the keys, and each is its own: no key is lost with one.
#[test]
fn keys_that_come_together_with_sizes_are_all_handled() {
    let mut bench = Bench::new();
    for letter in b'a'..=b'y' {
        bench.tell.send(Signal::Resized).unwrap();
        bench.types(&[letter]);
        bench.tell.send(Signal::Resized).unwrap();
    }
    // An arrow key of which a size parts the bytes is one key, too.
    bench.types(b"\x1b[");
    bench.tell.send(Signal::Resized).unwrap();
    bench.types(b"Bz").types(LEAVE);
    assert_eq!(bench.run(), ExitReason::Asked);
    assert_eq!(bench.typed(), ["abcdefghijklmnopqrstuvwxy", "*"]);
}

#[test]
fn a_key_on_what_cannot_be_seen_is_told_as_such_and_paints_everything_anew() {
    let mut bench = Bench::new();
    bench.seen.borrow_mut().cut = true;
    // Nothing is typed; leaving twice leaves, where even the question cannot be seen.
    bench.types(b"abe\x03\x03");
    assert_eq!(bench.run(), ExitReason::Asked);
    assert_eq!(bench.typed(), ["", ""]);
    let mut bench = Bench::new();
    bench.seen.borrow_mut().cut = true;
    bench.types(b"a");
    bench.run_until(|seen| seen.repaints > 0);
}

#[test]
fn a_page_is_what_is_shown_when_the_key_is_pressed() {
    let mut bench = Bench::new();
    bench.seen.borrow_mut().page = 17;
    bench.types(b"x");
    bench.run_until(|seen| seen.scenes.len() > 1);
    assert_eq!(bench.app.model().unwrap().page, 17);
}
