//! What a simulated meter holds in its memory: made from a seed, the same on every machine, or read from a file.
//!
//! Knows no meter family. A simulator shortens stamps and leaves out marks that its family cannot express.

pub mod file;
pub mod mistake;

use jiff::SignedDuration;
use jiff::civil::DateTime;

use crate::domain::calendar::METER_YEARS;
use crate::domain::glucose::{Concentration, Measured};
use crate::domain::reading::{Kind, Meal};

/// From this number on, a seeded set has every sort of reading at least once.
const WHOLE_VARIETY: usize = 20;

/// One result in a simulated meter's memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatedReading {
    /// The meter's wall clock when it "measured".
    pub time: DateTime,
    /// What it showed.
    pub measured: Measured,
    /// Blood, control solution, or ketone in families that measure it.
    pub kind: Kind,
    /// The meal marker; `None` and [`Meal::None`] both say that the reading has no mark.
    pub meal: Option<Meal>,
}

/// A time is in a year that no meter's clock has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the year {year} cannot be in it: meters' clocks have 2000 to 2099")]
pub struct OffTheClock {
    /// The year.
    pub year: i16,
}

/// Checks that a time is in a year that meters' clocks have.
///
/// # Errors
/// [`OffTheClock`] with its year if it is not.
pub fn on_the_clock(time: DateTime) -> Result<(), OffTheClock> {
    let year = time.year();
    if METER_YEARS.contains(&year) { Ok(()) } else { Err(OffTheClock { year }) }
}

/// Why a reading cannot be in a meter of a model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotHold {
    /// The meter would give it as a patient's value.
    #[error("a control test cannot be in it: {model} does not tell tests with control solution from a patient's")]
    Control {
        /// The slug of the model.
        model: String,
    },
    /// The meter's clock never shows that time.
    #[error(transparent)]
    OffTheClock(#[from] OffTheClock),
    /// The meter would show LO or HI.
    #[error(
        "the value {value} cannot be in it: {model} measures {lowest} to {highest} mg/dL, and shows LO or HI beyond"
    )]
    BeyondRange {
        /// The value.
        value: Concentration,
        /// The slug of the model.
        model: String,
        /// The lowest value that it shows, in mg/dL.
        lowest: u32,
        /// The highest, in mg/dL.
        highest: u32,
    },
}

/// The memory of a simulated meter, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadingSet {
    /// The readings, oldest first.
    pub readings: Vec<SimulatedReading>,
}

impl ReadingSet {
    /// Checks that these times, and what the meter's clock shows, are in years that meters' clocks have.
    ///
    /// # Errors
    /// [`OffTheClock`] with the first year that is none.
    pub fn is_on_the_clock(&self, shown: DateTime) -> Result<(), OffTheClock> {
        self.readings.iter().map(|reading| reading.time).chain([shown]).try_for_each(on_the_clock)
    }

    /// `count` readings, about four a day, the newest at `last`. The same arguments give the same set.
    ///
    /// Values lie between 40 and 400 mg/dL; about 1 in 120 is LO, 1 in 120 is HI, 1 in 100 is a control test, and most
    /// blood readings carry a meal mark. From 20 readings on there is at least one LO, one HI, one mark before and one
    /// after a meal. No two stamps fall into the same minute.
    #[must_use]
    pub fn seeded(count: usize, seed: u64, last: DateTime) -> Self {
        let mut chance = SplitMix64(seed);
        let mut readings = Vec::with_capacity(count);
        let mut time = last;
        for _ in 0..count {
            readings.push(reading_at(time, &mut chance));
            // Six hours, give or take an hour and forty minutes.
            let gap = 6 * 3600 - 6000 + chance.below(12_000);
            time = time.saturating_sub(SignedDuration::from_secs(i64::try_from(gap).unwrap_or(0)));
        }
        // Made from the newest back, so that the newest is at `last` however many there are.
        readings.reverse();
        let mut set = Self { readings };
        if count >= WHOLE_VARIETY {
            set.complete_variety();
        }
        set
    }

    /// Makes blood of the control tests, which they may as well be: for a meter that does not tell them and would give
    /// each as a patient's value.
    pub fn make_controls_blood(&mut self) {
        for reading in self.readings.iter_mut().filter(|reading| reading.kind == Kind::Control) {
            reading.kind = Kind::Blood;
        }
    }

    /// Makes four readings in a row what small sets would leave to chance.
    fn complete_variety(&mut self) {
        let third = self.readings.len() / 3;
        let variety: [fn(&mut SimulatedReading); 4] = [
            |reading| reading.measured = Measured::Low,
            |reading| reading.measured = Measured::High,
            |reading| reading.meal = Some(Meal::Before),
            |reading| reading.meal = Some(Meal::After),
        ];
        for (reading, change) in self.readings.iter_mut().skip(third).zip(variety) {
            reading.kind = Kind::Blood;
            change(reading);
        }
    }
}

