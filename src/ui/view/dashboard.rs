//! The patient's dashboard: the tabs, and on each what it shows.

pub(super) mod days;
mod devices;
mod export;
pub(super) mod logbook;
mod nothing;
pub(super) mod numbers;
pub(super) mod overview;
pub(super) mod patterns;
mod readings;
pub(super) mod standard_day;
mod strips;
mod trend;
mod uploads;

use super::wording::Wording;
use super::{StepPage, View, undelivered};
use crate::app::asked::Asked;
use crate::app::wizard::dashboard::{DashboardStep, DashboardTab, LogbookPage, PatternsPage, TabKind};
use crate::domain::calendar;
use crate::domain::glucose::Unit;
use crate::domain::patient::{Patient, Status};
use crate::domain::record::{RecordExtent, RecordOrigin};
use crate::domain::statistics::{Dashboard, MealFilter, Period};
use crate::domain::words::{TextKey, key};
use crate::ui::scene::{Block, Tab, Tabs, TextRole};

pub(super) fn page(view: &View<'_>, step: &DashboardStep) -> StepPage {
    if let Some(form) = &step.days {
        return days::page(view, person(view, step), form);
    }
    let mut blocks = vec![tabs(view, step), person(view, step)];
    blocks.extend(undelivered::of_person(view, step));
    match &step.content {
        Asked::Idle | Asked::Waiting(_) => blocks.push(view.notice(TextRole::Accent, key::LOADING_DASHBOARD)),
        Asked::Failed(problem) => blocks.push(view.words.problem(problem)),
        Asked::Ready(dashboard) => content(view, dashboard, step, &mut blocks),
    }
    let (heading, instruction) = (heading(view, step), String::new());
    StepPage { step: "dashboard", number: None, heading, instruction, blocks }
}

/// The period, and the unit once it is known.
fn heading(view: &View<'_>, step: &DashboardStep) -> String {
    let dashboard = step.content.ready();
    let unit = dashboard.map(|dashboard| dashboard.unit);
    let key = match (step.period, unit) {
        (Period::Days7, None) => key::HEADING_DASHBOARD_7,
        (Period::Days14, None) => key::HEADING_DASHBOARD_14,
        (Period::Days30, None) => key::HEADING_DASHBOARD_30,
        (Period::Days90, None) => key::HEADING_DASHBOARD_90,
        (Period::Days7, Some(Unit::MgPerDl)) => key::HEADING_DASHBOARD_7_MG_PER_DL,
        (Period::Days14, Some(Unit::MgPerDl)) => key::HEADING_DASHBOARD_14_MG_PER_DL,
        (Period::Days30, Some(Unit::MgPerDl)) => key::HEADING_DASHBOARD_30_MG_PER_DL,
        (Period::Days90, Some(Unit::MgPerDl)) => key::HEADING_DASHBOARD_90_MG_PER_DL,
        (Period::Days7, Some(Unit::MmolPerL)) => key::HEADING_DASHBOARD_7_MMOL_PER_L,
        (Period::Days14, Some(Unit::MmolPerL)) => key::HEADING_DASHBOARD_14_MMOL_PER_L,
        (Period::Days30, Some(Unit::MmolPerL)) => key::HEADING_DASHBOARD_30_MMOL_PER_L,
        (Period::Days90, Some(Unit::MmolPerL)) => key::HEADING_DASHBOARD_90_MMOL_PER_L,
        (Period::Other(_), _) => key::HEADING_DASHBOARD_OTHER,
    };
    let until = dashboard.map_or_else(|| step.last_day(view.today), |dashboard| dashboard.until);
    // Up to today the days are counted; else they are named.
    if until == view.today && key != key::HEADING_DASHBOARD_OTHER {
        return view.text(key);
    }
    let named = match unit {
        None => key::HEADING_DASHBOARD_OTHER,
        Some(Unit::MgPerDl) => key::HEADING_DASHBOARD_OTHER_MG_PER_DL,
        Some(Unit::MmolPerL) => key::HEADING_DASHBOARD_OTHER_MMOL_PER_L,
    };
    let first = step.period.span(until).from.date();
    let values = [("first", calendar::written(first).into()), ("last", calendar::written(until).into())];
    view.filled(named, &values)
}

fn tabs(view: &View<'_>, step: &DashboardStep) -> Block {
    let tab = |kind: &TabKind| Tab {
        key: view.model.keymap.label(kind.action()).to_owned(),
        name: view.text(kind.name()),
        short: if *kind == TabKind::StandardDay { view.text(key::TAB_STANDARD_DAY_SHORT) } else { String::new() },
    };
    let here = TabKind::ALL.iter().position(|kind| *kind == step.tab.kind()).unwrap_or(0);
    Block::Tabs(Tabs { tabs: TabKind::ALL.iter().map(tab).collect(), here })
}

/// The person as they are known now. That somebody is no longer in care is never out of sight.
fn person(view: &View<'_>, step: &DashboardStep) -> Block {
    known(view, step.content.ready().map_or(&step.patient, |dashboard| &dashboard.patient))
}

