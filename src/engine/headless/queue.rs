//! What arrived, in an order that does not depend on which thread was faster.
//!
//! Where time is virtual, a script must give the same screens every time. So meters that were plugged come first, then
//! answers of the platform (which come in the order in which they were asked for), and only when none is outstanding
//! the reads, one step of each in turn. A reading thread waits until its step was handled.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::time::timeout;

use super::super::arrival::{Arrival, Inbox};
use super::super::effects::Effects;
use crate::app::effect::Ticket;
use crate::app::event::Answer;

/// How long something under way may take in real time before a script is given up.
const PATIENCE: Duration = Duration::from_mins(1);

/// The queue.
pub(super) struct Queue {
    inbox: Inbox,
    runtime: Runtime,
    bus: VecDeque<Arrival>,
    answers: VecDeque<Arrival>,
    reads: BTreeMap<Ticket, VecDeque<Arrival>>,
    /// The read that was served last.
    last: Option<Ticket>,
}

impl Queue {
    /// An empty queue over this inbox.
    ///
    /// # Errors
    /// If the system gives no timer.
    pub(super) fn new(inbox: Inbox) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        let (bus, answers) = (VecDeque::new(), VecDeque::new());
        Ok(Self { inbox, runtime, bus, answers, reads: BTreeMap::new(), last: None })
    }

    /// The next thing in the order described above; nothing if the engine is idle.
    ///
    /// # Errors
    /// If something has been under way for too long.
    pub(super) fn next(&mut self, effects: &Effects) -> Result<Option<Arrival>, String> {
        loop {
            self.sort_in();
            let reading = effects.reading();
            let calls = effects.busy().saturating_sub(reading.len());
            if let Some(arrival) = self.bus.pop_front().or_else(|| self.answers.pop_front()) {
                return Ok(Some(arrival));
            }
            if calls == 0 {
                if reading.is_empty() {
                    return Ok(None);
                }
                if reading.iter().all(|ticket| self.reads.get(ticket).is_some_and(|steps| !steps.is_empty())) {
                    return Ok(self.next_read(&reading));
                }
            }
            let arrival = self.receive(PATIENCE).ok_or("something has been under way for a minute")?;
            self.put(arrival);
        }
    }

    /// What arrives next within `limit` of real time, in the order of arrival.
    pub(super) fn receive(&mut self, limit: Duration) -> Option<Arrival> {
        let inbox = &mut self.inbox;
        self.runtime.block_on(async { timeout(limit, inbox.next()).await }).ok()
    }

    /// Forgets everything that arrived, except which meters came and left.
    pub(super) fn drain(&mut self) -> Vec<Arrival> {
        self.sort_in();
        self.answers.clear();
        self.reads.clear();
        self.last = None;
        self.bus.drain(..).collect()
    }

    fn sort_in(&mut self) {
        while let Some(arrival) = self.inbox.try_next() {
            self.put(arrival);
        }
    }

    fn put(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Bus(_) => self.bus.push_back(arrival),
            Arrival::Progress { ticket, .. } | Arrival::Answer { ticket, answer: Some(Answer::Read(_)) } => {
                self.reads.entry(ticket).or_default().push_back(arrival);
            }
            Arrival::Answer { .. }
            | Arrival::Bytes(..)
            | Arrival::TerminalGone
            | Arrival::FrameLeft
            | Arrival::Opened(_)
            | Arrival::NotOpened => {
                self.answers.push_back(arrival);
            }
        }
    }

    /// One step of the read after the one that was served last.
    fn next_read(&mut self, reading: &[Ticket]) -> Option<Arrival> {
        let after = reading.iter().find(|ticket| self.last.is_none_or(|last| **ticket > last));
        let ticket = *after.or_else(|| reading.first())?;
        self.last = Some(ticket);
        self.reads.get_mut(&ticket)?.pop_front()
    }
}
