//! What was decided here and is not at the care platform, wherever it is said: in the list of what is left to be done,
//! by itself, on the person's dashboard and in the device panel.

use super::confirm::why_it_waits;
use super::{StepPage, View};
use crate::app::action::Action;
use crate::app::model::Working;
use crate::app::panel::Label;
use crate::app::panel::said::Said;
use crate::app::reach::Reach;
use crate::app::wizard::dashboard::DashboardStep;
use crate::app::wizard::undelivered::UndeliveredStep;
use crate::domain::association::Upload;
use crate::domain::delivery::{ItemKind, WaitsBecause};
use crate::domain::taken_back::TakenBack;
use crate::domain::text::Clean;
use crate::domain::words::key;
use crate::domain::work_list::{Undelivered, UndeliveredCounts};
use crate::ui::scene::{Block, Choice, InputField, PanelEntry, Stays, TextRole};

/// How much of what the platform said stands on a dashboard, in terminal cells: a line on a narrow screen.
const SEEN_OF_REASON: usize = 70;

pub(super) fn page(view: &View<'_>, step: &UndeliveredStep) -> StepPage {
    let item = &step.item;
    let mut facts = vec![
        view.fact(key::LABEL_PATIENT, view.person_line(&item.patient), TextRole::Accent),
        view.fact(key::LABEL_DEVICE, item.meter.model.to_string(), TextRole::Text),
        view.serial_fact(&item.meter, TextRole::Text),
        view.fact(key::LABEL_UNDELIVERED, what(view, item), TextRole::Text),
    ];
    if let Some(holder) = &item.in_record_of {
        let is_sure = item.because == WaitsBecause::Misplaced;
        let label = if is_sure { key::LABEL_IN_RECORD_OF } else { key::LABEL_PERHAPS_IN_RECORD_OF };
        facts.push(view.fact(label, view.person_line(holder), TextRole::Warning));
    }
    let mut blocks = vec![Block::Facts { title: String::new(), facts }];
    let instruction = match &item.because {
        _ if step.is_over => {
            blocks.push(view.notice(TextRole::Ok, key::UNDELIVERED_IS_OVER));
            key::INSTRUCTION_UNDELIVERED_OVER
        }
        WaitsBecause::Refused(_) | WaitsBecause::Misplaced | WaitsBecause::PerhapsMisplaced => {
            let is_misplaced = item.is_misplaced();
            blocks.push(why_it_waits(view, item.since, &item.because));
            if let Some(problem) = step.release.problem() {
                blocks.push(view.words.problem(problem));
            }
            blocks.push(Block::Field(InputField {
                label: view.text(key::LABEL_REASON),
                value: step.reason.text().to_owned(),
                cursor: step.is_typing().then(|| step.reason.cursor()),
                example: view.text(if is_misplaced { key::EXAMPLE_REASON_SEEN_TO } else { key::EXAMPLE_REASON_AGAIN }),
                complaint: None,
                hidden: false,
                is_replaced: false,
            }));
            match &item.because {
                WaitsBecause::Misplaced => key::INSTRUCTION_UNDELIVERED_MISPLACED,
                WaitsBecause::PerhapsMisplaced => key::INSTRUCTION_UNDELIVERED_PERHAPS_MISPLACED,
                _ => key::INSTRUCTION_UNDELIVERED_REFUSED,
            }
        }
        because => {
            blocks.push(why_it_waits(view, item.since, because));
            match because {
                WaitsBecause::Behind(_) => key::INSTRUCTION_UNDELIVERED_BEHIND,
                WaitsBecause::BehindMisplaced => key::INSTRUCTION_UNDELIVERED_BEHIND_MISPLACED,
                _ => key::INSTRUCTION_UNDELIVERED_WAITS,
            }
        }
    };
    StepPage {
        step: "undelivered",
        number: None,
        heading: view.text(key::HEADING_UNDELIVERED),
        instruction: view.text(instruction),
        blocks,
    }
}

