//! A scene as cells: every block becomes rows of text at fixed columns, then the rows are put on the screen.
//!
//! Painting asks nothing and keeps nothing: the same scene, theme and size always give the same cells.

mod buttons;
mod choices;
mod columns;
mod content;
mod curve;
mod extras;
mod facts;
mod field;
mod gauge;
mod grid;
mod header;
mod hints;
mod notice;
mod overlay;
mod panel;
mod qr_code;
mod rows;
mod shares;
mod strip;
mod table;
mod tabs;
mod turned;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use self::rows::{Pen, Row, Sheet};
use super::cells;
use super::layout::{self, Air, Areas, Parts};
use super::scene::{Block, Hint, Scene, StripKind, TextRole};
use super::theme::Theme;
use super::words::Words;
use crate::app::event::Page;
use crate::domain::words::key;

/// What of a scene was drawn in full.
///
/// All that a step says must be seen before a key may act on it: heading and instruction, facts, notices, problems,
/// labels, buttons, and of a list the chosen row. Site and user, trail, device panel, hints, what stands in a field,
/// and the rows of lists and tables that can be moved to are not needed for that. Under a box only
/// the box must be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// Whether all that must be seen was drawn in full.
    pub is_whole: bool,
    /// Whether the remark was. The next key takes it away.
    pub has_whole_remark: bool,
    /// What is seen at once of the list, also while the field above it has the focus, or of the focused table.
    pub page: Option<Page>,
    /// Whether there is room for all of a step: for every row of its lists and tables, and for all air. More rows would
    /// stay empty, or show what is said elsewhere.
    pub has_room: bool,
}

impl Sight {
    /// Nothing is seen of a scene but the sentence that asks for room.
    pub const NOTHING: Self = Self { is_whole: false, has_whole_remark: false, page: None, has_room: false };
    /// All of a scene, as in lines, which have no end.
    pub const ALL: Self = Self { is_whole: true, has_whole_remark: true, page: None, has_room: true };
}

/// Draws a scene on a frame, and puts the cursor into the focused field.
pub fn paint(frame: &mut Frame<'_>, scene: &Scene, theme: &Theme) {
    paint_and_see(frame, scene, theme);
}

/// The same, and tells what [`sight`] would, without drawing everything once more.
pub fn paint_and_see(frame: &mut Frame<'_>, scene: &Scene, theme: &Theme) -> Sight {
    let area = frame.area();
    let (cursor, sight) = draw(frame.buffer_mut(), area, scene, theme);
    if let Some((x, y)) = cursor {
        frame.set_cursor_position(Position { x, y });
    }
    sight
}

/// A scene on a screen of this size, and what of it is drawn in full there.
#[must_use]
pub fn drawn(scene: &Scene, theme: &Theme, columns: u16, rows: u16) -> (Buffer, Sight) {
    let area = Rect::new(0, 0, columns, rows);
    let mut buffer = Buffer::empty(area);
    let (_, sight) = draw(&mut buffer, area, scene, theme);
    (buffer, sight)
}

/// What of a scene is drawn in full on a screen of this size: by drawing it, so that the two cannot disagree.
#[must_use]
pub fn sight(scene: &Scene, theme: &Theme, columns: u16, rows: u16) -> Sight {
    drawn(scene, theme, columns, rows).1
}

/// Whether all of a step that must be seen would fit into a screen of this size, [`layout::LEAST`] or not, with the
/// device panel in sight.
#[must_use]
pub fn fits(scene: &Scene, theme: &Theme, columns: u16, rows: u16) -> bool {
    let full = full_width(theme, columns);
    let remark = remark(&full, scene.remark.as_deref());
    let plan = ScreenPlan::new(Rect::new(0, 0, columns, rows), scene, theme, &full, &scene.hints, &remark);
    plan.is_whole() && plan.air != Air::StepAlone
}

fn full_width(theme: &Theme, columns: u16) -> Pen<'_> {
    // Without the margin that the layout keeps free at the right edge.
    Pen { theme, width: usize::from(columns.saturating_sub(2)), tight: false, sparing: false }
}

/// Where the cursor stands, if a field has the focus.
type Cursor = Option<(u16, u16)>;

