//! What the dashboard says of its readings, how loudly, and how much of a long list is made for it.

use glucodock::app::asked::Asked;
use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::dashboard::{
    CursorList, DashboardStep, DashboardTab, DayField, LogbookPage, PatternsPage, ReadingRows, TabKind,
};
use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::left_out::LeftOut;
use glucodock::domain::reading::{Doubt, Kind, Reading};
use glucodock::domain::statistics::{Dashboard, PartNumbers, PatternKind, Period, Range, RangeCounts};
use glucodock::ui::json;
use glucodock::ui::linear::{keys, render};
use glucodock::ui::paint::drawn;
use glucodock::ui::scene::{Block, Grid, Scene, Strip, StripRow, Table, TextRole};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;

use super::cases::filled_dashboard;
use super::seen::theme;
use crate::clinic::Clinic;

/// The dashboard on this tab.
fn on(dashboard: Dashboard, tab: DashboardTab) -> Scene {
    let mut clinic = at(dashboard);
    step(&mut clinic).tab = tab;
    view(&clinic.model, &Words::english())
}

/// The dashboard as it is come to.
fn at(dashboard: Dashboard) -> Clinic {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Function(4)]);
    step(&mut clinic).content = Asked::Ready(Box::new(dashboard));
    clinic
}

fn step(clinic: &mut Clinic) -> &mut DashboardStep {
    let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
    let Step::Dashboard(step) = &mut working.step else { panic!("no dashboard") };
    step
}

/// The overview.
fn blocks(dashboard: Dashboard) -> Vec<Block> {
    on(dashboard, DashboardTab::Overview).blocks
}

/// The readings one by one, with the cursor on this one.
fn readings(dashboard: Dashboard, row: usize) -> Scene {
    let (days, list) = (CursorList::default(), CursorList::on(row, &ReadingRows(&dashboard)));
    on(dashboard, DashboardTab::Logbook(LogbookPage::Readings { days, list }))
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
    dashboard.count_by(dashboard.low_high, dashboard.meals);
    dashboard
}

/// A range without readings calls nobody, and the ends are louder than what lies between them and the target.
#[test]
fn only_a_range_with_readings_is_loud_and_very_high_is_louder_than_high() {
    assert_eq!(
        shares(&blocks(of(&[100, 110]))),
        [TextRole::Dim, TextRole::Dim, TextRole::Ok, TextRole::Dim, TextRole::Dim]
    );
    assert_eq!(
        shares(&blocks(of(&[53, 69, 181, 251]))),
        [TextRole::VeryLow, TextRole::Low, TextRole::Dim, TextRole::High, TextRole::VeryHigh]
    );
    let rows = table(readings(of(&[53, 69, 100, 181, 251]), 0).blocks).rows;
    let roles: Vec<TextRole> = rows.into_iter().map(|(role, _)| role).collect();
    let plain = [TextRole::VeryLow, TextRole::Low, TextRole::Text, TextRole::High, TextRole::VeryHigh];
    assert_eq!(roles, plain);
}

/// The sum counts what the list below it holds, but for what it says that it leaves out.
#[test]
fn the_list_and_the_sum_above_it_agree() {
    let said = serde_json::to_string(&blocks(filled_dashboard())).unwrap();
    assert!(said.contains("15 on 1 of 14 days, not counted: 1 control test; 720 in all"), "{said}");
    assert_eq!(table(readings(filled_dashboard(), 0).blocks).total, 16);
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
        let scene = readings(dashboard.clone(), offset);
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
    let few = blocks(filled_dashboard());
    assert_eq!(fact(&few, "Mean"), "149 mg/dL, median 110; SD, CV from 30 values on");
    let values = "62 to 203 mg/dL, and 1 LO counted as 19, 1 HI counted as 601";
    assert_eq!(fact(&few, "Values"), values);

    let mut many = filled_dashboard();
    many.readings = many.readings.iter().flat_map(|reading| [reading.clone(), reading.clone()]).collect();
    many.count_by(many.low_high, many.meals);
    let numbers = many.summary.distribution.unwrap();
    let (sd, cv) = (numbers.sd.unwrap(), numbers.cv().unwrap());
    let said = fact(&blocks(many), "Mean");
    assert_eq!(said, format!("149 mg/dL, median 110, SD {sd:.0}, CV {cv:.1} %"));

    let nothing = of(&[]);
    assert_eq!(fact(&blocks(nothing), "Mean"), "none");
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
    dashboard.count_by(dashboard.low_high, dashboard.meals);
    dashboard
}

