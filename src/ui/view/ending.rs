//! A meter is a patient's no more: one question a page, with what was settled before it; and that this is undone.

use super::dashboard::days;
use super::identity::{self, AskedPerson};
use super::why_ended::why_word;
use super::wording::Wording;
use super::{StepPage, View};
use crate::app::asked::Asked;
use crate::app::list::Selection;
use crate::app::wizard::ending::{
    EndingDecidePage, EndingIdentifyPage, EndingPage, EndingReasonPage, EndingStep, EndingUndoPage, LastDayPage,
    SettledEnding,
};
use crate::app::wizard::transfer::ReasonFocus;
use crate::app::wizard::undo::UndoFocus;
use crate::domain::calendar;
use crate::domain::ending::{EndingCounts, EndingOffer, EndingUndoOffer};
use crate::domain::ownership::EndingReason;
use crate::domain::undo::UndoTerms;
use crate::domain::words::{TextKey, key};
use crate::ui::scene::{Block, Choice, Choices, Fact, InputField, TextRole};

/// What a page says: its heading, what to do, and what is on it.
type EndingParts = (TextKey, TextKey, Vec<Block>);

pub(super) fn page(view: &View<'_>, step: &EndingStep) -> StepPage {
    let (heading, instruction, blocks) = match &step.page {
        EndingPage::Why(selection) => why(view, step, selection),
        EndingPage::LastDay(page) => last_day(view, step, page),
        EndingPage::Reason(page) => reason(view, step, page),
        EndingPage::Identify(page) => identify(view, page),
        EndingPage::Decide(page) => decide(view, page),
        EndingPage::Done(settled, counts) => done(view, settled, *counts),
        EndingPage::Undo(page) => undo(view, step, page),
    };
    StepPage {
        step: step.name(),
        number: None,
        heading: view.text(heading),
        instruction: view.text(instruction),
        blocks,
    }
}

/// The meter, and who has it.
fn of_meter(view: &View<'_>, step: &EndingStep) -> Vec<Fact> {
    vec![
        view.fact(key::LABEL_DEVICE, step.meter.name(), TextRole::Accent),
        view.fact(key::LABEL_ENDING_OF, view.person_line(&step.owner), TextRole::Text),
    ]
}

fn why(view: &View<'_>, step: &EndingStep, selection: &Selection<EndingReason>) -> EndingParts {
    let row = |_, why: &EndingReason| {
        let words = match why {
            EndingReason::Replaced => key::ENDING_REPLACED,
            EndingReason::Lost => key::ENDING_LOST,
            EndingReason::Returned => key::ENDING_RETURNED,
            EndingReason::Error => key::ENDING_ERROR,
        };
        Choice { cells: vec![view.text(words)], tag: String::new(), disabled: None }
    };
    let all = EndingReason::ALL;
    let blocks = vec![
        Block::Facts { title: String::new(), facts: of_meter(view, step) },
        Block::Choices(Choices {
            title: view.text(key::TITLE_ANSWERS),
            marks_only: true,
            ..view.choices(&all, selection.place(&all), row)
        }),
    ];
    (key::HEADING_ENDING_WHY, key::INSTRUCTION_ENDING_WHY, blocks)
}

fn last_day(view: &View<'_>, step: &EndingStep, page: &LastDayPage) -> EndingParts {
    let mut facts = of_meter(view, step);
    facts.push(view.fact(key::LABEL_ENDING_WHY, view.text(why_word(page.why)), TextRole::Text));
    let last_upload = step.meter.last_upload.map_or_else(|| view.text(key::NONE), |at| view.moment(at));
    facts.push(view.fact(key::HEAD_LAST_UPLOAD, last_upload, TextRole::Text));
    let field = InputField {
        label: view.text(key::LABEL_ENDING_DAY),
        value: page.day.text().to_owned(),
        cursor: Some(page.day.cursor()),
        example: view.text(key::EXAMPLE_TRANSFER_DAY),
        complaint: page.fault.as_ref().map(|fault| days::said(view, fault)),
        hidden: false,
        is_replaced: false,
    };
    let blocks = vec![Block::Facts { title: String::new(), facts }, Block::Field(field)];
    (key::HEADING_ENDING_LAST_DAY, key::INSTRUCTION_ENDING_LAST_DAY, blocks)
}

