//! The questions that stop the way: which clock is right, and whose the readings are.

use super::{Page, View};
use crate::app::model::Working;
use crate::app::wizard::intake_question::{IntakeQuestion, Question, QuestionWork, Reply};
use crate::domain::calendar;
use crate::domain::intake_check::ClockVerdict;
use crate::ui::scene::{Block, Choice, Choices, Fact, Role};
use crate::ui::spans::difference;

pub(super) fn page(view: &View<'_>, working: &Working, step: &IntakeQuestion) -> Page {
    let (name, number, heading, instruction, facts) = match step.question {
        Question::Clock => ("clock_stop", 2, "heading-clock-stop", "instruction-clock-stop", clock_facts(view, step)),
        Question::Shared => (
            "shared_readings",
            4,
            "heading-shared-readings",
            "instruction-shared-readings",
            shared_facts(view, working, step),
        ),
    };
    let (notice, meaning) = match step.question {
        Question::Clock => ("clock-stop", "clock-stop-meaning"),
        Question::Shared => ("shared-readings", "shared-readings-meaning"),
    };
    let facts = Block::Facts { title: String::new(), facts };
    let mut blocks = match &step.work {
        // The heading and the facts say what it is about; what went wrong needs the room.
        QuestionWork::Failed(_) => vec![facts],
        QuestionWork::Idle | QuestionWork::Keeping(_) => vec![view.notice(Role::Problem, notice), facts],
    };
    let meaning = || Block::Text { role: Role::Text, text: view.text(meaning) };
    match &step.work {
        QuestionWork::Idle => blocks.push(meaning()),
        QuestionWork::Keeping(_) => blocks.extend([meaning(), view.notice(Role::Accent, "keeping-answer")]),
        // Its own meaning takes the place of the question's.
        QuestionWork::Failed(problem) => blocks.push(view.words.problem(problem)),
    }
    let replies = step.question.replies();
    blocks.push(Block::Choices(Choices {
        title: view.text("title-answers"),
        ..view.choices(replies, step.selection.place(replies), |_, reply| row(view, step, *reply))
    }));
    Page { step: name, number: Some(number), heading, instruction: view.text(instruction), blocks }
}

fn row(view: &View<'_>, step: &IntakeQuestion, reply: Reply) -> Choice {
    let text = match (reply, step.question) {
        (Reply::Clock(ClockVerdict::MeterWrong), _) => view.text("answer-meter-wrong"),
        (Reply::Clock(ClockVerdict::MeterRight), _) => view.text("answer-meter-right"),
        (Reply::ThisPatient, _) => view.filled("answer-this-patient", &[("person", step.patient.full_name().into())]),
        (Reply::Back, Question::Clock) => view.text("answer-back-to-meters"),
        (Reply::Back, Question::Shared) => view.text("answer-another-patient"),
    };
    Choice { cells: vec![text], tag: String::new(), disabled: None }
}

fn clock_facts(view: &View<'_>, step: &IntakeQuestion) -> Vec<Fact> {
    let mut facts = vec![view.person_in_hand(&step.patient)];
    facts.extend(device(view, step));
    if let Some(clock) = &step.upload.clock {
        let values = [
            ("meter", calendar::written_with_time(clock.meter).into()),
            ("difference", difference(view.words, clock).into()),
        ];
        let ours = calendar::written_with_time(clock.host.datetime());
        facts.push(view.fact("label-clock", view.filled("clock-against-ours", &values), Role::Problem));
        let ours = view.filled("our-clock-at-read", &[("at", ours.into())]);
        facts.push(view.fact("label-our-clock", ours, Role::Accent));
    }
    facts
}

fn shared_facts(view: &View<'_>, working: &Working, step: &IntakeQuestion) -> Vec<Fact> {
    let mut facts = device(view, step);
    for holding in step.upload.held_by_others(&step.patient.id) {
        let values = [
            ("count", holding.readings.into()),
            ("of", step.upload.counts.total().into()),
            ("person", view.other_person(&holding.patient, working.session.user.role).into()),
        ];
        facts.push(view.fact("label-held-by", view.filled("held-by", &values), Role::Problem));
    }
    facts.push(view.fact("label-patient-in-hand", view.person_line(&step.patient), Role::Text));
    facts
}

fn device(view: &View<'_>, step: &IntakeQuestion) -> Vec<Fact> {
    let meter = &step.upload.meter;
    let mut facts = vec![view.fact("label-device", meter.model.to_string(), Role::Accent)];
    if !meter.serial.expose().is_empty() {
        facts.push(view.serial_fact(meter, Role::Accent));
    }
    facts
}
