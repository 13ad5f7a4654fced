//! The command line: one thin file per sub-command. Results go to stdout, messages to stderr.

mod app;
mod audit;
mod config;
mod counting_options;
mod demo;
mod doctor;
mod export;
mod failure;
mod findings;
mod headless;
mod hidden_input;
mod input;
mod log;
mod meters;
mod model_name;
mod output;
mod patients;
mod pending;
mod platform;
mod progress;
mod read;
mod read_json;
mod read_text;
mod screen;
mod settings;
mod shell;
mod simulate;
mod stats;
mod store;
mod sync;
mod unscaled;
mod usb_choice;
mod users;
mod why_waiting;
mod wiring;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

pub use self::failure::CommandError;
use self::log::LogOptions;
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

#[derive(Debug, Parser)]
#[command(
    name = "glucodock",
    version,
    about,
    long_about = "Reads a glucose meter and puts its readings into the right person's record, from a \
        terminal.\n\nWithout a command, the app starts on this terminal."
)]
struct Arguments {
    #[command(flatten)]
    output: OutputOptions,
    #[command(flatten)]
    log: LogOptions,
    #[command(flatten)]
    app: app::AppOptions,
    #[command(subcommand)]
    command: Option<ProgramCommand>,
}

#[derive(Debug, Subcommand)]
enum ProgramCommand {
    /// Check, print and export the audit trail of the local store
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Print what makes a shell complete the commands and options of this program
    Completions(shell::CompletionsOptions),
    /// Write, check and show the settings of this computer
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Run the app on a demo clinic with simulated meters; nothing of it survives
    Demo(demo::DemoOptions),
    /// Say what is wrong with this computer, and what helps
    Doctor(doctor::DoctorOptions),
    /// Export a patient's readings and numbers, for a spreadsheet, a program or another record
    Export(export::ExportOptions),
    /// Run the app under a script
    Headless(Box<headless::HeadlessOptions>),
    /// Write the manual pages, one for each command
    Man(shell::ManOptions),
    /// List the meters that are attached, or all that can be read
    Meters(meters::MetersOptions),
    /// Find and create patients in the local store
    #[command(subcommand)]
    Patients(patients::PatientsCommand),
    /// List the meters that wait for a patient in the local store, and what is asked of each
    Pending(pending::PendingOptions),
    /// Look whether the care platform of the settings can be worked with
    #[command(subcommand)]
    Platform(platform::PlatformCommand),
    /// Read one meter and print what it holds; stores nothing
    Read(read::ReadOptions),
    /// Be a meter, for training and tests, until interrupted
    Simulate(simulate::SimulateOptions),
    /// Compute the numbers of the dashboard for a file of readings
    Stats(stats::StatsOptions),
    /// Look after the local store as a whole
    #[command(subcommand)]
    Store(store::StoreCommand),
    /// Deliver to the care platform what was decided on this computer, and say how each item stands
    Sync(sync::SyncOptions),
    /// Add and list the staff of the local store
    #[command(subcommand)]
    Users(users::UsersCommand),
}

impl ProgramCommand {
    /// Its name, for the log.
    const fn name(&self) -> &'static str {
        match self {
            Self::Audit(_) => "audit",
            Self::Completions(_) => "completions",
            Self::Config(_) => "config",
            Self::Demo(_) => "demo",
            Self::Doctor(_) => "doctor",
            Self::Export(_) => "export",
            Self::Headless(_) => "headless",
            Self::Man(_) => "man",
            Self::Meters(_) => "meters",
            Self::Patients(_) => "patients",
            Self::Pending(_) => "pending",
            Self::Platform(_) => "platform",
            Self::Read(_) => "read",
            Self::Simulate(_) => "simulate",
            Self::Stats(_) => "stats",
            Self::Store(_) => "store",
            Self::Sync(_) => "sync",
            Self::Users(_) => "users",
        }
    }

    /// Whether it works on a store or a meter that is somebody's: nothing is to be kept of a demonstration.
    fn is_logged(&self) -> bool {
        match self {
            Self::Completions(_)
            | Self::Config(_)
            | Self::Demo(_)
            | Self::Doctor(_)
            | Self::Man(_)
            | Self::Platform(_)
            | Self::Simulate(_)
            | Self::Stats(_) => false,
            Self::Headless(options) => !options.is_demo(),
            Self::Meters(options) => !options.is_about_nothing_attached(),
            Self::Audit(_)
            | Self::Export(_)
            | Self::Patients(_)
            | Self::Pending(_)
            | Self::Read(_)
            | Self::Store(_)
            | Self::Sync(_)
            | Self::Users(_) => true,
        }
    }
}

