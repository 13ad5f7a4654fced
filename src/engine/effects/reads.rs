//! Reads of meters, each on a thread of its own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use super::super::engine_event::{EngineEvent, Mailbox, ReadPause};
use super::super::noted;
use super::super::panics::contain;
use super::{Now, ProgressPace};
use crate::app::effect::Ticket;
use crate::app::event::EffectResult;
use crate::domain::download::Download;
use crate::domain::meter::AttachmentId;
use crate::domain::problem::{Problem, ProblemCode};
use crate::host::bus::MeterBus;
use crate::meters::conversation::{Cancel, Conversation, Progress};
use crate::meters::error::MeterError;

/// The reads under way.
pub(super) struct Reads {
    bus: Arc<dyn MeterBus>,
    now: Now,
    pace: ProgressPace,
    mailbox: Mailbox,
    running: BTreeMap<Ticket, Cancel>,
    /// Held by each reading thread while it lives.
    alive: Option<Sender<()>>,
    gone: Receiver<()>,
}

impl Reads {
    /// No read yet.
    pub(super) fn new(bus: Arc<dyn MeterBus>, now: Now, pace: ProgressPace, mailbox: Mailbox) -> Self {
        let (alive, gone) = channel();
        Self { bus, now, pace, mailbox, running: BTreeMap::new(), alive: Some(alive), gone }
    }

    /// Starts a read.
    pub(super) fn start(&mut self, ticket: Ticket, attachment: AttachmentId, driver: Option<String>) {
        noted::read_begun(attachment, driver.as_deref());
        let cancel = Cancel::default();
        self.running.insert(ticket, cancel.clone());
        let (bus, now, mailbox) = (Arc::clone(&self.bus), Arc::clone(&self.now), self.mailbox.clone());
        let mut teller = Teller { ticket, pace: self.pace, mailbox: mailbox.clone(), told: None, held: None };
        let alive = self.alive.clone();
        let work = move || {
            let result = contain(|| read(&*bus, attachment, driver.as_deref(), cancel, &now, &mut teller))
                .unwrap_or_else(|panic| Err(Problem::new(ProblemCode::LinkFailed, &panic.to_string())));
            // Before the answer: the state takes no progress of a read that has ended, and this is
            // the count that was reached.
            teller.tell_held();
            let result = result.map_err(|problem| noted::read_failed(attachment, problem));
            answer(&teller.mailbox, ticket, result);
            // After the answer: whoever hears that the thread is gone finds it in the mailbox.
            drop(alive);
        };
        if let Err(error) = std::thread::Builder::new().name("read".to_owned()).spawn(work) {
            let problem = Problem::new(ProblemCode::LinkFailed, &format!("starting a thread: {error}"));
            answer(&mailbox, ticket, Err(noted::read_failed(attachment, problem)));
        }
    }

    /// Asks a read to stop. It answers all the same.
    pub(super) fn cancel(&self, ticket: Ticket) {
        if let Some(cancel) = self.running.get(&ticket) {
            cancel.cancel();
        }
    }

    /// Asks every read to stop.
    pub(super) fn cancel_all(&self) {
        self.running.values().for_each(Cancel::cancel);
    }

    /// Whether every reading thread has ended, at most `limit` later. No read can be waited for after that.
    pub(super) fn are_gone(&mut self, limit: Duration) -> bool {
        // Else this end would keep the channel open, and nobody would ever be gone.
        self.alive = None;
        matches!(self.gone.recv_timeout(limit), Err(RecvTimeoutError::Disconnected))
    }

    /// A read's answer was handled.
    pub(super) fn ended(&mut self, ticket: Ticket) {
        self.running.remove(&ticket);
    }

    /// The reads whose answers were not handled yet.
    pub(super) fn running(&self) -> Vec<Ticket> {
        self.running.keys().copied().collect()
    }
}

fn answer(mailbox: &Mailbox, ticket: Ticket, result: Result<Download, Problem>) {
    mailbox.put(EngineEvent::EffectDone { ticket, answer: Some(EffectResult::Read(result.map(Box::new))) });
}

/// Opens a meter and runs its driver.
fn read(
    bus: &dyn MeterBus,
    attachment: AttachmentId,
    driver: Option<&str>,
    cancel: Cancel,
    now: &Now,
    teller: &mut Teller,
) -> Result<Download, Problem> {
    let mut meter = bus
        .open(attachment, driver)
        .map_err(|cause| MeterError::Link { during: "opening the meter", cause }.problem(0, None))?;
    let mut report = |progress| teller.tell(progress);
    let clock = || now();
    let mut conversation = Conversation::new(&mut *meter.link, cancel, &mut report, &clock);
    let result = meter.driver.read(&mut conversation, &meter.sold_as);
    let progress = conversation.progress();
    result
        .inspect(|download| noted::read_ended(attachment, meter.driver.name(), download))
        .map_err(|error| error.problem(progress.done, progress.of))
}

/// Tells the engine of progress, no more often than the pace allows.
struct Teller {
    ticket: Ticket,
    pace: ProgressPace,
    mailbox: Mailbox,
    told: Option<Instant>,
    held: Option<Progress>,
}

impl Teller {
    fn tell(&mut self, progress: Progress) {
        match self.pace {
            ProgressPace::Every(gap) if self.told.is_some_and(|told| told.elapsed() < gap) => {
                self.held = Some(progress);
            }
            ProgressPace::Every(_) => {
                self.told = Some(Instant::now());
                self.held = None;
                self.put(progress, None);
            }
            ProgressPace::Stepped => {
                let (hold, released) = ReadPause::new();
                self.put(progress, Some(hold));
                // Ends with an error by design: nothing is ever sent, the hold is dropped.
                let _ = released.recv();
            }
        }
    }

    /// Tells the last progress that came too soon after the one before it.
    fn tell_held(&mut self) {
        if let Some(progress) = self.held.take() {
            self.put(progress, None);
        }
    }

    fn put(&self, progress: Progress, hold: Option<ReadPause>) {
        let Progress { done, of } = progress;
        self.mailbox.put(EngineEvent::Progress { ticket: self.ticket, done, of, hold });
    }
}