fn reading_at(time: DateTime, chance: &mut SplitMix64) -> SimulatedReading {
    if chance.below(100) == 0 {
        let value = small(100 + chance.below(40));
        let measured = Measured::Value(Concentration::mg_per_dl(value));
        return SimulatedReading { time, measured, kind: Kind::Control, meal: Some(Meal::None) };
    }
    // The order of the draws is part of what a seed means: one more of them would change every set.
    let meal = meal_at(time.hour(), chance);
    let measured = match chance.below(120) {
        0 => Measured::Low,
        1 => Measured::High,
        _ => Measured::Value(Concentration::mg_per_dl(value_after(meal, chance))),
    };
    SimulatedReading { time, measured, kind: Kind::Blood, meal: Some(meal) }
}

/// Three of four readings are marked, by the hour of the day.
fn meal_at(hour: i8, chance: &mut SplitMix64) -> Meal {
    if chance.below(4) == 0 {
        return Meal::None;
    }
    let before = chance.below(2) == 0;
    match hour {
        4..=7 => Meal::Fasting,
        8..=20 if before => Meal::Before,
        8..=20 => Meal::After,
        _ => Meal::Bedtime,
    }
}

/// A value in mg/dL: the sum of three even chances lies like a bell between 40 and 400, and higher after a meal.
fn value_after(meal: Meal, chance: &mut SplitMix64) -> u32 {
    let bell = 40 + chance.below(70) + chance.below(70) + chance.below(70);
    let after_meal = if meal == Meal::After { 20 + chance.below(80) } else { 0 };
    // One in eight is far up, as it happens with people who measure for a reason.
    let excess = if chance.below(8) == 0 { chance.below(120) } else { 0 };
    small((bell + after_meal + excess).clamp(40, 400))
}

fn small(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// `SplitMix64` (Steele, Lea, Flood 2014): a few lines whose numbers never change with the version of a crate.
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `limit` - 1. The bias of the remainder does not matter for made-up readings.
    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn last() -> DateTime {
        date(2026, 7, 14).at(8, 30, 12, 0)
    }

    /// The first outputs for seed 1234567 as published with the algorithm's reference code.
    #[test]
    fn the_generator_is_the_published_one() {
        let mut chance = SplitMix64(1_234_567);
        assert_eq!(
            [chance.next(), chance.next(), chance.next()],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn the_same_seed_gives_the_same_set_and_another_seed_another() {
        assert_eq!(ReadingSet::seeded(100, 7, last()), ReadingSet::seeded(100, 7, last()));
        assert_ne!(ReadingSet::seeded(100, 7, last()), ReadingSet::seeded(100, 8, last()));
    }

    #[test]
    fn a_full_meter_looks_like_one() {
        let set = ReadingSet::seeded(720, 1, last()).readings;
        let count = |test: fn(&SimulatedReading) -> bool| set.iter().filter(|reading| test(reading)).count();
        assert_eq!(set.last().unwrap().time, last());
        let days = set.first().unwrap().time.duration_until(last()).as_hours() / 24;
        assert!((150..=210).contains(&days), "{days}");
        assert!((1..=15).contains(&count(|reading| reading.kind == Kind::Control)));
        assert!((1..=18).contains(&count(|reading| reading.measured == Measured::Low)));
        assert!((1..=18).contains(&count(|reading| reading.measured == Measured::High)));
        assert!(count(|reading| reading.meal != Some(Meal::None)) > 360);
    }

    proptest! {
        #[test]
        fn every_set_keeps_its_promises(count in 0_usize..300, seed: u64) {
            let set = ReadingSet::seeded(count, seed, last()).readings;
            prop_assert_eq!(set.len(), count);
            for pair in set.windows(2) {
                prop_assert!(pair[0].time.duration_until(pair[1].time).as_secs() >= 60);
            }
            for reading in &set {
                if let Some(value) = reading.measured.concentration() {
                    prop_assert!((40..=400).contains(&value.digits()));
                }
            }
            if count >= 20 {
                prop_assert!(set.iter().any(|reading| reading.measured == Measured::Low));
                prop_assert!(set.iter().any(|reading| reading.measured == Measured::High));
                prop_assert!(set.iter().any(|reading| reading.meal == Some(Meal::Before)));
                prop_assert!(set.iter().any(|reading| reading.meal == Some(Meal::After)));
            }
        }
    }
}
