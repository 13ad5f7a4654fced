//! What arrived, in an order that does not depend on which thread was faster.
//!
//! Where time is virtual, a script must give the same screens every time. So meters that were plugged come first, then
//! answers of the station, the platform and the memory of cables, in the order in which they were asked for: whichever
//! lane is faster, the oldest is handled once all that were asked are there. Only when none is outstanding come the
//! reads, one step of each in turn. A reading thread waits until its step was handled.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::time::timeout;

use super::super::effects::Effects;
use super::super::engine_event::{EngineEvent, Inbox};
use crate::app::effect::Ticket;
use crate::app::event::EffectResult;
use crate::domain::cause::Cause;

/// How long something under way may take in real time before a script is given up: it guards against hanging, and is
/// generous, because a machine that builds is slow.
const PATIENCE: Duration = Duration::from_mins(1);

/// The system gives no timer, without which nothing can be waited for.
#[derive(Debug, thiserror::Error)]
#[error("starting a timer: {0}")]
pub(super) struct NoTimer(#[source] io::Error);

/// The queue.
pub(super) struct Queue {
    inbox: Inbox,
    runtime: Runtime,
    /// What is no answer: meters, and what becomes of the opening.
    first: VecDeque<EngineEvent>,
    answers: BTreeMap<Ticket, EngineEvent>,
    reads: BTreeMap<Ticket, VecDeque<EngineEvent>>,
    /// The read that was served last.
    last: Option<Ticket>,
}

impl Queue {
    /// An empty queue over this inbox.
    ///
    /// # Errors
    /// [`NoTimer`] if the system gives none.
    pub(super) fn new(inbox: Inbox) -> Result<Self, NoTimer> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(NoTimer)?;
        let (first, answers) = (VecDeque::new(), BTreeMap::new());
        Ok(Self { inbox, runtime, first, answers, reads: BTreeMap::new(), last: None })
    }

    /// The next thing in the order described above; nothing if the engine is idle.
    ///
    /// # Errors
    /// If something has been under way for too long.
    pub(super) fn next(&mut self, effects: &Effects) -> Result<Option<EngineEvent>, Cause> {
        loop {
            self.sort_in();
            let reading = effects.reading();
            // A read takes as long as its meter and waits for its turn: only the others can be
            // waited for together.
            let calls = effects.busy().saturating_sub(reading.len());
            if let Some(engine_event) = self.first.pop_front() {
                return Ok(Some(engine_event));
            }
            if self.answers.len() >= calls
                && let Some((_, oldest)) = self.answers.pop_first()
            {
                return Ok(Some(oldest));
            }
            if calls == 0 {
                if reading.is_empty() {
                    return Ok(None);
                }
                // Until each of them has a step to show: whose turn it is must not depend on which
                // thread was faster.
                if reading.iter().all(|ticket| self.reads.get(ticket).is_some_and(|steps| !steps.is_empty())) {
                    return Ok(self.next_read(&reading));
                }
            }
            let engine_event = self.receive(PATIENCE).ok_or("something has been under way for a minute")?;
            self.put(engine_event);
        }
    }

    /// What arrives next within `limit` of real time, in the order in which it came.
    pub(super) fn receive(&mut self, limit: Duration) -> Option<EngineEvent> {
        let inbox = &mut self.inbox;
        self.runtime.block_on(async { timeout(limit, inbox.next()).await }).ok()
    }

    /// Forgets everything that arrived, except which meters came and left.
    pub(super) fn drain(&mut self) -> Vec<EngineEvent> {
        self.sort_in();
        self.answers.clear();
        self.reads.clear();
        self.last = None;
        self.first.drain(..).collect()
    }

    fn sort_in(&mut self) {
        while let Some(engine_event) = self.inbox.try_next() {
            self.put(engine_event);
        }
    }

    fn put(&mut self, engine_event: EngineEvent) {
        match engine_event {
            EngineEvent::Progress { ticket, .. }
            | EngineEvent::EffectDone { ticket, answer: Some(EffectResult::Read(_)) } => {
                self.reads.entry(ticket).or_default().push_back(engine_event);
            }
            EngineEvent::EffectDone { ticket, .. } => drop(self.answers.insert(ticket, engine_event)),
            EngineEvent::Bus(_)
            | EngineEvent::Delivered { .. }
            | EngineEvent::OutboxNotKept(_)
            | EngineEvent::Bytes(..)
            | EngineEvent::TerminalGone
            | EngineEvent::FrameLeft
            | EngineEvent::Opened(_)
            | EngineEvent::NotOpened => self.first.push_back(engine_event),
        }
    }

    /// One step of the read after the one that was served last.
    fn next_read(&mut self, reading: &[Ticket]) -> Option<EngineEvent> {
        let after = reading.iter().find(|ticket| self.last.is_none_or(|last| **ticket > last));
        let ticket = *after.or_else(|| reading.first())?;
        self.last = Some(ticket);
        self.reads.get_mut(&ticket)?.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::super::effects::ProgressPace;
    use super::super::super::test_surroundings::{TestPlatform, effects, session};
    use super::*;
    use crate::app::effect::{Effect, PlatformTask, Request, StationTask};
    use crate::domain::association::AuditEntry;

    /// The station is done, the platform asked before it is not: whichever is faster, a script sees the same.
    #[test]
    fn answers_are_handled_in_the_order_in_which_they_were_asked_for() {
        let (mut effects, mailbox, inbox) = effects(&Arc::new(TestPlatform::default()), ProgressPace::Stepped);
        let mut queue = Queue::new(inbox).unwrap();
        let never = Effect::Ask(
            Ticket(1),
            Request::of(session(), PlatformTask::SearchPatients { query: "...".into(), from: None }),
        );
        effects.start(never);
        effects
            .start(Effect::Ask(Ticket(2), Request::of(session(), StationTask::Audit { entry: AuditEntry::SignedOut })));
        while queue.answers.is_empty() {
            queue.sort_in();
        }
        mailbox.put(EngineEvent::EffectDone { ticket: Ticket(1), answer: None });
        for expected in [1, 2] {
            let next = queue.next(&effects).unwrap();
            assert!(matches!(next, Some(EngineEvent::EffectDone { ticket, .. }) if ticket.0 == expected), "{next:?}");
            effects.settled(Ticket(expected));
        }
        assert!(queue.next(&effects).unwrap().is_none());
        effects.abandon();
    }
}
