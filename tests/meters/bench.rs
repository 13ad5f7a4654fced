//! The bench on which every family is tested: the time of day, a memory, a read, and what counts of its outcome.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use glucodock::domain::download::{Completeness, Download};
use glucodock::domain::glucose::Measured;
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::reading::{Kind, Meal};
use glucodock::meters::conversation::{Cancel, Conversation, Progress};
use glucodock::meters::drivers::Driver;
use glucodock::meters::error::MeterError;
use glucodock::meters::link::Link;
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::readings::{ReadingSet, SimulatedReading};
use glucodock::meters::simulator::wanted::Wanted;
use glucodock::meters::simulator::{DriveFile, SimulatedMeter};
use jiff::Zoned;
use jiff::civil::{DateTime, date};

/// When every read takes place.
pub(crate) fn now() -> Zoned {
    "2026-07-14T12:00:00+02:00[Europe/Berlin]".parse().unwrap()
}

/// What the meter's clock shows: three minutes ahead.
pub(crate) fn meter_now() -> DateTime {
    date(2026, 7, 14).at(12, 3, 0, 0)
}

/// When the newest reading was measured.
pub(crate) fn last() -> DateTime {
    date(2026, 7, 14).at(8, 30, 12, 0)
}

/// The memory of a meter.
pub(crate) fn memory(count: usize) -> ReadingSet {
    ReadingSet::seeded(count, 11, last())
}

/// The same with a control test, a LO and a HI among every ten.
pub(crate) fn varied(count: usize) -> ReadingSet {
    let mut set = memory(count);
    for (place, reading) in set.readings.iter_mut().enumerate() {
        match place % 10 {
            3 => reading.kind = Kind::Control,
            5 => reading.measured = Measured::Low,
            7 => reading.measured = Measured::High,
            _ => {}
        }
    }
    set
}

/// A meter with this memory, three seconds ahead, for families that are made as the shelf makes them.
pub(crate) fn wanted(slug: &str, memory: ReadingSet) -> Wanted {
    Wanted::new(slug, memory, || date(2026, 7, 14).at(12, 0, 3, 0))
}

/// Reads a meter over a link.
pub(crate) fn read_link(driver: &dyn Driver, link: &mut dyn Link, sold_as: &str) -> Result<Download, MeterError> {
    let mut report = |_| {};
    driver.read(&mut Conversation::new(link, Cancel::default(), &mut report, &now), &sold_as.into())
}

/// Reads a meter over a good wire.
pub(crate) fn read(driver: &dyn Driver, meter: impl SimulatedMeter + 'static) -> Result<Download, MeterError> {
    read_link(driver, &mut MemoryLink::new(Box::new(meter), None), "the meter")
}

/// A read that is cancelled once so many readings have come, and the progress it told until then.
pub(crate) fn read_cancelled(
    driver: &dyn Driver,
    link: &mut dyn Link,
    after: u32,
) -> (Result<Download, MeterError>, Vec<Progress>) {
    let cancel = Cancel::default();
    let stop = cancel.clone();
    let mut seen = Vec::new();
    let mut report = |progress: Progress| {
        seen.push(progress);
        if progress.done >= after {
            stop.cancel();
        }
    };
    let result = driver.read(&mut Conversation::new(link, cancel, &mut report, &now), &"".into());
    (result, seen)
}

/// What counts of a reading: index, time, result, kind, meal.
pub(crate) type Told = (u32, Option<DateTime>, Measured, Kind, Option<Meal>);

/// What counts of each reading.
pub(crate) fn told(download: &Download) -> Vec<Told> {
    download.readings.iter().map(|r| (r.index, r.time, r.measured, r.kind, r.meal)).collect()
}

/// The readings of a memory as a meter tells them that sends its newest one first: time, result, kind and meal by
/// `tell`.
pub(crate) fn newest_first<T>(held: &ReadingSet, tell: impl Fn(u32, &SimulatedReading) -> T) -> Vec<T> {
    let count = held.readings.len();
    let index = |place: usize| u32::try_from(count - 1 - place).unwrap();
    held.readings.iter().enumerate().map(|(place, reading)| tell(index(place), reading)).collect()
}

/// A stamp of a meter that keeps no seconds.
pub(crate) fn minute(time: DateTime) -> DateTime {
    time.with().second(0).build().unwrap()
}

/// The mark of a meter that knows before and after a meal only.
pub(crate) fn before_or_after(reading: &SimulatedReading) -> Meal {
    reading.meal.filter(|meal| matches!(meal, Meal::Before | Meal::After)).unwrap_or(Meal::None)
}

/// Why the download is not complete.
#[track_caller]
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

/// Of the whole list the record at `index` is named as not taken, and all others are kept; `of` were announced.
#[track_caller]
pub(crate) fn assert_one_lost(download: &Download, index: u32, whole: &[Told], code: ProblemCode, of: Option<u32>) {
    let problem = partial(download);
    assert_eq!((problem.code, problem.done as usize + 1, problem.of), (code, whole.len(), of));
    let [row] = download.not_taken.as_slice() else { panic!("{:?}", download.not_taken) };
    assert!(row.place.as_str().starts_with(&format!("record {}", index + 1)), "{row:?}");
    let rest: Vec<_> = whole.iter().filter(|reading| reading.0 != index).copied().collect();
    assert_eq!(told(download), rest);
}

/// A meter that the test keeps a hold of while a link has it.
pub(crate) struct Shared<M: ?Sized>(pub(crate) Arc<Mutex<Box<M>>>);

impl<M: SimulatedMeter + ?Sized> SimulatedMeter for Shared<M> {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        self.0.lock().unwrap().plugged()
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.0.lock().unwrap().hear(bytes)
    }

    fn hear_feature(&mut self, report: &[u8]) -> Vec<Vec<u8>> {
        self.0.lock().unwrap().hear_feature(report)
    }

    fn command(&mut self, cdb: &[u8], data_out: &[u8], expected: usize) -> Option<Vec<u8>> {
        self.0.lock().unwrap().command(cdb, data_out, expected)
    }

    fn drive(&self) -> Option<Vec<DriveFile>> {
        self.0.lock().unwrap().drive()
    }

    fn wait(&mut self, silence: Duration) -> Vec<Vec<u8>> {
        self.0.lock().unwrap().wait(silence)
    }

    fn baud(&self) -> Option<u32> {
        self.0.lock().unwrap().baud()
    }
}
