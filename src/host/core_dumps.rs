//! No memory of this program on the disk: after a crash the kernel would write names and readings into a core file,
//! where no key protects them, and a debugger of the same user could look at them.

use std::io;

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// Forbids core dumps of this process for good, and reading its memory from outside. What it starts may dump again, but
/// not a core file: the limit is inherited.
///
/// # Errors
/// If the system refuses.
pub fn forbid() -> io::Result<()> {
    // Both limits: what this process cannot raise again no code in it can.
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    // A handler of core dumps that the kernel starts (`|program` in core_pattern) does not look at the limit.
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use rustix::process::{dumpable_behavior, getrlimit};

    use super::*;

    #[test]
    fn neither_a_core_file_nor_a_look_from_outside_is_allowed() {
        forbid().unwrap();
        let limit = getrlimit(Resource::Core);
        assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
        forbid().unwrap();
    }
}
