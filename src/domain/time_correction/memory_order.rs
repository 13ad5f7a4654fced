//! The order of a meter's memory, in which alone it shows that its clock went back: by its own time, what it told after
//! a reset stands among what it had told before.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::DateTime;

use super::{CorrectionFault, TimedReading};
use crate::domain::reading::Kind;

/// Where a reading stands in its meter's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryPlace {
    /// The meter's own time.
    pub time: DateTime,
    /// In which read it was seen last: what is in the memory still is of one.
    pub last_read: i64,
    /// Its place in the order in which the meter sent its memory then, from 0.
    pub place: u32,
    /// What was measured.
    pub kind: Kind,
}

impl From<&TimedReading> for MemoryPlace {
    fn from(reading: &TimedReading) -> Self {
        let TimedReading { time, last_read, place, kind, .. } = *reading;
        Self { time, last_read, place, kind }
    }
}

/// The lists of a meter's memory, each from what it stored first to what it stored last: one of each kind, because some
/// meters keep a list for each. What an earlier read had and a later one has no more, went out of the memory first.
/// Sensor values come from several lists, and are left out.
pub(super) fn lists(readings: &[TimedReading]) -> Vec<Vec<&TimedReading>> {
    ordered(readings)
}

fn ordered<T>(readings: &[T]) -> Vec<Vec<&T>>
where
    MemoryPlace: for<'a> From<&'a T>,
{
    let at = |reading: &T| MemoryPlace::from(reading);
    let mut lists: BTreeMap<Kind, Vec<&T>> = BTreeMap::new();
    for reading in readings.iter().filter(|reading| at(reading).kind != Kind::Sensor) {
        lists.entry(at(reading).kind).or_default().push(reading);
    }
    let mut lists: Vec<_> = lists.into_values().collect();
    for list in &mut lists {
        list.sort_by_key(|reading| (at(reading).last_read, at(reading).place));
    }
    // Some meters send the newest first. By the majority of all steps, because a single reset turns a step of either
    // order round.
    let steps = |is: fn(DateTime, DateTime) -> bool| {
        let of_list = |list: &Vec<&T>| {
            let pairs = list.iter().zip(list.iter().skip(1)).map(|(one, two)| (at(one), at(two)));
            pairs.filter(|(one, two)| one.last_read == two.last_read && is(one.time, two.time)).count()
        };
        lists.iter().map(of_list).sum::<usize>()
    };
    if steps(|one, two| one > two) > steps(|one, two| one < two) {
        for list in &mut lists {
            list.sort_by_key(|reading| (at(reading).last_read, Reverse(at(reading).place)));
        }
    }
    lists
}

/// How often its clock had gone back before each of these places, which are all of a meter's, whoever has the readings:
/// what lies between two readings of one record may be in another one, or in none.
#[must_use]
pub fn clock_runs(memory: &[MemoryPlace]) -> Vec<u32> {
    let numbered: Vec<(usize, MemoryPlace)> = memory.iter().copied().enumerate().collect();
    let mut runs = vec![0; memory.len()];
    for list in ordered(&numbered) {
        let (mut run, mut before) = (0, None);
        for (number, place) in list {
            run += u32::from(before.is_some_and(|before| before > place.time));
            before = Some(place.time);
            if let Some(of_place) = runs.get_mut(*number) {
                *of_place = run;
            }
        }
    }
    runs
}

impl From<&(usize, MemoryPlace)> for MemoryPlace {
    fn from((_, place): &(usize, MemoryPlace)) -> Self {
        *place
    }
}

/// That what is corrected is one unbroken run of a list, along which the meter's time runs on.
pub(super) fn runs_on(
    stored: &[&TimedReading],
    is_theirs: impl Fn(&&TimedReading) -> bool,
) -> Result<(), CorrectionFault> {
    let theirs = || stored.iter().enumerate().filter(|(_, reading)| is_theirs(reading)).map(|(place, _)| place);
    let (Some(first), Some(last)) = (theirs().min(), theirs().max()) else { return Ok(()) };
    let run: Vec<&TimedReading> = stored.iter().skip(first).take(last - first + 1).copied().collect();
    match run.iter().zip(run.iter().skip(1)).find(|(one, two)| one.time > two.time || one.clock_run != two.clock_run) {
        Some((one, two)) => Err(CorrectionFault::TurnsRound { before: one.time, next: two.time }),
        None => Ok(()),
    }
}
