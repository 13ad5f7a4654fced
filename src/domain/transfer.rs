//! A meter goes from one patient to another, from a day of its own clock on: what was measured before stays in the
//! first one's record, what was measured since goes along (clinic-safety DEV-03, DEV-04). What has no sure time stays
//! where it is, and what the meter sends later of the days before is not its new owner's.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::association::IdempotencyKey;
use super::identity_check::{IdentityCheck, TypedAnswer};
use super::ownership::OwnershipId;
use super::patient::{Patient, PatientId};
use super::reading::Reading;
use super::text::{Clean, Private};

/// Where a reading belongs that a meter sent which is its owner's from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SideOfCut {
    /// It was measured before that day.
    Before,
    /// It was measured on that day or later.
    Since,
    /// Nobody knows: it has no time, or one that is doubted.
    Unsure,
}

impl SideOfCut {
    /// Of a reading, by the meter's own clock.
    #[must_use]
    pub fn of(reading: &Reading, first_day: Date) -> Self {
        match reading.time.filter(|_| reading.has_sure_time()) {
            None => Self::Unsure,
            Some(time) if time.date() < first_day => Self::Before,
            Some(_) => Self::Since,
        }
    }
}

/// How many readings of a meter go where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferCounts {
    /// They go into the record of whoever gets the meter.
    pub moved: u32,
    /// They stay: they were measured before.
    pub stayed: u32,
    /// They stay: they have no sure time.
    pub unsure: u32,
}

/// Which transfer is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferPlan {
    /// Whose the meter is now.
    pub ownership: OwnershipId,
    /// Who gets it.
    pub to: PatientId,
    /// From which day of the meter's own clock it is theirs.
    pub first_day: Date,
}

/// What whoever transfers a meter is shown before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferOffer {
    /// Who has the meter.
    pub from: Box<Patient>,
    /// Who gets it.
    pub to: Box<Patient>,
    /// The meter's name.
    pub model: Clean,
    /// Its serial number.
    pub serial: Private<Clean>,
    /// From which day of the meter's own clock it is theirs.
    pub first_day: Date,
    /// From which day on the meter is theirs then, where that is not from the beginning: what it sends later of the
    /// days before goes into no record by itself.
    pub in_force: Option<Date>,
    /// How many of its readings go where.
    pub counts: TransferCounts,
}

/// The checks of the two people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferChecks {
    /// Of whoever has the meter.
    pub from: IdentityCheck,
    /// Of whoever gets it.
    pub to: IdentityCheck,
}

/// What was typed of the two people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferAnswers {
    /// Of whoever has the meter.
    pub from: TypedAnswer,
    /// Of whoever gets it.
    pub to: TypedAnswer,
}

/// That a meter is to be transferred.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferOrder {
    /// Which, to whom, from when.
    pub plan: TransferPlan,
    /// Makes a repeated request harmless.
    pub key: IdempotencyKey,
    /// What was shown of it. If something of it changed since, nothing is moved.
    pub seen: TransferCounts,
    /// Why.
    pub reason: Clean,
    /// What was typed of both.
    pub answers: TransferAnswers,
}

#[cfg(test)]
mod tests {
    use jiff::civil::{DateTime, date};

    use super::*;
    use crate::domain::glucose::Measured;
    use crate::domain::reading::{Doubt, Kind};

    /// By the meter's own day, whole: midnight is the first moment of it. Only a time that nobody doubts is on a side.
    #[test]
    fn a_reading_is_on_the_side_that_its_sure_time_says() {
        let first_day = date(2026, 7, 14);
        let reading = |time: Option<DateTime>, doubts: &[Doubt]| Reading {
            index: 0,
            time,
            measured: Measured::Low,
            kind: Kind::Blood,
            meal: None,
            doubts: doubts.to_vec(),
            raw: [].into(),
            corrected_from: None,
        };
        let last = Some(date(2026, 7, 13).at(23, 59, 59, 0));
        let first = Some(date(2026, 7, 14).at(0, 0, 0, 0));
        for (time, side) in [(last, SideOfCut::Before), (first, SideOfCut::Since), (None, SideOfCut::Unsure)] {
            assert_eq!(SideOfCut::of(&reading(time, &[]), first_day), side, "{time:?}");
        }
        for doubt in Doubt::ALL {
            let expected = if doubt.is_of_time() { SideOfCut::Unsure } else { SideOfCut::Since };
            assert_eq!(SideOfCut::of(&reading(first, &[doubt]), first_day), expected, "{doubt:?}");
        }
    }
}
