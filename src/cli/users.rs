//! `glucodock users`: the staff of the local store. A password is read from standard input, never from the command
//! line, where every user of the machine can see it.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use zeroize::Zeroizing;

use super::hidden_input::HiddenInput;
use super::output::{Side, aligned, print_text};
use super::store::{StoreOptions, complained, local_administrator, store_json, store_mark};
use super::{CommandError, Exit, Format, input};
use crate::domain::clinic::{Purpose, Role, User};
use crate::domain::text::Clean;
use crate::domain::validation::{self, Complaint, Field, FieldFault};
use crate::store::NewUser;

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum UsersCommand {
    /// Add a member of staff; the password is the first line of standard input, at a terminal asked
    /// for twice and not shown
    Add(AddOptions),
    /// List the staff
    List(ListOptions),
}

/// Who is added.
#[derive(Debug, Args)]
pub(super) struct AddOptions {
    #[command(flatten)]
    store: StoreOptions,
    /// The name typed at sign-in
    #[arg(long, value_name = "LOGIN")]
    login: String,
    /// The name shown
    #[arg(long, value_name = "NAME")]
    name: String,
    /// What they may do
    #[arg(long, value_enum)]
    role: RoleName,
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
        UsersCommand::Add(options) => {
            // What was typed on the command line is checked before a password is asked for.
            checked(&options.login, &options.name)?;
            let new = staff(&options.login, &options.name, options.role, &read_password()?)?;
            let store =
                if options.training { options.store.begin_for_training()? } else { options.store.open_or_begin()? };
            show(store.purpose(), &[store.add_user(local_administrator(), &new)?], format)?;
        }
        UsersCommand::List(options) => {
            let store = options.store.open_existing()?;
            show(store.purpose(), &store.users()?, format)?;
        }
    }
    Ok(Exit::Done)
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
    let password = validation::password(password).map_err(refused(Field::Password))?;
    Ok(NewUser { login, name, role: role.into(), password })
}

/// The first line of standard input. Whoever types it sees nothing of it, and types it twice: a slip
/// would lock its owner out.
fn read_password() -> Result<Zeroizing<String>, CommandError> {
    let hidden = HiddenInput::begin()?;
    let password = read_line(true)?;
    // At a terminal alone: what a script sends has no slips of the finger, and is one line.
    if hidden.ask_again()? && read_line(false)? != password {
        drop(hidden);
        let message = "password: the two are not the same; nobody was added";
        return Err(CommandError::usage(message).because_of(Field::Password.name()));
    }
    Ok(password)
}

fn read_line(is_first: bool) -> Result<Zeroizing<String>, CommandError> {
    input::line(is_first).map_err(|error| error.because_of(Field::Password.name()))
}

/// A line for each user: login, role and name.
fn table(users: &[User]) -> String {
    let row = |user: &User| {
        let role = json!(user.role).as_str().unwrap_or_default().to_owned();
        [user.login.to_string(), role, user.name.to_string()]
    };
    aligned(&[Side::Left; 3], &users.iter().map(row).collect::<Vec<_>>())
}

fn show(purpose: Purpose, users: &[User], format: Format) -> Result<(), CommandError> {
    if format == Format::Json {
        return store_json(purpose, json!({ "users": users }));
    }
    let mut text = store_mark(purpose);
    text.push_str(&table(users));
    if users.is_empty() {
        text.push_str("There are no users yet.\n");
    }
    print_text(&text)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A login of 40 letters is allowed, and moves no column of the others.
    #[test]
    fn a_long_login_moves_no_column_of_the_others() {
        let user = |login: &str, role| User { id: "1".into(), login: login.into(), name: "Nora".into(), role };
        let users = [user("n", Role::Clinician), user("ward-7-night-shift-nurse-of-the-day", Role::Assistant)];
        let text = table(&users);
        let columns: Vec<_> = text.lines().map(|line| (line.find("clinician"), line.find("Nora"))).collect();
        assert_eq!(columns, [(Some(37), Some(48)), (None, Some(48))]);
    }
}
