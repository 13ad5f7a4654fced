//! The upload under the cursor of a dashboard, which can be undone, and the times of whose meter can be corrected.

use super::lists::UploadRows;
use super::{DashboardStep, DashboardTab};
use crate::app::wizard::time_correction::TimeCorrectionStep;
use crate::app::wizard::undo::{UndoFrom, UndoStep};
use crate::app::wizard::{Step, StepContext};
use crate::domain::association::PastUpload;

impl DashboardStep {
    /// The upload under the cursor.
    #[must_use]
    pub fn past_upload(&self) -> Option<&PastUpload> {
        let dashboard = self.content.ready()?;
        match &self.tab {
            DashboardTab::Uploads(list) => dashboard.uploads.get(list.under(&UploadRows(dashboard))?),
            _ => None,
        }
    }

    /// Asks what undoing the assignment of the upload under the cursor would do.
    pub(super) fn undo(self: Box<Self>, context: &mut StepContext<'_>) -> Step {
        match self.past_upload().map(|past| past.upload.clone()) {
            Some(upload) => UndoStep::open(upload, UndoFrom::Dashboard(self), context),
            None => Step::Dashboard(self),
        }
    }

    /// Asks what the record has of the meter of the upload under the cursor, whose clock was wrong.
    pub(super) fn correct_times(self: Box<Self>, context: &mut StepContext<'_>) -> Step {
        // Of the record that is shown: after a merger it is another than was asked for.
        let shown = self.content.ready().map(|dashboard| dashboard.patient.id.clone());
        match self.past_upload().map(|past| past.upload.clone()).zip(shown) {
            Some((upload, patient)) => TimeCorrectionStep::open(upload, patient, self, context),
            None => Step::Dashboard(self),
        }
    }
}
