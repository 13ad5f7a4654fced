//! How it is asked who somebody is, beside the way of the wizard: before a meter goes to another patient, or is
//! nobody's.

use super::View;
use super::confirm::{TypedField, asked_facts, identity_fields, instruction, shared};
use crate::app::wizard::confirm_assignment::IdentityNotice;
use crate::app::wizard::identity_form::{IdentityFocus, IdentityForm};
use crate::domain::identity_check::{IdentityCheck, IdentityQuestion, Who};
use crate::domain::patient::Patient;
use crate::domain::problem::Problem;
use crate::domain::words::{TextKey, key};
use crate::ui::scene::{Block, TextRole};

/// Who is asked for, what is asked, and what is known of those who may be taken for them.
pub(super) struct AskedPerson<'a> {
    pub(super) patient: &'a Patient,
    pub(super) question: IdentityQuestion,
    pub(super) check: Option<&'a IdentityCheck>,
    pub(super) problem: Option<&'a Problem>,
}

/// What is on the page, and what to do there.
pub(super) fn blocks(view: &View<'_>, form: &IdentityForm, asked: &AskedPerson<'_>) -> (Vec<Block>, TextKey) {
    let AskedPerson { patient, question, check, problem } = *asked;
    let mut blocks = vec![Block::Facts { title: String::new(), facts: asked_facts(view, patient, question) }];
    if let Some(check) = check {
        let others = check.look_alikes.len().saturating_sub(1);
        let warn = |other| Block::Notice { role: TextRole::Warning, text: view.look_alike(other, others, question) };
        let shared = || shared(question, check.shared).map(|key| view.notice(TextRole::Warning, key));
        blocks.extend(check.look_alikes.first().map(warn).or_else(shared));
    }
    blocks.extend(problem.map(|problem| view.words.problem(problem)));
    if question.who == Who::Identifier && patient.identifiers.is_empty() {
        blocks.push(view.notice(TextRole::Problem, key::IDENTITY_WITHOUT_IDENTIFIER));
    }
    blocks.extend(form.told.and_then(told).map(|(role, key)| view.notice(role, key)));
    let field =
        |typed, focus| TypedField { typed, has_focus: form.focus == focus, is_missing: form.missing == Some(focus) };
    blocks.extend(identity_fields(
        view,
        question,
        [field(&form.who, IdentityFocus::Who), field(&form.born, IdentityFocus::Born)],
    ));
    blocks.push(view.buttons(&[
        (key::BUTTON_GO_ON, form.focus == IdentityFocus::GoOn),
        (key::BUTTON_BACK, form.focus == IdentityFocus::Back),
    ]));
    (blocks, instruction(question))
}

/// What is said of the last answer.
const fn told(notice: IdentityNotice) -> Option<(TextRole, TextKey)> {
    match notice {
        IdentityNotice::Mismatch => Some((TextRole::Problem, key::IDENTITY_MISMATCH)),
        IdentityNotice::DateNeeded => Some((TextRole::Warning, key::IDENTITY_DATE_NEEDED)),
        IdentityNotice::DateUnclear => Some((TextRole::Warning, key::IDENTITY_DATE_UNCLEAR)),
        IdentityNotice::YearShort => Some((TextRole::Warning, key::IDENTITY_YEAR_SHORT)),
        IdentityNotice::AskedAnew => Some((TextRole::Warning, key::IDENTITY_ASKED_ANEW)),
        // These are said of an upload.
        IdentityNotice::PersonChanged
        | IdentityNotice::OwnerMerged
        | IdentityNotice::EndUndone
        | IdentityNotice::WasUndone
        | IdentityNotice::TakenOff => None,
    }
}