/// What it tells the platform.
fn what(view: &View<'_>, item: &Undelivered) -> String {
    match item.kind {
        ItemKind::Ownership => view.text(key::UNDELIVERED_OWNERSHIP),
        ItemKind::Readings => view.filled(key::COUNT_READINGS, &[("count", item.readings.into())]),
        ItemKind::Withdrawal => view.filled(key::UNDELIVERED_WITHDRAWAL, &[("count", item.readings.into())]),
        ItemKind::Correction => view.filled(key::UNDELIVERED_CORRECTION, &[("count", item.readings.into())]),
    }
}

/// A row among the meters that wait.
pub(super) fn row(view: &View<'_>, item: &Undelivered) -> Choice {
    let tag = match item.because {
        WaitsBecause::Refused(_) => key::TAG_REFUSED,
        WaitsBecause::Misplaced => key::TAG_MISPLACED,
        WaitsBecause::PerhapsMisplaced => key::TAG_PERHAPS_MISPLACED,
        _ => key::TAG_UNDELIVERED,
    };
    let cells = vec![view.label(&Label::of_meter(&item.meter)), what(view, item), view.moment(item.since)];
    Choice { cells, tag: view.text(tag), disabled: None }
}

/// That the platform does not take something, or has it in another person's record, where the work begins.
pub(super) fn refusals(view: &View<'_>, working: &Working) -> impl Iterator<Item = Block> {
    let UndeliveredCounts { refused, misplaced, .. } = UndeliveredCounts::of(&working.undelivered);
    let told = [(misplaced, key::DELIVERIES_ARE_MISPLACED), (refused, key::DELIVERIES_ARE_REFUSED)];
    told.into_iter().filter(|(count, _)| *count > 0).map(|(count, key)| {
        let values = [("count", count.into()), ("key", view.model.keymap.label(Action::WaitingMeters).into())];
        Block::Notice { role: TextRole::Problem, text: view.filled(key, &values) }
    })
}

/// What of the readings of this person is not in the record.
pub(super) fn of_person(view: &View<'_>, step: &DashboardStep) -> Vec<Block> {
    let Some(working) = view.model.working() else { return Vec::new() };
    let readings: Vec<&Undelivered> =
        step.undelivered(&working.undelivered).filter(|item| item.kind == ItemKind::Readings).collect();
    let (misplaced, readings): (Vec<&Undelivered>, Vec<&Undelivered>) =
        readings.into_iter().partition(|item| item.is_misplaced());
    // What stands behind a refusal waits for the same look of the same person. Told apart from it,
    // it would seem to go by itself.
    let (stopped, waiting): (Vec<&Undelivered>, Vec<&Undelivered>) = readings
        .into_iter()
        .partition(|item| matches!(item.because, WaitsBecause::Refused(_) | WaitsBecause::Behind(_)));
    let others = step.of_others(&working.undelivered).filter(|item| item.kind == ItemKind::Readings).collect();
    let told: [(Vec<&Undelivered>, _); 2] = [(misplaced, key::PERSON_HAS_MISPLACED), (others, key::PERSON_HAS_OTHERS)];
    let mut blocks: Vec<Block> = told
        .into_iter()
        .filter(|(items, _)| !items.is_empty())
        .map(|(items, key)| {
            let count: u32 = items.iter().map(|item| item.readings).sum();
            let key_to_press = view.model.keymap.label(Action::LookAtDelivery);
            let text = view.filled(key, &[("count", count.into()), ("key", key_to_press.into())]);
            Block::Notice { role: TextRole::Problem, text }
        })
        .collect();
    // What is misplaced the platform has: under whom, is told elsewhere.
    let is_missing = |item: &&Undelivered| item.kind == ItemKind::Correction && !item.is_misplaced();
    let corrected = step.undelivered(&working.undelivered).filter(is_missing);
    let corrected: u32 = corrected.map(|item| item.readings).sum();
    if corrected > 0 {
        blocks.push(Block::Notice {
            role: TextRole::Warning,
            text: view.filled(key::PERSON_HAS_CORRECTIONS, &[("count", corrected.into())]),
        });
    }
    if let Some(WaitsBecause::Refused(why) | WaitsBecause::Behind(why)) = stopped.first().map(|first| &first.because) {
        let meters = stopped.iter().map(|item| view.label(&Label::of_meter(&item.meter)));
        // A meter may have several deliveries. Its name is said once.
        let mut named: Vec<String> = Vec::new();
        for meter in meters {
            if !named.contains(&meter) {
                named.push(meter);
            }
        }
        let count: u32 = stopped.iter().map(|item| item.readings).sum();
        let values = [
            ("count", count.into()),
            ("meter", view.words.list(named).into()),
            ("why", clipped(view, why).into()),
            ("key", view.model.keymap.label(Action::LookAtDelivery).into()),
        ];
        let text = view.filled(key::PERSON_HAS_REFUSED, &values);
        blocks.push(Block::Notice { role: TextRole::Problem, text });
    }
    // Where somebody must look, what goes by itself is said in the device panel alone.
    if blocks.is_empty() && !waiting.is_empty() {
        let count: u32 = waiting.iter().map(|item| item.readings).sum();
        let text = view.filled(key::PERSON_HAS_UNDELIVERED, &[("count", count.into())]);
        blocks.push(Block::Notice { role: TextRole::Warning, text });
    }
    blocks
}

