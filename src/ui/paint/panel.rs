//! The live device panel: a strip below the step, a line for each meter, or a column beside it. The meters come in the
//! order in which they are to be read. Where not all fit, the one in hand and those being read are shown before others,
//! and the rest are counted.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::rows::{GUTTER, Pen, Row, Sheet};
use crate::domain::words::key;
use crate::ui::cells;
use crate::ui::scene::{PanelEntry, PanelView, Stays, TextRole};
use crate::ui::theme::Theme;
use crate::ui::words::Words;

/// The most lines of the strip.
const MOST_LINES: u16 = 3;

/// Draws the panel as a column: names, with the state of each below.
pub(crate) fn draw_side(buffer: &mut Buffer, area: Rect, panel: &PanelView, theme: &Theme) {
    let pen = Pen { theme, width: usize::from(area.width.saturating_sub(1)), tight: false, sparing: false };
    let mut rows = pen.title(&panel.title, "");
    if panel.entries.is_empty() {
        rows.extend(pen.plain(TextRole::Dim, &panel.empty));
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
        let mut left = height.saturating_sub(rows.len() + 1);
        let shown = shown(panel, |place| {
            let needs = entries.get(place).map_or(0, Vec::len);
            let fits = needs <= left;
            left = left.saturating_sub(needs);
            fits
        });
        rows.extend(shown.iter().filter_map(|place| entries.get(*place)).flatten().cloned());
        rows.extend(more(panel, &shown).into_iter().flat_map(|text| pen.plain(TextRole::Dim, &text)));
    }
    Sheet::from(rows).draw(buffer, area);
}

/// The lines of the strip: where there is room, where free rows are spared, where lines are, and the one that
/// it cannot do without.
pub(crate) fn lines(panel: &PanelView) -> [u16; 4] {
    let entries = u16::try_from(panel.entries.len()).unwrap_or(u16::MAX);
    [entries.clamp(2, MOST_LINES), 2, entries.clamp(1, 2), 1]
}

/// Draws the panel with one meter a line. Its title and how many more there are stand in the line above, or where there
/// is no line above, before the first meter and behind the last.
pub(crate) fn draw_strip(buffer: &mut Buffer, area: Rect, rule: Rect, panel: &PanelView, theme: &Theme) {
    let pen = Pen { theme, width: usize::from(area.width), tight: false, sparing: false };
    let title = pen.fit(&panel.title, pen.room() / 3);
    let style = pen.style(TextRole::Heading);
    let mut first = Row::default();
    let mut left = GUTTER;
    if rule.is_empty() {
        left += cells::width(&title) + 3;
        first = first.with(GUTTER, title, style);
    } else if !title.is_empty() {
        Row::default().with(GUTTER - 1, format!(" {title} "), style).draw(buffer, rule);
    }
    let room = pen.width.saturating_sub(left);
    let mut free = usize::from(area.height);
    let mut rows = vec![first];
    rows.resize(free.max(1), Row::default());
    if panel.entries.is_empty() {
        rows = cells::wrap(&panel.empty, room)
            .into_iter()
            .zip(rows)
            .map(|(line, row)| row.with(left, line, pen.style(TextRole::Dim)))
            .collect();
    }
    let shown = shown(panel, |_| {
        let fits = free > 0;
        free = free.saturating_sub(1);
        fits
    });
    let more = more(panel, &shown).unwrap_or_default();
    let entries: Vec<&PanelEntry> = shown.iter().filter_map(|place| panel.entries.get(*place)).collect();
    let names = entries.iter().map(|entry| cells::width(&entry.name)).max().unwrap_or(0);
    // The count stands in the line above, or at the end of the last meter's if there is no line above.
    let mut last_room = room;
    if !more.is_empty() && rule.is_empty() {
        let at = pen.width.saturating_sub(cells::width(&more));
        last_room = room.saturating_sub(cells::width(&more) + 2);
        rows = with_last(rows, |row| row.with(at, more.clone(), pen.style(TextRole::Dim)));
    } else if !more.is_empty() {
        let at = pen.width.saturating_sub(cells::width(&more) + 1);
        Row::default().with(at, format!(" {more} "), pen.style(TextRole::Dim)).draw(buffer, rule);
    }
    let last = entries.len();
    rows = rows
        .into_iter()
        .zip(entries.into_iter().map(Some).chain(std::iter::repeat(None)))
        .enumerate()
        .map(|(place, (row, entry))| match entry {
            Some(entry) => one_line(&pen, row, entry, left, if place + 1 == last { last_room } else { room }, names),
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
    row.with(at, name, pen.style(TextRole::Text)).with(state_at, state, pen.style(entry.role))
}

fn beside(pen: &Pen<'_>, entry: &PanelEntry) -> Vec<Row> {
    let mut rows = pen.plain(TextRole::Text, &entry.name);
    rows.extend(pen.paragraph(pen.theme.sign(entry.role), entry.role, &entry.state));
    rows
}

fn state(pen: &Pen<'_>, entry: &PanelEntry) -> String {
    match pen.theme.sign(entry.role) {
        "" => entry.state.clone(),
        sign => format!("{sign} {}", entry.state),
    }
}

/// Which entries are shown where only some fit, in their order: `fits` tells whether one more entry does, the most
/// needed first.
fn shown(panel: &PanelView, mut fits: impl FnMut(usize) -> bool) -> Vec<usize> {
    let mut needed: Vec<(Stays, usize)> =
        panel.entries.iter().enumerate().map(|(place, entry)| (entry.stays, place)).collect();
    // By the order of `Stays`, then by place: no two are equal, so nothing is lost by an unstable
    // sort.
    needed.sort_unstable();
    // The first one without room ends it: a meter that is needed less must not take the place of one that is needed
    // more.
    let mut shown: Vec<usize> = needed.into_iter().map(|(_, place)| place).take_while(|place| fits(*place)).collect();
    shown.sort_unstable();
    shown
}

/// The rows, with something more in the last of them.
fn with_last(mut rows: Vec<Row>, more: impl FnOnce(Row) -> Row) -> Vec<Row> {
    let last = rows.pop().map(more);
    rows.extend(last);
    rows
}

/// How many meters are not among those shown, and of these, how many are being read and how many are to be looked at.
fn more(panel: &PanelView, shown: &[usize]) -> Option<String> {
    let hidden =
        || panel.entries.iter().enumerate().filter(|(place, _)| !shown.contains(place)).map(|(_, entry)| entry);
    let count = |is: fn(&PanelEntry) -> bool| hidden().filter(|entry| is(entry)).count();
    let values = [
        ("count", hidden().count().into()),
        ("reading", count(|entry| entry.stays == Stays::BeingRead).into()),
        ("calling", count(|entry| entry.role == TextRole::Problem).into()),
    ];
    (hidden().count() > 0).then(|| Words::shared().filled(key::PAINT_MORE_ENTRIES, &values))
}
