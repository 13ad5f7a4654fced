//! Whether a server takes back what a transaction has done when a later entry fails (FHIR R4, http.html#transaction).
//! Not every server does, and none says so: it is tried once, on what is ours, and remembered.

use serde_json::{Value, json};

use super::super::FhirPlatform;
use super::super::error::FhirError;
use super::super::mapping::probe;
use super::super::write::{SeenResource, create_once, replace};
use super::not_carried::NotCarried;
use super::parties::Parties;

/// What this computer's device says of itself for the moment of the trial, so that it has a version that is of the
/// past.
const NOTE: &str = "Whether transactions are taken back is being tried";

impl FhirPlatform {
    /// Whether it does. Where that cannot be tried, it is taken not to.
    pub(super) async fn takes_back(&self, parties: &Parties) -> Result<bool, NotCarried> {
        let said = self.client.capabilities().await?;
        if said.denies_transactions() {
            return Ok(false);
        }
        if let Some(known) = self.memory.learnt(said.known_software()).await.rolls_back {
            return Ok(known);
        }
        let found_out = self.try_roll_back(&parties.devices.gateway).await?;
        self.memory.note(|learnt| learnt.rolls_back = found_out).await;
        Ok(found_out.unwrap_or(false))
    }

    /// Has it do two things of which the first must fail, and looks whether the second was done.
    async fn try_roll_back(&self, gateway: &str) -> Result<Option<bool>, FhirError> {
        let (ours, resource) = probe(gateway);
        let is_there = || async {
            let found = self.client.search("Device", &[("identifier", &ours.token())]).await?;
            Ok::<_, FhirError>(found.matches.iter().any(|device| ours.is_of(device)))
        };
        // An earlier trial has left it: that was not taken back.
        if is_there().await? {
            return Ok(Some(false));
        }
        let Some(past) = self.client.read(gateway).await? else { return Ok(None) };
        let mut noted = past.resource.clone();
        if let Value::Object(noted) = &mut noted {
            noted.insert("note".to_owned(), json!([{ "text": NOTE }]));
        }
        // As a transaction too: a server that takes none refuses the trial as well, and that is no roll-back.
        match self.client.transact(&[replace(gateway, &past, &noted)]).await {
            Ok(_) => {}
            Err(FhirError::Status { status: 400 | 404 | 405 | 501, outcome, .. }) if !outcome.is_empty() => {
                return Ok(Some(false));
            }
            // Without a version of the past nothing can be tried, and nothing is found out.
            Err(FhirError::Status { status: 400..=499, .. }) => return Ok(None),
            Err(error) => return Err(error),
        }
        // Unless it has another version now, there is none of the past: an answer may have been another one's.
        let now = self.client.read(gateway).await?;
        if now.is_none_or(|now| now.version == past.version) {
            return Ok(None);
        }
        let entries = [replace(gateway, &past, &past.resource), create_once(&self.marked_only(resource), &ours)];
        let answer = match self.client.transact(&entries).await {
            // The version was of the past: the condition is not looked at, and nothing is to be relied on.
            Ok(_) => Ok(Some(false)),
            // What stands before a server says no as well, and then nothing was tried.
            Err(FhirError::Status { status: 400 | 409 | 412 | 422, outcome, .. }) if !outcome.is_empty() => {
                Ok(Some(!is_there().await?))
            }
            Err(FhirError::Status { status: 400..=499, .. }) => Ok(None),
            Err(error) => Err(error),
        };
        // Also after a trial that failed, which is told only behind it.
        self.take_note_away(gateway, &past).await?;
        answer
    }

    /// The device says again what it said before.
    async fn take_note_away(&self, gateway: &str, past: &SeenResource) -> Result<(), FhirError> {
        let Some(seen) = self.client.read(gateway).await? else { return Ok(()) };
        self.client.replace_if_taken(gateway, &seen, &past.resource).await
    }
}
