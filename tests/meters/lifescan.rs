//! What the tests of `LifeScan`'s three binary families have in common.

use std::sync::{Arc, Mutex};

use glucodock::domain::download::Download;
use glucodock::domain::problem::ProblemCode;
use glucodock::domain::reading::{Kind, Meal};
use glucodock::meters::drivers::Driver;
use glucodock::meters::error::MeterError;
use glucodock::meters::link::LineSettings;
use glucodock::meters::simulator::SimulatedMeter;
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::onetouch_verio::{Misdeeds, NoSuchLifescanMeter};
use glucodock::meters::simulator::readings::{ReadingSet, SimulatedReading};
use glucodock::meters::simulator::wanted::Wanted;

use super::bench::{
    self, Shared, Told, assert_one_lost, before_or_after, newest_first, partial, read_cancelled, read_link, told,
};
use super::struck_link::StruckLink;

/// `count` readings with at least one control test among ten.
pub(crate) fn memory(count: usize) -> ReadingSet {
    let mut set = bench::memory(count);
    for reading in set.readings.iter_mut().skip(3).step_by(10) {
        reading.kind = Kind::Control;
    }
    set
}

/// Such a meter with these readings, three seconds ahead.
pub(crate) fn wanted(slug: &str, count: usize) -> Wanted {
    bench::wanted(slug, memory(count))
}

/// What a family that knows blood and control, before and after tells of a reading.
pub(crate) fn marks(reading: &SimulatedReading) -> (Kind, Option<Meal>) {
    (reading.kind, Some(before_or_after(reading)))
}

/// One family: a meter `M` that may misbehave in the ways of `F`.
pub(crate) struct Family<M, F> {
    pub(crate) slug: &'static str,
    pub(crate) driver: &'static dyn Driver,
    pub(crate) make: fn(Wanted, F) -> Result<M, NoSuchLifescanMeter>,
    pub(crate) misdeeds: fn(&M) -> Misdeeds,
    pub(crate) tell: fn(&SimulatedReading) -> (Kind, Option<Meal>),
}

impl<M: SimulatedMeter + 'static, F: Default> Family<M, F> {
    /// What must come out of a meter with so many readings.
    pub(crate) fn list(&self, count: usize) -> Vec<Told> {
        newest_first(&memory(count), |index, reading| {
            let (kind, meal) = (self.tell)(reading);
            (index, Some(reading.time), reading.measured, kind, meal)
        })
    }

    fn plug(&self, wanted: Wanted, faults: F) -> (StruckLink, Arc<Mutex<Box<M>>>) {
        let meter = (self.make)(wanted, faults).unwrap();
        let needs = meter.baud().map(LineSettings::eight_n_one);
        let meter = Arc::new(Mutex::new(Box::new(meter)));
        (StruckLink::new(MemoryLink::new(Box::new(Shared(Arc::clone(&meter))), None), needs, None), meter)
    }

    /// Reads the meter; also how many bytes of blocks or frames were sent to it. It must not have been asked for what
    /// nobody may ask.
    pub(crate) fn run(&self, wanted: Wanted, faults: F) -> (Result<Download, MeterError>, usize) {
        let (mut link, meter) = self.plug(wanted, faults);
        let result = read_link(self.driver, &mut link, "");
        assert_eq!((self.misdeeds)(&meter.lock().unwrap()), Misdeeds::default());
        (result, link.to_meter.passed)
    }

    pub(crate) fn read(&self, count: usize, faults: F) -> Result<Download, MeterError> {
        self.run(wanted(self.slug, count), faults).0
    }

    /// A meter, in either unit, is read exactly, and has this model, serial number and version.
    pub(crate) fn is_read_exactly(&self, wanted: Wanted, [model, serial, firmware]: [&str; 3]) -> Download {
        let count = wanted.memory.readings.len();
        let download = self.run(wanted, F::default()).0.unwrap();
        assert!(download.is_complete());
        assert_eq!(download.announced, Some(u32::try_from(count).unwrap()));
        assert_eq!(told(&download), self.list(count));
        assert_eq!(download.warnings, []);
        assert_eq!(download.meter.model, model.into());
        assert_eq!(download.meter.serial.expose().as_str(), serial);
        assert_eq!(download.meter.firmware, Some(firmware.into()));
        assert_eq!(download.clock.as_ref().unwrap().offset_seconds(), 3);
        download
    }

    /// What these faults do is mended by reading again.
    pub(crate) fn is_mended(&self, faults: F) {
        let download = self.read(10, faults).unwrap();
        assert!(download.is_complete(), "{:?}", download.completeness);
        assert_eq!(told(&download), self.list(10));
        assert_eq!(download.meter, self.read(10, F::default()).unwrap().meter);
    }

    /// Of ten records the one at `index` is named with the reason, and the others are kept.
    pub(crate) fn loses_only(&self, index: u32, faults: F, why: &str) {
        let download = self.read(10, faults).unwrap();
        let code = if why.contains("refused") { ProblemCode::MeterShort } else { ProblemCode::MeterRecords };
        assert_one_lost(&download, index, &self.list(10), code, Some(10));
        let row = &download.not_taken[0];
        assert_eq!(row.place.as_str(), format!("record {} of 10", index + 1));
        assert!(row.reason.as_str().contains(why), "{row:?}");
    }

    /// A count that is too high by this is never met.
    pub(crate) fn is_short_by(&self, more: u32) {
        let fault = Some(format!("count-high@{more}").parse().unwrap());
        let download = self.run(Wanted { fault, ..wanted(self.slug, 10) }, F::default()).0.unwrap();
        let problem = partial(&download);
        assert_eq!((problem.code, problem.done, problem.of), (ProblemCode::MeterShort, 10, Some(10 + more)));
        assert_eq!(told(&download), self.list(10));
    }

    /// A read that is cancelled meanwhile ends as such.
    pub(crate) fn can_be_cancelled(&self) {
        let (mut link, _) = self.plug(wanted(self.slug, 10), F::default());
        assert_eq!(read_cancelled(self.driver, &mut link, 5).0, Err(MeterError::Cancelled));
    }
}
