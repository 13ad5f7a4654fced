//! The fuzz targets of glucodock, for libFuzzer: see `targets`.
#![forbid(unsafe_code)]

// The rooms that are fuzzed, compiled here from the package's own sources: the package as a whole would bring SQLCipher,
// OpenSSL and libusb along, whose C code would take minutes to build and is not what is fuzzed.
#[path = "../../src"]
pub mod rooms {
    pub mod domain;
    pub mod meters;
}

pub mod targets;

use rooms::{domain, meters};
