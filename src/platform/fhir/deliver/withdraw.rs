//! Takes back what an assignment told that was undone: readings, and whose the meter is.
//!
//! Nothing is deleted: what is there stays and says that it was entered in error (FHIR R4, observation.html#status).
//! Only what is ours and is said of this patient is changed, in the version that was seen. It is done when a look finds
//! nothing left; so it can be cut off anywhere and begun anew.

use jiff::SignedDuration;
use serde_json::Value;

use super::super::FhirPlatform;
use super::super::error::FhirError;
use super::super::json::text;
use super::super::mapping::{Ours, goes_out, is_entered_in_error, is_of_undoing, owner, patient_of, reading_id};
use super::super::mapping::{nullified, revoked, unassigned, withdrawn};
use super::super::merged::PresentRecord;
use super::super::write::{SeenResource, version};
use super::not_carried::{NotCarried, refused};
use super::readings::ASKED_AT_ONCE;
use super::replace::Replaced;
use crate::config::MappingPart;
use crate::domain::association::IdempotencyKey;
use crate::domain::delivery::{Outcome, Parcel, WithdrawnParcels};
use crate::domain::patient::PatientId;
use crate::domain::permission::Permission;
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::reading::Kind;

/// How often it is looked whether anything is left: somebody else may change the same meanwhile.
const LOOKS: usize = 3;

/// For so long after it was undone something may still arrive of which no answer was heard: an attempt under way then
/// is left after two minutes without any, and what it sent last may take as long.
const MAY_ARRIVE: SignedDuration = SignedDuration::from_mins(4);

/// What is left of an assignment at the server.
#[derive(Default)]
struct Left {
    /// What is to be said of it, in the place of what was seen.
    changes: Vec<(String, SeenResource)>,
    /// What says by now that it was entered in error, because of this.
    withdrawn: Vec<String>,
    /// Whether all that was sent, or may have been, is found.
    is_all: bool,
}

/// Whom it was told of: the patient, and whoever has their record now.
struct ToldOf {
    patient: PatientId,
    theirs: Vec<PatientId>,
}

impl FhirPlatform {
    /// Takes it back; whether anything was left of it.
    pub(super) async fn take_back_there(&self, parcel: &Parcel, undone: &WithdrawnParcels) -> Result<bool, NotCarried> {
        let granted = self.client.granted().await.map_err(FhirError::from)?;
        if let Err(error) = self.is_granted(&granted, Permission::UndoAssignments) {
            return Err(NotCarried::With(Outcome::NotAllowed(error.problem())));
        }
        let mut told_of = self.told_of(parcel).await?;
        let mut is_new = false;
        for _ in 0..LOOKS {
            let readings = self.readings_left(parcel, undone, &mut told_of).await?;
            let claim = self.claim_left(parcel, undone.claim.as_ref(), &mut told_of).await?;
            let changes: Vec<_> = readings.changes.into_iter().chain(claim.changes).collect();
            if changes.is_empty() {
                let targets: Vec<String> = claim.withdrawn.into_iter().chain(readings.withdrawn).collect();
                self.say_who_undid(parcel, &targets).await?;
                self.must_be_all(parcel, readings.is_all && claim.is_all)?;
                return Ok(is_new);
            }
            is_new = true;
            if let Some(status) = self.replace_all(&changes).await?.into_iter().find_map(Replaced::refused) {
                return refused(&format!("the platform does not take that this is withdrawn ({status})"));
            }
        }
        Err(NotCarried::With(Outcome::put_off(None, "others change what is withdrawn at the same time")))
    }

    /// Whoever has the patient's record now. One that is gone, or somebody else's by now, may have readings of this
    /// assignment all the same.
    async fn told_of(&self, parcel: &Parcel) -> Result<ToldOf, NotCarried> {
        let patient = match self.present_record(&parcel.patient).await? {
            PresentRecord::Of(now, _) => now,
            // It may only be kept from whoever is signed in now, and what is in it with it.
            PresentRecord::Unknown | PresentRecord::MergedAway if self.client.people().is_some() => {
                let why = "the platform does not show this patient to whoever is signed in";
                return Err(NotCarried::With(Outcome::NotAllowed(Problem::new(ProblemCode::NotGranted, why))));
            }
            PresentRecord::Unknown
            | PresentRecord::Deleted
            | PresentRecord::MergedAway
            | PresentRecord::Another
            | PresentRecord::Incomplete => parcel.patient.clone(),
        };
        let theirs = vec![parcel.patient.clone(), patient.clone()];
        Ok(ToldOf { patient, theirs })
    }

    async fn is_theirs(&self, subject: Option<PatientId>, told_of: &mut ToldOf) -> Result<bool, NotCarried> {
        let Some(subject) = subject else { return Ok(false) };
        if told_of.theirs.contains(&subject) {
            return Ok(true);
        }
        let is_merged = self.was_merged_into(&subject, &told_of.patient).await?;
        if is_merged {
            told_of.theirs.push(subject);
        }
        Ok(is_merged)
    }

