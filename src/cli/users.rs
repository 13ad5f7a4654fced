//! `glucodock users`: the staff of the local store, changed by an administrator or by root. A password is read from
//! standard input, never from the command line, where every user of the machine can see it.

mod authority;
mod typed;

use std::io::{self, Write as _};

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use self::authority::{Authority, AuthorityOptions, credentials};
use self::typed::TypedPasswords;
use super::output::{Side, aligned, print_text};
use super::store::{StoreOptions, complained, now, store_json, store_mark};
use super::{CommandError, Exit, Format};
use crate::domain::clinic::{Password, Purpose, Role};
use crate::domain::password_rules;
use crate::domain::text::{Clean, NAME_CELLS, fold};
use crate::domain::validation::{self, Complaint, Field, FieldFault};
use crate::store::{NewUser, StaffChange, StaffMember};

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum UsersCommand {
    /// Add a member of staff; the password is the first line of standard input, at a terminal asked
    /// for twice and not shown
    Add(AddOptions),
    /// List the staff
    List(ListOptions),
    /// Let somebody work here no more: no sign-in, and nothing further in one that they have. Nobody is deleted, the
    /// audit trail names them
    Disable(ChangeOptions),
    /// Let somebody work here again
    Enable(ChangeOptions),
    /// Let somebody do something else
    Role(RoleOptions),
    /// Give somebody another password, which they change when they sign in; or, as oneself, change one's own. The
    /// new one is the last line of standard input
    Password(ChangeOptions),
}

/// Whose sign-in is changed, and by whom.
#[derive(Debug, Args)]
pub(super) struct ChangeOptions {
    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    authority: AuthorityOptions,
    /// The name typed at sign-in
    #[arg(value_name = "LOGIN")]
    login: String,
}

/// Who gets which role.
#[derive(Debug, Args)]
pub(super) struct RoleOptions {
    #[command(flatten)]
    change: ChangeOptions,
    /// What they may do from now on
    #[arg(long, value_enum)]
    role: RoleName,
}

/// Who is added.
#[derive(Debug, Args)]
pub(super) struct AddOptions {
    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    authority: AuthorityOptions,
    /// The name typed at sign-in
    #[arg(long, value_name = "LOGIN")]
    login: String,
    /// The name shown
    #[arg(long, value_name = "NAME")]
    name: String,
    /// What they may do
    #[arg(long, value_enum)]
    role: RoleName,
    /// Whoever gets this password chooses another one when they sign in first
    #[arg(long)]
    change_at_sign_in: bool,
    /// Begin a store for training: simulated meters work on it, and it never holds patients; cannot be changed later
    #[arg(long)]
    training: bool,
}

/// Which store.
#[derive(Debug, Args)]
pub(super) struct ListOptions {
    #[command(flatten)]
    store: StoreOptions,
}

/// A role as it is written on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum RoleName {
    /// Uploads and assigns
    Assistant,
    /// All of that, and sees by name whose a meter of another patient is
    Clinician,
    /// Manages users; sees no clinical data
    Administrator,
    /// Reads the audit trail only
    Auditor,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Assistant => Self::Assistant,
            RoleName::Clinician => Self::Clinician,
            RoleName::Administrator => Self::Administrator,
            RoleName::Auditor => Self::Auditor,
        }
    }
}

/// Does what was asked.
pub(super) fn run(command: &UsersCommand, format: Format) -> Result<Exit, CommandError> {
    match command {
        UsersCommand::Add(options) => add(options, format),
        UsersCommand::List(options) => {
            let store = options.store.open_existing()?;
            show(store.purpose(), &store.staff()?, format)
        }
        UsersCommand::Disable(options) => change(options, |_| Ok(StaffChange::Disabled), format),
        UsersCommand::Enable(options) => change(options, |_| Ok(StaffChange::Enabled), format),
        UsersCommand::Role(options) => change(&options.change, |_| Ok(StaffChange::Role(options.role.into())), format),
        UsersCommand::Password(options) if is_ones_own(options) => own_password(options, format),
        UsersCommand::Password(options) => {
            let given = |typed: &mut TypedPasswords| {
                let question = format!("New password of {}: ", Clean::new(&options.login, NAME_CELLS));
                Ok(StaffChange::GivenPassword(checked_password(&typed.new_password(&question)?, &[&options.login])?))
            };
            change(options, given, format)
        }
    }
}

