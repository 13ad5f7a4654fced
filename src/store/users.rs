//! Staff and how they sign in.

use std::fs::File;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};

use super::error::{StoreError, is_unique_violation};
use super::password::PasswordMatch;
use super::{By, KEY_FILE, Store, audit, codec, files, password};
use crate::domain::clinic::{Credentials, Password, Role, User};
use crate::domain::text::{Clean, fold};
use crate::domain::validation;

/// Failed sign-ins in a row after which the next one has to wait: slips are free, guessing is not (clinic-safety
/// SEC-06).
const FREE_FAILURES: u32 = 5;

/// The first wait in seconds; each further failure doubles it, so that a list of common passwords takes days.
const FIRST_WAIT: u64 = 30;

/// The longest wait: an hour, so that nobody can lock a colleague out for a day.
const LONGEST_WAIT: u64 = 3600;

/// A failure this old is forgotten: the slips of yesterday are not added to those of today.
const FORGET_AFTER_HOURS: i64 = 24;

/// How long an attempt waits for its turn. Each takes some hundredths of a second.
const TURN_PATIENCE: Duration = Duration::from_secs(10);

/// A member of staff to be added.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The name typed at sign-in; no two are alike or look alike.
    pub login: Clean,
    /// The name shown.
    pub name: Clean,
    /// What they may do.
    pub role: Role,
    /// The password.
    pub password: Password,
}

impl Store {
    /// Adds a member of staff.
    ///
    /// # Errors
    /// [`StoreError::LoginTaken`], [`StoreError::Password`], or the database's.
    pub fn add_user(&self, by: By<'_>, new: &NewUser) -> Result<User, StoreError> {
        let hash = password::hash(&new.password)?;
        self.write(|transaction| insert(transaction, by, (&new.login, &new.name, new.role), &hash))
    }

    /// All staff, by login name.
    ///
    /// # Errors
    /// The database's, a role that is not known among them.
    pub fn users(&self) -> Result<Vec<User>, StoreError> {
        let reader = self.reader();
        let mut statement = reader.prepare("SELECT id, login, name, role FROM users ORDER BY login_folded")?;
        let mut rows = statement.query(())?;
        let mut users = Vec::new();
        while let Some(row) = rows.next()? {
            users.push(User {
                id: row.get::<_, i64>(0)?.to_string(),
                login: row.get::<_, String>(1)?.into(),
                name: row.get::<_, String>(2)?.into(),
                role: codec::from_word(&row.get::<_, String>(3)?, "role")?,
            });
        }
        Ok(users)
    }

    /// Checks a name and a password. Attempts take turns on this store, whichever process they come from, and each is
    /// counted before its answer is given, so that many at once gain nothing; one that was cut short by a kill gave no
    /// answer and counts for nothing. A name that does not exist is answered as slowly as one that does. Whoever has a
    /// role that is not admitted is refused, and is so in the trail. A right password whose hash was made with another
    /// setting than today's is hashed anew. `session` names the sign-in that this becomes.
    ///
    /// # Errors
    /// [`StoreError::SignInRefused`], [`StoreError::RoleRefused`], [`StoreError::Throttled`], or the database's.
    pub fn sign_in(
        &self,
        credentials: &Credentials,
        (session, at): (&str, Timestamp),
        admits: fn(Role) -> bool,
    ) -> Result<User, StoreError> {
        let _turn = self.take_turn()?;
        let login = fold(credentials.login.expose().as_str());
        // A digest, because people type passwords into the login field.
        let digest: [u8; 32] = Sha256::digest(login.as_bytes()).into();
        let stored = user_by_login(&self.reader(), &login)?;
        let user = stored.as_ref().map(|(user, _)| user);
        // For the same reason the trail has of a login that nobody has only that it was tried.
        let by = By { user: user.map_or("", |user| &user.id), session, at };
        let failures = Failures::of(&self.reader(), &digest, at)?;
        if let Some(seconds) = failures.wait(at) {
            self.write(|transaction| {
                audit::append(
                    transaction,
                    by,
                    audit::AuditAction::SignInThrottled,
                    None,
                    None,
                    &format!("{seconds} s left"),
                )
            })?;
            return Err(StoreError::Throttled { seconds });
        }
        let compared = if let Some((_, hash)) = &stored {
            password::compare(hash, &credentials.password)?
        } else {
            password::pretend(&credentials.password)?;
            PasswordMatch::Wrong
        };
        let is_right = compared != PasswordMatch::Wrong;
        let is_admitted = user.is_some_and(|user| admits(user.role));
        // Without randomness for a new hash the old one is as good for one more time.
        let is_old = |hash: &str| compared == PasswordMatch::RightAsTyped || !password::is_as_made_now(hash);
        let old = stored.as_ref().filter(|(_, hash)| is_right && is_old(hash));
        let anew = old.and_then(|(user, old)| Some((&user.id, old, password::hash(&credentials.password).ok()?)));
        self.write(|transaction| {
            if !is_right {
                failures.count_one(transaction, &digest, at)?;
                return audit::append(transaction, by, audit::AuditAction::SignInRefused, None, None, "");
            }
            transaction.execute("DELETE FROM sign_in_failures WHERE login_digest = ?1", [digest])?;
            if let Some((id, old, new)) = &anew {
                // Only in the place of the one that was checked: it may have been changed meanwhile.
                let change = "UPDATE users SET password_hash = ?1 WHERE id = ?2 AND password_hash = ?3";
                transaction.execute(change, params![new, id, old])?;
            }
            if !is_admitted {
                return audit::append(transaction, by, audit::AuditAction::SignInRefused, None, None, "role");
            }
            audit::append(transaction, by, audit::AuditAction::SignedIn, None, None, "")
        })?;
        let user = stored.map(|(user, _)| user).filter(|_| is_right).ok_or(StoreError::SignInRefused)?;
        if is_admitted { Ok(user) } else { Err(StoreError::RoleRefused) }
    }

