//! Every driver that reads through a generic cable meets every simulated meter that may hang on one: only its own
//! meters give a download. The memory of cables rests on this: a wrong guess costs a try, never a value.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::sync::Arc;

use glucodock::domain::download::Download;
use glucodock::host::bus::MeterBus as _;
use glucodock::host::clock::{Clock as _, VirtualClock};
use glucodock::host::simulated_bus::SimulatedBus;
use glucodock::meters::catalogue::{Catalogue, Meter};
use glucodock::meters::conversation::{Cancel, Conversation};
use glucodock::meters::error::MeterError;
use glucodock::meters::link::LinkError;
use tokio::sync::mpsc::unbounded_channel;

/// The meters that may hang on a generic cable.
fn behind_cables() -> Vec<&'static Meter> {
    Catalogue::embedded().meters().iter().filter(|meter| !meter.cables.is_empty()).collect()
}

/// Reads a simulated meter in the language of this driver; nothing where the driver is for another kind of link.
fn read(meter: &Meter, special: &str, driver: &str) -> Option<Result<Download, MeterError>> {
    let clock = Arc::new(VirtualClock::new("2026-07-14T12:00:00+02:00[Europe/Berlin]".parse().unwrap()));
    let (sender, _events) = unbounded_channel();
    let bus = SimulatedBus::new(Catalogue::embedded(), Arc::<VirtualClock>::clone(&clock), Arc::default(), sender);
    let id = bus.plug(format!("{} {special}", meter.slug).parse().unwrap()).unwrap();
    let mut open = match bus.open(id, Some(driver)) {
        Ok(open) => open,
        Err(LinkError::Unsupported { .. }) => return None,
        Err(error) => panic!("{driver} on {}: {error}", meter.slug),
    };
    let now = || clock.now();
    let mut report = |_| {};
    let mut conversation = Conversation::new(open.link.as_mut(), Cancel::default(), &mut report, &now);
    Some(open.driver.read(&mut conversation, &open.sold_as))
}

#[test]
fn a_meter_that_is_spoken_to_in_another_language_gives_no_download() {
    let meters = behind_cables();
    let drivers: BTreeSet<&str> = meters.iter().map(|meter| meter.driver.as_str()).collect();
    assert!(meters.len() >= 14 && drivers.len() >= 10, "{} meters, {} drivers", meters.len(), drivers.len());
    let (mut tried, mut wrong) = (0, Vec::new());
    for meter in &meters {
        let many = format!("readings={} seed=3", meter.memory.unwrap_or(400).min(400));
        for special in ["readings=25", "readings=0", many.as_str()] {
            for driver in drivers.iter().filter(|driver| **driver != meter.driver) {
                let result = read(meter, special, driver);
                tried += usize::from(result.is_some());
                if let Some(Ok(download)) = result {
                    let what = if download.is_complete() { "whole" } else { "partial" };
                    wrong.push(format!("{} {special} read by {driver}: a {what} download", meter.slug));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried >= 300, "{tried} conversations");
}

#[test]
fn in_its_own_language_it_gives_one() {
    for meter in behind_cables() {
        let download = read(meter, "readings=25", &meter.driver).unwrap().unwrap();
        assert!(download.is_complete(), "{}", meter.slug);
    }
}
