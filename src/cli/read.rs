//! `glucodock read`: one meter, read once, printed, nothing stored.

mod attached;

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Zoned;

use super::output::{print_json, print_text};
use super::{CommandError, Exit, Format, read_json, read_text};
use crate::domain::download::{Completeness, Download};
use crate::domain::problem::Problem;
use crate::domain::text::Clean;
use crate::host::bus::OpenMeter;
use crate::host::links::serial::SerialLink;
use crate::host::stop_signal;
use crate::meters::catalogue::UsbId;
use crate::meters::conversation::{Cancel, Conversation, Progress};
use crate::meters::drivers::{self, Driver};
use crate::meters::error::MeterError;
use crate::meters::link::LinkError;

/// What to read.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The serial port that the meter's cable is at, for example /dev/ttyUSB0
    #[arg(long, value_name = "TTY", required_unless_present_any = ["usb", "auto"])]
    port: Option<PathBuf>,
    /// The meter on USB with this id, as glucodock meters prints it
    #[arg(long, value_name = "VID:PID", conflicts_with_all = ["port", "auto"])]
    usb: Option<UsbId>,
    /// The only meter that is plugged in
    #[arg(long, conflicts_with = "port")]
    auto: bool,
    /// The language the meter at a serial port speaks; a cable cannot tell which meter is behind it
    #[arg(long, value_name = "NAME")]
    driver: Option<String>,
}

/// Reads the meter and prints it.
pub(super) fn run(options: &Options, format: Format) -> Result<Exit, CommandError> {
    let OpenMeter { mut link, driver, sold_as } = open(options)?;
    let stop = stop_signal::flag().map_err(|error| CommandError::new(Exit::Failed, error.to_string()))?;
    let mut report = progress_report();
    let mut conversation = Conversation::new(link.as_mut(), Cancel::from(stop), &mut report, &Zoned::now);
    let result = driver.read(&mut conversation, &sold_as);
    end_progress(conversation.progress());
    let download = result.map_err(|error| read_error(&error))?;
    print(&download, format)?;
    match &download.completeness {
        Completeness::Complete => Ok(Exit::Done),
        Completeness::Partial(problem) => {
            Err(CommandError::new(Exit::MeterLost, format!("{}: {}", missing(problem), why(problem))))
        }
    }
}

fn open(options: &Options) -> Result<OpenMeter, CommandError> {
    let Some(port) = &options.port else { return attached::open(options.usb, options.driver.as_deref()) };
    let driver = driver(options.driver.as_deref())?;
    let link = SerialLink::open(port).map_err(|error| open_error(&error, port))?;
    Ok(OpenMeter { link: Box::new(link), driver, sold_as: Clean::default() })
}

fn print(download: &Download, format: Format) -> Result<(), CommandError> {
    match format {
        Format::Json => print_json(&read_json::object(download)?)?,
        Format::Text => print_text(&read_text::page(download))?,
    }
    Ok(())
}

fn driver(name: Option<&str>) -> Result<&'static dyn Driver, CommandError> {
    let names = drivers::SERIAL.iter().map(|driver| driver.name()).collect::<Vec<_>>().join(", ");
    let Some(name) = name else {
        return Err(CommandError::usage(format!(
            "a serial port does not tell which meter is behind it; say so with --driver ({names})"
        )));
    };
    drivers::SERIAL.iter().find(|driver| driver.name() == name).copied().ok_or_else(|| {
        let why = if drivers::by_name(name).is_some() { "is not for a serial port" } else { "does not exist" };
        CommandError::usage(format!("the driver {name:?} {why}; for a serial port there are {names}"))
    })
}

fn open_error(error: &LinkError, port: &Path) -> CommandError {
    let port = Clean::new(&port.to_string_lossy(), 200);
    match error {
        LinkError::Gone => CommandError::new(
            Exit::NoMeter,
            format!("there is no port {port}; plug the cable in and look at /dev for the name it gets"),
        ),
        LinkError::Denied { .. } => CommandError::new(
            Exit::Failed,
            format!("no permission to open {port}; the group that owns it (often dialout) must include you"),
        ),
        LinkError::Busy { .. } => CommandError::new(
            Exit::Failed,
            format!("{port} is in use by another program; end that program and try again"),
        ),
        LinkError::TimedOut | LinkError::Unsupported { .. } | LinkError::Failed { .. } => {
            CommandError::new(Exit::Failed, format!("{port} cannot be used as a serial port: {error}"))
        }
    }
}

fn read_error(error: &MeterError) -> CommandError {
    if *error == MeterError::Cancelled {
        return CommandError::new(Exit::Failed, "stopped before the meter was read; nothing is stored");
    }
    CommandError::new(Exit::MeterLost, format!("the meter could not be read: {error} [{}]", error.code().code()))
}

/// What is missing of a download that ended early.
fn missing(problem: &Problem) -> String {
    match problem.of {
        Some(of) => format!("incomplete: {} of {of} readings", problem.done),
        None => "incomplete: the meter did not come to say how many readings it has".to_owned(),
    }
}

fn why(problem: &Problem) -> String {
    format!("{} [{}]", problem.detail, problem.code.code())
}

/// Counts on a terminal's stderr; a script is told the end only. At most a hundred times a read.
fn progress_report() -> impl FnMut(Progress) {
    let is_watched = io::stderr().is_terminal();
    move |Progress { done, of }| {
        let Some(of) = of.filter(|_| is_watched) else { return };
        if done == of || done % (of / 100).max(1) == 0 {
            // The count is a comfort: that it cannot be shown must not end the read.
            let _ = write!(io::stderr(), "\r{done} of {of} readings ");
        }
    }
}

fn end_progress(progress: Progress) {
    if progress.of.is_some() && io::stderr().is_terminal() {
        let _ = writeln!(io::stderr());
    }
}
