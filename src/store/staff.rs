//! How staff changes: who works here no more or again, what they may do, and a password that was forgotten. Nobody is
//! deleted: the trail names them.

use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Serialize;

use super::error::StoreError;
use super::{By, Store, audit, codec, password, throttle};
use crate::domain::clinic::{Actor, Password, Role, User};
use crate::domain::password_rules;
use crate::domain::text::{Clean, fold};

/// Who makes the first member of staff, as the trail names them: there is nobody yet who could.
pub const FIRST_OF_STAFF: &str = "local administrator";

/// A member of staff, as those see them who look after the staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StaffMember {
    /// Who.
    #[serde(flatten)]
    pub user: User,
    /// Whether they work here no more.
    pub disabled: bool,
    /// Whether somebody else gave them their password: they choose one of their own when they sign in.
    pub password_is_given: bool,
}

/// What becomes of a member of staff.
#[derive(Debug, Clone)]
pub enum StaffChange {
    /// They work here no more: no sign-in, and nothing further in one that they have.
    Disabled,
    /// They work here again.
    Enabled,
    /// They may do something else.
    Role(Role),
    /// They get this password from somebody else, and change it when they sign in. Wrong ones of before are forgotten.
    GivenPassword(Password),
}

impl StaffChange {
    /// Whether nobody is made or kept an administrator by it.
    const fn ends_administrator(&self) -> bool {
        match self {
            Self::Disabled => true,
            Self::Role(role) => !matches!(role, Role::Administrator),
            Self::Enabled | Self::GivenPassword(_) => false,
        }
    }
}

impl Store {
    /// Changes the member of staff of this login; gives them as they are then. What is so already is no change, and is
    /// not in the trail.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::NoAdministrator`], [`StoreError::LastAdministrator`],
    /// [`StoreError::PasswordUnfit`], [`StoreError::Password`], or the database's.
    pub fn change_staff(&self, by: By<'_>, login: &str, change: &StaffChange) -> Result<StaffMember, StoreError> {
        let hash = match change {
            StaffChange::GivenPassword(given) => Some(password::hash(given)?),
            StaffChange::Disabled | StaffChange::Enabled | StaffChange::Role(_) => None,
        };
        self.write(|transaction| {
            may_change(transaction, by)?;
            let found = by_login(transaction, &fold(login))?;
            let mut member = found.map(|found| found.member).ok_or(StoreError::NotFound { what: "member of staff" })?;
            let id = member.user.id.clone();
            if let StaffChange::GivenPassword(given) = change {
                let of_them = [member.user.login.as_str(), member.user.name.as_str()];
                password_rules::new_password(given.expose(), &of_them).map_err(|_| StoreError::PasswordUnfit)?;
            }
            if change.ends_administrator() && is_last_administrator(transaction, &member)? {
                return Err(StoreError::LastAdministrator);
            }
            let (action, detail) = match (change, &hash) {
                (StaffChange::Disabled, _) if member.disabled => return Ok(member),
                (StaffChange::Disabled, _) => {
                    let disable = "UPDATE users SET disabled_at = ?1 WHERE id = ?2";
                    transaction.execute(disable, params![codec::nanoseconds(by.at), id])?;
                    // Whom they looked at is for nobody else.
                    super::recents::forget(transaction, &id)?;
                    member.disabled = true;
                    (audit::AuditAction::UserDisabled, format!("user {id}"))
                }
                (StaffChange::Enabled, _) if !member.disabled => return Ok(member),
                (StaffChange::Enabled, _) => {
                    transaction.execute("UPDATE users SET disabled_at = NULL WHERE id = ?1", [&id])?;
                    member.disabled = false;
                    (audit::AuditAction::UserEnabled, format!("user {id}"))
                }
                (StaffChange::Role(role), _) if member.user.role == *role => return Ok(member),
                (StaffChange::Role(role), _) => {
                    let give = "UPDATE users SET role = ?1 WHERE id = ?2";
                    transaction.execute(give, params![codec::word(*role)?, id])?;
                    let before = std::mem::replace(&mut member.user.role, *role);
                    (audit::AuditAction::RoleChanged, format!("user {id}, {} to {}", before.name(), role.name()))
                }
                (StaffChange::GivenPassword(_), hash) => {
                    let give = "UPDATE users SET password_hash = ?1, password_is_given = 1 WHERE id = ?2";
                    transaction.execute(give, params![hash, id])?;
                    throttle::forget(transaction, &throttle::digest_of(&fold(member.user.login.as_str())))?;
                    member.password_is_given = true;
                    (audit::AuditAction::PasswordGiven, format!("user {id}"))
                }
            };
            audit::append(transaction, by, action, None, None, &detail)?;
            end_sign_ins(transaction, &id)?;
            Ok(member)
        })
    }

    /// All staff, by login name.
    ///
    /// # Errors
    /// The database's, a role that is not known among them.
    pub fn staff(&self) -> Result<Vec<StaffMember>, StoreError> {
        let reader = self.reader();
        let mut statement = reader.prepare(&format!("{SELECT} ORDER BY login_folded"))?;
        let mut rows = statement.query(())?;
        let mut staff = Vec::new();
        while let Some(row) = rows.next()? {
            staff.push(stored(row)?.member);
        }
        Ok(staff)
    }

