//! What was done, for a server that keeps such a trail of what its clients say (FHIR R4, auditevent.html).

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::assignment::decided_at;
use super::codes::coding;
use super::identifier::Ours;
use crate::domain::delivery::{Content, Parcel};
use crate::domain::patient::PatientId;

/// That the parcel was recorded: who decided it, at which computer, about whom and which meter.
pub(in crate::platform::fhir) fn audit_event(
    parcel: &Parcel,
    patient: &PatientId,
    meter: &str,
    gateway: &str,
    zone: &TimeZone,
) -> Value {
    let (subtype, action) = match parcel.content {
        Content::Ownership | Content::Withdrawal(_) | Content::Correction(_) => (("update", "update"), "U"),
        Content::Readings(_) => (("create", "create"), "C"),
    };
    json!({
        "resourceType": "AuditEvent",
        "type": coding("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest", "RESTful Operation"),
        "subtype": [coding("http://hl7.org/fhir/restful-interaction", subtype.0, subtype.1)],
        "action": action,
        "recorded": decided_at(parcel, zone),
        "outcome": "0",
        "agent": [
            { "who": { "identifier": Ours::user(&parcel.decided_by).json() }, "requestor": true },
            { "who": { "reference": gateway }, "requestor": false },
        ],
        "source": { "observer": { "reference": gateway } },
        "entity": [about_patient(&json!({ "reference": patient.0 })), about_thing(&json!({ "reference": meter }))],
    })
}

/// What kind of thing an event is about.
const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";

/// That an event is about this patient.
pub(in crate::platform::fhir) fn about_patient(what: &Value) -> Value {
    let role = coding("http://terminology.hl7.org/CodeSystem/object-role", "1", "Patient");
    json!({ "what": what, "type": coding(ENTITY_TYPE, "1", "Person"), "role": role })
}

/// That it is about this thing.
pub(in crate::platform::fhir) fn about_thing(what: &Value) -> Value {
    json!({ "what": what, "type": coding(ENTITY_TYPE, "2", "System Object") })
}
