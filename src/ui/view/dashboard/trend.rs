//! The trend over the period: the median of each day, beside the marks of its highs and lows and as a chart of its own.

use jiff::civil::Date;

use super::standard_day;
use super::strips;
use crate::domain::calendar;
use crate::domain::glucose::Unit;
use crate::domain::statistics::{Dashboard, LEAST_FOR_MEDIAN, TrendPoint};
use crate::domain::words::key;
use crate::ui::scene::{
    Block, Curve, CurveLevel, CurveMark, CurveSlot, Strip, StripCell, StripKind, StripRow, TextRole,
};
use crate::ui::view::wording::Wording;

/// Bars differ by this at least from the lowest to the highest, in mg/dL: less is no trend, however it looks.
const LEAST_SPREAD: f64 = 40.0;

/// Of so many days one may lie beyond what is drawn of the others.
const MOST_OF: usize = 10;

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
    let (first, last) = axis(medians(dashboard).map(|(_, median)| median))?;
    // Less than the least spread stands in the middle.
    let spare = (LEAST_SPREAD - (last - first)).max(0.0) / 2.0;
    let (lowest, highest) = (first - spare, last + spare);
    let cell = |(point, has_readings): (&TrendPoint, bool)| {
        let Some(median) = point.median else {
            // A dot for a day with fewer values, a cross for one without.
            let text = if has_readings { "." } else { strips::WITHOUT };
            return StripCell::new(TextRole::Dim, text);
        };
        let part = ((median - lowest) / (highest - lowest)).clamp(0.0, 1.0);
        let height = (1..=8_u8).rev().find(|height| f64::from(height - 1) / 8.0 <= part);
        let cell = strips::number(unit, Some(median));
        let role = if cell.role == TextRole::Text { TextRole::Ok } else { cell.role };
        StripCell { role, height: Some(height.unwrap_or(1)), ..cell }
    };
    // What lies beyond the bars is told besides: it stands with the lowest or the highest of them.
    let beyond = [(low < first).then_some(low), (high > last).then_some(high)];
    let beyond = view.words.list(beyond.into_iter().flatten().map(|median| unit.written(median)));
    let said_beyond = !beyond.is_empty();
    let note = [("low", unit.written(first).into()), ("high", unit.written(last).into()), ("beyond", beyond.into())];
    let said_from_to = if said_beyond { key::STRIP_FROM_TO_BEYOND } else { key::STRIP_FROM_TO };
    let row = StripRow {
        label: view.filled(key::STRIP_DAY_MEDIAN, &[("days", u32::from(dashboard.period.days_per_mark()).into())]),
        cells: dashboard.trend.iter().zip(strips::with_readings(dashboard)).map(cell).collect(),
        note: view.filled(said_from_to, &note),
    };
    Some(Block::Strip(Strip { kind: StripKind::Chart, said: said(view, dashboard)?, rows: vec![row] }))
}

/// From where to where the bars go: as far as most days do. Of one day that lies far from all others nobody would see
/// more than that the others are alike.
fn axis(medians: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let mut medians: Vec<f64> = medians.collect();
    medians.sort_unstable_by(f64::total_cmp);
    let (lowest, highest) = (*medians.first()?, *medians.last()?);
    let few = medians.len() / MOST_OF;
    let (low, high) = (*medians.get(few)?, *medians.get(medians.len() - 1 - few)?);
    let is_far = |spread: f64, of_most: f64| spread > 2.0 * of_most.max(LEAST_SPREAD);
    let last = if is_far(highest - low, high - low) { high } else { highest };
    let first = if is_far(high - lowest, high - low) { low } else { lowest };
    Some((first, last))
}

/// How high a chart goes: as high as most days do, where all others would lie in its lower half for the sake of a few.
fn highest_of_most(mut highest: Vec<f64>, unit: Unit) -> Option<(Vec<CurveLevel>, f64)> {
    highest.sort_unstable_by(f64::total_cmp);
    let top = |levels: &[CurveLevel]| levels.first().map_or(0.0, |level| level.at);
    let all = standard_day::levels(unit, *highest.last()?);
    let most = standard_day::levels(unit, *highest.get(highest.len() - 1 - highest.len() / MOST_OF)?);
    let (all_top, most_top) = (top(&all), top(&most));
    // A step more or less flattens nothing.
    Some(if all_top > most_top + standard_day::STEP { (most, most_top) } else { (all, all_top) })
}

