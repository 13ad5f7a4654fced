//! Step 2, upload the data, and the list of meters that wait for a patient.

use super::{StepPage, View};
use crate::app::action::Action;
use crate::app::list::Selection;
use crate::app::model::Working;
use crate::app::panel::{Slot, SlotState};
use crate::app::text_field::TextField;
use crate::app::wizard::next_meter;
use crate::app::wizard::upload::{Found, Listed, ModelList, UploadRow, UploadStep, UploadView, UploadWork, find};
use crate::app::wizard::waiting_meters::WaitingMeters;
use crate::domain::association::{Owner, Upload};
use crate::domain::meter::{Family, MeterGuide};
use crate::domain::noted_person::NotedPerson;
use crate::domain::taken_back::TakenBack;
use crate::domain::text::Clean;
use crate::domain::words::key;
use crate::domain::work_list::Undelivered;
use crate::ui::scene::{Block, Choice, Choices, TextRole};
use crate::ui::words::Filling;

/// A row of the list of what is left to be done, in the order of [`WaitingMeters::rows`].
enum LeftToDo<'a> {
    Meter(&'a Upload),
    Delivery(&'a Undelivered),
    Noted(&'a NotedPerson),
}

pub(super) fn waiting(view: &View<'_>, working: &Working, step: &WaitingMeters) -> StepPage {
    let Working { waiting, undelivered, .. } = working;
    let noted = &working.noted.people;
    let rows = WaitingMeters::rows(waiting, undelivered, noted);
    let selected = step.selected(waiting, undelivered, noted).place(&rows);
    let listed = waiting.iter().map(LeftToDo::Meter).chain(undelivered.iter().map(LeftToDo::Delivery));
    let listed: Vec<LeftToDo<'_>> = listed.chain(noted.iter().map(LeftToDo::Noted)).collect();
    let row = |_, listed: &LeftToDo<'_>| match listed {
        LeftToDo::Meter(upload) => waiting_row(view, upload),
        LeftToDo::Delivery(item) => super::undelivered::row(view, item),
        LeftToDo::Noted(person) => super::noted_person::row(view, person),
    };
    let title = match (waiting.is_empty(), undelivered.is_empty()) {
        _ if !noted.is_empty() => key::TITLE_LEFT_TO_DO,
        (_, true) => key::TITLE_WAITING_METERS,
        (true, false) => key::TITLE_UNDELIVERED,
        (false, false) => key::TITLE_WAITING_AND_UNDELIVERED,
    };
    let blocks = vec![Block::Choices(Choices {
        title: view.text(title),
        empty: working.why_none_waits().map(|why| view.text(why)).unwrap_or_default(),
        ..view.choices(&listed, selected, row)
    })];
    StepPage {
        step: "waiting_meters",
        number: None,
        heading: view.text(key::HEADING_WAITING_METERS),
        instruction: view.text(match (undelivered.is_empty(), noted.is_empty()) {
            (true, true) => key::INSTRUCTION_WAITING_METERS,
            (false, true) => key::INSTRUCTION_WAITING_AND_UNDELIVERED,
            (_, false) => key::INSTRUCTION_LEFT_TO_DO,
        }),
        blocks,
    }
}

/// A meter that waits, told from others by the end of its serial number, as everywhere; one without, by the second in
/// which it was read. The step that confirms the device has the whole number.
fn waiting_row(view: &View<'_>, upload: &Upload) -> Choice {
    let name = view.upload_name(upload);
    let (meter, read_at) = if upload.meter.is_identifiable() {
        (name, view.moment(upload.read_at))
    } else {
        (view.filled(key::METER_WITHOUT_SERIAL, &[("name", name.into())]), view.moment_with_seconds(upload.read_at))
    };
    let count = view.filled(key::COUNT_READINGS, &[("count", upload.counts.total().into())]);
    Choice { cells: vec![meter, count, read_at], tag: open_matters(view, upload), disabled: None }
}

/// What is known and what is open of a meter that waits: that it has an owner, or that nothing of it is missing in the
/// owner's record; and that its clock will be asked about.
fn open_matters(view: &View<'_>, upload: &Upload) -> String {
    match upload.taken_back {
        Some(TakenBack::LostRace) => return view.text(key::TAG_TAKEN_BACK),
        Some(TakenBack::Undone) => return view.text(key::TAG_UNDONE),
        Some(TakenBack::UndoneBut(stay)) => return view.filled(key::TAG_UNDONE_BUT, &[("count", stay.into())]),
        None => {}
    }
    let is_owned = matches!(upload.owner, Owner::Patient(_));
    let key = match (upload.adds_nothing(), is_owned, upload.asks_for_clock()) {
        (true, _, false) => key::TAG_NOTHING_NEW,
        (true, _, true) => key::TAG_NOTHING_NEW_AND_CLOCK,
        (false, true, false) => key::TAG_OWNER_KNOWN,
        (false, true, true) => key::TAG_OWNER_AND_CLOCK,
        (false, false, true) => key::TAG_WHICH_CLOCK,
        (false, false, false) => return String::new(),
    };
    view.text(key)
}

/// That nothing of an upload is missing in its owner's record, where it is so.
fn nothing_new(view: &View<'_>, upload: &Upload) -> String {
    if upload.adds_nothing() { view.text(key::TAG_NOTHING_NEW) } else { String::new() }
}

/// A meter that waits, as a row among the attached ones.
fn waiting_beside_attached(view: &View<'_>, upload: &Upload) -> Choice {
    let (_, state) = view.whereabouts(upload.whereabouts(view.patient_in_hand()), upload.waiting());
    let at = if upload.meter.is_identifiable() {
        view.moment(upload.read_at)
    } else {
        view.moment_with_seconds(upload.read_at)
    };
    let read_at = view.filled(key::READ_AT, &[("at", at.into())]);
    Choice { cells: vec![view.upload_name(upload), state, read_at], tag: nothing_new(view, upload), disabled: None }
}

pub(super) fn page(view: &View<'_>, working: &Working, step: &UploadStep) -> StepPage {
    let mut blocks = vec![Block::Text {
        role: TextRole::Accent,
        text: view.filled(key::UPLOAD_FOR, &[("person", view.person_line(&step.patient).into())]),
    }];
    let instruction = match &step.view {
        UploadView::Meters(_) => {
            meters(view, working, step, &mut blocks);
            instruction(view, working, step)
        }
        UploadView::Models { list, selection, typed } => {
            blocks.push(models(view, *list, selection, typed));
            match (list, view.cable(*list)) {
                (ModelList::BehindCable(..), Some(cable)) => {
                    view.filled(key::INSTRUCTION_UPLOAD_WHICH_MODEL, &[("cable", cable.into())])
                }
                _ => view.text(key::INSTRUCTION_UPLOAD_MODEL),
            }
        }
        UploadView::Guide { list, model } => {
            guide(view, *list, model, &mut blocks);
            let is_behind_a_cable =
                UploadStep::model(&view.model.guides, *list, model).is_some_and(|guide| guide.bridge.is_some());
            view.text(if is_behind_a_cable {
                key::INSTRUCTION_UPLOAD_GUIDE_CABLE
            } else {
                key::INSTRUCTION_UPLOAD_GUIDE
            })
        }
    };
    StepPage { step: "upload", number: Some(2), heading: view.text(key::HEADING_UPLOAD), instruction, blocks }
}

/// The models of a list, with what was typed to find one, and what it found. The line below the list is always there,
/// so that typing turns no page.
fn models(view: &View<'_>, list: ModelList, selection: &Selection<String>, typed: &TextField) -> Block {
    let guides = &view.model.guides;
    let models: Vec<&MeterGuide> = UploadStep::models(guides, list).collect();
    let selected = selection.place(&UploadStep::model_rows(guides, list));
    let row = |_, guide: &&MeterGuide| Choice {
        cells: vec![guide.name.to_string()],
        tag: model_tag(view, list, guide),
        disabled: None,
    };
    let cable = view.cable(list);
    Block::Choices(Choices {
        title: match (list, cable) {
            (ModelList::Family(Family::AccuChek), _) => view.text(key::TITLE_ACCU_CHEK_MODELS),
            (ModelList::Family(Family::Other), _) => view.text(key::TITLE_OTHER_MODELS),
            (ModelList::BehindCable(..), Some(cable)) => {
                view.filled(key::TITLE_MODELS_BEHIND_CABLE, &[("cable", cable.into())])
            }
            (ModelList::BehindCable(..), None) => view.text(key::TITLE_MODELS_CABLE_GONE),
        },
        empty: view.text(key::NO_MODELS),
        footer: found(view, list, typed),
        ..view.choices(&models, selected, row)
    })
}

/// What was typed to find a model, and under which name it was found.
fn found(view: &View<'_>, list: ModelList, typed: &TextField) -> String {
    let as_typed = ("typed", typed.text().into());
    if typed.is_blank() {
        return view.text(key::TYPE_FOR_MODEL);
    }
    match find(&view.model.guides, list, typed.text()) {
        None => view.filled(key::TYPED_FOR_NO_MODEL, &[as_typed]),
        Some(Found { other_name: Some(name), .. }) => {
            view.filled(key::TYPED_FOR_OTHER_NAME, &[as_typed, ("name", name.into())])
        }
        Some(Found { other_name: None, .. }) => view.filled(key::TYPED_FOR_MODEL, &[as_typed]),
    }
}

/// What to do at the first view: about the meter under the marker, or the only one.
fn instruction(view: &View<'_>, working: &Working, step: &UploadStep) -> String {
    let (panel, guides) = (&view.model.panel, &view.model.guides);
    let selected = step.selected(panel);
    let is_selected = |slot: &&Slot| selected.id() == Some(&UploadRow::Attached(slot.attachment.id));
    let slot = panel.for_patient(&step.patient.id).find(is_selected);
    let about = |key, (slot, guide): (&Slot, &MeterGuide), action| {
        let [model, key_for_another] = model_and_key(view, guide, action);
        view.filled(key, &[("cable", view.meter_name(slot).into()), model, key_for_another])
    };
    let with = |guide| slot.zip(guide);
    if let Some(asked) = with(slot.and_then(|slot| slot.asked_as(guides))) {
        about(key::INSTRUCTION_UPLOAD_ASKING_AS, asked, Action::StopReading)
    } else if let Some(proposed) = with(slot.and_then(|slot| slot.proposed(guides))) {
        about(key::INSTRUCTION_UPLOAD_AS_LAST_TIME, proposed, Action::ChooseModel)
    } else if slot.is_some_and(Slot::is_being_read) {
        view.text(key::INSTRUCTION_UPLOAD_READING)
    } else if panel.for_patient(&step.patient.id).next().is_none()
        && next_meter::attached(&step.patient, panel, &working.handled).next().is_none()
    {
        view.text(key::INSTRUCTION_UPLOAD_PLUG)
    } else {
        view.text(key::INSTRUCTION_UPLOAD_CHOOSE)
    }
}

/// A model behind a cable, and the key for when it is another.
fn model_and_key(view: &View<'_>, guide: &MeterGuide, action: Action) -> [(&'static str, Filling); 2] {
    [("model", guide.name.as_str().into()), ("key", view.model.keymap.label(action).into())]
}

