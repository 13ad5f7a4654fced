//! The patient's dashboard: numbers, readings and uploads of a period.

use super::find_patient::FindPatient;
use super::in_hand::STEPS;
use super::patient_search::PatientSearch;
use super::undelivered::{UndeliveredFrom, UndeliveredStep};
use super::{Step, StepContext};
use crate::app::action::Action;
use crate::app::asked::Asked;
use crate::app::effect::Task;
use crate::app::event::Scrolled;
use crate::app::key_intent::KeyIntent;
use crate::domain::association::AuditEntry;
use crate::domain::patient::{Patient, PatientId};
use crate::domain::problem::Problem;
use crate::domain::statistics::{Dashboard, Period};
use crate::domain::work_list::Undelivered;

/// What of a dashboard has the room of the screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DashboardTab {
    /// How the person is doing.
    #[default]
    Overview,
    /// The readings one by one.
    Readings,
}

impl DashboardTab {
    const fn other(self) -> Self {
        match self {
            Self::Overview => Self::Readings,
            Self::Readings => Self::Overview,
        }
    }
}

/// The dashboard of one person.
#[derive(Debug, Clone)]
pub struct DashboardStep {
    /// The person.
    pub patient: Patient,
    /// How far back.
    pub period: Period,
    /// What is shown of it.
    pub tab: DashboardTab,
    /// The numbers, once they are there.
    pub content: Asked<Box<Dashboard>>,
    /// The first reading shown in the list.
    pub offset: usize,
    /// Where the list stands on the screen, if a screen told: it finds the last page by itself.
    drawn: Option<Scrolled>,
    /// How it was come to.
    pub came_from: CameFrom,
}

/// How a dashboard was come to.
#[derive(Debug, Clone)]
pub enum CameFrom {
    /// From this search, to look at the person; Esc leads back to it as it was.
    Search(Box<FindPatient>),
    /// From the success message, with the steps that were done.
    Done([bool; STEPS]),
}

impl CameFrom {
    /// The search to go on with: of what is done, a new one.
    fn search(self) -> FindPatient {
        match self {
            Self::Search(search) => *search,
            Self::Done(_) => FindPatient::default(),
        }
    }
}

impl DashboardStep {
    /// Opens the dashboard of a person, and writes that into the audit trail.
    pub fn open(patient: Patient, came_from: CameFrom, context: &mut StepContext<'_>) -> Self {
        let ticket = context.ask(Task::Audit { entry: AuditEntry::PatientViewed { patient: patient.id.clone() } });
        let mut step = Self {
            patient,
            period: Period::default(),
            tab: DashboardTab::default(),
            content: Asked::Waiting(ticket),
            offset: 0,
            drawn: None,
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
            CameFrom::Done(_) => None,
        }
    }

    fn load(&mut self, context: &mut StepContext<'_>) {
        let ticket = context.ask(Task::LoadDashboard { patient: self.patient.id.clone(), period: self.period });
        self.content = Asked::Waiting(ticket);
        self.offset = 0;
    }

    /// How far the list can be moved with `page` rows seen at once. The last page is full: what cannot be
    /// seen to move does not.
    #[must_use]
    pub fn last(&self, page: usize) -> usize {
        self.content.ready().map_or(0, |dashboard| dashboard.readings.len().saturating_sub(page))
    }

    /// The list stands there on the screen: no further down than its last page, which holds what has room.
    pub const fn stands(&mut self, drawn: Scrolled) {
        self.offset = drawn.top;
        self.drawn = Some(drawn);
    }

    /// Reacts to a key.
    pub fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> Step {
        let last = self.last(if self.drawn.is_some() { 1 } else { context.page });
        let above = self.drawn.map_or(context.page, |drawn| drawn.above);
        self.offset = self.offset.min(last);
        let KeyIntent::Act(action) = intent else { return Step::Dashboard(self) };
        match action {
            Action::Left | Action::Right => {
                self.period = if *action == Action::Left { self.period.shorter() } else { self.period.longer() };
                self.load(context);
            }
            Action::NextControl | Action::PreviousControl => self.tab = self.tab.other(),
            Action::Up => self.offset = self.offset.saturating_sub(1),
            Action::Down => self.offset = self.offset.saturating_add(1).min(last),
            Action::PageUp => self.offset = self.offset.saturating_sub(above),
            Action::PageDown => self.offset = self.offset.saturating_add(context.page).min(last),
            Action::First => self.offset = 0,
            Action::Last => self.offset = last,
            Action::ReadAgain => self.load(context),
            Action::LookAtDelivery => {
                if let Some(refused) = self.refused(context.undelivered) {
                    return UndeliveredStep::open(refused.clone(), UndeliveredFrom::Dashboard(self));
                }
            }
            Action::WaitingMeters => return self.came_from.search().choose(self.patient, context),
            Action::Back => return Step::FindPatient(self.came_from.search()),
            Action::NextPatient => return FindPatient::fresh(),
            _ => {}
        }
        Step::Dashboard(self)
    }

    /// The record has changed: what is shown is asked for anew.
    #[must_use]
    pub fn loaded_anew(mut self: Box<Self>, context: &mut StepContext<'_>) -> Box<Self> {
        self.load(context);
        self
    }

    /// The numbers came, or why they did not.
    #[must_use]
    pub fn loaded(mut self: Box<Self>, loaded: Result<Box<Dashboard>, Problem>) -> Box<Self> {
        self.content = loaded.into();
        self
    }
}
