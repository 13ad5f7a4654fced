//! The udev rules that let the person at this computer open the meters of the catalogue, without root.
//!
//! The file `assets/udev/70-glucodock.rules` is what [`rules`] makes of the catalogue; a test keeps them in step. The
//! number must be below 73, where systemd turns the tag `uaccess` into permission for whoever sits at the computer.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::meters::catalogue::{Catalogue, LinkKind, UsbId};

/// The name under which the rules are installed.
pub const FILE: &str = "70-glucodock.rules";

/// The folders that udev reads, the administrator's first (udev(7)).
const FOLDERS: [&str; 4] =
    ["/etc/udev/rules.d", "/run/udev/rules.d", "/usr/local/lib/udev/rules.d", "/usr/lib/udev/rules.d"];

/// Where the rules belong on this computer.
#[must_use]
pub fn place() -> PathBuf {
    let [administrator, ..] = FOLDERS;
    Path::new(administrator).join(FILE)
}

/// The text of the rules that are installed on the computer whose root folder this is, if there are any. A file in an
/// earlier folder stands for those of its name in later ones; an empty one switches them off.
#[must_use]
pub fn installed_under(root: &Path) -> Option<String> {
    let within = |folder: &&str| root.join(folder.trim_start_matches('/')).join(FILE);
    FOLDERS.iter().find_map(|folder| std::fs::read_to_string(within(folder)).ok())
}

/// The rules of a text, without comments.
pub fn rules_of(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Whether udev works on the computer whose root folder this is: its daemon listens there.
#[must_use]
pub fn runs_under(root: &Path) -> bool {
    root.join("run/udev/control").exists()
}

/// The rules for every id of the catalogue.
#[must_use]
pub fn rules(catalogue: &Catalogue) -> String {
    let mut meters: BTreeMap<UsbId, (LinkKind, String)> = BTreeMap::new();
    for meter in catalogue.meters() {
        for id in &meter.ids {
            // Several meters share an id; one rule is enough, under the name of the first.
            meters.entry(*id).or_insert_with(|| (meter.link, meter.name().to_string()));
        }
    }
    let mut text = String::from(
        "# Glucose meters that glucodock reads. Made from its catalogue by: glucodock doctor --rules\n\
         # Install as /etc/udev/rules.d/70-glucodock.rules, then run:\n\
         #   udevadm control --reload && udevadm trigger --subsystem-match=usb --subsystem-match=tty\n\
         # The person at this computer may open a meter, and so may the members of the groups plugdev and dialout.\n",
    );
    for (id, (link, name)) in &meters {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "\n# {name}");
        match link {
            LinkKind::UsbBulk | LinkKind::UsbHid | LinkKind::Folder => text.push_str(&device(*id)),
            LinkKind::Scsi => {
                text.push_str(&device(*id));
                text.push_str(&drive(*id));
            }
            LinkKind::Serial => text.push_str(&port(*id)),
        }
    }
    for cable in catalogue.cables() {
        let _ = writeln!(text, "\n# {}", cable.name);
        for id in &cable.ids {
            text.push_str(&if cable.link == LinkKind::Serial { port(*id) } else { device(*id) });
        }
    }
    text
}

/// Opened through libusb.
fn device(id: UsbId) -> String {
    format!(
        "SUBSYSTEM==\"usb\", ENV{{DEVTYPE}}==\"usb_device\", {}, MODE=\"0660\", GROUP=\"plugdev\", TAG+=\"uaccess\"\n",
        is(id, "ATTR")
    )
}

/// A drive that nothing else is to open: a desktop that mounts it would put its own blocks before the meter's answers.
fn drive(id: UsbId) -> String {
    // ATTRS looks at the devices above it too: a disk or a port has no USB id of its own.
    format!("SUBSYSTEM==\"block\", {}, ENV{{UDISKS_IGNORE}}=\"1\"\n", is(id, "ATTRS"))
}

/// A serial port. `ModemManager` would say AT to the meter.
fn port(id: UsbId) -> String {
    format!(
        "SUBSYSTEM==\"usb\", ENV{{DEVTYPE}}==\"usb_device\", {}, ENV{{ID_MM_DEVICE_IGNORE}}=\"1\"\n\
         SUBSYSTEM==\"tty\", {}, MODE=\"0660\", GROUP=\"dialout\", TAG+=\"uaccess\"\n",
        is(id, "ATTR"),
        is(id, "ATTRS")
    )
}

fn is(id: UsbId, attribute: &str) -> String {
    format!("{attribute}{{idVendor}}==\"{:04x}\", {attribute}{{idProduct}}==\"{:04x}\"", id.vendor, id.product)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After a change of the catalogue: `glucodock doctor --rules > assets/udev/70-glucodock.rules`.
    #[test]
    fn the_file_is_in_step_with_the_catalogue() {
        let file = include_str!("../../assets/udev/70-glucodock.rules");
        assert_eq!(file, rules(Catalogue::embedded()));
    }

    #[test]
    fn the_administrators_rules_come_first() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(installed_under(root.path()), None);
        for (folder, text) in [("usr/lib/udev/rules.d", "vendor"), ("etc/udev/rules.d", "administrator")] {
            std::fs::create_dir_all(root.path().join(folder)).unwrap();
            std::fs::write(root.path().join(folder).join(FILE), text).unwrap();
            assert_eq!(installed_under(root.path()).as_deref(), Some(text));
        }
    }

    #[test]
    fn comments_are_no_rules() {
        assert_eq!(rules_of("# a\n\nRULE 1\n  # b\n RULE 2 \n").collect::<Vec<_>>(), ["RULE 1", "RULE 2"]);
    }

    #[test]
    fn every_id_that_can_be_read_has_a_rule() {
        let catalogue = Catalogue::embedded();
        let rules = rules(catalogue);
        for meter in catalogue.meters() {
            for id in catalogue.ids_of(meter) {
                let named = format!("{{idVendor}}==\"{:04x}\"", id.vendor);
                let product = format!("{{idProduct}}==\"{:04x}\"", id.product);
                assert!(rules.lines().any(|line| line.contains(&named) && line.contains(&product)), "{id}");
            }
        }
        assert!(!rules.contains("21db"), "a meter that cannot be read needs no rule");
        let of = |product: &str| rules.lines().filter(|line| line.contains(product)).collect::<Vec<_>>();
        assert!(of("ea60").iter().any(|line| line.starts_with("SUBSYSTEM==\"tty\"")), "a serial cable is a port");
        let [bridge] = of("ea80")[..] else { panic!("a HID chip is no port") };
        assert!(bridge.contains("TAG+=\"uaccess\""), "{bridge}");
    }
}
