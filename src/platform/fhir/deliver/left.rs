//! What is left at the server of an assignment that was undone, and what is to become of it.
//!
//! A reading that this station created gets the mark of the undoing. What nobody stands behind any more becomes entered
//! in error; what another station stands behind too stays. What is in error because of another undoing gets the mark
//! as well, so that what was sent of this assignment, in the version before, is not done if it arrives late.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::FhirPlatform;
use super::super::json::text;
use super::super::mapping::{
    Ours, Support, came_through, goes_out, is_entered_in_error, is_ours, marked_undone, owner, patient_of, reading_id,
    revoked, unassigned, upheld, withdrawn,
};
use super::super::references::reference_of;
use super::super::write::{SeenResource, version};
use super::not_carried::NotCarried;
use super::readings::ASKED_AT_ONCE;
use super::withdraw::{ToldOf, Undoing};
use crate::config::MappingPart;
use crate::domain::delivery::Parcel;
use crate::domain::reading::Kind;

/// What is left.
#[derive(Default)]
pub(super) struct Left {
    /// What is to be said of it, in the place of what was seen.
    pub(super) changes: Vec<(String, SeenResource)>,
    /// Of which it is not said yet that the assignment was undone.
    pub(super) untold: Vec<String>,
    /// Whether something of it may still arrive, or may have come in between.
    pub(super) is_open: bool,
    /// How many readings stay, because another station stands behind them.
    pub(super) stayed: usize,
}

impl Left {
    fn change(&mut self, reference: String, seen: &Value, resource: Value) {
        self.changes.push((reference, SeenResource { version: version(seen), resource }));
    }
}

impl FhirPlatform {
    /// What is left of its readings.
    pub(super) async fn readings_left(
        &self,
        parcel: &Parcel,
        undoing: &Undoing<'_>,
        told_of: &mut ToldOf,
    ) -> Result<Left, NotCarried> {
        // What cannot be told by its meter is told by the parcel in which it went.
        let told = Parcel { key: undoing.undone.told_as.clone(), ..parcel.clone() };
        // A control test is under the meter, and nobody's.
        let of_patient = undoing.undone.readings.iter().filter(|numbered| numbered.reading.kind != Kind::Control);
        let ids: Vec<(Ours, bool)> = of_patient
            .map(|numbered| (reading_id(&told, numbered), goes_out(&numbered.reading, self.client.mapping())))
            .collect();
        let mut left = Left::default();
        for asked in ids.chunks(self.memory.at_once(ASKED_AT_ONCE).await) {
            let tokens: Vec<String> = asked.iter().map(|(id, _)| id.token()).collect();
            let found = self.observations_of(&tokens).await?;
            let references: Vec<String> = found.iter().map(|own| reference_of("Observation", own)).collect();
            let references: Vec<&str> = references.iter().map(String::as_str).collect();
            let support = self.support_of(&references).await?;
            for (id, is_sent) in asked {
                let own = found.iter().zip(&references).filter(|(found, _)| id.is_of(found)).collect::<Vec<_>>();
                // What was sent before somebody doubted it is looked for as well, and need not be there.
                left.is_open |= own.is_empty() && *is_sent;
                for (reading, reference) in own {
                    self.reading_left(reading, (reference, support.get(*reference)), undoing, told_of, &mut left)
                        .await?;
                }
            }
        }
        Ok(left)
    }

    async fn reading_left(
        &self,
        reading: &Value,
        (reference, support): (&str, Option<&Support>),
        undoing: &Undoing<'_>,
        told_of: &mut ToldOf,
        left: &mut Left,
    ) -> Result<(), NotCarried> {
        let is_theirs = self.is_theirs(patient_of(reading, "/subject"), told_of).await?;
        let is_marked = undoing.mark.is_of(reading);
        left.is_open |= version(reading).is_none();
        if (is_theirs || is_marked) && !support.is_some_and(|support| support.is_undone(&undoing.readings)) {
            left.untold.push(reference.to_owned());
        }
        let has_others = self.has_others(support, &undoing.readings, told_of).await?;
        let change = if is_entered_in_error(reading) {
            if is_marked {
                left.is_open |= undoing.mark.is_undone_by_others(reading);
                // They said so while it was being withdrawn.
                (is_theirs && has_others).then(|| upheld(reading.clone()))
            } else if Ours::is_undone(reading) {
                Some(marked_undone(reading.clone(), &undoing.mark))
            } else {
                // What somebody has marked as wrong of another patient may be on its way to this one.
                left.is_open |= !is_theirs;
                None
            }
        } else if is_theirs {
            let created_by = came_through(reading);
            let is_created_here = created_by.is_none_or(|gateway| undoing.gateways.contains(&gateway));
            if has_others || !is_created_here && !Ours::is_undone(reading) {
                left.stayed += 1;
                (is_created_here && !is_marked).then(|| marked_undone(reading.clone(), &undoing.mark))
            } else {
                Some(revoked(reading.clone(), &undoing.mark))
            }
        } else {
            // Somebody has given it to another patient since: that is theirs to decide.
            None
        };
        if let Some(change) = change {
            left.change(reference.to_owned(), reading, change);
        }
        Ok(())
    }

