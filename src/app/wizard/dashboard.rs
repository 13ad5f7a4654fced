//! The patient's dashboard: numbers, readings and uploads of a period, on tabs.

mod came_from;
mod choice;
mod days;
mod export;
mod further;
mod held;
mod lists;
mod past_upload;
mod tab;
mod watch;

pub use self::came_from::CameFrom;
pub use self::choice::DashboardChoice;
pub use self::days::{DayFault, DayField, DaysForm, day_typed};
pub use self::export::EXPORT_FORMS;
pub use self::lists::{
    CursorList, CursorRows, DayRows, DeviceRow, DeviceRows, EvidenceRows, ListPosition, PatternRows, ReadingKey,
    ReadingRows, ScrollPosition, UploadRows,
};
pub use self::tab::{DashboardTab, LogbookColumns, LogbookPage, MEAL_ROWS, PatternsPage, TabKind};
pub use self::watch::RecordWatch;

use jiff::civil::Date;

use super::find_patient::FindPatient;
use super::patient_search::PatientSearch;
use super::undelivered::{UndeliveredFrom, UndeliveredStep};
use super::{Step, StepContext};
use crate::app::action::Action;
use crate::app::asked::Asked;
use crate::app::effect::{PlatformTask, StationTask};
use crate::app::event::Scrolled;
use crate::app::key_intent::KeyIntent;
use crate::domain::association::AuditEntry;
use crate::domain::patient::{Patient, PatientId};
use crate::domain::problem::Problem;
use crate::domain::reading::Reading;
use crate::domain::reading_source::ReadingSource;
use crate::domain::record::RecordOrigin;
use crate::domain::report_kind::WrittenExport;
use crate::domain::statistics::{Dashboard, FoundPattern, Period};
use crate::domain::work_list::Undelivered;

/// The dashboard of one person.
#[derive(Debug, Clone)]
pub struct DashboardStep {
    /// The person.
    pub patient: Patient,
    /// How far back.
    pub period: Period,
    /// The last day, if somebody named one; without it today.
    until: Option<Date>,
    /// The days that somebody is typing.
    pub days: Option<Box<DaysForm>>,
    /// What is shown of it.
    pub tab: DashboardTab,
    /// How it is shown.
    choice: DashboardChoice,
    /// The numbers, once they are there.
    pub content: Asked<Box<Dashboard>>,
    /// The same asked for once more, because the care platform did not answer or the record has changed; what is shown
    /// stays meanwhile.
    pub again: Asked<()>,
    /// Whether somebody has changed the record since.
    pub watch: RecordWatch,
    /// Where the reading is from that was gone into last.
    pub sources: Asked<Vec<ReadingSource>>,
    /// The export that was asked for last, of what is shown.
    pub export: Asked<WrittenExport>,
    /// How it was come to.
    pub came_from: CameFrom,
}

impl DashboardStep {
    /// Opens the dashboard of a person, and writes that into the audit trail.
    pub fn open(patient: Patient, came_from: CameFrom, context: &mut StepContext<'_>) -> Self {
        // The trail first: nothing of a person is shown that it does not tell. Its ticket only
        // fills the place in which `load` puts its own.
        let ticket =
            context.ask(StationTask::Audit { entry: AuditEntry::PatientViewed { patient: patient.id.clone() } });
        let mut step = Self {
            patient,
            period: Period::default(),
            until: None,
            days: None,
            tab: DashboardTab::default(),
            choice: DashboardChoice { unit: context.unit, ..DashboardChoice::default() },
            content: Asked::Waiting(ticket),
            again: Asked::Idle,
            watch: RecordWatch::default(),
            sources: Asked::Idle,
            export: Asked::Idle,
            came_from,
        };
        step.load(context);
        step
    }

    /// What is told of this person and is not at the care platform. After a merger the record that is shown may be
    /// another one than was asked for.
    pub fn undelivered<'a>(&'a self, all: &'a [Undelivered]) -> impl Iterator<Item = &'a Undelivered> {
        let present = self.content.ready().map(|dashboard| &dashboard.patient.id);
        all.iter().filter(move |item| item.patient.id == self.patient.id || Some(&item.patient.id) == present)
    }

    /// What of other people the platform has in this person's record.
    pub fn of_others<'a>(&'a self, all: &'a [Undelivered]) -> impl Iterator<Item = &'a Undelivered> {
        let present = self.content.ready().map(|dashboard| &dashboard.patient.id);
        let is_here = move |id: &PatientId| *id == self.patient.id || Some(id) == present;
        all.iter().filter(move |item| item.in_record_of.as_ref().is_some_and(|holder| is_here(&holder.id)))
    }

    /// What a person must look at of what is told of this person, or of what is in their record and another's: the
    /// oldest.
    #[must_use]
    pub fn refused<'a>(&'a self, all: &'a [Undelivered]) -> Option<&'a Undelivered> {
        self.undelivered(all).find(|item| item.because.needs_a_person()).or_else(|| self.of_others(all).next())
    }

