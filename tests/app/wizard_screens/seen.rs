//! Confirm only what is seen: for every step and every size of the window, either all that must be seen is drawn in
//! full, or no key types, chooses or confirms anything.

use std::collections::BTreeMap;

use glucodock::app::effect::{Effect, ToEngine};
use glucodock::app::event::Event;
use glucodock::app::key::Key;
use glucodock::app::update::update;
use glucodock::ui::glyphs::GlyphSet;
use glucodock::ui::json;
use glucodock::ui::linear::render;
use glucodock::ui::paint::{paint, sight};
use glucodock::ui::scene::{Block, Scene};
use glucodock::ui::theme::{Colours, Theme};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::{cases, variants};
use crate::clinic::{Clinic, now};

/// The largest window that is tried.
pub(super) const LARGEST: (u16, u16) = (130, 50);

/// The name that the patients of the cases get: long, wide, right to left.
pub(super) const NAMES: [&str; 4] = [
    "FEATHERSTONEHAUGH-HOHENZOLLERN-SIGMARING, Maximiliana Theodora",
    "KONSTANTINOPOLITANSKI, Wilhelmina Theodo",
    "東京都武蔵野市吉祥寺本町一丁目, 長之助左衛門之丞",
    "עבדאל-קאדר מוחמד חסן אבו-סיף, מרים פאטמה",
];

/// Family and given name as long as each may be.
const LONGEST: &str = "WOLFESCHLEGELSTEINHAUSENBERGERDORFFVORALTERNWARENGEWISSENHAF, \
                       Maximiliana-Theodora-Konstantinopolitana-Annabella-Josephina";

pub(super) fn theme() -> Theme {
    Theme::new(Colours::Sixteen, GlyphSet::Unicode)
}

/// Every screen, in every variant.
pub(super) fn clinics() -> impl Iterator<Item = (String, Clinic)> {
    cases::all().into_iter().map(|(case, clinic)| (case.to_owned(), clinic)).chain(variants::all())
}

pub(super) fn scene((case, clinic): (String, Clinic)) -> (String, Scene) {
    let scene = view(&clinic.model, &Words::english());
    (case, scene)
}

/// The scene with another name for Anna and Carla.
pub(super) fn renamed(scene: &Scene, name: &str) -> Scene {
    let mut scene = scene.clone();
    let swap = |text: &mut String| *text = text.replace("MÜLLER, Anna", name).replace("MÜLLER, Carla", name);
    swap(&mut scene.instruction);
    for block in &mut scene.blocks {
        match block {
            Block::Text { text, .. } | Block::Notice { text, .. } => swap(text),
            Block::Facts { facts, .. } => facts.iter_mut().for_each(|fact| swap(&mut fact.value)),
            Block::Choices(list) => list.rows.iter_mut().flat_map(|row| &mut row.cells).for_each(swap),
            _ => {}
        }
    }
    scene
}

/// Every text that must be seen.
pub(super) fn needed(scene: &Scene) -> Vec<String> {
    let mut texts = Vec::new();
    if scene.overlay.is_none() {
        texts.extend([scene.heading.clone(), scene.instruction.clone()]);
    }
    for block in scene.overlay.as_ref().map_or(&scene.blocks, |overlay| &overlay.blocks) {
        match block {
            Block::Text { text, .. } | Block::Notice { text, .. } => texts.push(text.clone()),
            Block::Facts { title, facts } => {
                texts.push(title.clone());
                texts.extend(facts.iter().flat_map(|fact| [fact.label.clone(), fact.value.clone()]));
            }
            Block::Field(field) => {
                texts.push(field.label.clone());
                texts.extend(field.complaint.clone());
            }
            Block::Choices(list) => {
                let chosen = list.chosen().filter(|_| list.focused);
                texts.extend(chosen.into_iter().flat_map(|row| row.cells.iter().cloned().chain(row.disabled.clone())));
            }
            Block::Buttons { buttons } => texts.extend(buttons.iter().map(|button| button.label.clone())),
            Block::Problem { what, remedy, code } => texts.extend([what.clone(), remedy.clone(), code.clone()]),
            Block::Gauge { label, .. } => texts.push(label.clone()),
            // One with a short name has either.
            Block::Tabs(tabs) => {
                texts.extend(tabs.tabs.iter().filter(|tab| tab.short.is_empty()).map(|tab| tab.name.clone()));
            }
            Block::Table(_)
            | Block::Grid(_)
            | Block::Curve(_)
            | Block::Shares { .. }
            | Block::Strip(_)
            | Block::QrCode { .. } => {}
        }
    }
    texts
}

/// All letters and digits of a text, in their order.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn drawn(scene: &Scene, columns: u16, rows: u16) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| paint(frame, scene, &theme())).unwrap();
    json::rows(terminal.backend().buffer())
}

/// The words of `texts` that do not stand among these letters as often as they are said. Facts in two columns are
/// wrapped beside each other, so each word is looked for by itself.
pub(super) fn missing(texts: &[String], all: &str) -> Vec<String> {
    let mut words: BTreeMap<String, usize> = BTreeMap::new();
    for word in texts.iter().flat_map(|text| text.split_whitespace()).map(letters).filter(|word| !word.is_empty()) {
        // A word that may be wider than its column begins a line and goes on in the next.
        let longest = if word.chars().count() > 12 { 6 } else { 12 };
        *words.entry(word.chars().take(longest).collect()).or_default() += 1;
    }
    words.retain(|word, count| all.matches(word.as_str()).count() < *count);
    words.into_keys().collect()
}

