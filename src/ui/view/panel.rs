//! The device panel, and what is said of a meter wherever it is said: its name, and what is going on with it.

use super::{View, undelivered};
use crate::app::action::Action;
use crate::app::panel::said::{Said, said};
use crate::app::panel::{Departed, Ending, Label, Slot, SlotState, Unsaved};
use crate::app::wizard::Step;
use crate::domain::association::{Upload, Whereabouts};
use crate::domain::meter::{AttachmentId, MeterGuide};
use crate::domain::patient::PatientId;
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::words::key;
use crate::ui::scene::{Block, PanelEntry, PanelView, Stays, TextRole};

/// So much of where a meter is plugged in stands in its name, in characters.
const LONGEST_CONNECTION: usize = 22;

/// The end of a long connection, by which the ports of a computer differ: `..FTDI-Adapter-10`.
fn shortened(connection: &str) -> String {
    let over = connection.chars().count().saturating_sub(LONGEST_CONNECTION);
    if over == 0 {
        return connection.to_owned();
    }
    let end: String = connection.chars().skip(over + 2).collect();
    format!("..{end}")
}

/// What went wrong with one meter.
struct Trouble {
    /// Its plug, while it is plugged in.
    plug: Option<AttachmentId>,
    /// What it is called, with the code.
    name: String,
    /// What happened, and what to do.
    blocks: Vec<Block>,
    /// The same beside the troubles of other meters, where it would be long. What happened is said in the list, too.
    in_short: Option<Vec<Block>>,
}

