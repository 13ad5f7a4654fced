//! A box over the middle of the screen, which has the focus. What it covers is covered in whole lines, so that no half
//! word stands beside it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::content;
use super::rows::{Pen, Row, Sheet};
use crate::ui::scene::{OverlayBox, TextRole};
use crate::ui::theme::Theme;

/// The widest box, in columns: a sentence is read best in lines of at most some seventy characters, however wide the
/// screen is.
const WIDEST: u16 = 72;

/// Draws the box over the middle of `screen`, as high as its content needs. Returns where the cursor stands, what is in
/// the box, and whether all of it was drawn.
pub(crate) fn draw(
    buffer: &mut Buffer,
    screen: Rect,
    overlay: &OverlayBox,
    theme: &Theme,
) -> (Option<(u16, u16)>, Sheet, bool) {
    let width = WIDEST.min(screen.width.saturating_sub(4));
    let inside = width.saturating_sub(5);
    let most = usize::from(screen.height.saturating_sub(4));
    let pen = Pen { theme, width: usize::from(inside), tight: false, sparing: false };
    let arranged = content::arrange(&pen, &overlay.blocks);
    let airy = content::rows(&pen, &overlay.blocks, &arranged, most.saturating_sub(2));
    let content = if airy.rows.len() + 2 <= most {
        airy
    } else {
        content::rows(&Pen { tight: true, ..pen }, &overlay.blocks, &arranged, most)
    };
    // A free row above and below the content, where there is room for it.
    let margin = u16::from(content.rows.len() + 2 <= most);
    let height = u16::try_from(content.rows.len().min(most)).unwrap_or(0) + 2 + 2 * margin;
    let area = Rect {
        x: screen.x + (screen.width - width) / 2,
        y: screen.y + screen.height.saturating_sub(height) / 2,
        width,
        height: height.min(screen.height),
    };
    clear(buffer, Rect { x: screen.x, width: screen.width, ..area });
    border(buffer, area, &overlay.title, theme);
    let inner = Rect {
        x: area.x + 2,
        y: area.y + 1 + margin,
        width: inside,
        height: area.height.saturating_sub(2 + 2 * margin),
    };
    let is_whole = content.is_whole_in(inner.width, inner.height);
    (content.draw(buffer, inner), content, is_whole)
}

/// Empties the lines of the box.
fn clear(buffer: &mut Buffer, area: Rect) {
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            if let Some(cell) = buffer.cell_mut((x, y)) {
                cell.reset();
            }
        }
    }
}

fn border(buffer: &mut Buffer, area: Rect, title: &str, theme: &Theme) {
    let glyphs = theme.glyphs();
    let pen = Pen { theme, width: usize::from(area.width), tight: false, sparing: false };
    let frame = pen.style(TextRole::Frame);
    let across = glyphs.horizontal.repeat(pen.width.saturating_sub(2));
    let [top_left, top_right, bottom_left, bottom_right] = glyphs.corners;
    let last = pen.width.saturating_sub(1);
    let side = |left: &str, right: &str, middle: &str| {
        Row::default().with(0, left, frame).with(1, middle, frame).with(last, right, frame)
    };
    for y in area.top()..area.bottom() {
        let row = if y == area.top() {
            let title = pen.fit(title, pen.width.saturating_sub(8));
            let titled = if title.is_empty() { String::new() } else { format!(" {title} ") };
            side(top_left, top_right, &across).with(3, titled, pen.style(TextRole::Heading))
        } else if y + 1 == area.bottom() {
            side(bottom_left, bottom_right, &across)
        } else {
            side(glyphs.vertical, glyphs.vertical, "")
        };
        row.draw(buffer, Rect { y, ..area });
    }
}
