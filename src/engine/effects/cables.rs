//! The memory of cables: asked and told on a thread of its own, so that neither a key nor a search waits for the disk.

use std::sync::Arc;
use std::time::Duration;

use super::super::engine_event::{EngineEvent, Mailbox};
use super::super::noted;
use super::calls::{CallTag, CallThread, QueuedCall};
use crate::app::event::EffectResult;
use crate::domain::cable::{CableKey, RememberedCable};
use crate::domain::problem::Problem;
use crate::host::cables::{CableFile, CableFileError};

/// The thread, if there is anything to remember in.
pub(super) struct Cables {
    thread: Option<CallThread<CableFile>>,
    mailbox: Mailbox,
}

impl Cables {
    /// The memory in this file; without one nothing is ever remembered.
    pub(super) fn start(file: Option<CableFile>, mailbox: Mailbox) -> Self {
        let thread = file.map(|file| CallThread::start("cables", Arc::new(file), mailbox.clone()));
        Self { thread, mailbox }
    }

    /// Asks which model was read through a cable.
    pub(super) fn recall(&self, tag: CallTag, cable: CableKey) {
        let work = move |file: &CableFile| {
            let found = file.recall(&cable).map_err(|error| noted::unanswered(tag.name, problem(&error)))?;
            Ok(found.map(|found| found.model))
        };
        self.call(tag, EffectResult::Recalled, work, None);
    }

    /// Notes which model was read through a cable.
    pub(super) fn remember(&self, tag: CallTag, cable: RememberedCable) {
        let work =
            move |file: &CableFile| file.remember(cable).map_err(|error| noted::unanswered(tag.name, problem(&error)));
        self.call(tag, EffectResult::Noted, work, ());
    }

    fn call<T: 'static>(
        &self,
        tag: CallTag,
        wrap: fn(Result<T, Problem>) -> EffectResult,
        work: impl FnOnce(&CableFile) -> Result<T, Problem> + Send + 'static,
        without: T,
    ) {
        match &self.thread {
            Some(thread) => thread.call(QueuedCall::new(tag, wrap, work)),
            // Answered like every question, also where there is nothing to remember in.
            None => self.mailbox.put(EngineEvent::EffectDone { ticket: tag.ticket, answer: Some(wrap(Ok(without))) }),
        }
    }

    /// Lets the queue run empty, for at most `limit`; true if it did.
    pub(super) fn finish(&mut self, limit: Duration) -> bool {
        self.thread.as_mut().is_none_or(|thread| thread.finish(limit))
    }

    /// Drops what was not begun.
    pub(super) fn abandon(&mut self) {
        if let Some(thread) = &mut self.thread {
            thread.abandon();
        }
    }

    /// Whether the thread has ended, at most `limit` later.
    pub(super) fn is_gone(&self, limit: Duration) -> bool {
        self.thread.as_ref().is_none_or(|thread| thread.is_gone(limit))
    }
}

/// The problem as the app takes it. Paths stay out of it: a kiosk shows none.
fn problem(error: &CableFileError) -> Problem {
    match error {
        CableFileError::Damaged { reason, .. } => Problem::new(error.code(), reason),
        CableFileError::File { doing, cause, .. } => {
            Problem::new(error.code(), &format!("{doing} the memory of cables: {}", cause.kind()))
        }
    }
}
