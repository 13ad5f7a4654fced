//! USB and udev.

use std::path::Path;

use super::super::findings::{Finding, FindingState};
use super::machine::Machine;
use crate::host::udev;
use crate::host::watch::hotplug::NoAnnouncements;

pub(super) fn usb(has_libusb: bool, machine: &Machine) -> Finding {
    if machine.path(Path::new("/dev/bus/usb")).is_dir() {
        if has_libusb {
            return Finding::good("usb", "This computer has USB.");
        }
        return Finding::new(
            "usb",
            FindingState::Bad,
            "This computer has USB, but libusb cannot be started, so that no meter on USB can be read.",
            "In a container, let programs open netlink sockets. Meters at a serial port need no libusb.",
        );
    }
    Finding::new(
        "usb",
        FindingState::Warning,
        "This computer has no USB that programs can use.",
        "In a container, hand /dev/bus/usb to it. Meters at a serial port need no USB.",
    )
}

/// How a plug is noticed. Looking works as well as hearing; without libusb, meters on USB are not seen at all.
pub(super) fn noticing(reason: Option<&NoAnnouncements>) -> Finding {
    match reason {
        Some(reason @ NoAnnouncements::NoUsb(_)) => Finding::new(
            "noticing",
            FindingState::Warning,
            format!("A plug of a meter on USB is not noticed: {reason}. Serial ports are looked at twice a second."),
            "In a container, hand /dev/bus/usb to it and let programs open netlink sockets.",
        ),
        None => Finding::good("noticing", "A plug is noticed when the kernel announces it."),
        Some(reason) => Finding::good("noticing", format!("A plug is noticed by looking twice a second: {reason}.")),
    }
}

pub(super) fn udev_runs(machine: &Machine) -> Finding {
    if udev::runs_under(&machine.root) {
        return Finding::good("udev", "udev runs.");
    }
    Finding::new(
        "udev",
        FindingState::Warning,
        "udev does not run here, so that its rules change nothing.",
        "Run: sudo systemctl start systemd-udevd. In a container, install the rules on the computer around it.",
    )
}

/// The rules that are installed, against those of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    /// Every rule is there.
    InStep,
    /// Some of the rules are not there: those of another version, or changed by hand.
    Outdated { missing: usize, of: usize },
    /// There are none.
    Absent,
}

impl Rules {
    /// `wanted` is the text of this program's rules, `installed` that of the computer's, if it has any. Comments do not
    /// count, and what else is in the installed file does no harm.
    pub(super) fn of(wanted: &str, installed: Option<&str>) -> Self {
        let Some(installed) = installed else { return Self::Absent };
        let there: Vec<&str> = udev::rules_of(installed).collect();
        let of = udev::rules_of(wanted).count();
        match udev::rules_of(wanted).filter(|rule| !there.contains(rule)).count() {
            0 => Self::InStep,
            missing => Self::Outdated { missing, of },
        }
    }

    pub(super) fn finding(self) -> Finding {
        let install = format!(
            "Run: glucodock doctor --rules | sudo tee {} && sudo udevadm control --reload && sudo udevadm trigger. \
             Then \
             unplug the meter and plug it in again.",
            udev::place().display()
        );
        let what = match self {
            Self::InStep => {
                return Finding::good("udev-rules", "The udev rules are installed and those of this version.");
            }
            Self::Outdated { missing, of } => format!(
                "The udev rules that are installed are those of another version, or changed: {missing} of {of} are \
                 missing."
            ),
            Self::Absent => "The udev rules are not installed, so that meters on USB may be refused.".to_owned(),
        };
        Finding::new("udev-rules", FindingState::Warning, what, install)
    }
}

#[cfg(test)]
mod tests {
    use super::super::permission::fake::machine;
    use super::*;

    #[test]
    fn usb_needs_library_and_nodes() {
        let (root, machine) = machine(&[1000]);
        assert_eq!(
            (usb(true, &machine).state, usb(false, &machine).state),
            (FindingState::Warning, FindingState::Warning)
        );
        std::fs::create_dir_all(root.path().join("dev/bus/usb")).unwrap();
        assert_eq!((usb(true, &machine).state, usb(false, &machine).state), (FindingState::Good, FindingState::Bad));
    }

    #[test]
    fn both_ways_of_noticing_are_good_and_told_apart() {
        let announced = noticing(None);
        let polled = noticing(Some(&NoAnnouncements::Refused(rusb::Error::Other)));
        assert_eq!((announced.state, polled.state), (FindingState::Good, FindingState::Good));
        assert!(announced.what.contains("announces") && polled.what.contains("twice a second: libusb"), "{polled:?}");
        let without = noticing(Some(&NoAnnouncements::NoUsb(rusb::Error::Other)));
        assert!(
            without.state == FindingState::Warning && without.what.contains("libusb cannot be started"),
            "{without:?}"
        );
        assert!(noticing(Some(&NoAnnouncements::Container)).what.contains("container"));
    }

    #[test]
    fn udev_runs_where_it_listens() {
        let (root, machine) = machine(&[1000]);
        assert_eq!(udev_runs(&machine).state, FindingState::Warning);
        std::fs::create_dir_all(root.path().join("run/udev")).unwrap();
        std::fs::write(root.path().join("run/udev/control"), "").unwrap();
        assert_eq!(udev_runs(&machine).state, FindingState::Good);
    }

    #[test]
    fn rules_are_compared_rule_by_rule() {
        let wanted = "# version 2\nRULE a\nRULE b\n";
        assert_eq!(Rules::of(wanted, Some(wanted)), Rules::InStep);
        assert_eq!(Rules::of(wanted, Some("# mine\nRULE b\nRULE own\nRULE a")), Rules::InStep);
        assert_eq!(Rules::of(wanted, Some("RULE a\n# RULE b\n")), Rules::Outdated { missing: 1, of: 2 });
        assert_eq!(Rules::of(wanted, Some("")), Rules::Outdated { missing: 2, of: 2 });
        assert_eq!(Rules::of(wanted, None), Rules::Absent);
        let behind = Rules::Outdated { missing: 1, of: 2 }.finding();
        assert!(behind.what.contains("another version") && behind.what.contains("1 of 2"), "{behind:?}");
        assert!(behind.remedy.unwrap().contains("/etc/udev/rules.d/70-glucodock.rules"));
        assert!(Rules::Absent.finding().what.contains("not installed"));
    }
}
