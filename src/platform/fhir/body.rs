//! What an answer holds: JSON of FHIR or nothing, with the server's own references as they are told here.

use reqwest::header::{self, HeaderMap};
use serde_json::Value;

use super::error::FhirError;
use super::references::make_own_relative;
use crate::config::ServerBase;

/// FHIR's own content type, in the version that is meant (FHIR R4, http.html#mime-type).
pub(super) const FHIR_JSON: &str = "application/fhir+json";

/// The body of an answer that is said to be JSON, of a server with these addresses. Deeper than 128 it is refused, by
/// `serde_json`.
pub(super) fn body(headers: &HeaderMap, bytes: &[u8], own: &[&ServerBase]) -> Result<Value, FhirError> {
    let said = headers.get(header::CONTENT_TYPE).and_then(|said| said.to_str().ok()).unwrap_or_default();
    // Helios answers searches, bundles and errors as plain JSON, and reads with a version behind the type.
    let kind = said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind != FHIR_JSON && kind != "application/json" {
        return Err(FhirError::NoFhir("its content type is not JSON"));
    }
    let mut body = serde_json::from_slice(bytes).map_err(|error| FhirError::NoJson(error.into()))?;
    make_own_relative(&mut body, own);
    Ok(body)
}
