//! What the dashboard says of its readings, how loudly, and how much of a long list is made for it.

use glucodock::app::asked::Asked;
use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::dashboard::DashboardTab;
use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::reading::Reading;
use glucodock::domain::statistics::{Dashboard, Period};
use glucodock::ui::json;
use glucodock::ui::linear::render;
use glucodock::ui::paint::drawn;
use glucodock::ui::scene::{Block, Scene, Strip, StripRow, Table, TextRole};
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
    assert!(said.contains("15 on 1 of 14 days, not counted: 1 control test; 720 in all"), "{said}");
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

/// The line of this label.
fn fact(blocks: &[Block], label: &str) -> String {
    let facts =
        blocks.iter().filter_map(|block| if let Block::Facts { facts, .. } = block { Some(facts) } else { None });
    facts.flatten().find(|fact| fact.label == label).map(|fact| fact.value.clone()).unwrap_or_default()
}

/// A mean is of few values or of many, and of LO and HI with what stands for them: it says which.
#[test]
fn the_mean_says_what_it_is_of() {
    let few = blocks(filled_dashboard(), 0);
    assert_eq!(fact(&few, "Mean"), "149 mg/dL, median 110; SD, CV from 30 values on");
    let values = "62 to 203 mg/dL, 1 LO as 19, 1 HI as 601";
    assert_eq!(fact(&few, "Values"), values);

    let mut many = filled_dashboard();
    many.readings = many.readings.iter().flat_map(|reading| [reading.clone(), reading.clone()]).collect();
    many.summary = Dashboard::summarised(&many.readings, many.period, many.until);
    let numbers = many.summary.distribution.unwrap();
    let (sd, cv) = (numbers.sd.unwrap(), numbers.cv().unwrap());
    let said = fact(&blocks(many, 0), "Mean");
    assert_eq!(said, format!("149 mg/dL, median 110, SD {sd:.0}, CV {cv:.1} %"));

    let nothing = of(&[]);
    assert_eq!(fact(&blocks(nothing, 0), "Mean"), "none");
}

/// The charts of the overview.
fn strips(blocks: &[Block]) -> Vec<&Strip> {
    blocks.iter().filter_map(|block| if let Block::Strip(strip) = block { Some(strip) } else { None }).collect()
}

fn cells(row: &StripRow) -> String {
    row.cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join("|")
}

/// A dashboard with one more reading of each of these values at these times.
fn with(more: &[(&str, u32)]) -> Dashboard {
    let mut dashboard = filled_dashboard();
    let reading = dashboard.readings[0].clone();
    dashboard.readings.extend(more.iter().map(|(time, value)| Reading {
        time: Some(time.parse().unwrap()),
        measured: Measured::Value(Concentration::mg_per_dl(*value)),
        ..reading.clone()
    }));
    dashboard.summary = Dashboard::summarised(&dashboard.readings, dashboard.period, dashboard.until);
    dashboard
}

/// Median and quartiles stand where there are enough readings for them, and the sentence says what is seen.
#[test]
fn the_standard_day_shows_what_has_enough_readings() {
    let dashboard = with(&[("2026-07-10T21:00", 90), ("2026-07-11T21:00", 100)]);
    let shown = blocks(dashboard, 0);
    let [day, _] = strips(&shown)[..] else { panic!("two charts") };
    let rows: Vec<String> = day.rows.iter().map(cells).collect();
    assert_eq!(rows[0], "0-3|3-6|6-9|9-12|12-15|15-18|18-21|21-24");
    assert_eq!(rows[1], "-|-|-|-|-|-|-|104", "five readings have quartiles");
    assert_eq!(rows[2], "-|-|-|110|92|145|-|100", "three have a median");
    assert_eq!(rows[3], "-|-|-|-|-|-|-|90");
    let said = "Standard day: the lowest median is 92 mg/dL at 12-15 o'clock, the highest 145 at 15-18 o'clock.";
    assert_eq!(day.said, said);

    let few = blocks(of(&[100, 110]), 0);
    let [none, _] = strips(&few)[..] else { panic!("two charts") };
    assert_eq!(none.said, "No standard day: it needs 3 values within three hours of the day.");
}

/// Each day has its mark: how many readings, a hyphen where none is, a blank where nobody measured.
#[test]
fn each_day_of_the_period_has_its_mark() {
    let mut dashboard = with(&[("2026-07-01T08:00", 60), ("2026-07-03T08:00", 100), ("2026-07-14T08:00", 300)]);
    let shown = blocks(dashboard.clone(), 0);
    let marks: Vec<String> = strips(&shown)[1].rows.iter().map(cells).collect();
    assert_eq!(marks, ["-| |-| | | | | | | | | |3|1", "1| |-| | | | | | | | | |2|-"]);
    assert_eq!(strips(&shown)[1].said, "Of 4 days with readings 2 have a value above 180, 2 one below 70.");
    assert_eq!(fact(&shown, "Lows"), "3 below 70, the last 62 on 13-Jul-2026 22:05");

    dashboard.period = Period::Days90;
    dashboard.summary = Dashboard::summarised(&dashboard.readings, dashboard.period, dashboard.until);
    let shown = blocks(dashboard, 0);
    let marks = cells(&strips(&shown)[1].rows[0]);
    assert_eq!((marks.split('|').count(), marks.ends_with("| | |4")), (45, true), "{marks}");
}

/// The overview and the readings one by one, with one key there and back.
#[test]
fn tab_leads_to_all_readings_and_back() {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Function(4)]);
    let tab = |clinic: &Clinic| {
        let AppState::Working(working) = &clinic.model.state else { panic!("nobody is signed in") };
        let Step::Dashboard(step) = &working.step else { panic!("no dashboard") };
        step.tab
    };
    assert_eq!(tab(&clinic), DashboardTab::Overview);
    clinic.keys([Key::Tab]);
    assert_eq!(tab(&clinic), DashboardTab::Readings);
    clinic.keys([Key::BackTab]);
    assert_eq!(tab(&clinic), DashboardTab::Overview);
}

/// All of the overview is seen at 80x24, in both units, and with more readings than any page holds.
#[test]
fn the_whole_overview_is_seen_at_80_by_24() {
    for unit in [Unit::MgPerDl, Unit::MmolPerL] {
        let mut dashboard = filled_dashboard();
        dashboard.readings = dashboard.readings.iter().cycle().take(64).cloned().collect();
        dashboard.summary = Dashboard::summarised(&dashboard.readings, dashboard.period, dashboard.until);
        dashboard.unit = unit;
        let scene = scene(dashboard, 0);
        let said = render(None, &scene);
        for chart in strips(&scene.blocks) {
            assert!(said.contains(&chart.said), "{said:#?}");
        }
        let rows = json::rows(&drawn(&scene, &theme(), 80, 24).0);
        for seen in ["MÜLLER", "Mean", "Values", "Lows", "In range", "Median", "Above", "Below", "until 14-Jul-2026"] {
            assert!(rows.iter().any(|row| row.contains(seen)), "{unit}: {seen}: {rows:#?}");
        }
    }
}
