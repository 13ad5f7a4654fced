//! Abbott: the serial meters and those on HID.

use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::reading::Kind;
use glucodock::meters::codec::freestyle_serial::entry::Dialect;
use glucodock::meters::drivers::Driver;
use glucodock::meters::drivers::freestyle_insulinx::FreeStyleInsuLinx;
use glucodock::meters::drivers::freestyle_libre::FreeStyleLibre;
use glucodock::meters::drivers::freestyle_lite::FreeStyleLite;
use glucodock::meters::drivers::freestyle_neo::FreeStyleNeo;
use glucodock::meters::drivers::freestyle_optium::FreeStyleOptium;
use glucodock::meters::simulator::freestyle_hid::{HidFaults, HidModel, SimulatedFreeStyleHid};
use glucodock::meters::simulator::freestyle_serial::{FreeStyleFaults, SimulatedFreeStyle};
use glucodock::meters::simulator::readings::ReadingSet;

use super::super::super::bench::{meter_now, varied};
use super::{Guard, Lacks, Plug, Row, asked, that_passes};

/// The same with two ketones: 0.17 and 0.72 mmol/L are 3 and 13 eighteenths.
fn with_ketones(mut set: ReadingSet) -> ReadingSet {
    for (place, digits) in [(1, 17), (4, 72)] {
        set.readings[place].kind = Kind::Ketone;
        set.readings[place].measured = Measured::Value(Concentration::new(digits, 2, Unit::MmolPerL));
    }
    set
}

/// Every fault that passes is found by the sum of the log and mended by reading it again.
fn serial(driver: &'static dyn Driver, dialect: Dialect) -> Row {
    let meter = move || {
        let (serial, memory) = match dialect {
            Dialect::Lite => ("CMMA123-A4567", varied(10)),
            Dialect::Optium => ("XCMA123-B4567", with_ketones(varied(10))),
        };
        SimulatedFreeStyle::new(dialect, serial, memory, Box::new(meter_now), FreeStyleFaults::default()).unwrap()
    };
    // Without its log a Lite has not said who it is.
    let least = if dialect == Dialect::Lite { [68, 0] } else { [68, 8] };
    let misdeed = |meter: &SimulatedFreeStyle| asked(&meter.erase_watch()) || asked(&meter.clock_watch());
    let plug = Plug::new("serial line", meter, misdeed, least).healing(that_passes);
    in_steps(driver, Guard::Own("16-bit sum of the log"), vec![plug])
}

pub(in super::super) fn freestyle_lite() -> Row {
    serial(&FreeStyleLite, Dialect::Lite)
}

pub(in super::super) fn freestyle_optium() -> Row {
    serial(&FreeStyleOptium, Dialect::Optium)
}

/// What is not under the sum of a text is type or length of a report.
fn hid(driver: &'static dyn Driver, model: HidModel) -> Row {
    let meter = move || {
        let mut memory = varied(10);
        let mut faults = HidFaults::default();
        match model {
            HidModel::InsuLinx => memory.readings.iter_mut().for_each(|reading| reading.kind = Kind::Blood),
            HidModel::Neo => memory = with_ketones(memory),
            HidModel::Libre => {
                memory = with_ketones(memory);
                memory.readings[6].kind = Kind::Sensor;
                memory.readings[8].kind = Kind::Sensor;
                faults.scans = [8].into();
            }
        }
        SimulatedFreeStyleHid::new(model, "LCMV123-A4567", memory, Box::new(meter_now), faults).unwrap()
    };
    let misdeed = |meter: &SimulatedFreeStyleHid| asked(&meter.erase_watch()) || asked(&meter.clock_watch());
    let plug = Plug::new("HID reports", meter, misdeed, [68, 12]).healing(that_passes);
    in_steps(driver, Guard::Own("32-bit sum of a text"), vec![plug])
}

pub(in super::super) fn freestyle_insulinx() -> Row {
    hid(&FreeStyleInsuLinx, HidModel::InsuLinx)
}

pub(in super::super) fn freestyle_libre() -> Row {
    hid(&FreeStyleLibre, HidModel::Libre)
}

pub(in super::super) fn freestyle_neo() -> Row {
    hid(&FreeStyleNeo, HidModel::Neo)
}

/// The serial number comes first, the version later.
fn in_steps(driver: &'static dyn Driver, guard: Guard, plugs: Vec<Plug>) -> Row {
    Row { lacks: Lacks::Version, ..Row::new(driver, guard, plugs) }
}
