//! What is asked of this computer about a meter that is to be a patient's no more, and what comes of it.

use serde::{Deserialize, Serialize};

use crate::domain::ending::{EndingCounts, EndingOffer, EndingOrder, EndingPlan, EndingUndoOffer, EndingUndoRequest};
use crate::domain::identity_check::{IdentityCheck, IdentityStanding};
use crate::domain::ownership::OwnershipId;
use crate::domain::problem::Problem;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum EndingTask {
    /// Load what ending it would leave.
    LoadOffer {
        /// Which.
        plan: EndingPlan,
    },
    /// Begin the check of whoever has the meter.
    BeginCheck {
        /// Whose it is.
        ownership: OwnershipId,
    },
    /// Count a wrong answer.
    NoteMismatch {
        /// Whose it is.
        ownership: OwnershipId,
    },
    /// End it.
    End {
        /// Which, as it was shown, once.
        request: Box<EndingOrder>,
    },
    /// Load what undoing an end would do.
    LoadUndoOffer {
        /// What ended.
        ownership: OwnershipId,
    },
    /// Undo it.
    Undo {
        /// Which, once.
        request: Box<EndingUndoRequest>,
    },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum EndingAnswer {
    /// Of [`EndingTask::LoadOffer`].
    Offer(Result<Box<EndingOffer>, Problem>),
    /// Of [`EndingTask::BeginCheck`].
    Check(Result<Box<IdentityCheck>, Problem>),
    /// Of [`EndingTask::NoteMismatch`].
    Standing(Result<IdentityStanding, Problem>),
    /// Of [`EndingTask::End`].
    Ended(Result<EndingCounts, Problem>),
    /// Of [`EndingTask::LoadUndoOffer`].
    UndoOffer(Result<Box<EndingUndoOffer>, Problem>),
    /// Of [`EndingTask::Undo`].
    Undone(Result<(), Problem>),
}

/// What a question is about, for as long as it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndingMatter {
    /// What ending it would leave.
    Offer,
    /// How the patient stands.
    Check,
    /// To count a wrong answer.
    Mismatch,
    /// To end it.
    End,
    /// What undoing an end would do.
    UndoOffer,
    /// To undo it.
    Undoing,
}

impl EndingMatter {
    /// Whether it is this one.
    #[must_use]
    pub const fn is(self, other: Self) -> bool {
        self as u8 == other as u8
    }
}

impl EndingTask {
    /// What it is about.
    #[must_use]
    pub const fn matter(&self) -> EndingMatter {
        match self {
            Self::LoadOffer { .. } => EndingMatter::Offer,
            Self::BeginCheck { .. } => EndingMatter::Check,
            Self::NoteMismatch { .. } => EndingMatter::Mismatch,
            Self::End { .. } => EndingMatter::End,
            Self::LoadUndoOffer { .. } => EndingMatter::UndoOffer,
            Self::Undo { .. } => EndingMatter::Undoing,
        }
    }

    /// The name, for the harness and the log. Says nothing of what is in it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::LoadOffer { .. } => "load_ending_offer",
            Self::BeginCheck { .. } => "begin_ending_check",
            Self::NoteMismatch { .. } => "note_ending_mismatch",
            Self::End { .. } => "end_ownership",
            Self::LoadUndoOffer { .. } => "load_ending_undo_offer",
            Self::Undo { .. } => "undo_ending",
        }
    }

    /// The answer that says why it was not done.
    #[must_use]
    pub fn failed(&self, problem: Problem) -> EndingAnswer {
        match self {
            Self::LoadOffer { .. } => EndingAnswer::Offer(Err(problem)),
            Self::BeginCheck { .. } => EndingAnswer::Check(Err(problem)),
            Self::NoteMismatch { .. } => EndingAnswer::Standing(Err(problem)),
            Self::End { .. } => EndingAnswer::Ended(Err(problem)),
            Self::LoadUndoOffer { .. } => EndingAnswer::UndoOffer(Err(problem)),
            Self::Undo { .. } => EndingAnswer::Undone(Err(problem)),
        }
    }
}

impl EndingAnswer {
    /// To what it is an answer.
    #[must_use]
    pub const fn matter(&self) -> EndingMatter {
        match self {
            Self::Offer(_) => EndingMatter::Offer,
            Self::Check(_) => EndingMatter::Check,
            Self::Standing(_) => EndingMatter::Mismatch,
            Self::Ended(_) => EndingMatter::End,
            Self::UndoOffer(_) => EndingMatter::UndoOffer,
            Self::Undone(_) => EndingMatter::Undoing,
        }
    }

    /// Why there is no answer.
    #[must_use]
    pub const fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Offer(Err(problem))
            | Self::Check(Err(problem))
            | Self::Standing(Err(problem))
            | Self::Ended(Err(problem))
            | Self::UndoOffer(Err(problem))
            | Self::Undone(Err(problem)) => Some(problem),
            Self::Offer(Ok(_))
            | Self::Check(Ok(_))
            | Self::Standing(Ok(_))
            | Self::Ended(Ok(_))
            | Self::UndoOffer(Ok(_))
            | Self::Undone(Ok(())) => None,
        }
    }
}
