//! The one function that changes the state.

use jiff::{SignedDuration, Timestamp};

use super::action::Action;
use super::answers;
use super::effect::{Command, Effect, ToEngine};
use super::event::{Event, Page};
use super::giving_up;
use super::key::{Burst, Key};
use super::key_intent::{KeyIntent, Typing};
use super::list::Selection;
use super::model::{AppState, Model, PausedWork};
use super::noted_question;
use super::offers;
use super::overlay::{MenuRow, Overlay};
use super::paused;
use super::permitted;
use super::problems;
use super::remark::Remark;
use super::scanned::BurstMeaning;
use super::wizard::Step;
use super::wizard::waiting_meters::WaitingMeters;
use super::{sign_out, staff_over};
use crate::domain::words::key;

/// No event waits longer to be taken up: a minute is more than a loaded computer needs, and less than a clock that is
/// wrong is wrong by.
const OUT_OF_ORDER: SignedDuration = SignedDuration::from_mins(1);

/// Moves the app on by one event that happened at `at`. Pure: no clock, no input or output, no chance.
#[must_use]
pub fn update(model: Model, event: Event, at: Timestamp) -> (Model, Vec<Effect>) {
    let (mut model, effects) = moved_on(model, event, at);
    let served = model.working().and_then(|working| working.step.patient_served()).cloned();
    // After every event, and not only where a step is entered: a meter that is plugged in while
    // somebody is in hand is theirs from then on, and cannot be taken for the next patient's.
    if let Some(patient) = served {
        model.panel.claim(&patient);
    }
    keep_selections(&mut model);
    // Looked at after every event: what makes this question due is spread over many of them.
    let effects: Vec<Effect> = effects.into_iter().chain(noted_question::ask(&mut model)).collect();
    // Here, where every effect leaves, and not where its ticket is made: so nothing can be asked that its answer would
    // not find, and a number that becomes an idempotency key is no question.
    for effect in &effects {
        model.under_way.ask(effect);
    }
    // Before the others, of which leaving may be one.
    let mut all = giving_up::give_up(&mut model, &effects);
    all.extend(effects);
    (model, all)
}

/// What is gone from a list is selected in it no longer, whatever took it away.
fn keep_selections(model: &mut Model) {
    let (menu, demo, is_wrong) = (offers::menu_rows(model), model.demo_rows(), is_wrong(model));
    match &mut model.overlay {
        Some(Overlay::Menu(selection)) => selection.keep(&menu),
        Some(Overlay::DemoMeters(selection)) => selection.keep(&demo),
        // What went wrong is over.
        Some(Overlay::Details(_)) if !is_wrong => model.overlay = None,
        Some(Overlay::Help | Overlay::Details(_) | Overlay::Leave { .. }) | None => {}
    }
    let AppState::Working(working) = &mut model.state else { return };
    match &mut working.step {
        Step::FindPatient(step) => step.search.keep_selection(None, &working.recents),
        Step::SelectPatient(step) => step.search.keep_selection(step.proposed.as_ref(), &working.recents),
        Step::WaitingMeters(step) => {
            let (waiting, undelivered) = (&working.waiting, &working.undelivered);
            step.selection.keep(&WaitingMeters::rows(waiting, undelivered, &working.noted.people));
        }
        Step::Transfer(step) => step.keep_selection(&working.recents),
        Step::Upload(step) => step.keep_selection(&model.panel, &working.waiting, &model.guides),
        // The people of a look-alike check stay as they came.
        Step::CreatePatient(_)
        | Step::IntakeQuestion(_)
        | Step::AssociationPending(_)
        | Step::ConfirmDevice(_)
        | Step::ConfirmAssignment(_)
        | Step::OtherOwner(_)
        | Step::Done(_)
        | Step::Dashboard(_)
        | Step::Undelivered(_)
        | Step::Undo(_)
        | Step::TimeCorrection(_)
        | Step::Ending(_)
        // Its pages are kept where they come.
        | Step::Population(_)
        | Step::NotedPerson(_) => {}
    }
}

/// Whether the screen tells a problem.
fn is_wrong(model: &Model) -> bool {
    !problems::shown(model).is_empty()
}

