//! The numbers of a dashboard, from a patient's blood glucose in mg/dL.
//!
//! Formulas and thresholds: International consensus on time in range (Battelino 2019) as coded by the peers; a value
//! is classified once, as a whole number of mg/dL, so that the display unit never moves it into another class.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use super::association::PastUpload;
use super::glucose::{Concentration, Measured, Unit};
use super::patient::Patient;
use super::reading::Reading;

/// How many days a dashboard looks back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Period {
    /// Fourteen days.
    #[default]
    Days14,
    /// Thirty days.
    Days30,
    /// Ninety days.
    Days90,
}

impl Period {
    /// The number of days.
    #[must_use]
    pub const fn days(self) -> i64 {
        match self {
            Self::Days14 => 14,
            Self::Days30 => 30,
            Self::Days90 => 90,
        }
    }
}

/// Where a value lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Range {
    /// Below 54 mg/dL, and LO.
    VeryLow,
    /// 54 to 69 mg/dL.
    Low,
    /// 70 to 180 mg/dL.
    Target,
    /// 181 to 250 mg/dL.
    High,
    /// Above 250 mg/dL, and HI.
    VeryHigh,
}

impl Range {
    /// All ranges, lowest first.
    pub const ALL: [Self; 5] = [Self::VeryLow, Self::Low, Self::Target, Self::High, Self::VeryHigh];

    /// The range of a measured glucose.
    #[must_use]
    pub fn of(measured: Measured) -> Self {
        let concentration = match measured {
            Measured::Low => return Self::VeryLow,
            Measured::High => return Self::VeryHigh,
            Measured::Value(concentration) => concentration,
        };
        let mg_per_dl = concentration.glucose_mg_per_dl().round();
        if mg_per_dl < 54.0 {
            Self::VeryLow
        } else if mg_per_dl < 70.0 {
            Self::Low
        } else if mg_per_dl <= 180.0 {
            Self::Target
        } else if mg_per_dl <= 250.0 {
            Self::High
        } else {
            Self::VeryHigh
        }
    }
}

/// The numbers of one period.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Readings that count, LO and HI included.
    pub count: u32,
    /// Mean of the numbers in mg/dL; `None` without any. LO and HI have no number and are left out of it.
    pub mean_mg_per_dl: Option<f64>,
    /// How many readings lie in each of [`Range::ALL`].
    pub ranges: [u32; 5],
    /// Readings below the meter's range.
    pub low_flags: u32,
    /// Readings above the meter's range.
    pub high_flags: u32,
    /// Lowest number.
    pub lowest: Option<Concentration>,
    /// Highest number.
    pub highest: Option<Concentration>,
    /// Calendar days with at least one reading.
    pub days_with_readings: u32,
}

/// Sums up the readings that count.
#[must_use]
pub fn summarise<'a>(readings: impl IntoIterator<Item = &'a Reading>) -> Summary {
    let mut summary = Summary::default();
    let mut sum = 0.0;
    let mut numbers = 0_u32;
    let mut days = std::collections::BTreeSet::new();
    for reading in readings.into_iter().filter(|reading| reading.counts()) {
        summary.count += 1;
        let range = Range::of(reading.measured);
        for (place, of_range) in Range::ALL.iter().zip(summary.ranges.iter_mut()) {
            if *place == range {
                *of_range += 1;
            }
        }
        days.extend(reading.time.map(DateTime::date));
        match reading.measured {
            Measured::Low => summary.low_flags += 1,
            Measured::High => summary.high_flags += 1,
            Measured::Value(concentration) => {
                let value = concentration.glucose_mg_per_dl();
                sum += value;
                numbers += 1;
                if summary.lowest.is_none_or(|lowest| value < lowest.glucose_mg_per_dl()) {
                    summary.lowest = Some(concentration);
                }
                if summary.highest.is_none_or(|highest| value > highest.glucose_mg_per_dl()) {
                    summary.highest = Some(concentration);
                }
            }
        }
    }
    summary.mean_mg_per_dl = (numbers > 0).then(|| sum / f64::from(numbers));
    summary.days_with_readings = u32::try_from(days.len()).unwrap_or(u32::MAX);
    summary
}

/// What the dashboard shows of one person over one period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    /// The person.
    pub patient: Patient,
    /// The period asked for.
    pub period: Period,
    /// The last day of the period.
    pub until: jiff::civil::Date,
    /// The unit in which this person's meters show values.
    pub unit: Unit,
    /// Numbers of the period.
    pub summary: Summary,
    /// All readings of the person's record, of any time, kind and doubt.
    pub total_readings: u32,
    /// The readings of the period, newest first.
    pub readings: Vec<Reading>,
    /// The last uploads, newest first.
    pub uploads: Vec<PastUpload>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reading::Kind;

    fn blood(measured: Measured) -> Reading {
        Reading {
            index: 0,
            time: Some(jiff::civil::date(2026, 7, 14).at(8, 0, 0, 0)),
            measured,
            kind: Kind::Blood,
            meal: None,
            doubts: vec![],
            raw: std::collections::BTreeMap::new(),
        }
    }

    /// The inclusive limits of the consensus: 54 is low, 70 and 180 are in range, 250 is high.
    #[test]
    fn limits_belong_where_the_consensus_puts_them() {
        let range = |value| Range::of(Measured::Value(Concentration::mg_per_dl(value)));
        assert_eq!(
            [53, 54, 69, 70, 180, 181, 250, 251].map(range),
            [
                Range::VeryLow,
                Range::Low,
                Range::Low,
                Range::Target,
                Range::Target,
                Range::High,
                Range::High,
                Range::VeryHigh,
            ]
        );
    }

    #[test]
    fn lo_and_hi_count_in_their_ranges_but_not_in_the_mean() {
        let mut control = blood(Measured::Value(Concentration::mg_per_dl(999)));
        control.kind = Kind::Control;
        let readings = [
            blood(Measured::Low),
            blood(Measured::High),
            blood(Measured::Value(Concentration::mg_per_dl(100))),
            blood(Measured::Value(Concentration::mg_per_dl(200))),
            control,
        ];
        let summary = summarise(&readings);
        assert_eq!((summary.count, summary.mean_mg_per_dl), (4, Some(150.0)));
        assert_eq!(summary.ranges, [1, 0, 1, 1, 1]);
        assert_eq!(summary.days_with_readings, 1);
    }
}
