//! The patient's dashboard.

mod strips;

use super::device::doubt_words;
use super::{StepPage, View, undelivered};
use crate::app::asked::Asked;
use crate::app::wizard::dashboard::{DashboardStep, DashboardTab};
use crate::domain::association::PastUpload;
use crate::domain::calendar;
use crate::domain::glucose::{Measured, Unit};
use crate::domain::left_out::LeftOut;
use crate::domain::patient::{Patient, Status};
use crate::domain::reading::{Beyond, Doubt, Kind, Meal, Reading};
use crate::domain::record::RecordOrigin;
use crate::domain::statistics::{Dashboard, Distribution, LEAST_FOR_SPREAD, LastLow, Period, Range, Uncounted};
use crate::domain::words::{TextKey, key};
use crate::ui::scene::{Block, Fact, Share, Table, TextRole};

pub(super) fn page(view: &View<'_>, step: &DashboardStep) -> StepPage {
    let mut blocks = vec![person(view, step)];
    blocks.extend(undelivered::of_person(view, step));
    match &step.content {
        Asked::Idle | Asked::Waiting(_) => blocks.push(view.notice(TextRole::Accent, key::LOADING_DASHBOARD)),
        Asked::Failed(problem) => blocks.push(view.words.problem(problem)),
        Asked::Ready(dashboard) => content(view, dashboard, step, &mut blocks),
    }
    StepPage {
        step: "dashboard",
        number: None,
        heading: match step.period {
            Period::Days7 => key::HEADING_DASHBOARD_7,
            Period::Days14 => key::HEADING_DASHBOARD_14,
            Period::Days30 => key::HEADING_DASHBOARD_30,
            Period::Days90 => key::HEADING_DASHBOARD_90,
        },
        instruction: String::new(),
        blocks,
    }
}

/// The person as they are known now. That somebody is no longer in care is never out of sight.
fn person(view: &View<'_>, step: &DashboardStep) -> Block {
    let patient = step.content.ready().map_or(&step.patient, |dashboard| &dashboard.patient);
    let line = view.person_line(patient);
    if patient.status == Status::Active {
        return Block::Text { role: TextRole::Accent, text: line };
    }
    let values = [("person", line.into()), ("status", view.status(patient.status).into())];
    Block::Notice { role: TextRole::Warning, text: view.filled(key::PERSON_LINE_WITH_STATUS, &values) }
}

fn content(view: &View<'_>, dashboard: &Dashboard, step: &DashboardStep, blocks: &mut Vec<Block>) {
    let is_overview = step.tab == DashboardTab::Overview;
    let mut facts = vec![view.fact(key::LABEL_READINGS, counted(view, dashboard), TextRole::Text)];
    if is_overview {
        facts.extend(numbers(view, dashboard));
    }
    blocks.push(Block::Facts { title: String::new(), facts });
    if dashboard.origin == RecordOrigin::WithoutPlatform {
        blocks.push(view.notice(TextRole::Warning, key::FROM_HERE_ONLY));
    }
    if dashboard.left_out.total() > 0 {
        blocks.push(Block::Notice { role: TextRole::Warning, text: left_out(view, dashboard.left_out) });
    }
    if is_overview && dashboard.summary.count > 0 {
        blocks.push(Block::Shares { shares: shares(view, dashboard) });
        blocks.push(strips::standard_day(view, dashboard));
        blocks.push(strips::by_day(view, dashboard));
    }
    let offset = step.offset;
    let total = dashboard.readings.len();
    let window = Table::window(offset, total);
    let seen = dashboard.readings.iter().skip(window.start).take(window.len());
    blocks.push(Block::Table(Table {
        title: view.text(key::TITLE_READINGS),
        head: [key::HEAD_TIME, key::HEAD_VALUE, key::HEAD_MEAL, key::HEAD_REMARKS].map(|key| view.text(key)).to_vec(),
        rows: seen.map(|reading| row(view, reading, dashboard.unit)).collect(),
        first: window.start,
        total,
        offset,
        focused: true,
        empty: view.text(key::NO_READINGS_IN_PERIOD),
    }));
}

