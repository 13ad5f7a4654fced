//! What can be wrong in a table of readings.

use crate::domain::calendar::MOMENT_FORM;
use crate::domain::text::quoted;

/// Why the first line of a table does not name its columns.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum HeaderMistake {
    /// The file is written in another character set, or is no text.
    #[error("it is not UTF-8")]
    NotUtf8,
    /// A column of which it is not known what it says.
    #[error("the column {} is not known", quoted(column))]
    Unknown {
        /// Its name.
        column: String,
    },
    /// The cells are separated otherwise.
    #[error("its columns are separated by semicolons or tabs; save the table with commas between them")]
    OtherSeparator,
    /// Two columns of one name.
    #[error("the column {column} stands there twice")]
    Twice {
        /// The name.
        column: &'static str,
    },
    /// A column that must be there.
    #[error("there is no column {column}")]
    Missing {
        /// Its name.
        column: &'static str,
    },
}

/// Why a line of a table is no reading.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum RowMistake {
    /// A quotation mark that was not meant swallows the lines behind it.
    #[error("a cell goes on into the next line: a quotation mark (\") stands alone")]
    GoesOn,
    /// The line cannot be split into cells.
    #[error("it is no line of a table")]
    NoRow,
    /// More cells than columns, or fewer.
    #[error("it has {found} columns, the first line {named}; put commas where cells are empty")]
    ColumnCount {
        /// The cells of the line.
        found: usize,
        /// The columns that the first line names.
        named: usize,
    },
    /// No time of a meter's clock.
    #[error("local is {}; write {MOMENT_FORM}", quoted(local))]
    NoTime {
        /// What stands there.
        local: String,
    },
    /// No time, of a table in which there may be none.
    #[error("{column} is {}; leave it empty, or write {MOMENT_FORM}", quoted(time))]
    NoTimeOrNone {
        /// The column.
        column: &'static str,
        /// What stands there.
        time: String,
    },
    /// What no export writes there.
    #[error("{column} is {}, which no export has there", quoted(word))]
    UnknownWord {
        /// The column.
        column: &'static str,
        /// What stands there.
        word: String,
    },
    /// A number that is none, or a unit without one.
    #[error("value and unit are {} and {}; give the table as glucodock export wrote it", quoted(value), quoted(unit))]
    NoValueWithUnit {
        /// The number.
        value: String,
        /// Its unit.
        unit: String,
    },
    /// A line of somebody else than the lines before it.
    #[error("it is another person's than the lines before it; give the table of one person")]
    AnotherPerson,
    /// A year that no meter's clock has.
    #[error("the year of local is {year}; meters' clocks have 2000 to 2099")]
    OtherYear {
        /// The year.
        year: i16,
    },
    /// More lines than can be numbered.
    #[error("there are too many lines; give fewer")]
    TooMany,
    /// No whole number.
    #[error("seq is {}; write a whole number, or leave it empty", quoted(seq))]
    NoNumber {
        /// What stands there.
        seq: String,
    },
    /// A number beside a flag that says that there is none.
    #[error("mgdl is {} beside {flag}; leave one of them empty", quoted(mg_per_dl))]
    BesideFlag {
        /// The number.
        mg_per_dl: String,
        /// LO or HI.
        flag: String,
    },
    /// A flag that is not known.
    #[error("flag is {}; write LO, HI or CTRL, or leave it empty", quoted(flag))]
    UnknownFlag {
        /// What stands there.
        flag: String,
    },
    /// A value that no meter shows.
    #[error(
        "mgdl is {}; write a whole number from 1 to 999 in mg/dL, or nothing and LO or HI in flag",
        quoted(mg_per_dl)
    )]
    NoValue {
        /// What stands there.
        mg_per_dl: String,
    },
    /// A meal that is not known.
    #[error(
        "meal is {}; write before or after, alone or with _breakfast, _lunch or _dinner, fasting, bedtime, casual, or \
         leave it empty",
        quoted(meal)
    )]
    UnknownMeal {
        /// What stands there.
        meal: String,
    },
}
