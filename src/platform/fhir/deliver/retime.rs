//! Gives readings that were told the times that they were corrected to, or the meter's own again when that was undone.
//!
//! Nothing is deleted. What is there gets a new version, in the version that was seen (FHIR R4, http.html#concurrency);
//! what was not told before, because its time was doubted, is created, and is in error when the correction is undone.
//! Only what this computer created is changed, and only from the time that it had told: whoever changed it at the
//! platform, and another station that told it, are asked by a person. It is done when a look finds nothing left; so it
//! can be cut off anywhere and begun anew.
//!
//! An undoing is never refused for what others decided, nor for whose record it is by now: that the assignment was
//! undone waits for it. What is not its own any more it leaves as it is.

use std::collections::BTreeSet;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::super::FhirPlatform;
use super::super::error::FhirError;
use super::super::json::text;
use super::super::mapping::{
    Ours, came_through, goes_out, is_corrected, is_entered_in_error, patient_of, reading_id, retimed, retold, revoked,
    time_there,
};
use super::super::references::reference_of;
use super::super::write::{SeenResource, version};
use super::not_carried::{NotCarried, not_found_yet, refused};
use super::parties::Parties;
use super::readings::{ASKED_AT_ONCE, TOLD_ELSEWHERE};
use super::replace::Replaced;
use crate::config::MappingPart;
use crate::domain::delivery::{CorrectedTimes, NumberedReading, Outcome, Parcel, RetimedReading};
use crate::domain::patient::PatientId;
use crate::domain::permission::Permission;
use crate::domain::reading::{Kind, Reading};

/// How often it is looked whether anything is left: somebody else may change the same meanwhile.
const LOOKS: usize = 5;

/// So many targets a provenance has at most, as where something was undone.
const MOST_TARGETS: usize = 200;

/// What is left to be done.
#[derive(Default)]
struct TimesLeft {
    /// What gets a new version.
    changes: Vec<(String, SeenResource)>,
    /// What is to be created.
    missing: Vec<NumberedReading>,
    /// Whether something of it may still arrive, or may have been taken away.
    is_open: bool,
}

/// What is to be done with a reading.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RetimingStep {
    /// It gets its time.
    Retime,
    /// The correction told it: it is in error without that, unless another station stands behind it.
    Revoke,
    /// It is created, or given back to the patient.
    Create,
}

impl FhirPlatform {
    /// Gives them their times; whether anything was left to be done.
    pub(super) async fn retime(
        &self,
        parcel: &Parcel,
        times: &CorrectedTimes,
        parties: &Parties,
    ) -> Result<bool, NotCarried> {
        let gateways = self.own_gateways().await?;
        // Without this computer all would be taken for other stations', and an answer may have been another one's.
        if !gateways.contains(&parties.devices.gateway) {
            return Err(not_found_yet());
        }
        // One that keeps no versions does what comes late as if it were new.
        let keeps_none = self.client.capabilities().await?.keeps_versions("Observation") == Some(false);
        let (mut told, mut is_new, mut is_looked_at_again) = (BTreeSet::new(), false, false);
        for _ in 0..LOOKS {
            let left = self.times_left(parcel, times, parties, &gateways).await?;
            if !left.missing.is_empty() {
                // Asked before anything is changed: refused behind that, it would be half done.
                self.must_not_be_anothers(parties, parties.devices.named.as_ref()).await?;
            }
            if left.changes.is_empty() && left.missing.is_empty() {
                // What is not found is looked for once more: one answer may have been another one's.
                if left.is_open && !is_looked_at_again {
                    is_looked_at_again = true;
                    continue;
                }
                if left.is_open || keeps_none || !times.is_answered {
                    self.must_be_quiet(parcel, times.quiet_for, is_new).await?;
                }
                return Ok(is_new);
            }
            self.must_be_let().await?;
            (is_new, is_looked_at_again) = (true, false);
            let untold: Vec<&str> = left
                .changes
                .iter()
                .map(|(reference, _)| reference.as_str())
                .filter(|own| !told.contains(*own))
                .collect();
            for targets in untold.chunks(MOST_TARGETS) {
                self.must_not_be_undone(parcel).await?;
                let said = retold(parcel, times.is_undone, targets, &parties.devices.gateway, self.zone());
                self.client.create(&self.marked(said), None).await?;
            }
            told.extend(untold.into_iter().map(str::to_owned));
            let replaced = self.replace_while_standing(parcel, &left.changes).await?;
            if let Some(status) = replaced.into_iter().find_map(Replaced::refused) {
                return refused(&format!("the platform does not take that times were corrected ({status})"));
            }
            if !left.missing.is_empty() {
                // What has another time only stays in whose record it is: what is created may come into another one.
                self.note_record(parcel, parties).await?;
                self.add(parcel, &left.missing, parties).await?;
            }
        }
        Err(NotCarried::With(Outcome::put_off(None, "others change these readings at the same time")))
    }

