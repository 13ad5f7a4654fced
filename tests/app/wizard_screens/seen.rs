//! Confirm only what is seen: for every step and every size of the window, either all that must be seen is drawn in
//! full, or no key types, chooses or confirms anything.

use glucodock::app::effect::Effect;
use glucodock::app::event::Event;
use glucodock::app::key::Key;
use glucodock::app::overlay::Overlay;
use glucodock::app::update::update;
use glucodock::ui::json;
use glucodock::ui::layout::LEAST;
use glucodock::ui::paint::{fits, paint, sight};
use glucodock::ui::scene::{Block, Scene};
use glucodock::ui::theme::{Colours, GlyphSet, Theme};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::cases;
use crate::clinic::{Clinic, now};

/// The largest window that is tried.
const LARGEST: (u16, u16) = (130, 50);

/// The name that the patients of the cases get: long, wide, right to left.
const NAMES: [&str; 4] = [
    "FEATHERSTONEHAUGH-HOHENZOLLERN-SIGMARING, Maximiliana Theodora",
    "KONSTANTINOPOLITANSKI, Wilhelmina Theodo",
    "東京都武蔵野市吉祥寺本町一丁目, 長之助左衛門之丞",
    "עבדאל-קאדר מוחמד חסן אבו-סיף, מרים פאטמה",
];

fn theme() -> Theme {
    Theme::new(Colours::Sixteen, GlyphSet::Unicode)
}

fn scenes() -> Vec<(&'static str, Scene)> {
    cases::all().into_iter().map(|(case, clinic)| (case, view(&clinic.model, &Words::english()))).collect()
}

/// The scene with another name for Anna and Carla.
fn renamed(scene: &Scene, name: &str) -> Scene {
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
fn needed(scene: &Scene) -> Vec<String> {
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
                let chosen = list.selected.and_then(|row| list.rows.get(row)).filter(|_| list.focused);
                texts.extend(chosen.into_iter().flat_map(|row| row.cells.iter().cloned().chain(row.disabled.clone())));
            }
            Block::Buttons { buttons } => texts.extend(buttons.iter().map(|button| button.label.clone())),
            Block::Problem { what, remedy, code } => texts.extend([what.clone(), remedy.clone(), code.clone()]),
            Block::Gauge { label, .. } => texts.push(label.clone()),
            Block::Table(_) | Block::Shares { .. } => {}
        }
    }
    texts
}

/// All letters and digits of a text, in their order and, where it is wrapped beside something else, of each its own.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn drawn(scene: &Scene, columns: u16, rows: u16) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| paint(frame, scene, &theme())).unwrap();
    json::rows(terminal.backend().buffer())
}

/// What of `texts` does not stand in these rows. Facts in two columns are wrapped beside each other, so each word is
/// looked for.
fn missing(texts: &[String], rows: &[String]) -> Vec<String> {
    let all = letters(&rows.concat());
    let is_seen = |word: &str| all.contains(&letters(word)) || letters(word).chars().count() > 12;
    texts.iter().flat_map(|text| text.split_whitespace()).filter(|word| !is_seen(word)).map(str::to_owned).collect()
}

/// Whether all that must be seen is reported to be; and if so, that it really stands there.
fn is_whole(case: &str, scene: &Scene, (columns, rows): (u16, u16), look: bool) -> bool {
    let whole = sight(scene, &theme(), columns, rows).is_whole;
    if whole && look {
        let shown = drawn(scene, columns, rows);
        let missing = missing(&needed(scene), &shown);
        assert!(missing.is_empty(), "{case} at {columns}x{rows} hides {missing:?}:\n{}", shown.join("\n"));
    }
    whole
}

