//! Which actions a screen offers now. The hints, the help, the menu and the check of a key all come from this list.

mod beside_the_way;
mod of_dashboard;

use super::action::Action;
use super::asked::Asked;
use super::code_sign_in::CodeSignIn;
use super::model::{AppState, Model, Working};
use super::new_password::NewPasswordFocus;
use super::overlay::{MenuRow, Overlay};
use super::panel::Slot;
use super::permitted;
use super::problems;
use super::reach::Reach;
use super::sign_in::{SignInFocus, SignInForm};
use super::wizard::confirm_assignment::{AssignmentFocus, ConfirmAssignment};
use super::wizard::confirm_device::ConfirmFocus;
use super::wizard::create_patient::{CreatePage, CreatePatient};
use super::wizard::find_patient::FindPatient;
use super::wizard::new_patient_form::FormField;
use super::wizard::patient_search::{NOBODY_LISTED, PatientSearch};
use super::wizard::upload::{ModelList, NO_SUCH_MODEL, UploadRow, UploadStep, UploadView, not_now};
use super::wizard::waiting_meters::WaitingRow;
use super::wizard::{Step, next_meter, not_selectable};
use crate::domain::patient::Patient;
use crate::domain::words::{TextKey, key};

/// An action that the screen knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// The action.
    pub action: Action,
    /// What it does here, as a key of the word files.
    pub words: TextKey,
    /// Why it cannot be done now, as a key of the word files.
    pub not_now: Option<TextKey>,
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

const fn offer(action: Action, words: TextKey) -> Offer {
    Offer { action, words, not_now: None, is_hinted: true }
}

const fn offer_if(possible: bool, action: Action, words: TextKey, reason: TextKey) -> Offer {
    unless(if possible { None } else { Some(reason) }, action, words)
}

const fn unless(not_now: Option<TextKey>, action: Action, words: TextKey) -> Offer {
    Offer { action, words, not_now, is_hinted: true }
}

/// The actions of the screen, the most important first.
#[must_use]
pub fn offers(model: &Model) -> Vec<Offer> {
    model.overlay.as_ref().map_or_else(|| of_state(model), of_overlay)
}

/// The actions of the screen below whatever lies over it: what the help explains and the menu lists.
#[must_use]
pub fn of_state(model: &Model) -> Vec<Offer> {
    let mut offers = match &model.state {
        AppState::SignIn(sign_in) => of_sign_in(sign_in),
        AppState::SignInByCode(sign_in) => of_code_sign_in(sign_in),
        AppState::Working(working) => {
            let mut offers = of_step(model, working);
            offers.retain(|offer| permitted::is_permitted(working, offer.action));
            offers
        }
    };
    if !problems::shown(model).is_empty() {
        let details = offer(Action::Details, key::HINT_DETAILS);
        // The hint line of a step has no room for it, and the step has a menu.
        offers.push(if matches!(model.state, AppState::Working(_)) { details.in_help() } else { details });
    }
    if !model.demo.is_empty() {
        offers.push(offer(Action::DemoMeters, key::HINT_DEMO_METERS));
    }
    offers.push(offer(Action::Help, key::HINT_HELP));
    if matches!(model.state, AppState::Working(_)) {
        offers.push(offer(Action::Menu, key::HINT_MENU));
    } else {
        offers.push(offer(Action::Leave, key::HINT_LEAVE));
    }
    offers
}

/// What works while not all is seen that must be: the way back, and the way out.
#[must_use]
pub fn ways_out(model: &Model) -> Vec<Offer> {
    let back = offers(model).into_iter().filter(|offer| offer.action == Action::Back);
    back.chain([offer(Action::Leave, key::HINT_LEAVE)]).collect()
}

