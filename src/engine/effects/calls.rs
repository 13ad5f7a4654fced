//! A thread on which one thing that blocks (the station, the memory of cables) is called, one call after the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use super::super::engine_event::{EngineEvent, Mailbox};
use super::super::noted;
use super::super::panics::contain;
use crate::app::effect::Ticket;
use crate::app::event::EffectResult;
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::text::Clean;

/// Asks the called one and wraps what it says.
type Ask<C> = Box<dyn FnOnce(&C) -> EffectResult + Send>;
/// Wraps a problem for one that could not be asked.
type Fail = Box<dyn FnOnce(Problem) -> EffectResult + Send>;

/// Which call it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct CallTag {
    /// Its name, for the log.
    pub(super) name: &'static str,
    /// The ticket with which it is answered.
    pub(super) ticket: Ticket,
}

/// One call.
pub(super) struct QueuedCall<C: ?Sized> {
    tag: CallTag,
    run: Ask<C>,
    failed: Fail,
}

impl<C: ?Sized + 'static> QueuedCall<C> {
    /// A call whose result is wrapped into an answer.
    pub(super) fn new<T: 'static>(
        tag: CallTag,
        wrap: fn(Result<T, Problem>) -> EffectResult,
        work: impl FnOnce(&C) -> Result<T, Problem> + Send + 'static,
    ) -> Self {
        let run = Box::new(move |called: &C| wrap(work(called)));
        Self { tag, run, failed: Box::new(move |problem| wrap(Err(problem))) }
    }
}

/// The thread, and how to talk to it.
pub(super) struct CallThread<C: ?Sized> {
    calls: Option<Sender<QueuedCall<C>>>,
    gone: Receiver<()>,
    abandoned: Arc<AtomicBool>,
    mailbox: Mailbox,
}

impl<C: ?Sized + Send + Sync + 'static> CallThread<C> {
    /// Starts the thread under this name.
    pub(super) fn start(name: &str, called: Arc<C>, mailbox: Mailbox) -> Self {
        Self::start_with(name, move |_| Some(called), mailbox)
    }

    /// Starts a thread that first opens what it then calls, says what came of that, and only then hands over what else
    /// was opened. Calls wait meanwhile; without anything to call, the program is at its end.
    pub(super) fn open<Else>(
        name: &str,
        open: impl FnOnce() -> Option<(Arc<C>, Else, Clean)> + Send + 'static,
        hand_over: impl FnOnce(Else) + Send + 'static,
        mailbox: Mailbox,
    ) -> Self {
        let opening = move |mailbox: &Mailbox| {
            let Some((called, other, site)) = contain(open).ok().flatten() else {
                mailbox.put(EngineEvent::NotOpened);
                return None;
            };
            mailbox.put(EngineEvent::Opened(site));
            hand_over(other);
            Some(called)
        };
        let thread = Self::start_with(name, opening, mailbox);
        if thread.calls.is_none() {
            thread.mailbox.put(EngineEvent::NotOpened);
        }
        thread
    }

    fn start_with(
        name: &str,
        obtain: impl FnOnce(&Mailbox) -> Option<Arc<C>> + Send + 'static,
        mailbox: Mailbox,
    ) -> Self {
        let (calls, queue) = channel::<QueuedCall<C>>();
        let (alive, gone) = channel::<()>();
        let abandoned = Arc::new(AtomicBool::new(false));
        let (answers, is_abandoned) = (mailbox.clone(), Arc::clone(&abandoned));
        let started = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            if let Some(called) = obtain(&answers) {
                let worker = Worker { called, mailbox: answers, abandoned: is_abandoned };
                // What was called is closed at its end, before anybody hears that the thread is gone.
                worker.work(&queue);
            }
            drop(alive);
        });
        Self { calls: started.is_ok().then_some(calls), gone, abandoned, mailbox }
    }

    /// Puts a call into the queue. Without a thread (the system gave none, or it is ending) the call fails.
    pub(super) fn call(&self, call: QueuedCall<C>) {
        let left = match &self.calls {
            Some(calls) => calls.send(call).err().map(|error| error.0),
            None => Some(call),
        };
        if let Some(call) = left {
            let problem = Problem::new(ProblemCode::PlatformUnreachable, "the thread that would ask is not running");
            let answer = (call.failed)(noted::unanswered(call.tag.name, problem));
            self.mailbox.put(EngineEvent::EffectDone { ticket: call.tag.ticket, answer: Some(answer) });
        }
    }

    /// Lets the queue run empty, for at most `limit`; true if it did.
    pub(super) fn finish(&mut self, limit: Duration) -> bool {
        // The thread ends when its queue is closed and empty: what was asked before is done.
        self.calls = None;
        self.is_gone(limit)
    }

    /// Drops what was not begun.
    pub(super) fn abandon(&mut self) {
        self.abandoned.store(true, Ordering::Release);
        self.calls = None;
    }

    /// Whether the thread has ended, at most `limit` later.
    pub(super) fn is_gone(&self, limit: Duration) -> bool {
        matches!(self.gone.recv_timeout(limit), Err(RecvTimeoutError::Disconnected))
    }
}

/// What the thread holds.
struct Worker<C: ?Sized> {
    called: Arc<C>,
    mailbox: Mailbox,
    abandoned: Arc<AtomicBool>,
}

impl<C: ?Sized> Worker<C> {
    fn work(&self, queue: &Receiver<QueuedCall<C>>) {
        while let Ok(call) = queue.recv() {
            // Looked at between calls and never within one: what was begun comes to its end.
            if self.abandoned.load(Ordering::Acquire) {
                return;
            }
            let QueuedCall { tag: CallTag { name, ticket }, run, failed } = call;
            let answer = contain(|| run(&*self.called)).unwrap_or_else(|panic| {
                // Whether what was asked for was done is unknown, as when a platform does not answer.
                let detail = panic.to_string();
                failed(noted::unanswered(name, Problem::new(ProblemCode::PlatformUnreachable, &detail)))
            });
            self.mailbox.put(EngineEvent::EffectDone { ticket, answer: Some(answer) });
        }
    }
}
