//! All days as one: curves by time of day, or the single readings where there are too few for curves.

use super::{nothing, strips};
use crate::domain::glucose::Unit;
use crate::domain::statistics::{Dashboard, DayCurves, LEAST_FOR_SPREAD, POINTS, Range};
use crate::domain::words::key;
use crate::ui::scene::{Block, Curve, CurveLevel, CurveMark, CurveSlot, Strip, StripKind};
use crate::ui::view::wording::Wording;

/// The hours of a day.
const HOURS: usize = 24;
/// Hours between two that are named below the chart.
const NAMED: usize = 3;
/// The lower edge of the chart in mg/dL: nothing is below it.
const LOWEST: f64 = 0.0;
/// The upper edge in mg/dL, where nothing is higher.
const LEAST_HIGHEST: f64 = 300.0;
/// The upper edge where something is as high as can be measured: what stands for HI stands at it.
pub(super) const HIGHEST: f64 = 600.0;
/// The upper edge moves by so much.
pub(super) const STEP: f64 = 100.0;
/// The edges of the target in mg/dL.
const TARGET: [f64; 2] = [180.0, 70.0];
/// The edges of the classes in mg/dL, with a line each.
const EDGES: [f64; 4] = [250.0, 180.0, 70.0, 54.0];

/// The chart, with one sentence that says what it shows.
pub(in crate::ui::view) fn curve(view: &Wording<'_>, dashboard: &Dashboard) -> Block {
    drawn(view, dashboard, Some(strips::medians_said(view, dashboard)))
}

/// The chart, and that sentence about the medians with it.
fn drawn(view: &Wording<'_>, dashboard: &Dashboard, medians: Option<String>) -> Block {
    if dashboard.summary.count == 0 {
        return nothing::said(view, dashboard);
    }
    let unit = dashboard.unit;
    let (said, legend, slots) = if let Some(curves) = &dashboard.curves {
        (said(view, dashboard, curves, medians), legend(view, curves), slots(curves))
    } else {
        // What has no number, as LO and HI where they are left out, is in no curve.
        let values = [("count", dashboard.in_curves.into()), ("need", LEAST_FOR_SPREAD.into())];
        (view.filled(key::CURVE_TOO_FEW, &values), view.text(key::CURVE_LEGEND_POINTS), points(dashboard))
    };
    let seen = slots.iter().flat_map(|slot| slot.points.iter().copied().chain(slot.outer.map(|(_, high)| high)));
    let seen = seen.chain(slots.iter().filter_map(|slot| slot.inner.map(|(_, high)| high).or(slot.median)));
    let levels = levels(unit, seen.fold(0.0, f64::max));
    let mark = |hour: usize| CurveMark { at: hour * POINTS / HOURS, label: format!("{hour:02}") };
    let marks = (0..=HOURS).step_by(NAMED).map(mark).collect();
    Block::Curve(Curve { said, legend, slots, marks, parts: HOURS / NAMED, is_joined: true, if_room: false, levels })
}

/// The edges of the classes and of a chart whose highest value is this, in mg/dL.
pub(super) fn levels(unit: Unit, highest: f64) -> Vec<CurveLevel> {
    // The edge moves only where something lies beyond it, so that the charts of two periods can be
    // compared.
    let highest = ((highest / STEP).ceil() * STEP).clamp(LEAST_HIGHEST, HIGHEST);
    let level = |at: f64| {
        let is_named_first = at <= LOWEST || at >= highest || TARGET.contains(&at);
        CurveLevel { at, label: unit.written(at), is_named_first }
    };
    std::iter::once(highest).chain(EDGES).chain([LOWEST]).map(level).collect()
}

/// The chart where the sentence about the medians stands beside it already.
pub(in crate::ui::view) fn beside_medians(view: &Wording<'_>, dashboard: &Dashboard) -> Block {
    drawn(view, dashboard, None)
}

/// The chart for below the numbers of the overview, where there is room.
pub(super) fn beside(view: &Wording<'_>, dashboard: &Dashboard) -> Option<Block> {
    match beside_medians(view, dashboard) {
        Block::Curve(curve) => Some(Block::Curve(Curve { if_room: true, ..curve })),
        _ => None,
    }
}