/// Median and quartiles stand where there are enough readings for them, and the sentence says what is seen.
#[test]
fn the_standard_day_shows_what_has_enough_readings() {
    let dashboard = with(&[("2026-07-10T21:00", 90), ("2026-07-11T21:00", 100)]);
    let shown = blocks(dashboard);
    let [day, ..] = strips(&shown)[..] else { panic!("no chart") };
    let rows: Vec<String> = day.rows.iter().map(cells).collect();
    assert_eq!(rows[0], "0-3|3-6|6-9|9-12|12-15|15-18|18-21|21-24");
    assert_eq!(rows[1], "-|-|-|-|-|-|-|104", "five readings have quartiles");
    assert_eq!(rows[2], "-|-|-|110|92|145|-|100", "three have a median");
    assert_eq!(rows[3], "-|-|-|-|-|-|-|90");
    // A median of three is drawn, and no result.
    let one = "Standard day: only at 21-24 o'clock are there 5 readings or more; their median is 100 mg/dL (of 5).";
    assert_eq!(day.said, one);
    let shown = blocks(with(&[
        ("2026-07-10T21:00", 90),
        ("2026-07-11T21:00", 100),
        ("2026-07-10T13:00", 94),
        ("2026-07-11T13:00", 96),
    ]));
    let [day, ..] = strips(&shown)[..] else { panic!("no chart") };
    let two = "Standard day: the median is lowest at 12-15 o'clock (94 mg/dL, of 5 readings) and highest at 21-24 \
               o'clock (100, of 5). Of fewer readings: 9-12 o'clock 110 (of 3), 15-18 o'clock 145 (of 3).";
    assert_eq!(day.said, two);
    let nowhere = blocks(filled_dashboard());
    let [day, ..] = strips(&nowhere)[..] else { panic!("no chart") };
    assert_eq!(day.said, "Standard day: at no time of day are there the 5 readings that a comparison needs.");

    let few = blocks(of(&[100, 110]));
    let [none, ..] = strips(&few)[..] else { panic!("no chart") };
    assert_eq!(none.said, "No standard day: it needs 3 values within three hours of the day.");
}

/// The last low may be a harmless one: where some are very low, the lowest is told.
#[test]
fn of_lows_the_lowest_is_told_and_not_the_last() {
    let later = [("2026-07-01T08:00", 40), ("2026-07-03T08:00", 100), ("2026-07-14T08:00", 300)];
    assert_eq!(fact(&blocks(with(&later)), "Lows"), "3 below 70, last 13-Jul-2026; 2 <54, lowest LO");
}

/// Each day has its mark: how many readings, a hyphen where none is, a cross where nobody measured.
#[test]
fn each_day_of_the_period_has_its_mark() {
    let mut dashboard = with(&[("2026-07-01T08:00", 60), ("2026-07-03T08:00", 100), ("2026-07-14T08:00", 300)]);
    let shown = blocks(dashboard.clone());
    let marks: Vec<String> = strips(&shown)[1].rows.iter().map(cells).collect();
    assert_eq!(marks, ["-|x|-|x|x|x|x|x|x|x|x|x|3|1", "1|x|-|x|x|x|x|x|x|x|x|x|2|-"]);
    assert_eq!(strips(&shown)[1].said, "Of 4 days with readings 2 have a value above 180, 2 have one below 70.");
    assert_eq!(fact(&shown, "Lows"), "3 below 70, last 13-Jul-2026; 1 <54, lowest LO");

    dashboard.period = Period::Days90;
    dashboard.count_by(dashboard.low_high, dashboard.meals);
    let shown = blocks(dashboard);
    let marks = cells(&strips(&shown)[1].rows[0]);
    assert_eq!((marks.split('|').count(), marks.ends_with("|x|x|4")), (45, true), "{marks}");
}

