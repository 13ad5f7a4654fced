//! What the station is asked about a meter that is to go to another patient, and what it answers.

use serde::{Deserialize, Serialize};

use crate::domain::identity_check::IdentityStanding;
use crate::domain::ownership::OwnershipId;
use crate::domain::patient::PatientId;
use crate::domain::problem::Problem;
use crate::domain::transfer::{TransferChecks, TransferCounts, TransferOffer, TransferOrder, TransferPlan};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TransferTask {
    /// Load what a transfer would do.
    LoadOffer {
        /// Which.
        plan: TransferPlan,
    },
    /// Begin the checks of the two people.
    BeginChecks {
        /// Whose the meter is.
        ownership: OwnershipId,
        /// Who gets it.
        to: PatientId,
    },
    /// Count a wrong answer.
    NoteMismatch {
        /// Whose the meter is.
        ownership: OwnershipId,
        /// The person whose identity was asked for.
        patient: PatientId,
    },
    /// Transfer the meter.
    Move {
        /// Which, as it was shown, once.
        request: TransferOrder,
    },
}

impl TransferTask {
    /// The name, for the harness and the log. Says nothing of what is in it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::LoadOffer { .. } => "load_transfer_offer",
            Self::BeginChecks { .. } => "begin_transfer_checks",
            Self::NoteMismatch { .. } => "note_transfer_mismatch",
            Self::Move { .. } => "transfer",
        }
    }

    /// The answer that says why it was not done.
    #[must_use]
    pub fn failed(&self, problem: Problem) -> TransferReply {
        match self {
            Self::LoadOffer { .. } => TransferReply::Offer(Err(problem)),
            Self::BeginChecks { .. } => TransferReply::Checks(Err(problem)),
            Self::NoteMismatch { .. } => TransferReply::Standing(Err(problem)),
            Self::Move { .. } => TransferReply::Moved(Err(problem)),
        }
    }
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TransferReply {
    /// What a transfer would do.
    Offer(Result<Box<TransferOffer>, Problem>),
    /// How the two people stand, and who may be taken for them.
    Checks(Result<Box<TransferChecks>, Problem>),
    /// How a person stands after a wrong answer.
    Standing(Result<IdentityStanding, Problem>),
    /// How many readings went where.
    Moved(Result<TransferCounts, Problem>),
}
