//! All days as one: curves by time of day, or the single readings where there are too few for curves.

use crate::domain::glucose::Unit;
use crate::domain::statistics::{Dashboard, DayCurves, LEAST_FOR_SPREAD, POINTS, Range};
use crate::domain::words::key;
use crate::ui::scene::{Block, Curve, CurveLevel, CurveSlot, TextRole};
use crate::ui::view::wording::Wording;

/// The lower edge of the chart in mg/dL: what is below stands at it.
const LOWEST: f64 = 40.0;
/// The upper edge in mg/dL, where nothing is higher.
const LEAST_HIGHEST: f64 = 300.0;
/// The upper edge where something is: what is above stands at it.
const HIGHEST: f64 = 400.0;
/// The edges of the classes in mg/dL, with a line each.
const EDGES: [f64; 4] = [250.0, 180.0, 70.0, 54.0];

/// The chart, with one sentence that says what it shows.
pub(in crate::ui::view) fn curve(view: &Wording<'_>, dashboard: &Dashboard) -> Block {
    if dashboard.summary.count == 0 {
        return view.notice(TextRole::Accent, key::NO_READINGS_IN_PERIOD);
    }
    let unit = dashboard.unit;
    let (said, legend, slots) = if let Some(curves) = &dashboard.curves {
        (said(view, dashboard, curves), view.text(key::CURVE_LEGEND), slots(curves))
    } else {
        let values = [("count", dashboard.summary.count.into()), ("need", LEAST_FOR_SPREAD.into())];
        (view.filled(key::CURVE_TOO_FEW, &values), view.text(key::CURVE_LEGEND_POINTS), points(dashboard))
    };
    let seen = slots.iter().flat_map(|slot| slot.points.iter().copied().chain(slot.outer.map(|(_, high)| high)));
    let seen = seen.chain(slots.iter().filter_map(|slot| slot.inner.map(|(_, high)| high).or(slot.median)));
    // The edge moves only where something lies beyond it, so that the charts of two periods can be
    // compared.
    let highest = seen.fold(LEAST_HIGHEST, f64::max).min(HIGHEST);
    let level = |at: f64| CurveLevel { at, label: unit.written(at) };
    let levels = std::iter::once(highest).chain(EDGES).chain([LOWEST]).map(level).collect();
    Block::Curve(Curve { said, legend, slots, levels })
}

fn slots(curves: &DayCurves) -> Vec<CurveSlot> {
    let slot = |point: &crate::domain::statistics::CurvePoint| CurveSlot {
        outer: point.tails,
        inner: point.quartiles,
        median: point.median,
        points: Vec::new(),
    };
    curves.points.iter().map(slot).collect()
}

/// Every reading as a point of its half hour.
fn points(dashboard: &Dashboard) -> Vec<CurveSlot> {
    let mut slots = vec![CurveSlot::default(); POINTS];
    for value in dashboard.day_values() {
        let place = usize::from(value.minute) * POINTS / (24 * 60);
        if let Some(slot) = slots.get_mut(place) {
            slot.points.push(value.mg_per_dl);
        }
    }
    slots
}

/// When the median is lowest and highest, and when one reading in twenty is low.
fn said(view: &Wording<'_>, dashboard: &Dashboard, curves: &DayCurves) -> String {
    let unit = dashboard.unit;
    let medians = || curves.points.iter().enumerate().filter_map(|(place, point)| Some((place, point.median?)));
    let lowest = medians().min_by(|one, other| one.1.total_cmp(&other.1));
    let highest = medians().max_by(|one, other| one.1.total_cmp(&other.1));
    let (Some((low_at, low)), Some((high_at, high))) = (lowest, highest) else {
        return view.filled(key::CURVE_SPREAD_OUT, &[("count", dashboard.summary.count.into())]);
    };
    let values = [
        ("count", dashboard.summary.count.into()),
        ("low", unit.written(low).into()),
        ("low_at", clock(low_at).into()),
        ("high", unit.written(high).into()),
        ("high_at", clock(high_at).into()),
        ("unit", unit.to_string().into()),
    ];
    let medians = view.filled(key::CURVE_SAID, &values);
    view.words.sentences([medians, lows(view, unit, curves)])
}

/// When one reading in twenty is below the target, from which time on first.
fn lows(view: &Wording<'_>, unit: Unit, curves: &DayCurves) -> String {
    let (limit, _) = Range::target_edges(unit);
    let tails: Vec<(usize, f64)> =
        curves.points.iter().enumerate().filter_map(|(place, point)| Some((place, point.tails?.0))).collect();
    let is_low = |tail: f64| Range::of_mg_per_dl(tail) < Range::Target;
    match tails.iter().find(|(_, tail)| is_low(*tail)) {
        _ if tails.is_empty() => view.text(key::CURVE_NO_TAILS),
        None => view.filled(key::CURVE_NO_LOWS, &[("limit", limit.into())]),
        Some((first, _)) => {
            let end = tails.iter().skip_while(|(place, _)| place <= first).find(|(_, tail)| !is_low(*tail));
            let last = end.map_or(POINTS - 1, |(place, _)| place.saturating_sub(1));
            let values = [("limit", limit.into()), ("from", clock(*first).into()), ("to", clock(last).into())];
            view.filled(key::CURVE_LOWS, &values)
        }
    }
}

/// The time of day of a point: `06:15`.
fn clock(place: usize) -> String {
    let (hour, minute) = DayCurves::time_of(place);
    format!("{hour:02}:{minute:02}")
}