    /// What is left of its readings.
    async fn readings_left(
        &self,
        parcel: &Parcel,
        undone: &WithdrawnParcels,
        told_of: &mut ToldOf,
    ) -> Result<Left, NotCarried> {
        // What cannot be told by its meter is told by the parcel in which it went.
        let told = Parcel { key: undone.told_as.clone(), ..parcel.clone() };
        // A control test is under the meter, and nobody's.
        let of_patient = undone.readings.iter().filter(|numbered| numbered.reading.kind != Kind::Control);
        let ids: Vec<(Ours, bool)> = of_patient
            .map(|numbered| (reading_id(&told, numbered), goes_out(&numbered.reading, self.client.mapping())))
            .collect();
        let mark = Ours::undone(&parcel.key);
        let mut left = Left { is_all: true, ..Left::default() };
        for asked in ids.chunks(self.memory.at_once(ASKED_AT_ONCE).await) {
            let tokens: Vec<String> = asked.iter().map(|(id, _)| id.token()).collect();
            let found = self.observations_of(&tokens).await?;
            for (id, is_sent) in asked {
                let own: Vec<&Value> = found.iter().filter(|found| id.is_of(found)).collect();
                // What was sent before somebody doubted it is looked for as well, and need not be there.
                left.is_all &= !own.is_empty() || !is_sent;
                for reading in own {
                    let reference = format!("Observation/{}", text(reading, "/id"));
                    if is_entered_in_error(reading) {
                        if mark.is_of(reading) {
                            left.withdrawn.push(reference);
                        }
                    } else if self.is_theirs(patient_of(reading, "/subject"), told_of).await? {
                        let resource = revoked(reading.clone(), &mark);
                        left.changes.push((reference, SeenResource { version: version(reading), resource }));
                    }
                }
            }
        }
        Ok(left)
    }

    /// What is left of its claim: that the device names the patient, and since when the meter was theirs.
    async fn claim_left(
        &self,
        parcel: &Parcel,
        claim: Option<&IdempotencyKey>,
        told_of: &mut ToldOf,
    ) -> Result<Left, NotCarried> {
        let mut left = Left { is_all: true, ..Left::default() };
        let Some(claim) = claim else { return Ok(left) };
        let (ours, mapping) = (Ours::assignment(claim), self.client.mapping());
        let mut is_said_by_others = false;
        let devices = self.devices(&parcel.meter).await?;
        let mut statements = Vec::new();
        if mapping.writes(MappingPart::DeviceUseStatement) {
            for device in &devices {
                statements.extend(self.statements(device).await?);
            }
            left.is_all = statements.iter().any(|statement| ours.is_of(statement));
        }
        for statement in statements {
            let reference = format!("DeviceUseStatement/{}", text(&statement, "/id"));
            let subject = patient_of(&statement, "/subject");
            match (ours.is_of(&statement), is_entered_in_error(&statement)) {
                (true, true) => left.withdrawn.push(reference),
                (true, false) => {
                    if self.is_theirs(subject, told_of).await? {
                        let seen = SeenResource { version: version(&statement), resource: withdrawn(statement) };
                        left.changes.push((reference, seen));
                    }
                }
                // Another program says that it is this patient's meter: that is its own to take back.
                (false, _) => {
                    is_said_by_others |=
                        text(&statement, "/status") == "active" && self.is_theirs(subject, told_of).await?;
                }
            }
        }
        for device in devices.into_iter().filter(|_| mapping.writes(MappingPart::DevicePatient) && !is_said_by_others) {
            let Some(seen) = self.client.read(&device).await? else { continue };
            if self.is_theirs(owner(&seen.resource), told_of).await? {
                left.changes.push((device, SeenResource { resource: unassigned(seen.resource), ..seen }));
            }
        }
        Ok(left)
    }

    /// Who took it back, once for all of it.
    async fn say_who_undid(&self, parcel: &Parcel, targets: &[String]) -> Result<(), NotCarried> {
        let Some(first) = targets.first() else { return Ok(()) };
        let found = self.client.search("Provenance", &[("target", first)]).await?;
        if found.matches.iter().any(|found| is_of_undoing(found, parcel, self.zone())) {
            return Ok(());
        }
        let devices = self.devices_of(&parcel.meter).await?;
        let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
        let provenance = self.marked(nullified(parcel, &targets, &devices.gateway, self.zone()));
        self.client.create(&provenance, None).await?;
        Ok(())
    }

    /// Stops where something was sent that is not found, as long as it may still arrive: an answer that was lost says
    /// nothing of what it answered, and a search may lag behind what was written.
    fn must_be_all(&self, parcel: &Parcel, is_all: bool) -> Result<(), NotCarried> {
        let since = (self.surroundings.now)().duration_since(parcel.decided_at);
        // Of a clock that was set by more than that nothing can be told.
        if is_all || since.abs() >= MAY_ARRIVE {
            return Ok(());
        }
        let until = parcel.decided_at.checked_add(MAY_ARRIVE).ok();
        let why = "not all that was sent is found yet: it is looked again whether any of it arrived since";
        Err(NotCarried::With(Outcome::put_off(until, why)))
    }
}