impl View<'_> {
    /// That a meter which gave no answer may be another than the one it was spoken to as, and how to say which.
    pub(super) fn may_be_another(&self, slot: &Slot, tried: &MeterGuide) -> Block {
        let [model, key] = model_and_key(self, tried, Action::ChooseModel);
        let values = [("cable", self.meter_name(slot).into()), model, key];
        Block::Notice { role: TextRole::Warning, text: self.filled(key::CABLE_MAY_BE_ANOTHER, &values) }
    }

    /// What the cable is called for which a list of models is, while it is plugged in; and what was
    /// read through it already.
    fn cable(&self, list: ModelList) -> Option<String> {
        let ModelList::BehindCable(id, _) = list else { return None };
        let slot = self.model.panel.slots().iter().find(|slot| slot.attachment.id == id)?;
        let cable = self.label(&self.model.panel.plug_label(slot));
        Some(match &slot.state {
            SlotState::Stored(_) => self
                .filled(key::CABLE_READ_ALREADY, &[("cable", cable.into()), ("meter", self.meter_name(slot).into())]),
            _ => cable,
        })
    }
}

/// What is known of a model in the list for a cable: that it was tried now, or read last time.
fn model_tag(view: &View<'_>, list: ModelList, guide: &MeterGuide) -> String {
    let ModelList::BehindCable(id, _) = list else { return String::new() };
    let guides = &view.model.guides;
    let Some(slot) = view.model.panel.slots().iter().find(|slot| slot.attachment.id == id) else {
        return String::new();
    };
    let is_this = |known: Option<&MeterGuide>| known.is_some_and(|known| known.slug == guide.slug);
    if is_this(slot.may_be_another(guides)) {
        view.text(if slot.is_silent() { key::TAG_NO_ANSWER_NOW } else { key::TAG_TRIED_NOW })
    } else if is_this(slot.remembered(guides)) {
        view.text(key::TAG_AS_LAST_TIME)
    } else {
        String::new()
    }
}

