//! The patient's dashboard.

use super::device::doubt_words;
use super::{Page, View};
use crate::app::dashboard::{DashboardContent, DashboardStep};
use crate::domain::calendar;
use crate::domain::glucose::{Concentration, Measured, Unit};
use crate::domain::patient::Status;
use crate::domain::reading::{Doubt, Kind, Meal, Reading};
use crate::domain::statistics::{Dashboard, LeftOut, Period, Range, Uncounted};
use crate::ui::scene::{Block, Role, Share, Table};

pub(super) fn page(view: &View<'_>, step: &DashboardStep) -> Page {
    let mut blocks = vec![person(view, step)];
    match &step.content {
        DashboardContent::Loading(_) => blocks.push(view.notice(Role::Accent, "loading-dashboard")),
        DashboardContent::Failed(problem) => blocks.push(view.words.problem(problem)),
        DashboardContent::Loaded(dashboard) => content(view, dashboard, step.offset, &mut blocks),
    }
    Page {
        step: "dashboard",
        number: None,
        heading: match step.period {
            Period::Days14 => "heading-dashboard-14",
            Period::Days30 => "heading-dashboard-30",
            Period::Days90 => "heading-dashboard-90",
        },
        instruction: String::new(),
        blocks,
    }
}

/// The person as they are known now. That somebody is no longer in care is never out of sight.
fn person(view: &View<'_>, step: &DashboardStep) -> Block {
    let patient = match &step.content {
        DashboardContent::Loaded(dashboard) => &dashboard.patient,
        DashboardContent::Loading(_) | DashboardContent::Failed(_) => &step.patient,
    };
    let line = view.person_line(patient);
    if patient.status == Status::Active {
        return Block::Text { role: Role::Accent, text: line };
    }
    let values = [("person", line.into()), ("status", view.status(patient.status).into())];
    Block::Notice { role: Role::Warning, text: view.filled("person-line-with-status", &values) }
}

fn content(view: &View<'_>, dashboard: &Dashboard, offset: usize, blocks: &mut Vec<Block>) {
    let summary = &dashboard.summary;
    let mean = summary.mean_mg_per_dl.map_or_else(
        || view.text("none"),
        |mean| {
            view.filled(
                "mean-of",
                &[("mean", mean_in(mean, dashboard.unit).into()), ("unit", unit(dashboard.unit).into())],
            )
        },
    );
    let uncounted = uncounted(view, summary.uncounted);
    let counts = [
        ("why", uncounted.clone().unwrap_or_default().into()),
        ("count", summary.count.into()),
        ("days", summary.days_with_readings.into()),
        ("total", dashboard.total_readings.into()),
    ];
    let mut facts = vec![
        view.devices_fact(&dashboard.patient),
        view.fact(
            "label-readings",
            view.filled(if uncounted.is_some() { "dashboard-counts-not-all" } else { "dashboard-counts" }, &counts),
            Role::Text,
        ),
    ];
    if let (Some(lowest), Some(highest)) = (summary.lowest, summary.highest) {
        let values = [
            ("mean", mean.into()),
            ("lowest", lowest.glucose_in(dashboard.unit).into()),
            ("highest", highest.glucose_in(dashboard.unit).into()),
            ("unit", unit(dashboard.unit).into()),
            ("low", summary.low_flags.into()),
            ("high", summary.high_flags.into()),
        ];
        facts.push(view.fact("label-mean", view.filled("mean-and-extremes", &values), Role::Accent));
    } else {
        facts.push(view.fact("label-mean", mean, Role::Accent));
    }
    let last_upload = dashboard.uploads.first().map_or_else(
        || view.text("none"),
        |upload| {
            let values = [
                ("at", view.moment(upload.read_at).into()),
                ("model", upload.model.as_str().into()),
                ("end", upload.serial_end.expose().as_str().into()),
                ("new", upload.new.into()),
            ];
            view.filled(
                if upload.serial_end.expose().is_empty() { "past-upload-nameless" } else { "past-upload" },
                &values,
            )
        },
    );
    facts.push(view.fact("label-last-upload", last_upload, Role::Text));
    blocks.push(Block::Facts { title: String::new(), facts });
    if dashboard.left_out.total() > 0 {
        blocks.push(Block::Notice { role: Role::Warning, text: left_out(view, dashboard.left_out) });
    }
    if summary.count > 0 {
        blocks.push(Block::Shares { shares: shares(view, dashboard) });
    }
    let total = dashboard.readings.len();
    let window = Table::window(offset, total);
    let seen = dashboard.readings.iter().skip(window.start).take(window.len());
    blocks.push(Block::Table(Table {
        title: view.text("title-readings"),
        head: ["head-time", "head-value", "head-meal", "head-remarks"].map(|key| view.text(key)).to_vec(),
        rows: seen.map(|reading| row(view, reading, dashboard.unit)).collect(),
        first: window.start,
        total,
        offset,
        focused: true,
        empty: view.text("no-readings-in-period"),
    }));
}

