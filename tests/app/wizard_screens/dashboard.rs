//! What the dashboard says of its readings, how loudly, and how much of a long list is made for it.

use glucodock::app::asked::Asked;
use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::app::wizard::Step;
use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::statistics::Dashboard;
use glucodock::ui::json;
use glucodock::ui::paint::drawn;
use glucodock::ui::scene::{Block, Scene, Table, TextRole};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;

use super::cases::filled_dashboard;
use super::seen::theme;
use crate::clinic::Clinic;

/// The dashboard, scrolled to `offset`.
fn scene(dashboard: Dashboard, offset: usize) -> Scene {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Function(4)]);
    let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
    let Step::Dashboard(step) = &mut working.step else { panic!("no dashboard") };
    step.content = Asked::Ready(Box::new(dashboard));
    step.offset = offset;
    view(&clinic.model, &Words::english())
}

fn blocks(dashboard: Dashboard, offset: usize) -> Vec<Block> {
    scene(dashboard, offset).blocks
}

fn table(blocks: Vec<Block>) -> Table {
    let table = blocks.into_iter().find_map(|block| if let Block::Table(table) = block { Some(table) } else { None });
    table.unwrap()
}

/// The shares from very low to very high.
fn shares(blocks: &[Block]) -> Vec<TextRole> {
    let shares = blocks.iter().find_map(|block| if let Block::Shares { shares } = block { Some(shares) } else { None });
    shares.unwrap().iter().map(|share| share.role).collect()
}

/// A dashboard of these values in mg/dL.
fn of(values: &[u32]) -> Dashboard {
    let mut dashboard = filled_dashboard();
    dashboard.readings.truncate(values.len());
    for (reading, value) in dashboard.readings.iter_mut().zip(values) {
        reading.measured = Measured::Value(Concentration::mg_per_dl(*value));
    }
    dashboard.summary = Dashboard::summarised(&dashboard.readings, dashboard.period, dashboard.until);
    dashboard
}

/// A range without readings calls nobody, and the ends are louder than what lies between them and the target.
#[test]
fn only_a_range_with_readings_is_loud_and_very_high_is_louder_than_high() {
    let (problem, warning) = (TextRole::Problem, TextRole::Warning);
    assert_eq!(
        shares(&blocks(of(&[100, 110]), 0)),
        [TextRole::Dim, TextRole::Dim, TextRole::Ok, TextRole::Dim, TextRole::Dim]
    );
    assert_eq!(shares(&blocks(of(&[53, 69, 181, 251]), 0)), [problem, warning, TextRole::Dim, warning, problem]);
    let rows = table(blocks(of(&[53, 69, 100, 181, 251]), 0)).rows;
    let roles: Vec<TextRole> = rows.into_iter().map(|(role, _)| role).collect();
    assert_eq!(roles, [problem, warning, TextRole::Text, warning, problem]);
}

/// The sum counts what the list below it holds, but for what it says that it leaves out.
#[test]
fn the_list_and_the_sum_above_it_agree() {
    let blocks = blocks(filled_dashboard(), 0);
    let said = serde_json::to_string(&blocks).unwrap();
    assert!(said.contains("15 on 1 day, not counted: 1 control test; 720 in all"), "{said}");
    assert_eq!(table(blocks).total, 16);
}

/// Of a memory of any size only the rows around those that are seen are made, and they stand at their numbers.
#[test]
fn of_a_long_table_only_the_rows_that_may_be_seen_are_made() {
    let mut dashboard = filled_dashboard();
    let reading = dashboard.readings[0].clone();
    dashboard.readings = (0..10_000)
        .map(|number| {
            let mut reading = reading.clone();
            reading.measured = Measured::Value(Concentration::mg_per_dl(20 + number % 500));
            reading
        })
        .collect();
    for offset in [0, 1, 4_321, 9_800, 9_999] {
        let scene = scene(dashboard.clone(), offset);
        let rows = json::rows(&drawn(&scene, &theme(), 80, 24).0);
        let first_drawn = rows.iter().find(|row| row.contains(" mg/dL") && row.contains("13-Jul")).unwrap();
        let shown = rows.iter().filter(|row| row.contains(" mg/dL") && row.contains("13-Jul")).count();
        let wanted = 20 + offset.min(10_000 - shown) % 500;
        assert!(first_drawn.contains(&format!(" {wanted} mg/dL")), "at {offset}: {first_drawn}");
        let table = table(scene.blocks);
        assert_eq!(table.total, 10_000, "at {offset}");
        let made = Table::TALLEST..=Table::TALLEST + Table::ABOVE;
        assert!(made.contains(&table.rows.len()), "at {offset}: {}", table.rows.len());
        assert!(table.first <= offset && offset < table.first + table.rows.len(), "at {offset}: {}", table.first);
        for (place, (_, cells)) in (table.first..).zip(&table.rows) {
            assert_eq!(cells[1], format!("{} mg/dL", 20 + place % 500), "row {place}");
        }
    }
}