fn moved_on(mut model: Model, event: Event, at: Timestamp) -> (Model, Vec<Effect>) {
    // What several threads tell is a little out of order; much earlier, it is after this computer's clock was set back.
    let is_out_of_order = at < model.at && model.at.duration_since(at) <= OUT_OF_ORDER;
    model.at = if is_out_of_order { model.at } else { at };
    model.panel.expire(at);
    let is_locked = paused::lock_if_due(&mut model, at);
    if matches!(event, Event::Key(_) | Event::KeyUnseen(_)) {
        model.idle.begin(at);
        // It was meant for a screen that is not there any more.
        if is_locked {
            return (model, Vec::new());
        }
    }
    let session = model.working().map(|working| working.session.clone());
    let session = session.as_ref();
    let effects = match event {
        Event::Key(Key::Scan(burst)) => return scan(model, &burst),
        Event::Key(key) => return press(model, &key),
        Event::KeyUnseen(key) => return press_unseen(model, &key),
        Event::Opened(site) => {
            model.site = site;
            Vec::new()
        }
        Event::Deadline => match &mut model.state {
            AppState::SignInByCode(sign_in) => sign_in.at(at, &mut model.tickets).into_iter().collect(),
            AppState::Working(working) => {
                // Read before the time moves on: of a server that is back, nothing says any more
                // that it is to be asked again once the remark about it is over.
                let is_asked_again = working.reach.again().is_some_and(|again| again <= at);
                working.reach = working.reach.at(at);
                return model.with_step(|step, context| step.at(is_asked_again, context));
            }
            AppState::SignIn(_) => Vec::new(),
        },
        Event::Page(Page { rows, table }) => {
            model.page = rows.max(1);
            if let (Some(scrolled), AppState::Working(working)) = (table, &mut model.state)
                && let Step::Dashboard(step) = &mut working.step
            {
                step.stands(scrolled);
            }
            Vec::new()
        }
        Event::MeterArrived(attachment) => model.panel.arrived(attachment, session, &mut model.tickets),
        Event::MeterChanged(attachment) => model.panel.changed(attachment, session, &mut model.tickets),
        Event::MeterLeft(id) => {
            model.panel.left(id, at);
            Vec::new()
        }
        Event::ReadProgress { ticket, done, of } => {
            model.panel.progress(ticket, done, of);
            Vec::new()
        }
        Event::Delivered { patient, is_lost, has_stayed } => {
            return answers::delivered(model, &patient, is_lost, has_stayed);
        }
        Event::OutboxNotKept(problem) => {
            model.remark = Some(Remark::failed(key::TOLD_OUTBOX_NOT_KEPT, problem));
            Vec::new()
        }
        Event::EffectDone { ticket, answer } => {
            let is_over = staff_over::told(&model, ticket, &answer);
            let (model, mut effects, _) = answers::take(model, ticket, answer);
            let Some(problem) = is_over else { return (model, effects) };
            let (model, more) = staff_over::end(model, problem);
            effects.extend(more);
            return (model, effects);
        }
        Event::GivenUp(ticket) => {
            model.under_way.forget(ticket);
            Vec::new()
        }
    };
    (model, effects)
}

/// What a scanner typed.
fn scan(mut model: Model, burst: &Burst) -> (Model, Vec<Effect>) {
    match BurstMeaning::of(burst, &model) {
        BurstMeaning::Typed(keys) => keys.iter().fold((model, Vec::new()), |(model, mut effects), key| {
            let (model, more) = press(model, key);
            effects.extend(more);
            (model, effects)
        }),
        BurstMeaning::Scan(scan) => {
            model.remark = None;
            model.with_step(|step, context| step.scan(scan, context))
        }
        BurstMeaning::Unread(why) => {
            let (mut model, effects) = model.with_step(|step, _| step.without_scan());
            model.remark = Some(Remark::NotNow(why));
            (model, effects)
        }
        BurstMeaning::Nothing(why) => {
            model.remark = Some(Remark::NotNow(why));
            (model, Vec::new())
        }
    }
}