    /// The search to which it leads back.
    pub fn search_behind(&mut self) -> Option<&mut PatientSearch> {
        match &mut self.came_from {
            CameFrom::Search(found) => Some(&mut found.search),
            CameFrom::Population(list) => Some(&mut list.came_from.search),
            CameFrom::Done(_) => None,
        }
    }

    fn question(&self) -> PlatformTask {
        PlatformTask::LoadDashboard { patient: self.patient.id.clone(), period: self.period, until: self.until }
    }

    fn load(&mut self, context: &mut StepContext<'_>) {
        let ticket = context.ask(self.question());
        (self.content, self.again) = (Asked::Waiting(ticket), Asked::Idle);
        self.watch.rests();
        self.forget_export();
        // Its rows are others.
        self.tab = DashboardTab::open(self.tab.kind());
    }

    /// How many rows the list of the tab has.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.content.ready().map_or(0, |dashboard| self.tab.rows(dashboard))
    }

    /// Where the list of the tab stands.
    #[must_use]
    pub fn position(&self) -> ListPosition {
        self.content.ready().map_or_else(ListPosition::default, |dashboard| self.tab.position(dashboard))
    }

    /// The reading under the cursor of the logbook.
    #[must_use]
    pub fn reading(&self) -> Option<&Reading> {
        let dashboard = self.content.ready()?;
        match &self.tab {
            DashboardTab::Logbook(LogbookPage::Readings { list, .. } | LogbookPage::Reading { list, .. }) => {
                dashboard.shown_from(list.row(&ReadingRows(dashboard))).next()
            }
            DashboardTab::Patterns(PatternsPage::Evidence { list, rows } | PatternsPage::Reading { list, rows }) => {
                let behind = tab::evidence(list, dashboard);
                dashboard.readings.get(behind.place_at(rows.row(&behind))?)
            }
            _ => None,
        }
    }

    /// What a column of the logbook holds.
    #[must_use]
    pub const fn columns(&self) -> LogbookColumns {
        self.choice.columns
    }

    /// Whether the logbook is shown day by day, with columns: its key changes what they hold then.
    #[must_use]
    pub const fn has_columns(&self) -> bool {
        matches!((&self.tab, &self.content), (DashboardTab::Logbook(LogbookPage::Days(_)), Asked::Ready(_)))
    }

    /// Whether the patterns are shown: the key of their tab leads to the numbers behind them then.
    #[must_use]
    pub const fn has_numbers(&self) -> bool {
        matches!((&self.tab, &self.content), (DashboardTab::Patterns(PatternsPage::List(_)), Asked::Ready(_)))
    }

    /// Where the reading is from whose page is shown.
    #[must_use]
    pub const fn sources_shown(&self) -> Option<&Asked<Vec<ReadingSource>>> {
        match self.tab {
            DashboardTab::Logbook(LogbookPage::Reading { .. })
            | DashboardTab::Patterns(PatternsPage::Reading { .. }) => Some(&self.sources),
            _ => None,
        }
    }

    /// The pattern under the cursor.
    #[must_use]
    pub fn pattern(&self) -> Option<&FoundPattern> {
        let dashboard = self.content.ready()?;
        match &self.tab {
            DashboardTab::Patterns(
                PatternsPage::List(list)
                | PatternsPage::Evidence { list, .. }
                | PatternsPage::Reading { list, .. }
                | PatternsPage::Numbers { list, .. },
            ) => dashboard.patterns.get(list.row(&PatternRows(dashboard))),
            _ => None,
        }
    }

    /// Whether Enter leads from what is under the cursor to what is behind it.
    #[must_use]
    pub fn leads_on(&self) -> bool {
        match self.tab {
            DashboardTab::Logbook(LogbookPage::Days(_)) => self.rows() > 0,
            DashboardTab::Logbook(LogbookPage::Readings { .. })
            | DashboardTab::Patterns(PatternsPage::Evidence { .. }) => self.reading().is_some(),
            DashboardTab::Patterns(PatternsPage::List(_)) => {
                self.pattern().is_some_and(|pattern| pattern.evidence().is_some())
            }
            _ => false,
        }
    }

    /// Whether what stands for LO and HI moves a number that is shown.
    #[must_use]
    pub fn has_low_high(&self) -> bool {
        self.content.ready().is_some_and(|dashboard| dashboard.summary.low_flags + dashboard.summary.high_flags > 0)
    }

    /// The list of the tab stands there on the screen.
    pub const fn stands(&mut self, drawn: Scrolled) {
        self.tab.stands(drawn);
    }

    /// Reacts to a key.
    pub fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> Step {
        if let Some(form) = self.days.take() {
            self.press_days(form, intent, context);
            return Step::Dashboard(self);
        }
        let KeyIntent::Act(action) = intent else { return Step::Dashboard(self) };
        if self.has_columns() && *action == Action::ShowLogbook {
            self.choice.columns = self.choice.columns.other();
            return Step::Dashboard(self);
        }
        if self.has_numbers()
            && *action == Action::ShowPatterns
            && let DashboardTab::Patterns(PatternsPage::List(list)) = self.tab
        {
            self.tab = DashboardTab::Patterns(PatternsPage::Numbers { list, rows: ScrollPosition::default() });
            return Step::Dashboard(self);
        }
        if let Some(kind) = self.tab.kind().reached(*action) {
            // What is shown stays where it stands; from further within the tab its key leads back.
            if kind != self.tab.kind() || self.behind().is_some() {
                self.tab = DashboardTab::open(kind);
            }
            return Step::Dashboard(self);
        }
        if let DashboardTab::Export(chosen) = self.tab
            && self.press_export(chosen, *action, context)
        {
            return Step::Dashboard(self);
        }
        match action {
            Action::Left | Action::Right => {
                self.period = if *action == Action::Left { self.period.shorter() } else { self.period.longer() };
                self.until = None;
                self.load(context);
            }
            Action::ChooseDays => {
                // Where nothing is seen, those that lead to something.
                let elsewhere = self.content.ready().and_then(|dashboard| dashboard.last_elsewhere());
                let last =
                    elsewhere.map_or_else(|| self.last_day(context.today), |last| last.date().min(context.today));
                self.days = Some(Box::new(DaysForm::of(self.period.span(last).from.date(), last)));
            }
            Action::Up | Action::Down | Action::PageUp | Action::PageDown | Action::First | Action::Last => {
                if let Asked::Ready(dashboard) = &self.content {
                    self.tab.go(*action, dashboard, context.page);
                }
            }
            Action::OtherUnit | Action::OtherLowHigh | Action::OtherMeals => self.choose(*action),
            Action::GoOn => self.go_into(context),
            Action::ReadAgain => self.load(context),
            Action::LookAtDelivery => {
                if let Some(refused) = self.refused(context.undelivered) {
                    return UndeliveredStep::open(refused.clone(), UndeliveredFrom::Dashboard(self));
                }
            }
            Action::UndoAssignment if matches!(self.tab, DashboardTab::Devices(_)) => return self.undo_ending(context),
            Action::UndoAssignment => return self.undo(context),
            Action::TransferMeter => return self.transfer(),
            Action::EndOwnership => return self.end_ownership(),
            Action::CorrectTimes => return self.correct_times(context),
            Action::WaitingMeters => return self.came_from.search().choose(self.patient, context),
            Action::Back => match self.behind() {
                Some(tab) => self.tab = tab,
                None => return self.came_from.back(),
            },
            Action::NextPatient => return FindPatient::fresh(),
            _ => {}
        }
        Step::Dashboard(self)
    }

    /// Shows the same in another way. The readings are those that are there.
    fn choose(&mut self, action: Action) {
        self.forget_export();
        let Asked::Ready(dashboard) = &mut self.content else { return };
        match action {
            Action::OtherUnit => self.choice.unit = Some(dashboard.unit.other()),
            Action::OtherLowHigh => self.choice.low_high = dashboard.low_high.next(),
            _ => {
                self.choice.meals = dashboard.meals.next();
                // The rows are others.
                self.tab = DashboardTab::open(self.tab.kind());
            }
        }
        self.choice.show(dashboard);
    }

    /// The record has changed: what is shown is asked for anew.
    #[must_use]
    pub fn loaded_anew(mut self: Box<Self>, context: &mut StepContext<'_>) -> Box<Self> {
        self.load(context);
        self
    }

    /// Whether what is shown is from here alone, because the care platform did not answer, and it is to be asked again.
    #[must_use]
    pub fn wants_all(&self) -> bool {
        let is_alone = self.content.ready().is_some_and(|shown| shown.origin == RecordOrigin::WithoutPlatform);
        is_alone && !self.again.is_waiting()
    }

    /// What the platform did not answer is asked again; what is shown stays until it answers.
    pub fn ask_again(&mut self, context: &mut StepContext<'_>) {
        if self.wants_all() {
            self.again = Asked::Waiting(context.ask(self.question()));
        }
    }

    /// The numbers came, or why they did not.
    #[must_use]
    pub fn loaded(
        mut self: Box<Self>,
        loaded: Result<Box<Dashboard>, Problem>,
        context: &mut StepContext<'_>,
    ) -> Box<Self> {
        // What is shown is better than a failure, and as good as what is from here alone once more; but not once it is
        // known that the record has changed.
        let is_again = self.again.is_waiting() && !self.watch.is_stale();
        self.again = Asked::Idle;
        match loaded {
            Err(_) if is_again => {}
            Ok(whole) if is_again && whole.origin == RecordOrigin::WithoutPlatform => {}
            Ok(mut dashboard) => {
                let mark = dashboard.mark;
                self.choice.show(&mut dashboard);
                match std::mem::take(&mut self.content) {
                    Asked::Ready(before) => self.show_anew(&before, dashboard, context),
                    Asked::Idle | Asked::Waiting(_) | Asked::Failed(_) => {
                        self.forget_export();
                        self.content = Asked::Ready(dashboard);
                    }
                }
                self.watch.shows(mark, context.at);
            }
            Err(problem) => {
                self.content = Asked::Failed(Box::new(problem));
                self.watch.rests();
            }
        }
        self
    }
}
