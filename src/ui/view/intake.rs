//! The questions that stop the way: which clock is right, whose the readings are, and who uses the meter.

use super::{StepPage, View};
use crate::app::asked::Asked;
use crate::app::model::Working;
use crate::app::wizard::intake_question::{IntakeQuestion, IntakeSubject, Reply};
use crate::domain::calendar;
use crate::domain::glucose::Unit;
use crate::domain::intake_check::ClockVerdict;
use crate::domain::oddity::{Oddity, WhoUses};
use crate::domain::words::key;
use crate::ui::scene::{Block, Choice, Choices, Fact, TextRole};
use crate::ui::spans::difference;

pub(super) fn page(view: &View<'_>, working: &Working, step: &IntakeQuestion) -> StepPage {
    let (name, number, heading, instruction, facts) = match &step.question {
        IntakeSubject::Clock => {
            ("clock_stop", 2, key::HEADING_CLOCK_STOP, key::INSTRUCTION_CLOCK_STOP, clock_facts(view, step))
        }
        IntakeSubject::Shared => (
            "shared_readings",
            4,
            key::HEADING_SHARED_READINGS,
            key::INSTRUCTION_SHARED_READINGS,
            shared_facts(view, working, step),
        ),
        IntakeSubject::Use(question) => {
            let number = if question.is_of_owner() { 2 } else { 5 };
            ("who_uses", number, key::HEADING_WHO_USES, key::INSTRUCTION_WHO_USES, odd_facts(view, step))
        }
    };
    let (notice, meaning) = match &step.question {
        IntakeSubject::Clock => (key::CLOCK_STOP, key::CLOCK_STOP_MEANING),
        IntakeSubject::Shared => (key::SHARED_READINGS, key::SHARED_READINGS_MEANING),
        IntakeSubject::Use(_) => (key::WHO_USES, key::WHO_USES_MEANING),
    };
    let facts = Block::Facts { title: String::new(), facts };
    let mut blocks = if let Some(problem) = step.problem() {
        // The heading and the facts say what it is about; what went wrong needs the room, and has its own meaning.
        vec![facts, view.words.problem(problem)]
    } else {
        let meaning = Block::Text { role: TextRole::Text, text: view.text(meaning) };
        vec![view.notice(TextRole::Problem, notice), facts, meaning]
    };
    blocks.extend(step.keeping.is_waiting().then(|| view.notice(TextRole::Accent, key::KEEPING_ANSWER)));
    let is_looking = step.oddities().is_some_and(Asked::is_waiting);
    blocks.extend(is_looking.then(|| view.notice(TextRole::Accent, key::LOOKING_FOR_ODDITIES)));
    let page = |blocks| StepPage {
        step: name,
        number: Some(number),
        heading: view.text(heading),
        instruction: view.text(instruction),
        blocks,
    };
    // Nothing is answered before it is seen what is asked about.
    if step.oddities().is_some_and(|oddities| oddities.ready().is_none()) {
        return page(blocks);
    }
    let replies = step.question.replies();
    blocks.push(Block::Choices(Choices {
        title: view.text(key::TITLE_ANSWERS),
        // What is answered here is kept with the readings.
        marks_only: true,
        ..view.choices(replies, step.selection.place(replies), |_, reply| row(view, step, *reply))
    }));
    page(blocks)
}

