//! The background task that notices meters: plugged, unplugged, not permitted, taken. Speaks only on change.
//!
//! A thread of its own, because a look may block a moment in the kernel and must not delay a key. It looks at most
//! twice a second and never opens a meter: opening is the work of [`super::real_bus`], and a look costs next to
//! nothing (`tests/watch_cost.rs` measures it).

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use super::bus::BusEvent;
use crate::domain::cable::CableKey;
use crate::domain::meter::{Access, Attachment, AttachmentId, Family};
use crate::domain::text::{Clean, NAME_CELLS};
use crate::meters::catalogue::{Known, UsbId};

mod difference;
mod listing;
mod usb_port;

pub use difference::{Difference, Plugged, difference};
pub use listing::SystemLister;

/// The time between two looks.
pub const PERIOD: Duration = Duration::from_millis(500);

/// Where something is plugged in. The kernel numbers USB devices anew at each plug, so that a meter that was pulled
/// and plugged again between two looks is at another place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// A device on USB.
    Usb(UsbPlace),
    /// A serial port.
    Serial {
        /// Its device node.
        path: PathBuf,
        /// For a USB cable, the number of the USB device at this plug.
        plug: Option<u32>,
        /// For a generic cable that can be told from others of its kind, which one it is.
        cable: Option<CableKey>,
    },
}

/// A device on USB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UsbPlace {
    /// The number of the bus.
    pub bus: u8,
    /// The number of the device on the bus.
    pub address: u8,
    /// What the device says it is.
    pub id: UsbId,
}

/// What is plugged in there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Something of the catalogue.
    Known(Known<'static>),
    /// A serial port that a person named; any meter may be behind it.
    NamedPort,
}

/// One thing that a look saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Where.
    pub place: Place,
    /// What.
    pub what: What,
    /// Whether it can be read.
    pub access: Access,
}

impl Seen {
    /// The attachment as the app knows it.
    #[must_use]
    pub fn attachment(&self, id: AttachmentId) -> Attachment {
        let connection = match &self.place {
            Place::Usb(_) => Clean::from("USB"),
            Place::Serial { path, .. } => {
                let port = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
                Clean::new(&format!("serial port {port}"), NAME_CELLS)
            }
        };
        let (name, family) = match self.what {
            What::Known(Known::Meter(meter)) => (meter.name(), meter.family),
            What::Known(Known::Unreadable(meter)) => (meter.name.clone(), meter.family),
            What::Known(Known::Cable(cable)) => (cable.name.clone(), Family::Other),
            What::NamedPort => (connection.clone(), Family::Other),
        };
        let cable = match &self.place {
            Place::Serial { cable, .. } => cable.clone(),
            Place::Usb(_) => None,
        };
        Attachment { id, name, family, connection, access: self.access.clone(), cable }
    }
}

/// Sees what is plugged in now.
pub trait Lister: Send {
    /// Everything of interest, each place once, without opening anything. Must be cheap: it is asked twice a second.
    fn list(&mut self) -> Vec<Seen>;
}

/// Numbers plugs; no number is used twice. One counter for all buses of a program.
#[derive(Debug, Default)]
pub struct AttachmentIds(AtomicU64);

impl AttachmentIds {
    /// The next number, from 1.
    pub fn next(&self) -> AttachmentId {
        AttachmentId(self.0.fetch_add(1, Ordering::Relaxed).saturating_add(1))
    }
}

/// What is plugged in, as of the last look; shared between the watch and the bus that opens meters.
#[derive(Debug, Default)]
pub struct Roster(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    plugged: Vec<Plugged>,
    held: Vec<AttachmentId>,
}

impl Roster {
    /// What this plug is.
    #[must_use]
    pub fn find(&self, id: AttachmentId) -> Option<Seen> {
        self.lock().plugged.iter().find(|plugged| plugged.attachment.id == id).map(|plugged| plugged.seen.clone())
    }

    /// Notes that this program has the meter open, until the result is dropped: being busy with it is no news.
    #[must_use]
    pub fn hold(self: &Arc<Self>, id: AttachmentId) -> Hold {
        self.lock().held.push(id);
        Hold { roster: Arc::clone(self), id }
    }

    /// Takes in what a look saw; the events are what changed.
    fn take_in(&self, mut seen: Vec<Seen>, ids: &AttachmentIds) -> Vec<BusEvent> {
        let mut entries = self.lock();
        for plugged in &entries.plugged {
            if entries.held.contains(&plugged.attachment.id)
                && let Some(ours) = seen.iter_mut().find(|seen| seen.place == plugged.seen.place)
                && ours.access == Access::Busy
            {
                ours.access = Access::Open;
            }
        }
        let Difference { plugged, events } = difference(&entries.plugged, &seen, &mut || ids.next());
        entries.plugged = plugged;
        events
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// This program has a meter open.
#[derive(Debug)]
pub struct Hold {
    roster: Arc<Roster>,
    id: AttachmentId,
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut entries = self.roster.lock();
        if let Some(position) = entries.held.iter().position(|held| *held == self.id) {
            entries.held.remove(position);
        }
    }
}

/// The running task. Dropping it ends it.
#[derive(Debug)]
pub struct Watch {
    roster: Arc<Roster>,
    /// Taken at the end: the thread ends when nobody can ask any more.
    ask: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Starts to look, at once and then every `period`, and sends what changed. Ends by itself when nobody receives.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(
        mut lister: Box<dyn Lister>,
        ids: Arc<AttachmentIds>,
        events: UnboundedSender<BusEvent>,
        period: Duration,
    ) -> io::Result<Self> {
        let (ask, asked) = mpsc::channel();
        let roster = Arc::new(Roster::default());
        let shared = Arc::clone(&roster);
        let thread = thread::Builder::new().name("meter-watch".to_owned()).spawn(move || {
            loop {
                for event in shared.take_in(lister.list(), &ids) {
                    // Nobody receives: the loop notices below.
                    let _ = events.send(event);
                }
                let next = asked.recv_timeout(period);
                if next == Err(RecvTimeoutError::Disconnected) || events.is_closed() {
                    return;
                }
            }
        })?;
        Ok(Self { roster, ask: Some(ask), thread: Some(thread) })
    }

    /// What is plugged in, as of the last look.
    #[must_use]
    pub fn roster(&self) -> Arc<Roster> {
        Arc::clone(&self.roster)
    }

    /// Looks now instead of at the next turn.
    pub fn look_now(&self) {
        if let Some(ask) = &self.ask {
            // The thread has ended: there is nobody to tell either.
            let _ = ask.send(());
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.ask = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has reported it already.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests;
