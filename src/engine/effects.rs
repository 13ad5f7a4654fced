//! Carries out what the app asks for. Every effect with a ticket is answered exactly once, whatever happens to it.
//!
//! Calls of the platform run one after the other on one thread, in the order in which they were asked for, so that an
//! audit line never overtakes the write it belongs to; so does the memory of cables, on another. Each read of a meter has
//! a thread of its own. The engine counts what is under way: up before the start, down after the answer was handled; at
//! zero it is idle.

mod cables;
mod calls;
mod reads;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use jiff::Zoned;

use self::cables::Cables;
use self::calls::{Call, CallThread};
use self::reads::Reads;
use super::arrival::Mailbox;
use crate::app::effect::{DemoMeterId, Effect, Ticket};
use crate::app::event::Answer;
use crate::domain::cable::RememberedCable;
use crate::domain::clinic::Session;
use crate::domain::problem::Problem;
use crate::domain::text::Clean;
use crate::host::bus::MeterBus;
use crate::host::cables::CableFile;
use crate::platform::{self, CarePlatform, PlatformError};

/// How many patients one search gives at most.
const SEARCH_PAGE: u32 = 20;

/// Tells the time, with the clinic's zone.
pub type Now = Arc<dyn Fn() -> Zoned + Send + Sync>;

/// Plugs or unplugs this simulated meter of the demo clinic.
pub type ToggleDemoMeter = Arc<dyn Fn(&DemoMeterId)>;

/// How progress of a read is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// At most this often, and always the last one.
    Every(Duration),
    /// Every step, and the reading thread waits until it was handled. For scripts: they can stop a read at a count.
    Stepped,
}

/// Where patients and readings live.
pub enum Platform {
    /// It is open.
    Open(Arc<dyn CarePlatform>),
    /// The thread that calls it opens it first, while the first screen is shown already. What came of it arrives:
    /// [`super::arrival::Arrival::Opened`] or [`super::arrival::Arrival::NotOpened`].
    ToOpen(OpenLater),
}

/// Opens the platform, and tells how its site is shown. Whoever gave it keeps why there is nothing.
pub type OpenLater = Box<dyn FnOnce() -> Option<(Arc<dyn CarePlatform>, Clean)> + Send>;

/// What effects work on.
pub struct Outside {
    /// Where patients and readings live.
    pub platform: Platform,
    /// Where meters are attached.
    pub bus: Arc<dyn MeterBus>,
    /// The one clock, in the clinic's zone.
    pub now: Now,
    /// How progress is told.
    pub pace: Pace,
    /// The demo clinic's meters; does nothing outside the demo.
    pub toggle: ToggleDemoMeter,
    /// Where it is remembered which meter was behind which cable; nowhere on a station without a data folder.
    pub cables: Option<CableFile>,
}

/// What an effect asks of the engine itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// Paint the whole screen again.
    Repaint,
    /// End the program.
    Quit,
}

/// Everything under way.
pub struct Effects {
    platform: CallThread<dyn CarePlatform>,
    cables: Cables,
    reads: Reads,
    now: Now,
    toggle: ToggleDemoMeter,
    busy: usize,
}

impl Effects {
    /// Starts the platform's thread. Answers go into `mailbox`.
    #[must_use]
    pub fn new(outside: Outside, mailbox: Mailbox) -> Self {
        Self {
            platform: match outside.platform {
                Platform::Open(platform) => CallThread::start("platform", platform, mailbox.clone()),
                Platform::ToOpen(open) => CallThread::open("platform", open, mailbox.clone()),
            },
            cables: Cables::start(outside.cables, mailbox.clone()),
            reads: Reads::new(outside.bus, Arc::clone(&outside.now), outside.pace, mailbox),
            now: outside.now,
            toggle: outside.toggle,
            busy: 0,
        }
    }

    /// How many effects are under way.
    #[must_use]
    pub const fn busy(&self) -> usize {
        self.busy
    }

