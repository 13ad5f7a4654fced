//! A period without a reading that counts: what there is, and where it is seen.

use crate::app::action::Action;
use crate::domain::calendar;
use crate::domain::statistics::Dashboard;
use crate::domain::words::key;
use crate::ui::scene::{Block, TextRole};
use crate::ui::view::View;
use crate::ui::view::wording::Wording;

/// When the last reading was where it is not in this period, and the key that leads there.
pub(super) fn elsewhere(view: &View<'_>, dashboard: &Dashboard) -> Option<Block> {
    let last = calendar::written_with_time(dashboard.last_elsewhere()?);
    let days = view.model.keymap.label(Action::ChooseDays);
    let text = view.filled(key::LAST_READING_ELSEWHERE, &[("last", last.into()), ("key", days.into())]);
    Some(Block::Notice { role: TextRole::Accent, text })
}

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