fn reason(view: &View<'_>, step: &EndingStep, page: &EndingReasonPage) -> EndingParts {
    let (mut blocks, instruction) = match &page.offer {
        Asked::Idle | Asked::Waiting(_) => {
            (vec![view.notice(TextRole::Accent, key::TRANSFER_LOOKING)], key::INSTRUCTION_TRANSFER_LOOKING)
        }
        Asked::Failed(problem) => {
            let blocks =
                vec![Block::Facts { title: String::new(), facts: of_meter(view, step) }, view.words.problem(problem)];
            (blocks, key::INSTRUCTION_TRANSFER_NOT_NOW)
        }
        Asked::Ready(offer) => {
            let mut blocks = offered(view, offer, offer.counts);
            let is_here = page.focus == ReasonFocus::Reason;
            blocks.push(view.reason_field(&page.reason, is_here, key::EXAMPLE_REASON_ENDED));
            (blocks, key::INSTRUCTION_ENDING_REASON)
        }
    };
    let go_on = (key::BUTTON_GO_ON, page.focus == ReasonFocus::GoOn);
    let leave = (key::BUTTON_LEAVE_ASSIGNED, page.focus == ReasonFocus::Leave);
    let can_go_on = page.offer.ready().is_some();
    blocks.push(view.buttons(&if can_go_on { vec![go_on, leave] } else { vec![leave] }));
    (key::HEADING_ENDING_REASON, instruction, blocks)
}

/// `lost, until 14-Jul-2026`.
fn why_until(view: &Wording<'_>, why: EndingReason, last_day: Option<jiff::civil::Date>) -> String {
    let word = view.text(why_word(why));
    match last_day {
        None => word,
        Some(day) => view.filled(key::ENDING_UNTIL, &[("why", word.into()), ("day", calendar::written(day).into())]),
    }
}

/// The meter, whose it was until when, and what there is of its readings.
fn offered(view: &View<'_>, offer: &EndingOffer, counts: EndingCounts) -> Vec<Block> {
    let device = format!("{} {}", offer.model, offer.serial.expose());
    let people = vec![
        view.fact(key::LABEL_DEVICE, device, TextRole::Accent),
        view.fact(key::LABEL_ENDING_OF, view.person_line(&offer.patient), TextRole::Accent),
        view.fact(key::LABEL_ENDING_WHY, why_until(view, offer.why, offer.last_day), TextRole::Warning),
    ];
    let day = offer.last_day.map(calendar::written).unwrap_or_default();
    let said = |key: TextKey, count: u32| view.filled(key, &[("count", count.into()), ("day", day.as_str().into())]);
    let last = counts.last.map(calendar::written).unwrap_or_default();
    let in_record = view.filled(
        key::ENDING_IN_RECORD,
        &[("count", counts.in_record.into()), ("sure", u32::from(counts.last.is_some()).into()), ("day", last.into())],
    );
    let mut readings = vec![view.fact(key::LABEL_STAYS_IN_RECORD, in_record, TextRole::Text)];
    let mut more = |count: u32, label: TextKey, words: TextKey| {
        if count > 0 {
            readings.push(view.fact(label, said(words, count), TextRole::Text));
        }
    };
    more(counts.kept, key::LABEL_KEPT_HERE, key::ENDING_KEPT);
    more(counts.unsure, key::LABEL_KEPT_HERE, key::TRANSFER_UNSURE);
    let free = if offer.last_day.is_some() { key::ENDING_FREE } else { key::ENDING_FREE_ALL };
    more(counts.free, key::LABEL_WAITS_FOR_NEXT, free);
    let meaning = match (offer.why, offer.last_day) {
        (EndingReason::Lost, _) => view.filled(key::ENDING_MEANING_LOST, &[("day", day.as_str().into())]),
        (_, Some(_)) => view.filled(key::ENDING_MEANING, &[("day", day.as_str().into())]),
        (_, None) => view.text(key::ENDING_MEANING_ERROR),
    };
    vec![
        Block::Facts { title: String::new(), facts: people },
        Block::Facts { title: String::new(), facts: readings },
        Block::Text { role: TextRole::Text, text: meaning },
    ]
}

fn identify(view: &View<'_>, page: &EndingIdentifyPage) -> EndingParts {
    let asked = AskedPerson {
        patient: page.patient(),
        question: page.question(),
        check: page.check.ready().map(Box::as_ref),
        problem: page.check.problem(),
    };
    let (blocks, instruction) = identity::blocks(view, &page.form, &asked);
    (key::HEADING_ENDING_IDENTIFY, instruction, blocks)
}

