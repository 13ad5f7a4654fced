//! Everything one meter gave in one go: complete or partial, never unclear.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::meter::MeterIdentity;
use super::meter_clock::ClockReading;
use super::problem::Problem;
use super::reading::{Beyond, Doubt, Kind, LeftOutFor, Reading};
use super::same_result::{MemoryEntry, entries};
use super::text::Clean;

/// Whether all that the meter announced has arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Completeness {
    /// Everything announced was received and checked.
    Complete,
    /// The conversation ended early; the problem says why. Such a download is never assigned.
    Partial(Problem),
}

/// A record that the meter sent and that was not understood. One is enough to make a download partial: what it says may
/// be a reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotTaken {
    /// Where it stands: `record 2 of 3`, `line 6 of Diary.csv`.
    pub place: Clean,
    /// What is wrong with it, without values or serial numbers.
    pub reason: Clean,
    /// Its text as the meter sent it, binary records in hexadecimal digits; empty if nothing of it is to be trusted.
    pub said: Clean,
}

/// Something about a download that a person should know and that is not a failure, in words of the log: records that
/// are no readings, a meal marker without a reading. Never a serial number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Stable name: `meal-without-reading`, `other-records`, `clock-unreadable`.
    pub code: Clean,
    /// What exactly, for the details view and `read --json`.
    pub text: Clean,
}

/// What one conversation with one meter gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Download {
    /// Which meter.
    pub meter: MeterIdentity,
    /// Its clock against ours, where the meter tells its clock.
    pub clock: Option<ClockReading>,
    /// How many records the meter announced; of all kinds that were asked for.
    pub announced: Option<u32>,
    /// Whether all of it arrived.
    pub completeness: Completeness,
    /// The readings, sorted by [`super::reading::sort`].
    pub readings: Vec<Reading>,
    /// The records that were not understood, in the order in which they came; the download is partial if there is one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_taken: Vec<NotTaken>,
    /// Remarks that are not failures.
    pub warnings: Vec<Warning>,
    /// Every byte of the conversation, as [`Direction`]-tagged packets in order: the proof of what was read.
    pub transcript: Vec<Packet>,
}

impl Download {
    /// Whether all that this one read stands in `other` too: it is of the same meter, and has each of its readings,
    /// as often. What a meter of the same model gave is another's, and a meter that was read later may have forgotten
    /// its oldest readings meanwhile.
    #[must_use]
    pub fn is_part_of(&self, other: &Self) -> bool {
        let mut there: HashMap<MemoryEntry, usize> = HashMap::new();
        for entry in entries(&other.readings) {
            *there.entry(entry).or_default() += 1;
        }
        let is_there = |entry| there.get_mut(&entry).filter(|left| **left > 0).map(|left| *left -= 1).is_some();
        self.meter.key() == other.meter.key() && entries(&self.readings).into_iter().all(is_there)
    }
}

/// Which way a packet went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    /// From this computer to the meter.
    ToMeter,
    /// From the meter to this computer.
    FromMeter,
}

/// One transfer on the link, as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packet {
    /// Which way it went.
    pub direction: Direction,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Download {
    /// Whether everything announced arrived and every record was understood.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        matches!(self.completeness, Completeness::Complete) && self.not_taken.is_empty()
    }

    /// The counts shown before a person confirms the device.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts::of(&self.readings)
    }
}

/// How many readings of what sort a download has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Blood glucose, LO and HI included.
    pub blood: u32,
    /// Tests with control solution.
    pub control: u32,
    /// Ketones, sensor values and other things.
    pub other: u32,
    /// Blood glucose below the meter's range.
    pub low: u32,
    /// Blood glucose above the meter's range.
    pub high: u32,
    /// Readings with the same time, kind and value as an earlier one of this download.
    pub duplicates: u32,
    /// Blood glucose with at least one doubt, and a scale.
    pub doubtful: u32,
    /// Blood glucose whose time the meter did not tell. A store of an earlier version did not count them.
    #[serde(default)]
    pub without_time: u32,
    /// Blood glucose with a doubt for which no number uses it, by the doubt that decides. An earlier
    /// version did not count them.
    #[serde(default)]
    pub left_out: DoubtCounts,
    /// Blood glucose with a doubt that the numbers use all the same, by its first doubt. An earlier version did not
    /// count them.
    #[serde(default)]
    pub doubted: DoubtCounts,
}

/// How many readings have which doubt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<Doubt, u32>", into = "BTreeMap<Doubt, u32>")]
pub struct DoubtCounts {
    counts: [u32; Doubt::ALL.len()],
}

impl DoubtCounts {
    /// Counts one more with this doubt.
    pub fn add(&mut self, doubt: Doubt) {
        for (known, count) in Doubt::ALL.iter().zip(&mut self.counts) {
            *count += u32::from(*known == doubt);
        }
    }

    /// The doubts that any reading has, in ascending order, and how many have each.
    pub fn some(&self) -> impl Iterator<Item = (Doubt, u32)> {
        Doubt::ALL.into_iter().zip(self.counts).filter(|(_, count)| *count > 0)
    }
}

