//! The readings that a simulated meter is to hold: so many, or those of a file.

use std::path::PathBuf;
use std::str::FromStr;

use jiff::civil::DateTime;

use crate::cli::{CommandError, input};
use crate::domain::reading::Kind;
use crate::domain::text::Clean;
use crate::meters::catalogue::Meter;
use crate::meters::simulator::readings::file::{self, Form};
use crate::meters::simulator::readings::{CannotHold, ReadingSet, SimulatedReading, on_the_clock};

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Readings {
    /// So many, made from a seed.
    Counted(usize),
    /// Those of a file.
    File(PathBuf),
}

/// More than any meter keeps; a larger number is a slip of the finger.
const MOST_READINGS: usize = 10_000;

/// A number of readings beyond [`MOST_READINGS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a meter holds 0 to {MOST_READINGS} readings")]
pub(super) struct TooManyReadings;

impl FromStr for Readings {
    type Err = TooManyReadings;

    fn from_str(text: &str) -> Result<Self, TooManyReadings> {
        match text.parse() {
            Ok(count) if count <= MOST_READINGS => Ok(Self::Counted(count)),
            Err(_) if !text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Self::File(text.into())),
            Ok(_) | Err(_) => Err(TooManyReadings),
        }
    }
}

impl Readings {
    /// The set of readings for this model, as it can tell them; `seed` and `newest` concern those that are counted.
    ///
    /// # Errors
    /// Wrong use if the file cannot be read, has a mistake, is in neither form, or holds what cannot be in the meter.
    pub(super) fn set(&self, model: &Meter, seed: u64, newest: DateTime) -> Result<ReadingSet, CommandError> {
        let path = match self {
            Self::Counted(count) => {
                let mut set = ReadingSet::seeded(*count, seed, newest);
                // A meter that does not tell its control tests would give each as a patient's value: so they are blood,
                // which they may as well be.
                if !model.tells.control {
                    set.make_controls_blood();
                }
                return Ok(set);
            }
            Self::File(path) => path,
        };
        let name = Clean::new(&path.to_string_lossy(), 200);
        let Some(form) = Form::by_name(&path.to_string_lossy()) else {
            let wanted = "a number of readings or a file that ends in .toml or .csv";
            return Err(CommandError::usage(format!("--readings takes {wanted}, not {name}")));
        };
        let text = input::file(path, "the file of readings")?;
        file::parse(&text, form, &|reading| fits(model, reading))
            .map_err(|error| CommandError::usage(format!("{name}:{}: {}", error.line, error.reason)))
    }
}

/// Whether a reading can be in a meter of this model, and come out of it as it was written.
///
/// # Errors
/// [`CannotHold`] if not.
fn fits(model: &Meter, reading: &SimulatedReading) -> Result<(), CannotHold> {
    if reading.kind == Kind::Control && !model.tells.control {
        return Err(CannotHold::Control { model: model.slug.clone() });
    }
    on_the_clock(reading.time)?;
    let (lowest, highest) = model.range;
    match reading.measured.concentration().filter(|_| reading.kind != Kind::Ketone) {
        Some(value) if !(lowest..=highest).contains(&value.digits()) => {
            Err(CannotHold::BeyondRange { value, model: model.slug.clone(), lowest, highest })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::glucose::{Concentration, Measured};
    use crate::meters::catalogue::Catalogue;

    fn newest() -> DateTime {
        jiff::civil::date(2026, 7, 14).at(8, 30, 0, 0)
    }

    fn reading(kind: Kind, value: u32) -> SimulatedReading {
        let measured = Measured::Value(Concentration::mg_per_dl(value));
        SimulatedReading { time: newest(), measured, kind, meal: None }
    }

    #[test]
    fn a_meter_is_given_no_control_test_that_it_cannot_tell() {
        for meter in Catalogue::embedded().meters() {
            let set = Readings::Counted(120).set(meter, 7, newest()).unwrap();
            assert_eq!(set.readings.len(), 120);
            let has_controls = set.readings.iter().any(|reading| reading.kind == Kind::Control);
            assert_eq!(has_controls, meter.tells.control, "{}", meter.slug);
            assert_eq!(fits(meter, &reading(Kind::Control, 100)).is_ok(), meter.tells.control, "{}", meter.slug);
        }
    }

    #[test]
    fn a_meter_is_given_no_reading_that_it_cannot_hold() {
        for meter in Catalogue::embedded().meters() {
            let (low, high) = meter.range;
            for (value, is_held) in [(low, true), (high, true), (low - 1, false), (high + 1, false), (9999, false)] {
                assert_eq!(fits(meter, &reading(Kind::Blood, value)).is_ok(), is_held, "{} {value}", meter.slug);
            }
            for (year, is_held) in [(1999, false), (2000, true), (2099, true), (2100, false)] {
                let time = newest().with().year(year).build().unwrap();
                let told = fits(meter, &SimulatedReading { time, ..reading(Kind::Blood, 100) });
                assert_eq!(told.is_ok(), is_held, "{} {year}", meter.slug);
            }
        }
    }

    #[test]
    fn a_number_is_a_count_and_all_else_a_file() {
        assert_eq!("12".parse(), Ok(Readings::Counted(12)));
        assert_eq!("set.csv".parse(), Ok(Readings::File("set.csv".into())));
        assert_eq!("-3".parse(), Ok(Readings::File("-3".into())));
        assert_eq!("10000".parse(), Ok(Readings::Counted(10_000)));
        for too_many in ["10001", "99999999999999999999"] {
            assert!(too_many.parse::<Readings>().is_err(), "{too_many}");
        }
    }
}
