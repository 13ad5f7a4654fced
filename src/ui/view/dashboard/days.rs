//! The days of a dashboard, as somebody types them.

use crate::app::wizard::dashboard::{DayFault, DayField, DaysForm};
use crate::domain::calendar;
use crate::domain::statistics::Period;
use crate::domain::words::{TextKey, key};
use crate::ui::scene::{Block, InputField};
use crate::ui::view::{StepPage, View};

/// Whose dashboard it is, and the two days.
pub(super) fn page(view: &View<'_>, person: Block, form: &DaysForm) -> StepPage {
    let field = |of: DayField, label: TextKey, example: TextKey| {
        let typed = form.field(of);
        let complaint = form.complaint.as_ref().filter(|(wrong, _)| *wrong == of);
        Block::Field(InputField {
            label: view.text(label),
            value: typed.text().to_owned(),
            cursor: (form.focus == of).then(|| typed.cursor()),
            example: view.filled(example, &[("day", calendar::written(view.today).into())]),
            complaint: complaint.map(|(_, fault)| said(view, fault)),
            hidden: false,
            is_replaced: form.focus == of && form.replaces,
        })
    };
    let blocks = vec![
        person,
        field(DayField::First, key::LABEL_FIRST_DAY, key::EXAMPLE_FIRST_DAY),
        field(DayField::Last, key::LABEL_LAST_DAY, key::EXAMPLE_LAST_DAY),
    ];
    StepPage {
        step: "dashboard",
        number: None,
        heading: view.text(key::HEADING_CHOOSE_DAYS),
        instruction: view.text(key::INSTRUCTION_CHOOSE_DAYS),
        blocks,
    }
}

/// What is wrong with a day that was typed.
pub(in crate::ui::view) fn said(view: &View<'_>, fault: &DayFault) -> String {
    match fault {
        DayFault::Empty => view.text(key::COMPLAINT_EMPTY),
        DayFault::NoDay => view.text(key::COMPLAINT_DAY),
        DayFault::NoSuchDay { month } => {
            let days = u32::try_from(month.days_in_month()).unwrap_or_default();
            let written = calendar::written(*month);
            // Without its day: `Feb-2026`.
            let month = written.split_once('-').map_or(written.as_str(), |(_, month)| month);
            view.filled(key::COMPLAINT_NO_SUCH_DAY, &[("month", month.into()), ("days", days.into())])
        }
        DayFault::Unclear(days) => view.unclear_date(days),
        DayFault::Ahead => view.text(key::COMPLAINT_DAY_AHEAD),
        DayFault::BeforeFirst(first) => {
            view.filled(key::COMPLAINT_DAY_BEFORE, &[("first", calendar::written(*first).into())])
        }
        DayFault::TooMany => view.filled(key::COMPLAINT_TOO_MANY_DAYS, &[("most", Period::LONGEST.into())]),
    }
}
