//! What a patient's record holds: the raw material of a dashboard.

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use super::association::PastUpload;
use super::glucose::Unit;
use super::held_meter::HeldMeter;
use super::left_out::LeftOut;
use super::patient::Patient;
use super::reading::{Beyond, Kind, Reading};
use super::text::Clean;

/// A span of wall time: from its beginning up to but without its end. Readings without a time are in none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Where it begins.
    pub from: DateTime,
    /// Where it ends.
    pub to: DateTime,
}

impl Span {
    /// All time.
    pub const ALL: Self = Self { from: DateTime::MIN, to: DateTime::MAX };
}

/// How far the audit trail of this station had come when a record was looked at: the number of its last line. Whatever
/// changes a record here has a line of its own behind it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChangeMark(pub i64);

/// How much of a record the care platform was asked for, and gave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordExtent {
    /// All of it.
    #[default]
    Whole,
    /// What it has of the time that is looked at.
    Span,
    /// Less than that: it has more than is waited for.
    Part,
}

/// Where what is told of a record is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecordOrigin {
    /// The record is in the store of this computer.
    Here,
    /// From the care platform as it was at this time, and from here: readings that wait to be delivered are among them.
    Platform {
        /// How many are there only, from other stations and devices.
        elsewhere: u32,
        /// How many readings are here of records that were merged into this one and of which the platform does not say
        /// now that they are this person's: they are not among what is told.
        unconfirmed: u32,
        /// How much of what the platform has is among what is told.
        extent: RecordExtent,
        /// When it was asked.
        at: Timestamp,
    },
    /// From here alone: the care platform does not answer.
    WithoutPlatform,
}

/// What is told of a record as a whole, whatever span of it is looked at; of what a care platform has besides, as far
/// as it was asked for ([`RecordExtent`]).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RecordTotals {
    /// All readings, of any time, kind and doubt.
    pub readings: u32,
    /// Those whose time is doubted.
    pub left_out: LeftOut,
    /// In which units the blood glucose was sent.
    pub units: UnitCounts,
    /// When the last reading was that the numbers of its period use, by the meter's clock.
    pub last: Option<DateTime>,
}

impl RecordOrigin {
    /// How much of what a platform has is among what is told; nothing where none was asked or none answered.
    #[must_use]
    pub const fn extent(self) -> Option<RecordExtent> {
        match self {
            Self::Platform { extent, .. } => Some(extent),
            Self::Here | Self::WithoutPlatform => None,
        }
    }

    /// Whether all is among what is told that there is of the time that is looked at.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        !matches!(self, Self::WithoutPlatform | Self::Platform { extent: RecordExtent::Part, .. })
    }
}

impl RecordTotals {
    /// Those of these readings.
    #[must_use]
    pub fn of(readings: &[Reading]) -> Self {
        Self {
            readings: u32::try_from(readings.len()).unwrap_or(u32::MAX),
            left_out: LeftOut::of(readings),
            units: UnitCounts::of(readings),
            last: readings.iter().filter(|reading| reading.is_in_numbers()).filter_map(|reading| reading.time).max(),
        }
    }

    /// These and those of other readings of the same record together.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            readings: self.readings.saturating_add(other.readings),
            left_out: self.left_out.plus(&other.left_out),
            units: self.units.plus(other.units),
            last: self.last.max(other.last),
        }
    }
}

/// How many values of blood glucose were sent in which unit. Ketones are in mmol/L whatever a meter shows, and a LO or
/// HI has no value, so that neither says anything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UnitCounts {
    /// In mg/dL.
    pub mg_per_dl: u32,
    /// In mmol/L.
    pub mmol_per_l: u32,
}

impl UnitCounts {
    fn of(readings: &[Reading]) -> Self {
        let mut counts = Self::default();
        let blood = readings.iter().filter(|reading| reading.kind == Kind::Blood);
        for value in blood.filter_map(|reading| reading.measured.concentration()) {
            counts.add(value.unit(), 1);
        }
        counts
    }

    /// So many more in this unit.
    pub const fn add(&mut self, unit: Unit, count: u32) {
        let counted = match unit {
            Unit::MgPerDl => &mut self.mg_per_dl,
            Unit::MmolPerL => &mut self.mmol_per_l,
        };
        *counted = counted.saturating_add(count);
    }

    const fn plus(self, other: Self) -> Self {
        Self {
            mg_per_dl: self.mg_per_dl.saturating_add(other.mg_per_dl),
            mmol_per_l: self.mmol_per_l.saturating_add(other.mmol_per_l),
        }
    }

