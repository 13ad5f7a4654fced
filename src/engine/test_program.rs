//! A tiny program with a platform and a bus, on which the engine's own tests run.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use ratatui::Frame;
use ratatui::layout::Size;

use super::display::Painter;
use super::effects::{Backend, BackendSource, Effects, Now, Outside, ProgressPace};
use super::machine::Program;
use crate::app::effect::{Command, Effect, Request, Task, Ticket, ToEngine};
use crate::app::event::{EffectResult, Event, Page};
use crate::app::key::Key;
use crate::domain::association::IdempotencyKey;
use crate::domain::clinic::{Actor, Credentials, Password, Role, Session, SessionId, User};
use crate::domain::delivery::{Outcome, Parcel};
use crate::domain::meter::{Access, Attachment, AttachmentId, Family, MeterIdentity};
use crate::domain::patient::{LookAlike, NewPatient, PageCursor, Patient, PatientId, SearchPage};
use crate::domain::record::{PatientRecord, Span};
use crate::domain::sign_in::{SignInOutcome, SignInProof, SignInStart};
use crate::domain::text::{Clean, Private};
use crate::host::bus::{MeterBus, OpenMeter};
use crate::host::clock::{Clock, VirtualClock};
use crate::meters::conversation::Conversation;
use crate::meters::drivers::Driver;
use crate::meters::error::MeterError;
use crate::meters::gathered::{self, Account, Counted, Gathered};
use crate::meters::link::{Link, LinkError};
use crate::platform::embedded::demo::DemoClinic;
use crate::platform::{ClinicalRecord, PatientDirectory, Platform, RemoteError, SignIn};
use crate::station::Station;
use crate::ui::paint::Sight;
use crate::ui::scene::{Block, PanelView, Scene, TextRole};

/// What the toy remembers.
#[derive(Debug, Default)]
pub(super) struct TestProgram {
    typed: String,
    said: Vec<String>,
    wake: Option<Timestamp>,
    tickets: u64,
    page: usize,
}

/// `i` signs in, `?` searches, `!` makes the platform panic, `c` cancels the newest read, `w` wants to be woken in a
/// minute, `q` quits; a meter that arrives is read. Everything else is typed.
fn update(mut toy: TestProgram, event: Event, at: Timestamp) -> (TestProgram, Vec<Effect>) {
    toy.tickets += 1;
    let ticket = Ticket(toy.tickets);
    let mut effects = Vec::new();
    match event {
        Event::Key(Key::Char('i')) => {
            let password = Password::new("secret".to_owned());
            let credentials = Credentials { login: Private::new("ada".into()), password };
            effects.push(Effect::Ask(ticket, Request::SignIn { credentials }));
        }
        Event::Key(Key::Char('?')) => {
            effects.push(Effect::Ask(
                ticket,
                Request::For(session(), Task::SearchPatients { query: "a".to_owned(), from: None }),
            ));
        }
        Event::Key(Key::Char('!')) => {
            effects.push(Effect::Ask(
                ticket,
                Request::For(session(), Task::SearchPatients { query: "!".to_owned(), from: None }),
            ));
        }
        Event::Key(Key::Char('c')) => effects.push(Effect::Do(Command::CancelRead { ticket: Ticket(1) })),
        Event::Key(Key::Char('w')) => toy.wake = Some(at + SignedDuration::from_mins(1)),
        Event::Key(Key::Char('q')) => effects.push(Effect::Engine(ToEngine::Quit)),
        Event::Key(Key::Control('l')) => effects.push(Effect::Engine(ToEngine::Repaint)),
        Event::Key(Key::Char(character)) => toy.typed.push(character),
        Event::Key(Key::PageDown) => toy.said.push(format!("on by {} rows", toy.page)),
        Event::Key(key) => toy.said.push(format!("key {key:?}")),
        Event::Page(page) => toy.page = page.rows,
        Event::KeyUnseen(key) => toy.said.push(format!("unseen {key:?}")),
        Event::Opened(site) => toy.said.push(format!("opened {site}")),
        Event::Deadline => {
            toy.wake = None;
            toy.said.push("woken".to_owned());
        }
        Event::MeterArrived(attachment) => {
            toy.said.push(format!("arrived {}", attachment.id.0));
            let session = session();
            effects.push(Effect::Ask(
                ticket,
                Request::For(session, Task::ReadMeter { attachment: attachment.id, driver: None }),
            ));
        }
        Event::MeterChanged(attachment) => toy.said.push(format!("changed {}", attachment.id.0)),
        Event::MeterLeft(id) => toy.said.push(format!("left {}", id.0)),
        Event::ReadProgress { done, of, .. } => toy.said.push(format!("read {done} of {}", of.unwrap_or_default())),
        Event::EffectDone { answer, .. } => toy.said.push(said(&answer)),
        Event::Overtaken(_) => {}
    }
    (toy, effects)
}

