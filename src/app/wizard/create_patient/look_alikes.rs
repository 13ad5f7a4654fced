//! The people who may be the same one as a new patient: one of them is taken in hand, or a new patient is created all
//! the same, with a reason where somebody is most likely the same person.

use super::{CreatePage, CreatePatient};
use crate::app::action::Action;
use crate::app::key_intent::KeyIntent;
use crate::app::list::Selection;
use crate::app::remark::Remark;
use crate::app::text_field::TextField;
use crate::app::wizard::{Step, StepContext};
use crate::domain::patient::{Likeness, LookAlike, PatientId};
use crate::domain::validation::{self, LONGEST_REASON};
use crate::domain::words::key;

/// People who may be the same one.
#[derive(Debug, Clone)]
pub struct LookAlikes {
    /// Who, most alike first.
    pub found: Vec<LookAlike>,
    /// The row that is selected.
    pub selection: Selection<LookAlikeRow>,
    /// Why a new patient is created although the same person seems to exist. Typed, when it has the focus.
    pub reason: Option<TextField>,
}

/// A row of the list of people who may be the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookAlikeRow {
    /// This one, who exists.
    Person(PatientId),
    /// None of them: a new patient all the same.
    New,
}

impl LookAlikes {
    /// The rows, in the order in which they are shown.
    #[must_use]
    pub fn rows(&self) -> Vec<LookAlikeRow> {
        let people = self.found.iter().map(|other| LookAlikeRow::Person(other.patient.id.clone()));
        people.chain([LookAlikeRow::New]).collect()
    }

    /// Whether one of them is most likely the same person, so that a reason is needed to create another.
    #[must_use]
    pub fn needs_reason(&self) -> bool {
        self.found.iter().any(|other| other.likeness == Likeness::SamePerson)
    }
}

impl CreatePatient {
    pub(super) fn press_look_alikes(
        mut self: Box<Self>,
        mut others: Box<LookAlikes>,
        intent: &KeyIntent,
        context: &mut StepContext<'_>,
    ) -> Step {
        let rows = others.rows();
        match (intent, &mut others.reason) {
            (KeyIntent::Act(Action::Back), Some(_)) => others.reason = None,
            (KeyIntent::Act(Action::Back), None) => return Step::CreatePatient(self),
            (KeyIntent::Edit(edit), Some(reason)) => {
                reason.edit(edit);
            }
            (KeyIntent::Act(Action::GoOn), Some(reason)) => match validation::whole(reason.text(), LONGEST_REASON) {
                Ok(said) if !said.is_empty() => {
                    self.form.reason = Some(said);
                    self.show_optional();
                    return Step::CreatePatient(self);
                }
                Ok(_) => context.remark = Some(Remark::NotNow(key::REASON_SAY_WHY)),
                Err(_) => context.remark = Some(Remark::NotNow(key::REASON_TOO_LONG)),
            },
            // Meant for the optional page, which the fingers know: nobody may be chosen by that, and nobody created.
            (KeyIntent::Act(Action::NextControl | Action::PreviousControl) | KeyIntent::Edit(_), None) => {
                others.selection.leave();
                context.remark = Some(Remark::NotNow(key::REASON_NOTHING_ANSWERED));
            }
            (KeyIntent::Act(Action::GoOn), None) => match others.selection.id() {
                None => context.remark = Some(Remark::NotNow(key::REASON_NOTHING_ANSWERED)),
                Some(LookAlikeRow::Person(id)) => {
                    if let Some(other) = others.found.iter().find(|other| other.patient.id == *id) {
                        self.take_as(&other.patient, context);
                        return self.found.choose(other.patient.clone(), context);
                    }
                }
                // While somebody is only noted, those who are alike are not all that there are. The
                // reason is asked for when the platform has named them.
                Some(LookAlikeRow::New) if others.needs_reason() && !self.is_noting => {
                    others.reason = Some(TextField::default());
                }
                Some(LookAlikeRow::New) => {
                    self.show_optional();
                    return Step::CreatePatient(self);
                }
            },
            (KeyIntent::Act(action), None) => {
                others.selection.act(*action, &rows, context.page);
            }
            (KeyIntent::Act(_), Some(_)) => {}
        }
        self.page = CreatePage::LookAlikes(others);
        Step::CreatePatient(self)
    }
}
