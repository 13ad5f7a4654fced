//! A fault at every byte of a conversation, in both directions.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use glucodock::domain::download::{Completeness, Direction, Download};
use glucodock::domain::problem::Problem;
use glucodock::domain::reading::Reading;
use glucodock::meters::conversation::{Cancel, Conversation};
use glucodock::meters::drivers::Driver;
use glucodock::meters::error::MeterError;
use glucodock::meters::link::{LineSettings, Link, LinkError};
use glucodock::meters::simulator::SimulatedMeter;
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::readings::ReadingSet;
use jiff::Zoned;
use jiff::civil::{DateTime, date};

/// More runs than this take too long for everyday tests; of more, an even choice is made, unless
/// `GLUCODOCK_SWEEP` is set.
const MOST_RUNS: usize = 4000;

/// What happens to one byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Harm {
    /// The cable is pulled before it.
    Cut,
    /// It is lost.
    Drop,
    /// This bit of it is inverted.
    Flip(u8),
    /// It arrives twice.
    Repeat,
    /// It and everything after it in this direction never arrive.
    Stall,
}

/// Every harm.
pub(crate) const HARMS: [Harm; 12] = [
    Harm::Cut,
    Harm::Drop,
    Harm::Repeat,
    Harm::Stall,
    Harm::Flip(0),
    Harm::Flip(1),
    Harm::Flip(2),
    Harm::Flip(3),
    Harm::Flip(4),
    Harm::Flip(5),
    Harm::Flip(6),
    Harm::Flip(7),
];

/// A harm and its place among the bytes of one direction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    pub(crate) harm: Harm,
    pub(crate) direction: Direction,
    pub(crate) at: usize,
}

/// One direction of the wire.
#[derive(Default)]
struct Way {
    passed: usize,
    ended: Option<Harm>,
}

impl Way {
    /// What arrives of these bytes; `None` if nothing does.
    fn pass(&mut self, bytes: &[u8], fault: Option<(Harm, usize)>) -> Option<Vec<u8>> {
        if self.ended.is_some() {
            return None;
        }
        let start = self.passed;
        self.passed += bytes.len();
        let mut arrived = bytes.to_vec();
        let Some((harm, at)) = fault.filter(|(_, at)| (start..self.passed).contains(at)) else { return Some(arrived) };
        let place = at - start;
        match harm {
            Harm::Drop => {
                arrived.remove(place);
            }
            Harm::Flip(bit) => arrived[place] ^= 1 << bit,
            Harm::Repeat => arrived.insert(place, bytes[place]),
            Harm::Cut | Harm::Stall => {
                self.ended = Some(harm);
                arrived.truncate(place);
            }
        }
        (!arrived.is_empty()).then_some(arrived)
    }
}

/// The wire to a simulated meter, with a fault on it.
struct FaultyLink {
    inner: MemoryLink,
    fault: Fault,
    to_meter: Way,
    from_meter: Way,
}

impl FaultyLink {
    fn harm(&self, direction: Direction) -> Option<(Harm, usize)> {
        (self.fault.direction == direction).then_some((self.fault.harm, self.fault.at))
    }

    fn check(&self) -> Result<(), LinkError> {
        let is_cut = [&self.to_meter, &self.from_meter].iter().any(|way| way.ended == Some(Harm::Cut));
        if is_cut { Err(LinkError::Gone) } else { Ok(()) }
    }
}

impl Link for FaultyLink {
    fn send(&mut self, bytes: &[u8], wait: Duration) -> Result<(), LinkError> {
        self.check()?;
        let harm = self.harm(Direction::ToMeter);
        if let Some(bytes) = self.to_meter.pass(bytes, harm) {
            self.inner.send(&bytes, wait)?;
        }
        self.check()
    }

    fn receive(&mut self, wait: Duration) -> Result<Vec<u8>, LinkError> {
        self.check()?;
        let harm = self.harm(Direction::FromMeter);
        let bytes = self.inner.receive(wait)?;
        match self.from_meter.pass(&bytes, harm) {
            Some(bytes) => Ok(bytes),
            None => self.check().and(Err(LinkError::TimedOut)),
        }
    }

    fn set_line(&mut self, settings: LineSettings) -> Result<(), LinkError> {
        self.inner.set_line(settings)
    }
}

/// A meter that the test keeps a hold of while a link has it.
pub(crate) struct Shared<M>(pub(crate) Arc<Mutex<M>>);

