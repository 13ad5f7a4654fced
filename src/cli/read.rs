//! `glucodock read`: one meter, read once, printed, nothing stored.

mod attached;
mod folder;
mod open_link;
mod source;
mod waiting;

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use clap::Args;
use jiff::Zoned;

use self::open_link::OpenedMeter;
use self::source::MeterSource;
use self::waiting::WaitNotice;
use super::output::{print_json, print_text};
use super::store::StoreOptions;
use super::unscaled::{Unscaled, unscaled};
use super::{CommandError, Exit, Format, read_json, read_text};
use crate::domain::cable::RememberedCable;
use crate::domain::download::{Completeness, Download};
use crate::domain::problem::Problem;
use crate::host::stop_signal;
use crate::meters::conversation::{Cancel, Conversation, Progress};
use crate::meters::error::MeterError;

/// What to read.
#[derive(Debug, Args)]
pub(super) struct ReadOptions {
    #[command(flatten)]
    place: MeterSource,
    /// The language the meter speaks, or the name of a meter that speaks it; neither a cable nor a socket tells which
    /// meter is behind it. Without it a generic cable is read as in the app the last time
    #[arg(long, value_name = "NAME")]
    driver: Option<String>,
    /// The meter behind a port or a socket, by its short name or as its label says: onetouch-ultra2, "OneTouch Ultra
    /// 2". It says its driver, and what some drivers must know besides
    #[arg(long, value_name = "METER", conflicts_with_all = ["driver", "folder", "usb", "auto"])]
    model: Option<String>,
    #[command(flatten)]
    store: StoreOptions,
}

/// Reads the meter and prints it.
pub(super) fn run(options: &ReadOptions, format: Format) -> Result<Exit, CommandError> {
    let OpenedMeter { mut link, driver, sold_as, remembered } =
        OpenedMeter::open(&options.place, options.driver.as_deref(), options.model.as_deref(), &options.store)?;
    if let Some(cable) = &remembered {
        // A script finds it in the JSON too.
        let _ = writeln!(io::stderr(), "glucodock: {}", as_last_time(cable));
    }
    tracing::info!(driver = driver.name(), model = sold_as.as_str(), "read begun");
    let stop = stop_signal::flag().map_err(|error| CommandError::of(Exit::Failed, error))?;
    let mut notice = WaitNotice::begin(driver);
    let mut progress = progress_report();
    let mut report = |so_far: Progress| {
        notice.end();
        progress(so_far);
    };
    let mut conversation = Conversation::new(link.as_mut(), Cancel::from(stop), &mut report, &Zoned::now);
    let result = driver.read(&mut conversation, &sold_as);
    let silent = conversation.silent_so_far();
    end_progress(conversation.progress());
    notice.end();
    let download = result.map_err(|error| read_error(&error, silent, remembered.as_ref()))?;
    tracing::info!(
        driver = driver.name(),
        readings = download.readings.len(),
        announced = download.announced,
        "read ended"
    );
    // Also of a read that was not whole: what has come is printed, and says of itself that it is a
    // part.
    print(&download, remembered.as_ref(), format)?;
    for Unscaled { kind, count } in unscaled(&download) {
        let kind = read_text::kind_name(kind);
        let told = match count {
            1 => format!("1 {kind} result has no known scale: kept with its raw number, without a value"),
            _ => format!("{count} {kind} results have no known scale: kept with their raw numbers, without a value"),
        };
        // In JSON it is `unscaled`.
        let _ = writeln!(io::stderr(), "glucodock: {told}");
    }
    match &download.completeness {
        Completeness::Complete => Ok(Exit::Done),
        Completeness::Partial(problem) => {
            let ended = CommandError::new(Exit::MeterLost, format!("{}: {}", missing(problem), why(problem)));
            Err(ended.with_code(problem.code).with_detail(problem.detail.as_str()).told_in_json())
        }
    }
}

fn print(download: &Download, remembered: Option<&RememberedCable>, format: Format) -> Result<(), CommandError> {
    match format {
        Format::Json => print_json(&read_json::object(download, remembered)?)?,
        Format::Text => print_text(&read_text::page(download))?,
    }
    Ok(())
}

fn as_last_time(cable: &RememberedCable) -> String {
    format!("reading as {}, remembered for the cable {}; name another with --driver", cable.model, cable.key)
}

/// `silent`: how long the meter said nothing, if it never said anything. It is asked more than once, so that this is
/// longer than the wait for one answer; whole seconds, as they were announced.
fn read_error(error: &MeterError, silent: Option<Duration>, remembered: Option<&RememberedCable>) -> CommandError {
    if *error == MeterError::Cancelled {
        return CommandError::new(Exit::Failed, "stopped before the meter was read; nothing is stored");
    }
    let tried = remembered.map_or_else(String::new, |cable| {
        format!(
            "; it was spoken to as {}, remembered for this cable: if it is another meter, name its --driver",
            cable.model
        )
    });
    let in_all = silent.filter(|_| matches!(error, MeterError::Silent { .. })).map_or_else(String::new, |silent| {
        format!("; the meter said nothing for {} s in all", silent.as_millis().div_ceil(1000))
    });
    let message = format!("the meter could not be read: {error}{in_all} [{}]{tried}", error.code().code());
    CommandError::new(Exit::MeterLost, message).with_code(error.code()).with_detail(error.detail())
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
