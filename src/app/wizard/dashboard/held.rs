//! The meter under the cursor of a dashboard, which can go to another patient, or be nobody's.

use super::lists::DeviceRows;
use super::{DashboardStep, DashboardTab};
use crate::app::wizard::ending::EndingStep;
use crate::app::wizard::transfer::TransferStep;
use crate::app::wizard::{Step, StepContext};
use crate::domain::held_meter::HeldMeter;
use crate::domain::patient::Patient;

impl DashboardStep {
    /// The meter under the cursor, if it is or was theirs at this station.
    #[must_use]
    pub fn held_meter(&self) -> Option<&HeldMeter> {
        let dashboard = self.content.ready()?;
        match &self.tab {
            DashboardTab::Devices(list) => dashboard.meters.get(list.under(&DeviceRows(dashboard))?),
            _ => None,
        }
    }

    /// Asks to whom the meter under the cursor is to go.
    pub(super) fn transfer(self: Box<Self>) -> Step {
        match self.held().filter(|(meter, _)| meter.end.is_none()) {
            Some((meter, owner)) => TransferStep::open(meter, owner, self),
            None => Step::Dashboard(self),
        }
    }

    /// Asks why the meter under the cursor is theirs no more.
    pub(super) fn end_ownership(self: Box<Self>) -> Step {
        match self.held().filter(|(meter, _)| meter.end.is_none()) {
            Some((meter, owner)) => EndingStep::open(meter, owner, self),
            None => Step::Dashboard(self),
        }
    }

    /// Asks what undoing the end of the meter under the cursor would do.
    pub(super) fn undo_ending(self: Box<Self>, context: &mut StepContext<'_>) -> Step {
        match self.held().filter(|(meter, _)| meter.is_ended_and_nobodys()) {
            Some((meter, owner)) => EndingStep::undo(meter, owner, self, context),
            None => Step::Dashboard(self),
        }
    }

    /// The meter under the cursor, and the patient of the record that is shown: after a merger it is another than was
    /// asked for.
    fn held(&self) -> Option<(HeldMeter, Patient)> {
        let owner = self.content.ready().map(|dashboard| dashboard.patient.clone());
        self.held_meter().cloned().zip(owner)
    }
}
