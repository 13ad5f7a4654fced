//! That an assignment is undone: who may do it, on which terms, and what is shown before.
//!
//! Nothing is deleted. The readings leave the record and wait on the work list for whose they are, the meter is
//! nobody's again if the assignment had made it somebody's, and the care platform is told to take back what it has of
//! it (clinic-safety DEV-04).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::association::{IdempotencyKey, UploadId};
use super::clinic::Role;
use super::meter::MeterIdentity;
use super::patient::{Patient, PatientId};
use super::permission::Permission;
use super::text::Clean;

/// For so long whoever assigned may undo it without a reason: a slip is seen while the person is still there.
pub const WITHOUT_REASON: SignedDuration = SignedDuration::from_mins(15);

/// On which terms somebody may undo an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UndoTerms {
    /// It is their own and was made just now: no reason is asked for.
    AtOnce,
    /// They must say why.
    WithReason,
    /// Not they: it is older, or somebody else's, and their role does not allow that.
    Refused,
}

impl UndoTerms {
    /// The terms for this role. `latest` is the latest time that is known: a clock that was set back makes no
    /// assignment younger, and one that stood ahead when it was made leaves none young for ever.
    #[must_use]
    pub fn of(role: Role, is_own: bool, assigned_at: Timestamp, latest: Timestamp) -> Self {
        let since = latest.duration_since(assigned_at);
        let is_just_now = !since.is_negative() && since <= WITHOUT_REASON;
        if is_own && is_just_now && role.allows(Permission::AssignMeters) {
            Self::AtOnce
        } else if role.allows(Permission::UndoAssignments) {
            Self::WithReason
        } else {
            Self::Refused
        }
    }
}

/// What becomes of an assignment of which the care platform was told, or may have been.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Withdrawals {
    /// It stays: what is wrong there is put right there, by people who see all that it has. A station of an earlier
    /// version does not say there that it stands behind what it found.
    #[default]
    Refused,
    /// It is undone, and the platform is told to withdraw it, but for what another station stands behind.
    Sent,
}

/// What whoever undoes an assignment is shown before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoOffer {
    /// The upload that was assigned.
    pub upload: UploadId,
    /// In whose record its readings are.
    pub patient: Box<Patient>,
    /// The meter.
    pub meter: MeterIdentity,
    /// When the meter was read.
    pub read_at: Timestamp,
    /// When it was assigned.
    pub assigned_at: Timestamp,
    /// Who did it, by name.
    pub assigned_by: Clean,
    /// How many readings leave the record.
    pub readings: u32,
    /// Whether the meter is nobody's afterwards.
    pub ends_ownership: bool,
    /// Whether the care platform has any of it, or may have, and is told to take it back.
    pub is_at_platform: bool,
    /// On which terms the one who asked may do it.
    pub terms: UndoTerms,
}

impl UndoOffer {
    /// What a decision rests on that is made of what is shown.
    #[must_use]
    pub fn seen(&self) -> UndoBasis {
        UndoBasis { patient: self.patient.id.clone(), assigned_at: self.assigned_at, readings: self.readings }
    }
}

/// What was shown of an assignment to whoever undoes it. If something of it changed since, it is another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoBasis {
    /// In whose record the readings are.
    pub patient: PatientId,
    /// When it was assigned.
    pub assigned_at: Timestamp,
    /// How many readings leave the record.
    pub readings: u32,
}

/// That an assignment is to be undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoRequest {
    /// The upload that was assigned.
    pub upload: UploadId,
    /// Makes a repeated request harmless.
    pub key: IdempotencyKey,
    /// What it is decided on.
    pub seen: UndoBasis,
    /// Why, where that was asked for.
    pub reason: Option<Clean>,
}

/// What undoing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// How many readings left the record.
    pub readings: u32,
    /// Whether the meter is nobody's now.
    pub ended_ownership: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Read against clinic-safety DEV-04 and section 5: a slip of one's own is put right at once, all else is for a
    /// clinician.
    #[test]
    fn a_slip_is_undone_at_once_and_all_else_by_a_clinician_with_a_reason() {
        use UndoTerms::{AtOnce, Refused, WithReason};
        let assigned = Timestamp::from_second(1_790_000_000).unwrap();
        let after = |seconds| assigned.checked_add(SignedDuration::from_secs(seconds)).unwrap();
        // Seconds since, and the terms of an assistant and a clinician for their own.
        for (seconds, assistant, clinician) in [
            (0, AtOnce, AtOnce),
            (900, AtOnce, AtOnce),
            (901, Refused, WithReason),
            (86_400 * 365, Refused, WithReason),
            // The clock was set back behind it.
            (-1, Refused, WithReason),
        ] {
            let of = |role, is_own| UndoTerms::of(role, is_own, assigned, after(seconds));
            assert_eq!(of(Role::Assistant, true), assistant, "{seconds}");
            assert_eq!(of(Role::Clinician, true), clinician, "{seconds}");
            assert_eq!((of(Role::Assistant, false), of(Role::Clinician, false)), (Refused, WithReason), "{seconds}");
            for role in [Role::Administrator, Role::Auditor] {
                assert_eq!((of(role, true), of(role, false)), (Refused, Refused), "{seconds}");
            }
        }
    }
}
