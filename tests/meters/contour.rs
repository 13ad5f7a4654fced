//! Contour meters on a wire with one fault, either way, at any byte, and every model of the catalogue.
//!
//! | driver         | check value               | flips                                                  |
//! |----------------|---------------------------|--------------------------------------------------------|
//! | contour-hid    | sum of each frame, mod 256 | every bit; the padding of a report may change as it likes |
//! | contour-serial | sum of each frame, mod 256 | every bit                                              |
//!
//! Control bytes have no check value. A changed one stops the transmission, or makes the meter start it over, but the
//! numbers of frames and results, the announced count and the last record do not let it be taken for a whole one.

use glucodock::domain::download::{Completeness, Download};
use glucodock::domain::glucose::{Measured, Unit};
use glucodock::domain::reading::Kind;
use glucodock::meters::catalogue::{Catalogue, Meter};
use glucodock::meters::drivers;
use glucodock::meters::drivers::contour::{ContourHid, ContourSerial};
use glucodock::meters::simulator::contour::{ContourConfig, SimulatedContour};
use glucodock::meters::simulator::fault::Fault;
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::readings::ReadingSet;
use glucodock::meters::simulator::shelf::{self, Wanted};
use jiff::civil::{DateTime, date};

use crate::fault_sweep::{read, sweep};

fn last() -> DateTime {
    date(2026, 7, 14).at(8, 30, 12, 0)
}

/// Readings of every sort: LO and HI, marks, a control test.
fn memory(count: usize) -> ReadingSet {
    let mut set = ReadingSet::seeded(count, 11, last());
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

fn hid() -> ContourConfig {
    ContourConfig::next_usb(memory(10), last())
}

fn plug(config: ContourConfig) -> MemoryLink {
    MemoryLink::new(Box::new(SimulatedContour::new(config)), None)
}

#[test]
fn a_fault_at_any_byte_never_gives_a_wrong_list() {
    // 7 has no factor in common with 64: the positions of a report are all struck in one report or another.
    let tally = sweep(&ContourHid, "", 7, || plug(hid()));
    assert!(tally.exact > tally.partial && tally.partial > 100 && tally.failed > 50, "{tally:?}");
    let tally = sweep(&ContourSerial, "", 3, || plug(hid().serial()));
    assert!(tally.exact > tally.partial && tally.partial > 100 && tally.failed > 50, "{tally:?}");
}

#[test]
#[ignore = "takes long: every position"]
fn a_fault_at_every_byte_never_gives_a_wrong_list() {
    let tallies = [sweep(&ContourHid, "", 1, || plug(hid())), sweep(&ContourSerial, "", 1, || plug(hid().serial()))];
    assert!(tallies.iter().all(|tally| tally.all() > 5000), "{tallies:?}");
}

fn models() -> Vec<&'static Meter> {
    let catalogue = Catalogue::embedded().unwrap();
    ["contour-hid", "contour-serial"].iter().flat_map(|driver| catalogue.by_driver(driver)).collect()
}

fn read_model(model: &Meter, count: usize, shows_mmol: bool, fault: Option<Fault>) -> Download {
    let wanted = Wanted {
        slug: model.slug.clone(),
        serial: None,
        memory: memory(count),
        clock: Box::new(last),
        fault,
        shows_mmol,
        clock_was_adjusted: false,
    };
    let mut link = MemoryLink::new(shelf::make(&model.driver, wanted).unwrap(), fault);
    read(drivers::by_name(&model.driver).unwrap(), &mut link, model.name().as_str()).unwrap()
}

#[test]
fn every_model_of_the_catalogue_is_read_in_both_units() {
    assert_eq!(models().len(), 11);
    for model in models() {
        for (count, shows_mmol) in [(0, false), (1, true), (10, false), (model.memory.unwrap() as usize, true)] {
            let download = read_model(model, count, shows_mmol, None);
            assert!(download.is_complete(), "{}", model.slug);
            assert_eq!(download.meter.model, model.name(), "the catalogue calls it otherwise");
            let unit = if shows_mmol { Unit::MmolPerL } else { Unit::MgPerDl };
            let held = memory(count).readings;
            assert_eq!(download.readings.len(), held.len(), "{}", model.slug);
            for (found, held) in download.readings.iter().zip(&held) {
                assert_eq!(found.kind, held.kind, "{}", model.slug);
                let shown = |measured: Measured| measured.concentration().map(|value| value.glucose_in(unit));
                assert_eq!(shown(found.measured), shown(held.measured), "{}", model.slug);
                assert_eq!(found.measured == Measured::Low, held.measured == Measured::Low, "{}", model.slug);
                assert!(found.measured.concentration().is_none_or(|value| value.unit() == unit));
            }
        }
    }
}

#[test]
fn faults_of_the_command_line_reach_every_model() {
    for model in models().into_iter().filter(|model| model.driver == "contour-hid") {
        let download = read_model(model, 10, false, Some("count-high@2".parse().unwrap()));
        let Completeness::Partial(problem) = &download.completeness else { panic!("{}", model.slug) };
        assert_eq!((problem.done, problem.of), (10, Some(12)), "{}", model.slug);
        let download = read_model(model, 10, false, Some("checksum@900".parse().unwrap()));
        assert!(download.is_complete());
        assert_eq!(download.readings.len(), 10, "{}", model.slug);
    }
}
