//! A line to type in, its example, and what is wrong with what was typed.

use super::rows::{GUTTER, Pen, Row, Sheet};
use crate::ui::cells;
use crate::ui::scene::{InputField, TextRole};

/// The widest line to type in, and the narrowest, without its brackets, in columns: most names are seen
/// whole, and a longer text moves along in it.
const WIDEST: usize = 34;
const NARROWEST: usize = 8;
/// From this many columns on, two fields can stand side by side.
pub(crate) const ROOM_FOR_TWO: usize = 64;

/// The rows of a field whose label is given `labels` columns.
pub(crate) fn rows(pen: &Pen<'_>, field: &InputField, labels: usize) -> Sheet {
    let is_focused = field.cursor.is_some();
    let role = if is_focused { TextRole::Focus } else { TextRole::Text };
    let sign = if is_focused { pen.theme.sign(TextRole::Focus) } else { "" };
    // However long a label is, something can be typed beside it.
    let labels = labels.min(pen.room().saturating_sub(NARROWEST + 4));
    let open = GUTTER + labels + 2;
    let inside = pen.width.saturating_sub(open + 2).clamp(1, WIDEST);
    let (text, cursor) = window(pen, field, inside);
    let close = open + 1 + inside;
    let frame = pen.style(if is_focused { TextRole::Focus } else { TextRole::Dim });
    let row = Row::new(sign, pen.style(role))
        .with(GUTTER, pen.fit(&field.label, labels), pen.style(role))
        .with(open, "[", frame)
        .with(open + 1, text, pen.style(if field.is_replaced { TextRole::Selected } else { TextRole::Text }))
        .with(close, "]", frame)
        .cut_if(Pen::cuts(&field.label, labels));
    let mut rows = vec![row];
    if field.value.is_empty() && !field.example.is_empty() {
        let beside = close + 3;
        if beside + cells::width(&field.example) <= pen.width {
            let row = rows.remove(0);
            rows.push(row.with(beside, field.example.clone(), pen.style(TextRole::Dim)));
        } else {
            rows.extend(below(pen, open + 1, "", TextRole::Dim, &field.example));
        }
    }
    if let Some(complaint) = &field.complaint {
        rows.extend(below(pen, open + 1, pen.theme.sign(TextRole::Problem), TextRole::Problem, complaint));
    }
    Sheet {
        rows,
        focus: is_focused.then_some(0),
        cursor: cursor.map(|column| (open + 1 + column, 0)),
        ..Sheet::default()
    }
}

/// The rows of two fields side by side.
pub(crate) fn pair(pen: &Pen<'_>, left: &InputField, right: &InputField) -> Sheet {
    let half = pen.width / 2;
    let alone = |pen: &Pen<'_>, field: &InputField| rows(pen, field, cells::width(&field.label));
    // The right one starts with its gutter; two more free columns keep its sign off the left one.
    let sheet = alone(&Pen { width: half.saturating_sub(2), ..*pen }, left);
    sheet.beside(alone(&Pen { width: pen.width - half, ..*pen }, right), half)
}

/// The columns that the labels of a group of fields need.
pub(crate) fn label_width<'a>(fields: impl Iterator<Item = &'a InputField>) -> usize {
    fields.map(|field| cells::width(&field.label)).max().unwrap_or(0)
}

/// Text below the line to type in, under its first character.
fn below(pen: &Pen<'_>, left: usize, sign: &str, role: TextRole, text: &str) -> Vec<Row> {
    let style = pen.style(role);
    let indent = if sign.is_empty() { 0 } else { cells::width(sign) + 1 };
    // In less than that, a sentence would stand in a column of single words.
    let left = if pen.width.saturating_sub(left) < 24 { GUTTER } else { left };
    let room = pen.width.saturating_sub(left + indent);
    let mut sign = sign;
    cells::wrap(text, room)
        .into_iter()
        .map(|line| Row::default().with(left, std::mem::take(&mut sign), style).with(left + indent, line, style))
        .collect()
}

/// The part of the value that is shown, and the cursor's column in it. The cursor is always in sight.
fn window(pen: &Pen<'_>, field: &InputField, room: usize) -> (String, Option<usize>) {
    let bullet = pen.theme.glyphs().bullet;
    let value = if field.hidden { field.value.chars().map(|_| bullet).collect() } else { field.value.clone() };
    let Some(cursor) = field.cursor else {
        return (pen.fit(&value, room), None);
    };
    let before: String = value.chars().take(cursor).collect();
    let after: String = value.chars().skip(cursor).collect();
    // A cell is kept free for the cursor at the end.
    let mut over = (cells::width(&before) + 1).saturating_sub(room);
    let seen: String = cells::clusters(&before)
        .skip_while(|(_, width)| {
            let hidden = over > 0;
            over = over.saturating_sub(*width);
            hidden
        })
        .map(|(cluster, _)| cluster)
        .collect();
    let column = cells::width(&seen);
    (cells::cut(&(seen + &after), room), Some(column))
}
