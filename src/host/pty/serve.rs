//! Puts a simulated meter at the meter's end of a pty and keeps it there.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::link_path::LinkPath;
use super::pacer::Pacer;
use super::{Pty, PtyError};
use crate::meters::simulator::SimulatedMeter;
use crate::meters::simulator::fault::FaultyWire;

/// How often to look for a reader while there is none; the system does not tell of its coming.
const LOOK: Duration = Duration::from_millis(5);

/// How long a reader who has just come may be silent before a meter that speaks first speaks: a program that opens a
/// port throws away what it finds there.
const SETTLE: Duration = Duration::from_millis(10);

/// How long to wait for a reader's bytes before looking whether to stop: Ctrl-C is felt at once, and twenty wake-ups a
/// second are nothing.
const IDLE: Duration = Duration::from_millis(50);

/// The time of the bytes for which waking up is not worth while: what a converter in a cable may keep back, too.
const GRAIN: Duration = Duration::from_millis(4);

/// Why a meter no longer is at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PtyEnd {
    /// It was asked to stop.
    Stopped,
    /// A fault pulled the cable.
    Unplugged,
}

/// A simulated meter on a line. The link to its pty goes with it.
pub struct PtyServer<'a> {
    link: LinkPath,
    pty: Pty,
    meter: &'a mut dyn SimulatedMeter,
    wire: FaultyWire,
    pacer: Pacer,
    waiting: VecDeque<u8>,
    last_heard: Instant,
}

impl<'a> PtyServer<'a> {
    /// Puts `meter` on a line of this speed (`None`: no limit), with at most one fault on it.
    #[must_use]
    pub fn new(
        pty: Pty,
        link: LinkPath,
        meter: &'a mut dyn SimulatedMeter,
        wire: FaultyWire,
        baud: Option<u32>,
    ) -> Self {
        let now = Instant::now();
        Self { link, pty, meter, wire, pacer: Pacer::new(baud, now), waiting: VecDeque::new(), last_heard: now }
    }

    /// Serves one reader after the other until `stop` is set or a fault pulls the cable.
    ///
    /// # Errors
    /// If the system refuses an operation on the pty.
    pub fn serve(mut self, stop: &AtomicBool) -> Result<PtyEnd, PtyError> {
        let mut had_reader = false;
        while !stop.load(Ordering::Acquire) {
            let now = Instant::now();
            // Room is asked for only when a byte is due: a line has it nearly always, and the wait
            // would end at once.
            let may_write = !self.waiting.is_empty() && self.pacer.allowance(now) > 0;
            let wait = match (had_reader, self.waiting.is_empty()) {
                (false, _) => SETTLE,
                (true, true) => IDLE,
                (true, false) => self.until_worthwhile(now),
            };
            let ready = self.pty.wait(wait, may_write)?;
            if !ready.has_reader {
                if had_reader {
                    had_reader = false;
                    // What nobody reads is lost, as on a real line.
                    self.waiting.clear();
                    self.unlock()?;
                }
                thread::sleep(LOOK);
                continue;
            }
            if !had_reader {
                had_reader = true;
                self.last_heard = Instant::now();
                let said = self.meter.plugged();
                self.say(said, 0);
            }
            if ready.can_read {
                self.hear()?;
            } else if self.waiting.is_empty() {
                let said = self.meter.wait(self.last_heard.elapsed());
                self.say(said, 0);
            }
            self.write()?;
            // What was said before the cable was pulled still arrives, as on a real line.
            if self.wire.is_unplugged() && self.waiting.is_empty() {
                return Ok(PtyEnd::Unplugged);
            }
        }
        Ok(PtyEnd::Stopped)
    }

    /// A reader that was killed cannot unlock the port for the next one. A real port unlocks itself; a pty is replaced.
    fn unlock(&mut self) -> Result<(), PtyError> {
        if self.pty.is_locked() && !self.pty.wait(Duration::ZERO, false)?.has_reader {
            let fresh = Pty::open()?;
            self.link.lead_to(fresh.path())?;
            self.pty = fresh;
        }
        Ok(())
    }

    /// How long until a grain of bytes may be written, or the last of them: an answer must not be late for a grain.
    fn until_worthwhile(&self, now: Instant) -> Duration {
        let grain = self.pacer.bytes_in(GRAIN).max(1);
        self.pacer.until(self.waiting.len().min(grain), now).min(IDLE)
    }

    fn hear(&mut self) -> Result<(), PtyError> {
        let Some(bytes) = self.pty.read()? else { return Ok(()) };
        if !bytes.is_empty() {
            self.last_heard = Instant::now();
            if let Some(heard) = self.wire.pass_to(&bytes) {
                let said = self.meter.hear(&heard);
                self.say(said, bytes.len());
            }
        }
        Ok(())
    }

    /// Queues what passes the wire, behind the `heard` bytes that came the other way.
    fn say(&mut self, transfers: Vec<Vec<u8>>, heard: usize) {
        let was_idle = self.waiting.is_empty();
        for transfer in transfers {
            self.waiting.extend(self.wire.pass(transfer).into_iter().flatten());
        }
        if was_idle && !self.waiting.is_empty() {
            self.pacer.start(Instant::now(), heard);
        }
    }

    fn write(&mut self) -> Result<(), PtyError> {
        let allowed = self.pacer.allowance(Instant::now()).min(self.waiting.len());
        let (front, _) = self.waiting.as_slices();
        // The queue may wrap around; its second half is written at the next turn.
        let next = front.get(..allowed.min(front.len())).unwrap_or_default();
        if !next.is_empty() {
            let written = self.pty.write(next)?;
            self.waiting.drain(..written);
            self.pacer.carry(written, Instant::now());
        }
        Ok(())
    }
}
