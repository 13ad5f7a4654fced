//! What reaches the engine from its threads, in one queue, in the order in which it happened.

use std::time::Instant;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::app::effect::Ticket;
use crate::app::event::Answer;
use crate::host::bus::BusEvent;

/// Something reached the engine.
#[derive(Debug)]
pub enum Arrival {
    /// Bytes from the terminal, and when they were read.
    Bytes(Vec<u8>, Instant),
    /// The terminal is gone: end of input, or an error on either side of it.
    TerminalGone,
    /// The last frame has left for the terminal.
    FrameLeft,
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
        hold: Option<Hold>,
    },
    /// An effect is done. Every effect that was started and has a ticket sends exactly one.
    Answer {
        /// Which effect.
        ticket: Ticket,
        /// What came of it; nothing if a newer question made it pointless.
        answer: Option<Answer>,
    },
}

/// Keeps a reading thread waiting while it lives.
#[derive(Debug)]
pub struct Hold(#[expect(dead_code, reason = "held for its drop alone")] std::sync::mpsc::Sender<()>);

impl Hold {
    /// A hold, and what the waiting thread waits on: its `recv` returns once the hold is dropped.
    #[must_use]
    pub fn new() -> (Self, std::sync::mpsc::Receiver<()>) {
        let (sender, receiver) = std::sync::mpsc::channel();
        (Self(sender), receiver)
    }
}

/// Where threads put what they have for the engine. Clones put into the same queue.
#[derive(Debug, Clone)]
pub struct Mailbox(UnboundedSender<Arrival>);

impl Mailbox {
    /// Puts something in. Once the engine is gone it is dropped, as everything then is.
    pub fn put(&self, arrival: Arrival) {
        drop(self.0.send(arrival));
    }

    /// A way to put in only bus events, for the bus.
    pub fn for_bus(&self) -> impl Fn(BusEvent) + Send + Sync + Clone + 'static {
        let mailbox = self.clone();
        move |event| mailbox.put(Arrival::Bus(event))
    }
}

/// The engine's end of the queue.
#[derive(Debug)]
pub struct Inbox(pub(super) UnboundedReceiver<Arrival>);

/// A new queue.
#[must_use]
pub fn mailbox() -> (Mailbox, Inbox) {
    let (sender, receiver) = unbounded_channel();
    (Mailbox(sender), Inbox(receiver))
}
