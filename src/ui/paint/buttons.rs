//! Controls side by side, in a further row where they do not fit, and why some cannot act now.

use super::rows::{GUTTER, Pen, Row, Sheet};
use crate::ui::cells;
use crate::ui::scene::{Button, TextRole};

/// Columns between two controls; the sign of the next one stands in them.
const GAP: usize = 3;

/// The rows of a group of controls.
pub(crate) fn rows(pen: &Pen<'_>, buttons: &[Button]) -> Sheet {
    let mut all = Sheet::from(vec![Row::default()]);
    let mut at = GUTTER;
    for button in buttons {
        let label = format!("[ {} ]", button.label);
        let text = pen.fit(&label, pen.room());
        let width = cells::width(&text);
        if at > GUTTER && at + width > pen.width {
            all.rows.push(Row::default());
            at = GUTTER;
        }
        let role = match (button.focused, &button.disabled) {
            (true, _) => TextRole::Selected,
            (false, Some(_)) => TextRole::Disabled,
            (false, None) => TextRole::Text,
        };
        if button.focused {
            all.focus = Some(all.rows.len() - 1);
        }
        let sign = pen.theme.sign(role);
        // The sign is not reversed: it points at the control from outside.
        let sign_style = pen.style(if button.focused { TextRole::Focus } else { role });
        if let Some(row) = all.rows.last_mut() {
            let sign_at = if at == GUTTER { 0 } else { at - cells::width(sign) - 1 };
            let cut = Pen::cuts(&label, pen.room());
            *row = std::mem::take(row).with(sign_at, sign, sign_style).with(at, text, pen.style(role)).cut_if(cut);
        }
        at += width + GAP;
    }
    let mut reasons: Vec<&String> = buttons.iter().filter_map(|button| button.disabled.as_ref()).collect();
    reasons.dedup();
    for reason in reasons {
        all.rows.extend(pen.plain(TextRole::Dim, reason));
    }
    all
}
