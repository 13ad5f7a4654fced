//! Which actions a screen offers now. The hints, the help, the menu and the check of a key all come from this list.

use super::action::Action;
use super::dashboard::DashboardContent;
use super::model::{Model, Place};
use super::overlay::{MenuRow, Overlay};
use super::panel::{Slot, SlotState};
use super::wizard::Step;
use super::wizard::confirm_assignment::AssignmentFocus;
use super::wizard::confirm_device::ConfirmFocus;
use super::wizard::create_patient::CreatePage;
use super::wizard::upload::{ModelList, UploadRow, UploadStep, UploadView};

/// An action that the screen knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// The action.
    pub action: Action,
    /// What it does here, as a key of the word files.
    pub words: &'static str,
    /// Why it cannot be done now, as a key of the word files.
    pub not_now: Option<&'static str>,
}

impl Offer {
    /// Whether this is an action of the offer: what goes in two directions is offered once.
    #[must_use]
    pub fn is(&self, action: Action) -> bool {
        self.action == action || self.action.other_way() == Some(action)
    }
}

const fn offer(action: Action, words: &'static str) -> Offer {
    Offer { action, words, not_now: None }
}

const fn offer_if(possible: bool, action: Action, words: &'static str, reason: &'static str) -> Offer {
    Offer { action, words, not_now: if possible { None } else { Some(reason) } }
}

/// The actions of the screen, the most important first.
#[must_use]
pub fn offers(model: &Model) -> Vec<Offer> {
    model.overlay.as_ref().map_or_else(|| of_place(model), of_overlay)
}

/// The actions of the screen below whatever lies over it: what the help explains and the menu lists.
#[must_use]
pub fn of_place(model: &Model) -> Vec<Offer> {
    let mut offers = match &model.place {
        Place::SignIn(_) => vec![offer(Action::GoOn, "hint-sign-in"), offer(Action::NextControl, "hint-next-field")],
        Place::Working(working) => of_step(&working.step, model, working.waiting.len()),
    };
    if !model.demo.is_empty() {
        offers.push(offer(Action::DemoMeters, "hint-demo-meters"));
    }
    offers.push(offer(Action::Help, "hint-help"));
    if matches!(model.place, Place::Working(_)) {
        offers.push(offer(Action::Menu, "hint-menu"));
    } else {
        offers.push(offer(Action::Leave, "hint-leave"));
    }
    offers
}

fn of_overlay(overlay: &Overlay) -> Vec<Offer> {
    match overlay {
        Overlay::Help => vec![offer(Action::Back, "hint-close")],
        Overlay::Menu(_) => vec![offer(Action::GoOn, "hint-do"), offer(Action::Back, "hint-close")],
        Overlay::Leave { .. } => vec![
            offer(Action::GoOn, "hint-choose"),
            offer(Action::Left, "hint-other-answer"),
            offer(Action::Back, "hint-stay"),
        ],
        Overlay::DemoMeters(_) => vec![offer(Action::GoOn, "hint-plug-or-unplug"), offer(Action::Back, "hint-close")],
    }
}

