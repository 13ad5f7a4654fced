//! Takes back what an assignment told that was undone: readings, and whose the meter is.
//!
//! Nothing is deleted: what is there stays and says that it was entered in error (FHIR R4, observation.html#status).
//! Only what is ours and is said of this patient is changed, in the version that was seen, and only what no other
//! station stands behind. It says first that this one does so no more, and then looks what is left: of two stations
//! that undo at the same time the last one finds that nobody does. It is done when a look finds nothing left; so it can
//! be cut off anywhere and begun anew.

use std::collections::BTreeSet;

use super::super::FhirPlatform;
use super::super::error::FhirError;
use super::super::mapping::Ours;
use super::not_carried::{NotCarried, refused};
use super::replace::Replaced;
use crate::domain::delivery::{Outcome, Parcel, WithdrawnParcels};
use crate::domain::patient::PatientId;
use crate::domain::permission::Permission;

/// How often it is looked whether anything is left: somebody else may change the same meanwhile.
const LOOKS: usize = 5;

/// What is undone, and by which identifiers that is told.
pub(super) struct Undoing<'a> {
    /// What was told.
    pub(super) undone: &'a WithdrawnParcels,
    /// What a reading gets that is not of this assignment any more.
    pub(super) mark: Ours,
    /// The parcel of its readings.
    pub(super) readings: Ours,
    /// The parcel of its claim.
    pub(super) claim: Option<Ours>,
    /// This computer there.
    pub(super) gateways: Vec<String>,
}

/// Whom it was told of: the patient, and all in whose records it may be.
pub(super) struct ToldOf {
    patient: PatientId,
    theirs: Vec<PatientId>,
}

/// What was taken back.
pub(super) struct TakenBackThere {
    /// Whether anything was left of it.
    pub(super) is_new: bool,
    /// How many readings stay, because another station stands behind them.
    pub(super) stayed: usize,
}

impl FhirPlatform {
    /// Takes it back.
    pub(super) async fn take_back_there(
        &self,
        parcel: &Parcel,
        undone: &WithdrawnParcels,
    ) -> Result<TakenBackThere, NotCarried> {
        let granted = self.client.granted().await.map_err(FhirError::from)?;
        if let Err(error) = self.is_granted(&granted, Permission::UndoAssignments) {
            return Err(NotCarried::With(Outcome::NotAllowed(error.problem())));
        }
        let mut told_of = self.told_of(parcel, undone).await?;
        let mut gateways = self.own_gateways().await?;
        if gateways.is_empty() {
            // It is there if anything was sent. Without it all would be taken for other stations' and stay, and an
            // answer may have been another one's.
            gateways.push(self.devices_of(&parcel.meter).await?.gateway);
        }
        let undoing = Undoing {
            undone,
            mark: Ours::undone(&parcel.key),
            readings: Ours::assignment(&undone.told_as),
            claim: undone.claim.as_ref().map(Ours::assignment),
            gateways,
        };
        let may_double = self.may_double(undone).await?;
        // A search may lag behind what was said a moment ago.
        let (mut told, mut is_new, mut is_looked_at_again) = (BTreeSet::new(), false, false);
        for _ in 0..LOOKS {
            let claim = self.claim_left(parcel, &undoing, &mut told_of).await?;
            let readings = self.readings_left(parcel, &undoing, &mut told_of).await?;
            let untold: Vec<String> =
                claim.untold.into_iter().chain(readings.untold).filter(|target| !told.contains(target)).collect();
            let changes: Vec<_> = readings.changes.into_iter().chain(claim.changes).collect();
            if changes.is_empty() && untold.is_empty() {
                let is_open = may_double || claim.is_open || readings.is_open;
                // What is not found is looked for once more: one answer may have been another one's.
                if is_open && !is_looked_at_again {
                    is_looked_at_again = true;
                    continue;
                }
                if is_open {
                    self.must_be_quiet(parcel, undone.quiet_for, is_new).await?;
                }
                return Ok(TakenBackThere { is_new, stayed: readings.stayed });
            }
            (is_new, is_looked_at_again) = (true, false);
            self.say_who_undid(parcel, &undoing, &untold).await?;
            told.extend(untold);
            if let Some(status) = self.replace_all(&changes).await?.into_iter().find_map(Replaced::refused) {
                return refused(&format!("the platform does not take that this is withdrawn ({status})"));
            }
        }
        Err(NotCarried::With(Outcome::put_off(None, "others change what is withdrawn at the same time")))
    }

    /// Whether something may arrive beside what is there: a second one of a server that looks at no condition, or
    /// something in the place of a later version where none are kept.
    async fn may_double(&self, undone: &WithdrawnParcels) -> Result<bool, FhirError> {
        let said = self.client.capabilities().await?;
        let kinds = ["Observation", "Device", "DeviceUseStatement"];
        let keeps_none = kinds.into_iter().any(|kind| said.keeps_versions(kind) == Some(false));
        Ok(keeps_none || !undone.is_answered && !said.creates_by_condition("Observation"))
    }

    /// Whoever has the patient's record now, and into whose it was sent.
    async fn told_of(&self, parcel: &Parcel, undone: &WithdrawnParcels) -> Result<ToldOf, NotCarried> {
        let patient = self.who_was_told(parcel, self.present_record(&parcel.patient).await?)?;
        let mut theirs = vec![parcel.patient.clone(), patient.clone()];
        theirs.extend(undone.records.iter().cloned());
        Ok(ToldOf { patient, theirs })
    }

    /// Whether this is the patient, or whoever has, or had, what was told of them.
    pub(super) async fn is_theirs(&self, subject: Option<PatientId>, told_of: &mut ToldOf) -> Result<bool, NotCarried> {
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

    /// Who took it back, once for all of it.
    async fn say_who_undid(
        &self,
        parcel: &Parcel,
        undoing: &Undoing<'_>,
        targets: &[String],
    ) -> Result<(), NotCarried> {
        if targets.is_empty() {
            return Ok(());
        }
        let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
        let told_as: Vec<Ours> = std::iter::once(undoing.readings.clone()).chain(undoing.claim.clone()).collect();
        let devices = self.devices_of(&parcel.meter).await?;
        Ok(self.nullify(parcel, &told_as, &targets, &devices.gateway).await?)
    }
}
