//! Which actions a screen offers now. The hints, the help, the menu and the check of a key all come from this list.

use super::action::Action;
use super::dashboard::{DashboardContent, DashboardStep};
use super::model::{Model, Place, Working};
use super::overlay::{MenuRow, Overlay};
use super::panel::Slot;
use super::problems;
use super::sign_in::{SignIn, SignInFocus};
use super::wizard::confirm_assignment::{AssignmentFocus, ConfirmAssignment};
use super::wizard::confirm_device::ConfirmFocus;
use super::wizard::create_patient::{CreatePage, CreatePatient};
use super::wizard::find_patient::FindPatient;
use super::wizard::new_patient_form::FormField;
use super::wizard::patient_search::{NOBODY_LISTED, PatientSearch};
use super::wizard::upload::{ModelList, NO_SUCH_MODEL, UploadRow, UploadStep, UploadView, not_now};
use super::wizard::{Step, next_meter, not_selectable};
use crate::domain::patient::Patient;

/// An action that the screen knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// The action.
    pub action: Action,
    /// What it does here, as a key of the word files.
    pub words: &'static str,
    /// Why it cannot be done now, as a key of the word files.
    pub not_now: Option<&'static str>,
    /// Whether the hint line has it, while it can be done; the help has it in any case.
    pub is_hinted: bool,
}

impl Offer {
    /// Whether this is an action of the offer: what goes in two directions is offered once.
    #[must_use]
    pub fn is(&self, action: Action) -> bool {
        self.action == action || self.action.other_way() == Some(action)
    }

    /// The same for the help only: it is seldom needed, and the hint line is short.
    const fn in_help(self) -> Self {
        Self { is_hinted: false, ..self }
    }
}

const fn offer(action: Action, words: &'static str) -> Offer {
    Offer { action, words, not_now: None, is_hinted: true }
}

const fn offer_if(possible: bool, action: Action, words: &'static str, reason: &'static str) -> Offer {
    unless(if possible { None } else { Some(reason) }, action, words)
}

const fn unless(not_now: Option<&'static str>, action: Action, words: &'static str) -> Offer {
    Offer { action, words, not_now, is_hinted: true }
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
        Place::SignIn(sign_in) => of_sign_in(sign_in),
        Place::Working(working) => of_step(model, working),
    };
    if !problems::shown(model).is_empty() {
        let details = offer(Action::Details, "hint-details");
        // The hint line of a step has no room for it, and the step has a menu.
        offers.push(if matches!(model.place, Place::Working(_)) { details.in_help() } else { details });
    }
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

fn of_sign_in(sign_in: &SignIn) -> Vec<Offer> {
    if sign_in.checking.is_some() {
        return Vec::new();
    }
    let next = offer(Action::NextControl, "hint-next-field");
    let go_on = |is_told: bool, words| offer_if(!is_told, Action::GoOn, words, "complaint-empty");
    match sign_in.focus {
        SignInFocus::Login => {
            vec![go_on(sign_in.missing && sign_in.login.is_blank(), "hint-next-field"), next.in_help()]
        }
        SignInFocus::Password => vec![go_on(sign_in.missing, "hint-sign-in"), next],
    }
}

fn of_overlay(overlay: &Overlay) -> Vec<Offer> {
    match overlay {
        Overlay::Help | Overlay::Details => vec![offer(Action::Back, "hint-close")],
        Overlay::Menu(_) => vec![offer(Action::GoOn, "hint-do"), offer(Action::Back, "hint-close")],
        Overlay::Leave { .. } => vec![
            offer(Action::GoOn, "hint-choose"),
            offer(Action::Left, "hint-other-answer"),
            offer(Action::Back, "hint-stay"),
        ],
        Overlay::DemoMeters(_) => vec![offer(Action::GoOn, "hint-plug-or-unplug"), offer(Action::Back, "hint-close")],
    }
}

