//! One result in a meter's memory: when, what, of which kind, with what doubts.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use super::glucose::Measured;

/// What was measured. Control tests and ketones never count as blood glucose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Glucose in blood: a patient's value.
    Blood,
    /// Glucose in a control solution: a test of the meter, never a patient's value.
    Control,
    /// Ketone in blood (beta-hydroxybutyrate).
    Ketone,
    /// Glucose from a sensor.
    Sensor,
    /// Something the meter stores besides.
    Other,
}

/// The meal marker of a reading. `None` around it means that the meter cannot say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Meal {
    /// The meter can mark meals and this reading has no mark.
    None,
    /// Before a meal.
    Before,
    /// After a meal.
    After,
    /// Fasting.
    Fasting,
    /// At bedtime.
    Bedtime,
    /// At no special time.
    Casual,
}

/// A reason to look twice at a reading. The reading is kept; the doubt is shown with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// The meter marked the result as invalid.
    Invalid,
    /// The meter marked the result as questionable.
    Questionable,
    /// The meter marked the result as not available.
    NotAvailable,
    /// The result was stored in a test or demonstration mode of the meter.
    TestData,
    /// The meter's own parity check of the stored record failed.
    DamagedRecord,
    /// The stamp is not on the meter's present clock base, or is impossible.
    TimeUncertain,
    /// The number lies outside what this meter can measure.
    OutsideMeterRange,
    /// The meter cannot tell control tests from blood.
    KindUncertain,
    /// The stamp was later than this computer's clock when the meter was read.
    TimeAhead,
    /// The stamp is of a year before this model was sold.
    TimeBeforeModel,
    /// The stamp was told by a clock that had fallen back, as after a change of batteries.
    ClockReset,
    /// A person said that the meter's clock was wrong.
    ClockWrong,
}

impl Doubt {
    /// All doubts, in ascending order.
    pub const ALL: [Self; 12] = [
        Self::Invalid,
        Self::Questionable,
        Self::NotAvailable,
        Self::TestData,
        Self::DamagedRecord,
        Self::TimeUncertain,
        Self::OutsideMeterRange,
        Self::KindUncertain,
        Self::TimeAhead,
        Self::TimeBeforeModel,
        Self::ClockReset,
        Self::ClockWrong,
    ];

    /// Whether no number uses a reading that has it: the result is no measurement, or its time is doubted, on which
    /// every number depends.
    #[must_use]
    pub const fn takes_out(self) -> bool {
        self.is_of_time() || self.is_no_measurement()
    }

    const fn is_no_measurement(self) -> bool {
        matches!(self, Self::Invalid | Self::NotAvailable | Self::TestData | Self::DamagedRecord)
    }

    /// Whether it is the time that is doubted.
    #[must_use]
    pub const fn is_of_time(self) -> bool {
        match self {
            Self::TimeUncertain | Self::TimeAhead | Self::TimeBeforeModel | Self::ClockReset | Self::ClockWrong => true,
            Self::Invalid
            | Self::Questionable
            | Self::NotAvailable
            | Self::TestData
            | Self::DamagedRecord
            | Self::OutsideMeterRange
            | Self::KindUncertain => false,
        }
    }
}

/// One result as read from a meter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Position in the order in which the meter sent its memory, from 0.
    pub index: u32,
    /// The meter's own wall clock when it measured; meters know no time zone. `None`: the meter sent no usable stamp.
    /// Where somebody corrected it, this is the corrected time.
    pub time: Option<DateTime>,
    /// The meter's own time, where somebody corrected it in the record that has the reading
    /// ([`super::time_correction`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_from: Option<DateTime>,
    /// What the meter showed.
    pub measured: Measured,
    /// What was measured.
    pub kind: Kind,
    /// The meal marker, or `None` if this meter cannot mark meals.
    pub meal: Option<Meal>,
    /// Reasons to look twice, in ascending order, each once.
    pub doubts: Vec<Doubt>,
    /// The fields as they stood on the wire (hexadecimal or text), by the names of the meter's specification.
    pub raw: BTreeMap<String, String>,
}

/// Why no number of a dashboard uses a reading. Whoever counts what is left out asks here, so that
/// no two counts differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOutFor {
    /// It is no blood glucose, but what its kind says: a control test, a ketone. Whatever else is doubted of it, it
    /// would be in no number.
    Kind,
    /// It is no measurement, for this reason; without one, its scale is not known.
    NoMeasurement(Option<Doubt>),
    /// It has no time.
    NoTime,
    /// Its time is doubted, first of all for this reason.
    Time(Doubt),
}

/// On which side of what its meter can measure a result lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Beyond {
    /// Below the least.
    Below,
    /// Above the most.
    Above,
}

