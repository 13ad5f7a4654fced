//! The small charts of a dashboard: the standard day, and highs and lows day by day.

use super::readings;
use crate::domain::calendar;
use crate::domain::glucose::Unit;
use crate::domain::record::RecordOrigin;
use crate::domain::statistics::{
    Dashboard, Distribution, LEAST_FOR_MEDIAN, LEAST_FOR_QUARTILES, PartNumbers, Range, RangeCounts, Summary,
};
use crate::domain::words::{TextKey, key};
use crate::ui::scene::{Block, Strip, StripCell, StripKind, StripRow, TextRole};
use crate::ui::view::wording::Wording;

/// The hours of a block of the standard day.
const HOURS: usize = 3;

/// More readings of a day than one mark can say.
const MOST_IN_MARK: u32 = 9;

/// The mark of days without a reading. A blank at an end would not be seen, and the last mark be taken for the last
/// day.
pub(super) const WITHOUT: &str = "x";

/// Beside so many marks there is room to say what they are.
const MOST_EXPLAINED: usize = 30;

/// So many readings are looked over at once.
const LATEST: usize = 8;

/// Median and quartiles by time of day; the reason where no time of day has enough readings.
pub(super) fn standard_day(view: &Wording<'_>, dashboard: &Dashboard) -> Block {
    let (unit, parts) = (dashboard.unit, &dashboard.summary.blocks);
    if parts.iter().all(|part| part.median_to_show().is_err()) {
        let text = view.filled(key::STANDARD_DAY_NONE, &[("need", LEAST_FOR_MEDIAN.into())]);
        // It is no more urgent than the chart would be: where that has no room, it has none.
        let row = StripRow { label: text.clone(), cells: Vec::new(), note: String::new() };
        return Block::Strip(Strip { kind: StripKind::Chart, said: text, rows: vec![row] });
    }
    let row = |label: TextKey, of: &dyn Fn(usize) -> StripCell| StripRow {
        label: view.text(label),
        cells: (0..parts.len()).map(of).collect(),
        note: String::new(),
    };
    let value = |mg_per_dl: Option<f64>| number(unit, mg_per_dl);
    let quartiles = |block: usize| parts.get(block).and_then(|part| part.quartiles_to_show().ok());
    let median = |block: usize| parts.get(block).and_then(|part| part.median_to_show().ok());
    let rows = vec![
        row(key::STRIP_HOURS, &|block| StripCell::new(TextRole::Dim, hours(block * HOURS))),
        row(key::STRIP_UPPER, &|block| value(quartiles(block).map(|(_, upper)| upper))),
        row(key::STRIP_MEDIAN, &|block| value(median(block))),
        row(key::STRIP_LOWER, &|block| value(quartiles(block).map(|(lower, _)| lower))),
    ];
    Block::Strip(Strip { kind: StripKind::Chart, said: medians_said(view, dashboard), rows })
}

/// `6-9`: from 6:00 to 8:59.
fn hours(from: usize) -> String {
    format!("{from}-{}", from + HOURS)
}

