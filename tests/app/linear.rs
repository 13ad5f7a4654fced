//! The screen as lines, and lines as keys.

use glucodock::app::key::Key;
use glucodock::ui::linear::{keys, render};
use glucodock::ui::scene::{Block, Scene, TextRole};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;

use super::scenes;
use crate::clinic::Clinic;

fn at(done: u32) -> Scene {
    let mut scene = scenes::upload();
    scene.panel.entries.truncate(1);
    for entry in &mut scene.panel.entries {
        entry.state = format!("reading {done} of 720");
    }
    for block in &mut scene.blocks {
        if let Block::Gauge { done: shown, .. } = block {
            *shown = done;
        }
    }
    scene
}

#[test]
fn nothing_is_said_by_drawing() {
    for (case, scene) in scenes::all() {
        let lines = render(None, &scene);
        assert!(lines.last().is_some_and(|line| line.ends_with('?')), "{case}: {lines:?}");
        for line in lines {
            assert!(!line.contains(|c| ('\u{2500}'..='\u{259F}').contains(&c) || c == '\u{2022}'), "{case}: {line}");
            assert!(!line.starts_with('['), "{case}: a text is missing: {line}");
        }
    }
}

#[test]
fn progress_is_said_at_each_quarter() {
    let mut said = Vec::new();
    for done in 1..=720 {
        let lines = render(Some(&at(done - 1)), &at(done));
        said.extend(lines.into_iter().filter(|line| line != "?"));
    }
    assert_eq!(said, ["Readings: 180 of 720", "Readings: 360 of 720", "Readings: 540 of 720", "Readings: 720 of 720"]);
}

#[test]
fn the_same_scene_says_nothing_and_news_starts_with_the_problem() {
    let before = at(10);
    assert!(render(Some(&before), &before).is_empty());
    let mut after = before.clone();
    after.blocks.push(Block::Text { role: TextRole::Text, text: "Something else.".into() });
    after.blocks.push(Block::Notice { role: TextRole::Problem, text: "The meter was unplugged.".into() });
    assert_eq!(render(Some(&before), &after), ["Problem: The meter was unplugged.", "Something else.", "?"]);
}

/// This in the place of what is in the field, and Enter.
fn typed(text: &str) -> Vec<Key> {
    std::iter::once(Key::Control('u')).chain(text.chars().map(Key::Char)).chain([Key::Enter]).collect()
}

/// Blanks around a password are part of it; its length is said, and not what stands for it.
#[test]
fn a_password_is_taken_as_it_was_typed() {
    let sign_in = scenes::sign_in();
    assert!(sign_in.focused_field().is_some_and(|field| field.hidden));
    for (line, password) in [(" a secret \r\n", " a secret "), ("= help \n", " help "), ("==x", "=x")] {
        assert_eq!(keys(line, &sign_in), typed(password), "{line:?}");
    }
    assert_eq!(keys(" back ", &sign_in), [Key::Escape]);
    let mut typed_in = sign_in;
    for block in &mut typed_in.blocks {
        if let Block::Field(field) = block {
            field.complaint = None;
        }
    }
    let lines = render(None, &typed_in);
    assert!(lines.iter().any(|line| line.contains("Password: 8 hidden characters")), "{lines:?}");
}

#[test]
fn a_number_picks_and_text_goes_into_the_field() {
    let list = scenes::find_patient();
    // The list has the focus: one to the field above it; the third person is two rows below the first.
    assert_eq!(keys("1", &list), [Key::BackTab]);
    assert_eq!(keys("4", &list), [Key::Home, Key::Down, Key::Down, Key::Enter]);
    assert_eq!(keys("back", &list), [Key::Escape]);
    assert_eq!(keys("b", &list), [Key::Escape]);
    assert_eq!(keys("", &list), [Key::Enter]);
    assert_eq!(keys("F5", &list), [Key::Function(5)]);

    let fields = scenes::confirm_assignment();
    // 1 initials, 2 birth year (has the focus), 3 assign, 4 back.
    assert_eq!(keys("4", &fields), [Key::Tab, Key::Tab, Key::Enter]);
    assert_eq!(keys("1", &fields), [Key::BackTab]);
    assert_eq!(keys("1961", &fields), typed("1961"));
    // What some shells pipe before the first line.
    assert_eq!(keys("\u{feff}1961", &fields), typed("1961"));
    assert_eq!(keys("\u{feff}4", &fields), [Key::Tab, Key::Tab, Key::Enter]);
    assert_eq!(keys("b", &fields), typed("b"));
    assert_eq!(keys("=4", &fields), typed("4"));
    assert_eq!(keys("?", &fields), [Key::Function(1)]);
}

/// Two people of one name: who is under the cursor is said at each move, before anybody is chosen.
#[test]
fn who_is_marked_is_said_at_every_move() {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    let mut moved = |key: Key| {
        let before = view(&clinic.model, &Words::english());
        clinic.keys([key]);
        let after = view(&clinic.model, &Words::english());
        render(Some(&before), &after)
    };
    let first = moved(Key::Down);
    let second = moved(Key::Down);
    let marked = |lines: &[String]| lines.iter().find(|line| line.starts_with("Marked: ")).cloned();
    assert!(marked(&first).is_some_and(|line| line.contains("MÜLLER, Anna")), "{first:?}");
    assert!(marked(&second).is_some() && marked(&second) != marked(&first), "{second:?}");
}