/// Each tab has its key, and Tab goes round.
#[test]
fn every_tab_has_its_key_and_tab_goes_round() {
    let mut clinic = at(filled_dashboard());
    let mut kind = |keys: &[Key]| {
        clinic.keys(keys.to_vec());
        step(&mut clinic).tab.kind()
    };
    assert_eq!(kind(&[]), TabKind::Overview);
    for (digit, wanted) in [
        ('2', TabKind::StandardDay),
        ('3', TabKind::Logbook),
        ('4', TabKind::Patterns),
        ('5', TabKind::Devices),
        ('6', TabKind::Uploads),
        ('7', TabKind::Export),
    ] {
        assert_eq!(kind(&[Key::Char(digit)]), wanted);
    }
    let round: Vec<TabKind> = (0..TabKind::ALL.len()).map(|_| kind(&[Key::Tab])).collect();
    assert_eq!(round, TabKind::ALL);
    assert_eq!(kind(&[Key::BackTab]), TabKind::ALL[TabKind::ALL.len() - 2]);
    assert_eq!(kind(&[Key::Char('1')]), TabKind::Overview);
}

/// Lines: rows with a cursor have numbers, and a tab is reached by its key behind a =, whatever has a number.
#[test]
fn tabs_and_days_are_reached_by_lines() {
    let mut clinic = at(super::tabs::four_weeks());
    let mut line = |line: &str| {
        let scene = view(&clinic.model, &Words::english());
        clinic.keys(keys(line, &scene));
        let step = step(&mut clinic);
        (step.tab.clone(), step.position().row)
    };
    assert_eq!(line("=3").0.kind(), TabKind::Logbook);
    assert!(matches!(line("3").0, DashboardTab::Logbook(LogbookPage::Readings { .. })));
    assert!(matches!(line("2"), (DashboardTab::Logbook(LogbookPage::Reading { .. }), 1..)));
    assert_eq!(line("=4").0.kind(), TabKind::Patterns);
    assert!(matches!(line("1").0, DashboardTab::Patterns(PatternsPage::Evidence { .. })));
    assert_eq!(line("tab").0.kind(), TabKind::Devices);
    let said = render(None, &view(&clinic.model, &Words::english())).join("\n");
    assert!(said.contains("Devices is shown. Tabs: =1 Overview, =2 Standard day"), "{said}");
}

/// From a day to its readings, to all that is known of one, and back with nothing lost.
#[test]
fn enter_leads_from_a_day_to_a_reading_and_esc_back() {
    let mut clinic = at(with(&[("2026-07-11T08:00", 60), ("2026-07-11T07:30", 101)]));
    clinic.sources = Ok(super::tabs::sources());
    clinic.keys([Key::Char('3'), Key::Down, Key::Down, Key::Enter]);
    let said = |clinic: &Clinic| serde_json::to_string(&view(&clinic.model, &Words::english()).blocks).unwrap();
    // The 12th has none: the next earlier one is that of the 11th.
    assert_eq!(table(view(&clinic.model, &Words::english()).blocks).selected, Some(16));
    clinic.keys([Key::Down, Key::Enter]);
    for known in ["11-Jul-2026 07:30", "101 mg/dL", "in range", "counted", "no. 62", "Nurse Nora"] {
        assert!(said(&clinic).contains(known), "{known}: {}", said(&clinic));
    }
    clinic.keys([Key::Char('u')]);
    assert!(said(&clinic).contains("5.6 mmol/L") && said(&clinic).contains("101 mg/dL"), "{}", said(&clinic));
    clinic.keys([Key::Escape]);
    assert_eq!(table(view(&clinic.model, &Words::english()).blocks).selected, Some(17));
    clinic.keys([Key::Escape]);
    assert!(said(&clinic).contains("logbook") || said(&clinic).contains("days with readings"), "{}", said(&clinic));
    clinic.keys([Key::Escape]);
    assert_eq!(clinic.step(), "find_patient");
}

