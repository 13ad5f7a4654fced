//! Whether this process may open the attached meters, and the serial ports that meters will be at.

use std::path::{Path, PathBuf};

use super::super::findings::{Finding, FindingState};
use super::machine::{DeviceNode, Machine};
use super::system::Rules;
use crate::domain::meter::{Access, AttachmentId};
use crate::domain::text::Clean;
use crate::host::location::PortLocation;
use crate::host::watch::Sighting;
use crate::host::{access, udev};

/// Groups that serial ports belong to, by distribution.
const SERIAL_GROUPS: [&str; 2] = ["dialout", "uucp"];

/// A port that most computers have, plugged or not: it shows the group that ports belong to.
const A_PORT: &str = "/dev/ttyS0";

/// An attached meter: what decides is whether the system would let this process open its device node.
pub(super) fn meter(seen: &Sighting, machine: &Machine, rules: &Rules) -> Finding {
    let name = seen.attachment(AttachmentId(0)).name;
    match seen.access {
        Access::Open => Finding::good("meter", format!("{name} is attached and can be opened.")),
        Access::Denied => {
            let path = match &seen.place {
                PortLocation::Usb(place) => access::usb_node(place.bus, place.address),
                PortLocation::Serial { path, .. } => path.clone(),
            };
            let node = machine.node(&path);
            Finding::new("meter", FindingState::Bad, refusal(&name, &path, node, machine), help(node, machine, rules))
        }
        Access::Busy => Finding::new(
            "meter",
            FindingState::Bad,
            format!("{name} is attached, but another program has it open."),
            "End that program; the maker's own software often runs in the background.",
        ),
        Access::NotMounted => Finding::new(
            "meter",
            FindingState::Warning,
            format!("{name} is attached, but its drive is not mounted."),
            "Open the drive in the file manager, or mount it. Let the desktop mount drives by itself.",
        ),
        Access::Unsupported => Finding::new(
            "meter",
            FindingState::Warning,
            format!("{name} is attached and cannot be read."),
            "glucodock meters says why. Type its readings in, or use the maker's software.",
        ),
    }
}

fn refusal(name: &Clean, path: &Path, node: Option<DeviceNode>, machine: &Machine) -> String {
    let path = Clean::new(&path.to_string_lossy(), 200);
    match node {
        None => format!("{name} is attached, but its device {path} is not there."),
        Some(DeviceNode { group, mode, .. }) => {
            let group = machine.group_name(group);
            format!("{name} is attached, but you may not open {path} (group {group}, mode {mode:04o}).")
        }
    }
}

fn help(node: Option<DeviceNode>, machine: &Machine, rules: &Rules) -> String {
    let Some(node) = node else {
        return "In a container, hand the device to it; elsewhere unplug the meter and plug it in again.".to_owned();
    };
    // The group may open it already, so that no rule would help whoever is not in it.
    if node.is_for_group() && !machine.groups.contains(&node.group) {
        return join(node.group, machine);
    }
    match rules {
        Rules::Absent | Rules::Outdated { .. } => "Install the udev rules as said above.".to_owned(),
        Rules::InStep if !udev::runs_under(&machine.root) => {
            "Start udev as said above, then plug it in again.".to_owned()
        }
        Rules::InStep => "Unplug it and plug it in again: the rules hold from the next plug on.".to_owned(),
    }
}

/// How to get into a group.
fn join(group: u32, machine: &Machine) -> String {
    if machine.is_member(group) {
        return format!("Sign out of this computer and in again: you are in {} since.", machine.group_name(group));
    }
    format!("Run: sudo usermod -aG {} $USER. Then sign out and in again.", machine.group_name(group))
}