    /// Whether another station stands behind something for this patient, beside who created it.
    async fn has_others(
        &self,
        support: Option<&Support>,
        than: &Ours,
        told_of: &mut ToldOf,
    ) -> Result<bool, NotCarried> {
        let Some(support) = support else { return Ok(false) };
        for patient in support.others(than) {
            if self.is_theirs(Some(patient.clone()), told_of).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What is left of its claim: that the device names the patient, and since when the meter was theirs.
    pub(super) async fn claim_left(
        &self,
        parcel: &Parcel,
        undoing: &Undoing<'_>,
        told_of: &mut ToldOf,
    ) -> Result<Left, NotCarried> {
        let mut left = Left::default();
        let Some(ours) = &undoing.claim else { return Ok(left) };
        let mapping = self.client.mapping();
        let devices = self.devices(&parcel.meter).await?;
        let mut is_said_by_others = false;
        if mapping.writes(MappingPart::DeviceUseStatement) {
            let mut statements = Vec::new();
            for device in &devices {
                statements.extend(self.statements(device).await?);
            }
            is_said_by_others = self.statements_left(ours, statements, told_of, &mut left).await?;
        }
        if !mapping.writes(MappingPart::DevicePatient) {
            return Ok(left);
        }
        let references: Vec<&str> = devices.iter().map(String::as_str).collect();
        // Where statements are written they tell who says so, and each tells until when it holds.
        let is_told_by_devices = !mapping.writes(MappingPart::DeviceUseStatement);
        let support = if is_told_by_devices { self.support_of(&references).await? } else { BTreeMap::new() };
        let is_seen = |support: &Support| support.says(ours) || support.is_undone(ours);
        left.is_open |= is_told_by_devices && !support.values().any(is_seen);
        for device in &devices {
            let Some(seen) = self.client.read(device).await? else {
                left.is_open = true;
                continue;
            };
            if !self.is_theirs(owner(&seen.resource), told_of).await? {
                continue;
            }
            let support = support.get(device.as_str());
            if is_told_by_devices && !support.is_some_and(|support| support.is_undone(ours)) {
                left.untold.push(device.clone());
            }
            if !is_said_by_others && !self.has_others(support, ours, told_of).await? {
                left.is_open |= seen.version.is_none();
                left.changes.push((device.clone(), SeenResource { resource: unassigned(seen.resource), ..seen }));
            }
        }
        Ok(left)
    }

    /// What is left of what is said of the meter since when it is the patient's; whether anybody else says so.
    async fn statements_left(
        &self,
        ours: &Ours,
        statements: Vec<Value>,
        told_of: &mut ToldOf,
        left: &mut Left,
    ) -> Result<bool, NotCarried> {
        let references: Vec<String> =
            statements.iter().map(|statement| reference_of("DeviceUseStatement", statement)).collect();
        let references: Vec<&str> = references.iter().map(String::as_str).collect();
        let support = self.support_of(&references).await?;
        let (mut is_said_by_others, mut is_seen) = (false, false);
        for (statement, reference) in statements.into_iter().zip(references) {
            let (is_own, is_active) = (ours.is_of(&statement), text(&statement, "/status") == "active");
            let support = support.get(reference);
            let is_undone = |parcel: &Ours| support.is_some_and(|support| support.is_undone(parcel));
            is_seen |= is_own || is_undone(ours) || support.is_some_and(|support| support.says(ours));
            if is_own && is_entered_in_error(&statement) {
                if !is_undone(ours) {
                    left.untold.push(reference.to_owned());
                }
                continue;
            }
            if !(is_own || is_active) || !self.is_theirs(patient_of(&statement, "/subject"), told_of).await? {
                continue;
            }
            if !is_undone(ours) {
                left.untold.push(reference.to_owned());
            }
            // Who made it stands behind it until that is undone; what another program says is its own to take back.
            let stands =
                !is_own && (!is_ours(&statement) || !Ours::parcel_of(&statement).is_some_and(|by| is_undone(&by)));
            if stands || is_active && self.has_others(support, ours, told_of).await? {
                is_said_by_others |= is_active;
            } else {
                left.is_open |= version(&statement).is_none();
                left.changes.push((
                    reference.to_owned(),
                    SeenResource { version: version(&statement), resource: withdrawn(statement) },
                ));
            }
        }
        // A claim has one of its own, or said that it stands behind another station's. Where neither is found it may
        // arrive yet, or the answer was another one's.
        left.is_open |= !is_seen;
        Ok(is_said_by_others)
    }

    /// This computer's own resources there: one, or several where it was made more than once.
    pub(super) async fn own_gateways(&self) -> Result<Vec<String>, NotCarried> {
        let ours = Ours::gateway(&self.terminal().await?);
        let found = self.client.search("Device", &[("identifier", &ours.token())]).await?;
        Ok(found.matches.iter().filter(|own| ours.is_of(own)).map(|own| reference_of("Device", own)).collect())
    }
}
