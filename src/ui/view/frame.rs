//! What stands around every step: site and user, the trail, the device panel, the hints and remarks.

use super::View;
use crate::app::model::{Place, Remark};
use crate::app::offers::offers;
use crate::app::panel::{Departed, Slot, SlotState, Unsaved};
use crate::app::wizard::Step;
use crate::app::wizard::create_patient::CreatePage;
use crate::app::wizard::intake_question::Question;
use crate::domain::association::{Owner, Relation, Upload};
use crate::domain::meter::Access;
use crate::domain::patient::PatientId;
use crate::domain::problem::Problem;
use crate::ui::scene::{Hint, Panel, PanelEntry, Role, TrailState, TrailStep};

/// The six steps, by the keys of their short names.
const TRAIL: [&str; 6] =
    ["trail-patient", "trail-upload", "trail-device", "trail-select", "trail-confirm", "trail-done"];

impl View<'_> {
    pub(super) fn user(&self) -> String {
        self.model.working().map_or_else(String::new, |working| working.session.user.name.to_string())
    }

    pub(super) fn trail(&self) -> Vec<TrailStep> {
        let here = match &self.model.place {
            Place::SignIn(_) => return Vec::new(),
            Place::Working(working) => place_in_trail(&working.step),
        };
        let state = |place: usize| match place.cmp(&here) {
            std::cmp::Ordering::Less => TrailState::Done,
            std::cmp::Ordering::Equal => TrailState::Here,
            std::cmp::Ordering::Greater => TrailState::Ahead,
        };
        TRAIL.iter().enumerate().map(|(place, key)| TrailStep { name: self.text(key), state: state(place) }).collect()
    }

    pub(super) fn hints(&self) -> Vec<Hint> {
        // What cannot be done now is in the help, with the reason; the hint line is for what can.
        offers(self.model)
            .into_iter()
            .filter(|offer| offer.not_now.is_none())
            .map(|offer| Hint {
                key: self.model.keymap.label(offer.action).to_owned(),
                action: self.text(offer.words),
                disabled: None,
            })
            .collect()
    }

    pub(super) fn remark(&self) -> Option<String> {
        self.model.remark.as_ref().map(|remark| match remark {
            Remark::NoSuchKey => self.text("remark-no-such-key"),
            Remark::NotNow(key) | Remark::NotSelectable(key) | Remark::Told(key) => self.text(key),
            Remark::ConfirmWithTab => self.text("remark-confirm-with-tab"),
        })
    }

    pub(super) fn panel(&self) -> Panel {
        let slots = self.model.panel.slots().iter().map(|slot| self.slot(slot));
        let departed = self.model.panel.departed().iter().map(|departed| self.departed(departed));
        let unsaved = self.model.panel.unsaved().iter().map(|unsaved| self.unsaved(unsaved));
        Panel {
            title: self.text("panel-title"),
            entries: slots.chain(unsaved).chain(departed).collect(),
            empty: self.text(if self.model.has_usb { "panel-empty" } else { "panel-empty-without-usb" }),
        }
    }

    fn slot(&self, slot: &Slot) -> PanelEntry {
        let (role, state) = self.slot_state(slot);
        let name = self.filled(
            "panel-name",
            &[
                ("name", slot.attachment.name.as_str().into()),
                ("connection", slot.attachment.connection.as_str().into()),
            ],
        );
        PanelEntry { name, state, role }
    }

    /// The state of an attached meter, in words.
    pub(super) fn slot_state(&self, slot: &Slot) -> (Role, String) {
        match &slot.state {
            SlotState::Recognised => match slot.attachment.access {
                Access::Open => (Role::Text, self.text("panel-recognised")),
                Access::Denied => (Role::Problem, self.text("panel-denied")),
                Access::Busy => (Role::Problem, self.text("panel-busy")),
                Access::AskModel => (Role::Warning, self.which_model(slot)),
                Access::NotMounted => (Role::Warning, self.text("panel-not-mounted")),
                Access::Unsupported => (Role::Warning, self.text("panel-unsupported")),
            },
            SlotState::Reading { done, of: Some(of), .. } => {
                (Role::Accent, self.filled("panel-reading-of", &[("done", (*done).into()), ("of", (*of).into())]))
            }
            SlotState::Reading { done, of: None, .. } => {
                let said = match slot.asked_as(&self.model.guides) {
                    Some(guide) => self.filled("panel-asking-as", &[("model", guide.name.as_str().into())]),
                    None => self.filled("panel-reading", &[("done", (*done).into())]),
                };
                (Role::Accent, said)
            }
            SlotState::Saving { .. } => (Role::Accent, self.text("panel-saving")),
            SlotState::Stored(upload) => self.stored_state(upload),
            SlotState::Failed(problem) => (Role::Problem, self.not_read(slot, problem)),
            SlotState::Stopped => (Role::Warning, self.text("panel-stopped")),
        }
    }

    /// What is said of the meter behind a generic cable before it is read. Only ever "probably": nobody has asked it yet.
    fn which_model(&self, slot: &Slot) -> String {
        match slot.proposed(&self.model.guides) {
            Some(guide) => self.filled("panel-probably", &[("model", guide.name.as_str().into())]),
            None => self.text("panel-ask-model"),
        }
    }

    fn not_read(&self, slot: &Slot, problem: &Problem) -> String {
        let code = ("code", problem.code.code().into());
        match slot.may_be_another(&self.model.guides) {
            Some(tried) => self.filled("panel-no-answer-as", &[("model", tried.name.as_str().into()), code]),
            None => self.filled("panel-failed", &[("done", problem.done.into()), code]),
        }
    }

    fn stored_state(&self, upload: &Upload) -> (Role, String) {
        let count = [("count", upload.counts.total().into())];
        match (&upload.owner, self.patient_in_hand()) {
            (Owner::Nobody | Owner::Unidentifiable, _) => (Role::Warning, self.filled("panel-quarantined", &count)),
            (owner @ Owner::Patient(_), Some(patient)) => match owner.relation(patient) {
                Relation::Same => (Role::Ok, self.text("panel-this-patient")),
                Relation::Other | Relation::Unowned => (Role::Problem, self.text("panel-other-patient")),
            },
            (Owner::Patient(_), None) => (Role::Ok, self.filled("panel-owned", &count)),
        }
    }

    fn unsaved(&self, unsaved: &Unsaved) -> PanelEntry {
        let state = self.filled("panel-not-saved", &[("code", unsaved.problem.code.code().into())]);
        PanelEntry { name: unsaved.name.to_string(), state, role: Role::Problem }
    }

    fn departed(&self, departed: &Departed) -> PanelEntry {
        PanelEntry { name: departed.name.to_string(), state: self.text("panel-departed"), role: Role::Dim }
    }

    fn patient_in_hand(&self) -> Option<&PatientId> {
        match &self.model.working()?.step {
            Step::FindPatient(_) | Step::CreatePatient(_) | Step::WaitingMeters(_) => None,
            Step::Upload(step) => Some(&step.patient.id),
            Step::IntakeQuestion(step) => Some(&step.patient.id),
            Step::AssociationPending(step) => step.proposed.as_ref().map(|patient| &patient.id),
            Step::ConfirmDevice(step) => step.proposed.as_ref().map(|patient| &patient.id),
            Step::SelectPatient(step) => step.proposed.as_ref().map(|patient| &patient.id),
            Step::ConfirmAssignment(step) => Some(&step.patient.id),
            Step::OtherOwner(step) => Some(&step.patient.id),
            Step::Done(step) => Some(&step.patient.id),
            Step::Dashboard(step) => Some(&step.patient.id),
        }
    }
}

/// Which of the six steps a screen belongs to, from 0.
const fn place_in_trail(step: &Step) -> usize {
    match step {
        Step::FindPatient(_) | Step::CreatePatient(_) | Step::WaitingMeters(_) => 0,
        Step::Upload(_) | Step::AssociationPending(_) | Step::OtherOwner(_) => 1,
        Step::IntakeQuestion(step) => match step.question {
            Question::Clock => 1,
            Question::Shared => 3,
        },
        Step::ConfirmDevice(_) => 2,
        Step::SelectPatient(_) => 3,
        Step::ConfirmAssignment(_) => 4,
        Step::Done(_) | Step::Dashboard(_) => 5,
    }
}

/// The stable name of a page of creating a patient, and the key of its heading.
pub(super) const fn create_page_name(page: &CreatePage) -> (&'static str, &'static str) {
    match page {
        CreatePage::Required { .. } => ("create_patient_required", "heading-create-required"),
        CreatePage::LookAlikes(_) => ("create_patient_look_alikes", "heading-create-look-alikes"),
        CreatePage::Optional { .. } => ("create_patient_optional", "heading-create-optional"),
    }
}