/// A pattern is found, not found, or there is too little to say so; Enter leads to the readings behind one that is
/// found, and nowhere from the others.
#[test]
fn patterns_have_three_states_and_their_readings_behind_them() {
    let mut clinic = at(super::tabs::four_weeks());
    clinic.keys([Key::Char('4')]);
    let states = |clinic: &Clinic| -> Vec<String> {
        let rows = table(view(&clinic.model, &Words::english()).blocks).rows;
        rows.into_iter().map(|(_, cells)| format!("{}: {}", cells[0], cells[1])).collect()
    };
    let found = states(&clinic);
    assert!(
        found.contains(&"Very lows: FOUND".into()) && found.contains(&"Very highs at a time: not found".into()),
        "{found:?}"
    );
    clinic.keys([Key::Enter]);
    let evidence = table(view(&clinic.model, &Words::english()).blocks);
    let rows: Vec<String> = evidence.rows.iter().map(|(_, cells)| cells.join(" ")).collect();
    assert_eq!(rows, ["12-Jul-2026 03:40 52 mg/dL VERY LOW", "08-Jul-2026 09:13 LO VERY LOW"]);
    clinic.keys([Key::Escape, Key::Down, Key::Down]);
    let before = states(&clinic);
    clinic.keys([Key::Enter]);
    assert_eq!(states(&clinic), before, "nothing is behind what is not found");

    let mut few = at(filled_dashboard());
    few.keys([Key::Char('4')]);
    let said = states(&few);
    assert_eq!(said.iter().filter(|row| row.ends_with("not enough data")).count(), 5, "{said:?}");
    assert!(said.contains(&"Very lows: FOUND".into()), "a LO is there however little is known: {said:?}");
}

/// One definition of a low on all tabs: what the overview counts has its mark in the logbook, is behind the patterns
/// and in the tables, whatever lies at a limit, is no glucose, or is in no number.
#[test]
fn every_tab_tells_the_same_lows() {
    let mut board = super::tabs::four_weeks();
    let shown = [(2, 694, 1), (3, 69, 0), (4, 70, 0), (5, 54, 0), (6, 53, 0), (8, 40, 0), (10, 38, 1), (11, 39, 1)];
    for (place, digits, decimals) in shown {
        let unit = if decimals == 1 && digits < 100 { Unit::MmolPerL } else { Unit::MgPerDl };
        board.readings[place].measured = Measured::Value(Concentration::new(digits, decimals, unit));
    }
    board.readings[8].kind = Kind::Sensor;
    board.readings[14].measured = Measured::Low;
    board.readings[14].doubts = vec![Doubt::TimeAhead];
    board.readings[15].measured = Measured::Low;
    board.count_by(board.low_high, board.meals);
    let (lows, very_low) = (board.summary.ranges.below_70(), board.summary.ranges.of(Range::VeryLow));
    let is_low = |reading: &&Reading| {
        reading.is_in_numbers() && Range::of_reading(reading).is_some_and(|range| range <= Range::Low)
    };
    assert_eq!(usize::try_from(lows).unwrap(), board.readings.iter().filter(is_low).count());
    let days: std::collections::BTreeSet<_> = board
        .readings
        .iter()
        .filter(is_low)
        .filter_map(|reading| reading.time)
        .map(jiff::civil::DateTime::date)
        .collect();

    let mut clinic = at(board.clone());
    let text = |clinic: &Clinic| serde_json::to_string(&view(&clinic.model, &Words::english()).blocks).unwrap();
    assert!(text(&clinic).contains(&format!("{lows} below 70")), "{}", text(&clinic));
    clinic.keys([Key::Char('3')]);
    for _ in 0..2 {
        let scene = view(&clinic.model, &Words::english());
        let grid =
            scene.blocks.into_iter().find_map(|block| if let Block::Grid(grid) = block { Some(grid) } else { None });
        let grid = grid.unwrap();
        let cells = grid.rows.iter().flat_map(|row| row.cells.iter().flatten());
        let (mut marked, mut very) = (0, 0);
        for cell in cells {
            marked += u32::from(matches!(cell.role, TextRole::Low | TextRole::VeryLow));
            very += u32::from(cell.role == TextRole::VeryLow);
        }
        assert_eq!((marked, very), (lows, very_low), "{:?}", grid.said);
        assert!(grid.said.ends_with(&format!("{} with a low", days.len())), "{}", grid.said);
        clinic.keys([Key::Char('3')]);
    }
    clinic.keys([Key::Char('4'), Key::Enter]);
    assert_eq!(step(&mut clinic).pattern().unwrap().kind, PatternKind::VeryLow);
    assert_eq!(step(&mut clinic).rows(), usize::try_from(very_low).unwrap());
    // By meal marker and by time of day each low is told once.
    let parts = |parts: &[&PartNumbers]| parts.iter().map(|part| part.ranges.below_70()).sum::<u32>();
    let meals = &board.summary.meals;
    assert_eq!(parts(&[&meals.before, &meals.after, &meals.fasting, &meals.bedtime, &meals.unmarked]), lows);
    assert_eq!(parts(&board.summary.blocks.each_ref()), lows);
    assert_eq!(board.summary.days.iter().map(RangeCounts::below_70).sum::<u32>(), lows);
}