fn press(mut model: Model, key: &Key) -> (Model, Vec<Effect>) {
    let said = model.remark.take();
    let typing = match (&model.overlay, &model.state) {
        (Some(_), _) | (None, AppState::SignInByCode(_)) => Typing::Nowhere,
        (None, AppState::SignIn(_)) => Typing::Field,
        (None, AppState::Working(working)) => working.step.typing(),
    };
    let Some(intent) = KeyIntent::of(key, &model.keymap, typing) else {
        model.remark = Some(Remark::NoSuchKey);
        return (model, Vec::new());
    };
    if let Some(overlay) = model.overlay.take() {
        return press_overlay(model, overlay, &intent);
    }
    if let KeyIntent::Act(action) = intent {
        match action {
            Action::Help => model.overlay = Some(Overlay::Help),
            Action::Leave => model.overlay = Some(Overlay::Leave { leave: false }),
            Action::Details if is_wrong(&model) || said.as_ref().is_some_and(|said| said.problem().is_some()) => {
                model.overlay = Some(details(said));
            }
            Action::Menu if matches!(model.state, AppState::Working(_)) => {
                model.overlay = Some(Overlay::Menu(Selection::first_of(&offers::menu_rows(&model))));
            }
            Action::DemoMeters if !model.demo.is_empty() => {
                model.overlay = Some(Overlay::DemoMeters(Selection::first_of(&model.demo_rows())));
            }
            Action::Repaint => return (model, vec![Effect::Engine(ToEngine::Repaint)]),
            _ => return press_in_state(model, &intent),
        }
        return (model, Vec::new());
    }
    press_in_state(model, &intent)
}

/// The details, with what a remark told that goes with the key that asks for them.
fn details(said: Option<Remark>) -> Overlay {
    Overlay::Details(match said {
        Some(Remark::Failed(_, problem)) => Some(problem),
        _ => None,
    })
}

/// A key on a screen that does not show all that must be seen, which says so: nothing is typed, chosen or confirmed,
/// and nothing is laid over it. What lies over it can be put away, and the step can be left for the one before: a
/// kiosk's window cannot be made larger, and nobody is to be stuck in front of it. Leaving works, and leaving twice
/// leaves, where even the question cannot be seen.
fn press_unseen(mut model: Model, key: &Key) -> (Model, Vec<Effect>) {
    model.remark = None;
    match (model.keymap.action(key), &model.overlay) {
        (Some(Action::Help), Some(Overlay::Help)) | (Some(Action::Back), Some(_)) => model.overlay = None,
        (Some(Action::Back), None) => return press_in_state(model, &KeyIntent::Act(Action::Back)),
        (Some(Action::Leave), Some(Overlay::Leave { .. })) => return (model, vec![Effect::Engine(ToEngine::Quit)]),
        (Some(Action::Leave), _) => model.overlay = Some(Overlay::Leave { leave: false }),
        (Some(Action::Repaint), _) => return (model, vec![Effect::Engine(ToEngine::Repaint)]),
        _ => {}
    }
    (model, Vec::new())
}

fn press_in_state(mut model: Model, intent: &KeyIntent) -> (Model, Vec<Effect>) {
    let offer = match intent {
        KeyIntent::Act(action) => offers::of_state(&model).into_iter().find(|offer| offer.is(*action)),
        KeyIntent::Edit(_) => None,
    };
    let is_unknown = match (intent, &model.state) {
        (KeyIntent::Act(action), AppState::Working(working)) if !permitted::is_permitted(working, *action) => true,
        // The tab that is shown is no key that does not exist: there is nothing to be said of it.
        (KeyIntent::Act(action), AppState::Working(working)) if working.step.is_shown_by(*action) => false,
        (KeyIntent::Act(action), _) => action.is_command() && offer.is_none(),
        (KeyIntent::Edit(_), _) => false,
    };
    if is_unknown {
        model.remark = Some(Remark::NoSuchKey);
    }
    // Before an unknown key is turned away: while a password is checked, every key that is no text
    // ends what is typed ahead, one that does nothing here as well.
    if let AppState::SignIn(sign_in) = &mut model.state {
        if sign_in.is_quiet(model.at) {
            return (model, Vec::new());
        }
        let effects = sign_in.press(intent, &mut model.tickets);
        return (model, effects);
    }
    if let AppState::SignInByCode(sign_in) = &mut model.state {
        let effects = sign_in.press(intent, &mut model.tickets);
        return (model, effects);
    }
    if is_unknown {
        return (model, Vec::new());
    }
    // What Enter acts on is the step's to say.
    if let Some(reason) = offer.and_then(|offer| offer.not_now)
        && *intent != KeyIntent::Act(Action::GoOn)
    {
        model.remark = Some(Remark::NotNow(reason));
        return (model, Vec::new());
    }
    model.with_step(|step, context| step.press(intent, context))
}

