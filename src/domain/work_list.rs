//! What is left to be done at a station: the meters that wait for a patient, what the care platform has not
//! recorded yet, and who was noted as a new patient while it did not answer.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::association::{IdempotencyKey, Upload};
use super::delivery::{ItemKind, WaitsBecause};
use super::meter::MeterIdentity;
use super::noted_person::NotedPerson;
use super::patient::Patient;

/// What is left to be done, each part oldest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct WorkList {
    /// The uploads that wait for a patient.
    pub waiting: Vec<Upload>,
    /// What was decided here and is not at the care platform.
    pub undelivered: Vec<Undelivered>,
    /// Who was noted as a new patient and is none yet.
    pub noted: Vec<NotedPerson>,
}

/// Something that was decided here and that the care platform has not recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Undelivered {
    /// By which it is told from others, at every attempt.
    pub key: IdempotencyKey,
    /// Whether it tells whose a meter is, or readings.
    pub kind: ItemKind,
    /// The person.
    pub patient: Box<Patient>,
    /// The meter.
    pub meter: MeterIdentity,
    /// How many readings it tells; none of whose the meter is.
    pub readings: u32,
    /// When it was decided.
    pub since: Timestamp,
    /// Why it is not there.
    pub because: WaitsBecause,
    /// Who has it in their record there instead, or may have it, if it is misplaced.
    pub in_record_of: Option<Box<Patient>>,
}

impl Undelivered {
    /// Whether the platform does not take it, so that a person must look.
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        matches!(self.because, WaitsBecause::Refused(_))
    }

    /// Whether the platform has it in another person's record, or may have it there, so that a person must put that
    /// right there.
    #[must_use]
    pub const fn is_misplaced(&self) -> bool {
        matches!(self.because, WaitsBecause::Misplaced | WaitsBecause::PerhapsMisplaced)
    }
}

/// How much is not in the right record of the care platform.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UndeliveredCounts {
    /// What it does not take.
    pub refused: usize,
    /// What it has in another person's record, or may have there.
    pub misplaced: usize,
    /// What waits for it.
    pub waiting: usize,
}

impl UndeliveredCounts {
    /// Of these.
    #[must_use]
    pub fn of(undelivered: &[Undelivered]) -> Self {
        let refused = undelivered.iter().filter(|item| item.is_refused()).count();
        let misplaced = undelivered.iter().filter(|item| item.is_misplaced()).count();
        Self { refused, misplaced, waiting: undelivered.len() - refused - misplaced }
    }
}
