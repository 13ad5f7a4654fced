//! Step 3: confirm the device by its name and serial number.

use crate::app::action::Action;
use crate::app::key_intent::KeyIntent;
use crate::app::remark::Remark;
use crate::app::wizard::association_pending::AssociationPending;
use crate::app::wizard::select_patient::SelectPatient;
use crate::app::wizard::{Step, StepContext};
use crate::domain::association::Upload;
use crate::domain::patient::Patient;

/// Confirming the device.
#[derive(Debug, Clone)]
pub struct ConfirmDevice {
    /// The upload in quarantine.
    pub upload: Upload,
    /// The person of step 1, who is proposed in the next step.
    pub proposed: Option<Patient>,
    /// What has the focus. Never the confirming control at first (clinic-safety section 2).
    pub focus: ConfirmFocus,
}

/// The controls of a confirming screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ConfirmFocus {
    /// None of them: the facts are to be read first.
    #[default]
    Facts,
    /// The confirming control.
    Confirm,
    /// The control that leads back.
    Back,
}

impl ConfirmFocus {
    /// Where Tab and the arrows lead.
    #[must_use]
    pub const fn moved(self, action: Action) -> Self {
        match (action, self) {
            (Action::NextControl | Action::Right | Action::Down, Self::Facts)
            | (
                Action::NextControl
                | Action::Right
                | Action::Down
                | Action::PreviousControl
                | Action::Left
                | Action::Up,
                Self::Back,
            ) => Self::Confirm,
            (Action::NextControl | Action::Right | Action::Down, Self::Confirm)
            | (Action::PreviousControl | Action::Left | Action::Up, Self::Facts | Self::Confirm) => Self::Back,
            _ => self,
        }
    }
}

impl ConfirmDevice {
    /// Shows the device; nothing is confirmed.
    #[must_use]
    pub const fn new(upload: Upload, proposed: Option<Patient>) -> Self {
        Self { upload, proposed, focus: ConfirmFocus::Facts }
    }

    /// Reacts to a key.
    pub fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> Step {
        let KeyIntent::Act(action) = intent else { return Step::ConfirmDevice(self) };
        match (action, self.focus) {
            (Action::GoOn, ConfirmFocus::Confirm) => {
                return Step::SelectPatient(Box::new(SelectPatient::new(self.upload, self.proposed)));
            }
            // An Enter that was meant for the screen before confirms nothing.
            (Action::GoOn, ConfirmFocus::Facts) => context.remark = Some(Remark::ConfirmWithTab),
            (Action::Back, _) | (Action::GoOn, ConfirmFocus::Back) => {
                let back = AssociationPending { upload: self.upload, proposed: self.proposed };
                return Step::AssociationPending(Box::new(back));
            }
            (action, focus) => self.focus = focus.moved(*action),
        }
        Step::ConfirmDevice(self)
    }
}
