//! People who are created on a FHIR server: each once, however often they are asked for, and nobody with a number that
//! somebody has.
//!
//! Two stations may see at the same moment that nobody has a number. A server whose transactions are one after the
//! other creates only the first one then, because the number is the condition. Of others the records that are there
//! afterwards are looked at, by both stations: the later one, by the server's own clock, is withdrawn by whoever made
//! it.

use serde_json::Value;

use super::super::{CreatedPerson, RemoteError};
use super::FhirPlatform;
use super::deliver::is_of_way;
use super::directory::{MOST_COMPARED, PATIENT};
use super::error::FhirError;
use super::json::text;
use super::mapping::{
    Ours, escaped, has_number, is_withdrawn, mrn, new_patient, number_condition, patient, withdrawn_patient,
};
use super::write::{EntryOutcome, SeenResource, create_unless, version, written_at};
use crate::domain::association::IdempotencyKey;
use crate::domain::patient::{Likeness, NewPatient, Patient, PatientId, Status, likeness};
use crate::store::StoreError;

/// What may be somebody's already: whoever is named by one of these is not withdrawn.
const OF_SOMEBODY: [&str; 3] = ["Device", "DeviceUseStatement", "Observation"];

/// The version that a server of numbered versions gives to what was never changed.
const FIRST_VERSION: &str = "1";

/// What came of a creation that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    /// Somebody was created, or had been by the same request.
    Created,
    /// Somebody has the number.
    Beside,
}

impl FhirPlatform {
    /// Creates somebody, unless they or whoever has their number are there.
    pub(super) async fn create_person(&self, new: &NewPatient, key: &IdempotencyKey) -> Result<Patient, RemoteError> {
        let (ours, resource) = new_patient(new, key);
        if let Some(before) = self.settled(&ours).await? {
            return Ok(before);
        }
        let number = new.mrn.expose().as_str();
        // Somebody may have been created since the form was looked at.
        let there = self.with_number(number).await?;
        if there.iter().any(|other| has_number(other, number)) {
            return Err(StoreError::IdentifierTaken.into());
        }
        if new.reason_despite_look_alike.is_none()
            && self.alike(new).await?.iter().any(|other| other.likeness == Likeness::SamePerson)
        {
            return Err(StoreError::SamePerson.into());
        }
        // A record of which the number is of the past would keep the condition from being met.
        let is_unknown = there.is_empty();
        // That somebody came before may be said in many ways: what is there now says it.
        let sent = match self.send_new(&self.marked(resource), &ours, number, is_unknown).await {
            Err(error) if !error.status().is_some_and(|status| status == 409 || is_of_way(status)) => {
                return Err(error.into());
            }
            sent => sent,
        };
        if let Some(person) = self.settled(&ours).await? {
            return Ok(person);
        }
        let there = self.with_number(number).await?;
        if there.iter().any(|other| has_number(other, number)) {
            return Err(StoreError::IdentifierTaken.into());
        }
        Err(match sent {
            // Whoever has it may be kept from whoever asks.
            Ok(Sent::Beside) => StoreError::IdentifierTaken.into(),
            Ok(Sent::Created) => FhirError::NoFhir("who was created is not found").into(),
            Err(error) => error.into(),
        })
    }

    /// Whom a request created. It may be asked days later, when the clinic works with the record: nothing is changed.
    pub(super) async fn created_person(&self, ours: &Ours) -> Result<Option<CreatedPerson>, RemoteError> {
        let own = self.made_by(ours).await?;
        let Some(first) = own.first() else { return Ok(None) };
        let is_beside = match mrn(first) {
            Some(number) => self.with_number(number).await?.iter().any(|other| is_beside(ours, number, other)),
            None => false,
        };
        Ok(Some(CreatedPerson { patient: person(first)?, is_beside }))
    }

    /// The records that a request made, the first one first.
    async fn made_by(&self, ours: &Ours) -> Result<Vec<Value>, FhirError> {
        let found = self.client.search(PATIENT, &[("identifier", &ours.token())]).await?;
        let mut own: Vec<Value> = found.matches.into_iter().filter(|resource| ours.is_of(resource)).collect();
        own.sort_by_key(|resource| {
            let at = written_at(resource);
            (at.is_none(), at, text(resource, "/id").to_owned())
        });
        Ok(own)
    }

    /// Whom a request that is being sent created, unless somebody had their number before: then their record is
    /// withdrawn.
    async fn settled(&self, ours: &Ours) -> Result<Option<Patient>, RemoteError> {
        let mut own = self.made_by(ours).await?.into_iter();
        let Some(first) = own.next() else { return Ok(None) };
        let told = person(&first)?;
        // What was sent twice at once may have been done twice: one of them is this person.
        for again in own {
            self.withdraw(&again, Some(&told.id)).await?;
        }
        let Some(number) = mrn(&first) else { return Ok(Some(told)) };
        let others = self.with_number(number).await?;
        let others = others.iter().filter(|other| !ours.is_of(other) && has_number(other, number));
        let (mut before, mut successor) = (false, None);
        for other in others.filter(|other| !is_before(&first, other)) {
            before = true;
            let is_same = |other: &Patient| {
                let names = (told.family.expose().as_str(), told.given.expose().as_str());
                let is_same = likeness((names.0, names.1, *told.born.expose(), number), other);
                is_same == Some(Likeness::SamePerson)
            };
            successor = successor.or(patient(other).filter(is_same).map(|other| other.id));
        }
        if before {
            self.withdraw(&first, successor.as_ref()).await?;
            return Ok(None);
        }
        Ok(Some(told))
    }