fn of_step(model: &Model, working: &Working) -> Vec<Offer> {
    let back = offer(Action::Back, "hint-back");
    match &working.step {
        Step::FindPatient(step) => of_search(model, working, step),
        Step::CreatePatient(step) => of_create(step),
        Step::WaitingMeters(step) => {
            let words = in_list(step.selected(&working.waiting).id().is_some(), "hint-go-on-with-meter");
            vec![unless(working.why_none_waits(), Action::GoOn, words), back]
        }
        Step::Upload(step) => of_upload(step, model),
        Step::IntakeQuestion(step) if step.is_waiting() => Vec::new(),
        Step::IntakeQuestion(step) => {
            let is_chosen = step.selection.id().is_some();
            vec![
                offer(Action::Down, if is_chosen { "hint-other-answer" } else { "hint-mark" }),
                offer_if(is_chosen, Action::GoOn, "hint-choose", "reason-nothing-answered"),
                back,
            ]
        }
        Step::AssociationPending(_) => vec![offer(Action::GoOn, "hint-next"), back],
        Step::ConfirmDevice(step) => {
            let mut offers = vec![offer(Action::NextControl, "hint-next-control")];
            match step.focus {
                // There is nothing to act on yet: Tab leads to what there is.
                ConfirmFocus::Facts => {}
                ConfirmFocus::Confirm => offers.push(offer(Action::GoOn, "hint-confirm-device")),
                ConfirmFocus::Back => offers.push(offer(Action::GoOn, "hint-back")),
            }
            offers.push(back);
            offers
        }
        Step::SelectPatient(step) => {
            let search = &step.search;
            let mut offers = vec![go_on_in(search, step.proposed.as_ref(), &working.recents)];
            if !search.is_typing() {
                offers.push(offer(Action::Search, "hint-search"));
            }
            offers.push(back);
            offers
        }
        Step::ConfirmAssignment(step) => of_confirm_assignment(step),
        Step::OtherOwner(_) => vec![offer(Action::GoOn, "hint-back-to-search")],
        Step::Done(step) => {
            let mut offers = vec![offer(Action::GoOn, "hint-choose"), offer(Action::OpenDashboard, "hint-dashboard")];
            offers.extend(next_meter(model, working, &step.patient));
            offers.push(offer(Action::NextPatient, "hint-next-patient"));
            offers
        }
        Step::Dashboard(step) => of_dashboard(step, model, working),
    }
}

