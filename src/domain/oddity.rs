//! Readings that do not go together with what their patient's record has, or that are hardly one person's
//! (clinic-safety DEV-06, DEV-07). They are a question and never a refusal: who uses the meter is asked, and what was
//! answered is kept. Nothing is concluded from them.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

/// Two meters measure one person within so long of each other (DEV-06 b).
pub const TOGETHER: SignedDuration = SignedDuration::from_mins(5);

/// Two meters that are right differ by less: twice what ISO 15197:2013 lets one be off below 100 mg/dL (DEV-06 b).
const APART_MG_PER_DL: f64 = 30.0;

/// The same from 100 mg/dL on, as a part of what they measure in the middle.
const APART_PART: f64 = 0.3;

/// One person tests no more often in a day (DEV-06 c).
const MOST_A_DAY: u32 = 30;

/// So much the median of one person moves at most, in mg/dL (DEV-06 d).
const MEDIAN_MOVES: f64 = 60.0;

/// So many days before the first new reading are what it is held against (DEV-06 d).
const DAYS_BEFORE: i32 = 30;

/// Of fewer readings a median or a frequency says nothing. Ours: the sources give no least number.
const LEAST_COMPARED: usize = 10;

/// Readings of fewer days tell of no frequency. Ours, too.
const LEAST_DAYS: u32 = 3;

/// One person who tests so many times as often as before is asked about, if that is often. Ours.
const TIMES_AS_OFTEN: u32 = 3;

/// Who tests less often than so many tenths of a test a day is not asked about, however seldom it was before. Ours.
const OFTEN_IN_TENTHS: u32 = 80;

/// What is odd about readings that would go into a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Oddity {
    /// It was said of this meter, when it was read before, that more than one person uses it.
    OthersUseIt,
    /// So many of them are further from what another meter of this person measured within [`TOGETHER`] than two meters
    /// that are right.
    MetersDisagree {
        /// How many.
        readings: u32,
    },
    /// With them there are more tests on a day than one person makes.
    ManyTests {
        /// The day with the most.
        day: Date,
        /// How many tests it has.
        tests: u32,
    },
    /// Their median is far from that of the thirty days before them.
    MedianMoved {
        /// The one before, in whole mg/dL.
        before: u32,
        /// Theirs, in whole mg/dL.
        now: u32,
    },
    /// They are of far more tests a day than those of the thirty days before them.
    MoreOften {
        /// Tenths of a test a day before.
        before: u32,
        /// Tenths of a test a day now.
        now: u32,
    },
}

/// Who uses a meter, as somebody said who was asked because of an [`Oddity`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhoUses {
    /// The patient alone.
    OnePerson,
    /// Others, too.
    MorePeople,
    /// Nobody can say.
    NotKnown,
}

/// A blood glucose reading with a sure time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// When it was measured.
    pub time: DateTime,
    /// What was measured, in mg/dL; nothing for LO and HI.
    pub mg_per_dl: Option<f64>,
    /// Whether another meter measured it than the one that is looked at.
    pub is_of_another_meter: bool,
}

/// What is odd about new readings of a meter beside those that the record of their patient has, in the order in which
/// it is told. Both in the order of their times.
#[must_use]
pub fn oddities(new: &[Sample], record: &[Sample]) -> Vec<Oddity> {
    let before = before(new, record);
    let found =
        [meters_disagree(new, record), many_tests(new, record), median_moved(new, before.0), more_often(new, before)];
    found.into_iter().flatten().collect()
}

/// From when on the record is looked at, for new readings of which this is the time of the first.
#[must_use]
pub fn compared_since(first: DateTime) -> DateTime {
    first.saturating_sub(jiff::Span::new().days(DAYS_BEFORE))
}