    /// Stops where the settings or a token do not let what was sent be changed. Of what was never changed there nothing
    /// is to be changed back: an undoing that finds nothing left needs neither.
    async fn must_be_let(&self) -> Result<(), NotCarried> {
        if !self.client.mapping().writes(MappingPart::Withdrawal) {
            return refused(
                "the settings do not let what was sent be changed (withdraw_undone): have that allowed, then send this \
                 again",
            );
        }
        let granted = self.client.granted().await.map_err(FhirError::from)?;
        self.is_granted(&granted, Permission::CorrectTimes)
            .map_err(|error| NotCarried::With(Outcome::NotAllowed(error.problem())))
    }

    /// What is left of it. All of it is looked at before anything is changed.
    async fn times_left(
        &self,
        parcel: &Parcel,
        times: &CorrectedTimes,
        parties: &Parties,
        gateways: &[String],
    ) -> Result<TimesLeft, NotCarried> {
        // A control test is nobody's.
        let of_patient = times.readings.iter().filter(|own| own.after.reading.kind != Kind::Control);
        let told: Vec<(Ours, &RetimedReading)> = of_patient.map(|own| (reading_id(parcel, &own.after), own)).collect();
        let mut left = TimesLeft::default();
        for asked in told.chunks(self.memory.at_once(ASKED_AT_ONCE).await) {
            let tokens: Vec<String> = asked.iter().map(|(id, _)| id.token()).collect();
            let found = self.observations_of(&tokens).await?;
            let mut revoked = Vec::new();
            for (id, retimed) in asked {
                let of_id = found.iter().filter(|found| id.is_of(found));
                let (wrong, valid): (Vec<&Value>, Vec<&Value>) = of_id.partition(|found| is_entered_in_error(found));
                // Of several that are in error the one that this program has withdrawn.
                let wrong = wrong.into_iter().min_by_key(|found| !Ours::is_undone(found));
                match (valid.as_slice(), wrong) {
                    ([], None) => self.not_there(retimed, times, &mut left)?,
                    ([], Some(wrong)) => {
                        if self.is_in_error(retimed, wrong, times)? == Some(RetimingStep::Create) {
                            left.missing.push(retimed.after.clone());
                        }
                    }
                    ([_, _, ..], _) if !times.is_undone => {
                        return refused("the platform has a reading of this meter more than once");
                    }
                    (valid, _) => {
                        for there in valid {
                            left.is_open |= times.is_undone && version(there).is_none();
                            match self.is_there(retimed, there, times, parties, gateways).await? {
                                Some(RetimingStep::Retime) => left.change(there, retimed, self.zone()),
                                Some(RetimingStep::Revoke) => revoked.push((*there, *retimed)),
                                Some(RetimingStep::Create) | None => {}
                            }
                        }
                    }
                }
            }
            self.revoke_or_keep(parcel, parties, revoked, &mut left).await?;
        }
        Ok(left)
    }

    /// What the correction told is in error, unless another station has found it there and stands behind it: to that
    /// one it was told by the meter's own time.
    async fn revoke_or_keep(
        &self,
        parcel: &Parcel,
        parties: &Parties,
        told: Vec<(&Value, &RetimedReading)>,
        left: &mut TimesLeft,
    ) -> Result<(), NotCarried> {
        let references: Vec<String> = told.iter().map(|(there, _)| reference_of("Observation", there)).collect();
        let references: Vec<&str> = references.iter().map(String::as_str).collect();
        let support = self.support_of(&references).await?;
        for ((there, of), reference) in told.into_iter().zip(references) {
            let mut has_others = false;
            if let Some(support) = support.get(reference) {
                for other in support.others(&Ours::assignment(&parcel.key)) {
                    has_others |= self.is_or_was(other, parties).await?;
                }
            }
            if has_others {
                left.change(there, of, self.zone());
            } else {
                left.put(there, revoked(there.clone(), &Ours::undone(&parcel.key)));
            }
        }
        Ok(())
    }

