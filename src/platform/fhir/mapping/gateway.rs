//! This computer as a `Device`: the gateway between meters and records (HL7 PHD 2.0.1, profile `PhgDevice`).

use serde_json::{Value, json};

use super::super::json::{at, list, text};
use super::codes::{MDC, coding, concept};
use super::identifier::Ours;

/// The version of this program, as the gateway's.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The code of the version of a device's software: `MDC_ID_PROD_SPEC_SW`.
const SOFTWARE: &str = "531975";

/// This computer, by the UUID that it gave itself. How its clock is set is said only where the system knows that it is
/// by the network.
pub(in crate::platform::fhir) fn gateway(uuid: &str, has_network_time: bool) -> (Ours, Value) {
    let ours = Ours::gateway(uuid);
    let mut device = json!({
        "resourceType": "Device",
        "identifier": [ours.json()],
        "status": "active",
        "manufacturer": "glucodock",
        "deviceName": [{ "name": "glucodock", "type": "user-friendly-name" }],
        "modelNumber": "glucodock",
        "type": {
            "coding": [coding(MDC, "531981", "MDC_MOC_VMS_MDS_AHD")],
            "text": "Personal health gateway",
        },
        "specialization": [{ "systemType": concept(&[coding(MDC, "528401", "MDC_DEV_SPEC_PROFILE_GLUCOSE")]) }],
        "version": [{ "type": concept(&[coding(MDC, SOFTWARE, "MDC_ID_PROD_SPEC_SW")]), "value": VERSION }],
    });
    if let (Value::Object(fields), true) = (&mut device, has_network_time) {
        let property = json!({
            "type": concept(&[coding(MDC, "68220", "MDC_TIME_SYNC_PROTOCOL")]),
            "valueCode": [concept(&[coding(MDC, "532226", "MDC_TIME_SYNC_NTPV4")])],
        });
        fields.insert("property".to_owned(), json!([property]));
    }
    (ours, device)
}

/// Something that is never to be there for long, and its identifier: it is made in a transaction that must fail.
pub(in crate::platform::fhir) fn probe(gateway: &str) -> (Ours, Value) {
    let ours = Ours::probe(gateway);
    let device = json!({
        "resourceType": "Device",
        "identifier": [ours.json()],
        // Should it stay after all, whoever comes across it is told that it is nothing.
        "status": "entered-in-error",
        "deviceName": [{ "name": "glucodock: trial of a transaction", "type": "other" }],
        "type": { "text": "Trial of a transaction" },
    });
    (ours, device)
}

/// Whether what is there of this computer is as it is now: of this version of the program, and without what a trial
/// that was cut off left there.
pub(in crate::platform::fhir) fn is_present(gateway: &Value) -> bool {
    let mut versions = list(gateway, "/version").iter();
    at(gateway, "/note").is_null()
        && versions.any(|version| {
            let is_software = list(version, "/type/coding").iter().any(|coding| text(coding, "/code") == SOFTWARE);
            is_software && text(version, "/value") == VERSION
        })
}
