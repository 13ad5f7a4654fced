//! Who and what a parcel is about, as they are on the server: the patient, the meter, this computer.

use std::sync::Arc;

use serde_json::Value;

use super::super::super::apart;
use super::super::FhirPlatform;
use super::super::error::FhirError;
use super::super::json::text;
use super::super::mapping::{Ours, gateway, is_present, meter, owner};
use super::super::write::SeenResource;
use super::not_carried::{NotCarried, not_found_yet, refused};
use crate::domain::delivery::{Outcome, Parcel};
use crate::domain::meter::MeterIdentity;
use crate::domain::patient::PatientId;

/// Who and what it is about.
pub(super) struct Parties {
    /// Whose record it goes into: the patient's of the parcel, or that which took its place.
    pub(super) patient: PatientId,
    /// What it was measured and told with.
    pub(super) devices: Devices,
}

/// A meter and this computer on the server.
pub(super) struct Devices {
    /// The meter.
    pub(super) meter: String,
    /// Whose the meter says that it is.
    pub(super) named: Option<PatientId>,
    /// This computer.
    pub(super) gateway: String,
}

impl FhirPlatform {
    /// The meter's own resources there: one, none, or several where two stations made it at once and the server let
    /// them.
    pub(in crate::platform::fhir) async fn devices(&self, of: &MeterIdentity) -> Result<Vec<String>, FhirError> {
        let ours = Ours::meter(of);
        let found = self.client.search("Device", &[("identifier", &ours.token())]).await?;
        let own = found.matches.iter().filter(|device| ours.is_of(device));
        Ok(own.map(|device| format!("Device/{}", text(device, "/id"))).collect())
    }

    /// Those of this parcel.
    pub(super) async fn parties(&self, parcel: &Parcel, patient: PatientId) -> Result<Parties, NotCarried> {
        Ok(Parties { patient, devices: self.devices_of(&parcel.meter).await? })
    }

    /// A meter and this computer there; what the server does not know is added.
    pub(super) async fn devices_of(&self, of: &MeterIdentity) -> Result<Devices, NotCarried> {
        let (our_gateway, as_gateway) = gateway(&self.terminal().await?, self.surroundings.has_network_time);
        let our_meter = Ours::meter(of);
        // One question for both: it comes before each parcel.
        let both = format!("{},{}", our_meter.token(), our_gateway.token());
        let mut found = self.client.search("Device", &[("identifier", &both)]).await?.matches;
        let is_there = |found: &[Value], ours: &Ours| found.iter().any(|device| ours.is_of(device));
        let (has_meter, has_gateway) = (is_there(&found, &our_meter), is_there(&found, &our_gateway));
        if !has_meter {
            self.create_once(&self.marked(meter(of)), &our_meter, false).await?;
        }
        if !has_gateway {
            self.create_once(&self.marked_only(as_gateway.clone()), &our_gateway, false).await?;
        }
        // Another station may have made the same at that moment: only a search shows how many there
        // are.
        if !(has_meter && has_gateway) {
            found = self.client.search("Device", &[("identifier", &both)]).await?.matches;
        }
        let known = |ours: &Ours| found.iter().filter(|device| ours.is_of(device)).collect::<Vec<_>>();
        let (meter, named) = match known(&our_meter).as_slice() {
            [device] => (format!("Device/{}", text(device, "/id")), owner(device)),
            [] => return Err(not_found_yet()),
            _ => return refused("the platform has this meter more than once"),
        };
        // Of several, which name one computer, any will do, if it is always the same.
        let Some(own) = known(&our_gateway).into_iter().min_by_key(|gateway| text(gateway, "/id").to_owned()) else {
            return Err(not_found_yet());
        };
        let gateway = format!("Device/{}", text(own, "/id"));
        if !is_present(own) {
            self.renew_gateway(&gateway, &as_gateway).await?;
        }
        Ok(Devices { meter, named, gateway })
    }

    /// Says of this computer what it is now. That somebody else changes it meanwhile, or that it may not be changed,
    /// holds no reading up.
    async fn renew_gateway(&self, gateway: &str, now: &Value) -> Result<(), FhirError> {
        let Some(seen) = self.client.read(gateway).await? else { return Ok(()) };
        self.client.replace_if_taken(gateway, &seen, &renewed(&seen, now)).await
    }

    /// What this computer is called.
    pub(super) async fn terminal(&self) -> Result<String, NotCarried> {
        let store = Arc::clone(&self.surroundings.store);
        // The store is locked or full: it is tried again, as everything else that stands in it.
        apart(move || store.terminal()).await.map_err(|error| NotCarried::With(Outcome::Later(None, error.problem())))
    }
}

/// What is there with everything that we say put in its place, and without what a trial left; what others added stays.
fn renewed(seen: &SeenResource, now: &Value) -> Value {
    let mut renewed = seen.resource.clone();
    if let (Value::Object(renewed), Value::Object(now)) = (&mut renewed, now) {
        renewed.remove("note");
        // Ours is there, since by it this device was found; others may have given it theirs.
        for (key, value) in now.iter().filter(|(key, _)| *key != "identifier") {
            renewed.insert(key.clone(), value.clone());
        }
    }
    renewed
}
