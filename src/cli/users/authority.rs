//! Who changes the staff: an administrator who signs in for the command, or root, which the trail tells. The first of
//! the staff is made without: nobody is there who could.

use std::io::{self, Write as _};

use clap::Args;

use super::super::store::{StoreOptions, now};
use super::super::{CommandError, Exit};
use super::typed::TypedPasswords;
use crate::domain::clinic::{Credentials, Password, Role};
use crate::domain::text::{Clean, NAME_CELLS, Private};
use crate::host::superuser;
use crate::store::{By, FIRST_OF_STAFF, Store};

/// So much of a path is told.
const LONGEST_FOLDER: usize = 400;

/// Who the trail names where root does it, whom nobody can keep out.
const ROOT: &str = "root";

/// As whom.
#[derive(Debug, Default, Args)]
pub(super) struct AuthorityOptions {
    /// The login of the administrator who does this; their password is the first line of standard input, at a terminal
    /// asked for and not shown
    #[arg(long = "as", value_name = "LOGIN")]
    pub(super) administrator: Option<String>,
}

/// Somebody who may change the staff.
#[derive(Debug)]
pub(super) struct Authority {
    user: String,
    /// The sign-in for this command; nothing without one.
    session: String,
}

impl Authority {
    /// Who may do this, found out before anything else is asked for.
    pub(super) fn of(
        options: &AuthorityOptions,
        (store, place): (&Store, &StoreOptions),
        typed: &mut TypedPasswords,
    ) -> Result<Self, CommandError> {
        if let Some(login) = &options.administrator {
            let password = typed.password(&format!("Password of {}: ", Clean::new(login, NAME_CELLS)))?;
            let credentials = credentials(login, &password, None);
            let admits = |role: Role| role == Role::Administrator;
            let session = Store::fresh_key()?.0;
            return Ok(Self { user: store.sign_in(&credentials, (&session, now()), admits)?.id, session });
        }
        if store.staff()?.is_empty() {
            return Ok(Self { user: FIRST_OF_STAFF.to_owned(), session: String::new() });
        }
        if superuser::is_here() {
            // Nobody is left to tell if stderr is closed; the trail has it all the same.
            let told = "glucodock: the staff is changed as root, without a sign-in; the audit trail says so";
            let _ = writeln!(io::stderr(), "{told}");
            return Ok(Self { user: ROOT.to_owned(), session: String::new() });
        }
        let folder = Clean::new(&place.folder()?.to_string_lossy(), LONGEST_FOLDER);
        let folder = folder.as_str();
        Err(CommandError::new(
            Exit::Usage,
            format!(
                "this store has staff: say with --as LOGIN which of its administrators you are. If it has none, or \
                 nobody knows their password, run this as root with --data {folder}"
            ),
        ))
    }

    /// Them, now.
    pub(super) fn by(&self) -> By<'_> {
        By { user: &self.user, session: &self.session, at: now() }
    }
}

/// What somebody shows of who they are.
pub(super) fn credentials(login: &str, password: &str, new: Option<Password>) -> Credentials {
    let login = Private::new(Clean::new(login, NAME_CELLS));
    Credentials { login, password: Password::new(password.to_owned()), new }
}
