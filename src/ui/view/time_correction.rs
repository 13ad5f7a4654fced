//! What is shown before the times of a meter are corrected: in whose record, which readings, each before and after, and
//! what would stand beside them; and before that is undone.

use super::{StepPage, View};
use crate::app::asked::Asked;
use crate::app::text_field::TextField;
use crate::app::wizard::time_correction::{CorrectionFocus, CorrectionPage, SpanFault, SpanField, TimeCorrectionStep};
use crate::domain::calendar;
use crate::domain::time_correction::{
    CorrectionFault, CorrectionOffer, CorrectionPlan, CorrectionReach, MovedTime, StandingCorrection,
};
use crate::domain::typed_moment::MomentFault;
use crate::domain::undo::UndoTerms;
use crate::domain::words::{TextKey, key};
use crate::ui::scene::{Block, Fact, InputField, Table, TextRole};

/// So many readings are told before and after, one by one: as many as a small screen has room for. The last one is told
/// above.
const MOST_PAIRS: usize = 20;

pub(super) fn page(view: &View<'_>, step: &TimeCorrectionStep) -> StepPage {
    let (mut blocks, instruction) = match &step.offer {
        Asked::Idle | Asked::Waiting(_) => {
            (vec![view.notice(TextRole::Accent, key::TIMES_LOOKING)], key::INSTRUCTION_UNDO_LOOKING)
        }
        Asked::Failed(problem) => (vec![view.words.problem(problem)], key::INSTRUCTION_UNDO_NOT_NOW),
        Asked::Ready(offer) => match &step.page {
            CorrectionPage::Span if offer.reach == CorrectionReach::OnlyUndone => {
                (span(view, step, offer), key::INSTRUCTION_LOOK_AT_CORRECTION)
            }
            CorrectionPage::Span => (span(view, step, offer), key::INSTRUCTION_CORRECT_TIMES),
            CorrectionPage::Check { plan, reason, .. } => {
                (check(view, step, offer, plan, reason), key::INSTRUCTION_CHECK_TIMES)
            }
            CorrectionPage::Undo { last, reason, .. } => undo(view, step, offer, last, reason),
        },
    };
    if let Some(problem) = step.doing.problem() {
        blocks.push(view.words.problem(problem));
    }
    if step.doing.is_waiting() {
        blocks.push(view.notice(TextRole::Accent, key::TIMES_CHANGING));
    }
    blocks.push(buttons(view, step));
    let is_undone = matches!(step.page, CorrectionPage::Undo { .. });
    let heading = if is_undone { key::HEADING_UNDO_CORRECTION } else { key::HEADING_CORRECT_TIMES };
    StepPage {
        step: "time_correction",
        number: None,
        heading: view.text(heading),
        instruction: view.text(instruction),
        blocks,
    }
}

fn buttons(view: &View<'_>, step: &TimeCorrectionStep) -> Block {
    let is_undone = matches!(step.page, CorrectionPage::Undo { .. });
    let named = |control: CorrectionFocus| {
        let words = match control {
            CorrectionFocus::Field(_) | CorrectionFocus::Reason => return None,
            CorrectionFocus::Check => key::BUTTON_CHECK_TIMES,
            CorrectionFocus::LookAtLast => key::BUTTON_LOOK_AT_CORRECTION,
            CorrectionFocus::Act if is_undone => key::BUTTON_UNDO_CORRECTION,
            CorrectionFocus::Act => key::BUTTON_CORRECT_TIMES,
            CorrectionFocus::Leave => key::BUTTON_LEAVE_TIMES,
        };
        Some((words, step.focus == control))
    };
    view.buttons(&step.controls().into_iter().filter_map(named).collect::<Vec<_>>())
}

/// Whose record, and which meter.
fn whose(view: &View<'_>, offer: &CorrectionOffer) -> Vec<Fact> {
    let serial = view.serial(&offer.meter);
    vec![
        view.fact(key::LABEL_RECORD_OF, view.person_line(&offer.patient), TextRole::Accent),
        view.fact(key::LABEL_DEVICE, view.words.list([offer.meter.model.to_string(), serial]), TextRole::Text),
    ]
}

