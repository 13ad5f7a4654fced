//! What the overview shows with little room and with much.

use glucodock::app::asked::Asked;
use glucodock::app::model::AppState;
use glucodock::app::wizard::Step;
use glucodock::domain::left_out::LeftOut;
use glucodock::domain::record::{RecordExtent, RecordOrigin};
use glucodock::ui::glyphs::GlyphSet;
use glucodock::ui::json;
use glucodock::ui::paint::paint;
use glucodock::ui::theme::{Colours, Theme};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::super::clinic::{Clinic, now};
use super::tabs::{at, four_weeks, many_lows, of};

fn rows(clinic: &Clinic, columns: u16, rows: u16) -> Vec<String> {
    let scene = view(&clinic.model, &Words::english());
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| paint(frame, &scene, &Theme::new(Colours::Mono, GlyphSet::Ascii))).unwrap();
    json::rows(terminal.backend().buffer())
}

/// What tells how somebody is stays; where it is from stands among the uploads too.
#[test]
fn where_a_record_is_from_gives_way_to_the_marks_of_days() {
    let mut clinic = at(&[]);
    let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
    let Step::Dashboard(step) = &mut working.step else { panic!("no dashboard") };
    let mut board = four_weeks();
    board.origin = RecordOrigin::Platform { elsewhere: 12, unconfirmed: 0, extent: RecordExtent::Whole, at: now() };
    step.content = Asked::Ready(Box::new(board));
    let from = "and 12 from the care platform alone, as of 14-Jul-2026 10:00";
    let has = |rows: &[String], text: &str| rows.iter().any(|row| row.contains(text));
    let small = rows(&clinic, 80, 24);
    assert!(has(&small, "Below 70    -1----11"), "{}", small.join("\n"));
    assert!(!has(&small, from));
    let larger = rows(&clinic, 120, 40);
    assert!(has(&larger, from) && has(&larger, "Below 70    -1----11"), "{}", larger.join("\n"));
}

/// What must be said of a record in two lines takes no number and no chart from the usual terminal.
#[test]
fn two_lines_about_a_record_leave_room_for_the_trend() {
    let mut board = many_lows();
    board.left_out = LeftOut { clock_wrong: 3, ahead: 1, before_model: 2, clock_changed: 14, without_time: 9 };
    let rows = rows(&of(board, &[]), 80, 24);
    for text in ["29 readings with doubted times", "9 no time", "Below 70", "Day median", "Devices", "F10 menu"] {
        assert!(rows.iter().any(|row| row.contains(text)), "{text}: {}", rows.join("\n"));
    }
}

/// The comparison stands beside the numbers as soon as both have the width of the usual terminal, and nothing is lost.
#[test]
fn a_wide_window_has_two_columns() {
    let clinic = at(&[]);
    for (columns, is_wide) in [(150, false), (180, true), (200, true), (300, true)] {
        let rows = rows(&clinic, columns, 50);
        let beside = rows.iter().any(|row| row.contains("#####") && row.contains("Compared"));
        assert_eq!(beside, is_wide, "{columns}: {}", rows.join("\n"));
        let texts = ["Below 70", "14 days before", "highs", "In range 70-180", "Tab next tab"];
        // In one column the latest readings give way to the charts.
        for text in texts.into_iter().chain(is_wide.then_some("13-Jul-2026 18:40")) {
            assert!(rows.iter().any(|row| row.contains(text)), "{columns}: {text}");
        }
    }
}
