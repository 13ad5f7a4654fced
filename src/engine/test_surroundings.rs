//! A tiny platform and bus for the app, on which the engine's own tests run.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::date;
use ratatui::Frame;
use ratatui::layout::Size;

use super::display::{Paint, Painter, in_theme};
use super::effects::{Backend, BackendSource, Effects, Now, Outside, ProgressPace};
use super::export::ExportDestination;
use super::running_app::App;
use crate::app::action::Keymap;
use crate::app::event::Page;
use crate::app::setup::AppSetup;
use crate::domain::association::IdempotencyKey;
use crate::domain::clinic::{Actor, Role, Session, SessionId, User};
use crate::domain::delivery::{Outcome, Parcel};
use crate::domain::meter::{Access, Attachment, AttachmentId, Family, MeterIdentity};
use crate::domain::patient::{
    ComparedPeople, Gender, Identifier, NewPatient, PageCursor, Patient, PatientId, SearchPage, Status,
};
use crate::domain::platform_check::Ownership;
use crate::domain::record::{PatientRecord, Span};
use crate::domain::report_kind::{ExportTarget, Paper};
use crate::domain::sign_in::{SignInOutcome, SignInProof, SignInStart};
use crate::domain::text::{Clean, Private};
use crate::host::bus::{MeterBus, OpenMeter};
use crate::host::clock::{Clock, VirtualClock};
use crate::host::export_file::ExportFolder;
use crate::meters::conversation::Conversation;
use crate::meters::drivers::Driver;
use crate::meters::error::MeterError;
use crate::meters::gathered::{self, Account, Counted, Gathered};
use crate::meters::link::{Link, LinkError};
use crate::platform::embedded::demo::DemoClinic;
use crate::platform::{ClinicalRecord, CreatedPerson, PatientDirectory, Platform, RemoteError, SignIn, SignsOfLife};
use crate::station::Station;
use crate::ui::glyphs::GlyphSet;
use crate::ui::paint::Sight;
use crate::ui::scene::{Block, PanelView, Scene, TextRole};
use crate::ui::theme::{Colours, Theme};
use crate::ui::view::Extent;
use crate::ui::words::Words;

/// For whom the tests ask.
pub(super) fn session() -> Session {
    let user = User { id: "1".to_owned(), login: "ada".into(), name: "Ada".into(), role: Role::Clinician };
    Session { id: SessionId(1), user }
}

/// The app as it is started, for a clinic of these tests.
pub(super) fn app() -> App {
    let setup = |at| AppSetup {
        site: "Test clinic".into(),
        at,
        zone: clock().now().time_zone().clone(),
        keymap: Keymap::embedded().unwrap(),
        nonce: "test".to_owned(),
        guides: Vec::new(),
        demo: Vec::new(),
        demo_logins: Vec::new(),
        has_usb: true,
        signs_in_by_code: false,
        version: "0.0.1",
        log: None,
        exports: ExportTarget::default(),
        unit: None,
        scanner: crate::domain::scanned_code::ScannerRules::default(),
        locks_after: None,
    };
    App::new(setup, Words::shared(), Extent::Seen)
}

/// Draws the app as on a terminal without colours.
pub(super) fn painter() -> Paint {
    in_theme(Theme::new(Colours::Mono, GlyphSet::Ascii))
}

