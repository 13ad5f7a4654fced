//! That a meter's clock was wrong for a span, and by how much: what is corrected, what it would do, and what speaks
//! against it (clinic-safety TIME-02).
//!
//! The meter's own time is never overwritten. A corrected time is a second one beside it, confirmed for one record by a
//! person who saw both, and undone by another row. A meter knows neither zone nor summer time: what was off is its wall
//! clock, so wall-clock times are moved by one number of seconds, and those of a span keep their distances.

mod memory_order;

pub use self::memory_order::{MemoryPlace, clock_runs};

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::association::{IdempotencyKey, UploadId};
use super::calendar::METER_YEARS;
use super::glucose::Measured;
use super::intake_check;
use super::meter::MeterIdentity;
use super::patient::{Patient, PatientId};
use super::reading::Kind;
use super::same_result::MemoryEntry;
use super::text::Clean;
use super::typed_moment::TypedMoment;
use super::undo::UndoTerms;

/// By how much a meter's clock was off, from one of its own times to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockCorrection {
    /// The meter's own time of the first reading that is corrected.
    pub first: DateTime,
    /// The meter's own time of the last one, which is corrected too.
    pub last: DateTime,
    /// So many seconds are added to the meter's time: negative where its clock was ahead.
    pub seconds: i64,
}

impl ClockCorrection {
    /// The correction that somebody describes by an example: the first reading was measured at `was`, and all up to
    /// the last were off by as much. Both are named by their own time, and each has to be there: of a time at which
    /// nothing was measured nobody knows which reading was meant.
    ///
    /// # Errors
    /// What is wrong with the description.
    pub fn by_example(
        readings: &[TimedReading],
        first: TypedMoment,
        last: TypedMoment,
        was: TypedMoment,
    ) -> Result<Self, CorrectionFault> {
        let named = |moment: TypedMoment, none: CorrectionFault| {
            let there = readings.iter().filter(|reading| moment.holds(reading.time));
            let (corrected, free): (Vec<&TimedReading>, Vec<&TimedReading>) =
                there.partition(|reading| reading.is_corrected());
            let none = if corrected.is_empty() { none } else { CorrectionFault::AlreadyCorrected };
            let times: Vec<DateTime> = free.iter().map(|reading| reading.time).collect();
            times.iter().min().copied().zip(times.iter().max().copied()).ok_or(none)
        };
        let (first, _) = named(first, CorrectionFault::NoFirst)?;
        let (_, last) = named(last, CorrectionFault::NoLast)?;
        if last < first {
            return Err(CorrectionFault::LastBeforeFirst);
        }
        // To the minute, where a minute was typed: the seconds of the meter's clock are not known to be wrong.
        let told = if was.has_seconds { first } else { minute(first) };
        let seconds = told.duration_until(was.begin).as_secs();
        if seconds == 0 {
            return Err(CorrectionFault::NoShift);
        }
        Ok(Self { first, last, seconds })
    }

    /// The corrected time of a reading that its meter gave this time; `None` if it is not of the span, or the calendar
    /// has no such time.
    #[must_use]
    pub fn corrected(&self, time: DateTime) -> Option<DateTime> {
        let is_of_span = (self.first..=self.last).contains(&time);
        is_of_span.then(|| time.checked_add(SignedDuration::from_secs(self.seconds)).ok()).flatten()
    }
}

/// A time without its seconds.
fn minute(time: DateTime) -> DateTime {
    time.date().at(time.hour(), time.minute(), 0, 0)
}

/// A reading of a meter in somebody's record that has a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimedReading {
    /// The meter's own time.
    pub time: DateTime,
    /// The time by which the record has it: another one if it was corrected.
    pub shown: DateTime,
    /// What the clinic's clock showed when it was read first.
    pub read_at: DateTime,
    /// What the clinic's clock showed when the meter was read last before that, without having it: it was measured
    /// since then.
    pub missing_at: Option<DateTime>,
    /// In which read it was seen last: what is in the memory still is of one.
    pub last_read: i64,
    /// Its place in the order in which the meter sent its memory then, from 0.
    pub place: u32,
    /// How often the meter's clock had gone back before it, as far as its memory shows: see [`clock_runs`].
    pub clock_run: u32,
    /// Whether the meter's time is doubted: a corrected one is not.
    pub is_doubted: bool,
    /// What was measured.
    pub kind: Kind,
    /// What the meter showed.
    pub measured: Measured,
}

