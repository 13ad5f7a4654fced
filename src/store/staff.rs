//! How staff changes: who works here no more or again, what they may do, and a password that was forgotten. Nobody is
//! deleted: the trail names them.

use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Serialize;

use super::error::StoreError;
use super::{By, Store, audit, codec, password, throttle};
use crate::domain::clinic::{Actor, Password, Role, User};
use crate::domain::password_rules;
use crate::domain::text::{Clean, fold};

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
    /// [`StoreError::NotFound`], [`StoreError::StaffDisabled`] of whoever does it, [`StoreError::LastAdministrator`],
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
        let later = "SELECT EXISTS (SELECT 1 FROM audit WHERE action = 'signed-in' AND session = ?1 AND id > ?2)";
        let is_later = reader.prepare_cached(later)?.query_row(params![actor.session, end], |row| row.get(0))?;
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

/// Lets nobody change the staff who is of it and no administrator, or no more: between their password and what they
/// want changed may lie any time. A name that is no number is a command's, which has looked at who gives it.
pub(super) fn may_change(connection: &Connection, by: By<'_>) -> Result<(), StoreError> {
    let Ok(id) = by.user.parse::<i64>() else { return Ok(()) };
    let is_one = "SELECT count(*) FROM users WHERE id = ?1 AND role = ?2 AND disabled_at IS NULL";
    let found: i64 = connection
        .prepare_cached(is_one)?
        .query_row(params![id, codec::word(Role::Administrator)?], |row| row.get(0))?;
    if found == 1 { Ok(()) } else { Err(StoreError::StaffDisabled) }
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
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::clinic::Credentials;
    use crate::domain::text::Private;
    use crate::store::NewUser;

    fn by(second: i64) -> By<'static> {
        By::command("test", Timestamp::from_second(1_800_000_000 + second).unwrap())
    }

    fn store_of(staff: &[(&str, Role)]) -> (tempfile::TempDir, Store) {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        for (login, role) in staff {
            let password = Password::new(format!("{login} has this one"));
            let new =
                NewUser { login: (*login).into(), name: "X".into(), role: *role, password, password_is_given: false };
            store.add_user(by(0), &new).unwrap();
        }
        (directory, store)
    }

    fn sign_in(store: &Store, login: &str, password: &str, new: Option<&str>) -> Result<User, StoreError> {
        let credentials = Credentials {
            login: Private::new(login.into()),
            password: Password::new(password.to_owned()),
            new: new.map(|new| Password::new(new.to_owned())),
        };
        store.sign_in(&credentials, ("s", by(9).at), |role| role != Role::Administrator)
    }

    /// Somebody in the sign-in of these tests.
    fn at_work(user: User) -> Actor {
        Actor { user, session: "s".to_owned(), at: by(9).at }
    }

    fn trail(store: &Store) -> Vec<(String, String)> {
        let lines = store.audit_trail().unwrap();
        lines.into_iter().filter(|line| line.action != "user-added").map(|line| (line.action, line.detail)).collect()
    }

    fn told(lines: &[(&str, &str)]) -> Vec<(String, String)> {
        lines.iter().map(|(action, detail)| ((*action).to_owned(), (*detail).to_owned())).collect()
    }

    #[test]
    fn whoever_is_disabled_does_not_sign_in_and_does_nothing_more_where_they_have() {
        let (_directory, store) = store_of(&[("nora", Role::Assistant)]);
        let nora = at_work(sign_in(&store, "nora", "nora has this one", None).unwrap());
        assert!(store.works_still(&nora).is_ok());
        assert!(store.change_staff(by(1), "NORA", &StaffChange::Disabled).unwrap().disabled);
        assert!(matches!(store.works_still(&nora), Err(StoreError::StaffDisabled)));
        let refused = sign_in(&store, "nora", "nora has this one", None);
        assert!(matches!(refused, Err(StoreError::StaffDisabled)));
        // Who does not know the password is not told that there is such a person.
        assert!(matches!(sign_in(&store, "nora", "x", None), Err(StoreError::SignInRefused)));
        let new = sign_in(&store, "nora", "nora has this one", Some("stapler mit brille"));
        assert!(matches!(new, Err(StoreError::StaffDisabled)));
        store.change_staff(by(2), "nora", &StaffChange::Enabled).unwrap();
        // Nobody knows who stands before a screen of before.
        assert!(matches!(store.works_still(&nora), Err(StoreError::SignInOver)));
        assert_eq!(sign_in(&store, "nora", "nora has this one", None).unwrap(), nora.user);
        assert!(store.works_still(&nora).is_ok());
        let expected = [
            ("signed-in", ""),
            ("user-disabled", "user 1"),
            ("sign-in-refused", "disabled"),
            ("sign-in-refused", ""),
            ("sign-in-refused", "disabled"),
            ("user-enabled", "user 1"),
            ("signed-in", ""),
        ];
        assert_eq!(trail(&store), told(&expected));
    }

    #[test]
    fn whose_role_is_another_signs_in_anew() {
        let (_directory, store) = store_of(&[("nora", Role::Clinician)]);
        let nora = at_work(sign_in(&store, "nora", "nora has this one", None).unwrap());
        store.change_staff(by(1), "nora", &StaffChange::Role(Role::Assistant)).unwrap();
        assert!(matches!(store.works_still(&nora), Err(StoreError::SignInOver)));
        let nora = at_work(sign_in(&store, "nora", "nora has this one", None).unwrap());
        assert_eq!(nora.user.role, Role::Assistant);
        assert!(store.works_still(&nora).is_ok());
        assert_eq!(trail(&store)[1], told(&[("role-changed", "user 1, clinician to assistant")])[0]);
    }

    #[test]
    fn a_password_of_somebody_else_is_changed_before_anything_is_done_with_it() {
        let (_directory, store) = store_of(&[("nora", Role::Assistant)]);
        for _ in 0..5 {
            assert!(sign_in(&store, "nora", "forgotten", None).is_err());
        }
        let given = StaffChange::GivenPassword(Password::new("lent by the office".to_owned()));
        assert!(store.change_staff(by(1), "nora", &given).unwrap().password_is_given);
        // The wrong ones of before do not let her wait, and the old one is worth nothing.
        assert!(matches!(sign_in(&store, "nora", "nora has this one", None), Err(StoreError::SignInRefused)));
        assert!(matches!(sign_in(&store, "nora", "lent by the office", None), Err(StoreError::PasswordGiven)));
        for unfit in ["lent by the office", "password", "nora"] {
            let refused = sign_in(&store, "nora", "lent by the office", Some(unfit));
            assert!(matches!(refused, Err(StoreError::PasswordUnfit)), "{unfit}");
        }
        assert!(sign_in(&store, "nora", "lent by the office", Some("stapler mit brille")).is_ok());
        assert!(matches!(sign_in(&store, "nora", "lent by the office", None), Err(StoreError::SignInRefused)));
        assert!(sign_in(&store, "nora", "stapler mit brille", None).is_ok());
        assert!(!store.staff().unwrap()[0].password_is_given);
        let trail = trail(&store);
        let changed = ("password-changed".to_owned(), String::new());
        assert_eq!(trail.iter().filter(|line| **line == changed).count(), 1);
        assert!(trail.iter().all(|(_, detail)| !detail.contains("office") && !detail.contains("stapler")));
    }

    #[test]
    fn somebody_is_always_left_who_looks_after_the_staff() {
        let (_directory, store) = store_of(&[("ada", Role::Administrator), ("bea", Role::Administrator)]);
        store.change_staff(by(1), "ada", &StaffChange::Disabled).unwrap();
        for change in [StaffChange::Disabled, StaffChange::Role(Role::Auditor)] {
            let refused = store.change_staff(by(2), "bea", &change);
            assert!(matches!(refused, Err(StoreError::LastAdministrator)), "{change:?}");
        }
        assert!(!store.staff().unwrap()[1].disabled);
        store.change_staff(by(3), "ada", &StaffChange::Enabled).unwrap();
        assert!(store.change_staff(by(4), "bea", &StaffChange::Disabled).is_ok());
    }

    #[test]
    fn what_is_so_already_is_no_change() {
        let (_directory, store) = store_of(&[("nora", Role::Clinician)]);
        store.change_staff(by(1), "nora", &StaffChange::Enabled).unwrap();
        store.change_staff(by(1), "nora", &StaffChange::Role(Role::Clinician)).unwrap();
        assert_eq!(trail(&store), []);
        let missing = store.change_staff(by(1), "nobody", &StaffChange::Disabled);
        assert!(matches!(missing, Err(StoreError::NotFound { .. })));
    }

    /// Between their password and what they want changed lies any time: a prompt that was left open.
    #[test]
    fn who_is_no_administrator_any_more_changes_nobody() {
        let (_directory, store) = store_of(&[("ada", Role::Administrator), ("bea", Role::Administrator)]);
        let ada = By { user: "1", ..by(3) };
        store.change_staff(by(1), "ada", &StaffChange::Disabled).unwrap();
        let given = StaffChange::GivenPassword(Password::new("lent by the office".to_owned()));
        for change in [given, StaffChange::Enabled] {
            assert!(matches!(store.change_staff(ada, "bea", &change), Err(StoreError::StaffDisabled)), "{change:?}");
        }
        let eve = NewUser {
            login: "eve".into(),
            name: "X".into(),
            role: Role::Administrator,
            password: Password::new("gulasch regen tapete".to_owned()),
            password_is_given: false,
        };
        assert!(matches!(store.add_user(ada, &eve), Err(StoreError::StaffDisabled)));
        assert!(!store.staff().unwrap()[1].password_is_given);
    }

    #[test]
    fn a_password_that_is_given_is_none_that_is_guessed_first() {
        let (_directory, store) = store_of(&[("nora", Role::Assistant)]);
        let given = StaffChange::GivenPassword(Password::new("password1".to_owned()));
        assert!(matches!(store.change_staff(by(1), "nora", &given), Err(StoreError::PasswordUnfit)));
    }
}
