//! The computer and the person, as far as permissions go.

use std::fmt::Debug;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use nix::unistd::{Gid, Group, Uid, User};

use crate::domain::text::Clean;
use crate::host::access;

/// This computer, or one in a folder for a test.
#[derive(Debug)]
pub(super) struct Machine {
    /// The folder that `/dev`, `/run` and the like are in.
    pub(super) root: PathBuf,
    /// Whether this process may do everything.
    pub(super) is_root: bool,
    /// The number of the user.
    pub(super) user: u32,
    /// The groups of this process: those that the user was in at sign-in.
    pub(super) groups: Vec<u32>,
    /// Who there is.
    pub(super) accounts: Box<dyn Accounts>,
}

/// Who may open a device node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DeviceNode {
    pub(super) group: u32,
    pub(super) mode: u32,
}

impl Machine {
    pub(super) fn this() -> Self {
        let (is_root, user, groups) = (access::is_root(), access::user(), access::groups());
        Self { root: PathBuf::from("/"), is_root, user, groups, accounts: Box::new(OfTheSystem) }
    }

    /// A path of that computer.
    pub(super) fn path(&self, path: &Path) -> PathBuf {
        self.root.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// Who may open this node; `None` if it is not there.
    pub(super) fn node(&self, path: &Path) -> Option<DeviceNode> {
        self.path(path).metadata().ok().as_ref().map(DeviceNode::from)
    }

    /// The name of a group, or its number if it has none.
    pub(super) fn group_name(&self, number: u32) -> Clean {
        self.accounts.group(number).map_or_else(|| Clean::new(&number.to_string(), 40), |name| Clean::new(&name, 40))
    }

    /// The number of a group.
    pub(super) fn group_number(&self, name: &str) -> Option<u32> {
        self.accounts.number(name)
    }

    /// Whether the user was put into the group, though perhaps only after this session began.
    pub(super) fn is_member(&self, group: u32) -> bool {
        self.accounts.is_member(self.user, group)
    }
}

/// The accounts of a computer: users and groups.
pub(super) trait Accounts: Debug {
    /// The name of a group.
    fn group(&self, number: u32) -> Option<String>;

    /// The number of a group.
    fn number(&self, name: &str) -> Option<u32>;

    /// Whether this user is listed as a member of the group.
    fn is_member(&self, user: u32, group: u32) -> bool;
}

/// The accounts that this system knows, in whatever way it is told of them: its own files, or a
/// directory of the clinic.
#[derive(Debug)]
struct OfTheSystem;

impl Accounts for OfTheSystem {
    fn group(&self, number: u32) -> Option<String> {
        Some(Group::from_gid(Gid::from_raw(number)).ok()??.name)
    }

    fn number(&self, name: &str) -> Option<u32> {
        Some(Group::from_name(name).ok()??.gid.as_raw())
    }

    fn is_member(&self, user: u32, group: u32) -> bool {
        let user = User::from_uid(Uid::from_raw(user)).ok().flatten();
        let group = Group::from_gid(Gid::from_raw(group)).ok().flatten();
        // Members by name alone. Those whose first group it is are not listed there (`group(5)`);
        // they have it since they signed in, and it is among `groups`.
        user.zip(group).is_some_and(|(user, group)| group.mem.contains(&user.name))
    }
}

impl From<&Metadata> for DeviceNode {
    fn from(metadata: &Metadata) -> Self {
        Self { group: metadata.gid(), mode: metadata.mode() & 0o7777 }
    }
}

impl DeviceNode {
    /// Whether members of its group may read and write, and the group is not root's.
    pub(super) const fn is_for_group(self) -> bool {
        self.group != 0 && self.mode & 0o060 == 0o060
    }
}

#[cfg(test)]
mod tests {
    use super::super::permission::fake::machine;
    use super::*;

    #[test]
    fn groups_are_found_by_name_and_number() {
        let (_root, machine) = machine(&[1000]);
        assert_eq!((machine.group_name(20).as_str(), machine.group_name(77).as_str()), ("dialout", "77"));
        assert_eq!((machine.group_number("dialout"), machine.group_number("dial")), (Some(20), None));
    }

    /// Root has number 0 on every system, its group has a name, and nobody has this number.
    #[test]
    fn the_groups_of_this_system_are_found_both_ways() {
        let name = OfTheSystem.group(0).unwrap();
        assert_eq!(OfTheSystem.number(&name), Some(0));
        let nobody = 4_000_000_123;
        assert_eq!((OfTheSystem.group(nobody), OfTheSystem.number("no such group")), (None, None));
        assert!(!OfTheSystem.is_member(nobody, 0) && !OfTheSystem.is_member(0, nobody));
    }

    #[test]
    fn a_member_is_known_by_the_accounts_even_if_the_session_is_older() {
        let (_root, machine) = machine(&[1000]);
        assert_eq!((machine.is_member(46), machine.is_member(20)), (true, false));
    }
}
