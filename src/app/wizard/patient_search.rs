//! Searching a patient as one types: a field, and below it the recent patients or the hits.
//!
//! No row is chosen until the cursor is moved there. Rows never move under the cursor: new hits take it away, and a
//! further page is appended (clinic-safety ID-06, ID-07).

use crate::app::action::Action;
use crate::app::effect::{Effect, Ticket};
use crate::app::event::Answer;
use crate::app::list::Cursor;
use crate::app::press::Press;
use crate::app::text_field::TextField;
use crate::app::wizard::Desk;
use crate::domain::patient::{Patient, SearchPage};
use crate::domain::problem::Problem;

/// A search under way or done.
#[derive(Debug, Clone, Default)]
pub struct PatientSearch {
    /// What is searched for.
    pub field: TextField,
    /// The hits so far.
    pub page: SearchPage,
    /// The row under the cursor; without one, the field has the keys.
    pub cursor: Cursor,
    /// The question under way.
    pub asking: Option<Asking>,
    /// Why the last search failed.
    pub problem: Option<Problem>,
}

/// A search that was sent and has not been answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asking {
    ticket: Ticket,
    /// Whether the answer continues the list instead of replacing it.
    appends: bool,
}

/// What a key did to a search.
#[derive(Debug, Clone, PartialEq)]
pub enum Searched {
    /// A person was chosen; whether they may be is for the step to say.
    Chose(Box<Patient>),
    /// The search took the key.
    Used,
    /// The key was not for the search.
    NotMine,
}

impl PatientSearch {
    /// Whether the text field has the keys.
    #[must_use]
    pub const fn is_typing(&self) -> bool {
        self.cursor.0.is_none()
    }

    /// The rows shown: `proposed` and the recent patients while nothing is typed, else the hits.
    #[must_use]
    pub fn rows<'a>(&'a self, proposed: Option<&'a Patient>, recents: &'a [Patient]) -> Vec<&'a Patient> {
        if self.field.is_blank() {
            let others = recents.iter().filter(|recent| proposed.is_none_or(|proposed| proposed.id != recent.id));
            return proposed.into_iter().chain(others).collect();
        }
        self.page.patients.iter().collect()
    }

    /// The person under the cursor.
    #[must_use]
    pub fn selected<'a>(&'a self, proposed: Option<&'a Patient>, recents: &'a [Patient]) -> Option<&'a Patient> {
        self.cursor.0.and_then(|row| self.rows(proposed, recents).get(row).copied())
    }

    /// Reacts to a key.
    pub fn press(&mut self, press: &Press, proposed: Option<&Patient>, desk: &mut Desk<'_>) -> Searched {
        let rows = self.rows(proposed, desk.recents).len();
        match press {
            Press::Edit(edit) => {
                if self.field.edit(edit) {
                    self.ask_anew(desk);
                }
                Searched::Used
            }
            Press::Act(Action::Search | Action::PreviousControl) if !self.is_typing() => {
                self.cursor.leave();
                Searched::Used
            }
            Press::Act(Action::Up) if self.cursor.is_at_top() => {
                self.cursor.leave();
                Searched::Used
            }
            // From the field, Enter leads to the list: it never chooses a person by itself.
            Press::Act(Action::NextControl | Action::GoOn) if self.is_typing() => {
                self.cursor.act(Action::Down, rows);
                Searched::Used
            }
            Press::Act(Action::GoOn) => self
                .selected(proposed, desk.recents)
                .map_or(Searched::Used, |patient| Searched::Chose(Box::new(patient.clone()))),
            Press::Act(action) => {
                let before = self.cursor;
                if !self.cursor.act(*action, rows) {
                    return Searched::NotMine;
                }
                if before == self.cursor && matches!(action, Action::Down | Action::PageDown) {
                    self.ask_for_more(desk);
                }
                Searched::Used
            }
        }
    }

    fn ask_anew(&mut self, desk: &mut Desk<'_>) {
        self.cursor.leave();
        self.problem = None;
        if self.field.is_blank() {
            self.page = SearchPage::default();
            self.asking = None;
            return;
        }
        let ticket = desk.tickets.next();
        self.asking = Some(Asking { ticket, appends: false });
        desk.effects.push(Effect::SearchPatients { ticket, query: self.field.text().to_owned(), offset: 0 });
    }

    fn ask_for_more(&mut self, desk: &mut Desk<'_>) {
        if self.asking.is_some() || !self.page.more || self.field.is_blank() {
            return;
        }
        let ticket = desk.tickets.next();
        self.asking = Some(Asking { ticket, appends: true });
        let offset = u32::try_from(self.page.patients.len()).unwrap_or(u32::MAX);
        desk.effects.push(Effect::SearchPatients { ticket, query: self.field.text().to_owned(), offset });
    }

    /// Takes the answer to the search that is under way; any other is dropped. Returns whether it was taken.
    pub fn answer(&mut self, ticket: Ticket, answer: &Answer) -> bool {
        let Some(asking) = self.asking.filter(|asking| asking.ticket == ticket) else { return false };
        let Answer::Found(found) = answer else { return false };
        self.asking = None;
        match found {
            Ok(page) if asking.appends => {
                self.page.patients.extend(page.patients.iter().cloned());
                self.page.more = page.more;
            }
            Ok(page) => {
                self.page = page.clone();
                self.cursor.leave();
            }
            Err(problem) => self.problem = Some(problem.clone()),
        }
        true
    }
}
