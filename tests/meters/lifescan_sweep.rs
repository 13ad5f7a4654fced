//! LifeScan's binary meters on a wire with at most one fault, either way, at any byte.
//!
//! All three families have check values of their own, so every bit of every byte may be flipped:
//!
//! | driver              | check value | flips                                      | drop, repeat          |
//! |---------------------|-------------|--------------------------------------------|-----------------------|
//! | onetouch-ultra-easy | CRC-16      | every bit; read again, always complete     | read again, complete  |
//! | onetouch-verio-iq   | CRC-16      | every bit; read again, always complete     | read again, complete  |
//! | onetouch-verio      | CRC-16      | every bit; block 0 and INQUIRY are refused | a block is incomplete |

use std::collections::VecDeque;
use std::io::Write as _;
use std::time::Duration;

use glucodock::domain::download::{Completeness, Direction, Download};
use glucodock::domain::glucose::Measured;
use glucodock::domain::problem::Problem;
use glucodock::domain::reading::{Kind, Meal};
use glucodock::meters::conversation::{Cancel, Conversation};
use glucodock::meters::drivers::Driver;
use glucodock::meters::error::MeterError;
use glucodock::meters::link::{LineSettings, Link, LinkError};
use glucodock::meters::simulator::SimulatedMeter;
use glucodock::meters::simulator::fault::Fault;
use glucodock::meters::simulator::readings::{ReadingSet, SimulatedReading};
use glucodock::meters::simulator::shelf::Wanted;
use jiff::Zoned;
use jiff::civil::{DateTime, date};

/// What happens to a byte, or to the transfer in which it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Damage {
    /// The cable is pulled before the byte.
    Cut,
    /// The byte and all that follow never arrive; the link stays.
    Stall,
    Drop,
    Repeat,
    Flip(u8),
    DropTransfer,
    RepeatTransfer,
}

impl Damage {
    /// Every kind, each bit for itself.
    fn all() -> impl Iterator<Item = Self> {
        let once = [Self::Cut, Self::Stall, Self::Drop, Self::Repeat, Self::DropTransfer, Self::RepeatTransfer];
        once.into_iter().chain((0..8).map(Self::Flip))
    }

