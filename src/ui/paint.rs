//! A scene as cells: every block becomes rows of text at fixed columns, then the rows are put on the screen.
//!
//! Painting asks nothing and keeps nothing: the same scene, theme and size always give the same cells.

mod buttons;
mod choices;
mod columns;
mod content;
mod facts;
mod field;
mod gauge;
mod header;
mod hints;
mod notice;
mod overlay;
mod panel;
mod rows;
mod shares;
mod table;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use self::rows::{Pen, Row, Sheet};
use super::cells;
use super::layout::{self, Air, Areas, Parts};
use super::scene::{Role, Scene};
use super::theme::Theme;
use super::words::Words;

/// Draws a scene on a frame, and puts the cursor into the field that has the keys.
pub fn paint(frame: &mut Frame<'_>, scene: &Scene, theme: &Theme) {
    let area = frame.area();
    if let Some((x, y)) = draw(frame.buffer_mut(), area, scene, theme) {
        frame.set_cursor_position(Position { x, y });
    }
}

/// Draws a scene into a buffer. Returns where the cursor stands, if a field has the keys.
fn draw(buffer: &mut Buffer, area: Rect, scene: &Scene, theme: &Theme) -> Option<(u16, u16)> {
    if area.width < layout::LEAST_COLUMNS || area.height < layout::LEAST_ROWS {
        ask_for_room(buffer, area);
        return None;
    }
    let width = usize::from(layout::step_width(area));
    let heading = heading(&Pen { theme, width, tight: false }, scene);
    let full = Pen { theme, width: usize::from(area.width.saturating_sub(2)), tight: false };
    let hints = hints::rows(&full, &scene.hints);
    let parts = Parts { heading: rows_of(&heading), hints: rows_of(&hints), strip: panel::least_lines(&scene.panel) };
    let (areas, content) = arrange(area, scene, theme, parts);
    header::draw(buffer, areas.header, scene, theme);
    line(buffer, areas.rule, theme);
    Sheet::from(heading).draw(buffer, areas.heading);
    let cursor = content.draw(buffer, areas.content);
    if layout::has_side(area) {
        upright(buffer, areas.divider, theme);
        panel::draw_side(buffer, areas.panel, &scene.panel, theme);
    } else {
        line(buffer, areas.divider, theme);
        panel::draw_strip(buffer, areas.panel, areas.divider, &scene.panel, theme);
    }
    if let Some(remark) = &scene.remark {
        let sign = theme.sign(Role::Warning);
        Row::new(sign, theme.style(Role::Warning))
            .with(rows::GUTTER, full.fit(remark, full.room()), theme.style(Role::Warning))
            .draw(buffer, areas.remark);
    }
    Sheet::from(hints).draw(buffer, areas.hints);
    match &scene.overlay {
        Some(overlay) => overlay::draw(buffer, area, overlay, theme),
        None => cursor,
    }
}

/// The areas with the most air with which all blocks fit, and the blocks as rows.
fn arrange(area: Rect, scene: &Scene, theme: &Theme, parts: Parts) -> (Areas, Sheet) {
    let width = usize::from(layout::step_width(area));
    let mut last = None;
    for air in Air::ALL {
        let areas = layout::areas(area, parts, air);
        let pen = Pen { theme, width, tight: !air.between_blocks() };
        let height = usize::from(areas.content.height);
        let content = content::rows(&pen, &scene.blocks, height);
        if content.rows.len() <= height {
            return (areas, content);
        }
        last = Some((areas, content));
    }
    last.unwrap_or_else(|| (layout::areas(area, parts, Air::None), Sheet::default()))
}

fn heading(pen: &Pen<'_>, scene: &Scene) -> Vec<Row> {
    let mut rows = pen.plain(Role::Heading, &scene.heading);
    if !scene.instruction.is_empty() {
        rows.extend(pen.plain(Role::Text, &scene.instruction));
    }
    rows
}

fn rows_of(rows: &[Row]) -> u16 {
    u16::try_from(rows.len()).unwrap_or(u16::MAX).min(4)
}

fn line(buffer: &mut Buffer, area: Rect, theme: &Theme) {
    let text = theme.glyphs().horizontal.repeat(usize::from(area.width));
    Row::default().with(0, text, theme.style(Role::Frame)).draw(buffer, area);
}

fn upright(buffer: &mut Buffer, area: Rect, theme: &Theme) {
    for y in area.top()..area.bottom() {
        Row::default().with(0, theme.glyphs().vertical, theme.style(Role::Frame)).draw(buffer, Rect { y, ..area });
    }
}

/// One sentence in the middle of a screen that is too small for a step.
fn ask_for_room(buffer: &mut Buffer, area: Rect) {
    let needed = [("columns", u32::from(layout::LEAST_COLUMNS).into()), ("rows", u32::from(layout::LEAST_ROWS).into())];
    let sentence = Words::shared().filled("paint-room-needed", &needed);
    let lines = cells::wrap(&sentence, usize::from(area.width));
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let top = area.y + area.height.saturating_sub(height) / 2;
    for (text, y) in lines.into_iter().zip(top..area.bottom()) {
        let free = usize::from(area.width).saturating_sub(cells::width(&text));
        Row::default().with(free / 2, text, ratatui::style::Style::new()).draw(buffer, Rect { y, ..area });
    }
}
