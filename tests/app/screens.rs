//! Every kind of screen as cells: as reviewed snapshots, and with any text at any size.

use glucodock::ui::glyphs::GlyphSet;
use glucodock::ui::json;
use glucodock::ui::layout::LEAST;
use glucodock::ui::paint::paint;
use glucodock::ui::scene::{Block, PanelEntry, Scene, Stays, Strip, StripCell, StripKind, StripRow, TextRole};
use glucodock::ui::theme::{Colours, Theme};
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::{Backend as _, TestBackend};
use ratatui::buffer::Buffer;

use super::scenes;

fn drawn(scene: &Scene, theme: &Theme, columns: u16, rows: u16) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| paint(frame, scene, theme)).unwrap();
    terminal.backend().buffer().clone()
}

fn rows(scene: &Scene, columns: u16, rows: u16) -> Vec<String> {
    json::rows(&drawn(scene, &Theme::new(Colours::Sixteen, GlyphSet::Unicode), columns, rows))
}

/// The rows behind a bar, so that no white space is lost, and the roles below them.
fn snapshot(scene: &Scene, theme: &Theme, columns: u16, rows: u16) -> String {
    let buffer = drawn(scene, theme, columns, rows);
    let framed = |rows: Vec<String>| rows.iter().map(|row| format!("|{row}")).collect::<Vec<_>>().join("\n");
    format!("{}\n\n{}", framed(json::rows(&buffer)), framed(json::roles(&buffer, theme)))
}

#[test]
fn screens_look_as_reviewed() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _bound = settings.bind_to_scope();
    for (case, scene) in scenes::all() {
        for (colours, glyphs, columns, rows, name) in [
            (Colours::Sixteen, GlyphSet::Unicode, 80, 24, "80x24__unicode"),
            (Colours::Sixteen, GlyphSet::Ascii, 80, 24, "80x24__ascii"),
            (Colours::Mono, GlyphSet::Unicode, 80, 24, "80x24__mono"),
            (Colours::Sixteen, GlyphSet::Unicode, 120, 40, "120x40__unicode"),
        ] {
            let theme = Theme::new(colours, glyphs);
            insta::assert_snapshot!(format!("{case}__{name}"), snapshot(&scene, &theme, columns, rows));
        }
    }
}

#[test]
fn nothing_a_person_needs_is_cut_at_80_by_24() {
    for (case, scene) in scenes::all() {
        let shown = rows(&scene, 80, 24).join(" ");
        let words: Vec<&str> = shown.split_whitespace().collect();
        let shown = words.join(" ");
        let see = |text: &str| assert!(shown.contains(text), "{case} does not show {text:?}");
        let blocks = scene.overlay.as_ref().map_or(&scene.blocks, |overlay| &overlay.blocks);
        for block in blocks {
            if let Block::Buttons { buttons } = block {
                for button in buttons {
                    see(&button.label);
                    button.disabled.iter().for_each(|reason| see(reason));
                }
            } else if let Block::Field(field) = block {
                see(&field.label);
                field.complaint.iter().for_each(|complaint| see(complaint));
            } else if let Block::Facts { facts, .. } = block {
                facts.iter().filter(|fact| fact.value.len() < 30).for_each(|fact| see(&fact.value));
            } else if let Block::Problem { code, .. } = block {
                see(code);
            }
        }
        scene.hints.iter().for_each(|hint| see(&format!("{} {}", hint.key, hint.action)));
    }
}

/// A note may say that the number beside it is left out: it is cut where there is no room, and never dropped.
#[test]
fn a_note_beside_a_number_is_seen_to_be_there() {
    let note = "after meal, left out: control, clock wrong, and more than fits anywhere";
    let (_, mut scene) = scenes::all().into_iter().find(|(case, _)| *case == "dashboard__full").unwrap();
    let row = |cells: usize| StripRow {
        label: "20-Sep-2026 07:00".into(),
        cells: vec![StripCell::new(TextRole::Text, "312"); cells],
        note: note.into(),
    };
    let mut cut = 0;
    for cells in 1..20 {
        scene.blocks = vec![Block::Strip(Strip {
            kind: StripKind::Numbers,
            said: "A reading is left out.".into(),
            rows: vec![row(cells)],
        })];
        for columns in LEAST.0..=140 {
            for line in rows(&scene, columns, 40).iter().filter(|line| line.contains("312")) {
                let is_cut = line.contains('\u{2026}');
                assert!(is_cut || line.contains(note), "{columns} columns: {line}");
                cut += u32::from(is_cut);
            }
        }
    }
    assert!(cut > 100, "{cut} are cut");
}

#[test]
fn numbers_of_people_are_never_cut() {
    for columns in LEAST.0..=130 {
        let shown = rows(&scenes::find_patient(), columns, 40).join("\n");
        for number in ["MRN 000-4471", "MRN 000-4417", "MRN 000-9001", "MRN 000-2210", "MRN 000-3108"] {
            assert!(shown.contains(number), "{number} is cut at {columns} columns:\n{shown}");
        }
    }
}

