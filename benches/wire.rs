//! How much time a read takes beyond what its bytes need on the wire. Needs no quiet machine: at 9600 baud the wire is
//! the slowest part by far.
//!
//! `cargo bench --bench wire` reads a full OneTouch Ultra 2 from another process, once at 9600 baud and once without a
//! limit, and fails if the first read takes more than 5 % longer than its bytes.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use glucodock::domain::text::Clean;
use glucodock::host::pty::pacer::time_of;
use glucodock::meters::conversation::{Cancel, Conversation};
use glucodock::meters::drivers::Driver as _;
use glucodock::meters::drivers::onetouch_ultra2::OneTouchUltra2;
use glucodock::meters::simulator::memory_link::MemoryLink;
use glucodock::meters::simulator::readings::ReadingSet;
use glucodock::meters::simulator::shelf::{self, Wanted};
use jiff::Zoned;

const READINGS: u32 = 500;
const BAUD: u32 = 9600;
const MOST: f64 = 1.05;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<ExitCode, Failure> {
    let mut out = io::stdout();
    let bytes = bytes_of_a_read()?;
    let wire = time_of(bytes, BAUD);
    let paced = read_time(&["--baud", &BAUD.to_string()])?;
    let ratio = paced.as_secs_f64() / wire.as_secs_f64();
    writeln!(
        out,
        "{READINGS} readings, {bytes} bytes both ways, {:.2} s on a wire of {BAUD} baud",
        wire.as_secs_f64()
    )?;
    writeln!(out, "read in {:.2} s: {ratio:.4} times the wire (limit {MOST})", paced.as_secs_f64())?;
    let free = read_time(&[])?;
    let per_second = f64::from(READINGS) / free.as_secs_f64();
    writeln!(out, "without a limit: {:.1} ms, {per_second:.0} readings/s", free.as_secs_f64() * 1000.0)?;
    Ok(if ratio <= MOST { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The bytes that go over the wire in one read, counted in memory.
fn bytes_of_a_read() -> Result<u64, Failure> {
    let now = Zoned::now().datetime();
    let count = usize::try_from(READINGS)?;
    let memory = ReadingSet::seeded(count, 1, now);
    let wanted = Wanted {
        slug: "onetouch-ultra2".to_owned(),
        serial: None,
        memory,
        clock: Box::new(move || now),
        fault: None,
        shows_mmol: false,
        clock_was_adjusted: false,
    };
    let meter = shelf::make("onetouch-ultra2", wanted)?;
    let mut link = MemoryLink::new(meter, None);
    let mut report = |_| {};
    let mut conversation = Conversation::new(&mut link, Cancel::default(), &mut report, &Zoned::now);
    let download = OneTouchUltra2.read(&mut conversation, &Clean::default())?;
    if !download.is_complete() || download.readings.len() != count {
        return Err("the meter was not read completely".into());
    }
    Ok(download.transcript.iter().map(|packet| packet.bytes.len() as u64).sum())
}

/// How long `glucodock read` takes, from its start to its end.
fn read_time(more: &[&str]) -> Result<Duration, Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("meter");
    let glucodock = || Command::new(env!("CARGO_BIN_EXE_glucodock"));
    let mut simulator = glucodock()
        .args(["simulate", "onetouch-ultra2", "--readings", &READINGS.to_string(), "--pty"])
        .arg(&path)
        .args(more)
        .stdout(Stdio::piped())
        .spawn()?;
    let time = simulator.stdout.take().ok_or("no output").map(BufReader::new).map(|mut output| {
        let mut ready = String::new();
        output.read_line(&mut ready).and_then(|_| timed(glucodock(), &path))
    });
    simulator.kill()?;
    simulator.wait()?;
    Ok(time??)
}

fn timed(mut glucodock: Command, port: &Path) -> io::Result<Duration> {
    let started = Instant::now();
    let read = glucodock.args(["read", "--json", "--driver", "onetouch-ultra2", "--port"]).arg(port).output()?;
    let time = started.elapsed();
    if read.status.success() { Ok(time) } else { Err(io::Error::other("the read failed")) }
}