impl TimedReading {
    /// Whether its time was corrected.
    #[must_use]
    pub fn is_corrected(&self) -> bool {
        self.shown != self.time
    }

    /// As one result of a minute.
    fn in_minute(&self, time: DateTime) -> MemoryEntry {
        MemoryEntry { kind: self.kind, time: Some(minute(time)), measured: self.measured, tells_seconds: true }
    }
}

/// What speaks against a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CorrectionFault {
    /// At the first time nothing was measured.
    NoFirst,
    /// At the last time nothing was measured.
    NoLast,
    /// The last time lies before the first.
    LastBeforeFirst,
    /// The reading was measured when its meter says.
    NoShift,
    /// The reading that is named is corrected already: that is undone first.
    AlreadyCorrected,
    /// In the order of the meter's memory its clock went back within the span, or was another one's in between: what is
    /// of one time of its own was measured at two times.
    TurnsRound {
        /// The meter's own time before.
        before: DateTime,
        /// The one that it stored next.
        next: DateTime,
    },
    /// A reading would have been measured after it was read.
    AfterRead {
        /// The meter's own time.
        before: DateTime,
        /// The corrected time.
        after: DateTime,
        /// What the clinic's clock showed when it was read.
        read_at: DateTime,
    },
    /// The record would have the same result of this meter in the same minute twice.
    SameResult {
        /// The meter's own time.
        before: DateTime,
        /// The corrected time.
        after: DateTime,
    },
    /// No meter measured then, or the calendar has no such time.
    NoSuchTime,
}

/// A reading before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MovedTime {
    /// The meter's own time.
    pub before: DateTime,
    /// The corrected time.
    pub after: DateTime,
}

/// What a correction does, once nothing speaks against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionPlan {
    /// The correction.
    pub correction: ClockCorrection,
    /// Each reading that is corrected, in the order of the meter's time. Never empty.
    pub moved: Vec<MovedTime>,
    /// What a person has to know of it.
    pub told: CorrectionNotice,
}

/// What a person has to know of a correction, of so many readings each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionNotice {
    /// Of the corrected ones, whose time is doubted now: they count then.
    pub doubted: u32,
    /// Of the corrected ones, which come before what the meter stored before them, or behind what it stored later.
    pub turned: u32,
    /// Of the corrected ones, which would have been measured before a read of the meter that did not have them.
    pub early: u32,
    /// Of the corrected ones, which come into a minute in which the meter has another reading.
    pub same_minute: u32,
    /// Others of the meter, between the first and the last corrected time.
    pub between: u32,
    /// Others of the span, which were corrected before and stay so.
    pub stay: u32,
}

impl CorrectionPlan {
    /// What a correction does with the readings of a meter in a record.
    ///
    /// # Errors
    /// What speaks against it.
    pub fn of(readings: &[TimedReading], correction: ClockCorrection) -> Result<Self, CorrectionFault> {
        if correction.seconds == 0 {
            return Err(CorrectionFault::NoShift);
        }
        let is_within = |reading: &TimedReading| (correction.first..=correction.last).contains(&reading.time);
        let is_theirs = |reading: &&TimedReading| is_within(reading) && !reading.is_corrected();
        let (theirs, others): (Vec<&TimedReading>, Vec<&TimedReading>) = readings.iter().partition(is_theirs);
        let mut told = CorrectionNotice {
            doubted: count(theirs.iter().filter(|reading| reading.is_doubted)),
            stay: count(others.iter().filter(|reading| is_within(reading))),
            ..CorrectionNotice::default()
        };
        let mut moved = Vec::new();
        for reading in &theirs {
            let before = reading.time;
            let after = correction.corrected(before).filter(|after| METER_YEARS.contains(&after.year()));
            let after = after.ok_or(CorrectionFault::NoSuchTime)?;
            if is_after_read(reading, after) {
                return Err(CorrectionFault::AfterRead { before, after, read_at: reading.read_at });
            }
            let is_early = |missing_at: DateTime| intake_check::is_ahead(missing_at, after);
            told.early += u32::from(reading.missing_at.is_some_and(is_early));
            let at_once = others.iter().filter(|other| minute(other.shown) == minute(after));
            let at_once: Vec<_> = at_once.map(|other| other.in_minute(other.shown)).collect();
            told.same_minute += u32::from(!at_once.is_empty());
            if at_once.iter().any(|other| other.may_be(&reading.in_minute(after))) {
                return Err(CorrectionFault::SameResult { before, after });
            }
            moved.push(MovedTime { before, after });
        }
        moved.sort_by_key(|time| time.before);
        let (Some(first), Some(last)) = (moved.first(), moved.last()) else { return Err(CorrectionFault::NoFirst) };
        told.between = count(others.iter().filter(|other| first.after < other.shown && other.shown < last.after));
        for list in memory_order::lists(readings) {
            memory_order::runs_on(&list, is_theirs)?;
            let after = |reading: &&TimedReading| match correction.corrected(reading.time) {
                Some(after) if is_theirs(reading) => after,
                _ => reading.shown,
            };
            let turns = list.windows(2).filter(
                |pair| matches!(pair, [one, two] if (is_theirs(one) || is_theirs(two)) && after(one) > after(two)),
            );
            told.turned += count(turns);
        }
        Ok(Self { correction, moved, told })
    }

