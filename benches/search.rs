//! How fast patients are found: `cargo bench --bench search`.
//!
//! Fills a store with made-up people and prints the 50th and 99th percentile of each kind of query. The number of
//! people is `GLUCODOCK_BENCH_PATIENTS`, 100,000 by default; 1,000,000 takes some minutes to fill. Names follow
//! Zipf's law, so that common names are as common as in life: a flat choice would hide what makes a search slow.

#![expect(clippy::indexing_slicing, reason = "every place is taken modulo the length")]

use std::io::Write as _;
use std::time::{Duration, Instant};

use glucodock::domain::patient::{Gender, NewPatient, Status};
use glucodock::domain::text::Private;
use glucodock::store::{By, RegisteredPatient, Store};
use jiff::Timestamp;
use jiff::civil::Date;

/// Different family names, given names, and people stored in one transaction.
const FAMILIES: usize = 4_000;
const GIVENS: usize = 800;
const CHUNK: u64 = 50_000;

/// Queries of each kind, and rows on a page of the screen.
const QUERIES: u64 = 400;
const PAGE: u32 = 20;

/// Makes the query of a number.
type MakeQuery<'a> = Box<dyn Fn(u64) -> String + 'a>;

fn main() -> anyhow::Result<()> {
    let people: u64 = match std::env::var("GLUCODOCK_BENCH_PATIENTS") {
        Ok(number) => number.parse()?,
        Err(_) => 100_000,
    };
    let mut out = std::io::stdout().lock();
    let directory = tempfile::tempdir()?;
    let store = Store::open(directory.path())?;
    let names = Names::new();
    let by = By::command("bench", Timestamp::UNIX_EPOCH);

    let start = Instant::now();
    for first in (0..people).step_by(usize::try_from(CHUNK)?) {
        let chunk: Vec<_> = (first..people.min(first + CHUNK)).map(|number| names.patient(number)).collect();
        store.import_patients(by, &chunk)?;
    }
    let bytes = std::fs::metadata(directory.path().join(glucodock::store::DATABASE_FILE))?.len();
    writeln!(out, "{people} patients stored in {:.1?}, {} MB", start.elapsed(), bytes / 1_000_000)?;

    let kinds: [(&str, MakeQuery<'_>); 11] = [
        ("one letter", Box::new(|n| String::from(LETTERS[pick(n, LETTERS.len())]))),
        ("two letters", Box::new(|n| names.family(n).chars().take(2).collect())),
        ("three letters", Box::new(|n| names.family(n).chars().take(3).collect())),
        ("family name", Box::new(|n| names.family(n))),
        ("given name", Box::new(|n| names.given(n))),
        ("family and given name", Box::new(|n| format!("{} {}", names.family(n), names.given(n)))),
        (
            "two single letters",
            Box::new(|n| format!("{} {}", LETTERS[pick(n, LETTERS.len())], LETTERS[pick(n + 7, LETTERS.len())])),
        ),
        (
            "beginnings of both names",
            Box::new(|n| {
                let cut = |name: String| name.chars().take(2).collect::<String>();
                format!("{} {}", cut(names.given(n)), cut(names.family(n + 1)))
            }),
        ),
        ("birth date", Box::new(|n| born(random(n, 3)).to_string())),
        ("number", Box::new(move |n| mrn(random(n, 4) % people))),
        ("nobody", Box::new(|n| format!("{}zzz", names.family(n)))),
    ];
    for (kind, query) in &kinds {
        let mut times: Vec<Duration> = Vec::new();
        let mut hits = 0;
        for number in 0..QUERIES {
            let query = query(random(number, 5));
            let start = Instant::now();
            hits += store.search(&query, None, PAGE)?.patients.len();
            times.push(start.elapsed());
        }
        report(&mut out, kind, &mut times, hits)?;
    }
    let mut times = Vec::new();
    let mut hits = 0;
    for number in 0..QUERIES / 4 {
        let new = names.patient(random(number, 6) % people).person;
        let start = Instant::now();
        hits += store.look_alikes(&new)?.len();
        times.push(start.elapsed());
    }
    report(&mut out, "look-alikes of a new patient", &mut times, hits)?;
    clinic(&mut out, &names)
}

/// How many people a large clinic has.
const CLINIC: u64 = 20_000;

/// What the look-alike check costs in a clinic, beside what any look at a patient costs there in the same run.
fn clinic(out: &mut impl std::io::Write, names: &Names) -> anyhow::Result<()> {
    let directory = tempfile::tempdir()?;
    let store = Store::open(directory.path())?;
    let people: Vec<_> = (0..CLINIC).map(|number| names.patient(number)).collect();
    let ids = store.import_patients(By::command("bench", Timestamp::UNIX_EPOCH), &people)?;
    let (mut looks, mut checks) = (Vec::new(), Vec::new());
    for number in 0..QUERIES {
        let place = pick(random(number, 7), ids.len());
        let start = Instant::now();
        store.patient(&ids[place])?;
        looks.push(start.elapsed());
        let start = Instant::now();
        store.look_alikes(&people[place].person)?;
        checks.push(start.elapsed());
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times.get(times.len() / 2).copied().unwrap_or_default().as_secs_f64() * 1e3
    };
    let (look, check) = (median(&mut looks), median(&mut checks));
    let ratio = check / look;
    writeln!(
        out,
        "among {CLINIC}: a look at a patient {look:.3} ms, look-alikes {check:.3} ms, {ratio:.1} times that"
    )?;
    Ok(())
}

fn report(out: &mut impl std::io::Write, kind: &str, times: &mut [Duration], hits: usize) -> std::io::Result<()> {
    times.sort();
    let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default().as_secs_f64() * 1e3;
    let most = times.last().copied().unwrap_or_default().as_secs_f64() * 1e3;
    writeln!(out, "{kind:30} p50 {:7.2} ms  p99 {:7.2} ms  max {most:7.2} ms  {hits} hits shown", at(50), at(99))
}

const LETTERS: [char; 20] =
    ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'r', 's', 't', 'v', 'w'];

