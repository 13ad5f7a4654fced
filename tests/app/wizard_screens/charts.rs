//! The trend of a period, what is told of charts for which a window has no room, and a day with more readings than one
//! page has lines.

use glucodock::app::key::Key;
use glucodock::domain::glucose::Measured;
use glucodock::domain::reading::Reading;
use glucodock::domain::statistics::{Dashboard, LowHighPolicy, Period};
use glucodock::ui::glyphs::GlyphSet;
use glucodock::ui::json;
use glucodock::ui::linear::render;
use glucodock::ui::paint::drawn;
use glucodock::ui::scene::{Block, Curve, Strip, TextRole};
use glucodock::ui::theme::{Colours, Theme};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use jiff::civil::{DateTime, date};

use super::seen::theme;
use super::tabs::{at, counted, four_weeks, of};
use crate::clinic::Clinic;

fn july(day: i8, hour: i8, minute: i8) -> DateTime {
    date(2026, 7, day).at(hour, minute, 0, 0)
}

/// Two days with a median, one with two values, the others without any.
fn three_days() -> Dashboard {
    let values = [(14, [Some(100), Some(140), Some(120)]), (13, [Some(200), Some(160), Some(180)])];
    let values = values.into_iter().chain([(12, [Some(90), Some(260), None])]);
    let results = values.flat_map(|(day, values)| {
        (7_i8..).zip(values).filter_map(move |(hour, value)| Some((july(day, hour, 0), value?)))
    });
    counted(Period::Days14, results.collect())
}

fn blocks(clinic: &Clinic) -> Vec<Block> {
    view(&clinic.model, &Words::english()).blocks
}

fn strip(blocks: &[Block], label: &str) -> Strip {
    let strips = blocks.iter().filter_map(|block| if let Block::Strip(strip) = block { Some(strip) } else { None });
    strips.into_iter().find(|strip| strip.rows.iter().any(|row| row.label == label)).unwrap().clone()
}

fn curves(blocks: &[Block]) -> Vec<Curve> {
    let curves = blocks.iter().filter_map(|block| if let Block::Curve(curve) = block { Some(curve) } else { None });
    curves.cloned().collect()
}

fn rows(clinic: &Clinic, (columns, rows): (u16, u16)) -> Vec<String> {
    json::rows(&drawn(&view(&clinic.model, &Words::english()), &theme(), columns, rows).0)
}

/// A bar for each day with three values, from the lowest median to the highest; a dot where there are fewer, and a
/// cross where there is none.
#[test]
fn the_trend_has_a_bar_for_each_day_with_a_median() {
    let mut clinic = of(three_days(), &[]);
    let trend = strip(&blocks(&clinic), "Day median");
    let row = &trend.rows[0];
    let heights: Vec<Option<u8>> = row.cells.iter().map(|cell| cell.height).collect();
    assert_eq!(heights, [vec![None; 12], vec![Some(8), Some(1)]].concat());
    let texts: Vec<&str> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
    assert_eq!(texts, [vec!["x"; 11], vec![".", "180", "120"]].concat());
    assert_eq!(row.note, "120 to 180");
    let said = "The median of a day is lowest on 14-Jul-2026 (120 mg/dL) and highest on 13-Jul-2026 (180 mg/dL).";
    assert_eq!(trend.said, said);
    let lines = render(None, &view(&clinic.model, &Words::english()));
    assert_eq!(lines.iter().filter(|line| line.contains(said)).count(), 1, "once: {lines:#?}");
    clinic.keys([Key::Char('u')]);
    assert_eq!(strip(&blocks(&clinic), "Day median").rows[0].note, "6.7 to 10.0");
}

/// The chart has the lowest and the highest value about each median, and dots where there is none.
#[test]
fn the_chart_of_the_trend_has_the_ends_of_each_day() {
    let curves = curves(&blocks(&of(three_days(), &[])));
    let [_, trend] = curves.as_slice() else { panic!("{} charts", curves.len()) };
    assert!(trend.if_room && !trend.is_joined);
    let [.., third, second, last] = trend.slots.as_slice() else { panic!("too few days") };
    assert_eq!((third.median, third.outer, third.points.as_slice()), (None, None, &[90.0, 260.0][..]));
    assert_eq!((second.median, second.outer), (Some(180.0), Some((160.0, 200.0))));
    assert_eq!((last.median, last.outer), (Some(120.0), Some((100.0, 140.0))));
    // Fourteen days, of which every third is named: each name has ten columns.
    let marks: Vec<String> = trend.marks.iter().map(|mark| format!("{} {}", mark.at, mark.label)).collect();
    assert_eq!(marks, ["0 01-Jul", "3 04-Jul", "6 07-Jul", "9 10-Jul", "12 13-Jul"]);
}