/// The beginning of what the platform said, for a screen that has more to show: the key beside it leads to all of it.
fn clipped(view: &View<'_>, why: &Clean) -> String {
    if why.cells() <= SEEN_OF_REASON {
        why.to_string()
    } else {
        view.filled(key::CLIPPED, &[("text", Clean::new(why.as_str(), SEEN_OF_REASON).as_str().into())])
    }
}

/// The care platform in the device panel, with its turn there: whether it answers, and how much is not taken, waits or
/// was taken back; nothing while all is delivered.
pub(super) fn in_panel(view: &View<'_>) -> Option<(u8, PanelEntry)> {
    let working = view.model.working()?;
    let UndeliveredCounts { refused, misplaced, waiting } = UndeliveredCounts::of(&working.undelivered);
    let has_lost = |upload: &&Upload| upload.taken_back == Some(TakenBack::LostRace);
    let taken_back = working.waiting.iter().filter(has_lost).count();
    let (noted, to_decide) = working.noted.waiting_and_to_decide();
    // Readings in another person's record before all else, then what stands still until somebody
    // decides.
    let counted = [
        (misplaced, key::PANEL_MISPLACED),
        (refused, key::PANEL_REFUSED),
        (to_decide, key::PANEL_NOTED_TO_DECIDE),
        (waiting, key::PANEL_UNDELIVERED),
        (noted, key::PANEL_NOTED),
        (taken_back, key::PANEL_TAKEN_BACK),
    ];
    let said: Vec<String> = counted
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, key)| view.filled(key, &[("count", count.into())]))
        .collect();
    let reach = match working.reach {
        Reach::Usual => None,
        Reach::Silent(_) => Some(view.text(key::PANEL_NO_ANSWER)),
        Reach::Back(_) => Some(view.text(key::PANEL_ANSWERS_AGAIN)),
    };
    let said: Vec<String> = reach.into_iter().chain(said).collect();
    let (turn, role) = match (refused + misplaced + to_decide, taken_back) {
        (0, 0) if working.reach == Reach::Usual => (Said::OVER, TextRole::Dim),
        (0, 0) if matches!(working.reach, Reach::Back(_)) => (Said::OVER, TextRole::Ok),
        (0, _) => (Said::OVER, TextRole::Warning),
        _ => (Said::NEEDS_A_PERSON, TextRole::Problem),
    };
    let name = view.text(key::PANEL_PLATFORM);
    let is_said = !said.is_empty();
    let state = view.words.list(said);
    is_said.then_some((turn, PanelEntry { name, state, role, stays: Stays::IfRoom }))
}