fn of_sign_in(sign_in: &SignInForm) -> Vec<Offer> {
    // What is typed now is typed ahead and does nothing here: no key is told of.
    if sign_in.check.is_waiting() {
        return Vec::new();
    }
    let next = offer(Action::NextControl, key::HINT_NEXT_FIELD);
    if let Some(new) = &sign_in.new {
        let words = match new.focus {
            NewPasswordFocus::Old | NewPasswordFocus::First => key::HINT_NEXT_FIELD,
            NewPasswordFocus::Again => key::HINT_SET_PASSWORD,
        };
        // What is wrong stands below the field already.
        let go_on = offer_if(new.fault.is_none(), Action::GoOn, words, key::INSTRUCTION_NEW_PASSWORD);
        return vec![go_on, next.in_help(), offer(Action::Back, key::HINT_KEEP_PASSWORD)];
    }
    let words = key::HINT_OTHER_PASSWORD;
    let another = offer_if(!sign_in.login.is_blank(), Action::ChangePassword, words, key::COMPLAINT_EMPTY).in_help();
    let go_on = |is_told: bool, words| offer_if(!is_told, Action::GoOn, words, key::COMPLAINT_EMPTY);
    match sign_in.focus {
        SignInFocus::Login => {
            vec![go_on(sign_in.missing && sign_in.login.is_blank(), key::HINT_NEXT_FIELD), next.in_help(), another]
        }
        SignInFocus::Password => vec![go_on(sign_in.missing, key::HINT_SIGN_IN), next, another],
    }
}

fn of_code_sign_in(sign_in: &CodeSignIn) -> Vec<Offer> {
    match sign_in {
        CodeSignIn::Idle | CodeSignIn::Failed(_) => vec![offer(Action::GoOn, key::HINT_GET_CODE)],
        CodeSignIn::Beginning(_) | CodeSignIn::Shown { .. } => vec![offer(Action::Back, key::HINT_GIVE_UP)],
    }
}

fn of_overlay(overlay: &Overlay) -> Vec<Offer> {
    match overlay {
        Overlay::Help | Overlay::Details(_) => vec![offer(Action::Back, key::HINT_CLOSE)],
        Overlay::Menu(_) => vec![offer(Action::GoOn, key::HINT_DO), offer(Action::Back, key::HINT_CLOSE)],
        Overlay::Leave { .. } => vec![
            offer(Action::GoOn, key::HINT_CHOOSE),
            offer(Action::Left, key::HINT_OTHER_ANSWER),
            offer(Action::Back, key::HINT_STAY),
        ],
        Overlay::DemoMeters(_) => {
            vec![offer(Action::GoOn, key::HINT_PLUG_OR_UNPLUG), offer(Action::Back, key::HINT_CLOSE)]
        }
    }
}

