//! `glucodock doctor`: what is wrong with this computer, and what helps. Changes nothing and needs no root.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::output::{print_json, print_text};
use super::{CommandError, Exit, Format};
use crate::domain::meter::{Access, AttachmentId};
use crate::domain::text::Clean;
use crate::host::paths::Paths;
use crate::host::watch::{Lister as _, Place, Seen, SystemLister};
use crate::host::{access, udev};
use crate::meters::catalogue::Catalogue;

/// What to do besides looking.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Print the udev rules that let you open meters, and look at nothing
    #[arg(long)]
    rules: bool,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Finding {
    /// A stable name: `usb`, `udev-rules`, `serial-group`, `meter`, `terminal`, `data-folder`.
    check: &'static str,
    state: State,
    /// What was found, as one sentence.
    what: String,
    /// What helps, if something is wrong.
    remedy: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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
    healthy: bool,
    findings: &'a [Finding],
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
    let catalogue = Catalogue::embedded().map_err(|error| CommandError::new(Exit::Failed, error.to_string()))?;
    if options.rules {
        print_text(&udev::rules(catalogue))?;
        return Ok(Exit::Done);
    }
    let findings = findings(catalogue);
    let healthy = findings.iter().all(|finding| finding.state != State::Bad);
    match format {
        Format::Json => print_json(&Report { healthy, findings: &findings })?,
        Format::Text => print_text(&page(&findings))?,
    }
    Ok(if healthy { Exit::Done } else { Exit::Failed })
}

fn findings(catalogue: &'static Catalogue) -> Vec<Finding> {
    let mut lister = SystemLister::new(catalogue, Vec::new());
    let seen = lister.list();
    let mut findings = vec![usb(lister.usb().is_some(), Path::new("/dev/bus/usb"))];
    findings.push(rules(&udev::rules(catalogue), udev::installed().as_deref()));
    let groups = std::fs::read_to_string("/etc/group").unwrap_or_default();
    findings.push(serial_group(&groups, access::is_root(), &access::groups()));
    findings.extend(seen.iter().map(meter));
    findings.push(terminal(std::io::stdout().is_terminal(), &std::env::var("TERM").unwrap_or_default()));
    findings.push(data_folder(Paths::of_this_user().map(|paths| paths.data).map_err(|error| error.to_string())));
    findings
}

fn usb(has_libusb: bool, nodes: &Path) -> Finding {
    if has_libusb && nodes.is_dir() {
        return Finding::good("usb", "This computer has USB.");
    }
    Finding::new(
        "usb",
        State::Warning,
        "This computer has no USB that programs can use.",
        "In a container, hand /dev/bus/usb to it. Meters at a serial port need no USB.",
    )
}

fn rules(wanted: &str, installed: Option<&str>) -> Finding {
    let install = format!(
        "Run: glucodock doctor --rules | sudo tee {} && sudo udevadm control --reload && sudo udevadm trigger. Then \
         unplug the meter and plug it in again.",
        udev::place().display()
    );
    match installed {
        Some(installed) if installed == wanted => Finding::good("udev-rules", "The udev rules are installed."),
        Some(_) => Finding::new(
            "udev-rules",
            State::Warning,
            "The udev rules that are installed are those of another version.",
            install,
        ),
        None => Finding::new(
            "udev-rules",
            State::Warning,
            "The udev rules are not installed, so that meters on USB may be refused.",
            install,
        ),
    }
}

/// Serial ports belong to a group, mostly dialout (uucp on some distributions).
fn serial_group(groups: &str, is_root: bool, ours: &[u32]) -> Finding {
    let number = |name: &str| {
        let line = groups.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.split(':').nth(1)?.parse::<u32>().ok()
    };
    let Some((name, number)) = ["dialout", "uucp"].iter().find_map(|name| Some((*name, number(name)?))) else {
        return Finding::good("serial-group", "This computer has no group for serial ports.");
    };
    if is_root || ours.contains(&number) {
        return Finding::good("serial-group", format!("You may open serial ports (group {name})."));
    }
    Finding::new(
        "serial-group",
        State::Warning,
        format!("You are not in the group {name}, which serial ports belong to."),
        format!("Run: sudo usermod -aG {name} $USER. Then sign out and in again."),
    )
}

fn meter(seen: &Seen) -> Finding {
    let name = seen.attachment(AttachmentId(0)).name;
    match seen.access {
        Access::Open | Access::AskModel => Finding::good("meter", format!("{name} is attached and can be opened.")),
        Access::Denied => {
            let remedy = match &seen.place {
                Place::Usb(_) => "Install the udev rules as said above.".to_owned(),
                Place::Serial { path, .. } => format!("Join the group that owns {}.", path.display()),
            };
            Finding::new("meter", State::Bad, format!("{name} is attached, but you may not open it."), remedy)
        }
        Access::Busy => Finding::new(
            "meter",
            State::Bad,
            format!("{name} is attached, but another program has it open."),
            "End that program; the maker's own software often runs in the background.",
        ),
        Access::NotMounted => Finding::new(
            "meter",
            State::Warning,
            format!("{name} is attached, but its drive is not mounted."),
            "Open the drive in the file manager, or mount it. Let the desktop mount drives by itself.",
        ),
        Access::Unsupported => Finding::new(
            "meter",
            State::Warning,
            format!("{name} is attached and cannot be read."),
            "glucodock meters says why. Type its readings in, or use the maker's software.",
        ),
    }
}

