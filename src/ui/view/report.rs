//! What an export says in words: the same sentences and numbers as the dashboard on the screen.

use super::dashboard::{self, logbook, numbers, overview, patterns, standard_day};
use super::wording::Wording;
use crate::app::wizard::dashboard::ListPosition;
use crate::domain::calendar;
use crate::domain::record::RecordOrigin;
use crate::domain::report::RecordReport;
use crate::domain::statistics::MealFilter;
use crate::domain::words::key;
use crate::ui::scene::{Block, GridRow, TextRole};
use crate::ui::words::Words;

/// An export in words, from its beginning to its end.
#[derive(Debug, Clone, PartialEq)]
pub struct SaidReport {
    /// What it is.
    pub title: String,
    /// Whose it is, the period and the unit, and what is to be known before it is read.
    pub head: Vec<Block>,
    /// The numbers, the ranges and the small charts of the overview.
    pub overview: Vec<Block>,
    /// The standard day.
    pub standard_day: Block,
    /// The same for where the overview has said of it what the small chart shows.
    pub curves: Block,
    /// What recurs.
    pub patterns: Vec<Block>,
    /// The numbers that are nowhere else, and those by meal marker; nothing without any reading.
    pub numbers: Vec<Block>,
    /// What stands above the days.
    pub days_title: String,
    /// The days with readings.
    pub days: Vec<GridRow>,
    /// Who made it, when and with what.
    pub made: String,
}

/// What an export says.
#[must_use]
pub fn said(report: &RecordReport, words: &Words) -> SaidReport {
    let (board, made) = (&report.dashboard, &report.made);
    let view = &Wording { words, zone: made.at.time_zone(), today: made.at.date() };
    SaidReport {
        title: view.text(key::REPORT_TITLE),
        head: head(view, report),
        overview: overview::blocks(view, board),
        standard_day: standard_day::curve(view, board),
        curves: standard_day::beside_medians(view, board),
        patterns: patterns::list(view, board, ListPosition::default()),
        numbers: if board.summary.count > 0 {
            numbers::blocks(view, board, ListPosition::default())
        } else {
            Vec::new()
        },
        days_title: view.text(key::REPORT_DAY_BY_DAY),
        days: logbook::days_with_readings(view, board),
        made: made_by(view, report),
    }
}

/// Whose it is, where their name cannot be written.
#[must_use]
pub fn known_by_number(report: &RecordReport, words: &Words) -> Block {
    let (patient, made) = (&report.dashboard.patient, &report.made);
    let view = &Wording { words, zone: made.at.time_zone(), today: made.at.date() };
    dashboard::known_as(view, patient, view.text(key::REPORT_NAME_LEFT_OUT))
}

fn head(view: &Wording<'_>, report: &RecordReport) -> Vec<Block> {
    let board = &report.dashboard;
    let mut head = vec![dashboard::known(view, &board.patient)];
    let first = board.period.span(board.until).from.date();
    let period = [
        ("days", u32::try_from(board.period.days()).unwrap_or(u32::MAX).into()),
        ("first", calendar::written(first).into()),
        ("last", calendar::written(board.until).into()),
        ("unit", board.unit.to_string().into()),
    ];
    head.push(Block::Text { role: TextRole::Text, text: view.filled(key::REPORT_PERIOD, &period) });
    if board.origin == RecordOrigin::WithoutPlatform {
        head.push(view.notice(TextRole::Warning, key::REPORT_FROM_HERE_ONLY));
    }
    head.extend(dashboard::notices(view, board));
    head.extend(dashboard::meals(view, board));
    let others = board.readings.len().saturating_sub(report.readings.len());
    if let (count @ 1.., true) = (u32::try_from(others).unwrap_or(u32::MAX), board.meals != MealFilter::All) {
        let text = view.filled(key::REPORT_OTHER_MEALS, &[("count", count.into())]);
        head.push(Block::Text { role: TextRole::Text, text });
    }
    if report.outside() > 0 {
        let text = view.filled(key::REPORT_OUTSIDE, &[("count", report.outside().into())]);
        head.push(Block::Text { role: TextRole::Text, text });
    }
    head
}

fn made_by(view: &Wording<'_>, report: &RecordReport) -> String {
    let made = &report.made;
    let mut values = vec![
        ("at", calendar::written_with_time(made.at.datetime()).into()),
        ("user", made.user.as_str().into()),
        ("version", made.version.into()),
    ];
    if made.site.is_empty() {
        return view.filled(key::REPORT_MADE, &values);
    }
    values.push(("site", made.site.as_str().into()));
    view.filled(key::REPORT_MADE_AT, &values)
}
