//! How somebody is doing: the numbers of a period, the ranges, the small charts.

use super::{nothing, readings, standard_day, strips, trend};
use crate::domain::calendar;
use crate::domain::left_out::LeftOut;
use crate::domain::reading::Beyond;
use crate::domain::record::RecordExtent;
use crate::domain::statistics::{Dashboard, Distribution, LEAST_FOR_SPREAD, LastLow, Range, Uncounted};
use crate::domain::words::{TextKey, key};
use crate::ui::scene::{Block, Fact, Share, TextRole};
use crate::ui::view::wording::Wording;
use crate::ui::words::Filling;

/// The whole of it. The small charts are drawn where there is room, the first before the others.
pub(in crate::ui::view) fn blocks(view: &Wording<'_>, dashboard: &Dashboard) -> Vec<Block> {
    let mut facts = vec![view.fact(key::LABEL_READINGS, counted(view, dashboard), TextRole::Text)];
    facts.extend(numbers(view, dashboard));
    let mut blocks = vec![Block::Facts { title: String::new(), facts }];
    if dashboard.summary.count > 0 {
        blocks.push(Block::Shares { shares: shares(view, dashboard) });
        blocks.push(strips::standard_day(view, dashboard));
        blocks.push(strips::by_day(view, dashboard));
        blocks.extend(trend::bars(view, dashboard));
        blocks.extend(strips::origin(view, dashboard));
        blocks.extend(strips::beside_before(view, dashboard));
        blocks.extend(strips::meals(view, dashboard));
        blocks.push(strips::latest(view, dashboard));
        return blocks;
    }
    blocks.push(nothing::said(view, dashboard));
    blocks.extend(strips::origin(view, dashboard));
    blocks
}

/// The same for a screen, where the ranges come first, and large charts stand below all.
pub(super) fn on_screen(view: &Wording<'_>, dashboard: &Dashboard) -> Vec<Block> {
    let mut blocks = blocks(view, dashboard);
    let is_shares = |block: &Block| matches!(block, Block::Shares { .. });
    if let Some(shares) = blocks.iter().position(is_shares) {
        blocks.swap(0, shares);
        blocks.extend(standard_day::beside(view, dashboard));
        blocks.extend(trend::chart(view, dashboard));
    }
    blocks
}

/// How many readings of the period count, how many do not, and how many the record has.
fn counted(view: &Wording<'_>, dashboard: &Dashboard) -> String {
    let summary = &dashboard.summary;
    let uncounted = uncounted(view, summary.uncounted);
    let key = if uncounted.is_some() { key::DASHBOARD_COUNTS_NOT_ALL } else { key::DASHBOARD_COUNTS };
    let counts = [
        ("why", uncounted.unwrap_or_default().into()),
        ("count", summary.count.into()),
        ("days", summary.frequency.days_with_readings.into()),
        ("window", summary.frequency.window_days.into()),
        ("total", dashboard.total_readings.into()),
        ("known", is_all(dashboard)),
    ];
    view.filled(key, &counts)
}

/// `all` where the whole record is counted, `part` where of the platform's only this period is known.
fn is_all(dashboard: &Dashboard) -> Filling {
    match dashboard.origin.extent() {
        Some(RecordExtent::Span | RecordExtent::Part) => "part".into(),
        Some(RecordExtent::Whole) | None => "all".into(),
    }
}

/// What is said in words and numbers of how the person is doing, and of their meters.
fn numbers(view: &Wording<'_>, dashboard: &Dashboard) -> Vec<Fact> {
    let summary = &dashboard.summary;
    let mean = summary.distribution.map_or_else(|| view.text(key::NONE), |numbers| mean(view, dashboard, &numbers));
    let mut facts = vec![view.fact(key::LABEL_MEAN, mean, TextRole::Text)];
    facts.extend(values(view, dashboard).map(|values| view.fact(key::LABEL_VALUES, values, TextRole::Text)));
    facts.extend(lows(view, dashboard));
    facts.push(latest(view, dashboard));
    facts
}

