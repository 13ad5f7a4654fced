//! The whole wizard over a platform on which a search hangs for half a minute of its own clock, which stands still
//! until the test moves it: what happens meanwhile cannot have waited for it.

use glucodock::app::event::Event;
use glucodock::app::key::Key;
use glucodock::engine::engine_event::Inbox;
use glucodock::engine::headless::harness::{PlugBoard, Speed, Surroundings};
use glucodock::engine::running_app::RunningApp;
use glucodock::host::clock::Clock as _;
use glucodock::ui::scene::Scene;
use tokio::runtime::{Builder, Runtime};

use super::super::headless::surroundings;
use super::*;

/// How long the search hangs.
const HANGS: SignedDuration = SignedDuration::from_secs(30);

/// The program on a terminal, whose time only the test moves.
struct Terminal {
    app: RunningApp,
    inbox: Inbox,
    board: Box<dyn PlugBoard>,
    clock: Arc<VirtualClock>,
    remote: Arc<Remote>,
    runtime: Runtime,
}

impl Terminal {
    fn start(folder: &Path, remote: &Arc<Remote>) -> Self {
        let over = Arc::clone(remote);
        let surroundings = surroundings(folder, Box::new(move |store| on(&over, store)), false);
        let Surroundings {
            app, open, bus, board, toggle, cables, exports, now, speed, queue: (mailbox, inbox), ..
        } = surroundings;
        let Speed::Fast(clock) = speed else { panic!("a real clock") };
        let backend = BackendSource::Open(open().unwrap());
        let outside = Outside { backend, bus, now, pace: ProgressPace::Stepped, toggle, cables, exports };
        let (app, _) = RunningApp::start(app, Effects::new(outside, mailbox));
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        Self { app, inbox, board, clock, remote: Arc::clone(remote), runtime }
    }

    fn scene(&self) -> Scene {
        self.app.scene().unwrap()
    }

    fn step(&self) -> &'static str {
        self.scene().step
    }

    fn shows(&self, text: &str) -> bool {
        serde_json::to_string(&self.scene()).unwrap().contains(text)
    }

    /// Presses keys. Nothing that is under way is handled before they have acted.
    fn press(&mut self, keys: impl IntoIterator<Item = Key>) {
        for key in keys {
            self.app.handle(Event::Key(key));
        }
    }

    fn types(&mut self, text: &str) {
        self.press(text.chars().map(Key::Char));
    }

    /// Handles what comes by itself, while no time passes, until it is as wanted.
    #[track_caller]
    fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let began = self.app.now();
        while !is_so(self) {
            let next = self.runtime.block_on(async { tokio::time::timeout(PATIENCE, self.inbox.next()).await });
            drop(self.app.receive(next.unwrap_or_else(|_| panic!("never: {what}; {:?}", self.scene()))));
        }
        assert_eq!(self.app.now(), began, "{what}");
    }

    /// Lets time pass, here and on the platform.
    fn pass(&mut self, time: SignedDuration) {
        let until = self.clock.now().checked_add(time).unwrap();
        while let Some(deadline) = self.app.deadline().filter(|deadline| *deadline <= until.timestamp()) {
            self.clock.set(deadline.max(self.app.now()).to_zoned(until.time_zone().clone()));
            self.app.wake();
        }
        self.clock.set(until);
        self.remote.clock.send_modify(|now| *now += time);
    }
}

#[test]
fn a_search_that_hangs_for_half_a_minute_delays_neither_a_quarantine_nor_a_key() {
    let folder = tempfile::tempdir().unwrap();
    furnish(folder.path());
    let remote = Arc::new(Remote::default());
    let mut terminal = Terminal::start(folder.path(), &remote);
    terminal.types("nora");
    terminal.press([Key::Tab]);
    terminal.types("correct horse");
    terminal.press([Key::Enter]);
    terminal.until("signed in", |terminal| terminal.step() == "find_patient");

    *remote.slowness.lock().unwrap() = HANGS;
    terminal.types("adey");
    let searches = remote.searches.lock().unwrap();
    let is_not_asked = |searches: &mut Searches| !searches.asked.iter().any(|query| query == "adey");
    let (searches, waited) = remote.changed.wait_timeout_while(searches, PATIENCE, is_not_asked).unwrap();
    assert!(!waited.timed_out(), "{searches:?}");
    drop(searches);

    // A meter is read, and what it gave is on disk and told, before any time has passed.
    terminal.board.plug("accu-chek-guide serial=00000000042 readings=50").unwrap();
    terminal.until("kept", |terminal| terminal.shows("One meter was read and waits"));
    let store = Store::open(folder.path()).unwrap();
    let [waiting] = store.pending().unwrap().try_into().unwrap();
    assert_eq!(waiting.counts.total(), 50);
    // Each key acts by itself, without anything that comes.
    for (key, has_box) in
        [(Key::Function(1), true), (Key::Escape, false), (Key::Control('c'), true), (Key::Escape, false)]
    {
        terminal.press([key]);
        assert_eq!(terminal.scene().overlay.is_some(), has_box);
    }
    terminal.pass(HANGS - SignedDuration::from_secs(1));
    assert_eq!(remote.searches.lock().unwrap().answered, 0, "it hangs all the time");
    assert!(!terminal.shows("ADEYEMI"));
    terminal.pass(SignedDuration::from_secs(1));
    terminal.until("found", |terminal| terminal.shows("ADEYEMI"));

    terminal.press([Key::Down, Key::Enter]);
    terminal.until("the meter is nobody's", |terminal| terminal.step() == "association_pending");
    terminal.press([Key::Enter]);
    assert_eq!(terminal.step(), "confirm_device");
    terminal.press([Key::Tab, Key::Enter]);
    terminal.until("the device is confirmed", |terminal| terminal.step() == "select_patient");
    terminal.press([Key::Down, Key::Enter]);
    terminal.until("the patient is selected", |terminal| terminal.shows("an identifier"));
    assert_eq!(terminal.step(), "confirm_assignment");
    terminal.types("H5550007");
    terminal.press([Key::Enter]);
    terminal.types("1968");
    terminal.press([Key::Enter, Key::Enter]);
    terminal.until("assigned", |terminal| terminal.step() == "done");
    terminal.until("delivered", |_| store.undelivered().unwrap().is_empty());
    terminal.press([Key::Enter]);
    terminal.until("the dashboard", |terminal| terminal.step() == "dashboard" && terminal.shows("50 in all"));
    assert_eq!(remote.recorded.lock().unwrap().len(), 2, "whose the meter is, and its readings");
    assert_eq!(store.record(&ruth().id, Span::ALL).unwrap().totals.readings, 50);
}
