//! Carries a parcel to a FHIR server: whose a meter is, and readings. What was carried before changes nothing.

mod claim;
mod left;
mod not_carried;
mod parties;
mod quiet;
mod readings;
mod replace;
mod retime;
mod roll_back;
mod standing;
mod support;
mod taken_off;
mod waiting;
mod ways;
mod withdraw;

use std::sync::Arc;

use serde_json::Value;

use self::not_carried::{NotCarried, outcome, refused};
use self::parties::Parties;
pub(super) use self::ways::is_of_way;
use self::withdraw::TakenBackThere;
use super::super::apart;
use super::FhirPlatform;
use super::error::FhirError;
use super::json::at;
use super::mapping::audit_event;
use super::merged::PresentRecord;
use crate::config::MappingPart;
use crate::domain::delivery::{AttemptsBefore, Content, Outcome, Parcel};
use crate::domain::patient::PatientId;
use crate::domain::permission::Permission;
use crate::domain::problem::{Problem, ProblemCode};

impl FhirPlatform {
    /// Carries it, and says what came of it.
    pub(super) async fn carry(&self, parcel: &Parcel) -> Outcome {
        match self.try_to_carry(parcel).await {
            Ok(outcome) | Err(NotCarried::With(outcome)) => outcome,
            Err(NotCarried::Error(error)) => outcome(error, (self.surroundings.now)()),
        }
    }

    /// This computer's own resources there; nothing where they cannot be asked for.
    pub(super) async fn own_gateways_there(&self) -> Option<Vec<String>> {
        self.own_gateways().await.ok()
    }

    /// What came of it. What is somebody's whose record was merged into another goes to that one.
    async fn try_to_carry(&self, parcel: &Parcel) -> Result<Outcome, NotCarried> {
        self.must_be_the_store_s().await?;
        // What the token does not allow would be refused half-way. It waits for one that does.
        let granted = self.client.granted().await.map_err(FhirError::from)?;
        if let Err(error) = self.is_granted(&granted, Permission::AssignMeters) {
            return Err(NotCarried::With(Outcome::NotAllowed(error.problem())));
        }
        if let Content::Withdrawal(undone) = &parcel.content {
            let TakenBackThere { is_new, stayed } = self.take_back_there(parcel, undone).await?;
            // It waits again: what is told of that is looked at anew.
            self.told.lock().await.clear();
            if is_untold(parcel, is_new) && self.client.mapping().writes(MappingPart::AuditEvent) {
                // Nothing depends on it: what was taken back is done, whatever cannot be told of it.
                if let Ok(parties) = self.parties(parcel, parcel.patient.clone()).await {
                    self.say_what_was_done(parcel, &parties).await;
                }
            }
            return Ok(match u32::try_from(stayed) {
                Ok(0) => recorded(is_new),
                stayed => Outcome::TakenBackBut(stayed.unwrap_or(u32::MAX)),
            });
        }
        let present = self.present_record(&parcel.patient).await?;
        let patient = match &parcel.content {
            // What comes later of the meter waits for it, and that the assignment was undone as well.
            Content::Correction(times) if times.is_undone => self.who_was_told(parcel, present)?,
            _ => self.who_is_to_be_told(present)?,
        };
        let parties = self.parties(parcel, patient).await?;
        // A correction notes it when it creates something: all else stays in whose record it is.
        if matches!(parcel.content, Content::Correction(_)) {
            self.must_not_be_misplaced(parcel).await?;
        } else {
            self.note_record(parcel, &parties).await?;
        }
        let is_new = match &parcel.content {
            Content::Ownership => self.claim(parcel, &parties).await?,
            Content::Readings(readings) => {
                self.must_not_be_taken_off(parcel, &parties).await?;
                self.add(parcel, readings, &parties).await?
            }
            Content::Withdrawal(undone) => self.take_back_there(parcel, undone).await?.is_new,
            Content::Correction(times) => self.retime(parcel, times, &parties).await?,
        };
        // With the decision whose it is the meter waits no more; readings that follow change
        // nothing of that.
        if self.client.mapping().writes(MappingPart::PendingTask) && parcel.content == Content::Ownership {
            self.complete_tasks(&parties).await;
        }
        if is_untold(parcel, is_new) && self.client.mapping().writes(MappingPart::AuditEvent) {
            self.say_what_was_done(parcel, &parties).await;
        }
        Ok(recorded(is_new))
    }

    /// Into whose record something goes that was decided for a patient.
    fn who_is_to_be_told(&self, present: PresentRecord) -> Result<PatientId, NotCarried> {
        match present {
            // It may only be kept from whoever is signed in now.
            PresentRecord::Unknown if self.client.people().is_some() => Err(kept_from_whoever_is_there()),
            PresentRecord::Unknown => refused(
                "the platform has no record of this patient any more: have it restored there, then send this again",
            ),
            PresentRecord::Deleted => refused(
                "this patient's record was deleted at the platform: have it restored there, then send this again",
            ),
            PresentRecord::MergedAway => refused(
                "this patient's record was merged into another one that is not there: have that put right there, then \
                 send this again",
            ),
            // Whoever retired it will not look there again (clinic-safety ID-06: only an ACTIVE patient).
            PresentRecord::Of(_, record) if at(&record, "/active") == &Value::Bool(false) => refused(
                "this patient's record is INACTIVE at the platform: if it is the right one, have it made ACTIVE there, \
                 then send this again",
            ),
            PresentRecord::Another => {
                refused("the platform has another person where the one was to whom this was assigned")
            }
            PresentRecord::Incomplete => refused(
                "the patient's record at the platform has no family name or no whole birth date: have it completed \
                 there, then send this again",
            ),
            PresentRecord::Of(now, _) => Ok(now),
        }
    }