fn add(options: &AddOptions, format: Format) -> Result<Exit, CommandError> {
    // What was typed on the command line is checked before a password is asked for.
    checked(&options.login, &options.name)?;
    let mut typed = TypedPasswords::default();
    let known = [options.login.as_str(), &options.name];
    let new = |typed: &mut TypedPasswords| -> Result<NewUser, CommandError> {
        let password = typed.new_password("Password: ")?;
        checked_password(&password, &known)?;
        let new = staff(&options.login, &options.name, options.role, &password)?;
        Ok(NewUser { password_is_given: options.change_at_sign_in, ..new })
    };
    let begin = || if options.training { options.store.begin_for_training() } else { options.store.open_or_begin() };
    // Whoever says who they are is known there: no other store is begun for them. One that is not there yet is begun
    // only with its first user.
    let is_known = options.authority.administrator.is_some();
    let there = if is_known { Some(options.store.open_existing()?) } else { options.store.if_there()? };
    let (store, authority, new) = if let Some(store) = there {
        let authority = Authority::of(&options.authority, (&store, &options.store), &mut typed)?;
        let new = new(&mut typed)?;
        (begin()?, authority, new)
    } else {
        let new = new(&mut typed)?;
        let store = begin()?;
        let authority = Authority::of(&AuthorityOptions::default(), (&store, &options.store), &mut typed)?;
        (store, authority, new)
    };
    let is_first = store.staff()?.is_empty();
    let user = store.add_user(authority.by(), &new)?;
    if is_first && user.role != Role::Administrator {
        // Nobody is left to tell if stderr is closed.
        let told = "glucodock: nobody here is an administrator: from now on only root can change the staff";
        let _ = writeln!(io::stderr(), "{told}");
    }
    let added = StaffMember { user, disabled: false, password_is_given: new.password_is_given };
    show(store.purpose(), &[added], format)
}

fn change(
    options: &ChangeOptions,
    change: impl FnOnce(&mut TypedPasswords) -> Result<StaffChange, CommandError>,
    format: Format,
) -> Result<Exit, CommandError> {
    let store = options.store.open_existing()?;
    let mut typed = TypedPasswords::default();
    let authority = Authority::of(&options.authority, (&store, &options.store), &mut typed)?;
    let changed = store.change_staff(authority.by(), &options.login, &change(&mut typed)?)?;
    show(store.purpose(), &[changed], format)
}

/// Whether somebody changes their own password.
fn is_ones_own(options: &ChangeOptions) -> bool {
    options.authority.administrator.as_deref().is_some_and(|login| fold(login) == fold(&options.login))
}

/// Whatever somebody's role: their password is their own.
fn own_password(options: &ChangeOptions, format: Format) -> Result<Exit, CommandError> {
    let store = options.store.open_existing()?;
    let mut typed = TypedPasswords::default();
    let old = typed.password("Old password: ")?;
    let new = checked_password(&typed.new_password("New password: ")?, &[&options.login])?;
    let user = store.sign_in(&credentials(&options.login, &old, Some(new)), ("", now()), |_| true)?;
    show(store.purpose(), &[StaffMember { user, disabled: false, password_is_given: false }], format)
}

/// A password that somebody is to work with.
fn checked_password(raw: &str, of_them: &[&str]) -> Result<Password, CommandError> {
    password_rules::new_password(raw, of_them).map_err(refused(Field::Password))
}

fn refused(field: Field) -> impl FnOnce(FieldFault) -> CommandError {
    move |fault| complained(&[Complaint { field, fault }])
}

/// Login and name, held to the rules.
fn checked(login: &str, name: &str) -> Result<(Clean, Clean), CommandError> {
    let login = validation::login(login).map_err(refused(Field::Login))?;
    Ok((login, validation::name(name).map_err(refused(Field::Name))?))
}

/// A member of staff as described, held to the rules.
pub(super) fn staff(login: &str, name: &str, role: RoleName, password: &str) -> Result<NewUser, CommandError> {
    let (login, name) = checked(login, name)?;
    let password = password_rules::password(password).map_err(refused(Field::Password))?;
    Ok(NewUser { login, name, role: role.into(), password, password_is_given: false })
}

/// A line for each user: the number by which the audit trail names them, login, role, name, and what is to be known of
/// their sign-in.
fn table(users: &[StaffMember]) -> String {
    let row = |StaffMember { user, disabled, password_is_given }: &StaffMember| {
        let sign_in = match (disabled, password_is_given) {
            (true, _) => "disabled",
            (false, true) => "changes the password at sign-in",
            (false, false) => "",
        };
        let role = user.role.name().to_owned();
        [user.id.clone(), user.login.to_string(), role, user.name.to_string(), sign_in.to_owned()]
    };
    aligned(&[Side::Right, Side::Left, Side::Left, Side::Left, Side::Left], &users.iter().map(row).collect::<Vec<_>>())
}

fn show(purpose: Purpose, users: &[StaffMember], format: Format) -> Result<Exit, CommandError> {
    if format == Format::Json {
        store_json(purpose, json!({ "users": users }))?;
        return Ok(Exit::Done);
    }
    let mut text = store_mark(purpose);
    text.push_str(&table(users));
    if users.is_empty() {
        text.push_str("There are no users yet.\n");
    }
    print_text(&text)?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clinic::User;

    /// A login of 40 letters is allowed, and moves no column of the others.
    #[test]
    fn a_long_login_moves_no_column_of_the_others() {
        let user = |login: &str, role| StaffMember {
            user: User { id: "1".into(), login: login.into(), name: "Nora".into(), role },
            disabled: false,
            password_is_given: false,
        };
        let users = [user("n", Role::Clinician), user("ward-7-night-shift-nurse-of-the-day", Role::Assistant)];
        let text = table(&users);
        let columns: Vec<_> = text.lines().map(|line| (line.find("clinician"), line.find("Nora"))).collect();
        assert_eq!(columns, [(Some(40), Some(51)), (None, Some(51))]);
    }
}
