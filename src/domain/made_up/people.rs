//! Made-up people.

use std::sync::LazyLock;

use jiff::civil::Date;

use super::chance::{Chance, Drawn, mixed, place};
use crate::domain::patient::{Gender, NewPatient, Status};
use crate::domain::text::Private;

/// Different family names, and given names.
const FAMILIES: usize = 4_000;
const GIVENS: usize = 800;

/// Of so many people each, in this place, the ones who are not like the others. Their places lie apart, so that nobody
/// is the twin of somebody who is a twin.
const HUNDRED: u32 = 100;
/// Twins of the one before: family name and birth date.
const TWINS: [u32; 2] = [33, 66];
/// Named as the one before, and born a generation later.
const JUNIOR: u32 = 99;
/// Whose number is that of the one before with two digits that changed places.
const TRANSPOSED: u32 = 50;
/// Whose record was merged into that of the one before.
const MERGED: u32 = 77;
/// Who died.
const DECEASED: u32 = 88;

/// Years between somebody and a child who has their name.
const GENERATION: i16 = 27;

/// Names that are hard to show, to sort and to find.
static HARD: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let lines = include_str!("../../../assets/training/names.txt").lines();
    lines.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t')).collect()
});

/// Somebody who is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeUpPerson {
    /// Who they are said to be.
    pub person: NewPatient,
    /// Whether they may receive readings.
    pub status: Status,
    /// For [`Status::Merged`]: the number, from 0, of the person whose record lives on. It is the one before.
    pub merged_into: Option<u32>,
}

/// The names that there are, the commonest first.
pub(super) struct NameTable {
    families: Vec<String>,
    givens: Vec<String>,
    /// Sums of 1/1, 1/2, 1/3 and so on: Zipf's law.
    weights: Vec<f64>,
}

impl NameTable {
    pub(super) fn new(chance: Chance) -> Self {
        let mut sum = 0.0;
        let weights = (1..=u32::try_from(FAMILIES).unwrap_or(u32::MAX)).map(|rank| {
            sum += 1.0 / f64::from(rank);
            sum
        });
        let weights = weights.collect();
        let families = (0..FAMILIES as u64).map(|rank| word(chance.draw(Drawn::FamilyWord, rank), 2 + rank % 2));
        let givens = (0..GIVENS as u64).map(|rank| word(chance.draw(Drawn::GivenWord, rank), 2));
        Self { families: families.collect(), givens: givens.collect(), weights }
    }

    /// One of these names, as often as its rank says.
    fn common<'a>(&self, of: &'a [String], drawn: u64) -> &'a str {
        let share = f64::from(u32::try_from(drawn >> 32).unwrap_or(0)) / f64::from(u32::MAX);
        let total = of.len().checked_sub(1).and_then(|last| self.weights.get(last)).copied().unwrap_or(0.0);
        let place = self.weights.partition_point(|weight| *weight < share * total);
        of.get(place.min(of.len().saturating_sub(1))).map_or("", String::as_str)
    }
}

