//! One fault at one byte of a conversation, in either direction, and what may come of it: the exact list, an error, or
//! a part of the list that says that it is one.

use std::time::Duration;

use glucodock::domain::download::{Completeness, Direction, Download};
use glucodock::domain::glucose::Measured;
use glucodock::domain::reading::{Kind, Meal};
use glucodock::meters::conversation::{Cancel, Conversation};
use glucodock::meters::drivers::Driver;
use glucodock::meters::error::MeterError;
use glucodock::meters::link::{LineSettings, Link, LinkError};
use jiff::civil::DateTime;

/// What counts of a reading: index, time, result, kind, meal.
pub(crate) type Told = (u32, Option<DateTime>, Measured, Kind, Option<Meal>);

/// What counts of each reading.
pub(crate) fn told(download: &Download) -> Vec<Told> {
    download.readings.iter().map(|r| (r.index, r.time, r.measured, r.kind, r.meal)).collect()
}

/// Reads over `link` at noon of 14-Jul-2026.
pub(crate) fn read(driver: &dyn Driver, link: &mut dyn Link, sold_as: &str) -> Result<Download, MeterError> {
    let noon = || "2026-07-14T12:00:00+02:00[Europe/Berlin]".parse().unwrap();
    let mut report = |_| {};
    driver.read(&mut Conversation::new(link, Cancel::default(), &mut report, &noon), &sold_as.into())
}

/// What happens to a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Harm {
    /// The cable is pulled before it.
    Cut,
    /// It is lost.
    Drop,
    /// One of its bits is inverted.
    Flip(u8),
    /// It comes twice.
    Repeat,
    /// It and everything after it, both ways, never arrives.
    Stall,
}

/// Every harm.
pub(crate) fn every_harm() -> Vec<Harm> {
    let mut harms = vec![Harm::Cut, Harm::Drop, Harm::Repeat, Harm::Stall];
    harms.extend((0..8).map(Harm::Flip));
    harms
}

/// A harm, the way of the byte it strikes, and its position among the bytes of that way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Strike {
    pub(crate) way: Direction,
    pub(crate) harm: Harm,
    pub(crate) at: usize,
}

/// A link on which one byte is struck. Without a strike it counts.
pub(crate) struct StruckLink<L> {
    link: L,
    strike: Option<Strike>,
    /// Bytes to the meter and from it, so far.
    pub(crate) passed: [usize; 2],
    end: Option<Harm>,
}

impl<L: Link> StruckLink<L> {
    pub(crate) fn new(link: L, strike: Option<Strike>) -> Self {
        Self { link, strike, passed: [0, 0], end: None }
    }

    /// What is left of a transfer.
    fn pass(&mut self, way: Direction, mut bytes: Vec<u8>) -> Vec<u8> {
        let counter = &mut self.passed[usize::from(way == Direction::FromMeter)];
        let start = *counter;
        *counter += bytes.len();
        let Some(Strike { harm, at, .. }) = self.strike.filter(|strike| strike.way == way) else { return bytes };
        let Some(place) = at.checked_sub(start).filter(|place| *place < bytes.len()) else { return bytes };
        match harm {
            Harm::Drop => drop(bytes.remove(place)),
            Harm::Flip(bit) => bytes[place] ^= 1 << bit,
            Harm::Repeat => bytes.insert(place, bytes[place]),
            Harm::Cut | Harm::Stall => {
                bytes.truncate(place);
                self.end = Some(harm);
            }
        }
        bytes
    }

    fn check(&self) -> Result<(), LinkError> {
        if self.end == Some(Harm::Cut) { Err(LinkError::Gone) } else { Ok(()) }
    }
}

impl<L: Link> Link for StruckLink<L> {
    fn send(&mut self, bytes: &[u8], wait: Duration) -> Result<(), LinkError> {
        self.check()?;
        if self.end.is_some() {
            return Ok(());
        }
        let left = self.pass(Direction::ToMeter, bytes.to_vec());
        if left.is_empty() { Ok(()) } else { self.link.send(&left, wait) }
    }

    fn receive(&mut self, wait: Duration) -> Result<Vec<u8>, LinkError> {
        self.check()?;
        if self.end.is_some() {
            return Err(LinkError::TimedOut);
        }
        let bytes = self.link.receive(wait)?;
        let had = bytes.len();
        let left = self.pass(Direction::FromMeter, bytes);
        if left.is_empty() && had > 0 && self.end.is_some() {
            self.check()?;
            return Err(LinkError::TimedOut);
        }
        Ok(left)
    }

    fn set_line(&mut self, settings: LineSettings) -> Result<(), LinkError> {
        self.check()?;
        self.link.set_line(settings)
    }

    fn send_feature(&mut self, report: &[u8], wait: Duration) -> Result<(), LinkError> {
        self.check()?;
        self.link.send_feature(report, wait)
    }
}

/// How often a sweep ended how.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) exact: usize,
    pub(crate) partial: usize,
    pub(crate) failed: usize,
}

impl Tally {
    pub(crate) fn all(&self) -> usize {
        self.exact + self.partial + self.failed
    }
}

/// Whether sweeps strike every byte however long that takes: `GLUCODOCK_SWEEP=all`.
pub(crate) fn strikes_all() -> bool {
    std::env::var_os("GLUCODOCK_SWEEP").is_some_and(|what| what == "all")
}

/// Strikes the bytes of a conversation, one a time, with every harm: every `step`th, or all of them if asked for. A
/// step that has no factor in common with the lengths of messages strikes each place of them in some message. Fails on
/// a wrong or silently short list. `open` plugs a fresh meter in.
pub(crate) fn sweep<L: Link>(driver: &dyn Driver, sold_as: &str, step: usize, open: impl Fn() -> L) -> Tally {
    let mut sound = StruckLink::new(open(), None);
    let download = read(driver, &mut sound, sold_as).unwrap();
    assert!(download.is_complete(), "{:?}", download.completeness);
    let good = told(&download);
    let mut tally = Tally::default();
    let step = if strikes_all() { 1 } else { step };
    for (way, bytes) in [Direction::ToMeter, Direction::FromMeter].into_iter().zip(sound.passed) {
        for at in (0..bytes).step_by(step) {
            for harm in every_harm() {
                let strike = Strike { way, harm, at };
                let mut link = StruckLink::new(open(), Some(strike));
                match read(driver, &mut link, sold_as) {
                    Err(error) => {
                        assert_ne!(error, MeterError::Cancelled, "{strike:?}");
                        tally.failed += 1;
                    }
                    Ok(found) => judge(&mut tally, strike, &download, &good, &found),
                }
            }
        }
    }
    tally
}

fn judge(tally: &mut Tally, strike: Strike, right: &Download, good: &[Told], found: &Download) {
    assert_eq!(found.meter, right.meter, "{strike:?}");
    let readings = told(found);
    match &found.completeness {
        Completeness::Complete => {
            assert_eq!(readings, good, "{strike:?}");
            tally.exact += 1;
        }
        Completeness::Partial(problem) => {
            assert!(readings.iter().all(|reading| good.contains(reading)), "{strike:?}: a wrong reading");
            assert!(problem.done as usize >= readings.len(), "{strike:?}: {problem:?}");
            tally.partial += 1;
        }
    }
}
