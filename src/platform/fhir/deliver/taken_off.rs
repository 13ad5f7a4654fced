//! A meter that was taken off its patient at the platform: readings that nobody was asked about are not theirs by that
//! alone any more.

use std::sync::Arc;

use super::super::super::apart;
use super::super::FhirPlatform;
use super::not_carried::{NotCarried, refused};
use super::parties::Parties;
use crate::config::MappingPart;
use crate::domain::delivery::{Outcome, Parcel};
use crate::store::StoreError;

impl FhirPlatform {
    /// Stops where readings were added to a meter's owner without a question, and the platform, which had recorded that
    /// it is theirs, says now that it is nobody's: somebody there took it off them, and whose readings these are nobody
    /// has said. Who was asked and is known may have any meter.
    pub(super) async fn must_not_be_taken_off(&self, parcel: &Parcel, parties: &Parties) -> Result<(), NotCarried> {
        let mapping = self.client.mapping();
        if !mapping.writes(MappingPart::DevicePatient) && !mapping.writes(MappingPart::DeviceUseStatement) {
            // Nothing there says whose it is.
            return Ok(());
        }
        if self.owner_there(&parties.devices.meter, parties.devices.named.clone()).await?.is_some() {
            return Ok(());
        }
        let (store, key, meter) = (Arc::clone(&self.surroundings.store), parcel.key.clone(), parcel.meter.clone());
        let asks = move || Ok::<_, StoreError>(store.was_added_unasked(&key)? && store.has_told_owner(&meter)?);
        match apart(asks).await {
            Ok(false) => Ok(()),
            Ok(true) => refused(
                "the platform says since that this meter is nobody's, and nobody was asked whose these readings are: \
                 have it given back there and send this again, or undo the assignment and ask the person",
            ),
            Err(error) => Err(NotCarried::With(Outcome::Later(None, error.problem()))),
        }
    }
}
