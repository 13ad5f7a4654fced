//! What a server says it can (FHIR R4, capabilitystatement.html). It is believed where it says no; where it says yes,
//! what it does is looked at all the same.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::error::FhirError;
use super::json::{at, list, text};
use crate::config::ServerBase;
use crate::domain::text::Clean;
use crate::platform::oauth::oauth_uris;

/// How much of a name or a version is kept, in terminal cells.
const NAME_CELLS: usize = 60;

/// What a server says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// The version of FHIR; empty if it says none.
    pub fhir_version: Clean,
    /// The name and version of the software, for people; never to be decided by.
    pub software: Clean,
    /// Where it believes that it is, which what stands before it may have changed. It writes this before references.
    pub address: Option<ServerBase>,
    /// Whether it says here where tokens are given out, as servers of SMART 1 do.
    pub names_token_endpoint: bool,
    /// What may be done with the server as a whole: `transaction`, `batch`.
    interactions: BTreeSet<String>,
    /// What may be done with each type. Without any, nothing is said of types.
    types: BTreeMap<String, OfType>,
    /// Whether it was somebody else who answered.
    is_unheard: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct OfType {
    interactions: BTreeSet<String>,
    searched_by: BTreeSet<String>,
    creates_conditionally: Option<bool>,
    /// `no-version`, `versioned`, `versioned-update`; empty if that is not said.
    versioning: Clean,
}

impl Capabilities {
    /// What a capability statement says. A server that has none may answer with another resource.
    ///
    /// # Errors
    /// [`FhirError::Foreign`].
    pub fn of(body: &Value) -> Result<Self, FhirError> {
        match text(body, "/resourceType") {
            "CapabilityStatement" => {}
            // JSON without a type is of something else than FHIR.
            "" => return Err(FhirError::Foreign("there is no resource in it")),
            // Medplum's router has no statement, and answers an empty searchset.
            _ => return Ok(Self::unsaid()),
        }
        let name = format!("{} {}", text(body, "/software/name"), text(body, "/software/version"));
        // What it can as a client of other servers is of no use here (`mode`).
        let servers = list(body, "/rest").iter().filter(|rest| text(rest, "/mode") == "server");
        let (mut interactions, mut types) = (BTreeSet::new(), BTreeMap::new());
        for server in servers {
            interactions.extend(codes(server));
            for resource in list(server, "/resource") {
                let creates_conditionally = at(resource, "/conditionalCreate").as_bool();
                let versioning = Clean::new(text(resource, "/versioning"), NAME_CELLS);
                let searched = list(resource, "/searchParam").iter().map(|by| text(by, "/name").to_owned());
                let of_type = OfType {
                    interactions: codes(resource),
                    searched_by: searched.collect(),
                    creates_conditionally,
                    versioning,
                };
                types.insert(text(resource, "/type").to_owned(), of_type);
            }
        }
        Ok(Self {
            fhir_version: Clean::new(text(body, "/fhirVersion"), NAME_CELLS),
            software: Clean::new(&name, NAME_CELLS),
            // Nothing is ever asked there, so that it may be without TLS.
            address: ServerBase::parse(text(body, "/implementation/url"), true).ok(),
            names_token_endpoint: oauth_uris(body).is_some(),
            interactions,
            types,
            is_unheard: false,
        })
    }

    /// Of a server that says nothing of itself.
    #[must_use]
    pub fn unsaid() -> Self {
        Self::default()
    }

    /// Of a server that was not asked, because somebody else answered in its place that there is nothing.
    #[must_use]
    pub(super) fn unheard() -> Self {
        Self { is_unheard: true, ..Self::default() }
    }

    /// The name and version of the software, to know it again by; nothing if the server was not asked.
    #[must_use]
    pub(super) fn known_software(&self) -> Option<&str> {
        (!self.is_unheard).then(|| self.software.as_str())
    }

    /// Whether the server says nothing of what it can.
    #[must_use]
    pub fn says_nothing(&self) -> bool {
        self.types.is_empty()
    }

    /// Whether it speaks R4, or does not say.
    #[must_use]
    pub fn is_r4(&self) -> bool {
        let version = self.fhir_version.as_str();
        version.is_empty() || version == "4.0" || version.starts_with("4.0.")
    }

