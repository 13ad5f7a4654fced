//! Step 3: confirm the device by its name and serial number.

use crate::app::action::Action;
use crate::app::effect::StationTask;
use crate::app::key_intent::KeyIntent;
use crate::app::remark::Remark;
use crate::app::wizard::association_pending::AssociationPending;
use crate::app::wizard::scan::ScanMatch;
use crate::app::wizard::select_patient::SelectPatient;
use crate::app::wizard::{Step, StepContext};
use crate::domain::association::{AuditEntry, Upload};
use crate::domain::patient::Patient;
use crate::domain::scanned_code::ScannedCode;
use crate::domain::words::key;

/// Confirming the device.
#[derive(Debug, Clone)]
pub struct ConfirmDevice {
    /// The upload in quarantine.
    pub upload: Upload,
    /// The person of step 1, who is proposed in the next step.
    pub proposed: Option<Patient>,
    /// What has the focus. Never the confirming control at first (clinic-safety section 2).
    pub focus: ConfirmFocus,
    /// How the barcode that was scanned last stands to the serial number.
    pub scanned: ScanMatch,
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
        Self { upload, proposed, focus: ConfirmFocus::Facts, scanned: ScanMatch::NotScanned }
    }

    /// Takes the barcode of the meter in the hand, to be compared with the serial number that came over the cable.
    pub fn scan(mut self: Box<Self>, code: &ScannedCode, context: &mut StepContext<'_>) -> Step {
        let meter = &self.upload.meter;
        if !meter.is_identifiable() {
            context.remark = Some(Remark::NotNow(key::SCAN_NO_SERIAL));
        } else if code.is_serial(meter.serial.expose()) {
            self.scanned = ScanMatch::Match;
        } else {
            self.scanned = ScanMatch::Mismatch;
            let entry = AuditEntry::SerialMismatch { upload: self.upload.id.clone() };
            context.ask(StationTask::Audit { entry });
        }
        Step::ConfirmDevice(self)
    }

    /// Reacts to a key.
    pub fn press(mut self: Box<Self>, intent: &KeyIntent, context: &mut StepContext<'_>) -> Step {
        let KeyIntent::Act(action) = intent else { return Step::ConfirmDevice(self) };
        match (action, self.focus) {
            (Action::GoOn, ConfirmFocus::Confirm) if self.scanned == ScanMatch::Mismatch => {
                context.remark = Some(Remark::NotNow(key::REASON_SERIAL_MISMATCH));
            }
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
