//! Staff and how they sign in.

use std::fs::File;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::error::{StoreError, is_unique_violation};
use super::password::PasswordMatch;
use super::staff::StoredMember;
use super::throttle::{self, Failures};
use super::{By, KEY_FILE, Store, audit, codec, files, password, staff};
use crate::domain::clinic::{Credentials, Password, Role, User};
use crate::domain::text::{Clean, fold};
use crate::domain::{password_rules, validation};

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
    /// Whether whoever adds them gives them this password: they choose one of their own when they sign in first.
    pub password_is_given: bool,
}

impl Store {
    /// Adds a member of staff.
    ///
    /// # Errors
    /// [`StoreError::LoginTaken`], [`StoreError::NoAdministrator`], [`StoreError::Password`], or the database's.
    pub fn add_user(&self, by: By<'_>, new: &NewUser) -> Result<User, StoreError> {
        let hash = password::hash(&new.password)?;
        self.write(|transaction| {
            staff::may_change(transaction, by)?;
            let user = insert(transaction, by, (&new.login, &new.name, new.role), &hash)?;
            if new.password_is_given {
                transaction.execute("UPDATE users SET password_is_given = 1 WHERE id = ?1", [&user.id])?;
            }
            Ok(user)
        })
    }

    /// Checks a name and a password. Attempts take turns on this store, whichever process they come from, and each is
    /// counted before its answer is given, so that many at once gain nothing; one that was cut short by a kill gave no
    /// answer and counts for nothing. A name that does not exist is answered as slowly as one that does. Whoever has a
    /// role that is not admitted is refused, and is so in the trail; so is whoever was disabled, or has a password that
    /// somebody else gave them and names no new one. A right password whose hash was made with another setting than
    /// today's is hashed anew. `session` names the sign-in that this becomes.
    ///
    /// # Errors
    /// [`StoreError::SignInRefused`], [`StoreError::StaffDisabled`], [`StoreError::RoleRefused`],
    /// [`StoreError::PasswordGiven`], [`StoreError::PasswordUnfit`], [`StoreError::Throttled`], or the database's.
    pub fn sign_in(
        &self,
        credentials: &Credentials,
        (session, at): (&str, Timestamp),
        admits: fn(Role) -> bool,
    ) -> Result<User, StoreError> {
        let _turn = self.take_turn()?;
        let login = fold(credentials.login.expose().as_str());
        let digest = throttle::digest_of(&login);
        let stored = staff::by_login(&self.reader(), &login)?;
        let id = stored.as_ref().map_or_else(String::new, |stored| stored.member.user.id.clone());
        // For the same reason the trail has of a login that nobody has only that it was tried.
        let by = By { user: &id, session, at };
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
        let compared = if let Some(stored) = &stored {
            password::compare(&stored.password_hash, &credentials.password)?
        } else {
            password::pretend(&credentials.password)?;
            PasswordMatch::Wrong
        };
        let Some(read) = stored.filter(|_| compared != PasswordMatch::Wrong) else {
            self.write(|transaction| {
                failures.count_one(transaction, &digest, at)?;
                audit::append(transaction, by, audit::AuditAction::SignInRefused, None, None, "")
            })?;
            return Err(StoreError::SignInRefused);
        };
        let StoredMember { member, password_hash, .. } = &read;
        let refused = if member.disabled {
            Some((StoreError::StaffDisabled, "disabled"))
        } else if !admits(member.user.role) {
            Some((StoreError::RoleRefused, "role"))
        } else {
            match &credentials.new {
                None if member.password_is_given => Some((StoreError::PasswordGiven, "password to be changed")),
                Some(new) if !is_fit(new, password_hash, &member.user)? => {
                    Some((StoreError::PasswordUnfit, "new password unfit"))
                }
                None | Some(_) => None,
            }
        };
        let new = credentials.new.as_ref().filter(|_| refused.is_none()).map(password::hash).transpose()?;
        // Without randomness for a new hash the old one is as good for one more time.
        let is_old = compared == PasswordMatch::RightAsTyped || !password::is_as_made_now(password_hash);
        let anew = if is_old { password::hash(&credentials.password).ok() } else { None };
        let refused = self.write(|transaction| {
            // The check took its time, and somebody else may have changed them meanwhile.
            let is_as_read = staff::by_login(transaction, &login)?.as_ref() == Some(&read);
            let refused = if is_as_read { refused } else { Some((StoreError::SignInRefused, "changed meanwhile")) };
            if is_as_read {
                throttle::forget(transaction, &digest)?;
                if let Some(hash) = new.as_ref().or(anew.as_ref()) {
                    let change = "UPDATE users SET password_hash = ?1 WHERE id = ?2";
                    transaction.execute(change, params![hash, member.user.id])?;
                }
            }
            if let Some((_, why)) = &refused {
                audit::append(transaction, by, audit::AuditAction::SignInRefused, None, None, why)?;
                return Ok(refused);
            }
            if new.is_some() {
                let own = "UPDATE users SET password_is_given = 0 WHERE id = ?1";
                transaction.execute(own, [&member.user.id])?;
                audit::append(transaction, by, audit::AuditAction::PasswordChanged, None, None, "")?;
                staff::end_sign_ins(transaction, &member.user.id)?;
            }
            audit::append(transaction, by, audit::AuditAction::SignedIn, None, None, "")?;
            Ok(None)
        })?;
        refused.map_or(Ok(read.member.user), |(error, _)| Err(error))
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

/// Whether this may be somebody's new password, in the place of the one behind this hash.
fn is_fit(new: &Password, old: &str, user: &User) -> Result<bool, StoreError> {
    let of_them = [user.login.as_str(), user.name.as_str()];
    Ok(password_rules::new_password(new.expose(), &of_them).is_ok()
        && password::compare(old, new)? == PasswordMatch::Wrong)
}

#[cfg(test)]
mod tests;
