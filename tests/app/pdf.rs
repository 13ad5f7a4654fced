//! Pages to print, read back out of the finished file: they say what the screen says, number for number, and no number
//! besides. Whatever unit, stand-in for LO and HI, and meal marker is chosen.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use glucodock::app::asked::Asked;
use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::app::wizard::Step;
use glucodock::domain::clinic::Purpose;
use glucodock::domain::report::{RecordReport, ReportMaker};
use glucodock::domain::report_kind::Paper;
use glucodock::domain::statistics::{Dashboard, LowHighPolicy};
use glucodock::ui::report::report_pdf;
use glucodock::ui::scene::{Block, Scene, StripRow};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use jiff::civil::date;

use super::clinic::Clinic;
use super::wizard_screens::tabs::at;

/// What stands on the pages of a file, from its own tables of characters.
fn read_back(pdf: &[u8]) -> String {
    let document = lopdf::Document::load_mem(pdf).unwrap();
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    document.extract_text(&pages).unwrap()
}

fn shown(clinic: &Clinic) -> &Dashboard {
    let AppState::Working(working) = &clinic.model.state else { panic!("nobody is signed in") };
    let Step::Dashboard(step) = &working.step else { panic!("no dashboard") };
    let Asked::Ready(dashboard) = &step.content else { panic!("nothing is shown") };
    dashboard
}

/// The pages of what a screen shows.
fn pages(clinic: &Clinic) -> String {
    let at = date(2026, 7, 14).at(12, 30, 0, 0).in_tz("Europe/Berlin").unwrap();
    let (user, site, station) = ("Nora Test".into(), "Clinic".into(), String::new());
    let made = ReportMaker { at, user, site, station, version: "0.0.1", purpose: Purpose::Patients };
    let report = RecordReport::of(shown(clinic).clone(), Vec::new(), made);
    read_back(&report_pdf(&report, Words::shared(), Paper::A4, &[]).unwrap())
}

/// The tab with this key.
fn tab(clinic: &mut Clinic, key: char) -> Scene {
    clinic.keys([Key::Char(key)]);
    view(&clinic.model, &Words::english())
}

/// Without what separates words and lines: lines end elsewhere on paper.
fn close(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Every text with a number in it that these blocks show.
fn texts(blocks: &[Block]) -> Vec<String> {
    let mut texts = Vec::new();
    for block in blocks {
        match block {
            Block::Facts { facts, .. } => {
                texts.extend(facts.iter().map(|fact| fact.label.clone()));
                texts.extend(facts.iter().map(|fact| fact.value.clone()));
            }
            Block::Shares { shares } => {
                texts.extend(shares.iter().map(|share| share.label.clone()));
                texts.extend(shares.iter().map(|share| share.numbers.clone()));
            }
            Block::Strip(strip) => {
                // A bar is drawn there too, and says no number.
                let written = |row: &StripRow| {
                    let cells = row.cells.iter().filter(|cell| cell.height.is_none());
                    cells.map(|cell| cell.text.clone()).collect::<String>()
                };
                texts.extend(strip.rows.iter().flat_map(|row| [row.label.clone(), written(row), row.note.clone()]));
            }
            // It says nothing that another block does not.
            Block::Curve(curve) if curve.if_room => {}
            Block::Curve(curve) => texts.extend([curve.said.clone(), curve.legend.clone()]),
            Block::Table(table) => texts.extend(table.rows.iter().flat_map(|(_, cells)| cells.clone())),
            Block::Grid(grid) => {
                let with_readings = grid.rows.iter().filter(|row| !row.said.contains("no reading"));
                texts.extend(with_readings.map(|row| row.said.clone()));
            }
            Block::Notice { text, .. } => texts.push(text.clone()),
            Block::Text { .. } | Block::Tabs(_) => {}
            other => panic!("{other:?}"),
        }
    }
    texts
}

/// The numbers of a text: digits with a point between them.
fn numbers(text: &str) -> BTreeSet<String> {
    let parts = text.split(|c: char| !c.is_ascii_digit() && c != '.');
    let bare = parts.map(|part| part.trim_matches('.').to_owned());
    bare.filter(|part| !part.is_empty()).collect()
}

#[test]
fn the_finished_file_has_the_numbers_of_the_screen_and_no_others() {
    let policies = [LowHighPolicy::Limits, LowHighPolicy::Exclude, LowHighPolicy::Tidepool];
    let mut means = BTreeSet::new();
    for (units, meals) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
        for (presses, policy) in policies.into_iter().enumerate() {
            let keys =
                [vec![Key::Char('u'); units], vec![Key::Char('m'); meals], vec![Key::Char('l'); presses]].concat();
            let mut clinic = at(&keys);
            assert_eq!(shown(&clinic).low_high, policy);
            let written = pages(&clinic);
            let name = format!("{units} {meals} {policy:?}");
            let mut on_screen = BTreeSet::new();
            let mut checked = 0;
            // The key of the patterns once more: the numbers behind them.
            for key in ['1', '2', '3', '4', '4'] {
                let blocks = tab(&mut clinic, key).blocks;
                for text in texts(&blocks).iter().filter(|text| !text.is_empty()) {
                    assert!(close(&written).contains(&close(text)), "{name}, tab {key}: {text} is not in\n{written}");
                    checked += 1;
                }
                on_screen.extend(numbers(&serde_json::to_string(&blocks).unwrap()));
            }
            assert!(checked > 60, "{checked}");
            // What only paper has: when it was made and with which version, its pages, the hours below the chart,
            // and how many readings are of other days.
            let dashboard = shown(&clinic);
            let outside = dashboard.total_readings - u32::try_from(dashboard.readings.len()).unwrap();
            let of_paper = format!("14 2026 12 30 0.0.1 1 2 00 0 3 6 9 12 15 18 21 24 01 {outside}");
            let known: BTreeSet<String> = &on_screen | &numbers(&of_paper);
            let others: Vec<String> = numbers(&written).difference(&known).cloned().collect();
            assert_eq!(others, [""; 0], "{name}\n{written}");
            means.extend(dashboard.summary.distribution.map(|numbers| dashboard.unit.written(numbers.mean)));
        }
    }
    assert!(means.len() > 6, "what is chosen moves the mean: {means:?}");
}
