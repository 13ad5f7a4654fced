//! Since when a meter is somebody's, and who decided that.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::codes::{coding, concept};
use super::identifier::Ours;
use crate::domain::delivery::Parcel;

/// The statement that the meter is used by the person from the decision on, and its identifier.
pub(in crate::platform::fhir) fn use_statement(parcel: &Parcel, device: &str, zone: &TimeZone) -> (Ours, Value) {
    let at = decided_at(parcel, zone);
    let ours = Ours::assignment(&parcel.key);
    let statement = json!({
        "resourceType": "DeviceUseStatement",
        "identifier": [ours.json()],
        "status": "active",
        "subject": { "reference": parcel.patient.0 },
        "timingPeriod": { "start": at },
        "recordedOn": at,
        "device": { "reference": device },
    });
    (ours, statement)
}

/// Who decided it, and with what. Whoever works here has no resource there, and is named by a key of this station.
pub(in crate::platform::fhir) fn provenance(parcel: &Parcel, targets: [&str; 2], zone: &TimeZone) -> Value {
    let at = decided_at(parcel, zone);
    let agent = |code: &str, display: &str, who: &Value| {
        let system = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
        json!({ "type": concept(&[coding(system, code, display)]), "who": who })
    };
    let user = json!({ "identifier": Ours::user(&parcel.decided_by).json() });
    let program = json!({ "display": concat!("glucodock ", env!("CARGO_PKG_VERSION")) });
    json!({
        "resourceType": "Provenance",
        "target": targets.map(|target| json!({ "reference": target })),
        "occurredDateTime": at,
        "recorded": at,
        "activity": {
            "coding": [coding("http://terminology.hl7.org/CodeSystem/v3-DataOperation", "UPDATE", "revise")],
            "text": "Meter assigned to patient",
        },
        "agent": [agent("performer", "Performer", &user), agent("assembler", "Assembler", &program)],
    })
}

fn decided_at(parcel: &Parcel, zone: &TimeZone) -> String {
    parcel.decided_at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}
