//! The logbook: a row a day, a column for each three hours or each meal marker.

use jiff::civil::{Date, Weekday};

use super::readings;
use crate::app::wizard::dashboard::{ListPosition, LogbookColumns};
use crate::domain::calendar;
use crate::domain::glucose::Measured;
use crate::domain::reading::{Kind, Reading};
use crate::domain::statistics::{BLOCKS, Dashboard, MealFilter, Range};
use crate::domain::words::key;
use crate::ui::scene::{Block, Grid, GridCell, GridRow, Table, TextRole};
use crate::ui::view::wording::Wording;

/// The hours of a column.
const HOURS: usize = 3;

/// The days of the period, the last first, and what the marks mean.
pub(super) fn days(
    view: &Wording<'_>,
    dashboard: &Dashboard,
    columns: LogbookColumns,
    place: ListPosition,
) -> Vec<Block> {
    let total = usize::try_from(dashboard.period.days()).unwrap_or(0);
    let window = Table::window(place.top, total);
    let days = &dashboard.summary.days;
    let with = |is: &dyn Fn(u32, u32) -> bool| days.iter().filter(|day| is(day.total(), day.below_70())).count();
    let values =
        [("with", with(&|all, _| all > 0).into()), ("days", total.into()), ("low", with(&|_, low| low > 0).into())];
    let grid = Grid {
        said: view.filled(key::LOGBOOK_SAID, &values),
        corner: view.text(key::HEAD_DAY),
        head: heads(view, columns),
        rows: window.clone().map(|back| row(view, dashboard, columns, back)).collect(),
        first: window.start,
        total,
        offset: place.top,
        selected: place.row,
        focused: true,
        day: day_of(dashboard, place.row).map(|day| Box::new(readings::of_day(view, dashboard, day))),
    };
    let legend = Block::Text { role: TextRole::Dim, text: view.text(key::LOGBOOK_LEGEND) };
    vec![Block::Grid(grid), legend]
}

/// The day of a row.
fn day_of(dashboard: &Dashboard, row: usize) -> Option<Date> {
    let back = jiff::Span::new().try_days(i64::try_from(row).ok()?).ok()?;
    dashboard.until.checked_sub(back).ok()
}

/// The days of the period with readings, the first before the others, each with its sentence.
pub(in crate::ui::view) fn days_with_readings(view: &Wording<'_>, dashboard: &Dashboard) -> Vec<GridRow> {
    let total = usize::try_from(dashboard.period.days()).unwrap_or(0);
    let rows = (0..total).rev().map(|back| row(view, dashboard, LogbookColumns::Hours, back));
    rows.filter(|row| row.cells.iter().any(|cells| !cells.is_empty())).collect()
}

/// The meal markers in the order of a day; what has none that says anything comes last.
const MEALS: [MealFilter; 5] =
    [MealFilter::Fasting, MealFilter::Before, MealFilter::After, MealFilter::Bedtime, MealFilter::Unmarked];

fn heads(view: &Wording<'_>, columns: LogbookColumns) -> Vec<String> {
    match columns {
        LogbookColumns::Hours => {
            (0..BLOCKS).map(|block| format!("{}-{}", block * HOURS, (block + 1) * HOURS)).collect()
        }
        LogbookColumns::Meals => {
            let heads =
                [key::COLUMN_FASTING, key::COLUMN_BEFORE, key::COLUMN_AFTER, key::COLUMN_BEDTIME, key::COLUMN_UNMARKED];
            heads.map(|head| view.text(head)).to_vec()
        }
    }
}

/// The place of the column of a reading.
fn column(columns: LogbookColumns, reading: &Reading) -> usize {
    match columns {
        // A reading without a time belongs to no day and does not come here.
        LogbookColumns::Hours => reading.time.map_or(0, |time| usize::try_from(time.hour()).unwrap_or(0)) / HOURS,
        // By what the meter marked alone: no meal is guessed from the time of day.
        LogbookColumns::Meals => MEALS.iter().position(|meal| meal.takes(reading)).unwrap_or(MEALS.len()),
    }
}

