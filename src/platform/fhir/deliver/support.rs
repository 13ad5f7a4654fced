//! Who stands behind what is on the server, asked and told: so that what one station undoes stays where it is right at
//! another one ([`Support`]).

use std::collections::BTreeMap;

use super::super::FhirPlatform;
use super::super::error::FhirError;
use super::super::mapping::{Ours, Support, nullified, verified};
use super::not_carried::{NotCarried, not_found_yet};
use super::parties::Parties;
use super::readings::ASKED_AT_ONCE;
use super::ways::ToCreate;
use crate::domain::delivery::Parcel;

/// So many targets a provenance has at most: a meter has thousands of readings, and each provenance is read as a whole.
const MOST_TARGETS: usize = 200;

/// How many provenances are asked for on a page: each reading may have some of each station.
const PROVENANCES_AT_ONCE: &str = "200";

impl FhirPlatform {
    /// Who stands behind these, by their references.
    pub(super) async fn support_of<'a>(&self, targets: &[&'a str]) -> Result<BTreeMap<&'a str, Support>, FhirError> {
        let mut support = BTreeMap::new();
        for asked in targets.chunks(ASKED_AT_ONCE) {
            let conditions = [("target", asked.join(",")), ("_count", PROVENANCES_AT_ONCE.to_owned())];
            let conditions = conditions.each_ref().map(|(name, value)| (*name, value.as_str()));
            let provenances = self.client.search_all("Provenance", &conditions).await?;
            support.extend(asked.iter().map(|target| (*target, Support::of(target, &provenances))));
        }
        Ok(support)
    }

    /// Says that this station stands behind what others have created, and looks once more: what was undone there just
    /// before is given to the patient. Whether anything was.
    pub(super) async fn stand_behind(
        &self,
        parcel: &Parcel,
        by_others: &[(String, &ToCreate)],
        parties: &Parties,
    ) -> Result<bool, NotCarried> {
        let targets: Vec<&str> = by_others.iter().map(|(reference, _)| reference.as_str()).collect();
        if targets.is_empty() || !self.verify(parcel, parties, &targets).await? {
            return Ok(false);
        }
        let wanted: Vec<&ToCreate> = by_others.iter().map(|(_, resource)| *resource).collect();
        let there = self.there(parcel, &wanted, parties).await?;
        if there.ids.len() < wanted.len() {
            return Err(not_found_yet());
        }
        Ok(there.is_moved)
    }

    /// Says once that this station stands behind what another one has said as well; whether that was new. What was
    /// undone there before it was said is to be looked at again.
    pub(super) async fn verify(&self, parcel: &Parcel, parties: &Parties, targets: &[&str]) -> Result<bool, FhirError> {
        let ours = Ours::assignment(&parcel.key);
        let support = self.support_of(targets).await?;
        let unsaid: Vec<&str> =
            targets.iter().copied().filter(|target| !support.get(target).is_some_and(|own| own.says(&ours))).collect();
        for unsaid in unsaid.chunks(MOST_TARGETS) {
            let gateway = &parties.devices.gateway;
            let provenance = verified(parcel, &parties.patient, unsaid, gateway, self.zone());
            self.client.create(&self.marked(provenance), None).await?;
        }
        Ok(!unsaid.is_empty())
    }

    /// Says of these who undid the assignment, by which parcels it was told.
    pub(super) async fn nullify(
        &self,
        parcel: &Parcel,
        told_as: &[Ours],
        targets: &[&str],
        gateway: &str,
    ) -> Result<(), FhirError> {
        for targets in targets.chunks(MOST_TARGETS) {
            let provenance = nullified(parcel, told_as, targets, gateway, self.zone());
            self.client.create(&self.marked(provenance), None).await?;
        }
        Ok(())
    }
}