#[test]
fn every_step_is_whole_at_80_by_24_with_any_name_and_no_sentence_is_cut() {
    for (case, scene) in scenes() {
        let others = NAMES.iter().map(|name| renamed(&scene, name));
        for scene in std::iter::once(scene.clone()).chain(others) {
            let seen = sight(&scene, &theme(), 80, 24);
            let shown = drawn(&scene, 80, 24);
            assert!(seen.is_whole && seen.has_whole_remark, "{case} {seen:?}\n{}", shown.join("\n"));
            let mut texts = needed(&scene);
            texts.extend(scene.remark.clone());
            assert_eq!(missing(&texts, &shown), [""; 0], "{case}\n{}", shown.join("\n"));
        }
    }
}

/// From the least size on every step is whole; with a column or a row less, one is not.
#[test]
fn the_least_size_is_the_smallest_at_which_every_step_is_whole() {
    let scenes: Vec<_> = scenes().into_iter().filter(|(_, scene)| scene.overlay.is_none()).collect();
    let (columns, rows) = LEAST;
    for (case, scene) in &scenes {
        for wide in columns..=LARGEST.0 {
            assert!(is_whole(case, scene, (wide, rows), false), "{case} at {wide}x{rows}");
        }
        assert!(is_whole(case, scene, (columns, LARGEST.1), true), "{case} at {columns}x{}", LARGEST.1);
    }
    for (columns, rows) in [(columns - 1, rows), (columns, rows - 1)] {
        assert!(!scenes.iter().all(|(_, scene)| fits(scene, &theme(), columns, rows)), "{columns}x{rows} does too");
    }
}

/// What is reported to be seen stands there: for what confirms at every size, for the rest at every width in the fewest
/// rows that do, and in many.
#[test]
fn at_every_size_all_is_seen_or_no_key_acts() {
    for (case, scene) in scenes() {
        let long = renamed(&scene, NAMES[0]);
        let every_size = case == "confirm_assignment__look_alike";
        // Below the least size every scene asks for room alike.
        for columns in if every_size { 1 } else { LEAST.0 }..=LARGEST.0 {
            let mut least = None;
            for rows in if every_size { 1 } else { LEAST.1 }..=LARGEST.1 {
                if !every_size && least.is_some() && rows < LARGEST.1 {
                    continue;
                }
                let whole = is_whole(case, &scene, (columns, rows), least.is_none() || rows == LARGEST.1);
                assert!(least.is_none() || whole, "{case}: whole in {least:?} rows, not in {rows}");
                least = least.or(whole.then_some(rows));
            }
            if columns % 4 == 0 {
                is_whole(case, &long, (columns, 24), true);
            }
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
fn a_key_on_what_is_not_seen_changes_nothing_but_help_and_leaving() {
    for (case, clinic) in cases::all() {
        let said = |clinic: &Clinic| {
            let scene = view(&clinic.model, &Words::english());
            (scene.step, scene.blocks)
        };
        for key in keys() {
            let (model, effects) = update(clinic.model.clone(), Event::KeyUnseen(key.clone()), now());
            let after = Clinic { model, ..Clinic::new() };
            assert_eq!((effects, said(&after)), (vec![], said(&clinic)), "{case} {key:?}");
        }
    }
}

#[test]
fn help_opens_and_closes_and_leaving_twice_leaves_where_nothing_can_be_seen() {
    let unseen = |clinic: &mut Clinic, key: Key| {
        let (model, effects) = update(clinic.model.clone(), Event::KeyUnseen(key), now());
        clinic.model = model;
        effects
    };
    let mut clinic = Clinic::signed_in();
    clinic.go_to_confirm_assignment();
    for open in [true, false] {
        assert_eq!(unseen(&mut clinic, Key::Function(1)), []);
        assert_eq!(clinic.model.overlay == Some(Overlay::Help), open);
    }
    assert_eq!(unseen(&mut clinic, Key::Control('c')), []);
    assert_eq!(unseen(&mut clinic, Key::Escape), []);
    assert_eq!(clinic.model.overlay, None, "Esc closes the question");
    assert_eq!(unseen(&mut clinic, Key::Control('c')), []);
    assert_eq!(unseen(&mut clinic, Key::Control('c')), [Effect::Quit]);
}