/// `SplitMix64`: the same people on every machine.
fn random(number: u64, stream: u64) -> u64 {
    let mut mixed = (number ^ stream.rotate_left(40)).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(stream);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

fn pick(number: u64, length: usize) -> usize {
    usize::try_from(number % u64::try_from(length).unwrap_or(1)).unwrap_or(0)
}

/// A birth date; one in fifty is a 1-Jan, as in registers of people who do not know theirs.
fn born(chance: u64) -> Date {
    let year = i16::try_from(1925 + chance % 98).unwrap_or(2000);
    if chance % 50 == 7 {
        return jiff::civil::date(year, 1, 1);
    }
    let month = i8::try_from(1 + (chance >> 20) % 12).unwrap_or(1);
    jiff::civil::date(year, month, i8::try_from(1 + (chance >> 40) % 28).unwrap_or(1))
}

/// A number that does not follow the order of registration: multiplied by a number that shares no factor with 10^8.
fn mrn(number: u64) -> String {
    format!("M{:08}", number.wrapping_mul(48_271_379) % 100_000_000)
}

struct Names {
    families: Vec<String>,
    givens: Vec<String>,
    /// Sums of 1/1, 1/2, 1/3 ... over the family names: Zipf's law.
    weights: Vec<f64>,
}

impl Names {
    fn new() -> Self {
        let mut sum = 0.0;
        let weights = (1..=FAMILIES).map(|rank| {
            sum += 1.0 / f64::from(u32::try_from(rank).unwrap_or(u32::MAX));
            sum
        });
        let weights = weights.collect();
        Self {
            families: (0..FAMILIES as u64).map(|n| name(random(n, 10), 2 + n % 2)).collect(),
            givens: (0..GIVENS as u64).map(|n| name(random(n, 11), 2)).collect(),
            weights,
        }
    }

    fn zipf(&self, chance: u64, of: &[String]) -> String {
        let share = f64::from(u32::try_from(chance >> 32).unwrap_or(0)) / f64::from(u32::MAX);
        let total = self.weights.get(of.len() - 1).copied().unwrap_or(1.0);
        let place = self.weights.partition_point(|weight| *weight < share * total);
        of[place.min(of.len() - 1)].clone()
    }

    fn family(&self, number: u64) -> String {
        self.zipf(random(number, 1), &self.families)
    }

    fn given(&self, number: u64) -> String {
        self.zipf(random(number, 2), &self.givens)
    }

    /// One in twenty is not ACTIVE, one in fifty is spelled with other accents, one in thirty has a double name and
    /// shares family name and birth date with the one before.
    fn patient(&self, number: u64) -> RegisteredPatient {
        let twin_of = if number % 30 == 29 { number - 1 } else { number };
        let mut family = self.family(twin_of);
        if number % 50 == 3 {
            family = family.replace('a', "ä").replace('o', "ø");
        }
        let mut given = self.given(number);
        if number % 30 == 29 {
            given = format!("{given} {}", self.given(number + 1));
        }
        RegisteredPatient {
            person: NewPatient {
                family: Private::new(family.into()),
                given: Private::new(given.into()),
                born: Private::new(born(random(twin_of, 3))),
                mrn: Private::new(mrn(number).into()),
                gender: Gender::Unknown,
                other_identifier: None,
                email: None,
                phone: None,
                reason_despite_look_alike: None,
            },
            status: if number % 20 == 11 { Status::Inactive } else { Status::Active },
            merged_into: None,
        }
    }
}

/// A name of some syllables, the first letter in capitals.
fn name(mut chance: u64, syllables: u64) -> String {
    const ENDS: [&str; 8] = ["", "n", "r", "s", "l", "tz", "ck", "m"];
    const VOWELS: [&str; 8] = ["a", "e", "i", "o", "u", "ei", "au", "ö"];
    let mut name = String::new();
    for syllable in 0..syllables {
        let first = LETTERS[pick(chance, LETTERS.len())];
        if syllable == 0 {
            name.extend(first.to_uppercase());
        } else {
            name.push(first);
        }
        name.push_str(VOWELS[pick(chance >> 8, VOWELS.len())]);
        name.push_str(ENDS[pick(chance >> 16, ENDS.len())]);
        chance = random(chance, 12);
    }
    name
}
