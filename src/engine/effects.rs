//! Carries out what the app asks for. Every effect with a ticket is answered exactly once, whatever happens to it.
//!
//! Each effect belongs to a lane, and nothing that waits in one lane holds up another:
//!
//! - `station` carries quarantine, work list, recents, identity, assignment, exports and audit: one thread, in the
//!   order in which it was asked, so that an audit line never overtakes the write it belongs to.
//! - `remote` carries sign-in, patients and records, which are the care platform's: one network thread, many questions
//!   at once, each with a deadline. What of them needs the station's disk too (`sign_in`, `follow`) waits for that on a
//!   thread of its own; `follow` waits for `delivery` beside the other questions.
//! - `delivery` carries what the station has decided to the care platform: one parcel after the other, on the network
//!   thread, and its notes on a thread of their own.
//! - `reads` reads meters: a thread for each read.
//! - `cables` carries the memory of cables: one thread.
//!
//! The engine counts what is under way: up before the start, down after the answer was handled; at zero it is idle.

mod cables;
mod calls;
mod delivery;
mod ending;
mod exports;
mod follow;
mod noted_people;
mod platform;
mod platform_check;
mod reads;
mod remote;
mod sign_in;
mod station;
#[cfg(test)]
mod tests;
mod times;
mod transfer;

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Zoned;
use tokio::sync::oneshot;

pub use self::delivery::{Carried, Courier};

use self::cables::Cables;
use self::calls::{CallTag, CallThread};
use self::reads::Reads;
use self::remote::Remote;
use super::engine_event::Mailbox;
use super::export::ExportDestination;
use crate::app::effect::{Command, DemoMeterId, Effect, Request, Task, Ticket, ToEngine};
use crate::app::event::EffectResult;
use crate::domain::cable::RememberedCable;
use crate::domain::clinic::{Actor, Session, SessionId};
use crate::domain::sign_in::SignInOutcome;
use crate::domain::text::Clean;
use crate::host::bus::MeterBus;
use crate::host::cables::CableFile;
use crate::platform::Platform;
use crate::station::Station;

/// How long an answer of the care platform is waited for: longer than a server in trouble needs to say so itself,
/// shorter than a person believes in it.
const DEADLINE: Duration = Duration::from_secs(30);

/// Tells the time, with the clinic's zone.
pub type Now = Arc<dyn Fn() -> Zoned + Send + Sync>;

/// Plugs or unplugs this simulated meter of the demo clinic.
pub type ToggleDemoMeter = Arc<dyn Fn(&DemoMeterId)>;

/// How progress of a read is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgressPace {
    /// At most this often, and always the last one.
    Every(Duration),
    /// Every step, and the reading thread waits until it was handled. For scripts: they can stop a read at a count.
    Stepped,
}

/// What this computer owns, and where patients and readings live.
#[derive(Clone)]
pub struct Backend {
    /// What this computer owns.
    pub station: Station,
    /// Where patients and readings live.
    pub platform: Platform,
}

/// The backend of the program.
pub enum BackendSource {
    /// It is open.
    Open(Backend),
    /// The station's thread opens it first, while the first screen is shown already. What came of it arrives:
    /// [`super::engine_event::EngineEvent::Opened`] or [`super::engine_event::EngineEvent::NotOpened`].
    ToOpen(OpenLater),
}

/// Opens the backend, and tells how its site is shown. Whoever gave it keeps why there is nothing.
pub type OpenLater = Box<dyn FnOnce() -> Option<(Backend, Clean)> + Send>;

/// What effects work on.
pub struct Outside {
    /// What this computer owns, and where patients and readings live.
    pub backend: BackendSource,
    /// Where meters are attached.
    pub bus: Arc<dyn MeterBus>,
    /// The one clock, in the clinic's zone.
    pub now: Now,
    /// How progress is told.
    pub pace: ProgressPace,
    /// The demo clinic's meters; does nothing outside the demo.
    pub toggle: ToggleDemoMeter,
    /// Where it is remembered which meter was behind which cable; nowhere on a station without a data folder.
    pub cables: Option<CableFile>,
    /// Where exports go.
    pub exports: ExportDestination,
}

/// Everything under way.
pub struct Effects {
    station: CallThread<Station>,
    remote: Remote,
    cables: Cables,
    reads: Reads,
    now: Now,
    /// Tells this run of the program from every other, in the names of its sign-ins.
    run: String,
    toggle: ToggleDemoMeter,
    exports: Arc<ExportDestination>,
    busy: usize,
}

