//! Made-up meters and what they remember.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use jiff::{SignedDuration, Zoned};

use super::chance::{Chance, Drawn, mixed, place};
use super::{MadeUpClinic, SERIAL_PREFIX};
use crate::domain::download::{Completeness, Download};
use crate::domain::glucose::{Concentration, Measured};
use crate::domain::meter::MeterIdentity;
use crate::domain::meter_clock::ClockReading;
use crate::domain::reading::{Doubt, Kind, Meal, Reading};
use crate::domain::text::Private;

/// The readings that a meter has: so many at least, and fewer than so many more.
const LEAST: u16 = 20;
const MORE: usize = 181;

/// The meters were read within so many days.
const DAYS: i64 = 120;

/// The models, with their numbers: each of them measures 10 to 600 mg/dL.
const MODELS: [(&str, &str); 3] =
    [("Accu-Chek Guide", "925"), ("Accu-Chek Guide Me", "958"), ("Accu-Chek Instant", "972")];

/// What these models can measure, in mg/dL.
const LOWEST: f64 = 10.0;
const HIGHEST: f64 = 600.0;

/// Of so many readings one is a control test, the same once more, LO, and HI.
const CONTROL_OF: u64 = 120;
const REPEATED_OF: u64 = 100;
const LOW_OF: u64 = 200;
const HIGH_OF: u64 = 190;

/// Of so many meters one has a clock that was set back once: the first tenth of its readings have a doubted time.
const CLOCK_OF: u32 = 50;

/// Of so many meters one waits for a word: it was read and not assigned.
const WAITING_OF: u32 = 1_000;

/// Which of them: one that small stores have too.
const WAITING_PLACE: u32 = 7;

/// What a control solution is measured as, in mg/dL.
const CONTROL_VALUE: u32 = 112;

/// How much higher or lower the glucose is in each hour of the day, in hundredths: before and after three meals.
const HOURS: [i32; 24] = [-8, -10, -12, -12, -10, -4, 0, 6, 14, 18, 10, 2, 4, 14, 18, 12, 4, 0, 2, 12, 20, 14, 4, -4];

/// A meter that was read, and whose it is.
#[derive(Debug, Clone, PartialEq)]
pub struct MadeUpMeter {
    /// The number of the person, from 0. Where they cannot receive readings, the meter is nobody's and is left out.
    pub owner: u32,
    /// When it was read.
    pub read_at: Zoned,
    /// What it gave.
    pub download: Download,
    /// Whether it waits, although it is known whose it is.
    pub waits: bool,
}

/// How many readings each meter has, so many together.
pub(super) fn sizes(chance: Chance, readings: u32) -> Vec<u16> {
    let mut sizes = Vec::new();
    let mut left = readings;
    while left > 0 {
        let more = u16::try_from(chance.place(Drawn::Memory, sizes.len() as u64, MORE)).unwrap_or(0);
        let size = LEAST.saturating_add(more).min(u16::try_from(left).unwrap_or(u16::MAX));
        sizes.push(size);
        left -= u32::from(size);
    }
    sizes
}

pub(super) fn meter(clinic: &MadeUpClinic, number: u32) -> MadeUpMeter {
    let chance = Chance::of(clinic.seed);
    let whom = u64::from(number);
    let count = clinic.meters();
    let owner = u32::try_from(mixed(clinic.seed ^ whom.rotate_left(17)) % u64::from(clinic.people.max(1))).unwrap_or(0);
    let span = DAYS * 24 * 60;
    let back = span - span * (i64::from(number) + 1) / i64::from(count.max(1));
    let read_at = clinic.until.checked_sub(SignedDuration::from_mins(back)).unwrap_or_else(|_| clinic.until.clone());
    let size = clinic.meters.get(usize::try_from(number).unwrap_or(usize::MAX)).copied().unwrap_or(0);
    let readings = readings(chance, number, size, read_at.datetime());
    let (model, model_number) = MODELS.get(chance.place(Drawn::Model, whom, MODELS.len())).copied().unwrap_or_default();
    MadeUpMeter {
        owner,
        download: Download {
            meter: MeterIdentity {
                manufacturer: "Roche".into(),
                model: model.into(),
                model_number: Some(model_number.into()),
                serial: Private::new(format!("{SERIAL_PREFIX}{}", 10_000_000 + number).into()),
                system_id: None,
                firmware: None,
                driver: "accu-chek-usb".into(),
            },
            clock: Some(ClockReading { meter: read_at.datetime(), host: read_at.clone() }),
            announced: u32::try_from(readings.len()).ok(),
            completeness: Completeness::Complete,
            readings,
            not_taken: Vec::new(),
            warnings: Vec::new(),
            transcript: Vec::new(),
        },
        read_at,
        waits: number % WAITING_OF == WAITING_PLACE,
    }
}