/// Draws a scene into a buffer.
fn draw(buffer: &mut Buffer, area: Rect, scene: &Scene, theme: &Theme) -> (Cursor, Sight) {
    if area.width < layout::LEAST.0 || area.height < layout::LEAST.1 {
        ask_for_room(buffer, area);
        return (None, Sight::NOTHING);
    }
    // Under a box nothing has the focus, and nothing is marked as if it had.
    let at_rest = scene.overlay.is_some().then(|| scene.at_rest());
    let scene = at_rest.as_ref().unwrap_or(scene);
    let full = full_width(theme, area.width);
    let mut remark = remark(&full, scene.remark.as_deref());
    let mut plan = ScreenPlan::new(area, scene, theme, &full, &scene.hints, &remark);
    let is_whole = plan.is_whole();
    if !is_whole && scene.overlay.is_none() {
        // The hints of the step would name keys that do nothing on a screen like this: those that
        // do take their place, and the whole is planned anew around them.
        remark = self::remark(&full, Some(&Words::shared().text(key::PAINT_STEP_CUT)));
        plan = ScreenPlan::new(area, scene, theme, &full, &scene.ways_out, &remark);
    }
    let ScreenPlan { areas, heading, content, hints, air } = plan;
    header::draw(buffer, areas.header, scene, theme);
    line(buffer, areas.rule, theme);
    heading.draw(buffer, areas.heading);
    let cursor = content.draw(buffer, areas.content);
    if layout::has_side(area, scene.is_wide) {
        upright(buffer, areas.divider, theme);
        panel::draw_side(buffer, areas.panel, &scene.panel, theme);
    } else {
        line(buffer, areas.divider, theme);
        panel::draw_strip(buffer, areas.panel, areas.divider, &scene.panel, theme);
    }
    remark.draw(buffer, areas.remark);
    hints.draw(buffer, areas.hints);
    let has_whole_remark = remark.is_whole_in(areas.remark.width, areas.remark.height);
    let has_room = is_whole && air == Air::Full && !content.holds_back && content.leaves_out == 0;
    let sight = Sight { is_whole, has_whole_remark, page: content.page, has_room };
    match &scene.overlay {
        Some(overlay) => {
            // The box lies over the step, and the device panel beside it stays in sight.
            let below = Rect {
                width: if layout::has_side(area, scene.is_wide) { areas.divider.x } else { area.width },
                ..area
            };
            let (cursor, inside, is_whole) = overlay::draw(buffer, below, overlay, theme);
            (cursor, Sight { is_whole, page: inside.page, has_room: false, ..sight })
        }
        None => (cursor, sight),
    }
}

/// Where everything of a screen stands.
struct ScreenPlan {
    areas: Areas,
    heading: Sheet,
    content: Sheet,
    hints: Sheet,
    air: Air,
}

impl ScreenPlan {
    /// The areas with the most air with which all blocks fit, and the blocks as rows. For a picture air is spared, and
    /// the device panel is not.
    fn new(area: Rect, scene: &Scene, theme: &Theme, full: &Pen<'_>, hints: &[Hint], remark: &Sheet) -> Self {
        let width = usize::from(layout::step_width(area, scene.is_wide));
        let pen = Pen { theme, width, tight: false, sparing: false };
        let heading = Sheet::from(heading(&pen, scene));
        let hints = Sheet::from(hints::rows(full, hints));
        let parts = Parts {
            is_wide: scene.is_wide,
            heading: rows_of(&heading),
            hints: rows_of(&hints),
            remark: rows_of(remark),
            strip: panel::lines(&scene.panel),
        };
        // Once for all heights that are tried below: to find the columns of a long list takes its
        // time, and each key would pay for it several times over.
        let arranged = content::arrange(&pen, &scene.blocks);
        // They are left out before the charts.
        let is_said_elsewhere = |block: &&Block| matches!(block, Block::Strip(strip) if strip.kind != StripKind::Chart);
        let without_new = scene.blocks.iter().filter(is_said_elsewhere).count();
        let mut best: Option<(Areas, Sheet, Air)> = None;
        let mut last = None;
        for air in Air::ALL {
            // The device panel gives way to what must be seen of the step, never to a picture.
            if best.is_some() && air == Air::StepAlone {
                break;
            }
            // What must be seen is not to be cut by a remark that comes, and what says nothing new is not worth it.
            let lacks_chart = best.as_ref().is_some_and(|(_, content, _)| content.leaves_out > without_new);
            if air == Air::NoFreeRemark && !lacks_chart {
                continue;
            }
            let areas = layout::areas(area, parts, air);
            let pen = Pen { tight: !air.between_blocks(), sparing: air.is_sparing(), ..pen };
            let height = usize::from(areas.content.height);
            let content = content::rows(&pen, &scene.blocks, &arranged, height);
            let (fits, leaves_out) = (content.rows.len() <= height, content.leaves_out);
            let plan = (areas, content, air);
            if fits {
                // Of two that leave out as much the one with more air is better.
                best = match best {
                    Some(better @ (_, Sheet { leaves_out: fewer, .. }, _)) if fewer <= leaves_out => Some(better),
                    _ => Some(plan),
                };
                if leaves_out == 0 {
                    break;
                }
            } else {
                last = Some(plan);
            }
        }
        let (areas, content, air) = best
            .or(last)
            .unwrap_or_else(|| (layout::areas(area, parts, Air::StepAlone), Sheet::default(), Air::StepAlone));
        let heading = with_unseen(&pen, heading, content.unseen);
        Self { areas, heading, content, hints, air }
    }

