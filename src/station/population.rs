//! The clinic's patients as a list, for whoever may open their records.

use super::{Call, Station, StationError};
use crate::domain::clinic::Actor;
use crate::domain::permission::Permission;
use crate::domain::population::{PopulationPage, PopulationQuery};

impl Station {
    /// One page of the clinic's patients; where a care platform has the patients, of those who are known here.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], or the store's.
    pub fn population(&self, actor: &Actor, query: &PopulationQuery) -> Result<PopulationPage, StationError> {
        let store = self.for_one_who_may(actor, Permission::SeeRecords, Call::Population)?;
        Ok(store.population(actor.into(), query)?)
    }
}
