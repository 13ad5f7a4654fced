//! What stands around every step: site and user, the trail, the hints and remarks.

use super::View;
use crate::app::model::{Place, Remark};
use crate::app::offers::offers;
use crate::app::press::Typing;
use crate::app::wizard::Step;
use crate::app::wizard::create_patient::CreatePage;
use crate::app::wizard::in_hand::STEPS;
use crate::ui::scene::{Hint, TrailState, TrailStep};

/// The six steps, by the keys of their short names.
const TRAIL: [&str; STEPS] =
    ["trail-patient", "trail-upload", "trail-device", "trail-select", "trail-confirm", "trail-done"];

impl View<'_> {
    pub(super) fn user(&self) -> String {
        self.model.working().map_or_else(String::new, |working| working.session.user.name.to_string())
    }

    pub(super) fn trail(&self) -> Vec<TrailStep> {
        let way = match &self.model.place {
            Place::SignIn(_) => return Vec::new(),
            Place::Working(working) => working.step.way(),
        };
        let state = |place: usize, was_done: bool| match (way.here == Some(place), was_done) {
            (true, _) => TrailState::Here,
            (false, true) => TrailState::Done,
            (false, false) => TrailState::Ahead,
        };
        let steps = TRAIL.iter().zip(way.done).enumerate();
        steps.map(|(place, (key, done))| TrailStep { name: self.text(key), state: state(place, done) }).collect()
    }

    pub(super) fn hints(&self) -> Vec<Hint> {
        // What cannot be done now is in the help, with the reason; the hint line is for what can.
        let mut hints: Vec<Hint> = offers(self.model)
            .into_iter()
            .filter(|offer| offer.not_now.is_none() && offer.is_hinted)
            .map(|offer| Hint {
                key: self.model.keymap.both(offer.action),
                action: self.text(offer.words),
                disabled: None,
            })
            .collect();
        let step = self.model.working().filter(|_| self.model.overlay.is_none()).map(|working| &working.step);
        if let Some(Step::Upload(step)) = step
            && step.typing() == Typing::Beside
        {
            let letters =
                Hint { key: self.text("keys-of-letters"), action: self.text("hint-find-by-name"), disabled: None };
            hints.insert(hints.len().min(1), letters);
        }
        hints
    }

    pub(super) fn remark(&self) -> Option<String> {
        self.model.remark.as_ref().map(|remark| match remark {
            Remark::NoSuchKey => self.text("remark-no-such-key"),
            Remark::NotNow(key) | Remark::NotSelectable(key) | Remark::Told(key) => self.text(key),
            Remark::ConfirmWithTab => self.text("remark-confirm-with-tab"),
        })
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