/// A person on one line, with their status where they are not in care.
pub(super) fn known(view: &Wording<'_>, patient: &Patient) -> Block {
    known_as(view, patient, patient.full_name())
}

/// The same under this name.
pub(super) fn known_as(view: &Wording<'_>, patient: &Patient, name: String) -> Block {
    let line = view.person_line_of(patient, name);
    if patient.status == Status::Active {
        return Block::Text { role: TextRole::Accent, text: line };
    }
    let values = [("person", line.into()), ("status", view.status(patient.status).into())];
    Block::Notice { role: TextRole::Warning, text: view.filled(key::PERSON_LINE_WITH_STATUS, &values) }
}

fn content(view: &View<'_>, dashboard: &Dashboard, step: &DashboardStep, blocks: &mut Vec<Block>) {
    if dashboard.origin == RecordOrigin::WithoutPlatform {
        blocks.push(view.notice(TextRole::Warning, key::FROM_HERE_ONLY));
    }
    // Before any number, on every tab: nobody is to read one without knowing of what it is.
    blocks.extend(notices(view, dashboard));
    if step.tab.kind().has_readings() {
        blocks.extend(meals(view, dashboard));
        blocks.extend(nothing::elsewhere(view, dashboard));
    }
    let place = step.position();
    match &step.tab {
        DashboardTab::Overview => blocks.extend(overview::on_screen(view, dashboard)),
        DashboardTab::StandardDay => {
            blocks.push(standard_day::curve(view, dashboard));
            blocks.extend(standard_day::numbers(view, dashboard));
        }
        DashboardTab::Logbook(LogbookPage::Days(_)) => {
            blocks.extend(logbook::days(view, dashboard, step.columns(), place));
        }
        DashboardTab::Logbook(LogbookPage::Readings { .. }) => {
            blocks.push(readings::list(view, dashboard, place));
        }
        DashboardTab::Logbook(LogbookPage::Reading { .. }) | DashboardTab::Patterns(PatternsPage::Reading { .. }) => {
            blocks.extend(step.reading().map(|reading| readings::all_of(view, dashboard, reading)));
            blocks.push(readings::sources(view, &step.sources));
        }
        DashboardTab::Patterns(PatternsPage::List(_)) => blocks.extend(patterns::list(view, dashboard, place)),
        DashboardTab::Patterns(PatternsPage::Numbers { .. }) => blocks.extend(numbers::blocks(view, dashboard, place)),
        DashboardTab::Patterns(PatternsPage::Evidence { .. }) => {
            let pattern = step.pattern();
            blocks.extend(pattern.into_iter().flat_map(|pattern| patterns::evidence(view, dashboard, pattern, place)));
        }
        DashboardTab::Devices(_) => blocks.extend(devices::blocks(view, dashboard, place)),
        DashboardTab::Uploads(_) => blocks.extend(uploads::blocks(view, dashboard, place)),
        DashboardTab::Export(chosen) => blocks.extend(export::blocks(view, dashboard, step, *chosen)),
    }
}

/// What is not shown, what is in no number, and what has another time than its meter told.
pub(super) fn notices<'a>(view: &'a Wording<'_>, dashboard: &Dashboard) -> impl Iterator<Item = Block> + 'a {
    let part = (dashboard.origin.extent() == Some(RecordExtent::Part))
        .then(|| view.notice(TextRole::Warning, key::PART_OF_RECORD));
    let merged = match dashboard.origin {
        RecordOrigin::Platform { unconfirmed: count @ 1.., .. } => {
            let text = view.filled(key::NOT_SHOWN_OF_MERGED, &[("count", count.into())]);
            Some(Block::Notice { role: TextRole::Warning, text })
        }
        RecordOrigin::Platform { .. } | RecordOrigin::Here | RecordOrigin::WithoutPlatform => None,
    };
    let left_out = (dashboard.left_out.total() > 0)
        .then(|| Block::Notice { role: TextRole::Warning, text: overview::left_out(view, dashboard.left_out) });
    let corrected = dashboard.readings.iter().filter(|reading| reading.corrected_from.is_some()).count();
    let corrected = (corrected > 0).then(|| {
        let text = view.filled(key::TIMES_CORRECTED_HERE, &[("count", corrected.into())]);
        Block::Notice { role: TextRole::Warning, text }
    });
    part.into_iter().chain(merged).chain(left_out).chain(corrected)
}

/// That not all readings are looked at, where they are not.
pub(super) fn meals(view: &Wording<'_>, dashboard: &Dashboard) -> Option<Block> {
    meals_said(dashboard.meals).map(|said| view.notice(TextRole::Warning, said))
}

/// That not all readings are looked at, and which are.
const fn meals_said(meals: MealFilter) -> Option<TextKey> {
    match meals {
        MealFilter::All => None,
        MealFilter::Before => Some(key::ONLY_BEFORE_MEAL),
        MealFilter::After => Some(key::ONLY_AFTER_MEAL),
        MealFilter::Fasting => Some(key::ONLY_FASTING),
        MealFilter::Bedtime => Some(key::ONLY_BEDTIME),
        MealFilter::Unmarked => Some(key::ONLY_UNMARKED),
    }
}
