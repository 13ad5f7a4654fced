//! From what a dashboard lists to what is behind it, and back.

use super::{
    CursorList, CursorRows as _, DashboardStep, DashboardTab, DayRows, LogbookPage, PatternsPage, ReadingRows,
};
use crate::app::asked::Asked;
use crate::app::effect::StationTask;
use crate::app::remark::Remark;
use crate::app::wizard::StepContext;
use crate::domain::reading_source::SoughtReading;
use crate::domain::statistics::PatternState;
use crate::domain::words::{TextKey, key};

impl DashboardStep {
    /// From a day to its readings, from a reading to all that is known of it, from a pattern to what is behind it.
    pub(super) fn go_into(&mut self, context: &mut StepContext<'_>) {
        context.remark = self.why_not_behind().map(Remark::NotNow);
        let Some(dashboard) = self.content.ready().filter(|_| self.leads_on()) else { return };
        self.tab = match self.tab.clone() {
            DashboardTab::Logbook(LogbookPage::Days(days)) => {
                let day = DayRows(dashboard).id_at(days.row(&DayRows(dashboard))).unwrap_or(dashboard.until);
                let row = dashboard.place_of(day).min(dashboard.shown_count().saturating_sub(1));
                let list = CursorList::on(row, &ReadingRows(dashboard));
                DashboardTab::Logbook(LogbookPage::Readings { days, list })
            }
            DashboardTab::Logbook(LogbookPage::Readings { days, list }) => {
                self.ask_sources(context);
                DashboardTab::Logbook(LogbookPage::Reading { days, list })
            }
            DashboardTab::Patterns(PatternsPage::Evidence { list, rows }) => {
                self.ask_sources(context);
                DashboardTab::Patterns(PatternsPage::Reading { list, rows })
            }
            DashboardTab::Patterns(PatternsPage::List(list)) => {
                if let (Some(kind), Asked::Ready(dashboard)) =
                    (self.pattern().map(|found| found.kind), &mut self.content)
                {
                    dashboard.look_behind(kind);
                }
                DashboardTab::Patterns(PatternsPage::Evidence { list, rows: CursorList::default() })
            }
            tab => tab,
        };
    }

    /// Why Enter leads nowhere from the pattern under the cursor; nothing where it leads somewhere, or no pattern is
    /// under it.
    #[must_use]
    pub fn why_not_behind(&self) -> Option<TextKey> {
        match self.pattern().filter(|_| self.has_numbers())?.state {
            PatternState::Found(_) => None,
            PatternState::NotFound => Some(key::REASON_PATTERN_NOT_FOUND),
            PatternState::NotEnough => Some(key::REASON_PATTERN_NOT_ENOUGH),
        }
    }

    /// Asks where the reading under the cursor is from.
    pub(super) fn ask_sources(&mut self, context: &mut StepContext<'_>) {
        let (Some(dashboard), Some(reading)) = (self.content.ready(), self.reading()) else { return };
        // Of the record that is shown: after a merger it is another than was asked for.
        let (patient, alike_before) = (dashboard.patient.id.clone(), dashboard.alike_before(reading));
        let reading = Box::new(SoughtReading { reading: reading.clone(), alike_before });
        self.sources = Asked::Waiting(context.ask(StationTask::LoadSources { patient, reading }));
    }

    /// What Esc leads back to within the tab.
    #[must_use]
    pub fn behind(&self) -> Option<DashboardTab> {
        match self.tab.clone() {
            DashboardTab::Logbook(LogbookPage::Reading { days, list }) => {
                Some(DashboardTab::Logbook(LogbookPage::Readings { days, list }))
            }
            DashboardTab::Logbook(LogbookPage::Readings { days, .. }) => {
                Some(DashboardTab::Logbook(LogbookPage::Days(days)))
            }
            DashboardTab::Patterns(PatternsPage::Reading { list, rows }) => {
                Some(DashboardTab::Patterns(PatternsPage::Evidence { list, rows }))
            }
            DashboardTab::Patterns(PatternsPage::Evidence { list, .. } | PatternsPage::Numbers { list, .. }) => {
                Some(DashboardTab::Patterns(PatternsPage::List(list)))
            }
            DashboardTab::Overview
            | DashboardTab::StandardDay
            | DashboardTab::Logbook(LogbookPage::Days(_))
            | DashboardTab::Patterns(PatternsPage::List(_))
            | DashboardTab::Devices(_)
            | DashboardTab::Uploads(_)
            | DashboardTab::Export(_) => None,
        }
    }
}
