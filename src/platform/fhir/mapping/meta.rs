//! What a resource says of itself: that it is for training, and which profiles it claims (FHIR R4, resource.html#Meta).

use serde_json::{Value, json};

use super::super::json::at;
use super::codes::coding;

/// What profiles of HL7 PHD begin with. They want another interpretation than LO and HI have, so that such a reading
/// claims none of them.
const PHD: &str = "http://hl7.org/fhir/uv/phd/";

/// The resource with these profiles, and with the label of test data if it is for training.
pub(in crate::platform::fhir) fn marked(mut resource: Value, is_training: bool, profiles: &[String]) -> Value {
    let is_off_scale = !at(&resource, "/interpretation").is_null();
    let profiles: Vec<&String> = profiles.iter().filter(|url| !(is_off_scale && url.starts_with(PHD))).collect();
    let mut meta = json!({});
    if let Value::Object(meta) = &mut meta {
        if !profiles.is_empty() {
            meta.insert("profile".to_owned(), json!(profiles));
        }
        if is_training {
            let system = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
            meta.insert("security".to_owned(), json!([coding(system, "HTEST", "test health data")]));
        }
    }
    if let (Value::Object(fields), true) = (&mut resource, meta != json!({})) {
        fields.insert("meta".to_owned(), meta);
    }
    resource
}
