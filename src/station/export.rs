//! What is exported of a record by whoever works here, whether it is still what they see, and where it is from.

use jiff::Zoned;

use super::{Call, Station, StationError};
use crate::domain::clinic::Actor;
use crate::domain::patient::PatientId;
use crate::domain::permission::Permission;
use crate::domain::reading_source::{ReadingSource, SoughtReading};
use crate::domain::record::ChangeMark;
use crate::domain::report::RecordReport;
use crate::domain::statistics::Dashboard;
use crate::domain::text::Clean;

impl Station {
    /// The reads of a meter on this station that had this reading of a patient's record.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], or the store's.
    pub fn sources_of(
        &self,
        actor: &Actor,
        patient: &PatientId,
        sought: &SoughtReading,
    ) -> Result<Vec<ReadingSource>, StationError> {
        Ok(self.for_one_who_may(actor, Permission::SeeRecords, Call::Sources)?.sources_of(patient, sought)?)
    }

    /// Up to where the record of a patient was changed, if somebody has changed it since it was loaded.
    ///
    /// # Errors
    /// [`StationError::Forbidden`], or the store's.
    pub fn changed_since(
        &self,
        actor: &Actor,
        patient: &PatientId,
        mark: ChangeMark,
    ) -> Result<Option<ChangeMark>, StationError> {
        let store = self.for_one_who_may(actor, Permission::SeeRecords, Call::ChangedSince)?;
        Ok(store.changed_since(patient, mark)?)
    }

    /// The export of what somebody sees of a record, made by them at this clinic. That it is handed out, the trail has
    /// to be told then ([`Station::audit`]).
    ///
    /// # Errors
    /// [`StationError::Forbidden`], or the store's.
    pub fn report(
        &self,
        actor: &Actor,
        dashboard: Dashboard,
        at: Zoned,
        site: Clean,
    ) -> Result<RecordReport, StationError> {
        let store = self.for_one_who_may(actor, Permission::ExportRecords, Call::Report)?;
        Ok(store.report(dashboard, at, actor.user.name.clone(), site)?)
    }
}
