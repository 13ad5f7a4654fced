//! Records that were merged: whoever is asked for is who took their place (FHIR R4, patient.html#link).

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;

use super::super::apart;
use super::FhirPlatform;
use super::error::FhirError;
use super::mapping::{patient, replaced_by, replaces};
use super::write::LookedFor;
use crate::domain::patient::{Patient, PatientId};
use crate::store::By;

/// How often a record was merged into another one at most: a server whose links lead round is not followed for ever.
const MOST_MERGERS: usize = 8;

/// Whose record is written to and read for somebody.
#[derive(Debug)]
pub(super) enum PresentRecord {
    /// There is no such patient.
    Unknown,
    /// There was one, whose record was deleted.
    Deleted,
    /// It was merged into one that is not there, or into itself.
    MergedAway,
    /// Under the key, or under that of a record it was merged into, is another person than the one to whom something
    /// was assigned here.
    Another,
    /// It has no family name or no whole birth date: whose it is cannot be told.
    Incomplete,
    /// This one's.
    Of(PatientId, Box<Value>),
}

impl FhirPlatform {
    /// The patient's record, or that which took its place. The store of this computer is told: what it has of them
    /// follows, and while the server does not answer nothing is assigned to whom it has retired or lost.
    pub(super) async fn present_record(&self, id: &PatientId) -> Result<PresentRecord, FhirError> {
        // Of two answers the one to the later question counts, whichever comes first.
        let at = (self.surroundings.now)();
        let mut way = Vec::new();
        let present = self.follow(id, &mut way).await?;
        let (store, asked) = (Arc::clone(&self.surroundings.store), id.clone());
        // What cannot be kept is told anew with the next answer.
        match &present {
            PresentRecord::Of(_, record) => {
                if let Some(now) = patient(record) {
                    let by = By::command("glucodock", at);
                    // What was sent to a record between is as much this one's now as what is of the first.
                    let _ = apart(move || way.iter().try_for_each(|asked| store.note_directory(by, asked, &now))).await;
                }
            }
            // To whoever is signed in a server may say that nobody is there who is only kept from them.
            PresentRecord::Unknown | PresentRecord::MergedAway if self.client.people().is_some() => {}
            PresentRecord::Unknown | PresentRecord::Deleted | PresentRecord::MergedAway => {
                let _ = apart(move || store.note_gone(at, &asked)).await;
            }
            PresentRecord::Another | PresentRecord::Incomplete => {}
        }
        Ok(present)
    }

    /// Goes from a record to that which took its place, each step as the server says of it, and gives all on the way.
    async fn follow(&self, id: &PatientId, way: &mut Vec<PatientId>) -> Result<PresentRecord, FhirError> {
        let mut asked = id.clone();
        for merger in 0..=MOST_MERGERS {
            way.push(asked.clone());
            let looked_for = self.client.look_for(&asked.0).await?;
            let LookedFor::There(seen) = looked_for else {
                if let Some(next) = self.merged_before(&asked).await? {
                    asked = next;
                    continue;
                }
                return Ok(match looked_for {
                    _ if merger > 0 => PresentRecord::MergedAway,
                    LookedFor::Deleted => PresentRecord::Deleted,
                    LookedFor::There(_) | LookedFor::NotThere => PresentRecord::Unknown,
                });
            };
            let person = patient(&seen.resource);
            // At each step, before its link is followed: under the key of another person it leads
            // to a stranger.
            if !self.is_still(&asked, person.as_ref()).await? {
                return Ok(if person.is_some() { PresentRecord::Another } else { PresentRecord::Incomplete });
            }
            let Some(next) = replaced_by(&seen.resource) else {
                return Ok(match person {
                    Some(person) => PresentRecord::Of(person.id, Box::new(seen.resource)),
                    None => PresentRecord::Incomplete,
                });
            };
            asked = next;
        }
        Ok(PresentRecord::MergedAway)
    }

    /// Into whose record one was merged that is not there any more, as its own link said while it was: what is meant
    /// for it goes there all the same. To whoever is signed in a server may say that nobody is there who is only kept
    /// from them, and whose merger may have been taken back: then the other's record must say it still.
    async fn merged_before(&self, gone: &PatientId) -> Result<Option<PatientId>, FhirError> {
        let (store, asked) = (Arc::clone(&self.surroundings.store), gone.clone());
        let Some(next) = apart(move || store.merged_into(&asked)).await? else { return Ok(None) };
        if self.client.people().is_none() {
            return Ok(Some(next));
        }
        let there = self.client.read(&next.0).await?;
        Ok(there.filter(|there| replaces(&there.resource).contains(gone)).map(|_| next))
    }

    /// Whether a record can still be of the person to whom something was assigned here under its key.
    async fn is_still(&self, id: &PatientId, now: Option<&Patient>) -> Result<bool, FhirError> {
        let (store, asked) = (Arc::clone(&self.surroundings.store), id.clone());
        let confirmed = apart(move || store.patient_with_a_story(&asked)).await?;
        Ok(confirmed.is_none_or(|confirmed| now.is_some_and(|now| confirmed.can_be_still(now))))
    }

    /// Whose records were merged into one, as far as is known here.
    pub(super) async fn merged_here(&self, into: &PatientId) -> Result<Vec<PatientId>, FhirError> {
        let (store, into) = (Arc::clone(&self.surroundings.store), into.clone());
        Ok(apart(move || store.merged_records(&into)).await?)
    }

    /// A record, and those that were merged into it as far as is known here and as the server says of each now: the
    /// store hears of a merger that was taken back. A server that does not tell holds nothing up.
    pub(super) async fn records_said_to_be(&self, present: &PatientId) -> Vec<PatientId> {
        let mut records = vec![present.clone()];
        for former in self.merged_here(present).await.unwrap_or_default() {
            if self.was_merged_into(&former, present).await.unwrap_or(false) {
                records.push(former);
            }
        }
        records
    }

    /// A record, and all of which the server says now that they were merged into it, on whatever way: of these others,
    /// and of those that it, or one of them, says that it replaces. What only one of the two says is somebody else.
    pub(super) async fn records_of(
        &self,
        present: &PatientId,
        resource: &Value,
        others: Vec<PatientId>,
    ) -> Result<Vec<PatientId>, FhirError> {
        let mut records = vec![present.clone()];
        let mut asked: VecDeque<PatientId> = others.into_iter().chain(replaces(resource)).collect();
        while let Some(former) = asked.pop_front() {
            if !records.contains(&former) && self.was_merged_into(&former, present).await? {
                // In a chain of mergers only the record between the two may name the first.
                if let Some(there) = self.client.read(&former.0).await? {
                    asked.extend(replaces(&there.resource));
                }
                records.push(former);
            }
        }
        Ok(records)
    }

    /// Whether somebody's record was merged into this one's.
    pub(super) async fn was_merged_into(&self, somebody: &PatientId, patient: &PatientId) -> Result<bool, FhirError> {
        match self.present_record(somebody).await {
            Ok(present) => Ok(matches!(present, PresentRecord::Of(id, _) if id == *patient)),
            // Whose record is kept from us is somebody else.
            Err(FhirError::Status { status: 403, is_foreign: false, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
