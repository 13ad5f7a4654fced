//! What reaches the engine from its threads, in one queue, in the order in which it happened.

use std::time::Instant;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::app::effect::Ticket;
use crate::app::event::EffectResult;
use crate::domain::patient::PatientId;
use crate::domain::problem::Problem;
use crate::domain::text::Clean;
use crate::host::bus::BusEvent;

/// Something reached the engine.
#[derive(Debug)]
pub enum EngineEvent {
    /// Bytes from the terminal, and when they were read.
    Bytes(Vec<u8>, Instant),
    /// The terminal is gone: end of input, or an error on either side of it.
    TerminalGone,
    /// The last frame has left for the terminal.
    FrameLeft,
    /// The platform was opened: that of this site, as it is shown.
    Opened(Clean),
    /// The platform cannot be opened.
    NotOpened,
    /// A meter came, changed or left.
    Bus(BusEvent),
    /// A read has come further.
    Progress {
        /// Which read.
        ticket: Ticket,
        /// Readings received.
        done: u32,
        /// Readings announced, once known.
        of: Option<u32>,
        /// The reading thread waits until this is dropped, where time is virtual.
        hold: Option<ReadPause>,
    },
    /// Something came of an attempt to deliver what was decided about this person, which nobody waits for.
    Delivered {
        /// The person.
        patient: PatientId,
        /// The meter is somebody else's at the platform: what was decided is taken back.
        is_lost: bool,
        /// Some of what was undone stays at the platform, because another station stands behind it.
        has_stayed: bool,
    },
    /// What came of deliveries cannot be kept on this computer, for this reason.
    OutboxNotKept(Problem),
    /// An effect is done. Every effect that was started and has a ticket sends exactly one.
    EffectDone {
        /// Which effect.
        ticket: Ticket,
        /// What came of it; nothing if a newer question made it pointless.
        answer: Option<EffectResult>,
    },
}

/// Keeps a reading thread waiting while it lives.
#[derive(Debug)]
pub struct ReadPause(#[expect(dead_code, reason = "held for its drop alone")] std::sync::mpsc::Sender<()>);

impl ReadPause {
    /// A hold, and what the waiting thread waits on: its `recv` returns once the hold is dropped.
    #[must_use]
    pub fn new() -> (Self, std::sync::mpsc::Receiver<()>) {
        let (sender, receiver) = std::sync::mpsc::channel();
        (Self(sender), receiver)
    }
}

/// Where threads put what they have for the engine. Clones put into the same queue.
#[derive(Debug, Clone)]
pub struct Mailbox {
    events: UnboundedSender<EngineEvent>,
    bus: UnboundedSender<BusEvent>,
}

impl Mailbox {
    /// Puts something in. Once the engine is gone it is dropped, as everything then is.
    pub fn put(&self, engine_event: EngineEvent) {
        drop(self.events.send(engine_event));
    }

    /// Where a bus says what changed on it.
    #[must_use]
    pub fn bus(&self) -> UnboundedSender<BusEvent> {
        self.bus.clone()
    }
}

/// The engine's end of the queue.
#[derive(Debug)]
pub struct Inbox {
    events: UnboundedReceiver<EngineEvent>,
    bus: UnboundedReceiver<BusEvent>,
}

impl Inbox {
    /// The next event; meters first, because a read that fails is better understood after its meter has left. Waits
    /// for ever once nobody is left who could put something in. Dropping the future loses nothing.
    pub async fn next(&mut self) -> EngineEvent {
        tokio::select! {
            biased;
            Some(event) = self.bus.recv() => EngineEvent::Bus(event),
            Some(engine_event) = self.events.recv() => engine_event,
            else => std::future::pending().await,
        }
    }

    /// The next event, if there is one already.
    pub fn try_next(&mut self) -> Option<EngineEvent> {
        let meter = self.bus.try_recv().ok().map(EngineEvent::Bus);
        meter.or_else(|| self.events.try_recv().ok())
    }

    /// Blocks until the next event that is not a meter's; nothing once nobody is left who could put one in.
    #[cfg(test)]
    pub(super) fn blocking_next(&mut self) -> Option<EngineEvent> {
        self.events.blocking_recv()
    }
}

/// A new queue.
#[must_use]
pub fn mailbox() -> (Mailbox, Inbox) {
    let (put, events) = unbounded_channel();
    let (say, bus) = unbounded_channel();
    (Mailbox { events: put, bus: say }, Inbox { events, bus })
}
