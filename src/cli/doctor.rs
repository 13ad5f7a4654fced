//! `glucodock doctor`: what is wrong with this computer, and what helps. Changes nothing and needs no root.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::output::{print_json, print_text};
use super::store::StoreOptions;
use super::{CommandError, Exit, Format};
use crate::host::udev;
use crate::host::watch::hotplug::Hotplug;
use crate::host::watch::{Lister as _, SystemLister};
use crate::meters::catalogue::Catalogue;

mod machine;
mod permission;
mod surroundings;
mod system;

use machine::Machine;
use permission::{meter, serial_group};
use surroundings::{data_folder, store, terminal};
use system::{Rules, noticing, udev_runs, usb};

/// What to do besides looking.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Print the udev rules that let you open meters, and look at nothing
    #[arg(long)]
    rules: bool,
    #[command(flatten)]
    store: StoreOptions,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Finding {
    /// A stable name: `usb`, `noticing`, `udev`, `udev-rules`, `serial-group`, `meter`, `terminal`, `data-folder`,
    /// `store`.
    check: &'static str,
    state: State,
    /// What was found, as one sentence.
    what: String,
    /// What helps, if something is wrong.
    remedy: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Good,
    /// Something does not work, but reading a meter may.
    Warning,
    /// Meters cannot be read, or nothing can be stored.
    Bad,
}

#[derive(Serialize)]
struct Report<'a> {
    /// Whether everything is good: a warning is none.
    healthy: bool,
    /// The worst that was found.
    state: State,
    findings: &'a [Finding],
}

impl<'a> Report<'a> {
    fn of(findings: &'a [Finding]) -> Self {
        let state = worst(findings);
        Self { healthy: state == State::Good, state, findings }
    }
}

impl Finding {
    fn good(check: &'static str, what: impl Into<String>) -> Self {
        Self { check, state: State::Good, what: what.into(), remedy: None }
    }

    fn new(check: &'static str, state: State, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, state, what: what.into(), remedy: Some(remedy.into()) }
    }
}

/// Looks and prints. Exit code 1 if something keeps meters from being read or readings from being stored.
pub(super) fn run(options: &Options, format: Format) -> Result<Exit, CommandError> {
    let catalogue = Catalogue::embedded();
    if options.rules {
        print_text(&udev::rules(catalogue))?;
        return Ok(Exit::Done);
    }
    let mut findings = findings(catalogue, options.store.folder().map_err(|error| error.to_string()));
    findings.extend(terminal_of(format, std::io::stdout().is_terminal(), &std::env::var("TERM").unwrap_or_default()));
    let report = Report::of(&findings);
    match format {
        Format::Json => print_json(&report)?,
        Format::Text => print_text(&page(&findings))?,
    }
    Ok(if report.state == State::Bad { Exit::Failed } else { Exit::Done })
}

fn worst(findings: &[Finding]) -> State {
    findings.iter().map(|finding| finding.state).max().unwrap_or(State::Good)
}

/// What is found of the terminal. A program that reads the JSON through a pipe has none, and misses none.
fn terminal_of(format: Format, is_terminal: bool, term: &str) -> Option<Finding> {
    (is_terminal || format == Format::Text).then(|| terminal(is_terminal, term))
}

fn findings(catalogue: &'static Catalogue, folder: Result<PathBuf, String>) -> Vec<Finding> {
    let machine = Machine::this();
    let mut lister = SystemLister::new(catalogue, Vec::new());
    let seen = lister.list();
    let rules = Rules::of(&udev::rules(catalogue), udev::installed_under(&machine.root).as_deref());
    let mut findings = vec![usb(lister.usb().is_some(), &machine), noticing(Hotplug::start(|| {}).err().as_ref())];
    findings.extend([udev_runs(&machine), rules.finding(), serial_group(&machine)]);
    findings.extend(seen.iter().map(|seen| meter(seen, &machine, &rules)));
    findings.extend(folder.as_deref().ok().map(store));
    findings.push(data_folder(folder));
    findings
}

fn page(findings: &[Finding]) -> String {
    let mut text = String::new();
    for Finding { state, what, remedy, .. } in findings {
        let sign = match state {
            State::Good => "ok",
            State::Warning => "!",
            State::Bad => "x",
        };
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{sign:<3} {what}");
        if let Some(remedy) = remedy {
            let _ = writeln!(text, "    {remedy}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_is_not_healthy() {
        let good = Finding::good("usb", "One.");
        let warning = Finding::new("udev", State::Warning, "Two.", "Three.");
        let bad = Finding::new("store", State::Bad, "Two.", "Three.");
        assert_eq!(worst(&[]), State::Good);
        assert_eq!(worst(std::slice::from_ref(&good)), State::Good);
        assert_eq!(worst(&[warning.clone(), good.clone()]), State::Warning);
        let told = |findings: &[Finding]| {
            let report = serde_json::to_value(Report::of(findings)).unwrap();
            (report["healthy"].clone(), report["state"].clone())
        };
        assert_eq!(told(std::slice::from_ref(&good)), (true.into(), "good".into()));
        assert_eq!(told(&[good.clone(), warning.clone()]), (false.into(), "warning".into()));
        assert_eq!(told(std::slice::from_ref(&bad)), (false.into(), "bad".into()));
        assert_eq!(worst(&[warning, bad, good]), State::Bad);
    }

    #[test]
    fn a_program_that_reads_the_json_needs_no_terminal() {
        assert_eq!(terminal_of(Format::Json, false, "xterm"), None);
        assert_eq!(terminal_of(Format::Text, false, "xterm").map(|finding| finding.state), Some(State::Warning));
        assert_eq!(terminal_of(Format::Json, true, "dumb").map(|finding| finding.state), Some(State::Warning));
        assert_eq!(terminal_of(Format::Json, true, "xterm").map(|finding| finding.state), Some(State::Good));
    }

    #[test]
    fn a_remedy_stands_below_what_it_helps() {
        let page = page(&[Finding::good("usb", "One."), Finding::new("usb", State::Bad, "Two.", "Three.")]);
        assert_eq!(page, "ok  One.\nx   Two.\n    Three.\n");
    }
}
