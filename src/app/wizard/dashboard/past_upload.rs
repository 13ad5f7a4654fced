//! The upload under the cursor of a dashboard, which can be undone.

use super::lists::UploadRows;
use super::{DashboardStep, DashboardTab};
use crate::app::wizard::undo::{UndoFrom, UndoStep};
use crate::app::wizard::{Step, StepContext};
use crate::domain::association::PastUpload;

impl DashboardStep {
    /// The upload under the cursor.
    #[must_use]
    pub fn past_upload(&self) -> Option<&PastUpload> {
        let dashboard = self.content.ready()?;
        match &self.tab {
            DashboardTab::Uploads(list) => dashboard.uploads.get(list.row(&UploadRows(dashboard))),
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
}
