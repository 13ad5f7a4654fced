//! The whole state of the app.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::action::Keymap;
use super::asked::Asked;
use super::code_sign_in::CodeSignIn;
use super::effect::{DemoMeterId, Effect, Task, Ticket};
use super::event::EffectResult;
use super::idle_lock::IdleLock;
use super::list::USUAL_PAGE;
use super::noted_people::NotedPeople;
use super::overlay::Overlay;
use super::panel::{Panel, PanelNotes};
use super::reach::Reach;
use super::remark::Remark;
use super::setup::{AppSetup, DemoMeter};
use super::sign_in::SignInForm;
use super::tickets::Tickets;
use super::under_way::UnderWay;
use super::wizard::{MOST_RECENTS, Step, StepContext};
use crate::domain::association::{Upload, UploadId};
use crate::domain::clinic::{Session, User};
use crate::domain::glucose::Unit;
use crate::domain::meter::MeterGuide;
use crate::domain::patient::Patient;
use crate::domain::permission::Permission;
use crate::domain::problem::Problem;
use crate::domain::report_kind::ExportTarget;
use crate::domain::scanned_code::ScannerRules;
use crate::domain::sign_in::Withheld;
use crate::domain::text::Clean;
use crate::domain::words::{TextKey, key};
use crate::domain::work_list::{Undelivered, WorkList};

/// The whole state of the app.
#[derive(Debug, Clone)]
pub struct Model {
    /// The clinic's name; empty until the platform is open.
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
    /// Whether people sign in by a code.
    pub signs_in_by_code: bool,
    /// The version of the program.
    pub version: &'static str,
    /// The folder of the log.
    pub log: Option<Clean>,
    /// Where exports go.
    pub exports: ExportTarget,
    /// The unit in which values are shown at first; without it that in which most of somebody's were sent.
    pub unit: Option<Unit>,
    /// How barcode scanners of this computer are set up.
    pub scanner: ScannerRules,
    /// Where the person is.
    pub state: AppState,
    /// Work that stands still, the latest last; one of each person.
    pub paused: Vec<PausedWork>,
    /// When the station locks that nobody touches.
    pub idle: IdleLock,
    /// The attached meters.
    pub panel: Panel,
    /// What lies over the screen.
    pub overlay: Option<Overlay>,
    /// A passing remark; the next key clears it.
    pub remark: Option<Remark>,
    /// Numbers for effects.
    pub tickets: Tickets,
    /// What was asked and has not been answered.
    pub under_way: UnderWay,
    /// How many rows are seen at once of the list or table that PgUp and PgDn turn.
    pub page: usize,
    /// The time of the last event.
    pub at: Timestamp,
}

/// Where the person is.
#[derive(Debug, Clone)]
pub enum AppState {
    /// At the sign-in with a name and a password.
    SignIn(Box<SignInForm>),
    /// At the sign-in by a code.
    SignInByCode(Box<CodeSignIn>),
    /// Signed in, at a step of the wizard.
    Working(Box<Working>),
}

impl AppState {
    /// Nobody is signed in.
    #[must_use]
    pub fn nobody(signs_in_by_code: bool) -> Self {
        if signs_in_by_code { Self::SignInByCode(Box::default()) } else { Self::SignIn(Box::default()) }
    }
}

/// A signed-in person's work.
#[derive(Debug, Clone)]
pub struct Working {
    /// Who is signed in.
    pub session: Session,
    /// What the platform does not let them do in this sign-in. As long as it is not known, it is seen when it is tried.
    pub withheld: Asked<Vec<Withheld>>,
    /// The patients this user created or selected lately.
    pub recents: Vec<Patient>,
    /// The uploads that wait for a patient.
    pub waiting: Vec<Upload>,
    /// What the care platform has not recorded yet; loaded with those.
    pub undelivered: Vec<Undelivered>,
    /// Who was noted as a new patient and is none yet.
    pub noted: NotedPeople,
    /// When these were asked for last. What came before stays until then, and also if nothing comes.
    pub recents_asked: Asked<()>,
    /// See [`Working::recents_asked`].
    pub waiting_asked: Asked<()>,
    /// Whether something came of a delivery since that was asked for.
    pub is_stale: bool,
    /// Whether the care platform answers, as far as a search has told.
    pub reach: Reach,
    /// Uploads that were dealt with since the sign-in: the upload step does not go on with them by itself.
    pub handled: Vec<UploadId>,
    /// The step of the wizard.
    pub step: Step,
}

