//! That a meter was read and waits for its patient, so that others see it: a `Task` (FHIR R4, task.html).

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::codes::{coding, concept};
use super::identifier::Ours;
use super::time_stamp::MOMENT;
use crate::domain::association::Upload;
use crate::domain::patient::PatientId;

/// What is to be done, in a code system of ours: no other has a code of it.
const SYSTEM: &str = "https://glucodock.example/CodeSystem/task";

/// The task that an upload of this terminal makes, and its identifier. Nothing of a patient stands in it: nobody is
/// known yet.
pub(in crate::platform::fhir) fn pending_task(
    upload: &Upload,
    terminal: &str,
    meter: &str,
    gateway: &str,
    zone: &TimeZone,
) -> (Ours, Value) {
    let ours = Ours::pending(terminal, &upload.id);
    let waiting = upload.counts.total();
    let task = json!({
        "resourceType": "Task",
        "identifier": [ours.json()],
        "status": "requested",
        "intent": "order",
        "code": concept(&[coding(SYSTEM, "associate-device", "Associate a meter with a patient")]),
        "description": "A meter was read; its readings wait for a patient",
        "focus": { "reference": meter },
        "authoredOn": upload.read_at.to_zoned(zone.clone()).strftime(MOMENT).to_string(),
        "requester": { "reference": gateway },
        "input": [{ "type": { "text": "readings waiting" }, "valueUnsignedInt": waiting }],
    });
    (ours, task)
}

/// The same task, done: for whom, and by which statement if there is one.
pub(in crate::platform::fhir) fn completed_task(
    mut task: Value,
    patient: &PatientId,
    statement: Option<&str>,
) -> Value {
    if let Value::Object(fields) = &mut task {
        fields.insert("status".to_owned(), json!("completed"));
        fields.insert("for".to_owned(), json!({ "reference": patient.0 }));
        if let Some(statement) = statement {
            let output =
                json!({ "type": { "text": "statement of use" }, "valueReference": { "reference": statement } });
            fields.insert("output".to_owned(), json!([output]));
        }
    }
    task
}