/// What is in the list below and in no number; nothing if all is.
fn uncounted(view: &View<'_>, uncounted: Uncounted) -> Option<String> {
    let kinds = [
        (uncounted.control, "uncounted-control"),
        (uncounted.other_kind, "uncounted-other-kind"),
        (uncounted.invalid, "uncounted-invalid"),
        (uncounted.time_doubted, "uncounted-time-doubted"),
    ];
    said(view, &kinds)
}

/// Each of these counts that is not zero, in its own words.
fn said(view: &View<'_>, counts: &[(u32, &str)]) -> Option<String> {
    let said: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, key)| view.filled(key, &[("count", (*count).into())]))
        .collect();
    (!said.is_empty()).then(|| said.join("; "))
}

/// How many readings are in no number, and why.
fn left_out(view: &View<'_>, left_out: LeftOut) -> String {
    let reasons = [
        (left_out.clock_wrong, "left-out-clock-wrong"),
        (left_out.ahead, "left-out-ahead"),
        (left_out.before_model, "left-out-before-model"),
        (left_out.clock_changed, "left-out-clock-changed"),
        (left_out.without_time, "left-out-without-time"),
    ];
    let why = said(view, &reasons).unwrap_or_default();
    view.filled("left-out", &[("count", left_out.total().into()), ("why", why.into())])
}

fn unit(unit: Unit) -> String {
    unit.to_string()
}

/// The mean in the person's unit, rounded once for display: mg/dL without, mmol/L with one decimal.
fn mean_in(mean_mg_per_dl: f64, unit: Unit) -> String {
    match unit {
        Unit::MgPerDl => format!("{mean_mg_per_dl:.0}"),
        Unit::MmolPerL => format!("{:.1}", mean_mg_per_dl / crate::domain::glucose::MG_PER_DL_IN_MMOL_PER_L),
    }
}

fn shares(view: &View<'_>, dashboard: &Dashboard) -> Vec<Share> {
    let total = dashboard.summary.count;
    let limits = |mg: &'static str, mmol: &'static str| match dashboard.unit {
        Unit::MgPerDl => mg,
        Unit::MmolPerL => mmol,
    };
    Range::ALL
        .iter()
        .zip(dashboard.summary.ranges)
        .map(|(range, count)| {
            let (key, limit, role) = match range {
                Range::VeryLow => ("range-very-low", limits("<54", "<3.0"), Role::Problem),
                Range::Low => ("range-low", limits("54-69", "3.0-3.8"), Role::Warning),
                Range::Target => ("range-target", limits("70-180", "3.9-10.0"), Role::Ok),
                Range::High => ("range-high", limits("181-250", "10.1-13.9"), Role::Warning),
                Range::VeryHigh => ("range-very-high", limits(">250", ">13.9"), Role::Problem),
            };
            let per_mille = u16::try_from(u64::from(count) * 1000 / u64::from(total.max(1))).unwrap_or(1000);
            Share {
                label: view.filled(key, &[("limit", limit.into())]),
                count,
                percent: percent(count, total),
                per_mille,
                // Where nothing was measured there is nothing to look at.
                role: if count == 0 { Role::Dim } else { role },
            }
        })
        .collect()
}

/// Whole percent, half to even; a count that is not zero never reads as 0 %.
fn percent(count: u32, total: u32) -> String {
    let percent = (f64::from(count) * 100.0 / f64::from(total.max(1))).round_ties_even();
    if count > 0 && percent < 1.0 { "<1 %".to_owned() } else { format!("{percent:.0} %") }
}

