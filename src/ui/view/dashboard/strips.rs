//! The small charts of a dashboard: the standard day, and highs and lows day by day.

use crate::domain::calendar;
use crate::domain::glucose::Unit;
use crate::domain::statistics::{Dashboard, LEAST_FOR_MEDIAN, Period, Range, RangeCounts};
use crate::domain::words::{TextKey, key};
use crate::ui::scene::{Block, Strip, StripCell, StripRow, TextRole};
use crate::ui::view::View;

/// The hours of a block of the standard day.
const HOURS: usize = 3;

/// More readings of a day than one mark can say.
const MOST_IN_MARK: u32 = 9;

/// Median and quartiles by time of day; the reason where no time of day has enough readings.
pub(super) fn standard_day(view: &View<'_>, dashboard: &Dashboard) -> Block {
    let (unit, parts) = (dashboard.unit, &dashboard.summary.blocks);
    let medians: Vec<(usize, f64)> = parts
        .iter()
        .enumerate()
        .filter_map(|(block, part)| Some((block * HOURS, part.median_to_show().ok()?)))
        .collect();
    let lowest = medians.iter().min_by(|one, other| one.1.total_cmp(&other.1));
    let highest = medians.iter().max_by(|one, other| one.1.total_cmp(&other.1));
    let (Some((low_from, low)), Some((high_from, high))) = (lowest, highest) else {
        let text = view.filled(key::STANDARD_DAY_NONE, &[("need", LEAST_FOR_MEDIAN.into())]);
        // It is no more urgent than the chart would be: where that has no room, it has none.
        let row = StripRow { label: text.clone(), cells: Vec::new(), note: String::new() };
        return Block::Strip(Strip { said: text, rows: vec![row] });
    };
    let hours = |from: usize| format!("{from}-{}", from + HOURS);
    let values = [
        ("low", unit.written(*low).into()),
        ("low_hours", hours(*low_from).into()),
        ("high", unit.written(*high).into()),
        ("high_hours", hours(*high_from).into()),
        ("unit", unit.to_string().into()),
    ];
    let row = |label: TextKey, of: &dyn Fn(usize) -> StripCell| StripRow {
        label: view.text(label),
        cells: (0..parts.len()).map(of).collect(),
        note: String::new(),
    };
    let value = |mg_per_dl: Option<f64>| number(unit, mg_per_dl);
    let quartiles = |block: usize| parts.get(block).and_then(|part| part.quartiles_to_show().ok());
    let median = |block: usize| parts.get(block).and_then(|part| part.median_to_show().ok());
    let rows = vec![
        row(key::STRIP_HOURS, &|block| StripCell { role: TextRole::Dim, text: hours(block * HOURS) }),
        row(key::STRIP_UPPER, &|block| value(quartiles(block).map(|(_, upper)| upper))),
        row(key::STRIP_MEDIAN, &|block| value(median(block))),
        row(key::STRIP_LOWER, &|block| value(quartiles(block).map(|(lower, _)| lower))),
    ];
    Block::Strip(Strip { said: view.filled(key::STANDARD_DAY_SAID, &values), rows })
}

/// A number in the role of its range, or a hyphen where there is none to show.
fn number(unit: Unit, mg_per_dl: Option<f64>) -> StripCell {
    let Some(mg_per_dl) = mg_per_dl else { return StripCell { role: TextRole::Dim, text: "-".to_owned() } };
    let role = match Range::of_mg_per_dl(mg_per_dl) {
        Range::VeryLow | Range::VeryHigh => TextRole::Problem,
        Range::Low | Range::High => TextRole::Warning,
        Range::Target => TextRole::Text,
    };
    StripCell { role, text: unit.written(mg_per_dl) }
}

/// How many readings of each day lie above and below the target.
pub(super) fn by_day(view: &View<'_>, dashboard: &Dashboard) -> Block {
    let (low_edge, high_edge) = Range::target_edges(dashboard.unit);
    let days = &dashboard.summary.days;
    let per_mark: u32 = match dashboard.period {
        Period::Days7 | Period::Days14 | Period::Days30 => 1,
        // Ninety marks are wider than the usual terminal.
        Period::Days90 => 2,
    };
    let row = |label: TextKey, edge: &str, role, count: &dyn Fn(&RangeCounts) -> u32, note| StripRow {
        label: view.filled(label, &[("limit", edge.into())]),
        cells: marks(days, usize::try_from(per_mark).unwrap_or(1), role, count),
        note,
    };
    let until = view.filled(key::STRIP_UNTIL, &[("day", calendar::written(dashboard.until).into())]);
    let mark = view.filled(key::STRIP_MARK, &[("days", per_mark.into())]);
    let with = |is: &dyn Fn(&RangeCounts) -> bool| {
        u32::try_from(days.iter().filter(|day| is(day)).count()).unwrap_or(u32::MAX)
    };
    let values = [
        ("days", with(&|day| day.total() > 0).into()),
        ("high", with(&|day| day.above_180() > 0).into()),
        ("low", with(&|day| day.below_70() > 0).into()),
        ("high_limit", high_edge.into()),
        ("low_limit", low_edge.into()),
    ];
    Block::Strip(Strip {
        said: view.filled(key::DAYS_SAID, &values),
        rows: vec![
            row(key::STRIP_ABOVE, high_edge, TextRole::Warning, &RangeCounts::above_180, until),
            row(key::STRIP_BELOW, low_edge, TextRole::Problem, &RangeCounts::below_70, mark),
        ],
    })
}

/// A mark for so many days each, the last of them complete: how many readings count, a hyphen where none of some does,
/// a blank where there is none at all.
fn marks(days: &[RangeCounts], per_mark: usize, role: TextRole, count: &dyn Fn(&RangeCounts) -> u32) -> Vec<StripCell> {
    let mark = |days: &[RangeCounts]| {
        let counted: u32 = days.iter().map(count).sum();
        let (role, text) = match counted {
            0 if days.iter().all(|day| day.total() == 0) => (TextRole::Dim, " ".to_owned()),
            0 => (TextRole::Dim, "-".to_owned()),
            1..=MOST_IN_MARK => (role, counted.to_string()),
            _ => (role, "+".to_owned()),
        };
        StripCell { role, text }
    };
    let mut marks: Vec<StripCell> = days.rchunks(per_mark).map(mark).collect();
    marks.reverse();
    marks
}
