//! What is still to be told of meters that are gone: to whom it concerns, and to nobody else.
//!
//! A note is for the patient who was in hand when it came about, or for the next one if nobody was; it is not told
//! while somebody else is. Taking another patient in hand ends what is only advice for the one before.

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

impl Panel {
    /// The reads that an unplugging cut short, as far as they concern whoever is `in_hand`.
    pub fn cut_short(&self, in_hand: Option<&PatientId>) -> impl Iterator<Item = &CutShort> {
        self.cut_short.iter().filter(move |note| note.whose.as_ref() == in_hand)
    }

    /// Whoever was told of them signs out.
    pub fn forget_notes(&mut self) {
        self.cut_short.clear();
        self.unsaved.clear();
    }

    /// A meter of this name was plugged in: what was cut short is read anew.
    pub(super) fn has_come(&mut self, name: &Clean) {
        self.cut_short.retain(|note| note.plug != *name);
    }

    /// This patient is in hand.
    pub(super) fn claim_notes(&mut self, patient: &PatientId) {
        let concerns = |whose: &mut Option<PatientId>| whose.get_or_insert_with(|| patient.clone()) == patient;
        self.cut_short.retain_mut(|note| concerns(&mut note.whose));
        for note in &mut self.unsaved {
            concerns(&mut note.whose);
        }
    }
}
