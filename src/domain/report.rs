//! What is exported of one person's record: the dashboard of a period with all its readings, each with where it is
//! from, and who made the export when. However it is written, all forms are made from this, so that none can disagree.

use std::collections::BTreeMap;

use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

use super::clinic::Purpose;
use super::meter::MeterIdentity;
use super::reading::{Beyond, Reading};
use super::report_kind::ReportKind;
use super::statistics::{ComputedNumbers, Counting, Dashboard};
use super::text::Clean;

/// A reading of a record with the first read of a meter that had it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedReading {
    /// As it stands in the record.
    pub reading: Reading,
    /// Which one it is of equal results that the meter has at one time, from zero
    /// ([`NumberedReading`](super::delivery::NumberedReading)).
    pub occurrence: u32,
    /// The first read that had it.
    pub first_read: FirstRead,
}

/// The first read of a meter that had a reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FirstRead {
    /// The meter, as it said itself.
    pub meter: MeterIdentity,
    /// When it was read.
    pub read_at: Timestamp,
    /// Who read it.
    pub user: Clean,
    /// The place of the reading in the order in which the meter sent its memory then, from 0.
    pub place: u32,
}

/// A reading of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportReading {
    /// As it stands in the record.
    pub reading: Reading,
    /// Its number among equal results, and where it is from; `None` if the record has it from elsewhere.
    pub source: Option<(u32, FirstRead)>,
}

/// Who made an export, when, where and with what.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportMaker {
    /// When, on the clinic's clock.
    pub at: Zoned,
    /// Who.
    pub user: Clean,
    /// The clinic's name; empty where it is not known.
    pub site: Clean,
    /// The UUID of this computer.
    pub station: String,
    /// The version of the program.
    pub version: &'static str,
    /// What the store is for.
    pub purpose: Purpose,
}

/// One export of one person's record.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordReport {
    /// The person, the period, the numbers and what is left out of them.
    pub dashboard: Dashboard,
    /// The readings of the period that are looked at, the first before the others: as many as the dashboard shows.
    pub readings: Vec<ReportReading>,
    /// Who made it.
    pub made: ReportMaker,
}

/// What is to be exported: what somebody sees of a record, in one form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExportOrder {
    /// What they see.
    pub dashboard: Dashboard,
    /// In which form.
    pub kind: ReportKind,
    /// The clinic's name.
    pub site: Clean,
}

impl RecordReport {
    /// The export of a dashboard; where its readings are from, `recorded` says as far as this station knows. What it
    /// does not know is exported too, without a source.
    #[must_use]
    pub fn of(dashboard: Dashboard, recorded: Vec<RecordedReading>, made: ReportMaker) -> Self {
        let result = |reading: &Reading| (reading.time, reading.index, reading.kind, reading.measured);
        let mut known: BTreeMap<_, Vec<RecordedReading>> = BTreeMap::new();
        for recorded in recorded {
            known.entry(result(&recorded.reading)).or_default().push(recorded);
        }
        let mut readings: Vec<ReportReading> = dashboard
            .shown()
            .map(|reading| {
                let equal = known.get_mut(&result(reading)).filter(|equal| !equal.is_empty());
                let source = equal.and_then(|equal| {
                    // Equal results of two meters are told apart by what else stands there of them, if that differs.
                    // What the meter sent stays; what is doubted may be another by now.
                    let exact = equal.iter().rposition(|recorded| recorded.reading == *reading);
                    let alike = || equal.iter().rposition(|recorded| recorded.reading.was_sent_alike(reading));
                    let recorded = equal.remove(exact.or_else(alike)?);
                    Some((recorded.occurrence, recorded.first_read))
                });
                ReportReading { reading: reading.clone(), source }
            })
            .collect();
        // The dashboard has the newest first.
        readings.reverse();
        Self { dashboard, readings, made }
    }

    /// The numbers, for whoever writes them.
    #[must_use]
    pub fn numbers(&self) -> ComputedNumbers {
        let dashboard = &self.dashboard;
        let span = dashboard.period.span(dashboard.until);
        let counting = Counting { policy: dashboard.low_high, span: Some(span), ..Counting::default() };
        let stand_ins = [Beyond::Below, Beyond::Above].map(|beyond| {
            let numbers: Vec<Option<u32>> = dashboard.stand_ins(beyond).iter().map(|(number, _)| *number).collect();
            match numbers.as_slice() {
                [one] => *one,
                [..] => None,
            }
        });
        ComputedNumbers {
            summary: dashboard.summary.clone(),
            counting,
            stand_ins,
            unit: dashboard.unit,
            days: Some((span.from.date(), dashboard.until)),
            outside_window: 0,
            is_whole: dashboard.origin.is_whole(),
        }
    }

    /// How many readings the record has besides those of the period, of any time, kind and doubt.
    #[must_use]
    pub fn outside(&self) -> u32 {
        let here = u32::try_from(self.dashboard.readings.len()).unwrap_or(u32::MAX);
        self.dashboard.total_readings.saturating_sub(here)
    }
}

#[cfg(test)]
mod tests;