    /// What becomes of a reading that is not there.
    fn not_there(
        &self,
        retimed: &RetimedReading,
        times: &CorrectedTimes,
        left: &mut TimesLeft,
    ) -> Result<(), NotCarried> {
        let goes = |own: &NumberedReading| goes_out(&own.reading, self.client.mapping());
        match (goes(&retimed.before), goes(&retimed.after)) {
            // It was told by the other time. A search may lag behind, or somebody has deleted it since.
            (true, true) if !times.is_undone => Err(not_found_yet()),
            (true, _) => {
                left.is_open = true;
                Ok(())
            }
            (false, true) if !times.is_undone => {
                left.missing.push(retimed.after.clone());
                Ok(())
            }
            (false, _) => Ok(()),
        }
    }

    /// What becomes of one that is in error there.
    fn is_in_error(
        &self,
        of: &RetimedReading,
        there: &Value,
        times: &CorrectedTimes,
    ) -> Result<Option<RetimingStep>, NotCarried> {
        // Nothing is put into a record by an undoing. What is told of it by now goes with the readings themselves.
        if times.is_undone {
            return Ok(None);
        }
        match (goes_out(&of.after.reading, self.client.mapping()), Ours::is_undone(there)) {
            // It is as it was before it was told, or is told again.
            (false, _) => Ok(None),
            (true, true) => Ok(Some(RetimingStep::Create)),
            (true, false) => refused("somebody at the platform has marked a reading of these as wrong"),
        }
    }

    /// What becomes of one that is there.
    async fn is_there(
        &self,
        of: &RetimedReading,
        there: &Value,
        times: &CorrectedTimes,
        parties: &Parties,
        gateways: &[String],
    ) -> Result<Option<RetimingStep>, NotCarried> {
        let RetimedReading { before, after } = of;
        let is_told = goes_out(&after.reading, self.client.mapping());
        let decided = |why: &str| times.decided(why);
        if !self.is_of_patient(there, parties).await? {
            return decided("the platform has a reading of these under another patient");
        }
        // Also where it has the time already that it is to get: what another station's correction gave it, that one may
        // undo.
        let is_own = came_through(there).is_some_and(|gateway| gateways.contains(&gateway));
        if !is_own && !times.is_undone {
            return refused(TOLD_ELSEWHERE);
        }
        let now = time_there(there, self.zone());
        // One that was told by its own time before that was doubted keeps it, and one that the correction told is in
        // error without that.
        let stays = is_told || is_corrected(there) || !is_at(now, &before.reading);
        if stays && is_at(now, &after.reading) {
            return Ok(None);
        }
        if !is_at(now, &before.reading) {
            return decided("somebody at the platform has changed the time of a reading of these");
        }
        if !is_own {
            return Ok(None);
        }
        if !matches!(text(there, "/status"), "final" | "corrected" | "amended") {
            return decided("a reading of these is not final at the platform");
        }
        // As what was undone, it is put right all the same, and looked at once more later.
        if version(there).is_none() && !times.is_undone {
            return refused("the platform does not say which version a reading of these is");
        }
        Ok(Some(if stays { RetimingStep::Retime } else { RetimingStep::Revoke }))
    }

    /// Whether it is under the patient, or whoever's record was merged into theirs.
    async fn is_of_patient(&self, there: &Value, parties: &Parties) -> Result<bool, NotCarried> {
        match patient_of(there, "/subject") {
            Some(subject) => self.is_or_was(&subject, parties).await,
            None => Ok(false),
        }
    }

    /// Whether this is the patient, or whoever's record was merged into theirs.
    async fn is_or_was(&self, somebody: &PatientId, parties: &Parties) -> Result<bool, NotCarried> {
        Ok(*somebody == parties.patient || self.was_merged_into(somebody, &parties.patient).await?)
    }
}

impl TimesLeft {
    /// A reading gets its time.
    fn change(&mut self, there: &Value, of: &RetimedReading, zone: &TimeZone) {
        self.put(there, retimed(there.clone(), &of.after.reading, zone));
    }

    /// Something takes the place of what was seen.
    fn put(&mut self, there: &Value, resource: Value) {
        let seen = SeenResource { version: version(there), resource };
        self.changes.push((reference_of("Observation", there), seen));
    }
}

impl CorrectedTimes {
    /// What comes of what others decided of a reading. It stays as it is when a correction is undone: it has not its
    /// time any more.
    fn decided(&self, why: &str) -> Result<Option<RetimingStep>, NotCarried> {
        if self.is_undone { Ok(None) } else { refused(why) }
    }
}

/// Whether this is the time of a reading: servers keep it to the second.
fn is_at(there: Option<DateTime>, reading: &Reading) -> bool {
    let second = |time: DateTime| time.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    there.map(second).is_some_and(|there| reading.time.map(second) == Some(there))
}