/// The form.
fn span(view: &View<'_>, step: &TimeCorrectionStep, offer: &CorrectionOffer) -> Vec<Block> {
    let mut facts = whose(view, offer);
    if let (Some(first), Some(last)) = (offer.readings.first(), offer.readings.last()) {
        let values = [
            ("count", offer.readings.len().into()),
            ("first", calendar::written_with_time(first.time).into()),
            ("last", calendar::written_with_time(last.time).into()),
        ];
        facts.push(view.fact(key::LABEL_METER_TIMES, view.filled(key::TIMES_OF_METER, &values), TextRole::Text));
    }
    if let Some(last) = offer.standing.first() {
        let said = corrected(view, last);
        let more = offer.standing.len() - 1;
        let values = [("last", said.as_str().into()), ("count", more.into())];
        let said = if more == 0 { said.clone() } else { view.filled(key::TIMES_CORRECTED_MORE, &values) };
        facts.push(view.fact(key::LABEL_CORRECTED_BEFORE, said, TextRole::Warning));
    }
    let mut blocks = vec![Block::Facts { title: String::new(), facts }];
    if offer.readings.is_empty() {
        let is_held = offer.reach == CorrectionReach::OnlyUndone;
        let why = if is_held { key::TIMES_ONLY_UNDONE } else { key::TIMES_NONE_DATED };
        blocks.push(view.notice(TextRole::Warning, why));
        return blocks;
    }
    blocks.push(field(view, step, SpanField::First, key::LABEL_SPAN_FIRST));
    blocks.push(field(view, step, SpanField::Last, key::LABEL_SPAN_LAST));
    blocks.push(field(view, step, SpanField::Was, key::LABEL_WAS_MEASURED));
    blocks
}

fn field(view: &View<'_>, step: &TimeCorrectionStep, of: SpanField, label: TextKey) -> Block {
    let typed = step.form.field(of);
    let is_here = step.focus == CorrectionFocus::Field(of);
    let complaint = step.form.complaint.as_ref().filter(|(wrong, _)| *wrong == of);
    Block::Field(InputField {
        label: view.text(label),
        value: typed.text().to_owned(),
        cursor: is_here.then(|| typed.cursor()),
        example: view.text(key::EXAMPLE_MOMENT),
        complaint: complaint.map(|(_, fault)| said(view, fault)),
        hidden: false,
        is_replaced: is_here && step.form.replaces,
    })
}

fn said(view: &View<'_>, fault: &SpanFault) -> String {
    let written = calendar::written_with_time;
    match fault {
        SpanFault::Moment(MomentFault::Empty) => view.text(key::COMPLAINT_EMPTY),
        SpanFault::Moment(MomentFault::Nothing) => view.text(key::COMPLAINT_MOMENT),
        SpanFault::Moment(MomentFault::Unclear(days)) => view.unclear_date(days),
        SpanFault::Correction(fault) => match *fault {
            CorrectionFault::NoFirst | CorrectionFault::NoLast => view.text(key::COMPLAINT_NO_READING),
            CorrectionFault::LastBeforeFirst => view.text(key::COMPLAINT_LAST_BEFORE_FIRST),
            CorrectionFault::NoShift => view.text(key::COMPLAINT_NO_SHIFT),
            CorrectionFault::NoSuchTime => view.text(key::COMPLAINT_NO_SUCH_TIME),
            CorrectionFault::AlreadyCorrected => view.text(key::COMPLAINT_CORRECTED_ALREADY),
            CorrectionFault::TurnsRound { before, next } => {
                let values = [("before", written(before).into()), ("next", written(next).into())];
                view.filled(key::COMPLAINT_TURNS_ROUND, &values)
            }
            CorrectionFault::AfterRead { before, after, read_at } => {
                let [before, after, read] = [before, after, read_at].map(written);
                let values = [("before", before.into()), ("after", after.into()), ("read", read.into())];
                view.filled(key::COMPLAINT_AFTER_READ, &values)
            }
            CorrectionFault::SameResult { before, after } => {
                let values = [("before", written(before).into()), ("after", written(after).into())];
                view.filled(key::COMPLAINT_SAME_RESULT, &values)
            }
        },
    }
}