/// Small changes are no trend: their bars stand in the middle, none at the floor.
#[test]
fn days_that_hardly_differ_have_bars_of_about_one_height() {
    let results =
        (1..=14).flat_map(|day| (7..10).map(move |hour| (july(day, hour, 0), 120 + u32::from(day.unsigned_abs()) % 3)));
    let trend = strip(&blocks(&of(counted(Period::Days14, results.collect()), &[])), "Day median");
    assert!(trend.rows[0].cells.iter().all(|cell| matches!(cell.height, Some(4 | 5))), "{:?}", trend.rows[0].cells);
}

/// How many charts a window has no room for, as the heading tells it.
fn told(rows: &[String]) -> usize {
    let heading = rows.iter().find(|row| row.contains("Dashboard: ")).unwrap();
    heading
        .split_once(" more part")
        .map_or(0, |(before, _)| before.rsplit(' ').next().and_then(|count| count.parse().ok()).unwrap())
}

/// At 80x24 there is no room for the comparison, the meals, the latest readings and the two large charts; at 120x40 the
/// meals and the latest readings give way to these; a notice
/// takes the row that is kept for a remark, one of two lines that of the trend too, and that is told.
#[test]
fn what_has_no_room_is_counted() {
    let clinic = at(&[]);
    assert_eq!(
        [(80, 24), (120, 40), (200, 50)].map(|size| told(&rows(&clinic, size))),
        [5, 2, 0],
        "{}",
        rows(&clinic, (80, 24)).join("\n")
    );
    let mut board = four_weeks();
    board.left_out.clock_wrong = 3;
    let shown = rows(&of(board.clone(), &[]), (80, 24));
    let has = |shown: &[String], text: &str| shown.iter().any(|row| row.contains(text));
    assert!(has(&shown, "3 readings with doubted times not counted: 3 wrong clock"), "{}", shown.join("\n"));
    let charts = ["Above 180", "Below 70", "Day median"];
    assert!(charts.iter().all(|text| has(&shown, text)), "{}", shown.join("\n"));
    assert_eq!(told(&shown), 5, "{}", shown.join("\n"));
    (board.left_out.ahead, board.left_out.before_model, board.left_out.clock_changed) = (1, 2, 14);
    let shown = rows(&of(board, &[]), (80, 24));
    assert_eq!(charts.map(|text| has(&shown, text)), [true, true, false], "{}", shown.join("\n"));
    assert_eq!(told(&shown), 6, "{}", shown.join("\n"));
}

/// Whoever makes a window taller sees no less of it: no chart goes, nor anything beside as many of them. From 114
/// columns on both charts are there at 40 rows.
#[test]
fn a_larger_window_shows_no_less() {
    let mut noticed = four_weeks();
    noticed.left_out.clock_wrong = 3;
    for clinic in [at(&[]), of(noticed, &[])] {
        let scene = view(&clinic.model, &Words::english());
        let shown = |(columns, rows): (u16, u16)| json::rows(&drawn(&scene, &theme(), columns, rows).0);
        let charts = |rows: &[String]| rows.iter().map(|row| row.matches("Thick: ").count()).sum::<usize>();
        for columns in [80, 90, 113, 114, 120, 155, 158, 180, 195, 196, 217] {
            let shown = (24..64).map(|rows| shown((columns, rows)));
            let missed: Vec<(usize, usize)> = shown.map(|rows| (2 - charts(&rows), told(&rows))).collect();
            assert!(missed.is_sorted_by(|small, large| small >= large), "{columns} columns: {missed:?}");
            // One table is wider than the smallest windows, and below one another both charts want more rows.
            assert!(columns < 114 || missed.last() == Some(&(0, 0)), "{columns} columns: {missed:?}");
        }
        let lacks = (114..240).find(|columns| charts(&shown((*columns, 40))) < 2);
        assert_eq!(lacks, None);
    }
}

/// A day of which nothing has a number has readings all the same.
#[test]
fn a_day_with_hi_alone_is_no_day_without_a_reading() {
    let mut board = three_days();
    let day = july(5, 8, 0);
    let hi =
        board.readings.first().cloned().map(|reading| Reading { time: Some(day), measured: Measured::High, ..reading });
    board.readings.extend(hi);
    board.count_by(LowHighPolicy::Exclude, board.meals);
    let shown = blocks(&of(board, &[]));
    let marks = |label: &str| {
        let row = strip(&shown, label).rows.into_iter().find(|row| row.label == label).unwrap();
        row.cells.iter().map(|cell| cell.text.clone()).collect::<Vec<_>>()
    };
    assert_eq!((marks("Above 180")[4].as_str(), marks("Day median")[4].as_str()), ("1", "."));
}

