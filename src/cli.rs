//! The command line: one thin file per sub-command. Results go to stdout, messages to stderr.

mod app;
mod audit;
mod demo;
mod doctor;
mod headless;
mod hidden_input;
mod meters;
mod output;
mod patients;
mod pending;
mod read;
mod read_json;
mod read_text;
mod screen;
mod simulate;
mod store;
mod usb_choice;
mod users;
mod wiring;

use std::ffi::OsString;
use std::io::{self, Write as _};

use clap::{Parser, Subcommand};

use self::output::{Format, OutputOptions};

/// How a command ended; scripts depend on the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: the command did what it was asked.
    Done,
    /// 1: the work failed.
    Failed,
    /// 2: the command was used wrongly.
    Usage,
    /// 3: there is no meter.
    NoMeter,
    /// 4: the meter was lost or answered wrongly.
    MeterLost,
    /// 5: the platform refused or cannot be reached.
    Platform,
    /// The app was left, or a script ended, with this code.
    Left(u8),
}

impl Exit {
    /// The exit code of the process.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NoMeter => 3,
            Self::MeterLost => 4,
            Self::Platform => 5,
            Self::Left(code) => code,
        }
    }
}

/// Why a command ended without its result.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct CommandError {
    /// The exit code.
    pub exit: Exit,
    /// What a person reads on stderr.
    pub message: String,
}

impl CommandError {
    /// An error with this exit code.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }

    /// The command was used wrongly.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }
}

impl From<io::Error> for CommandError {
    /// The result could not be written.
    fn from(error: io::Error) -> Self {
        Self::new(Exit::Failed, format!("cannot write the result: {error}"))
    }
}

#[derive(Debug, Parser)]
#[command(
    name = "glucodock",
    version,
    about,
    long_about = "Reads a glucose meter and puts its readings into the right person's record, from a terminal.\n\nWithout a command, the app starts on this terminal.",
    args_conflicts_with_subcommands = true
)]
struct Arguments {
    #[command(flatten)]
    output: OutputOptions,
    #[command(flatten)]
    app: app::Options,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check and print the audit trail of the local store
    #[command(subcommand)]
    Audit(audit::Command),
    /// Run the app on a demo clinic with simulated meters; nothing of it survives
    Demo(demo::Options),
    /// Say what is wrong with this computer, and what helps
    Doctor(doctor::Options),
    /// Run the app under a script
    Headless(Box<headless::Options>),
    /// List the meters that are attached, or all that can be read
    Meters(meters::Options),
    /// Find and create patients in the local store
    #[command(subcommand)]
    Patients(patients::Command),
    /// List the meters that wait for a patient in the local store, and what is asked of each
    Pending(pending::Options),
    /// Read one meter and print what it holds; stores nothing
    Read(read::Options),
    /// Be a meter, for training and tests, until interrupted
    Simulate(simulate::Options),
    /// Look after the local store as a whole
    #[command(subcommand)]
    Store(store::Command),
    /// Add and list the staff of the local store
    #[command(subcommand)]
    Users(users::Command),
}

/// Runs the program with these arguments, the program's name first.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are results, not errors.
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Done };
            return if error.print().is_ok() { exit } else { Exit::Failed };
        }
    };
    let format = arguments.output.format();
    let result = match arguments.command {
        None => app::run(arguments.app),
        Some(Command::Audit(command)) => audit::run(&command, format),
        Some(Command::Demo(options)) => demo::run(&options),
        Some(Command::Doctor(options)) => doctor::run(&options, format),
        Some(Command::Headless(options)) => headless::run(&options, format),
        Some(Command::Meters(options)) => meters::run(&options, format),
        Some(Command::Patients(command)) => patients::run(&command, format),
        Some(Command::Pending(options)) => pending::run(&options, format),
        Some(Command::Read(options)) => read::run(&options, format),
        Some(Command::Simulate(options)) => simulate::run(&options, format),
        Some(Command::Store(command)) => store::run(&command, format),
        Some(Command::Users(command)) => users::run(&command, format),
    };
    result.unwrap_or_else(|error| {
        // Nobody is left to tell if stderr is closed; the exit code says it as well.
        let _ = writeln!(io::stderr(), "glucodock: {error}");
        error.exit
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_option_is_explained() {
        for command in Arguments::command().get_subcommands() {
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
            }
        }
    }
}