fn meters(view: &View<'_>, working: &Working, step: &UploadStep, blocks: &mut Vec<Block>) {
    for slot in view.model.panel.slots() {
        match &slot.state {
            // Before that there is nothing to count; its row says that it is asked.
            SlotState::Reading { done, of, .. } if *done > 0 || of.is_some() => {
                blocks.push(Block::Gauge { label: view.meter_name(slot), done: *done, of: *of });
            }
            _ => {}
        }
    }
    let selected = step.selected(&view.model.panel);
    let marked = match selected.id() {
        Some(UploadRow::Attached(id)) => Some(*id),
        Some(UploadRow::Waiting(_) | UploadRow::Instructions(_)) | None => None,
    };
    blocks.extend(view.meter_problems(marked));
    match &step.work {
        UploadWork::Idle => {}
        UploadWork::Checking(_) => blocks.push(view.notice(TextRole::Accent, key::CHECKING_OWNER)),
        UploadWork::AskingPlatform { .. } => blocks.push(view.notice(TextRole::Accent, key::ASKING_PLATFORM_OF_METER)),
        UploadWork::Appending { .. } => blocks.push(view.notice(TextRole::Accent, key::APPENDING_READINGS)),
        UploadWork::Failed(problem) => blocks.push(view.words.problem(problem)),
    }
    let listed = step.listed(&view.model.panel, &working.waiting);
    let place = selected.place_among(&listed, Listed::is);
    blocks.push(Block::Choices(Choices {
        title: view.text(key::TITLE_METERS),
        ..view.choices(&listed, place, |_, listed| row(view, listed))
    }));
}

