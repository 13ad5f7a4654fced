//! A period without a reading that counts: what there is, and where it is seen.

use crate::domain::statistics::Dashboard;
use crate::domain::words::key;
use crate::ui::scene::{Block, TextRole};
use crate::ui::view::wording::Wording;

/// That there is nothing to count, and where what there is can be seen.
pub(super) fn said(view: &Wording<'_>, dashboard: &Dashboard) -> Block {
    if dashboard.shown_count() > 0 {
        return view.notice(TextRole::Accent, key::NONE_COUNTS);
    }
    match dashboard.left_out.total() {
        0 => view.notice(TextRole::Accent, key::NO_READINGS_IN_PERIOD),
        count => {
            let text = view.filled(key::NO_READINGS_BUT_DOUBTED, &[("count", count.into())]);
            Block::Notice { role: TextRole::Accent, text }
        }
    }
}