/// What it does.
fn check(
    view: &View<'_>,
    step: &TimeCorrectionStep,
    offer: &CorrectionOffer,
    plan: &CorrectionPlan,
    reason: &TextField,
) -> Vec<Block> {
    let mut facts = whose(view, offer);
    let values = [("count", plan.moved.len().into()), ("by", view.clock_shift(plan.correction).into())];
    facts.push(view.fact(key::LABEL_CORRECTED, view.filled(key::TIMES_TO_CORRECT, &values), TextRole::Warning));
    let becomes = |moved: &MovedTime| {
        let [before, after] = [moved.before, moved.after].map(calendar::written_with_time);
        view.filled(key::TIMES_BECOMES, &[("before", before.into()), ("after", after.into())])
    };
    let ends = [(key::LABEL_FIRST_TIME, plan.moved.first()), (key::LABEL_LAST_TIME, plan.moved.last())];
    facts.extend(
        ends.into_iter()
            .filter_map(|(label, moved)| moved.map(|moved| view.fact(label, becomes(moved), TextRole::Text))),
    );
    let mut blocks = vec![Block::Facts { title: String::new(), facts }];
    let told = [
        (key::TIMES_DOUBTED, plan.told.doubted),
        (key::TIMES_TURNED, plan.told.turned),
        (key::TIMES_EARLY, plan.told.early),
        (key::TIMES_BETWEEN, plan.told.between),
        (key::TIMES_SAME_MINUTE, plan.told.same_minute),
        (key::TIMES_STAY, plan.told.stay),
        (key::TIMES_UNDATED, offer.undated),
    ];
    let told = told.into_iter().filter(|(_, count)| *count > 0);
    let told: Vec<String> = told.map(|(words, count)| view.filled(words, &[("count", count.into())])).collect();
    if !told.is_empty() {
        blocks.push(Block::Notice { role: TextRole::Warning, text: view.words.sentences(told) });
    }
    blocks.push(meaning(view, offer, key::TIMES_MEANING));
    blocks.push(reason_field(view, step, reason, key::EXAMPLE_REASON_TIMES));
    let pairs = plan
        .moved
        .iter()
        .take(MOST_PAIRS)
        .map(|moved| (TextRole::Text, [moved.before, moved.after].map(calendar::written_to_the_second).to_vec()));
    blocks.push(Block::Table(Table {
        title: view.text(key::TITLE_TIMES),
        head: [key::HEAD_BEFORE, key::HEAD_AFTER].map(|key| view.text(key)).to_vec(),
        rows: pairs.collect(),
        first: 0,
        total: plan.moved.len(),
        offset: 0,
        selected: None,
        focused: false,
        empty: String::new(),
    }));
    blocks
}

/// What it means, and whether a care platform is told.
fn meaning(view: &View<'_>, offer: &CorrectionOffer, words: TextKey) -> Block {
    let told = (offer.reach != CorrectionReach::Here).then(|| view.text(key::TIMES_TOLD_THERE));
    let said = std::iter::once(view.text(words)).chain(told).collect::<Vec<_>>();
    Block::Text { role: TextRole::Text, text: view.words.sentences(said) }
}

fn reason_field(view: &View<'_>, step: &TimeCorrectionStep, reason: &TextField, example: TextKey) -> Block {
    let is_here = step.focus == CorrectionFocus::Reason && step.is_typing();
    view.reason_field(reason, is_here, example)
}

/// What was corrected last, and what undoing that means.
fn undo(
    view: &View<'_>,
    step: &TimeCorrectionStep,
    offer: &CorrectionOffer,
    last: &StandingCorrection,
    reason: &TextField,
) -> (Vec<Block>, TextKey) {
    let by = [("at", view.moment(last.at).into()), ("user", last.by.as_str().into())];
    let mut facts = whose(view, offer);
    facts.push(view.fact(key::LABEL_CORRECTED_BEFORE, corrected(view, last), TextRole::Warning));
    facts.push(view.fact(key::LABEL_CORRECTED_AT, view.filled(key::ASSIGNED_AT_BY, &by), TextRole::Text));
    facts.push(view.fact(key::LABEL_CORRECTED_WHY, last.reason.to_string(), TextRole::Text));
    let mut blocks = vec![Block::Facts { title: String::new(), facts }];
    match last.terms {
        UndoTerms::Refused => {
            blocks.push(view.notice(TextRole::Problem, key::PROBLEM_E_UNDO_3_WHAT));
            (blocks, key::INSTRUCTION_UNDO_NOT_NOW)
        }
        UndoTerms::AtOnce => {
            blocks.push(meaning(view, offer, key::TIMES_UNDO_MEANING));
            (blocks, key::INSTRUCTION_UNDO_CORRECTION)
        }
        UndoTerms::WithReason => {
            blocks.push(meaning(view, offer, key::TIMES_UNDO_MEANING));
            blocks.push(reason_field(view, step, reason, key::EXAMPLE_REASON_CORRECTION_UNDONE));
            (blocks, key::INSTRUCTION_UNDO_CORRECTION_REASON)
        }
    }
}

/// How many readings, from when to when, and by how much.
fn corrected(view: &View<'_>, standing: &StandingCorrection) -> String {
    let [first, last] = [standing.correction.first, standing.correction.last].map(calendar::written_with_time);
    let values = [
        ("count", standing.readings.into()),
        ("first", first.into()),
        ("last", last.into()),
        ("by", view.clock_shift(standing.correction).into()),
    ];
    view.filled(key::TIMES_CORRECTED, &values)
}
