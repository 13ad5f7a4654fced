//! Which patients there are, on a FHIR server.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use super::super::{CreatedPerson, PatientDirectory, RemoteError, apart};
use super::FhirPlatform;
use super::client::FhirClient;
use super::error::FhirError;
use super::mapping::{Ours, escaped, is_withdrawn, patient};
use super::merged::PresentRecord;
use super::search::{FoundPage, NextPage};
use crate::domain::association::IdempotencyKey;
use crate::domain::clinic::Actor;
use crate::domain::patient::{
    ComparedPeople, LookAlike, MOST_LOOK_ALIKES, NewPatient, PageCursor, Patient, PatientId, SearchPage, Status,
    likeness,
};
use crate::domain::permission::Permission;
use crate::domain::text::squeeze;
use crate::domain::typed_date::{self, Typed};

/// The type that this is about.
pub(super) const PATIENT: &str = "Patient";

/// How many people born on one day, or of one name and year, are compared with a new one: of a million patients some
/// thirty are born on one day, and the server is asked for no more than one page.
pub(super) const MOST_COMPARED: &str = "200";

/// How many days a date that was typed may mean: each is a condition more.
const MOST_DAYS: usize = 4;

/// The conditions of a search, by what was typed: birth dates, numbers, and beginnings of names, all of which must
/// hold.
fn conditions(typed: &str) -> Vec<(&'static str, String)> {
    let mut conditions = Vec::new();
    for word in typed_date::words(typed) {
        conditions.push(match typed_date::read(&word) {
            Typed::Days(days) => {
                let days: Vec<String> = days.iter().take(MOST_DAYS).map(ToString::to_string).collect();
                ("birthdate", days.join(","))
            }
            Typed::Month(year, month) => ("birthdate", format!("{year:04}-{month:02}")),
            Typed::Year(year) => ("birthdate", format!("{year:04}")),
            // No name has a digit in it.
            Typed::Nothing if word.chars().any(|c| c.is_ascii_digit()) => ("identifier", escaped(&word)),
            Typed::Nothing => ("name", escaped(&word)),
        });
    }
    conditions
}

