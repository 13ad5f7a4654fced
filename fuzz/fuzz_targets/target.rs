//! Every fuzz target: the name of the binary says which.
#![no_main]
#![forbid(unsafe_code)]

use std::fs;
use std::path::Path;

use libfuzzer_sys::fuzz_target;

const NAME: &str = env!("CARGO_BIN_NAME");

/// Puts the seeds, made by the simulated meters of these sources, into the folder that `cargo fuzz run` reads.
fn plant() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus")).join(NAME);
    fs::create_dir_all(&folder).expect("the folder of the corpus can be made");
    for (number, seed) in glucodock_fuzz::seeds(NAME).iter().enumerate() {
        fs::write(folder.join(format!("seed-{number:03}")), seed).expect("a seed can be written");
    }
}

fuzz_target!(init: plant(), |bytes: &[u8]| glucodock_fuzz::run(NAME, bytes));