/// When of the day the median is lowest and highest, and of how many readings: among the three hours that have as many
/// as quartiles need. A median of three or four is drawn, and is no result.
pub(super) fn medians_said(view: &Wording<'_>, dashboard: &Dashboard) -> String {
    let unit = dashboard.unit;
    let medians = || {
        let blocks = dashboard.summary.blocks.iter().enumerate();
        blocks.filter(|(_, part)| part.quartiles_to_show().is_ok()).filter_map(|(block, part)| {
            part.distribution.map(|numbers| (hours(block * HOURS), numbers.median, numbers.count))
        })
    };
    let lowest = medians().min_by(|(_, one, _), (_, other, _)| one.total_cmp(other));
    let highest = medians().max_by(|(_, one, _), (_, other, _)| one.total_cmp(other));
    let need = ("need", LEAST_FOR_QUARTILES.into());
    let (Some((low_hours, low, low_count)), Some((high_hours, high, high_count))) = (lowest, highest) else {
        return view.filled(key::STANDARD_DAY_FEW, &[need]);
    };
    let mut values = vec![
        need,
        ("low", unit.written(low).into()),
        ("low_hours", low_hours.into()),
        ("low_count", low_count.into()),
        ("unit", unit.to_string().into()),
    ];
    if medians().count() == 1 {
        return view.filled(key::STANDARD_DAY_ONE, &values);
    }
    values.extend([
        ("high", unit.written(high).into()),
        ("high_hours", high_hours.into()),
        ("high_count", high_count.into()),
    ]);
    let said = view.filled(key::STANDARD_DAY_SAID, &values);
    // What is drawn beyond them is told, or the sentence would say of an hour with a lower median that there is none.
    let beyond = few(dashboard).filter(|(_, numbers)| !(low..=high).contains(&numbers.median));
    let beyond = view.words.list(beyond.map(|(hours, numbers)| {
        let values =
            [("hours", hours.into()), ("median", unit.written(numbers.median).into()), ("count", numbers.count.into())];
        view.filled(key::STANDARD_DAY_OF_FEW, &values)
    }));
    if beyond.is_empty() {
        return said;
    }
    view.filled(key::STANDARD_DAY_BEYOND, &[("said", said.into()), ("beyond", beyond.into())])
}

/// The hours with a median that is drawn and is no result.
fn few(dashboard: &Dashboard) -> impl Iterator<Item = (String, Distribution)> + '_ {
    let blocks = dashboard.summary.blocks.iter().enumerate();
    let few = blocks.filter(|(_, part)| part.quartiles_to_show().is_err() && part.median_to_show().is_ok());
    few.filter_map(|(block, part)| Some((hours(block * HOURS), part.distribution?)))
}

/// A number in the role of its range, or a hyphen where there is none to show.
pub(super) fn number(unit: Unit, mg_per_dl: Option<f64>) -> StripCell {
    let Some(mg_per_dl) = mg_per_dl else { return StripCell::new(TextRole::Dim, "-") };
    let role = TextRole::of_range(Range::of_mg_per_dl(mg_per_dl), TextRole::Text);
    StripCell::new(role, unit.written(mg_per_dl))
}

/// Where the record is from, if a care platform told of it. It gives way before the charts that say how somebody is: it
/// stands among the uploads too.
pub(super) fn origin(view: &Wording<'_>, dashboard: &Dashboard) -> Option<Block> {
    let RecordOrigin::Platform { elsewhere, at, .. } = dashboard.origin else { return None };
    let values = [("count", elsewhere.into()), ("at", view.moment(at).into())];
    let (label, note) = (view.text(key::LABEL_FROM), view.filled(key::FROM_PLATFORM, &values));
    let said = view.filled(key::FROM_SAID, &[("from", (&note).into())]);
    Some(Block::Strip(Strip {
        kind: StripKind::Numbers,
        said,
        rows: vec![StripRow { label, cells: Vec::new(), note }],
    }))
}

/// How many readings of each day lie above and below the target.
pub(super) fn by_day(view: &Wording<'_>, dashboard: &Dashboard) -> Block {
    let (low_edge, high_edge) = Range::target_edges(dashboard.unit);
    let days = &dashboard.summary.days;
    let per_mark = dashboard.period.days_per_mark();
    let row = |label: TextKey, edge: &str, role, count: &dyn Fn(&RangeCounts) -> u32, note| StripRow {
        label: view.filled(label, &[("limit", edge.into())]),
        cells: marks(days, usize::from(per_mark), role, count),
        note,
    };
    let until = view.filled(key::STRIP_UNTIL, &[("day", calendar::written(dashboard.until).into())]);
    let has = with_readings(dashboard);
    // Where there are many marks, F1 says it alone.
    let without = if has.contains(&false) && has.len() <= MOST_EXPLAINED { "yes" } else { "no" };
    let mark = view.filled(key::STRIP_MARK, &[("days", u32::from(per_mark).into()), ("without", without.into())]);
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
        kind: StripKind::Chart,
        said: view.filled(key::DAYS_SAID, &values),
        rows: vec![
            row(key::STRIP_ABOVE, high_edge, TextRole::High, &RangeCounts::above_180, until),
            row(key::STRIP_BELOW, low_edge, TextRole::Low, &RangeCounts::below_70, mark),
        ],
    })
}

