//! Each result of a record once, whichever stations and displays have told it.
//!
//! One station tells a result of a meter once. Another one may read the same meter in its other unit, or its report
//! file in the place of its memory, and tells the same result in other digits.

use std::collections::{BTreeMap, HashSet};

use crate::domain::glucose::{Concentration, Measured, Unit};
use crate::domain::reading::{Kind, Reading};
use crate::domain::same_result::{MemoryEntry, pair};

/// A reading that a server has.
pub(super) struct FoundReading {
    pub(super) reading: Reading,
    /// Of which meter.
    pub(super) meter: String,
    /// Which station told it.
    pub(super) station: String,
}

impl FoundReading {
    /// Those of one meter that came by one way, for each of both: the meter, whether a station told them, and which
    /// they are.
    pub(super) fn by_source(found: &[Self]) -> Vec<(&str, bool, Vec<&Reading>)> {
        let mut sources: BTreeMap<(&str, &str), Vec<&Reading>> = BTreeMap::new();
        for Self { reading, meter, station } in found {
            sources.entry((meter, station)).or_default().push(reading);
        }
        sources.into_iter().map(|((meter, station), readings)| (meter, !station.is_empty(), readings)).collect()
    }
}

/// The readings that a server has, each once. Those of two meters are two, however alike.
pub(super) fn once_each(found: Vec<FoundReading>) -> Vec<FoundReading> {
    let mut meters: BTreeMap<String, BTreeMap<String, Vec<FoundReading>>> = BTreeMap::new();
    for found in found {
        let stations = meters.entry(found.meter.clone()).or_default();
        stations.entry(found.station.clone()).or_default().push(found);
    }
    let mut each = Vec::new();
    for stations in meters.into_values() {
        let mut of_meter: Vec<FoundReading> = Vec::new();
        // Of one result in two digits the one whose time was corrected stays.
        let mut stations: Vec<Vec<FoundReading>> = stations.into_values().collect();
        stations.sort_by_key(|told| told.iter().all(|found| found.reading.corrected_from.is_none()));
        for told in stations {
            // The same digits at the same time under another identifier are another result: stations number equal ones
            // alike, so that each is there once.
            let known = entries(of_meter.iter().map(|found| &found.reading));
            let equal: HashSet<MemoryEntry> = known.iter().copied().collect();
            let (equal, others): (Vec<_>, Vec<_>) =
                told.into_iter().partition(|told| equal.contains(&entry(&told.reading)));
            let new = unpaired(&known, others);
            of_meter.extend(equal.into_iter().chain(new));
        }
        each.extend(of_meter);
    }
    each
}

/// What of the readings there is not here as well: what is here may be there already, or be on its way. What is in
/// doubt here is left out of all numbers, and is not counted because a server has it, too; unless it has the time to
/// which one of these other stations corrected it.
pub(super) fn not_here(
    here: &[Reading],
    there: Vec<FoundReading>,
    is_other_station: impl Fn(&str) -> bool,
) -> Vec<FoundReading> {
    let (counted, others): (Vec<&Reading>, Vec<&Reading>) = here.iter().partition(|reading| reading.is_in_numbers());
    let doubted = others.into_iter().filter(|reading| reading.kind == Kind::Blood);
    let there = unpaired(&entries(counted), there);
    let is_sure = |found: &FoundReading| found.reading.corrected_from.is_some() && is_other_station(&found.station);
    let (sure, there): (Vec<FoundReading>, Vec<FoundReading>) = there.into_iter().partition(is_sure);
    sure.into_iter().chain(unpaired(&entries(doubted), there)).collect()
}

/// Those that are none of what is known.
fn unpaired(known: &[MemoryEntry], new: Vec<FoundReading>) -> Vec<FoundReading> {
    let paired = pair(known, &entries(new.iter().map(|found| &found.reading)));
    new.into_iter().zip(paired).filter_map(|(found, known)| known.is_none().then_some(found)).collect()
}

fn entries<'a>(readings: impl IntoIterator<Item = &'a Reading>) -> Vec<MemoryEntry> {
    readings.into_iter().map(entry).collect()
}

/// Which result it is, the meter's own time says: what was corrected at one place may not be at another one.
fn entry(reading: &Reading) -> MemoryEntry {
    let time = reading.meter_time();
    MemoryEntry {
        kind: reading.kind,
        time,
        measured: as_displayed(reading.measured),
        // A server gives every time with seconds: those of a meter that tells none are zero.
        tells_seconds: time.is_some_and(|time| time.second() != 0),
    }
}