/// Whoever comes to the patterns comes for what is found: the cursor is on the first of that, and Enter leads on.
#[test]
fn the_cursor_begins_on_the_first_pattern_that_is_found() {
    let mut clinic = at(super::tabs::four_weeks());
    clinic.keys([Key::Char('4')]);
    assert_eq!(step(&mut clinic).pattern().unwrap().kind, PatternKind::VeryLow);
    // Of those before meals only the risk of highs is found.
    clinic.keys([Key::Char('m')]);
    let (pattern, place) = (step(&mut clinic).pattern().unwrap().clone(), step(&mut clinic).position());
    assert_eq!((pattern.kind, place.row), (PatternKind::RiskOfHighs, 5));
    clinic.keys([Key::Enter]);
    assert!(step(&mut clinic).reading().is_some(), "its readings are listed");
    clinic.keys([Key::Escape, Key::Up]);
    assert_eq!(step(&mut clinic).position().row, 4, "the arrows go on from there");
    let mut none = at(super::tabs::counted(Period::Days14, vec![]));
    none.keys([Key::Char('4')]);
    assert_eq!(step(&mut none).position().row, 0, "where nothing is found it is on the first");
}

/// From a pattern to the readings that make its number, to all that is known of one of them, and back.
#[test]
fn enter_leads_from_a_pattern_to_a_reading_and_esc_back() {
    let mut clinic = at(super::tabs::four_weeks());
    clinic.sources = Ok(super::tabs::sources());
    let shown = |clinic: &Clinic| table(view(&clinic.model, &Words::english()).blocks);
    clinic.keys([Key::Char('4'), Key::Down, Key::Down, Key::Down]);
    assert_eq!(step(&mut clinic).pattern().unwrap().kind, PatternKind::Variability);
    clinic.keys([Key::Enter, Key::Down]);
    let evidence = shown(&clinic);
    assert_eq!((evidence.selected, evidence.total), (Some(1), evidence.rows.len()));
    let (_, second) = &evidence.rows[1];
    clinic.keys([Key::Enter]);
    let said = serde_json::to_string(&view(&clinic.model, &Words::english()).blocks).unwrap();
    assert!(
        said.contains(&second[0]) && said.contains(&second[1]) && said.contains("Nurse Nora"),
        "{second:?}: {said}"
    );
    clinic.keys([Key::Escape]);
    assert_eq!(shown(&clinic), evidence);
    clinic.keys([Key::Escape]);
    assert_eq!(shown(&clinic).total, 6);
}

/// The columns of the logbook are hours or meal markers, by the key of the tab; each reading is in one, and the list
/// stays where it is.
#[test]
fn the_logbook_has_columns_of_hours_or_of_meals() {
    let mut clinic = at(super::tabs::four_weeks());
    clinic.keys([Key::Char('3'), Key::Down]);
    let grid = |clinic: &Clinic| {
        let blocks = view(&clinic.model, &Words::english()).blocks;
        blocks.into_iter().find_map(|block| if let Block::Grid(grid) = block { Some(grid) } else { None }).unwrap()
    };
    let count = |grid: &Grid| grid.rows.iter().flat_map(|row| row.cells.iter().flatten()).count();
    let hours = grid(&clinic);
    clinic.keys([Key::Char('3')]);
    let meals = grid(&clinic);
    assert_eq!((hours.head.len(), meals.head.join(" ")), (8, "Fasting Before After Bedtime Unmarked".into()));
    assert_eq!((count(&hours), count(&meals), meals.selected), (72, 72, 1));
    let of_day: Vec<String> =
        meals.rows[1].cells.iter().flatten().map(|cell| format!("{} {}", cell.time, cell.text)).collect();
    assert_eq!(of_day, ["06:57 109", "12:14 102", "18:40 (-)", "09:18 (157)", "22:16 192H"]);
    clinic.keys([Key::Char('3')]);
    assert_eq!(grid(&clinic), hours);
}