    /// Whether it says no to this interaction with this type.
    #[must_use]
    pub fn denies(&self, kind: &str, interaction: &str) -> bool {
        // A server that lists types says no to one by leaving it out; of one that lists none,
        // nothing is known.
        !self.says_nothing() && !self.types.get(kind).is_some_and(|of_type| of_type.interactions.contains(interaction))
    }

    /// Whether it says that this type is searched by this. One that does not may leave the condition out without a
    /// word, or find nothing.
    #[must_use]
    pub fn searches_by(&self, kind: &str, parameter: &str) -> bool {
        self.types.get(kind).is_some_and(|of_type| of_type.searched_by.contains(parameter))
    }

    /// Whether it says that this type is created by condition. One that does not may leave the condition out without a
    /// word.
    #[must_use]
    pub fn creates_by_condition(&self, kind: &str) -> bool {
        self.types.get(kind).is_some_and(|of_type| of_type.creates_conditionally == Some(true))
    }

    /// Whether it keeps versions of this type, which an update can name with `If-Match` (FHIR R4,
    /// http.html#concurrency); nothing if that is not said.
    #[must_use]
    pub fn keeps_versions(&self, kind: &str) -> Option<bool> {
        match self.types.get(kind)?.versioning.as_str() {
            "versioned" | "versioned-update" => Some(true),
            "no-version" => Some(false),
            _ => None,
        }
    }

    /// Whether it offers bundles whose parts are done each by itself, or does not say.
    #[must_use]
    pub fn offers_batches(&self) -> bool {
        self.says_nothing() || self.interactions.contains("batch")
    }

    /// Whether it says no to bundles that are done as a whole or not at all.
    #[must_use]
    pub fn denies_transactions(&self) -> bool {
        !self.says_nothing() && !self.interactions.contains("transaction")
    }
}

/// The interactions that a server or a type has.
fn codes(of: &Value) -> BTreeSet<String> {
    list(of, "/interaction").iter().map(|said| text(said, "/code").to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_server_is_believed_where_it_says_no() {
        let said = Capabilities::of(&json!({
            "resourceType": "CapabilityStatement", "fhirVersion": "4.0.1",
            "software": { "name": "A\u{202e}B", "version": "1" },
            "rest": [
                { "mode": "client", "interaction": [{ "code": "transaction" }] },
                { "mode": "server", "interaction": [{ "code": "batch" }], "resource": [
                    { "type": "Patient", "interaction": [{ "code": "read" }, { "code": "search-type" }] },
                    { "type": "Observation", "interaction": [{ "code": "create" }], "conditionalCreate": true,
                      "versioning": "versioned" },
                    { "type": "Device", "versioning": "no-version" },
                ] },
            ],
        }))
        .unwrap();
        assert!(said.is_r4() && !said.says_nothing());
        assert_eq!(said.software.as_str(), "A\u{FFFD}B 1");
        assert!(!said.denies("Patient", "search-type") && said.denies("Patient", "create"));
        assert!(said.denies("Device", "read"));
        assert!(said.denies_transactions());
        assert!(said.creates_by_condition("Observation") && !said.creates_by_condition("Patient"));
        let versions = ["Observation", "Device", "Patient", "Task"].map(|kind| said.keeps_versions(kind));
        assert_eq!(versions, [Some(true), Some(false), None, None]);
    }

    #[test]
    fn a_server_that_says_nothing_is_not_known_to_be_unable() {
        let said = Capabilities::of(&json!({ "resourceType": "CapabilityStatement" })).unwrap();
        let other = Capabilities::of(&json!({ "resourceType": "Bundle", "type": "searchset" })).unwrap();
        for said in [said, other, Capabilities::unsaid()] {
            assert!(said.says_nothing() && said.is_r4());
            assert!(!said.denies("Patient", "create") && !said.denies_transactions());
            assert!(!said.creates_by_condition("Observation"));
        }
        for (version, is_r4) in [("4.0.1", true), ("4.0.0", true), ("4.3.0", false), ("5.0.0", false), ("4.0", true)] {
            let body = json!({ "resourceType": "CapabilityStatement", "fhirVersion": version });
            assert_eq!(Capabilities::of(&body).unwrap().is_r4(), is_r4, "{version}");
        }
        assert!(Capabilities::of(&json!({ "error": "x" })).is_err());
        assert!(Capabilities::of(&json!("x")).is_err());
    }
}
