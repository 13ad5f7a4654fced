//! The clinic's patients as a list: a row each, with what the order and the filter are about.

use super::{StepPage, View};
use crate::app::wizard::population::PopulationStep;
use crate::domain::calendar;
use crate::domain::population::{PopulationFilter, PopulationOrder, PopulationRow, WINDOW_DAYS};
use crate::domain::words::key;
use crate::ui::scene::{Block, Choice, Choices, ListColumns, Strip, StripKind, StripRow, TextRole};

/// A table has so many of its columns, up to the highs; what else there is stands below it for the one under the
/// cursor.
const LEAST_COLUMNS: usize = 6;

pub(super) fn page(view: &View<'_>, step: &PopulationStep) -> StepPage {
    let mut blocks = Vec::new();
    if step.known_only {
        blocks.push(view.notice(TextRole::Accent, key::POPULATION_KNOWN_ONLY));
    }
    if let Some(problem) = step.problem() {
        let values = [("code", problem.code.code().into())];
        blocks.push(Block::Notice { role: TextRole::Warning, text: view.filled(key::POPULATION_NOT_LOADED, &values) });
    }
    let order = view.text(match step.order {
        PopulationOrder::LastUpload => key::ORDER_LAST_UPLOAD,
        PopulationOrder::Lows => key::ORDER_LOWS,
        PopulationOrder::DaysWithout => key::ORDER_DAYS_WITHOUT,
        PopulationOrder::Waiting => key::ORDER_WAITING,
    });
    let filter = view.text(match step.filter {
        PopulationFilter::All => key::FILTER_ALL,
        PopulationFilter::Active => key::FILTER_ACTIVE,
        PopulationFilter::WithWaiting => key::FILTER_WITH_WAITING,
        PopulationFilter::NoUpload => key::FILTER_NO_UPLOAD,
        PopulationFilter::WithLows => key::FILTER_WITH_LOWS,
    });
    let selected = step.selection.place(&step.ids());
    let empty = if step.first.is_waiting() { key::POPULATION_LOOKED_UP } else { key::POPULATION_NOBODY };
    let footer = match (&step.next, step.further.is_waiting()) {
        (None, false) => String::new(),
        (Some(_), false) => view.text(key::POPULATION_MORE),
        (_, true) => view.text(key::POPULATION_LOOKED_UP),
    };
    let list = view.choices(&step.rows, selected, |_, listed| row(view, step, listed));
    blocks.push(Block::Choices(Choices {
        title: view.filled(key::TITLE_POPULATION, &[("filter", filter.into()), ("order", order.into())]),
        empty: view.text(empty),
        footer,
        columns: columns(view, step, step.rows.get(list.first..list.first + list.rows.len()).unwrap_or_default()),
        ..list
    }));
    blocks.extend(selected.and_then(|place| step.rows.get(place)).map(|listed| known(view, listed)));
    StepPage {
        step: "population",
        number: None,
        heading: view.text(key::HEADING_POPULATION),
        instruction: view.filled(key::INSTRUCTION_POPULATION, &[("days", WINDOW_DAYS.into())]),
        blocks,
    }
}

/// Who, when a meter was last read for them, how long they are without a reading, their lows, and what waits.
fn row(view: &View<'_>, step: &PopulationStep, listed: &PopulationRow) -> Choice {
    let patient = &listed.patient;
    let upload = match patient.last_upload {
        Some(at) => {
            let day = at.to_zoned(view.zone.clone()).date();
            view.filled(key::POPULATION_UPLOAD, &[("day", calendar::written(day).into())])
        }
        None => view.text(key::POPULATION_NO_UPLOAD),
    };
    let without = match listed.days_without(step.today) {
        Some(days) => view.filled(key::POPULATION_DAYS_WITHOUT, &[("days", days.into())]),
        None => view.text(key::POPULATION_NO_READING),
    };
    let lows = if listed.last_reading.is_some() {
        let values = [("low", listed.low.into()), ("verylow", listed.very_low.into()), ("high", listed.high.into())];
        view.filled(key::POPULATION_LOWS, &values)
    } else {
        String::new()
    };
    let waits = match listed.waiting {
        0 => None,
        count => Some(view.filled(key::POPULATION_WAITS, &[("count", count.into())])),
    };
    let status = (!patient.is_selectable()).then(|| view.status(patient.status));
    Choice {
        cells: vec![
            patient.full_name(),
            calendar::written(*patient.born.expose()),
            upload,
            without,
            lows,
            patient.main_identifier(),
        ],
        tag: view.words.list(status.into_iter().chain(waits)),
        disabled: None,
    }
}

/// The same as numbers under heads, and what there is to know besides where there is room.
fn columns(view: &View<'_>, step: &PopulationStep, rows: &[PopulationRow]) -> ListColumns {
    let heads = [
        key::HEAD_NAME,
        key::HEAD_BORN,
        key::HEAD_READING,
        key::HEAD_LOW,
        key::HEAD_VERY_LOW,
        key::HEAD_HIGH,
        key::HEAD_LAST_UPLOAD,
        key::HEAD_NUMBER,
        key::HEAD_LAST_READING,
        key::HEAD_GENDER,
        key::HEAD_METERS,
    ];
    let row = |listed: &PopulationRow| {
        let patient = &listed.patient;
        let never = || view.text(key::POPULATION_NEVER);
        let upload = patient.last_upload.map(|at| calendar::written(at.to_zoned(view.zone.clone()).date()));
        let days = listed.days_without(step.today);
        let reading = days.map(|days| view.filled(key::POPULATION_DAYS_AGO, &[("days", days.into())]));
        // Who never had a reading had none that is low; a nought would say that somebody looked.
        let count = |count: u32| listed.last_reading.map_or_else(String::new, |_| count.to_string());
        vec![
            patient.full_name(),
            calendar::written(*patient.born.expose()),
            reading.unwrap_or_else(never),
            count(listed.low),
            count(listed.very_low),
            count(listed.high),
            upload.unwrap_or_else(never),
            patient.main_identifier(),
            last_reading(listed),
            view.gender(patient.gender),
            meters(view, listed),
        ]
    };
    let rows = rows.iter().map(row).collect();
    ListColumns { heads: heads.map(|head| view.text(head)).to_vec(), rows, least: LEAST_COLUMNS }
}

fn last_reading(row: &PopulationRow) -> String {
    row.last_reading.map_or_else(String::new, calendar::written_with_time)
}

fn meters(view: &View<'_>, row: &PopulationRow) -> String {
    view.words.list(row.patient.devices.iter().map(ToString::to_string))
}

/// What there is to know besides of the one under the cursor, for where there is room below the list. It has as many
/// rows for everybody: the list above must not move with the cursor.
fn known(view: &View<'_>, row: &PopulationRow) -> Block {
    let patient = &row.patient;
    let numbers =
        view.words.list(patient.identifiers.iter().map(|number| format!("{} {}", number.label, number.value.expose())));
    let notes = [
        (key::HEAD_BORN, view.born(patient)),
        (key::HEAD_GENDER, view.gender(patient.gender)),
        (key::HEAD_NUMBER, numbers),
        (key::HEAD_LAST_READING, last_reading(row)),
        (key::HEAD_METERS, meters(view, row)),
    ];
    let rows = notes.map(|(label, note)| StripRow { label: view.text(label), cells: Vec::new(), note }).to_vec();
    Block::Strip(Strip { kind: StripKind::IfRoom, said: String::new(), rows })
}
