//! The one function that changes the state.

use jiff::Timestamp;

use super::action::Action;
use super::effect::{Effect, Ticket};
use super::event::{Answer, Event};
use super::key::Key;
use super::list::Selection;
use super::model::{Model, Place, Remark, Working};
use super::offers;
use super::overlay::{MenuRow, Overlay};
use super::panel::PanelChange;
use super::press::Press;
use super::wizard::find_patient::FindPatient;
use super::wizard::waiting_meters::WaitingMeters;
use super::wizard::{Desk, Step};
use crate::domain::problem::{Problem, ProblemCode};

/// Moves the app on by one event that happened at `at`. Pure: no clock, no input or output, no chance.
#[must_use]
pub fn update(model: Model, event: Event, at: Timestamp) -> (Model, Vec<Effect>) {
    let (mut model, effects) = moved_on(model, event, at);
    keep_selections(&mut model);
    (model, effects)
}

/// What is gone from a list is selected in it no longer, whatever took it away.
fn keep_selections(model: &mut Model) {
    let (menu, demo) = (offers::menu_rows(model), model.demo_rows());
    match &mut model.overlay {
        Some(Overlay::Menu(selection)) => selection.keep(&menu),
        Some(Overlay::DemoMeters(selection)) => selection.keep(&demo),
        Some(Overlay::Help | Overlay::Leave { .. }) | None => {}
    }
    let Place::Working(working) = &mut model.place else { return };
    match &mut working.step {
        Step::FindPatient(step) => step.search.keep_selection(None, &working.recents),
        Step::SelectPatient(step) => step.search.keep_selection(step.proposed.as_ref(), &working.recents),
        Step::WaitingMeters(step) => step.selection.keep(&WaitingMeters::rows(&working.waiting)),
        Step::Upload(step) => step.keep_selection(&model.panel, &working.waiting, &model.guides),
        // The people of a look-alike check stay as they came.
        Step::CreatePatient(_)
        | Step::AssociationPending(_)
        | Step::ConfirmDevice(_)
        | Step::ConfirmAssignment(_)
        | Step::OtherOwner(_)
        | Step::Done(_)
        | Step::Dashboard(_) => {}
    }
}

fn moved_on(mut model: Model, event: Event, at: Timestamp) -> (Model, Vec<Effect>) {
    model.at = model.at.max(at);
    model.panel.expire(at);
    let signed_in = matches!(model.place, Place::Working(_));
    let effects = match event {
        Event::Key(key) => return press(model, &key),
        Event::Deadline => Vec::new(),
        Event::MeterArrived(attachment) => model.panel.arrived(attachment, signed_in, &mut model.tickets),
        Event::MeterChanged(attachment) => model.panel.changed(attachment, signed_in, &mut model.tickets),
        Event::MeterLeft(id) => {
            model.panel.left(id, at);
            Vec::new()
        }
        Event::ReadProgress { ticket, done, of } => {
            model.panel.progress(ticket, done, of);
            Vec::new()
        }
        Event::Answer { ticket, answer } => return answered(model, ticket, &answer),
    };
    (model, effects)
}

fn press(mut model: Model, key: &Key) -> (Model, Vec<Effect>) {
    model.remark = None;
    let typing = match (&model.overlay, &model.place) {
        (Some(_), _) => false,
        (None, Place::SignIn(_)) => true,
        (None, Place::Working(working)) => working.step.is_typing(),
    };
    let Some(press) = Press::of(key, &model.keymap, typing) else {
        model.remark = Some(Remark::NoSuchKey);
        return (model, Vec::new());
    };
    if let Some(overlay) = model.overlay.take() {
        return press_overlay(model, overlay, &press);
    }
    if let Press::Act(action) = press {
        match action {
            Action::Help => model.overlay = Some(Overlay::Help),
            Action::Leave => model.overlay = Some(Overlay::Leave { leave: false }),
            Action::Menu if matches!(model.place, Place::Working(_)) => {
                model.overlay = Some(Overlay::Menu(Selection::default()));
            }
            Action::DemoMeters if !model.demo.is_empty() => {
                model.overlay = Some(Overlay::DemoMeters(Selection::default()));
            }
            Action::Repaint => return (model, vec![Effect::Repaint]),
            _ => return press_place(model, &press),
        }
        return (model, Vec::new());
    }
    press_place(model, &press)
}