/// A value is called by its range where nobody sees its colour, and never wrong.
#[test]
fn a_very_low_value_is_told_as_one_in_the_linear_mode() {
    let clinic = at(&[]);
    let lines = render(None, &view(&clinic.model, &Words::english())).join("\n");
    assert!(lines.contains("last 12-Jul-2026; 2 <54, lowest LO (very low)") && !lines.contains("(wrong)"), "{lines}");
}

/// A row of a chart stands for some 27 mg/dL. Nothing of it says low where nothing is: of ten readings a night from 72
/// on the band ends in the row whose middle is 68.
#[test]
fn a_band_says_low_or_high_only_where_its_readings_are() {
    let night = |from: u32| {
        let results = (1..=14).flat_map(move |day| (0..10_i8).map(move |minute| (day, minute)));
        results.map(move |(day, minute)| (july(day, 1, minute), from + 12 * u32::from(minute.unsigned_abs()))).collect()
    };
    let looks = |from: u32, role: TextRole| {
        let clinic = of(counted(Period::Days14, night(from)), &[Key::Char('2')]);
        let scene = view(&clinic.model, &Words::english());
        let glyphs = [GlyphSet::Unicode, GlyphSet::Ascii];
        let sizes = [(80, 24), (120, 40), (200, 50)];
        let drawings = glyphs.into_iter().flat_map(|glyphs| sizes.map(|size| (glyphs, size)));
        let has = |(glyphs, (columns, rows)): (GlyphSet, (u16, u16))| {
            let theme = Theme::new(Colours::Sixteen, glyphs);
            let (buffer, _) = drawn(&scene, &theme, columns, rows);
            // The numbers of the blocks stand below the chart: what is drawn has no letter and no digit.
            let is_drawn = |text: &str| text != " " && text.chars().all(|sign| !sign.is_alphanumeric());
            buffer.content().iter().any(|cell| is_drawn(cell.symbol()) && Some(cell.fg) == theme.style(role).fg)
        };
        drawings.map(has).collect::<Vec<_>>()
    };
    // The 5th percentile of 72, 84 .. 180 is 72 and the 95th 180: fourteen of each are a tenth of all.
    assert_eq!((looks(72, TextRole::Low), looks(72, TextRole::High)), (vec![false; 6], vec![false; 6]));
    assert_eq!((looks(64, TextRole::Low), looks(64, TextRole::High)), (vec![true; 6], vec![false; 6]));
    assert_eq!((looks(75, TextRole::Low), looks(75, TextRole::High)), (vec![false; 6], vec![true; 6]));
}

/// Where rows are left below the patterns, the last readings behind the one under the cursor stand there; a number is
/// made by readings that are looked for when somebody asks for them.
#[test]
fn the_readings_behind_a_pattern_stand_below_where_there_is_room() {
    let mut clinic = at(&[Key::Char('4'), Key::Down]);
    let lows = ["12-Jul-2026 03:40", "07-Jul-2026 03:40", "02-Jul-2026 03:40"];
    let count = |clinic: &Clinic, size| {
        let shown = rows(clinic, size);
        lows.iter().filter(|low| shown.iter().any(|row| row.contains(*low))).count()
    };
    assert_eq!([(80, 24), (120, 40), (200, 50)].map(|size| count(&clinic, size)), [0, 3, 3]);
    clinic.keys([Key::Down, Key::Down]);
    assert_eq!(count(&clinic, (200, 50)), 0, "{}", rows(&clinic, (200, 50)).join("\n"));
}

/// A median of three is drawn and is no result; where it is lower than what the sentence calls the lowest, it is told.
#[test]
fn hours_with_few_readings_are_told_where_they_lie_beyond() {
    let of = |day: i8, hour: i8, value: u32| (july(day, hour, 0), value);
    let results = (1..=5).flat_map(|day| [of(day, 10, 150), of(day, 13, 120)]);
    let nights = (1..=3).map(|day| of(day, 4, 57));
    let said = |results: Vec<(DateTime, u32)>| strip(&blocks(&of_results(results)), "Hour of day").said;
    let sentence = "Standard day: the median is lowest at 12-15 o'clock (120 mg/dL, of 5 readings) and highest at 9-12 \
                    o'clock (150, of 5).";
    assert_eq!(said(results.clone().collect()), sentence);
    assert_eq!(said(results.chain(nights).collect()), format!("{sentence} Of fewer readings: 3-6 o'clock 57 (of 3)."));
}

