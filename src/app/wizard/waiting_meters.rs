//! The meters that were read and wait for a patient: after an interruption, the work goes on from here.

use crate::app::action::Action;
use crate::app::list::Cursor;
use crate::app::press::Press;
use crate::app::wizard::find_patient::FindPatient;
use crate::app::wizard::{Desk, Step};

/// The list of waiting meters.
#[derive(Debug, Clone, Default)]
pub struct WaitingMeters {
    /// The row under the cursor.
    pub cursor: Cursor,
}

impl WaitingMeters {
    /// Reacts to a key.
    pub fn press(mut self, press: &Press, desk: &mut Desk<'_>) -> Step {
        match press {
            Press::Act(Action::GoOn) => {
                let chosen = self.cursor.0.and_then(|row| desk.waiting.get(row)).cloned();
                if let Some(upload) = chosen {
                    return Step::FindPatient(FindPatient::for_upload(Box::new(upload)));
                }
                self.cursor.act(Action::Down, desk.waiting.len());
                Step::WaitingMeters(self)
            }
            Press::Act(Action::Back) => FindPatient::fresh(),
            Press::Act(action) => {
                self.cursor.act(*action, desk.waiting.len());
                Step::WaitingMeters(self)
            }
            Press::Edit(_) => Step::WaitingMeters(self),
        }
    }
}
