//! Where each driver stands: what guards its protocol, which meters are plugged in, and how their reads may end.
//!
//! | protocol | what guards it against a changed bit | flips |
//! |---|---|---|
//! | accu-chek-usb | the link: CRC of USB packets | every byte but values and texts strictly; those for plausibility |
//! | accu-chek-reports, smart-pix | the link: CRC of blocks | separators, line ends, XML; the rest for plausibility |
//! | all others | check values of their own, or every answer is heard twice and compared | every bit of every byte |
//!
//! A drive has no conversation: there a fault strikes the report as it is read (a byte lost or doubled, the drive
//! pulled or silent, the file gone when its turn comes), or as it lies on the drive (it ends early, a bit of it is
//! changed, a copy lies beside it). Of a meter behind SCSI the data of each block is struck both ways; its command
//! blocks are the link's. On HID and USB a whole report or packet is lost or doubled besides.

#[path = "table/abbott.rs"]
pub(super) mod abbott;
#[path = "table/lifescan.rs"]
pub(super) mod lifescan;
#[path = "table/others.rs"]
pub(super) mod others;
#[path = "table/roche.rs"]
pub(super) mod roche;
#[path = "table/serial.rs"]
pub(super) mod serial;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use glucodock::domain::download::{Direction, Download};
use glucodock::meters::catalogue::Catalogue;
use glucodock::meters::drivers::Driver;
use glucodock::meters::link::LineSettings;
use glucodock::meters::simulator::SimulatedMeter;
use glucodock::meters::simulator::memory_link::MemoryLink;

use super::super::bench::Shared;
use super::super::struck_link::Strike;

/// What keeps a changed bit from being taken for a value.
pub(super) enum Guard {
    /// The protocol itself, with this.
    Own(&'static str),
    /// Nothing but the link, with this.
    Link {
        by: &'static str,
        /// Which bytes from the meter, by the record of a good read, are values: a changed one cannot be seen.
        values: fn(&Download) -> BTreeSet<usize>,
    },
}

impl Guard {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Own(name) | Self::Link { by: name, .. } => name,
        }
    }
}

/// What a download that ended early may lack besides readings, by the order in which a meter tells things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lacks {
    /// Nothing: the meter has told all of itself before its readings, and each reading is whole.
    Nothing,
    /// Its version or model number, told after its serial number.
    Version,
    /// The marks of meals, told after the readings.
    Meals,
}

/// What the test knows of one driver.
pub(super) struct Row {
    pub(super) driver: &'static dyn Driver,
    pub(super) guard: Guard,
    /// Its meters and their variants on the wire.
    pub(super) plugs: Vec<Plug>,
    /// Whether its meters show a drive.
    pub(super) is_drive: bool,
    /// A file that ends behind this byte cannot be told from a whole one.
    pub(super) may_end_behind: Option<u8>,
    /// How many records one fault may damage.
    pub(super) most_lost: usize,
    /// Remarks that may stand beside an exact list.
    pub(super) remarks: &'static [&'static str],
    /// In a protocol of lengths within lengths, no byte from the meter that is lost or doubled may leave a download
    /// complete, but for so many at the end, by which everything has been read.
    pub(super) counts_every_byte_but: Option<usize>,
    /// Whether a partial download counts the records received, not the readings they became.
    pub(super) counts_records: bool,
    /// What a partial download may lack besides readings.
    pub(super) lacks: Lacks,
}

impl Row {
    fn new(driver: &'static dyn Driver, guard: Guard, plugs: Vec<Plug>) -> Self {
        Self {
            driver,
            guard,
            plugs,
            is_drive: false,
            may_end_behind: None,
            most_lost: 1,
            remarks: &[],
            counts_every_byte_but: None,
            counts_records: false,
            lacks: Lacks::Nothing,
        }
    }

    /// What the meters of the driver measure, in mg/dL.
    pub(super) fn range(&self) -> (f64, f64) {
        let meters: Vec<_> = Catalogue::embedded().by_driver(self.driver.name()).collect();
        let low = meters.iter().map(|meter| meter.range.0).min().unwrap();
        let high = meters.iter().map(|meter| meter.range.1).max().unwrap();
        (f64::from(low), f64::from(high))
    }
}

