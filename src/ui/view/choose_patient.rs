//! Step 1, find the patient, and step 4, select the patient: a search field above a list of people.

use super::create_patient::complaint_words;
use super::{Page, View};
use crate::app::action::Action;
use crate::app::model::Working;
use crate::app::wizard::find_patient::FindPatient;
use crate::app::wizard::patient_search::PatientSearch;
use crate::app::wizard::select_patient::SelectPatient;
use crate::domain::patient::Patient;
use crate::domain::typed_date;
use crate::ui::scene::{Block, Choices, Field, Role};

pub(super) fn find(view: &View<'_>, working: &Working, step: &FindPatient) -> Page {
    let mut blocks = Vec::new();
    if let Some(upload) = &step.upload {
        let is_named = upload.meter.is_identifiable();
        let values = [
            ("model", upload.meter.model.as_str().into()),
            ("serial", view.serial(&upload.meter).into()),
            ("at", view.moment_with_seconds(upload.read_at).into()),
            ("count", upload.counts.total().into()),
        ];
        let text = view.filled(if is_named { "find-for-meter" } else { "find-for-nameless" }, &values);
        blocks.push(Block::Notice { role: Role::Accent, text });
    } else if working.waiting.iter().any(|upload| !upload.adds_nothing()) {
        let count = working.waiting.iter().filter(|upload| !upload.adds_nothing()).count();
        let values = [("count", count.into()), ("key", view.model.keymap.label(Action::WaitingMeters).into())];
        blocks.push(Block::Notice { role: Role::Warning, text: view.filled("meters-are-waiting", &values) });
    }
    let again = view.model.keymap.label(Action::ReadAgain);
    for (problem, key) in
        [(&working.waiting_problem, "waiting-not-loaded"), (&working.recents_problem, "recents-not-loaded")]
    {
        if let Some(problem) = problem {
            let values = [("key", again.into()), ("code", problem.code.code().into())];
            blocks.push(Block::Notice { role: Role::Warning, text: view.filled(key, &values) });
        }
    }
    // What to do about a meter that was not read is told where there is no step for the meter yet.
    blocks.extend(view.meter_problems().into_iter().take(1));
    search_blocks(view, &step.search, None, "no-hits", working, &mut blocks);
    Page {
        step: "find_patient",
        number: Some(1),
        heading: "heading-find-patient",
        instruction: view.text("instruction-find-patient"),
        blocks,
    }
}

pub(super) fn select(view: &View<'_>, working: &Working, step: &SelectPatient) -> Page {
    let values =
        [("model", step.upload.meter.model.as_str().into()), ("serial", view.serial(&step.upload.meter).into())];
    let confirmed = if step.upload.meter.is_identifiable() { "select-for-device" } else { "select-for-nameless" };
    let mut blocks = vec![Block::Text { role: Role::Accent, text: view.filled(confirmed, &values) }];
    blocks.extend(step.anew.map(|why| view.notice(Role::Problem, why)));
    search_blocks(view, &step.search, step.proposed.as_ref(), "no-hits-at-select", working, &mut blocks);
    Page {
        step: "select_patient",
        number: Some(4),
        heading: "heading-select-patient",
        instruction: view.text(if step.proposed.is_some() {
            "instruction-select-proposed"
        } else {
            "instruction-select-patient"
        }),
        blocks,
    }
}

fn search_blocks(
    view: &View<'_>,
    search: &PatientSearch,
    proposed: Option<&Patient>,
    no_hits: &'static str,
    working: &Working,
    blocks: &mut Vec<Block>,
) {
    blocks.push(Block::Field(Field {
        label: view.text("label-search"),
        value: search.field.text().to_owned(),
        cursor: search.is_typing().then(|| search.field.cursor()),
        example: view.text("example-search"),
        complaint: search.complaint.map(|fault| complaint_words(view, fault)),
        hidden: false,
    }));
    if let Some((typed, days)) = typed_date::unclear(search.field.text(), view.today()) {
        let values = [("typed", typed.into()), ("days", view.days(&days).into())];
        blocks.push(Block::Notice { role: Role::Warning, text: view.filled("date-is-unclear", &values) });
    }
    if let Some(problem) = &search.problem {
        blocks.push(view.words.problem(problem));
    }
    let people = search.rows(proposed, &working.recents);
    let typed = !search.field.is_blank();
    let proposed_is_shown = proposed.is_some() && !typed;
    let row = |place: usize, patient: &&Patient| {
        let mut row = view.person_row(patient);
        if proposed_is_shown && place == 0 && row.tag.is_empty() {
            row.tag = view.text("tag-chosen-before");
        }
        row
    };
    let title = if typed {
        "title-hits"
    } else if proposed_is_shown {
        "title-proposed-and-recent"
    } else {
        "title-recent"
    };
    let empty = match (typed, search.asking.is_some()) {
        (true, _) if search.complaint.is_some() || search.problem.is_some() => "not-searched",
        (true, true) => "searching",
        (true, false) => no_hits,
        (false, _) if working.loading_recents.is_some() => "recents-looked-up",
        (false, _) if working.recents_problem.is_some() => "start-typing",
        (false, _) => "no-recents",
    };
    let new_patient = view.model.keymap.label(Action::NewPatient);
    let back = view.model.keymap.label(Action::Back);
    let footer = if typed && search.page.next.is_some() { view.text("more-hits") } else { String::new() };
    blocks.push(Block::Choices(Choices {
        title: view.text(title),
        focused: !search.is_typing(),
        empty: view.filled(empty, &[("key", new_patient.into()), ("back", back.into())]),
        footer,
        ..view.choices(&people, search.selection.place(&search.ids(proposed, &working.recents)), row)
    }));
}
