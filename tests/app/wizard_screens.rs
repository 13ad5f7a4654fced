//! Every screen of the wizard as a reviewed snapshot, at 80x24 and 120x40, in colour and monochrome; the dashboard and
//! the list of patients also at 200x50, and at each size in every look.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

pub(crate) mod cases;
mod charts;
mod dashboard;
mod details;
mod keys_told;
mod pages;
mod permitted;
mod room;
mod rows;
mod seen;
mod sweep;
pub(crate) mod tabs;
mod told_in_full;
pub(crate) mod variants;

use glucodock::app::key::Key;
use glucodock::ui::glyphs::GlyphSet;
use glucodock::ui::json;
use glucodock::ui::paint::paint;
use glucodock::ui::scene::{PanelEntry, Scene};
use glucodock::ui::theme::{Colours, Theme};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::clinic::Clinic;

/// The rows behind a bar, so that no white space is lost.
fn framed(rows: &[String]) -> String {
    rows.iter().map(|row| format!("|{row}")).collect::<Vec<_>>().join("\n")
}

/// The rows of a scene and their roles.
fn painted(scene: &Scene, theme: &Theme, columns: u16, rows: u16) -> [Vec<String>; 2] {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| paint(frame, scene, theme)).unwrap();
    let buffer = terminal.backend().buffer();
    [json::rows(buffer), json::roles(buffer, theme)]
}

/// The rows, and the roles below them.
fn snapshot(clinic: &Clinic, theme: &Theme, columns: u16, rows: u16) -> String {
    let scene = view(&clinic.model, &Words::english());
    painted(&scene, theme, columns, rows).map(|part| framed(&part)).join("\n\n")
}

/// The same in Unicode and in ASCII, in colour and in mono: the rows of both, which no colour changes, and the roles of
/// all four. What is drawn as in a part above says so.
fn snapshot_in_every_look(clinic: &Clinic, columns: u16, rows: u16) -> String {
    let scene = view(&clinic.model, &Words::english());
    let drawn = |colours, glyphs| painted(&scene, &Theme::new(colours, glyphs), columns, rows);
    let [unicode, colour] = drawn(Colours::Sixteen, GlyphSet::Unicode);
    let [ascii, colour_ascii] = drawn(Colours::Sixteen, GlyphSet::Ascii);
    let [unicode_mono, mono] = drawn(Colours::Mono, GlyphSet::Unicode);
    let [ascii_mono, mono_ascii] = drawn(Colours::Mono, GlyphSet::Ascii);
    assert_eq!((&unicode_mono, &ascii_mono), (&unicode, &ascii), "no colour changes a character");
    assert!(ascii.iter().flat_map(|row| row.chars()).all(|c| c.is_ascii() || c.is_alphabetic()), "{ascii:#?}");
    let roles = |name: &str, roles: &[String], as_in: &[String], of: &str| {
        if roles == as_in { format!("{name}: as in {of}") } else { format!("{name}\n{}", framed(roles)) }
    };
    [
        format!("Unicode\n{}", framed(&unicode)),
        format!("ASCII\n{}", framed(&ascii)),
        roles("Colour", &colour, &[], ""),
        roles("Colour in ASCII", &colour_ascii, &colour, "Unicode"),
        roles("Mono", &mono, &colour, "colour"),
        roles("Mono in ASCII", &mono_ascii, &mono, "Unicode"),
    ]
    .join("\n\n")
}

#[test]
fn every_screen_looks_as_reviewed() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path("snapshots/wizard");
    let _bound = settings.bind_to_scope();
    let all = cases::all().into_iter().map(|(name, clinic)| (name.to_owned(), clinic));
    for (case, clinic) in all.chain(cases::full_panels()).chain(cases::after_work()).chain(tabs::all()) {
        // What a larger screen shows more of, and what is drawn in more than words, is looked at in every way.
        if case.starts_with("dashboard") || case.starts_with("population") {
            for (columns, rows) in [(80, 24), (120, 40), (200, 50)] {
                let name = format!("{case}__{columns}x{rows}");
                insta::assert_snapshot!(name, snapshot_in_every_look(&clinic, columns, rows));
            }
            continue;
        }
        for (colours, glyphs, columns, rows, name) in [
            (Colours::Sixteen, GlyphSet::Unicode, 80, 24, "80x24__unicode"),
            (Colours::Mono, GlyphSet::Ascii, 80, 24, "80x24__mono_ascii"),
            (Colours::Sixteen, GlyphSet::Unicode, 120, 40, "120x40__unicode"),
        ] {
            let theme = Theme::new(colours, glyphs);
            insta::assert_snapshot!(format!("{case}__{name}"), snapshot(&clinic, &theme, columns, rows));
        }
    }
}

