//! Every fuzz target: the name of the binary says which.
#![no_main]
#![forbid(unsafe_code)]

use std::fs;
use std::path::Path;

use glucodock_fuzz::targets::{Target, by_name};
use libfuzzer_sys::fuzz_target;

fn target() -> &'static Target {
    let name = env!("CARGO_BIN_NAME");
    by_name(name).unwrap_or_else(|| panic!("there is no target {name}"))
}

/// Puts the seeds, made by the simulated meters of these sources, into the folder that `cargo fuzz run` reads.
fn plant() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus")).join(target().name);
    fs::create_dir_all(&folder).expect("the folder of the corpus can be made");
    for (number, seed) in target().seeds().iter().enumerate() {
        fs::write(folder.join(format!("seed-{number:03}")), seed).expect("a seed can be written");
    }
}

fuzz_target!(init: plant(), |bytes: &[u8]| target().run(bytes));