fn press_place(mut model: Model, press: &Press) -> (Model, Vec<Effect>) {
    if let Place::SignIn(sign_in) = &mut model.place {
        let effects = sign_in.press(press, &mut model.tickets);
        return (model, effects);
    }
    if let Press::Act(action) = press
        && let Some(reason) =
            offers::offers(&model).iter().find(|offer| offer.action == *action).and_then(|offer| offer.not_now)
    {
        model.remark = Some(Remark::NotNow(reason));
        return (model, Vec::new());
    }
    with_step(model, |step, desk| step.press(press, desk))
}

/// Lets the step act, with everything it works with laid out on its desk.
fn with_step(mut model: Model, act: impl FnOnce(Step, &mut Desk<'_>) -> Step) -> (Model, Vec<Effect>) {
    let today = model.today();
    let Place::Working(mut working) = model.place else { return (model, Vec::new()) };
    let mut desk = Desk {
        tickets: &mut model.tickets,
        effects: Vec::new(),
        remark: None,
        panel: &mut model.panel,
        recents: &mut working.recents,
        waiting: &working.waiting,
        handled: &mut working.handled,
        guides: &model.guides,
        today,
    };
    let step = act(working.step, &mut desk);
    let (effects, remark) = (desk.effects, desk.remark);
    working.step = step;
    // A step that asks for one of the lists holds the question in the desk's effects; its answer belongs here.
    for effect in &effects {
        match effect {
            Effect::LoadPending { ticket } => working.loading_waiting = Some(*ticket),
            Effect::LoadRecents { ticket } => working.loading_recents = Some(*ticket),
            _ => {}
        }
    }
    model.place = Place::Working(working);
    if remark.is_some() {
        model.remark = remark;
    }
    (model, effects)
}

fn press_overlay(mut model: Model, overlay: Overlay, press: &Press) -> (Model, Vec<Effect>) {
    let Press::Act(action) = press else { return (Model { overlay: Some(overlay), ..model }, Vec::new()) };
    if *action == Action::Back {
        return (model, Vec::new());
    }
    match overlay {
        Overlay::Help if matches!(action, Action::GoOn | Action::Help) => {}
        Overlay::Help => model.overlay = Some(Overlay::Help),
        Overlay::Leave { leave } => match action {
            Action::GoOn if leave => return (model, vec![Effect::Quit]),
            Action::GoOn => {}
            Action::Left
            | Action::Right
            | Action::NextControl
            | Action::PreviousControl
            | Action::Up
            | Action::Down => {
                model.overlay = Some(Overlay::Leave { leave: !leave });
            }
            _ => model.overlay = Some(Overlay::Leave { leave }),
        },
        Overlay::Menu(mut selection) => {
            let rows = offers::menu_rows(&model);
            match (action, selection.id()) {
                (Action::GoOn, Some(MenuRow::SignOut)) => return sign_out(model),
                (Action::GoOn, Some(MenuRow::Do(chosen))) => return do_from_menu(model, *chosen),
                (Action::GoOn, None) => drop(selection.act(Action::Down, &rows)),
                (action, _) => drop(selection.act(*action, &rows)),
            }
            model.overlay = Some(Overlay::Menu(selection));
        }
        Overlay::DemoMeters(mut selection) => {
            let rows = model.demo_rows();
            let action = match (action, selection.id()) {
                (Action::GoOn, Some(wanted)) => {
                    let meter = model.demo.iter_mut().find(|meter| meter.id == *wanted);
                    let effects = meter.map(|meter| {
                        meter.plugged = !meter.plugged;
                        Effect::ToggleDemoMeter { meter: meter.id.clone() }
                    });
                    return (model, effects.into_iter().collect());
                }
                (Action::GoOn, None) => Action::Down,
                (action, _) => *action,
            };
            selection.act(action, &rows);
            model.overlay = Some(Overlay::DemoMeters(selection));
        }
    }
    (model, Vec::new())
}

/// An action chosen in the menu does what its key would do.
fn do_from_menu(mut model: Model, action: Action) -> (Model, Vec<Effect>) {
    match action {
        Action::Help => model.overlay = Some(Overlay::Help),
        Action::Leave => model.overlay = Some(Overlay::Leave { leave: false }),
        Action::DemoMeters => model.overlay = Some(Overlay::DemoMeters(Selection::default())),
        action => return press_place(model, &Press::Act(action)),
    }
    (model, Vec::new())
}

fn sign_out(mut model: Model) -> (Model, Vec<Effect>) {
    model.place = Place::SignIn(Box::default());
    (model, vec![Effect::SignOut])
}

fn answered(mut model: Model, ticket: Ticket, answer: &Answer) -> (Model, Vec<Effect>) {
    if let Some((mut effects, change)) = model.panel.answer(ticket, answer, &mut model.tickets) {
        let upload = match change {
            PanelChange::Stored(upload) => upload,
            PanelChange::Told(key) => {
                model.remark = Some(Remark::Told(key));
                return (model, effects);
            }
            PanelChange::Other => return (model, effects),
        };
        if let Place::Working(working) = &mut model.place {
            let ticket = model.tickets.next();
            working.loading_waiting = Some(ticket);
            effects.push(Effect::LoadPending { ticket });
        }
        let (model, more) = with_step(model, |step, desk| step.meter_stored(&upload, desk));
        effects.extend(more);
        return (model, effects);
    }
    match (&mut model.place, answer) {
        (Place::SignIn(sign_in), Answer::SignedIn(result)) if sign_in.checking == Some(ticket) => match result {
            // Clinic-safety SEC-07: who manages users or reads the audit trail sees no clinical data.
            Ok(user) if !user.role.sees_patients() => {
                let reason = "the role does not work with patients";
                sign_in.refused(Problem::new(ProblemCode::RoleWithoutPatients, reason));
                (model, vec![Effect::SignOut])
            }
            Ok(user) => {
                let (loading_recents, loading_waiting) = (model.tickets.next(), model.tickets.next());
                model.place = Place::Working(Box::new(Working {
                    user: user.clone(),
                    recents: Vec::new(),
                    waiting: Vec::new(),
                    loading_recents: Some(loading_recents),
                    loading_waiting: Some(loading_waiting),
                    recents_problem: None,
                    waiting_problem: None,
                    handled: Vec::new(),
                    step: FindPatient::fresh(),
                }));
                let mut effects = vec![
                    Effect::LoadRecents { ticket: loading_recents },
                    Effect::LoadPending { ticket: loading_waiting },
                ];
                effects.extend(model.panel.read_waiting(&mut model.tickets));
                (model, effects)
            }
            Err(problem) => {
                sign_in.refused(problem.clone());
                (model, Vec::new())
            }
        },
        (Place::Working(working), Answer::Recents(loaded)) if working.loading_recents == Some(ticket) => {
            // Rows must not change under the cursor: if somebody is in the list already, it stays as it is.
            if let (Ok(recents), Step::FindPatient(step)) = (loaded, &working.step)
                && step.search.is_typing()
            {
                working.recents.clone_from(recents);
            }
            working.recents_problem = loaded.as_ref().err().cloned();
            working.loading_recents = None;
            (model, Vec::new())
        }
        (Place::Working(working), Answer::Pending(loaded)) if working.loading_waiting == Some(ticket) => {
            // What was known stays: those meters still wait.
            if let Ok(waiting) = loaded {
                working.waiting.clone_from(waiting);
            }
            working.waiting_problem = loaded.as_ref().err().cloned();
            working.loading_waiting = None;
            (model, Vec::new())
        }
        // Only what belongs to no step is answered so: who was chosen last, and the audit trail.
        (Place::Working(_), Answer::Noted(Err(_))) => {
            model.remark = Some(Remark::Told("told-not-noted"));
            (model, Vec::new())
        }
        (Place::Working(_), _) => with_step(model, |step, desk| step.answer(ticket, answer, desk)),
        (Place::SignIn(_), _) => (model, Vec::new()),
    }
}