/// A glucose outside of a meter's range lies below it up to here in mg/dL, else above: no meter's range begins higher,
/// none ends lower.
const MIDDLE_OF_ALL_RANGES: f64 = 150.0;

impl Reading {
    /// Whether the result lies beyond what its meter can measure: because it says LO or HI, or because its number does.
    /// Some meters mark LO and HI by such a number; it measures nothing.
    #[must_use]
    pub fn beyond(&self) -> Option<Beyond> {
        match self.measured {
            Measured::Low => Some(Beyond::Below),
            Measured::High => Some(Beyond::Above),
            Measured::Value(value) if self.doubts.contains(&Doubt::OutsideMeterRange) => {
                Some(if value.glucose_mg_per_dl() < MIDDLE_OF_ALL_RANGES { Beyond::Below } else { Beyond::Above })
            }
            Measured::Value(_) | Measured::Unscaled(_) => None,
        }
    }

    /// Whether this reading is a patient's blood glucose that counts in statistics.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.kind == Kind::Blood
            && !matches!(self.measured, Measured::Unscaled(_))
            && !self.doubts.iter().any(|doubt| doubt.is_no_measurement())
    }

    /// The meter's own time, also of a reading whose time was corrected: what tells which result it is.
    #[must_use]
    pub fn meter_time(&self) -> Option<DateTime> {
        self.corrected_from.or(self.time)
    }

    /// Whether numbers that depend on time may use this reading: it has a time, and nobody doubts it.
    #[must_use]
    pub fn has_sure_time(&self) -> bool {
        self.time.is_some() && !self.doubts.iter().any(|doubt| self.takes_time(*doubt))
    }

    /// Whether a doubt leaves it without a sure time. What is doubted is what the meter told: a time that somebody
    /// corrected is sure.
    const fn takes_time(&self, doubt: Doubt) -> bool {
        doubt.is_of_time() && self.corrected_from.is_none()
    }

    /// Whether no number uses it because of this doubt.
    #[must_use]
    pub const fn is_taken_out_by(&self, doubt: Doubt) -> bool {
        doubt.is_no_measurement() || self.takes_time(doubt)
    }

    /// Whether the numbers of a dashboard use this reading.
    #[must_use]
    pub fn is_in_numbers(&self) -> bool {
        self.left_out_for().is_none()
    }

    /// Whether it goes into a person's record at a care platform: what counts here, as what was measured when. A number
    /// of which nobody knows the scale is none.
    #[must_use]
    pub fn is_for_records(&self) -> bool {
        self.is_in_numbers() && !matches!(self.measured, Measured::Unscaled(_))
    }

    /// Why no number uses this reading; `None` if the numbers do.
    #[must_use]
    pub fn left_out_for(&self) -> Option<LeftOutFor> {
        // The order of these questions is what a person is told of a reading with several faults: a
        // control test without a time is a control test.
        if self.kind != Kind::Blood {
            Some(LeftOutFor::Kind)
        } else if !self.counts() {
            let doubt = self.doubts.iter().copied().find(|doubt| doubt.is_no_measurement());
            Some(LeftOutFor::NoMeasurement(doubt))
        } else if self.time.is_none() {
            Some(LeftOutFor::NoTime)
        } else {
            self.doubts.iter().copied().find(|doubt| self.takes_time(*doubt)).map(LeftOutFor::Time)
        }
    }

    /// The doubt that decides, or the first of those that decide nothing.
    #[must_use]
    pub fn main_doubt(&self) -> Option<Doubt> {
        // What takes a reading out of all numbers is said first, wherever it stands in the list: a
        // meter's questionable mark before it would hide why the reading is missing.
        self.doubts.iter().find(|doubt| self.is_taken_out_by(**doubt)).or(self.doubts.first()).copied()
    }

    /// Whether two readings of a record are one and the other as a meter sends them, whatever is doubted of either by
    /// now: two meters of one person may send the same.
    #[must_use]
    pub fn was_sent_alike(&self, other: &Self) -> bool {
        let sent = |reading: &Self| (reading.meter_time(), reading.index, reading.measured, reading.kind, reading.meal);
        sent(self) == sent(other) && self.raw == other.raw
    }

    /// Adds a doubt; `false` if it was there.
    pub fn add_doubt(&mut self, doubt: Doubt) -> bool {
        match self.doubts.binary_search(&doubt) {
            Ok(_) => false,
            Err(place) => {
                self.doubts.insert(place, doubt);
                true
            }
        }
    }
}

/// Brings readings into the order in which they are shown and stored: by time (unknown first), then as the meter
/// sent them.
pub fn sort(readings: &mut [Reading]) {
    // The index decides between equal times: many meters tell no seconds, and two results of one
    // minute have to keep their order from one read to the next.
    readings.sort_by_key(|reading| (reading.time, reading.index));
}