    /// Lets nobody pass who signed in here and works here no more, or whose role or password was changed since: what
    /// their screen shows was for what they were then. Whom a care platform knows is its to say.
    ///
    /// # Errors
    /// [`StoreError::StaffDisabled`], [`StoreError::SignInOver`], or the database's.
    pub fn works_still(&self, actor: &Actor) -> Result<(), StoreError> {
        let reader = self.reader();
        let found = by_login(&reader, &fold(actor.user.login.as_str()))?;
        let Some(found) = found.filter(|found| found.member.user.id == actor.user.id) else { return Ok(()) };
        if found.member.disabled {
            return Err(StoreError::StaffDisabled);
        }
        let Some(end) = found.sign_ins_end else { return Ok(()) };
        let is_later = signed_in_since(&reader, (&actor.user.id, &actor.session), end)?;
        if is_later { Ok(()) } else { Err(StoreError::SignInOver) }
    }
}

/// A member of staff with what their password is held to.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct StoredMember {
    pub(super) member: StaffMember,
    pub(super) password_hash: String,
    /// Which line of the trail tells of the last change that ended the sign-ins of before.
    sign_ins_end: Option<i64>,
}

/// The columns of [`stored`].
const SELECT: &str = "SELECT id, login, name, role, disabled_at IS NOT NULL, password_is_given, password_hash,
                             sign_ins_end
                      FROM users";

fn stored(row: &rusqlite::Row<'_>) -> Result<StoredMember, StoreError> {
    let text = |column: usize| row.get::<_, String>(column);
    let user = User {
        id: row.get::<_, i64>(0)?.to_string(),
        login: Clean::from(text(1)?),
        name: Clean::from(text(2)?),
        role: codec::from_word(&text(3)?, "role")?,
    };
    let member = StaffMember { user, disabled: row.get(4)?, password_is_given: row.get(5)? };
    Ok(StoredMember { member, password_hash: text(6)?, sign_ins_end: row.get(7)? })
}

/// The member of staff of a login, as [`fold`] gives it.
pub(super) fn by_login(connection: &Connection, folded: &str) -> Result<Option<StoredMember>, StoreError> {
    let found = connection
        .prepare_cached(&format!("{SELECT} WHERE login_folded = ?1"))?
        .query_row([folded], |row| Ok(stored(row)))
        .optional()?;
    found.transpose()
}

/// Ends what is done in sign-ins of before the last line of the trail.
pub(super) fn end_sign_ins(connection: &Connection, user: &str) -> Result<(), StoreError> {
    let end = "UPDATE users SET sign_ins_end = (SELECT max(id) FROM audit) WHERE id = ?1";
    connection.execute(end, [user])?;
    Ok(())
}

/// Lets nobody change the staff who is of it and no administrator, or whose sign-in for it has ended, and the command
/// that makes the first of the staff only where there is nobody: between what was looked at and what is wanted changed
/// may lie any time. Another name that is no number is a command's, which has looked at who gives it.
pub(super) fn may_change(connection: &Connection, by: By<'_>) -> Result<(), StoreError> {
    let may = if by.user == FIRST_OF_STAFF {
        !connection.prepare_cached("SELECT 1 FROM users")?.exists(())?
    } else if let Ok(id) = by.user.parse::<i64>() {
        let is_one = "SELECT sign_ins_end FROM users WHERE id = ?1 AND role = ?2 AND disabled_at IS NULL";
        let found: Option<Option<i64>> = connection
            .prepare_cached(is_one)?
            .query_row(params![id, codec::word(Role::Administrator)?], |row| row.get(0))
            .optional()?;
        match found {
            Some(None) => true,
            Some(Some(end)) => signed_in_since(connection, (by.user, by.session), end)?,
            None => false,
        }
    } else {
        true
    };
    if may { Ok(()) } else { Err(StoreError::NoAdministrator) }
}

/// Whether this user signed in to this session behind that line of the trail.
fn signed_in_since(connection: &Connection, (user, session): (&str, &str), end: i64) -> Result<bool, StoreError> {
    let later = "SELECT 1 FROM audit WHERE action = 'signed-in' AND session = ?1 AND user = ?2 AND id > ?3";
    Ok(connection.prepare_cached(later)?.exists(params![session, user, end])?)
}

/// Whether nobody could look after the staff any more without them.
fn is_last_administrator(connection: &Connection, member: &StaffMember) -> Result<bool, StoreError> {
    if member.disabled || member.user.role != Role::Administrator {
        return Ok(false);
    }
    let others = "SELECT count(*) FROM users WHERE role = ?1 AND disabled_at IS NULL AND id <> ?2";
    let others: i64 = connection
        .prepare_cached(others)?
        .query_row(params![codec::word(Role::Administrator)?, member.user.id], |row| row.get(0))?;
    Ok(others == 0)
}

#[cfg(test)]
mod tests;