impl<M: SimulatedMeter> SimulatedMeter for Shared<M> {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        self.0.lock().unwrap().plugged()
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.0.lock().unwrap().hear(bytes)
    }

    fn wait(&mut self, silence: Duration) -> Vec<Vec<u8>> {
        self.0.lock().unwrap().wait(silence)
    }

    fn baud(&self) -> Option<u32> {
        self.0.lock().unwrap().baud()
    }
}

/// When every test takes place.
pub(crate) fn now() -> Zoned {
    "2026-07-14T12:00:00+02:00[Europe/Berlin]".parse().unwrap()
}

/// What the meter's clock shows: three minutes ahead.
pub(crate) fn meter_now() -> DateTime {
    date(2026, 7, 14).at(12, 3, 0, 0)
}

/// The memory of a meter, newest reading this morning.
pub(crate) fn memory(count: usize) -> ReadingSet {
    ReadingSet::seeded(count, 11, date(2026, 7, 14).at(8, 30, 12, 0))
}

/// Reads a meter over a link.
pub(crate) fn read_link(driver: &dyn Driver, link: &mut dyn Link) -> Result<Download, MeterError> {
    let mut report = |_| {};
    Conversation::new(link, Cancel::default(), &mut report, &now).read(driver)
}

/// Reads a meter over a good wire.
pub(crate) fn read(driver: &dyn Driver, meter: impl SimulatedMeter + 'static) -> Result<Download, MeterError> {
    read_link(driver, &mut MemoryLink::new(Box::new(meter), None))
}

trait Read {
    fn read(self, driver: &dyn Driver) -> Result<Download, MeterError>;
}

impl Read for Conversation<'_> {
    fn read(mut self, driver: &dyn Driver) -> Result<Download, MeterError> {
        driver.read(&mut self, &"the meter".into())
    }
}

/// Why the download is not complete.
pub(crate) fn partial(download: &Download) -> &Problem {
    match &download.completeness {
        Completeness::Partial(problem) => problem,
        Completeness::Complete => panic!("the download claims to be complete"),
    }
}

/// The codes of its warnings.
pub(crate) fn warned(download: &Download) -> Vec<&str> {
    download.warnings.iter().map(|warning| warning.code.as_str()).collect()
}

/// How a sweep went.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) complete: usize,
    pub(crate) partial: usize,
    pub(crate) failed: usize,
}

/// Puts every harm of `harms` at every byte of `direction` and holds each outcome to the good one: the exact list, or
/// an error, or a partial list with nothing wrong in it.
pub(crate) fn sweep<M: SimulatedMeter + 'static>(
    driver: &dyn Driver,
    make: impl Fn() -> M,
    direction: Direction,
    harms: &[Harm],
) -> Tally {
    let good = read(driver, make()).unwrap();
    assert!(good.is_complete());
    let bytes = good.transcript.iter().filter(|packet| packet.direction == direction);
    let length: usize = bytes.map(|packet| packet.bytes.len()).sum();
    // A step that shares a factor with the number of harms would pass some of them over.
    let most = if std::env::var_os("GLUCODOCK_SWEEP").is_some() { usize::MAX } else { MOST_RUNS };
    let least = (length * harms.len()).div_ceil(most).max(1);
    let step = (least..least + 6).find(|step| step % 2 != 0 && step % 3 != 0).unwrap();
    let mut tally = Tally::default();
    for run in (0..length * harms.len()).step_by(step) {
        let fault = Fault { harm: harms[run % harms.len()], direction, at: run / harms.len() };
        let inner = MemoryLink::new(Box::new(make()), None);
        let mut link = FaultyLink { inner, fault, to_meter: Way::default(), from_meter: Way::default() };
        match read_link(driver, &mut link) {
            Err(_) => tally.failed += 1,
            Ok(download) if download.is_complete() => {
                tally.complete += 1;
                assert_eq!(download.readings, good.readings, "{fault:?}");
                assert_eq!(download.meter, good.meter, "{fault:?}");
            }
            Ok(download) => {
                tally.partial += 1;
                let right = |reading: &Reading| good.readings.contains(reading);
                assert!(download.readings.iter().all(right), "{fault:?}: {:?}", download.readings);
                assert_eq!(partial(&download).done as usize, download.readings.len(), "{fault:?}");
            }
        }
    }
    tally
}
