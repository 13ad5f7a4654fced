//! Which meters are somebody's, by name: at the server, and at this station.

use std::sync::Arc;

use super::super::apart;
use super::FhirPlatform;
use super::mapping::{meter_name, owner};
use crate::domain::patient::Patient;
use crate::domain::text::Clean;

/// More meters than a person has at most.
const MOST_METERS: &str = "100";

impl FhirPlatform {
    /// The patient with the names of their meters: those that are theirs there, and those that are here. A server that
    /// does not tell holds nothing up.
    pub(super) async fn with_devices(&self, patient: Patient) -> Patient {
        let (store, id) = (Arc::clone(&self.surroundings.store), patient.id.clone());
        let conditions = [("patient", patient.id.0.as_str()), ("_count", MOST_METERS)];
        let (there, here) =
            tokio::join!(self.client.search("Device", &conditions), apart(move || store.devices_of(&id)));
        let found = there.map(|found| found.matches).unwrap_or_default();
        let own = found.iter().filter(|device| owner(device).as_ref() == Some(&patient.id));
        let mut devices: Vec<Clean> = own.filter_map(meter_name).collect();
        for device in here.unwrap_or_default() {
            if !devices.contains(&device) {
                devices.push(device);
            }
        }
        Patient { devices, ..patient }
    }
}