fn of_step(model: &Model, working: &Working) -> Vec<Offer> {
    let back = offer(Action::Back, key::HINT_BACK);
    match &working.step {
        Step::FindPatient(step) => of_search(model, working, step),
        Step::CreatePatient(step) => of_create(step),
        Step::WaitingMeters(step) => {
            let selected = step.selected(&working.waiting, &working.undelivered, &working.noted.people);
            let words = match selected.id() {
                None => key::HINT_TO_LIST,
                Some(WaitingRow::Meter(_)) => key::HINT_GO_ON_WITH_METER,
                Some(WaitingRow::Delivery(_)) => key::HINT_LOOK_AT_DELIVERY,
                Some(WaitingRow::Noted(_)) => key::HINT_LOOK_AT_NOTED,
            };
            vec![unless(working.why_none_waits(), Action::GoOn, words), back]
        }
        Step::Upload(step) => of_upload(step, model),
        Step::IntakeQuestion(step) if step.is_waiting() => Vec::new(),
        Step::IntakeQuestion(step) if step.oddities().is_some_and(Asked::is_waiting) => vec![back],
        Step::IntakeQuestion(step) if step.oddities().is_some_and(|oddities| oddities.ready().is_none()) => {
            vec![offer(Action::GoOn, key::HINT_LOOK_AGAIN), back]
        }
        Step::IntakeQuestion(step) => {
            let is_chosen = step.selection.id().is_some();
            vec![
                offer(Action::Down, if is_chosen { key::HINT_OTHER_ANSWER } else { key::HINT_MARK }),
                offer_if(is_chosen, Action::GoOn, key::HINT_CHOOSE, key::REASON_NOTHING_ANSWERED),
                back,
            ]
        }
        Step::AssociationPending(_) => vec![offer(Action::GoOn, key::HINT_NEXT), back],
        Step::ConfirmDevice(step) => {
            let mut offers = vec![offer(Action::NextControl, key::HINT_NEXT_CONTROL)];
            match step.focus {
                // There is nothing to act on yet: Tab leads to what there is.
                ConfirmFocus::Facts => {}
                ConfirmFocus::Confirm => offers.push(offer(Action::GoOn, key::HINT_CONFIRM_DEVICE)),
                ConfirmFocus::Back => offers.push(offer(Action::GoOn, key::HINT_BACK)),
            }
            offers.push(back);
            offers
        }
        Step::SelectPatient(step) => {
            let search = &step.search;
            let mut offers = vec![go_on_in(search, step.proposed.as_ref(), &working.recents)];
            let new_patient = offer(Action::NewPatient, new_patient(working));
            let nobody_matches = !search.field.is_blank() && search.rows(None, &working.recents).is_empty();
            offers.push(if nobody_matches { new_patient } else { new_patient.in_help() });
            if !search.is_typing() {
                offers.push(offer(Action::Search, key::HINT_SEARCH));
            }
            offers.push(back);
            offers
        }
        Step::ConfirmAssignment(step) => of_confirm_assignment(step),
        Step::OtherOwner(_) => vec![offer(Action::GoOn, key::HINT_BACK_TO_SEARCH)],
        Step::Done(step) => {
            let mut offers =
                vec![offer(Action::GoOn, key::HINT_CHOOSE), offer(Action::OpenDashboard, key::HINT_DASHBOARD)];
            if step.delivery.is_waited_for() {
                offers.push(offer(Action::StopReading, key::HINT_STOP_WAITING));
            }
            offers.extend(next_meter(model, working, &step.patient));
            offers.push(offer(Action::NextPatient, key::HINT_NEXT_PATIENT));
            if step.can_be_undone() {
                offers.push(offer(Action::UndoAssignment, key::HINT_UNDO));
            }
            offers
        }
        Step::Dashboard(step) => of_dashboard::offers(step, model, working),
        Step::Undelivered(step) if step.is_typing() => {
            let is_said = !step.reason.is_blank();
            vec![offer_if(is_said, Action::GoOn, key::HINT_DELIVER_AGAIN, key::REASON_SAY_WHY_AGAIN), back]
        }
        Step::Undelivered(_) => vec![back],
        Step::NotedPerson(step) => beside_the_way::of_noted_person(step),
        Step::Undo(step) => beside_the_way::of_undo(step),
        Step::Transfer(step) => beside_the_way::of_transfer(step, &working.recents),
        Step::TimeCorrection(step) => beside_the_way::of_time_correction(step),
        Step::Ending(step) => beside_the_way::of_ending(step),
        Step::Population(step) => beside_the_way::of_population(step),
    }
}

/// Somebody new is created; while the care platform does not answer, noted.
const fn new_patient(working: &Working) -> TextKey {
    if matches!(working.reach, Reach::Silent(_)) { key::HINT_NOTE_NEW_PATIENT } else { key::HINT_NEW_PATIENT }
}

/// What Enter does in a list: it acts on the row that is marked, and marks the first while none is.
const fn in_list(is_marked: bool, words: TextKey) -> TextKey {
    if is_marked { words } else { key::HINT_TO_LIST }
}

