//! `glucodock users`: the staff of the local store. A password is read from standard input, never from the command
//! line, where every user of the machine can see it.

use std::fmt::Write as _;
use std::io::{self, BufRead as _};

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use zeroize::Zeroizing;

use super::hidden_input::HiddenInput;
use super::output::print_text;
use super::store::{StoreOptions, complained, local_administrator, store_json, store_mark};
use super::{CommandError, Exit, Format};
use crate::domain::clinic::{Password, Purpose, Role, User};
use crate::domain::validation::{self, Complaint, Field};
use crate::store::NewUser;

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a member of staff; the password is the first line of standard input
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
enum RoleName {
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
pub(super) fn run(command: &Command, format: Format) -> Result<Exit, CommandError> {
    match command {
        Command::Add(options) => {
            let refused = |field| move |fault| complained(&[Complaint { field, fault }]);
            let login = validation::login(&options.login).map_err(refused(Field::Login))?;
            let name = validation::name(&options.name).map_err(refused(Field::Name))?;
            let password = read_password()?;
            let store =
                if options.training { options.store.begin_for_training()? } else { options.store.open_or_begin()? };
            let new = NewUser { login, name, role: options.role.into(), password };
            show(store.purpose(), &[store.add_user(local_administrator(), &new)?], format)?;
        }
        Command::List(options) => {
            let store = options.store.open_existing()?;
            show(store.purpose(), &store.users()?, format)?;
        }
    }
    Ok(Exit::Done)
}

/// The first line of standard input; not shown if somebody types it.
fn read_password() -> Result<Password, CommandError> {
    let hidden = HiddenInput::begin()?;
    let mut line = Zeroizing::new(String::new());
    io::stdin().lock().read_line(&mut line).map_err(|_| CommandError::usage("the password is not text"))?;
    drop(hidden);
    let password = line.strip_suffix('\n').unwrap_or(&line);
    let password = password.strip_suffix('\r').unwrap_or(password);
    validation::password(password).map_err(|fault| complained(&[Complaint { field: Field::Password, fault }]))
}

fn show(purpose: Purpose, users: &[User], format: Format) -> Result<(), CommandError> {
    if format == Format::Json {
        return store_json(purpose, json!({ "users": users }));
    }
    let mut text = store_mark(purpose);
    for user in users {
        let role = json!(user.role);
        let _ = writeln!(text, "{:<20} {:<14} {}", user.login, role.as_str().unwrap_or_default(), user.name);
    }
    if users.is_empty() {
        text.push_str("There are no users yet.\n");
    }
    print_text(&text)?;
    Ok(())
}
