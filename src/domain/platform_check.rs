//! What the care platform says, just before they are assigned to each other, of the person and of the meter. A list of
//! recent patients is as old as the last search, and another terminal may have given the meter to somebody: here it is
//! known before anybody confirms, and not only when what was confirmed is refused.

use serde::{Deserialize, Serialize};

use super::patient::{Patient, PatientId};

/// Which state of an ownership this is. Opaque: the platform that gave it knows it again. A claim that is made against
/// it fails once somebody else was faster (of a FHIR server it is the entity tag of the Device, sent as `If-Match`; HL7
/// FHIR R4, http.html section 3.1.0.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OwnershipVersion(pub String);

/// Whose a meter is at the platform.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ownership {
    /// Whose; nobody's where nobody has claimed it.
    pub owner: Option<PatientId>,
    /// Which state of it; none where the platform has never heard of the meter.
    pub version: Option<OwnershipVersion>,
    /// Whether it is nobody's there although the platform had recorded what this station said of it, which stands here:
    /// somebody there took it off its owner.
    pub is_taken_off: bool,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformCheck {
    /// The person as they are there now; nobody if they are not there any more.
    pub patient: Option<Patient>,
    /// Who has the meter there; nobody where nobody has.
    pub owner: Option<OwnerThere>,
}

/// Who has a meter at the platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OwnerThere {
    /// This one.
    Known(Box<Patient>),
    /// Somebody whose record the platform does not show: it is closed to whoever asks, or gone.
    NotShown,
    /// Nobody any more: somebody there took it off its owner, who has it here.
    TakenOff,
}

/// What the answer means for whoever selected a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlatformFinding {
    /// The person may have the meter, and is who was selected; as they are now.
    AsSelected(Patient),
    /// The person may have it, and something by which they are told from others is not what was shown.
    Changed(Patient),
    /// There is no such person any more.
    Gone,
    /// Nothing may be assigned to the person.
    NotSelectable(Patient),
    /// The meter is this person's, and not the selected one's.
    OwnedBy(Patient),
    /// The meter is somebody's who cannot be told.
    OwnedByUnshown,
}

impl PlatformCheck {
    /// Whether the meter was taken off its owner there: whose what it says now is, a person must say.
    #[must_use]
    pub fn is_taken_off(&self) -> bool {
        self.owner == Some(OwnerThere::TakenOff)
    }

    /// What it means for whoever selected `patient`. The worst is said first: of a person who is gone
    /// nothing else matters.
    #[must_use]
    pub fn finding(self, patient: &Patient) -> PlatformFinding {
        let Some(there) = self.patient else { return PlatformFinding::Gone };
        if !there.is_selectable() {
            return PlatformFinding::NotSelectable(there);
        }
        match self.owner {
            Some(OwnerThere::NotShown) => PlatformFinding::OwnedByUnshown,
            // Against the person as they are there now: of one whose record was merged into
            // another, that is another key than the selected one's.
            Some(OwnerThere::Known(owner)) if owner.id != there.id => PlatformFinding::OwnedBy(*owner),
            _ if there.is_told_like(patient) => PlatformFinding::AsSelected(there),
            _ => PlatformFinding::Changed(there),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::PlatformFinding::{AsSelected, Changed, Gone, NotSelectable, OwnedBy, OwnedByUnshown};
    use super::*;
    use crate::domain::patient::{Gender, Identifier, Status};
    use crate::domain::text::Private;

    /// The person as they are there, who has the meter, and what is found.
    type Case = (Option<Patient>, Option<Patient>, fn(Patient) -> PlatformFinding);

    fn patient(id: &str) -> Patient {
        Patient {
            id: PatientId(id.to_owned()),
            family: Private::new("Muster".into()),
            given: Private::new("Maria".into()),
            born: Private::new(date(1961, 7, 14)),
            gender: Gender::Unknown,
            identifiers: vec![Identifier { label: "MRN".into(), value: Private::new("M1".into()) }],
            status: Status::Active,
            devices: vec![],
            last_upload: None,
        }
    }

    #[test]
    fn what_the_platform_says_is_looked_at_worst_first() {
        let (selected, other) = (patient("a"), patient("b"));
        let but = |change: fn(&mut Patient)| {
            let mut there = patient("a");
            change(&mut there);
            Some(there)
        };
        // What is found of each, by its name alone.
        let table: [Case; 13] = [
            (but(|_| {}), None, AsSelected),
            (but(|_| {}), Some(selected.clone()), AsSelected),
            // When readings last came, and which meters a person has, is news and no other person.
            (but(|there| there.last_upload = Some(jiff::Timestamp::UNIX_EPOCH)), None, AsSelected),
            (but(|there| there.devices = vec!["Guide 0042".into()]), None, AsSelected),
            (but(|there| there.family = Private::new("Other".into())), None, Changed),
            (but(|there| there.given = Private::new("Marie".into())), None, Changed),
            (but(|there| there.born = Private::new(date(1961, 7, 15))), None, Changed),
            (but(|there| there.gender = Gender::Female), None, Changed),
            (but(|there| there.identifiers.clear()), None, Changed),
            (but(|there| there.status = Status::Inactive), None, NotSelectable),
            (but(|there| there.status = Status::Inactive), Some(other.clone()), NotSelectable),
            (but(|there| there.status = Status::Merged), None, NotSelectable),
            (None, Some(other.clone()), |_| Gone),
        ];
        for (there, owner, finding) in table {
            let expected = finding(there.clone().unwrap_or_else(|| selected.clone()));
            let owner = owner.map(|owner| OwnerThere::Known(Box::new(owner)));
            let check = PlatformCheck { patient: there, owner };
            assert_eq!(check.clone().finding(&selected), expected, "{check:?}");
        }
        for there in [but(|_| {}), but(|there| there.identifiers.clear())] {
            let owned = |owner| PlatformCheck { patient: there.clone(), owner: Some(owner) }.finding(&selected);
            assert_eq!(owned(OwnerThere::Known(Box::new(other.clone()))), OwnedBy(other.clone()));
            assert_eq!(owned(OwnerThere::NotShown), OwnedByUnshown);
        }
        assert_eq!(PlatformCheck { patient: None, owner: None }.finding(&selected), Gone);
        // It may be theirs still; whoever asks looks whether it was taken off them.
        let taken_off = PlatformCheck { patient: but(|_| {}), owner: Some(OwnerThere::TakenOff) };
        assert!(taken_off.is_taken_off());
        assert_eq!(taken_off.finding(&selected), AsSelected(selected));
    }
}