fn row(view: &View<'_>, listed: &Listed<'_>) -> Choice {
    let cells = match listed {
        Listed::Waiting(upload) => return waiting_beside_attached(view, upload),
        Listed::Attached(slot) => vec![view.meter_name(slot), view.slot_state(slot)],
        Listed::Instructions(Family::AccuChek) => vec![view.text(key::ROW_ACCU_CHEK)],
        Listed::Instructions(Family::Other) => vec![view.text(key::ROW_OTHER)],
    };
    Choice { cells, tag: String::new(), disabled: None }
}

fn guide(view: &View<'_>, list: ModelList, model: &str, blocks: &mut Vec<Block>) {
    let Some(guide) = UploadStep::model(&view.model.guides, list, model) else { return };
    blocks.push(Block::Text { role: TextRole::Heading, text: guide.name.to_string() });
    if !guide.other_names.is_empty() {
        let names = view.words.list(guide.other_names.iter().map(Clean::to_string));
        blocks.push(Block::Text {
            role: TextRole::Dim,
            text: view.filled(key::GUIDE_OTHER_NAMES, &[("names", names.into())]),
        });
    }
    blocks.push(Block::Text {
        role: TextRole::Text,
        text: view.filled(key::GUIDE_CABLE, &[("cable", guide.cable.as_str().into())]),
    });
    for (place, step) in guide.steps.iter().enumerate() {
        let values = [("number", (place + 1).into()), ("step", step.as_str().into())];
        blocks.push(Block::Text { role: TextRole::Text, text: view.filled(key::GUIDE_STEP, &values) });
    }
    if guide.bridge.is_some() {
        blocks.push(match UploadStep::cable_for(list, model, &view.model.panel, &view.model.guides) {
            Some(slot) => {
                let text = view.filled(key::GUIDE_CABLE_FOUND, &[("cable", view.meter_name(slot).into())]);
                Block::Notice { role: TextRole::Accent, text }
            }
            None => view.notice(TextRole::Warning, key::GUIDE_CABLE_MISSING),
        });
    }
}