/// For whom the toy asks.
pub(super) fn session() -> Session {
    let user = User { id: "1".to_owned(), login: "ada".into(), name: "Ada".into(), role: Role::Clinician };
    Session { id: SessionId(1), user }
}

/// An answer in a line.
fn said(answer: &EffectResult) -> String {
    if let EffectResult::SignedIn(Ok(user)) = answer {
        return format!("hello {}", user.name);
    }
    if let EffectResult::Read(Ok(download)) = answer {
        return format!("done {}", download.announced.unwrap_or_default());
    }
    if let EffectResult::Read(Err(problem)) | EffectResult::Found(Err(problem)) = answer {
        return format!("{} after {}: {}", problem.code.code(), problem.done, problem.detail);
    }
    format!("{answer:?}")
}

/// The toy as the engine takes it.
pub(super) fn program() -> Program<TestProgram> {
    Program {
        start: Box::new(|_| (TestProgram::default(), Vec::new())),
        update,
        deadline: |toy| toy.wake,
        view: Box::new(|toy, _| scene(&format!("typed: {}", toy.typed), &toy.said)),
    }
}

/// A scene of one heading and some lines.
pub(super) fn scene(heading: &str, lines: &[String]) -> Scene {
    Scene {
        site: String::new(),
        user: String::new(),
        trail: Vec::new(),
        step: "toy",
        heading: heading.to_owned(),
        instruction: String::new(),
        blocks: lines.iter().map(|text| Block::Text { role: TextRole::Text, text: text.clone() }).collect(),
        panel: PanelView::default(),
        hints: Vec::new(),
        remark: None,
        overlay: None,
    }
}

/// Draws the heading and the newest lines. All must be seen, and is on a screen of three rows.
pub(super) struct TestPainter;

impl Painter for TestPainter {
    fn paint(&self, frame: &mut Frame<'_>, scene: &Scene) -> Sight {
        paint(frame, scene);
        self.sight(scene, frame.area().as_size())
    }

    fn sight(&self, _: &Scene, size: Size) -> Sight {
        if size.height >= 3 {
            Sight { page: Some(Page { rows: usize::from(size.height), table: None }), ..Sight::ALL }
        } else {
            Sight::NOTHING
        }
    }
}

fn paint(frame: &mut Frame<'_>, scene: &Scene) {
    let area = frame.area();
    let room = usize::from(area.height.saturating_sub(1));
    let texts: Vec<&str> = scene
        .blocks
        .iter()
        .filter_map(|block| if let Block::Text { text, .. } = block { Some(text.as_str()) } else { None })
        .collect();
    let newest = texts.iter().skip(texts.len().saturating_sub(room));
    for (row, text) in std::iter::once(&scene.heading.as_str()).chain(newest).enumerate() {
        if let Ok(row) = u16::try_from(row)
            && row < area.height
        {
            frame.buffer_mut().set_string(0, row, text, ratatui::style::Style::new());
        }
    }
}

/// A platform that knows one user and no patients, with a station beside it; it counts its calls. A search for `!` has a bug, and
/// one for `...` is never answered.
pub(super) struct TestPlatform {
    pub(super) calls: Mutex<Vec<String>>,
    pub(super) station: Station,
    /// Keeps the folder of the station's store.
    _clinic: DemoClinic,
}

impl Default for TestPlatform {
    fn default() -> Self {
        let clinic = DemoClinic::create(clock().now().timestamp()).unwrap();
        let station = Station::new(Arc::new(clinic.open().unwrap()));
        Self { calls: Mutex::default(), station, _clinic: clinic }
    }
}

impl TestPlatform {
    fn note(&self, call: &str, who: &str) {
        self.calls.lock().unwrap().push(format!("{call} by {who}"));
    }

    /// What the station wrote into its audit trail since it was opened, by whom.
    pub(super) fn trail(&self) -> Vec<String> {
        let lines = self.station.store().audit_trail().unwrap();
        lines.into_iter().filter(|line| line.action == "signed-out").map(|line| line.user).collect()
    }
}

/// The toy's platform and station as the engine takes them.
pub(super) fn backend(toy: &Arc<TestPlatform>) -> Backend {
    let platform =
        Platform { sign_in: Arc::clone(toy) as _, directory: Arc::clone(toy) as _, record: Arc::clone(toy) as _ };
    Backend { station: toy.station.clone(), platform }
}

#[async_trait]
impl SignIn for TestPlatform {
    async fn begin(&self, _: Timestamp) -> Result<SignInStart, RemoteError> {
        Ok(SignInStart::Password)
    }

    async fn complete(&self, _: &SignInProof, _: &str, _: Timestamp) -> Result<SignInOutcome, RemoteError> {
        self.note("sign in", "nobody");
        Ok(SignInOutcome::SignedIn(session().user))
    }

