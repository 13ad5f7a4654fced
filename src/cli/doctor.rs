//! `glucodock doctor`: what is wrong with this computer, and what helps. Changes nothing and needs no root.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use clap::Args;

use super::findings::{Finding, FindingState, Report, page};
use super::output::{print_json, print_text};
use super::settings::SettingsOptions;
use super::store::StoreOptions;
use super::{CommandError, Exit, Format};
use crate::host::paths::Paths;
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
use surroundings::{data_folder, room, room_for_log, settings, store, terminal};
use system::{Rules, noticing, udev_runs, usb};

/// What to do besides looking.
#[derive(Debug, Args)]
pub(super) struct DoctorOptions {
    /// Print the udev rules that let you open meters, and look at nothing
    #[arg(long)]
    rules: bool,
    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    settings: SettingsOptions,
}

/// Looks and prints. Exit code 1 if something keeps meters from being read or readings from being stored.
pub(super) fn run(options: &DoctorOptions, format: Format) -> Result<Exit, CommandError> {
    let catalogue = Catalogue::embedded();
    if options.rules {
        print_text(&udev::rules(catalogue))?;
        return Ok(Exit::Done);
    }
    let folder = options.store.folder();
    // Without a data folder nobody can say which settings hold, and that there is none is a finding of its own.
    let settings = folder.as_ref().ok().map(|folder| settings(&options.settings, folder));
    let mut findings = findings(catalogue, folder);
    findings.extend(settings.into_iter().flatten());
    findings.extend(terminal_of(format, std::io::stdout().is_terminal(), &std::env::var("TERM").unwrap_or_default()));
    let report = Report::of(&findings);
    match format {
        Format::Json => print_json(&report)?,
        Format::Text => print_text(&page(&findings))?,
    }
    Ok(if report.state == FindingState::Bad { Exit::Failed } else { Exit::Done })
}

/// What is found of the terminal. A program that reads the JSON through a pipe has none, and misses none.
fn terminal_of(format: Format, is_terminal: bool, term: &str) -> Option<Finding> {
    (is_terminal || format == Format::Text).then(|| terminal(is_terminal, term))
}

fn findings(catalogue: &'static Catalogue, folder: Result<PathBuf, CommandError>) -> Vec<Finding> {
    let machine = Machine::this();
    let mut lister = SystemLister::new(catalogue, Vec::new());
    let seen = lister.list();
    let rules = Rules::of(&udev::rules(catalogue), udev::installed_under(&machine.root).as_deref());
    let mut findings = vec![usb(lister.usb().is_some(), &machine), noticing(Hotplug::start(|| {}).err().as_ref())];
    // Before the meters, whose remedies point at what is said above them.
    findings.extend([udev_runs(&machine), rules.finding(), serial_group(&machine)]);
    findings.extend(seen.iter().map(|seen| meter(seen, &machine, &rules)));
    if let Ok(folder) = &folder {
        findings.push(store(folder));
        findings.extend(room(folder));
        let state = Paths::state_of_this_user().ok();
        findings.extend(state.and_then(|state| room_for_log(folder, &state)));
    }
    findings.push(data_folder(folder));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_reads_the_json_needs_no_terminal() {
        assert_eq!(terminal_of(Format::Json, false, "xterm"), None);
        assert_eq!(terminal_of(Format::Text, false, "xterm").map(|finding| finding.state), Some(FindingState::Warning));
        assert_eq!(terminal_of(Format::Json, true, "dumb").map(|finding| finding.state), Some(FindingState::Warning));
        assert_eq!(terminal_of(Format::Json, true, "xterm").map(|finding| finding.state), Some(FindingState::Good));
    }
}
