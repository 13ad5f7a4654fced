//! The numbers of a dashboard, from a patient's blood glucose in mg/dL.
//!
//! Formulas and thresholds: International consensus on time in range (Battelino 2019) as coded by the peers; a value
//! is classified once, as a whole number of mg/dL, so that the display unit never moves it into another class.

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

use super::association::PastUpload;
use super::glucose::{Concentration, Measured, Unit};
use super::left_out::LeftOut;
use super::patient::Patient;
use super::reading::{Beyond, Kind, LeftOutFor, Reading};
use super::record::{PatientRecord, RecordOrigin, Span};

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

    /// The range of a measured glucose; `None` for a number that is no value.
    #[must_use]
    pub fn of(measured: Measured) -> Option<Self> {
        let concentration = match measured {
            Measured::Low => return Some(Self::VeryLow),
            Measured::High => return Some(Self::VeryHigh),
            Measured::Value(concentration) => concentration,
            Measured::Unscaled(_) => return None,
        };
        let mg_per_dl = concentration.glucose_mg_per_dl().round();
        Some(if mg_per_dl < 54.0 {
            Self::VeryLow
        } else if mg_per_dl < 70.0 {
            Self::Low
        } else if mg_per_dl <= 180.0 {
            Self::Target
        } else if mg_per_dl <= 250.0 {
            Self::High
        } else {
            Self::VeryHigh
        })
    }
}

/// The numbers of one period.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Readings that count, LO and HI included.
    pub count: u32,
    /// Mean of the numbers in mg/dL; `None` without any. LO and HI have no number and are left out of it, and so is a
    /// number that the meter cannot measure.
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
    /// Readings that do not count.
    pub uncounted: Uncounted,
}

/// Readings of a period that are listed and in no number, by what they are. One that is two of these
/// is the first of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uncounted {
    /// Control tests.
    pub control: u32,
    /// Ketones, values of sensors, and what a meter stores besides.
    pub other_kind: u32,
    /// Results that are no measurement: invalid, not available, of a test mode, damaged.
    pub invalid: u32,
    /// Those whose time is doubted.
    pub time_doubted: u32,
}

impl Uncounted {
    /// How many are in no number.
    #[must_use]
    pub const fn total(&self) -> u32 {
        self.control + self.other_kind + self.invalid + self.time_doubted
    }

    const fn add(&mut self, reading: &Reading, why: LeftOutFor) {
        let why = match (why, reading.kind) {
            (LeftOutFor::Kind, Kind::Control) => &mut self.control,
            (LeftOutFor::Kind, _) => &mut self.other_kind,
            (LeftOutFor::NoMeasurement(_), _) => &mut self.invalid,
            (LeftOutFor::NoTime | LeftOutFor::Time(_), _) => &mut self.time_doubted,
        };
        *why += 1;
    }
}

