//! Since when a meter is somebody's, and who decided that.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::codes::{coding, concept};
use super::identifier::Ours;
use super::support::{nullifies, stands_behind};
use super::time_stamp::MOMENT;
use crate::domain::delivery::Parcel;
use crate::domain::patient::PatientId;

/// What data is done with (HL7 v3).
const OPERATION: &str = "http://terminology.hl7.org/CodeSystem/v3-DataOperation";

/// How somebody takes part (HL7 v3).
const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";

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
pub(super) fn decided_at(parcel: &Parcel, zone: &TimeZone) -> String {
    parcel.decided_at.to_zoned(zone.clone()).strftime(MOMENT).to_string()
}

/// What a provenance tells.
struct Told<'a> {
    /// What was done, for machines and for people.
    activity: (Value, &'a str),
    /// As what whoever decided it took part.
    role: (&'a str, &'a str),
    /// What it rests on.
    entities: Vec<Value>,
}

/// Who decided it, and at which computer. Whoever works here has no resource there, and is named by a key of this
/// station.
pub(in crate::platform::fhir) fn provenance(
    parcel: &Parcel,
    patient: &PatientId,
    targets: &[&str],
    gateway: &str,
    zone: &TimeZone,
) -> Value {
    let told = Told {
        activity: (revised(), "Meter assigned to patient"),
        role: ("performer", "Performer"),
        entities: stands_behind(&parcel.key, patient),
    };
    provenance_of(told, parcel, targets, gateway, zone)
}

/// Who stands behind what another station has said as well: for this patient, by the parcel of this key.
pub(in crate::platform::fhir) fn verified(
    parcel: &Parcel,
    patient: &PatientId,
    targets: &[&str],
    gateway: &str,
    zone: &TimeZone,
) -> Value {
    let told = Told {
        activity: (coding(PARTICIPATION, "VRF", "verifier"), "Assigned to this patient at another station too"),
        role: ("verifier", "Verifier"),
        entities: stands_behind(&parcel.key, patient),
    };
    provenance_of(told, parcel, targets, gateway, zone)
}

/// Who undid an assignment, by which parcels it was told. Why they did stays here: what was typed may name somebody.
pub(in crate::platform::fhir) fn nullified(
    parcel: &Parcel,
    told_as: &[Ours],
    targets: &[&str],
    gateway: &str,
    zone: &TimeZone,
) -> Value {
    let told = Told {
        activity: (coding(OPERATION, "NULLIFY", "nullify"), "Assignment undone"),
        role: ("performer", "Performer"),
        entities: told_as.iter().map(nullifies).collect(),
    };
    provenance_of(told, parcel, targets, gateway, zone)
}

/// Who gave readings to another patient than they were entered for before.
pub(in crate::platform::fhir) fn moved(parcel: &Parcel, targets: &[&str], gateway: &str, zone: &TimeZone) -> Value {
    let told = Told {
        activity: (revised(), "Readings assigned after an assignment was undone"),
        role: ("performer", "Performer"),
        entities: Vec::new(),
    };
    provenance_of(told, parcel, targets, gateway, zone)
}

/// Who corrected times of readings, or undid that. Why they did stays here: what was typed may name somebody.
pub(in crate::platform::fhir) fn retold(
    parcel: &Parcel,
    is_undone: bool,
    targets: &[&str],
    gateway: &str,
    zone: &TimeZone,
) -> Value {
    let said = if is_undone { "Correction of times undone" } else { "Times corrected" };
    let told = Told { activity: (revised(), said), role: ("performer", "Performer"), entities: Vec::new() };
    provenance_of(told, parcel, targets, gateway, zone)
}

fn revised() -> Value {
    coding(OPERATION, "UPDATE", "revise")
}

fn provenance_of(told: Told<'_>, parcel: &Parcel, targets: &[&str], gateway: &str, zone: &TimeZone) -> Value {
    let at = decided_at(parcel, zone);
    let agent = |(code, display): (&str, &str), who: &Value| {
        let system = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
        json!({ "type": concept(&[coding(system, code, display)]), "who": who })
    };
    let computer = json!({ "reference": gateway });
    let user = json!({ "identifier": Ours::user(&parcel.decided_by).json() });
    let (activity, said) = told.activity;
    let mut provenance = json!({
        "resourceType": "Provenance",
        // Without versions: inside a transaction those of the targets are not known yet.
        "target": targets.iter().map(|target| json!({ "reference": target })).collect::<Vec<_>>(),
        "occurredDateTime": at,
        "recorded": at,
        "activity": { "coding": [activity], "text": said },
        "agent": [agent(told.role, &user), agent(("assembler", "Assembler"), &computer)],
    });
    if let (Value::Object(fields), false) = (&mut provenance, told.entities.is_empty()) {
        fields.insert("entity".to_owned(), json!(told.entities));
    }
    provenance
}
