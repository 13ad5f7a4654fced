//! Somebody who was noted as a new patient while the care platform did not answer: that they were noted and not
//! created, where that happened; and afterwards how it stands with them, and what a person can do about it.

use super::create_patient::CreatePatient;
use super::find_patient::FindPatient;
use super::waiting_meters::WaitingMeters;
use super::{Step, StepContext};
use crate::app::action::Action;
use crate::app::effect::{NotedTask, Task};
use crate::app::key_intent::KeyIntent;
use crate::app::list::Selection;
use crate::app::remark::Remark;
use crate::domain::noted_person::{NotedPerson, NotedStanding};
use crate::domain::words::key;

/// Somebody who was noted.
#[derive(Debug, Clone)]
pub struct NotedPersonStep {
    /// Who, as they were known last.
    pub person: NotedPerson,
    /// Whether nothing is left to be decided: it is known who they are.
    pub is_over: bool,
    /// From where somebody came to look.
    pub came_from: NotedFrom,
}

/// From where somebody came to look at who was noted.
#[derive(Debug, Clone)]
pub enum NotedFrom {
    /// From the form in which they were noted, and the search before it.
    Form(Box<FindPatient>),
    /// From the list of what is left to be done, with what is chosen here.
    List(WaitingMeters, Selection<NotedChoice>),
}

/// What a person can do about somebody who was noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotedChoice {
    /// Look at who is alike at the platform, and decide.
    Decide,
    /// Take back that they were noted.
    Drop,
}

impl NotedPersonStep {
    /// Says that somebody was noted just now.
    #[must_use]
    pub fn noted(person: NotedPerson, found: FindPatient) -> Step {
        // What was searched for and typed is done with; a meter in hand is not.
        let found = FindPatient { upload: found.upload, ..FindPatient::default() };
        Step::NotedPerson(Box::new(Self { person, is_over: false, came_from: NotedFrom::Form(Box::new(found)) }))
    }

    /// Looks at somebody of the list.
    #[must_use]
    pub fn open(person: NotedPerson, list: WaitingMeters) -> Step {
        let came_from = NotedFrom::List(list, Selection::default());
        Step::NotedPerson(Box::new(Self { person, is_over: false, came_from }))
    }

    /// What can be done about them now.
    #[must_use]
    pub fn choices(&self) -> Vec<NotedChoice> {
        match (&self.came_from, &self.person.standing) {
            _ if self.is_over => Vec::new(),
            (NotedFrom::List(..), NotedStanding::ToDecide(_)) => vec![NotedChoice::Decide, NotedChoice::Drop],
            (NotedFrom::List(..), NotedStanding::Waiting) => vec![NotedChoice::Drop],
            // Whoever may have been created already (`Begun`) can be neither dropped nor decided
            // about: only the platform can say whether they are in the directory by now.
            _ => Vec::new(),
        }
    }

    /// What is chosen; nothing where nothing can be.
    #[must_use]
    pub fn selected(&self) -> Option<NotedChoice> {
        match &self.came_from {
            NotedFrom::List(_, selection) => selection.id().copied().filter(|chosen| self.choices().contains(chosen)),
            NotedFrom::Form(_) => None,
        }
    }

    /// How it stands with them now, among everybody who was noted.
    pub fn look_at(&mut self, all: &[NotedPerson]) {
        match all.iter().find(|other| other.key == self.person.key) {
            Some(now) => self.person = now.clone(),
            None => self.is_over = true,
        }
    }

    /// Reacts to a key.
    pub fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> Step {
        let (choices, chosen) = (self.choices(), self.selected());
        let KeyIntent::Act(action) = intent else { return Step::NotedPerson(self) };
        match (self.came_from, action) {
            (NotedFrom::Form(found), Action::GoOn | Action::Back) => return Step::FindPatient(*found),
            (NotedFrom::List(list, _), Action::Back) => return Step::WaitingMeters(list),
            (NotedFrom::List(list, selection), Action::GoOn) => match chosen {
                Some(NotedChoice::Decide) => return CreatePatient::decide(self.person, context),
                Some(NotedChoice::Drop) => {
                    context.ask(Task::AboutNoted { key: self.person.key, what: NotedTask::Drop });
                    // The station answers in the order in which it is asked: this list is without
                    // them.
                    context.look_who_waits();
                    return Step::WaitingMeters(list);
                }
                None => {
                    context.remark = (!choices.is_empty()).then_some(Remark::NotNow(key::REASON_NOTHING_ANSWERED));
                    self.came_from = NotedFrom::List(list, selection);
                }
            },
            (NotedFrom::List(list, mut selection), action) => {
                selection.act(*action, &choices, context.page);
                self.came_from = NotedFrom::List(list, selection);
            }
            (form @ NotedFrom::Form(_), _) => self.came_from = form,
        }
        Step::NotedPerson(self)
    }
}