/// Whether a patient meets a condition, where that can be told here as there: a server may leave one out.
fn meets(found: &Patient, (condition, value): &(&'static str, String)) -> bool {
    match *condition {
        "birthdate" => {
            let born = found.born.expose().to_string();
            value.split(',').any(|wanted| born.starts_with(wanted))
        }
        "identifier" => {
            let wanted = squeeze(value);
            found.identifiers.iter().any(|own| squeeze(own.value.expose().as_str()) == wanted)
        }
        // Each server has its own way with accents and joined names.
        _ => true,
    }
}

impl FhirPlatform {
    async fn found(&self, conditions: &[(&'static str, String)], count: &str) -> Result<FoundPage, FhirError> {
        let mut parameters: Vec<(&str, &str)> =
            conditions.iter().map(|(name, value)| (*name, value.as_str())).collect();
        parameters.push(("_count", count));
        self.client.search(PATIENT, &parameters).await
    }

    async fn search_there(
        &self,
        actor: &Actor,
        query: &str,
        from: Option<&PageCursor>,
        limit: u32,
    ) -> Result<SearchPage, RemoteError> {
        let asked = self.asked_by(actor, Permission::FindPatients).await?;
        let conditions = conditions(query);
        if conditions.is_empty() {
            return Ok(SearchPage::default());
        }
        let found = match from {
            Some(cursor) => asked.client.page_at(PATIENT, &page(&asked.client, cursor)?).await?,
            None => asked.found(&conditions, &limit.to_string()).await?,
        };
        let next = found.next.map(|next| PageCursor(next.address()));
        let patients = asked.present(people(&found.matches, &conditions)).await?;
        Ok(SearchPage { patients, next, known_only: false })
    }

    /// The people of the first page that meet the conditions.
    async fn people(&self, conditions: &[(&'static str, String)]) -> Result<Vec<Patient>, FhirError> {
        let found = self.found(conditions, MOST_COMPARED).await?;
        Ok(people(&found.matches, conditions))
    }

    /// The same people, each record that was merged into another one shown as that one, once. One whose successor is
    /// not there stays as it is: nobody can select it.
    async fn present(&self, found: Vec<Patient>) -> Result<Vec<Patient>, FhirError> {
        let mut present: Vec<Patient> = Vec::with_capacity(found.len());
        for person in found {
            let successor = match person.status {
                Status::Merged => match self.present_record(&person.id).await? {
                    PresentRecord::Of(_, resource) => patient(&resource),
                    PresentRecord::Unknown
                    | PresentRecord::Deleted
                    | PresentRecord::MergedAway
                    | PresentRecord::Another
                    | PresentRecord::Incomplete => None,
                },
                _ => None,
            };
            let person = successor.unwrap_or(person);
            if !present.iter().any(|other| other.id == person.id) {
                present.push(person);
            }
        }
        Ok(present)
    }

    async fn compared_there(&self, actor: &Actor, new: &NewPatient) -> Result<Vec<LookAlike>, RemoteError> {
        let asked = self.asked_by(actor, Permission::FindPatients).await?;
        Ok(asked.alike(new).await?)
    }

    /// People who may be taken for the new one: those born on that day, those of that name and year, and whoever has
    /// the number.
    pub(super) async fn alike(&self, new: &NewPatient) -> Result<Vec<LookAlike>, FhirError> {
        let born = new.born.expose();
        let (family, given) = (new.family.expose().as_str(), new.given.expose().as_str());
        let mrn = new.mrn.expose().as_str();
        let mut alike: Vec<LookAlike> = Vec::new();
        for conditions in [
            vec![("birthdate", born.to_string())],
            // A slip in the day or the month leaves the year as it is.
            vec![("birthdate", format!("{:04}", born.year())), ("family", escaped(family))],
            // Without a system: under which one a clinic keeps its numbers is not known here.
            vec![("identifier", escaped(mrn))],
        ] {
            for other in self.people(&conditions).await? {
                let is_seen = alike.iter().any(|seen| seen.patient.id == other.id);
                if let (false, Some(likeness)) = (is_seen, likeness((family, given, *born, mrn), &other)) {
                    alike.push(LookAlike { patient: other, likeness });
                }
            }
        }
        alike.sort_by_key(|other| other.likeness);
        alike.truncate(MOST_LOOK_ALIKES);
        Ok(alike)
    }
}

fn people(resources: &[Value], conditions: &[(&'static str, String)]) -> Vec<Patient> {
    // Of whom somebody was created beside: only the other one is anybody's.
    let found = resources.iter().filter(|resource| !is_withdrawn(resource)).filter_map(patient);
    found.filter(|found| conditions.iter().all(|condition| meets(found, condition))).collect()
}

/// A page that was named before, if it is of this server.
fn page(client: &FhirClient, cursor: &PageCursor) -> Result<NextPage, FhirError> {
    client.named_page(&cursor.0)
}

#[async_trait]
impl PatientDirectory for FhirPlatform {
    async fn search(
        &self,
        actor: &Actor,
        query: &str,
        from: Option<&PageCursor>,
        limit: u32,
    ) -> Result<SearchPage, RemoteError> {
        // Only the first page: where a search of the server goes on means nothing here.
        match self.search_there(actor, query, from, limit).await {
            // Who is known here can be found all the same; that it may not be all is said with it.
            Err(error) if error.is_silence() && from.is_none() => {
                self.may_be_told_here(actor, Permission::FindPatients).await?;
                let (store, query) = (Arc::clone(&self.surroundings.store), query.to_owned());
                let known = apart(move || store.known_patients(&query, limit)).await;
                known.map_err(|here| error.beside(here.into()))
            }
            answered => answered,
        }
    }

    async fn fetch(&self, actor: &Actor, id: &PatientId) -> Result<Option<Patient>, RemoteError> {
        let asked = self.asked_by(actor, Permission::FindPatients).await?;
        Ok(match asked.present_record(id).await? {
            PresentRecord::Of(now, resource) => {
                let records = asked.records_said_to_be(&now).await;
                match patient(&resource) {
                    Some(patient) => Some(asked.with_devices(patient, &records).await.0),
                    None => None,
                }
            }
            PresentRecord::Unknown
            | PresentRecord::Deleted
            | PresentRecord::MergedAway
            | PresentRecord::Another
            | PresentRecord::Incomplete => None,
        })
    }

    async fn look_alikes(&self, actor: &Actor, new: &NewPatient) -> Result<ComparedPeople, RemoteError> {
        // Nobody is noted either who could never be created.
        self.must_create(self.client.capabilities_so_far())?;
        match self.compared_there(actor, new).await {
            Ok(alike) => Ok(ComparedPeople { alike, known_only: false }),
            // Who is known here can be compared all the same; that they are not all is said with it.
            Err(error) if error.is_silence() => {
                self.may_be_told_here(actor, Permission::FindPatients).await?;
                let (store, new) = (Arc::clone(&self.surroundings.store), new.clone());
                let alike = apart(move || store.known_look_alikes(&new)).await;
                let alike = alike.map_err(|here| error.beside(here.into()))?;
                Ok(ComparedPeople { alike, known_only: true })
            }
            Err(error) => Err(error),
        }
    }

    async fn create(&self, actor: &Actor, new: &NewPatient, key: &IdempotencyKey) -> Result<Patient, RemoteError> {
        let asked = self.asked_by(actor, Permission::CreatePatients).await?;
        asked.must_create(asked.client.capabilities().await.ok())?;
        asked.create_person(new, key).await
    }

    async fn created(&self, actor: &Actor, key: &IdempotencyKey) -> Result<Option<CreatedPerson>, RemoteError> {
        let asked = self.asked_by(actor, Permission::CreatePatients).await?;
        asked.created_person(&Ours::created(key)).await
    }
}
