//! The trend over the period: the median of each day, beside the marks of its highs and lows and as a chart of its own.

use jiff::civil::Date;

use super::standard_day;
use super::strips;
use crate::domain::calendar;
use crate::domain::statistics::{Dashboard, LEAST_FOR_MEDIAN, TrendPoint};
use crate::domain::words::key;
use crate::ui::scene::{Block, Curve, CurveMark, CurveSlot, Strip, StripCell, StripKind, StripRow, TextRole};
use crate::ui::view::wording::Wording;

/// Bars differ by this at least from the lowest to the highest, in mg/dL: less is no trend, however it looks.
const LEAST_SPREAD: f64 = 40.0;

/// Columns that a day needs below a chart, with those between two.
const DAY_WIDTH: usize = 10;

/// Columns of a chart at least: at 80x24 it has 71.
const CHART_WIDTH: usize = 66;

/// The first day of each mark.
fn days(dashboard: &Dashboard) -> impl Iterator<Item = Date> + '_ {
    let (first, until) = (dashboard.period.span(dashboard.until).from.date(), dashboard.until);
    let together = i64::from(dashboard.period.days_per_mark());
    let count = i64::try_from(dashboard.trend.len()).unwrap_or(0);
    (1..=count).rev().map(move |left| until.saturating_sub(jiff::Span::new().days(left * together - 1)).max(first))
}

/// The marks with a median, each with its first day.
fn medians(dashboard: &Dashboard) -> impl Iterator<Item = (Date, f64)> + '_ {
    days(dashboard).zip(&dashboard.trend).filter_map(|(day, point)| Some((day, point.median?)))
}

/// The lowest and the highest of the medians, with their days.
fn ends(dashboard: &Dashboard) -> Option<[(Date, f64); 2]> {
    let lowest = medians(dashboard).min_by(|one, other| one.1.total_cmp(&other.1))?;
    let highest = medians(dashboard).max_by(|one, other| one.1.total_cmp(&other.1))?;
    Some([lowest, highest])
}

/// What the medians show, in one sentence.
fn said(view: &Wording<'_>, dashboard: &Dashboard) -> Option<String> {
    let [(low_day, low), (high_day, high)] = ends(dashboard)?;
    let unit = dashboard.unit;
    let values = [
        ("days", u32::from(dashboard.period.days_per_mark()).into()),
        ("low", unit.written(low).into()),
        ("low_day", calendar::written(low_day).into()),
        ("high", unit.written(high).into()),
        ("high_day", calendar::written(high_day).into()),
        ("unit", unit.to_string().into()),
    ];
    Some(view.filled(key::TREND_SAID, &values))
}

/// A bar for the median of each day, with the lowest and the highest behind them; nothing if no day has one.
pub(super) fn bars(view: &Wording<'_>, dashboard: &Dashboard) -> Option<Block> {
    let [(_, low), (_, high)] = ends(dashboard)?;
    let unit = dashboard.unit;
    // Less than the least spread stands in the middle.
    let spare = (LEAST_SPREAD - (high - low)).max(0.0) / 2.0;
    let (lowest, highest) = (low - spare, high + spare);
    let cell = |point: &TrendPoint| {
        let Some(median) = point.median else {
            // A dot for a day with fewer values, a blank for one without.
            let text = if point.extremes.is_some() { "." } else { " " };
            return StripCell::new(TextRole::Dim, text);
        };
        let part = (median - lowest) / (highest - lowest);
        let height = (1..=8_u8).rev().find(|height| f64::from(height - 1) / 8.0 <= part);
        let cell = strips::number(unit, Some(median));
        let role = if cell.role == TextRole::Text { TextRole::Ok } else { cell.role };
        StripCell { role, height: Some(height.unwrap_or(1)), ..cell }
    };
    let note = [("low", unit.written(low).into()), ("high", unit.written(high).into())];
    let row = StripRow {
        label: view.filled(key::STRIP_DAY_MEDIAN, &[("days", u32::from(dashboard.period.days_per_mark()).into())]),
        cells: dashboard.trend.iter().map(cell).collect(),
        note: view.filled(key::STRIP_FROM_TO, &note),
    };
    Some(Block::Strip(Strip { kind: StripKind::Chart, said: said(view, dashboard)?, rows: vec![row] }))
}

/// The same as a chart where there is room for one: between the lowest and the highest value of each day the median, or
/// single values where it has none.
pub(super) fn chart(view: &Wording<'_>, dashboard: &Dashboard) -> Option<Block> {
    let values = [("need", LEAST_FOR_MEDIAN.into())];
    let said = said(view, dashboard).unwrap_or_else(|| view.filled(key::TREND_NO_MEDIAN, &values));
    let slot = |point: &TrendPoint| CurveSlot {
        outer: point.extremes.filter(|_| point.median.is_some()),
        inner: None,
        median: point.median,
        points: match (point.median, point.extremes) {
            (None, Some((lowest, highest))) => vec![lowest, highest],
            _ => Vec::new(),
        },
    };
    let count = dashboard.trend.len();
    // As many days are named as have room below the chart.
    let step = (count * DAY_WIDTH).div_ceil(CHART_WIDTH).max(1);
    let marks = days(dashboard).enumerate().step_by(step).map(|(at, day)| CurveMark { at, label: short(day) });
    let slots: Vec<CurveSlot> = dashboard.trend.iter().map(slot).collect();
    let highest = dashboard.trend.iter().filter_map(|point| point.extremes).map(|(_, highest)| highest);
    let levels = standard_day::levels(dashboard.unit, highest.reduce(f64::max)?);
    Some(Block::Curve(Curve {
        said,
        legend: view.filled(key::TREND_LEGEND, &[("days", u32::from(dashboard.period.days_per_mark()).into())]),
        slots,
        marks: marks.collect(),
        parts: count,
        is_joined: false,
        if_room: true,
        levels,
    }))
}

/// `14-Jul`: which year it is stands above.
fn short(day: Date) -> String {
    let written = calendar::written(day);
    written.rsplit_once('-').map_or_else(|| written.clone(), |(day, _)| day.to_owned())
}
