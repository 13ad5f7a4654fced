//! The clinic's patients as a list: a row each, with what the order and the filter are about.

use super::{StepPage, View};
use crate::app::wizard::population::PopulationStep;
use crate::domain::calendar;
use crate::domain::population::{PopulationFilter, PopulationOrder, PopulationRow, WINDOW_DAYS};
use crate::domain::words::key;
use crate::ui::scene::{Block, Choice, Choices, TextRole};

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
    blocks.push(Block::Choices(Choices {
        title: view.filled(key::TITLE_POPULATION, &[("filter", filter.into()), ("order", order.into())]),
        empty: view.text(empty),
        footer,
        ..view.choices(&step.rows, selected, |_, listed| row(view, step, listed))
    }));
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
        let values = [("low", listed.low.into()), ("verylow", listed.very_low.into())];
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