impl Working {
    /// Whether anything here waits for the answer to this question.
    pub fn waits_for(&mut self, ticket: Ticket) -> bool {
        self.recents_asked.waits_for(ticket)
            || self.waiting_asked.waits_for(ticket)
            || self.withheld.waits_for(ticket)
            || self.step.waits_for(ticket)
            || self.step.asked_for_number(ticket)
            || self.step.search_that_asked(ticket).is_some()
    }

    /// What the platform does not let them do, as far as it is known.
    pub fn withheld(&self) -> impl Iterator<Item = &Withheld> {
        self.withheld.ready().into_iter().flatten()
    }

    /// Whether whoever is signed in may do this: by their role, and as far as the platform does not withhold it.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        let is_withheld = self.withheld().any(|withheld| withheld.permission() == permission);
        self.session.user.role.allows(permission) && !(is_withheld && permission.is_done_there())
    }

    /// When the platform is asked about somebody who was noted as a new patient, if it is at all.
    pub(super) fn noted_due(&self) -> Option<Timestamp> {
        // Not before it is known what the platform withholds: a refusal counts as an answer about
        // somebody, and they would not be asked about again until it was silent and came back.
        let may_ask = self.may(Permission::CreatePatients) && !self.withheld.is_waiting();
        let due = self.noted.due().filter(|_| may_ask)?;
        Some(match self.reach {
            Reach::Usual | Reach::Back(_) => due,
            Reach::Silent(again) => again.max(due),
        })
    }

    /// The recent patients came. Those in the list stay in their rows; the others follow (clinic-safety ID-06).
    pub(super) fn recents_loaded(&mut self, loaded: Result<Vec<Patient>, Problem>) {
        let (loaded, asked) = loaded.map_or_else(|problem| (Vec::new(), Err(problem)), |loaded| (loaded, Ok(())));
        self.recents_asked = asked.into();
        for patient in loaded {
            match self.recents.iter_mut().find(|known| known.id == patient.id) {
                Some(known) => *known = patient,
                None => self.recents.push(patient),
            }
        }
        self.recents.truncate(MOST_RECENTS);
    }

    /// Why the list of what is left to be done is empty, as a key of the word files; `None` if it is not. That no meter
    /// waits is known only once the list has come.
    #[must_use]
    pub const fn why_none_waits(&self) -> Option<TextKey> {
        if !self.waiting.is_empty() || !self.undelivered.is_empty() || !self.noted.people.is_empty() {
            return None;
        }
        Some(match self.waiting_asked {
            Asked::Waiting(_) => key::REASON_WAITING_LOOKED_UP,
            Asked::Failed(_) => key::REASON_WAITING_NOT_LOADED,
            Asked::Idle | Asked::Ready(()) => key::REASON_NO_WAITING_METERS,
        })
    }

    /// What is left to be done came. The uploads in the list keep their order, so that no row moves but to close a gap.
    /// If it could not be loaded, what was known stays: those meters still wait. Tells whether it is stale already.
    pub(super) fn work_list_loaded(&mut self, loaded: Result<WorkList, Problem>) -> bool {
        let loaded = loaded.map(|WorkList { mut waiting, undelivered, noted }| {
            let place = |upload: &Upload| self.waiting.iter().position(|known| known.id == upload.id);
            // The sort is stable: those that are new stay in the order in which they came.
            waiting.sort_by_key(|upload| place(upload).unwrap_or(usize::MAX));
            (self.waiting, self.undelivered, self.noted.people) = (waiting, undelivered, noted);
            self.look_at_noted();
            if let Step::Undelivered(step) = &mut self.step {
                step.look_at(&self.undelivered);
            }
        });
        self.waiting_asked = loaded.into();
        std::mem::take(&mut self.is_stale)
    }

    /// How it stands with who was noted is known anew.
    pub(super) fn look_at_noted(&mut self) {
        if let Step::NotedPerson(step) = &mut self.step {
            step.look_at(&self.noted.people);
        }
    }
}

/// Why somebody's work stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PauseReason {
    /// The sign-in has ended at the care platform.
    SignInEnded,
    /// The station was left alone, and has locked itself.
    LeftAlone,
}

