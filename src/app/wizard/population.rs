//! The clinic's patients as a list: sorted and filtered, page by page.
//!
//! Nobody is selected until the cursor is moved there. Another order or filter takes the cursor away, and a further
//! page is appended (clinic-safety ID-06, ID-07).

use jiff::civil::Date;

use crate::app::action::Action;
use crate::app::asked::Asked;
use crate::app::effect::{StationTask, Ticket};
use crate::app::key_intent::KeyIntent;
use crate::app::list::Selection;
use crate::app::remark::Remark;
use crate::app::wizard::dashboard::{CameFrom, DashboardStep};
use crate::app::wizard::find_patient::FindPatient;
use crate::app::wizard::patient_search::NOBODY_LISTED;
use crate::app::wizard::{Step, StepContext};
use crate::domain::patient::{PageCursor, PatientId};
use crate::domain::population::{PopulationFilter, PopulationOrder, PopulationPage, PopulationQuery, PopulationRow};
use crate::domain::problem::Problem;

/// The list of the clinic's patients.
#[derive(Debug, Clone)]
pub struct PopulationStep {
    /// By what it is sorted.
    pub order: PopulationOrder,
    /// Who is listed.
    pub filter: PopulationFilter,
    /// The day from which is counted back.
    pub today: Date,
    /// Those who were loaded so far.
    pub rows: Vec<PopulationRow>,
    /// Where the next page begins, if there are more.
    pub next: Option<PageCursor>,
    /// Whether there may be others at the care platform.
    pub known_only: bool,
    /// Who is selected.
    pub selection: Selection<PatientId>,
    /// The first page.
    pub first: Asked<()>,
    /// A further page of the same list.
    pub further: Asked<()>,
    /// The search to which it leads back.
    pub came_from: Box<FindPatient>,
}

impl PopulationStep {
    /// Asks for the list.
    pub fn open(came_from: FindPatient, context: &mut StepContext<'_>) -> Step {
        let mut step = Self {
            order: PopulationOrder::default(),
            filter: PopulationFilter::default(),
            today: context.today,
            rows: Vec::new(),
            next: None,
            known_only: false,
            selection: Selection::default(),
            first: Asked::Idle,
            further: Asked::Idle,
            came_from: Box::new(came_from),
        };
        step.load(context);
        Step::Population(Box::new(step))
    }

    /// Whether this question is one of this list that has not been answered.
    #[must_use]
    pub fn waits_for(&self, ticket: Ticket) -> bool {
        self.first.waits_for(ticket) || self.further.waits_for(ticket)
    }

    /// Why the list, or the rest of it, did not come.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        self.first.problem().or_else(|| self.further.problem())
    }

    /// Those who are listed, by id.
    #[must_use]
    pub fn ids(&self) -> Vec<&PatientId> {
        self.rows.iter().map(|row| &row.patient.id).collect()
    }

    /// Who is selected.
    #[must_use]
    pub fn selected(&self) -> Option<&PopulationRow> {
        let id = self.selection.id()?;
        self.rows.iter().find(|row| row.patient.id == *id)
    }

    fn ask(&self, from: Option<PageCursor>, context: &mut StepContext<'_>) -> Asked<()> {
        let query = PopulationQuery { order: self.order, filter: self.filter, today: self.today, from };
        Asked::Waiting(context.ask(StationTask::LoadPopulation { query }))
    }

    /// Asks for the list anew. Who is listed stays until it comes.
    fn load(&mut self, context: &mut StepContext<'_>) {
        self.today = context.today;
        self.first = self.ask(None, context);
        // A further page that is on its way is one of another list.
        self.further = Asked::Idle;
    }

    /// A page of the list came, or none.
    pub fn loaded(&mut self, page: Result<Box<PopulationPage>, Problem>) {
        let is_first = self.first.is_waiting();
        let asked = if is_first { &mut self.first } else { &mut self.further };
        match page {
            Ok(page) => {
                *asked = Asked::Ready(());
                let PopulationPage { rows, next, known_only } = *page;
                if is_first {
                    self.rows.clear();
                }
                // Whoever has moved in the order since the page before stays in the row where they were.
                let new =
                    rows.into_iter().filter(|row| self.rows.iter().all(|known| known.patient.id != row.patient.id));
                let new: Vec<PopulationRow> = new.collect();
                self.rows.extend(new);
                (self.next, self.known_only) = (next, known_only);
                let ids: Vec<PatientId> = self.rows.iter().map(|row| row.patient.id.clone()).collect();
                self.selection.keep(&ids);
            }
            Err(problem) => *asked = Asked::failed(problem),
        }
    }

    /// Reacts to a key.
    pub fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> Step {
        let KeyIntent::Act(action) = intent else { return Step::Population(self) };
        match action {
            Action::Back => return Step::FindPatient(*self.came_from),
            Action::GoOn => {
                if let Some(patient) = self.selected().map(|row| row.patient.clone()) {
                    let came_from = CameFrom::Population(self);
                    return Step::Dashboard(Box::new(DashboardStep::open(patient, came_from, context)));
                }
                if self.rows.is_empty() && !self.first.is_waiting() {
                    context.remark = Some(Remark::NotNow(NOBODY_LISTED));
                }
                // It leads to the list: it never opens a record that nobody has chosen.
                self.go(Action::Down, context);
            }
            Action::Left | Action::Right => {
                self.order = if *action == Action::Left { self.order.previous() } else { self.order.next() };
                self.show_others(context);
            }
            Action::OtherFilter => {
                self.filter = self.filter.next();
                self.show_others(context);
            }
            Action::ReadAgain => self.load(context),
            action => self.go(*action, context),
        }
        Step::Population(self)
    }

    /// Another list: nobody of it is selected.
    fn show_others(&mut self, context: &mut StepContext<'_>) {
        self.selection.leave();
        self.rows.clear();
        self.next = None;
        self.load(context);
    }

    fn go(&mut self, action: Action, context: &mut StepContext<'_>) {
        let before = self.selection.clone();
        let ids: Vec<PatientId> = self.rows.iter().map(|row| row.patient.id.clone()).collect();
        if !self.selection.act(action, &ids, context.page) {
            return;
        }
        // The end of the list is the end of what has come so far.
        let stays = before == self.selection && matches!(action, Action::Down | Action::PageDown | Action::NextControl);
        let is_idle = !self.first.is_waiting() && !self.further.is_waiting();
        if (stays || action == Action::Last)
            && is_idle
            && let Some(next) = self.next.clone()
        {
            self.further = self.ask(Some(next), context);
        }
    }
}
