//! What was read to the end and is not on disk: it is kept here until it is, or until whoever read it signs out, so
//! that a full disk costs nobody a reading. It is saved again when a person asks for it, and dropped once all of it is
//! on disk with what the meter gave at another read.

use std::sync::Arc;

use super::{Label, Panel};
use crate::domain::clinic::Session;
use crate::domain::download::Download;
use crate::domain::patient::PatientId;
use crate::domain::problem::Problem;
use crate::domain::text::Clean;

/// A download that is not on disk yet, and who read it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Held {
    pub(super) session: Session,
    pub(super) download: Arc<Download>,
}

/// What was read of a meter that is unplugged by now or is being read anew, and could not be put on disk.
#[derive(Debug, Clone, PartialEq)]
pub struct Unsaved {
    /// What the meter is called.
    pub label: Label,
    /// Why not.
    pub problem: Problem,
    /// Whom it concerns.
    pub(super) whose: Option<PatientId>,
    /// The name of the plug.
    pub(super) plug: Clean,
    /// What was read.
    pub(super) held: Option<Held>,
}

impl Unsaved {
    /// Whether all of this stands in what was read, at this or another time, at a plug of this name.
    pub(super) fn is_part_of(&self, other: Option<&Held>, plug: &Clean) -> bool {
        match (&self.held, other) {
            // By what was read, not by the plug: two meters of one model have one name.
            (Some(own), Some(other)) => own.download.is_part_of(&other.download),
            (Some(_), None) => false,
            (None, _) => self.plug == *plug,
        }
    }
}

impl Panel {
    /// Notes what could not be put on disk, once.
    pub(super) fn note_unsaved(&mut self, note: Unsaved) {
        if !self.unsaved.iter().any(|other| note.is_part_of(other.held.as_ref(), &other.plug)) {
            self.drop_unsaved(note.held.as_ref(), &note.plug);
            self.unsaved.push(note);
        }
    }

    /// All that stands in what was read at a plug of this name is on disk, or is held there.
    pub(super) fn drop_unsaved(&mut self, held: Option<&Held>, plug: &Clean) {
        self.unsaved.retain(|note| !note.is_part_of(held, plug));
    }

    /// What could not be put on disk of meters that were unplugged.
    #[must_use]
    pub fn unsaved(&self) -> &[Unsaved] {
        &self.unsaved
    }

    /// The same, as far as it concerns whoever is `in_hand`.
    pub fn unsaved_of(&self, in_hand: Option<&PatientId>) -> impl Iterator<Item = &Unsaved> {
        self.unsaved.iter().filter(move |note| note.whose.as_ref() == in_hand)
    }
}
