//! The meter under the cursor of a dashboard, which can go to another patient.

use super::lists::DeviceRows;
use super::{DashboardStep, DashboardTab};
use crate::app::wizard::Step;
use crate::app::wizard::transfer::TransferStep;
use crate::domain::held_meter::HeldMeter;

impl DashboardStep {
    /// The meter under the cursor, if it is or was theirs at this station.
    #[must_use]
    pub fn held_meter(&self) -> Option<&HeldMeter> {
        let dashboard = self.content.ready()?;
        match &self.tab {
            DashboardTab::Devices(list) => dashboard.meters.get(list.row(&DeviceRows(dashboard))),
            _ => None,
        }
    }

    /// Asks to whom the meter under the cursor is to go.
    pub(super) fn transfer(self: Box<Self>) -> Step {
        let meter = self.held_meter().filter(|meter| meter.end.is_none()).cloned();
        // Of the record that is shown: after a merger it is another than was asked for.
        let owner = self.content.ready().map(|dashboard| dashboard.patient.clone());
        match meter.zip(owner) {
            Some((meter, owner)) => TransferStep::open(meter, owner, self),
            None => Step::Dashboard(self),
        }
    }
}
