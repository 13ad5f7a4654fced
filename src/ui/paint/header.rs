//! The header: site and user, then the steps of the wizard with their marks.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::rows::{GUTTER, Pen, Row, Sheet};
use crate::ui::cells;
use crate::ui::scene::{Scene, TextRole, TrailState, TrailStep};
use crate::ui::theme::Theme;

/// Columns between two steps of the trail.
const GAP: usize = 3;

/// Draws the header.
pub(crate) fn draw(buffer: &mut Buffer, area: Rect, scene: &Scene, theme: &Theme) {
    let pen = Pen { theme, width: usize::from(area.width), tight: false, sparing: false };
    let user = pen.fit(&scene.user, pen.room() / 2);
    let user_at = pen.width.saturating_sub(cells::width(&user));
    let site = pen.fit(&scene.site, user_at.saturating_sub(GUTTER + 2));
    let first =
        Row::default().with(GUTTER, site, pen.style(TextRole::Heading)).with(user_at, user, pen.style(TextRole::Text));
    Sheet::from(vec![first, trail(&pen, &scene.trail)]).draw(buffer, area);
}

/// The steps in a row. Where they do not fit, only the names of the step where we are and of its neighbours stay.
fn trail(pen: &Pen<'_>, steps: &[TrailStep]) -> Row {
    let here = steps.iter().position(|step| step.state == TrailState::Here).unwrap_or(0);
    let shown = |near: usize| {
        steps.iter().enumerate().map(move |(place, step)| (step, place.abs_diff(here) <= near)).collect::<Vec<_>>()
    };
    let widest = |steps: &[(&TrailStep, bool)]| steps.iter().map(|(step, named)| wide(step, *named)).sum::<usize>();
    let choices = [steps.len(), 1, 0].map(shown);
    let fitting = choices.iter().find(|steps| widest(steps) <= pen.room() + GAP).or(choices.last());
    let mut row = Row::default();
    let mut at = GUTTER;
    for (step, named) in fitting.into_iter().flatten() {
        let glyphs = pen.theme.glyphs();
        let (mark, role) = match step.state {
            TrailState::Done => (glyphs.done, TextRole::Ok),
            TrailState::Here => (glyphs.here, TextRole::Focus),
            TrailState::Ahead => (glyphs.ahead, TextRole::Dim),
        };
        let name_role = if step.state == TrailState::Done { TextRole::Text } else { role };
        row = row.with(at, mark, pen.style(role));
        if *named {
            row = row.with(at + 2, step.name.clone(), pen.style(name_role));
        }
        at += wide(step, *named);
    }
    row
}

/// The columns of a step with the gap after it.
fn wide(step: &TrailStep, named: bool) -> usize {
    if named { 2 + cells::width(&step.name) + GAP } else { 2 }
}