/// A scene of one heading and some lines.
pub(super) fn scene(heading: &str, lines: &[String]) -> Scene {
    Scene {
        site: String::new(),
        user: String::new(),
        trail: Vec::new(),
        is_wide: false,
        step: "test",
        heading: heading.to_owned(),
        instruction: String::new(),
        blocks: lines.iter().map(|text| Block::Text { role: TextRole::Text, text: text.clone() }).collect(),
        panel: PanelView::default(),
        hints: Vec::new(),
        ways_out: Vec::new(),
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

/// Somebody whom the platform finds.
fn bird() -> Patient {
    Patient {
        id: PatientId("Patient/1".to_owned()),
        family: Private::new("Bird".into()),
        given: Private::new("Ann".into()),
        born: Private::new(date(1961, 7, 14)),
        gender: Gender::Female,
        identifiers: vec![Identifier::new("MRN", "M1001")],
        status: Status::Active,
        devices: Vec::new(),
        last_upload: None,
    }
}

/// A platform that knows one user and one patient, with a station beside it; it counts its calls. A search for `!` has
/// a bug, and one for `...` is never answered.
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

/// The tests' platform and station as the engine takes them.
pub(super) fn backend(platform: &Arc<TestPlatform>) -> Backend {
    let station = platform.station.clone();
    let [sign_in, directory, record] = [0; 3].map(|_| Arc::clone(platform));
    Backend { station, platform: Platform { sign_in, directory, record } }
}

#[async_trait]
impl SignIn for TestPlatform {
    async fn begin(&self, _: Timestamp) -> Result<SignInStart, RemoteError> {
        Ok(SignInStart::Password)
    }

    async fn complete(&self, _: &SignInProof, _: &str, _: Timestamp) -> Result<SignInOutcome, RemoteError> {
        self.note("sign in", "nobody");
        Ok(SignInOutcome::SignedIn(session().user, Vec::new()))
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
            "bird" => Ok(SearchPage { patients: vec![bird()], next: None, known_only: false }),
            _ => Err(RemoteError::Conflict("it is none".into())),
        }
    }
    async fn fetch(&self, _: &Actor, _: &PatientId) -> Result<Option<Patient>, RemoteError> {
        Err(RemoteError::Conflict("it is none".into()))
    }
    async fn look_alikes(&self, _: &Actor, _: &NewPatient) -> Result<ComparedPeople, RemoteError> {
        Err(RemoteError::Conflict("it is none".into()))
    }
    async fn create(&self, _: &Actor, _: &NewPatient, _: &IdempotencyKey) -> Result<Patient, RemoteError> {
        Err(RemoteError::Conflict("it is none".into()))
    }
    async fn created(&self, _: &Actor, _: &IdempotencyKey) -> Result<Option<CreatedPerson>, RemoteError> {
        Err(RemoteError::Conflict("it is none".into()))
    }
}

#[async_trait]
impl ClinicalRecord for TestPlatform {
    async fn owner(&self, _: &Actor, _: &MeterIdentity) -> Result<Ownership, RemoteError> {
        Err(RemoteError::Conflict("it is none".into()))
    }

    async fn readings(&self, _: &Actor, _: &PatientId, _: Span) -> Result<PatientRecord, RemoteError> {
        Err(RemoteError::Conflict("it is none".into()))
    }

    async fn deliver(&self, _: &Parcel, _: &SignsOfLife) -> Outcome {
        Outcome::Recorded
    }
}

/// A bus on which the meter with id n has n readings; 0 cannot be opened, and 13 has a driver with a bug.
pub(super) struct TestBus;

impl MeterBus for TestBus {
    fn open(&self, id: AttachmentId, _: Option<&str>) -> Result<OpenMeter, LinkError> {
        if id.0 == 0 {
            return Err(LinkError::Denied { what: "/dev/meter".to_owned() });
        }
        Ok(OpenMeter { link: Box::new(TestLink(id.0)), driver: &TestDriver, sold_as: "Test Meter".into() })
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
        "test"
    }
    fn converse(&self, conversation: &mut Conversation<'_>, sold_as: &Clean) -> Result<Account, MeterError> {
        let count = conversation.receive("counting", Duration::from_secs(1))?;
        let count = u32::try_from(u64::from_be_bytes(count.try_into().unwrap())).unwrap();
        assert!(count != 13, "a bug");
        let mut gathered = Gathered::default();
        gathered.announce(conversation, count);
        for index in 0..count {
            conversation.receive("reading", Duration::from_secs(1))?;
            let aside = gathered::MeterRecord::Aside("tests".into(), Counted::Always);
            gathered.take::<MeterError>(conversation, index, "", Ok(aside));
        }
        let (manufacturer, model, driver) = ("Test Meter".into(), sold_as.clone(), "test".into());
        let serial = Private::new(format!("A00-{count}").as_str().into());
        let meter =
            MeterIdentity { manufacturer, model, model_number: None, serial, system_id: None, firmware: None, driver };
        gathered.close(conversation, meter, Ok(()))
    }
}

/// A meter with so many readings.
pub(super) fn meter(readings: u64) -> Attachment {
    Attachment {
        id: AttachmentId(readings),
        name: format!("Meter {readings}").as_str().into(),
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

/// Where nothing can be exported.
pub(super) fn exports() -> ExportDestination {
    ExportDestination { folder: ExportFolder::Named("/none".into()), paper: Paper::A4 }
}

/// The tests' surroundings.
pub(super) fn outside(platform: &Arc<TestPlatform>, clock: &Arc<VirtualClock>, pace: ProgressPace) -> Outside {
    let backend = BackendSource::Open(backend(platform));
    let exports = exports();
    Outside { backend, bus: Arc::new(TestBus), now: now(clock), pace, toggle: Arc::new(|_| {}), cables: None, exports }
}

/// The tests' effects, answering into a new mailbox.
pub(super) fn effects(
    platform: &Arc<TestPlatform>,
    pace: ProgressPace,
) -> (Effects, super::engine_event::Mailbox, super::engine_event::Inbox) {
    let (mailbox, inbox) = super::engine_event::mailbox();
    (Effects::new(outside(platform, &clock(), pace), mailbox.clone()), mailbox, inbox)
}