fn press_overlay(mut model: Model, overlay: Overlay, intent: &KeyIntent) -> (Model, Vec<Effect>) {
    let KeyIntent::Act(action) = intent else { return (Model { overlay: Some(overlay), ..model }, Vec::new()) };
    if *action == Action::Back {
        return (model, Vec::new());
    }
    let closes = match overlay {
        Overlay::Help => *action == Action::Help,
        Overlay::Details(_) => *action == Action::Details,
        Overlay::Menu(_) | Overlay::Leave { .. } | Overlay::DemoMeters(_) => false,
    };
    if action.is_command() && !closes {
        // Help is promised everywhere, and a key that the menu names does what its row does.
        let is_named = matches!(overlay, Overlay::Menu(_)) && offers::menu_rows(&model).contains(&MenuRow::Do(*action));
        if *action == Action::Help || is_named {
            return do_from_menu(model, *action);
        }
        model.remark = Some(Remark::NoSuchKey);
        return (Model { overlay: Some(overlay), ..model }, Vec::new());
    }
    match overlay {
        Overlay::Help | Overlay::Details(_) if closes || *action == Action::GoOn => {}
        Overlay::Help | Overlay::Details(_) => model.overlay = Some(overlay),
        Overlay::Leave { leave } => match action {
            Action::GoOn if leave => {
                // Whoever leaves signs out with it.
                let paused = model.paused.iter().map(PausedWork::session);
                let here: Vec<_> =
                    model.working().map(|work| &work.session).into_iter().chain(paused).cloned().collect();
                let mut effects: Vec<_> =
                    here.into_iter().flat_map(|session| sign_out::effects(&mut model.tickets, session)).collect();
                effects.push(Effect::Engine(ToEngine::Quit));
                return (model, effects);
            }
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
                (Action::GoOn, Some(MenuRow::SignOut)) => return sign_out::end(model),
                (Action::GoOn, Some(MenuRow::Do(chosen))) => return do_from_menu(model, *chosen),
                // What was marked is gone from the menu. Enter marks another row and does nothing
                // yet, or it would do what nobody has chosen.
                (Action::GoOn, None) => drop(selection.act(Action::Down, &rows, model.page)),
                (action, _) => drop(selection.act(*action, &rows, model.page)),
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
                        Effect::Do(Command::ToggleDemoMeter { meter: meter.id.clone() })
                    });
                    return (model, effects.into_iter().collect());
                }
                // As in the menu: what was marked is gone, and Enter chooses nothing in its place.
                (Action::GoOn, None) => Action::Down,
                (action, _) => *action,
            };
            selection.act(action, &rows, model.page);
            model.overlay = Some(Overlay::DemoMeters(selection));
        }
    }
    (model, Vec::new())
}

/// An action chosen in the menu does what its key would do.
fn do_from_menu(mut model: Model, action: Action) -> (Model, Vec<Effect>) {
    match action {
        Action::Help => model.overlay = Some(Overlay::Help),
        Action::Details => model.overlay = Some(details(None)),
        Action::Leave => model.overlay = Some(Overlay::Leave { leave: false }),
        Action::DemoMeters => {
            model.overlay = Some(Overlay::DemoMeters(Selection::first_of(&model.demo_rows())));
        }
        action => return press_in_state(model, &KeyIntent::Act(action)),
    }
    (model, Vec::new())
}
