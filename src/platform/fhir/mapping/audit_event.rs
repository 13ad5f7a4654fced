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
    let entity_type = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
    let role = "http://terminology.hl7.org/CodeSystem/object-role";
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
        "entity": [
            {
                "what": { "reference": patient.0 },
                "type": coding(entity_type, "1", "Person"),
                "role": coding(role, "1", "Patient"),
            },
            { "what": { "reference": meter }, "type": coding(entity_type, "2", "System Object") },
        ],
    })
}