/// A name of some syllables, the first letter in capitals.
fn word(mut drawn: u64, syllables: u64) -> String {
    const BEGINNINGS: [&str; 20] =
        ["a", "b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "br", "st", "kr", "sch"];
    const VOWELS: [&str; 8] = ["a", "e", "i", "o", "u", "ei", "au", "ö"];
    const ENDS: [&str; 8] = ["", "n", "r", "s", "l", "tz", "ck", "m"];
    let one = |of: &[&'static str], drawn: u64| of.get(place(drawn, of.len())).copied().unwrap_or("a");
    let mut word = String::new();
    for _ in 0..syllables {
        word.push_str(one(&BEGINNINGS, drawn));
        word.push_str(one(&VOWELS, drawn >> 16));
        word.push_str(one(&ENDS, drawn >> 32));
        drawn = mixed(drawn);
    }
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

pub(super) fn person(chance: Chance, names: &NameTable, number: u32, today: Date) -> MadeUpPerson {
    let turn = number % HUNDRED;
    let is_twin = TWINS.contains(&turn);
    // Somebody who follows another: never the first of all.
    let like = if is_twin || turn == JUNIOR { number - 1 } else { number };
    let (family, given) = named(chance, names, like);
    let born = born(chance, like, today);
    let (given, born) = match turn {
        JUNIOR => (given, born.with().year(born.year() + GENERATION).build().unwrap_or(born).min(today)),
        _ if is_twin => {
            (names.common(&names.givens, chance.draw(Drawn::GivenName, u64::from(number))).to_owned(), born)
        }
        _ => (given, born),
    };
    // One in fifty is written with other accents.
    let family = if number % 50 == 3 { family.replace('a', "ä").replace('o', "ø") } else { family };
    let genders = [Gender::Female, Gender::Male, Gender::Female, Gender::Male, Gender::Other, Gender::Unknown];
    let gender = genders.get(chance.place(Drawn::Gender, number.into(), genders.len()));
    let status = match turn {
        MERGED => Status::Merged,
        DECEASED => Status::Deceased,
        // Not whoever a record was merged into, so that it lives on.
        _ if turn + 1 != MERGED && chance.draw(Drawn::Status, number.into()).is_multiple_of(20) => Status::Inactive,
        _ => Status::Active,
    };
    MadeUpPerson {
        person: NewPatient {
            family: Private::new(family.into()),
            given: Private::new(given.into()),
            born: Private::new(born),
            mrn: Private::new(mrn(number).into()),
            gender: gender.copied().unwrap_or(Gender::Unknown),
            other_identifier: None,
            email: None,
            phone: None,
            reason_despite_look_alike: None,
        },
        status,
        merged_into: (turn == MERGED).then(|| number - 1),
    }
}

/// Family and given name.
fn named(chance: Chance, names: &NameTable, number: u32) -> (String, String) {
    // One in forty has a hard one.
    if number % 40 == 11 {
        let hard = HARD.get(chance.place(Drawn::FamilyName, number.into(), HARD.len()));
        return hard.map_or_else(Default::default, |(family, given)| ((*family).to_owned(), (*given).to_owned()));
    }
    let family = names.common(&names.families, chance.draw(Drawn::FamilyName, number.into()));
    let given = names.common(&names.givens, chance.draw(Drawn::GivenName, number.into()));
    (family.to_owned(), given.to_owned())
}

/// A birth date of the last 95 years, the later the likelier in a way; one in fifty is a first of January, as in
/// registers of people who do not know theirs, one in four hundred a 29 February.
fn born(chance: Chance, number: u32, today: Date) -> Date {
    let drawn = chance.draw(Drawn::BirthDate, number.into());
    // The greater of two ages: most people with a meter are not young.
    let age = place(drawn, 95).max(place(drawn >> 10, 95));
    let year = today.year() - i16::try_from(age).unwrap_or(0);
    let day = match number % 400 {
        17 => (year - year.rem_euclid(4), 2, 29),
        one if one % 50 == 7 => (year, 1, 1),
        _ => {
            let month = i8::try_from(1 + place(drawn >> 20, 12)).unwrap_or(1);
            (year, month, i8::try_from(1 + place(drawn >> 40, 28)).unwrap_or(1))
        }
    };
    let (year, month, day) = day;
    Date::new(year, month, day).unwrap_or(today).min(today)
}

/// A number that is nobody else's and does not follow the order of registration: eight digits, and two that are the
/// same but for a pair, of whom the one has them as the other has them turned round.
fn mrn(number: u32) -> String {
    let (of, is_second) = if number % HUNDRED == TRANSPOSED { (number - 1, true) } else { (number, false) };
    // Multiplied by a number that shares no factor with 10^8: no two give the same.
    let own = (u64::from(of) + 1).wrapping_mul(48_271_379) % 100_000_000;
    let digit = own % 10;
    let other = (digit + 1) % 10;
    let has_pair = of % HUNDRED + 1 == TRANSPOSED;
    let ends = match (has_pair, is_second) {
        (false, _) => [digit, digit],
        (true, false) => [digit, other],
        (true, true) => [other, digit],
    };
    let [first, last] = ends;
    format!("M{own:08}{first}{last}")
}