/// The same as a chart where there is room for one: between the lowest and the highest value of each day the median, or
/// single values where it has none.
pub(super) fn chart(view: &Wording<'_>, dashboard: &Dashboard) -> Option<Block> {
    let values = [("need", LEAST_FOR_MEDIAN.into())];
    let said = said(view, dashboard).unwrap_or_else(|| view.filled(key::TREND_NO_MEDIAN, &values));
    let each_highest = || dashboard.trend.iter().filter_map(|point| point.extremes).map(|(_, highest)| highest);
    let (levels, top) = highest_of_most(each_highest().collect(), dashboard.unit)?;
    // HI stands at the edge of a chart that goes as high as meters measure: there it hides nothing.
    let is_beyond = |highest: f64| highest > top && top < standard_day::HIGHEST;
    let slot = |point: &TrendPoint| CurveSlot {
        outer: point.extremes.filter(|_| point.median.is_some()),
        inner: None,
        median: point.median,
        points: match (point.median, point.extremes) {
            (None, Some((lowest, highest))) => vec![lowest, highest],
            // At the edge, as what stands for a day that goes on behind it.
            (_, Some((_, highest))) if is_beyond(highest) => vec![highest],
            _ => Vec::new(),
        },
    };
    let count = dashboard.trend.len();
    // As many days are named as have room below the chart.
    let step = (count * DAY_WIDTH).div_ceil(CHART_WIDTH).max(1);
    let marks = days(dashboard).enumerate().step_by(step).map(|(at, day)| CurveMark { at, label: short(day) });
    let slots: Vec<CurveSlot> = dashboard.trend.iter().map(slot).collect();
    let legend = if medians(dashboard).next().is_some() {
        view.filled(key::TREND_LEGEND, &[("days", u32::from(dashboard.period.days_per_mark()).into())])
    } else {
        view.text(key::TREND_LEGEND_DOTS)
    };
    let beyond = each_highest().filter(|highest| is_beyond(*highest)).reduce(f64::max).map(|highest| {
        let unit = dashboard.unit;
        let values = [("top", unit.written(top).into()), ("highest", unit.written(highest).into())];
        view.filled(key::TREND_BEYOND, &values)
    });
    Some(Block::Curve(Curve {
        said,
        legend: view.words.sentences(std::iter::once(legend).chain(beyond).collect::<Vec<_>>()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_go_as_far_as_most_days_do() {
        let axis = |medians: &[f64]| axis(medians.iter().copied());
        // Nine days between 110 and 150, and one of 400: its bar is as high as the highest of the others.
        let mut days = vec![110.0, 120.0, 130.0, 140.0, 150.0, 145.0, 135.0, 125.0, 115.0];
        assert_eq!(axis(&days), Some((110.0, 150.0)));
        days.push(400.0);
        assert_eq!(axis(&days), Some((110.0, 150.0)));
        // Of as few nobody says which is the rare one.
        assert_eq!(axis(&days[4..]), Some((115.0, 400.0)));
        // Far is twice as far as the others, and those have at least the least spread.
        days[9] = 195.0;
        assert_eq!(axis(&days), Some((110.0, 195.0)));
        days[9] = 196.0;
        assert_eq!(axis(&days), Some((110.0, 150.0)));
        // A day that lies far below: nine days from 210 to 250, and one of 40.
        let low: Vec<f64> = days[..9].iter().map(|day| day + 100.0).chain([40.0]).collect();
        assert_eq!(axis(&low), Some((210.0, 250.0)));
        assert_eq!(axis(&[]), None);
    }

    #[test]
    fn one_hi_does_not_flatten_the_chart() {
        let top = |highest: Vec<f64>| highest_of_most(highest, Unit::MgPerDl).map(|(_, top)| top);
        let days = |last: f64| [vec![220.0; 9], vec![last]].concat();
        assert_eq!(top(days(601.0)), Some(300.0));
        assert_eq!(top(days(390.0)), Some(400.0), "a step more flattens nothing");
        assert_eq!(top(days(410.0)), Some(300.0));
        assert_eq!(top([days(601.0), vec![601.0]].concat()), Some(600.0), "two of eleven days are not rare");
        assert_eq!(top(vec![]), None);
    }
}
