//! How long each driver waits for a meter that says nothing, counted and not waited.

use std::time::Duration;

use glucodock::meters::catalogue::{Catalogue, LinkKind};
use glucodock::meters::conversation::{Cancel, Conversation};
use glucodock::meters::drivers::{self, patience::at_most};
use glucodock::meters::link::{Link, LinkError};

/// A link behind which nobody is. Waiting takes no time and is counted.
#[derive(Default)]
struct Nobody {
    waited: Duration,
    has_features: bool,
}

impl Link for Nobody {
    fn send(&mut self, _bytes: &[u8], _wait: Duration) -> Result<(), LinkError> {
        Ok(())
    }

    fn receive(&mut self, wait: Duration) -> Result<Vec<u8>, LinkError> {
        self.waited += wait;
        Err(LinkError::TimedOut)
    }

    fn send_feature(&mut self, _report: &[u8], _wait: Duration) -> Result<(), LinkError> {
        if self.has_features { Ok(()) } else { Err(LinkError::Unsupported { operation: "feature reports" }) }
    }

    fn command(&mut self, _: &[u8], _: &[u8], _: usize, wait: Duration) -> Result<Vec<u8>, LinkError> {
        self.waited += wait;
        Err(LinkError::TimedOut)
    }
}

/// What the driver waits on this meter's medium.
fn waited(driver: &dyn drivers::Driver, name: &str, has_features: bool) -> Duration {
    let mut link = Nobody { has_features, ..Nobody::default() };
    let clock = || "2026-07-14T12:00:00+02:00[Europe/Berlin]".parse().unwrap();
    let mut report = |_| {};
    let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &clock);
    assert!(driver.read(&mut conversation, &name.into()).is_err(), "{} read nobody", driver.name());
    link.waited
}

#[test]
fn what_is_said_of_each_driver_is_what_it_waits() {
    let catalogue = Catalogue::embedded();
    let mut wrong = Vec::new();
    for driver in drivers::ALL {
        let meters = catalogue.by_driver(driver.name()).filter(|meter| meter.link != LinkKind::Folder);
        let longest = meters.map(|meter| waited(*driver, meter.name().as_str(), meter.link == LinkKind::UsbHid)).max();
        let whole = longest.map(|longest| longest.as_millis().div_ceil(1000));
        if at_most(driver.name()).map(|most| u128::from(most.as_secs())) != whole {
            wrong.push(format!("{:?} => {whole:?}", driver.name()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
