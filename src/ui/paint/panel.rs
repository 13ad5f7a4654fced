//! The live device panel: a strip of two lines below the step, or a column beside it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::rows::{GUTTER, Pen, Row, Sheet};
use crate::ui::cells;
use crate::ui::scene::{Panel, PanelEntry, Role};
use crate::ui::theme::Theme;
use crate::ui::words::Words;

/// Lines of the strip.
const LINES: usize = 2;

/// Draws the panel as a column: names, with the state of each below.
pub(crate) fn draw_side(buffer: &mut Buffer, area: Rect, panel: &Panel, theme: &Theme) {
    let pen = Pen { theme, width: usize::from(area.width.saturating_sub(1)), tight: false, sparing: false };
    let mut rows = pen.title(&panel.title, "");
    if panel.entries.is_empty() {
        rows.extend(pen.plain(Role::Dim, &panel.empty));
    }
    let entries: Vec<Vec<Row>> = panel.entries.iter().map(|entry| beside(&pen, entry)).collect();
    let height = usize::from(area.height);
    let ordered = by_urgency(&panel.entries);
    let all: usize = entries.iter().map(|rows| rows.len() + 1).sum();
    if rows.len() + all <= height {
        for entry in entries {
            rows.push(Row::default());
            rows.extend(entry);
        }
    } else {
        // Not all fit: those that need a person come first, without free rows, and the rest are counted.
        let mut shown = 0;
        for entry in &ordered {
            let entry = beside(&pen, entry);
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

/// Lines that the strip cannot do without.
pub(crate) fn least_lines(panel: &Panel) -> u16 {
    if panel.entries.len() > 1 { 2 } else { 1 }
}

/// Draws the panel in two lines with one or two entries in each. The title stands in the line above, or before the
/// first entry if there is no line above.
pub(crate) fn draw_strip(buffer: &mut Buffer, area: Rect, rule: Rect, panel: &Panel, theme: &Theme) {
    let pen = Pen { theme, width: usize::from(area.width), tight: false, sparing: false };
    let title = pen.fit(&panel.title, pen.room() / 3);
    let style = pen.style(Role::Heading);
    let mut rows = vec![Row::default(), Row::default()];
    let mut left = GUTTER;
    if rule.is_empty() {
        left += cells::width(&title) + 3;
        rows = vec![Row::default().with(GUTTER, title, style), Row::default()];
    } else if !title.is_empty() {
        Row::default().with(GUTTER - 1, format!(" {title} "), style).draw(buffer, rule);
    }
    let room = pen.width.saturating_sub(left);
    if panel.entries.is_empty() {
        rows = cells::wrap(&panel.empty, room)
            .into_iter()
            .zip(rows)
            .map(|(line, row)| row.with(left, line, pen.style(Role::Dim)))
            .collect();
    }
    let columns = if panel.entries.len() > LINES { 2 } else { 1 };
    let width = room.saturating_sub(3 * (columns - 1)) / columns;
    let places = LINES * columns;
    let over = panel.entries.len().saturating_sub(places);
    let entries: Vec<&PanelEntry> = if over > 0 { by_urgency(&panel.entries) } else { panel.entries.iter().collect() };
    let shown = if over > 0 { places - 1 } else { places };
    let names = entries.iter().take(shown).map(|entry| cells::width(&entry.name)).max().unwrap_or(0);
    for place in 0..places {
        let at = left + (place % columns) * (width + 3);
        let Some(row) = rows.get_mut(place / columns) else { continue };
        let taken = std::mem::take(row);
        *row = match entries.get(place) {
            Some(entry) if place < shown => one_line(&pen, taken, entry, at, width, names),
            Some(_) => match more(panel.entries.len() - shown) {
                Some(text) => taken.with(at, text, pen.style(Role::Dim)),
                None => taken,
            },
            None => taken,
        };
    }
    Sheet::from(rows).draw(buffer, area);
}

/// Name and state in one line. The state is whole; the name gives way.
fn one_line(pen: &Pen<'_>, row: Row, entry: &PanelEntry, at: usize, width: usize, names: usize) -> Row {
    let state = state(pen, entry);
    let name_room = width.saturating_sub(cells::width(&state) + 2);
    let name = pen.fit(&entry.name, name_room.min(names));
    let state_at = at + names.min(name_room) + 2;
    let state = pen.fit(&state, (at + width).saturating_sub(state_at));
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

/// Problems first, then warnings, then the others, each in their order.
fn by_urgency(entries: &[PanelEntry]) -> Vec<&PanelEntry> {
    let mut ordered: Vec<&PanelEntry> = entries.iter().collect();
    ordered.sort_by_key(|entry| match entry.role {
        Role::Problem => 0,
        Role::Warning => 1,
        Role::Text
        | Role::Dim
        | Role::Heading
        | Role::Accent
        | Role::Selected
        | Role::Focus
        | Role::Ok
        | Role::Disabled
        | Role::Frame => 2,
    });
    ordered
}
