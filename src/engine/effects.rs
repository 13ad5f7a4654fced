//! Carries out what the app asks for. Every effect with a ticket is answered exactly once, whatever happens to it.
//!
//! Calls of the platform run one after the other on one thread, in the order in which they were asked for, so that an
//! audit line never overtakes the write it belongs to; so does the memory of cables, on another. Each read of a meter has a thread of its own. The engine counts
//! what is under way: up before the start, down after the answer was handled; at zero it is idle.

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
use super::arrival::{Arrival, Mailbox};
use crate::app::effect::{DemoMeterId, Effect, Ticket};
use crate::app::event::Answer;
use crate::domain::cable::RememberedCable;
use crate::domain::clinic::User;
use crate::domain::problem::{Problem, ProblemCode};
use crate::host::bus::MeterBus;
use crate::host::cables::CableFile;
use crate::platform::{CarePlatform, PlatformError, Session};

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

/// What effects work on.
pub struct Outside {
    /// Where patients and readings live.
    pub platform: Arc<dyn CarePlatform>,
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
    mailbox: Mailbox,
    user: Option<User>,
    sign_in: Option<Ticket>,
    busy: usize,
}

impl Effects {
    /// Starts the platform's thread. Answers go into `mailbox`.
    #[must_use]
    pub fn new(outside: Outside, mailbox: Mailbox) -> Self {
        Self {
            platform: CallThread::start("platform", outside.platform, mailbox.clone()),
            cables: Cables::start(outside.cables, mailbox.clone()),
            reads: Reads::new(outside.bus, Arc::clone(&outside.now), outside.pace, mailbox.clone()),
            now: outside.now,
            toggle: outside.toggle,
            mailbox,
            user: None,
            sign_in: None,
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
                self.sign_in = Some(ticket);
                let at = self.now().timestamp();
                self.call(ticket, Answer::SignedIn, move |platform| platform.sign_in(&credentials, at));
            }
            Effect::SignOut => {
                self.user = None;
                self.sign_in = None;
            }
            Effect::SearchPatients { ticket, query, offset } => {
                self.platform.newest_search(ticket);
                self.ask(ticket, Answer::Found, move |platform, session| {
                    platform.search(session, &query, offset, SEARCH_PAGE)
                });
            }
            Effect::LoadRecents { ticket } => self.ask(ticket, Answer::Recents, |platform, s| platform.recents(s)),
            Effect::Remember { ticket, patient } => {
                self.ask(ticket, Answer::Noted, move |platform, session| platform.remember(session, &patient));
            }
            Effect::LoadPending { ticket } => self.ask(ticket, Answer::Pending, |platform, s| platform.pending(s)),
            Effect::FindLookAlikes { ticket, new } => {
                self.ask(ticket, Answer::LookAlikes, move |platform, session| platform.look_alikes(session, &new));
            }
            Effect::CreatePatient { ticket, new, key } => {
                self.ask(ticket, Answer::Created, move |platform, session| {
                    platform.create(session, &new, &key).map(Box::new)
                });
            }
            Effect::ReadMeter { ticket, attachment, driver } => {
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
            Effect::Quarantine { ticket, download } => {
                self.ask(ticket, Answer::Quarantined, move |platform, session| {
                    platform.quarantine(session, &download).map(Box::new)
                });
            }
            Effect::LoadUpload { ticket, upload } => {
                self.ask(ticket, Answer::Upload, move |platform, session| {
                    platform.upload(session, &upload).map(Box::new)
                });
            }
            Effect::Assign { ticket, assignment } => {
                self.ask(ticket, Answer::Assigned, move |platform, session| platform.assign(session, &assignment));
            }
            Effect::LoadDashboard { ticket, patient, period } => {
                self.ask(ticket, Answer::Dashboard, move |platform, session| {
                    platform.dashboard(session, &patient, period).map(Box::new)
                });
            }
            Effect::Audit { ticket, entry } => {
                self.ask(ticket, Answer::Noted, move |platform, session| platform.audit(session, &entry));
            }
            Effect::ToggleDemoMeter { meter } => (self.toggle)(&meter),
            Effect::Repaint => return Some(Request::Repaint),
            Effect::Quit => return Some(Request::Quit),
        }
        None
    }

    /// An answer is about to be handled. Keeps the user whom the newest sign-in named.
    pub fn answered(&mut self, ticket: Ticket, answer: &Answer) {
        if let Answer::SignedIn(Ok(user)) = answer
            && self.sign_in == Some(ticket)
        {
            self.user = Some(user.clone());
        }
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

    /// Puts a call that needs the signed-in user into the platform's queue.
    fn ask<T: 'static>(
        &mut self,
        ticket: Ticket,
        wrap: fn(Result<T, Problem>) -> Answer,
        work: impl FnOnce(&dyn CarePlatform, &Session) -> Result<T, PlatformError> + Send + 'static,
    ) {
        if let Some(user) = self.user.clone() {
            let now = self.now();
            let session = Session { user, at: now.timestamp(), zone: now.time_zone().clone() };
            self.call(ticket, wrap, move |platform| work(platform, &session));
        } else {
            self.busy += 1;
            let refused = Problem::new(ProblemCode::PlatformRefused, "nobody is signed in");
            self.mailbox.put(Arrival::Answer { ticket, answer: Some(wrap(Err(refused))) });
        }
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
        Effect::SignOut => "sign_out",
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
        Effect::Assign { .. } => "assign",
        Effect::LoadDashboard { .. } => "load_dashboard",
        Effect::Audit { .. } => "audit",
        Effect::ToggleDemoMeter { .. } => "toggle_demo_meter",
        Effect::Repaint => "repaint",
        Effect::Quit => "quit",
    }
}
