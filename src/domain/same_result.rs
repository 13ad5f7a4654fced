//! When two entries of a meter's memory are one result, in whatever unit and by whatever way they were read.
//!
//! A meter whose display unit was switched, or that is read over a cable one day and from its report file the next,
//! tells the same result in other digits. Two entries are one result exactly if
//!
//! - they are of one kind;
//! - both are LO, both are HI, or both are numbers that may be one concentration on two displays: in one unit, the
//!   finer number rounds to the coarser; in two units, what the digits leave open overlaps, with the one conversion of
//!   [`super::glucose`] and what the factors in use (18 to 18.02) differ by. A ketone has no second unit here;
//! - both have no time, the same time, or, where one way tells no seconds at all, the same minute.
//!
//! Two entries of one download are never one result, however equal: each is paired with another entry of the record.
//! So two true results within one minute stay two. One case cannot be told apart by anything that a meter sends: a
//! result that the meter has forgotten, and another one of the same minute and value that it keeps.

use std::collections::{HashMap, VecDeque};

use jiff::civil::DateTime;

use super::glucose::{Concentration, MG_PER_DL_IN_MMOL_PER_L, Measured, Unit};
use super::reading::{Kind, Reading};

/// By how much of a value the factors differ with which meters convert: 18.0 and 18.02 around 18.016.
const FACTORS: f64 = 0.001;

/// An entry of a meter's memory, as far as it tells which result it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MemoryEntry {
    /// What was measured.
    pub kind: Kind,
    /// The meter's own time.
    pub time: Option<DateTime>,
    /// The value in the digits in which it was told.
    pub measured: Measured,
    /// Whether the download that told it tells seconds.
    pub tells_seconds: bool,
}

/// The entries of one download, in its order.
#[must_use]
pub fn entries(readings: &[Reading]) -> Vec<MemoryEntry> {
    let tells_seconds = tell_seconds(readings);
    let entry = |reading: &Reading| MemoryEntry {
        kind: reading.kind,
        time: reading.time,
        measured: reading.measured,
        tells_seconds,
    };
    readings.iter().map(entry).collect()
}

/// Whether any time of a download has seconds: if none has, they were cut off.
#[must_use]
pub fn tell_seconds(readings: &[Reading]) -> bool {
    readings.iter().filter_map(|reading| reading.time).any(|time| time != minute(time))
}

impl MemoryEntry {
    /// Whether two entries of different downloads may be one result.
    #[must_use]
    pub fn may_be(&self, other: &Self) -> bool {
        self.kind == other.kind && self.same_time(other) && self.same_value(other)
    }

    fn same_time(&self, other: &Self) -> bool {
        let (Some(one), Some(two)) = (self.time, other.time) else { return self.time == other.time };
        one == two || (!self.tells_seconds && one == minute(two)) || (!other.tells_seconds && two == minute(one))
    }

    fn same_value(&self, other: &Self) -> bool {
        let (Measured::Value(one), Measured::Value(two)) = (self.measured, other.measured) else {
            return self.measured == other.measured;
        };
        if one.unit() == two.unit() {
            return same_number(one, two);
        }
        match self.kind {
            Kind::Blood | Kind::Control | Kind::Sensor => {
                let (in_one, in_two) = (one.glucose_mg_per_dl(), two.glucose_mg_per_dl());
                // What each display may have rounded away, and what their factors differ by: 100
                // mg/dL is shown as 5.6 or 5.5 mmol/L, and 300 as 16.7 or 16.6.
                let open = half_step(one) + half_step(two) + FACTORS * in_one.max(in_two);
                (in_one - in_two).abs() <= open
            }
            // A ketone has another molar mass: with the factor of glucose two different results
            // would be taken for one, and one of them would be lost.
            Kind::Ketone | Kind::Other => false,
        }
    }

    /// Entries that may be one result are in one of these.
    fn bin(&self) -> (Kind, Option<DateTime>) {
        (self.kind, self.time.map(minute))
    }
}

/// Within one unit: the finer number, rounded to the places of the coarser, is the coarser.
fn same_number(one: Concentration, two: Concentration) -> bool {
    let places = one.decimals().max(two.decimals());
    let scaled = |number: Concentration| u64::from(number.digits()) * 10_u64.pow(u32::from(places - number.decimals()));
    let coarser = one.decimals().min(two.decimals());
    let step = 10_u64.pow(u32::from(places - coarser));
    let apart = scaled(one).abs_diff(scaled(two));
    // A half goes either way: of 5.65 one display makes 5.7, and another one 5.6.
    if step == 1 { apart == 0 } else { apart * 2 <= step }
}

