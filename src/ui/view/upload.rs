//! Step 2, upload the data, and the list of meters that wait for a patient.

use super::{Page, View};
use crate::app::action::Action;
use crate::app::list::Selection;
use crate::app::model::Working;
use crate::app::panel::SlotState;
use crate::app::wizard::upload::{ModelList, UploadRow, UploadStep, UploadView, UploadWork};
use crate::app::wizard::waiting_meters::WaitingMeters;
use crate::domain::association::Upload;
use crate::domain::meter::{Family, MeterGuide};
use crate::domain::problem::ProblemCode;
use crate::ui::scene::{Block, Choice, Choices, Role};
use crate::ui::words::Filling;

pub(super) fn waiting(view: &View<'_>, working: &Working, step: &WaitingMeters) -> Page {
    let rows = working.waiting.iter().map(|upload| waiting_row(view, upload)).collect();
    let blocks = vec![Block::Choices(Choices {
        title: view.text("title-waiting-meters"),
        rows,
        selected: step.selection.place(&WaitingMeters::rows(&working.waiting)),
        focused: true,
        empty: view.text("reason-no-waiting-meters"),
        footer: String::new(),
    })];
    Page {
        step: "waiting_meters",
        number: None,
        heading: "heading-waiting-meters",
        instruction: view.text("instruction-waiting-meters"),
        blocks,
    }
}

fn waiting_row(view: &View<'_>, upload: &Upload) -> Choice {
    Choice {
        cells: vec![
            upload.meter.model.to_string(),
            upload.meter.grouped_serial(),
            view.filled("count-readings", &[("count", upload.counts.total().into())]),
            view.filled("read-at", &[("at", view.moment(upload.read_at).into())]),
        ],
        tag: String::new(),
        disabled: None,
    }
}

pub(super) fn page(view: &View<'_>, working: &Working, step: &UploadStep) -> Page {
    let mut blocks = vec![Block::Text {
        role: Role::Accent,
        text: view.filled("upload-for", &[("person", view.person_line(&step.patient).into())]),
    }];
    let instruction = match &step.view {
        UploadView::Meters(selection) => {
            meters(view, working, step, selection, &mut blocks);
            instruction(view)
        }
        UploadView::Models { list, selection } => {
            let rows = UploadStep::models(&view.model.guides, *list)
                .map(|guide| Choice {
                    cells: vec![guide.name.to_string()],
                    tag: model_tag(view, *list, guide),
                    disabled: None,
                })
                .collect();
            blocks.push(Block::Choices(Choices {
                title: view.text(list_title(*list)),
                rows,
                selected: selection.place(&UploadStep::model_rows(&view.model.guides, *list)),
                focused: true,
                empty: view.text("no-models"),
                footer: String::new(),
            }));
            view.text(match list {
                ModelList::Family(_) => "instruction-upload-model",
                ModelList::BehindCable(..) => "instruction-upload-which-model",
            })
        }
        UploadView::Guide { list, model } => {
            guide(view, *list, model, &mut blocks);
            view.text("instruction-upload-guide")
        }
    };
    Page { step: "upload", number: Some(2), heading: "heading-upload", instruction, blocks }
}

/// What to do at the first view.
fn instruction(view: &View<'_>) -> String {
    let (panel, guides) = (&view.model.panel, &view.model.guides);
    let only = if let [slot] = panel.slots() { Some(slot) } else { None };
    if let Some(guide) = only.and_then(|slot| slot.asked_as(guides)) {
        view.filled("instruction-upload-asking-as", &model_and_key(view, guide, Action::StopReading))
    } else if let Some(guide) = only.and_then(|slot| slot.proposed(guides)) {
        view.filled("instruction-upload-as-last-time", &model_and_key(view, guide, Action::ChooseModel))
    } else if panel.is_reading() {
        view.text("instruction-upload-reading")
    } else if panel.slots().is_empty() {
        view.text("instruction-upload-plug")
    } else {
        view.text("instruction-upload-choose")
    }
}

/// A model behind a cable, and the key for when it is another.
fn model_and_key(view: &View<'_>, guide: &MeterGuide, action: Action) -> [(&'static str, Filling); 2] {
    [("model", guide.name.as_str().into()), ("key", view.model.keymap.label(action).into())]
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
        view.text("tag-tried-now")
    } else if is_this(slot.remembered(guides)) {
        view.text("tag-as-last-time")
    } else {
        String::new()
    }
}

