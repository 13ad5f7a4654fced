//! What is asked of this computer about the times of a meter whose clock was wrong, and what comes of it.

use serde::{Deserialize, Serialize};

use crate::domain::association::UploadId;
use crate::domain::patient::PatientId;
use crate::domain::problem::Problem;
use crate::domain::time_correction::{CorrectionOffer, CorrectionRequest, CorrectionUndoRequest, TimesMoved};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimesTask {
    /// Load the readings of an upload's meter in a person's record.
    LoadOffer {
        /// The upload.
        upload: UploadId,
        /// The person whose record is looked at: the upload may be in another one by now.
        patient: PatientId,
    },
    /// Correct the times of a span.
    Correct {
        /// Which, as it was shown, once.
        request: Box<CorrectionRequest>,
    },
    /// Undo a correction.
    Undo {
        /// Which, once.
        request: Box<CorrectionUndoRequest>,
    },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TimesAnswer {
    /// Of [`TimesTask::LoadOffer`].
    Offer(Result<Box<CorrectionOffer>, Problem>),
    /// Of [`TimesTask::Correct`].
    Corrected(Result<TimesMoved, Problem>),
    /// Of [`TimesTask::Undo`].
    Undone(Result<TimesMoved, Problem>),
}

/// What a question is about, for as long as it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimesMatter {
    /// What can be corrected.
    Offer,
    /// To correct times.
    Correction,
    /// To undo a correction.
    Undoing,
}

impl TimesMatter {
    /// Whether it is this one.
    #[must_use]
    pub const fn is(self, other: Self) -> bool {
        self as u8 == other as u8
    }
}

impl TimesTask {
    /// What it is about.
    #[must_use]
    pub const fn matter(&self) -> TimesMatter {
        match self {
            Self::LoadOffer { .. } => TimesMatter::Offer,
            Self::Correct { .. } => TimesMatter::Correction,
            Self::Undo { .. } => TimesMatter::Undoing,
        }
    }

    /// The name, for the harness and the log. Says nothing of what is in it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::LoadOffer { .. } => "load_correction_offer",
            Self::Correct { .. } => "correct_times",
            Self::Undo { .. } => "undo_correction",
        }
    }
}

impl TimesAnswer {
    /// To what it is an answer.
    #[must_use]
    pub const fn matter(&self) -> TimesMatter {
        match self {
            Self::Offer(_) => TimesMatter::Offer,
            Self::Corrected(_) => TimesMatter::Correction,
            Self::Undone(_) => TimesMatter::Undoing,
        }
    }
}