/// The unit is how numbers are written: no count and no range changes with it.
#[test]
fn the_unit_changes_no_count() {
    let mut clinic = at(filled_dashboard());
    let shares = |clinic: &Clinic| {
        let blocks = view(&clinic.model, &Words::english()).blocks;
        let shares =
            blocks.into_iter().find_map(|block| if let Block::Shares { shares } = block { Some(shares) } else { None });
        shares.unwrap().into_iter().map(|share| share.count).collect::<Vec<_>>()
    };
    let before = shares(&clinic);
    clinic.keys([Key::Char('u')]);
    let scene = view(&clinic.model, &Words::english());
    assert_eq!(scene.heading, "Dashboard: the last 14 days, in mmol/L");
    assert_eq!(
        (shares(&clinic), fact(&scene.blocks, "Values")),
        (before, "3.4 to 11.3 mmol/L, and 1 LO counted as 1.1, 1 HI counted as 33.4".into())
    );
    clinic.keys([Key::Char('u')]);
    assert_eq!(
        fact(&view(&clinic.model, &Words::english()).blocks, "Values"),
        "62 to 203 mg/dL, and 1 LO counted as 19, 1 HI counted as 601"
    );
}

/// The key names what would stand for LO and HI next, on every tab with numbers that they are in.
#[test]
fn what_stands_for_lo_and_hi_next_is_named_wherever_it_matters() {
    let mut clinic = at(super::tabs::four_weeks());
    let hint = |clinic: &Clinic| {
        let hints = view(&clinic.model, &Words::english()).hints;
        hints.into_iter().find(|hint| hint.key == "l").map(|hint| hint.action)
    };
    for (digit, is_there) in [('1', true), ('2', true), ('3', false), ('4', true), ('5', false), ('6', false)] {
        clinic.keys([Key::Char(digit)]);
        assert_eq!(hint(&clinic).as_deref(), is_there.then_some("leave LO, HI out"), "{digit}");
    }
    clinic.keys([Key::Char('4'), Key::Char('4'), Key::Char('l')]);
    assert_eq!(hint(&clinic).as_deref(), Some("LO 9, HI 601"), "on the page of numbers too");
    clinic.keys([Key::Char('l')]);
    assert_eq!(hint(&clinic).as_deref(), Some("LO, HI by meter"));
}

/// The logbook marks LO and HI as what they are, very low and very high.
#[test]
fn lo_and_hi_have_their_marks_in_the_logbook() {
    let mut clinic = at(super::tabs::four_weeks());
    clinic.keys([Key::Char('3')]);
    let said = serde_json::to_string(&view(&clinic.model, &Words::english()).blocks).unwrap();
    assert!(said.contains("\"text\":\"LO!\"") && said.contains("\"text\":\"HI!\""), "{said}");
}

/// A chart holds what was measured: its lower edge is below the lowest, its upper edge above the highest, and both and
/// the target have each a row of their own, however few there are.
#[test]
fn the_axis_of_a_chart_holds_what_was_measured() {
    let mut board = super::tabs::four_weeks();
    board.readings[0].measured = Measured::Value(Concentration::mg_per_dl(31));
    board.readings[1].measured = Measured::Value(Concentration::mg_per_dl(455));
    board.count_by(board.low_high, board.meals);
    let mut clinic = at(board);
    let curves = |clinic: &Clinic| -> Vec<Vec<String>> {
        let blocks = view(&clinic.model, &Words::english()).blocks;
        let curves =
            blocks.into_iter().filter_map(|block| if let Block::Curve(curve) = block { Some(curve) } else { None });
        curves.map(|curve| curve.levels.into_iter().map(|level| level.label).collect()).collect()
    };
    // HI stands for 601 mg/dL: at the upper edge, which is as much as meters measure.
    assert_eq!(curves(&clinic)[1], ["600", "250", "180", "70", "54", "0"], "the trend");
    clinic.keys([Key::Char('l')]);
    // One day that lies far beyond all others is marked at the edge: the others would be flat for its sake.
    assert_eq!(curves(&clinic)[1], ["300", "250", "180", "70", "54", "0"], "without HI");
    let said = serde_json::to_string(&view(&clinic.model, &Words::english()).blocks).unwrap();
    assert!(said.contains("Marked at the upper edge: days that go on beyond 300, to 455."), "{said}");
}

