//! The meters that were read and wait for a patient: after an interruption, the work goes on from here.

use crate::app::action::Action;
use crate::app::key_intent::KeyIntent;
use crate::app::list::Selection;
use crate::app::remark::Remark;
use crate::app::wizard::find_patient::FindPatient;
use crate::app::wizard::{Step, StepContext};
use crate::domain::association::{Upload, UploadId};

/// The list of waiting meters.
#[derive(Debug, Clone, Default)]
pub struct WaitingMeters {
    /// The upload that is selected.
    pub selection: Selection<UploadId>,
}

impl WaitingMeters {
    /// The rows.
    #[must_use]
    pub fn rows(waiting: &[Upload]) -> Vec<&UploadId> {
        waiting.iter().map(|upload| &upload.id).collect()
    }

    /// What is selected: where a person moved, else the only meter.
    #[must_use]
    pub fn selected(&self, waiting: &[Upload]) -> Selection<UploadId> {
        self.selection.or_the_only(&Self::rows(waiting))
    }

    /// Reacts to a key.
    pub fn press(mut self, intent: &KeyIntent, context: &mut StepContext<'_>) -> Step {
        let rows = Self::rows(context.waiting);
        self.selection = self.selected(context.waiting);
        match intent {
            KeyIntent::Act(Action::GoOn) => {
                let chosen = self.selection.id().and_then(|id| context.waiting.iter().find(|upload| upload.id == *id));
                if let Some(upload) = chosen {
                    return Step::FindPatient(FindPatient::for_upload(Box::new(upload.clone())));
                }
                context.remark = context.none_waits.map(Remark::NotNow);
                self.selection.act(Action::Down, &rows, context.page);
                Step::WaitingMeters(self)
            }
            KeyIntent::Act(Action::Back) => FindPatient::fresh(),
            KeyIntent::Act(action) => {
                self.selection.act(*action, &rows, context.page);
                Step::WaitingMeters(self)
            }
            KeyIntent::Edit(_) => Step::WaitingMeters(self),
        }
    }
}