/// The last reading, and when the last upload was.
fn latest(view: &Wording<'_>, dashboard: &Dashboard) -> Fact {
    let upload = dashboard.uploads.first().map(|upload| view.moment(upload.read_at));
    // The last that counts: a control solution or a ketone says nothing of this person's glucose.
    let reading = dashboard.shown().find(|reading| reading.is_in_numbers());
    let reading = reading.and_then(|reading| {
        let value = reading.measured.concentration().map(|value| value.glucose_in(dashboard.unit));
        let value = value.unwrap_or_else(|| readings::value(view, reading, dashboard.unit).1);
        Some([("value", value.into()), ("at", calendar::written_with_time(reading.time?).into())])
    });
    let none_counts = dashboard.shown_count() > 0;
    let said = match (&reading, upload) {
        (None, Some(upload)) if none_counts => {
            view.filled(key::LATEST_NONE_COUNTS_UPLOAD, &[("upload", upload.into())])
        }
        (None, None) if none_counts => view.text(key::LATEST_NONE_COUNTS),
        (Some(reading), Some(upload)) => {
            let [value, at] = reading.clone();
            view.filled(key::LATEST_AND_UPLOAD, &[value, at, ("upload", upload.into())])
        }
        (Some(reading), None) => view.filled(key::LATEST, reading),
        (None, Some(upload)) => view.filled(key::LATEST_UPLOAD, &[("upload", upload.into())]),
        (None, None) => view.text(key::NONE),
    };
    view.fact(key::LABEL_LATEST, said, TextRole::Text)
}

/// How many lows there are and when the last was, and how low the lowest where any is very low: the last may be a
/// harmless one. Nothing without any reading.
fn lows(view: &Wording<'_>, dashboard: &Dashboard) -> Option<Fact> {
    let (summary, unit) = (&dashboard.summary, dashboard.unit);
    let (edge, _) = Range::target_edges(unit);
    let Some(LastLow { time, measured }) = summary.last_low else {
        let text = view.filled(key::LOWS_NONE, &[("limit", edge.into())]);
        return (summary.count > 0).then(|| view.fact(key::LABEL_LOWS, text, TextRole::Text));
    };
    let value = measured.concentration().map_or_else(|| view.text(key::VALUE_LO), |value| value.glucose_in(unit));
    let very_low = summary.ranges.of(Range::VeryLow);
    let lowest = match summary.lowest.filter(|_| summary.low_flags == 0) {
        Some(lowest) => lowest.glucose_in(unit),
        None => view.text(key::VALUE_LO),
    };
    let values = [
        ("count", summary.ranges.below_70().into()),
        ("limit", edge.into()),
        ("value", value.into()),
        ("at", calendar::written_with_time(time).into()),
        ("day", calendar::written(time.date()).into()),
        ("very", very_low.into()),
        ("verylimit", Range::VeryLow.limits(unit).into()),
        ("lowest", lowest.into()),
        ("before", dashboard.before.ranges.below_70().into()),
    ];
    // What lies below 54 mg/dL is louder.
    let (lows, role) = match (very_low > 0, dashboard.before.count > 0) {
        (false, false) => (key::LOWS, TextRole::Low),
        (false, true) => (key::LOWS_AND_BEFORE, TextRole::Low),
        (true, false) => (key::LOWS_AND_VERY_LOW, TextRole::VeryLow),
        (true, true) => (key::LOWS_AND_VERY_LOW_AND_BEFORE, TextRole::VeryLow),
    };
    Some(view.fact(key::LABEL_LOWS, view.filled(lows, &values), role))
}

/// The mean with the numbers that say how far the values are from it, or from how many values on they would.
fn mean(view: &Wording<'_>, dashboard: &Dashboard, numbers: &Distribution) -> String {
    let unit = dashboard.unit;
    let own = [("mean", unit.written(numbers.mean).into()), ("unit", unit.to_string().into())];
    let own = match dashboard.before.distribution {
        Some(before) => {
            let [mean, unit_name] = own;
            view.filled(key::MEAN_AND_BEFORE, &[mean, unit_name, ("before", unit.written(before.mean).into())])
        }
        None => view.filled(key::MEAN_ALONE, &own),
    };
    let mut filled = vec![("mean", own.into()), ("median", unit.written(numbers.median).into())];
    match (numbers.sd_to_show(), numbers.cv_to_show()) {
        (Ok(sd), Ok(cv)) => {
            filled.extend([("sd", unit.written(sd).into()), ("cv", format!("{cv:.1}").into())]);
            view.filled(key::MEAN_AND_SPREAD, &filled)
        }
        (Err(_), _) | (_, Err(_)) => {
            filled.push(("need", LEAST_FOR_SPREAD.into()));
            view.filled(key::MEAN_WITHOUT_SPREAD, &filled)
        }
    }
}

