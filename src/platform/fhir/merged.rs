//! Records that were merged: whoever is asked for is who took their place (FHIR R4, patient.html#link).

use std::sync::Arc;

use serde_json::Value;

use super::super::apart;
use super::FhirPlatform;
use super::error::FhirError;
use super::json::text;
use super::mapping::{patient, replaced_by};
use crate::domain::patient::PatientId;
use crate::store::By;

/// How often a record was merged into another one at most: a server whose links lead round is not followed for ever.
const MOST_MERGERS: usize = 8;

/// Whose record is written to and read for somebody.
#[derive(Debug)]
pub(super) enum PresentRecord {
    /// There is no such patient.
    Unknown,
    /// It was merged into one that is not there, or into itself.
    MergedAway,
    /// Under the key, or under that of a record it was merged into, is another person than the one to whom something
    /// was assigned here.
    Another,
    /// This one's.
    Of(PatientId, Box<Value>),
}

impl FhirPlatform {
    /// The patient's record, or that which took its place. The store of this computer is told: what it has of them
    /// follows, and while the server does not answer nothing is assigned to whom it has retired or lost.
    pub(super) async fn present_record(&self, id: &PatientId) -> Result<PresentRecord, FhirError> {
        // Of two answers the one to the later question counts, whichever comes first.
        let at = (self.surroundings.now)();
        let present = self.follow(id).await?;
        let (store, asked) = (Arc::clone(&self.surroundings.store), id.clone());
        // What cannot be kept is told anew with the next answer.
        match &present {
            PresentRecord::Of(_, record) => {
                if let Some(now) = patient(record) {
                    let by = By::command("glucodock", at);
                    let _ = apart(move || store.note_directory(by, &asked, &now)).await;
                }
            }
            // To whoever is signed in a server may say that nobody is there who is only kept from them.
            PresentRecord::Unknown | PresentRecord::MergedAway if self.client.people().is_none() => {
                let _ = apart(move || store.note_gone(at, &asked)).await;
            }
            PresentRecord::Unknown | PresentRecord::MergedAway | PresentRecord::Another => {}
        }
        Ok(present)
    }

    async fn follow(&self, id: &PatientId) -> Result<PresentRecord, FhirError> {
        let mut asked = id.clone();
        for merger in 0..=MOST_MERGERS {
            let Some(seen) = self.client.read(&asked.0).await? else {
                if let Some(next) = self.merged_before(&asked).await? {
                    asked = next;
                    continue;
                }
                return Ok(if merger == 0 { PresentRecord::Unknown } else { PresentRecord::MergedAway });
            };
            if !self.is_still(&asked, &seen.resource).await? {
                return Ok(PresentRecord::Another);
            }
            let Some(next) = replaced_by(&seen.resource) else {
                let own = text(&seen.resource, "/id");
                let id = if own.is_empty() { asked } else { PatientId(format!("Patient/{own}")) };
                return Ok(PresentRecord::Of(id, Box::new(seen.resource)));
            };
            asked = next;
        }
        Ok(PresentRecord::MergedAway)
    }

    /// Into whose record one was merged that is not there any more, as its own link said while it was: what is meant
    /// for it goes there all the same. To whoever is signed in a server may say that nobody is there who is only kept
    /// from them, and whose merger may have been taken back.
    async fn merged_before(&self, gone: &PatientId) -> Result<Option<PatientId>, FhirError> {
        if self.client.people().is_some() {
            return Ok(None);
        }
        let (store, gone) = (Arc::clone(&self.surroundings.store), gone.clone());
        Ok(apart(move || store.merged_into(&gone)).await?)
    }

    /// Whether a record can still be of the person to whom something was assigned here under its key.
    async fn is_still(&self, id: &PatientId, record: &Value) -> Result<bool, FhirError> {
        let (store, asked) = (Arc::clone(&self.surroundings.store), id.clone());
        let confirmed = apart(move || store.patient_with_a_story(&asked)).await?;
        let now = patient(record);
        Ok(confirmed.is_none_or(|confirmed| now.is_some_and(|now| confirmed.can_be_still(&now))))
    }

    /// Whether somebody's record was merged into this one's.
    pub(super) async fn was_merged_into(&self, somebody: &PatientId, patient: &PatientId) -> Result<bool, FhirError> {
        match self.present_record(somebody).await {
            Ok(present) => Ok(matches!(present, PresentRecord::Of(id, _) if id == *patient)),
            // Whose record is kept from us is somebody else.
            Err(FhirError::Status { status: 403, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
