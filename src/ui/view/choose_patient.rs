//! Step 1, find the patient, and step 4, select the patient: a search field above a list of people.

use super::create_patient::complaint_words;
use super::{StepPage, View, undelivered};
use crate::app::action::Action;
use crate::app::model::Working;
use crate::app::wizard::find_patient::FindPatient;
use crate::app::wizard::patient_search::PatientSearch;
use crate::app::wizard::select_patient::SelectPatient;
use crate::domain::patient::Patient;
use crate::domain::permission::Permission;
use crate::domain::sign_in::Withheld;
use crate::domain::typed_date;
use crate::domain::words::{TextKey, key};
use crate::ui::scene::{Block, Choices, InputField, TextRole};

pub(super) fn find(view: &View<'_>, working: &Working, step: &FindPatient) -> StepPage {
    let mut blocks = Vec::new();
    if let Some(upload) = &step.upload {
        let is_named = upload.meter.is_identifiable();
        let values = [
            ("model", upload.meter.model.as_str().into()),
            ("serial", view.serial(&upload.meter).into()),
            ("at", view.moment_with_seconds(upload.read_at).into()),
            ("count", upload.counts.total().into()),
        ];
        let text = view.filled(if is_named { key::FIND_FOR_METER } else { key::FIND_FOR_NAMELESS }, &values);
        blocks.push(Block::Notice { role: TextRole::Accent, text });
    } else if working.waiting.iter().any(|upload| !upload.adds_nothing()) {
        let count = working.waiting.iter().filter(|upload| !upload.adds_nothing()).count();
        let values = [("count", count.into()), ("key", view.model.keymap.label(Action::WaitingMeters).into())];
        blocks.push(Block::Notice { role: TextRole::Warning, text: view.filled(key::METERS_ARE_WAITING, &values) });
    }
    blocks.extend(undelivered::refusals(view, working));
    blocks.extend(withheld(view, working));
    let again = view.model.keymap.label(Action::ReadAgain);
    for (asked, key) in
        [(&working.waiting_asked, key::WAITING_NOT_LOADED), (&working.recents_asked, key::RECENTS_NOT_LOADED)]
    {
        if let Some(problem) = asked.problem() {
            let values = [("key", again.into()), ("code", problem.code.code().into())];
            blocks.push(Block::Notice { role: TextRole::Warning, text: view.filled(key, &values) });
        }
    }
    // What to do about a meter that was not read is told where there is no step for the meter yet.
    // No more of it: the search below needs the room.
    blocks.extend(view.meter_problems(None).into_iter().take(2));
    search_blocks(view, &step.search, None, key::NO_HITS, working, &mut blocks);
    StepPage {
        step: "find_patient",
        number: Some(1),
        heading: view.text(key::HEADING_FIND_PATIENT),
        instruction: view.text(key::INSTRUCTION_FIND_PATIENT),
        blocks,
    }
}

/// What the platform does not let this program do in this sign-in, if it withholds anything.
fn withheld(view: &View<'_>, working: &Working) -> Option<Block> {
    let one = |withheld: &Withheld| {
        let (permission, missing) = match withheld {
            Withheld::NotGranted { permission, missing } => (permission, missing),
            Withheld::NewPatientsHere => return view.text(key::WITHHELD_NEW_HERE),
            Withheld::NewPatientsThere => return view.text(key::WITHHELD_NEW_THERE),
        };
        let sentence = match permission {
            Permission::WorkInApp => key::WITHHELD_WORK,
            Permission::FindPatients => key::WITHHELD_FIND,
            Permission::CreatePatients => key::WITHHELD_CREATE,
            Permission::KeepReadings => key::WITHHELD_KEEP,
            Permission::AssignMeters => key::WITHHELD_ASSIGN,
            Permission::UndoAssignments => key::WITHHELD_UNDO,
            Permission::SeeRecords => key::WITHHELD_SEE,
            Permission::ExportRecords => key::WITHHELD_EXPORT,
            Permission::TransferMeters => key::WITHHELD_TRANSFER,
            Permission::EndOwnerships => key::WITHHELD_END,
            Permission::NameOtherOwners => key::WITHHELD_OWNERS,
            Permission::CorrectTimes => key::WITHHELD_TIMES,
        };
        view.filled(sentence, &[("missing", missing.as_str().into())])
    };
    let mut sentences: Vec<String> = working.withheld().map(one).collect();
    if sentences.is_empty() {
        return None;
    }
    // What was not granted, somebody can grant.
    if working.withheld().any(|withheld| matches!(withheld, Withheld::NotGranted { .. })) {
        sentences.push(view.text(key::WITHHELD_CAN_BE_ALLOWED));
    }
    Some(Block::Notice { role: TextRole::Warning, text: view.words.sentences(sentences) })
}

