//! What screens beside the way of the wizard offer.

use super::{Offer, offer, offer_if};
use crate::app::action::Action;
use crate::app::wizard::noted_person::{NotedFrom, NotedPersonStep};
use crate::app::wizard::population::PopulationStep;
use crate::app::wizard::undo::{UndoFocus, UndoStep};
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
