//! The readings that a simulated meter is to hold: so many, or those of a file.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

use jiff::civil::DateTime;

use crate::cli::{CommandError, input};
use crate::domain::reading::Kind;
use crate::domain::text::Clean;
use crate::meters::catalogue::Meter;
use crate::meters::simulator::readings::file::{self, Form};
use crate::meters::simulator::readings::{ReadingSet, SimulatedReading};

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Readings {
    /// So many, made from a seed.
    Counted(usize),
    /// Those of a file.
    File(PathBuf),
}

impl FromStr for Readings {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.parse().map_or_else(|_| Self::File(text.into()), Self::Counted))
    }
}

impl Readings {
    /// The set of readings; `seed` and `newest` concern those that are counted.
    ///
    /// # Errors
    /// Wrong use if the file cannot be read, has a mistake, or is in neither form.
    pub(super) fn set(&self, seed: u64, newest: DateTime) -> Result<ReadingSet, CommandError> {
        let path = match self {
            Self::Counted(count) => return Ok(ReadingSet::seeded(*count, seed, newest)),
            Self::File(path) => path,
        };
        let name = Clean::new(&path.to_string_lossy(), 200);
        let Some(form) = Form::by_name(&path.to_string_lossy()) else {
            let wanted = "a number of readings or a file that ends in .toml or .csv";
            return Err(CommandError::usage(format!("--readings takes {wanted}, not {name}")));
        };
        let text = input::file(path, "the file of readings")?;
        file::parse(&text, form)
            .map_err(|error| CommandError::usage(format!("{name}:{}: {}", error.line, error.reason)))
    }
}

impl Readings {
    /// The readings as this meter can tell them: one that does not tell its control tests would give each as a patient's
    /// value, so that none may be in it. Those that are made from a seed become blood, which they may as well be.
    ///
    /// # Errors
    /// Wrong use if a file wants a control test of such a meter.
    pub(super) fn told_by(&self, model: &Meter, mut set: ReadingSet) -> Result<ReadingSet, CommandError> {
        let is_control = |reading: &SimulatedReading| reading.kind == Kind::Control;
        match self {
            _ if model.tells.control => {}
            Self::Counted(_) => set.make_controls_blood(),
            Self::File(_) if !set.readings.iter().any(is_control) => {}
            Self::File(_) => {
                return Err(CommandError::usage(format!(
                    "control test 1 of the file cannot be in it: {} does not tell tests with control solution from a \
                     patient's",
                    model.slug
                )));
            }
        }
        Ok(set)
    }
}

#[cfg(test)]
mod tests {
    use crate::meters::catalogue::Catalogue;

    use super::*;

    fn controls(slug: &str, readings: &Readings) -> Result<usize, CommandError> {
        let newest = jiff::civil::date(2026, 7, 14).at(8, 30, 0, 0);
        let set = ReadingSet::seeded(120, 7, newest);
        assert!(set.readings.iter().any(|reading| reading.kind == Kind::Control));
        let model = Catalogue::embedded().by_slug(slug).unwrap();
        let told = readings.told_by(model, set)?;
        assert_eq!(told.readings.len(), 120);
        Ok(told.readings.iter().filter(|reading| reading.kind == Kind::Control).count())
    }

    #[test]
    fn a_meter_is_given_no_control_test_that_it_cannot_tell() {
        let (counted, file) = (Readings::Counted(120), Readings::File("set.csv".into()));
        for meter in Catalogue::embedded().meters() {
            let is_told = meter.tells.control;
            assert_eq!(controls(&meter.slug, &counted).unwrap() > 0, is_told, "{}", meter.slug);
            assert_eq!(controls(&meter.slug, &file).is_ok(), is_told, "{}", meter.slug);
        }
    }

    #[test]
    fn a_number_is_a_count_and_all_else_a_file() {
        assert_eq!("12".parse(), Ok(Readings::Counted(12)));
        assert_eq!("set.csv".parse(), Ok(Readings::File("set.csv".into())));
        assert_eq!("-3".parse(), Ok(Readings::File("-3".into())));
    }
}