fn decide(view: &View<'_>, page: &EndingDecidePage) -> EndingParts {
    let mut blocks = offered(view, &page.settled.offer, page.settled.offer.counts);
    if let Some(Block::Facts { facts, .. }) = blocks.get_mut(1) {
        facts.push(view.fact(key::LABEL_REASON, page.settled.reason.to_string(), TextRole::Text));
    }
    if let Some(problem) = page.ending.problem() {
        // What it means was read before: what went wrong needs the room.
        blocks.truncate(2);
        blocks.push(view.words.problem(problem));
    }
    if page.ending.is_waiting() {
        blocks.push(view.notice(TextRole::Accent, key::ENDING_OWNERSHIP));
    }
    blocks.push(
        view.buttons(&[(key::BUTTON_LEAVE_ASSIGNED, !page.is_on_end), (key::BUTTON_END_OWNERSHIP, page.is_on_end)]),
    );
    (key::HEADING_ENDING_DECIDE, key::INSTRUCTION_ENDING_DECIDE, blocks)
}

fn done(view: &View<'_>, settled: &SettledEnding, counts: EndingCounts) -> EndingParts {
    let mut blocks = offered(view, &settled.offer, counts);
    blocks.push(view.buttons(&[(key::BUTTON_GO_TO_DASHBOARD, true)]));
    (key::HEADING_ENDING_DONE, key::INSTRUCTION_ENDING_DONE, blocks)
}

fn undo(view: &View<'_>, step: &EndingStep, page: &EndingUndoPage) -> EndingParts {
    let (mut blocks, instruction) = match &page.offer {
        Asked::Idle | Asked::Waiting(_) => {
            (vec![view.notice(TextRole::Accent, key::ENDING_UNDO_LOOKING)], key::INSTRUCTION_UNDO_LOOKING)
        }
        Asked::Failed(problem) => {
            let blocks =
                vec![Block::Facts { title: String::new(), facts: of_meter(view, step) }, view.words.problem(problem)];
            (blocks, key::INSTRUCTION_UNDO_NOT_NOW)
        }
        Asked::Ready(offer) => (
            undo_offered(view, page, offer),
            match offer.terms {
                UndoTerms::AtOnce => key::INSTRUCTION_UNDO,
                UndoTerms::WithReason => key::INSTRUCTION_UNDO_REASON,
                UndoTerms::Refused => key::INSTRUCTION_UNDO_NOT_NOW,
            },
        ),
    };
    blocks.extend(page.undoing.problem().map(|problem| view.words.problem(problem)));
    if page.undoing.is_waiting() {
        blocks.push(view.notice(TextRole::Accent, key::UNDOING));
    }
    let undo = (key::BUTTON_UNDO, page.focus == UndoFocus::Undo);
    let leave = (key::BUTTON_LEAVE_ASSIGNED, page.focus == UndoFocus::Leave);
    blocks.push(view.buttons(&match (page.can_undo(), page.wants_reason()) {
        (true, true) => vec![undo, leave],
        (true, false) => vec![leave, undo],
        (false, _) => vec![leave],
    }));
    (key::HEADING_ENDING_UNDO, instruction, blocks)
}

fn undo_offered(view: &View<'_>, page: &EndingUndoPage, offer: &EndingUndoOffer) -> Vec<Block> {
    let by = [("at", view.moment(offer.ended_at).into()), ("user", offer.ended_by.as_str().into())];
    let device = format!("{} {}", offer.model, offer.serial.expose());
    let facts = vec![
        view.fact(key::LABEL_DEVICE, device, TextRole::Accent),
        view.fact(key::LABEL_ENDING_OF, view.person_line(&offer.patient), TextRole::Accent),
        view.fact(key::LABEL_ENDING_WHY, why_until(view, offer.why, offer.last_day), TextRole::Text),
        view.fact(key::LABEL_REASON, offer.reason.to_string(), TextRole::Text),
        view.fact(key::LABEL_ENDED, view.filled(key::ASSIGNED_AT_BY, &by), TextRole::Text),
    ];
    let mut blocks = vec![Block::Facts { title: String::new(), facts }];
    if offer.terms == UndoTerms::Refused {
        blocks.push(view.notice(TextRole::Problem, key::PROBLEM_E_UNDO_3_WHAT));
        blocks.push(view.notice(TextRole::Warning, key::PROBLEM_E_UNDO_3_REMEDY));
        return blocks;
    }
    blocks.push(Block::Text { role: TextRole::Text, text: view.text(key::ENDING_UNDO_MEANING) });
    if page.wants_reason() {
        blocks.push(view.reason_field(&page.reason, page.is_typing(), key::EXAMPLE_REASON_END_UNDONE));
    }
    blocks
}
