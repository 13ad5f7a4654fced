//! Guessing passwords is slowed down: after some wrong ones in a row for a name the next try has to wait (clinic-safety
//! SEC-06).

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};

use super::codec;
use super::error::StoreError;

/// Failed sign-ins in a row after which the next one has to wait: slips are free, guessing is not (clinic-safety
/// SEC-06).
pub(super) const FREE_FAILURES: u32 = 5;

/// The first wait in seconds; each further failure doubles it, so that a list of common passwords takes days.
const FIRST_WAIT: u64 = 30;

/// The longest wait: an hour, so that nobody can lock a colleague out for a day.
const LONGEST_WAIT: u64 = 3600;

/// A failure this old is forgotten: the slips of yesterday are not added to those of today.
const FORGET_AFTER_HOURS: i64 = 24;

/// The wrong passwords in a row for one name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Failures {
    count: u32,
    /// Nanoseconds since 1970.
    blocked_until: i64,
}

impl Failures {
    /// What is remembered of a name.
    pub(super) fn of(connection: &Connection, digest: &[u8; 32], at: Timestamp) -> Result<Self, StoreError> {
        let found = connection
            .prepare_cached(
                "SELECT failures, blocked_until FROM sign_in_failures WHERE login_digest = ?1 AND last_at >= ?2",
            )?
            .query_row(params![digest, forgotten_before(at)], |row| {
                Ok(Self { count: row.get(0)?, blocked_until: row.get(1)? })
            })
            .optional()?;
        Ok(found.unwrap_or(Self { count: 0, blocked_until: i64::MIN }))
    }

    /// Seconds until the next attempt may be made, if it comes too early.
    pub(super) fn wait(self, at: Timestamp) -> Option<u64> {
        let left = u64::try_from(self.blocked_until.saturating_sub(codec::nanoseconds(at))).unwrap_or(0);
        // More than the longest wait: the clock was set back, which must not lock anybody out.
        Some(left.div_ceil(1_000_000_000)).filter(|left| (1..=LONGEST_WAIT).contains(left))
    }

    /// Counts one more.
    pub(super) fn count_one(self, connection: &Connection, digest: &[u8; 32], at: Timestamp) -> Result<(), StoreError> {
        let now = codec::nanoseconds(at);
        connection.execute("DELETE FROM sign_in_failures WHERE last_at < ?1", [forgotten_before(at)])?;
        let count = self.count.saturating_add(1);
        let wait = i64::try_from(wait_after(count)).unwrap_or(0);
        connection.execute(
            "INSERT INTO sign_in_failures (login_digest, failures, blocked_until, last_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (login_digest) DO UPDATE SET failures = excluded.failures,
                 blocked_until = excluded.blocked_until, last_at = excluded.last_at",
            params![digest, count, now.saturating_add(wait.saturating_mul(1_000_000_000)), now],
        )?;
        Ok(())
    }
}

/// The nanosecond before which a failure is forgotten.
fn forgotten_before(at: Timestamp) -> i64 {
    codec::nanoseconds(at).saturating_sub(FORGET_AFTER_HOURS * 3600 * 1_000_000_000)
}

/// Seconds to wait after so many failures in a row.
fn wait_after(failures: u32) -> u64 {
    match failures.checked_sub(FREE_FAILURES) {
        None => 0,
        // Sixteen doublings are far beyond the longest wait, and do not overflow.
        Some(further) => FIRST_WAIT.checked_shl(further.min(16)).unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT),
    }
}

/// The digest under which wrong passwords of a login are counted, because people type passwords into that field.
pub(super) fn digest_of(folded: &str) -> [u8; 32] {
    Sha256::digest(folded.as_bytes()).into()
}

/// Forgets the wrong passwords of a name.
pub(super) fn forget(connection: &Connection, digest: &[u8; 32]) -> Result<(), StoreError> {
    connection.execute("DELETE FROM sign_in_failures WHERE login_digest = ?1", [digest])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_begins_after_five_failures_and_doubles_up_to_an_hour() {
        assert_eq!([1, 4, 5, 6, 7, 11, 12, 13, 60].map(wait_after), [0, 0, 30, 60, 120, 1920, 3600, 3600, 3600]);
    }
}
