//! What was read to the end and is not on disk: it is kept here until it is, or until whoever read it signs out, so
//! that a full disk costs nobody a reading. While the meter is plugged in it is read again, which gives at least as
//! much; of a meter that is gone, what was read of it is saved again.

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

/// What was read of a meter that is unplugged by now, and could not be put on disk. The meter still holds it.
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

impl Panel {
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
