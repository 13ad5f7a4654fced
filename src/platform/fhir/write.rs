//! What is written on a server: bundles that are done as a whole or not at all (FHIR R4, http.html#transaction), and
//! updates of the version that was seen.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::client::{Answer, FhirClient};
use super::error::FhirError;
use super::json::text;
use super::mapping::Ours;
use super::references::is_here;
use super::request::FhirRequest;

/// A resource as it stands on a server.
#[derive(Debug, Clone)]
pub(super) struct SeenResource {
    /// The resource.
    pub(super) resource: Value,
    /// Its version, as it is named in a condition.
    pub(super) version: Option<String>,
}

/// What became of something that was to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entered {
    /// What was done.
    pub(super) what: EntryOutcome,
    /// Where it is there, if that is said: `Observation/7`.
    pub(super) reference: Option<String>,
    /// As it is there now, if that is shown: then the answer is no other one's.
    pub(super) shown: Option<Value>,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryOutcome {
    /// It was created.
    New,
    /// It was there, or was changed.
    Before,
    /// Something else, with this status.
    Otherwise(u16),
}

/// A bundle as it is written (FHIR R4, bundle.html), without a copy of what is in it.
#[derive(Serialize)]
struct Bundle<'a> {
    #[serde(rename = "resourceType")]
    resource_type: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    entry: &'a [Value],
}

/// How the parts of a bundle belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BundleKind {
    /// All is done or nothing (FHIR R4, http.html#transaction).
    Transaction,
    /// Each by itself.
    Batch,
}

/// An entry that creates a resource once: if there is one of this identifier, nothing is done.
pub(super) fn create_once(resource: &Value, ours: &Ours) -> Value {
    create_unless(resource, &ours.condition())
}

/// An entry that creates a resource unless there is one that meets this condition.
pub(super) fn create_unless(resource: &Value, condition: &str) -> Value {
    let request = json!({ "method": "POST", "url": text(resource, "/resourceType"), "ifNoneExist": condition });
    json!({ "resource": resource, "request": request })
}

/// An entry that creates a resource, whatever there is.
pub(super) fn create(resource: &Value) -> Value {
    json!({ "resource": resource, "request": { "method": "POST", "url": text(resource, "/resourceType") } })
}

/// An entry that puts a resource in the place of the version that was seen.
pub(super) fn replace(reference: &str, seen: &SeenResource, resource: &Value) -> Value {
    let mut request = json!({ "method": "PUT", "url": reference });
    if let (Value::Object(request), Some(version)) = (&mut request, &seen.version) {
        request.insert("ifMatch".to_owned(), json!(version));
    }
    json!({ "resource": resource, "request": request })
}

/// When a resource was written last, by the server's own clock, if it says so.
pub(super) fn written_at(resource: &Value) -> Option<Timestamp> {
    text(resource, "/meta/lastUpdated").parse().ok()
}

/// The version that a resource says it is, as it is named in a condition.
pub(super) fn version(resource: &Value) -> Option<String> {
    let version = text(resource, "/meta/versionId");
    (!version.is_empty()).then(|| format!("W/\"{version}\""))
}

/// What a server says of a resource that was asked for.
#[derive(Debug)]
pub(super) enum LookedFor {
    /// It is this.
    There(SeenResource),
    /// It is not there, or not for whoever asks.
    NotThere,
    /// It was there, and was deleted (FHIR R4, http.html#read).
    Deleted,
}

impl FhirClient {
    /// The resource with this reference (`Patient/7f`); nothing if there is none, or none any more.
    pub(super) async fn read(&self, reference: &str) -> Result<Option<SeenResource>, FhirError> {
        Ok(match self.look_for(reference).await? {
            LookedFor::There(seen) => Some(seen),
            LookedFor::NotThere | LookedFor::Deleted => None,
        })
    }

