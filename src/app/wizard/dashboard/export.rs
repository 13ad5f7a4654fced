//! The tab on which what is seen of a record is written into a file.

use super::{DashboardStep, DashboardTab};
use crate::app::action::Action;
use crate::app::asked::Asked;
use crate::app::effect::Task;
use crate::app::list::Selection;
use crate::app::wizard::StepContext;
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::report::ExportOrder;
use crate::domain::report_kind::{ReportKind, WrittenExport};

/// The forms in the order in which they are offered: to be read first, then for programs.
pub const EXPORT_FORMS: [ReportKind; 5] =
    [ReportKind::Text, ReportKind::Pdf, ReportKind::Csv, ReportKind::Fhir, ReportKind::Json];

impl DashboardStep {
    /// Whether an export can be begun: there is something to be seen, as the record is as far as it is known, and none
    /// is being written.
    #[must_use]
    pub const fn can_export(&self) -> bool {
        matches!(self.content, Asked::Ready(_)) && !self.watch.is_stale() && !self.export.is_waiting()
    }

    /// The export that was asked for last, where it is shown.
    #[must_use]
    pub const fn export_shown(&self) -> Option<&Asked<WrittenExport>> {
        if matches!(self.tab, DashboardTab::Export(_)) { Some(&self.export) } else { None }
    }

    /// A key on the tab with this form under the cursor; whether it was one of the tab's.
    pub(super) fn press_export(
        &mut self,
        chosen: Option<ReportKind>,
        action: Action,
        context: &mut StepContext<'_>,
    ) -> bool {
        let mut selection = chosen.map_or_else(Selection::default, Selection::on);
        match (action, chosen) {
            (Action::GoOn, Some(kind)) => {
                self.order(kind, context);
                return true;
            }
            // Enter leads into the list first, as in every other.
            (Action::GoOn, None) => drop(selection.act(Action::Down, &EXPORT_FORMS, EXPORT_FORMS.len())),
            (action, _) if selection.act(action, &EXPORT_FORMS, EXPORT_FORMS.len()) => {}
            _ => return false,
        }
        let moved = selection.id().copied();
        if moved != chosen {
            self.forget_export();
        }
        self.tab = DashboardTab::Export(moved);
        true
    }

    /// Asks for the export of what is shown.
    fn order(&mut self, kind: ReportKind, context: &mut StepContext<'_>) {
        let Some(dashboard) = self.content.ready().filter(|_| self.can_export()) else { return };
        let order = ExportOrder { dashboard: (**dashboard).clone(), kind, site: context.site.clone() };
        self.export = Asked::Waiting(context.ask(Task::Export(Box::new(order))));
    }

    /// What came of the last export is over; one that is being written is not.
    pub(super) fn forget_export(&mut self) {
        if !self.export.is_waiting() {
            self.export = Asked::Idle;
        }
    }

    /// The export is in its file, or why not.
    #[must_use]
    pub fn exported(
        mut self: Box<Self>,
        result: Result<Box<WrittenExport>, Problem>,
        context: &mut StepContext<'_>,
    ) -> Box<Self> {
        self.export = result.map(|written| *written).into();
        // It was refused because the record is not what is shown.
        if self.export.problem().is_some_and(|problem| problem.code == ProblemCode::RecordChanged) {
            self.refresh(context);
        }
        self
    }
}