/// What has no marker stands beside what has one: else the lows of the night are in no column.
#[test]
fn readings_without_a_marker_stand_beside_the_others() {
    let meals = strip(&blocks(&at(&[])), "Meals");
    let cells = |label: &str| -> Vec<String> {
        let row = meals.rows.iter().find(|row| row.label == label).unwrap();
        row.cells.iter().map(|cell| cell.text.clone()).collect()
    };
    assert_eq!(cells("Meals").last().map(String::as_str), Some("not marked"));
    let of_all: u32 = cells("Readings").iter().map(|count| count.parse::<u32>().unwrap()).sum();
    assert_eq!(of_all, four_weeks().summary.count);
}

fn of_results(results: Vec<(DateTime, u32)>) -> Clinic {
    of(counted(Period::Days14, results), &[])
}

/// One day has no plural.
#[test]
fn a_single_day_is_told_as_one() {
    let said = |values: &[u32]| {
        let results = (7_i8..).zip(values).map(|(hour, value)| (july(13, hour, 0), *value)).collect();
        strip(&blocks(&of(counted(Period::Days14, results), &[])), "Above 180").said
    };
    assert_eq!(said(&[100]), "The one day with readings has no value above 180 and none below 70.");
    assert_eq!(said(&[60, 200]), "The one day with readings has a value above 180 and one below 70.");
}

/// Fifteen results within a quarter of an hour, at 80x24: what has no line is counted in its column.
#[test]
fn a_day_with_more_readings_than_lines_says_how_many_more() {
    let results = (0..15_i8).map(|minute| (july(14, 6, minute), 101 + u32::from(minute.unsigned_abs())));
    let clinic = of(counted(Period::Days14, results.collect()), &[Key::Char('3')]);
    let shown = rows(&clinic, (80, 24));
    let seen = (101..116).filter(|value| shown.iter().any(|row| row.contains(&format!(" {value}")))).count();
    let more = shown.iter().find_map(|row| row.trim().strip_prefix('+')?.parse::<usize>().ok());
    assert_eq!(more.map(|more| seen + more), Some(15), "{}", shown.join("\n"));
    assert!(seen >= 10, "{seen}");
    // With room for all of them nothing is counted.
    let tall = rows(&clinic, (80, 50));
    assert!((101..116).all(|value| tall.iter().any(|row| row.contains(&format!(" {value}")))));
    assert!(!tall.iter().any(|row| row.trim().starts_with('+')), "{}", tall.join("\n"));
}

/// Where the window is wide, the day under the cursor stands beside the others, reading by reading; where rows are
/// left, below them.
#[test]
fn the_day_under_the_cursor_is_told_beside_the_others() {
    let mut clinic = at(&[Key::Char('3'), Key::Down]);
    let has = |clinic: &Clinic, size, text: &str| rows(clinic, size).iter().any(|row| row.contains(text));
    assert!(has(&clinic, (200, 50), "Readings of 13-Jul-2026"));
    assert!(has(&clinic, (200, 50), "22:16  192 mg/dL  bedtime"), "{}", rows(&clinic, (200, 50)).join("\n"));
    assert!(has(&clinic, (100, 50), "Readings of 13-Jul-2026"), "{}", rows(&clinic, (100, 50)).join("\n"));
    // With the times in the columns there is nothing to tell beside them.
    assert!(has(&clinic, (120, 40), "22:16 192H"), "{}", rows(&clinic, (120, 40)).join("\n"));
    assert!(!has(&clinic, (80, 24), "Readings of 13-Jul-2026"));
    clinic.keys([Key::Down]);
    assert!(has(&clinic, (200, 50), "Readings of 12-Jul-2026") && has(&clinic, (200, 50), "VERY LOW"));
}

/// The row of the wizard's steps gives way to the numbers, and the tabs and the person stand in the same rows on every
/// tab and in every window: nothing jumps.
#[test]
fn the_tabs_and_the_person_stand_still() {
    for size in [(71, 23), (80, 24), (85, 24), (100, 24), (105, 30), (120, 40), (200, 50)] {
        for digit in ['1', '2', '3', '4', '5', '6', '7'] {
            let shown = rows(&at(&[Key::Char(digit)]), size);
            let told = shown.join("\n");
            assert!(shown[1].contains("Dashboard: ") && shown[2].contains("7 Export"), "{digit} {size:?}\n{told}");
            assert!(shown[2].contains("1 Overview") && shown[3].contains("MÜLLER, Anna"), "{digit} {size:?}\n{told}");
        }
    }
}
