//! What can be wrong in a file of readings.

use super::CannotHold;
use crate::domain::calendar::MOMENT_FORM;
use crate::domain::text::quoted;

/// More than any meter keeps.
pub(super) const MOST_READINGS: usize = 10_000;

/// Why a file of readings, or one of them, is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadingMistake {
    /// It is more likely the wrong file than the wish for an empty meter.
    #[error("there is no reading in the file; a meter without readings is had with --readings 0")]
    NoReading,
    /// More than any meter keeps.
    #[error("there are more than {MOST_READINGS} readings")]
    TooMany,
    /// The file is not in its form. What the decoder says is kept as its first words alone: it repeats whole lines of
    /// the file.
    #[error("{said}")]
    Form {
        /// What the decoder says.
        said: String,
    },
    /// A table without the names of its columns.
    #[error("the first line names the columns, time and value among them: time,value,unit,kind,meal")]
    NoColumnNames,
    /// A line of a table that is not as long as the first.
    #[error("it has {found} columns, not {named}")]
    ColumnCount {
        /// The cells of the line.
        found: u64,
        /// The columns that are named.
        named: u64,
    },
    /// No time of a meter's clock.
    #[error("the time {} is not {MOMENT_FORM}, as on a meter's clock", quoted(written))]
    NoTime {
        /// What stands there.
        written: String,
    },
    /// A kind of reading that no simulated meter has.
    #[error("the kind of a simulated reading is blood, control or ketone")]
    OtherKind,
    /// A unit that no meter has.
    #[error("the unit {} is neither mg/dL nor mmol/L", quoted(written))]
    OtherUnit {
        /// What stands there.
        written: String,
    },
    /// A value that a meter does not show.
    #[error("the value {} is not LO, HI or {expected}", quoted(written))]
    NoValue {
        /// What stands there.
        written: String,
        /// What would be right in its unit.
        expected: &'static str,
    },
    /// Meters show ketones in mmol/L alone.
    #[error("ketones are written in mmol/L")]
    KetoneInMgPerDl,
    /// The reading is well written, and cannot be in the meter that is to hold it.
    #[error(transparent)]
    CannotHold(#[from] CannotHold),
}