    /// The same, and whether it was there once.
    pub(super) async fn look_for(&self, reference: &str) -> Result<LookedFor, FhirError> {
        // What another server has is not here, whatever this one has at that address.
        if !is_here(reference) {
            return Ok(LookedFor::NotThere);
        }
        match self.send(FhirRequest::get(self.base().join(reference))).await {
            Ok(Answer { headers, body, .. }) => {
                // A proxy may mix up answers, and this one would be taken for the person or the meter that was meant.
                let given = format!("{}/{}", text(&body, "/resourceType"), text(&body, "/id"));
                if given == "/" {
                    return Err(FhirError::Foreign("there is no resource in it"));
                }
                if given != reference {
                    return Err(FhirError::NoFhir("it gives another resource than the one that was asked for"));
                }
                let tag = headers.get(reqwest::header::ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
                // As the server names it: versions are numbers on one and UUIDs on another.
                let version = tag.or_else(|| version(&body));
                Ok(LookedFor::There(SeenResource { resource: body, version }))
            }
            // Of a resource only the server can know that; what stands before it says 404 as well.
            Err(FhirError::Status { status: 404, outcome, .. }) if !outcome.is_empty() => Ok(LookedFor::NotThere),
            Err(FhirError::Status { status: 410, outcome, .. }) if !outcome.is_empty() => Ok(LookedFor::Deleted),
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

    /// The same of what nothing depends on: that the server does not take it is no failure.
    pub(super) async fn replace_if_taken(
        &self,
        reference: &str,
        seen: &SeenResource,
        resource: &Value,
    ) -> Result<(), FhirError> {
        match self.replace(reference, seen, resource).await {
            Ok(()) | Err(FhirError::Status { status: 400..=499, .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Creates a resource unless one of this identifier is there; without one, whatever there is.
    pub(super) async fn create(&self, resource: &Value, ours: Option<&Ours>) -> Result<Entered, FhirError> {
        let condition = ours.map(Ours::condition);
        let url = self.base().join(text(resource, "/resourceType"));
        let answer = self.send(FhirRequest::create(url, resource, condition.as_deref())).await?;
        let location = answer.headers.get(reqwest::header::LOCATION).and_then(|place| place.to_str().ok());
        let what = if answer.status == 201 { EntryOutcome::New } else { EntryOutcome::Before };
        Ok(Entered { what, reference: location.and_then(reference), shown: None })
    }

    /// Does all of it or nothing, and says what became of each entry, in their order.
    pub(super) async fn transact(&self, entries: &[Value]) -> Result<Vec<Entered>, FhirError> {
        self.bundle(BundleKind::Transaction, entries).await
    }

    /// Does what stands in a bundle, and says what became of each entry, in their order.
    pub(super) async fn bundle(&self, kind: BundleKind, entries: &[Value]) -> Result<Vec<Entered>, FhirError> {
        let kind = match kind {
            BundleKind::Transaction => "transaction",
            BundleKind::Batch => "batch",
        };
        let bundle = Bundle { resource_type: "Bundle", kind, entry: entries };
        let types = entries.iter().map(|entry| text(entry, "/resource/resourceType")).collect();
        let mut answer = self.send(FhirRequest::bundle(self.base().url().clone(), &bundle, types)).await?;
        let told = answer.body.get_mut("entry").and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default();
        // Entries are told by their place alone (FHIR R4, http.html#transaction-response): with one
        // more or less, none is.
        if text(&answer.body, "/resourceType") != "Bundle" || told.len() != entries.len() {
            return Err(FhirError::NoFhir("it does not say what became of each entry"));
        }
        Ok(told.into_iter().map(entered).collect())
    }
}

/// The status of an entry begins with three digits; behind them servers write what they like. Helios says `201
/// Created`, Medplum `201`.
fn entered(mut entry: Value) -> Entered {
    let status = text(&entry, "/response/status").get(..3).and_then(|digits| digits.parse().ok());
    let what = match status {
        Some(201) => EntryOutcome::New,
        Some(200) => EntryOutcome::Before,
        other => EntryOutcome::Otherwise(other.unwrap_or_default()),
    };
    let shown = entry.get_mut("resource").map(Value::take);
    Entered { what, reference: reference(text(&entry, "/response/location")), shown }
}

/// Type and id of a place, which may be named in full, and in a version.
pub(super) fn reference(place: &str) -> Option<String> {
    let bare = place.split("/_history").next().unwrap_or_default();
    let mut parts = bare.rsplit('/');
    let (id, kind) = (parts.next()?, parts.next()?);
    let is_name =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b));
    let is_kind = kind.starts_with(|c: char| c.is_ascii_uppercase());
    (is_kind && is_name(kind) && is_name(id)).then(|| format!("{kind}/{id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_however_it_is_written() {
        for (place, told) in [
            ("Observation/7", Some("Observation/7")),
            ("Observation/7/_history/2", Some("Observation/7")),
            ("https://h.example/r4/Observation/7f-1.2/_history/W1", Some("Observation/7f-1.2")),
            ("https://h.example/r4/observation/7", None),
            ("Observation", None),
            ("Observation/", None),
            ("Observation/a?b", None),
            ("", None),
        ] {
            assert_eq!(reference(place).as_deref(), told, "{place}");
        }
    }
}