/// A meter plugged in.
pub(super) struct Plugged {
    pub(super) link: MemoryLink,
    /// How its line has to be driven.
    pub(super) needs: Option<LineSettings>,
    /// Whether it was asked for what nobody may ask of a meter.
    pub(super) misdeed: Box<dyn Fn() -> bool>,
}

/// A meter on a line that gives its bytes in pieces of seven, so that messages end anywhere.
struct InPieces<M>(M);

fn pieces(said: &[Vec<u8>]) -> Vec<Vec<u8>> {
    said.concat().chunks(7).map(<[u8]>::to_vec).collect()
}

impl<M: SimulatedMeter> SimulatedMeter for InPieces<M> {
    fn plugged(&mut self) -> Vec<Vec<u8>> {
        pieces(&self.0.plugged())
    }

    fn hear(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        pieces(&self.0.hear(bytes))
    }

    fn wait(&mut self, silence: Duration) -> Vec<Vec<u8>> {
        pieces(&self.0.wait(silence))
    }

    fn baud(&self) -> Option<u32> {
        self.0.baud()
    }
}

/// A variant of a driver's meters, and how reads of it end.
pub(super) struct Plug {
    pub(super) name: &'static str,
    pub(super) sold_as: &'static str,
    pub(super) open: Box<dyn Fn() -> Plugged>,
    /// Whether a changed bit may make a request another one, such as to erase: nothing guards what is sent to the
    /// meter. The driver cannot prevent it; what comes of the read is judged all the same.
    pub(super) has_unguarded_requests: bool,
    /// Which faults may not even make a read partial.
    pub(super) heals: fn(Strike) -> bool,
    /// How many of a hundred faults end in the exact list, and how many in a part of it, at the least.
    pub(super) least: [usize; 2],
}

impl Plug {
    /// A meter made like this; `misdeed` tells what it was asked for.
    fn new<M: SimulatedMeter + 'static>(
        name: &'static str,
        make: impl Fn() -> M + 'static,
        misdeed: fn(&M) -> bool,
        least: [usize; 2],
    ) -> Self {
        let open = move || {
            let shared = Arc::new(Mutex::new(Box::new(make())));
            let needs = shared.lock().unwrap().baud().map(LineSettings::eight_n_one);
            let link = MemoryLink::new(Box::new(Shared(Arc::clone(&shared))), None);
            Plugged { link, needs, misdeed: Box::new(move || misdeed(&shared.lock().unwrap())) }
        };
        Self { name, sold_as: "", open: Box::new(open), has_unguarded_requests: false, heals: |_| false, least }
    }

    /// The same on a line that needs more than a baud rate.
    fn on_line(self, needs: LineSettings) -> Self {
        let open = self.open;
        Self { open: Box::new(move || Plugged { needs: Some(needs), ..open() }), ..self }
    }

    /// The same with each of these faults mended by reading again.
    fn healing(self, heals: fn(Strike) -> bool) -> Self {
        Self { heals, ..self }
    }

    fn with_unguarded_requests(self) -> Self {
        Self { has_unguarded_requests: true, ..self }
    }

    fn sold_as(self, sold_as: &'static str) -> Self {
        Self { sold_as, ..self }
    }
}

/// Every fault after which the wire is sound again.
fn that_passes(strike: Strike) -> bool {
    strike.harm.passes()
}

/// Those of the bytes from the meter: of what is sent to it not everything is sent again.
fn that_passes_from_meter(strike: Strike) -> bool {
    strike.harm.passes() && strike.way == Direction::FromMeter
}

/// A meter that cannot be asked for anything.
fn never<M>(_: &M) -> bool {
    false
}

/// Whether somebody asked, of a meter behind a bridge.
fn asked(watch: &std::sync::atomic::AtomicBool) -> bool {
    watch.load(std::sync::atomic::Ordering::Acquire)
}
