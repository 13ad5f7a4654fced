//! The whole state of the app.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::action::Keymap;
use super::effect::{DemoMeterId, Effect, Ticket};
use super::overlay::Overlay;
use super::panel::Panel;
use super::sign_in::SignIn;
use super::wizard::Step;
use crate::domain::association::{IdempotencyKey, Upload, UploadId};
use crate::domain::clinic::User;
use crate::domain::meter::MeterGuide;
use crate::domain::patient::Patient;
use crate::domain::problem::Problem;
use crate::domain::text::Clean;

/// What the app is told when it starts.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The clinic's name.
    pub site: Clean,
    /// The time now.
    pub at: Timestamp,
    /// The clinic's time zone.
    pub zone: TimeZone,
    /// Which key does what.
    pub keymap: Keymap,
    /// Random text, new at every start: idempotency keys are made from it.
    pub nonce: String,
    /// The meters that can be read, with the steps to connect each.
    pub guides: Vec<MeterGuide>,
    /// The meters of the demo clinic that can be plugged by key; empty outside the demo.
    pub demo: Vec<DemoMeter>,
    /// Names and passwords of the demo clinic's users, shown at sign-in; empty outside the demo.
    pub demo_logins: Vec<(Clean, Clean)>,
    /// Whether this computer has USB. Without it the device panel says so, and everything else works.
    pub has_usb: bool,
}

/// A simulated meter of the demo clinic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoMeter {
    /// Which one.
    pub id: DemoMeterId,
    /// Its name and what is special about it: `Accu-Chek Guide, memory full`.
    pub name: Clean,
    /// Whether it is plugged in.
    pub plugged: bool,
}

/// The whole state of the app.
#[derive(Debug, Clone)]
pub struct Model {
    /// The clinic's name.
    pub site: Clean,
    /// The clinic's time zone.
    pub zone: TimeZone,
    /// Which key does what.
    pub keymap: Keymap,
    /// The meters that can be read.
    pub guides: Vec<MeterGuide>,
    /// The meters of the demo clinic.
    pub demo: Vec<DemoMeter>,
    /// The demo clinic's users.
    pub demo_logins: Vec<(Clean, Clean)>,
    /// Whether this computer has USB.
    pub has_usb: bool,
    /// Where the person is.
    pub place: Place,
    /// The attached meters.
    pub panel: Panel,
    /// What lies over the screen.
    pub overlay: Option<Overlay>,
    /// A passing remark; the next key clears it.
    pub remark: Option<Remark>,
    /// Numbers for effects.
    pub tickets: Tickets,
    /// The time of the last event.
    pub at: Timestamp,
}

/// Where the person is.
#[derive(Debug, Clone)]
pub enum Place {
    /// At the sign-in.
    SignIn(Box<SignIn>),
    /// Signed in, at a step of the wizard.
    Working(Box<Working>),
}

/// A signed-in person's work.
#[derive(Debug, Clone)]
pub struct Working {
    /// Who is signed in.
    pub user: User,
    /// The patients this user created or selected lately.
    pub recents: Vec<Patient>,
    /// The uploads that wait for a patient.
    pub waiting: Vec<Upload>,
    /// The questions for these two, while they are under way.
    pub loading_recents: Option<Ticket>,
    /// See [`Working::loading_recents`].
    pub loading_waiting: Option<Ticket>,
    /// Why these two could not be loaded, when last asked for.
    pub recents_problem: Option<Problem>,
    /// See [`Working::recents_problem`].
    pub waiting_problem: Option<Problem>,
    /// Uploads that were dealt with since the sign-in: the upload step does not go on with them by itself.
    pub handled: Vec<UploadId>,
    /// The step of the wizard.
    pub step: Step,
}

/// Something said in passing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// The key does nothing here.
    NoSuchKey,
    /// The action exists but cannot be done now, for the reason with this key in the word files.
    NotNow(&'static str),
    /// The patient cannot be selected, for the reason with this key in the word files.
    NotSelectable(&'static str),
    /// The confirming control is reached with Tab.
    ConfirmWithTab,
    /// Something that happened by itself, under this key in the word files.
    Told(&'static str),
}

/// Gives out tickets and idempotency keys, each once.
#[derive(Debug, Clone)]
pub struct Tickets {
    nonce: String,
    last: u64,
}

impl Tickets {
    /// Starts with a text that is new at every start of the program.
    #[must_use]
    pub const fn new(nonce: String) -> Self {
        Self { nonce, last: 0 }
    }

    /// The next ticket.
    pub const fn next(&mut self) -> Ticket {
        self.last += 1;
        Ticket(self.last)
    }

    /// The next idempotency key.
    pub fn key(&mut self) -> IdempotencyKey {
        let Ticket(number) = self.next();
        IdempotencyKey(format!("{}-{number}", self.nonce))
    }
}

impl Model {
    /// The state at start, and the first effects.
    #[must_use]
    pub fn new(setup: Setup) -> (Self, Vec<Effect>) {
        let model = Self {
            site: setup.site,
            zone: setup.zone,
            keymap: setup.keymap,
            guides: setup.guides,
            demo: setup.demo,
            demo_logins: setup.demo_logins,
            has_usb: setup.has_usb,
            place: Place::SignIn(Box::default()),
            panel: Panel::default(),
            overlay: None,
            remark: None,
            tickets: Tickets::new(setup.nonce),
            at: setup.at,
        };
        (model, Vec::new())
    }

    /// When the app wants to be told that time has passed, if at all.
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        self.panel.deadline()
    }

    /// The simulated meters of the demo clinic, as rows to select among.
    #[must_use]
    pub fn demo_rows(&self) -> Vec<DemoMeterId> {
        self.demo.iter().map(|meter| meter.id.clone()).collect()
    }

    /// The calendar day at the clinic.
    #[must_use]
    pub fn today(&self) -> jiff::civil::Date {
        self.at.to_zoned(self.zone.clone()).date()
    }

    /// The signed-in user's work, if somebody is signed in.
    #[must_use]
    pub const fn working(&self) -> Option<&Working> {
        match &self.place {
            Place::Working(working) => Some(working),
            Place::SignIn(_) => None,
        }
    }
}
