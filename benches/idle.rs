//! What the app costs while nobody does anything: `cargo bench --bench idle`.
//!
//! Starts the real program on a terminal, waits at the sign-in and again after it, and counts over twenty seconds each
//! (`GLUCODOCK_BENCH_SECONDS`) how often any of its threads woke up, and its time on a processor, by the kernel's own
//! books. Where strace is installed, it says which system calls those were. The asked limits are 3 wake-ups a second
//! and 0.1 % of a processor.

#[path = "../tests/support/pty.rs"]
#[expect(dead_code, reason = "a measurement needs less of a terminal than the tests")]
mod pty;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use pty::{Pty, Setting};

const PROGRAM: &str = env!("CARGO_BIN_EXE_glucodock");

/// The rest of what a key brought with it is over by then.
const CALM: Duration = Duration::from_secs(2);

/// The books of one process: threads, times that one of them gave its processor up to wait, and time on a processor.
#[derive(Debug, Clone, Copy)]
struct Books {
    threads: usize,
    waits: u64,
    busy: Duration,
}

/// `/proc/PID/task/*`: `status` counts the waits; a wait that ends is a wake-up. `schedstat` begins with nanoseconds.
fn books(process: u32) -> Result<Books> {
    let mut sum = Books { threads: 0, waits: 0, busy: Duration::ZERO };
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        let folder = task?.path();
        let status = fs::read_to_string(folder.join("status"))?;
        let waits = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        let busy = fs::read_to_string(folder.join("schedstat"))?;
        sum.threads += 1;
        sum.waits += waits.context("no count of switches")?.trim().parse::<u64>()?;
        sum.busy += Duration::from_nanos(busy.split_whitespace().next().context("no time")?.parse()?);
    }
    Ok(sum)
}

fn measure(out: &mut impl Write, what: &str, process: u32, seconds: u64) -> Result<()> {
    thread::sleep(CALM);
    let (begun, before) = (Instant::now(), books(process)?);
    thread::sleep(Duration::from_secs(seconds));
    let (elapsed, after) = (begun.elapsed().as_secs_f64(), books(process)?);
    let waits = u32::try_from(after.waits.saturating_sub(before.waits))?;
    let busy = after.busy.saturating_sub(before.busy);
    writeln!(
        out,
        "{what:<11} {:.2} wake-ups a second ({waits} in {elapsed:.0} s, {} threads), {:.1} ms on a processor: {:.4} %",
        f64::from(waits) / elapsed,
        after.threads,
        busy.as_secs_f64() * 1000.0,
        100.0 * busy.as_secs_f64() / elapsed,
    )?;
    trace(out, process)
}

/// Five seconds under strace, whose summary is printed.
fn trace(out: &mut impl Write, process: u32) -> Result<()> {
    let summary = tempfile::NamedTempFile::new()?;
    let strace = Command::new("strace")
        .args(["-f", "-c", "-p", &process.to_string(), "-o"])
        .arg(summary.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut strace) = strace else { return Ok(writeln!(out, "            strace is not installed")?) };
    thread::sleep(Duration::from_secs(5));
    rustix::process::kill_process(rustix::process::Pid::from_child(&strace), rustix::process::Signal::INT)?;
    strace.wait()?;
    // Columns: share, seconds, microseconds a call, calls, errors (or nothing), name.
    for line in fs::read_to_string(summary.path())?.lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        if let (Some(calls), Some(name)) = (fields.get(3).and_then(|calls| calls.parse::<u32>().ok()), fields.last()) {
            writeln!(out, "            {:>6.1} {name} a second", f64::from(calls) / 5.0)?;
        }
    }
    Ok(())
}

/// Runs a command of the program that reads its answer from standard input.
fn prepare(data: &Path, arguments: &[&str], input: &str) -> Result<()> {
    let mut command = Command::new(PROGRAM);
    command
        .args(arguments)
        .env("GLUCODOCK_DATA", data)
        .env("GLUCODOCK_LOG", data)
        .stdin(Stdio::piped())
        .stdout(Stdio::null());
    let mut child = command.spawn()?;
    child.stdin.take().context("no standard input")?.write_all(input.as_bytes())?;
    anyhow::ensure!(child.wait()?.success(), "{arguments:?} failed");
    Ok(())
}

fn main() -> Result<()> {
    let seconds = match std::env::var("GLUCODOCK_BENCH_SECONDS") {
        Ok(number) => number.parse()?,
        Err(_) => 20,
    };
    let folder = tempfile::tempdir()?;
    let (data, number) = (folder.path().join("data"), folder.path().join("process"));
    let nora = ["users", "add", "--login", "nora", "--name", "Nora Test", "--role", "assistant"];
    prepare(&data, &nora, "correct horse\n")?;

    // The shell writes down its number and becomes the program.
    let begin = format!("echo $$ > {}; exec {PROGRAM}", number.display());
    let mut setting = Setting::new(&["sh", "-c", &begin]);
    setting.environment.push(("GLUCODOCK_DATA", data.display().to_string()));
    let mut app = Pty::start(&setting)?;
    let shown = |result: Result<(), String>| result.map_err(|screen| anyhow!(screen));
    shown(app.wait_for("Sign in"))?;
    let process = fs::read_to_string(&number)?.trim().parse()?;
    let mut out = std::io::stdout();
    measure(&mut out, "signed out:", process, seconds)?;
    app.send(b"nora\rcorrect horse\r")?;
    shown(app.wait_for("Find the patient"))?;
    app.read_until_quiet(Duration::from_millis(300));
    measure(&mut out, "signed in:", process, seconds)?;
    Ok(())
}