    /// Whether the wire is sound again after it.
    pub(crate) const fn passes(self) -> bool {
        !matches!(self, Self::Cut | Self::Stall)
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Trouble {
    pub(crate) way: Direction,
    pub(crate) at: usize,
    pub(crate) damage: Damage,
}

/// A wire with a meter at its end. Waiting in vain costs no time.
pub(crate) struct Wires<M> {
    pub(crate) meter: M,
    trouble: Option<Trouble>,
    /// Bytes that have passed to the meter and from it, lost ones included.
    pub(crate) passed: [usize; 2],
    stalled: Option<Direction>,
    is_cut: bool,
    arrived: VecDeque<Vec<u8>>,
    silence: Duration,
    line: Option<LineSettings>,
}

impl<M: SimulatedMeter> Wires<M> {
    pub(crate) fn new(meter: M, trouble: Option<Trouble>) -> Self {
        let arrived = VecDeque::new();
        let silence = Duration::ZERO;
        Self { meter, trouble, passed: [0; 2], stalled: None, is_cut: false, arrived, silence, line: None }
    }

    fn pass(&mut self, way: Direction, mut bytes: Vec<u8>) -> Vec<Vec<u8>> {
        if self.is_cut || self.stalled == Some(way) {
            return Vec::new();
        }
        let passed = &mut self.passed[usize::from(way == Direction::FromMeter)];
        let start = *passed;
        *passed += bytes.len();
        let place = match self.trouble {
            Some(trouble) if trouble.way == way && (start..start + bytes.len()).contains(&trouble.at) => {
                trouble.at - start
            }
            _ => return vec![bytes],
        };
        match self.trouble.unwrap().damage {
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
            Damage::DropTransfer => return Vec::new(),
            Damage::RepeatTransfer => return vec![bytes.clone(), bytes],
        }
        vec![bytes]
    }

    fn nothing(&self) -> LinkError {
        if self.is_cut { LinkError::Gone } else { LinkError::TimedOut }
    }
}

impl<M: SimulatedMeter> Link for Wires<M> {
    fn send(&mut self, bytes: &[u8], _wait: Duration) -> Result<(), LinkError> {
        if self.is_cut {
            return Err(LinkError::Gone);
        }
        assert_eq!(self.line, self.meter.baud().map(LineSettings::eight_n_one), "the line is not the meter's");
        self.silence = Duration::ZERO;
        for heard in self.pass(Direction::ToMeter, bytes.to_vec()) {
            for said in self.meter.hear(&heard) {
                let arrived = self.pass(Direction::FromMeter, said);
                self.arrived.extend(arrived);
            }
        }
        Ok(())
    }

    fn receive(&mut self, wait: Duration) -> Result<Vec<u8>, LinkError> {
        let Some(bytes) = self.arrived.pop_front() else {
            self.silence += wait;
            assert!(self.silence < Duration::from_mins(10), "it waits for ever");
            let said = self.meter.wait(self.silence);
            assert_eq!(said, Vec::<Vec<u8>>::new());
            return Err(self.nothing());
        };
        if bytes.is_empty() { Err(self.nothing()) } else { Ok(bytes) }
    }

    fn set_line(&mut self, settings: LineSettings) -> Result<(), LinkError> {
        self.line = Some(settings);
        Ok(())
    }

    fn command(&mut self, cdb: &[u8], data_out: &[u8], expected: usize, _wait: Duration) -> Result<Vec<u8>, LinkError> {
        let mut heard = Vec::new();
        if !data_out.is_empty() {
            heard = self.pass(Direction::ToMeter, data_out.to_vec()).pop().ok_or_else(|| self.nothing())?;
        }
        if self.is_cut {
            return Err(LinkError::Gone);
        }
        let refused = LinkError::Failed { operation: "a command", reason: "refused".to_owned() };
        let data = self.meter.command(cdb, &heard, expected).ok_or(refused)?;
        if data.is_empty() {
            return Ok(data);
        }
        self.pass(Direction::FromMeter, data).pop().ok_or_else(|| self.nothing())
    }
}

/// What counts of a reading: index, time, result, kind, meal.
pub(crate) type Told = (u32, Option<DateTime>, Measured, Kind, Option<Meal>);

pub(crate) fn told(download: &Download) -> Vec<Told> {
    download.readings.iter().map(|r| (r.index, r.time, r.measured, r.kind, r.meal)).collect()
}

/// `count` readings with at least one control test among ten.
pub(crate) fn memory(count: usize) -> ReadingSet {
    let mut set = ReadingSet::seeded(count, 11, date(2026, 7, 14).at(8, 30, 12, 0));
    for reading in set.readings.iter_mut().skip(3).step_by(10) {
        reading.kind = Kind::Control;
    }
    set
}

/// What must come out of `memory(count)`, if the family tells a reading as `tell` does.
pub(crate) fn expected(count: usize, tell: impl Fn(&SimulatedReading) -> (Kind, Option<Meal>)) -> Vec<Told> {
    let held = memory(count).readings;
    let index = |place: usize| u32::try_from(held.len() - 1 - place).unwrap();
    let told = |(place, reading): (usize, &SimulatedReading)| {
        let (kind, meal) = tell(reading);
        (index(place), Some(reading.time), reading.measured, kind, meal)
    };
    held.iter().enumerate().map(told).collect()
}

/// The marks of a family that knows blood and control, before and after.
pub(crate) fn marks(reading: &SimulatedReading) -> (Kind, Option<Meal>) {
    let meal = match reading.meal {
        Some(meal @ (Meal::Before | Meal::After)) => meal,
        _ => Meal::None,
    };
    (reading.kind, Some(meal))
}

pub(crate) fn wanted(slug: &str, count: usize, fault: Option<Fault>) -> Wanted {
    Wanted {
        slug: slug.to_owned(),
        serial: None,
        memory: memory(count),
        clock: Box::new(|| date(2026, 7, 14).at(12, 0, 3, 0)),
        fault,
        shows_mmol: false,
        clock_was_adjusted: false,
    }
}

pub(crate) fn noon() -> Zoned {
    "2026-07-14T12:00:00+02:00[Europe/Berlin]".parse().unwrap()
}

pub(crate) fn read(driver: &dyn Driver, link: &mut dyn Link) -> Result<Download, MeterError> {
    let mut report = |_| {};
    driver.read(&mut Conversation::new(link, Cancel::default(), &mut report, &noon), &"".into())
}

/// A read that is cancelled once five readings have come.
pub(crate) fn read_cancelled(driver: &dyn Driver, link: &mut dyn Link) -> Result<Download, MeterError> {
    let cancel = Cancel::default();
    let stop = cancel.clone();
    let mut report = move |progress: glucodock::meters::conversation::Progress| {
        if progress.done == 5 {
            stop.cancel();
        }
    };
    driver.read(&mut Conversation::new(link, cancel, &mut report, &noon), &"".into())
}

pub(crate) fn partial(download: &Download) -> &Problem {
    match &download.completeness {
        Completeness::Partial(problem) => problem,
        Completeness::Complete => panic!("the download claims to be complete"),
    }
}

/// How the conversations of a sweep ended.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) exact: usize,
    pub(crate) partial: usize,
    pub(crate) failed: usize,
}

impl Tally {
    /// Checks and counts one outcome: exact, or an error, or partial with nothing wrong in it.
    fn count(&mut self, trouble: Trouble, outcome: Result<Download, MeterError>, good: &Download, must_succeed: bool) {
        let download = match outcome {
            Ok(download) => download,
            Err(error) => {
                assert!(!must_succeed, "{trouble:?}: {error}");
                self.failed += 1;
                return;
            }
        };
        assert_eq!(download.meter.serial, good.meter.serial, "{trouble:?}");
        let (told, list) = (told(&download), told(good));
        if download.is_complete() {
            assert_eq!(told, list, "{trouble:?}");
            self.exact += 1;
        } else {
            let problem = partial(&download);
            assert!(!must_succeed, "{trouble:?}: {problem:?}");
            assert_eq!(problem.done as usize, told.len(), "{trouble:?}");
            assert!(told.iter().all(|reading| list.contains(reading)), "{trouble:?}");
            self.partial += 1;
        }
    }
}

/// Reads ten readings with one fault at every `step`th byte each way, in every kind, and checks every outcome. Each
/// byte has its turn with `GLUCODOCK_SWEEP` set. `must_succeed` says which faults may not even make a read partial.
pub(crate) fn sweep(
    name: &str,
    step: usize,
    must_succeed: impl Fn(Trouble) -> bool,
    run: impl Fn(Option<Trouble>) -> (Result<Download, MeterError>, [usize; 2]),
) -> Tally {
    let (good, passed) = run(None);
    let good = good.unwrap();
    assert!(good.is_complete());
    let is_whole = std::env::var_os("GLUCODOCK_SWEEP").is_some();
    let step = if is_whole { 1 } else { step };
    let mut tally = Tally::default();
    for (number, damage) in Damage::all().enumerate() {
        for way in [Direction::ToMeter, Direction::FromMeter] {
            let bytes = passed[usize::from(way == Direction::FromMeter)];
            // Each kind of damage begins elsewhere, so that together they strike most bytes.
            for at in (number % step..bytes).step_by(step) {
                let trouble = Trouble { way, at, damage };
                let outcome = run(Some(trouble)).0;
                tally.count(trouble, outcome, &good, must_succeed(trouble));
            }
        }
    }
    if is_whole {
        let tried = tally.exact + tally.partial + tally.failed;
        let mut out = std::io::stderr();
        writeln!(out, "{name}: {tried} faults tried, {tally:?}").unwrap();
    }
    tally
}
