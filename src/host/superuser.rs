//! Whether this process is root, whom nothing on this computer keeps out.

/// What the kernel tells of a process in no user namespace of its own: every user is who they are
/// (`user_namespaces(7)`, `/proc/pid/uid_map`).
const NO_NAMESPACE: [&str; 3] = ["0", "0", "4294967295"];

/// Whether this is root. Whoever calls themselves so in a namespace of their own, as `unshare --map-root-user` lets
/// everybody, is not; neither is root in a container that has one.
#[must_use]
pub fn is_here() -> bool {
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    rustix::process::geteuid().is_root() && map.split_whitespace().eq(NO_NAMESPACE)
}