/// The time of day: `06:05`.
fn clock(reading: &Reading) -> String {
    reading.time.map_or_else(String::new, |time| format!("{:02}:{:02}", time.hour(), time.minute()))
}

/// The day so many days before the last.
fn row(view: &Wording<'_>, dashboard: &Dashboard, columns: LogbookColumns, back: usize) -> GridRow {
    let day = day_of(dashboard, back).unwrap_or(dashboard.until);
    let mut readings: Vec<&Reading> = dashboard.of_day(day).collect();
    // A day is read from the morning on.
    readings.reverse();
    let mut cells = vec![Vec::new(); heads(view, columns).len()];
    for reading in &readings {
        if let Some(cells) = cells.get_mut(column(columns, reading)) {
            cells.push(cell(view, reading, dashboard));
        }
    }
    let said = view.words.list(readings.iter().map(|reading| {
        let values = [("time", clock(reading).into()), ("value", spoken(view, reading, dashboard).into())];
        view.filled(key::LOGBOOK_READING, &values)
    }));
    let said = if said.is_empty() { view.text(key::LOGBOOK_NOTHING) } else { said };
    let said = view.filled(key::LOGBOOK_DAY, &[("day", calendar::written(day).into()), ("readings", said.into())]);
    GridRow { label: label(view, day), said, cells }
}

/// `14-Jul Tu`: which year it is stands above.
fn label(view: &Wording<'_>, day: Date) -> String {
    let weekday = view.text(match day.weekday() {
        Weekday::Monday => key::WEEKDAY_MO,
        Weekday::Tuesday => key::WEEKDAY_TU,
        Weekday::Wednesday => key::WEEKDAY_WE,
        Weekday::Thursday => key::WEEKDAY_TH,
        Weekday::Friday => key::WEEKDAY_FR,
        Weekday::Saturday => key::WEEKDAY_SA,
        Weekday::Sunday => key::WEEKDAY_SU,
    });
    let written = calendar::written(day);
    let without_year = written.rsplit_once('-').map_or(written.as_str(), |(day, _)| day);
    format!("{without_year} {weekday}")
}

/// The value with its mark; what is in no number stands in brackets.
fn cell(view: &Wording<'_>, reading: &Reading, dashboard: &Dashboard) -> GridCell {
    let time = clock(reading);
    let number = match reading.measured {
        Measured::Low => view.text(key::VALUE_LO),
        Measured::High => view.text(key::VALUE_HI),
        Measured::Value(value) => value.glucose_in(dashboard.unit),
        Measured::Unscaled(_) => view.text(key::LOGBOOK_NO_NUMBER),
    };
    if !reading.is_in_numbers() {
        let number = if reading.kind == Kind::Blood { number } else { view.text(key::LOGBOOK_NO_NUMBER) };
        let text = view.filled(key::LOGBOOK_NOT_COUNTED, &[("value", number.into())]);
        return GridCell { time, text, role: TextRole::Dim };
    }
    let range = Range::of_reading(reading);
    let mark = match range {
        // LO and HI say themselves on which side they lie.
        Some(Range::VeryLow | Range::VeryHigh) if reading.measured.concentration().is_none() => Some(key::MARK_VERY),
        Some(Range::VeryLow) => Some(key::MARK_VERY_LOW),
        Some(Range::Low) => Some(key::MARK_LOW),
        Some(Range::High) => Some(key::MARK_HIGH),
        Some(Range::VeryHigh) => Some(key::MARK_VERY_HIGH),
        Some(Range::Target) | None => None,
    };
    let role = range.map_or(TextRole::Text, |range| TextRole::of_range(range, TextRole::Text));
    let mark = mark.map_or_else(String::new, |mark| view.text(mark));
    GridCell { time, text: format!("{number}{mark}"), role }
}

/// The value in words.
fn spoken(view: &Wording<'_>, reading: &Reading, dashboard: &Dashboard) -> String {
    let (_, value) = readings::value(view, reading, dashboard.unit);
    let notes = readings::notes(view, reading);
    view.filled(key::LOGBOOK_SPOKEN, &[("value", value.into()), ("notes", notes.into())])
}
