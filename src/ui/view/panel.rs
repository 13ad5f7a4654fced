//! The device panel, and what is said of a meter wherever it is said: its name, and what is going on with it.

use super::View;
use crate::app::action::Action;
use crate::app::panel::said::{Said, said};
use crate::app::panel::{CutShort, Departed, Ending, Label, Slot, SlotState, Unsaved};
use crate::app::wizard::Step;
use crate::domain::association::{Upload, Whereabouts};
use crate::domain::meter::MeterGuide;
use crate::domain::patient::PatientId;
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::words::key;
use crate::ui::scene::{Block, PanelEntry, PanelView, Stays, TextRole};

impl View<'_> {
    /// The panel: what needs a person first, then what is ready, each turn in the order of plugging, then what is gone.
    pub(super) fn panel(&self) -> PanelView {
        let panel = &self.model.panel;
        let mut slots: Vec<(u8, PanelEntry)> = panel.slots().iter().map(|slot| self.slot(slot)).collect();
        slots.extend(panel.unsaved().iter().map(|unsaved| (Said::NEEDS_A_PERSON, self.unsaved(unsaved))));
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

    /// Whether a meter is on the desk for the patient in hand, or while nobody is, for nobody yet.
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
                self.filled(key::METER_CONNECTION, &[name, ("connection", connection.as_str().into())])
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

    /// That somebody must say which meter it is, with the key; and where that key does it, if not here.
    fn asks_model(&self) -> String {
        let is_here = self.model.working().is_some_and(|working| matches!(working.step, Step::Upload(_)));
        let key = self.model.keymap.label(Action::ChooseModel);
        self.filled(if is_here { key::PANEL_ASK_MODEL } else { key::PANEL_ASK_MODEL_LATER }, &[("key", key.into())])
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

    /// What went wrong with the meters that concern whoever is in hand, each by its name, with what to do.
    pub(super) fn meter_problems(&self) -> Vec<Block> {
        let (panel, in_hand) = (&self.model.panel, self.patient_in_hand());
        let mut blocks = Vec::new();
        for slot in panel.slots().iter().filter(|slot| self.concerns(slot)) {
            // What helps a meter that was asked in a wrong language stands before what helps one that hangs.
            if let Some(tried) = slot.may_be_another(&self.model.guides) {
                blocks.push(self.may_be_another(slot, tried));
            }
            if let SlotState::Failed(problem) | SlotState::NotSaved(problem) = &slot.state {
                blocks.extend(self.problem_of(&self.meter_name(slot), problem));
            }
        }
        let cut_short = panel.cut_short(in_hand).map(|CutShort { label, problem, .. }| (label, problem));
        let unsaved = panel.unsaved_of(in_hand).map(|Unsaved { label, problem, .. }| (label, problem));
        blocks
            .extend(cut_short.chain(unsaved).flat_map(|(label, problem)| self.problem_of(&self.label(label), problem)));
        blocks
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