const fn list_title(list: ModelList) -> &'static str {
    match list {
        ModelList::Family(Family::AccuChek) => "title-accu-chek-models",
        ModelList::Family(Family::Other) => "title-other-models",
        ModelList::BehindCable(..) => "title-models-behind-cable",
    }
}

fn meters(
    view: &View<'_>,
    working: &Working,
    step: &UploadStep,
    selection: &Selection<UploadRow>,
    blocks: &mut Vec<Block>,
) {
    for slot in view.model.panel.slots() {
        match &slot.state {
            // Before that there is nothing to count; its row says that it is asked.
            SlotState::Reading { done, of, .. } if *done > 0 || of.is_some() => {
                blocks.push(Block::Gauge { label: slot.attachment.name.to_string(), done: *done, of: *of });
            }
            SlotState::Failed(problem) => {
                blocks.push(view.words.problem(problem));
                if problem.code == ProblemCode::MeterRecords {
                    let text = view.filled("records-in-detail", &[("detail", problem.detail.to_string().into())]);
                    blocks.push(Block::Text { role: Role::Text, text });
                }
            }
            SlotState::Reading { .. }
            | SlotState::Recognised
            | SlotState::Saving { .. }
            | SlotState::Stored(_)
            | SlotState::Stopped => {}
        }
        if let Some(tried) = slot.may_be_another(&view.model.guides) {
            let text = view.filled("cable-may-be-another", &model_and_key(view, tried, Action::ChooseModel));
            blocks.push(Block::Notice { role: Role::Warning, text });
        }
    }
    blocks.extend(view.model.panel.cut_short().map(|problem| view.words.problem(problem)));
    blocks.extend(view.model.panel.unsaved().iter().map(|unsaved| view.words.problem(&unsaved.problem)));
    match &step.work {
        UploadWork::Idle => {}
        UploadWork::Checking(_) => blocks.push(view.notice(Role::Accent, "checking-owner")),
        UploadWork::Appending { .. } => blocks.push(view.notice(Role::Accent, "appending-readings")),
        UploadWork::Failed(problem) => blocks.push(view.words.problem(problem)),
    }
    let selected = UploadStep::selected(selection, &view.model.panel, &view.model.guides);
    let ids = UploadStep::rows(&view.model.panel, &working.waiting);
    let rows = ids.iter().filter_map(|row| row_of(view, working, row)).collect();
    blocks.push(Block::Choices(Choices {
        title: view.text("title-meters"),
        rows,
        selected: selected.place(&ids),
        focused: true,
        empty: String::new(),
        footer: String::new(),
    }));
}

fn row_of(view: &View<'_>, working: &Working, row: &UploadRow) -> Option<Choice> {
    Some(match row {
        UploadRow::Attached(id) => {
            let slot = view.model.panel.slots().iter().find(|slot| slot.attachment.id == *id)?;
            let (_, state) = view.slot_state(slot);
            Choice { cells: vec![slot.attachment.name.to_string(), state], tag: String::new(), disabled: None }
        }
        UploadRow::Waiting(id) => waiting_row(view, working.waiting.iter().find(|upload| upload.id == *id)?),
        UploadRow::Instructions(Family::AccuChek) => {
            Choice { cells: vec![view.text("row-accu-chek")], tag: String::new(), disabled: None }
        }
        UploadRow::Instructions(Family::Other) => {
            Choice { cells: vec![view.text("row-other")], tag: String::new(), disabled: None }
        }
    })
}

fn guide(view: &View<'_>, list: ModelList, model: &str, blocks: &mut Vec<Block>) {
    let Some(guide) = UploadStep::model(&view.model.guides, list, model) else { return };
    blocks.push(Block::Text { role: Role::Heading, text: guide.name.to_string() });
    blocks.push(Block::Text {
        role: Role::Text,
        text: view.filled("guide-cable", &[("cable", guide.cable.as_str().into())]),
    });
    for (place, step) in guide.steps.iter().enumerate() {
        let values = [("number", (place + 1).into()), ("step", step.as_str().into())];
        blocks.push(Block::Text { role: Role::Text, text: view.filled("guide-step", &values) });
    }
    if guide.bridge.is_some() {
        let cable = UploadStep::cable_for(list, model, &view.model.panel, &view.model.guides);
        let (role, key) =
            if cable.is_some() { (Role::Ok, "guide-cable-found") } else { (Role::Warning, "guide-cable-missing") };
        blocks.push(view.notice(role, key));
    }
}
