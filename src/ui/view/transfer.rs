//! A meter goes to another patient: one question a page, with what was settled before it.

use super::choose_patient::search_blocks;
use super::dashboard::days;
use super::identity::{self, AskedPerson};
use super::{StepPage, View};
use crate::app::asked::Asked;
use crate::app::model::Working;
use crate::app::wizard::transfer::{
    DecidePage, FirstDayPage, IdentifyPage, ReasonFocus, ReasonPage, Settled, TransferPage, TransferStep,
};
use crate::domain::calendar;
use crate::domain::transfer::{TransferCounts, TransferOffer};
use crate::domain::words::{TextKey, key};
use crate::ui::scene::{Block, Fact, InputField, TextRole};

/// What a page says: its heading, what to do, and what is on it.
type PageParts = (TextKey, TextKey, Vec<Block>);

pub(super) fn page(view: &View<'_>, working: &Working, step: &TransferStep) -> StepPage {
    let (heading, instruction, blocks) = match &step.page {
        TransferPage::To(search) => {
            let mut blocks = vec![Block::Facts { title: String::new(), facts: of_meter(view, step) }];
            search_blocks(view, search, None, key::NO_HITS_WITHOUT_NEW, working, &mut blocks);
            (key::HEADING_TRANSFER_TO, key::INSTRUCTION_TRANSFER_TO, blocks)
        }
        TransferPage::FirstDay(page) => first_day(view, step, page),
        TransferPage::Reason(page) => reason(view, step, page),
        TransferPage::Identify(page) => identify(view, page),
        TransferPage::Decide(page) => decide(view, page),
        TransferPage::Done(settled, counts) => done(view, settled, *counts),
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
fn of_meter(view: &View<'_>, step: &TransferStep) -> Vec<Fact> {
    vec![
        view.fact(key::LABEL_DEVICE, step.meter.name(), TextRole::Accent),
        view.fact(key::LABEL_TRANSFER_FROM, view.person_line(&step.owner), TextRole::Text),
    ]
}

fn first_day(view: &View<'_>, step: &TransferStep, page: &FirstDayPage) -> PageParts {
    let mut facts = of_meter(view, step);
    facts.push(view.fact(key::LABEL_TRANSFER_TO, view.person_line(&page.to), TextRole::Accent));
    let field = InputField {
        label: view.text(key::LABEL_TRANSFER_DAY),
        value: page.day.text().to_owned(),
        cursor: Some(page.day.cursor()),
        example: view.text(key::EXAMPLE_TRANSFER_DAY),
        complaint: page.fault.as_ref().map(|fault| days::said(view, fault)),
        hidden: false,
        is_replaced: false,
    };
    let blocks = vec![Block::Facts { title: String::new(), facts }, Block::Field(field)];
    (key::HEADING_TRANSFER_FIRST_DAY, key::INSTRUCTION_TRANSFER_FIRST_DAY, blocks)
}

fn reason(view: &View<'_>, step: &TransferStep, page: &ReasonPage) -> PageParts {
    let (mut blocks, instruction) = match &page.offer {
        Asked::Idle | Asked::Waiting(_) => {
            (vec![view.notice(TextRole::Accent, key::TRANSFER_LOOKING)], key::INSTRUCTION_TRANSFER_LOOKING)
        }
        Asked::Failed(problem) => {
            let mut facts = of_meter(view, step);
            facts.push(view.fact(key::LABEL_TRANSFER_TO, view.person_line(&page.to), TextRole::Text));
            let blocks = vec![Block::Facts { title: String::new(), facts }, view.words.problem(problem)];
            (blocks, key::INSTRUCTION_TRANSFER_NOT_NOW)
        }
        Asked::Ready(offer) => {
            let mut blocks = offered(view, offer, offer.counts);
            let is_here = page.focus == ReasonFocus::Reason;
            blocks.push(view.reason_field(&page.reason, is_here, key::EXAMPLE_REASON_TRANSFERRED));
            (blocks, key::INSTRUCTION_TRANSFER_REASON)
        }
    };
    let go_on = (key::BUTTON_GO_ON, page.focus == ReasonFocus::GoOn);
    let leave = (key::BUTTON_LEAVE_ASSIGNED, page.focus == ReasonFocus::Leave);
    let can_go_on = page.offer.ready().is_some();
    blocks.push(view.buttons(&if can_go_on { vec![go_on, leave] } else { vec![leave] }));
    (key::HEADING_TRANSFER_REASON, instruction, blocks)
}

/// The meter, both people, and what goes where.
fn offered(view: &View<'_>, offer: &TransferOffer, counts: TransferCounts) -> Vec<Block> {
    let day = calendar::written(offer.first_day);
    let serial = offer.serial.expose();
    let device = format!("{} {serial}", offer.model);
    let people = vec![
        view.fact(key::LABEL_DEVICE, device, TextRole::Accent),
        view.fact(key::LABEL_TRANSFER_FROM, view.person_line(&offer.from), TextRole::Text),
        view.fact(key::LABEL_TRANSFER_TO, view.person_line(&offer.to), TextRole::Accent),
    ];
    let said = |key: TextKey, count: u32| view.filled(key, &[("count", count.into()), ("day", day.as_str().into())]);
    let mut readings = vec![
        view.fact(key::LABEL_GOES_ALONG, said(key::TRANSFER_MOVED, counts.moved), TextRole::Warning),
        view.fact(key::LABEL_STAYS, said(key::TRANSFER_STAYED, counts.stayed), TextRole::Text),
    ];
    if counts.unsure > 0 {
        let unsure = said(key::TRANSFER_UNSURE, counts.unsure);
        readings.push(view.fact(key::LABEL_STAYS_UNSURE, unsure, TextRole::Text));
    }
    let meaning = match offer.in_force {
        Some(since) => view.filled(key::TRANSFER_MEANING, &[("day", calendar::written(since).into())]),
        None => view.filled(key::TRANSFER_MEANING_BACK, &[("name", offer.to.full_name().into())]),
    };
    vec![
        Block::Facts { title: String::new(), facts: people },
        Block::Facts { title: String::new(), facts: readings },
        Block::Text { role: TextRole::Text, text: meaning },
    ]
}

fn identify(view: &View<'_>, page: &IdentifyPage) -> PageParts {
    let asked = AskedPerson {
        patient: page.patient(),
        question: page.question(),
        check: page.check(),
        problem: page.checks.problem(),
    };
    let (blocks, instruction) = identity::blocks(view, &page.form, &asked);
    let heading =
        if page.is_of_new_owner() { key::HEADING_TRANSFER_IDENTIFY_TO } else { key::HEADING_TRANSFER_IDENTIFY_FROM };
    (heading, instruction, blocks)
}

fn decide(view: &View<'_>, page: &DecidePage) -> PageParts {
    let mut blocks = offered(view, &page.settled.offer, page.settled.offer.counts);
    let mut facts = vec![view.fact(key::LABEL_REASON, page.settled.reason.to_string(), TextRole::Text)];
    if let Some(Block::Facts { facts: readings, .. }) = blocks.get_mut(1) {
        readings.append(&mut facts);
    }
    blocks.push(Block::Text { role: TextRole::Text, text: view.text(key::TRANSFER_BACK) });
    if let Some(problem) = page.moving.problem() {
        // What it means was read before: what went wrong needs the room.
        blocks.truncate(2);
        blocks.push(view.words.problem(problem));
    }
    if page.moving.is_waiting() {
        blocks.push(view.notice(TextRole::Accent, key::TRANSFERRING));
    }
    blocks.push(
        view.buttons(&[
            (key::BUTTON_LEAVE_ASSIGNED, !page.is_on_transfer),
            (key::BUTTON_TRANSFER, page.is_on_transfer),
        ]),
    );
    (key::HEADING_TRANSFER_DECIDE, key::INSTRUCTION_TRANSFER_DECIDE, blocks)
}

fn done(view: &View<'_>, settled: &Settled, counts: TransferCounts) -> PageParts {
    let mut blocks = offered(view, &settled.offer, counts);
    blocks.push(view.buttons(&[(key::BUTTON_GO_TO_DASHBOARD, true)]));
    (key::HEADING_TRANSFER_DONE, key::INSTRUCTION_TRANSFER_DONE, blocks)
}