/// What Enter does in a search: it leads to the list, and in the list it chooses who can be chosen.
fn go_on_in(search: &PatientSearch, proposed: Option<&Patient>, recents: &[Patient]) -> Offer {
    if let Some(patient) = search.selected(proposed, recents) {
        return unless(not_selectable(patient), Action::GoOn, key::HINT_SELECT_PATIENT);
    }
    // While somebody is looked for, the hint stays: a line that comes and goes with each letter helps nobody.
    let some = !search.rows(proposed, recents).is_empty() || search.is_asking();
    offer_if(some, Action::GoOn, key::HINT_TO_LIST, NOBODY_LISTED)
}

fn of_search(model: &Model, working: &Working, step: &FindPatient) -> Vec<Offer> {
    let selected = step.search.selection.id().is_some();
    let mut offers = vec![
        go_on_in(&step.search, None, &working.recents),
        offer(Action::NewPatient, new_patient(working)),
        unless(working.why_none_waits(), Action::WaitingMeters, key::HINT_WAITING_METERS),
        offer_if(selected, Action::OpenDashboard, key::HINT_DASHBOARD, key::REASON_NO_PATIENT_SELECTED),
    ];
    offers.push(offer(Action::ShowPopulation, key::HINT_POPULATION));
    let is_unsaved = !model.panel.unsaved().is_empty();
    let again = offer(Action::ReadAgain, if is_unsaved { key::HINT_SAVE_AGAIN } else { key::HINT_LOAD_AGAIN });
    let has_failed = working.recents_asked.problem().or(working.waiting_asked.problem()).is_some();
    offers.push(if has_failed || is_unsaved { again } else { again.in_help() });
    if step.upload.is_some() {
        offers.push(offer(Action::Back, key::HINT_BACK));
    }
    if selected {
        offers.push(offer(Action::Search, key::HINT_SEARCH).in_help());
    }
    offers
}