fn row(view: &View<'_>, step: &IntakeQuestion, reply: Reply) -> Choice {
    let text = match (reply, &step.question) {
        (Reply::Clock(ClockVerdict::MeterWrong), _) => view.text(key::ANSWER_METER_WRONG),
        (Reply::Clock(ClockVerdict::MeterRight), _) => view.text(key::ANSWER_METER_RIGHT),
        (Reply::ThisPatient, _) => {
            view.filled(key::ANSWER_THIS_PATIENT, &[("person", step.patient.full_name().into())])
        }
        (Reply::Uses(WhoUses::OnePerson), _) => {
            view.filled(key::ANSWER_USES_ONE, &[("person", step.patient.full_name().into())])
        }
        (Reply::Uses(WhoUses::MorePeople), _) => view.text(key::ANSWER_USES_MORE),
        (Reply::Uses(WhoUses::NotKnown), _) => view.text(key::ANSWER_USES_UNKNOWN),
        (Reply::Back, IntakeSubject::Clock | IntakeSubject::Use(_)) => view.text(key::ANSWER_BACK_TO_METERS),
        (Reply::Back, IntakeSubject::Shared) => view.text(key::ANSWER_ANOTHER_PATIENT),
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
        facts.push(view.fact(key::LABEL_CLOCK, view.filled(key::CLOCK_AGAINST_OURS, &values), TextRole::Problem));
        let ours = view.filled(key::OUR_CLOCK_AT_READ, &[("at", ours.into())]);
        facts.push(view.fact(key::LABEL_OUR_CLOCK, ours, TextRole::Accent));
    }
    facts
}

fn shared_facts(view: &View<'_>, working: &Working, step: &IntakeQuestion) -> Vec<Fact> {
    let mut facts = device(view, step);
    for holding in step.upload.held_by_others(&step.patient.id) {
        let values = [
            ("count", holding.readings.into()),
            // Tests with control solution are in nobody's record, and are not counted on either side.
            ("of", (step.upload.counts.total() - step.upload.counts.control).into()),
            ("person", view.other_person(&holding.patient, working.session.user.role).into()),
        ];
        facts.push(view.fact(key::LABEL_HELD_BY, view.filled(key::HELD_BY, &values), TextRole::Problem));
    }
    facts.push(view.fact(key::LABEL_PATIENT_IN_HAND, view.person_line(&step.patient), TextRole::Text));
    facts
}

/// What is odd, each on a line.
fn odd_facts(view: &View<'_>, step: &IntakeQuestion) -> Vec<Fact> {
    // Beside what went wrong there is no room for it; the first answer that goes on names them.
    let mut facts: Vec<Fact> =
        step.problem().is_none().then(|| view.person_in_hand(&step.patient)).into_iter().collect();
    facts.extend(device(view, step));
    let odd = step.oddities().and_then(Asked::ready).into_iter().flatten();
    facts.extend(odd.map(|odd| view.fact(key::LABEL_ODD, told(view, odd), TextRole::Problem)));
    facts
}

fn told(view: &View<'_>, odd: &Oddity) -> String {
    let tenths = |tenths: u32| format!("{}.{}", tenths / 10, tenths % 10);
    let mmol = |mg_per_dl: u32| Unit::MmolPerL.written(f64::from(mg_per_dl));
    match odd {
        Oddity::OthersUseIt => view.text(key::ODD_OTHERS_USE_IT),
        Oddity::MetersDisagree { readings } => {
            view.filled(key::ODD_METERS_DISAGREE, &[("readings", (*readings).into())])
        }
        Oddity::ManyTests { day, tests } => {
            let values = [("tests", (*tests).into()), ("day", calendar::written(*day).into())];
            view.filled(key::ODD_MANY_TESTS, &values)
        }
        Oddity::MedianMoved { before, now } => {
            let values = [
                ("before", (*before).into()),
                ("now", (*now).into()),
                ("before-mmol", mmol(*before).into()),
                ("now-mmol", mmol(*now).into()),
            ];
            view.filled(key::ODD_MEDIAN_MOVED, &values)
        }
        Oddity::MoreOften { before, now } => {
            let values = [("before", tenths(*before).into()), ("now", tenths(*now).into())];
            view.filled(key::ODD_MORE_OFTEN, &values)
        }
    }
}

fn device(view: &View<'_>, step: &IntakeQuestion) -> Vec<Fact> {
    let meter = &step.upload.meter;
    let mut facts = vec![view.fact(key::LABEL_DEVICE, meter.model.to_string(), TextRole::Accent)];
    if !meter.serial.expose().is_empty() {
        facts.push(view.serial_fact(meter, TextRole::Accent));
    }
    facts
}
