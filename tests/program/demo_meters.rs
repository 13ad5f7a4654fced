//! The demo clinic's meters, plugged and read: each is what the fixture says, and the owned one is known at once.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::collections::BTreeSet;
use std::sync::Arc;

use glucodock::domain::association::{Owner, Relation};
use glucodock::domain::clinic::{Actor, Credentials, Password};
use glucodock::domain::download::Download;
use glucodock::domain::permission::Permission;
use glucodock::domain::reading::Kind;
use glucodock::domain::text::Private;
use glucodock::host::bus::MeterBus as _;
use glucodock::host::clock::{Clock as _, VirtualClock};
use glucodock::host::simulated_bus::SimulatedBus;
use glucodock::host::watch::AttachmentIds;
use glucodock::meters::catalogue::Catalogue;
use glucodock::meters::conversation::{Cancel, Conversation};
use glucodock::platform::embedded::demo::{DemoClinic, DemoMeterSpec};
use glucodock::station::Station;
use jiff::Zoned;

fn now() -> Zoned {
    "2026-07-14T10:00:00+02:00[Europe/Berlin]".parse().unwrap()
}

fn read(meter: &DemoMeterSpec) -> Download {
    let clock = Arc::new(VirtualClock::new(now()));
    let (events, _arrivals) = tokio::sync::mpsc::unbounded_channel();
    let bus = SimulatedBus::new(Catalogue::embedded(), clock.clone(), Arc::new(AttachmentIds::default()), events);
    let id = bus.plug(meter.line().parse().unwrap()).unwrap();
    let model = Catalogue::embedded().by_slug(&meter.model).unwrap();
    let mut open = bus.open(id, Some(model.driver.as_str()).filter(|_| !model.cables.is_empty())).unwrap();
    let mut report = |_| {};
    let time = || clock.now();
    let mut conversation = Conversation::new(open.link.as_mut(), Cancel::default(), &mut report, &time);
    open.driver.read(&mut conversation, &open.sold_as).unwrap()
}

#[test]
fn every_demo_meter_is_what_the_fixture_says() {
    let clinic = DemoClinic::create(now().timestamp()).unwrap();
    let store = Arc::new(clinic.open().unwrap());
    let station = Station::new(Arc::clone(&store));
    let nurse = clinic.logins().first().unwrap();
    let credentials = Credentials {
        login: Private::new(nurse.login.clone()),
        password: Password::new(nurse.password.clone()),
        new: None,
    };
    let user = store.sign_in(&credentials, ("", now().timestamp()), |role| role.allows(Permission::WorkInApp)).unwrap();
    let nurse = Actor { user, session: String::new(), at: now().timestamp() };
    let told_apart: BTreeSet<_> = clinic.meters().iter().map(|meter| (&meter.model, &meter.serial)).collect();
    assert_eq!(told_apart.len(), clinic.meters().len(), "two meters of one model with one serial number");
    for meter in clinic.meters() {
        let download = read(meter);
        let line = meter.line();
        assert_eq!(download.meter.manufacturer, meter.manufacturer, "{line}");
        assert_eq!(download.meter.model, meter.name, "{line}");
        assert_eq!(download.meter.serial.expose().as_str(), meter.serial, "{line}");
        if meter.special.contains("unplug") {
            assert!(!download.is_complete(), "{line}");
            assert!(station.quarantine(&nurse, &download).is_err(), "{line}");
            continue;
        }
        assert!(download.is_complete(), "{line}");
        assert_eq!(download.readings.len(), meter.readings, "{line}");
        if meter.special == "control-only" {
            assert!(download.readings.iter().all(|reading| reading.kind == Kind::Control), "{line}");
        }
        let upload = station.quarantine(&nurse, &download).unwrap();
        match &meter.owner_mrn {
            None if meter.serial.is_empty() => assert_eq!(upload.owner, Owner::Unidentifiable, "{line}"),
            None => assert_eq!(upload.owner, Owner::Nobody, "{line}"),
            Some(mrn) => {
                let owner = store.patient_by_mrn(mrn).unwrap();
                assert_eq!(upload.owner.relation(&owner), Relation::Same, "{line}");
            }
        }
    }
    assert_eq!(station.work_list(&nurse).unwrap().waiting.len(), clinic.meters().len() - 1);
}