#[test]
fn every_step_is_whole_at_80_by_24_with_any_name_and_no_sentence_is_cut() {
    for (case, scene) in clinics().map(scene) {
        let others = NAMES.iter().map(|name| renamed(&scene, name));
        for scene in std::iter::once(scene.clone()).chain(others) {
            let seen = sight(&scene, &theme(), 80, 24);
            let shown = drawn(&scene, 80, 24);
            assert!(seen.is_whole && seen.has_whole_remark, "{case} {seen:?}\n{}", shown.join("\n"));
            let mut texts = needed(&scene);
            texts.extend(scene.remark.clone());
            assert_eq!(missing(&texts, &letters(&shown.concat())), [""; 0], "{case}\n{}", shown.join("\n"));
        }
    }
}

/// Where readings are confirmed, nobody is stuck for the length of a name: not with a look-alike of the same length,
/// nor after a wrong answer. The device panel makes room.
#[test]
fn the_confirm_screen_is_whole_at_80_by_24_with_the_longest_names() {
    let confirming = clinics().filter(|(case, _)| case.starts_with("confirm_assignment"));
    // A store that cannot be written is for support; until then there is the way back.
    let is_problem = |block: &Block| matches!(block, Block::Problem { .. });
    for (case, scene) in confirming.map(scene).filter(|(_, scene)| !scene.blocks.iter().any(is_problem)) {
        let scene = renamed(&scene, LONGEST);
        let shown = drawn(&scene, 80, 24);
        assert!(sight(&scene, &theme(), 80, 24).is_whole, "{case}\n{}", shown.join("\n"));
        assert_eq!(missing(&needed(&scene), &letters(&shown.concat())), [""; 0], "{case}\n{}", shown.join("\n"));
    }
}

/// What is cut says which keys work, and no others.
#[test]
fn a_step_that_is_cut_names_the_ways_out() {
    let (_, mut scene) = clinics().map(scene).find(|(case, _)| case == "confirm_assignment__initials").unwrap();
    scene.blocks = vec![Block::Text { role: glucodock::ui::scene::TextRole::Text, text: "word ".repeat(500) }];
    let shown = drawn(&scene, 80, 24);
    let [.., remark, keys] = shown.as_slice() else { panic!("nothing is drawn") };
    assert!(remark.contains("only the keys below work"), "{remark}");
    assert_eq!(keys.split_whitespace().collect::<Vec<_>>().join(" "), "Esc back Ctrl-C leave");
}

/// Whoever listens hears all that must be seen.
#[test]
fn what_must_be_seen_is_said_in_the_linear_mode() {
    for (case, scene) in clinics().map(scene) {
        for scene in [renamed(&scene, NAMES[0]), scene] {
            let said = render(None, &scene);
            assert_eq!(missing(&needed(&scene), &letters(&said.concat())), [""; 0], "{case}\n{}", said.join("\n"));
        }
    }
}

/// Every key of the keyboard but resize, help, leave and repaint.
fn keys() -> Vec<Key> {
    let keys = [Key::Enter, Key::Escape, Key::Tab, Key::BackTab, Key::Up, Key::Down, Key::Left, Key::Right];
    let more = [Key::Home, Key::End, Key::PageUp, Key::PageDown, Key::Backspace, Key::Delete, Key::Control('u')];
    let written = ["a", "1961", "am"].map(|text| Key::Paste(text.to_owned()));
    let functions = (2..=12).map(Key::Function);
    keys.into_iter().chain(more).chain(written).chain([Key::Char('a')]).chain(functions).collect()
}

#[test]
fn a_key_on_what_is_not_seen_changes_nothing_but_leaving_and_going_back() {
    let number_of_cases = cases::all().len();
    for (place, (case, clinic)) in clinics().enumerate() {
        // Every key on each screen; of its variants each with some.
        let keys = if place < number_of_cases { keys() } else { vec![Key::Enter, Key::Down, Key::Char('a')] };
        let said = |clinic: &Clinic| {
            let scene = view(&clinic.model, &Words::english());
            (scene.step, scene.blocks)
        };
        // Esc leads back where it does on a screen that is seen.
        for key in keys.into_iter().filter(|key| *key != Key::Escape) {
            let (model, effects) = update(clinic.model.clone(), Event::KeyUnseen(key.clone()), now());
            let after = Clinic { model, ..Clinic::new() };
            assert_eq!((effects, said(&after)), (vec![], said(&clinic)), "{case} {key:?}");
        }
    }
}

/// Help that nobody sees is not opened: the screen says that the window is too small, and stays as it is.
#[test]
fn nothing_is_laid_over_what_cannot_be_seen_and_leaving_twice_leaves() {
    let unseen = |clinic: &mut Clinic, key: Key| {
        let (model, effects) = update(clinic.model.clone(), Event::KeyUnseen(key), now());
        clinic.model = model;
        effects
    };
    let mut clinic = Clinic::signed_in();
    clinic.go_to_confirm_assignment();
    for key in [Key::Function(1), Key::Function(10), Key::Char('?')] {
        assert_eq!(unseen(&mut clinic, key), []);
        assert_eq!(clinic.model.overlay, None);
    }
    // Help that lay there before is put away.
    clinic.keys([Key::Function(1)]);
    assert_eq!(unseen(&mut clinic, Key::Function(1)), []);
    assert_eq!(clinic.model.overlay, None);
    assert_eq!(unseen(&mut clinic, Key::Control('c')), []);
    assert_eq!(unseen(&mut clinic, Key::Escape), []);
    assert_eq!(clinic.model.overlay, None, "Esc closes the question");
    assert_eq!(clinic.step(), "confirm_assignment", "and nothing else");
    assert_eq!(unseen(&mut clinic, Key::Control('c')), []);
    assert_eq!(unseen(&mut clinic, Key::Control('c')), [Effect::Engine(ToEngine::Quit)]);
}
