use jiff::civil::date;

use super::*;
use crate::meters::simulator::readings::ReadingSet;
use crate::meters::simulator::shelf;
use crate::meters::simulator::wanted::Wanted;

fn dressed(slug: &str, cable: Option<SimulatedCable>) -> Result<Box<dyn Function>, NoUsbDevice> {
    let catalogue = Catalogue::embedded();
    let model = catalogue.by_slug(slug).unwrap();
    let now = date(2026, 7, 14).at(12, 0, 0, 0);
    let wanted = Wanted::new(slug, ReadingSet::seeded(3, 1, now), move || now);
    device(catalogue, model, cable, shelf::make(&model.driver, wanted).unwrap(), FaultyWire::default())
}

fn id_of(function: &dyn Function) -> String {
    let device = function.descriptors().device;
    format!("{:02x}{:02x}:{:02x}{:02x}", device[9], device[8], device[11], device[10])
}

/// Every meter of the catalogue, but for those whose cable has a chip that is not simulated.
#[test]
fn a_meter_is_the_device_that_the_catalogue_says() {
    let catalogue = Catalogue::embedded();
    let mut not_simulated = Vec::new();
    for model in catalogue.meters() {
        match dressed(&model.slug, None) {
            Ok(function) => {
                let id = id_of(function.as_ref());
                let known = catalogue.ids_of(model).any(|known| known.to_string() == id);
                assert!(known || (model.slug == "smart-pix" && id == "1209:0001"), "{}: {id}", model.slug);
                assert!(!function.descriptors().endpoints().is_empty(), "{}", model.slug);
            }
            Err(reason) => {
                assert_eq!(reason.to_string(), format!("{} is behind a cable that cannot be simulated", model.slug));
                not_simulated.push(model.slug.as_str());
            }
        }
    }
    assert_eq!(not_simulated, ["freestyle-optium", "glucomen-areo-gk"]);
}

#[test]
fn a_meter_can_be_behind_any_cable_that_it_may_be_plugged_into() {
    let ids = SimulatedCable::ALL.map(|cable| {
        assert_eq!(cable.name().parse(), Ok(cable));
        id_of(dressed("onetouch-ultra2", Some(cable)).unwrap().as_ref())
    });
    assert_eq!(ids, ["10c4:ea60", "0403:6001", "067b:2303", "1a86:7523", "1209:0001"]);
    let catalogue = Catalogue::embedded();
    for (cable, id) in SimulatedCable::ALL.iter().zip(&ids).take(4) {
        let listed = catalogue.cables().iter().find(|listed| listed.slug == cable.name()).unwrap();
        assert!(listed.ids.iter().any(|listed| listed.to_string() == *id), "{id}");
    }
    for slug in ["accu-chek-guide", "onetouch-verio-iq", "accu-chek-mobile"] {
        assert!(
            dressed(slug, Some(SimulatedCable::Ftdi)).err().unwrap().to_string().contains("plug of its own"),
            "{slug}"
        );
    }
    assert!("serial".parse::<SimulatedCable>().unwrap_err().to_string().contains("cdc-acm"));
}
