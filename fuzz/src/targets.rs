//! Everything that takes bytes from outside, and what holds whatever the bytes are.
//!
//! One list, used three ways: by libFuzzer (`cargo fuzz run NAME`), by `cargo test`, which plays every seed and some
//! mutations of it, and by the table of binaries in `fuzz/Cargo.toml`, which a test holds against it. Seeds are made by
//! the simulated meters when they are needed; nothing recorded can fall behind the sources.

pub(crate) mod codecs;
pub(crate) mod conversations;
pub(crate) mod driver;
pub(crate) mod files;
pub(crate) mod input;
pub(crate) mod played;
pub(crate) mod promises;
mod repair;

use std::sync::OnceLock;

use self::codecs::Codec;
use self::files::File;
use crate::meters::drivers::{self, Driver};

/// Something that takes bytes from outside.
pub(crate) struct Target {
    /// Its name: a driver's, `codec-` and a module, or what it reads.
    pub(crate) name: &'static str,
    body: Body,
}

enum Body {
    Driver(&'static dyn Driver),
    Codec(&'static Codec),
    File(&'static File),
}

impl Target {
    /// Takes these bytes; panics if something does not hold that must.
    pub(crate) fn run(&self, bytes: &[u8]) {
        match self.body {
            Body::Driver(driver) => driver::run(driver, bytes),
            Body::Codec(codec) => codec.run(bytes),
            Body::File(file) => (file.run)(bytes),
        }
    }

    /// Bytes from which a fuzzer starts: what simulated meters send, and examples of files.
    #[must_use]
    pub(crate) fn seeds(&self) -> Vec<Vec<u8>> {
        match self.body {
            Body::Driver(driver) => {
                driver::conversations(driver).into_iter().map(|(input, _)| input.encode()).collect()
            }
            Body::Codec(codec) => codec.seeds(),
            Body::File(file) => (file.seeds)(),
        }
    }
}

/// Every target: drivers, codecs, files.
pub(crate) fn all() -> &'static [Target] {
    static ALL: OnceLock<Vec<Target>> = OnceLock::new();
    ALL.get_or_init(|| {
        let drivers = drivers::ALL.iter().map(|driver| Target { name: driver.name(), body: Body::Driver(*driver) });
        let codecs = codecs::ALL.iter().map(|codec| Target { name: codec.name(), body: Body::Codec(codec) });
        let files = files::ALL.iter().map(|file| Target { name: file.name, body: Body::File(file) });
        drivers.chain(codecs).chain(files).collect()
    })
}

/// The target of this name.
#[must_use]
pub(crate) fn by_name(name: &str) -> Option<&'static Target> {
    all().iter().find(|target| target.name == name)
}
