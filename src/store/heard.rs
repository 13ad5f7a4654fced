//! When the directory was asked what is known here of somebody. Answers may come in another order than the questions: a
//! late one tells of a state that is over.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::codec;
use super::error::StoreError;
use crate::domain::patient::PatientId;

/// No answer takes longer: it is given up long before. What seems to have been asked so much later than now was noted
/// before this computer's clock was set back.
const LATEST_ANSWER: SignedDuration = SignedDuration::from_hours(1);

/// Whether an answer to a later question was heard of somebody known here.
pub(super) fn has_later(connection: &Connection, id: &PatientId, asked_at: Timestamp) -> Result<bool, StoreError> {
    let heard = last(connection, id)?;
    Ok(heard.is_some_and(|heard| heard > asked_at && heard.duration_since(asked_at) <= LATEST_ANSWER))
}

/// Whether the last answer that was heard of somebody known here is to a question from another time, or there was none.
pub(super) fn is_of_another_time(
    connection: &Connection,
    id: &PatientId,
    asked_at: Timestamp,
) -> Result<bool, StoreError> {
    Ok(last(connection, id)?.is_none_or(|heard| heard != asked_at))
}

/// Notes when the directory was asked of somebody known here.
pub(super) fn note(connection: &Connection, id: &PatientId, asked_at: Timestamp) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE subjects SET heard = ?2 WHERE key = ?1")?
        .execute(params![id.0, codec::nanoseconds(asked_at)])?;
    Ok(())
}

fn last(connection: &Connection, id: &PatientId) -> Result<Option<Timestamp>, StoreError> {
    let heard: Option<Option<i64>> = connection
        .prepare_cached("SELECT heard FROM subjects WHERE key = ?1")?
        .query_row([&id.0], |row| row.get(0))
        .optional()?;
    heard.flatten().map(codec::timestamp).transpose()
}
