//! Families whose meters come on a line and behind a bridge, or in several languages.

use glucodock::meters::drivers::caresens::{CareSens, PLAIN_HID};
use glucodock::meters::drivers::contour::{ContourHid, ContourSerial};
use glucodock::meters::drivers::taidoc::TaiDoc;
use glucodock::meters::simulator::SimulatedMeter;
use glucodock::meters::simulator::caresens::{
    CareSensFaults, DEFAULT_SERIAL as CARESENS, SimulatedCareSens, SimulatedPlainHid,
};
use glucodock::meters::simulator::contour::{ContourConfig, SimulatedContour};
use glucodock::meters::simulator::cp2110::{BridgeHabits, SimulatedCp2110};
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::taidoc::{DEFAULT_SERIAL as TAIDOC, SimulatedTaiDoc, TaiDocFaults};

use super::super::super::bench::{last, meter_now, varied};
use super::{Guard, Plug, Plugged, Row, asked, never, that_passes, that_passes_from_meter};

/// A serial number that makes a meter of protocol 1.
const PROTOCOL_1: &str = "CVP00A00042";

/// A meter in what `cover` puts around it; `watch` tells what the meter inside was asked for.
fn covered<M: SimulatedMeter + 'static>(
    name: &'static str,
    make: impl Fn() -> M + 'static,
    watch: fn(&M) -> Vec<std::sync::Arc<std::sync::atomic::AtomicBool>>,
    cover: fn(Box<dyn SimulatedMeter>) -> Box<dyn SimulatedMeter>,
    least: [usize; 2],
) -> Plug {
    let open = move || {
        let meter = make();
        let watches = watch(&meter);
        let misdeed = Box::new(move || watches.iter().any(|watch| asked(watch)));
        Plugged { link: MemoryLink::new(cover(Box::new(meter)), None), needs: None, misdeed }
    };
    Plug { name, sold_as: "", open: Box::new(open), has_unguarded_requests: false, heals: |_| false, least }
}

fn bridged(meter: Box<dyn SimulatedMeter>) -> Box<dyn SimulatedMeter> {
    Box::new(SimulatedCp2110::new(meter, BridgeHabits::default()))
}

fn padded(meter: Box<dyn SimulatedMeter>) -> Box<dyn SimulatedMeter> {
    Box::new(SimulatedCp2110::new(meter, BridgeHabits { padded: true, ..BridgeHabits::default() }))
}

fn in_plain_reports(meter: Box<dyn SimulatedMeter>) -> Box<dyn SimulatedMeter> {
    Box::new(SimulatedPlainHid::new(meter))
}

/// Records without a check value are read twice. The first byte names the protocol, and nothing guards it.
pub(in super::super) fn caresens() -> Row {
    let meter = |serial, checks_records| {
        move || {
            let faults = CareSensFaults { checks_records, ..CareSensFaults::default() };
            SimulatedCareSens::new(serial, &varied(10), Box::new(meter_now), faults, None).unwrap()
        }
    };
    let line = |name, serial, checks_records| {
        let misdeed = |meter: &SimulatedCareSens| asked(&meter.clock_watch());
        Plug::new(name, meter(serial, checks_records), misdeed, [60, 11])
            .healing(|strike| that_passes_from_meter(strike) && strike.at > 0)
    };
    let watch = |meter: &SimulatedCareSens| vec![meter.clock_watch()];
    let hid = |name, cover| covered(name, meter(CARESENS, false), watch, cover, [60, 11]);
    Row::new(
        &CareSens,
        Guard::Own("CRC-16, or read twice"),
        vec![
            line("protocol 3", CARESENS, false),
            line("protocol 3 with check values", CARESENS, true),
            line("protocol 1", PROTOCOL_1, false),
            hid("protocol 3 behind a CP2110", bridged).sold_as("CareSens N"),
            hid("protocol 3, padded reports", padded).sold_as("CareSens N"),
            hid("protocol 3 in plain reports", in_plain_reports).sold_as(PLAIN_HID),
        ],
    )
}

fn contour(layout: fn(ContourConfig) -> ContourConfig) -> impl Fn() -> SimulatedContour {
    move || SimulatedContour::new(layout(ContourConfig::next_usb(varied(10), last())))
}

const SUM_OF_FRAME: Guard = Guard::Own("8-bit sum of a frame");

/// Control bytes have no check value. (The simulated meter takes any other byte for a remote command, so that a changed
/// one looks like it.) A changed one stops the transmission, or makes the meter start it over, but the
/// numbers of frames and results, the announced count and the last record do not let it be taken for a whole one.
pub(in super::super) fn contour_hid() -> Row {
    let plug = Plug::new("HID reports", contour(|config| config), never, [60, 11]).healing(that_passes_from_meter);
    Row::new(&ContourHid, SUM_OF_FRAME, vec![plug])
}

pub(in super::super) fn contour_serial() -> Row {
    let plug =
        Plug::new("serial line", contour(ContourConfig::serial), never, [60, 11]).healing(that_passes_from_meter);
    Row::new(&ContourSerial, SUM_OF_FRAME, vec![plug])
}

pub(in super::super) fn taidoc() -> Row {
    let meter =
        || SimulatedTaiDoc::new(TAIDOC, &varied(10), Box::new(meter_now), TaiDocFaults::default(), None).unwrap();
    let misdeed = |meter: &SimulatedTaiDoc| asked(&meter.erase_watch()) || asked(&meter.clock_watch());
    let watch = |meter: &SimulatedTaiDoc| vec![meter.erase_watch(), meter.clock_watch()];
    Row::new(
        &TaiDoc,
        Guard::Own("8-bit sum of a frame"),
        vec![
            Plug::new("serial line", meter, misdeed, [60, 11]).healing(that_passes),
            covered("behind a CP2110", meter, watch, bridged, [60, 11]),
            covered("padded reports", meter, watch, padded, [60, 11]),
        ],
    )
}