fn of_create(step: &CreatePatient) -> Vec<Offer> {
    let back = offer(Action::Back, key::HINT_BACK);
    let next = offer(Action::NextControl, key::HINT_NEXT_FIELD);
    let focus = step.form.focus;
    match &step.page {
        _ if step.is_waiting() => vec![back],
        CreatePage::LookAlikes(others) => match &others.reason {
            None => vec![offer(Action::GoOn, in_list(others.selection.id().is_some(), key::HINT_CHOOSE)), back],
            Some(reason) => {
                vec![offer_if(!reason.is_blank(), Action::GoOn, key::HINT_CONTINUE, key::REASON_SAY_WHY), back]
            }
        },
        CreatePage::Required { .. } if focus == FormField::last(true) => {
            vec![offer(Action::GoOn, key::HINT_CONTINUE), next, back]
        }
        CreatePage::Optional { .. } if focus == FormField::last(false) => {
            let words = if step.is_noting { key::HINT_NOTE_PATIENT } else { key::HINT_CREATE_PATIENT };
            vec![offer(Action::GoOn, words), next, back]
        }
        CreatePage::Required { .. } | CreatePage::Optional { .. } => {
            let is_told = step.form.complaints.contains_key(&focus) && step.form.text(focus).trim().is_empty();
            let go_on = offer_if(!is_told, Action::GoOn, key::HINT_NEXT_FIELD, key::COMPLAINT_EMPTY);
            let mut offers = vec![go_on, next.in_help(), back];
            if focus == FormField::Gender {
                offers.insert(0, offer(Action::Left, key::HINT_CHOOSE));
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
        AssignmentFocus::Who | AssignmentFocus::Born => key::HINT_GO_ON,
        AssignmentFocus::Confirm => key::HINT_ASSIGN,
        AssignmentFocus::Back => key::HINT_BACK,
    };
    vec![
        offer_if(!is_told, Action::GoOn, words, key::COMPLAINT_EMPTY),
        offer(Action::NextControl, key::HINT_NEXT_FIELD),
        offer(Action::Back, key::HINT_BACK),
    ]
}

/// The way to another meter that waits for this patient, if there is one.
fn next_meter(model: &Model, working: &Working, patient: &Patient) -> Option<Offer> {
    let some = next_meter::count(patient, &model.panel, &working.waiting, &working.handled) > 0;
    some.then_some(offer(Action::WaitingMeters, key::HINT_NEXT_METER))
}

fn of_upload(step: &UploadStep, model: &Model) -> Vec<Offer> {
    let (panel, guides) = (&model.panel, &model.guides);
    let go_on = match &step.view {
        UploadView::Meters(_) => {
            let selected = step.selected(panel);
            let is_selected = |slot: &&Slot| selected.id() == Some(&UploadRow::Attached(slot.attachment.id));
            let slot = panel.slots().iter().find(is_selected);
            let words = match slot.and_then(|slot| slot.proposed(guides)) {
                Some(_) => key::HINT_READ_AS_LAST_TIME,
                None => in_list(selected.id().is_some(), key::HINT_CHOOSE),
            };
            unless(slot.and_then(not_now), Action::GoOn, words)
        }
        UploadView::Models { selection, .. } => {
            let words = in_list(selection.id().is_some(), key::HINT_SHOW_STEPS);
            offer_if(!step.is_found_nowhere(), Action::GoOn, words, NO_SUCH_MODEL)
        }
        UploadView::Guide { list, model } if UploadStep::cable_for(*list, model, panel, guides).is_some() => {
            offer(Action::GoOn, key::HINT_READ_THIS_METER)
        }
        UploadView::Guide { list, model } => match UploadStep::no_cable(*list, model, panel, guides) {
            Some(reason) => unless(Some(reason), Action::GoOn, key::HINT_READ_THIS_METER),
            None => offer(Action::GoOn, key::HINT_TO_METERS),
        },
    };
    let again = panel.slots().iter().any(Slot::is_to_be_read_again);
    let is_list = matches!(step.view, UploadView::Models { list: ModelList::BehindCable(..), .. });
    let mut offers = if step.is_busy() { Vec::new() } else { vec![go_on] };
    let free = panel.nameable_cables().len();
    let any = panel.slots().iter().any(Slot::is_cable);
    let choose = offer(Action::ChooseModel, key::HINT_CHOOSE_MODEL);
    match (is_list, free) {
        (_, 0) => {}
        // The list of the only cable is the one that is open.
        (true, 1) => offers.push(choose.in_help()),
        (true, _) => offers.push(Offer { words: key::HINT_NEXT_CABLE, ..choose }),
        (false, _) => offers.push(choose),
    }
    if step.is_asking_platform() {
        offers.push(offer(Action::StopReading, key::HINT_STOP_WAITING));
    } else if panel.is_reading() {
        offers.push(offer(Action::StopReading, key::HINT_STOP_READING));
    }
    let is_unsaved = !panel.unsaved().is_empty();
    let words = if is_unsaved && !again { key::HINT_SAVE_AGAIN } else { key::HINT_READ_AGAIN };
    offers.push(offer_if(again || is_unsaved, Action::ReadAgain, words, key::REASON_NOTHING_TO_READ_AGAIN));
    if free == 0 {
        let reason = if any { key::REASON_STILL_READING } else { key::REASON_NO_CABLE };
        offers.push(Offer { not_now: Some(reason), ..choose });
    }
    offers.push(offer(Action::Back, key::HINT_BACK));
    offers
}

/// The rows of the menu: what the screen offers, then signing out and leaving.
#[must_use]
pub fn menu_rows(model: &Model) -> Vec<MenuRow> {
    of_state(model)
        .into_iter()
        .filter(|offer| offer.action != Action::Menu)
        .map(|offer| MenuRow::Do(offer.action))
        .chain([MenuRow::SignOut, MenuRow::Do(Action::Leave)])
        .collect()
}
