//! What screens beside the way of the wizard offer.

use super::{Offer, go_on_in, offer, offer_if};
use crate::app::action::Action;
use crate::app::text_field::TextField;
use crate::app::wizard::ending::{EndingPage, EndingStep};
use crate::app::wizard::identity_form::{IdentityFocus, IdentityForm};
use crate::app::wizard::noted_person::{NotedFrom, NotedPersonStep};
use crate::app::wizard::population::PopulationStep;
use crate::app::wizard::time_correction::{CorrectionFocus, CorrectionPage, SpanField, TimeCorrectionStep};
use crate::app::wizard::transfer::{ReasonFocus, TransferPage, TransferStep};
use crate::app::wizard::undo::{UndoFocus, UndoStep};
use crate::domain::patient::Patient;
use crate::domain::words::key;

/// Before an assignment is undone.
pub(super) fn of_undo(step: &UndoStep) -> Vec<Offer> {
    if step.undoing.is_waiting() {
        return Vec::new();
    }
    let words = match step.focus {
        UndoFocus::Reason => key::HINT_GO_ON,
        UndoFocus::Undo => key::HINT_UNDO,
        UndoFocus::Leave => key::HINT_BACK,
    };
    let is_said = step.focus != UndoFocus::Reason || !step.reason.is_blank();
    let mut offers = vec![offer_if(is_said, Action::GoOn, words, key::REASON_SAY_WHY_UNDONE)];
    if step.can_undo() {
        offers.push(offer(Action::NextControl, key::HINT_NEXT_CONTROL));
    }
    offers.push(offer(Action::Back, key::HINT_BACK));
    offers
}

/// On the way of a meter to another patient.
pub(super) fn of_transfer(step: &TransferStep, recents: &[Patient]) -> Vec<Offer> {
    let back = offer(Action::Back, key::HINT_BACK);
    let next = offer(Action::NextControl, key::HINT_NEXT_CONTROL);
    match &step.page {
        TransferPage::To(search) => {
            let mut offers = vec![go_on_in(search, None, recents)];
            offers.extend((!search.is_typing()).then(|| offer(Action::Search, key::HINT_SEARCH)));
            offers.push(back);
            offers
        }
        TransferPage::FirstDay(page) => {
            vec![offer_if(page.fault.is_none(), Action::GoOn, key::HINT_GO_ON, key::REASON_DAY_IS_WRONG), back]
        }
        TransferPage::Reason(page) => {
            let words = if page.focus == ReasonFocus::Leave { key::HINT_LEAVE_IT } else { key::HINT_GO_ON };
            let is_said = page.focus != ReasonFocus::Reason || !page.reason.is_blank();
            let mut offers = vec![offer_if(is_said, Action::GoOn, words, key::REASON_SAY_WHY_TRANSFERRED)];
            offers.extend(page.offer.ready().is_some().then_some(next));
            offers.push(back);
            offers
        }
        TransferPage::Identify(page) if page.is_noting() => Vec::new(),
        TransferPage::Identify(page) => of_identity(&page.form),
        TransferPage::Decide(page) if page.moving.is_waiting() => Vec::new(),
        TransferPage::Decide(page) => {
            let words = if page.is_on_transfer { key::HINT_TRANSFER } else { key::HINT_LEAVE_IT };
            vec![offer(Action::GoOn, words), next, back]
        }
        TransferPage::Done(..) => vec![offer(Action::GoOn, key::HINT_DASHBOARD)],
    }
}

/// While it is typed who somebody is.
fn of_identity(form: &IdentityForm) -> Vec<Offer> {
    let is_told = form.missing == Some(form.focus);
    let words = if form.focus == IdentityFocus::Back { key::HINT_BACK } else { key::HINT_GO_ON };
    vec![
        offer_if(!is_told, Action::GoOn, words, key::COMPLAINT_EMPTY),
        offer(Action::NextControl, key::HINT_NEXT_FIELD),
        offer(Action::Back, key::HINT_BACK),
    ]
}

