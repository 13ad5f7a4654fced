//! The fuzz targets of glucodock, for libFuzzer: see `targets`.
#![forbid(unsafe_code)]

// The rooms that are fuzzed, compiled here from the package's own sources: the package as a whole would bring
// SQLCipher, OpenSSL and libusb along, whose C code would take minutes to build and is not what is fuzzed.
#[path = "../../src"]
pub mod rooms {
    pub mod domain;
    pub mod meters;
}

mod targets;

use rooms::{domain, meters};
use targets::Target;

fn target(name: &str) -> &'static Target {
    targets::by_name(name).unwrap_or_else(|| panic!("there is no target {name}"))
}

/// Lets the target of this name take these bytes; panics if something does not hold that must.
pub fn run(name: &str, bytes: &[u8]) {
    target(name).run(bytes);
}

/// Bytes from which to start with the target of this name.
pub fn seeds(name: &str) -> Vec<Vec<u8>> {
    target(name).seeds()
}