/// The memory of a meter, in the order of its times: somebody's own level, habit and chance.
fn readings(chance: Chance, meter: u32, size: u16, read_at: DateTime) -> Vec<Reading> {
    let whom = u64::from(meter);
    let tests_a_day = 1 + i64::try_from(chance.place(Drawn::Habit, whom, 8)).unwrap_or(0);
    let minutes = 24 * 60 / tests_a_day;
    // From 110 to 210 mg/dL, and from a sixth to nearly a half of that around it.
    let level = chance.draw(Drawn::Level, whom);
    let (middle, spread) = (110.0 + hundredths(level, 100) * 100.0, 0.17 + hundredths(level >> 20, 30));
    let is_set_back = meter % CLOCK_OF == CLOCK_OF / 2;
    let mut readings: Vec<Reading> = Vec::with_capacity(size.into());
    for index in 0..size {
        let each = (whom << 16) | u64::from(index);
        let event = chance.draw(Drawn::Event, each);
        if event % REPEATED_OF == 1
            && let Some(last) = readings.last().cloned()
        {
            readings.push(Reading { index: index.into(), ..last });
            continue;
        }
        let jitter =
            i64::try_from(chance.place(Drawn::Moment, each, usize::try_from(minutes).unwrap_or(1))).unwrap_or(0);
        let back = minutes * i64::from(size - index) - jitter;
        let time = read_at.checked_sub(SignedDuration::from_mins(back)).unwrap_or(read_at);
        let time = time.with().second(0).subsec_nanosecond(0).build().unwrap_or(time);
        let (kind, measured) = match event >> 8 {
            event if event % CONTROL_OF == 1 => {
                (Kind::Control, Measured::Value(Concentration::mg_per_dl(CONTROL_VALUE)))
            }
            event if event % LOW_OF == 2 => (Kind::Blood, Measured::Low),
            event if event % HIGH_OF == 3 => (Kind::Blood, Measured::High),
            _ => (Kind::Blood, value(chance.draw(Drawn::Value, each), time.hour(), middle, spread)),
        };
        let doubts = if is_set_back && index < size / 10 { vec![Doubt::TimeUncertain] } else { Vec::new() };
        let meal = (kind == Kind::Blood).then(|| meal(time.hour()));
        let raw = BTreeMap::new();
        readings.push(Reading {
            corrected_from: None,
            index: index.into(),
            time: Some(time),
            measured,
            kind,
            meal,
            doubts,
            raw,
        });
    }
    readings
}

/// A glucose around a level at an hour of the day.
fn value(drawn: u64, hour: i8, middle: f64, spread: f64) -> Measured {
    let of_hour = usize::try_from(hour).ok().and_then(|hour| HOURS.get(hour)).copied().unwrap_or(0);
    // Four dice give what is near enough to a bell curve: their sum has a variance of a third.
    let dice = [0, 12, 24, 36].map(|shift| hundredths(drawn >> shift, 100) - 0.5).iter().sum::<f64>();
    let glucose = middle * (1.0 + f64::from(of_hour) / 100.0) * (1.0 + spread * dice * 1.73);
    if glucose < LOWEST {
        return Measured::Low;
    }
    if glucose > HIGHEST {
        return Measured::High;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "10 to 600 by the checks above")]
    Measured::Value(Concentration::mg_per_dl(glucose.round() as u32))
}

/// 0.00 up to `below` hundredths.
fn hundredths(drawn: u64, below: u32) -> f64 {
    f64::from(u32::try_from(place(drawn, usize::try_from(below).unwrap_or(1))).unwrap_or(0)) / 100.0
}

/// The mark that people set at this hour: some meals have a time.
const fn meal(hour: i8) -> Meal {
    match hour {
        5 | 6 => Meal::Fasting,
        7 | 12 | 18 => Meal::Before,
        9 | 14 | 20 => Meal::After,
        22 | 23 => Meal::Bedtime,
        _ => Meal::None,
    }
}
