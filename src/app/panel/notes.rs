//! What is still to be told of meters that are gone: to whom it concerns, and to nobody else.
//!
//! A note is for the patient who was in hand when it came about, or for the next one if nobody was; it is not told
//! while somebody else is. Taking another patient in hand ends what is only advice for the one before.

use super::unsaved::Unsaved;
use super::{Label, Panel};
use crate::app::effect::Ticket;
use crate::domain::patient::PatientId;
use crate::domain::problem::Problem;
use crate::domain::text::Clean;

/// A read that an unplugging cut short.
#[derive(Debug, Clone, PartialEq)]
pub struct CutShort {
    /// The read, if it may still turn out to have been whole.
    pub(super) read: Option<Ticket>,
    /// What the meter is called.
    pub label: Label,
    /// What a person is told.
    pub problem: Problem,
    /// Whom it concerns.
    pub(super) whose: Option<PatientId>,
    /// The name of the plug: when such a meter comes again, this is over.
    pub(super) plug: Clean,
}

/// What is still to be told of meters that are gone, while whoever it concerns is away.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PanelNotes {
    cut_short: Vec<CutShort>,
    unsaved: Vec<Unsaved>,
}

impl Panel {
    /// The reads that an unplugging cut short, as far as they concern whoever is `in_hand`.
    pub fn cut_short(&self, in_hand: Option<&PatientId>) -> impl Iterator<Item = &CutShort> {
        self.cut_short.iter().filter(move |note| note.whose.as_ref() == in_hand)
    }

    /// Whoever was told of them signs out.
    pub fn forget_notes(&mut self) {
        // What is held of an unplugged meter goes with its note: it is of no use to whoever comes
        // next, and the meter still has it.
        self.cut_short.clear();
        self.unsaved.clear();
    }

    /// Whoever is told of them goes away, and may come back.
    pub fn take_notes(&mut self) -> PanelNotes {
        PanelNotes { cut_short: std::mem::take(&mut self.cut_short), unsaved: std::mem::take(&mut self.unsaved) }
    }

    /// They have come back. What was cut short of a meter that is here again by now is read anew.
    pub fn put_back(&mut self, notes: PanelNotes) {
        let is_gone = |note: &CutShort| self.slots.iter().all(|slot| slot.attachment.name != note.plug);
        self.cut_short.extend(notes.cut_short.into_iter().filter(is_gone));
        self.unsaved.extend(notes.unsaved);
    }

    /// A meter of this name was plugged in: what was cut short is read anew.
    pub(super) fn has_come(&mut self, name: &Clean) {
        self.cut_short.retain(|note| note.plug != *name);
    }

    /// This patient is in hand.
    pub(super) fn claim_notes(&mut self, patient: &PatientId) {
        let concerns = |whose: &mut Option<PatientId>| whose.get_or_insert_with(|| patient.clone()) == patient;
        // Advice ends with the patient it was for. Readings that are not on disk do not: they are
        // kept whoever is in hand.
        self.cut_short.retain_mut(|note| concerns(&mut note.whose));
        for note in &mut self.unsaved {
            concerns(&mut note.whose);
        }
    }
}