/// What the record has of the days before the first new reading, and of how many days that is. Where that is too
/// little, what it has of the days of the new readings, too: of a meter with an old reading in its memory, or with more
/// of a memory than the record goes back, nothing would be compared.
fn before<'a>(new: &[Sample], record: &'a [Sample]) -> (&'a [Sample], u32) {
    let Some(first) = new.first() else { return (&[], 0) };
    let since = compared_since(first.time);
    let (begin, end) = (
        record.partition_point(|sample| sample.time < since),
        record.partition_point(|sample| sample.time < first.time),
    );
    let before = record.get(begin..end).unwrap_or_default();
    if before.len() >= LEAST_COMPARED {
        // Who has tested for a week is held against that week, and not against a month.
        return (before, before.first().map_or(0, |earliest| days(earliest.time, first.time) - 1));
    }
    let around = record.get(begin..).unwrap_or_default();
    (around, around.first().zip(around.last()).map_or(0, |(first, last)| days(first.time, last.time)))
}

/// How many days there are from one to another, both among them.
fn days(first: DateTime, last: DateTime) -> u32 {
    u32::try_from((last.date() - first.date()).get_days() + 1).unwrap_or(1)
}

fn meters_disagree(new: &[Sample], record: &[Sample]) -> Option<Oddity> {
    let disagrees = |new: &&Sample| {
        let Some(value) = new.mg_per_dl else { return false };
        let begin = record.partition_point(|known| known.time < new.time.saturating_sub(TOGETHER));
        let near = record.iter().skip(begin).take_while(|known| known.time <= new.time.saturating_add(TOGETHER));
        near.filter(|known| known.is_of_another_meter)
            .filter_map(|known| known.mg_per_dl)
            .any(|known| (value - known).abs() > APART_MG_PER_DL.max(APART_PART * f64::midpoint(value, known)))
    };
    let readings = counted(new.iter().filter(disagrees).count());
    (readings > 0).then_some(Oddity::MetersDisagree { readings })
}

fn many_tests(new: &[Sample], record: &[Sample]) -> Option<Oddity> {
    let days = new.chunk_by(|one, other| one.time.date() == other.time.date());
    let of_day = |day: &[Sample]| {
        let date = day.first()?.time.date();
        let begin = record.partition_point(|sample| sample.time.date() < date);
        let end = record.partition_point(|sample| sample.time.date() <= date);
        Some((counted(day.len() + (end - begin)), date))
    };
    // Of equal days the first.
    let most = days.filter_map(of_day).rev().max_by_key(|(tests, _)| *tests)?;
    let (tests, day) = most;
    (tests > MOST_A_DAY).then_some(Oddity::ManyTests { day, tests })
}

fn median_moved(new: &[Sample], before: &[Sample]) -> Option<Oddity> {
    let (before, now) = (median(before)?, median(new)?);
    ((before - now).abs() > MEDIAN_MOVES).then(|| Oddity::MedianMoved { before: whole(before), now: whole(now) })
}

fn more_often(new: &[Sample], (before, before_days): (&[Sample], u32)) -> Option<Oddity> {
    let new_days = days(new.first()?.time, new.last()?.time);
    if before.len().min(new.len()) < LEAST_COMPARED || before_days.min(new_days) < LEAST_DAYS {
        return None;
    }
    let a_day = |samples: &[Sample], days: u32| counted(samples.len()).saturating_mul(10) / days;
    let (before, now) = (a_day(before, before_days), a_day(new, new_days));
    (now >= OFTEN_IN_TENTHS && now >= before.saturating_mul(TIMES_AS_OFTEN))
        .then_some(Oddity::MoreOften { before, now })
}

/// Of enough values.
fn median(samples: &[Sample]) -> Option<f64> {
    let mut values: Vec<f64> = samples.iter().filter_map(|sample| sample.mg_per_dl).collect();
    values.sort_by(f64::total_cmp);
    if values.len() < LEAST_COMPARED {
        return None;
    }
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    if values.len() % 2 == 1 { Some(upper) } else { Some(f64::midpoint(*values.get(middle.checked_sub(1)?)?, upper)) }
}

fn counted(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Glucose as it is told: no meter measures so much that it would not fit.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a concentration is not negative, and small"
)]
fn whole(mg_per_dl: f64) -> u32 {
    mg_per_dl.round() as u32
}

#[cfg(test)]
mod tests;