/// How many readings of the period count, how many do not, and how many the record has.
fn counted(view: &View<'_>, dashboard: &Dashboard) -> String {
    let summary = &dashboard.summary;
    let uncounted = uncounted(view, summary.uncounted);
    let key = if uncounted.is_some() { key::DASHBOARD_COUNTS_NOT_ALL } else { key::DASHBOARD_COUNTS };
    let counts = [
        ("why", uncounted.unwrap_or_default().into()),
        ("count", summary.count.into()),
        ("days", summary.frequency.days_with_readings.into()),
        ("window", summary.frequency.window_days.into()),
        ("total", dashboard.total_readings.into()),
    ];
    view.filled(key, &counts)
}

/// What is said in words and numbers of how the person is doing, and of their meters.
fn numbers(view: &View<'_>, dashboard: &Dashboard) -> Vec<Fact> {
    let summary = &dashboard.summary;
    let mean =
        summary.distribution.map_or_else(|| view.text(key::NONE), |numbers| mean(view, dashboard.unit, &numbers));
    let mut facts = vec![view.fact(key::LABEL_MEAN, mean, TextRole::Accent)];
    facts.extend(values(view, dashboard).map(|values| view.fact(key::LABEL_VALUES, values, TextRole::Text)));
    facts.extend(lows(view, dashboard));
    let last = dashboard.uploads.first();
    if !is_named_by(last, &dashboard.patient) {
        facts.push(view.devices_fact(&dashboard.patient));
    }
    let last_upload = last.map_or_else(|| view.text(key::NONE), |upload| past_upload(view, upload));
    facts.push(view.fact(key::LABEL_LAST_UPLOAD, last_upload, TextRole::Text));
    if let RecordOrigin::Platform { elsewhere, at } = dashboard.origin {
        let values = [("count", elsewhere.into()), ("at", view.moment(at).into())];
        facts.push(view.fact(key::LABEL_FROM, view.filled(key::FROM_PLATFORM, &values), TextRole::Text));
    }
    facts
}

/// Whether the line of the last upload names the person's only meter: as its model, or with the end of its number.
fn is_named_by(last: Option<&PastUpload>, patient: &Patient) -> bool {
    let ([one], Some(last)) = (patient.devices.as_slice(), last) else { return false };
    let (model, end) = (last.model.as_str(), last.serial_end.expose().as_str());
    one.as_str() == model || one.as_str().strip_prefix(model).is_some_and(|rest| rest.trim() == end)
}

/// How many lows there are and when the last was; nothing without any reading.
fn lows(view: &View<'_>, dashboard: &Dashboard) -> Option<Fact> {
    let (summary, unit) = (&dashboard.summary, dashboard.unit);
    let (edge, _) = Range::target_edges(unit);
    let Some(LastLow { time, measured }) = summary.last_low else {
        let text = view.filled(key::LOWS_NONE, &[("limit", edge.into())]);
        return (summary.count > 0).then(|| view.fact(key::LABEL_LOWS, text, TextRole::Text));
    };
    let value = measured.concentration().map_or_else(|| view.text(key::VALUE_LO), |value| value.glucose_in(unit));
    let values = [
        ("count", summary.ranges.below_70().into()),
        ("limit", edge.into()),
        ("value", value.into()),
        ("at", calendar::written_with_time(time).into()),
    ];
    Some(view.fact(key::LABEL_LOWS, view.filled(key::LOWS, &values), TextRole::Warning))
}

fn past_upload(view: &View<'_>, upload: &PastUpload) -> String {
    let values = [
        ("at", view.moment(upload.read_at).into()),
        ("model", upload.model.as_str().into()),
        ("end", upload.serial_end.expose().as_str().into()),
        ("new", upload.new.into()),
    ];
    let is_nameless = upload.serial_end.expose().is_empty();
    view.filled(if is_nameless { key::PAST_UPLOAD_NAMELESS } else { key::PAST_UPLOAD }, &values)
}

