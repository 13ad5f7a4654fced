//! The clinic's patients as a list: a row each, with what the order and the filter are about.

use super::{StepPage, View};
use crate::app::wizard::population::PopulationStep;
use crate::domain::calendar;
use crate::domain::glucose::Unit;
use crate::domain::population::{PopulationFilter, PopulationOrder, PopulationRow, WINDOW_DAYS};
use crate::domain::statistics::Range;
use crate::domain::words::{TextKey, key};
use crate::ui::scene::{Block, Choice, Choices, ListColumns, Strip, StripKind, StripRow, TextRole};

/// A table has so many of its columns: who it is, and what it is sorted by. What else there is stands below it for the
/// one under the cursor.
const LEAST_COLUMNS: usize = 4;

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
        is_part: step.next.is_some() || step.further.is_waiting(),
        columns: columns(view, step, step.rows.get(list.first..list.first + list.rows.len()).unwrap_or_default()),
        ..list
    }));
    blocks.extend(selected.and_then(|place| step.rows.get(place)).map(|listed| known(view, listed)));
    StepPage {
        step: "population",
        number: None,
        heading: view.text(key::HEADING_POPULATION),
        instruction: view.filled(
            key::INSTRUCTION_POPULATION,
            &[("days", WINDOW_DAYS.into()), ("unit", unit(view).to_string().into())],
        ),
        blocks,
    }
}

impl View<'_> {
    /// What the columns are, for somebody who asks for help.
    pub(super) fn population_columns(&self) -> String {
        let unit = unit(self);
        let (low, high) = Range::target_edges(unit);
        let limits = [("low", low.into()), ("verylow", Range::VeryLow.limits(unit).into()), ("high", high.into())];
        let said = [("days", WINDOW_DAYS.into()), ("unit", unit.to_string().into())];
        self.filled(key::HELP_POPULATION, &[&limits[..], &said].concat())
    }
}

/// The unit in which limits are told: people in the list have meters of both.
fn unit(view: &View<'_>) -> Unit {
    view.model.unit.unwrap_or(Unit::MgPerDl)
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
        None if patient.last_upload.is_some() => view.text(key::POPULATION_NO_SURE_READING),
        None => view.text(key::POPULATION_NO_READING),
    };
    let lows = if listed.last_reading.is_some() {
        let (limit, high_limit) = Range::target_edges(unit(view));
        let values = [
            ("low", listed.low.into()),
            ("limit", limit.into()),
            ("verylow", listed.very_low.into()),
            ("verylimit", Range::VeryLow.limits(unit(view)).into()),
            ("high", listed.high.into()),
            ("highlimit", high_limit.into()),
        ];
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

/// The same as numbers under heads, and what there is to know besides where there is room. First stands what tells two
/// of one name apart, and then what the list is sorted by.
fn columns(view: &View<'_>, step: &PopulationStep, rows: &[PopulationRow]) -> ListColumns {
    let head = |key: TextKey, cell: Cell| (view.text(key), cell);
    let upload = head(key::HEAD_LAST_UPLOAD, upload_cell);
    let reading = [head(key::HEAD_READING, days_cell)];
    // By their limits, as everywhere: `low` would be those between the two elsewhere, and all below both here.
    let unit = unit(view);
    let (low, high) = Range::target_edges(unit);
    let lows = [(format!("<{low}"), low_cell as Cell), (Range::VeryLow.limits(unit).to_owned(), very_low_cell)];
    let mut columns: Vec<(String, Cell)> = vec![
        head(key::HEAD_NAME, |_, _, row| row.patient.full_name()),
        head(key::HEAD_NUMBER, |_, _, row| number(row)),
        head(key::HEAD_BORN, |_, _, row| calendar::written(*row.patient.born.expose())),
    ];
    let (first, later) =
        if step.order == PopulationOrder::LastUpload { (Some(upload), None) } else { (None, Some(upload)) };
    columns.extend(first);
    match step.order {
        PopulationOrder::LastUpload | PopulationOrder::Lows => columns.extend(lows.into_iter().chain(reading)),
        PopulationOrder::DaysWithout | PopulationOrder::Waiting => columns.extend(reading.into_iter().chain(lows)),
    }
    columns.push((format!(">{high}"), |_, _, row| count(row, row.high)));
    columns.extend(later);
    let last = [
        head(key::HEAD_LAST_READING, |_, _, row| last_reading(row)),
        head(key::HEAD_GENDER, |view, _, row| view.gender(row.patient.gender)),
        head(key::HEAD_METERS, |view, _, row| meters(view, row)),
    ];
    columns.extend(last);
    let row = |listed: &PopulationRow| columns.iter().map(|(_, cell)| cell(view, step, listed)).collect();
    let rows = rows.iter().map(row).collect();
    ListColumns { heads: columns.into_iter().map(|(head, _)| head).collect(), rows, least: LEAST_COLUMNS }
}

/// What stands in a column of somebody.
type Cell = fn(&View<'_>, &PopulationStep, &PopulationRow) -> String;

/// What sort of number it is stands below the list, where the cursor is.
fn number(row: &PopulationRow) -> String {
    row.patient.identifiers.first().map_or_else(String::new, |number| number.value.expose().to_string())
}

fn upload_cell(view: &View<'_>, _: &PopulationStep, row: &PopulationRow) -> String {
    let day = row.patient.last_upload.map(|at| calendar::written(at.to_zoned(view.zone.clone()).date()));
    day.unwrap_or_else(|| view.text(key::POPULATION_NEVER))
}

/// How long ago the last reading was. Who has readings, but none that counts, is not somebody who never measured.
fn days_cell(view: &View<'_>, step: &PopulationStep, row: &PopulationRow) -> String {
    match row.days_without(step.today) {
        Some(days) => view.filled(key::POPULATION_DAYS_AGO, &[("days", days.into())]),
        None if row.patient.last_upload.is_some() => view.text(key::POPULATION_NONE_SURE),
        None => view.text(key::POPULATION_NEVER),
    }
}

fn low_cell(_: &View<'_>, _: &PopulationStep, row: &PopulationRow) -> String {
    count(row, row.low)
}

fn very_low_cell(_: &View<'_>, _: &PopulationStep, row: &PopulationRow) -> String {
    count(row, row.very_low)
}

/// Who never had a reading had none that is low; a nought would say that somebody looked.
fn count(row: &PopulationRow, count: u32) -> String {
    row.last_reading.map_or_else(String::new, |_| count.to_string())
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
