//! What stands around every step: site and user, the trail, the hints and remarks.

use super::View;
use crate::app::key_intent::Typing;
use crate::app::model::AppState;
use crate::app::offers::{Offer, offers, ways_out};
use crate::app::wizard::Step;
use crate::app::wizard::create_patient::CreatePage;
use crate::app::wizard::in_hand::STEPS;
use crate::domain::words::{TextKey, key};
use crate::ui::scene::{Hint, TrailState, TrailStep};

/// The six steps, by the keys of their short names.
const TRAIL: [TextKey; STEPS] =
    [key::TRAIL_PATIENT, key::TRAIL_UPLOAD, key::TRAIL_DEVICE, key::TRAIL_SELECT, key::TRAIL_CONFIRM, key::TRAIL_DONE];

impl View<'_> {
    pub(super) fn user(&self) -> String {
        self.model.working().map_or_else(String::new, |working| working.session.user.name.to_string())
    }

    pub(super) fn trail(&self) -> Vec<TrailStep> {
        let way = match &self.model.state {
            AppState::SignIn(_) | AppState::SignInByCode(_) => return Vec::new(),
            AppState::Working(working) => working.step.way(),
        };
        let state = |place: usize, was_done: bool| match (way.here == Some(place), was_done) {
            (true, _) => TrailState::Here,
            (false, true) => TrailState::Done,
            (false, false) => TrailState::Ahead,
        };
        let steps = TRAIL.into_iter().zip(way.done).enumerate();
        steps.map(|(place, (key, done))| TrailStep { name: self.text(key), state: state(place, done) }).collect()
    }

    pub(super) fn hints(&self) -> Vec<Hint> {
        // What cannot be done now is in the help, with the reason; the hint line is for what can.
        let mut hints: Vec<Hint> = offers(self.model)
            .into_iter()
            .filter(|offer| offer.not_now.is_none() && offer.is_hinted)
            .map(|offer| self.hint(&offer))
            .collect();
        let step = self.model.working().filter(|_| self.model.overlay.is_none()).map(|working| &working.step);
        if let Some(Step::Upload(step)) = step
            && step.typing() == Typing::Beside
        {
            let letters = Hint {
                key: self.text(key::KEYS_OF_LETTERS),
                action: self.text(key::HINT_FIND_BY_NAME),
                disabled: None,
            };
            hints.insert(hints.len().min(1), letters);
        }
        hints
    }

    pub(super) fn ways_out(&self) -> Vec<Hint> {
        ways_out(self.model).iter().map(|offer| self.hint(offer)).collect()
    }

    fn hint(&self, offer: &Offer) -> Hint {
        Hint { key: self.model.keymap.both(offer.action), action: self.text(offer.words), disabled: None }
    }

    pub(super) fn remark(&self) -> Option<String> {
        self.model.remark.as_ref().map(|remark| self.text(remark.words()))
    }
}

/// The stable name of a page of creating a patient, and the key of its heading.
pub(super) const fn create_page_name(page: &CreatePage) -> (&'static str, TextKey) {
    match page {
        CreatePage::Required { .. } => ("create_patient_required", key::HEADING_CREATE_REQUIRED),
        CreatePage::LookAlikes(_) => ("create_patient_look_alikes", key::HEADING_CREATE_LOOK_ALIKES),
        CreatePage::Optional { .. } => ("create_patient_optional", key::HEADING_CREATE_OPTIONAL),
    }
}