/// The extremes, and how many LO and HI there are with what stands for them in the mean; nothing without any reading.
fn values(view: &Wording<'_>, dashboard: &Dashboard) -> Option<String> {
    let (summary, unit) = (&dashboard.summary, dashboard.unit);
    let beyond = view.words.list(beyond(view, dashboard));
    let Some((lowest, highest)) = summary.lowest.zip(summary.highest) else {
        return (!beyond.is_empty()).then_some(beyond);
    };
    let mut filled = vec![
        ("lowest", lowest.glucose_in(unit).into()),
        ("highest", highest.glucose_in(unit).into()),
        ("unit", unit.to_string().into()),
    ];
    if beyond.is_empty() {
        return Some(view.filled(key::LOWEST_AND_HIGHEST, &filled));
    }
    filled.push(("beyond", beyond.into()));
    Some(view.filled(key::LOWEST_AND_HIGHEST_BESIDES, &filled))
}

/// How many LO and how many HI there are, with what stands for them in the mean.
pub(super) fn beyond(view: &Wording<'_>, dashboard: &Dashboard) -> Vec<String> {
    let unit = dashboard.unit;
    let beyond = [
        (Beyond::Below, key::LOW_TAKEN_AS, key::LOW_NOT_TAKEN),
        (Beyond::Above, key::HIGH_TAKEN_AS, key::HIGH_NOT_TAKEN),
    ];
    // Always told where there is one: six LO and HI among five hundred readings move the
    // coefficient of variation from 31 to 38 %, by what stands for them.
    let told = |(beyond, taken, not_taken): (Beyond, TextKey, TextKey)| {
        let each = move |(number, count): &(Option<u32>, u32)| match *number {
            Some(number) => {
                let number = unit.written(f64::from(number));
                view.filled(taken, &[("count", (*count).into()), ("number", number.into())])
            }
            None => view.filled(not_taken, &[("count", (*count).into())]),
        };
        dashboard.stand_ins(beyond).iter().map(each)
    };
    beyond.into_iter().flat_map(told).collect()
}

/// What is in the list below and in no number; nothing if all is.
fn uncounted(view: &Wording<'_>, uncounted: Uncounted) -> Option<String> {
    let kinds = [
        (uncounted.control, key::UNCOUNTED_CONTROL),
        (uncounted.other_kind, key::UNCOUNTED_OTHER_KIND),
        (uncounted.invalid, key::UNCOUNTED_INVALID),
        (uncounted.time_doubted, key::UNCOUNTED_TIME_DOUBTED),
    ];
    said(view, &kinds)
}

/// Each of these counts that is not zero, in its own words.
fn said(view: &Wording<'_>, counts: &[(u32, TextKey)]) -> Option<String> {
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let said = view.words.list_of_lists(counts.map(|(count, key)| view.filled(*key, &[("count", (*count).into())])));
    (!said.is_empty()).then_some(said)
}

/// How many readings are in no number, and why.
pub(super) fn left_out(view: &Wording<'_>, left_out: LeftOut) -> String {
    let reasons = [
        (left_out.clock_wrong, key::LEFT_OUT_CLOCK_WRONG),
        (left_out.ahead, key::LEFT_OUT_AHEAD),
        (left_out.before_model, key::LEFT_OUT_BEFORE_MODEL),
        (left_out.clock_changed, key::LEFT_OUT_CLOCK_CHANGED),
        (left_out.without_time, key::LEFT_OUT_WITHOUT_TIME),
    ];
    let why = said(view, &reasons).unwrap_or_default();
    view.filled(key::LEFT_OUT, &[("count", left_out.total().into()), ("why", why.into())])
}

fn shares(view: &Wording<'_>, dashboard: &Dashboard) -> Vec<Share> {
    let total = dashboard.summary.count;
    dashboard
        .summary
        .ranges
        .each()
        .map(|(range, count)| {
            let role = TextRole::of_range(range, TextRole::Ok);
            let per_mille = u16::try_from(u64::from(count) * 1000 / u64::from(total.max(1))).unwrap_or(1000);
            // Each rounded by itself: the five need not make 100. The counts add up.
            let percent = view.words.percent(count, total);
            let numbers = [("count", count.into()), ("percent", (&percent).into())];
            Share {
                label: view.words.range(range, dashboard.unit),
                // The target is told with its limits everywhere: the others follow from it.
                word: match range {
                    Range::VeryLow => view.text(key::RANGE_WORD_VERY_LOW),
                    Range::Low => view.text(key::RANGE_WORD_LOW),
                    Range::Target => view.words.range(range, dashboard.unit),
                    Range::High => view.text(key::RANGE_WORD_HIGH),
                    Range::VeryHigh => view.text(key::RANGE_WORD_VERY_HIGH),
                },
                count,
                numbers: view.filled(key::SHARE_NUMBERS, &numbers),
                percent,
                per_mille,
                // Where nothing was measured there is nothing to look at.
                role: if count == 0 { TextRole::Dim } else { role },
            }
        })
        .collect()
}