impl View<'_> {
    /// The panel: what needs a person first, then what is ready, each turn in the order of plugging, then what is gone.
    pub(super) fn panel(&self) -> PanelView {
        let panel = &self.model.panel;
        let mut slots: Vec<(u8, PanelEntry)> = panel.slots().iter().map(|slot| self.slot(slot)).collect();
        slots.extend(panel.unsaved().iter().map(|unsaved| (Said::NEEDS_A_PERSON, self.unsaved(unsaved))));
        slots.extend(undelivered::in_panel(self));
        // The sort is stable: within a turn nothing moves but what has changed.
        slots.sort_by_key(|(turn, _)| *turn);
        let departed = panel.departed().iter().map(|departed| self.departed(departed));
        PanelView {
            title: self.text(key::PANEL_TITLE),
            entries: slots.into_iter().map(|(_, entry)| entry).chain(departed).collect(),
            empty: self.text(if self.model.has_usb { key::PANEL_EMPTY } else { key::PANEL_EMPTY_WITHOUT_USB }),
        }
    }

    fn slot(&self, slot: &Slot) -> (u8, PanelEntry) {
        let said = said(slot, &self.model.guides, self.patient_in_hand());
        let (role, state) = self.said(&said);
        let is_a_failure =
            matches!(said, Said::NotRead { .. } | Said::NoAnswerAs(..) | Said::NotSaved(_) | Said::Stopped);
        // What failed for somebody else is said, but calls nobody.
        let is_not_theirs = !self.concerns(slot);
        let (turn, role) = if is_not_theirs && is_a_failure {
            (Said::OVER, TextRole::Dim)
        } else if is_not_theirs && self.patient_in_hand().is_some() {
            (Said::OVER, role)
        } else {
            (said.turn(), role)
        };
        (turn, PanelEntry { name: self.meter_name(slot), state, role, stays: self.stays(slot, &said) })
    }

    /// Whether a meter is shown before others where not all fit.
    fn stays(&self, slot: &Slot, said: &Said<'_>) -> Stays {
        let step = self.model.working().map(|working| &working.step);
        if step.is_some_and(|step| step.has_in_hand(slot)) {
            Stays::InHand
        } else if said.is_under_way() {
            Stays::BeingRead
        } else {
            Stays::IfRoom
        }
    }

    /// Whether a meter is plugged in for the patient in hand, or while nobody is, for nobody yet.
    fn concerns(&self, slot: &Slot) -> bool {
        self.patient_in_hand().map_or_else(|| slot.is_for_nobody_yet(), |patient| slot.is_for(patient))
    }

    /// What an attached meter is called, everywhere.
    pub(super) fn meter_name(&self, slot: &Slot) -> String {
        self.label(&self.model.panel.label(slot))
    }

    /// What the meter of an upload is called: as its plug is, if it is still plugged in.
    pub(super) fn upload_name(&self, upload: &Upload) -> String {
        match self.model.panel.plug_of(&upload.id) {
            Some(slot) => self.meter_name(slot),
            None => self.label(&Label::of(upload)),
        }
    }

    pub(super) fn label(&self, label: &Label) -> String {
        let name = ("name", label.name.as_str().into());
        match &label.ending {
            Ending::Serial(end) => self.filled(key::METER_SERIAL_END, &[name, ("end", end.as_str().into())]),
            Ending::Connection(connection) => {
                let connection = shortened(connection.as_str());
                self.filled(key::METER_CONNECTION, &[name, ("connection", connection.into())])
            }
            Ending::Number(number) => self.filled(key::METER_NUMBER, &[name, ("number", (*number).into())]),
            Ending::None => label.name.to_string(),
        }
    }

    /// What is going on with an attached meter, in words.
    pub(super) fn slot_state(&self, slot: &Slot) -> String {
        self.said(&said(slot, &self.model.guides, self.patient_in_hand())).1
    }

    /// What is said of a meter, in words.
    fn said(&self, said: &Said<'_>) -> (TextRole, String) {
        let of_model = |key, guide: &MeterGuide| self.filled(key, &[("model", guide.name.as_str().into())]);
        match said {
            Said::Recognised => (TextRole::Text, self.text(key::PANEL_RECOGNISED)),
            Said::Denied => (TextRole::Problem, self.text(key::PANEL_DENIED)),
            Said::Busy => (TextRole::Problem, self.text(key::PANEL_BUSY)),
            Said::WhichModel => (TextRole::Warning, self.asks_model()),
            Said::Probably(guide) => (TextRole::Warning, of_model(key::PANEL_PROBABLY, guide)),
            Said::NotMounted => (TextRole::Warning, self.text(key::PANEL_NOT_MOUNTED)),
            Said::Unsupported => (TextRole::Warning, self.text(key::PANEL_UNSUPPORTED)),
            Said::AskingAs(guide) => (TextRole::Accent, of_model(key::PANEL_ASKING_AS, guide)),
            Said::Reading { done, of: Some(of) } => (
                TextRole::Accent,
                self.filled(key::PANEL_READING_OF, &[("done", (*done).into()), ("of", (*of).into())]),
            ),
            Said::Reading { done, of: None } => {
                (TextRole::Accent, self.filled(key::PANEL_READING, &[("done", (*done).into())]))
            }
            Said::Saving => (TextRole::Accent, self.text(key::PANEL_SAVING)),
            Said::Kept { place, count } => self.whereabouts(*place, *count),
            Said::NoAnswerAs(guide, code) => {
                let values = [("model", guide.name.as_str().into()), ("code", code.code().into())];
                let is_silent = *code == ProblemCode::LinkSilent;
                (
                    TextRole::Problem,
                    self.filled(if is_silent { key::PANEL_NO_ANSWER_AS } else { key::PANEL_NOT_READ_AS }, &values),
                )
            }
            Said::NotRead { done, code } => (TextRole::Problem, self.not_read(*done, *code)),
            Said::NotSaved(code) => (TextRole::Problem, self.not_saved(*code)),
            Said::Stopped => (TextRole::Warning, self.text(key::PANEL_STOPPED)),
        }
    }

    /// That somebody must say which meter it is: with the key in the step where it does that, elsewhere with the step.
    fn asks_model(&self) -> String {
        if !self.is_at_upload() {
            return self.text(key::PANEL_ASK_MODEL_LATER);
        }
        self.filled(key::PANEL_ASK_MODEL, &[("key", self.model.keymap.label(Action::ChooseModel).into())])
    }

    /// Whether this is the step where somebody says which meter it is.
    fn is_at_upload(&self) -> bool {
        self.model.working().is_some_and(|working| matches!(working.step, Step::Upload(_)))
    }

    fn not_read(&self, done: u32, code: ProblemCode) -> String {
        self.filled(key::PANEL_FAILED, &[("done", done.into()), ("code", code.code().into())])
    }

    fn not_saved(&self, code: ProblemCode) -> String {
        self.filled(key::PANEL_NOT_SAVED, &[("code", code.code().into())])
    }

    /// Where readings are, in words.
    pub(super) fn whereabouts(&self, place: Whereabouts, count: u32) -> (TextRole, String) {
        let (role, key) = match place {
            Whereabouts::Wait => (TextRole::Warning, key::PANEL_QUARANTINED),
            Whereabouts::WaitForThis => (TextRole::Ok, key::PANEL_WAITS_FOR_THIS),
            Whereabouts::WaitForAnother => (TextRole::Problem, key::PANEL_WAITS_FOR_ANOTHER),
            Whereabouts::WaitForOwner => (TextRole::Warning, key::PANEL_WAITS_FOR_OWNER),
            Whereabouts::InThisRecord => (TextRole::Ok, key::PANEL_IN_THIS_RECORD),
            Whereabouts::InAnotherRecord => (TextRole::Dim, key::PANEL_IN_ANOTHER_RECORD),
            Whereabouts::InARecord => (TextRole::Dim, key::PANEL_IN_A_RECORD),
        };
        (role, self.filled(key, &[("count", count.into())]))
    }

    /// What went wrong with the meters that concern whoever is in hand, each by its name, with what to do: of the
    /// `marked` one, or the first. The others are named, because all that is to be done would leave no room for the
    /// list of them.
    pub(super) fn meter_problems(&self, marked: Option<AttachmentId>) -> Vec<Block> {
        let mut troubles = self.troubles();
        let of_marked = troubles.iter().position(|trouble| trouble.plug.is_some() && trouble.plug == marked);
        if troubles.is_empty() {
            return Vec::new();
        }
        let Trouble { blocks, in_short, .. } = troubles.remove(of_marked.unwrap_or(0));
        let mut blocks = if troubles.is_empty() { blocks } else { in_short.unwrap_or(blocks) };
        let others: Vec<String> = troubles.into_iter().map(|trouble| trouble.name).collect();
        if !others.is_empty() {
            let text = self.filled(key::MORE_IN_TROUBLE, &[("meters", self.words.list(others).into())]);
            blocks.push(Block::Text { role: TextRole::Problem, text });
        }
        blocks
    }

    fn troubles(&self) -> Vec<Trouble> {
        let (panel, in_hand) = (&self.model.panel, self.patient_in_hand());
        let trouble = |plug, name: String, problem: &Problem, before: Option<Block>, behind: Option<Block>| {
            let in_short = before.clone().map(|before| vec![before, self.remedy(problem)]);
            let blocks = before.into_iter().chain(self.problem_of(&name, problem)).chain(behind).collect();
            let values = [("name", name.into()), ("code", problem.code.code().into())];
            Trouble { plug, name: self.filled(key::NAME_WITH_CODE, &values), blocks, in_short }
        };
        let mut troubles = Vec::new();
        for slot in panel.slots().iter().filter(|slot| self.concerns(slot)) {
            // What helps a meter that was asked in a wrong language stands before what helps one that hangs.
            let tried = slot.may_be_another(&self.model.guides).filter(|_| self.is_at_upload());
            let tried = tried.map(|tried| self.may_be_another(slot, tried));
            let (plug, name) = (Some(slot.attachment.id), self.meter_name(slot));
            match (&slot.state, tried) {
                (SlotState::Failed(problem) | SlotState::NotSaved(problem), tried) => {
                    troubles.push(trouble(plug, name, problem, tried, None));
                }
                (_, Some(tried)) => troubles.push(Trouble { plug, name, blocks: vec![tried], in_short: None }),
                (_, None) => {}
            }
        }
        let again = self.model.keymap.label(Action::ReadAgain);
        let save_again =
            || Block::Text { role: TextRole::Text, text: self.filled(key::SAVE_AGAIN, &[("key", again.into())]) };
        troubles.extend(
            panel
                .unsaved_of(in_hand)
                .map(|note| trouble(None, self.label(&note.label), &note.problem, None, Some(save_again()))),
        );
        // Behind what may be lost: of a read that was cut short the meter still has everything.
        troubles.extend(
            panel.cut_short(in_hand).map(|note| trouble(None, self.label(&note.label), &note.problem, None, None)),
        );
        troubles
    }

    /// What to do about a problem, if the meter is the one as which it was spoken to.
    fn remedy(&self, problem: &Problem) -> Block {
        let remedy = match self.words.problem(problem) {
            Block::Problem { remedy, .. } => remedy,
            _ => String::new(),
        };
        Block::Text { role: TextRole::Text, text: self.filled(key::CABLE_IS_THE_SAME, &[("remedy", remedy.into())]) }
    }

    /// A problem with the name of the meter that has it, and which records it is about.
    fn problem_of(&self, meter: &str, problem: &Problem) -> Vec<Block> {
        let mut blocks = vec![match self.words.problem(problem) {
            Block::Problem { what, remedy, code } => {
                let values = [("meter", meter.into()), ("what", what.into())];
                Block::Problem { what: self.filled(key::PROBLEM_OF_METER, &values), remedy, code }
            }
            other => other,
        }];
        if problem.code == ProblemCode::MeterRecords {
            let text = self.filled(key::RECORDS_IN_DETAIL, &[("detail", problem.detail.to_string().into())]);
            blocks.push(Block::Text { role: TextRole::Text, text });
        }
        blocks
    }

    fn unsaved(&self, unsaved: &Unsaved) -> PanelEntry {
        let state = self.not_saved(unsaved.problem.code);
        PanelEntry { name: self.label(&unsaved.label), state, role: TextRole::Problem, stays: Stays::IfRoom }
    }

    fn departed(&self, departed: &Departed) -> PanelEntry {
        let (name, state) = (self.label(&departed.label), self.text(key::PANEL_DEPARTED));
        PanelEntry { name, state, role: TextRole::Dim, stays: Stays::IfRoom }
    }

    pub(super) fn patient_in_hand(&self) -> Option<&PatientId> {
        self.model.working()?.step.patient_in_hand()
    }
}