/// Runs the program with these arguments, the program's name first.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let given = arranged(&arguments.into_iter().collect::<Vec<_>>());
    let arguments = match parse(&given) {
        Ok(arguments) => arguments,
        Err(error) => return failure::tell_usage(&error, wants_json(&given)),
    };
    let format = arguments.output.format();
    let log = arguments.log.begin(arguments.command.as_ref());
    let result = match arguments.command {
        None => app::run(arguments.app, log.folder()),
        Some(ProgramCommand::Audit(command)) => audit::run(&command, format),
        Some(ProgramCommand::Completions(options)) => shell::completions(&options, format),
        Some(ProgramCommand::Config(command)) => config::run(&command, format),
        Some(ProgramCommand::Demo(options)) => demo::run(&options),
        Some(ProgramCommand::Doctor(options)) => doctor::run(&options, format),
        Some(ProgramCommand::Export(options)) => export::run(&options, format),
        Some(ProgramCommand::Headless(options)) => headless::run(&options, format, log.folder()),
        Some(ProgramCommand::Man(options)) => shell::man(&options, format),
        Some(ProgramCommand::Meters(options)) => meters::run(&options, format),
        Some(ProgramCommand::Patients(command)) => patients::run(&command, format),
        Some(ProgramCommand::Pending(options)) => pending::run(&options, format),
        Some(ProgramCommand::Platform(command)) => platform::run(&command, format),
        Some(ProgramCommand::Read(options)) => read::run(&options, format),
        Some(ProgramCommand::Simulate(options)) => simulate::run(&options, format),
        Some(ProgramCommand::Stats(options)) => stats::run(&options, format),
        Some(ProgramCommand::Store(command)) => store::run(&command, format),
        Some(ProgramCommand::Sync(options)) => sync::run(&options, format),
        Some(ProgramCommand::Users(command)) => users::run(&command, format),
    };
    let exit = result.unwrap_or_else(|error| {
        // First what happened: with --verbose its details stand in the lines below it.
        let exit = error.tell(format);
        log.failed(&error);
        exit
    });
    log::ended(exit);
    exit
}

/// The command line with every option behind the command that takes it, where it stood before. What the command does
/// not take stays, for [`parse`] to say so.
fn arranged(given: &[OsString]) -> Vec<OsString> {
    let app = Arguments::command();
    let (mut here, mut before) = (&app, Vec::new());
    let mut words = given.iter();
    let mut arranged: Vec<OsString> = words.next().cloned().into_iter().collect();
    while let Some(word) = words.as_slice().first().and_then(|word| word.to_str()) {
        let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
        let option = app.get_arguments().find(|option| option.get_long() == name.strip_prefix("--"));
        if let Some(option) = option {
            // Its value goes with it, also one that is called as a command is.
            let length = 1 + usize::from(value.is_none() && option.get_action().takes_values());
            before.push((option, words.by_ref().take(length).cloned().collect::<Vec<_>>()));
        } else if let Some(command) = here.find_subcommand(word) {
            here = command;
            arranged.extend(words.next().cloned());
        } else {
            break;
        }
    }
    let takes = |option: &clap::Arg| here.get_arguments().any(|own| own.get_long() == option.get_long());
    // Global options work in any place for clap. Those of the app are its own and those of some
    // commands, which clap would take for the app's here.
    let (behind, first): (Vec<_>, Vec<_>) =
        before.into_iter().partition(|(option, _)| !option.is_global_set() && takes(option));
    let unwrapped = |options: Vec<(_, Vec<OsString>)>| options.into_iter().flat_map(|(_, words)| words);
    // Behind the name of the program, if there is one.
    let place = arranged.len().min(1);
    arranged.splice(place..place, unwrapped(first));
    arranged.extend(unwrapped(behind));
    arranged.extend(words.cloned());
    arranged
}

/// Reads an [`arranged`] command line. The options of the app may not stand before a command to
/// which they mean nothing.
fn parse(given: &[OsString]) -> Result<Arguments, clap::Error> {
    let mut command = Arguments::command();
    let matches = command.try_get_matches_from_mut(given)?;
    if let Some((name, _)) = matches.subcommand() {
        let is_given = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
        let of_the_app = command.get_arguments().filter(|argument| !argument.is_global_set());
        let stray = of_the_app.filter_map(clap::Arg::get_long).find(|long| is_given(long));
        if let Some(long) = stray {
            let said = format!("--{long} means nothing to {name}; see glucodock {name} --help");
            return Err(command.error(ErrorKind::ArgumentConflict, said));
        }
    }
    Arguments::from_arg_matches(&matches)
}

/// Whether JSON was asked for, in a command line that makes no sense.
fn wants_json(given: &[OsString]) -> bool {
    // Behind `--` stands what is looked for, and that may look like an option.
    let mut words = given.iter().filter_map(|word| word.to_str()).take_while(|word| *word != "--").peekable();
    while let Some(word) = words.next() {
        let is_form = word == "--format" && words.peek().is_some_and(|form| *form == "json");
        if is_form || matches!(word, "--json" | "--format=json") {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests;