    /// Whether all that must be seen is drawn in full.
    fn is_whole(&self) -> bool {
        let (heading, content) = (self.areas.heading, self.areas.content);
        self.heading.is_whole_in(heading.width, heading.height)
            && self.content.is_whole_in(content.width, content.height)
    }
}

/// The heading, and beside it that there are so many charts more, in as many words as have room.
fn with_unseen(pen: &Pen<'_>, mut heading: Sheet, unseen: usize) -> Sheet {
    let Some(first) = heading.rows.first_mut().filter(|_| unseen > 0) else { return heading };
    let room = pen.width.saturating_sub(first.reach() + 2);
    let said = [key::PAINT_CHARTS_UNSEEN, key::PAINT_CHARTS_UNSEEN_SHORT]
        .map(|said| Words::shared().filled(said, &[("count", unseen.into())]));
    if let Some(said) = said.into_iter().find(|said| cells::width(said) <= room) {
        let at = pen.width.saturating_sub(cells::width(&said));
        *first = std::mem::take(first).with(at, said, pen.style(TextRole::Dim));
    }
    heading
}

/// The remark, wrapped.
fn remark(pen: &Pen<'_>, text: Option<&str>) -> Sheet {
    let rows = text.map(|text| pen.paragraph(pen.theme.sign(TextRole::Warning), TextRole::Warning, text));
    Sheet::from(rows.unwrap_or_default())
}

fn heading(pen: &Pen<'_>, scene: &Scene) -> Vec<Row> {
    let mut rows = pen.plain(TextRole::Heading, &scene.heading);
    if !scene.instruction.is_empty() {
        rows.extend(pen.plain(TextRole::Text, &scene.instruction));
    }
    rows
}

fn rows_of(sheet: &Sheet) -> u16 {
    // No part around the blocks gets more: a long remark would leave no row for the step.
    u16::try_from(sheet.rows.len()).unwrap_or(u16::MAX).min(4)
}

fn line(buffer: &mut Buffer, area: Rect, theme: &Theme) {
    let text = theme.glyphs().horizontal.repeat(usize::from(area.width));
    Row::default().with(0, text, theme.style(TextRole::Frame)).draw(buffer, area);
}

fn upright(buffer: &mut Buffer, area: Rect, theme: &Theme) {
    for y in area.top()..area.bottom() {
        Row::default().with(0, theme.glyphs().vertical, theme.style(TextRole::Frame)).draw(buffer, Rect { y, ..area });
    }
}

/// One sentence in the middle of a screen that is too small for a step.
fn ask_for_room(buffer: &mut Buffer, area: Rect) {
    let needed = [("columns", u32::from(layout::LEAST.0).into()), ("rows", u32::from(layout::LEAST.1).into())];
    let sentence = Words::shared().filled(key::PAINT_ROOM_NEEDED, &needed);
    let lines = cells::wrap(&sentence, usize::from(area.width));
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let top = area.y + area.height.saturating_sub(height) / 2;
    for (text, y) in lines.into_iter().zip(top..area.bottom()) {
        let free = usize::from(area.width).saturating_sub(cells::width(&text));
        Row::default().with(free / 2, text, ratatui::style::Style::new()).draw(buffer, Rect { y, ..area });
    }
}