/// Where nothing of the period counts, the last reading of the record is told on every tab with readings, and `d` leads
/// to its days.
#[test]
fn an_empty_period_leads_to_the_last_reading() {
    let mut board = super::tabs::counted(Period::Days14, vec![]);
    board.last_reading = Some(jiff::civil::date(2026, 1, 20).at(7, 30, 0, 0));
    let said = "The last reading known is of 20-Jan-2026 07:30: d leads to its days.";
    for tab in ['1', '2', '3', '4', '7'] {
        let mut clinic = at(board.clone());
        clinic.keys([Key::Char(tab)]);
        let rows = json::rows(&drawn(&view(&clinic.model, &Words::english()), &theme(), 80, 24).0);
        assert!(rows.iter().any(|row| row.contains(said)), "{tab}: {rows:#?}");
    }
    let mut clinic = at(board.clone());
    clinic.keys([Key::Char('d')]);
    let form = step(&mut clinic).days.clone().unwrap();
    let days = [DayField::First, DayField::Last].map(|field| form.field(field).text().to_owned());
    assert_eq!(days, ["07-Jan-2026", "20-Jan-2026"]);
    clinic.keys([Key::Enter, Key::Enter]);
    let step = step(&mut clinic);
    let last = step.last_day(jiff::civil::date(2026, 7, 14));
    assert_eq!((step.period.days(), last), (14, jiff::civil::date(2026, 1, 20)));
    // It says nothing where there is something to see, or the reading lies in the period and another meal is looked at.
    board.last_reading = Some(jiff::civil::date(2026, 7, 14).at(7, 30, 0, 0));
    assert_eq!(board.last_elsewhere(), None);
    let mut board = super::tabs::four_weeks();
    board.last_reading = Some(jiff::civil::date(2026, 7, 20).at(7, 30, 0, 0));
    assert_eq!(board.last_elsewhere(), None);
}

/// A long name of who uploaded goes on below between its words; the name of a meter gives way before one of them
/// breaks.
#[test]
fn the_name_of_who_uploaded_is_broken_between_words() {
    let mut board = super::tabs::four_weeks();
    for upload in &mut board.uploads {
        upload.user = "Konstantina administrator".into();
    }
    let mut clinic = at(board);
    clinic.keys([Key::Char('6')]);
    let rows = json::rows(&drawn(&view(&clinic.model, &Words::english()), &theme(), 80, 24).0);
    let has = |text: &str| rows.iter().filter(|row| row.trim_end().ends_with(text)).count();
    assert_eq!((has("Konstantina"), has(" administrator")), (3, 3), "{rows:#?}");
    assert_eq!(rows.iter().filter(|row| row.contains(" ..0042") || row.contains(" ..7731")).count(), 3, "{rows:#?}");
}

/// F1 tells of the key for LO and HI on every tab, and why it does nothing where no number has them.
#[test]
fn f1_tells_of_lo_and_hi_on_every_tab() {
    for tab in ['1', '2', '3', '4', '5', '6', '7'] {
        let mut clinic = at(super::tabs::four_weeks());
        clinic.keys([Key::Char(tab), Key::Function(1)]);
        let said = render(None, &view(&clinic.model, &Words::english())).join("\n");
        assert!(said.contains("LO"), "{tab}: {said}");
        assert_eq!(said.contains("LO and HI are in no number of this tab."), "356".contains(tab), "{tab}: {said}");
    }
}

/// A record of doubted times alone says where they are seen.
#[test]
fn what_has_a_doubted_time_is_told_where_nothing_counts() {
    let doubted = |period| {
        let mut board = super::tabs::four_weeks();
        board.readings.iter_mut().for_each(|reading| reading.doubts = vec![Doubt::ClockWrong]);
        if period == Period::Days7 {
            board.readings.clear();
        }
        board.left_out = LeftOut { clock_wrong: 71, ..LeftOut::default() };
        board.count_by(board.low_high, board.meals);
        serde_json::to_string(&blocks(board)).unwrap()
    };
    let said = doubted(Period::Days14);
    assert!(said.contains("No reading of this period is in the numbers: the logbook has them in brackets"), "{said}");
    assert!(said.contains("none that is in the numbers"), "{said}");
    let said = doubted(Period::Days7);
    assert!(said.contains("No readings in this period. Those with a doubted time (71) stand in the logbook"), "{said}");
}

