//! What was said of the clock of an upload's meter, as the trail of answers has it.

use rusqlite::{Connection, OptionalExtension as _};

use super::codec;
use super::error::StoreError;
use crate::domain::intake_check::ClockVerdict;

/// What was said last of the meter's clock, since it was last read.
pub(super) fn clock_verdict(connection: &Connection, upload: i64) -> Result<Option<ClockVerdict>, StoreError> {
    let word: Option<String> = connection
        .prepare_cached(
            "SELECT answer FROM intake_answers
             WHERE upload = ?1 AND subject IS NULL
                 AND last_download = (SELECT max(id) FROM downloads WHERE upload = ?1)
             ORDER BY id DESC LIMIT 1",
        )?
        .query_row([upload], |row| row.get(0))
        .optional()?;
    word.map(|word| codec::from_word(&word, "answer")).transpose()
}