/// The numbers of each three hours for below the chart, where there is room.
pub(super) fn numbers(view: &Wording<'_>, dashboard: &Dashboard) -> Option<Block> {
    match strips::standard_day(view, dashboard) {
        Block::Strip(strip) if dashboard.summary.count > 0 => {
            Some(Block::Strip(Strip { kind: StripKind::IfRoom, ..strip }))
        }
        _ => None,
    }
}

/// What the thick line and the shades are, of those that are drawn.
fn legend(view: &Wording<'_>, curves: &DayCurves) -> String {
    let shades = if curves.points.iter().any(|point| point.tails.is_some()) {
        "both"
    } else if curves.points.iter().any(|point| point.quartiles.is_some()) {
        "inner"
    } else {
        "none"
    };
    view.filled(key::CURVE_LEGEND, &[("shades", shades.into())])
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

/// Of how many readings the curves are, what the medians show, and when one reading in twenty is low.
fn said(view: &Wording<'_>, dashboard: &Dashboard, curves: &DayCurves, medians: Option<String>) -> String {
    let count = [("count", dashboard.in_curves.into())];
    if curves.points.iter().all(|point| point.median.is_none()) {
        return view.filled(key::CURVE_SPREAD_OUT, &count);
    }
    let all = [Some(view.filled(key::CURVE_OF, &count)), medians, Some(lows(view, dashboard.unit, curves))];
    view.words.sentences(all.into_iter().flatten())
}

/// When one reading in twenty is below the target, from which time on first.
fn lows(view: &Wording<'_>, unit: Unit, curves: &DayCurves) -> String {
    let (limit, _) = Range::target_edges(unit);
    let tails: Vec<(usize, f64)> =
        curves.points.iter().enumerate().filter_map(|(place, point)| Some((place, point.tails?.0))).collect();
    let is_low = |tail: f64| Range::of_mg_per_dl(tail) < Range::Target;
    if tails.is_empty() {
        return view.text(key::CURVE_NO_TAILS);
    }
    let spans = spans(tails.iter().filter(|(_, tail)| is_low(*tail)).map(|(place, _)| *place));
    if spans.is_empty() {
        return view.filled(key::CURVE_NO_LOWS, &[("limit", limit.into())]);
    }
    let times = view.words.list(spans.into_iter().map(|(first, last)| {
        let key = if first == last { key::CURVE_LOW_AT } else { key::CURVE_LOW_SPAN };
        view.filled(key, &[("from", clock(first).into()), ("to", clock(last).into())])
    }));
    view.filled(key::CURVE_LOWS, &[("limit", limit.into()), ("times", times.into())])
}

/// The first and the last point of each run of these points of a day, which come in order. A run over midnight is one.
fn spans(places: impl Iterator<Item = usize>) -> Vec<(usize, usize)> {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for place in places {
        match spans.last_mut() {
            Some((_, last)) if *last + 1 == place => *last = place,
            _ => spans.push((place, place)),
        }
    }
    if let [(0, morning), .., (evening, last)] = spans[..]
        && last == POINTS - 1
    {
        spans.remove(0);
        spans.pop();
        spans.push((evening, morning));
    }
    spans
}

/// The time of day of a point: `06:15`.
fn clock(place: usize) -> String {
    let (hour, minute) = DayCurves::time_of(place);
    format!("{hour:02}:{minute:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_of_points_is_told_and_one_over_midnight_is_one() {
        let last = POINTS - 1;
        for (places, runs) in [
            (vec![], vec![]),
            (vec![4], vec![(4, 4)]),
            (vec![4, 5, 6, 42, 43], vec![(4, 6), (42, 43)]),
            (vec![0, 1, 20, last], vec![(20, 20), (last, 1)]),
            (vec![0, last], vec![(last, 0)]),
            ((0..POINTS).collect(), vec![(0, last)]),
        ] {
            assert_eq!(spans(places.clone().into_iter()), runs, "{places:?}");
        }
    }
}