/// With as many places as a display has: some servers give back 5 for 5.0 mmol/L, and 5 is not all from 4.5 to 5.5.
fn as_displayed(measured: Measured) -> Measured {
    let Measured::Value(value) = measured else { return measured };
    let shortest = value.shortest();
    let whole = shortest.decimals() == 0 && shortest.unit() == Unit::MmolPerL;
    let tenths = shortest.digits().checked_mul(10).filter(|_| whole);
    Measured::Value(tenths.map_or(shortest, |tenths| Concentration::new(tenths, 1, Unit::MmolPerL)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;

    use super::*;
    use crate::domain::reading::Doubt;

    /// A result of 14-Jul-2026 at eight, so many seconds past, as a display shows it.
    fn result(second: i8, number: &str, unit: Unit) -> Reading {
        Reading {
            corrected_from: None,
            index: 0,
            time: Some(date(2026, 7, 14).at(8, 0, second, 0)),
            measured: Measured::Value(Concentration::from_number(number, unit).unwrap()),
            kind: Kind::Blood,
            meal: None,
            doubts: Vec::new(),
            raw: BTreeMap::new(),
        }
    }

    fn mg(number: &str) -> Reading {
        result(0, number, Unit::MgPerDl)
    }

    fn mmol(number: &str) -> Reading {
        result(0, number, Unit::MmolPerL)
    }

    fn told(meter: &str, station: &str, reading: Reading) -> FoundReading {
        FoundReading { reading, meter: meter.to_owned(), station: station.to_owned() }
    }

    fn told_by_a(reading: Reading) -> FoundReading {
        told("m", "a", reading)
    }

    /// 100 mg/dL is 5.55 mmol/L, which displays show as 5.6 or 5.5.
    #[test]
    fn what_two_stations_tell_of_one_meter_is_one_result() {
        let count = |found: Vec<FoundReading>| once_each(found).len();
        for other in [mmol("5.6"), mmol("5.5"), result(37, "100", Unit::MgPerDl)] {
            assert_eq!(count(vec![told("m", "a", mg("100")), told("m", "b", other.clone())]), 1, "{other:?}");
            assert_eq!(count(vec![told("m", "a", mg("100")), told("n", "b", other.clone())]), 2, "of two meters");
            assert_eq!(count(vec![told("m", "a", mg("100")), told("m", "a", other.clone())]), 2, "of one station");
        }
        assert_eq!(count(vec![told("m", "a", mg("100")), told("m", "b", mmol("5.8"))]), 2);
        // Of one whose time was corrected that one stays, whichever station it is.
        let corrected = || Reading { time: None, corrected_from: mg("100").time, ..mg("100") };
        for stations in [["a", "b"], ["b", "a"]] {
            let [one, other] = [told("m", stations[0], corrected()), told("m", stations[1], mmol("5.6"))];
            let each = once_each(vec![one, other]);
            assert_eq!(each.iter().map(|found| &found.reading).collect::<Vec<_>>(), [&corrected()]);
        }
        // Two tests within one minute stay two, whoever tells of which: each has an identifier of its own.
        assert_eq!(count(vec![told("m", "a", mg("100")), told("m", "b", mg("100"))]), 2);
        let twice = |station, reading: Reading| [told("m", station, reading.clone()), told("m", station, reading)];
        assert_eq!(count(twice("a", mg("100")).into_iter().chain(twice("b", mmol("5.6"))).collect()), 2);
    }

    #[test]
    fn what_is_left_is_told_by_meter_and_by_who_told_it() {
        let found =
            [told("m", "a", mg("100")), told("n", "", mg("90")), told("m", "a", mg("80")), told("m", "b", mg("70"))];
        let sources = FoundReading::by_source(&found);
        let told: Vec<(&str, bool, usize)> =
            sources.iter().map(|(meter, of_station, readings)| (*meter, *of_station, readings.len())).collect();
        assert_eq!(told, [("m", true, 2), ("m", true, 1), ("n", false, 1)]);
    }

    #[test]
    fn what_is_here_is_not_there_once_more() {
        let left = |here: &[Reading], there: Vec<Reading>| {
            not_here(here, there.into_iter().map(|reading| told("m", "a", reading)).collect(), |_| false).len()
        };
        assert_eq!(left(&[mg("100")], vec![mg("100"), mg("100")]), 1, "two equal ones are two");
        assert_eq!(left(&[mg("100")], vec![mmol("5.6")]), 0);
        assert_eq!(left(&[mmol("5.0")], vec![mmol("5")]), 0, "zeros at the end may be lost");
        assert_eq!(left(&[mmol("5.0")], vec![mmol("5.4")]), 1);
        assert_eq!(left(&[mmol("5")], vec![mmol("5.4")]), 1);
        let doubted = Reading { doubts: vec![Doubt::ClockWrong], ..mg("100") };
        assert_eq!(
            left(std::slice::from_ref(&doubted), vec![mg("100")]),
            0,
            "in no number here, nor because it is there"
        );
        // What counts is paired first: the doubted one is another result.
        assert_eq!(left(&[doubted, mg("100")], vec![mg("100"), mmol("5.6")]), 0);
        // What was corrected at one of both places, or at both by another time, is told by the meter's own.
        let corrected = |hour: i8| Reading {
            time: Some(date(2026, 7, 14).at(hour, 0, 0, 0)),
            corrected_from: mg("100").time,
            ..mg("100")
        };
        assert_eq!(left(&[corrected(7)], vec![mg("100")]), 0);
        assert_eq!(left(&[mg("100")], vec![corrected(9)]), 0);
        assert_eq!(left(&[corrected(7)], vec![corrected(9)]), 0);
        assert_eq!(left(&[corrected(8)], vec![result(0, "101", Unit::MgPerDl)]), 1);
        // Doubted here, it counts at the time to which another station corrected it; what this one corrected, and has
        // undone since, does not.
        let told = || vec![told("m", "a", corrected(9)), told("m", "b", mg("90"))];
        let doubted = Reading { doubts: vec![Doubt::ClockReset], ..mg("100") };
        let left = |own: &str| not_here(std::slice::from_ref(&doubted), told(), |station| station != own).len();
        assert_eq!((left("b"), left("a")), (2, 1));
        let left = |here: &[Reading], there: Vec<Reading>| {
            not_here(here, there.into_iter().map(told_by_a).collect(), |_| false).len()
        };
        let control = Reading { kind: Kind::Control, ..mg("100") };
        assert_eq!(left(&[control], vec![mg("100")]), 1);
    }
}