    /// The unit of most values; mg/dL, as most meters send, where it is neither.
    #[must_use]
    pub const fn usual(&self) -> Unit {
        if self.mmol_per_l > self.mg_per_dl { Unit::MmolPerL } else { Unit::MgPerDl }
    }
}

/// The meter that sent a result beyond what it measures: LO or HI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeyondSource {
    /// The time of the result.
    pub time: DateTime,
    /// On which side it lies.
    pub beyond: Beyond,
    /// Its place in the order in which the meter sent its memory, from 0.
    pub index: u32,
    /// The driver that read the meter.
    pub driver: Clean,
    /// The model, as the meter said itself.
    pub model: Clean,
}

/// Readings that only the care platform has, of one meter and by one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElsewhereReadings {
    /// The meter by its name, if the platform says it.
    pub meter: Option<Clean>,
    /// Whether another station of this program told them; else something else did.
    pub is_of_station: bool,
    /// How many.
    pub count: u32,
    /// The time of the last, by the meter's clock.
    pub last: Option<DateTime>,
}

/// One person's record over a span of time.
#[derive(Debug, Clone)]
pub struct PatientRecord {
    /// The person.
    pub patient: Patient,
    /// The readings of the span, newest first.
    pub readings: Vec<Reading>,
    /// What is told of the record as a whole.
    pub totals: RecordTotals,
    /// The uploads, newest first.
    pub uploads: Vec<PastUpload>,
    /// The meters that are or were theirs at this station, those that are theirs first.
    pub meters: Vec<HeldMeter>,
    /// Which meters sent the results of the span that lie beyond what they measure, as far as this station knows: in
    /// the order of the readings.
    pub beyond: Vec<BeyondSource>,
    /// Where it is from.
    pub origin: RecordOrigin,
    /// What of it only the care platform has, most readings first.
    pub elsewhere: Vec<ElsewhereReadings>,
    /// Up to where this station had come.
    pub mark: ChangeMark,
}

#[cfg(test)]
impl PatientRecord {
    /// A record of this station that has these readings and nothing beside.
    pub(crate) fn with(patient: Patient, readings: Vec<Reading>) -> Self {
        Self {
            patient,
            totals: RecordTotals::of(&readings),
            readings,
            uploads: Vec::new(),
            meters: Vec::new(),
            beyond: Vec::new(),
            origin: RecordOrigin::Here,
            elsewhere: Vec::new(),
            mark: ChangeMark::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::glucose::{Concentration, Measured};
    use crate::domain::reading::Doubt;

    fn reading(kind: Kind, measured: Measured) -> Reading {
        let time = Some(jiff::civil::date(2026, 7, 14).at(8, 30, 0, 0));
        Reading {
            corrected_from: None,
            index: 0,
            time,
            measured,
            kind,
            meal: None,
            doubts: Vec::new(),
            raw: std::collections::BTreeMap::new(),
        }
    }

    fn mass(kind: Kind) -> Reading {
        reading(kind, Measured::Value(Concentration::mg_per_dl(100)))
    }

    fn substance(kind: Kind) -> Reading {
        reading(kind, Measured::Value(Concentration::new(56, 1, Unit::MmolPerL)))
    }

    #[test]
    fn the_unit_is_that_of_most_of_the_blood_glucose() {
        let usual = |readings: &[Reading]| RecordTotals::of(readings).units.usual();
        let (blood, ketone) = (Kind::Blood, Kind::Ketone);
        assert_eq!(usual(&[]), Unit::MgPerDl);
        assert_eq!(usual(&[mass(blood), substance(blood)]), Unit::MgPerDl);
        assert_eq!(usual(&[mass(blood), substance(blood), substance(blood)]), Unit::MmolPerL);
        assert_eq!(usual(&[mass(blood), substance(ketone), substance(ketone)]), Unit::MgPerDl, "ketones say nothing");
        assert_eq!(usual(&[reading(blood, Measured::High), substance(blood)]), Unit::MmolPerL);
    }

    #[test]
    fn readings_of_two_places_are_one_record() {
        let without_time = Reading { time: None, ..mass(Kind::Blood) };
        let ahead = Reading { doubts: vec![Doubt::TimeAhead], ..substance(Kind::Blood) };
        let (here, there) = (vec![mass(Kind::Blood), without_time], vec![ahead, substance(Kind::Control)]);
        let together = RecordTotals::of(&here).plus(&RecordTotals::of(&there));
        assert_eq!(together, RecordTotals::of(&[here, there].concat()));
        assert_eq!((together.readings, together.left_out.total()), (4, 2));
    }
}