/// The serial ports: those that are there must open; for those to come, the group that they will belong to decides.
pub(super) fn serial_group(machine: &Machine) -> Finding {
    let check = "serial-group";
    let plugged = usb_ports(machine);
    // A port that is there says more than what is usual on this system: a rule may have given it to
    // another group.
    let refused = plugged.iter().find(|port| access::of_node(&machine.path(port)) != Access::Open);
    if let Some((port, node)) = refused.and_then(|port| Some((port, machine.node(port)?))) {
        let what = format!("You may not open {} (group {}).", port.display(), machine.group_name(node.group));
        return Finding::new(check, FindingState::Warning, what, join(node.group, machine));
    }
    if let Some(port) = plugged.first() {
        return Finding::good(check, format!("You may open serial ports, {} for one.", port.display()));
    }
    // A port of root's own group shows none that anybody could join.
    let shown = machine.node(Path::new(A_PORT)).filter(|node| node.group != 0).map(|node| node.group);
    let named = || SERIAL_GROUPS.iter().find_map(|name| machine.group_number(name));
    let Some(group) = shown.or_else(named) else {
        return Finding::good(check, "This computer has no group for serial ports.");
    };
    let name = machine.group_name(group);
    if machine.is_root || machine.groups.contains(&group) {
        return Finding::good(check, format!("You may open serial ports (group {name})."));
    }
    let what = format!("You are not in the group {name}, which serial ports belong to.");
    Finding::new(check, FindingState::Warning, what, join(group, machine))
}

/// The device nodes of serial ports on USB.
fn usb_ports(machine: &Machine) -> Vec<PathBuf> {
    let entries = machine.path(Path::new("/dev")).read_dir().into_iter().flatten().flatten();
    let is_usb = |name: &str| name.starts_with("ttyUSB") || name.starts_with("ttyACM");
    let mut ports: Vec<PathBuf> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| is_usb(name))
        .map(|name| Path::new("/dev").join(name))
        .collect();
    ports.sort();
    ports
}

#[cfg(test)]
pub(super) mod fake {
    use super::super::machine::Accounts;
    use super::Machine;

    /// Groups by number, name and members. User 1000 is nora.
    #[derive(Debug)]
    pub(in super::super) struct ListedGroups(
        pub(in super::super) &'static [(u32, &'static str, &'static [&'static str])],
    );

    impl Accounts for ListedGroups {
        fn group(&self, number: u32) -> Option<String> {
            self.0.iter().find(|(group, ..)| *group == number).map(|(_, name, _)| (*name).to_owned())
        }

        fn number(&self, name: &str) -> Option<u32> {
            self.0.iter().find(|(_, group, _)| *group == name).map(|(number, ..)| *number)
        }

        fn is_member(&self, user: u32, group: u32) -> bool {
            user == 1000 && self.0.iter().any(|(number, _, members)| *number == group && members.contains(&"nora"))
        }
    }

    /// A computer in a folder: user 1000 is nora, in plugdev (46) since the session began, which has these groups.
    pub(in super::super) fn machine(groups: &[u32]) -> (tempfile::TempDir, Machine) {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("dev")).unwrap();
        let accounts =
            ListedGroups(&[(0, "root", &[]), (20, "dialout", &["anna"]), (46, "plugdev", &["anna", "nora"])]);
        let (root_path, groups) = (root.path().to_owned(), groups.to_vec());
        let machine = Machine { root: root_path, is_root: false, user: 1000, groups, accounts: Box::new(accounts) };
        (root, machine)
    }
}

#[cfg(test)]
mod tests {
    use super::fake::{ListedGroups, machine};
    use super::*;
    use crate::host::location::UsbLocation;
    use crate::host::watch::What;
    use crate::meters::catalogue::{Catalogue, Known};

    const NOBODY: DeviceNode = DeviceNode { group: 0, mode: 0o664 };
    const PLUGDEV: DeviceNode = DeviceNode { group: 46, mode: 0o660 };
    const DIALOUT: DeviceNode = DeviceNode { group: 20, mode: 0o660 };

    fn guide(access: Access) -> Sighting {
        let id = "173a:21d5".parse().unwrap();
        let Some(known @ Known::Meter(_)) = Catalogue::embedded().by_usb(id) else { panic!("unknown") };
        Sighting {
            place: PortLocation::Usb(UsbLocation { bus: 1, address: 2, id }),
            what: What::Known(known),
            access,
            cable: None,
        }
    }

