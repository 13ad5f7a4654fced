//! How long the database file is, against what the database says of itself: SQLite takes the rest of a page for a page,
//! and what stands behind the last page for nothing, so that a cut or lengthened file would be written on.
//!
//! While one reads from the database, nobody changes the file but to bring pages from the log into it that are in what
//! the reader sees already. So the file is never longer than the reader's pages; and with an empty log it is never
//! shorter. Beside a log that holds something it may be: the last pages may be in the log alone, where a kill left them
//! or another process has just put them. Nothing here ever makes a database smaller.

use std::path::Path;

use rusqlite::Connection;

use super::DATABASE_FILE;
use super::error::StoreError;
use super::files::{LOG_FILE, PAGE_BYTES};

/// How much of the database is in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileExtent {
    /// All of it.
    Whole,
    /// The log has to hold the rest.
    Short,
}

impl FileExtent {
    /// Measures in the transaction that `connection` is in and has read in.
    ///
    /// # Errors
    /// [`StoreError::DataDamaged`] if the file cannot be that of this database.
    pub(super) fn of(connection: &Connection, directory: &Path) -> Result<Self, StoreError> {
        let pages: u32 = connection.query_row("PRAGMA page_count", (), |row| row.get(0))?;
        let length = |name| std::fs::metadata(directory.join(name)).map_or(0, |facts| facts.len());
        Self::by(u64::from(pages), length(DATABASE_FILE), length(LOG_FILE))
    }

    /// Lengths are in bytes.
    fn by(pages: u64, database: u64, log: u64) -> Result<Self, StoreError> {
        let whole = pages.saturating_mul(PAGE_BYTES);
        if database == whole {
            Ok(Self::Whole)
        } else if database < whole && log > 0 {
            Ok(Self::Short)
        } else {
            Err(StoreError::DataDamaged)
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(3, 3 * 4096, 0, Some(FileExtent::Whole))]
    #[case(3, 3 * 4096, 4152, Some(FileExtent::Whole))]
    #[case(3, 3 * 4096 - 1, 0, None)]
    #[case(3, 2 * 4096, 0, None)]
    #[case(3, 3 * 4096 - 1, 4152, Some(FileExtent::Short))]
    #[case(3, 2 * 4096, 4152, Some(FileExtent::Short))]
    #[case(3, 3 * 4096 + 1, 0, None)]
    #[case(3, 4 * 4096, 0, None)]
    #[case(3, 4 * 4096, 4152, None)]
    fn the_file_is_as_long_as_its_pages_or_the_log_has_the_rest(
        #[case] pages: u64,
        #[case] database: u64,
        #[case] log: u64,
        #[case] extent: Option<FileExtent>,
    ) {
        assert_eq!(FileExtent::by(pages, database, log).ok(), extent);
    }
}