    /// Writes into the trail that somebody signed in whom a care platform knows, or why they were not let in.
    ///
    /// # Errors
    /// The database's. Then nobody may be let in: it would not be in the trail.
    pub fn note_sign_in(&self, by: By<'_>, is_admitted: bool) -> Result<(), StoreError> {
        let (action, why) =
            if is_admitted { (audit::AuditAction::SignedIn, "") } else { (audit::AuditAction::SignInRefused, "role") };
        self.write(|transaction| audit::append(transaction, by, action, None, None, why))
    }

    /// The turn of one attempt to sign in: a lock that ends with the file, and so with whoever is killed.
    fn take_turn(&self) -> Result<File, StoreError> {
        let turn = File::open(self.directory.join(KEY_FILE)).map_err(StoreError::file("opening the key file"))?;
        files::lock(&turn, TURN_PATIENCE)?;
        Ok(turn)
    }
}

/// Adds a member of staff of this login, name and role.
pub(super) fn insert(
    connection: &Connection,
    by: By<'_>,
    (login, name, role): (&Clean, &Clean, Role),
    hash: &str,
) -> Result<User, StoreError> {
    refuse_look_alike(connection, login.as_str())?;
    connection
        .execute(
            "INSERT INTO users (login, login_folded, name, role, password_hash, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                login.as_str(),
                fold(login.as_str()),
                name.as_str(),
                codec::word(role)?,
                hash,
                codec::nanoseconds(by.at)
            ],
        )
        .map_err(|error| if is_unique_violation(&error) { StoreError::LoginTaken } else { error.into() })?;
    let id = connection.last_insert_rowid().to_string();
    audit::append(connection, by, audit::AuditAction::UserAdded, None, None, &format!("user {id}"))?;
    Ok(User { id, login: login.clone(), name: name.clone(), role })
}

/// No login name may be taken for one that is there.
fn refuse_look_alike(connection: &Connection, login: &str) -> Result<(), StoreError> {
    let looks = validation::looks(login);
    let mut statement = connection.prepare_cached("SELECT login FROM users")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        if validation::looks(&row.get::<_, String>(0)?) == looks {
            return Err(StoreError::LoginTaken);
        }
    }
    Ok(())
}

fn user_by_login(connection: &Connection, login: &str) -> Result<Option<(User, String)>, StoreError> {
    let row = connection
        .prepare_cached("SELECT id, login, name, role, password_hash FROM users WHERE login_folded = ?1")?
        .query_row([login], |row| {
            let text = |column: usize| row.get::<_, String>(column);
            Ok((row.get::<_, i64>(0)?, text(1)?, text(2)?, text(3)?, text(4)?))
        })
        .optional()?;
    row.map(|(id, login, name, role, hash)| {
        let role = codec::from_word(&role, "role")?;
        Ok((User { id: id.to_string(), login: login.into(), name: name.into(), role }, hash))
    })
    .transpose()
}

/// The wrong passwords in a row for one name.
#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    /// Nanoseconds since 1970.
    blocked_until: i64,
}

impl Failures {
    /// What is remembered of a name.
    fn of(connection: &Connection, digest: &[u8; 32], at: Timestamp) -> Result<Self, StoreError> {
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
    fn wait(self, at: Timestamp) -> Option<u64> {
        let left = u64::try_from(self.blocked_until.saturating_sub(codec::nanoseconds(at))).unwrap_or(0);
        // More than the longest wait: the clock was set back, which must not lock anybody out.
        Some(left.div_ceil(1_000_000_000)).filter(|left| (1..=LONGEST_WAIT).contains(left))
    }

    /// Counts one more.
    fn count_one(self, connection: &Connection, digest: &[u8; 32], at: Timestamp) -> Result<(), StoreError> {
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

#[cfg(test)]
mod tests;
