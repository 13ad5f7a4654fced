//! What is written on a server: bundles that are done as a whole or not at all (FHIR R4, http.html#transaction), and
//! updates of the version that was seen.

use serde_json::{Value, json};

use super::client::{Answer, FhirClient, FhirRequest};
use super::error::FhirError;
use super::json::{list, text};
use super::mapping::Ours;

/// A resource as it stands on a server.
#[derive(Debug, Clone)]
pub(super) struct SeenResource {
    /// The resource.
    pub(super) resource: Value,
    /// Its version, as it is named in a condition.
    pub(super) version: Option<String>,
}

/// What became of one entry of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entered {
    /// It was created.
    New,
    /// It was there.
    Before,
    /// Something else, with this status.
    Otherwise(u16),
}

/// An entry that creates a resource once: if there is one of this identifier, nothing is done.
pub(super) fn create_once(resource: &Value, ours: &Ours) -> Value {
    let request = json!({ "method": "POST", "url": text(resource, "/resourceType"), "ifNoneExist": ours.condition() });
    json!({ "resource": resource, "request": request })
}

/// An entry that creates a resource, whatever there is.
pub(super) fn create(resource: &Value) -> Value {
    json!({ "resource": resource, "request": { "method": "POST", "url": text(resource, "/resourceType") } })
}

impl FhirClient {
    /// The resource with this reference (`Patient/7f`); nothing if there is none, or none any more.
    pub(super) async fn read(&self, reference: &str) -> Result<Option<SeenResource>, FhirError> {
        match self.send(FhirRequest::get(self.base().join(reference))).await {
            Ok(Answer { headers, body, .. }) => {
                // A proxy may mix up answers, and this one would be taken for the person or the meter that was meant.
                let given = format!("{}/{}", text(&body, "/resourceType"), text(&body, "/id"));
                if given != reference {
                    return Err(FhirError::NoFhir("it gives another resource than the one that was asked for"));
                }
                let tag = headers.get(reqwest::header::ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
                let version = text(&body, "/meta/versionId");
                let version = tag.or_else(|| (!version.is_empty()).then(|| format!("W/\"{version}\"")));
                Ok(Some(SeenResource { resource: body, version }))
            }
            // Of a resource only the server can know that; what stands before it says 404 as well.
            Err(FhirError::Status { status: 404 | 410, outcome, .. }) if !outcome.is_empty() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Puts a resource in the place of the version that was seen, and of no other.
    pub(super) async fn replace(
        &self,
        reference: &str,
        seen: &SeenResource,
        resource: &Value,
    ) -> Result<(), FhirError> {
        let request = FhirRequest::put(self.base().join(reference), resource, seen.version.as_deref());
        self.send(request).await.map(drop)
    }

    /// Does all of it or nothing, and says what became of each entry, in their order.
    pub(super) async fn transact(&self, entries: &[Value]) -> Result<Vec<Entered>, FhirError> {
        let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries });
        let answer = self.send(FhirRequest::bundle(self.base().url().clone(), &bundle)).await?;
        let told = list(&answer.body, "/entry");
        if text(&answer.body, "/resourceType") != "Bundle" || told.len() != entries.len() {
            return Err(FhirError::NoFhir("it does not say what became of each entry"));
        }
        Ok(told.iter().map(entered).collect())
    }
}

/// The status of an entry begins with three digits; behind them servers write what they like.
fn entered(entry: &Value) -> Entered {
    let status = text(entry, "/response/status").get(..3).and_then(|digits| digits.parse().ok());
    match status {
        Some(201) => Entered::New,
        Some(200) => Entered::Before,
        other => Entered::Otherwise(other.unwrap_or_default()),
    }
}