    /// Those of whom the server says that they have this number, also in the past.
    async fn with_number(&self, number: &str) -> Result<Vec<Value>, FhirError> {
        let conditions = [("identifier", escaped(number)), ("_count", MOST_COMPARED.to_owned())];
        let conditions = conditions.each_ref().map(|(name, value)| (*name, value.as_str()));
        Ok(self.client.search(PATIENT, &conditions).await?.matches)
    }

    /// Has somebody created, in whatever way the server takes it.
    async fn send_new(&self, resource: &Value, ours: &Ours, number: &str, is_unknown: bool) -> Result<Sent, FhirError> {
        // In a bundle alone: what stands in a header may be logged on the way.
        if is_unknown && !self.client.capabilities().await?.denies_transactions() {
            let entry = create_unless(resource, &number_condition(number));
            match self.client.transact(&[entry]).await.map(|entered| entered.first().map(|entered| entered.what)) {
                Ok(Some(EntryOutcome::New)) => return Ok(Sent::Created),
                Ok(Some(EntryOutcome::Before | EntryOutcome::Otherwise(412))) => return Ok(Sent::Beside),
                // Refused in this way: it is tried in others, of which the condition is ours alone.
                Ok(_) => {}
                // Several have the number (FHIR R4, http.html#ccreate), though whoever asks is shown none of them.
                Err(error) if error.status() == Some(412) => return Ok(Sent::Beside),
                Err(error) if error.status().is_some_and(is_of_way) => {}
                Err(error) => return Err(error),
            }
        }
        self.create_once(resource, ours, false).await.map(|_| Sent::Created)
    }

    /// Withdraws a record that was made just now. One that somebody works with already stays, and so does one that may
    /// not be changed from here: a person must say whose number it is.
    async fn withdraw(&self, own: &Value, successor: Option<&PatientId>) -> Result<(), RemoteError> {
        let reference = format!("{PATIENT}/{}", text(own, "/id"));
        for kind in OF_SOMEBODY {
            match self.client.search(kind, &[("patient", &reference), ("_count", "1")]).await {
                Ok(found) if found.matches.is_empty() => {}
                Ok(_) => return Err(RemoteError::CreatedBeside),
                // What is not told to this computer is not done by it either.
                Err(FhirError::Status { status: 400 | 403 | 404 | 405 | 501, is_foreign: false, .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let seen = SeenResource { resource: Value::Null, version: version(own) };
        match self.client.replace(&reference, &seen, &withdrawn_patient(own.clone(), successor)).await {
            Ok(()) => Ok(()),
            // It may only create, or somebody has changed it since.
            Err(FhirError::Status { status: 400..=428, is_foreign: false, .. }) => Err(RemoteError::CreatedBeside),
            Err(error) => Err(error.into()),
        }
    }
}

/// The person of a record that this program made.
fn person(record: &Value) -> Result<Patient, FhirError> {
    patient(record).ok_or(FhirError::NoFhir("who was created has no name or birth date"))
}

/// Whether a record of somebody else has this number: one that is merged away or withdrawn is in nobody's way.
fn is_beside(ours: &Ours, number: &str, other: &Value) -> bool {
    let is_merged_away = patient(other).is_some_and(|other| other.status == Status::Merged);
    !ours.is_of(other) && has_number(other, number) && !is_withdrawn(other) && !is_merged_away
}

/// Whether one record was surely there before another, which withdraws itself then. One that this program did not make
/// withdraws nothing, and counts as the first; so does one that may have been changed since it was made, because what
/// the server tells is when it was changed last.
fn is_before(own: &Value, other: &Value) -> bool {
    let is_earlier = matches!((written_at(own), written_at(other)), (Some(own), Some(other)) if own < other);
    is_earlier && Ours::is_created(other) && text(other, "/meta/versionId") == FIRST_VERSION
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_an_untouched_record_of_this_program_is_surely_later() {
        let ours = Ours::created(&IdempotencyKey("a".to_owned()));
        let record = |second: u32, version: &str, identifier: Value| {
            let at = format!("2026-09-20T10:00:0{second}Z");
            json!({ "meta": { "lastUpdated": at, "versionId": version }, "identifier": [identifier] })
        };
        let own = record(2, "1", ours.json());
        assert!(is_before(&own, &record(3, "1", ours.json())));
        for (other, why) in [
            (record(1, "1", ours.json()), "it was there before"),
            (record(2, "1", ours.json()), "in the same moment"),
            (record(3, "2", ours.json()), "it was changed since, and may have been there before"),
            (record(3, "0b5f", ours.json()), "which version it is cannot be told"),
            (record(3, "1", json!({ "system": "https://clinic.example/mrn", "value": "12" })), "another program's"),
        ] {
            assert!(!is_before(&own, &other), "{why}");
        }
    }
}