    /// The reads of meters among them.
    #[must_use]
    pub fn reading(&self) -> Vec<Ticket> {
        self.reads.running()
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Zoned {
        (self.now)()
    }

    /// Starts one effect.
    pub fn start(&mut self, effect: Effect) -> Option<Request> {
        match effect {
            Effect::SignIn { ticket, credentials } => {
                let at = self.now().timestamp();
                self.call(ticket, Answer::SignedIn, move |platform| platform.sign_in(&credentials, at));
            }
            Effect::SearchPatients { ticket, session, query, offset } => {
                self.platform.newest_search(ticket);
                self.ask(ticket, session, Answer::Found, move |platform, session| {
                    platform.search(session, &query, offset, SEARCH_PAGE)
                });
            }
            Effect::LoadRecents { ticket, session } => {
                self.ask(ticket, session, Answer::Recents, |platform, session| platform.recents(session));
            }
            Effect::Remember { ticket, session, patient } => {
                self.ask(ticket, session, Answer::Noted, move |platform, session| platform.remember(session, &patient));
            }
            Effect::LoadPending { ticket, session } => {
                self.ask(ticket, session, Answer::Pending, |platform, session| platform.pending(session));
            }
            Effect::FindLookAlikes { ticket, session, new } => {
                self.ask(ticket, session, Answer::LookAlikes, move |platform, session| {
                    platform.look_alikes(session, &new)
                });
            }
            Effect::CreatePatient { ticket, session, new, key } => {
                self.ask(ticket, session, Answer::Created, move |platform, session| {
                    platform.create(session, &new, &key).map(Box::new)
                });
            }
            // For whom it is read, the quarantine says.
            Effect::ReadMeter { ticket, session: _, attachment, driver } => {
                self.busy += 1;
                self.reads.start(ticket, attachment, driver);
            }
            Effect::CancelRead { ticket } => self.reads.cancel(ticket),
            Effect::RecallCable { ticket, cable } => {
                self.busy += 1;
                self.cables.recall(ticket, cable);
            }
            Effect::RememberCable { ticket, cable, model } => {
                self.busy += 1;
                self.cables.remember(ticket, RememberedCable { key: cable, model, read_at: self.now().timestamp() });
            }
            Effect::Quarantine { ticket, session, download } => {
                self.ask(ticket, session, Answer::Quarantined, move |platform, session| {
                    platform.quarantine(session, &download).map(Box::new)
                });
            }
            Effect::LoadUpload { ticket, session, upload } => {
                self.ask(ticket, session, Answer::Upload, move |platform, session| {
                    platform.upload(session, &upload).map(Box::new)
                });
            }
            Effect::BeginIdentityCheck { ticket, session, upload, patient } => {
                self.ask(ticket, session, Answer::IdentityCheck, move |platform, session| {
                    platform.begin_identity_check(session, &upload, &patient).map(Box::new)
                });
            }
            Effect::NoteMismatch { ticket, session, upload, patient } => {
                self.ask(ticket, session, Answer::Standing, move |platform, session| {
                    platform.note_mismatch(session, &upload, &patient)
                });
            }
            Effect::AnswerIntake { ticket, session, upload, answer } => {
                self.ask(ticket, session, Answer::Upload, move |platform, session| {
                    platform.answer_intake(session, &upload, &answer).map(Box::new)
                });
            }
            Effect::Assign { ticket, session, assignment } => {
                self.ask(ticket, session, Answer::Assigned, move |platform, session| {
                    platform.assign(session, &assignment)
                });
            }
            Effect::LoadDashboard { ticket, session, patient, period } => {
                self.ask(ticket, session, Answer::Dashboard, move |platform, session| {
                    platform.dashboard(session, &patient, period).map(Box::new)
                });
            }
            Effect::Audit { ticket, session, entry } => {
                self.ask(ticket, session, Answer::Noted, move |platform, session| platform.audit(session, &entry));
            }
            Effect::ToggleDemoMeter { meter } => (self.toggle)(&meter),
            Effect::Repaint => return Some(Request::Repaint),
            Effect::Quit => return Some(Request::Quit),
        }
        None
    }

    /// An answer was handled.
    pub fn settled(&mut self, ticket: Ticket) {
        self.reads.ended(ticket);
        self.busy = self.busy.saturating_sub(1);
    }

    /// The program ends: reads are cancelled, calls of the platform that were asked for are finished, for at most
    /// `limit`. True if all of them are.
    pub fn finish(&mut self, limit: Duration) -> bool {
        self.reads.cancel_all();
        let noted = self.cables.finish(limit);
        self.platform.finish(limit) && noted
    }

    /// The program is taken to be killed: nothing that was not begun is begun any more, and reads are cancelled.
    pub fn abandon(&mut self) {
        self.reads.cancel_all();
        self.platform.abandon();
        self.cables.abandon();
    }

    /// Whether every thread has ended, after [`Effects::abandon`] and at most `wait` later. Reading threads that wait
    /// for their progress to be handled end only once the inbox was emptied.
    pub fn are_gone(&mut self, wait: Duration) -> bool {
        self.platform.is_gone(wait) && self.cables.is_gone(wait) && self.reads.are_gone(wait)
    }

    /// Puts a call into the platform's queue that is made for whoever asked, signed in or not by now.
    fn ask<T: 'static>(
        &mut self,
        ticket: Ticket,
        session: Session,
        wrap: fn(Result<T, Problem>) -> Answer,
        work: impl FnOnce(&dyn CarePlatform, &platform::Session) -> Result<T, PlatformError> + Send + 'static,
    ) {
        let now = self.now();
        let session = platform::Session { user: session.user, at: now.timestamp(), zone: now.time_zone().clone() };
        self.call(ticket, wrap, move |platform| work(platform, &session));
    }