/// Of each mark of the days, whether there is any reading, also without a number.
pub(super) fn with_readings(dashboard: &Dashboard) -> Vec<bool> {
    let per_mark = usize::from(dashboard.period.days_per_mark());
    let marks = dashboard.summary.days.rchunks(per_mark);
    let mut has: Vec<bool> = marks.map(|days| days.iter().any(|day| day.total() > 0)).collect();
    has.reverse();
    has
}

/// A mark for so many days each, the last of them complete: how many readings count, a hyphen where none of some does,
/// a cross where there is none at all.
fn marks(days: &[RangeCounts], per_mark: usize, role: TextRole, count: &dyn Fn(&RangeCounts) -> u32) -> Vec<StripCell> {
    let mark = |days: &[RangeCounts]| {
        let counted: u32 = days.iter().map(count).sum();
        let (role, text) = match counted {
            0 if days.iter().all(|day| day.total() == 0) => (TextRole::Dim, WITHOUT.to_owned()),
            0 => (TextRole::Dim, "-".to_owned()),
            1..=MOST_IN_MARK => (role, counted.to_string()),
            _ => (role, "+".to_owned()),
        };
        StripCell::new(role, text)
    };
    let mut marks: Vec<StripCell> = days.rchunks(per_mark).map(mark).collect();
    marks.reverse();
    marks
}

/// The numbers of the period beside those of the period of the same length before it; nothing if that has no reading.
pub(super) fn beside_before(view: &Wording<'_>, dashboard: &Dashboard) -> Option<Block> {
    if dashboard.before.count == 0 {
        return None;
    }
    let (unit, days) = (dashboard.unit, u32::try_from(dashboard.period.days()).unwrap_or(0));
    let (now, before) = (&dashboard.summary, &dashboard.before);
    let plain = |text: String| StripCell::new(TextRole::Text, text);
    let none = || "-".to_owned();
    let cells = |of: &Summary| {
        vec![
            plain(of.count.to_string()),
            plain(of.frequency.a_day.map_or_else(none, |a_day| format!("{a_day:.1}"))),
            plain(of.distribution.map_or_else(none, |numbers| unit.written(numbers.mean))),
            plain(
                of.distribution
                    .and_then(|numbers| numbers.cv_to_show().ok())
                    .map_or_else(none, |cv| format!("{cv:.1}")),
            ),
            plain(view.words.percent(of.ranges.of(Range::Target), of.count)),
            plain(of.ranges.below_70().to_string()),
            plain(of.ranges.above_180().to_string()),
        ]
    };
    let heads = [
        key::BESIDE_COUNT,
        key::BESIDE_A_DAY,
        key::BESIDE_MEAN,
        key::BESIDE_CV,
        key::BESIDE_IN_RANGE,
        key::BESIDE_LOWS,
        key::BESIDE_HIGHS,
    ];
    let heads = heads.map(|head| StripCell::new(TextRole::Dim, view.text(head))).to_vec();
    let row = |label: String, cells| StripRow { label, cells, note: String::new() };
    let numbers = [("days", days.into())];
    let mean = |of: &Summary| of.distribution.map_or_else(none, |numbers| unit.written(numbers.mean));
    let values = [
        ("days", days.into()),
        ("now", mean(now).into()),
        ("before", mean(before).into()),
        ("unit", unit.to_string().into()),
        ("now_in", view.words.percent(now.ranges.of(Range::Target), now.count).into()),
        ("before_in", view.words.percent(before.ranges.of(Range::Target), before.count).into()),
        ("now_low", now.ranges.below_70().into()),
        ("before_low", before.ranges.below_70().into()),
    ];
    Some(Block::Strip(Strip {
        kind: StripKind::Numbers,
        said: view.filled(key::BESIDE_SAID, &values),
        rows: vec![
            row(view.text(key::BESIDE_PERIOD), heads),
            row(view.filled(key::BESIDE_NOW, &numbers), cells(now)),
            row(view.filled(key::BESIDE_BEFORE, &numbers), cells(before)),
        ],
    }))
}