    /// In whose record something is that was told and is taken back: whoever has the patient's record now. One that is
    /// gone, INACTIVE, or somebody else's by now has what was told all the same.
    fn who_was_told(&self, parcel: &Parcel, present: PresentRecord) -> Result<PatientId, NotCarried> {
        match present {
            PresentRecord::Of(now, _) => Ok(now),
            // It may only be kept from whoever is signed in now, and what is in it with it.
            PresentRecord::Unknown | PresentRecord::MergedAway if self.client.people().is_some() => {
                Err(kept_from_whoever_is_there())
            }
            PresentRecord::Unknown
            | PresentRecord::Deleted
            | PresentRecord::MergedAway
            | PresentRecord::Another
            | PresentRecord::Incomplete => Ok(parcel.patient.clone()),
        }
    }

    /// Keeps into whose record it goes, before anything of it is sent: the merger that leads there may be taken back.
    /// Where one was taken back since something of the meter was sent, nothing more is.
    async fn note_record(&self, parcel: &Parcel, parties: &Parties) -> Result<(), NotCarried> {
        self.must_not_be_undone(parcel).await?;
        let store = Arc::clone(&self.surroundings.store);
        let (key, record, at) = (parcel.key.clone(), parties.patient.clone(), (self.surroundings.now)());
        let noted = apart(move || store.note_record(&key, &record, at)).await;
        match noted {
            Ok(true) => Ok(()),
            Ok(false) => Err(misplaced()),
            Err(error) => Err(NotCarried::With(Outcome::Later(None, error.problem()))),
        }
    }

    /// Stops where something of the meter stands in another person's record, or may.
    async fn must_not_be_misplaced(&self, parcel: &Parcel) -> Result<(), NotCarried> {
        self.must_not_be_undone(parcel).await?;
        let (store, key) = (Arc::clone(&self.surroundings.store), parcel.key.clone());
        match apart(move || store.rests_on_misplaced(&key)).await {
            Ok(false) => Ok(()),
            Ok(true) => Err(misplaced()),
            Err(error) => Err(NotCarried::With(Outcome::Later(None, error.problem()))),
        }
    }

    /// Stops where somebody has undone here, meanwhile, what it tells: each reading that follows would have to be
    /// withdrawn.
    async fn must_not_be_undone(&self, parcel: &Parcel) -> Result<(), NotCarried> {
        let (store, key) = (Arc::clone(&self.surroundings.store), parcel.key.clone());
        match apart(move || store.is_undone(&key)).await {
            Ok(false) => Ok(()),
            Ok(true) => Err(NotCarried::With(Outcome::put_off(None, "it was undone here meanwhile"))),
            Err(error) => Err(NotCarried::With(Outcome::Later(None, error.problem()))),
        }
    }

    /// Stops where the data folder was said to belong to another address since this program began.
    async fn must_be_the_store_s(&self) -> Result<(), NotCarried> {
        let store = Arc::clone(&self.surroundings.store);
        match apart(move || store.directory()).await {
            Ok(Some(said)) if said == self.client.directory() => Ok(()),
            Ok(_) => {
                let why = "the platform was moved to another address: leave this program and start it again";
                Err(NotCarried::With(Outcome::put_off(None, why)))
            }
            Err(error) => Err(NotCarried::With(Outcome::Later(None, error.problem()))),
        }
    }

    /// Says so where the server wants to be told. Most keep such a trail themselves and take none from others: what
    /// comes of it changes nothing.
    async fn say_what_was_done(&self, parcel: &Parcel, parties: &Parties) {
        let Parties { patient, devices } = parties;
        let event = audit_event(parcel, patient, &devices.meter, &devices.gateway, self.zone());
        let event = self.marked(event);
        if !self.client.capabilities().await.is_ok_and(|said| said.denies("AuditEvent", "create")) {
            let _ = self.client.create(&event, None).await;
        }
    }
}

/// That something of the meter is in another record.
fn misplaced() -> NotCarried {
    let why = "something of this meter is, or may be, in another patient's record at the platform";
    NotCarried::With(Outcome::put_off(None, why))
}

/// That the server shows a patient to somebody else, perhaps.
fn kept_from_whoever_is_there() -> NotCarried {
    let why = "the platform does not show this patient to whoever is signed in";
    NotCarried::With(Outcome::NotAllowed(Problem::new(ProblemCode::NotGranted, why)))
}

/// Whether it is still to be told what was done. That is told at the end of an attempt: one that was cut off has not
/// told it, and of one of which nothing is known it is not told once more.
fn is_untold(parcel: &Parcel, is_new: bool) -> bool {
    is_new || parcel.before == AttemptsBefore::CutOff
}

/// What comes of what is there now: it was added, or was there.
const fn recorded(is_new: bool) -> Outcome {
    if is_new { Outcome::Recorded } else { Outcome::AlreadyThere }
}
