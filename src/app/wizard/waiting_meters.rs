//! What is left to be done: the meters that were read and wait for a patient, with which the work goes on after an
//! interruption, what the care platform has not recorded, and who was noted as a new patient.

use crate::app::action::Action;
use crate::app::key_intent::KeyIntent;
use crate::app::list::Selection;
use crate::app::remark::Remark;
use crate::app::wizard::find_patient::FindPatient;
use crate::app::wizard::noted_person::NotedPersonStep;
use crate::app::wizard::undelivered::{UndeliveredFrom, UndeliveredStep};
use crate::app::wizard::{Step, StepContext};
use crate::domain::association::{IdempotencyKey, Upload, UploadId};
use crate::domain::noted_person::NotedPerson;
use crate::domain::work_list::Undelivered;

/// The list of what is left to be done.
#[derive(Debug, Clone, Default)]
pub struct WaitingMeters {
    /// The row that is selected.
    pub selection: Selection<WaitingRow>,
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitingRow {
    /// A meter that waits for a patient.
    Meter(UploadId),
    /// Something that the care platform has not recorded.
    Delivery(IdempotencyKey),
    /// Somebody who was noted as a new patient.
    Noted(IdempotencyKey),
}

impl WaitingMeters {
    /// The rows: the meters first.
    #[must_use]
    pub fn rows(waiting: &[Upload], undelivered: &[Undelivered], noted: &[NotedPerson]) -> Vec<WaitingRow> {
        let meters = waiting.iter().map(|upload| WaitingRow::Meter(upload.id.clone()));
        let deliveries = undelivered.iter().map(|item| WaitingRow::Delivery(item.key.clone()));
        let noted = noted.iter().map(|person| WaitingRow::Noted(person.key.clone()));
        meters.chain(deliveries).chain(noted).collect()
    }

    /// What is selected: where a person moved, else the only row.
    #[must_use]
    pub fn selected(
        &self,
        waiting: &[Upload],
        undelivered: &[Undelivered],
        noted: &[NotedPerson],
    ) -> Selection<WaitingRow> {
        self.selection.or_the_only(&Self::rows(waiting, undelivered, noted))
    }

    /// Reacts to a key.
    pub fn press(mut self, intent: &KeyIntent, context: &mut StepContext<'_>) -> Step {
        let rows = Self::rows(context.waiting, context.undelivered, context.noted);
        // The only row is shown as selected before anybody has moved to it: Enter acts on what is
        // shown.
        self.selection = self.selected(context.waiting, context.undelivered, context.noted);
        match intent {
            KeyIntent::Act(Action::GoOn) => self.go_on(&rows, context),
            KeyIntent::Act(Action::Back) => FindPatient::fresh(),
            KeyIntent::Act(action) => {
                self.selection.act(*action, &rows, context.page);
                Step::WaitingMeters(self)
            }
            KeyIntent::Edit(_) => Step::WaitingMeters(self),
        }
    }

    fn go_on(mut self, rows: &[WaitingRow], context: &mut StepContext<'_>) -> Step {
        match self.selection.id() {
            Some(WaitingRow::Meter(id)) => {
                if let Some(upload) = context.waiting.iter().find(|upload| upload.id == *id) {
                    return Step::FindPatient(FindPatient::for_upload(Box::new(upload.clone())));
                }
            }
            Some(WaitingRow::Delivery(key)) => {
                if let Some(item) = context.undelivered.iter().find(|item| item.key == *key) {
                    return UndeliveredStep::open(item.clone(), UndeliveredFrom::WaitingMeters(self));
                }
            }
            Some(WaitingRow::Noted(key)) => {
                if let Some(person) = context.noted.iter().find(|person| person.key == *key) {
                    return NotedPersonStep::open(person.clone(), self);
                }
            }
            None => {}
        }
        context.remark = context.none_waits.map(Remark::NotNow);
        // Where the row has just left the list, Enter marks another one and opens nothing that
        // nobody has chosen.
        self.selection.act(Action::Down, rows, context.page);
        Step::WaitingMeters(self)
    }
}
