//! What a dashboard shows.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::low_high::{LowHighPolicy, MeterLimits};
use super::period::Period;
use super::summary::{Counting, Summary, summarise};
use crate::domain::association::PastUpload;
use crate::domain::glucose::Unit;
use crate::domain::left_out::LeftOut;
use crate::domain::patient::Patient;
use crate::domain::reading::{Beyond, Reading};
use crate::domain::record::{PatientRecord, RecordOrigin};

impl Dashboard {
    /// The dashboard of a record that was taken over [`Period::span`] of this period and day.
    #[must_use]
    pub fn of(record: PatientRecord, period: Period, until: Date) -> Self {
        Self {
            period,
            until,
            unit: record.totals.units.usual(),
            low_high: LowHighPolicy::default(),
            summary: Self::summarised(&record.readings, period, until),
            patient: record.patient,
            total_readings: record.totals.readings,
            left_out: record.totals.left_out,
            readings: record.readings,
            uploads: record.uploads,
            origin: record.origin,
        }
    }

    /// The numbers of the readings of a period: the same that `glucodock stats` computes of a file.
    #[must_use]
    pub fn summarised(readings: &[Reading], period: Period, until: Date) -> Summary {
        summarise(readings, &Counting { span: Some(period.span(until)), ..Counting::default() })
    }

    /// What stands for LO or HI in its numbers, in mg/dL. A record does not say which meter a reading is from, so that
    /// it is the same for all.
    #[must_use]
    pub fn stands_for(&self, beyond: Beyond) -> Option<u32> {
        self.low_high.number(beyond, MeterLimits::default())
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
    /// What stands for LO and HI in the numbers.
    pub low_high: LowHighPolicy,
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
