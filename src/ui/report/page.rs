//! An export as plain text, to be pasted into a record: sentences, because columns do not stay columns there.

use crate::domain::report::RecordReport;
use crate::domain::words::key;
use crate::ui::linear::sentences;
use crate::ui::scene::{Block, Table};
use crate::ui::view;
use crate::ui::words::Words;

/// The whole text, with an end of line behind each.
#[must_use]
pub fn report_page(report: &RecordReport, words: &Words) -> String {
    let said = view::said(report, words);
    let mut lines = Vec::new();
    if report.made.purpose.is_training() {
        lines.push(words.text(key::STORE_TRAINING));
    }
    lines.push(said.title);
    lines.extend(said.head.iter().flat_map(sentences));
    lines.push(String::new());
    lines.extend(said.overview.iter().flat_map(sentences));
    // Without a reading both would say the same.
    if report.dashboard.summary.count > 0 {
        lines.extend(sentences(&said.curves));
    }
    lines.push(String::new());
    lines.extend(said.patterns.iter().flat_map(|block| pattern_lines(block, words)));
    lines.push(String::new());
    lines.extend(said.numbers.iter().flat_map(sentences));
    if !said.days.is_empty() {
        lines.push(String::new());
        lines.push(said.days_title);
        lines.extend(said.days.into_iter().map(|day| day.said));
    }
    lines.push(String::new());
    lines.push(said.made);
    // A block without a title says nothing there; an empty line stands between the parts alone.
    lines.dedup_by(|line, before| line.is_empty() && before.is_empty());
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

/// What is to be known of it and the numbers, line by line, for a form that has the readings by themselves: with how
/// many of them no number uses, which are not among those.
#[must_use]
pub fn report_lines(report: &RecordReport, words: &Words) -> Vec<String> {
    let said = view::said(report, words);
    let left_out = report.readings.iter().filter(|entry| !entry.reading.is_in_numbers()).count();
    let left_out = (left_out > 0).then(|| words.filled(key::REPORT_NOT_AMONG, &[("count", left_out.into())]));
    let blocks = said.head.iter().chain(&said.overview);
    blocks.flat_map(sentences).chain(left_out).chain([said.made]).collect()
}

/// The patterns, one a line; what each means is for whoever chooses one on the screen.
fn pattern_lines(block: &Block, words: &Words) -> Vec<String> {
    match block {
        Block::Table(Table { title, rows, .. }) => {
            let lines = rows.iter().filter_map(|(_, cells)| {
                let [name, state, detail] = cells.as_slice() else { return None };
                let values = [("name", name.into()), ("state", state.into()), ("detail", detail.into())];
                let key = if detail.is_empty() { key::REPORT_PATTERN } else { key::REPORT_PATTERN_WITH_DETAIL };
                Some(words.filled(key, &values))
            });
            std::iter::once(title.clone()).chain(lines).collect()
        }
        Block::Text { .. } => Vec::new(),
        block => sentences(block),
    }
}