fn terminal(is_terminal: bool, term: &str) -> Finding {
    if is_terminal && !term.is_empty() && term != "dumb" {
        return Finding::good("terminal", format!("The terminal is a {}.", Clean::new(term, 40)));
    }
    let what = if is_terminal { "The terminal can only print lines." } else { "This is not a terminal." };
    Finding::new("terminal", State::Warning, what, "Run glucodock in a terminal window or over ssh -t.")
}

fn data_folder(folder: Result<PathBuf, String>) -> Finding {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = match folder {
        Ok(folder) => folder,
        Err(error) => {
            return Finding::new("data-folder", State::Bad, format!("There is no data folder: {error}."), "Set HOME.");
        }
    };
    let shown = Clean::new(&folder.to_string_lossy(), 200);
    let Ok(facts) = folder.metadata() else {
        return Finding::good("data-folder", format!("The data folder {shown} will be made at the first start."));
    };
    if facts.permissions().mode() & 0o077 != 0 {
        let remedy = format!("Run: chmod 700 {shown}");
        return Finding::new("data-folder", State::Bad, format!("Other users can enter {shown}."), remedy);
    }
    if access::of_node(&folder) != Access::Open {
        let remedy = format!("Run: sudo chown -R $USER {shown}");
        return Finding::new("data-folder", State::Bad, format!("You may not write to {shown}."), remedy);
    }
    Finding::good("data-folder", format!("The data folder is {shown}."))
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
    use crate::host::watch::{UsbPlace, What};
    use crate::meters::catalogue::Known;

    #[test]
    fn usb_needs_library_and_nodes() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(usb(true, folder.path()).state, State::Good);
        assert_eq!(usb(false, folder.path()).state, State::Warning);
        assert_eq!(usb(true, &folder.path().join("none")).state, State::Warning);
    }

    #[test]
    fn rules_of_another_version_are_told_from_none() {
        assert_eq!(rules("a", Some("a")).state, State::Good);
        assert!(rules("a", Some("b")).what.contains("another version"));
        assert!(rules("a", None).what.contains("not installed"));
        assert!(rules("a", None).remedy.unwrap().contains("/etc/udev/rules.d/70-glucodock.rules"));
    }

    #[test]
    fn the_group_of_serial_ports_is_found_by_its_number() {
        let groups = "root:x:0:\ndialout:x:20:anna\n";
        assert_eq!(serial_group(groups, false, &[1000, 20]).state, State::Good);
        assert_eq!(serial_group(groups, true, &[0]).state, State::Good);
        let missing = serial_group(groups, false, &[1000]);
        assert_eq!(missing.state, State::Warning);
        assert!(missing.remedy.unwrap().contains("usermod -aG dialout"));
        assert!(serial_group("uucp:x:14:\n", false, &[]).what.contains("uucp"));
        assert_eq!(serial_group("", false, &[]).state, State::Good);
    }

    #[test]
    fn a_meter_that_may_not_be_opened_is_bad() {
        let catalogue = Catalogue::embedded().unwrap();
        let id = "173a:21d5".parse().unwrap();
        let Some(known @ Known::Meter(_)) = catalogue.by_usb(id) else { panic!("the Guide is not known") };
        let place = Place::Usb(UsbPlace { bus: 1, address: 2, id });
        let state = |access| meter(&Seen { place: place.clone(), what: What::Known(known), access }).state;
        assert_eq!(state(Access::Open), State::Good);
        assert_eq!((state(Access::Denied), state(Access::Busy)), (State::Bad, State::Bad));
    }

    #[test]
    fn a_data_folder_that_others_can_enter_is_bad() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let allow = |mode| std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        allow(0o700);
        assert_eq!(data_folder(Ok(folder.path().to_owned())).state, State::Good);
        allow(0o755);
        assert_eq!(data_folder(Ok(folder.path().to_owned())).state, State::Bad);
        assert_eq!(data_folder(Ok(folder.path().join("new"))).state, State::Good);
        assert_eq!(data_folder(Err("neither HOME".to_owned())).state, State::Bad);
    }

    #[test]
    fn a_line_based_terminal_is_told_from_none() {
        assert_eq!(terminal(true, "xterm-256color").state, State::Good);
        assert!(terminal(true, "dumb").what.contains("lines"));
        assert!(terminal(false, "xterm").what.contains("not a terminal"));
    }

    #[test]
    fn a_remedy_stands_below_what_it_helps() {
        let page = page(&[Finding::good("usb", "One."), Finding::new("usb", State::Bad, "Two.", "Three.")]);
        assert_eq!(page, "ok  One.\nx   Two.\n    Three.\n");
    }
}