#[test]
fn the_cursor_stands_behind_what_was_typed() {
    let theme = Theme::new(Colours::Sixteen, GlyphSet::Unicode);
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    terminal.draw(|frame| paint(frame, &scenes::confirm_assignment(), &theme)).unwrap();
    let cursor = terminal.backend_mut().get_cursor_position().unwrap();
    let row = json::rows(terminal.backend().buffer())[usize::from(cursor.y)].clone();
    let typed = row.find("[19").unwrap() + "[19".len();
    assert_eq!((usize::from(cursor.x), row.contains(">  Birth year  [19")), (typed, true));
}

#[test]
fn a_small_window_asks_for_room() {
    let shown = rows(&scenes::confirm_assignment(), 40, 12).join(" ");
    let words: Vec<&str> = shown.split_whitespace().collect();
    assert_eq!(words.join(" "), "Please make this window larger: 71 columns by 23 rows or more.");
}

#[test]
fn a_page_stays_while_the_chosen_row_moves_in_it() {
    let mut scene = scenes::find_patient();
    let people = |scene: &Scene| {
        let rows = rows(scene, 80, 24);
        rows.into_iter()
            .filter(|row| row.contains("MRN"))
            .map(|row| row.chars().skip(3).collect::<String>())
            .collect::<Vec<_>>()
    };
    let mut pages = Vec::new();
    for chosen in 0..5 {
        let Some(Block::Choices(list)) = scene.blocks.get_mut(1) else { panic!("no list") };
        list.selected = Some(chosen);
        pages.push(people(&scene)[..5].to_vec());
    }
    pages.dedup();
    assert_eq!(pages.len(), 1, "{pages:#?}");
}

/// Puts a text wherever a text can come from outside.
fn filled_with(text: &str) -> Scene {
    let mut scene = scenes::confirm_assignment();
    text.clone_into(&mut scene.site);
    text.clone_into(&mut scene.user);
    scene.remark = Some(text.into());
    scene.panel.entries =
        vec![PanelEntry { name: text.into(), state: text.into(), role: TextRole::Ok, stays: Stays::IfRoom }; 3];
    for block in &mut scene.blocks {
        if let Block::Facts { facts, .. } = block {
            for fact in facts {
                text.clone_into(&mut fact.value);
            }
        } else if let Block::Field(field) = block {
            text.clone_into(&mut field.value);
            field.cursor = field.cursor.map(|_| text.chars().count() / 2);
            field.complaint = Some(text.into());
        } else if let Block::Buttons { buttons } = block {
            for button in buttons {
                text.clone_into(&mut button.label);
            }
        }
    }
    let Some(Block::Choices(mut list)) = scenes::find_patient().blocks.pop() else { panic!("no list") };
    for row in &mut list.rows {
        row.cells.iter_mut().for_each(|cell| text.clone_into(cell));
        row.disabled = Some(text.into());
    }
    scene.blocks.push(Block::Choices(list));
    scene
}

/// Text of every kind: wide, combining, right to left, joined, prepended, and what no font has.
fn foreign() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[山田あｶﾞ\u{0301}\u{200d}\u{0600}\u{05d0}\u{0645}👩🚑\u{fe0f}•a1 -]{0,60}",
        "\\PC{0,200}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_can_be_drawn_at_any_size(text in foreign(), columns in 1_u16..=200, rows in 1_u16..=60) {
        let theme = Theme::new(Colours::Sixteen, GlyphSet::Unicode);
        drawn(&filled_with(&text), &theme, columns, rows);
        let mut covered = scenes::help();
        covered.blocks = filled_with(&text).blocks;
        if let Some(overlay) = &mut covered.overlay {
            overlay.blocks.extend(covered.blocks.clone());
        }
        drawn(&covered, &theme, columns, rows);
    }

    #[test]
    fn foreign_text_moves_no_frame(text in foreign()) {
        let theme = Theme::new(Colours::Sixteen, GlyphSet::Unicode);
        let buffer = drawn(&filled_with(&text), &theme, 120, 40);
        // The line between step and panel stands in column 83, whatever is written to its left and right.
        for y in 4..38 {
            prop_assert_eq!(buffer[(83, y)].symbol(), "\u{2502}", "row {}", y);
        }
        let strip = drawn(&Scene { blocks: Vec::new(), ..filled_with(&text) }, &theme, 80, 24);
        for x in 0..80 {
            prop_assert_eq!(strip[(x, 2)].symbol(), "\u{2500}", "column {}", x);
        }
    }

    #[test]
    fn foreign_text_under_a_box_leaves_its_border_whole(text in foreign()) {
        let theme = Theme::new(Colours::Sixteen, GlyphSet::Ascii);
        let mut scene = scenes::help();
        scene.blocks = filled_with(&text).blocks;
        let buffer = drawn(&scene, &theme, 80, 24);
        let top = (0..24).find(|y| buffer[(4, *y)].symbol() == "+" && buffer[(75, *y)].symbol() == "+").unwrap();
        let bottom = (top + 1..24).find(|y| buffer[(4, *y)].symbol() == "+").unwrap();
        for y in top + 1..bottom {
            prop_assert_eq!((buffer[(4, y)].symbol(), buffer[(75, y)].symbol()), ("|", "|"));
        }
        for row in json::rows(&buffer) {
            prop_assert!(!row.contains(char::is_control));
        }
    }
}
