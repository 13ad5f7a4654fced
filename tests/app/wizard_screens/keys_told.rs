//! The hint line and the help tell of the keys what is true: every hint shown acts, every key that acts is told, and no
//! function key is swallowed without a word. Over every screen that the snapshots and the sweep know.

use std::collections::BTreeSet;

use glucodock::app::action::{Action, Keymap};
use glucodock::app::effect::Effect;
use glucodock::app::event::Event;
use glucodock::app::key::Key;
use glucodock::app::model::Model;
use glucodock::app::offers::{of_state, offers};
use glucodock::app::overlay::Overlay;
use glucodock::app::update::update;
use glucodock::ui::view::view;
use glucodock::ui::words::Words;

use super::super::clinic::now;
use super::{cases, variants};

/// What `help-always` says of every screen.
const ALWAYS: [Action; 14] = [
    Action::GoOn,
    Action::Back,
    Action::NextControl,
    Action::PreviousControl,
    Action::Up,
    Action::Down,
    Action::Left,
    Action::Right,
    Action::PageUp,
    Action::PageDown,
    Action::First,
    Action::Last,
    Action::Repaint,
    Action::Leave,
];

/// Every key of the table, always in the same order.
pub(super) fn keys() -> Vec<Key> {
    let mut keys: Vec<Key> = Keymap::embedded().unwrap().keys().cloned().collect();
    keys.sort_by_key(|key| format!("{key:?}"));
    keys
}

/// Every screen that is known, with what lies over it.
pub(super) fn states() -> Vec<(String, Model)> {
    let all = cases::all().into_iter().map(|(name, clinic)| (name.to_owned(), clinic));
    all.chain(cases::full_panels())
        .chain(cases::after_work())
        .chain(variants::all())
        .map(|(name, clinic)| (name, clinic.model))
        .collect()
}

/// What is seen, without what is said in passing.
fn seen(model: &Model) -> String {
    let mut scene = view(model, &Words::english());
    scene.remark = None;
    serde_json::to_string(&scene).unwrap()
}

pub(super) fn press(model: &Model, key: &Key) -> (Model, Vec<Effect>) {
    update(model.clone(), Event::Key(key.clone()), now())
}

/// Whether a key does anything but say something in passing.
fn acts(model: &Model, key: &Key) -> bool {
    let (after, effects) = press(model, key);
    !effects.is_empty() || seen(&after) != seen(model)
}

fn is_typing(model: &Model, key: &Key) -> bool {
    use glucodock::app::key_intent::{KeyIntent, Typing};
    use glucodock::app::model::AppState;
    let typing = match (&model.overlay, &model.state) {
        (Some(_), _) | (None, AppState::SignInByCode(_)) => Typing::Nowhere,
        (None, AppState::SignIn(_)) => Typing::Field,
        (None, AppState::Working(working)) => working.step.typing(),
    };
    matches!(KeyIntent::of(key, &model.keymap, typing), Some(KeyIntent::Edit(_)))
}

#[test]
fn every_hint_shown_acts() {
    let keymap = Keymap::embedded().unwrap();
    let mut wrong = BTreeSet::new();
    let mut checked = 0;
    for (name, model) in states() {
        for offer in offers(&model).into_iter().filter(|offer| offer.not_now.is_none()) {
            let does = keys().iter().any(|key| keymap.action(key).is_some_and(|it| offer.is(it)) && acts(&model, key));
            if !does {
                wrong.insert(format!("{name}: {} {}", keymap.both(offer.action), offer.words.as_str()));
            }
            checked += 1;
        }
    }
    assert!(wrong.is_empty(), "{} of {checked} hints do nothing:\n{:#?}", wrong.len(), wrong);
}

/// The keys that a text names, by their labels.
fn keys_named(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '-');
    let is_key = |word: &&str| {
        let number = word.strip_prefix('F').and_then(|number| number.parse::<u8>().ok());
        number.is_some_and(|number| (1..=12).contains(&number)) || word.starts_with("Ctrl-")
    };
    words.filter(is_key).collect()
}

/// Where a text of the step or of the device panel names a key, the key does something there.
#[test]
fn every_key_that_a_text_names_acts() {
    let keymap = Keymap::embedded().unwrap();
    let mut wrong = BTreeSet::new();
    let mut checked = 0;
    for (name, model) in states().into_iter().filter(|(_, model)| model.overlay.is_none()) {
        let scene = view(&model, &Words::english());
        let said = serde_json::to_string(&(&scene.instruction, &scene.blocks, &scene.panel)).unwrap();
        for named in keys_named(&said) {
            let does = keys()
                .iter()
                .any(|key| keymap.action(key).is_some_and(|action| keymap.label(action) == named) && acts(&model, key));
            if !does {
                wrong.insert(format!("{name}: {named}"));
            }
            checked += 1;
        }
    }
    assert!(checked >= 20, "only {checked}");
    assert!(wrong.is_empty(), "{} of {checked} keys do nothing where a text names them:\n{wrong:#?}", wrong.len());
}

#[test]
fn every_key_that_acts_is_told() {
    let keymap = Keymap::embedded().unwrap();
    let mut wrong = BTreeSet::new();
    for (name, model) in states().into_iter().filter(|(_, model)| model.overlay.is_none()) {
        let told = of_state(&model);
        for key in keys() {
            let Some(action) = keymap.action(&key) else { continue };
            let is_told = ALWAYS.contains(&action) || told.iter().any(|offer| offer.is(action));
            if !is_told && !is_typing(&model, &key) && acts(&model, &key) {
                wrong.insert(format!("{name}: {}", keymap.label(action)));
            }
        }
    }
    assert!(wrong.is_empty(), "{} keys act and are not told:\n{:#?}", wrong.len(), wrong);
}

#[test]
fn no_function_key_is_swallowed_without_a_word() {
    let mut wrong = BTreeSet::new();
    for (name, model) in states() {
        for key in (1..=10).map(Key::Function) {
            let (after, effects) = press(&model, &key);
            let is_closed = model.overlay.is_some() && after.overlay.is_none();
            if effects.is_empty() && after.remark.is_none() && !is_closed && seen(&after) == seen(&model) {
                wrong.insert(format!("{name}: {key:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} keys are swallowed:\n{:#?}", wrong.len(), wrong);
}

/// Enter where there is nothing to act on says what is missing.
#[test]
fn enter_is_never_swallowed_without_a_word() {
    let mut wrong = BTreeSet::new();
    for (name, model) in states() {
        let (after, effects) = press(&model, &Key::Enter);
        if effects.is_empty() && after.remark.is_none() && seen(&after) == seen(&model) {
            // What is on its way decides; the screen says so.
            let waits = matches!(model.overlay, None | Some(Overlay::Menu(_)))
                && !offers(&model).iter().any(|offer| offer.is(Action::GoOn));
            // What is missing stands beside its field already.
            let is_told = seen(&model).contains("\"complaint\":\"");
            if !waits && !is_told {
                wrong.insert(name);
            }
        }
    }
    assert!(wrong.is_empty(), "Enter is swallowed:\n{wrong:#?}");
}
