//! The thread that looks, and what makes it look.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;

use super::hotplug::Hotplug;
use super::turns::Turns;
use super::{AttachmentIds, Lister, Roster};
use crate::host::bus::BusEvent;

/// How a watch notices that something was plugged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noticing {
    /// By the kernel's announcements, and by looking every period for what is not announced.
    Announcements,
    /// By looking every period.
    Polling,
}

/// Why the thread looks before its time.
enum LookReason {
    Now,
    Announced,
}

/// The running task. Dropping it ends it.
#[derive(Debug)]
pub struct Watch {
    roster: Arc<Roster>,
    hotplug: Option<Hotplug>,
    /// Taken at the end: the thread ends when nobody can ask any more.
    ask: Option<mpsc::Sender<LookReason>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Starts to look, at once and then every `period`, and sends what changed. Ends by itself when nobody receives.
    /// Where announcements are wished for and there are none, it polls.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(
        mut lister: Box<dyn Lister>,
        ids: Arc<AttachmentIds>,
        events: UnboundedSender<BusEvent>,
        period: Duration,
        wished: Noticing,
    ) -> io::Result<Self> {
        let (ask, asked) = mpsc::channel();
        let roster = Arc::new(Roster::default());
        let shared = Arc::clone(&roster);
        let thread = thread::Builder::new().name("meter-watch".to_owned()).spawn(move || {
            let mut turns = Turns::new(period);
            loop {
                for event in shared.take_in(lister.list(), Instant::now(), &ids) {
                    // Nobody receives: the loop notices below.
                    let _ = events.send(event);
                }
                match asked.recv_timeout(turns.wait(Instant::now())) {
                    Ok(LookReason::Announced) => turns.announced(Instant::now()),
                    Ok(LookReason::Now) | Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
                if events.is_closed() {
                    return;
                }
            }
        })?;
        let bell = ask.clone();
        let hotplug = match wished {
            // The thread has ended: there is nobody to tell either.
            Noticing::Announcements => Hotplug::start(move || drop(bell.send(LookReason::Announced))).ok(),
            Noticing::Polling => None,
        };
        Ok(Self { roster, hotplug, ask: Some(ask), thread: Some(thread) })
    }

    /// How it notices what is plugged in.
    #[must_use]
    pub const fn noticing(&self) -> Noticing {
        if self.hotplug.is_some() { Noticing::Announcements } else { Noticing::Polling }
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
            let _ = ask.send(LookReason::Now);
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // It can ask too, so it ends first.
        self.hotplug = None;
        self.ask = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has reported it already.
            let _ = thread.join();
        }
    }
}