impl Effects {
    /// Starts the lanes. Answers go into `mailbox`.
    #[must_use]
    pub fn new(outside: Outside, mailbox: Mailbox) -> Self {
        let (opened, backend) = oneshot::channel();
        // Without the network thread nobody takes the backend, and every question is answered so.
        let hand_over = move |backend| drop(opened.send(backend));
        let remote = Remote::start(backend, Arc::clone(&outside.now), DEADLINE, mailbox.clone());
        let station = match outside.backend {
            BackendSource::Open(backend) => {
                let station = backend.station.clone();
                hand_over(backend);
                CallThread::start("station", Arc::new(station), mailbox.clone())
            }
            BackendSource::ToOpen(open) => {
                let open = move || {
                    let (backend, site) = open()?;
                    Some((Arc::new(backend.station.clone()), backend, site))
                };
                CallThread::open("station", open, hand_over, mailbox.clone())
            }
        };
        let run = format!("{:x}-{:x}", (outside.now)().timestamp().as_second(), std::process::id());
        Self {
            station,
            remote,
            run,
            cables: Cables::start(outside.cables, mailbox.clone()),
            reads: Reads::new(outside.bus, Arc::clone(&outside.now), outside.pace, mailbox),
            now: outside.now,
            toggle: outside.toggle,
            exports: Arc::new(outside.exports),
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
    pub fn start(&mut self, effect: Effect) -> Option<ToEngine> {
        match effect {
            Effect::Ask(ticket, request) => {
                self.busy += 1;
                self.ask(ticket, request);
            }
            Effect::Do(Command::CancelRead { ticket }) => self.reads.cancel(ticket),
            Effect::Do(Command::GiveUp { ticket }) => self.remote.give_up(ticket),
            Effect::Do(Command::HurryDelivery) => self.remote.hurry(),
            Effect::Do(Command::ToggleDemoMeter { meter }) => (self.toggle)(&meter),
            Effect::Engine(what) => return Some(what),
        }
        None
    }

    fn ask(&mut self, ticket: Ticket, request: Request) {
        let call = CallTag { name: request.name(), ticket };
        match request {
            Request::SignIn { credentials } => {
                let at = self.now().timestamp();
                let session = self.name_of(SessionId::of_sign_in(ticket.0));
                let bell = self.remote.bell();
                self.remote.ask_with_station(call, EffectResult::SignedIn, move |backend, _| async move {
                    let user = sign_in::by_password(&backend.platform, credentials, &session, at).await?;
                    sign_in::wake_delivery(&backend, at, &bell);
                    Ok(user)
                });
            }
            Request::BeginSignIn => {
                let at = self.now().timestamp();
                self.remote.ask(call, EffectResult::SignInBegun, move |platform| async move {
                    platform.sign_in.begin(at).await
                });
            }
            Request::SignInByCode { code } => {
                let at = self.now().timestamp();
                let session = self.name_of(SessionId::of_sign_in(ticket.0));
                let bell = self.remote.bell();
                self.remote.ask_with_station(call, EffectResult::CodeAsked, move |backend, _| async move {
                    let outcome = sign_in::by_code(&backend.platform, code, &session, at).await?;
                    if let SignInOutcome::SignedIn(..) = &outcome {
                        sign_in::wake_delivery(&backend, at, &bell);
                    }
                    Ok(outcome)
                });
            }
            Request::RecallCable { cable } => self.cables.recall(call, cable),
            Request::RememberCable { cable, model } => {
                self.cables.remember(call, RememberedCable { key: cable, model, read_at: self.now().timestamp() });
            }
            Request::For(session, task) => self.ask_for(self.actor(session), call, task),
        }
    }

    /// Asks for whoever it is, signed in or not by now: the platform what it knows, and the station in the order in
    /// which it is asked.
    fn ask_for(&mut self, actor: Actor, call: CallTag, task: Task) {
        // The day at which it was asked, for the whole answer: one that comes after midnight must
        // not show a period that nobody chose.
        let today = self.now().date();
        match task {
            Task::Station(task) => station::start(&self.station, &self.remote, actor, call, task),
            Task::AboutTimes(task) => {
                times::start(&self.station, self.remote.bell(), actor, call, task, self.now().time_zone().clone());
            }
            Task::AboutEnding(task) => ending::start(&self.station, actor, call, *task),
            Task::Platform(task) => platform::start(&mut self.remote, actor, call, task, today),
            Task::AboutNoted { key, what } => {
                noted_people::start(&mut self.remote, &self.station, actor, call, key, what);
            }
            Task::Export(order) => {
                exports::start(&self.station, actor, call, *order, self.now(), Arc::clone(&self.exports));
            }
            // For whom it is read, the quarantine says.
            Task::ReadMeter { attachment, driver } => self.reads.start(call.ticket, attachment, driver),
        }
    }

    /// An answer was handled.
    pub fn settled(&mut self, ticket: Ticket) {
        self.reads.ended(ticket);
        self.remote.answered(ticket);
        self.busy = self.busy.saturating_sub(1);
    }

    /// The program ends: reads are cancelled, what else was asked for is finished, for at most `limit`. True if all of
    /// it is. What this computer owns comes first: nobody is kept waiting by a network.
    pub fn finish(&mut self, limit: Duration) -> bool {
        self.reads.cancel_all();
        let until = Instant::now() + limit;
        let left = || until.saturating_duration_since(Instant::now());
        let kept = self.station.finish(left());
        let noted = self.cables.finish(left());
        self.remote.finish(left()) && kept && noted
    }

    /// The program is taken to be killed: nothing that was not begun is begun any more, and reads are cancelled.
    pub fn abandon(&mut self) {
        self.reads.cancel_all();
        self.station.abandon();
        self.remote.abandon();
        self.cables.abandon();
    }

    /// Whether every thread has ended, after [`Effects::abandon`] and at most `wait` later. Reading threads that wait
    /// for their progress to be handled end only once the inbox was emptied.
    pub fn are_gone(&mut self, wait: Duration) -> bool {
        self.station.is_gone(wait)
            && self.remote.is_gone(wait)
            && self.cables.is_gone(wait)
            && self.reads.are_gone(wait)
    }

    /// Whoever asked, now.
    fn actor(&self, session: Session) -> Actor {
        Actor { user: session.user, session: self.name_of(session.id), at: self.now().timestamp() }
    }

    /// The name of a sign-in among those of all stations and runs.
    fn name_of(&self, session: SessionId) -> String {
        format!("{}-{}", self.run, session.0)
    }
}
