//! What is exported of what is seen, in which form and where; and what came of it.

use super::overview;
use crate::app::asked::Asked;
use crate::app::wizard::dashboard::{DashboardStep, EXPORT_FORMS};
use crate::domain::calendar;
use crate::domain::report_kind::{Paper, ReportKind, WrittenExport};
use crate::domain::statistics::Dashboard;
use crate::domain::words::{TextKey, key};
use crate::ui::scene::{Block, Choice, Choices, ListColumns, TextRole};
use crate::ui::view::View;
use crate::ui::view::wording::Wording;

/// What is in it and where it goes, what came of the last one, and the forms.
pub(super) fn blocks(
    view: &View<'_>,
    dashboard: &Dashboard,
    step: &DashboardStep,
    chosen: Option<ReportKind>,
) -> Vec<Block> {
    let facts = vec![
        view.fact(key::LABEL_DAYS, days(view, dashboard), TextRole::Text),
        view.fact(key::LABEL_READINGS, readings(view, dashboard), TextRole::Text),
        view.fact(key::LABEL_FOLDER, view.model.exports.folder.to_string(), TextRole::Text),
    ];
    let mut blocks = vec![Block::Facts { title: String::new(), facts }];
    match &step.export {
        Asked::Idle if view.model.is_demo() => blocks.push(view.notice(TextRole::Accent, key::EXPORTS_OF_DEMO)),
        Asked::Idle => {}
        Asked::Waiting(_) => blocks.push(view.notice(TextRole::Accent, key::EXPORTING)),
        Asked::Ready(written) => blocks.push(Block::Notice { role: TextRole::Ok, text: done(view, written) }),
        Asked::Failed(problem) => blocks.push(view.words.problem(problem)),
    }
    blocks.push(Block::Choices(Choices {
        title: view.text(key::TITLE_EXPORT_AS),
        rows: EXPORT_FORMS.map(|kind| form(view, kind)).to_vec(),
        first: 0,
        total: EXPORT_FORMS.len(),
        is_part: false,
        selected: EXPORT_FORMS.iter().position(|kind| Some(*kind) == chosen),
        focused: true,
        empty: String::new(),
        footer: String::new(),
        marks_only: true,
        columns: ListColumns::default(),
    }));
    blocks
}

/// The days, and the unit.
fn days(view: &Wording<'_>, dashboard: &Dashboard) -> String {
    let first = dashboard.period.span(dashboard.until).from.date();
    let values = [
        ("days", u32::try_from(dashboard.period.days()).unwrap_or(u32::MAX).into()),
        ("first", calendar::written(first).into()),
        ("last", calendar::written(dashboard.until).into()),
        ("unit", dashboard.unit.to_string().into()),
    ];
    view.filled(key::REPORT_PERIOD, &values)
}

/// How many readings are in it, how many of them are in the numbers, and what stands for LO and HI there.
fn readings(view: &Wording<'_>, dashboard: &Dashboard) -> String {
    let values = [("count", dashboard.shown_count().into()), ("counted", dashboard.summary.count.into())];
    let beyond = overview::beyond(view, dashboard);
    view.words.list(std::iter::once(view.filled(key::EXPORT_READINGS, &values)).chain(beyond))
}

fn form(view: &View<'_>, kind: ReportKind) -> Choice {
    let (name, what): (TextKey, TextKey) = match kind {
        ReportKind::Text => (key::FORM_TEXT, key::FORM_TEXT_WHAT),
        ReportKind::Pdf => match view.model.exports.paper {
            Paper::A4 => (key::FORM_PDF, key::FORM_PDF_A4_WHAT),
            Paper::Letter => (key::FORM_PDF, key::FORM_PDF_LETTER_WHAT),
        },
        ReportKind::Csv => (key::FORM_CSV, key::FORM_CSV_WHAT),
        ReportKind::Fhir => (key::FORM_FHIR, key::FORM_FHIR_WHAT),
        ReportKind::Json => (key::FORM_JSON, key::FORM_JSON_WHAT),
    };
    Choice { cells: vec![view.text(name), view.text(what)], tag: String::new(), disabled: None }
}

/// Where it is.
fn done(view: &Wording<'_>, written: &WrittenExport) -> String {
    let values = [("count", written.readings.into()), ("file", written.file.as_str().into())];
    view.filled(key::EXPORT_WRITTEN, &values)
}
