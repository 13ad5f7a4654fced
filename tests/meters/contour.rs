//! Contour meters: every model of the catalogue.

use glucodock::domain::download::{Completeness, Download};
use glucodock::domain::glucose::{Measured, Unit};
use glucodock::meters::catalogue::{Catalogue, Meter};
use glucodock::meters::drivers;
use glucodock::meters::simulator::fault::Fault;
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::shelf;
use glucodock::meters::simulator::wanted::Wanted;

use super::bench::{last, read_link, varied as memory};

fn models() -> Vec<&'static Meter> {
    let catalogue = Catalogue::embedded();
    ["contour-hid", "contour-serial"].iter().flat_map(|driver| catalogue.by_driver(driver)).collect()
}

fn read_model(model: &Meter, count: usize, shows_mmol: bool, fault: Option<Fault>) -> Download {
    let wanted = Wanted { fault, shows_mmol, ..Wanted::new(&model.slug, memory(count), last) };
    let mut link = MemoryLink::new(shelf::make(&model.driver, wanted).unwrap(), fault);
    read_link(drivers::by_name(&model.driver).unwrap(), &mut link, model.name().as_str()).unwrap()
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