    /// Puts a call into the platform's queue.
    fn call<T: 'static>(
        &mut self,
        ticket: Ticket,
        wrap: fn(Result<T, Problem>) -> Answer,
        work: impl FnOnce(&dyn CarePlatform) -> Result<T, PlatformError> + Send + 'static,
    ) {
        self.busy += 1;
        self.platform.call(Call::new(ticket, wrap, move |platform| work(platform).map_err(|error| error.problem())));
    }
}

/// The name of an effect, for the harness. Says nothing of what is in it.
#[must_use]
pub const fn name(effect: &Effect) -> &'static str {
    match effect {
        Effect::SignIn { .. } => "sign_in",
        Effect::SearchPatients { .. } => "search_patients",
        Effect::LoadRecents { .. } => "load_recents",
        Effect::Remember { .. } => "remember",
        Effect::LoadPending { .. } => "load_pending",
        Effect::FindLookAlikes { .. } => "find_look_alikes",
        Effect::CreatePatient { .. } => "create_patient",
        Effect::ReadMeter { .. } => "read_meter",
        Effect::CancelRead { .. } => "cancel_read",
        Effect::RecallCable { .. } => "recall_cable",
        Effect::RememberCable { .. } => "remember_cable",
        Effect::Quarantine { .. } => "quarantine",
        Effect::LoadUpload { .. } => "load_upload",
        Effect::BeginIdentityCheck { .. } => "begin_identity_check",
        Effect::NoteMismatch { .. } => "note_mismatch",
        Effect::AnswerIntake { .. } => "answer_intake",
        Effect::Assign { .. } => "assign",
        Effect::LoadDashboard { .. } => "load_dashboard",
        Effect::Audit { .. } => "audit",
        Effect::ToggleDemoMeter { .. } => "toggle_demo_meter",
        Effect::Repaint => "repaint",
        Effect::Quit => "quit",
    }
}
