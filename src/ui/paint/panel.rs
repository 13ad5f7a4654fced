//! The live device panel: a strip below the step, a line for each meter, or a column beside it. The meters come in the
//! order in which they are to be read; what does not fit is counted.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::rows::{GUTTER, Pen, Row, Sheet};
use crate::ui::cells;
use crate::ui::scene::{Panel, PanelEntry, Role};
use crate::ui::theme::Theme;
use crate::ui::words::Words;

/// The most lines of the strip.
const MOST_LINES: u16 = 3;

/// Draws the panel as a column: names, with the state of each below.
pub(crate) fn draw_side(buffer: &mut Buffer, area: Rect, panel: &Panel, theme: &Theme) {
    let pen = Pen { theme, width: usize::from(area.width.saturating_sub(1)), tight: false, sparing: false };
    let mut rows = pen.title(&panel.title, "");
    if panel.entries.is_empty() {
        rows.extend(pen.plain(Role::Dim, &panel.empty));
    }
    let entries: Vec<Vec<Row>> = panel.entries.iter().map(|entry| beside(&pen, entry)).collect();
    let height = usize::from(area.height);
    let all: usize = entries.iter().map(|rows| rows.len() + 1).sum();
    if rows.len() + all <= height {
        for entry in entries {
            rows.push(Row::default());
            rows.extend(entry);
        }
    } else {
        // Not all fit: they stand without free rows, and the rest are counted.
        let mut shown = 0;
        for entry in entries {
            if rows.len() + entry.len() >= height {
                break;
            }
            rows.extend(entry);
            shown += 1;
        }
        rows.extend(
            more(panel.entries.len() - shown).map(|text| Row::default().with(GUTTER, text, pen.style(Role::Dim))),
        );
    }
    Sheet::from(rows).draw(buffer, area);
}

/// The lines of the strip: where there is room, where free rows are spared, and those that it cannot do without.
pub(crate) fn lines(panel: &Panel) -> [u16; 3] {
    let entries = u16::try_from(panel.entries.len()).unwrap_or(u16::MAX);
    [entries.clamp(2, MOST_LINES), 2, entries.clamp(1, 2)]
}

/// Draws the panel with one meter a line, and how many more there are at the end of the last one. The title stands in the
/// line above, or before the first meter if there is no line above.
pub(crate) fn draw_strip(buffer: &mut Buffer, area: Rect, rule: Rect, panel: &Panel, theme: &Theme) {
    let pen = Pen { theme, width: usize::from(area.width), tight: false, sparing: false };
    let title = pen.fit(&panel.title, pen.room() / 3);
    let style = pen.style(Role::Heading);
    let mut first = Row::default();
    let mut left = GUTTER;
    if rule.is_empty() {
        left += cells::width(&title) + 3;
        first = first.with(GUTTER, title, style);
    } else if !title.is_empty() {
        Row::default().with(GUTTER - 1, format!(" {title} "), style).draw(buffer, rule);
    }
    let room = pen.width.saturating_sub(left);
    let lines = usize::from(area.height);
    let mut rows = vec![first];
    rows.resize(lines.max(1), Row::default());
    if panel.entries.is_empty() {
        rows = cells::wrap(&panel.empty, room)
            .into_iter()
            .zip(rows)
            .map(|(line, row)| row.with(left, line, pen.style(Role::Dim)))
            .collect();
    }
    let over = panel.entries.len().saturating_sub(lines);
    let more = more(over).unwrap_or_default();
    let shown = || panel.entries.iter().take(lines);
    let names = shown().map(|entry| cells::width(&entry.name)).max().unwrap_or(0);
    let last = shown().count();
    rows = rows
        .into_iter()
        .zip(shown().map(Some).chain(std::iter::repeat(None)))
        .enumerate()
        .map(|(place, (row, entry))| match entry {
            Some(entry) if place + 1 == last && over > 0 => {
                let at = pen.width.saturating_sub(cells::width(&more));
                let width = room.saturating_sub(cells::width(&more) + 2);
                one_line(&pen, row, entry, left, width, names).with(at, more.clone(), pen.style(Role::Dim))
            }
            Some(entry) => one_line(&pen, row, entry, left, room, names),
            None => row,
        })
        .collect();
    Sheet::from(rows).draw(buffer, area);
}

/// Name and state in one line. The name is whole; the state gives way.
fn one_line(pen: &Pen<'_>, row: Row, entry: &PanelEntry, at: usize, width: usize, names: usize) -> Row {
    let name = pen.fit(&entry.name, width);
    let state_at = at + names.min(width) + 2;
    let state = pen.fit(&state(pen, entry), (at + width).saturating_sub(state_at));
    row.with(at, name, pen.style(Role::Text)).with(state_at, state, pen.style(entry.role))
}

fn beside(pen: &Pen<'_>, entry: &PanelEntry) -> Vec<Row> {
    let mut rows = pen.plain(Role::Text, &entry.name);
    rows.extend(pen.paragraph(pen.theme.sign(entry.role), entry.role, &entry.state));
    rows
}

fn state(pen: &Pen<'_>, entry: &PanelEntry) -> String {
    match pen.theme.sign(entry.role) {
        "" => entry.state.clone(),
        sign => format!("{sign} {}", entry.state),
    }
}

fn more(count: usize) -> Option<String> {
    (count > 0).then(|| Words::shared().filled("paint-more-entries", &[("count", count.into())]))
}