    #[test]
    fn a_meter_that_may_not_be_opened_is_bad() {
        let (_root, machine) = machine(&[1000]);
        let state = |access| meter(&guide(access), &machine, &Rules::InStep).state;
        assert_eq!((state(Access::Open), state(Access::Unsupported)), (FindingState::Good, FindingState::Warning));
        assert_eq!(state(Access::NotMounted), FindingState::Warning);
        assert_eq!((state(Access::Denied), state(Access::Busy)), (FindingState::Bad, FindingState::Bad));
    }

    #[test]
    fn the_refused_device_is_named_with_its_group_and_mode() {
        let (root, machine) = machine(&[1000]);
        let told = || meter(&guide(Access::Denied), &machine, &Rules::Absent).what;
        assert!(told().ends_with("its device /dev/bus/usb/001/002 is not there."), "{}", told());
        std::fs::create_dir_all(root.path().join("dev/bus/usb/001")).unwrap();
        std::fs::write(root.path().join("dev/bus/usb/001/002"), "").unwrap();
        assert!(told().contains("you may not open /dev/bus/usb/001/002 (group "), "{}", told());
        let name = Clean::from("Guide");
        let refused = refusal(&name, Path::new("/dev/ttyUSB0"), Some(DIALOUT), &machine);
        assert_eq!(refused, "Guide is attached, but you may not open /dev/ttyUSB0 (group dialout, mode 0660).");
    }

    #[test]
    fn the_remedy_is_the_one_that_is_missing() {
        let (root, machine) = machine(&[1000]);
        assert!(help(None, &machine, &Rules::InStep).contains("container"));
        // The node is root's: the rules have not given it to anybody.
        assert!(help(Some(NOBODY), &machine, &Rules::Absent).contains("Install the udev rules"));
        let behind = Rules::Outdated { missing: 1, of: 9 };
        assert!(help(Some(NOBODY), &machine, &behind).contains("Install the udev rules"));
        assert!(help(Some(NOBODY), &machine, &Rules::InStep).contains("Start udev"));
        std::fs::create_dir_all(root.path().join("run/udev/control")).unwrap();
        assert!(help(Some(NOBODY), &machine, &Rules::InStep).contains("plug it in again"));
        // It is a group's: the user is not in it, or the session began before.
        assert!(help(Some(DIALOUT), &machine, &Rules::InStep).contains("usermod -aG dialout"));
        assert!(help(Some(PLUGDEV), &machine, &Rules::InStep).starts_with("Sign out"));
    }

    #[test]
    fn without_a_port_the_group_of_ports_decides() {
        let state = |groups: &[u32]| serial_group(&machine(groups).1);
        assert_eq!(state(&[1000, 20]).state, FindingState::Good);
        let missing = state(&[1000]);
        assert_eq!(missing.state, FindingState::Warning);
        assert!(missing.remedy.unwrap().contains("usermod -aG dialout"));
        let (_root, mut machine) = machine(&[0]);
        machine.is_root = true;
        assert_eq!(serial_group(&machine).state, FindingState::Good);
        machine.accounts = Box::new(ListedGroups(&[(14, "uucp", &[])]));
        machine.is_root = false;
        assert!(serial_group(&machine).what.contains("uucp"));
        machine.accounts = Box::new(ListedGroups(&[]));
        assert_eq!(serial_group(&machine).state, FindingState::Good);
    }

    /// Whoever runs the test may open what it makes, whatever its group.
    #[test]
    fn a_port_that_can_be_opened_is_enough() {
        let (root, machine) = machine(&[1000]);
        std::fs::write(root.path().join("dev/ttyUSB0"), "").unwrap();
        let open = serial_group(&machine);
        assert!(open.state == FindingState::Good && open.what.contains("/dev/ttyUSB0"), "{open:?}");
    }
}