/// The form for other days has those that are looked at, names what is wrong with a day that no month has, and goes on
/// once either day was put right.
#[test]
fn the_form_for_other_days_can_be_put_right() {
    let mut clinic = at(filled_dashboard());
    clinic.keys([Key::Char('d')]);
    let field = |clinic: &Clinic, place: usize| {
        let blocks = view(&clinic.model, &Words::english()).blocks;
        let fields =
            blocks.into_iter().filter_map(|block| if let Block::Field(field) = block { Some(field) } else { None });
        fields.map(|field| (field.value, field.complaint)).nth(place).unwrap()
    };
    assert_eq!((field(&clinic, 0).0, field(&clinic, 1).0), ("01-Jul-2026".into(), "14-Jul-2026".into()));
    clinic.text("31-Feb-2026");
    clinic.keys([Key::Enter]);
    assert_eq!(field(&clinic, 0).1.as_deref(), Some("There is no such day: Feb-2026 has 28 days."));
    clinic.text("10-Jul-2026");
    clinic.keys([Key::Enter]);
    clinic.text("9-Jul-2026");
    clinic.keys([Key::Enter]);
    assert!(field(&clinic, 1).1.is_some_and(|said| said.contains("before the first day")));
    // The first day is put right instead.
    clinic.keys([Key::Up]);
    clinic.text("2-Jul-2026");
    clinic.keys([Key::Down, Key::Enter]);
    assert_eq!(step(&mut clinic).period, Period::Other(8));
}

/// What stands for LO and HI is told, and moves the mean and no count.
#[test]
fn what_stands_for_lo_and_hi_is_told() {
    let mut clinic = at(filled_dashboard());
    let values = |clinic: &Clinic| fact(&view(&clinic.model, &Words::english()).blocks, "Values");
    let said: Vec<String> = (0..3)
        .map(|_| {
            clinic.keys([Key::Char('l')]);
            values(&clinic)
        })
        .collect();
    assert_eq!(
        said,
        [
            "62 to 203 mg/dL, and 1 LO in no mean, 1 HI in no mean",
            "62 to 203 mg/dL, and 1 LO counted as 9, 1 HI counted as 601",
            "62 to 203 mg/dL, and 1 LO counted as 19, 1 HI counted as 601",
        ]
    );
}

/// Only the readings of one marker are looked at, on every tab with readings, and it says so.
#[test]
fn the_meals_that_are_looked_at_are_said_on_every_tab() {
    let mut clinic = at(filled_dashboard());
    clinic.keys([Key::Char('m')]);
    for digit in ['1', '2', '3', '4', '5', '6', '7'] {
        clinic.keys([Key::Char(digit)]);
        let said = serde_json::to_string(&view(&clinic.model, &Words::english()).blocks).unwrap();
        let is_said = said.contains("Only readings marked as before a meal are looked at.");
        assert_eq!(is_said, !matches!(digit, '5' | '6'), "{digit}: {said}");
    }
    clinic.keys([Key::Char('3'), Key::Enter]);
    let table = table(view(&clinic.model, &Words::english()).blocks);
    assert_eq!(table.total, 4);
    assert!(table.rows.iter().all(|(_, cells)| cells[2] == "before meal"), "{:?}", table.rows);
    // Another period is looked at in the same way.
    clinic.keys([Key::Right]);
    let said = serde_json::to_string(&view(&clinic.model, &Words::english()).blocks).unwrap();
    assert!(said.contains("Only readings marked as before a meal are looked at."), "{said}");
}

/// All of the overview is seen at 80x24, in both units, and with more readings than any page holds.
#[test]
fn the_whole_overview_is_seen_at_80_by_24() {
    for unit in [Unit::MgPerDl, Unit::MmolPerL] {
        let mut dashboard = filled_dashboard();
        dashboard.readings = dashboard.readings.iter().cycle().take(64).cloned().collect();
        dashboard.count_by(dashboard.low_high, dashboard.meals);
        dashboard.unit = unit;
        let scene = on(dashboard, DashboardTab::Overview);
        let said = render(None, &scene);
        for chart in strips(&scene.blocks) {
            assert!(said.contains(&chart.said), "{said:#?}");
        }
        let rows = json::rows(&drawn(&scene, &theme(), 80, 24).0);
        for seen in ["MÜLLER", "Mean", "Values", "Lows", "In range", "Median", "Above", "Below", "to 14-Jul-2026"] {
            assert!(rows.iter().any(|row| row.contains(seen)), "{unit}: {seen}: {rows:#?}");
        }
    }
}