/// What Enter does in a list: it acts on the row that is marked, and marks the first while none is.
const fn in_list(is_marked: bool, words: &'static str) -> &'static str {
    if is_marked { words } else { "hint-to-list" }
}

/// What Enter does in a search: it leads to the list, and in the list it chooses who can be chosen.
fn go_on_in(search: &PatientSearch, proposed: Option<&Patient>, recents: &[Patient]) -> Offer {
    if let Some(patient) = search.selected(proposed, recents) {
        return unless(not_selectable(patient), Action::GoOn, "hint-select-patient");
    }
    // While somebody is looked for, the hint stays: a line that comes and goes with each letter helps nobody.
    let some = !search.rows(proposed, recents).is_empty() || search.asking.is_some();
    offer_if(some, Action::GoOn, "hint-to-list", NOBODY_LISTED)
}

fn of_search(model: &Model, working: &Working, step: &FindPatient) -> Vec<Offer> {
    let selected = step.search.selection.id().is_some();
    let mut offers = vec![
        go_on_in(&step.search, None, &working.recents),
        offer(Action::NewPatient, "hint-new-patient"),
        unless(working.why_none_waits(), Action::WaitingMeters, "hint-waiting-meters"),
        offer_if(selected, Action::OpenDashboard, "hint-dashboard", "reason-no-patient-selected"),
    ];
    let again = offer(Action::ReadAgain, "hint-load-again");
    let has_failed = model.working().is_some_and(|w| w.recents_problem.is_some() || w.waiting_problem.is_some());
    offers.push(if has_failed { again } else { again.in_help() });
    if step.upload.is_some() {
        offers.push(offer(Action::Back, "hint-back"));
    }
    if selected {
        offers.push(offer(Action::Search, "hint-search").in_help());
    }
    offers
}

fn of_create(step: &CreatePatient) -> Vec<Offer> {
    let back = offer(Action::Back, "hint-back");
    let next = offer(Action::NextControl, "hint-next-field");
    let focus = step.form.focus;
    match &step.page {
        _ if step.is_waiting() => vec![back],
        CreatePage::LookAlikes(others) => match &others.reason {
            None => vec![offer(Action::GoOn, in_list(others.selection.id().is_some(), "hint-choose")), back],
            Some(reason) => vec![offer_if(!reason.is_blank(), Action::GoOn, "hint-continue", "reason-say-why"), back],
        },
        CreatePage::Required { .. } if focus == FormField::last(true) => {
            vec![offer(Action::GoOn, "hint-continue"), next, back]
        }
        CreatePage::Optional { .. } if focus == FormField::last(false) => {
            vec![offer(Action::GoOn, "hint-create-patient"), next, back]
        }
        CreatePage::Required { .. } | CreatePage::Optional { .. } => {
            let is_told = step.form.complaints.contains_key(&focus) && step.form.text(focus).trim().is_empty();
            let go_on = offer_if(!is_told, Action::GoOn, "hint-next-field", "complaint-empty");
            let mut offers = vec![go_on, next.in_help(), back];
            if focus == FormField::Gender {
                offers.insert(0, offer(Action::Left, "hint-choose"));
            }
            offers
        }
    }
}

fn of_confirm_assignment(step: &ConfirmAssignment) -> Vec<Offer> {
    if step.is_waiting() {
        return Vec::new();
    }
    let is_told = step.missing == Some(step.focus);
    let words = match step.focus {
        AssignmentFocus::Who | AssignmentFocus::Born => "hint-go-on",
        AssignmentFocus::Confirm => "hint-assign",
        AssignmentFocus::Back => "hint-back",
    };
    vec![
        offer_if(!is_told, Action::GoOn, words, "complaint-empty"),
        offer(Action::NextControl, "hint-next-field"),
        offer(Action::Back, "hint-back"),
    ]
}

/// The way to another meter that waits for this patient, if there is one.
fn next_meter(model: &Model, working: &Working, patient: &Patient) -> Option<Offer> {
    let some = next_meter::count(patient, &model.panel, &working.waiting, &working.handled) > 0;
    some.then_some(offer(Action::WaitingMeters, "hint-next-meter"))
}

fn of_dashboard(step: &DashboardStep, model: &Model, working: &Working) -> Vec<Offer> {
    let is_loading = matches!(step.content, DashboardContent::Loading(_));
    let mut offers = vec![offer_if(!is_loading, Action::Right, "hint-period", "reason-loading")];
    if step.last(model.page) > 0 {
        offers.push(offer(Action::Down, "hint-scroll"));
    }
    offers.extend(next_meter(model, working, &step.patient));
    offers.push(offer(Action::NextPatient, "hint-next-patient"));
    offers.push(offer(Action::ReadAgain, "hint-look-again").in_help());
    offers.push(offer(Action::Back, "hint-back"));
    offers
}

fn of_upload(step: &UploadStep, model: &Model) -> Vec<Offer> {
    let (panel, guides) = (&model.panel, &model.guides);
    let go_on = match &step.view {
        UploadView::Meters(_) => {
            let selected = step.selected(panel);
            let is_selected = |slot: &&Slot| selected.id() == Some(&UploadRow::Attached(slot.attachment.id));
            let slot = panel.slots().iter().find(is_selected);
            let words = match slot.and_then(|slot| slot.proposed(guides)) {
                Some(_) => "hint-read-as-last-time",
                None => in_list(selected.id().is_some(), "hint-choose"),
            };
            unless(slot.and_then(not_now), Action::GoOn, words)
        }
        UploadView::Models { selection, .. } => {
            let words = in_list(selection.id().is_some(), "hint-show-steps");
            offer_if(!step.is_found_nowhere(), Action::GoOn, words, NO_SUCH_MODEL)
        }
        UploadView::Guide { list, model } if UploadStep::cable_for(*list, model, panel, guides).is_some() => {
            offer(Action::GoOn, "hint-read-this-meter")
        }
        UploadView::Guide { .. } => offer(Action::GoOn, "hint-to-meters"),
    };
    let again = panel.slots().iter().any(Slot::is_to_be_read_again);
    let is_list = matches!(step.view, UploadView::Models { list: ModelList::BehindCable(..), .. });
    let mut offers = if step.is_busy() { Vec::new() } else { vec![go_on] };
    let free = panel.nameable_cables().len();
    let any = panel.slots().iter().any(Slot::is_cable);
    let choose = offer(Action::ChooseModel, "hint-choose-model");
    match (is_list, free) {
        (_, 0) => {}
        (true, 1) => offers.push(choose.in_help()),
        (true, _) => offers.push(Offer { words: "hint-next-cable", ..choose }),
        (false, _) => offers.push(choose),
    }
    if panel.is_reading() {
        offers.push(offer(Action::StopReading, "hint-stop-reading"));
    }
    offers.push(offer_if(again, Action::ReadAgain, "hint-read-again", "reason-nothing-to-read-again"));
    if free == 0 {
        let reason = if any { "reason-still-reading" } else { "reason-no-cable" };
        offers.push(Offer { not_now: Some(reason), ..choose });
    }
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