fn row(view: &View<'_>, reading: &Reading, shown_in: Unit) -> (Role, Vec<String>) {
    let time = reading.time.map_or_else(|| view.text("time-unknown"), calendar::written_with_time);
    let (role, value) = match (reading.kind, reading.measured) {
        (Kind::Blood, Measured::Low) => (Role::Problem, view.text("value-lo")),
        (Kind::Blood, Measured::High) => (Role::Problem, view.text("value-hi")),
        (_, Measured::Low) => (Role::Dim, view.text("value-lo")),
        (_, Measured::High) => (Role::Dim, view.text("value-hi")),
        (_, Measured::Unscaled(number)) => {
            (Role::Dim, view.filled("value-unscaled", &[("number", number.to_string().into())]))
        }
        (Kind::Blood | Kind::Sensor, Measured::Value(value)) => {
            let role = match Range::of(reading.measured) {
                Some(Range::VeryLow | Range::VeryHigh) => Role::Problem,
                Some(Range::Low | Range::High) => Role::Warning,
                Some(Range::Target) | None => Role::Text,
            };
            (role, in_unit(value, shown_in))
        }
        (Kind::Control | Kind::Ketone | Kind::Other, Measured::Value(value)) => (Role::Dim, value.to_string()),
    };
    (role, vec![time, value, meal(view, reading.meal), notes(view, reading)])
}

/// What is to be said of a reading: where it lies or what it is, and for one with a doubt, which, and whether numbers use it.
fn notes(view: &View<'_>, reading: &Reading) -> String {
    let range = Range::of(reading.measured).map(|range| match range {
        Range::VeryLow => "word-very-low",
        Range::Low => "word-low",
        Range::Target => "word-in-range",
        Range::High => "word-high",
        Range::VeryHigh => "word-very-high",
    });
    let (what, kind) = match reading.kind {
        Kind::Blood => (range, None),
        Kind::Sensor => (range, Some("doubt-sensor")),
        Kind::Control => (None, Some("doubt-control")),
        Kind::Ketone => (None, Some("doubt-ketone")),
        Kind::Other => (None, Some("doubt-other")),
    };
    let is_plain = reading.doubts.is_empty() && reading.has_sure_time();
    match reading.kind {
        Kind::Control if is_plain => return view.text("kind-control"),
        Kind::Ketone if is_plain => return view.text("kind-ketone"),
        Kind::Other if is_plain => return view.text("kind-other"),
        _ => {}
    }
    let has_number = !matches!(reading.measured, Measured::Unscaled(_));
    let no_number = (reading.kind == Kind::Blood && !has_number).then_some("doubt-no-scale");
    let no_time = reading.time.is_none().then_some("doubt-no-time");
    // What decides comes first; what no time is doubted for, is that there is none.
    let (deciding, others): (Vec<_>, Vec<_>) = reading
        .doubts
        .iter()
        .filter(|doubt| reading.time.is_some() || **doubt != Doubt::TimeUncertain)
        .partition(|doubt| doubt.takes_out());
    let doubts = deciding.into_iter().chain(others).map(|doubt: &Doubt| doubt_words(*doubt));
    let reasons = kind.into_iter().chain(no_number).chain(no_time).chain(doubts);
    let reasons = reasons.map(|key| view.text(key)).collect::<Vec<_>>().join(", ");
    let key = if reading.is_in_numbers() { "doubts-counted" } else { "doubts-left-out" };
    let doubts = (!reasons.is_empty()).then(|| view.filled(key, &[("which", reasons.into())]));
    what.map(|key| view.text(key)).into_iter().chain(doubts).collect::<Vec<_>>().join(", ")
}

fn in_unit(value: Concentration, unit: Unit) -> String {
    format!("{} {unit}", value.glucose_in(unit))
}

fn meal(view: &View<'_>, meal: Option<Meal>) -> String {
    match meal {
        None | Some(Meal::None) => String::new(),
        Some(Meal::Before) => view.text("meal-before"),
        Some(Meal::After) => view.text("meal-after"),
        Some(Meal::Fasting) => view.text("meal-fasting"),
        Some(Meal::Bedtime) => view.text("meal-bedtime"),
        Some(Meal::Casual) => view.text("meal-casual"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_rounded_half_to_even_and_never_hide_a_count() {
        assert_eq!(percent(0, 524), "0 %");
        assert_eq!(percent(1, 524), "<1 %");
        assert_eq!(percent(388, 524), "74 %");
        assert_eq!(percent(1, 40), "2 %");
        assert_eq!(percent(3, 40), "8 %");
    }
}