    /// What a decision rests on that is made of what is shown.
    #[must_use]
    pub fn seen(&self, patient: &PatientId) -> CorrectionBasis {
        let times = self.moved.iter().map(|moved| moved.before).collect();
        CorrectionBasis { patient: patient.clone(), times, told: self.told }
    }
}

/// Whether a reading would have been measured after it was read. Where that is so of its own time, and nobody doubts
/// it, it was this computer's clock that was wrong.
fn is_after_read(reading: &TimedReading, after: DateTime) -> bool {
    let is_ahead = |time| intake_check::is_ahead(time, reading.read_at);
    is_ahead(after) && (reading.is_doubted || !is_ahead(reading.time))
}

fn count(of: impl Iterator) -> u32 {
    u32::try_from(of.count()).unwrap_or(u32::MAX)
}

/// Identifies a correction in the store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CorrectionId(pub String);

/// A correction that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingCorrection {
    /// Its key in the store.
    pub id: CorrectionId,
    /// What was said.
    pub correction: ClockCorrection,
    /// How many readings it corrected.
    pub readings: u32,
    /// When it was said.
    pub at: Timestamp,
    /// Who said it, by name.
    pub by: Clean,
    /// Why.
    pub reason: Clean,
    /// On which terms the one who asked may undo it.
    pub terms: UndoTerms,
}

/// What whoever corrects times is shown before: a meter in somebody's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionOffer {
    /// The upload of the meter from which it was come to.
    pub upload: UploadId,
    /// In whose record the readings are.
    pub patient: Box<Patient>,
    /// The meter.
    pub meter: MeterIdentity,
    /// The meter's own time of the first and the last reading that the upload brought into the record, if any has one.
    pub span: Option<(DateTime, DateTime)>,
    /// Its readings in the record that have a time, in the order of the meter's time.
    pub readings: Vec<TimedReading>,
    /// How many have none: nothing can be added to it.
    pub undated: u32,
    /// The corrections of its readings in this record that stand, the last first.
    pub standing: Vec<StandingCorrection>,
    /// What may be done with them.
    pub reach: CorrectionReach,
}

/// How far a correction of times reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CorrectionReach {
    /// The record is here, and nobody else is told.
    Here,
    /// A care platform has the readings, and is told.
    Platform,
    /// The same, and it cannot be told of another one now: there are no readings to choose among, and what was
    /// corrected can be undone.
    OnlyUndone,
}

/// What was shown to whoever corrects times. If something of it changed since, it is another decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionBasis {
    /// In whose record the readings are.
    pub patient: PatientId,
    /// The meter's own time of each reading that is corrected.
    pub times: Vec<DateTime>,
    /// What else was said of it.
    pub told: CorrectionNotice,
}

/// That times are to be corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionRequest {
    /// An upload of the meter.
    pub upload: UploadId,
    /// Makes a repeated request harmless.
    pub key: IdempotencyKey,
    /// From when to when, and by how much.
    pub correction: ClockCorrection,
    /// What it is decided on.
    pub seen: CorrectionBasis,
    /// Why.
    pub reason: Clean,
}

/// That a correction is to be undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionUndoRequest {
    /// Which.
    pub correction: CorrectionId,
    /// Makes a repeated request harmless.
    pub key: IdempotencyKey,
    /// Why, where that was asked for.
    pub reason: Option<Clean>,
}

/// What correcting times, or undoing that, did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimesMoved {
    /// Of how many readings the record has another time now.
    pub readings: u32,
}

#[cfg(test)]
mod tests;