impl From<BTreeMap<Doubt, u32>> for DoubtCounts {
    fn from(of: BTreeMap<Doubt, u32>) -> Self {
        Self { counts: Doubt::ALL.map(|doubt| of.get(&doubt).copied().unwrap_or(0)) }
    }
}

impl From<DoubtCounts> for BTreeMap<Doubt, u32> {
    fn from(counts: DoubtCounts) -> Self {
        counts.some().collect()
    }
}

impl Counts {
    /// What is to be said of these readings. What is left out of the numbers, and why, is what the dashboard will say:
    /// of a control test or a ketone, that it is one.
    #[must_use]
    pub fn of<'a>(readings: impl IntoIterator<Item = &'a Reading>) -> Self {
        let mut counts = Self::default();
        let mut seen = std::collections::HashSet::new();
        for reading in readings {
            match reading.kind {
                Kind::Control => counts.control += 1,
                Kind::Blood => counts.blood += 1,
                Kind::Ketone | Kind::Sensor | Kind::Other => counts.other += 1,
            }
            // Within one download, where nothing was converted or cut: equal is equal to the last
            // digit.
            if !seen.insert((reading.time, reading.kind, reading.measured)) {
                counts.duplicates += 1;
            }
            if reading.kind == Kind::Blood {
                counts.add_blood(reading);
            }
        }
        counts
    }

    fn add_blood(&mut self, reading: &Reading) {
        match reading.beyond() {
            Some(Beyond::Below) => self.low += 1,
            Some(Beyond::Above) => self.high += 1,
            None => {}
        }
        let why = reading.left_out_for();
        // Of a number without a scale nothing else is said than that.
        let has_scale = why != Some(LeftOutFor::NoMeasurement(None));
        self.doubtful += u32::from(has_scale && !reading.doubts.is_empty());
        match (why, reading.doubts.first()) {
            (Some(LeftOutFor::NoTime), _) => self.without_time += 1,
            (Some(LeftOutFor::NoMeasurement(Some(doubt)) | LeftOutFor::Time(doubt)), _) => self.left_out.add(doubt),
            (None, Some(doubt)) => self.doubted.add(*doubt),
            (Some(LeftOutFor::Kind | LeftOutFor::NoMeasurement(None)), _) | (None, None) => {}
        }
    }

    /// All readings of the download.
    #[must_use]
    pub const fn total(&self) -> u32 {
        self.blood + self.control + self.other
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::glucose::{Concentration, Measured};
    use crate::domain::left_out::LeftOut;
    use crate::domain::statistics::{Counting, summarise};

    /// Readings of every kind, with and without a time, with no doubt, each doubt and each two.
    fn readings() -> Vec<Reading> {
        let doubts = Doubt::ALL.iter().flat_map(|one| Doubt::ALL.iter().map(move |other| vec![*one, *other]));
        let doubts = doubts.map(|mut doubts| {
            doubts.sort_unstable();
            doubts.dedup();
            doubts
        });
        let doubts: Vec<Vec<Doubt>> = doubts.chain([Vec::new()]).collect();
        let value = Measured::Value(Concentration::mg_per_dl(100));
        let mut readings = Vec::new();
        for kind in [Kind::Blood, Kind::Control, Kind::Ketone, Kind::Sensor, Kind::Other] {
            for measured in [value, Measured::Low, Measured::High, Measured::Unscaled(7)] {
                for time in [Some(date(2026, 7, 14).at(8, 30, 0, 0)), None] {
                    readings.extend(doubts.iter().map(|doubts| Reading {
                        corrected_from: None,
                        index: 0,
                        time,
                        measured,
                        kind,
                        meal: None,
                        doubts: doubts.clone(),
                        raw: BTreeMap::new(),
                    }));
                }
            }
        }
        readings
    }

    /// What is said to be left out before a meter is confirmed is what the dashboard leaves out, each
    /// for the same reason.
    #[test]
    fn what_is_left_out_is_the_same_wherever_it_is_counted() {
        for reading in &readings() {
            let (counts, left_out) = (Counts::of([reading]), LeftOut::of([reading]));
            let summary = summarise([reading], &Counting::default());
            let of_time: u32 =
                counts.left_out.some().filter(|(doubt, _)| doubt.is_of_time()).map(|(_, count)| count).sum();
            let of_others = counts.left_out.some().map(|(_, count)| count).sum::<u32>() - of_time;
            assert_eq!(counts.without_time + of_time, left_out.total(), "{reading:?}");
            assert_eq!(left_out.total(), summary.uncounted.time_doubted, "{reading:?}");
            assert!(of_others <= summary.uncounted.invalid, "{reading:?}");
            assert_eq!(counts.control, summary.uncounted.control, "{reading:?}");
            assert_eq!(counts.other, summary.uncounted.other_kind, "{reading:?}");
            assert_eq!(summary.count + summary.uncounted.total(), 1, "{reading:?}");
            assert_eq!(summary.count == 1, reading.is_in_numbers(), "{reading:?}");
            let told = counts.left_out.some().chain(counts.doubted.some()).map(|(_, count)| count).sum::<u32>();
            assert!(counts.doubtful <= told + counts.without_time, "{reading:?}");
        }
    }
}
