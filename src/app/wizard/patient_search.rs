//! Searching a patient as one types: a field, and below it the recent patients or the hits.
//!
//! Nobody is selected until the cursor is moved there. New hits take the cursor away, and a further page is appended
//! (clinic-safety ID-06, ID-07).

use crate::app::action::Action;
use crate::app::asked::{Asked, Attempt};
use crate::app::effect::{PlatformTask, Ticket};
use crate::app::key_intent::{KeyIntent, Typing};
use crate::app::list::Selection;
use crate::app::remark::Remark;
use crate::app::text_field::TextField;
use crate::app::wizard::StepContext;
use crate::domain::patient::{Patient, PatientId, SearchPage};
use crate::domain::problem::Problem;
use crate::domain::scanned_code::ScannedCode;
use crate::domain::validation::{self, FieldFault};
use crate::domain::words::{TextKey, key};

/// Why Enter leads to no list, as a key of the word files.
pub(crate) const NOBODY_LISTED: TextKey = key::REASON_NOBODY_LISTED;

/// A search under way or done.
#[derive(Debug, Clone, Default)]
pub struct PatientSearch {
    /// What is searched for.
    pub field: TextField,
    /// The hits so far.
    pub page: SearchPage,
    /// Who is selected; without anybody, the field has the focus.
    pub selection: Selection<PatientId>,
    /// The search for what is typed.
    first: Attempt,
    /// The further page of the same search.
    further: Attempt,
    /// Why what was typed is not searched for.
    pub complaint: Option<FieldFault>,
    /// What was scanned, while it stands in the field.
    scanned: Option<Box<ScannedCode>>,
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
    /// Whether the text field has the focus.
    #[must_use]
    pub const fn is_typing(&self) -> bool {
        self.selection.id().is_none()
    }

    /// Where what is typed goes: always into the field, also while the list has the focus.
    #[must_use]
    pub const fn typing(&self) -> Typing {
        if self.is_typing() { Typing::Field } else { Typing::Beside }
    }

    /// Whether this question is one of this search that has not been answered.
    #[must_use]
    pub fn asked(&self, ticket: Ticket) -> bool {
        self.first.waits_for(ticket) || self.further.waits_for(ticket)
    }

    /// Whether an answer is on its way.
    #[must_use]
    pub const fn is_asking(&self) -> bool {
        self.first.is_waiting() || self.further.is_waiting()
    }