/// With three and with six meters no name is cut at 80x24, what is ready is on top, and what does not fit is counted;
/// in the list of the step all are there.
#[test]
fn every_plugged_meter_is_named_at_80_by_24() {
    let theme = Theme::new(Colours::Sixteen, GlyphSet::Unicode);
    let mut checked = 0;
    for (case, clinic) in cases::full_panels() {
        let scene = view(&clinic.model, &Words::english());
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        terminal.draw(|frame| paint(frame, &scene, &theme)).unwrap();
        let rows = json::rows(terminal.backend().buffer());
        let entries = &scene.panel.entries;
        assert_eq!(entries.len(), clinic.model.panel.slots().len(), "{case}");
        let title = rows.iter().position(|row| row.contains("Devices")).unwrap();
        let strip = &rows[title + 1..];
        // What is being read stays in sight; of the others, the first of those that fit.
        let mut needed: Vec<&PanelEntry> = entries.iter().collect();
        needed.sort_by_key(|entry| entry.stays);
        let stay = |entry: &&PanelEntry| needed.iter().take(3).any(|needed| needed == entry);
        for (row, entry) in strip.iter().zip(entries.iter().filter(stay)) {
            assert!(row.contains(&entry.name) && row.contains(&entry.state), "{case}: {entry:?} in {row}");
        }
        assert_eq!(rows[title].contains("+3 more"), entries.len() == 6, "{case}: {}", rows[title]);
        if case.starts_with("upload") {
            let step = rows[..title].join("\n");
            for entry in entries {
                assert!(step.contains(&entry.name), "{case}: {} is not in\n{step}", entry.name);
            }
        }
        checked += 1;
    }
    assert_eq!(checked, 12);
}

/// One thing has the focus, and one mark says which: neither the step where we are, nor a chosen row beside a field,
/// nor what lies under a box looks as if it had them.
#[test]
fn at_most_one_mark_says_what_is_focused() {
    let theme = Theme::new(Colours::Mono, GlyphSet::Unicode);
    let all = cases::all().into_iter().map(|(name, clinic)| (name.to_owned(), clinic));
    let mut marked = 0;
    for (case, clinic) in all.chain(cases::full_panels()).chain(cases::after_work()).chain(variants::all()) {
        let scene = view(&clinic.model, &Words::english());
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        terminal.draw(|frame| paint(frame, &scene, &theme)).unwrap();
        let rows = json::rows(terminal.backend().buffer());
        let marks = rows.iter().map(|row| {
            let edge = usize::from(row.starts_with('>') || row.contains("\u{2502} > "));
            edge + row.matches("  >  [ ").count()
        });
        let marks: usize = marks.sum();
        assert!(marks <= 1, "{case} has {marks} marks:\n{}", rows.join("\n"));
        marked += marks;
    }
    assert!(marked > 20, "the search finds the marks");
}

/// Variants that were looked at: what they say differs from their screen's usual look.
const REVIEWED: [&str; 11] = [
    "waiting_meters__nothing_new",
    "confirm_assignment__date",
    "confirm_assignment__date_is_shared",
    "confirm_assignment__year_is_shared",
    "confirm_assignment__either",
    "confirm_assignment__identifier",
    "create_patient_look_alikes__many",
    "create_patient_required__kept",
    "dashboard__left_out",
    "find_patient__unclear_date",
    "confirm_assignment__help",
];

#[test]
fn every_reviewed_variant_looks_so() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path("snapshots/wizard");
    let _bound = settings.bind_to_scope();
    let theme = Theme::new(Colours::Sixteen, GlyphSet::Unicode);
    let all = variants::all();
    for name in REVIEWED {
        let (_, clinic) = all.iter().find(|(case, _)| case == name).unwrap_or_else(|| panic!("no {name}"));
        insta::assert_snapshot!(format!("{name}__80x24__unicode"), snapshot(clinic, &theme, 80, 24));
    }
}

#[test]
fn lists_that_could_not_be_loaded_are_told_and_asked_for_again() {
    let mut clinic = Clinic::signed_in();
    let told = |clinic: &Clinic| {
        let scene = serde_json::to_string(&view(&clinic.model, &Words::english())).unwrap();
        ["Your recent patients could not be loaded", "meters that wait for a patient could not be loaded"]
            .map(|text| scene.contains(text))
    };
    assert_eq!(told(&clinic), [false, false]);
    cases::lists_fail(&mut clinic);
    assert_eq!(told(&clinic), [true, true]);
    // The store answers again.
    clinic.keys([Key::Function(5)]);
    assert_eq!(told(&clinic), [false, false]);
    assert_eq!(clinic.model.working().unwrap().recents, [super::clinic::carla()]);
}
