//! The log of a command, and what else is said of a failure where it is asked for.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{CommandError, Exit, ProgramCommand};
use crate::domain::cause::Cause;
use crate::host::log;
use crate::host::paths::{Paths, PathsError};

/// What is given as the folder where no log is wanted.
const OFF: &str = "off";

/// Where the log is, and how much is said: for every command.
#[derive(Debug, Clone, Args)]
pub(super) struct LogOptions {
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "GLUCODOCK_LOG",
        help = "The folder of the log and of its key, or off; without it the state folder of this user"
    )]
    log: Option<PathBuf>,
    /// Say the details of a failure too, on standard error
    #[arg(long, global = true)]
    verbose: bool,
}

/// What a command does with the log.
pub(super) struct Logging {
    folder: Option<PathBuf>,
    verbose: bool,
}

impl LogOptions {
    /// Begins the log of a command that has one. That there can be none is said, and the work goes on: but for a user
    /// who has no home folder and named none, of whom nothing else can be expected.
    pub(super) fn begin(&self, command: Option<&ProgramCommand>) -> Logging {
        let none = Logging { folder: None, verbose: self.verbose };
        let is_off = self.log.as_ref().is_some_and(|folder| folder.as_os_str() == OFF);
        if is_off || !command.is_none_or(ProgramCommand::is_logged) {
            return none;
        }
        let state = match &self.log {
            Some(folder) => Ok(folder.clone()),
            None => Paths::state_of_this_user(),
        };
        let begun = match state {
            Ok(state) => log::begin(&state).map(|()| log::folder(&state)).map_err(Cause::of),
            Err(PathsError::Homeless { .. }) if !self.verbose => return none,
            Err(error) => Err(Cause::of(error)),
        };
        match begun {
            Ok(folder) => {
                let command = command.map_or("app", ProgramCommand::name);
                tracing::info!(version = env!("CARGO_PKG_VERSION"), command, "started");
                Logging { folder: Some(folder), verbose: self.verbose }
            }
            Err(error) => {
                // Nobody is left to tell if standard error is closed.
                let _ = writeln!(io::stderr(), "glucodock: there is no log: {error}");
                none
            }
        }
    }
}

impl Logging {
    /// The folder of the log, if there is one.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// A command failed: its code and causes go into the log, and to standard error if that was asked for.
    pub(super) fn failed(&self, error: &CommandError) {
        tracing::warn!(code = error.code(), exit = error.exit.code(), error = error.detail(), "command failed");
        if self.verbose {
            let log = self.folder.as_ref().map_or_else(|| OFF.to_owned(), |folder| folder.display().to_string());
            let (code, detail) = (error.code(), error.detail().unwrap_or("nothing more is known"));
            let version = env!("CARGO_PKG_VERSION");
            let _ = writeln!(io::stderr(), "  code: {code}\n  detail: {detail}\n  version: {version}\n  log: {log}");
        }
    }
}

/// A command ended.
pub(super) fn ended(exit: Exit) {
    tracing::info!(exit = exit.code(), "ended");
}
