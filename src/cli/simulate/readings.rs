//! The readings that a simulated meter is to hold: so many, or those of a file.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

use jiff::civil::DateTime;

use crate::cli::CommandError;
use crate::domain::text::Clean;
use crate::meters::simulator::readings::ReadingSet;
use crate::meters::simulator::readings::file::{self, Form};

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
        let text = std::fs::read_to_string(path)
            .map_err(|error| CommandError::usage(format!("the file of readings {name} cannot be read: {error}")))?;
        file::parse(&text, form)
            .map_err(|error| CommandError::usage(format!("{name}:{}: {}", error.line, error.reason)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_a_count_and_all_else_a_file() {
        assert_eq!("12".parse(), Ok(Readings::Counted(12)));
        assert_eq!("set.csv".parse(), Ok(Readings::File("set.csv".into())));
        assert_eq!("-3".parse(), Ok(Readings::File("-3".into())));
    }
}
