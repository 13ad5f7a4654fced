//! Which meters are somebody's, by name: at the server, and at this station.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::apart;
use super::FhirPlatform;
use super::json::text;
use super::mapping::{meter_name, owner};
use crate::domain::patient::{Patient, PatientId};
use crate::domain::text::Clean;

/// More meters than a person has at most.
const MOST_METERS: &str = "100";

impl FhirPlatform {
    /// The patient with the names of their meters: those that are theirs there, and those that are here under the
    /// records that are theirs; and the names of those there by their references. A server that does not tell holds
    /// nothing up.
    pub(super) async fn with_devices(
        &self,
        patient: Patient,
        records: &[PatientId],
    ) -> (Patient, BTreeMap<String, Clean>) {
        let (store, records) = (Arc::clone(&self.surroundings.store), records.to_vec());
        let conditions = [("patient", patient.id.0.as_str()), ("_count", MOST_METERS)];
        let (there, here) =
            tokio::join!(self.client.search("Device", &conditions), apart(move || store.devices_under(&records)));
        let found = there.map(|found| found.matches).unwrap_or_default();
        // A server may leave the condition out and give everybody's.
        let own = found.iter().filter(|device| owner(device).as_ref() == Some(&patient.id));
        let mut devices: Vec<Clean> = own.filter_map(meter_name).collect();
        let with_reference = |device| Some((format!("Device/{}", text(device, "/id")), meter_name(device)?));
        let names = found.iter().filter_map(with_reference).collect();
        for device in here.unwrap_or_default() {
            if !devices.contains(&device) {
                devices.push(device);
            }
        }
        (Patient { devices, ..patient }, names)
    }
}