/// A person's work that stands still, and what it waits for.
#[derive(Debug, Clone)]
pub struct PausedWork {
    pub(super) why: PauseReason,
    pub(super) working: Working,
    /// What the platform did not answer, because it no longer knew who asked.
    pub(super) again: Vec<(Ticket, Task)>,
    /// What came meanwhile.
    pub(super) came: Vec<(Ticket, EffectResult)>,
    /// What was still to be told of meters that were gone.
    pub(super) notes: PanelNotes,
}

impl PausedWork {
    /// The sign-in in which it was begun.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.working.session
    }

    /// Whether it is this person's.
    #[must_use]
    pub fn is_of(&self, user: &User) -> bool {
        self.working.session.user.id == user.id
    }

    /// Whether it waits for the answer to this question.
    pub fn waits_for(&mut self, ticket: Ticket) -> bool {
        self.working.waits_for(ticket)
    }
}

impl Model {
    /// The state at start, and the first effects.
    #[must_use]
    pub fn new(setup: AppSetup) -> (Self, Vec<Effect>) {
        let model = Self {
            site: setup.site,
            zone: setup.zone,
            keymap: setup.keymap,
            guides: setup.guides,
            demo: setup.demo,
            demo_logins: setup.demo_logins,
            has_usb: setup.has_usb,
            signs_in_by_code: setup.signs_in_by_code,
            version: setup.version,
            log: setup.log,
            exports: setup.exports,
            unit: setup.unit,
            scanner: setup.scanner,
            state: AppState::nobody(setup.signs_in_by_code),
            paused: Vec::new(),
            idle: IdleLock::new(setup.locks_after, setup.at),
            panel: Panel::default(),
            overlay: None,
            remark: None,
            tickets: Tickets::new(setup.nonce),
            under_way: UnderWay::default(),
            page: USUAL_PAGE,
            at: setup.at,
        };
        (model, Vec::new())
    }

    /// When the app wants to be told that time has passed, if at all.
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        let lock = match &self.state {
            AppState::Working(_) => self.idle.due(),
            AppState::SignIn(sign_in) => sign_in.holds_password().then(|| self.idle.due_for_password()),
            AppState::SignInByCode(_) => None,
        };
        let of_state = match &self.state {
            AppState::SignInByCode(sign_in) => sign_in.deadline(),
            AppState::Working(working) => {
                // Nobody is woken for a search that nobody looks at.
                let again = working.reach.again().filter(|_| working.step.wants_all());
                let about_noted = working.noted_due();
                working.step.deadline().into_iter().chain(working.reach.until()).chain(again).chain(about_noted).min()
            }
            AppState::SignIn(_) => None,
        };
        self.panel.deadline().into_iter().chain(of_state).chain(lock).min()
    }

    /// Whether this is the demo clinic, of which nothing is kept.
    #[must_use]
    pub const fn is_demo(&self) -> bool {
        !self.demo.is_empty() || !self.demo_logins.is_empty()
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

    /// Lets the step act, with everything it works with in its context.
    pub(super) fn with_step(mut self, act: impl FnOnce(Step, &mut StepContext<'_>) -> Step) -> (Self, Vec<Effect>) {
        let today = self.today();
        let AppState::Working(mut working) = self.state else { return (self, Vec::new()) };
        let none_waits = working.why_none_waits();
        let mut context = StepContext {
            session: &working.session,
            site: &self.site,
            tickets: &mut self.tickets,
            effects: Vec::new(),
            remark: None,
            panel: &mut self.panel,
            recents: &mut working.recents,
            waiting: &working.waiting,
            undelivered: &working.undelivered,
            noted: &working.noted.people,
            recents_asked: &mut working.recents_asked,
            waiting_asked: &mut working.waiting_asked,
            none_waits,
            handled: &mut working.handled,
            recorded: Vec::new(),
            guides: &self.guides,
            unit: self.unit,
            page: self.page,
            at: self.at,
            today,
        };
        let step = act(working.step, &mut context);
        let (effects, remark, recorded) = (context.effects, context.remark, context.recorded);
        working.step = step;
        working.waiting.retain(|upload| !recorded.contains(&upload.id));
        self.state = AppState::Working(working);
        if remark.is_some() {
            self.remark = remark;
        }
        (self, effects)
    }

    /// The signed-in user's work, if somebody is signed in.
    #[must_use]
    pub const fn working(&self) -> Option<&Working> {
        match &self.state {
            AppState::Working(working) => Some(working),
            AppState::SignIn(_) | AppState::SignInByCode(_) => None,
        }
    }
}
