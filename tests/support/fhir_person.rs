//! People who do not exist, as a FHIR server has them.

use serde_json::{Value, json};

/// Somebody who is cared for there, with their number in the clinic.
pub(crate) fn person(id: &str, family: &str, given: &str, born: &str, mrn: &str) -> Value {
    json!({
        "resourceType": "Patient", "id": id, "active": true, "birthDate": born, "gender": "female",
        "name": [{ "use": "official", "family": family, "given": [given] }],
        "identifier": [{ "type": { "coding": [{ "code": "MR" }] }, "value": mrn }],
    })
}

/// Ruth, of whom most tests are.
pub(crate) fn ruth() -> Value {
    person("7f", "Adeyemi", "Ruth", "1968-03-09", "H5550007")
}