/// Before a meter is nobody's, or that is undone.
pub(super) fn of_ending(step: &EndingStep) -> Vec<Offer> {
    let back = offer(Action::Back, key::HINT_BACK);
    let next = offer(Action::NextControl, key::HINT_NEXT_CONTROL);
    match &step.page {
        EndingPage::Why(selection) => {
            let mark = offer(Action::Down, key::HINT_MARK);
            let is_marked = selection.id().is_some();
            vec![mark, offer_if(is_marked, Action::GoOn, key::HINT_CHOOSE, key::REASON_NOTHING_ANSWERED), back]
        }
        EndingPage::LastDay(page) => {
            vec![offer_if(page.fault.is_none(), Action::GoOn, key::HINT_GO_ON, key::REASON_DAY_IS_WRONG), back]
        }
        EndingPage::Reason(page) => {
            let words = if page.focus == ReasonFocus::Leave { key::HINT_LEAVE_IT } else { key::HINT_GO_ON };
            let is_said = page.focus != ReasonFocus::Reason || !page.reason.is_blank();
            let mut offers = vec![offer_if(is_said, Action::GoOn, words, key::REASON_SAY_WHY_ENDED)];
            offers.extend(page.offer.ready().is_some().then_some(next));
            offers.push(back);
            offers
        }
        EndingPage::Identify(page) if page.is_noting() => Vec::new(),
        EndingPage::Identify(page) => of_identity(&page.form),
        EndingPage::Decide(page) if page.ending.is_waiting() => Vec::new(),
        EndingPage::Decide(page) => {
            let words = if page.is_on_end { key::HINT_END_OWNERSHIP } else { key::HINT_LEAVE_IT };
            vec![offer(Action::GoOn, words), next, back]
        }
        EndingPage::Done(..) => vec![offer(Action::GoOn, key::HINT_DASHBOARD)],
        EndingPage::Undo(page) if page.undoing.is_waiting() => Vec::new(),
        EndingPage::Undo(page) => {
            let words = match page.focus {
                UndoFocus::Reason => key::HINT_GO_ON,
                UndoFocus::Undo => key::HINT_UNDO_ENDING,
                UndoFocus::Leave => key::HINT_BACK,
            };
            let is_said = page.focus != UndoFocus::Reason || !page.reason.is_blank();
            let mut offers = vec![offer_if(is_said, Action::GoOn, words, key::REASON_SAY_WHY_UNDONE)];
            offers.extend(page.can_undo().then_some(next));
            offers.push(back);
            offers
        }
    }
}

/// Before times are corrected, or that is undone.
pub(super) fn of_time_correction(step: &TimeCorrectionStep) -> Vec<Offer> {
    if step.doing.is_waiting() {
        return Vec::new();
    }
    let words = match step.focus {
        CorrectionFocus::Field(SpanField::First | SpanField::Last) => key::HINT_NEXT_FIELD,
        CorrectionFocus::Field(SpanField::Was) | CorrectionFocus::Check => key::HINT_CHECK_TIMES,
        CorrectionFocus::LookAtLast => key::HINT_LOOK_AT_CORRECTION,
        CorrectionFocus::Reason => key::HINT_GO_ON,
        CorrectionFocus::Act => match step.page {
            CorrectionPage::Undo { .. } => key::HINT_UNDO_CORRECTION,
            CorrectionPage::Check { .. } | CorrectionPage::Span => key::HINT_CORRECT_TIMES,
        },
        CorrectionFocus::Leave => key::HINT_BACK,
    };
    let is_said = step.focus != CorrectionFocus::Reason || !step.reason().is_none_or(TextField::is_blank);
    let is_told = step.form.complaint.as_ref().is_some_and(|(of, _)| *of == SpanField::Was)
        && step.focus == CorrectionFocus::Field(SpanField::Was);
    let go_on = if is_told {
        offer_if(false, Action::GoOn, words, key::REASON_TIME_IS_WRONG)
    } else {
        offer_if(is_said, Action::GoOn, words, key::REASON_SAY_WHY_TIMES)
    };
    let mut offers = vec![go_on];
    if step.controls().len() > 1 {
        offers.push(offer(Action::NextControl, key::HINT_NEXT_CONTROL));
    }
    offers.push(offer(Action::Back, key::HINT_BACK));
    offers
}

/// What became of somebody who was noted, and what can be done about them.
pub(super) fn of_noted_person(step: &NotedPersonStep) -> Vec<Offer> {
    let back = offer(Action::Back, key::HINT_BACK);
    match (&step.came_from, step.selected()) {
        (NotedFrom::Form(_), _) => vec![offer(Action::GoOn, key::HINT_BACK_TO_SEARCH)],
        (NotedFrom::List(..), _) if step.choices().is_empty() => vec![back],
        (NotedFrom::List(..), chosen) => {
            let mark = offer(Action::Down, key::HINT_MARK);
            vec![mark, offer_if(chosen.is_some(), Action::GoOn, key::HINT_CHOOSE, key::REASON_NOTHING_ANSWERED), back]
        }
    }
}

/// In the list of the clinic's patients.
pub(super) fn of_population(step: &PopulationStep) -> Vec<Offer> {
    let words = if step.selection.id().is_some() { key::HINT_DASHBOARD } else { key::HINT_TO_LIST };
    let again = offer(Action::ReadAgain, key::HINT_LOAD_AGAIN);
    vec![
        offer_if(!step.rows.is_empty(), Action::GoOn, words, key::REASON_NOBODY_LISTED),
        offer(Action::Right, key::HINT_OTHER_ORDER),
        offer(Action::OtherFilter, key::HINT_OTHER_FILTER),
        if step.problem().is_some() { again } else { again.in_help() },
        offer(Action::Back, key::HINT_BACK),
    ]
}