/// The mean with the numbers that say how far the values are from it, or from how many values on they would.
fn mean(view: &View<'_>, unit: Unit, numbers: &Distribution) -> String {
    let mut filled = vec![
        ("mean", unit.written(numbers.mean).into()),
        ("median", unit.written(numbers.median).into()),
        ("unit", unit.to_string().into()),
    ];
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
fn values(view: &View<'_>, dashboard: &Dashboard) -> Option<String> {
    let (summary, unit) = (&dashboard.summary, dashboard.unit);
    let extremes = summary.lowest.zip(summary.highest).map(|(lowest, highest)| {
        let filled = [
            ("lowest", lowest.glucose_in(unit).into()),
            ("highest", highest.glucose_in(unit).into()),
            ("unit", unit.to_string().into()),
        ];
        view.filled(key::LOWEST_AND_HIGHEST, &filled)
    });
    let beyond = [
        (summary.low_flags, Beyond::Below, key::LOW_TAKEN_AS, key::LOW_NOT_TAKEN),
        (summary.high_flags, Beyond::Above, key::HIGH_TAKEN_AS, key::HIGH_NOT_TAKEN),
    ];
    let beyond = beyond.into_iter().filter(|(count, ..)| *count > 0).map(|(count, beyond, taken, not_taken)| {
        match dashboard.stands_for(beyond) {
            Some(number) => {
                let number = unit.written(f64::from(number));
                view.filled(taken, &[("count", count.into()), ("number", number.into())])
            }
            None => view.filled(not_taken, &[("count", count.into())]),
        }
    });
    let all = view.words.list(extremes.into_iter().chain(beyond));
    (!all.is_empty()).then_some(all)
}

/// What is in the list below and in no number; nothing if all is.
fn uncounted(view: &View<'_>, uncounted: Uncounted) -> Option<String> {
    let kinds = [
        (uncounted.control, key::UNCOUNTED_CONTROL),
        (uncounted.other_kind, key::UNCOUNTED_OTHER_KIND),
        (uncounted.invalid, key::UNCOUNTED_INVALID),
        (uncounted.time_doubted, key::UNCOUNTED_TIME_DOUBTED),
    ];
    said(view, &kinds)
}

/// Each of these counts that is not zero, in its own words.
fn said(view: &View<'_>, counts: &[(u32, TextKey)]) -> Option<String> {
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let said = view.words.list_of_lists(counts.map(|(count, key)| view.filled(*key, &[("count", (*count).into())])));
    (!said.is_empty()).then_some(said)
}

/// How many readings are in no number, and why.
fn left_out(view: &View<'_>, left_out: LeftOut) -> String {
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

fn shares(view: &View<'_>, dashboard: &Dashboard) -> Vec<Share> {
    let total = dashboard.summary.count;
    dashboard
        .summary
        .ranges
        .each()
        .map(|(range, count)| {
            let role = match range {
                Range::VeryLow | Range::VeryHigh => TextRole::Problem,
                Range::Low | Range::High => TextRole::Warning,
                Range::Target => TextRole::Ok,
            };
            let per_mille = u16::try_from(u64::from(count) * 1000 / u64::from(total.max(1))).unwrap_or(1000);
            Share {
                label: view.words.range(range, dashboard.unit),
                word: view.text(match range {
                    Range::VeryLow => key::RANGE_WORD_VERY_LOW,
                    Range::Low => key::RANGE_WORD_LOW,
                    Range::Target => key::RANGE_WORD_TARGET,
                    Range::High => key::RANGE_WORD_HIGH,
                    Range::VeryHigh => key::RANGE_WORD_VERY_HIGH,
                }),
                count,
                percent: view.words.percent(count, total),
                per_mille,
                // Where nothing was measured there is nothing to look at.
                role: if count == 0 { TextRole::Dim } else { role },
            }
        })
        .collect()
}

fn row(view: &View<'_>, reading: &Reading, shown_in: Unit) -> (TextRole, Vec<String>) {
    let time = reading.time.map_or_else(|| view.text(key::TIME_UNKNOWN), calendar::written_with_time);
    let (role, value) = match (reading.kind, reading.measured) {
        (Kind::Blood, Measured::Low) => (TextRole::Problem, view.text(key::VALUE_LO)),
        (Kind::Blood, Measured::High) => (TextRole::Problem, view.text(key::VALUE_HI)),
        (_, Measured::Low) => (TextRole::Dim, view.text(key::VALUE_LO)),
        (_, Measured::High) => (TextRole::Dim, view.text(key::VALUE_HI)),
        (_, Measured::Unscaled(number)) => {
            (TextRole::Dim, view.filled(key::VALUE_UNSCALED, &[("number", number.to_string().into())]))
        }
        (Kind::Blood | Kind::Sensor, Measured::Value(value)) => {
            let role = match Range::of(reading.measured) {
                Some(Range::VeryLow | Range::VeryHigh) => TextRole::Problem,
                Some(Range::Low | Range::High) => TextRole::Warning,
                Some(Range::Target) | None => TextRole::Text,
            };
            let values = [("value", value.glucose_in(shown_in).into()), ("unit", shown_in.to_string().into())];
            (role, view.filled(key::VALUE_WITH_UNIT, &values))
        }
        (Kind::Control | Kind::Ketone | Kind::Other, Measured::Value(value)) => (TextRole::Dim, value.to_string()),
    };
    (role, vec![time, value, meal(view, reading.meal), notes(view, reading)])
}

/// What is to be said of a reading: where it lies or what it is, and for one with a doubt, which, and
/// whether numbers use it.
fn notes(view: &View<'_>, reading: &Reading) -> String {
    let range = Range::of(reading.measured).map(|range| match range {
        Range::VeryLow => key::WORD_VERY_LOW,
        Range::Low => key::WORD_LOW,
        Range::Target => key::WORD_IN_RANGE,
        Range::High => key::WORD_HIGH,
        Range::VeryHigh => key::WORD_VERY_HIGH,
    });
    let (what, kind) = match reading.kind {
        Kind::Blood => (range, None),
        Kind::Sensor => (range, Some(key::DOUBT_SENSOR)),
        Kind::Control => (None, Some(key::DOUBT_CONTROL)),
        Kind::Ketone => (None, Some(key::DOUBT_KETONE)),
        Kind::Other => (None, Some(key::DOUBT_OTHER)),
    };
    let is_plain = reading.doubts.is_empty() && reading.has_sure_time();
    match reading.kind {
        Kind::Control if is_plain => return view.text(key::KIND_CONTROL),
        Kind::Ketone if is_plain => return view.text(key::KIND_KETONE),
        Kind::Other if is_plain => return view.text(key::KIND_OTHER),
        _ => {}
    }
    let has_number = !matches!(reading.measured, Measured::Unscaled(_));
    let no_number = (reading.kind == Kind::Blood && !has_number).then_some(key::DOUBT_NO_SCALE);
    let no_time = reading.time.is_none().then_some(key::DOUBT_NO_TIME);
    // What decides comes first; what no time is doubted for, is that there is none.
    let (deciding, others): (Vec<_>, Vec<_>) = reading
        .doubts
        .iter()
        .filter(|doubt| reading.time.is_some() || **doubt != Doubt::TimeUncertain)
        .partition(|doubt| doubt.takes_out());
    let doubts = deciding.into_iter().chain(others).map(|doubt: &Doubt| doubt_words(*doubt));
    let reasons = kind.into_iter().chain(no_number).chain(no_time).chain(doubts);
    let reasons = view.words.list(reasons.map(|key| view.text(key)));
    let key = if reading.is_in_numbers() { key::DOUBTS_COUNTED } else { key::DOUBTS_LEFT_OUT };
    let doubts = (!reasons.is_empty()).then(|| view.filled(key, &[("which", reasons.into())]));
    view.words.list(what.map(|key| view.text(key)).into_iter().chain(doubts))
}

fn meal(view: &View<'_>, meal: Option<Meal>) -> String {
    match meal {
        None | Some(Meal::None) => String::new(),
        Some(Meal::Before) => view.text(key::MEAL_BEFORE),
        Some(Meal::After) => view.text(key::MEAL_AFTER),
        Some(Meal::Fasting) => view.text(key::MEAL_FASTING),
        Some(Meal::Bedtime) => view.text(key::MEAL_BEDTIME),
        Some(Meal::Casual) => view.text(key::MEAL_CASUAL),
    }
}