    async fn end(&self, actor: &Actor) -> Result<(), RemoteError> {
        self.note("sign out", actor.user.login.as_str());
        Ok(())
    }
}

#[async_trait]
impl PatientDirectory for TestPlatform {
    async fn search(
        &self,
        actor: &Actor,
        query: &str,
        _: Option<&PageCursor>,
        _: u32,
    ) -> Result<SearchPage, RemoteError> {
        self.note("search", actor.user.login.as_str());
        match query {
            "!" => panic!("a bug with a name in it: Ada"),
            "..." => std::future::pending().await,
            _ => Err(RemoteError::Conflict),
        }
    }
    async fn look_alikes(&self, _: &Actor, _: &NewPatient) -> Result<Vec<LookAlike>, RemoteError> {
        Err(RemoteError::Conflict)
    }
    async fn create(&self, _: &Actor, _: &NewPatient, _: &IdempotencyKey) -> Result<Patient, RemoteError> {
        Err(RemoteError::Conflict)
    }
}

#[async_trait]
impl ClinicalRecord for TestPlatform {
    async fn readings(&self, _: &Actor, _: &PatientId, _: Span) -> Result<PatientRecord, RemoteError> {
        Err(RemoteError::Conflict)
    }

    async fn deliver(&self, _: &Parcel) -> Outcome {
        Outcome::Recorded
    }
}

/// A bus on which the meter with id n has n readings; 0 cannot be opened, and 13 has a driver with a bug.
pub(super) struct TestBus;

impl MeterBus for TestBus {
    fn open(&self, id: AttachmentId, _: Option<&str>) -> Result<OpenMeter, LinkError> {
        if id.0 == 0 {
            return Err(LinkError::Denied { what: "/dev/toy".to_owned() });
        }
        Ok(OpenMeter { link: Box::new(TestLink(id.0)), driver: &TestDriver, sold_as: "TestProgram".into() })
    }
}

struct TestLink(u64);

impl Link for TestLink {
    fn send(&mut self, _: &[u8], _: Duration) -> Result<(), LinkError> {
        Ok(())
    }
    fn receive(&mut self, _: Duration) -> Result<Vec<u8>, LinkError> {
        Ok(self.0.to_be_bytes().to_vec())
    }
}

struct TestDriver;

impl Driver for TestDriver {
    fn name(&self) -> &'static str {
        "toy"
    }
    fn converse(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Account, MeterError> {
        let count = conversation.receive("counting", Duration::from_secs(1))?;
        let count = u32::try_from(u64::from_be_bytes(count.try_into().unwrap())).unwrap();
        assert!(count != 13, "a bug");
        let mut gathered = Gathered::default();
        gathered.announce(conversation, count);
        for index in 0..count {
            conversation.receive("reading", Duration::from_secs(1))?;
            let aside = gathered::MeterRecord::Aside("toys".into(), Counted::Always);
            gathered.take::<MeterError>(conversation, index, "", Ok(aside));
        }
        let (manufacturer, model, driver) = ("TestProgram".into(), sold_as.clone(), "toy".into());
        let serial = Private::new("000-1".into());
        let meter = MeterIdentity { manufacturer, model, model_number: None, serial, firmware: None, driver };
        gathered.close(conversation, meter, Ok(()))
    }
}

/// A meter with so many readings.
pub(super) fn meter(readings: u64) -> Attachment {
    Attachment {
        id: AttachmentId(readings),
        name: "TestProgram".into(),
        family: Family::Other,
        connection: "simulated".into(),
        access: Access::Open,
        cable: None,
        bridge: None,
    }
}

/// A clock that stands at noon.
pub(super) fn clock() -> Arc<VirtualClock> {
    Arc::new(VirtualClock::new("2026-07-14T12:00:00+02:00[Europe/Berlin]".parse().unwrap()))
}

/// That clock as the engine asks it.
pub(super) fn now(clock: &Arc<VirtualClock>) -> Now {
    let clock = Arc::clone(clock);
    Arc::new(move || clock.now())
}

/// The toy's surroundings.
pub(super) fn outside(platform: &Arc<TestPlatform>, clock: &Arc<VirtualClock>, pace: ProgressPace) -> Outside {
    let behind = BackendSource::Open(backend(platform));
    Outside { behind, bus: Arc::new(TestBus), now: now(clock), pace, toggle: Arc::new(|_| {}), cables: None }
}

/// The toy's effects, answering into a new mailbox.
pub(super) fn effects(
    platform: &Arc<TestPlatform>,
    pace: ProgressPace,
) -> (Effects, super::engine_event::Mailbox, super::engine_event::Inbox) {
    let (mailbox, inbox) = super::engine_event::mailbox();
    (Effects::new(outside(platform, &clock(), pace), mailbox.clone()), mailbox, inbox)
}
