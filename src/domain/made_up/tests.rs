use std::collections::{BTreeMap, HashSet};

use super::*;
use crate::domain::patient::{Gender, Status};
use crate::domain::reading::{Kind, Reading};
use crate::domain::validation::Written;

fn now() -> Zoned {
    "2026-07-14T12:00:00+02:00[Europe/Berlin]".parse().unwrap()
}

fn clinic(people: u32, readings: u32) -> MadeUpClinic {
    MadeUpClinic::new(7, people, readings, now())
}

#[test]
fn somebody_is_the_same_whoever_was_made_before() {
    let (small, large) = (clinic(100, 500), clinic(5_000, 90_000));
    assert_eq!(small.person(73), large.person(73));
    assert_eq!(large.meter(11), clinic(5_000, 90_000).meter(11));
    let other = MadeUpClinic::new(8, 100, 0, now());
    let same = (0..100).filter(|number| other.person(*number).person.family == small.person(*number).person.family);
    assert!(same.count() < 40, "another seed makes others");
}

/// Whoever is made up could have been typed in.
#[test]
fn everybody_is_somebody_who_may_be_written_down_and_has_a_number_of_their_own() {
    let clinic = clinic(20_000, 0);
    let mut numbers = HashSet::new();
    for number in 0..clinic.people() {
        let made = clinic.person(number);
        let person = &made.person;
        let written = Written {
            family: person.family.expose().as_str(),
            given: person.given.expose().as_str(),
            born: Ok(*person.born.expose()),
            mrn: person.mrn.expose().as_str(),
            gender: person.gender,
            other_identifier: None,
            email: "",
            phone: "",
            reason: "",
        };
        let checked = written.check(now().date());
        assert_eq!(checked.as_ref().ok(), Some(person), "{number}: {checked:?}");
        assert!(numbers.insert(person.mrn.expose().as_str().to_owned()), "{number}");
        assert_eq!(made.merged_into.is_some(), made.status == Status::Merged);
        if let Some(into) = made.merged_into {
            assert!(into < number && clinic.person(into).status != Status::Merged);
        }
    }
}

#[test]
fn names_are_as_common_as_in_life() {
    let clinic = clinic(20_000, 0);
    let people: Vec<MadeUpPerson> = (0..20_000).map(|number| clinic.person(number)).collect();
    let mut families: BTreeMap<&str, usize> = BTreeMap::new();
    for made in &people {
        *families.entry(made.person.family.expose().as_str()).or_default() += 1;
    }
    // Zipf over 4,000 names: the commonest has 1 of 8.87, and many stand alone.
    let most = families.values().max().copied().unwrap();
    assert!((1_600..2_600).contains(&most), "{most}");
    assert!(families.len() > 2_000, "{}", families.len());
    let share = |is: fn(&MadeUpPerson) -> bool| people.iter().filter(|made| is(made)).count();
    assert_eq!(share(|made| made.status == Status::Merged), 200);
    assert!((800..1_200).contains(&share(|made| made.status == Status::Inactive)));
    assert!(share(|made| made.person.gender == Gender::Female) > 5_000);
    assert!(share(|made| made.person.born.expose().day() == 1 && made.person.born.expose().month() == 1) >= 400);
    assert!(share(|made| made.person.born.expose().day() == 29 && made.person.born.expose().month() == 2) >= 25);
    assert!(share(|made| !made.person.family.expose().as_str().is_ascii()) > 600);
    assert!(share(|made| made.person.family.expose().cells() == 60) > 5, "names that fill their room");
}

/// The one before has the same number with two neighbours that changed places, and the twin the same birth date.
#[test]
fn some_are_easily_taken_for_others() {
    let clinic = clinic(1_000, 0);
    for hundred in 0..10 {
        let [one, other] = [49, 50].map(|turn| clinic.person(hundred * 100 + turn).person.mrn);
        let (one, other) = (one.expose().as_str(), other.expose().as_str());
        assert_eq!(strsim::osa_distance(one, other), 1, "{one} {other}");
        assert_eq!(one.len(), other.len());
        let [first, twin] = [32, 33].map(|turn| clinic.person(hundred * 100 + turn).person);
        assert_eq!(first.born, twin.born);
    }
}

#[test]
fn meters_have_as_many_readings_as_are_wanted_in_the_order_of_their_times() {
    let clinic = clinic(500, 30_000);
    let meters: Vec<MadeUpMeter> = (0..clinic.meters()).map(|number| clinic.meter(number)).collect();
    let all: Vec<&Reading> = meters.iter().flat_map(|meter| &meter.download.readings).collect();
    assert_eq!(all.len(), 30_000);
    let mut serials = HashSet::new();
    for meter in &meters {
        assert!(meter.read_at <= now() && meter.owner < 500);
        assert!(meter.download.meter.is_identifiable() && meter.download.is_complete());
        let serial = meter.download.meter.serial.expose().as_str();
        assert!(serial.starts_with(SERIAL_PREFIX) && serials.insert(serial.to_owned()));
        let mut sorted = meter.download.readings.clone();
        crate::domain::reading::sort(&mut sorted);
        assert_eq!(sorted, meter.download.readings);
        assert!(sorted.iter().all(|reading| reading.time < Some(meter.read_at.datetime())));
    }
    assert!(meters.is_sorted_by(|one, other| one.read_at <= other.read_at));
    let share = |is: fn(&Reading) -> bool| all.iter().filter(|reading| is(reading)).count();
    assert!((150..400).contains(&share(|reading| reading.kind == Kind::Control)));
    assert!(share(|reading| reading.beyond().is_some()) > 100, "LO and HI");
    assert!((30..300).contains(&share(|reading| !reading.doubts.is_empty())));
    assert!((100..600).contains(&meters.iter().map(repeats).sum::<usize>()));
}

fn repeats(meter: &MadeUpMeter) -> usize {
    let is_repeated = |pair: &&[Reading]| (pair[0].time, pair[0].measured) == (pair[1].time, pair[1].measured);
    meter.download.readings.windows(2).filter(is_repeated).count()
}

#[test]
fn nothing_is_made_where_nobody_is() {
    let nobody = clinic(0, 1_000);
    assert_eq!((nobody.people(), nobody.meters()), (0, 0));
}
