//! What an answer is by its content type and its body: JSON of FHIR, or something of somebody else.

use reqwest::StatusCode;
use reqwest::header::{self, HeaderMap};
use serde_json::Value;

use super::error::{FhirError, Outcomes};

/// FHIR's own content type, in the version that is meant (FHIR R4, http.html#mime-type).
pub(super) const FHIR_JSON: &str = "application/fhir+json";

/// Whether somebody before the server says no. That it does not know who asks (401) is taken as the server's in any
/// form: whoever is not let in there is told nothing here. Of a resource only the server can know that it is not there,
/// and it says so as FHIR.
pub(super) fn is_foreign(status: StatusCode, outcome: &Outcomes, headers: &HeaderMap, body: &[u8]) -> bool {
    match status {
        StatusCode::UNAUTHORIZED => false,
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => true,
        StatusCode::NOT_FOUND => outcome.is_empty(),
        _ => !body.is_empty() && is_page(headers),
    }
}

/// The content type, without what stands behind it.
fn content_type(headers: &HeaderMap) -> String {
    let said = headers.get(header::CONTENT_TYPE).and_then(|said| said.to_str().ok()).unwrap_or_default();
    said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether it is said to be a page for people.
fn is_page(headers: &HeaderMap) -> bool {
    content_type(headers).starts_with("text/") || content_type(headers) == "application/xhtml+xml"
}

/// The body of an answer that is said to be JSON. Deeper than 128 it is refused, by `serde_json`.
pub(super) fn json(headers: &HeaderMap, bytes: &[u8]) -> Result<Value, FhirError> {
    // Helios answers searches, bundles and errors as plain JSON, and reads with a version behind the type.
    if !matches!(content_type(headers).as_str(), FHIR_JSON | "application/json") {
        return Err(FhirError::Foreign("its content type is not JSON"));
    }
    serde_json::from_slice(bytes).map_err(|error| FhirError::NoJson(error.into()))
}
