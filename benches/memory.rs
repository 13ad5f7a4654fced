//! What the whole job takes of memory: `cargo bench --bench memory`.
//!
//! Signs in at the demo, reads a meter with 720 readings, assigns it and opens the dashboard, and prints what the
//! kernel holds resident for the program after each step, with what is mapped from its file, and the most there ever
//! was: that of the password check. It fails if that is more than 30 MB.

#[path = "../tests/support/pty.rs"]
#[expect(dead_code, reason = "a measurement needs less of a terminal than the tests")]
mod pty;
#[path = "../tests/support/whole_job.rs"]
mod whole_job;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow};
use pty::{Pty, Setting};

/// The most that is wanted at any time, in MB.
const MOST: f64 = 30.0;

/// A line of the kernel's books of the process whose number was written down, in KiB.
fn books(number: &Path, line: &str) -> Result<u64> {
    let process = fs::read_to_string(number)?;
    let status = fs::read_to_string(format!("/proc/{}/status", process.trim()))?;
    let line = status.lines().find_map(|all| all.strip_prefix(line)).context("no such line")?;
    Ok(line.trim_start_matches(':').trim_end_matches("kB").trim().parse()?)
}

fn main() -> Result<ExitCode> {
    let folder = tempfile::tempdir()?;
    let number = folder.path().join("process");
    let begin = format!("echo $$ > {}; exec {} demo", number.display(), env!("CARGO_BIN_EXE_glucodock"));
    let mut pty = Pty::start(&Setting::new(&["sh", "-c", &begin]))?;
    let mut held = Vec::new();
    whole_job::whole_job(&mut pty, |step| {
        held.push((step.to_owned(), books(&number, "VmRSS"), books(&number, "RssAnon")));
    })
    .map_err(|error| anyhow!("{error}"))?;
    let mut out = std::io::stdout();
    for (step, resident, own) in held {
        let (resident, own) = (resident?, own?);
        writeln!(out, "{step:<36} {:>5.1} MB resident, {:>5.1} MB its own", megabytes(resident), megabytes(own))?;
    }
    let most = books(&number, "VmHWM")?;
    writeln!(out, "{:<36} {:>5.1} MB; at most 30 MB are wanted", "the most at any time", megabytes(most))?;
    Ok(if megabytes(most) <= MOST { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn megabytes(kib: u64) -> f64 {
    f64::from(u32::try_from(kib).unwrap_or(u32::MAX)) * 1024.0 / 1e6
}