pub(super) fn select(view: &View<'_>, working: &Working, step: &SelectPatient) -> StepPage {
    let values =
        [("model", step.upload.meter.model.as_str().into()), ("serial", view.serial(&step.upload.meter).into())];
    let confirmed = if step.upload.meter.is_identifiable() { key::SELECT_FOR_DEVICE } else { key::SELECT_FOR_NAMELESS };
    let mut blocks = vec![Block::Text { role: TextRole::Accent, text: view.filled(confirmed, &values) }];
    blocks.extend(step.anew.map(|why| view.notice(TextRole::Problem, why)));
    search_blocks(view, &step.search, step.proposed.as_ref(), key::NO_HITS_AT_SELECT, working, &mut blocks);
    StepPage {
        step: "select_patient",
        number: Some(4),
        heading: view.text(key::HEADING_SELECT_PATIENT),
        instruction: view.text(if step.proposed.is_some() {
            key::INSTRUCTION_SELECT_PROPOSED
        } else {
            key::INSTRUCTION_SELECT_PATIENT
        }),
        blocks,
    }
}

pub(super) fn search_blocks(
    view: &View<'_>,
    search: &PatientSearch,
    proposed: Option<&Patient>,
    no_hits: TextKey,
    working: &Working,
    blocks: &mut Vec<Block>,
) {
    let typed = !search.field.is_blank();
    blocks.push(Block::Field(InputField {
        label: view.text(key::LABEL_SEARCH),
        value: search.field.text().to_owned(),
        cursor: search.is_typing().then(|| search.field.cursor()),
        example: view.text(key::EXAMPLE_SEARCH),
        complaint: search.complaint.map(|fault| complaint_words(view, fault)),
        hidden: false,
        is_replaced: false,
    }));
    if let Some((typed, days)) = typed_date::unclear(search.field.text(), view.today) {
        let values = [("typed", typed.into()), ("days", view.days(&days).into())];
        blocks.push(Block::Notice { role: TextRole::Warning, text: view.filled(key::DATE_IS_UNCLEAR, &values) });
    }
    if typed && search.page.known_only {
        blocks.push(view.notice(TextRole::Warning, key::KNOWN_ONLY));
    }
    if let Some(problem) = search.problem() {
        blocks.push(view.words.problem(problem));
    }
    let people = search.rows(proposed, &working.recents);
    let proposed_is_shown = proposed.is_some() && !typed;
    // The title says that the proposed one is on top: a tag would leave no room for the columns of the others.
    let row = |_, patient: &&Patient| view.person_row(patient);
    let title = if typed {
        key::TITLE_HITS
    } else if proposed_is_shown {
        key::TITLE_PROPOSED_AND_RECENT
    } else {
        key::TITLE_RECENT
    };
    // Nobody is said to be missing where it was not looked, or not among all: whoever reads that
    // nobody is there makes a second record.
    let empty = match (typed, search.is_asking()) {
        (true, _) if search.complaint.is_some() || search.problem().is_some() => key::NOT_SEARCHED,
        (true, _) if search.page.known_only => key::NO_KNOWN_HITS,
        (true, true) => key::SEARCHING,
        // A number that was misread would be that of a second record.
        (true, false) if search.is_scanned() => key::NO_SCANNED_HITS,
        // Where no key creates anybody, none is named.
        (true, false) if !working.may(Permission::CreatePatients) => key::NO_HITS_WITHOUT_NEW,
        (true, false) => no_hits,
        (false, _) if working.recents_asked.is_waiting() => key::RECENTS_LOOKED_UP,
        (false, _) if working.recents_asked.problem().is_some() => key::START_TYPING,
        (false, _) => key::NO_RECENTS,
    };
    let new_patient = view.model.keymap.label(Action::NewPatient);
    let is_part = typed && search.page.next.is_some();
    let footer = if is_part { view.text(key::MORE_HITS) } else { String::new() };
    blocks.push(Block::Choices(Choices {
        title: view.text(title),
        focused: !search.is_typing(),
        empty: view.filled(empty, &[("key", new_patient.into())]),
        footer,
        is_part,
        ..view.choices(&people, search.selection.place(&search.ids(proposed, &working.recents)), row)
    }));
}
