//! What is exported of a record by whoever works here.

use jiff::Zoned;

use super::{Call, Station, StationError};
use crate::domain::clinic::Actor;
use crate::domain::permission::Permission;
use crate::domain::report::RecordReport;
use crate::domain::statistics::Dashboard;
use crate::domain::text::Clean;

impl Station {
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