/// Sums up the readings that count and whose time is sure; the others it counts by what they are.
#[must_use]
pub fn summarise<'a>(readings: impl IntoIterator<Item = &'a Reading>) -> Summary {
    let mut summary = Summary::default();
    let mut sum = 0.0;
    let mut numbers = 0_u32;
    let mut days = std::collections::BTreeSet::new();
    for reading in readings {
        if let Some(why) = reading.left_out_for() {
            summary.uncounted.add(reading, why);
            continue;
        }
        // What has no range has no scale, and is left out above.
        let Some(range) = Range::of(reading.measured) else { continue };
        summary.count += 1;
        for (place, of_range) in Range::ALL.iter().zip(summary.ranges.iter_mut()) {
            if *place == range {
                *of_range += 1;
            }
        }
        days.extend(reading.time.map(DateTime::date));
        match (reading.beyond(), reading.measured) {
            (Some(Beyond::Below), _) => summary.low_flags += 1,
            (Some(Beyond::Above), _) => summary.high_flags += 1,
            (None, Measured::Low | Measured::High | Measured::Unscaled(_)) => {}
            (None, Measured::Value(concentration)) => {
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

impl Period {
    /// The wall time of the period whose last day is `until`. Both its ends belong to it: of 14 days, 13
    /// lie before the last.
    #[must_use]
    pub fn span(self, until: Date) -> Span {
        let first = until.saturating_sub(jiff::Span::new().days(self.days() - 1));
        let after = until.saturating_add(jiff::Span::new().days(1));
        Span { from: first.to_datetime(Time::MIN), to: after.to_datetime(Time::MIN) }
    }
}

impl Dashboard {
    /// The dashboard of a record that was taken over [`Period::span`] of this period and day.
    #[must_use]
    pub fn of(record: PatientRecord, period: Period, until: Date) -> Self {
        Self {
            period,
            until,
            unit: record.totals.units.usual(),
            summary: summarise(&record.readings),
            patient: record.patient,
            total_readings: record.totals.readings,
            left_out: record.totals.left_out,
            readings: record.readings,
            uploads: record.uploads,
            origin: record.origin,
        }
    }
}

/// What the dashboard shows of one person over one period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    /// The person.
    pub patient: Patient,
    /// The period asked for.
    pub period: Period,
    /// The last day of the period.
    pub until: Date,
    /// The unit in which this person's meters show values.
    pub unit: Unit,
    /// Numbers of the period.
    pub summary: Summary,
    /// All readings of the person's record, of any time, kind and doubt.
    pub total_readings: u32,
    /// Readings of the whole record whose time is doubted.
    pub left_out: LeftOut,
    /// The readings of the period, newest first.
    pub readings: Vec<Reading>,
    /// The last uploads, newest first.
    pub uploads: Vec<PastUpload>,
    /// Where all of it is from.
    pub origin: RecordOrigin,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reading::Doubt;

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
        let range = |value| Range::of(Measured::Value(Concentration::mg_per_dl(value))).unwrap();
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

    /// Whatever is doubted of a time, no number has the reading, and the line that says so counts it once.
    #[test]
    fn doubted_times_are_in_no_number_and_are_counted() {
        let value = Measured::Value(Concentration::mg_per_dl(100));
        let with = |doubts: &[Doubt]| Reading { doubts: doubts.to_vec(), ..blood(value) };
        let of_time =
            [Doubt::TimeUncertain, Doubt::TimeAhead, Doubt::TimeBeforeModel, Doubt::ClockReset, Doubt::ClockWrong];
        let mut readings: Vec<Reading> = of_time.iter().map(|doubt| with(&[*doubt])).collect();
        readings.push(with(&[Doubt::TimeAhead, Doubt::ClockWrong]));
        readings.push(Reading { time: None, ..blood(value) });
        let uncounted = Uncounted { time_doubted: 7, ..Uncounted::default() };
        assert_eq!(summarise(&readings), Summary { uncounted, ..Summary::default() });
        let expected = LeftOut { clock_wrong: 2, ahead: 1, before_model: 1, clock_changed: 2, without_time: 1 };
        assert_eq!((LeftOut::of(&readings), expected.total()), (expected, 7));

        // What does not count anyway is not said to be left out for its time; other doubts leave nothing out.
        let control = Reading { kind: Kind::Control, ..with(&[Doubt::TimeAhead]) };
        let others = [control, with(&[Doubt::Invalid, Doubt::TimeAhead]), with(&[Doubt::Questionable])];
        assert_eq!((LeftOut::of(&others), summarise(&others).count), (LeftOut::default(), 1));
    }

    /// The list of a period and the numbers above it agree: each reading is in them or is said not to be.
    #[test]
    fn each_reading_counts_or_is_counted_as_one_that_does_not() {
        let value = Measured::Value(Concentration::mg_per_dl(100));
        let of = |kind, doubts: &[Doubt]| Reading { kind, doubts: doubts.to_vec(), ..blood(value) };
        let readings = [
            of(Kind::Blood, &[]),
            of(Kind::Blood, &[Doubt::Questionable]),
            of(Kind::Control, &[]),
            of(Kind::Control, &[Doubt::TimeAhead]),
            of(Kind::Ketone, &[]),
            of(Kind::Other, &[]),
            of(Kind::Sensor, &[]),
            of(Kind::Blood, &[Doubt::Invalid, Doubt::TimeAhead]),
            of(Kind::Blood, &[Doubt::ClockReset]),
        ];
        let summary = summarise(&readings);
        let expected = Uncounted { control: 2, other_kind: 3, invalid: 1, time_doubted: 1 };
        assert_eq!((summary.count, summary.uncounted), (2, expected));
        assert_eq!(usize::try_from(summary.count + summary.uncounted.total()).unwrap(), readings.len());
    }

    /// A meter that has no mark for LO and HI tells them as numbers that it cannot measure.
    #[test]
    fn a_number_beyond_the_meters_range_is_no_number_of_a_mean() {
        let of = |value, doubts: &[Doubt]| Reading {
            doubts: doubts.to_vec(),
            ..blood(Measured::Value(Concentration::mg_per_dl(value)))
        };
        let beyond = [Doubt::OutsideMeterRange];
        let readings = [of(9, &beyond), of(601, &beyond), of(300, &beyond), of(100, &[]), of(200, &[])];
        let summary = summarise(&readings);
        assert_eq!((summary.count, summary.mean_mg_per_dl), (5, Some(150.0)));
        assert_eq!((summary.low_flags, summary.high_flags), (1, 2));
        let extremes = [summary.lowest, summary.highest].map(|value| value.map(Concentration::glucose_mg_per_dl));
        assert_eq!(extremes, [Some(100.0), Some(200.0)]);
        assert_eq!(summary.ranges, [1, 0, 1, 1, 2]);
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
