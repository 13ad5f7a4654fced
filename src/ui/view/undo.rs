//! What is shown before an assignment is undone: whose record the readings leave, which meter it is about, and that
//! nothing is deleted.

use super::{StepPage, View};
use crate::app::asked::Asked;
use crate::app::wizard::undo::{UndoFocus, UndoStep};
use crate::domain::undo::{UndoOffer, UndoTerms};
use crate::domain::words::{TextKey, key};
use crate::ui::scene::{Block, Fact, TextRole};

pub(super) fn page(view: &View<'_>, step: &UndoStep) -> StepPage {
    let (mut blocks, instruction) = match &step.offer {
        Asked::Idle | Asked::Waiting(_) => {
            (vec![view.notice(TextRole::Accent, key::UNDO_LOOKING)], key::INSTRUCTION_UNDO_LOOKING)
        }
        Asked::Failed(problem) => (vec![view.words.problem(problem)], key::INSTRUCTION_UNDO_NOT_NOW),
        Asked::Ready(offer) => (offered(view, step, offer), instruction(offer.terms)),
    };
    if let Some(problem) = step.undoing.problem() {
        blocks.push(view.words.problem(problem));
    }
    if step.undoing.is_waiting() {
        blocks.push(view.notice(TextRole::Accent, key::UNDOING));
    }
    let undo = (key::BUTTON_UNDO, step.focus == UndoFocus::Undo);
    let leave = (key::BUTTON_LEAVE_ASSIGNED, step.focus == UndoFocus::Leave);
    let buttons = match (step.can_undo(), step.wants_reason()) {
        (true, true) => vec![undo, leave],
        (true, false) => vec![leave, undo],
        (false, _) => vec![leave],
    };
    blocks.push(view.buttons(&buttons));
    StepPage {
        step: "undo",
        number: None,
        heading: view.text(key::HEADING_UNDO),
        instruction: view.text(instruction),
        blocks,
    }
}

const fn instruction(terms: UndoTerms) -> TextKey {
    match terms {
        UndoTerms::AtOnce => key::INSTRUCTION_UNDO,
        UndoTerms::WithReason => key::INSTRUCTION_UNDO_REASON,
        UndoTerms::Refused => key::INSTRUCTION_UNDO_NOT_NOW,
    }
}

fn offered(view: &View<'_>, step: &UndoStep, offer: &UndoOffer) -> Vec<Block> {
    let leaving = view.filled(key::COUNT_READINGS, &[("count", offer.readings.into())]);
    let by = [("at", view.moment(offer.assigned_at).into()), ("user", offer.assigned_by.as_str().into())];
    let mut facts: Vec<Fact> = vec![
        view.fact(key::LABEL_RECORD_OF, view.person_line(&offer.patient), TextRole::Accent),
        view.fact(key::LABEL_DEVICE, offer.meter.model.to_string(), TextRole::Text),
        view.serial_fact(&offer.meter, TextRole::Text),
        view.fact(key::LABEL_ASSIGNED, view.filled(key::ASSIGNED_AT_BY, &by), TextRole::Text),
    ];
    let can_be_done = offer.terms != UndoTerms::Refused;
    facts.extend(can_be_done.then(|| view.fact(key::LABEL_TAKEN_OUT, leaving, TextRole::Warning)));
    let mut blocks = vec![Block::Facts { title: String::new(), facts }];
    if !can_be_done {
        blocks.push(view.notice(TextRole::Problem, key::PROBLEM_E_UNDO_3_WHAT));
        blocks.push(view.notice(TextRole::Warning, key::PROBLEM_E_UNDO_3_REMEDY));
        return blocks;
    }
    let mut meaning = vec![view.text(key::UNDO_MEANING)];
    meaning.extend(offer.ends_ownership.then(|| view.text(key::UNDO_ENDS_OWNERSHIP)));
    meaning.extend(offer.is_at_platform.then(|| view.text(key::UNDO_AT_PLATFORM)));
    blocks.push(Block::Text { role: TextRole::Text, text: view.words.sentences(meaning) });
    if step.wants_reason() {
        blocks.push(view.reason_field(&step.reason, step.is_typing(), key::EXAMPLE_REASON_UNDONE));
    }
    blocks
}
