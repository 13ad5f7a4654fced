//! The rows of the first view of the upload step.

use crate::app::panel::Slot;
use crate::domain::association::{Upload, UploadId};
use crate::domain::meter::{AttachmentId, Family};

/// A row of the first view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UploadRow {
    /// An attached meter.
    Attached(AttachmentId),
    /// A meter that was read earlier and waits for a patient.
    Waiting(UploadId),
    /// The instructions for a family.
    Instructions(Family),
}

/// What a row of the first view stands for.
#[derive(Debug, Clone, Copy)]
pub enum Listed<'a> {
    /// An attached meter.
    Attached(&'a Slot),
    /// A meter that was read and waits for a patient.
    Waiting(&'a Upload),
    /// The models of a family, to be looked up.
    Instructions(Family),
}

impl Listed<'_> {
    /// Whether this is what the row stands for.
    #[must_use]
    pub fn is(&self, row: &UploadRow) -> bool {
        match (self, row) {
            (Self::Attached(slot), UploadRow::Attached(id)) => slot.attachment.id == *id,
            (Self::Waiting(upload), UploadRow::Waiting(id)) => upload.id == *id,
            (Self::Instructions(family), UploadRow::Instructions(wanted)) => family == wanted,
            _ => false,
        }
    }

    /// What tells the row from others.
    #[must_use]
    pub fn row(&self) -> UploadRow {
        match self {
            Self::Attached(slot) => UploadRow::Attached(slot.attachment.id),
            Self::Waiting(upload) => UploadRow::Waiting(upload.id.clone()),
            Self::Instructions(family) => UploadRow::Instructions(*family),
        }
    }
}
