//! Since when a meter is somebody's, and who decided that.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::super::json::text;
use super::codes::{coding, concept};
use super::identifier::Ours;
use super::time_stamp::MOMENT;
use crate::domain::delivery::Parcel;
use crate::domain::patient::PatientId;

/// What was done, in the provenance of an assignment that was undone.
const UNDOING: &str = "Assignment undone: entered in error";

/// The statement that the meter is used by the person from the decision on, and its identifier.
pub(in crate::platform::fhir) fn use_statement(
    parcel: &Parcel,
    patient: &PatientId,
    device: &str,
    zone: &TimeZone,
) -> (Ours, Value) {
    let at = decided_at(parcel, zone);
    let ours = Ours::assignment(&parcel.key);
    let statement = json!({
        "resourceType": "DeviceUseStatement",
        "identifier": [ours.json()],
        "status": "active",
        "subject": { "reference": patient.0 },
        // The International Patient Summary 2.0.1 wants a time of use.
        "timingPeriod": { "start": at },
        "recordedOn": at,
        "device": { "reference": device },
    });
    (ours, statement)
}

/// The same statement, ended at the decision: the record that it is about was merged into another one.
pub(in crate::platform::fhir) fn ended(mut statement: Value, parcel: &Parcel, zone: &TimeZone) -> Value {
    if let Value::Object(fields) = &mut statement {
        fields.insert("status".to_owned(), json!("completed"));
        let period = fields.entry("timingPeriod").or_insert_with(|| json!({}));
        if let Value::Object(period) = period {
            period.insert("end".to_owned(), json!(decided_at(parcel, zone)));
        }
    }
    statement
}

/// The same statement, which should not have been made: somebody else was first, or it was undone.
pub(in crate::platform::fhir) fn withdrawn(mut statement: Value) -> Value {
    if let Value::Object(fields) = &mut statement {
        fields.insert("status".to_owned(), json!("entered-in-error"));
    }
    statement
}

/// When it was decided, as it stands in what is written of it.
pub(in crate::platform::fhir) fn decided_at(parcel: &Parcel, zone: &TimeZone) -> String {
    parcel.decided_at.to_zoned(zone.clone()).strftime(MOMENT).to_string()
}

/// Who decided it, and at which computer. Whoever works here has no resource there, and is named by a key of this
/// station.
pub(in crate::platform::fhir) fn provenance(
    parcel: &Parcel,
    targets: &[&str],
    gateway: &str,
    zone: &TimeZone,
) -> Value {
    provenance_of("Meter assigned to patient", parcel, targets, gateway, zone)
}

/// Who undid an assignment. Why they did stays here: what was typed may name somebody.
pub(in crate::platform::fhir) fn nullified(parcel: &Parcel, targets: &[&str], gateway: &str, zone: &TimeZone) -> Value {
    provenance_of(UNDOING, parcel, targets, gateway, zone)
}

/// Whether a provenance tells who undid an assignment, decided then.
pub(in crate::platform::fhir) fn is_of_undoing(provenance: &Value, parcel: &Parcel, zone: &TimeZone) -> bool {
    // What was undone may have been decided in the same second.
    text(provenance, "/occurredDateTime") == decided_at(parcel, zone) && text(provenance, "/activity/text") == UNDOING
}

/// Who gave readings to another patient than they were entered for before.
pub(in crate::platform::fhir) fn moved(parcel: &Parcel, targets: &[&str], gateway: &str, zone: &TimeZone) -> Value {
    provenance_of("Readings assigned after an assignment was undone", parcel, targets, gateway, zone)
}

fn provenance_of(activity: &str, parcel: &Parcel, targets: &[&str], gateway: &str, zone: &TimeZone) -> Value {
    let at = decided_at(parcel, zone);
    let agent = |code: &str, display: &str, who: &Value| {
        let system = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
        json!({ "type": concept(&[coding(system, code, display)]), "who": who })
    };
    let computer = json!({ "reference": gateway });
    let user = json!({ "identifier": Ours::user(&parcel.decided_by).json() });
    json!({
        "resourceType": "Provenance",
        // Without versions: inside a transaction those of the targets are not known yet.
        "target": targets.iter().map(|target| json!({ "reference": target })).collect::<Vec<_>>(),
        "occurredDateTime": at,
        "recorded": at,
        "activity": {
            "coding": [coding("http://terminology.hl7.org/CodeSystem/v3-DataOperation", "UPDATE", "revise")],
            "text": activity,
        },
        "agent": [agent("performer", "Performer", &user), agent("assembler", "Assembler", &computer)],
    })
}
