//! The computer and the person, as far as permissions go.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::domain::text::Clean;
use crate::host::access;

/// This computer, or one in a folder for a test.
#[derive(Debug)]
pub(super) struct Machine {
    /// The folder that `/etc`, `/dev` and the like are in.
    pub(super) root: PathBuf,
    /// Whether this process may do everything.
    pub(super) is_root: bool,
    /// The number of the user.
    pub(super) user: u32,
    /// The groups of this process: those that the user was in at sign-in.
    pub(super) groups: Vec<u32>,
}

/// Who may open a device node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) group: u32,
    pub(super) mode: u32,
}

impl Machine {
    pub(super) fn this() -> Self {
        Self { root: PathBuf::from("/"), is_root: access::is_root(), user: access::user(), groups: access::groups() }
    }

    /// A path of that computer.
    pub(super) fn path(&self, path: &Path) -> PathBuf {
        self.root.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// Who may open this node; `None` if it is not there.
    pub(super) fn node(&self, path: &Path) -> Option<Node> {
        self.path(path).metadata().ok().as_ref().map(Node::from)
    }

    /// The name of a group, or its number if it has none.
    pub(super) fn group_name(&self, number: u32) -> Clean {
        let named = self.groups_file().lines().find_map(|line| {
            let mut fields = line.split(':');
            let (name, _, group) = (fields.next()?, fields.next()?, fields.next()?);
            (group.parse() == Ok(number)).then(|| Clean::new(name, 40))
        });
        named.unwrap_or_else(|| Clean::new(&number.to_string(), 40))
    }

    /// The number of a group.
    pub(super) fn group_number(&self, name: &str) -> Option<u32> {
        let groups = self.groups_file();
        let line = groups.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.split(':').nth(1)?.parse().ok()
    }

    /// Whether the user was put into the group, though perhaps only after this session began.
    pub(super) fn is_member(&self, group: u32) -> bool {
        let users = std::fs::read_to_string(self.root.join("etc/passwd")).unwrap_or_default();
        let user = users.lines().find_map(|line| {
            let mut fields = line.split(':');
            let (name, _, number) = (fields.next()?, fields.next()?, fields.next()?);
            (number.parse() == Ok(self.user)).then_some(name)
        });
        let Some(user) = user else { return false };
        self.groups_file().lines().any(|line| {
            let mut fields = line.split(':').skip(2);
            fields.next().is_some_and(|number| number.parse() == Ok(group))
                && fields.next().is_some_and(|members| members.split(',').any(|member| member.trim() == user))
        })
    }

    fn groups_file(&self) -> String {
        std::fs::read_to_string(self.root.join("etc/group")).unwrap_or_default()
    }
}

impl From<&Metadata> for Node {
    fn from(metadata: &Metadata) -> Self {
        Self { group: metadata.gid(), mode: metadata.mode() & 0o7777 }
    }
}

impl Node {
    /// Whether members of its group may read and write, and the group is not root's.
    pub(super) const fn is_for_group(self) -> bool {
        self.group != 0 && self.mode & 0o060 == 0o060
    }
}

#[cfg(test)]
mod tests {
    use super::super::permission::fake::machine;

    #[test]
    fn groups_are_found_by_name_and_number() {
        let (_root, machine) = machine(&[1000]);
        assert_eq!((machine.group_name(20).as_str(), machine.group_name(77).as_str()), ("dialout", "77"));
        assert_eq!((machine.group_number("dialout"), machine.group_number("dial")), (Some(20), None));
    }

    #[test]
    fn a_member_is_known_by_the_file_even_if_the_session_is_older() {
        let (_root, machine) = machine(&[1000]);
        assert_eq!((machine.is_member(46), machine.is_member(20)), (true, false));
    }
}