    /// Why the last search failed.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        self.first.problem().or_else(|| self.further.problem())
    }

    /// The rows shown: `proposed` and the recent patients while nothing is typed, else the hits.
    #[must_use]
    pub fn rows<'a>(&'a self, proposed: Option<&'a Patient>, recents: &'a [Patient]) -> Vec<&'a Patient> {
        shown(&self.field, &self.page, proposed, recents)
    }

    /// The person who is selected.
    #[must_use]
    pub fn selected<'a>(&'a self, proposed: Option<&'a Patient>, recents: &'a [Patient]) -> Option<&'a Patient> {
        let id = self.selection.id()?;
        self.rows(proposed, recents).into_iter().find(|patient| patient.id == *id)
    }

    /// The rows shown, by id.
    #[must_use]
    pub fn ids<'a>(&'a self, proposed: Option<&'a Patient>, recents: &'a [Patient]) -> Vec<&'a PatientId> {
        ids(shown(&self.field, &self.page, proposed, recents))
    }

    /// Whoever is no longer shown is no longer selected.
    pub fn keep_selection(&mut self, proposed: Option<&Patient>, recents: &[Patient]) {
        self.selection.keep(&ids(shown(&self.field, &self.page, proposed, recents)));
    }

    /// Reacts to a key.
    pub fn press(&mut self, intent: &KeyIntent, proposed: Option<&Patient>, context: &mut StepContext<'_>) -> Searched {
        let rows = ids(shown(&self.field, &self.page, proposed, context.recents));
        match intent {
            KeyIntent::Edit(edit) => {
                if self.field.edit(edit) {
                    self.scanned = None;
                    self.ask_anew(context);
                }
                Searched::Used
            }
            KeyIntent::Act(Action::Search | Action::NextControl | Action::PreviousControl) if !self.is_typing() => {
                self.selection.leave();
                Searched::Used
            }
            KeyIntent::Act(Action::Up) if self.selection.is_at_top(&rows) => {
                self.selection.leave();
                Searched::Used
            }
            KeyIntent::Act(Action::GoOn) if self.is_typing() && rows.is_empty() => {
                // While the answer is on its way, as after a scanner's Enter, nobody knows yet.
                if !self.is_asking() {
                    context.remark = Some(Remark::NotNow(NOBODY_LISTED));
                }
                Searched::Used
            }
            // From the field, Enter leads to the list: it never chooses a person by itself.
            KeyIntent::Act(Action::NextControl | Action::GoOn) if self.is_typing() => {
                self.selection.act(Action::Down, &rows, context.page);
                Searched::Used
            }
            KeyIntent::Act(Action::GoOn) => self
                .selected(proposed, context.recents)
                .map_or(Searched::Used, |patient| Searched::Chose(Box::new(patient.clone()))),
            KeyIntent::Act(action) => {
                let before = self.selection.clone();
                if !self.selection.act(*action, &rows, context.page) {
                    return Searched::NotMine;
                }
                // The end of the list is the end of what has come so far.
                let stays = before == self.selection && matches!(action, Action::Down | Action::PageDown);
                if stays || *action == Action::Last {
                    self.ask_for_more(context);
                }
                Searched::Used
            }
        }
    }

    /// Looks for the number that was scanned, and for nothing that stood in the field before.
    pub fn scan(&mut self, code: ScannedCode, context: &mut StepContext<'_>) {
        self.field = TextField::with_text(code.patient_number());
        self.scanned = Some(Box::new(code));
        self.ask_anew(context);
    }

    /// Whether a scanned number stands in the field.
    #[must_use]
    pub const fn is_scanned(&self) -> bool {
        self.scanned.is_some()
    }

    fn ask_anew(&mut self, context: &mut StepContext<'_>) {
        self.selection.leave();
        // Answers that are on their way belong to another text and find nobody. What is listed
        // stays until the new hits come, which take the cursor away.
        (self.first, self.further) = (Asked::Idle, Asked::Idle);
        self.complaint = validation::query(self.field.text()).err();
        if self.field.is_blank() || self.complaint.is_some() {
            self.page = SearchPage::default();
            return;
        }
        self.ask_first(context);
    }

    fn ask_first(&mut self, context: &mut StepContext<'_>) {
        let ticket = context.ask(PlatformTask::SearchPatients { query: self.field.text().to_owned(), from: None });
        self.first = Asked::Waiting(ticket);
    }

    /// Whether it is to be made again by itself: only those were looked through who are known here, and nobody is
    /// selected, from whom new hits would take the cursor away.
    #[must_use]
    pub const fn wants_all(&self) -> bool {
        self.page.known_only && self.is_typing() && !self.is_asking()
    }

    /// What the platform did not answer is asked again; what was found stays until it answers.
    pub fn ask_again(&mut self, context: &mut StepContext<'_>) {
        if self.wants_all() {
            self.ask_first(context);
        }
    }

    fn ask_for_more(&mut self, context: &mut StepContext<'_>) {
        if self.is_asking() || self.field.is_blank() {
            return;
        }
        let Some(from) = self.page.next.clone() else { return };
        let ticket =
            context.ask(PlatformTask::SearchPatients { query: self.field.text().to_owned(), from: Some(from) });
        self.further = Asked::Waiting(ticket);
    }

    /// The cursor goes to the one person who has the number that was scanned. That chooses nobody yet; of two nobody
    /// is proposed.
    fn lead_to_scanned(&mut self) {
        let Some(code) = &self.scanned else { return };
        let mut holders = self.page.patients.iter().filter(|patient| code.is_of(patient));
        if let (Some(holder), None, None) = (holders.next(), holders.next(), &self.page.next) {
            self.selection = Selection::on(holder.id.clone());
        }
    }

    /// Takes the answer to the search that is under way.
    pub fn found(&mut self, found: Result<SearchPage, Problem>) {
        // One of the two at most: neither is asked while the other is waited for.
        let appends = self.further.is_waiting();
        let asked = if appends { &mut self.further } else { &mut self.first };
        *asked = Asked::Idle;
        match found {
            Ok(page) if appends => {
                // Somebody whom another station has added since moves the pages: nobody is listed twice.
                self.page.next = page.next;
                for patient in page.patients {
                    if self.page.patients.iter().all(|known| known.id != patient.id) {
                        self.page.patients.push(patient);
                    }
                }
            }
            Ok(page) => {
                self.page = page;
                self.selection.leave();
                self.lead_to_scanned();
            }
            Err(problem) => *asked = Asked::failed(problem),
        }
    }
}

/// The rows shown, of the parts of a search.
fn shown<'a>(
    field: &TextField,
    page: &'a SearchPage,
    proposed: Option<&'a Patient>,
    recents: &'a [Patient],
) -> Vec<&'a Patient> {
    if field.is_blank() {
        let others = recents.iter().filter(|recent| proposed.is_none_or(|proposed| proposed.id != recent.id));
        return proposed.into_iter().chain(others).collect();
    }
    page.patients.iter().collect()
}

fn ids(rows: Vec<&Patient>) -> Vec<&PatientId> {
    rows.into_iter().map(|patient| &patient.id).collect()
}
