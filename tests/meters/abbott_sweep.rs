//! One fault at each byte of a conversation, on the way to the meter or back.

use std::collections::VecDeque;
use std::time::Duration;

use glucodock::domain::download::{Completeness, Download};
use glucodock::meters::conversation::{Cancel, Conversation};
use glucodock::meters::drivers::Driver;
use glucodock::meters::error::MeterError;
use glucodock::meters::link::{Link, LinkError};
use glucodock::meters::simulator::SimulatedMeter;
use jiff::Zoned;

/// What happens to a byte, or to the transfer in which it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Damage {
    /// The cable is pulled before the byte.
    Cut,
    /// The byte is lost.
    Drop,
    /// This bit of the byte is inverted.
    Flip(u8),
    /// The byte arrives twice.
    Repeat,
    /// The byte and all that follow never arrive; the link stays.
    Stall,
    /// The transfer is lost.
    DropTransfer,
    /// The transfer arrives twice.
    RepeatTransfer,
}

/// All of them, each bit for itself.
pub(crate) fn all_damage() -> impl Iterator<Item = Damage> {
    use Damage::{Cut, Drop, DropTransfer, Flip, Repeat, RepeatTransfer, Stall};
    [Cut, Drop, Repeat, Stall, DropTransfer, RepeatTransfer].into_iter().chain((0..8).map(Flip))
}

/// Which way the damaged byte goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    ToMeter,
    FromMeter,
}

/// One fault.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trouble {
    pub(crate) way: Way,
    pub(crate) at: usize,
    pub(crate) damage: Damage,
}

/// A wire with at most one fault. Waiting in vain costs no time.
pub(crate) struct TroubledLink {
    meter: Box<dyn SimulatedMeter>,
    trouble: Option<Trouble>,
    passed: [usize; 2],
    stalled: Option<Way>,
    is_cut: bool,
    arrived: VecDeque<Vec<u8>>,
}

impl TroubledLink {
    pub(crate) fn new(meter: Box<dyn SimulatedMeter>, trouble: Option<Trouble>) -> Self {
        Self { meter, trouble, passed: [0; 2], stalled: None, is_cut: false, arrived: VecDeque::new() }
    }

    fn pass(&mut self, way: Way, mut bytes: Vec<u8>) -> Vec<Vec<u8>> {
        if self.is_cut || self.stalled == Some(way) {
            return Vec::new();
        }
        let start = self.passed[way as usize];
        self.passed[way as usize] += bytes.len();
        let Some(Trouble { at, damage, .. }) = self.trouble.filter(|trouble| trouble.way == way) else {
            return vec![bytes];
        };
        if !(start..start + bytes.len()).contains(&at) {
            return vec![bytes];
        }
        let place = at - start;
        match damage {
            Damage::Cut => {
                self.is_cut = true;
                bytes.truncate(place);
            }
            Damage::Stall => {
                self.stalled = Some(way);
                bytes.truncate(place);
            }
            Damage::Drop => {
                bytes.remove(place);
            }
            Damage::Repeat => bytes.insert(place, bytes[place]),
            Damage::Flip(bit) => bytes[place] ^= 1 << bit,
            Damage::DropTransfer => bytes.clear(),
            Damage::RepeatTransfer => return vec![bytes.clone(), bytes],
        }
        if bytes.is_empty() { Vec::new() } else { vec![bytes] }
    }
}

impl Link for TroubledLink {
    fn send(&mut self, bytes: &[u8], _wait: Duration) -> Result<(), LinkError> {
        if self.is_cut {
            return Err(LinkError::Gone);
        }
        for heard in self.pass(Way::ToMeter, bytes.to_vec()) {
            for said in self.meter.hear(&heard) {
                let arrived = self.pass(Way::FromMeter, said);
                self.arrived.extend(arrived);
            }
        }
        Ok(())
    }

    fn receive(&mut self, _wait: Duration) -> Result<Vec<u8>, LinkError> {
        let nothing = if self.is_cut { LinkError::Gone } else { LinkError::TimedOut };
        self.arrived.pop_front().ok_or(nothing)
    }
}

pub(crate) fn noon() -> Zoned {
    "2026-07-14T12:00:00+02:00[Europe/Berlin]".parse().unwrap()
}

pub(crate) fn read(driver: &dyn Driver, link: &mut dyn Link) -> Result<Download, MeterError> {
    let mut report = |_| {};
    driver.read(&mut Conversation::new(link, Cancel::default(), &mut report, &noon), &"".into())
}

/// How the conversations of a sweep ended.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) exact: usize,
    pub(crate) partial: usize,
    pub(crate) failed: usize,
}

impl Tally {
    pub(crate) fn tried(&self) -> usize {
        self.exact + self.partial + self.failed
    }
}

/// Every byte with `GLUCODOCK_SWEEP` set, else every `usual`th: a number that shares no factor with the length of a
/// transfer, so that each place of one has its turn.
pub(crate) fn step(usual: usize) -> usize {
    if std::env::var_os("GLUCODOCK_SWEEP").is_some() { 1 } else { usual }
}

/// Tries every damage at every `step`th byte of both ways. Each ends in the exact list, an error, or a partial list
/// with nothing wrong in it; a fault that passes must not even be partial.
pub(crate) fn sweep(driver: &dyn Driver, meter: &dyn Fn() -> Box<dyn SimulatedMeter>, step: usize) -> Tally {
    let mut link = TroubledLink::new(meter(), None);
    let good = read(driver, &mut link).unwrap();
    assert!(good.is_complete() && !good.readings.is_empty());
    let lengths = link.passed;
    let mut tally = Tally::default();
    for damage in all_damage() {
        for way in [Way::ToMeter, Way::FromMeter] {
            for at in (0..lengths[way as usize]).step_by(step) {
                let trouble = Trouble { way, at, damage };
                let passes = !matches!(damage, Damage::Cut | Damage::Stall);
                match read(driver, &mut TroubledLink::new(meter(), Some(trouble))) {
                    Err(error) => {
                        assert!(!passes, "{trouble:?}: {error}");
                        tally.failed += 1;
                    }
                    Ok(download) => {
                        assert_eq!(download.meter.serial, good.meter.serial, "{trouble:?}");
                        match &download.completeness {
                            Completeness::Complete => {
                                assert_eq!(download.readings, good.readings, "{trouble:?}");
                                assert_eq!(
                                    (&download.meter, &download.clock),
                                    (&good.meter, &good.clock),
                                    "{trouble:?}"
                                );
                                assert_eq!(download.warnings, good.warnings, "{trouble:?}");
                                tally.exact += 1;
                            }
                            Completeness::Partial(problem) => {
                                assert!(!passes, "{trouble:?}: {problem:?}");
                                assert!(download.readings.iter().all(|one| good.readings.contains(one)), "{trouble:?}");
                                tally.partial += 1;
                            }
                        }
                    }
                }
            }
        }
    }
    tally
}