/// The numbers by meal marker; nothing if no reading has one.
pub(super) fn meals(view: &Wording<'_>, dashboard: &Dashboard) -> Option<Block> {
    let (unit, meals) = (dashboard.unit, &dashboard.summary.meals);
    if !meals.are_marked() {
        return None;
    }
    let marked = [
        (key::MEAL_FASTING, &meals.fasting),
        (key::MEAL_BEFORE, &meals.before),
        (key::MEAL_AFTER, &meals.after),
        (key::MEAL_BEDTIME, &meals.bedtime),
    ];
    // Beside what is marked, or nobody sees that the lows of the night are in none of these.
    let unmarked = (meals.unmarked.ranges.total() > 0).then_some((key::MEAL_UNMARKED, &meals.unmarked));
    let parts: Vec<(TextKey, &PartNumbers)> = marked.into_iter().chain(unmarked).collect();
    let dim = |text: String| StripCell::new(TextRole::Dim, text);
    let row = |label: TextKey, of: &dyn Fn(&PartNumbers) -> StripCell| StripRow {
        label: view.text(label),
        cells: parts.iter().map(|(_, part)| of(part)).collect(),
        note: String::new(),
    };
    let median = |part: &PartNumbers| number(unit, part.median_to_show().ok());
    let count = |count: u32| StripCell::new(TextRole::Text, count.to_string());
    let each =
        view.words.list_of_lists(parts.iter().filter(|(_, part)| part.ranges.total() > 0).map(|(name, part)| {
            let values = [
                ("meal", view.text(*name).into()),
                ("count", part.ranges.total().into()),
                ("median", median(part).text.into()),
                ("low", part.ranges.below_70().into()),
                ("high", part.ranges.above_180().into()),
            ];
            view.filled(key::MEALS_PART, &values)
        }));
    let heads = StripRow {
        label: view.text(key::MEALS_LABEL),
        cells: parts.iter().map(|(name, _)| dim(view.text(*name))).collect(),
        note: String::new(),
    };
    let rows = vec![
        heads,
        row(key::STRIP_MEDIAN, &median),
        row(key::LABEL_READINGS, &|part| count(part.ranges.total())),
        row(key::BESIDE_LOWS, &|part| count(part.ranges.below_70())),
        row(key::BESIDE_HIGHS, &|part| count(part.ranges.above_180())),
    ];
    Some(Block::Strip(Strip {
        kind: StripKind::Numbers,
        said: view.filled(key::MEALS_SAID, &[("parts", each.into())]),
        rows,
    }))
}

/// The last readings.
pub(super) fn latest(view: &Wording<'_>, dashboard: &Dashboard) -> Block {
    let made: Vec<_> = dashboard.shown().take(LATEST).collect();
    let rows = made.iter().map(|reading| {
        let (role, value) = readings::value(view, reading, dashboard.unit);
        let meal = readings::meal(view, reading.meal);
        let notes = [meal, readings::notes(view, reading)];
        StripRow {
            label: readings::time(view, reading),
            cells: vec![StripCell::new(role, value)],
            note: view.words.list(notes.into_iter().filter(|note| !note.is_empty())),
        }
    });
    let rows: Vec<StripRow> = rows.collect();
    let each = view.words.list_of_lists(rows.iter().map(|row| {
        let value = row.cells.first().map_or("", |cell| cell.text.as_str());
        let values = [("time", (&row.label).into()), ("value", value.into()), ("notes", (&row.note).into())];
        view.filled(key::LATEST_READING, &values)
    }));
    Block::Strip(Strip {
        kind: StripKind::Numbers,
        said: view.filled(key::LATEST_SAID, &[("readings", each.into())]),
        rows,
    })
}
