//! Problems and other things to know: the sign of the role in the gutter, the words beside it.

use super::rows::{GUTTER, Pen, Row};
use crate::ui::cells;
use crate::ui::scene::TextRole;

/// Something to know.
pub(crate) fn rows(pen: &Pen<'_>, role: TextRole, text: &str) -> Vec<Row> {
    pen.paragraph(pen.theme.sign(role), role, text)
}

/// What happened, what to do next, and the code for support.
pub(crate) fn problem(pen: &Pen<'_>, what: &str, remedy: &str, code: &str) -> Vec<Row> {
    let mut rows = pen.paragraph(pen.theme.sign(TextRole::Problem), TextRole::Problem, what);
    let code = format!("[{code}]");
    let mut lines = cells::wrap(remedy, pen.room());
    let last = lines.pop().unwrap_or_default();
    let text = pen.style(TextRole::Text);
    rows.extend(lines.into_iter().map(|line| Row::default().with(GUTTER, line, text)));
    let beside = GUTTER + cells::width(&last) + 1;
    let fits = beside + cells::width(&code) <= pen.width;
    let row = Row::default().with(GUTTER, last, text);
    if fits {
        rows.push(row.with(beside, code, pen.style(TextRole::Dim)));
    } else {
        rows.push(row);
        rows.push(Row::default().with(GUTTER, code, pen.style(TextRole::Dim)));
    }
    rows
}
