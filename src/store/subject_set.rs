//! Several subjects of the store at once: a person's, whose records are one.

use rusqlite::ToSql;
use rusqlite::types::ToSqlOutput;

use super::codec;
use super::error::StoreError;

/// Several subjects, as the first parameter of a statement.
pub(super) struct SubjectSet(String);

impl SubjectSet {
    /// Those of the first parameter, in a statement.
    pub(super) const LISTED: &str = "(SELECT value FROM json_each(?1))";

    /// These.
    pub(super) fn of(subjects: &[i64]) -> Result<Self, StoreError> {
        Ok(Self(codec::json(&subjects)?))
    }
}

impl ToSql for SubjectSet {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}