/// Half of what the last digit of a glucose stands for, in mg/dL.
fn half_step(number: Concentration) -> f64 {
    let step = 10_f64.powi(-i32::from(number.decimals())) / 2.0;
    match number.unit() {
        Unit::MgPerDl => step,
        Unit::MmolPerL => step * MG_PER_DL_IN_MMOL_PER_L,
    }
}

fn minute(time: DateTime) -> DateTime {
    time.date().at(time.hour(), time.minute(), 0, 0)
}

/// Pairs the entries of a download with those known already: for each new entry the place of the known one that is the
/// same result, or `None` if it is a new one.
///
/// No known entry is given twice, and no other pairing has more pairs: a result that the record has is never added
/// again because its place was given away to another. What is equal to the last digit is paired first.
#[must_use]
pub fn pair(known: &[MemoryEntry], new: &[MemoryEntry]) -> Vec<Option<usize>> {
    let mut pairing = Pairing { known, new, known_of: vec![None; new.len()], new_of: vec![None; known.len()] };
    let mut equal: HashMap<_, VecDeque<usize>> = HashMap::new();
    for (place, entry) in known.iter().enumerate() {
        equal.entry((entry.kind, entry.time, entry.measured)).or_default().push_back(place);
    }
    for (place, entry) in new.iter().enumerate() {
        let first = equal.get_mut(&(entry.kind, entry.time, entry.measured)).and_then(VecDeque::pop_front);
        if let Some(of_known) = first {
            pairing.join(place, of_known);
        }
    }
    let mut bins: HashMap<_, (Vec<usize>, Vec<usize>)> = HashMap::new();
    for (place, entry) in known.iter().enumerate() {
        bins.entry(entry.bin()).or_default().0.push(place);
    }
    for (place, entry) in new.iter().enumerate() {
        bins.entry(entry.bin()).or_default().1.push(place);
    }
    // In whatever order: no entry can pair with one of another bin. An augmenting path leaves
    // nobody without a partner who had one, so what was paired above costs no pair here.
    for (of_known, of_new) in bins.values() {
        pairing.complete(of_known, of_new);
    }
    pairing.known_of
}

/// A pairing that grows.
struct Pairing<'a> {
    known: &'a [MemoryEntry],
    new: &'a [MemoryEntry],
    known_of: Vec<Option<usize>>,
    new_of: Vec<Option<usize>>,
}

impl Pairing<'_> {
    fn join(&mut self, new: usize, known: usize) {
        if let Some(place) = self.known_of.get_mut(new) {
            *place = Some(known);
        }
        if let Some(place) = self.new_of.get_mut(known) {
            *place = Some(new);
        }
    }

    /// Pairs as many of one bin as can be: for each entry without a partner, looks for one that is free, or that
    /// becomes free when others move on to another partner (augmenting paths, breadth first).
    fn complete(&mut self, known: &[usize], new: &[usize]) {
        // A known entry that no path led on from once will never lead to one: it stays searched.
        let mut came_from: HashMap<usize, usize> = HashMap::new();
        for start in new {
            if self.partner(*start).is_some() {
                continue;
            }
            if let Some(end) = self.search(*start, known, &mut came_from) {
                self.turn(*start, end, &came_from);
                came_from.clear();
            }
        }
    }

    /// The known entry at the end of a path from `start`. `came_from` says from which new entry each
    /// known one was reached.
    fn search(&self, start: usize, known: &[usize], came_from: &mut HashMap<usize, usize>) -> Option<usize> {
        let mut waiting = VecDeque::from([start]);
        while let Some(at) = waiting.pop_front() {
            for place in known {
                if came_from.contains_key(place) || !self.may_be(at, *place) {
                    continue;
                }
                came_from.insert(*place, at);
                match self.new_of.get(*place).copied().flatten() {
                    None => return Some(*place),
                    Some(partner) => waiting.push_back(partner),
                }
            }
        }
        None
    }

    /// Moves every entry on the path from `start` to `end` on to its next partner.
    fn turn(&mut self, start: usize, end: usize, came_from: &HashMap<usize, usize>) {
        let mut known = end;
        while let Some(new) = came_from.get(&known).copied() {
            let before = self.partner(new);
            self.join(new, known);
            match before {
                Some(before) if new != start => known = before,
                Some(_) | None => return,
            }
        }
    }

    fn partner(&self, new: usize) -> Option<usize> {
        self.known_of.get(new).copied().flatten()
    }

    fn may_be(&self, new: usize, known: usize) -> bool {
        matches!((self.new.get(new), self.known.get(known)), (Some(new), Some(known)) if new.may_be(known))
    }
}

#[cfg(test)]
mod tests;
