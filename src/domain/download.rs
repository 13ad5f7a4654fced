//! Everything one meter gave in one go: complete or partial, never unclear.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::meter::MeterIdentity;
use super::meter_clock::ClockReading;
use super::problem::Problem;
use super::reading::{Beyond, Doubt, Kind, Reading};
use super::text::Clean;

/// Whether all that the meter announced has arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Completeness {
    /// Everything announced was received and checked.
    Complete,
    /// The conversation ended early; the problem says why. Such a download is never assigned.
    Partial(Problem),
}

/// A record that the meter sent and that was not understood. One is enough to make a download partial: what it says may be
/// a reading.
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
        let mut counts = Counts::default();
        let mut seen = std::collections::HashSet::new();
        for reading in &self.readings {
            match reading.kind {
                Kind::Control => counts.control += 1,
                Kind::Blood => counts.blood += 1,
                Kind::Ketone | Kind::Sensor | Kind::Other => counts.other += 1,
            }
            if reading.kind == Kind::Blood {
                match reading.beyond() {
                    Some(Beyond::Below) => counts.low += 1,
                    Some(Beyond::Above) => counts.high += 1,
                    None => {}
                }
            }
            if !seen.insert((reading.time, reading.kind, reading.measured)) {
                counts.duplicates += 1;
            }
            if reading.time.is_none() {
                counts.without_time += 1;
            } else if let Some(doubt) = reading.main_doubt() {
                let of_these = if reading.is_in_numbers() { &mut counts.doubted } else { &mut counts.left_out };
                of_these.add(doubt);
            }
            if !reading.doubts.is_empty() {
                counts.doubtful += 1;
            }
        }
        counts
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
    /// Readings with at least one doubt.
    pub doubtful: u32,
    /// Readings whose time the meter did not tell. A store of an earlier version did not count them.
    #[serde(default)]
    pub without_time: u32,
    /// Readings with a time and a doubt that no number uses, by the doubt that decides. An earlier version did not count them.
    #[serde(default)]
    pub left_out: DoubtCounts,
    /// Readings with a time and a doubt that the numbers use all the same, by their first doubt. An earlier version did not
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
    /// All readings of the download.
    #[must_use]
    pub const fn total(&self) -> u32 {
        self.blood + self.control + self.other
    }
}