fn of_step(step: &Step, model: &Model, waiting: usize) -> Vec<Offer> {
    match step {
        Step::FindPatient(step) => {
            let selected = step.search.selection.id().is_some();
            let mut offers = vec![
                offer(Action::GoOn, if selected { "hint-select-patient" } else { "hint-to-list" }),
                offer(Action::NewPatient, "hint-new-patient"),
                offer_if(waiting > 0, Action::WaitingMeters, "hint-waiting-meters", "reason-no-waiting-meters"),
                offer_if(selected, Action::OpenDashboard, "hint-dashboard", "reason-no-patient-selected"),
            ];
            if model.working().is_some_and(|w| w.recents_problem.is_some() || w.waiting_problem.is_some()) {
                offers.push(offer(Action::ReadAgain, "hint-load-again"));
            }
            if step.upload.is_some() {
                offers.push(offer(Action::Back, "hint-back"));
            }
            offers
        }
        Step::CreatePatient(step) => {
            let go_on = match &step.page {
                CreatePage::Required { .. } => "hint-continue",
                CreatePage::LookAlikes(_) => "hint-choose",
                CreatePage::Optional { .. } => "hint-create-patient",
            };
            vec![
                offer(Action::GoOn, go_on),
                offer(Action::NextControl, "hint-next-field"),
                offer(Action::Back, "hint-back"),
            ]
        }
        Step::WaitingMeters(_) => vec![offer(Action::GoOn, "hint-go-on-with-meter"), offer(Action::Back, "hint-back")],
        Step::Upload(step) => of_upload(step, model),
        Step::IntakeQuestion(_) => vec![
            offer(Action::Down, "hint-other-answer"),
            offer(Action::GoOn, "hint-choose"),
            offer(Action::Back, "hint-back"),
        ],
        Step::AssociationPending(_) => vec![offer(Action::GoOn, "hint-next"), offer(Action::Back, "hint-back")],
        Step::ConfirmDevice(step) => vec![
            offer(Action::NextControl, "hint-next-control"),
            offer(
                Action::GoOn,
                if step.focus == ConfirmFocus::Confirm { "hint-confirm-device" } else { "hint-choose" },
            ),
            offer(Action::Back, "hint-back"),
        ],
        Step::SelectPatient(step) => {
            let selected = step.search.selection.id().is_some();
            vec![
                offer(Action::GoOn, if selected { "hint-select-patient" } else { "hint-to-list" }),
                offer(Action::Search, "hint-search"),
                offer(Action::Back, "hint-back"),
            ]
        }
        Step::ConfirmAssignment(step) => vec![
            offer(
                Action::GoOn,
                match step.focus {
                    AssignmentFocus::Who | AssignmentFocus::Born => "hint-go-on",
                    AssignmentFocus::Confirm => "hint-assign",
                    AssignmentFocus::Back => "hint-back",
                },
            ),
            offer(Action::NextControl, "hint-next-field"),
            offer(Action::Back, "hint-back"),
        ],
        Step::OtherOwner(_) => vec![offer(Action::GoOn, "hint-back-to-search")],
        Step::Done(_) => vec![
            offer(Action::GoOn, "hint-choose"),
            offer(Action::OpenDashboard, "hint-dashboard"),
            offer(Action::NextPatient, "hint-next-patient"),
        ],
        Step::Dashboard(step) => {
            let loaded = matches!(step.content, DashboardContent::Loaded(_));
            vec![
                offer_if(loaded, Action::Right, "hint-period", "reason-loading"),
                offer(Action::Down, "hint-scroll"),
                offer(Action::NextPatient, "hint-next-patient"),
            ]
        }
    }
}

fn of_upload(step: &UploadStep, model: &Model) -> Vec<Offer> {
    let (panel, guides) = (&model.panel, &model.guides);
    let go_on = match &step.view {
        UploadView::Meters(_) => {
            let selected = step.selected(panel);
            let is_selected = |slot: &&Slot| selected.id() == Some(&UploadRow::Attached(slot.attachment.id));
            match panel.slots().iter().find(is_selected).and_then(|slot| slot.proposed(guides)) {
                Some(_) => "hint-read-as-last-time",
                None => "hint-choose",
            }
        }
        UploadView::Models { .. } => "hint-show-steps",
        UploadView::Guide { list, model } if UploadStep::cable_for(*list, model, panel, guides).is_some() => {
            "hint-read-this-meter"
        }
        UploadView::Guide { .. } => "hint-to-meters",
    };
    let again = panel.slots().iter().any(|slot| matches!(slot.state, SlotState::Failed(_) | SlotState::Stopped));
    let is_list = matches!(step.view, UploadView::Models { list: ModelList::BehindCable(..), .. });
    let mut offers = vec![offer(Action::GoOn, go_on)];
    if panel.slots().iter().any(Slot::is_free_cable) && !is_list {
        offers.push(offer(Action::ChooseModel, "hint-choose-model"));
    }
    if panel.is_reading() {
        offers.push(offer(Action::StopReading, "hint-stop-reading"));
    }
    offers.push(offer_if(again, Action::ReadAgain, "hint-read-again", "reason-nothing-to-read-again"));
    offers.push(offer(Action::Back, "hint-back"));
    offers
}

/// The rows of the menu: what the screen offers, then signing out and leaving.
#[must_use]
pub fn menu_rows(model: &Model) -> Vec<MenuRow> {
    of_place(model)
        .into_iter()
        .filter(|offer| offer.action != Action::Menu)
        .map(|offer| MenuRow::Do(offer.action))
        .chain([MenuRow::SignOut, MenuRow::Do(Action::Leave)])
        .collect()
}
